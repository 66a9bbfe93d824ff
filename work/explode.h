#pragma once
// SPDX-License-Identifier: Apache-2.0
// Exploded views: each part moves away from the middle of the whole, along the line between their middles, by a share
// of that distance. At share 1 everything is twice as far from the middle as it was. Pure.

#include "scene/scene.h"

#include <span>
#include <vector>

namespace pw::work {

struct ExplodeWay { // what a node is moved by at share 1, beyond what the node above it is
    scene::NodeId node;
    Vec3 offset_m{0.f};
};

// The ways of all nodes with meshes in these subtrees, about the middle of them all; as the scene stands at its last
// update, and without offsets of its own. Nodes that would not move against the one above are left out.
std::vector<ExplodeWay> explode_ways(const scene::Scene& scene, std::span<const scene::NodeId> roots);

} // namespace pw::work
