// SPDX-License-Identifier: Apache-2.0
#include "app/pace.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pw::app {

namespace {

constexpr double kOver = 0.9, kEasy = 0.6; // of the period
constexpr int kOverFrames = 10;
constexpr Duration kSettle = from_ms(1'000), kLongestPatience = from_ms(80'000);

} // namespace

const char* relief_name(Relief relief) {
    constexpr std::array kNames{"none", "shadows", "pixels80", "pixels65", "pixels50"};
    static_assert(kNames.size() == kReliefs);
    return kNames[std::to_underlying(relief)];
}

double relief_scale(Relief relief) {
    constexpr std::array kScales{1.0, 1.0, 0.8, 0.65, 0.5};
    static_assert(kScales.size() == kReliefs);
    return kScales[std::to_underlying(relief)];
}

void Pace::frame(Duration work, Duration period, bool late, Time now) {
    if (late) ++late_;
    if (period.ns <= 0) return;
    const double share = work.seconds() / period.seconds();
    over_ = share > kOver || late ? over_ + 1 : std::max(over_ - 1, 0);
    if (share > kEasy || late) easy_since_ = now;
    if (now - changed_ < kSettle) return;
    if (over_ >= kOverFrames && relief_ != Relief::Pixels50) {
        // A step back that did not hold for as long as it was waited for waits longer the next time.
        if (gave_back_ && now - changed_ < patience_)
            patience_ = std::min(Duration{patience_.ns * 2}, kLongestPatience);
        change(+1, now);
    } else if (relief_ != Relief::None && now - easy_since_ >= patience_) {
        change(-1, now);
    }
}

void Pace::change(int by, Time now) {
    relief_ = static_cast<Relief>(std::to_underlying(relief_) + by);
    gave_back_ = by < 0;
    over_ = 0;
    changed_ = easy_since_ = now;
}

} // namespace pw::app
