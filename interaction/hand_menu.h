#pragma once
// SPDX-License-Identifier: Apache-2.0
// The menu beside a hand: it opens when the user looks into their palm, or by the menu button, follows the hand softly,
// and stays in the world where its bar was let go of. Everything here is in the user's space. Frame thread.

#include "base/time.h"
#include "interaction/panel_place.h"
#include "xr/input.h"

#include <array>
#include <cstddef>
#include <optional>

namespace pw::interaction {

struct Palm {
    DVec3 at{0.0};
    Vec3 normal{0.f, 1.f, 0.f}; // out of the palm
};
// Of the tracked hand, or else of the one that holds the controller. `hand`: 0 left.
Palm palm_of(const xr::HandState& state, std::size_t hand);

// A critically damped follower: behind a steadily moving target by kLag, never beyond a resting one. Exact for any dt:
// after a step its distance is (1 + ω·t)·exp(−ω·t) with ω = 2 / lag.
class Follower {
  public:
    void rest_at(const DVec3& at);
    DVec3 step(const DVec3& target, Duration lag, Duration dt);

  private:
    DVec3 at_{0.0}, speed_{0.0};
};

class HandMenu {
  public:
    static constexpr double kOpens_rad = 0.6108652381980153;  // the palm's normal and the way to the head: 35°
    static constexpr double kCloses_rad = 0.8726646259971648; // 50°
    static constexpr double kGaze_rad = 0.5235987755982988;   // the palm and the middle of the view: 30°
    static constexpr Duration kOpening = from_ms(250), kClosing = from_ms(500), kLag = from_ms(500);
    static constexpr double kNearest_m = 0.3, kFarthest_m = 0.6; // of its middle from the head

    // `size_m` of the menu. `bar`: where a pointer that holds its bar has it now (PointerOut::origin_from_grabbed).
    void step(const xr::Input& input, Vec2 size_m, const Stance& stance, const std::optional<Pose>& bar, Duration dt);

    bool open() const { return state_ != State::Closed; }
    bool opened() const { return opened_; } // in this frame: a pulse, a sound
    bool closed() const { return closed_; }
    bool pinned() const { return state_ == State::Pinned; }
    const Pose& origin_from_menu() const { return origin_from_menu_; }
    // On which hand it is open, so that the other one is the tool; nothing while it is closed, pinned, or before a user
    // who has one hand: that one stays the tool.
    std::optional<std::size_t> hand() const;
    const PanelPlace& place() const { return place_; } // pinned: where

  private:
    enum class State : unsigned char { Closed, ByPalm, ByButton, Held, Pinned };
    bool palm_faces(const xr::Input& input, std::size_t hand, double within_rad) const;
    void look_for_palm(const xr::Input& input, Duration dt);
    void press(const xr::Input& input);
    void open_at(std::size_t hand, State state, const xr::Input& input);
    void close();
    void follow(const xr::Input& input, Vec2 size_m, Duration dt);

    State state_ = State::Closed;
    std::size_t hand_ = 0;
    bool in_front_ = false; // of a user whose other hand is not there
    bool fresh_ = false;    // opened and not placed yet
    bool opened_ = false, closed_ = false;
    std::array<Duration, 2> facing_{}; // how long each palm does
    std::array<bool, 2> spent_{};      // closed by the button while the palm faced: not until it has turned away
    Duration away_{};
    Follower follower_;
    Pose origin_from_menu_;
    PanelPlace place_{.name = "menu", .in = PlaceIn::World, .pose = {}};
};

// Where a menu beside this palm belongs: on the side of the body's middle, below the head's height, within reach.
DVec3 beside_palm(const Palm& palm, std::size_t hand, const Pose& origin_from_head, Vec2 size_m);

} // namespace pw::interaction
