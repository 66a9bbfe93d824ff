// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/cull.h"

#include "pw_shaders.h"

namespace pw::renderer {
namespace {

std::uint32_t words_of(const DrawTable& table) { return (table.grouped + 31) / 32; }

} // namespace

CullPass CullPass::make(Gpu& gpu, const Layouts& layouts) {
    const VkPipelineLayout layout = layouts.pipeline.get();
    return {make_compute(gpu, layout, shaders::cull_comp, "cull"),
            make_compute(gpu, layout, shaders::compact_comp, "compact draws"),
            make_compute(gpu, layout, shaders::gather_comp, "gather instances")};
}

void CullPass::prepare(const FrameContext& context, const DrawTable& table, std::uint32_t lists) const {
    if (table.grouped == 0 || lists == 0) return;
    shaders::CullPush constants{};
    constants.instances = table.grouped;
    constants.groups = static_cast<std::uint32_t>(table.groups.size());
    constants.words = words_of(table);
    constants.buckets = static_cast<std::uint32_t>(table.buckets.size());
    constants.lists = lists;
    constants.views = context.view_count;
    const std::uint32_t blocks = (constants.words + 31) / 32;
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_COMPUTE, cull.get());
    push(context.cmd, context.layout, constants);
    vkCmdDispatch(context.cmd, blocks, 1, 1);
    memory_barrier(context.cmd, access::kComputeWrite, access::kComputeWrite);
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_COMPUTE, compact.get());
    vkCmdDispatch(context.cmd, shaders::kListCount, 1, 1);
    memory_barrier(context.cmd, access::kComputeWrite, access::kComputeWrite);
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_COMPUTE, gather.get());
    vkCmdDispatch(context.cmd, blocks, shaders::kListCount, 1);
    memory_barrier(context.cmd, access::kComputeWrite, access::kSceneRead);
}

void draw_bucket(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers, std::uint32_t list,
                 std::uint32_t bucket) {
    const VkDeviceSize groups = table.groups.size();
    const Bucket& b = table.buckets[bucket];
    const VkDeviceSize draw = list * groups + b.first_group;
    const VkDeviceSize count = list * (shaders::kMaxBuckets + 2ull * words_of(table) + 1) + bucket;
    vkCmdDrawIndexedIndirectCount(context.cmd, buffers.commands.get(), draw * sizeof(VkDrawIndexedIndirectCommand),
                                  buffers.cull.get(), count * 4, b.group_count, sizeof(VkDrawIndexedIndirectCommand));
}

} // namespace pw::renderer
