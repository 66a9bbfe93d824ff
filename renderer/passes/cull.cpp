// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/cull.h"

#include "pw_shaders.h"
#include "renderer/passes/address.h"

namespace pw::renderer {
namespace {

constexpr std::uint32_t kMostLists = shaders::kKindCount * shaders::kMaxLevels;

} // namespace

CullPass CullPass::make(Gpu& gpu, const Layouts& layouts) {
    const VkPipelineLayout layout = layouts.pipeline.get();
    CullPass pass{make_compute(gpu, layout, shaders::cull_comp, "cull"),
                  make_compute(gpu, layout, shaders::compact_comp, "compact draws"),
                  make_compute(gpu, layout, shaders::gather_comp, "gather instances"),
                  make_compute(gpu, layout, shaders::gather_singles_comp, "gather single instances"),
                  {}};
    for (Counts& of_slot : pass.counts)
        of_slot.buffer =
            make_buffer(gpu, kMostLists * shaders::kCountsPerList * 4ull, 0, Memory::Readback, "counts of culling");
    return pass;
}

shaders::CullPush CullPass::constants(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                                      std::uint32_t kinds, bool hides) {
    shaders::CullPush out{};
    out.instances = table.grouped;
    out.groups = static_cast<std::uint32_t>(table.groups.size());
    out.words = table.words();
    out.buckets = static_cast<std::uint32_t>(table.buckets.size());
    out.kinds = kinds;
    out.views = context.view_count;
    out.levels = table.levels;
    out.shown_low = low_word(buffers.shown.address());
    out.shown_high = high_word(buffers.shown.address());
    if (hides) {
        out.seen_low = low_word(buffers.seen.address());
        out.seen_high = high_word(buffers.seen.address());
    }
    return out;
}

void CullPass::prepare(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                       std::uint32_t kinds, bool hides) {
    counts[context.slot->index].kinds = 0;
    if (table.grouped == 0 || kinds == 0) return;
    const shaders::CullPush list = constants(context, table, buffers, kinds, hides);
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_COMPUTE, cull.get());
    push(context.cmd, context.layout, list);
    vkCmdDispatch(context.cmd, (list.words + 31) / 32, 1, 1);
    finish(context, table, list);
}

void CullPass::prepare_singles(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                               std::uint32_t extra) const {
    const shaders::SinglesPush singles{table.grouped, buffers.lists_end,
                                       static_cast<std::uint32_t>(table.instances.size()) - table.grouped + extra,
                                       low_word(buffers.shown.address()), high_word(buffers.shown.address())};
    if (singles.count == 0) return;
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_COMPUTE, gather_singles.get());
    push(context.cmd, context.layout, singles);
    vkCmdDispatch(context.cmd, (singles.count + 31) / 32, 1, 1);
    memory_barrier(context.cmd, access::kComputeWrite, access::kSceneRead);
}

void CullPass::finish(const FrameContext& context, const DrawTable& table, const shaders::CullPush& constants) {
    memory_barrier(context.cmd, access::kComputeWrite, access::kComputeWrite);
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_COMPUTE, compact.get());
    push(context.cmd, context.layout, constants);
    vkCmdDispatch(context.cmd, table.lists(), 1, 1);
    memory_barrier(context.cmd, access::kComputeWrite, access::kComputeWrite);
    vkCmdBindPipeline(context.cmd, VK_PIPELINE_BIND_POINT_COMPUTE, gather.get());
    vkCmdDispatch(context.cmd, (constants.words + 31) / 32, table.lists(), 1);
    memory_barrier(context.cmd, access::kComputeWrite, access::kSceneRead);
    counts[context.slot->index].kinds |= constants.kinds;
}

void CullPass::count(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers) {
    Counts& counted = counts[context.slot->index];
    counted.levels = table.levels;
    if (counted.kinds == 0) return;
    memory_barrier(context.cmd, access::kComputeWrite, access::kTransferRead);
    const VkBufferCopy region{VkDeviceSize{table.lists()} * table.list_words() * 4, 0,
                              VkDeviceSize{table.lists()} * shaders::kCountsPerList * 4};
    vkCmdCopyBuffer(context.cmd, buffers.cull.get(), counted.buffer.get(), 1, &region);
    memory_barrier(context.cmd, access::kTransferWrite, access::kHostRead);
}

Drawn CullPass::drawn(const FrameSlot& slot) const {
    Drawn out;
    const Counts& counted = counts[slot.index];
    counted.buffer.invalidate();
    const auto* words = reinterpret_cast<const std::uint32_t*>(counted.buffer.data());
    for (const std::uint32_t kind : {shaders::kKindMain, shaders::kKindFade, shaders::kKindGhost, shaders::kKindLate}) {
        if ((counted.kinds & 1u << kind) == 0) continue;
        const std::uint32_t* of_list = words + std::size_t{kind} * counted.levels * shaders::kCountsPerList;
        for (std::uint32_t level = 0; level < counted.levels; ++level, of_list += shaders::kCountsPerList) {
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
