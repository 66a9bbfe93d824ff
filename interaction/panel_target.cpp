// SPDX-License-Identifier: Apache-2.0
#include "interaction/panel_target.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>

namespace pw::interaction {

namespace {

DVec3 half_of(const PanelTarget& panel) { return DVec3(panel.size_m.x, panel.size_m.y, 0.f) * 0.5; }

struct Bar {
    double middle_y, half_x, half_y;
};
Bar bar_of(const PanelTarget& panel) {
    const double half_y = static_cast<double>(panel.bar_m) * 0.5;
    return {-half_of(panel).y - kBarGap_m - half_y, half_of(panel).x * 0.5, half_y};
}

} // namespace

DVec3 to_panel(const PanelTarget& panel, const DVec3& origin_point) {
    return glm::dquat(glm::conjugate(panel.origin_from_panel.orientation)) *
           (origin_point - panel.origin_from_panel.position);
}

bool on_face(const PanelTarget& panel, const DVec3& p, double margin_m) {
    const DVec3 half = half_of(panel);
    return std::abs(p.x) <= half.x + margin_m && std::abs(p.y) <= half.y + margin_m;
}

bool on_bar(const PanelTarget& panel, const DVec3& p) {
    const Bar bar = bar_of(panel);
    return panel.bar_m > 0.f && std::abs(p.x) <= bar.half_x && std::abs(p.y - bar.middle_y) <= bar.half_y;
}

Vec2 fraction(const PanelTarget& panel, const DVec3& p) {
    return Vec2(p.x / static_cast<double>(panel.size_m.x) + 0.5, 0.5 - p.y / static_cast<double>(panel.size_m.y));
}

std::optional<PlaneHit> meet_plane(const PanelTarget& panel, const Ray& origin_ray) {
    const DVec3 from = to_panel(panel, origin_ray.origin);
    const DVec3 way = glm::dquat(glm::conjugate(panel.origin_from_panel.orientation)) * DVec3(origin_ray.direction);
    if (from.z <= 0.0 || way.z >= -1e-6) return std::nullopt;
    const double distance_m = -from.z / way.z;
    return PlaneHit{{from.x + way.x * distance_m, from.y + way.y * distance_m, 0.0}, distance_m};
}

double distance_to_rim(const PanelTarget& panel, const DVec3& origin_point) {
    const DVec3 p = to_panel(panel, origin_point), half = half_of(panel);
    const double out_x = std::abs(p.x) - half.x, out_y = std::abs(p.y) - half.y;
    const double level = out_x <= 0.0 && out_y <= 0.0 ? std::min(-out_x, -out_y)
                                                      : std::hypot(std::max(out_x, 0.0), std::max(out_y, 0.0));
    const double to_rim = std::hypot(level, p.z);
    if (panel.bar_m <= 0.f) return to_rim;
    const Bar bar = bar_of(panel);
    const DVec3 to_bar(std::max(std::abs(p.x) - bar.half_x, 0.0),
                       std::max(std::abs(p.y - bar.middle_y) - bar.half_y, 0.0), p.z);
    return std::min(to_rim, glm::length(to_bar));
}

const PanelTarget* find(std::span<const PanelTarget> panels, std::uint32_t id) {
    const auto found = std::ranges::find(panels, id, &PanelTarget::id);
    return found == panels.end() ? nullptr : &*found;
}

} // namespace pw::interaction
