#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the words of a plant file name in the scene. Internal to app/live*.cpp.

#include "plant/plant.h"
#include "scene/scene.h"

#include <string_view>

namespace pw::app {

// The equipment's own model, or its item of that name; invalid when it is not placed.
scene::PlacedId find_model(const scene::Scene& scene, const plant::Equipment& equipment, std::string_view item);
// "Joint1", "load:", "load:Lid": the node, or the first of the model; invalid when there is none.
scene::NodeId find_node(const scene::Scene& scene, const plant::Equipment& equipment, std::string_view node);

} // namespace pw::app
