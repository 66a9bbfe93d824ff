#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pictures of markers by casting rays through a lens of its own, blurred and noisy: nothing of registration/'s
// projection is used.

#include "registration/marker.h"
#include "tests/registration/luck.h"

#include <vector>

namespace pw::registration::test {

struct Scene {
    Intrinsics lens;
    struct Tag {
        Family family = Family::Tag36h11;
        unsigned id = 0;
        double size_m = 0.1;
        Rigid camera_from_marker;
    };
    std::vector<Tag> tags;
    double blur_px = 0.7;
    double noise = 2.0; // grey levels
};

Intrinsics small_camera(bool distorted); // 320 × 240
GreyImage picture_of(const Scene& scene, Luck& luck);

// Where the corners are, in the order of Sighting.
std::array<glm::dvec2, 4> corners_of(const Scene& scene, const Scene::Tag& tag);

// A marker that looks towards the camera, turned `tilt` away from it in some direction, and anyhow about itself.
Rigid facing(Luck& luck, double distance_m, double tilt_rad);

} // namespace pw::registration::test
