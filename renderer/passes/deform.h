#pragma once
// SPDX-License-Identifier: Apache-2.0
// Skinning and morphing: a compute pass writes the vertices of every deformed mesh whose joints or weights changed, so
// that the passes after it need not know. A skinned mesh stays in the space of its node (glTF: its joints place it).

#include "renderer/internal/draw_table.h"
#include "renderer/internal/frame.h"
#include "scene/scene.h"

#include <vector>

namespace pw::renderer {

struct DeformPass {
    struct Mesh {
        std::uint32_t node = 0, skinned = scene::kNone; // skinned: into Scene::skinned()
        std::uint32_t source = 0, target = 0;           // geometries
        bool stale = true;                              // its vertices are to be written
    };
    Pipeline pipeline;
    std::vector<Mesh> meshes;
    std::vector<std::uint32_t> skinned_of; // scratch: index into Scene::skinned() per node, or kNone

    static DeformPass make(Gpu& gpu, const Layouts& layouts);
    // Finds the deformed meshes among nodes [first_node, end) of a model and gives each its own vertices.
    void add(VkCommandBuffer cmd, const scene::Scene& scene, const scene::Placed& placed, const ResidentModel& model,
             GeometryPool& pool, DeformedMap& deformed);
    void mark(const scene::Scene& scene, const scene::Changes& changes);
    // True when it wrote vertices.
    bool prepare(const FrameContext& context, const scene::Scene& scene, const GeometryPool& pool);
};

} // namespace pw::renderer
