// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/meshes.h"

#include "pw_shaders.h"
#include "renderer/passes/cull.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

namespace pw::renderer {
namespace {

// shaders/variant.glsl
constexpr std::uint8_t kAlphaGhost = 3, kAlphaFade = 4;

std::uint8_t alpha_of(scene::AlphaMode mode) { return static_cast<std::uint8_t>(mode); }
static_assert(static_cast<int>(scene::AlphaMode::Mask) == 1 && static_cast<int>(scene::AlphaMode::Blend) == 2);

MeshPass::Key key_of(const Shading& shading, bool cut) {
    return {.textures = shading.textures,
            .alpha = alpha_of(shading.alpha),
            .layers = shading.layers,
            .uv = shading.uv,
            .unlit = shading.unlit,
            .cut = cut};
}
constexpr MeshPass::Key ghost_key(bool cut) { return {.alpha = kAlphaGhost, .unlit = true, .cut = cut}; }

MeshPass::Key fading(MeshPass::Key key) {
    key.alpha = kAlphaFade;
    return key;
}

bool can_fade(const Shading& shading) { return shading.alpha == scene::AlphaMode::Opaque && !shading.see_through(); }

// shaders/mesh_between.glsl
bool is_plain(const MeshPass::Key& key) {
    return key.output == MeshPass::Key::Output::Colors && key.layers == 0 && key.uv != Uv::Each &&
           (key.textures & 1u << shaders::kNormal) == 0;
}

// Draws what `key` draws, but for layers: textures that a material lacks are white.
MeshPass::Key general_key(MeshPass::Key key) {
    if (key.alpha == kAlphaGhost) return key;
    key.textures = key.unlit ? 1 : 31;
    key.uv = Uv::Each;
    key.layers = 0;
    return key;
}

void draw_single(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                 const GeometryPool& pool, const SingleDraw& single, OnlyIf only_if = {}) {
    const PooledGeometry& geometry = pool.at(single.geometry);
    set_faces(context.cmd, single.key.shading.double_sided, single.key.mirrored);
    const VkDrawIndexedIndirectCommand draw{pool.drawn_indices(single.geometry), 1, geometry.first_index,
                                            static_cast<std::int32_t>(geometry.first_vertex),
                                            buffers.shown_of(single.instance, table)};
    if (only_if.buffer == VK_NULL_HANDLE) {
        vkCmdDrawIndexed(context.cmd, draw.indexCount, draw.instanceCount, draw.firstIndex, draw.vertexOffset,
                         draw.firstInstance);
        return;
    }
    const UploadSlice slice = context.slot->upload.put(std::span(&draw, 1));
    vkCmdDrawIndexedIndirectCount(context.cmd, slice.buffer, slice.offset, only_if.buffer, only_if.offset, 1,
                                  sizeof draw);
}

std::uint32_t shadow_taps(Tier tier) { return tier == Tier::Software ? 1 : 3; }

Result<Pipeline> make_pipeline(const Gpu& gpu, VkPipelineLayout layout, const TargetFormats& formats, Tier tier,
                               const MeshPass::Key& key) {
    const std::array<std::uint32_t, 9> constants{
        formats.encode_srgb, key.textures,           static_cast<std::uint32_t>(key.uv),          key.alpha, key.unlit,
        shadow_taps(tier),   tier == Tier::Software, static_cast<std::uint32_t>(formats.samples), key.layers};
    const bool through = (key.layers & shaders::kLayerThrough) != 0;
    const bool see_through = (key.alpha >= 2 && key.alpha != kAlphaFade) || through;
    const bool coverage = key.alpha == alpha_of(scene::AlphaMode::Mask) && formats.samples != VK_SAMPLE_COUNT_1_BIT;
    const bool plain = is_plain(key) && !coverage;
    const auto attributes = plain ? vertex_attributes({0, 1, 3, 4, 5}) : vertex_attributes({0, 1, 2, 3, 4, 5});
    GraphicsInfo info;
    info.name = see_through ? "meshes, blended" : "meshes";
    info.vertex = plain ? (key.cut ? shaders::mesh_plain_cut_vert : shaders::mesh_plain_vert)
                        : (key.cut ? shaders::mesh_cut_vert : shaders::mesh_vert);
    const bool dyes = through && gpu.dual_source; // else glass lets through all colours alike
    info.fragment = plain      ? shaders::mesh_plain_frag
                    : dyes     ? shaders::mesh_through_frag
                    : coverage ? shaders::mesh_coverage_frag
                               : shaders::mesh_frag;
    info.formats = formats;
    info.bindings = vertex_bindings();
    info.attributes = attributes;
    info.blend = dyes ? Blend::Through : see_through ? Blend::Premultiplied : Blend::None;
    info.depth_write = !see_through;
    info.constants = constants;
    if (key.output == MeshPass::Key::Output::Lists) {
        info.name = "meshes, into lists";
        info.fragment =
            formats.samples == VK_SAMPLE_COUNT_1_BIT ? shaders::mesh_list_frag : shaders::mesh_list_samples_frag;
        info.formats.color = VK_FORMAT_UNDEFINED;
    }
    if (key.output == MeshPass::Key::Output::Offsets) {
        info.name = "meshes, what they bend";
        info.fragment =
            formats.samples == VK_SAMPLE_COUNT_1_BIT ? shaders::mesh_bend_frag : shaders::mesh_bend_samples_frag;
        info.formats.color = kBendOffsets;
        info.blend = Blend::Add;
    }
    return try_make_graphics(gpu, layout, info);
}

} // namespace

std::span<const VkVertexInputBindingDescription> vertex_bindings() {
    static constexpr std::array<VkVertexInputBindingDescription, 2> kBindings{
        {{0, sizeof(scene::Vertex), VK_VERTEX_INPUT_RATE_VERTEX},
         {1, sizeof(shaders::GpuShown), VK_VERTEX_INPUT_RATE_INSTANCE}}};
    return kBindings;
}

std::vector<VkVertexInputAttributeDescription> vertex_attributes(std::initializer_list<std::uint32_t> of_vertex,
                                                                 bool look) {
    using scene::Vertex;
    using shaders::GpuShown;
    static constexpr std::array<VkVertexInputAttributeDescription, 6> kOfVertex{{
        {0, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(Vertex, position)},
        {1, 0, VK_FORMAT_R16G16_SNORM, offsetof(Vertex, normal)},
        {2, 0, VK_FORMAT_R32_UINT, offsetof(Vertex, tangent)},
        {3, 0, VK_FORMAT_R8G8B8A8_UNORM, offsetof(Vertex, color)},
        {4, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(Vertex, uv0)},
        {5, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(Vertex, uv1)},
    }};
    static constexpr std::array<VkVertexInputAttributeDescription, 4> kOfInstance{{
        {shaders::kShownRow0, 1, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(GpuShown, row0)},
        {shaders::kShownRow1, 1, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(GpuShown, row1)},
        {shaders::kShownRow2, 1, VK_FORMAT_R32G32B32A32_SFLOAT, offsetof(GpuShown, row2)},
        {shaders::kShownLook, 1, VK_FORMAT_R32G32B32A32_UINT, offsetof(GpuShown, look)},
    }};
    std::vector<VkVertexInputAttributeDescription> out;
    for (const std::uint32_t location : of_vertex) out.push_back(kOfVertex.at(location));
    out.insert(out.end(), kOfInstance.begin(), kOfInstance.end() - (look ? 0 : 1));
    return out;
}

void bind_geometry(VkCommandBuffer cmd, const GeometryPool& pool, const DrawBuffers& buffers) {
    const std::array vertices{pool.vertices(), buffers.shown.get()};
    static constexpr std::array<VkDeviceSize, 2> kOffsets{0, 0};
    vkCmdBindVertexBuffers(cmd, 0, vertices.size(), vertices.data(), kOffsets.data());
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
    pass.bends = tier != Tier::Software && (gpu.sample_shading || formats.samples == VK_SAMPLE_COUNT_1_BIT);
    pass.lists = tier == Tier::High && gpu.fragment_lists && gpu.dual_source &&
                 (formats.samples == VK_SAMPLE_COUNT_1_BIT ||
                  (gpu.sample_shading && gpu.properties.limits.standardSampleLocations == VK_TRUE));
    const auto add_general = [&](const Key& key) {
        auto made = make_pipeline(gpu, layouts.pipeline.get(), formats, tier, key);
        if (!made) check(VK_ERROR_OUT_OF_DEVICE_MEMORY, "meshes");
        pass.general.emplace(key, std::move(*made));
    };
    add_general(ghost_key(/* cut= */ false));
    for (const auto mode : {scene::AlphaMode::Opaque, scene::AlphaMode::Mask, scene::AlphaMode::Blend}) {
        for (const bool unlit : {false, true}) add_general(general_key({.alpha = alpha_of(mode), .unlit = unlit}));
    }
    if (tier == Tier::Software) return pass;
    for (const bool unlit : {false, true}) add_general(general_key(fading({.unlit = unlit})));
    return pass;
}

void MeshPass::add(const Gpu& gpu, const Layouts& layouts, Jobs& jobs, const Key& key) {
    if (general.contains(key) || special.contains(key)) return;
    special.emplace(key, LatePipeline(jobs, [&gpu, layout = layouts.pipeline.get(), formats = formats, tier = tier,
                                             key] { return make_pipeline(gpu, layout, formats, tier, key); }));
}

void MeshPass::add(const Gpu& gpu, const Layouts& layouts, Jobs& jobs, const Shading& shading, bool fade) {
    for (const bool cut : {false, true}) {
        if (cut && !cuts) continue;
        const auto into = [&](Key key, Key::Output output) {
            key.output = output;
            add(gpu, layouts, jobs, key);
        };
        const Key key = key_of(shading, cut);
        add(gpu, layouts, jobs, key);
        if (fade && can_fade(shading)) add(gpu, layouts, jobs, fading(key));
        if (bends && shading.bends) into(key, Key::Output::Offsets);
        if (!lists || !shading.see_through()) continue;
        into(key, Key::Output::Lists);
        into(ghost_key(cut), Key::Output::Lists); // which each of them may become
    }
}

void MeshPass::want_cuts(const Gpu& gpu, const Layouts& layouts, Jobs& jobs) {
    if (std::exchange(cuts, true)) return;
    std::vector<Key> keys; // the general ones first: nothing is cut before they are there
    for (const auto& [key, pipeline] : general) keys.push_back(key);
    for (const auto& [key, pipeline] : special) keys.push_back(key);
    for (Key key : keys) {
        key.cut = true;
        add(gpu, layouts, jobs, key);
    }
}

bool MeshPass::can_cut() const {
    return cuts && std::ranges::all_of(general, [&](const auto& of) {
               Key key = of.first;
               key.cut = true;
               return special.at(key).get() != VK_NULL_HANDLE;
           });
}

bool MeshPass::fades(const DrawTable& table) const { return tier != Tier::Software && table.levels > 1; }

void MeshPass::prepare_for(const Gpu& gpu, const Layouts& layouts, Jobs& jobs, const DrawTable& table) {
    for (const Bucket& bucket : table.buckets) add(gpu, layouts, jobs, bucket.key.shading, fades(table));
    for (const SingleDraw& single : table.blended) add(gpu, layouts, jobs, single.key.shading);
}

std::uint32_t MeshPass::pending() const {
    return static_cast<std::uint32_t>(std::ranges::count_if(special, [](const auto& s) { return s.second.pending(); }));
}

VkPipeline MeshPass::pipeline(const Key& key) const {
    const auto found = special.find(key);
    const VkPipeline made = found == special.end() ? VK_NULL_HANDLE : found->second.get();
    if (made != VK_NULL_HANDLE) return made;
    return key.cut ? special.at(general_key(key)).get() : general.at(general_key(key)).get();
}

void MeshPass::record_buckets(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                              const GeometryPool& pool, std::span<const std::uint32_t> kinds) const {
    bind_geometry(context.cmd, pool, buffers);
    VkPipeline bound = VK_NULL_HANDLE;
    for (std::uint32_t b = 0; b < table.buckets.size(); ++b) {
        const BucketKey& key = table.buckets[b].key;
        set_faces(context.cmd, key.shading.double_sided, key.mirrored);
        for (const std::uint32_t kind : kinds) {
            if (kind == shaders::kKindFade && !can_fade(key.shading)) continue;
            const Key plain = key_of(key.shading, context.cut);
            const VkPipeline wanted = pipeline(kind == shaders::kKindFade ? fading(plain) : plain);
            if (wanted != bound) vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, wanted);
            bound = wanted;
            draw_bucket(context, table, buffers, kind, b);
        }
    }
    set_faces(context.cmd, /* double_sided= */ true, /* mirrored= */ false);
}

void MeshPass::record_opaque(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                             const GeometryPool& pool) const {
    static constexpr std::array kKinds{shaders::kKindMain, shaders::kKindFade};
    record_buckets(context, table, buffers, pool, std::span(kKinds).first(fades(table) ? 2 : 1));
}

void MeshPass::record_late(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                           const GeometryPool& pool) const {
    static constexpr std::array kKinds{shaders::kKindLate};
    record_buckets(context, table, buffers, pool, kKinds);
}

void MeshPass::record_singles(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                              const GeometryPool& pool, std::span<const SingleDraw> singles, bool see_through,
                              OnlyIf only_if) const {
    bind_geometry(context.cmd, pool, buffers);
    for (const SingleDraw& single : singles) {
        if (single.see_through() != see_through) continue;
        const bool cut = context.cut && !single.prop;
        vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS,
                          pipeline(single.ghost ? ghost_key(cut) : key_of(single.key.shading, cut)));
        draw_single(context, table, buffers, pool, single, only_if);
    }
    set_faces(context.cmd, /* double_sided= */ true, /* mirrored= */ false);
}

VkPipeline MeshPass::list_pipeline(const FrameContext& context, const SingleDraw& single) const {
    const bool cut = context.cut && !single.prop;
    Key key = single.ghost ? ghost_key(cut) : key_of(single.key.shading, cut);
    key.output = Key::Output::Lists;
    const auto found = special.find(key);
    return found == special.end() ? VK_NULL_HANDLE : found->second.get();
}

bool MeshPass::can_list(const FrameContext& context, std::span<const SingleDraw> singles) const {
    bool some = false;
    for (const SingleDraw& single : singles) {
        if (!single.see_through()) continue;
        if (list_pipeline(context, single) == VK_NULL_HANDLE) return false;
        some = true;
    }
    return some;
}

void MeshPass::record_lists(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                            const GeometryPool& pool, std::span<const SingleDraw> singles,
                            shaders::ListsPush constants) const {
    bind_geometry(context.cmd, pool, buffers);
    for (const SingleDraw& single : singles) {
        if (!single.see_through()) continue;
        constants.instance = single.instance;
        push(context.cmd, context.layout, constants);
        vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, list_pipeline(context, single));
        draw_single(context, table, buffers, pool, single);
    }
    set_faces(context.cmd, /* double_sided= */ true, /* mirrored= */ false);
}

void MeshPass::record_bends(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                            const GeometryPool& pool, std::span<const SingleDraw> singles) const {
    bind_geometry(context.cmd, pool, buffers);
    for (const SingleDraw& single : singles) {
        if (!single.bends()) continue;
        Key key = key_of(single.key.shading, context.cut && !single.prop);
        key.output = Key::Output::Offsets;
        const auto found = special.find(key);
        if (found == special.end() || found->second.get() == VK_NULL_HANDLE) continue;
        vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, found->second.get());
        draw_single(context, table, buffers, pool, single);
    }
    set_faces(context.cmd, /* double_sided= */ true, /* mirrored= */ false);
}

void MeshPass::record_ghosts(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                             const GeometryPool& pool) const {
    bind_geometry(context.cmd, pool, buffers);
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline(ghost_key(context.cut)));
    for (std::uint32_t b = 0; b < table.buckets.size(); ++b) {
        set_faces(context.cmd, /* double_sided= */ false, table.buckets[b].key.mirrored);
        draw_bucket(context, table, buffers, shaders::kKindGhost, b);
    }
    set_faces(context.cmd, /* double_sided= */ true, /* mirrored= */ false);
}

} // namespace pw::renderer
