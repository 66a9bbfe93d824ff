#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where the user is. A headset moves its own eyes within its space; the walker moves that space through the world. At a
// desk it also is the head: WASD and the mouse. It never moves anybody who did not ask for it.

#include "app/settings.h"
#include "base/math.h"
#include "base/time.h"
#include "interaction/stance.h"
#include "xr/input.h"

namespace pw::app {

class Walker {
  public:
    static constexpr double kEyeHeight_m = 1.65;

    // The origin's floor point at `feet`, forward along `yaw` (0: −Z, counter-clockwise from above), at 1 : 1.
    void stand(const DVec3& feet, double yaw_rad);
    // Desktop: the eye itself at `eye`, looking at `target`. What is nearer than 0.2 m is seen, and walked around, as
    // if it were that far.
    void look(const DVec3& eye, const DVec3& target);
    // Desktop: walks and looks around by keys and mouse.
    void step(const xr::DesktopState& desktop, const Settings& settings, Duration dt);

    const interaction::Stance& stance() const { return stance_; }
    void set_stance(const interaction::Stance& stance) { stance_ = stance; }
    Pose origin_from_eye() const;                                                // desktop
    Pose world_from_eye() const { return to_world(stance_, origin_from_eye()); } // desktop

  private:
    interaction::Stance stance_;
    double pitch_rad_ = 0.0, eye_height_m_ = kEyeHeight_m; // desktop
};

} // namespace pw::app
