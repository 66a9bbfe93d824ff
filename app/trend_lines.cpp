// SPDX-License-Identifier: Apache-2.0
#include "app/trend_lines.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pw::app {

namespace {

constexpr Duration kHeld = from_seconds(5.0); // what is recorded comes this late at most

bool is_known(const twin::SeriesPoint& p) { return p.quality > twin::Quality::Stale && std::isfinite(p.last); }

} // namespace

std::vector<TrendLine> trend_lines(const Memory::Trend& trend, UtcTime to) {
    const UtcTime from{to.ns - Memory::kTrendSpan.ns};
    const UtcTime end = to - trend.until <= kHeld ? to : trend.until; // else it is recorded no more
    double least = std::numeric_limits<double>::infinity(), most = -least;
    for (const auto& p : trend.points) {
        if (std::isfinite(p.min)) least = std::min(least, p.min);
        if (std::isfinite(p.max)) most = std::max(most, p.max);
    }
    const auto x = [&](UtcTime t) {
        return static_cast<float>(std::clamp((t - from).seconds() / Memory::kTrendSpan.seconds(), 0.0, 1.0));
    };
    const auto y = [&](double v) { return most > least ? static_cast<float>((v - least) / (most - least)) : 0.5f; };
    std::vector<TrendLine> out;
    bool joined = false;
    float before = 0.f; // where the line stood, while it is joined
    for (std::size_t i = 0; i < trend.points.size(); ++i) {
        const auto& p = trend.points[i];
        const UtcTime next = i + 1 < trend.points.size() ? trend.points[i + 1].time : end;
        UtcTime begin = p.time;
        if (p.worst <= twin::Quality::Stale) { // somewhere within its part
            begin = {(p.time.ns / Memory::kTrendPart.ns + 1) * Memory::kTrendPart.ns};
            joined = false;
        }
        if (next <= from) continue;
        if (begin >= from && p.max > p.min) out.push_back({x(p.time), y(p.min), x(p.time), y(p.max)});
        const bool known = is_known(p) && begin < next;
        if (known && joined) out.push_back({x(begin), before, x(begin), y(p.last)});
        if (known) out.push_back({x(begin), before = y(p.last), x(next), y(p.last)});
        joined = known;
    }
    return out;
}

} // namespace pw::app
