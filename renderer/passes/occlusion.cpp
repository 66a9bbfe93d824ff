// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/occlusion.h"

#include "pw_shaders.h"
#include "renderer/passes/address.h"
#include "shaders/pass_layouts.h"

#include <algorithm>
#include <utility>

namespace pw::renderer {
namespace {

VkExtent2D half_of(VkExtent2D extent) { return {(extent.width + 1) / 2, (extent.height + 1) / 2}; }

} // namespace

OcclusionPass::OcclusionPass(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats)
    : gpu_(&gpu), layout_(layouts.pipeline.get()), formats_(formats) {}

void OcclusionPass::want(Jobs& jobs) {
    if (occlude_) return;
    const auto late = [&](std::optional<LatePipeline>& pipeline, Spirv spirv, const char* name,
                          std::optional<std::uint32_t> samples) {
        pipeline.emplace(jobs, [gpu = gpu_, layout = layout_, spirv, name, samples]() -> Result<Pipeline> {
            return make_compute(*gpu, layout, spirv, name,
                                samples ? std::span(&*samples, 1) : std::span<const std::uint32_t>());
        });
    };
    const bool one = formats_.samples == VK_SAMPLE_COUNT_1_BIT;
    if (one)
        late(first_, shaders::pyramid_depth_comp, "depth pyramid, first", std::nullopt);
    else
        late(first_, shaders::pyramid_depth_samples_comp, "depth pyramid, first", formats_.samples);
    late(next_, shaders::pyramid_comp, "depth pyramid", std::nullopt);
    late(occlude_, shaders::occlude_comp, "occlusion", std::nullopt);
}

bool OcclusionPass::pending() const {
    return occlude_ && (first_->pending() || next_->pending() || occlude_->pending());
}

bool OcclusionPass::ready() const {
    return occlude_ && first_->get() != VK_NULL_HANDLE && next_->get() != VK_NULL_HANDLE &&
           occlude_->get() != VK_NULL_HANDLE;
}

bool OcclusionPass::fit(const FrameContext& context) {
    if (extent_.width == context.extent.width && extent_.height == context.extent.height) return bool(pyramid_);
    extent_ = context.extent;
    view_floats_ = 0;
    for (VkExtent2D mip = extent_; mip.width > 1 || mip.height > 1;) {
        mip = half_of(mip);
        view_floats_ += mip.width * mip.height;
    }
    view_floats_ = std::max(view_floats_, 1u); // of a picture of one pixel
    pyramid_ = {};
    auto made = try_make_buffer(*gpu_, VkDeviceSize{4} * view_floats_ * context.view_count,
                                VK_BUFFER_USAGE_STORAGE_BUFFER_BIT, Memory::Device, "depth pyramid");
    if (made) pyramid_ = std::move(*made);
    return bool(pyramid_);
}

void OcclusionPass::make_pyramid(const FrameContext& context, std::uint32_t depth_slot) const {
    const VkCommandBuffer cmd = context.cmd;
    shaders::PyramidPush constants{low_word(pyramid_.address()),
                                   high_word(pyramid_.address()),
                                   view_floats_,
                                   depth_slot,
                                   extent_.width,
                                   extent_.height,
                                   0,
                                   0};
    vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, first_->get());
    for (bool first = true;; first = false) {
        const VkExtent2D to = half_of({constants.width, constants.height});
        push(cmd, context.layout, constants);
        vkCmdDispatch(cmd, (to.width + 15) / 16, (to.height + 15) / 16, context.view_count);
        memory_barrier(cmd, access::kComputeWrite, access::kComputeWrite);
        if (to.width == 1 && to.height == 1) break;
        if (first) vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, next_->get());
        constants.source = constants.target;
        constants.target += to.width * to.height;
        constants.width = to.width;
        constants.height = to.height;
    }
}

void OcclusionPass::prepare(const FrameContext& context, const Picture::Part& part, const DrawTable& table,
                            const DrawBuffers& buffers, CullPass& cull) {
    memory_barrier(context.cmd, access::kSceneRead, access::kComputeWrite); // the lists are written while drawn from
    make_pyramid(context, part.depth_slot);
    const shaders::CullPush list = cull.constants(context, table, buffers, 1u << shaders::kKindLate, /* hides= */ true);
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_COMPUTE, occlude_->get());
    push(context.cmd, context.layout,
         shaders::OccludePush{list, low_word(pyramid_.address()), high_word(pyramid_.address()), view_floats_,
                              extent_.width, extent_.height});
    vkCmdDispatch(context.cmd, (list.words + 31) / 32, 1, 1);
    cull.finish(context, table, list);
}

} // namespace pw::renderer
