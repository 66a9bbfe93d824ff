// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/bend.h"

#include "pw_shaders.h"
#include "shaders/pass_layouts.h"

#include <algorithm>
#include <array>
#include <bit>

namespace pw::renderer {
namespace {

// The same bytes, read as light: the mipmaps of a target that is not _SRGB hold encoded values as well.
VkFormat as_srgb(VkFormat format) {
    return format == VK_FORMAT_R8G8B8A8_UNORM   ? VK_FORMAT_R8G8B8A8_SRGB
           : format == VK_FORMAT_B8G8R8A8_UNORM ? VK_FORMAT_B8G8R8A8_SRGB
                                                : format;
}

} // namespace

BendPass::BendPass(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats, TextureTable& textures)
    : gpu_(&gpu), layout_(layouts.pipeline.get()), formats_(formats), textures_(&textures),
      nearest_(
          make_sampler(gpu, {.mag = VK_FILTER_NEAREST, .min = VK_FILTER_NEAREST, .mipmaps = false}, "bend offsets")),
      smooth_(make_sampler(gpu, {.mip = VK_SAMPLER_MIPMAP_MODE_NEAREST}, "behind glass")) {}

void BendPass::want(Jobs& jobs) {
    if (draw_) return;
    draw_.emplace(jobs, [gpu = gpu_, layout = layout_, formats = formats_] {
        const std::array<std::uint32_t, 1> constants{formats.encode_srgb};
        const bool one = formats.samples == VK_SAMPLE_COUNT_1_BIT;
        GraphicsInfo info;
        info.name = "bend";
        info.vertex = pw::shaders::sky_vert;
        info.fragment = one ? pw::shaders::bend_frag : pw::shaders::bend_samples_frag;
        info.formats = formats;
        info.depth_test = info.depth_write = false;
        info.constants = constants;
        return try_make_graphics(*gpu, layout, info);
    });
}

bool BendPass::fit(const FrameContext& context) {
    if (fitted_.width == context.extent.width && fitted_.height == context.extent.height) return bool(offsets_);
    fitted_ = context.extent;
    if (offsets_) {
        textures_->remove(behind_slot_);
        textures_->remove(offsets_slot_);
    }
    behind_ = {};
    offsets_ = {};
    ImageInfo info;
    info.format = as_srgb(formats_.color);
    info.width = context.extent.width;
    info.height = context.extent.height;
    info.layers = context.view_count;
    info.mips = static_cast<std::uint32_t>(std::bit_width(std::max(info.width, info.height)));
    info.view_type = VK_IMAGE_VIEW_TYPE_2D_ARRAY;
    info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
    auto behind = try_make_image(*gpu_, info, "behind glass");
    info.format = kBendOffsets;
    info.mips = 1;
    info.samples = formats_.samples;
    info.usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT;
    auto offsets = try_make_image(*gpu_, info, "bend offsets");
    if (!behind || !offsets) return false;
    behind_ = std::move(*behind);
    offsets_ = std::move(*offsets);
    behind_slot_ = textures_->add(behind_.view(), smooth_.get());
    offsets_slot_ = textures_->add(offsets_.view(), nearest_.get());
    return true;
}

void BendPass::copy(VkCommandBuffer cmd, const Picture::Part& part) const {
    image_barrier(cmd, {.image = behind_.get(),
                        .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                        .before = access::kFragmentRead,
                        .after = access::kTransferWrite});
    VkImageCopy region{};
    region.srcSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, part.first_layer, behind_.info().layers};
    region.dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, behind_.info().layers};
    region.extent = {behind_.info().width, behind_.info().height, 1};
    vkCmdCopyImage(cmd, part.color, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, behind_.get(),
                   VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &region);
    make_mipmaps(cmd, behind_);
}

void BendPass::prepare(const FrameContext& context, const Picture::Part& part, const MeshPass& meshes,
                       const DrawTable& table, const DrawBuffers& buffers, const GeometryPool& pool,
                       std::span<const SingleDraw> singles) {
    const VkCommandBuffer cmd = context.cmd;
    copy(cmd, part);
    ImageBarrier barrier{.image = offsets_.get(),
                         .to = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                         .before = access::kFragmentRead,
                         .after = access::kColor};
    image_barrier(cmd, barrier);
    VkRenderingAttachmentInfo color{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
    color.imageView = offsets_.view();
    color.imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    color.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR; // to 0
    color.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
    const VkRenderingAttachmentInfo depth = part.depth_info();
    begin_rendering(cmd, context.extent, formats_.view_mask, &color, &depth);
    push(cmd, context.layout, shaders::BendPush{part.depth_slot, offsets_slot_, behind_slot_});
    meshes.record_bends(context, table, buffers, pool, singles);
    vkCmdEndRendering(cmd);
    barrier.from = barrier.to;
    barrier.to = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL;
    std::swap(barrier.before, barrier.after);
    image_barrier(cmd, barrier);
}

void BendPass::record(const FrameContext& context) const {
    push(context.cmd, context.layout, shaders::BendPush{~0u, offsets_slot_, behind_slot_});
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, draw_->get());
    vkCmdDraw(context.cmd, 3, 1, 0, 0);
}

} // namespace pw::renderer
