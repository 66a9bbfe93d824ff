#pragma once
// SPDX-License-Identifier: Apache-2.0
// How long the GPU worked on a frame and its stages, where its queue can tell. Each instant has two queries: a
// timestamp inside of multiview takes one per view, and lavapipe (Mesa 25.0) believes itself inside after multiview has
// ended.

#include "renderer/internal/frame.h"
#include "renderer/renderer.h"

#include <optional>

namespace pw::renderer {

class Timestamps {
  public:
    Timestamps() = default;
    explicit Timestamps(Gpu& gpu) : gpu_(&gpu) {
        if (gpu.timestamp_period_ns == 0.f) return;
        VkQueryPoolCreateInfo create{VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO};
        create.queryType = VK_QUERY_TYPE_TIMESTAMP;
        create.queryCount = kQueries * kFramesInFlight;
        VkQueryPool raw = VK_NULL_HANDLE;
        check(vkCreateQueryPool(gpu.device, &create, nullptr, &raw), "vkCreateQueryPool");
        name_object(gpu, VK_OBJECT_TYPE_QUERY_POOL, raw, "frame times");
        pool_ = QueryPool(gpu.device, raw);
    }
    void begin(const FrameSlot& slot) {
        if (!pool_) return;
        vkCmdResetQueryPool(slot.cmd, pool_.get(), slot.index * kQueries, kQueries);
        vkCmdWriteTimestamp2(slot.cmd, VK_PIPELINE_STAGE_2_NONE, pool_.get(), slot.index * kQueries);
    }
    void end(const FrameSlot& slot, GpuStage stage) {
        if (!pool_) return;
        const std::uint32_t instant = static_cast<std::uint32_t>(stage) + 1;
        vkCmdWriteTimestamp2(slot.cmd, VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, pool_.get(),
                             slot.index * kQueries + 2 * instant);
    }
    // Of the frame that this slot carried before; its fence has signalled. Nothing when it was not drawn to its end.
    std::optional<GpuTimes> read(const FrameSlot& slot) const {
        if (!pool_) return std::nullopt;
        std::array<std::uint64_t, kGpuStages + 1> ticks{};
        for (std::uint32_t i = 0; i < ticks.size(); ++i) {
            const VkResult result = vkGetQueryPoolResults(gpu_->device, pool_.get(), slot.index * kQueries + 2 * i, 1,
                                                          sizeof ticks[i], &ticks[i], 8, VK_QUERY_RESULT_64_BIT);
            if (result != VK_SUCCESS) return std::nullopt;
        }
        GpuTimes out{};
        for (std::size_t i = 0; i < kGpuStages; ++i)
            out[i] =
                static_cast<double>(ticks[i + 1] - ticks[i]) * static_cast<double>(gpu_->timestamp_period_ns) * 1e-6;
        return out;
    }

  private:
    static constexpr std::uint32_t kQueries = 2 * (kGpuStages + 1); // per frame
    Gpu* gpu_ = nullptr;
    QueryPool pool_;
};

} // namespace pw::renderer
