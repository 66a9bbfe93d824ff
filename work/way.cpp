// SPDX-License-Identifier: Apache-2.0
#include "work/way.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <limits>
#include <optional>

namespace pw::work {

namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

struct Foot { // the nearest place on a path
    std::size_t path = 0;
    DVec3 at{0.0};
    double distance_m = kFar;
};

DVec3 flat(const DVec3& p, double y) { return {p.x, y, p.z}; }

Foot nearest_foot(const plant::Production& floor, const DVec3& from) {
    Foot best;
    for (std::size_t i = 0; i < floor.paths.size(); ++i) {
        const DVec3 a = flat(floor.points[floor.paths[i].from].position_m, from.y);
        const DVec3 b = flat(floor.points[floor.paths[i].to].position_m, from.y);
        const double length2 = glm::dot(b - a, b - a);
        const double t = length2 > 0.0 ? std::clamp(glm::dot(from - a, b - a) / length2, 0.0, 1.0) : 0.0;
        const DVec3 at = a + (b - a) * t;
        const double distance = glm::length(from - at);
        if (distance < best.distance_m) best = {i, at, distance};
    }
    return best;
}

// Points of the floor on the shortest way between two feet; nothing when there is none.
std::optional<std::vector<DVec3>> along_paths(const plant::Production& floor, const Foot& first, const Foot& last) {
    if (first.path == last.path) return std::vector<DVec3>{first.at, last.at};
    const double y = first.at.y;
    const auto point = [&](std::uint32_t p) { return flat(floor.points[p].position_m, y); };
    std::vector<double> cost(floor.points.size(), kFar);
    std::vector<std::uint32_t> before(floor.points.size(), plant::kNoIndex);
    std::vector<bool> settled(floor.points.size());
    for (const std::uint32_t p : {floor.paths[first.path].from, floor.paths[first.path].to})
        cost[p] = glm::length(point(p) - first.at);
    for (;;) { // at most a few hundred points: no heap
        std::uint32_t next = plant::kNoIndex;
        for (std::uint32_t p = 0; p < cost.size(); ++p) {
            if (!settled[p] && cost[p] < kFar && (next == plant::kNoIndex || cost[p] < cost[next])) next = p;
        }
        if (next == plant::kNoIndex) break;
        settled[next] = true;
        for (const auto& path : floor.paths) {
            for (const auto& [from, to] : {std::pair(path.from, path.to), std::pair(path.to, path.from)}) {
                if (from != next || cost[from] + path.length_m >= cost[to]) continue;
                cost[to] = cost[from] + path.length_m;
                before[to] = from;
            }
        }
    }
    std::uint32_t end = plant::kNoIndex;
    double best = kFar;
    for (const std::uint32_t p : {floor.paths[last.path].from, floor.paths[last.path].to}) {
        const double whole = cost[p] + glm::length(point(p) - last.at);
        if (whole < best) {
            best = whole;
            end = p;
        }
    }
    if (end == plant::kNoIndex) return std::nullopt;
    std::vector<DVec3> out{last.at};
    for (std::uint32_t p = end; p != plant::kNoIndex; p = before[p]) out.push_back(point(p));
    out.push_back(first.at);
    std::ranges::reverse(out);
    return out;
}

} // namespace

std::vector<DVec3> find_way(const plant::Production& floor, const DVec3& from, const DVec3& to) {
    const DVec3 target = flat(to, from.y);
    const Foot first = nearest_foot(floor, from), last = nearest_foot(floor, target);
    std::vector<DVec3> way{from};
    const double straight = glm::length(target - from);
    if (first.distance_m + last.distance_m < straight) {
        if (const auto middle = along_paths(floor, first, last)) way.insert(way.end(), middle->begin(), middle->end());
    }
    way.push_back(to);
    const auto same = [](const DVec3& a, const DVec3& b) { return glm::length(a - b) < 1e-6; };
    way.erase(std::ranges::unique(way, same).begin(), way.end());
    return way;
}

double length_of(const std::vector<DVec3>& way) {
    double sum = 0.0;
    for (std::size_t i = 1; i < way.size(); ++i) sum += glm::length(way[i] - way[i - 1]);
    return sum;
}

} // namespace pw::work
