// SPDX-License-Identifier: Apache-2.0
#include "interaction/teleport.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace pw::interaction {

void trace(const MeetWorld& meet, const Stance& stance, const Pose& origin_from_aim, Arc& arc, const Throw& how,
           const StandRules& rules) {
    arc.points.clear();
    arc.met = false;
    arc.landing = {};
    const DVec3 start = origin_from_aim.position;
    const DVec3 v(origin_from_aim.orientation * Vec3(0.f, 0.f, static_cast<float>(-how.speed_m_s)));
    const double level_m_s = std::hypot(v.x, v.z);
    const double end_s =
        std::min((v.y + std::sqrt(v.y * v.y + 2.0 * how.gravity_m_s2 * how.depth_m)) / how.gravity_m_s2,
                 how.reach_m / std::max(level_m_s, 1e-9));
    arc.points.push_back(to_world(stance, start));
    for (double t = 0.0; t < end_s;) {
        t = std::min(t + how.step_s, end_s);
        const DVec3 from = arc.points.back();
        const DVec3 to = to_world(stance, start + v * t - DVec3(0.0, 0.5 * how.gravity_m_s2 * t * t, 0.0));
        const double length = glm::length(to - from);
        if (length < 1e-9) continue;
        if (const auto hit = meet({from, Vec3((to - from) / length)}, length)) {
            arc.points.push_back(hit->point);
            arc.met = true;
            arc.landing = footing(meet, *hit, rules);
            return;
        }
        arc.points.push_back(to);
    }
}

TeleportAsk TeleportStick::step(const xr::HandState& hand) {
    const float pushed = hand.active ? glm::length(hand.stick) : 0.f;
    TeleportAsk ask;
    if (!hand.active) {
        ask.cancel = std::exchange(aiming_, false);
        cancelled_ = false;
        return ask;
    }
    if (pushed < kBack) {
        ask.go = std::exchange(aiming_, false);
        cancelled_ = false;
    } else if (aiming_ && (hand.stick_click.pressed || hand.grab.pressed)) {
        aiming_ = false;
        cancelled_ = ask.cancel = true;
    } else if (!aiming_ && !cancelled_ && hand.stick.y > kPushed && std::abs(hand.stick.x) < hand.stick.y) {
        aiming_ = true;
        turn_rad_ = 0.0;
    }
    // On its way back the stick says nothing more about where to look.
    if (aiming_ && pushed > kPushed) {
        const double side = std::atan2(-static_cast<double>(hand.stick.x), static_cast<double>(hand.stick.y));
        turn_rad_ = std::abs(side) <= kAhead_rad ? 0.0 : side;
    }
    ask.aiming = aiming_;
    ask.turn_rad = aiming_ || ask.go ? turn_rad_ : 0.0;
    return ask;
}

TeleportAsk TeleportPinch::step(const xr::HandState& hand) {
    TeleportAsk ask;
    if (!hand.active || hand.grab.pressed)
        ask.cancel = std::exchange(aiming_, false);
    else if (hand.select.pressed)
        aiming_ = true;
    else if (!hand.select.held)
        ask.go = std::exchange(aiming_, false);
    ask.aiming = aiming_;
    return ask;
}

std::optional<Jump> Teleport::step(const TeleportAsk& ask, const MeetWorld& meet, const Stance& stance,
                                   const Pose& origin_from_head, const Pose& origin_from_aim, const StandRules& rules) {
    refused_ = false;
    shown_ = ask.aiming && !ask.cancel;
    if (ask.cancel || (!ask.aiming && !ask.go)) return std::nullopt;
    trace(meet, stance, origin_from_aim, arc_, {}, rules);
    arrow_yaw_rad_ = wrapped(looking(stance, origin_from_head) + ask.turn_rad);
    if (!ask.go) return std::nullopt;
    refused_ = arc_.landing.blocked != Blocked::No;
    return refused_ ? std::nullopt : std::optional(Jump{arc_.landing.feet, arrow_yaw_rad_});
}

Stance land(const Stance& stance, const Pose& origin_from_head, const Jump& jump) {
    Stance out = stance;
    out.scale = 1.0;
    return stand(out, origin_from_head, jump.feet, jump.yaw_rad);
}

} // namespace pw::interaction
