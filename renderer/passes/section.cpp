// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/section.h"

#include "pw_shaders.h"
#include "renderer/passes/cull.h"
#include "renderer/passes/meshes.h"
#include "shaders/pass_layouts.h"

#include <glm/geometric.hpp>

#include <array>
#include <cmath>

namespace pw::renderer {
namespace {

constexpr VkFormat kCounts = VK_FORMAT_R16_SFLOAT; // whole numbers up to 2,048; every GPU can blend it
constexpr double kSpacing_m = 0.03;                // of the hatching, of the user

} // namespace

SectionPass::SectionPass(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats, TextureTable& textures)
    : gpu_(&gpu), layout_(layouts.pipeline.get()), formats_(formats), textures_(&textures),
      sampler_(make_sampler(gpu, {.mag = VK_FILTER_NEAREST, .min = VK_FILTER_NEAREST, .mipmaps = false},
                            "section counts")) {}

void SectionPass::want(Jobs& jobs) {
    if (count_) return;
    count_.emplace(jobs, [gpu = gpu_, layout = layout_, formats = formats_] {
        const auto attributes = vertex_attributes({0}, /* look= */ false);
        GraphicsInfo info;
        info.name = "section, counts";
        info.vertex = pw::shaders::section_count_vert;
        info.fragment = pw::shaders::section_count_frag;
        info.formats = {.color = kCounts, .samples = formats.samples, .view_mask = formats.view_mask};
        info.bindings = vertex_bindings();
        info.attributes = attributes;
        info.blend = Blend::Add;
        info.depth_test = info.depth_write = false;
        return try_make_graphics(*gpu, layout, info);
    });
    cap_.emplace(jobs, [gpu = gpu_, layout = layout_, formats = formats_] {
        const std::array constants{static_cast<std::uint32_t>(formats.encode_srgb),
                                   static_cast<std::uint32_t>(formats.samples)};
        const bool one = formats.samples == VK_SAMPLE_COUNT_1_BIT;
        GraphicsInfo info;
        info.name = "section, caps";
        info.vertex = pw::shaders::section_cap_vert;
        info.fragment = one ? pw::shaders::section_cap_frag : pw::shaders::section_cap_samples_frag;
        info.formats = formats;
        info.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP;
        info.constants = std::span(constants).first(one ? 1 : 2);
        return try_make_graphics(*gpu, layout, info);
    });
}

void SectionPass::fit(const FrameContext& context) {
    const ImageInfo& has = counts_.info();
    if (counts_ && has.width == context.extent.width && has.height == context.extent.height) return;
    if (counts_) textures_->remove(slot_);
    ImageInfo info;
    info.format = kCounts;
    info.width = context.extent.width;
    info.height = context.extent.height;
    info.layers = context.view_count;
    info.samples = formats_.samples;
    info.view_type = VK_IMAGE_VIEW_TYPE_2D_ARRAY;
    info.usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT;
    counts_ = make_image(*gpu_, info, "section counts");
    slot_ = textures_->add(counts_.view(), sampler_.get());
}

void SectionPass::prepare(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                          const GeometryPool& pool) {
    fit(context);
    const VkCommandBuffer cmd = context.cmd;
    ImageBarrier barrier{.image = counts_.get(),
                         .to = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL,
                         .before = access::kFragmentRead,
                         .after = access::kColor};
    image_barrier(cmd, barrier);
    VkRenderingAttachmentInfo color{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
    color.imageView = counts_.view();
    color.imageLayout = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    color.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
    color.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
    begin_rendering(cmd, context.extent, formats_.view_mask, &color, nullptr);
    set_viewport(cmd, context.extent);
    bind_geometry(cmd, pool, buffers);
    vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, count_->get());
    for (std::uint32_t b = 0; b < table.buckets.size(); ++b) {
        const BucketKey& key = table.buckets[b].key;
        if (key.shading.alpha != scene::AlphaMode::Opaque) continue;
        set_faces(cmd, /* double_sided= */ true, key.mirrored);
        draw_bucket(context, table, buffers, shaders::kKindSection, b);
    }
    vkCmdEndRendering(cmd);
    barrier.from = barrier.to;
    barrier.to = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL;
    std::swap(barrier.before, barrier.after);
    image_barrier(cmd, barrier);
}

void SectionPass::record(const FrameContext& context, const DVec3& middle, double reach_m) const {
    const Section& section = *context.list->section;
    const DVec3 normal(section.normal);
    const DVec3 helper = std::abs(normal.y) < 0.9 ? DVec3(0, 1, 0) : DVec3(1, 0, 0);
    const DVec3 right = glm::normalize(glm::cross(helper, normal)), up = glm::cross(normal, right);
    const DVec3 at = middle - normal * glm::dot(normal, middle - section.point);
    // The hatching stands still in the world when the plane is moved through it.
    const double spacing = kSpacing_m * static_cast<double>(context.list->world_per_user);
    const double across = glm::dot(at, right + up) / std::sqrt(2.0) / spacing;
    const double period = std::exp2(static_cast<double>(shaders::kCoarsest));
    const auto hatch = static_cast<float>(across - std::floor(across / period) * period);
    const Vec3 rel(at - context.origin), r(right * reach_m), u(up * reach_m);
    push(
        context.cmd, context.layout,
        shaders::CapPush{rel.x, rel.y, rel.z, slot_, r.x, r.y, r.z, hatch, u.x, u.y, u.z, static_cast<float>(spacing)});
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, cap_->get());
    vkCmdDraw(context.cmd, 4, 1, 0, 0);
}

} // namespace pw::renderer
