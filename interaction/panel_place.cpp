// SPDX-License-Identifier: Apache-2.0
#include "interaction/panel_place.h"

#include <glm/geometric.hpp>

#include <algorithm>

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

Quat facing(const DVec3& panel, const DVec3& head) {
    const DVec3 away = panel - head;
    return glm::length(away) < 1e-6 ? kNoRotation : look_rotation(Vec3(glm::normalize(away)));
}

} // namespace pw::interaction
