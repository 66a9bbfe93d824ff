#pragma once
// SPDX-License-Identifier: Apache-2.0
// The last hour of sums that only grow: who keeps them writes them down at each full minute, and what they were an hour
// ago is subtracted. The hour is cut at a full minute since the start, so it has 60 to 61 minutes. No thread's own.

#include "base/time.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace pw::twin {

class MinuteMarks {
  public:
    static constexpr std::size_t kMarks = 61;

    void start(Time now) { start_ = now; } // the mark at place 0 is of then
    // mark(place, time) for each full minute up to `now`, in order; after a long sleep only for the last ones.
    template <class F> void advance(Time now, F&& mark) {
        const std::int64_t last = (now - start_).ns / kMinute.ns;
        minute_ = std::max(minute_, last - static_cast<std::int64_t>(kMarks));
        while (minute_ < last) {
            ++minute_;
            mark(place(minute_), start_ + Duration{minute_ * kMinute.ns});
        }
    }
    std::size_t hour_ago() const { return place(std::max<std::int64_t>(0, minute_ - 60)); } // or the start

  private:
    static constexpr Duration kMinute = from_ms(60'000);
    static std::size_t place(std::int64_t minute) { return static_cast<std::size_t>(minute) % kMarks; }

    Time start_{};
    std::int64_t minute_ = 0; // the last full one since the start
};

} // namespace pw::twin
