#pragma once
// SPDX-License-Identifier: Apache-2.0
// All geometry of all models in one vertex and one index buffer, so that any draw is a range of both. Room is made at
// once, the copies follow within a budget of bytes per frame. Skinned and morphed meshes get a second range of vertices
// that skinning writes.

#include "renderer/internal/grow_buffer.h"
#include "renderer/internal/levels.h"
#include "renderer/internal/upload.h"
#include "scene/model.h"
#include "scene/simplify.h"

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace pw::renderer {

struct PooledLevel {
    std::uint32_t first_index = 0, index_count = 0;
    float error_m = 0.f;
};

struct PooledGeometry {
    std::uint32_t first_vertex = 0, vertex_count = 0, first_index = 0, index_count = 0;
    std::uint32_t first_skin = scene::kNone;        // none: no joints
    std::uint32_t first_morph = 0, morph_count = 0; // in deltas: per target one per vertex
    bool has_tangents = false;
    bool never_culled = false; // deformed: its box says nothing
    bool copied = false;       // else it is not there yet
    std::uint32_t deformed_from = scene::kNone;
    Aabb bounds;
    std::array<PooledLevel, scene::kMaxLevels> levels; // of detail
    std::uint32_t level_count = 0;
    bool levels_copied = false;
    std::span<const PooledLevel> shown_levels() const {
        return std::span(levels).first(levels_copied ? level_count : 0);
    }
};

class GeometryPool {
  public:
    GeometryPool() = default;
    explicit GeometryPool(Gpu& gpu);
    // Makes room for a model's geometries, which get the next indices. Exhausted: the GPU has no memory for them; they
    // are there and empty.
    Result<void> add(VkCommandBuffer cmd, const std::shared_ptr<const scene::Model>& model);
    // Levels of detail of the geometries from `first` on, of a model that was added before; left out without memory for
    // them. They are shown from the next draw table after their copy on.
    void add_levels(VkCommandBuffer cmd, std::uint32_t first, const std::shared_ptr<const Levels>& levels);
    // A range of vertices for a deformed instance of `source`, sharing its indices; none when there is no memory.
    std::optional<std::uint32_t> add_deformed(VkCommandBuffer cmd, std::uint32_t source);
    // Copies what waits, up to `budget` bytes. True when all of it has arrived, or as much as is worth a new draw
    // table: a quarter of what waits.
    bool upload(VkCommandBuffer cmd, UploadRing& ring, std::size_t budget);
    std::uint32_t pending() const { return static_cast<std::uint32_t>(waiting_.size()); }
    const PooledGeometry& at(std::uint32_t index) const { return geometries_[index]; }
    std::uint32_t drawn_indices(std::uint32_t index) const; // none before they are there
    std::uint32_t size() const { return static_cast<std::uint32_t>(geometries_.size()); }

    VkBuffer vertices() const { return vertices_.get(); }
    VkBuffer indices() const { return indices_.get(); }
    VkBuffer skins() const { return skins_.get(); }
    VkBuffer morphs() const { return morphs_.get(); }

  private:
    struct Waiting { // a geometry to be copied, from the first to the last of its streams
        std::shared_ptr<const scene::Model> model;
        std::uint32_t source = 0, target = 0; // in the model; in geometries_
        std::uint32_t stream = 0;
        std::size_t copied = 0; // bytes of the stream
        std::vector<float> morphs;
        std::shared_ptr<const Levels> levels; // these are what is copied; `source` is in them
    };
    struct Stream {
        std::span<const std::byte> bytes;
        VkBuffer to = VK_NULL_HANDLE;
        VkDeviceSize offset = 0;
    };
    struct Counts {
        std::uint64_t vertices = 0, indices = 0, skins = 0, morphs = 0;
    };
    bool make_room(VkCommandBuffer cmd, const Counts& counts);
    bool copy(VkCommandBuffer cmd, UploadRing& ring, Waiting& waiting, std::size_t& budget);
    Stream stream_of(Waiting& waiting) const;

    GrowBuffer vertices_, indices_, skins_, morphs_;
    Counts used_;
    std::vector<PooledGeometry> geometries_;
    std::deque<Waiting> waiting_;
    std::size_t arrived_ = 0; // since upload() told
};

} // namespace pw::renderer
