// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/geometry_pool.h"

#include <algorithm>
#include <string>

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

bool GeometryPool::make_room(VkCommandBuffer cmd, const Counts& counts) {
    return counts.vertices < scene::kNone && counts.indices < scene::kNone && counts.morphs < scene::kNone &&
           vertices_.try_reserve(cmd, counts.vertices * sizeof(scene::Vertex),
                                 used_.vertices * sizeof(scene::Vertex)) &&
           indices_.try_reserve(cmd, counts.indices * 4, used_.indices * 4) &&
           skins_.try_reserve(cmd, counts.skins * sizeof(scene::SkinVertex), used_.skins * sizeof(scene::SkinVertex)) &&
           morphs_.try_reserve(cmd, counts.morphs * kMorphSize, used_.morphs * kMorphSize);
}

Result<void> GeometryPool::add(VkCommandBuffer cmd, const std::shared_ptr<const scene::Model>& model) {
    Counts counts = used_;
    for (const scene::Geometry& g : model->geometries) {
        counts.vertices += g.vertices.size();
        counts.indices += g.indices.size();
        counts.skins += g.skin.size();
        counts.morphs += g.morphs.size() * g.vertices.size();
    }
    if (!make_room(cmd, counts)) {
        geometries_.resize(geometries_.size() + model->geometries.size());
        return fail(Errc::Exhausted, "left out: the GPU has no memory for its " +
                                         std::to_string(counts.vertices - used_.vertices) + " vertices");
    }
    for (std::uint32_t i = 0; i < model->geometries.size(); ++i) {
        const scene::Geometry& g = model->geometries[i];
        PooledGeometry pooled;
        pooled.first_vertex = narrow(used_.vertices);
        pooled.vertex_count = narrow(g.vertices.size());
        pooled.first_index = narrow(used_.indices);
        pooled.index_count = narrow(g.indices.size());
        if (!g.skin.empty()) pooled.first_skin = narrow(used_.skins);
        pooled.first_morph = narrow(used_.morphs);
        pooled.morph_count = narrow(g.morphs.size());
        pooled.has_tangents = g.has_tangents;
        pooled.bounds = g.bounds;
        waiting_.push_back({.model = model, .source = i, .target = size()});
        geometries_.push_back(pooled);
        used_.vertices += g.vertices.size();
        used_.indices += g.indices.size();
        used_.skins += g.skin.size();
        used_.morphs += g.morphs.size() * g.vertices.size();
    }
    return {};
}

void GeometryPool::add_levels(VkCommandBuffer cmd, std::uint32_t first, const std::shared_ptr<const Levels>& levels) {
    Counts counts = used_;
    for (const auto& of_geometry : *levels)
        for (const scene::Level& level : of_geometry) counts.indices += level.indices.size();
    if (counts.indices == used_.indices || !make_room(cmd, counts)) return;
    for (std::uint32_t i = 0; i < levels->size(); ++i) {
        PooledGeometry& pooled = geometries_[first + i];
        if ((*levels)[i].empty() || pooled.index_count == 0) continue;
        for (const scene::Level& level : (*levels)[i]) {
            pooled.levels[pooled.level_count++] = {narrow(used_.indices), narrow(level.indices.size()), level.error_m};
            used_.indices += level.indices.size();
        }
        waiting_.push_back({.source = i, .target = first + i, .levels = levels});
    }
}

std::optional<std::uint32_t> GeometryPool::add_deformed(VkCommandBuffer cmd, std::uint32_t source) {
    PooledGeometry deformed = geometries_[source];
    Counts counts = used_;
    counts.vertices += deformed.vertex_count;
    if (!make_room(cmd, counts)) return std::nullopt;
    deformed.first_vertex = narrow(used_.vertices);
    deformed.never_culled = true;
    deformed.deformed_from = source;
    used_ = counts;
    geometries_.push_back(deformed);
    return size() - 1;
}

std::uint32_t GeometryPool::drawn_indices(std::uint32_t index) const {
    const PooledGeometry& g = geometries_[index];
    return (g.deformed_from == scene::kNone ? g : geometries_[g.deformed_from]).copied ? g.index_count : 0;
}

GeometryPool::Stream GeometryPool::stream_of(Waiting& w) const {
    if (w.levels) {
        const auto& levels = (*w.levels)[w.source];
        if (w.stream >= levels.size()) return {};
        return {std::as_bytes(std::span(levels[w.stream].indices)), indices_.get(),
                geometries_[w.target].levels[w.stream].first_index * VkDeviceSize{4}};
    }
    const scene::Geometry& g = w.model->geometries[w.source];
    const PooledGeometry& to = geometries_[w.target];
    switch (w.stream) {
    case 0:
        return {std::as_bytes(std::span(g.vertices)), vertices_.get(), to.first_vertex * sizeof(scene::Vertex)};
    case 1:
        return {std::as_bytes(std::span(g.skin)), skins_.get(), to.first_skin * sizeof(scene::SkinVertex)};
    case 2:
        if (w.copied == 0) w.morphs = morph_deltas(g);
        return {std::as_bytes(std::span(w.morphs)), morphs_.get(), to.first_morph * kMorphSize};
    default:
        return {std::as_bytes(std::span(g.indices)), indices_.get(), to.first_index * VkDeviceSize{4}};
    }
}

// False when the budget is used up before its end.
bool GeometryPool::copy(VkCommandBuffer cmd, UploadRing& ring, Waiting& w, std::size_t& budget) {
    for (; w.stream < 4; ++w.stream, w.copied = 0) {
        const Stream stream = stream_of(w);
        const auto rest = stream.bytes.subspan(w.copied);
        const auto part = rest.first(std::min(rest.size(), budget));
        copy_to_buffer(cmd, ring, part, stream.to, stream.offset + w.copied);
        budget -= part.size();
        w.copied += part.size();
        if (part.size() < rest.size()) return false;
    }
    return true;
}

bool GeometryPool::upload(VkCommandBuffer cmd, UploadRing& ring, std::size_t budget) {
    if (waiting_.empty()) return false;
    while (!waiting_.empty() && copy(cmd, ring, waiting_.front(), budget)) {
        PooledGeometry& done = geometries_[waiting_.front().target];
        (waiting_.front().levels ? done.levels_copied : done.copied) = true;
        waiting_.pop_front();
        ++arrived_;
    }
    if (arrived_ == 0 || arrived_ < waiting_.size() / 4) return false;
    arrived_ = 0;
    return true;
}

} // namespace pw::renderer
