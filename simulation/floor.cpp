// SPDX-License-Identifier: Apache-2.0
#include "simulation/model.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace pw::simulation {

// Floyd and Warshall, in whole millimetres: the same ways on every machine, and of two that are equally long the one
// found first.
FloorModel make_floor(const plant::Production& production) {
    FloorModel out;
    out.points = static_cast<std::uint32_t>(production.points.size());
    const std::size_t n = out.points;
    out.distance_mm.assign(n * n, -1);
    out.next.assign(n * n, 0);
    for (std::size_t i = 0; i < n; ++i) {
        out.distance_mm[i * n + i] = 0;
        out.next[i * n + i] = static_cast<std::uint16_t>(i);
    }
    const auto link = [&](std::size_t from, std::size_t to, std::int64_t length) {
        std::int64_t& known = out.distance_mm[from * n + to];
        if (known >= 0 && known <= length) return;
        known = length;
        out.next[from * n + to] = static_cast<std::uint16_t>(to);
    };
    for (const plant::FloorPath& path : production.paths) {
        const std::int64_t length = std::max<std::int64_t>(1, std::llround(path.length_m * 1000.0));
        link(path.from, path.to, length);
        link(path.to, path.from, length);
    }
    for (std::size_t via = 0; via < n; ++via) {
        for (std::size_t from = 0; from < n; ++from) {
            const std::int64_t first = out.distance_mm[from * n + via];
            if (first < 0) continue;
            for (std::size_t to = 0; to < n; ++to) {
                const std::int64_t second = out.distance_mm[via * n + to];
                std::int64_t& known = out.distance_mm[from * n + to];
                if (second < 0 || (known >= 0 && known <= first + second)) continue;
                known = first + second;
                out.next[from * n + to] = out.next[from * n + via];
            }
        }
    }
    return out;
}

} // namespace pw::simulation
