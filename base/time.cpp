// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <sys/resource.h>
#include <time.h>

#include <chrono>
#include <cstdio>

namespace pw {

namespace {

std::int64_t read_clock(clockid_t id) {
    timespec t{};
    clock_gettime(id, &t);
    return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

class SystemClock final : public Clock {
  public:
    Time now() const override { return {read_clock(CLOCK_MONOTONIC)}; }
    UtcTime utc_now() const override { return {read_clock(CLOCK_REALTIME)}; }
    Duration awake_and_asleep() const override { return {read_clock(CLOCK_BOOTTIME)}; }
};

// Takes exactly `digits` digits from the front of `text`; -1: there are not as many.
int take_number(std::string_view& text, std::size_t digits) {
    int out = 0;
    if (text.size() < digits) return -1;
    for (const char c : text.substr(0, digits)) {
        if (c < '0' || c > '9') return -1;
        out = out * 10 + (c - '0');
    }
    text.remove_prefix(digits);
    return out;
}

bool take(std::string_view& text, std::string_view one_of) {
    const bool there = !text.empty() && one_of.contains(text.front());
    if (there) text.remove_prefix(1);
    return there;
}

// ".125" → nanoseconds; digits beyond them are passed over.
std::int64_t take_fraction(std::string_view& text) {
    std::int64_t ns = 0, unit = 100'000'000;
    for (take(text, ".,"); !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
        ns += unit * (text.front() - '0');
        unit /= 10;
    }
    return ns;
}

// "Z", "+01:00", "-0530", "+01" or nothing, to its end → seconds to the east.
std::optional<std::int64_t> take_zone(std::string_view text) {
    if (text.empty() || text == "Z" || text == "z") return 0;
    const int sign = text.front() == '-' ? -1 : 1;
    if (!take(text, "+-")) return std::nullopt;
    const int hours = take_number(text, 2);
    take(text, ":");
    const int minutes = text.empty() ? 0 : take_number(text, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || !text.empty()) return std::nullopt;
    return sign * (hours * 3600 + minutes * 60);
}

} // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

std::string to_iso8601(UtcTime t) {
    std::int64_t ms = to_ms(t);
    std::int64_t second = ms / 1000;
    ms %= 1000;
    if (ms < 0) {
        ms += 1000;
        --second;
    }
    const time_t seconds = second;
    tm parts{};
    gmtime_r(&seconds, &parts);
    char out[80];
    std::snprintf(out, sizeof out, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                  parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, static_cast<int>(ms));
    return out;
}

std::optional<UtcTime> from_iso8601(std::string_view text) {
    namespace ch = std::chrono;
    const int year = take_number(text, 4);
    if (year < 1678 || year > 2261 || !take(text, "-")) return std::nullopt; // what nanoseconds can say
    const int month = take_number(text, 2);
    if (month < 0 || !take(text, "-")) return std::nullopt;
    const int day = take_number(text, 2);
    if (day < 0 || !take(text, "Tt ")) return std::nullopt;
    const int hour = take_number(text, 2);
    if (hour < 0 || hour > 23 || !take(text, ":")) return std::nullopt;
    const int minute = take_number(text, 2);
    const int second = take(text, ":") ? take_number(text, 2) : 0;
    if (minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt; // 60: a leap second
    const ch::year_month_day date{ch::year{year}, ch::month{static_cast<unsigned>(month)},
                                  ch::day{static_cast<unsigned>(day)}};
    const std::int64_t fraction = take_fraction(text);
    const auto zone = take_zone(text);
    if (!date.ok() || !zone) return std::nullopt;
    const std::int64_t days = ch::sys_days{date}.time_since_epoch().count();
    return UtcTime{(((days * 24 + hour) * 60 + minute) * 60 + second - *zone) * 1'000'000'000 + fraction};
}

Duration thread_cpu_time() { return {read_clock(CLOCK_THREAD_CPUTIME_ID)}; }
Duration process_cpu_time() { return {read_clock(CLOCK_PROCESS_CPUTIME_ID)}; }

double peak_rss_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0; // Linux counts in KiB
}

} // namespace pw
