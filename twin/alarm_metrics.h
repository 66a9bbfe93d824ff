#pragma once
// SPDX-License-Identifier: Apache-2.0
// How the alarms behave, as ANSI/ISA-18.2-2016 asks to monitor: how many an operator gets, and from which. Internal to
// twin/alarms.

#include "twin/alarms.h"

#include <array>
#include <cstdint>

namespace pw::twin {

inline constexpr Duration kMinute = from_seconds(60.0);
inline constexpr Duration kTenMinutes = from_seconds(600.0);

// One alarm's. 40 bytes: there are many.
class AlarmHabit {
  public:
    std::uint32_t annunciated = 0, chattering = 0, fleeting = 0;

    // True when it chatters: this is the third time within a minute.
    bool annunciate(Time now, std::uint32_t period);
    std::uint32_t last_hour(std::uint32_t period) const;

  private:
    static constexpr std::uint32_t kPeriods = 6;
    void roll(std::uint32_t period);

    std::array<Time, 2> before_{}; // the last times, the newer one first
    std::array<std::uint16_t, kPeriods> counts_{};
    std::uint32_t period_ = 0; // ten minutes each, since the board's beginning
};

// All alarms' together.
class AlarmLoad {
  public:
    void begin(Time now) { start_ = now_ = now; }
    void advance(Time now);
    void annunciate(plant::AlarmPriority priority); // at the time of the last advance()
    void chatter() { ++metrics_.chattering; }
    void fleet() { ++metrics_.fleeting; }
    std::uint32_t period() const { return static_cast<std::uint32_t>((now_ - start_).ns / kTenMinutes.ns); }
    AlarmMetrics metrics() const;

  private:
    static constexpr std::size_t kMinutes = 10;
    static constexpr std::uint32_t kFloodBegins = 10, kFloodEnds = 5;

    AlarmMetrics metrics_;
    Time start_{}, now_{}, flood_since_{};
    std::array<std::uint32_t, kMinutes> minutes_{};
    std::int64_t minute_ = 0;
};

} // namespace pw::twin
