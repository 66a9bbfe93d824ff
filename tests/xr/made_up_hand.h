#pragma once
// SPDX-License-Identifier: Apache-2.0
// A hand as a test wants it: bones of an adult's lengths, and joints bent as told.

#include "xr/hand_gestures.h"

#include <array>

namespace pw::test {

struct HandShape {
    std::array<float, 4> bend_deg{}; // index to little finger: the sum over a finger's three joints
    float gap_m = 0.1f;              // from the thumb's tip to the index finger's, before `scale`
    float scale = 1.f;
};

// The palm as OpenXR has it: −Z along the fingers, +Y out of the back of the hand. Hand 0 is the left one.
xr::HandJoints make_hand(const HandShape& shape, std::size_t hand = 1, const Pose& origin_from_palm = {});

} // namespace pw::test
