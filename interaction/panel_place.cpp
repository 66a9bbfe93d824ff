// SPDX-License-Identifier: Apache-2.0
#include "interaction/panel_place.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>

namespace pw::interaction {

Pose origin_from_panel(const PanelPlace& place, const Stance& stance) {
    return place.in == PlaceIn::World ? to_origin(stance, place.pose) : place.pose;
}

void keep(PanelPlace& place, PlaceIn in, const Pose& origin_from_panel, const Stance& stance) {
    place.in = in;
    place.pose = in == PlaceIn::World ? to_world(stance, origin_from_panel) : origin_from_panel;
}

PanelPlace& place_of(std::vector<PanelPlace>& places, std::string_view name) {
    const auto found = std::ranges::find(places, name, &PanelPlace::name);
    if (found != places.end()) return *found;
    return places.emplace_back(PanelPlace{.name = std::string(name)});
}

PanelView seen_from(const Pose& origin_from_head, const Pose& origin_from_panel, Vec2 size_m) {
    const DVec3 way = origin_from_panel.position - origin_from_head.position;
    const double level_m = std::hypot(way.x, way.z), away_m = std::max(glm::length(way), 1e-6);
    return {.aside_rad = wrapped(yaw_of(origin_from_head.orientation) - std::atan2(-way.x, -way.z)),
            .up_rad = std::atan2(way.y, level_m),
            .half_width_rad = std::atan2(static_cast<double>(size_m.x) / 2.0, away_m),
            .half_height_rad = std::atan2(static_cast<double>(size_m.y) / 2.0, away_m)};
}

bool overlap(const PanelView& a, const PanelView& b) {
    return std::abs(wrapped(a.aside_rad - b.aside_rad)) < a.half_width_rad + b.half_width_rad &&
           std::abs(a.up_rad - b.up_rad) < a.half_height_rad + b.half_height_rad;
}

Quat facing(const DVec3& panel, const DVec3& head) {
    const DVec3 away = panel - head;
    return glm::length(away) < 1e-6 ? kNoRotation : look_rotation(Vec3(glm::normalize(away)));
}

} // namespace pw::interaction
