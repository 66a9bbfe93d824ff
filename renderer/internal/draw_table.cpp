// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/draw_table.h"

#include <algorithm>

namespace pw::renderer {
namespace {

constexpr std::uint8_t kOpaqueLayers = shaders::kLayerAll & ~shaders::kLayerThrough;

struct Candidate {
    BucketKey key;
    std::uint32_t geometry, material, node;
    std::uint32_t solid; // GpuInstance::flags
};

bool is_blended(const BucketKey& key) { return key.shading.see_through(); }

bool draw_before(const Candidate& a, const Candidate& b) {
    if (is_blended(a.key) != is_blended(b.key)) return is_blended(b.key);
    if (const auto order = a.key <=> b.key; order != 0) return order < 0;
    if (a.geometry != b.geometry) return a.geometry < b.geometry;
    if (a.material != b.material) return a.material < b.material;
    return a.node < b.node;
}

shaders::GpuGroup make_group(const PooledGeometry& geometry, std::uint32_t drawn_indices, std::uint32_t instance,
                             const Bucket& bucket, std::uint32_t bucket_index) {
    shaders::GpuGroup group{};
    const bool empty = geometry.bounds.empty();
    const Vec3 low = empty ? Vec3(0.f) : geometry.bounds.min;
    const Vec3 high = empty ? Vec3(0.f) : geometry.bounds.max;
    group.center = Vec4((low + high) * 0.5f, 0.f);
    group.extent = Vec4((high - low) * 0.5f, 0.f);
    group.levels = 1;
    group.first_index[0] = geometry.first_index;
    group.index_count[0] = drawn_indices;
    for (const PooledLevel& level : geometry.shown_levels()) {
        group.first_index[static_cast<int>(group.levels)] = level.first_index;
        group.index_count[static_cast<int>(group.levels)] = level.index_count;
        group.errors[static_cast<int>(group.levels++)] = level.error_m;
    }
    group.vertex_offset = geometry.first_vertex;
    group.first_instance = instance;
    group.bucket = bucket_index;
    group.bucket_first = bucket.first_group;
    return group;
}

std::uint32_t flags_of(const Candidate& c, const PooledGeometry& geometry) {
    const bool masked = c.key.shading.alpha == scene::AlphaMode::Mask;
    return c.solid | (geometry.never_culled ? shaders::kNeverCulled : 0u) | (masked ? shaders::kMasked : 0u);
}

// A surface that is closed together only counts when all of it is drawn as what hides.
void drop_open(std::span<Candidate> of_a_node) {
    if (std::ranges::all_of(of_a_node, [](const Candidate& c) {
            return c.key.shading.alpha == scene::AlphaMode::Opaque && !c.key.shading.see_through();
        }))
        return;
    for (Candidate& c : of_a_node) c.solid &= shaders::kSolid;
}

std::vector<Candidate> collect(const scene::Scene& scene, std::span<const ResidentModel* const> placed,
                               const GeometryPool& pool, const Materials& materials, const NodeStore& nodes,
                               const DeformedMap& deformed, DrawTable& table) {
    std::vector<Candidate> out;
    out.reserve(scene.node_count());
    for (std::size_t p = 0; p < placed.size(); ++p) {
        const scene::Placed& place = scene.placed()[p];
        for (std::uint32_t node = place.first_node; node < place.first_node + place.node_count; ++node) {
            const std::uint32_t mesh = scene.mesh(scene::NodeId{node});
            if (mesh == scene::kNone) continue;
            ++table.mesh_nodes;
            const std::vector<scene::Primitive>& primitives = place.model->meshes[mesh].primitives;
            const Solids* const solids = placed[p]->solids ? placed[p]->solids->get() : nullptr;
            const std::size_t first = out.size();
            const std::uint32_t variant = scene.variant(scene::PlacedId{static_cast<std::uint32_t>(p)});
            for (std::uint32_t i = 0; i < primitives.size(); ++i) {
                Candidate c{};
                c.node = node;
                c.geometry = placed[p]->first_geometry + primitives[i].geometry;
                if (!deformed.empty()) {
                    const auto found = deformed.find(deformed_key(node, i));
                    if (found != deformed.end()) c.geometry = found->second;
                }
                const std::uint32_t material = primitives[i].material_of(variant);
                c.material = material == scene::kNone ? 0 : placed[p]->first_material + material;
                c.key = {materials.shading(c.material), nodes.mirrored(node)};
                if (solids != nullptr) c.solid = (*solids)[mesh][i];
                table.triangles += pool.at(c.geometry).index_count / 3;
                if (pool.at(c.geometry).index_count != 0) out.push_back(c);
            }
            if (solids != nullptr) drop_open(std::span(out).subspan(first));
        }
    }
    return out;
}

// A scene may use more kinds of materials than there are buckets. Then all are drawn by the most general ones, of which
// there are few; textures a material lacks are white.
void limit_buckets(std::vector<Candidate>& candidates) {
    std::uint32_t kinds = 0;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (i == 0 || candidates[i].key != candidates[i - 1].key) ++kinds;
    }
    if (kinds <= shaders::kMaxBuckets) return;
    for (Candidate& c : candidates) {
        c.key.shading.textures = c.key.shading.unlit ? 1 : 31;
        if (c.key.shading.layers != 0) // what a material lacks of them is at 0
            c.key.shading.layers = c.key.shading.see_through() ? shaders::kLayerAll : kOpaqueLayers;
        c.key.shading.uv = Uv::Each;
    }
    std::ranges::sort(candidates, draw_before);
}

} // namespace

void build_draw_table(DrawTable& table, const scene::Scene& scene, std::span<const ResidentModel* const> placed,
                      const GeometryPool& pool, const Materials& materials, const NodeStore& nodes,
                      const DeformedMap& deformed) {
    table = {};
    std::vector<Candidate> candidates = collect(scene, placed, pool, materials, nodes, deformed, table);
    std::ranges::sort(candidates, draw_before);
    limit_buckets(candidates);
    for (const Candidate& c : candidates) {
        const auto instance = static_cast<std::uint32_t>(table.instances.size());
        const PooledGeometry& geometry = pool.at(c.geometry);
        shaders::GpuInstance gpu{c.node, c.material, 0, flags_of(c, geometry)};
        if (is_blended(c.key)) {
            table.blended.push_back({c.key, instance, c.node, c.geometry});
            table.instances.push_back(gpu);
            continue;
        }
        const bool new_bucket = table.buckets.empty() || table.buckets.back().key != c.key;
        if (new_bucket) {
            PW_ASSERT(table.buckets.size() < shaders::kMaxBuckets, "kinds of materials were limited");
            table.buckets.push_back({c.key, static_cast<std::uint32_t>(table.groups.size()), 0});
        }
        const bool same_group = !new_bucket && table.groups.back().first_index[0] == geometry.first_index &&
                                table.groups.back().vertex_offset == geometry.first_vertex &&
                                table.instances.back().material == c.material;
        if (!same_group) {
            const auto bucket_index = static_cast<std::uint32_t>(table.buckets.size() - 1);
            table.groups.push_back(
                make_group(geometry, pool.drawn_indices(c.geometry), instance, table.buckets.back(), bucket_index));
            table.levels = std::max(table.levels, table.groups.back().levels);
            ++table.buckets.back().group_count;
        }
        gpu.group = static_cast<std::uint32_t>(table.groups.size() - 1);
        ++table.groups.back().instance_count;
        table.instances.push_back(gpu);
        table.grouped = instance + 1;
    }
}

DrawBuffers DrawBuffers::make(Gpu& gpu) {
    constexpr VkBufferUsageFlags kStorage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
    constexpr VkBufferUsageFlags kIndirect = kStorage | VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT;
    constexpr VkBufferUsageFlags kVertex = kStorage | VK_BUFFER_USAGE_VERTEX_BUFFER_BIT;
    return {{gpu, kStorage, "instances"}, {gpu, kStorage, "groups"},   {gpu, kVertex, "shown instances"},
            {gpu, kIndirect, "draws"},    {gpu, kIndirect, "culling"}, {gpu, kStorage, "seen instances"}};
}

void DrawBuffers::send(VkCommandBuffer cmd, UploadRing& ring, const DrawTable& table) {
    const auto total = static_cast<std::uint32_t>(table.instances.size());
    first_extra_instance = total;
    lists_end = shaders::kShownPerInstance * table.grouped;
    instances.reserve(cmd, (total + kExtraInstances) * sizeof(shaders::GpuInstance), 0);
    groups.reserve(cmd, table.groups.size() * sizeof(shaders::GpuGroup), 0);
    shown.reserve(cmd, VkDeviceSize{lists_end + total - table.grouped + kExtraInstances} * sizeof(shaders::GpuShown),
                  0);
    commands.reserve(cmd, table.lists() * table.groups.size() * sizeof(VkDrawIndexedIndirectCommand), 0);
    cull.reserve(cmd,
                 (table.lists() * (table.list_words() + VkDeviceSize{shaders::kCountsPerList}) + table.words()) * 4, 0);
    seen.reserve(cmd, std::max(table.words(), 1u) * VkDeviceSize{4}, 0);
    vkCmdFillBuffer(cmd, seen.get(), 0, VK_WHOLE_SIZE, ~0u); // the first frame draws all, and finds out
    copy_to_buffer(cmd, ring, std::as_bytes(std::span(table.instances)), instances.get(), 0);
    copy_to_buffer(cmd, ring, std::as_bytes(std::span(table.groups)), groups.get(), 0);
}

} // namespace pw::renderer
