// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/late_pipeline.h"

#include "base/log.h"

namespace pw::renderer {

LatePipeline::LatePipeline(Jobs& jobs, std::function<Result<Pipeline>()> make) : shared_(std::make_shared<Shared>()) {
    jobs.add(JobClass::Background, [shared = shared_, make = std::move(make)] {
        State expected = State::Waiting;
        if (!shared->state.compare_exchange_strong(expected, State::Compiling)) return;
        if (auto made = make())
            shared->pipeline = std::move(*made);
        else
            log_warn(made.error().what);
        shared->state.store(State::Done, std::memory_order_release);
        shared->state.notify_all();
    });
}

LatePipeline::~LatePipeline() {
    if (!shared_) return;
    State expected = State::Waiting;
    if (shared_->state.compare_exchange_strong(expected, State::Dropped)) return;
    shared_->state.wait(State::Compiling);
    shared_->pipeline.reset(); // here, where the device still lives: the job may let go of `shared` later
}

} // namespace pw::renderer
