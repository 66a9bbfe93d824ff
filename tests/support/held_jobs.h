#pragma once
// SPDX-License-Identifier: Apache-2.0

#include "base/jobs.h"

#include <utility>
#include <vector>

namespace pw::test {

// Keeps jobs until they are let go.
class HeldJobs final : public Jobs {
  public:
    void add(JobClass, Job job) override { held.push_back(std::move(job)); }
    void for_each(std::size_t count, std::size_t, const std::function<void(std::size_t, std::size_t)>& body) override {
        body(0, count);
    }
    void wait_idle() override {}
    std::int64_t cpu_time_ns() const override { return 0; }
    void release() {
        for (Job& job : std::exchange(held, {})) job();
    }
    std::vector<Job> held;
};

} // namespace pw::test
