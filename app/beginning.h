#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where a visit begins: where the plant file says, else where everything is seen. Pure; metres of the world.

#include "app/walker.h"
#include "base/math.h"
#include "plant/plant.h"

namespace pw::app {

struct CameraSetting { // desktop: overrides the walker until it moves
    DVec3 eye_m{0.0}, target_m{0.0};
    double fov_y_deg = 60.0;
};

// All of the box in the picture, from the front (+Z) and a little above; of an empty one, a box of two metres.
// `aspect`: of the picture, width over height.
CameraSetting framing(const DAabb& box, double fov_y_deg, double aspect);

struct Visitor {
    bool worn = false; // a headset: the feet stay on the floor
    double fov_y_deg = 60.0, aspect = 1.0;
};

// `seen`: what has arrived of the plant. Who wears a headset stands before it, on the plant's height 0, or where the
// plant does not reach there, on that of its lowest point.
Walker beginning(const plant::Plant& plant, const DAabb& seen, const Visitor& visitor);

} // namespace pw::app
