#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is computed from an environment map on the CPU. A map is equirectangular: the direction d lies at
// u = 0.5 + atan2(d.z, d.x) / 2π from the left and v = acos(d.y) / π from the top. Pure functions, any thread.

#include "base/math.h"
#include "scene/image.h"

#include <array>
#include <cstdint>
#include <vector>

namespace pw::renderer {

// Nine coefficients of FrameUniforms::irradiance (w = 0): for a unit n the sum
// c0 + c1 y + c2 z + c3 x + c4 xy + c5 yz + c6 (3z² − 1) + c7 xz + c8 (x² − y²) is the diffuse light on white.
std::array<Vec4, 9> irradiance_of(const scene::HdrPixels& map);

// The map without what no light can be: not a number, negative, beyond half floats; and without the single bright
// texels that path tracers leave (brighter than 16 times each neighbour).
scene::HdrPixels without_fireflies(const scene::HdrPixels& map);

// Half floats, RGBA with A = 1; values are clamped to what they can say.
std::vector<std::uint16_t> half_rgba_of(const scene::HdrPixels& map);

// A soft studio, for models that are looked at without an environment of their own.
scene::HdrPixels studio_environment();

} // namespace pw::renderer
