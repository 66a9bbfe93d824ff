// SPDX-License-Identifier: Apache-2.0
#include "interaction/comfort.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>

namespace pw::interaction {

Motion motion(const Stance& before, const Stance& after, const Pose& origin_from_head, Duration dt) {
    if (dt.ns <= 0) return {};
    const DVec3 moved = to_world(after, origin_from_head.position) - to_world(before, origin_from_head.position);
    return {glm::length(moved) / std::max(before.scale, after.scale) / dt.seconds(),
            std::abs(wrapped(after.yaw_rad - before.yaw_rad)) / dt.seconds()};
}

float Vignette::step(const Motion& motion, double strength, Duration dt) {
    const double target =
        strength * std::clamp(std::max(motion.linear_m_s / kFull_m_s, motion.angular_rad_s / kFull_rad_s), 0.0, 1.0);
    closed_ += (target - closed_) * -std::expm1(-dt.seconds() / (target > closed_ ? kAttack_s : kRelease_s));
    if (closed_ < 1e-3 && target == 0.0) closed_ = 0.0;
    return static_cast<float>(closed_);
}

void JumpFade::begin() { phase_ = Phase::Out; }

void JumpFade::cancel() {
    if (phase_ == Phase::Out) phase_ = Phase::In;
}

JumpFade::Step JumpFade::step(Duration dt) {
    Step out;
    if (phase_ == Phase::Out) {
        dark_ += dt.seconds() / kOut.seconds();
        if (dark_ >= 1.0 - 1e-9) {
            dark_ = 1.0;
            phase_ = Phase::In;
            out.black_now = true;
        }
    } else if (phase_ == Phase::In) {
        dark_ -= dt.seconds() / kIn.seconds();
        if (dark_ < 1e-9) {
            dark_ = 0.0;
            phase_ = Phase::Clear;
        }
    }
    out.fade = static_cast<float>(dark_);
    return out;
}

} // namespace pw::interaction
