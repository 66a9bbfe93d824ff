#pragma once
// SPDX-License-Identifier: Apache-2.0
// The numbers of a frame: matrices and planes of its views, the origin that GPU positions are relative to, light.

#include "renderer/renderer.h"
#include "scene/scene.h"
#include "shaders/shared.h"

#include <vector>

namespace pw::renderer {

// Reversed depth: near plane 1, infinity 0. Vulkan's clip space: y down.
Mat4 projection(const View& view, float near_m);
// The origin is the first eye. The near plane is in the user's metres, so that depth, near / distance, is so too.
DVec3 fill_views(std::span<const View> views, float world_per_user, shaders::FrameUniforms& uniforms);
// True when the box (world) may be seen in one of the views.
bool in_views(const shaders::FrameUniforms& uniforms, const DVec3& origin, const DAabb& box);

// The lights of a scene: found when its structure changes, placed each frame.
struct LightTable {
    struct Entry {
        std::uint32_t node;
        scene::PlacedId placed;
        std::uint32_t light; // of its model
    };
    std::vector<Entry> entries;
    void build(const scene::Scene& scene);
    // Writes the point, spot and directional lights. A sun of the scene takes the place of a list without one.
    Sun fill(const scene::Scene& scene, const DrawList& list, const DVec3& origin,
             shaders::FrameUniforms& uniforms) const;
};

} // namespace pw::renderer
