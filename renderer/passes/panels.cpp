// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/panels.h"

#include "base/bytes.h"
#include "pw_shaders.h"
#include "renderer/internal/picture.h"
#include "shaders/pass_layouts.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <array>
#include <bit>

namespace pw::renderer {
namespace {

constexpr VkFormat kFormat = VK_FORMAT_R8G8B8A8_SRGB;

// What a compositor's panel may be, and our own textures.
constexpr std::array kFormats{VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_B8G8R8A8_SRGB, VK_FORMAT_R8G8B8A8_UNORM,
                              VK_FORMAT_B8G8R8A8_UNORM};

void paint(const FrameContext& context, VkImageView view, VkExtent2D extent, const OverlayPass& pass,
           const Overlay& overlay) {
    VkRenderingAttachmentInfo color{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
    color.imageView = view;
    color.imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    color.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
    color.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
    begin_rendering(context.cmd, extent, /* view_mask= */ 0, &color, nullptr);
    set_viewport(context.cmd, extent);
    vkCmdSetCullMode(context.cmd, VK_CULL_MODE_NONE);
    vkCmdSetFrontFace(context.cmd, VK_FRONT_FACE_COUNTER_CLOCKWISE);
    pass.record(context, overlay, extent);
    vkCmdEndRendering(context.cmd);
}

shaders::PanelPush place_of(const Panel& panel, const DVec3& origin, std::uint32_t slot) {
    const Vec3 at(panel.pose.position - origin);
    const Vec3 right = panel.pose.orientation * Vec3(panel.size_m.x / 2.f, 0.f, 0.f);
    const Vec3 up = panel.pose.orientation * Vec3(0.f, panel.size_m.y / 2.f, 0.f);
    return {at.x, at.y, at.z, slot, right.x, right.y, right.z, 0.f, up.x, up.y, up.z, 0.f};
}

} // namespace

std::uint64_t content_of(const Overlay& overlay) {
    std::uint64_t hash = hash64(std::as_bytes(overlay.vertices));
    hash = hash64(std::as_bytes(overlay.indices), hash);
    return hash64(std::as_bytes(overlay.commands), hash) | 1; // never 0, which is "nothing yet"
}

PanelPass PanelPass::make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats, TextureTable& textures) {
    PanelPass pass;
    pass.gpu_ = &gpu;
    pass.textures_ = &textures;
    for (const VkFormat format : kFormats) {
        TargetFormats picture;
        picture.color = format;
        picture.encode_srgb = !is_srgb(format);
        pass.painters_.push_back({format, OverlayPass::make(gpu, layouts, picture, "panel picture")});
    }
    pass.sampler_ = make_sampler(gpu, {.anisotropy = gpu.software ? 1.f : 8.f}, "panels");
    const std::array<std::uint32_t, 1> constants{formats.encode_srgb};
    GraphicsInfo info;
    info.name = "panels";
    info.vertex = pw::shaders::panel_vert;
    info.fragment = pw::shaders::panel_frag;
    info.formats = formats;
    info.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP;
    info.blend = Blend::Premultiplied;
    info.constants = constants;
    pass.pipeline_ = make_graphics(gpu, layouts.pipeline.get(), info);
    info.name = "holes for panels";
    info.fragment = pw::shaders::hole_frag;
    info.blend = Blend::None;
    pass.hole_ = make_graphics(gpu, layouts.pipeline.get(), info);
    info.name = "panels in holes";
    info.fragment = pw::shaders::panel_frag;
    info.blend = Blend::Under;
    info.formats.depth = VK_FORMAT_UNDEFINED;
    info.formats.samples = VK_SAMPLE_COUNT_1_BIT;
    info.depth_test = info.depth_write = false;
    pass.under_ = make_graphics(gpu, layouts.pipeline.get(), info);
    return pass;
}

void PanelPass::prepare(FrameContext& context, std::span<const Target::PanelImage> images, bool copied) {
    const std::span<const Panel> panels = context.list->panels;
    std::erase_if(replaced_, [&](const Canvas& c) { return c.last_use + kFramesInFlight < gpu_->serial; });
    if (canvases_.size() < panels.size()) canvases_.resize(panels.size());
    for (std::size_t i = 0; i < panels.size(); ++i) {
        if (panels[i].as_hole && !copied) continue;
        Canvas& canvas = canvases_[i];
        fit(canvas, panels[i]);
        canvas.last_use = gpu_->serial;
        const std::uint64_t content = content_of(panels[i].overlay);
        if (canvas.content == content) continue;
        canvas.content = content;
        redraw(context, canvas, panels[i]);
        ++redraws_;
    }
    context.slot->panel_views.clear(); // of the frame that used this slot, which is done
    for (const Target::PanelImage& image : images) fill(context, image);
}

const OverlayPass& PanelPass::painter(VkFormat format) const {
    const auto found = std::ranges::find(painters_, format, &Painter::format);
    PW_ASSERT(found != painters_.end(), "a panel's image is RGBA or BGRA with 8 bits");
    return found->overlay;
}

void PanelPass::fill(FrameContext& context, const Target::PanelImage& image) const {
    const std::span<const Panel> panels = context.list->panels;
    PW_ASSERT(image.panel < panels.size() && panels[image.panel].as_hole, "the image of a panel that is a hole");
    const Panel& panel = panels[image.panel];
    PW_ASSERT(image.width == panel.width && image.height == panel.height, "a panel's image has the panel's size");
    VkImageViewCreateInfo create{VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO};
    create.image = image.image;
    create.viewType = VK_IMAGE_VIEW_TYPE_2D;
    create.format = image.format;
    create.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    VkImageView view = VK_NULL_HANDLE;
    check(vkCreateImageView(gpu_->device, &create, nullptr, &view), "vkCreateImageView");
    name_object(*gpu_, VK_OBJECT_TYPE_IMAGE_VIEW, view, "compositor's panel");
    context.slot->panel_views.emplace_back(gpu_->device, view);
    ImageBarrier barrier{.image = image.image,
                         .to = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                         .before = access::kColor,
                         .after = access::kColor,
                         .mips = 1,
                         .layers = 1};
    image_barrier(context.cmd, barrier);
    paint(context, view, {image.width, image.height}, painter(image.format), panel.overlay);
    barrier.from = barrier.to;
    barrier.to = image.layout_after;
    barrier.after = {VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, VK_ACCESS_2_MEMORY_READ_BIT};
    image_barrier(context.cmd, barrier);
}

void PanelPass::fit(Canvas& canvas, const Panel& panel) {
    const std::uint32_t limit = gpu_->properties.limits.maxImageDimension2D;
    const std::uint32_t width = std::clamp(panel.width, 1u, limit), height = std::clamp(panel.height, 1u, limit);
    const ImageInfo& has = canvas.image.info();
    if (canvas.image && has.width == width && has.height == height) return;
    if (canvas.image) {
        textures_->remove(canvas.slot);
        replaced_.push_back(std::move(canvas));
        canvas = {};
    }
    ImageInfo info;
    info.format = kFormat;
    info.width = width;
    info.height = height;
    info.mips = static_cast<std::uint32_t>(std::bit_width(std::max(width, height)));
    info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT |
                 VK_IMAGE_USAGE_TRANSFER_SRC_BIT;
    canvas.image = make_image(*gpu_, info, "panel");
    canvas.target = make_view(*gpu_, canvas.image, VK_IMAGE_VIEW_TYPE_2D, 0, 1, 0, 1, "panel target");
    canvas.slot = textures_->add(canvas.image.view(), sampler_.get());
}

void PanelPass::redraw(FrameContext& context, const Canvas& canvas, const Panel& panel) const {
    const VkCommandBuffer cmd = context.cmd;
    image_barrier(cmd, {.image = canvas.image.get(),
                        .to = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                        .before = access::kFragmentRead,
                        .after = access::kColor,
                        .mips = 1});
    paint(context, canvas.target.get(), {canvas.image.info().width, canvas.image.info().height}, painter(kFormat),
          panel.overlay);
    image_barrier(cmd, {.image = canvas.image.get(),
                        .from = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                        .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                        .before = access::kColor,
                        .after = access::kTransferWrite,
                        .mips = 1});
    if (canvas.image.info().mips > 1) {
        image_barrier(cmd, {.image = canvas.image.get(),
                            .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                            .before = access::kFragmentRead,
                            .after = access::kTransferWrite,
                            .first_mip = 1});
    }
    make_mipmaps(cmd, canvas.image);
}

void PanelPass::record_holes(const FrameContext& context) const {
    const std::span<const Panel> panels = context.list->panels;
    if (std::ranges::none_of(panels, &Panel::as_hole)) return;
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, hole_.get());
    for (const Panel& panel : panels) {
        if (!panel.as_hole) continue;
        push(context.cmd, context.layout, place_of(panel, context.origin, shaders::kWhiteTexture));
        vkCmdDraw(context.cmd, 4, 1, 0, 0);
    }
}

void PanelPass::record(FrameContext& context) {
    collect(context, /* holes= */ false);
    if (places_.empty()) return;
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.get());
    record_places(context);
}

void PanelPass::record_under(FrameContext& context) {
    collect(context, /* holes= */ true);
    std::ranges::reverse(places_); // what is there stays, so the nearest comes first
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, under_.get());
    record_places(context);
}

void PanelPass::collect(const FrameContext& context, bool holes) {
    const std::span<const Panel> panels = context.list->panels;
    places_.clear();
    const DVec3 eye = context.list->views[0].world_from_eye.position;
    for (std::uint32_t i = 0; i < panels.size(); ++i) {
        if (panels[i].as_hole != holes) continue;
        places_.push_back({i, static_cast<float>(glm::length(panels[i].pose.position - eye))});
    }
    std::ranges::sort(places_, std::greater{}, &Place::distance);
}

void PanelPass::record_places(const FrameContext& context) const {
    for (const Place& place : places_) {
        const Panel& panel = context.list->panels[place.panel];
        push(context.cmd, context.layout, place_of(panel, context.origin, canvases_[place.panel].slot));
        vkCmdDraw(context.cmd, 4, 1, 0, 0);
    }
}

} // namespace pw::renderer
