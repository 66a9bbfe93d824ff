#pragma once
// SPDX-License-Identifier: Apache-2.0
// All geometry of all models in one vertex and one index buffer, so that any draw is a range of both. Skinned and
// morphed meshes get a second range of vertices that skinning writes each frame.

#include "renderer/internal/grow_buffer.h"
#include "renderer/internal/upload.h"
#include "scene/model.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace pw::renderer {

struct PooledGeometry {
    std::uint32_t first_vertex = 0, vertex_count = 0, first_index = 0, index_count = 0;
    std::uint32_t first_skin = scene::kNone;        // none: no joints
    std::uint32_t first_morph = 0, morph_count = 0; // in deltas: per target one per vertex
    bool has_tangents = false;
    bool never_culled = false; // deformed: its box says nothing
    Aabb bounds;
};

class GeometryPool {
  public:
    GeometryPool() = default;
    explicit GeometryPool(Gpu& gpu);
    // Copies the geometries of a model; the index of its first one (they follow each other).
    std::uint32_t add(VkCommandBuffer cmd, UploadRing& ring, std::span<const scene::Geometry> geometries);
    // A range of vertices for a deformed instance of `source`, sharing its indices. An index into geometries().
    std::uint32_t add_deformed(VkCommandBuffer cmd, std::uint32_t source);
    const PooledGeometry& at(std::uint32_t index) const { return geometries_[index]; }
    std::uint32_t size() const { return static_cast<std::uint32_t>(geometries_.size()); }

    VkBuffer vertices() const { return vertices_.get(); }
    VkBuffer indices() const { return indices_.get(); }
    VkBuffer skins() const { return skins_.get(); }
    VkBuffer morphs() const { return morphs_.get(); }

  private:
    GrowBuffer vertices_, indices_, skins_, morphs_;
    std::uint64_t vertex_count_ = 0, index_count_ = 0, skin_count_ = 0, morph_count_ = 0;
    std::vector<PooledGeometry> geometries_;
};

} // namespace pw::renderer
