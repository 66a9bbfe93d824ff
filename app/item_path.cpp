// SPDX-License-Identifier: Apache-2.0
#include "app/item_path.h"

#include <glm/geometric.hpp>

#include <algorithm>

namespace pw::app {

namespace {

constexpr double kHalfGuided_m = 0.15;
constexpr double kShort_m = 1e-6;
const DVec3 kUp{0.0, 1.0, 0.0};

// Where something looks that goes this way; straight up or down it looks where it did.
DVec3 level(const DVec3& way, const DVec3& otherwise) {
    const DVec3 flat(way.x, 0.0, way.z);
    const double length = glm::length(flat);
    return length > kShort_m ? flat / length : otherwise;
}

} // namespace

ItemPath::ItemPath(const std::vector<DVec3>& points, std::uint32_t lanes, double lane_pitch_m)
    : lanes_(std::max(lanes, 1u)), lane_pitch_m_(lane_pitch_m) {
    if (!points.empty()) only_point_ = points.front();
    DVec3 forward(0.0, 0.0, 1.0);
    for (std::size_t i = 1; i < points.size(); ++i) {
        const DVec3 way = points[i] - points[i - 1];
        const double length = glm::length(way);
        if (length < kShort_m) continue;
        forward = level(way / length, forward);
        ends_.push_back(length_m() + length);
        segments_.push_back({points[i - 1], way / length, forward});
    }
}

std::size_t ItemPath::segment_at(double along_m) const {
    const auto found = std::ranges::lower_bound(ends_, along_m);
    return std::min(static_cast<std::size_t>(found - ends_.begin()), ends_.size() - 1);
}

DVec3 ItemPath::point_at(double along_m) const {
    const std::size_t i = segment_at(along_m);
    return segments_[i].from + segments_[i].direction * (along_m - (i == 0 ? 0.0 : ends_[i - 1]));
}

Affine ItemPath::at(double place, std::uint64_t serial) const {
    if (segments_.empty()) return {.translation = only_point_};
    const double along_m = place * length_m();
    DVec3 forward = segments_.front().forward;
    if (segments_.size() > 1) {
        const DVec3 chord = point_at(along_m + kHalfGuided_m) - point_at(along_m - kHalfGuided_m);
        forward = level(chord, segments_[segment_at(along_m)].forward);
    }
    const DVec3 left = glm::cross(kUp, forward);
    const auto lane = static_cast<double>(serial % lanes_) - 0.5 * static_cast<double>(lanes_ - 1);
    return {.translation = point_at(along_m) + left * (lane * lane_pitch_m_),
            .linear = Mat3(Vec3(left), Vec3(kUp), Vec3(forward))};
}

} // namespace pw::app
