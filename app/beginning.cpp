// SPDX-License-Identifier: Apache-2.0
#include "app/beginning.h"

#include <glm/common.hpp>
#include <glm/geometric.hpp>
#include <glm/trigonometric.hpp>

#include <algorithm>
#include <cmath>

namespace pw::app {

namespace {

constexpr DVec3 kFromFront{0.55, 0.35, 1.0}, kFromFloor{0.0, 0.0, 1.0};

// From where a ball around the box just fits into the picture.
CameraSetting see_all(DAabb box, DVec3 direction, double fov_y_deg, double aspect) {
    if (box.empty()) box = {DVec3(-1.0), DVec3(1.0)};
    const DVec3 centre = (box.min + box.max) * 0.5;
    const double radius = std::max(glm::length(box.max - box.min) * 0.5, 1e-5);
    const double half = std::atan(std::tan(glm::radians(fov_y_deg) * 0.5) * std::min(1.0, aspect));
    return {centre + glm::normalize(direction) * (radius / std::sin(half) * 1.02), centre, fov_y_deg};
}

} // namespace

CameraSetting framing(const DAabb& box, double fov_y_deg, double aspect) {
    return see_all(box, kFromFront, fov_y_deg, aspect);
}

Walker beginning(const plant::Plant& plant, const DAabb& seen, const Visitor& visitor) {
    Walker out;
    if (!std::isnan(plant.start_m.x)) {
        out.stand(plant.start_m, glm::radians(plant.start_yaw_deg));
    } else if (!seen.empty() && visitor.worn) {
        const DVec3 eye = see_all(seen, kFromFloor, visitor.fov_y_deg, visitor.aspect).eye_m;
        out.stand({eye.x, std::clamp(0.0, seen.min.y, seen.max.y), eye.z}, 0.0);
    } else if (!seen.empty()) {
        const CameraSetting camera = framing(seen, visitor.fov_y_deg, visitor.aspect);
        out.look(camera.eye_m, camera.target_m);
    }
    return out;
}

} // namespace pw::app
