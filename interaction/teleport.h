#pragma once
// SPDX-License-Identifier: Apache-2.0
// The jump to where an arc from the hand lands. While one aims the arc and an arrow show; letting go asks for the jump,
// which the app makes at black (comfort.h). Nothing else ever moves the user. Frame thread.

#include "interaction/stance.h"
#include "interaction/walkable.h"
#include "xr/input.h"

#include <optional>
#include <vector>

namespace pw::interaction {

// A thrown body: p(t) = p₀ + v·t + ½·g·t², in metres of the user, whatever the scale.
struct Throw {
    double speed_m_s = 8.0, gravity_m_s2 = 9.81;
    double reach_m = 8.0;  // from above; what lies beyond is not reached
    double depth_m = 20.0; // below the hand: from a platform to the hall's floor
    double step_s = 1.0 / 30.0;
};

struct Arc {
    std::vector<DVec3> points; // world, from the hand to where it lands or ends
    bool met = false;          // the last point is on something
    Footing landing;           // NoFloor when nothing was met
};

// Throws from the aim pose; the arc ends at the first surface, whatever it is. `arc` is filled anew (its memory is
// kept).
void trace(const MeetWorld& meet, const Stance& stance, const Pose& origin_from_aim, Arc& arc, const Throw& how = {},
           const StandRules& rules = {});

// What a stick, a gesture or an action wants of the teleport in this frame.
struct TeleportAsk {
    bool aiming = false; // show the arc
    bool go = false;     // was aiming, and lets go
    bool cancel = false;
    double turn_rad = 0.0; // how the user wants to be turned in the jump; 0: look on as now
};

// Forward shows the arc, its direction while held turns the arrow, letting it spring back goes. Pressing the stick, or
// gripping, cancels until the stick is back.
class TeleportStick {
  public:
    static constexpr float kPushed = 0.7f, kBack = 0.35f;    // of the stick's way
    static constexpr double kAhead_rad = 0.3926990816987241; // ±22.5°: as forward as anybody holds a stick, no turn
    TeleportAsk step(const xr::HandState& hand);

  private:
    bool aiming_ = false, cancelled_ = false;
    double turn_rad_ = 0.0;
};

// A bare hand that has been told to (from the hand menu): pinching aims, opening goes, a fist cancels.
class TeleportPinch {
  public:
    TeleportAsk step(const xr::HandState& hand);

  private:
    bool aiming_ = false;
};

struct Jump {
    DVec3 feet{0.0};
    double yaw_rad = 0.0; // to look along, in the world
};

class Teleport {
  public:
    // Nothing, or the jump that was asked for and is allowed. `origin_from_aim`: of the hand that asks.
    std::optional<Jump> step(const TeleportAsk& ask, const MeetWorld& meet, const Stance& stance,
                             const Pose& origin_from_head, const Pose& origin_from_aim, const StandRules& rules = {});
    bool shown() const { return shown_; }     // draw the arc, and at its end the arrow
    bool refused() const { return refused_; } // in this frame: let go over what arc().landing.blocked names
    const Arc& arc() const { return arc_; }
    double arrow_yaw_rad() const { return arrow_yaw_rad_; } // where the user will look

  private:
    Arc arc_;
    double arrow_yaw_rad_ = 0.0;
    bool shown_ = false, refused_ = false;
};

// The stance after the jump: 1 : 1, whatever the scale was: one steps into the model.
Stance land(const Stance& stance, const Pose& origin_from_head, const Jump& jump);

} // namespace pw::interaction
