#pragma once
// SPDX-License-Identifier: Apache-2.0
// What can be drawn, sorted so that culling and drawing need no CPU: one instance per (node, primitive), grouped by
// geometry and material, groups in buckets that share a pipeline and its state. Made again when the scene's structure
// or a variant changes. Blended instances lie behind the others and are drawn one by one, far to near.

#include "renderer/internal/geometry_pool.h"
#include "renderer/internal/levels.h"
#include "renderer/internal/materials.h"
#include "renderer/internal/node_store.h"
#include "renderer/internal/solids.h"
#include "scene/scene.h"
#include "shaders/shared.h"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace pw::renderer {

// A model of which geometry and materials are on the GPU.
struct ResidentModel {
    std::shared_ptr<const scene::Model> model;
    bool own_materials = false; // of one placed model, whose clips change them; else all share it
    std::uint32_t first_geometry = 0, first_material = 0;
    std::optional<LateSolids> solids; // from the first section on
    bool solids_known = false;        // to the draw table
    std::optional<LateLevels> levels; // of detail
    bool levels_known = false;        // to the geometry pool
};

struct BucketKey {
    Shading shading; // of opaque and masked materials
    bool mirrored = false;
    friend auto operator<=>(const BucketKey&, const BucketKey&) = default;
};

struct Bucket {
    BucketKey key;
    std::uint32_t first_group = 0, group_count = 0;
};

// One draw that the CPU places: blended instances and props.
struct SingleDraw {
    BucketKey key;
    std::uint32_t instance = 0; // GpuInstance
    std::uint32_t node = 0;
    std::uint32_t geometry = 0;
    bool ghost = false;                                                     // in this frame
    bool prop = false;                                                      // no section cuts it
    bool see_through() const { return ghost || key.shading.see_through(); } // props may be opaque
    bool bends() const { return key.shading.bends && !ghost; }
};

inline constexpr std::uint32_t kExtraInstances = 1024; // of props

// Deformed geometry of a node's primitives, by (node, primitive).
using DeformedMap = std::unordered_map<std::uint64_t, std::uint32_t>;
inline std::uint64_t deformed_key(std::uint32_t node, std::uint32_t primitive) {
    return std::uint64_t{node} << 32 | primitive;
}

struct DrawTable {
    std::vector<shaders::GpuInstance> instances;
    std::vector<shaders::GpuGroup> groups;
    std::vector<Bucket> buckets;
    std::vector<SingleDraw> blended;
    std::uint32_t grouped = 0; // the first instances are in groups
    std::uint32_t levels = 1;  // of detail, the whole counted, that any group has
    std::uint32_t mesh_nodes = 0;
    std::uint64_t triangles = 0;

    // The layout of what culling writes (shaders::CullPush).
    std::uint32_t words() const { return (grouped + 31) / 32; }
    std::uint32_t lists() const { return shaders::kKindSection * levels + 1; }
    std::uint32_t list_words() const { return shaders::kMaxBuckets + 2 * words() + 1; }
};

void build_draw_table(DrawTable& table, const scene::Scene& scene, std::span<const ResidentModel* const> placed,
                      const GeometryPool& pool, const Materials& materials, const NodeStore& nodes,
                      const DeformedMap& deformed);

// The table on the GPU, and the buffers that culling writes.
struct DrawBuffers {
    GrowBuffer instances, groups, shown, commands, cull, seen;
    std::uint32_t first_extra_instance = 0; // in `instances`
    std::uint32_t lists_end = 0;            // in `shown`: behind what culling writes, one place per single draw
    static DrawBuffers make(Gpu& gpu);
    void send(VkCommandBuffer cmd, UploadRing& ring, const DrawTable& table);
    // The place in `shown` of an instance that is drawn by itself.
    std::uint32_t shown_of(std::uint32_t instance, const DrawTable& table) const {
        return lists_end + instance - table.grouped;
    }
};

} // namespace pw::renderer
