#pragma once
// SPDX-License-Identifier: Apache-2.0
// A pipeline that a background job makes, because compiling one takes longer than a frame. Asked and ended by the frame
// thread; its end waits for a job that is compiling, and makes one that has not begun do nothing.

#include "base/jobs.h"
#include "renderer/internal/vk.h"

#include <atomic>
#include <functional>
#include <memory>

namespace pw::renderer {

class LatePipeline {
  public:
    // What `make` refers to outlives this.
    LatePipeline(Jobs& jobs, std::function<Result<Pipeline>()> make);
    LatePipeline(LatePipeline&&) = default;
    LatePipeline& operator=(LatePipeline&&) = delete;
    ~LatePipeline();
    VkPipeline get() const { return pending() ? VK_NULL_HANDLE : shared_->pipeline.get(); } // null also when it failed
    bool pending() const { return shared_->state.load(std::memory_order_acquire) != State::Done; }

  private:
    enum class State : std::uint8_t { Waiting, Compiling, Done, Dropped };
    struct Shared { // with the job, which may outlive us
        std::atomic<State> state{State::Waiting};
        Pipeline pipeline;
    };
    std::shared_ptr<Shared> shared_;
};

} // namespace pw::renderer
