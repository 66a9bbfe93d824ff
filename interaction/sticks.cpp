// SPDX-License-Identifier: Apache-2.0
#include "interaction/sticks.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>

namespace pw::interaction {

namespace {

bool has(Hands hands, std::size_t hand) {
    return hands == Hands::Both || hands == (hand == 0 ? Hands::Left : Hands::Right);
}

Hands other(Hands hands) {
    if (hands == Hands::Left) return Hands::Right;
    if (hands == Hands::Right) return Hands::Left;
    return hands;
}

// +1 to the left, once for each push to a side.
double snap_of(const Vec2& stick, bool aiming, bool& latched) {
    const float side = std::abs(stick.x);
    if (side < Sticks::kNeutral) latched = false;
    if (aiming) latched = true; // the stick goes round with the arrow
    if (latched || side < Sticks::kTurns || side < std::abs(stick.y)) return 0.0;
    latched = true;
    return stick.x < 0.f ? 1.0 : -1.0;
}

} // namespace

StickSettings mirrored(const StickSettings& settings) {
    StickSettings out = settings;
    out.walks = other(settings.walks);
    out.turns = other(settings.turns);
    out.teleports = other(settings.teleports);
    return out;
}

Vec2 live(const Vec2& stick, float dead) {
    const float length = glm::length(stick);
    if (length <= dead) return Vec2(0.f);
    return stick * (std::min((length - dead) / (1.f - dead), 1.f) / length);
}

StickAsks Sticks::step(const xr::Input& input, const StickSettings& settings, const std::array<bool, 2>& taken,
                       Duration dt) {
    StickAsks asks;
    for (std::size_t h = 0; h < hands_.size(); ++h) {
        const xr::HandState& state = input.hands[h];
        Hand& hand = hands_[h];
        const bool usable = state.active && input.focused;
        hand.lent = taken[h] || (hand.lent && glm::length(state.stick) >= kNeutral);
        if (!usable || hand.lent) {
            asks.teleport[h] = hand.teleport.step({}); // lets an arc go, if there is one
            hand.latched = true;
            continue;
        }
        const Vec2 stick = live(state.stick);
        if (settings.walking && has(settings.walks, h)) {
            const double yaw = yaw_of(input.origin_from_head.orientation);
            if (stick != Vec2(0.f)) asks.by = h;
            asks.walk_m += turned(yaw, DVec3(stick.x, 0.0, -stick.y)) * (settings.walk_m_s * dt.seconds());
            asks.teleport[h] = hand.teleport.step({});
            continue;
        }
        asks.teleport[h] = hand.teleport.step(has(settings.teleports, h) ? state : xr::HandState{});
        const bool turns = has(settings.turns, h), snaps = settings.turning == Turning::Snap;
        const bool aiming = asks.teleport[h].aiming, aside = !aiming && std::abs(stick.x) > std::abs(stick.y);
        const double snap = turns && snaps ? snap_of(state.stick, aiming, hand.latched) : 0.0;
        const double turn = turns && !snaps && aside ? -static_cast<double>(stick.x) : 0.0;
        asks.snap_rad += snap * settings.snap_rad;
        asks.turn_rad += turn * settings.smooth_rad_s * dt.seconds();
        if (snap != 0.0 || turn != 0.0 || (aiming && !asks.by)) asks.by = h;
    }
    return asks;
}

} // namespace pw::interaction
