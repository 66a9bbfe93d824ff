// SPDX-License-Identifier: Apache-2.0
#include "twin/alarm_metrics.h"

#include <algorithm>
#include <numeric>

namespace pw::twin {

bool AlarmHabit::annunciate(Time now, std::uint32_t period) {
    roll(period);
    std::uint16_t& count = counts_[period % kPeriods];
    if (count < 0xffff) ++count;
    const bool third = ++annunciated >= 3 && now - before_[1] <= kMinute;
    before_ = {now, before_[0]};
    if (third) ++chattering;
    return third;
}

std::uint32_t AlarmHabit::last_hour(std::uint32_t period) const {
    AlarmHabit rolled = *this;
    rolled.roll(period);
    return std::accumulate(rolled.counts_.begin(), rolled.counts_.end(), 0u);
}

void AlarmHabit::roll(std::uint32_t period) {
    const std::uint32_t steps = std::min(period - period_, kPeriods);
    for (std::uint32_t i = 0; i < steps; ++i) counts_[(period - i) % kPeriods] = 0;
    period_ = period;
}

void AlarmLoad::advance(Time now) {
    now_ = now;
    const std::int64_t minute = (now - start_).ns / kMinute.ns;
    for (std::int64_t m = std::max(minute_ + 1, minute - static_cast<std::int64_t>(kMinutes) + 1); m <= minute; ++m) {
        std::uint32_t& count = minutes_[static_cast<std::size_t>(m) % kMinutes];
        metrics_.last_10min -= count;
        count = 0;
    }
    minute_ = minute;
    if (metrics_.flood && metrics_.last_10min < kFloodEnds) {
        metrics_.flood = false;
        metrics_.in_flood = metrics_.in_flood + (now - flood_since_);
    }
}

void AlarmLoad::annunciate(plant::AlarmPriority priority) {
    ++metrics_.annunciated;
    ++metrics_.by_priority.at(static_cast<std::size_t>(priority));
    ++minutes_[static_cast<std::size_t>(minute_) % kMinutes];
    metrics_.peak_per_10min = std::max(metrics_.peak_per_10min, ++metrics_.last_10min);
    if (metrics_.flood || metrics_.last_10min < kFloodBegins) return;
    metrics_.flood = true;
    ++metrics_.floods;
    flood_since_ = now_;
}

AlarmMetrics AlarmLoad::metrics() const {
    AlarmMetrics out = metrics_;
    out.span = now_ - start_;
    if (out.flood) out.in_flood = out.in_flood + (now_ - flood_since_);
    // A shorter time says nothing yet about ten minutes.
    const double periods = std::max(out.span, kTenMinutes).seconds() / kTenMinutes.seconds();
    out.average_per_10min = static_cast<double>(out.annunciated) / periods;
    return out;
}

} // namespace pw::twin
