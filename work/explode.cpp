// SPDX-License-Identifier: Apache-2.0
#include "work/explode.h"

#include <glm/geometric.hpp>

#include <limits>

namespace pw::work {
namespace {

constexpr double kStill_m = 1e-4;

DVec3 middle(const DAabb& box) { return (box.min + box.max) * 0.5; }

} // namespace

// A node's offset moves its subtree: written as the difference to its parent's, the sum along the path is the distance
// of the node's own middle from the middle of all.
std::vector<ExplodeWay> explode_ways(const scene::Scene& scene, std::span<const scene::NodeId> roots) {
    DAabb whole;
    for (const scene::NodeId root : roots) grow(whole, scene.world_bounds(root));
    std::vector<ExplodeWay> out;
    if (whole.empty()) return out;
    for (const scene::NodeId root : roots) {
        const std::uint32_t end = scene.subtree_end(root);
        std::vector<DVec3> middles(end - root.index);
        for (std::uint32_t n = root.index; n < end; ++n) {
            const DVec3 above = n == root.index ? middle(whole) : middles[scene.parent({n}) - root.index];
            const DAabb box = scene.world_bounds({n});
            middles[n - root.index] = box.empty() ? above : middle(box);
            const DVec3 way = middles[n - root.index] - above;
            if (glm::length(way) > kStill_m) out.push_back({{n}, Vec3(way)});
        }
    }
    return out;
}

} // namespace pw::work
