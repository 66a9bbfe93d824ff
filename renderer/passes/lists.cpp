// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/lists.h"

#include "pw_shaders.h"
#include "renderer/passes/address.h"

#include <algorithm>
#include <array>

namespace pw::renderer {
namespace {

constexpr std::uint64_t kMostNodes = 4u << 20;
static_assert(kMostNodes < shaders::kListEnd);

constexpr Access kListWrite{VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT,
                            VK_ACCESS_2_SHADER_READ_BIT | VK_ACCESS_2_SHADER_WRITE_BIT};
constexpr Access kListRead{VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT | VK_PIPELINE_STAGE_2_DRAW_INDIRECT_BIT,
                           VK_ACCESS_2_SHADER_READ_BIT | VK_ACCESS_2_INDIRECT_COMMAND_READ_BIT};

} // namespace

ListPass::ListPass(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats)
    : gpu_(&gpu), layout_(layouts.pipeline.get()), formats_(formats) {}

void ListPass::want(Jobs& jobs) {
    if (draw_) return;
    draw_.emplace(jobs, [gpu = gpu_, layout = layout_, formats = formats_] {
        const bool one = formats.samples == VK_SAMPLE_COUNT_1_BIT;
        GraphicsInfo info;
        info.name = "lists";
        info.vertex = pw::shaders::sky_vert;
        info.fragment = one ? pw::shaders::lists_frag : pw::shaders::lists_samples_frag;
        info.formats = formats;
        info.depth_test = info.depth_write = false;
        info.blend = Blend::Through;
        return try_make_graphics(*gpu, layout, info);
    });
}

bool ListPass::fit(const FrameContext& context) {
    if (fitted_.width == context.extent.width && fitted_.height == context.extent.height) return bool(nodes_);
    fitted_ = context.extent;
    const std::uint64_t pixels = std::uint64_t{fitted_.width} * fitted_.height * context.view_count;
    capacity_ = static_cast<std::uint32_t>(std::min(2 * pixels, kMostNodes));
    heads_ = {};
    nodes_ = {};
    constexpr VkBufferUsageFlags kStorage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT;
    auto heads = try_make_buffer(*gpu_, pixels * 4, kStorage, Memory::Device, "list heads");
    auto nodes = try_make_buffer(*gpu_, VkDeviceSize{capacity_} * shaders::kListWords * 4, kStorage, Memory::Device,
                                 "list nodes");
    auto counts =
        try_make_buffer(*gpu_, 8, kStorage | VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT, Memory::Device, "list counts");
    if (!heads || !nodes || !counts) return false;
    heads_ = std::move(*heads);
    nodes_ = std::move(*nodes);
    counts_ = std::move(*counts);
    return true;
}

shaders::ListsPush ListPass::constants(const FrameContext& context) const {
    shaders::ListsPush out{};
    out.heads_low = low_word(heads_.address());
    out.heads_high = high_word(heads_.address());
    out.nodes_low = low_word(nodes_.address());
    out.nodes_high = high_word(nodes_.address());
    out.counts_low = low_word(counts_.address());
    out.counts_high = high_word(counts_.address());
    out.capacity = capacity_;
    out.width = context.extent.width;
    out.height = context.extent.height;
    return out;
}

void ListPass::prepare(const FrameContext& context, const Picture::Part& part, const MeshPass& meshes,
                       const DrawTable& table, const DrawBuffers& buffers, const GeometryPool& pool,
                       std::span<const SingleDraw> singles) {
    const VkCommandBuffer cmd = context.cmd;
    memory_barrier(cmd, kListRead, access::kTransferWrite);
    vkCmdFillBuffer(cmd, heads_.get(), 0, VK_WHOLE_SIZE, ~0u);
    vkCmdFillBuffer(cmd, counts_.get(), 0, VK_WHOLE_SIZE, 0);
    memory_barrier(cmd, access::kTransferWrite, kListWrite);
    const VkRenderingAttachmentInfo depth = part.depth_info();
    begin_rendering(cmd, context.extent, formats_.view_mask, nullptr, &depth);
    shaders::ListsPush into = constants(context);
    into.depth = part.depth_slot;
    meshes.record_lists(context, table, buffers, pool, singles, into);
    vkCmdEndRendering(cmd);
    memory_barrier(cmd, kListWrite, kListRead);
}

void ListPass::record(const FrameContext& context) const {
    push(context.cmd, context.layout, constants(context));
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, draw_->get());
    vkCmdDraw(context.cmd, 3, 1, 0, 0);
}

} // namespace pw::renderer
