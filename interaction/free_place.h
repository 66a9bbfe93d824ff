#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where a panel opens so that, seen from the head, it lies before no other and no other before it: where it belongs, or
// at the nearest such place around the user on the same level, then higher and lower; where there is none, before the
// others, where least of them is hidden. Pure; all in the user's space.

#include "base/math.h"

#include <span>

namespace pw::interaction {

struct PlacedPanel {
    Pose origin_from_panel; // of its middle, which faces +Z
    Vec2 size_m{0.f};
};
// Whether any of one lies before any of the other, whichever is nearer. Exact.
bool overlap(const DVec3& head, const PlacedPanel& a, const PlacedPanel& b);

// How a panel is carried around the head, to the right and then up, and how much of its distance is left.
struct Aside {
    double right_rad = 0.0, up_rad = 0.0, distance = 1.0;
};
Pose carried(const Pose& origin_from_panel, const DVec3& head, const Aside& by);

// From where it belongs; it goes on to the side of the view that it belongs to first.
Aside free_place(const Pose& origin_from_head, const PlacedPanel& own, std::span<const PlacedPanel> others);

} // namespace pw::interaction
