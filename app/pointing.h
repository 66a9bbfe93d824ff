#pragma once
// SPDX-License-Identifier: Apache-2.0
// A ray and a panel that stands in the world. Pure.

#include "base/math.h"
#include "renderer/draw_list.h"

#include <optional>

namespace pw::app {

struct PanelHit {
    Vec2 pixel{0.f}; // of the panel's picture, from its upper left corner
    double distance_m = 0.0;
};

// Where the ray meets the panel's face; nothing beside it, behind the ray's origin, or from the back.
std::optional<PanelHit> meet_panel(const renderer::Panel& panel, const Ray& ray);

} // namespace pw::app
