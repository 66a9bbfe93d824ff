// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/panels.h"

#include "base/bytes.h"
#include "pw_shaders.h"
#include "shaders/pass_layouts.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <array>
#include <bit>

namespace pw::renderer {
namespace {

constexpr VkFormat kFormat = VK_FORMAT_R8G8B8A8_SRGB;

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
    TargetFormats canvas;
    canvas.color = kFormat;
    pass.overlay_ = OverlayPass::make(gpu, layouts, canvas, "panel picture");
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
    return pass;
}

void PanelPass::prepare(FrameContext& context) {
    const std::span<const Panel> panels = context.list->panels;
    std::erase_if(replaced_, [&](const Canvas& c) { return c.last_use + kFramesInFlight < gpu_->serial; });
    if (canvases_.size() < panels.size()) canvases_.resize(panels.size());
    for (std::size_t i = 0; i < panels.size(); ++i) {
        Canvas& canvas = canvases_[i];
        fit(canvas, panels[i]);
        canvas.last_use = gpu_->serial;
        const std::uint64_t content = content_of(panels[i].overlay);
        if (canvas.content == content) continue;
        canvas.content = content;
        redraw(context, canvas, panels[i]);
        ++redraws_;
    }
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
    VkRenderingAttachmentInfo color{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
    color.imageView = canvas.target.get();
    color.imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    color.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
    color.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
    VkRenderingInfo rendering{VK_STRUCTURE_TYPE_RENDERING_INFO};
    rendering.renderArea.extent = {canvas.image.info().width, canvas.image.info().height};
    rendering.layerCount = 1;
    rendering.colorAttachmentCount = 1;
    rendering.pColorAttachments = &color;
    vkCmdBeginRendering(cmd, &rendering);
    set_viewport(cmd, rendering.renderArea.extent);
    vkCmdSetCullMode(cmd, VK_CULL_MODE_NONE);
    vkCmdSetFrontFace(cmd, VK_FRONT_FACE_COUNTER_CLOCKWISE);
    overlay_.record(context, panel.overlay, rendering.renderArea.extent);
    vkCmdEndRendering(cmd);
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

void PanelPass::record(FrameContext& context) {
    const std::span<const Panel> panels = context.list->panels;
    if (panels.empty()) return;
    places_.clear();
    const DVec3 eye = context.list->views[0].world_from_eye.position;
    for (std::uint32_t i = 0; i < panels.size(); ++i) {
        places_.push_back({i, static_cast<float>(glm::length(panels[i].pose.position - eye))});
    }
    std::ranges::sort(places_, std::greater{}, &Place::distance);
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline_.get());
    for (const Place& place : places_) {
        const Panel& panel = panels[place.panel];
        const Vec3 at(panel.pose.position - context.origin);
        const Vec3 right = panel.pose.orientation * Vec3(panel.size_m.x / 2.f, 0.f, 0.f);
        const Vec3 up = panel.pose.orientation * Vec3(0.f, panel.size_m.y / 2.f, 0.f);
        push(context.cmd, context.layout,
             shaders::PanelPush{at.x, at.y, at.z, canvases_[place.panel].slot, right.x, right.y, right.z, 0.f, up.x,
                                up.y, up.z, 0.f});
        vkCmdDraw(context.cmd, 4, 1, 0, 0);
    }
}

} // namespace pw::renderer
