// SPDX-License-Identifier: Apache-2.0
#include "twin/smoothing.h"

#include <algorithm>
#include <cmath>

namespace pw::twin {

namespace {

// The smaller of two speeds in one direction; none when they disagree.
double common_speed(double a, double b) {
    if (a * b <= 0.0) return 0.0;
    return std::abs(a) < std::abs(b) ? a : b;
}

} // namespace

void Smoothing::word(double target, Time received, Time now, double smooth_s) {
    const bool jump = !has_word_ || smooth_s <= 0.0;
    const double interval_s = (received - received_).seconds();
    // The longer of two intervals, for words that come early and late by turns; but a long rest is none of them.
    const double due_s = 1.5 * std::min(std::max(interval_s, interval_s_), 2.0 * interval_s);
    interval_s_ = interval_s;
    from_ = jump ? target : at(now);
    target_ = target;
    received_ = received;
    has_word_ = true;
    const double before = speed_;
    speed_ = jump ? 0.0 : (target_ - from_) / smooth_s;
    extra_speed_ = common_speed(before, speed_);
    extra_s_ = jump || extra_speed_ == 0.0 ? 0.0 : std::clamp(due_s - smooth_s, 0.0, smooth_s);
    start_ = now;
    arrival_ = jump ? now : now + from_seconds(smooth_s);
    end_ = arrival_ + from_seconds(extra_s_);
}

double Smoothing::at(Time now) const {
    if (now >= end_) return target_;
    if (now >= arrival_) {
        // e(t) = v t (1 − t/E)²: leaves with speed v, returns to 0 with speed 0, at most 4/27 v E away.
        const double t = (now - arrival_).seconds();
        const double left = 1.0 - t / extra_s_;
        return target_ + extra_speed_ * t * left * left;
    }
    const double share = (now - start_).seconds() / (arrival_ - start_).seconds();
    return std::lerp(from_, target_, std::clamp(share, 0.0, 1.0));
}

} // namespace pw::twin
