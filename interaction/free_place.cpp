// SPDX-License-Identifier: Apache-2.0
#include "interaction/free_place.h"

#include "interaction/stance.h"

#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace pw::interaction {

namespace {

constexpr double kStep_rad = 0.1, kRow_rad = 0.2;
constexpr int kSteps = 31; // half around, each way
constexpr int kRows = 5;   // up, and down: who looks farther bends their neck
constexpr int kSamples = 8;
constexpr double kNearest = 0.5; // of its distance

// What a panel takes of all that is seen: a pyramid whose tip is the head.
struct Pyramid {
    std::array<DVec3, 4> edges, inward; // from the head
};

DVec3 point_of(const DVec3& head, const PlacedPanel& panel, Vec2 share) {
    const Vec2 at = (share - Vec2(0.5f)) * panel.size_m;
    const Pose& pose = panel.origin_from_panel;
    return pose.position + DVec3(pose.orientation * Vec3(at, 0.f)) - head;
}

Pyramid pyramid(const DVec3& head, const PlacedPanel& panel) {
    Pyramid out;
    const DVec3 middle = panel.origin_from_panel.position - head;
    constexpr std::array<Vec2, 4> kCorners{Vec2{0.f, 0.f}, {1.f, 0.f}, {1.f, 1.f}, {0.f, 1.f}};
    for (std::size_t i = 0; i < 4; ++i) out.edges[i] = point_of(head, panel, kCorners[i]);
    for (std::size_t i = 0; i < 4; ++i) {
        const DVec3 side = glm::cross(out.edges[i], out.edges[(i + 1) % 4]);
        out.inward[i] = glm::dot(side, middle) < 0.0 ? -side : side;
    }
    return out;
}

// Two that are apart are parted by a side of one of them.
bool parted(const Pyramid& a, const Pyramid& b) {
    return std::ranges::any_of(a.inward, [&](const DVec3& inward) {
        return std::ranges::all_of(b.edges, [&](const DVec3& edge) { return glm::dot(inward, edge) <= 1e-9; });
    });
}

bool meet(const Pyramid& a, const Pyramid& b) { return !parted(a, b) && !parted(b, a); }

// How much of the panel lies before or behind others.
int hidden(const DVec3& head, const PlacedPanel& panel, std::span<const Pyramid> others) {
    int count = 0;
    for (int i = 0; i < kSamples * kSamples; ++i) {
        const Vec2 share = (Vec2(i % kSamples, i / kSamples) + Vec2(0.5f)) / static_cast<float>(kSamples);
        const DVec3 way = point_of(head, panel, share);
        count += std::ranges::any_of(others, [&](const Pyramid& other) {
            return std::ranges::all_of(other.inward, [&](const DVec3& in) { return glm::dot(in, way) > 0.0; });
        });
    }
    return count;
}

// So near that its corners are before all that it would cut through, as far as it may come.
double before_all(const DVec3& head, const PlacedPanel& panel, std::span<const PlacedPanel> others) {
    const double own_m = glm::distance(panel.origin_from_panel.position, head);
    double nearest_m = own_m;
    for (const PlacedPanel& other : others)
        if (overlap(head, panel, other))
            nearest_m = std::min(nearest_m, glm::distance(other.origin_from_panel.position, head));
    const double corner_m = static_cast<double>(glm::length(panel.size_m)) / 2.0;
    return std::sqrt(std::max(nearest_m * nearest_m - corner_m * corner_m, 0.0)) / std::max(own_m, 1e-6);
}

} // namespace

bool overlap(const DVec3& head, const PlacedPanel& a, const PlacedPanel& b) {
    return meet(pyramid(head, a), pyramid(head, b));
}

Pose carried(const Pose& origin_from_panel, const DVec3& head, const Aside& by) {
    const Vec3 up(0.f, 1.f, 0.f);
    const DVec3 way = origin_from_panel.position - head;
    const Quat around = glm::angleAxis(static_cast<float>(-by.right_rad), up);
    const Vec3 level = around * Vec3(static_cast<float>(way.x), 0.f, static_cast<float>(way.z));
    const Vec3 right = glm::length(level) < 1e-6f ? Vec3(1.f, 0.f, 0.f) : glm::normalize(glm::cross(level, up));
    const Quat turn = glm::angleAxis(static_cast<float>(by.up_rad), right) * around;
    return {head + DVec3(turn * Vec3(way)) * by.distance, turn * origin_from_panel.orientation};
}

Aside free_place(const Pose& origin_from_head, const PlacedPanel& own, std::span<const PlacedPanel> others) {
    const DVec3& head = origin_from_head.position;
    const DVec3 way = own.origin_from_panel.position - head;
    const bool left = wrapped(yaw_of(origin_from_head.orientation) - std::atan2(-way.x, -way.z)) < -kStep_rad;
    std::vector<Pyramid> stand;
    for (const PlacedPanel& other : others) stand.push_back(pyramid(head, other));
    Aside best;
    int least = kSamples * kSamples + 1;
    for (int row = 0; row <= 2 * kRows; ++row) { // higher, lower, higher still …
        const double up = kRow_rad * ((row + 1) / 2) * (row % 2 == 1 ? 1.0 : -1.0);
        for (int step = 0; step <= 2 * kSteps; ++step) {
            const bool first = step % 2 == 1; // to its own side
            const double right = kStep_rad * ((step + 1) / 2) * (first == left ? -1.0 : 1.0);
            const Aside by{right, up};
            const PlacedPanel there{carried(own.origin_from_panel, head, by), own.size_m};
            if (row > 0 && there.origin_from_panel.position.y < static_cast<double>(own.size_m.y) / 2.0) continue;
            const Pyramid seen = pyramid(head, there);
            if (std::ranges::none_of(stand, [&](const Pyramid& other) { return meet(seen, other); })) return by;
            const int now = hidden(head, there, stand);
            if (now >= least) continue;
            least = now;
            best = by;
        }
    }
    const PlacedPanel there{carried(own.origin_from_panel, head, best), own.size_m};
    best.distance = std::max(before_all(head, there, others), kNearest);
    return best;
}

} // namespace pw::interaction
