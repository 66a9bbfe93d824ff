#pragma once
// SPDX-License-Identifier: Apache-2.0
// Ambient occlusion: how open each place is to the light around it. A coarse field over the scene, made on jobs from
// its opaque surfaces: what they fill of each cell, then cones through that in all directions (after Crassin et al.
// 2011, "Interactive Indirect Illumination Using Voxel Cone Tracing"). It stands still in the world, so nothing
// shimmers and both eyes see the same, and a surface pays one texture fetch for it.

#include "base/jobs.h"
#include "base/math.h"
#include "scene/model.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace pw::renderer {

// What surrounds further away than this is the environment map's matter, or a hall would be dark.
inline constexpr float kOpennessReach_m = 2.5f;
inline constexpr std::uint32_t kOpennessCells = 1u << 19; // at most about so many

struct OpennessPart {
    const scene::Geometry* geometry = nullptr; // of a model that somebody holds
    Affine world_from_node;
};

struct Openness {
    DVec3 low{0.0}; // corner, world
    float cell_m = 0.f;
    std::uint32_t width = 0, height = 0, depth = 0; // cells along x, y, z; 0: nothing is there
    // RGBA8, x fastest: 0.5 + 2 × the mean over the sphere of (openness × direction), and its mean. So a surface with
    // the normal n has a + n · (rgb − 0.5) of the light around: the cosine lobe over both in spherical harmonics of
    // degree 1 (Ramamoorthi and Hanrahan 2001).
    std::vector<std::uint32_t> texels;
};

// O(triangles + their area in cells + cells × 500). Nothing where the parts are spread so far that cells are larger
// than a third of the reach.
Openness make_openness(std::span<const OpennessPart> parts);

// The same, made by jobs.
class LateOpenness {
  public:
    LateOpenness(Jobs& jobs, std::vector<OpennessPart> parts, std::vector<std::shared_ptr<const scene::Model>> models);
    LateOpenness(LateOpenness&&) = default;
    LateOpenness& operator=(LateOpenness&&) = delete;
    ~LateOpenness();             // what has not been done is not done any more
    const Openness* get() const; // null: not yet

  private:
    struct Shared;
    std::shared_ptr<Shared> shared_; // with the jobs, which may outlive us
};

} // namespace pw::renderer
