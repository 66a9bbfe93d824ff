// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/cull.h"

#include "pw_shaders.h"

namespace pw::renderer {
namespace {

constexpr std::uint32_t kMostLists = shaders::kKindCount * shaders::kMaxLevels;

} // namespace

CullPass CullPass::make(Gpu& gpu, const Layouts& layouts) {
    const VkPipelineLayout layout = layouts.pipeline.get();
    CullPass pass{make_compute(gpu, layout, shaders::cull_comp, "cull"),
                  make_compute(gpu, layout, shaders::compact_comp, "compact draws"),
                  make_compute(gpu, layout, shaders::gather_comp, "gather instances"),
                  {}};
    for (Counts& of_slot : pass.counts)
        of_slot.buffer = make_buffer(gpu, kMostLists * kCountsPerList * 4ull, 0, Memory::Readback, "counts of culling");
    return pass;
}

void CullPass::prepare(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                       std::uint32_t kinds) {
    Counts& counted = counts[context.slot->index];
    counted.kinds = 0;
    if (table.grouped == 0 || kinds == 0) return;
    shaders::CullPush constants{};
    constants.instances = table.grouped;
    constants.groups = static_cast<std::uint32_t>(table.groups.size());
    constants.words = table.words();
    constants.buckets = static_cast<std::uint32_t>(table.buckets.size());
    constants.kinds = kinds;
    constants.views = context.view_count;
    constants.levels = table.levels;
    const std::uint32_t blocks = (constants.words + 31) / 32;
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_COMPUTE, cull.get());
    push(context.cmd, context.layout, constants);
    vkCmdDispatch(context.cmd, blocks, 1, 1);
    memory_barrier(context.cmd, access::kComputeWrite, access::kComputeWrite);
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_COMPUTE, compact.get());
    vkCmdDispatch(context.cmd, table.lists(), 1, 1);
    memory_barrier(context.cmd, access::kComputeWrite, access::kComputeWrite);
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_COMPUTE, gather.get());
    vkCmdDispatch(context.cmd, blocks, table.lists(), 1);
    constexpr Access kAfter{access::kSceneRead.stage | access::kTransferRead.stage,
                            access::kSceneRead.access | access::kTransferRead.access};
    memory_barrier(context.cmd, access::kComputeWrite, kAfter);
    const VkBufferCopy region{VkDeviceSize{table.lists()} * table.list_words() * 4, 0,
                              VkDeviceSize{table.lists()} * kCountsPerList * 4};
    vkCmdCopyBuffer(context.cmd, buffers.cull.get(), counted.buffer.get(), 1, &region);
    memory_barrier(context.cmd, access::kTransferWrite, access::kHostRead);
    counted.kinds = kinds;
    counted.levels = table.levels;
}

Drawn CullPass::drawn(const FrameSlot& slot) const {
    Drawn out;
    const Counts& counted = counts[slot.index];
    counted.buffer.invalidate();
    const auto* words = reinterpret_cast<const std::uint32_t*>(counted.buffer.data());
    for (const std::uint32_t kind : {shaders::kKindMain, shaders::kKindFade, shaders::kKindGhost}) {
        if ((counted.kinds & 1u << kind) == 0) continue;
        const std::uint32_t* of_list = words + std::size_t{kind} * counted.levels * kCountsPerList;
        for (std::uint32_t level = 0; level < counted.levels; ++level, of_list += kCountsPerList) {
            out.draws += of_list[0];
            out.parts += of_list[1];
            out.triangles += of_list[2];
        }
    }
    return out;
}

void draw_bucket(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers, std::uint32_t kind,
                 std::uint32_t bucket) {
    const Bucket& b = table.buckets[bucket];
    const std::uint32_t levels = kind == shaders::kKindSection ? 1 : table.levels;
    for (std::uint32_t level = 0; level < levels; ++level) {
        const VkDeviceSize list = kind * table.levels + level;
        const VkDeviceSize draw = list * table.groups.size() + b.first_group;
        const VkDeviceSize count = list * table.list_words() + bucket;
        vkCmdDrawIndexedIndirectCount(context.cmd, buffers.commands.get(), draw * sizeof(VkDrawIndexedIndirectCommand),
                                      buffers.cull.get(), count * 4, b.group_count,
                                      sizeof(VkDrawIndexedIndirectCommand));
    }
}

} // namespace pw::renderer
