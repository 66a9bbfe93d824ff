// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/patches.h"

#include "pw_shaders.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace pw::renderer {
namespace {

struct Vertex {
    Vec3 rel;
    std::uint32_t color;
};
constexpr VkVertexInputBindingDescription kBinding{0, sizeof(Vertex), VK_VERTEX_INPUT_RATE_VERTEX};
constexpr std::array kAttributes{
    VkVertexInputAttributeDescription{0, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(Vertex, rel)},
    VkVertexInputAttributeDescription{1, 0, VK_FORMAT_R8G8B8A8_UNORM, offsetof(Vertex, color)}};

} // namespace

PatchPass PatchPass::make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats) {
    const std::array<std::uint32_t, 1> constants{formats.encode_srgb};
    GraphicsInfo info;
    info.name = "patches";
    info.vertex = pw::shaders::patch_vert;
    info.fragment = pw::shaders::patch_frag;
    info.formats = formats;
    info.bindings = {&kBinding, 1};
    info.attributes = kAttributes;
    info.blend = Blend::Premultiplied;
    info.depth_write = false;
    info.constants = constants;
    return {make_graphics(gpu, layouts.pipeline.get(), info)};
}

void PatchPass::record(FrameContext& context) const {
    const Patches& patches = context.list->patches;
    if (patches.indices.empty()) return;
    const auto exists = [&](std::uint32_t index) { return index < patches.vertices.size(); };
    PW_ASSERT(patches.indices.size() % 3 == 0 && std::ranges::all_of(patches.indices, exists),
              "patches are triangles of vertices that exist");
    const UploadSlice vertices = context.slot->upload.take(patches.vertices.size() * sizeof(Vertex));
    auto* out = reinterpret_cast<Vertex*>(vertices.data);
    for (const PatchVertex& vertex : patches.vertices)
        *out++ = {Vec3(vertex.position - context.origin), vertex.color_srgba};
    const UploadSlice indices = context.slot->upload.put(patches.indices);
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline.get());
    vkCmdBindVertexBuffers(context.cmd, 0, 1, &vertices.buffer, &vertices.offset);
    vkCmdBindIndexBuffer(context.cmd, indices.buffer, indices.offset, VK_INDEX_TYPE_UINT32);
    vkCmdDrawIndexed(context.cmd, static_cast<std::uint32_t>(patches.indices.size()), 1, 0, 0, 0);
}

} // namespace pw::renderer
