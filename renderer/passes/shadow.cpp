// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/shadow.h"

#include "pw_shaders.h"
#include "renderer/passes/cull.h"
#include "renderer/passes/meshes.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>

namespace pw::renderer {
namespace {

struct LightAxes {
    Vec3 right, up, back; // back points to the sun
};

LightAxes axes_of(const Vec3& to_sun) {
    const Vec3 back = glm::normalize(to_sun);
    const Vec3 helper = std::abs(back.y) < 0.99f ? Vec3(0.f, 1.f, 0.f) : Vec3(0.f, 0.f, 1.f);
    const Vec3 right = glm::normalize(glm::cross(helper, back));
    return {right, glm::cross(back, right), back};
}

Result<Pipeline> make_depth_pipeline(const Gpu& gpu, VkPipelineLayout layout, bool masked, bool cut) {
    const auto attributes = masked ? vertex_attributes({0, 3, 4, 5}) : vertex_attributes({0}, /* look= */ false);
    GraphicsInfo info;
    info.name = masked ? "shadow, masked" : "shadow";
    if (masked) {
        info.vertex = cut ? shaders::depth_masked_cut_vert : shaders::depth_masked_vert;
        info.fragment = shaders::depth_masked_frag;
    } else {
        info.vertex = cut ? shaders::depth_opaque_cut_vert : shaders::depth_opaque_vert;
    }
    info.formats.depth = VK_FORMAT_D32_SFLOAT;
    info.bindings = vertex_bindings();
    info.attributes = attributes;
    info.depth_bias = true;
    return try_make_graphics(gpu, layout, info);
}

// In whole texels along the light's axes.
DVec3 snapped(const DVec3& center, const LightAxes& axes, double texel) {
    const DVec3 right(axes.right), up(axes.up), back(axes.back);
    const double x = std::floor(glm::dot(center, right) / texel) * texel;
    const double y = std::floor(glm::dot(center, up) / texel) * texel;
    const double z = std::floor(glm::dot(center, back));
    return right * x + up * y + back * z;
}

void fill(const ShadowPass::Fit& fit, std::uint32_t side, const DVec3& origin, shaders::FrameUniforms& uniforms) {
    const LightAxes axes = axes_of(fit.to_sun);
    const Vec3 center(fit.center - origin);
    const float scale = 0.5f / fit.radius_m;
    const auto row = [&](const Vec3& axis, float factor) {
        return Vec4(axis * factor, 0.5f - glm::dot(axis, center) * factor);
    };
    // Texture v runs down.
    const Vec4 u = row(axes.right, scale), v = row(axes.up, -scale), d = row(axes.back, 0.5f / fit.depth_m);
    uniforms.shadow_from_rel = glm::transpose(Mat4(u, v, d, Vec4(0.f, 0.f, 0.f, 1.f)));
    uniforms.shadow_planes[0] = u;
    uniforms.shadow_planes[1] = Vec4(0.f, 0.f, 0.f, 1.f) - u;
    uniforms.shadow_planes[2] = v;
    uniforms.shadow_planes[3] = Vec4(0.f, 0.f, 0.f, 1.f) - v;
    uniforms.shadow_texel = {1.f / static_cast<float>(side), 2.f * fit.radius_m / static_cast<float>(side), 0.f, 0.f};
    uniforms.to_sun.w = 1.f;
}

} // namespace

ShadowPass ShadowPass::make(Gpu& gpu, const Layouts& layouts, Tier tier) {
    ShadowPass pass;
    for (const bool masked : {false, true}) {
        auto made = make_depth_pipeline(gpu, layouts.pipeline.get(), masked, /* cut= */ false);
        if (!made) check(VK_ERROR_OUT_OF_DEVICE_MEMORY, "shadow");
        (masked ? pass.masked : pass.opaque) = std::move(*made);
    }
    pass.side = tier == Tier::Software ? 1024 : tier == Tier::Low ? 2048 : 4096;
    pass.radius_m = tier == Tier::High ? 40.f : 25.f;
    ImageInfo info;
    info.format = VK_FORMAT_D32_SFLOAT;
    info.width = info.height = pass.side;
    info.usage = VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT;
    info.aspect = VK_IMAGE_ASPECT_DEPTH_BIT;
    pass.map = make_image(gpu, info, "shadow map");
    SamplerInfo sampler;
    sampler.compare = VK_COMPARE_OP_GREATER_OR_EQUAL;
    sampler.mipmaps = false;
    // Not every GPU filters 32-bit depth; there the taps are as hard as texels.
    VkFormatProperties can{};
    vkGetPhysicalDeviceFormatProperties(gpu.raw.gpu, info.format, &can);
    if ((can.optimalTilingFeatures & VK_FORMAT_FEATURE_SAMPLED_IMAGE_FILTER_LINEAR_BIT) == 0) {
        sampler.mag = sampler.min = VK_FILTER_NEAREST;
    }
    pass.sampler = make_sampler(gpu, sampler, "shadow map");
    run_now(gpu, [&](VkCommandBuffer cmd) {
        image_barrier(cmd, {.image = pass.map.get(),
                            .to = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                            .after = access::kFragmentRead,
                            .aspect = VK_IMAGE_ASPECT_DEPTH_BIT});
    });
    return pass;
}

void ShadowPass::want_cuts(const Gpu& gpu, const Layouts& layouts, Jobs& jobs) {
    for (const bool is_masked : {false, true}) {
        std::optional<LatePipeline>& pipeline = is_masked ? cut_masked : cut_opaque;
        if (pipeline) continue;
        pipeline.emplace(jobs, [&gpu, layout = layouts.pipeline.get(), is_masked] {
            return make_depth_pipeline(gpu, layout, is_masked, /* cut= */ true);
        });
    }
}

bool ShadowPass::can_cut() const {
    return cut_opaque && cut_opaque->get() != VK_NULL_HANDLE && cut_masked->get() != VK_NULL_HANDLE;
}

bool ShadowPass::aim(const Sun& sun, const DrawList& list, const DAabb& scene_bounds, shaders::FrameUniforms& uniforms,
                     const DVec3& origin) {
    uniforms.to_sun.w = 0.f;
    if (!sun.shadows || sun.illuminance == Vec3(0.f) || scene_bounds.empty()) return false;
    const DVec3 middle = (scene_bounds.min + scene_bounds.max) * 0.5;
    const auto scene_radius = static_cast<float>(glm::length(scene_bounds.max - scene_bounds.min) * 0.5);
    const float reach_m = radius_m * list.world_per_user;
    Fit wanted;
    wanted.to_sun = glm::normalize(sun.to_sun);
    wanted.radius_m = std::clamp(scene_radius, 0.01f, reach_m);
    DVec3 center = middle;
    if (scene_radius > reach_m) {
        const Pose& eye = list.views[0].world_from_eye;
        center = eye.position + DVec3(eye.orientation * Vec3(0.f, 0.f, -0.8f * reach_m));
        center = glm::clamp(center, scene_bounds.min, scene_bounds.max);
    }
    const LightAxes axes = axes_of(wanted.to_sun);
    wanted.center = snapped(center, axes, 2.0 * static_cast<double>(wanted.radius_m) / side);
    wanted.depth_m = scene_radius + static_cast<float>(glm::length(wanted.center - middle)) + 1.f;
    wanted.depth_m = std::exp2(std::ceil(std::log2(wanted.depth_m) * 4.f) / 4.f); // in steps, to stay the same
    fill(wanted, side, origin, uniforms);
    if (valid && wanted == fit) return false;
    fit = wanted;
    return true;
}

void ShadowPass::prepare(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                         const GeometryPool& pool) {
    const VkCommandBuffer cmd = context.cmd;
    image_barrier(cmd, {.image = map.get(),
                        .to = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
                        .before = access::kFragmentRead,
                        .after = access::kDepth,
                        .aspect = VK_IMAGE_ASPECT_DEPTH_BIT});
    VkRenderingAttachmentInfo depth{VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO};
    depth.imageView = map.view();
    depth.imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL;
    depth.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
    depth.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
    begin_rendering(cmd, {side, side}, /* view_mask= */ 0, nullptr, &depth);
    set_viewport(cmd, {side, side});
    bind_geometry(cmd, pool, buffers);
    vkCmdSetDepthBias(cmd, -1.f, 0.f, -1.5f); // away from the sun: depth is reversed
    for (std::uint32_t b = 0; b < table.buckets.size(); ++b) {
        const BucketKey& key = table.buckets[b].key;
        const bool mask = key.shading.alpha == scene::AlphaMode::Mask;
        const VkPipeline whole = mask ? masked.get() : opaque.get();
        vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_GRAPHICS,
                          context.cut ? (mask ? cut_masked : cut_opaque)->get() : whole);
        // The sun does not shine through what is cut open: the inner side of the far wall throws its shadow.
        set_faces(cmd, key.shading.double_sided || context.cut, key.mirrored);
        draw_bucket(context, table, buffers, shaders::kKindShadow, b);
    }
    vkCmdEndRendering(cmd);
    image_barrier(cmd, {.image = map.get(),
                        .from = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
                        .to = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                        .before = access::kDepth,
                        .after = access::kFragmentRead,
                        .aspect = VK_IMAGE_ASPECT_DEPTH_BIT});
    valid = true;
}

} // namespace pw::renderer
