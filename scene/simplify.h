#pragma once
// SPDX-License-Identifier: Apache-2.0
// Levels of detail: what is drawn of a part that is too small on the screen for all of its triangles. Pure functions,
// any thread; O(n log n) of the triangles, about a million of them a second and core.

#include "scene/model.h"

#include <cstdint>
#include <vector>

namespace pw::scene {

inline constexpr std::uint32_t kMaxLevels = 3;         // besides the whole
inline constexpr std::uint32_t kSimplifiedVersion = 2; // of what simplified() makes: what is kept of it names it
// A geometry of fewer has none: it costs what a draw costs.
inline constexpr std::uint32_t kLeastTriangles = 128;

// Each level has a third to 0.6 of the triangles of the one before it, by edge collapse that spends its error where
// normals turn least (Garland and Heckbert 1997 and 1998; meshoptimizer), or by clustering vertices where a form is
// many loose pieces (Rossignac and Borrel 1993). Errors grow from level to level. Fewer levels, or none, where a form
// does not get simpler without becoming another one. Empty for what is deformed (joints, morph targets): how far that
// is from the whole depends on its pose.
std::vector<Level> simplified(const Geometry& geometry);

} // namespace pw::scene
