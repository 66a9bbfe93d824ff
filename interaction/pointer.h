#pragma once
// SPDX-License-Identifier: Apache-2.0
// One thing that points: a hand, by ray, fingertip and grip; a gaze that dwells. Says what it is over and
// what it does to it. In the user's space and metres of the user. Frame thread; one Pointer for each.

#include "base/time.h"
#include "interaction/panel_target.h"
#include "interaction/poke.h"
#include "interaction/stance.h"
#include "interaction/walkable.h"
#include "xr/input.h"

#include <cstdint>
#include <optional>
#include <span>

namespace pw::interaction {

struct PointerIn {
    bool active = false;
    Pose origin_from_aim;                 // −Z points
    std::optional<Pose> origin_from_grip; // what takes hold of a panel's rim
    std::optional<DVec3> tip;             // what touches
    bool may_touch = false;               // begin a touch; a hand that points
    bool dwells = false;                  // rests on things to select them
    xr::Press select, grab;               // `released` is not looked at: what is not held any more was released
    Vec2 stick{0.f};                      // −1 … 1 while held
};
PointerIn pointer_of(const xr::HandState& hand);
PointerIn pointer_of_gaze(const Pose& origin_from_gaze); // or of the head

enum class Over : std::uint8_t { Nothing, World, Panel, Bar };

struct PointerOut {
    Over over = Over::Nothing; // while it selects or holds: what that began on
    std::uint32_t panel = 0;   // Panel, Bar
    Vec2 at{0.f};              // Panel: 0 … 1 from its upper left corner; beyond while a press has slid off it
    scene::NodeId node;        // World
    DVec3 point{0.0};          // where: the ray's end, in the user's space
    double distance_m = 0.0;
    bool near = false;                                    // by the fingertip: there is no ray to be drawn
    bool entered = false, left = false;                   // it came over something; off something
    bool pressed = false, held = false, released = false; // selecting, by trigger, touch or dwelling
    bool clicked = false;                                 // released on what it was pressed on
    float depth_m = 0.f;                                  // of a touch
    bool grab_began = false, grabbing = false, grab_ended = false;
    std::optional<Pose> origin_from_grabbed; // grabbing a panel: its place now
    Vec2 scroll{0.f};                        // steps of a wheel, over a panel
    bool stick_taken = false;                // by the panel: it turns and moves nothing
    float dwell = 0.f;                       // 0 … 1 of the time until it selects
};

class Pointer {
  public:
    static constexpr double kReach_m = 100.0; // of the ray
    static constexpr double kNear_m = 0.08;   // before a panel's face the fingertip is the pointer
    static constexpr double kGrip_m = 0.1;    // from the grip to the rim of a panel that it takes hold of
    static constexpr double kDwell_s = 1.0, kDwellSlack_rad = 0.035; // 2°: eyes and heads are never still
    static constexpr double kDwellSettles_s = 0.2;                   // the place it rests on is a mean of so long
    static constexpr float kScroll_per_s = 12.f;                     // of a stick pushed home

    // A hand that is lost lets go of everything, and what it pressed is not clicked.
    PointerOut step(const PointerIn& in, std::span<const PanelTarget> panels, const MeetWorld& meet,
                    const Stance& stance, Duration dt);

  private:
    enum class Doing : std::uint8_t { Pointing, Selecting, Touching, Grabbing };
    struct At { // what it is over
        Over over = Over::Nothing;
        std::uint32_t panel = 0;
        scene::NodeId node;
        friend bool operator==(const At&, const At&) = default;
    };
    static At at(const PointerOut& out) { return {out.over, out.panel, out.node}; }
    void look(const PointerIn& in, std::span<const PanelTarget> panels, const MeetWorld& meet, const Stance& stance,
              PointerOut& out) const;
    void lose(PointerOut& out);
    void begin(const PointerIn& in, std::span<const PanelTarget> panels, bool dwelt, PointerOut& out);
    bool begin_grab(const PointerIn& in, std::span<const PanelTarget> panels, const PointerOut& out);
    void select_on(const PointerIn& in, const PanelTarget* panel, PointerOut& out);
    void touch_on(const PanelTarget* panel, PointerOut& out);
    void grab_on(const PointerIn& in, const PanelTarget* panel, PointerOut& out);
    bool dwell(const PointerIn& in, std::span<const PanelTarget> panels, Duration dt, PointerOut& out);
    void scroll(const PointerIn& in, Duration dt, PointerOut& out);

    Doing doing_ = Doing::Pointing;
    At began_;          // what a press or a hold began on
    At before_;         // what it was over in the frame before
    Vec2 last_at_{0.f}; // of a press on a panel
    Poke poke_;
    bool by_dwelling_ = false; // what selects
    bool by_grip_ = false;     // what holds a panel: the grip, not the ray
    bool by_select_ = false;   // and for how long: while select is held, not grab
    Pose hand_from_panel_;
    At dwelt_; // what it rests on, where, how long, and whether that has selected it
    DVec3 dwelt_at_{0.0};
    double dwelt_s_ = 0.0;
    bool dwelt_done_ = false;
    bool stick_pushed_ = false, stick_panels_ = false; // whose the stick is while it is pushed
};

} // namespace pw::interaction
