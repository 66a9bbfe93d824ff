#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where the user is. A headset moves its own eyes within its space; the walker moves that space through the world. At a
// desk it also is the head: WASD and the mouse. It never moves anybody who did not ask for it.

#include "app/settings.h"
#include "base/math.h"
#include "base/time.h"
#include "xr/input.h"

namespace pw::app {

class Walker {
  public:
    static constexpr double kEyeHeight_m = 1.65;

    // Feet at `feet`, looking along `yaw` (0: −Z, counter-clockwise from above).
    void stand(const DVec3& feet, double yaw_rad);
    // Desktop: the eye itself at `eye`, looking at `target`.
    void look(const DVec3& eye, const DVec3& target);
    // Desktop: walks and looks around by keys and mouse.
    void step(const xr::DesktopState& desktop, const Settings& settings, Duration dt);

    Pose world_from_origin() const;
    Pose origin_from_eye() const; // desktop
    Pose world_from_eye() const { return world_from_origin() * origin_from_eye(); }

  private:
    DVec3 feet_{0.0};
    double yaw_rad_ = 0.0, pitch_rad_ = 0.0, eye_height_m_ = kEyeHeight_m;
};

} // namespace pw::app
