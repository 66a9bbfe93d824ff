// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/meshes.h"

#include "pw_shaders.h"
#include "renderer/passes/cull.h"

#include <array>
#include <cstddef>

namespace pw::renderer {
namespace {

// shaders/variant.glsl
constexpr std::uint8_t kAlphaGhost = 3;

std::uint8_t alpha_of(scene::AlphaMode mode) { return static_cast<std::uint8_t>(mode); }
static_assert(static_cast<int>(scene::AlphaMode::Mask) == 1 && static_cast<int>(scene::AlphaMode::Blend) == 2);

MeshPass::Key key_of(const Shading& shading) {
    return {shading.textures, alpha_of(shading.alpha), shading.one_uv, shading.unlit};
}
constexpr MeshPass::Key kGhostKey{0, kAlphaGhost, true, true};

std::uint32_t shadow_taps(Tier tier) { return tier == Tier::Software ? 1 : 3; }

Pipeline make_pipeline(const Gpu& gpu, const Layouts& layouts, const MeshPass& pass, const MeshPass::Key& key) {
    const std::array<std::uint32_t, 8> constants{pass.formats.encode_srgb,
                                                 key.textures,
                                                 key.one_uv,
                                                 key.alpha,
                                                 key.unlit,
                                                 shadow_taps(pass.tier),
                                                 pass.tier == Tier::Software,
                                                 static_cast<std::uint32_t>(pass.formats.samples)};
    const bool see_through = key.alpha >= 2;
    const bool coverage =
        key.alpha == alpha_of(scene::AlphaMode::Mask) && pass.formats.samples != VK_SAMPLE_COUNT_1_BIT;
    GraphicsInfo info;
    info.name = see_through ? "meshes, blended" : "meshes";
    info.vertex = shaders::mesh_vert;
    info.fragment = coverage ? shaders::mesh_coverage_frag : shaders::mesh_frag;
    info.formats = pass.formats;
    info.bindings = vertex_bindings();
    info.attributes = vertex_attributes();
    info.blend = see_through ? Blend::Premultiplied : Blend::None;
    info.depth_write = !see_through;
    info.constants = constants;
    return make_graphics(gpu, layouts.pipeline.get(), info);
}

} // namespace

std::span<const VkVertexInputBindingDescription> vertex_bindings() {
    static constexpr VkVertexInputBindingDescription kBinding{0, sizeof(scene::Vertex), VK_VERTEX_INPUT_RATE_VERTEX};
    return {&kBinding, 1};
}

std::span<const VkVertexInputAttributeDescription> vertex_attributes() {
    using scene::Vertex;
    static constexpr std::array<VkVertexInputAttributeDescription, 6> kAttributes{{
        {0, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(Vertex, position)},
        {1, 0, VK_FORMAT_R16G16_SNORM, offsetof(Vertex, normal)},
        {2, 0, VK_FORMAT_R32_UINT, offsetof(Vertex, tangent)},
        {3, 0, VK_FORMAT_R8G8B8A8_UNORM, offsetof(Vertex, color)},
        {4, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(Vertex, uv0)},
        {5, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(Vertex, uv1)},
    }};
    return kAttributes;
}

std::span<const VkVertexInputAttributeDescription> depth_attributes(bool masked) {
    static constexpr std::array<VkVertexInputAttributeDescription, 4> kAttributes{{
        {0, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(scene::Vertex, position)},
        {3, 0, VK_FORMAT_R8G8B8A8_UNORM, offsetof(scene::Vertex, color)},
        {4, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(scene::Vertex, uv0)},
        {5, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(scene::Vertex, uv1)},
    }};
    return masked ? std::span(kAttributes) : std::span(kAttributes).first(1);
}

void bind_geometry(VkCommandBuffer cmd, const GeometryPool& pool) {
    const VkBuffer vertices = pool.vertices();
    const VkDeviceSize offset = 0;
    vkCmdBindVertexBuffers(cmd, 0, 1, &vertices, &offset);
    vkCmdBindIndexBuffer(cmd, pool.indices(), 0, VK_INDEX_TYPE_UINT32);
}

void set_faces(VkCommandBuffer cmd, bool double_sided, bool mirrored) {
    vkCmdSetCullMode(cmd, double_sided ? VK_CULL_MODE_NONE : VK_CULL_MODE_BACK_BIT);
    vkCmdSetFrontFace(cmd, mirrored ? VK_FRONT_FACE_CLOCKWISE : VK_FRONT_FACE_COUNTER_CLOCKWISE);
}

MeshPass MeshPass::make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats, Tier tier) {
    MeshPass pass;
    pass.formats = formats;
    pass.tier = tier;
    pass.pipelines.emplace(kGhostKey, make_pipeline(gpu, layouts, pass, kGhostKey));
    return pass;
}

void MeshPass::add(const Gpu& gpu, const Layouts& layouts, const Shading& shading) {
    const Key key = key_of(shading);
    if (!pipelines.contains(key)) pipelines.emplace(key, make_pipeline(gpu, layouts, *this, key));
}

void MeshPass::prepare_for(const Gpu& gpu, const Layouts& layouts, const DrawTable& table) {
    for (const Bucket& bucket : table.buckets) add(gpu, layouts, bucket.key.shading);
    for (const SingleDraw& single : table.blended) add(gpu, layouts, single.key.shading);
}

void MeshPass::record_opaque(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                             const GeometryPool& pool) const {
    bind_geometry(context.cmd, pool);
    VkPipeline bound = VK_NULL_HANDLE;
    for (std::uint32_t b = 0; b < table.buckets.size(); ++b) {
        const BucketKey& key = table.buckets[b].key;
        const VkPipeline pipeline = pipelines.at(key_of(key.shading)).get();
        if (pipeline != bound) vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline);
        bound = pipeline;
        set_faces(context.cmd, key.shading.double_sided, key.mirrored);
        draw_bucket(context, table, buffers, shaders::kListMain, b);
    }
    set_faces(context.cmd, /* double_sided= */ true, /* mirrored= */ false);
}

void MeshPass::record_singles(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                              const GeometryPool& pool, std::span<const SingleDraw> singles) const {
    if (singles.empty()) return;
    bind_geometry(context.cmd, pool);
    for (const SingleDraw& single : singles) {
        const PooledGeometry& geometry = pool.at(single.geometry);
        vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS,
                          pipelines.at(single.ghost ? kGhostKey : key_of(single.key.shading)).get());
        set_faces(context.cmd, single.key.shading.double_sided, single.key.mirrored);
        vkCmdDrawIndexed(context.cmd, geometry.index_count, 1, geometry.first_index,
                         static_cast<std::int32_t>(geometry.first_vertex), buffers.visible_of(single.instance, table));
    }
    set_faces(context.cmd, /* double_sided= */ true, /* mirrored= */ false);
}

void MeshPass::record_ghosts(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                             const GeometryPool& pool) const {
    bind_geometry(context.cmd, pool);
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, pipelines.at(kGhostKey).get());
    for (std::uint32_t b = 0; b < table.buckets.size(); ++b) {
        set_faces(context.cmd, /* double_sided= */ false, table.buckets[b].key.mirrored);
        draw_bucket(context, table, buffers, shaders::kListGhost, b);
    }
    set_faces(context.cmd, /* double_sided= */ true, /* mirrored= */ false);
}

} // namespace pw::renderer
