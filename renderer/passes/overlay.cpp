// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/overlay.h"

#include "pw_shaders.h"
#include "shaders/pass_layouts.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace pw::renderer {
namespace {

constexpr VkVertexInputBindingDescription kBinding{0, sizeof(OverlayVertex), VK_VERTEX_INPUT_RATE_VERTEX};
constexpr std::array kAttributes{
    VkVertexInputAttributeDescription{0, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(OverlayVertex, position)},
    VkVertexInputAttributeDescription{1, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(OverlayVertex, uv)},
    VkVertexInputAttributeDescription{2, 0, VK_FORMAT_R8G8B8A8_UNORM, offsetof(OverlayVertex, color_srgba)}};

// Nothing when the command draws nothing there.
VkRect2D clip_of(const OverlayCommand& command, VkExtent2D extent) {
    const auto pixel = [](float value, std::uint32_t limit) {
        return static_cast<std::int32_t>(std::clamp(value, 0.f, static_cast<float>(limit)));
    };
    const std::int32_t left = pixel(command.clip_left, extent.width), top = pixel(command.clip_top, extent.height);
    const std::int32_t right = pixel(command.clip_right, extent.width);
    const std::int32_t bottom = pixel(command.clip_bottom, extent.height);
    return {
        {left, top},
        {static_cast<std::uint32_t>(std::max(right - left, 0)), static_cast<std::uint32_t>(std::max(bottom - top, 0))}};
}

} // namespace

OverlayPass OverlayPass::make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats, const char* name) {
    PW_ASSERT(formats.view_mask == 0, "overlays are for mono targets");
    const std::array<std::uint32_t, 1> constants{formats.encode_srgb};
    GraphicsInfo info;
    info.name = name;
    info.vertex = pw::shaders::overlay_vert;
    info.fragment = pw::shaders::overlay_frag;
    info.formats = formats;
    info.bindings = {&kBinding, 1};
    info.attributes = kAttributes;
    info.blend = Blend::Premultiplied;
    info.depth_test = info.depth_write = false;
    info.constants = constants;
    return {make_graphics(gpu, layouts.pipeline.get(), info)};
}

void OverlayPass::record(const FrameContext& context, const Overlay& overlay, VkExtent2D extent) const {
    if (overlay.commands.empty() || overlay.indices.empty()) return;
    const VkCommandBuffer cmd = context.cmd;
    const UploadSlice vertices = context.slot->upload.put(overlay.vertices);
    const UploadSlice indices = context.slot->upload.put(overlay.indices);
    vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline.get());
    vkCmdBindVertexBuffers(cmd, 0, 1, &vertices.buffer, &vertices.offset);
    vkCmdBindIndexBuffer(cmd, indices.buffer, indices.offset, VK_INDEX_TYPE_UINT16);
    shaders::OverlayPush constants{2.f / static_cast<float>(extent.width), 2.f / static_cast<float>(extent.height), 0};
    for (const OverlayCommand& command : overlay.commands) {
        PW_ASSERT(std::size_t{command.first_index} + command.index_count <= overlay.indices.size() &&
                      command.texture < shaders::kMaxTextures,
                  "an overlay's command draws indices and a texture that exist");
        const VkRect2D clip = clip_of(command, extent);
        if (clip.extent.width == 0 || clip.extent.height == 0 || command.index_count == 0) continue;
        vkCmdSetScissor(cmd, 0, 1, &clip);
        constants.texture = command.texture;
        push(cmd, context.layout, constants);
        vkCmdDrawIndexed(cmd, command.index_count, 1, command.first_index,
                         static_cast<std::int32_t>(command.vertex_offset), 0);
    }
    set_viewport(cmd, extent);
}

} // namespace pw::renderer
