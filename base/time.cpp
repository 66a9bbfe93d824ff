// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <sys/resource.h>
#include <time.h>

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
};

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

Duration thread_cpu_time() { return {read_clock(CLOCK_THREAD_CPUTIME_ID)}; }
Duration process_cpu_time() { return {read_clock(CLOCK_PROCESS_CPUTIME_ID)}; }

double peak_rss_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0; // Linux counts in KiB
}

} // namespace pw
