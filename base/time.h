#pragma once
// SPDX-License-Identifier: Apache-2.0
// Two times that never mix: Time is monotonic and means nothing outside this process, UtcTime is what others sent or
// will read. Both in nanoseconds. Nothing is compared across machines without a measured offset.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pw {

struct Duration {
    std::int64_t ns = 0;
    friend constexpr auto operator<=>(Duration, Duration) = default;
    constexpr double seconds() const { return static_cast<double>(ns) * 1e-9; }
    constexpr double ms() const { return static_cast<double>(ns) * 1e-6; }
};

constexpr Duration from_seconds(double s) { return {static_cast<std::int64_t>(s * 1e9)}; }
constexpr Duration from_ms(std::int64_t ms) { return {ms * 1'000'000}; }

struct Time {
    std::int64_t ns = 0;
    friend constexpr auto operator<=>(Time, Time) = default;
};

struct UtcTime {
    std::int64_t ns = 0; // since 1970-01-01T00:00:00Z, leap seconds ignored; 0 = unknown
    friend constexpr auto operator<=>(UtcTime, UtcTime) = default;
    constexpr bool known() const { return ns != 0; }
};

// 2262-01-01T00:00:00Z. What is later cannot be told by nanoseconds and becomes this; one can still add months to it.
inline constexpr UtcTime kEndOfTime{9'214'646'400'000'000'000};

// Now, on both clocks.
struct Instant {
    Time time;
    UtcTime utc;
};

constexpr Duration operator-(Time a, Time b) { return {a.ns - b.ns}; }
constexpr Time operator+(Time a, Duration d) { return {a.ns + d.ns}; }
constexpr Time operator-(Time a, Duration d) { return {a.ns - d.ns}; }
constexpr Duration operator-(UtcTime a, UtcTime b) { return {a.ns - b.ns}; }
constexpr UtcTime operator+(UtcTime a, Duration d) { return {a.ns + d.ns}; }
constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }

constexpr UtcTime utc_from_ms(std::int64_t ms) { return {ms * 1'000'000}; }
constexpr std::int64_t to_ms(UtcTime t) { return t.ns / 1'000'000; }

// Time is injected, so that tests choose it. Any thread may ask.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
    virtual UtcTime utc_now() const = 0;
    // For differences: goes on while the machine sleeps, which now() does not, and is never set, as utc_now() is.
    virtual Duration awake_and_asleep() const = 0;
};

const Clock& system_clock(); // CLOCK_MONOTONIC, CLOCK_REALTIME and CLOCK_BOOTTIME

std::string to_iso8601(UtcTime t); // "2026-11-22T13:30:00.125Z"
// "2026-11-22T13:30:00.125+01:00": a date and a time, with 'T' or a space between; without a zone it is UTC. Nothing:
// it is no such time, or nanoseconds cannot say it.
std::optional<UtcTime> from_iso8601(std::string_view text);

// CPU time used by the calling thread, by the whole process, and the process's largest resident size so far.
Duration thread_cpu_time();
Duration process_cpu_time();
double peak_rss_mib();

} // namespace pw
