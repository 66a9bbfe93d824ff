#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which part does a ray meet first? A bounding volume hierarchy per geometry under one over the scene's meshes, both
// made by background jobs; the one over the scene is refitted along the paths of what moves. Hidden parts are not met;
// ghosts are. Skinned and morphed meshes are met in their bind pose. Frame thread.

#include "base/jobs.h"
#include "scene/scene.h"

#include <memory>
#include <optional>

namespace pw::scene {

struct Hit {
    NodeId node;
    std::uint32_t primitive = 0; // of the node's mesh
    std::uint32_t triangle = 0;
    DVec3 point{0.0}; // world
    Vec3 normal{0.f}; // world, unit, of the triangle, towards the ray's origin
    double distance_m = 0.0;
};

// A part of space that is cut away: the side that `normal` points to. What lies there is not met.
struct CutPlane {
    DVec3 point{0.0};
    Vec3 normal{0.f, 1.f, 0.f};
};

class Picker {
  public:
    explicit Picker(Jobs& jobs);
    ~Picker();
    // Follows the scene; call after every Scene::update() with what it returned. A placement costs the frame the boxes
    // of the placed nodes.
    void sync(const Scene& scene, const Changes& changes);
    // What has been placed and is not in a hierarchy yet is not met yet; ready() tells when all is.
    std::optional<Hit> pick(const Scene& scene, const Ray& ray, double max_distance_m = 1e6,
                            const std::optional<CutPlane>& cut = {}) const;
    bool ready() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace pw::scene
