#pragma once
// SPDX-License-Identifier: Apache-2.0
// Whose ears, and where something is as they hear it. Pure.

#include "base/math.h"

#include <cstdint>

namespace pw::audio {

struct Listener {
    Pose world_from_head;        // −Z is where the nose points, +X the right ear
    double world_per_user = 1.0; // world metres in a metre of the user: of a table-top model 20, and near is near then
};

// In the user's metres, in the head's frame.
DVec3 heard_at(const Listener& listener, const DVec3& world);

// How loud each ear hears what is as loud as 1: left and right, of constant power (their squares add up to 1). Nothing
// is all in one ear, and what is nearer than 25 cm is hardly aside at all. Front and back sound alike.
struct Ears {
    float left = 0.70710678f, right = 0.70710678f;
};
Ears ears_for(const DVec3& head_from_place);

enum class Direction : std::uint8_t {
    Here, // nearer than half a metre
    Ahead,
    AheadRight,
    Right,
    BehindRight,
    Behind,
    BehindLeft,
    Left,
    AheadLeft,
    Above, // steeper than 50°
    Below,
};
Direction direction_of(const DVec3& head_from_place); // with respect to the head as it is turned

} // namespace pw::audio
