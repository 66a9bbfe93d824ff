#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where panels are kept, by name: plain, to be saved. A panel's size is in metres of the user whatever the scale; in
// the world only its place is.

#include "interaction/stance.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pw::interaction {

enum class PlaceIn : std::uint8_t { User, World };

struct PanelPlace {
    std::string name;
    PlaceIn in = PlaceIn::User;
    Pose pose; // of the panel's middle, which faces +Z
};

// Where the panel is in the user's space now.
Pose origin_from_panel(const PanelPlace& place, const Stance& stance);
// Puts it where it is seen now, to stay with the user or in the world.
void keep(PanelPlace& place, PlaceIn in, const Pose& origin_from_panel, const Stance& stance);
PanelPlace& place_of(std::vector<PanelPlace>& places, std::string_view name); // made if there is none

// Upright, its face to the head.
Quat facing(const DVec3& panel, const DVec3& head);

} // namespace pw::interaction
