// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/picture.h"

#include "base/log.h"
#include "base/srgb.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace pw::renderer {
namespace {

// Whoever had the image before: the compositor's semaphore is waited for at color output, our own copies at transfer.
constexpr Access kBeforeColor{VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT | VK_PIPELINE_STAGE_2_TRANSFER_BIT,
                              VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT | VK_ACCESS_2_TRANSFER_READ_BIT};

// A target's depth is written by depth tests, or by a resolve, which counts as colour output.
constexpr Access kTargetDepth{access::kDepth.stage | access::kColor.stage,
                              access::kDepth.access | access::kColor.access};

bool is_bgra(VkFormat format) { return format == VK_FORMAT_B8G8R8A8_SRGB || format == VK_FORMAT_B8G8R8A8_UNORM; }
bool is_rgba(VkFormat format) { return format == VK_FORMAT_R8G8B8A8_SRGB || format == VK_FORMAT_R8G8B8A8_UNORM; }

// The target holds colours premultiplied, where it is _SRGB in linear light; a file wants them as they are.
void divide_alpha(std::uint8_t* rgba, bool srgb) {
    const float alpha = static_cast<float>(rgba[3]) / 255.f;
    for (int i = 0; i < 3; ++i) {
        const float byte = static_cast<float>(rgba[i]) / 255.f;
        float straight = alpha == 0.f ? 0.f : std::min((srgb ? linear_from_srgb(byte) : byte) / alpha, 1.f);
        if (srgb) straight = srgb_from_linear(straight);
        rgba[i] = static_cast<std::uint8_t>(straight * 255.f + 0.5f);
    }
}

VkImageView target_view(const Gpu& gpu, VkImage image, VkFormat format, VkImageAspectFlags aspect, const Target& target,
                        const char* name) {
    VkImageViewCreateInfo create{VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO};
    create.image = image;
    create.viewType = target.layers > 1 ? VK_IMAGE_VIEW_TYPE_2D_ARRAY : VK_IMAGE_VIEW_TYPE_2D;
    create.format = format;
    create.subresourceRange = {aspect, 0, 1, target.first_layer, target.layers};
    VkImageView view = VK_NULL_HANDLE;
    check(vkCreateImageView(gpu.device, &create, nullptr, &view), "vkCreateImageView");
    name_object(gpu, VK_OBJECT_TYPE_IMAGE_VIEW, view, name);
    return view;
}

// The far corner of what is blitted.
VkOffset3D corner(std::uint32_t x, std::uint32_t y) {
    return {static_cast<std::int32_t>(x), static_cast<std::int32_t>(y), 1};
}

} // namespace

bool is_srgb(VkFormat format) {
    return format == VK_FORMAT_R8G8B8A8_SRGB || format == VK_FORMAT_B8G8R8A8_SRGB ||
           format == VK_FORMAT_A8B8G8R8_SRGB_PACK32;
}

Picture::Picture(Gpu& gpu, const TargetFormats& formats, TextureTable& textures)
    : gpu_(&gpu), formats_(formats), textures_(&textures),
      sampler_(make_sampler(gpu, {.mag = VK_FILTER_NEAREST, .min = VK_FILTER_NEAREST, .mipmaps = false}, "depth")) {}

void Picture::fit(const Target& target, bool pausing) {
    ImageInfo info;
    info.width = target.width * target.supersample;
    info.height = target.height * target.supersample;
    const bool fits = depth_ && depth_.info().width == info.width && depth_.info().height == info.height &&
                      depth_.info().layers == target.layers && bool(fine_) == (target.supersample > 1) &&
                      (kept_ || !pausing);
    if (fits) return;
    kept_ |= pausing;
    info.layers = target.layers;
    info.samples = formats_.samples;
    info.format = formats_.depth;
    info.usage = VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT |
                 VkImageUsageFlags{kept_ ? VK_IMAGE_USAGE_SAMPLED_BIT : VkImageUsageFlagBits{}};
    info.aspect = VK_IMAGE_ASPECT_DEPTH_BIT;
    info.view_type = VK_IMAGE_VIEW_TYPE_2D_ARRAY; // as shaders read it
    depth_ = make_image(*gpu_, info, "depth");
    if (depth_slot_ != ~0u) textures_->remove(depth_slot_);
    if (kept_) depth_slot_ = textures_->add(depth_.view(), sampler_.get(), VK_IMAGE_LAYOUT_DEPTH_READ_ONLY_OPTIMAL);
    info.view_type = target.layers > 1 ? VK_IMAGE_VIEW_TYPE_2D_ARRAY : VK_IMAGE_VIEW_TYPE_2D;
    info.format = formats_.color;
    info.aspect = VK_IMAGE_ASPECT_COLOR_BIT;
    if (formats_.samples != VK_SAMPLE_COUNT_1_BIT) {
        info.usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT |
                     VkImageUsageFlags{kept_ ? VkImageUsageFlagBits{} : VK_IMAGE_USAGE_TRANSIENT_ATTACHMENT_BIT};
        color_ = make_image(*gpu_, info, "color, multisampled");
    }
    fine_ = {};
    half_ = {};
    if (target.supersample == 1) return;
    info.samples = VK_SAMPLE_COUNT_1_BIT;
    info.usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
    fine_ = make_image(*gpu_, info, "color, supersampled");
    if (target.supersample == 2) return;
    info.width /= 2;
    info.height /= 2;
    info.usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT |
                 VK_IMAGE_USAGE_SAMPLED_BIT; // that is for its view, which nobody uses
    half_ = make_image(*gpu_, info, "color, half filtered");
}

// Views of foreign images live as long as the frame: a handle that comes again may be another image.
void Picture::make_views(FrameSlot& slot, const Target& target) const {
    slot.color_view = ImageView(gpu_->device, target_view(*gpu_, target.color, target.format, VK_IMAGE_ASPECT_COLOR_BIT,
                                                          target, "target color"));
    slot.depth_view.reset();
    if (target.depth != VK_NULL_HANDLE) {
        slot.depth_view = ImageView(gpu_->device, target_view(*gpu_, target.depth, formats_.depth,
                                                              VK_IMAGE_ASPECT_DEPTH_BIT, target, "target depth"));
    }
}

VkRenderingAttachmentInfo Picture::color_info(const FrameContext& context, bool last) const {
    VkRenderingAttachmentInfo info{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
    info.imageView = fine_ ? fine_.view() : context.slot->color_view.get();
    info.imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    info.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
    if (formats_.samples != VK_SAMPLE_COUNT_1_BIT) {
        info.resolveImageView = info.imageView;
        info.resolveImageLayout = info.imageLayout;
        info.resolveMode = VK_RESOLVE_MODE_AVERAGE_BIT;
        info.imageView = color_.view();
        if (last) info.storeOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
    }
    for (int i = 0; i < 4; ++i) {
        const float c = std::clamp(clear_[i], 0.f, 1.f);
        info.clearValue.color.float32[i] = formats_.encode_srgb && i < 3 ? srgb_from_linear(c) : c;
    }
    return info;
}

// Cleared to 0: infinitely far.
VkRenderingAttachmentInfo Picture::depth_info(const FrameContext& context, const Target& target, bool last) const {
    VkRenderingAttachmentInfo info{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
    info.imageView = depth_is_readable(target) ? depth_.view() : context.slot->depth_view.get();
    info.imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL;
    info.storeOp = last && depth_is_readable(target) ? VK_ATTACHMENT_STORE_OP_DONT_CARE : VK_ATTACHMENT_STORE_OP_STORE;
    if (last && target.depth != VK_NULL_HANDLE && depth_is_readable(target)) {
        info.resolveImageView = context.slot->depth_view.get();
        info.resolveImageLayout = info.imageLayout;
        info.resolveMode = VK_RESOLVE_MODE_SAMPLE_ZERO_BIT;
    }
    return info;
}

VkRenderingAttachmentInfo Picture::Part::depth_info() const {
    VkRenderingAttachmentInfo info{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
    info.imageView = depth;
    info.imageLayout = VK_IMAGE_LAYOUT_DEPTH_READ_ONLY_OPTIMAL;
    info.loadOp = VK_ATTACHMENT_LOAD_OP_LOAD;
    info.storeOp = VK_ATTACHMENT_STORE_OP_NONE;
    return info;
}

void Picture::begin_part(const FrameContext& context, const Target& target, VkAttachmentLoadOp load, bool last) {
    VkRenderingAttachmentInfo color = color_info(context, last), depth = depth_info(context, target, last);
    color.loadOp = depth.loadOp = load;
    begin_rendering(context.cmd, context.extent, formats_.view_mask, &color, &depth);
}

// What is drawn into becomes what is read, or the other way round.
void Picture::turn_for_reading(const FrameContext& context, const Target& target, bool read) const {
    constexpr Access kReadDepth{access::kDepth.stage | VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT |
                                    VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT,
                                VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_READ_BIT | VK_ACCESS_2_SHADER_READ_BIT};
    ImageBarrier color{.image = fine_ ? fine_.get() : target.color,
                       .from = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                       .to = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                       .before = access::kColor,
                       .after = access::kTransferRead,
                       .first_layer = fine_ ? 0 : target.first_layer,
                       .layers = target.layers};
    ImageBarrier depth{.image = depth_is_readable(target) ? depth_.get() : target.depth,
                       .from = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
                       .to = VK_IMAGE_LAYOUT_DEPTH_READ_ONLY_OPTIMAL,
                       .before = access::kDepth,
                       .after = kReadDepth,
                       .aspect = VK_IMAGE_ASPECT_DEPTH_BIT,
                       .first_layer = depth_is_readable(target) ? 0 : target.first_layer,
                       .layers = target.layers};
    for (ImageBarrier* barrier : {&color, &depth}) {
        if (!read) {
            std::swap(barrier->from, barrier->to);
            std::swap(barrier->before, barrier->after);
        }
        image_barrier(context.cmd, *barrier);
    }
    memory_barrier(context.cmd, access::kColor, access::kColor); // the samples go on from where they are
}

Picture::Part Picture::pause(const FrameContext& context, const Target& target) {
    vkCmdEndRendering(context.cmd);
    turn_for_reading(context, target, /* read= */ true);
    return {.color = fine_ ? fine_.get() : target.color,
            .first_layer = fine_ ? 0 : target.first_layer,
            .depth = depth_is_readable(target) ? depth_.view() : context.slot->depth_view.get(),
            .depth_slot = depth_is_readable(target) ? depth_slot_ : ~0u};
}

void Picture::resume(const FrameContext& context, const Target& target, bool last) {
    turn_for_reading(context, target, /* read= */ false);
    begin_part(context, target, VK_ATTACHMENT_LOAD_OP_LOAD, last);
}

void Picture::begin(const FrameContext& context, const Target& target, const Vec4& clear, bool pausing) {
    fit(target, pausing);
    clear_ = clear;
    make_views(*context.slot, target);
    // What was in the images is not wanted, so every layout may be left by way of UNDEFINED.
    const auto from_nothing = [&](VkImage image, VkImageAspectFlags aspect, VkImageLayout to, const Access& before,
                                  const Access& after, std::uint32_t first, std::uint32_t layers) {
        image_barrier(context.cmd, {.image = image,
                                    .to = to,
                                    .before = before,
                                    .after = after,
                                    .aspect = aspect,
                                    .first_layer = first,
                                    .layers = layers});
    };
    from_nothing(target.color, VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, kBeforeColor,
                 access::kColor, target.first_layer, target.layers);
    from_nothing(depth_.get(), VK_IMAGE_ASPECT_DEPTH_BIT, VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL, access::kDepth,
                 access::kDepth, 0, target.layers);
    if (color_) {
        from_nothing(color_.get(), VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, access::kColor,
                     access::kColor, 0, target.layers);
    }
    if (fine_) {
        from_nothing(fine_.get(), VK_IMAGE_ASPECT_COLOR_BIT, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, kBeforeColor,
                     access::kColor, 0, target.layers);
    }
    if (target.depth != VK_NULL_HANDLE) {
        from_nothing(target.depth, VK_IMAGE_ASPECT_DEPTH_BIT, VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL, kTargetDepth,
                     kTargetDepth, target.first_layer, target.layers);
    }
    begin_part(context, target, VK_ATTACHMENT_LOAD_OP_CLEAR, /* last= */ !pausing);
}

void Picture::finish(const FrameContext& context, const Target& target) {
    vkCmdEndRendering(context.cmd);
    if (fine_) filter_down(context.cmd, target);
    copied_ = false;
}

void Picture::begin_copy(const FrameContext& context, const Target& target) {
    const VkCommandBuffer cmd = context.cmd;
    ImageInfo info;
    info.width = target.width;
    info.height = target.height;
    info.layers = target.layers;
    info.view_type = target.layers > 1 ? VK_IMAGE_VIEW_TYPE_2D_ARRAY : VK_IMAGE_VIEW_TYPE_2D;
    info.format = target.format;
    info.usage =
        VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
    if (!copy_ || copy_.info().width != info.width || copy_.info().height != info.height)
        copy_ = make_image(*gpu_, info, "color, as people see it");
    const ImageBarrier picture{.image = target.color,
                               .from = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                               .to = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                               .before = access::kColor,
                               .after = access::kTransferRead,
                               .first_layer = target.first_layer,
                               .layers = target.layers};
    image_barrier(cmd, picture);
    ImageBarrier copy{.image = copy_.get(),
                      .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                      .before = access::kTransferRead,
                      .after = access::kTransferWrite};
    image_barrier(cmd, copy);
    VkImageCopy region{};
    region.srcSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, target.first_layer, target.layers};
    region.dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, target.layers};
    region.extent = {target.width, target.height, 1};
    vkCmdCopyImage(cmd, target.color, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, copy_.get(),
                   VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &region);
    copy.from = copy.to;
    copy.to = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    copy.before = access::kTransferWrite;
    copy.after = access::kColor;
    image_barrier(cmd, copy);
    VkRenderingAttachmentInfo color{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
    color.imageView = copy_.view();
    color.imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    color.loadOp = VK_ATTACHMENT_LOAD_OP_LOAD;
    color.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
    begin_rendering(cmd, {target.width, target.height}, formats_.view_mask, &color, nullptr);
    copied_ = true;
}

void Picture::end_copy(const FrameContext& context) {
    vkCmdEndRendering(context.cmd);
    image_barrier(context.cmd, {.image = copy_.get(),
                                .from = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                                .to = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                                .before = access::kColor,
                                .after = access::kTransferRead});
}

void Picture::end(const FrameContext& context, const Target& target) {
    const VkCommandBuffer cmd = context.cmd;
    const bool copied = target.mirror.has_value() || target.read_back;
    if (copied && !copied_) {
        image_barrier(cmd, {.image = target.color,
                            .from = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                            .to = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                            .before = access::kColor,
                            .after = access::kTransferRead,
                            .first_layer = target.first_layer,
                            .layers = target.layers});
    }
    const Source from = copied_ ? Source{copy_.get(), 0} : Source{target.color, target.first_layer};
    if (target.mirror) mirror(cmd, target, from);
    if (target.read_back) read_back(cmd, target, from);
    const VkImageLayout now = copied ? VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL : VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    if (now != target.layout_after) {
        image_barrier(cmd, {.image = target.color,
                            .from = now,
                            .to = target.layout_after,
                            .before = copied ? access::kTransferRead : access::kColor,
                            .after = {VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, VK_ACCESS_2_MEMORY_READ_BIT},
                            .first_layer = target.first_layer,
                            .layers = target.layers});
    }
    if (target.depth != VK_NULL_HANDLE && target.depth_layout_after != VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL) {
        image_barrier(cmd, {.image = target.depth,
                            .from = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
                            .to = target.depth_layout_after,
                            .before = kTargetDepth,
                            .after = {VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, VK_ACCESS_2_MEMORY_READ_BIT},
                            .aspect = VK_IMAGE_ASPECT_DEPTH_BIT,
                            .first_layer = target.first_layer,
                            .layers = target.layers});
    }
}

namespace {

// Four pixels' mean, in linear light where the format is _SRGB.
void blit_half(VkCommandBuffer cmd, const Image& from, VkImage to, const Target& size, std::uint32_t times,
               std::uint32_t first_layer) {
    VkImageBlit blit{};
    blit.srcSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, size.layers};
    blit.srcOffsets[1] = corner(from.info().width, from.info().height);
    blit.dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, first_layer, size.layers};
    blit.dstOffsets[1] = corner(size.width * times, size.height * times);
    vkCmdBlitImage(cmd, from.get(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, to, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1,
                   &blit, VK_FILTER_LINEAR);
}

} // namespace

// Leaves the target as rendering into it would have.
void Picture::filter_down(VkCommandBuffer cmd, const Target& target) const {
    image_barrier(cmd, {.image = fine_.get(),
                        .from = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                        .to = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                        .before = access::kColor,
                        .after = access::kTransferRead});
    if (half_) {
        image_barrier(cmd, {.image = half_.get(),
                            .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                            .before = access::kTransferRead,
                            .after = access::kTransferWrite});
        blit_half(cmd, fine_, half_.get(), target, 2, 0);
        image_barrier(cmd, {.image = half_.get(),
                            .from = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                            .to = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                            .before = access::kTransferWrite,
                            .after = access::kTransferRead});
    }
    ImageBarrier onto{.image = target.color,
                      .from = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                      .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                      .before = access::kColor,
                      .after = access::kTransferWrite,
                      .first_layer = target.first_layer,
                      .layers = target.layers};
    image_barrier(cmd, onto);
    blit_half(cmd, half_ ? half_ : fine_, target.color, target, 1, target.first_layer);
    std::swap(onto.from, onto.to);
    std::swap(onto.before, onto.after);
    image_barrier(cmd, onto);
}

void Picture::mirror(VkCommandBuffer cmd, const Target& target, const Source& from) const {
    const Target::Mirror& m = *target.mirror;
    image_barrier(cmd, {.image = m.image,
                        .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                        .before = access::kTransferWrite,
                        .after = access::kTransferWrite});
    const VkClearColorValue black{{0.f, 0.f, 0.f, 1.f}};
    const VkImageSubresourceRange whole{VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    vkCmdClearColorImage(cmd, m.image, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, &black, 1, &whole);
    memory_barrier(cmd, access::kTransferWrite, access::kTransferWrite);
    const float scale = std::min(static_cast<float>(m.width) / static_cast<float>(target.width),
                                 static_cast<float>(m.height) / static_cast<float>(target.height));
    const auto width = std::min(m.width, static_cast<std::uint32_t>(static_cast<float>(target.width) * scale));
    const auto height = std::min(m.height, static_cast<std::uint32_t>(static_cast<float>(target.height) * scale));
    const std::uint32_t left = (m.width - width) / 2, top = (m.height - height) / 2;
    VkImageBlit blit{};
    blit.srcSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, from.first_layer, 1};
    blit.srcOffsets[1] = corner(target.width, target.height);
    blit.dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    blit.dstOffsets[0] = {static_cast<std::int32_t>(left), static_cast<std::int32_t>(top), 0};
    blit.dstOffsets[1] = corner(left + width, top + height);
    vkCmdBlitImage(cmd, from.image, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, m.image, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                   1, &blit, VK_FILTER_LINEAR);
    image_barrier(cmd, {.image = m.image,
                        .from = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                        .to = m.layout_after,
                        .before = access::kTransferWrite,
                        .after = {VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, VK_ACCESS_2_MEMORY_READ_BIT}});
}

void Picture::read_back(VkCommandBuffer cmd, const Target& target, const Source& from) {
    if (!is_bgra(target.format) && !is_rgba(target.format)) {
        log_warn("A picture can be read back from 8-bit RGBA and BGRA targets only");
        return;
    }
    Pending pending;
    pending.serial = gpu_->serial;
    pending.width = target.width;
    pending.height = target.height * target.layers;
    pending.format = target.format;
    pending.buffer =
        make_buffer(*gpu_, VkDeviceSize{4} * pending.width * pending.height, 0, Memory::Readback, "picture");
    VkBufferImageCopy region{};
    region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, from.first_layer, target.layers};
    region.imageExtent = {target.width, target.height, 1};
    vkCmdCopyImageToBuffer(cmd, from.image, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, pending.buffer.get(), 1, &region);
    memory_barrier(cmd, access::kTransferWrite, access::kHostRead);
    pending_.push_back(std::move(pending));
}

std::optional<scene::Pixels> Picture::take(bool wait, std::uint64_t finished_serial,
                                           const std::function<void(std::uint64_t)>& wait_for) {
    if (pending_.empty()) return std::nullopt;
    if (pending_.front().serial > finished_serial) {
        if (!wait) return std::nullopt;
        wait_for(pending_.front().serial);
    }
    const Pending pending = std::move(pending_.front());
    pending_.pop_front();
    if (gpu_->lost) return std::nullopt;
    pending.buffer.invalidate();
    scene::Pixels out{pending.width, pending.height, {}};
    out.rgba.resize(std::size_t{4} * pending.width * pending.height);
    std::memcpy(out.rgba.data(), pending.buffer.data(), out.rgba.size());
    for (std::size_t i = 0; i < out.rgba.size(); i += 4) {
        if (is_bgra(pending.format)) std::swap(out.rgba[i], out.rgba[i + 2]);
        if (out.rgba[i + 3] != 255) divide_alpha(&out.rgba[i], is_srgb(pending.format));
    }
    return out;
}

} // namespace pw::renderer
