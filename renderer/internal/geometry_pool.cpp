// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/geometry_pool.h"

namespace pw::renderer {
namespace {

constexpr VkDeviceSize kMorphSize = 9 * sizeof(float);

std::vector<float> morph_deltas(const scene::Geometry& geometry) {
    const std::size_t vertices = geometry.vertices.size();
    std::vector<float> out(geometry.morphs.size() * vertices * 9);
    float* at = out.data();
    for (const scene::MorphTarget& target : geometry.morphs) {
        for (std::size_t v = 0; v < vertices; ++v) {
            for (const std::vector<Vec3>* part : {&target.positions, &target.normals, &target.tangents}) {
                const Vec3 delta = part->empty() ? Vec3(0.f) : (*part)[v];
                *at++ = delta.x;
                *at++ = delta.y;
                *at++ = delta.z;
            }
        }
    }
    return out;
}

std::uint32_t narrow(std::uint64_t value) {
    PW_ASSERT(value < scene::kNone, "vertices and indices of all models together are counted in 32 bits");
    return static_cast<std::uint32_t>(value);
}

} // namespace

GeometryPool::GeometryPool(Gpu& gpu)
    : vertices_(gpu, VK_BUFFER_USAGE_VERTEX_BUFFER_BIT | VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, "vertices"),
      indices_(gpu, VK_BUFFER_USAGE_INDEX_BUFFER_BIT, "indices"),
      skins_(gpu, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, "joints and weights"),
      morphs_(gpu, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, "morph targets") {}

std::uint32_t GeometryPool::add(VkCommandBuffer cmd, UploadRing& ring, std::span<const scene::Geometry> geometries) {
    std::uint64_t vertices = vertex_count_, indices = index_count_, skins = skin_count_, morphs = morph_count_;
    for (const scene::Geometry& g : geometries) {
        vertices += g.vertices.size();
        indices += g.indices.size();
        skins += g.skin.size();
        morphs += g.morphs.size() * g.vertices.size();
    }
    vertices_.reserve(cmd, vertices * sizeof(scene::Vertex), vertex_count_ * sizeof(scene::Vertex));
    indices_.reserve(cmd, indices * 4, index_count_ * 4);
    skins_.reserve(cmd, skins * sizeof(scene::SkinVertex), skin_count_ * sizeof(scene::SkinVertex));
    morphs_.reserve(cmd, morphs * kMorphSize, morph_count_ * kMorphSize);

    const std::uint32_t first = size();
    for (const scene::Geometry& g : geometries) {
        PooledGeometry pooled;
        pooled.first_vertex = narrow(vertex_count_);
        pooled.vertex_count = narrow(g.vertices.size());
        pooled.first_index = narrow(index_count_);
        pooled.index_count = narrow(g.indices.size());
        if (!g.skin.empty()) pooled.first_skin = narrow(skin_count_);
        pooled.first_morph = narrow(morph_count_);
        pooled.morph_count = narrow(g.morphs.size());
        pooled.has_tangents = g.has_tangents;
        pooled.bounds = g.bounds;
        geometries_.push_back(pooled);
        copy_to_buffer(cmd, ring, std::as_bytes(std::span(g.vertices)), vertices_.get(),
                       vertex_count_ * sizeof(scene::Vertex));
        copy_to_buffer(cmd, ring, std::as_bytes(std::span(g.indices)), indices_.get(), index_count_ * 4);
        copy_to_buffer(cmd, ring, std::as_bytes(std::span(g.skin)), skins_.get(),
                       skin_count_ * sizeof(scene::SkinVertex));
        const std::vector<float> deltas = morph_deltas(g);
        copy_to_buffer(cmd, ring, std::as_bytes(std::span(deltas)), morphs_.get(), morph_count_ * kMorphSize);
        vertex_count_ += g.vertices.size();
        index_count_ += g.indices.size();
        skin_count_ += g.skin.size();
        morph_count_ += g.morphs.size() * g.vertices.size();
    }
    return first;
}

std::uint32_t GeometryPool::add_deformed(VkCommandBuffer cmd, std::uint32_t source) {
    PooledGeometry deformed = geometries_[source];
    const std::uint64_t grown = vertex_count_ + deformed.vertex_count;
    vertices_.reserve(cmd, grown * sizeof(scene::Vertex), vertex_count_ * sizeof(scene::Vertex));
    deformed.first_vertex = narrow(vertex_count_);
    deformed.never_culled = true;
    vertex_count_ = grown;
    geometries_.push_back(deformed);
    return size() - 1;
}

} // namespace pw::renderer
