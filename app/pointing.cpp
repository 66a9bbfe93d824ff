// SPDX-License-Identifier: Apache-2.0
#include "app/pointing.h"

#include <cmath>

namespace pw::app {

std::optional<PanelHit> meet_panel(const renderer::Panel& panel, const Ray& ray) {
    const Pose panel_from_world = inverse(panel.pose);
    const DVec3 origin = (panel_from_world * Pose{ray.origin, kNoRotation}).position;
    const DVec3 direction(panel_from_world.orientation * ray.direction);
    if (origin.z <= 0.0 || direction.z >= 0.0) return std::nullopt;
    const double t = -origin.z / direction.z;
    const DVec3 at = origin + direction * t;
    const double x = at.x / static_cast<double>(panel.size_m.x), y = at.y / static_cast<double>(panel.size_m.y);
    if (!(std::abs(x) <= 0.5 && std::abs(y) <= 0.5)) return std::nullopt;
    return PanelHit{Vec2((x + 0.5) * panel.width, (0.5 - y) * panel.height), t};
}

} // namespace pw::app
