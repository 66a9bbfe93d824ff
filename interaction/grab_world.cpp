// SPDX-License-Identifier: Apache-2.0
#include "interaction/grab_world.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>

namespace pw::interaction {

namespace {

// The stance whose `hand` is at `world`.
Stance pinned(Stance s, const DVec3& hand, const DVec3& world) {
    s.position += world - to_world(s, hand);
    return s;
}

double limited(double scale, double before) {
    const double snap = before == GrabWorld::kSmallest ? GrabWorld::kLeaves : GrabWorld::kSnaps;
    return scale < snap ? GrabWorld::kSmallest : std::min(scale, GrabWorld::kLargest);
}

} // namespace

Stance GrabWorld::step(const Stance& stance, const std::array<Hold, 2>& hands) {
    const unsigned now = (hands[0].held ? 1u : 0u) | (hands[1].held ? 2u : 0u);
    let_go_ = held_ != 0 && now == 0 && both_ && stance.scale == kSmallest;
    if (now != held_) {
        both_ = now != 0 && (both_ || now == 3);
        held_ = now;
        take(stance, hands);
        return stance;
    }
    if (now == 3) return stretch(stance, hands[0].at, hands[1].at);
    return now == 0 ? stance : carry(stance, hands[now == 1 ? 0 : 1].at);
}

void GrabWorld::take(const Stance& stance, const std::array<Hold, 2>& hands) {
    for (std::size_t h = 0; h < hands.size(); ++h) world_[h] = to_world(stance, hands[h].at);
}

Stance GrabWorld::carry(const Stance& stance, const DVec3& hand) const {
    Stance out = pinned(stance, hand, world_[held_ == 1 ? 0 : 1]);
    if (stance.scale == kSmallest) out.position.y = stance.position.y;
    return out;
}

Stance GrabWorld::stretch(const Stance& stance, const DVec3& left, const DVec3& right) {
    const DVec3 hands = right - left, world = world_[1] - world_[0];
    const double apart_m = glm::length(hands);
    Stance out = stance;
    if (apart_m > 1e-3) out.scale = limited(glm::length(world) / apart_m, stance.scale);
    const bool turns = std::hypot(hands.x, hands.z) > kApart_m && std::hypot(world.x, world.z) > kApart_m * out.scale;
    if (turns) out.yaw_rad = wrapped(std::atan2(-world.z, world.x) - std::atan2(-hands.z, hands.x));
    out = pinned(out, (left + right) * 0.5, (world_[0] + world_[1]) * 0.5);
    // When the hands are apart again they turn on from here, without a leap.
    if (!turns) world_ = {to_world(out, left), to_world(out, right)};
    return out;
}

Stance on_floor(const MeetWorld& meet, const Stance& stance, const Pose& origin_from_head, const StandRules& rules,
                double reach_m) {
    const DVec3 head = to_world(stance, origin_from_head.position);
    auto floor = floor_below(meet, head, reach_m, rules);
    if (!floor) {
        // Who was pulled below the floor comes up through it; it may have a thickness.
        const auto underside = meet({head, {0.f, 1.f, 0.f}}, reach_m);
        if (underside) floor = floor_below(meet, underside->point + DVec3(0.0, 1.0, 0.0), 1.01, rules);
    }
    return floor ? move_feet(stance, origin_from_head, *floor) : stance;
}

} // namespace pw::interaction
