#pragma once
// SPDX-License-Identifier: Apache-2.0
// Taking hold of the world: with one hand it is moved, with two also turned (about the vertical) and scaled between 1 :
// 1 and a table-top model of 1 : 100. What a hand took hold of stays under it. Frame thread.

#include "interaction/stance.h"
#include "interaction/walkable.h"

#include <array>

namespace pw::interaction {

struct Hold {
    bool held = false; // the grip is pulled, and began on nothing else
    DVec3 at{0.0};     // in the user's space
};

class GrabWorld {
  public:
    static constexpr double kSmallest = 1.0, kLargest = 100.0; // of Stance::scale
    static constexpr double kSnaps = 1.03, kLeaves = 1.06;     // below: exactly 1; from 1 one gets away only beyond
    static constexpr double kApart_m = 0.05; // hands nearer to each other, seen from above, turn nothing

    // The stance under which the held points are under the hands. One hand at 1 : 1 moves the world on the level only:
    // the feet stay on the floor. With two hands the middle between them is exact always, both points as long as the
    // line between the hands keeps its slope and the scale is within its limits.
    Stance step(const Stance& stance, const std::array<Hold, 2>& hands);
    bool holding() const { return held_ != 0; }
    // In this frame the last hand let go at 1 : 1 of a world that both had held: the feet belong on the floor again, by
    // a jump to what walkable.h finds below the head.
    bool let_go() const { return let_go_; }

  private:
    void take(const Stance& stance, const std::array<Hold, 2>& hands);
    Stance carry(const Stance& stance, const DVec3& hand) const;
    Stance stretch(const Stance& stance, const DVec3& left, const DVec3& right);

    unsigned held_ = 0;            // bit 0: left
    std::array<DVec3, 2> world_{}; // what was taken hold of
    bool both_ = false;            // since the first hand took hold
    bool let_go_ = false;
};

// The feet on the floor below the head, or else, for who was pulled below it, on the one above; both within
// `reach_m`. As it is where there is none.
Stance on_floor(const MeetWorld& meet, const Stance& stance, const Pose& origin_from_head, const StandRules& rules = {},
                double reach_m = 50.0);

} // namespace pw::interaction
