#pragma once
// SPDX-License-Identifier: Apache-2.0
// Signed distances to an outline, exact to its straight pieces. Pure function, any thread.

#include "base/math.h"

#include <cstdint>
#include <span>
#include <vector>

namespace pw::renderer {

struct Segment {
    Vec2 a, b;
};

// A picture, top row first, whose lower left corner is at `low`, one texel a unit: 255 × (0.5 + distance / (2 ×
// spread)), inside (by the non-zero rule) is more than half. Closed outlines.
std::vector<std::uint8_t> distance_field(std::span<const Segment> outline, const Vec2& low, std::uint32_t width,
                                         std::uint32_t height, float spread);

} // namespace pw::renderer
