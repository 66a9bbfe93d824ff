#pragma once
// SPDX-License-Identifier: Apache-2.0
// The shortest way on the floor from somewhere to somewhere, along the paths that the plant file declares. Pure.

#include "base/math.h"
#include "plant/plant.h"

#include <vector>

namespace pw::work {

// From `from` to `to`, both included: onto the nearest place of a path, along paths (Dijkstra), and off it at the place
// nearest to `to`. Straight where the plant has no paths, none connects the two, or going straight is less than a path
// could save. All points have the height of `from`, but the last.
std::vector<DVec3> find_way(const plant::Production& floor, const DVec3& from, const DVec3& to);
double length_of(const std::vector<DVec3>& way);

} // namespace pw::work
