#pragma once
// SPDX-License-Identifier: Apache-2.0
// Jobs that make one thing together: whoever ends last knows it, also when one of them ended early or could not be
// added. Any thread.

#include "base/catch.h"
#include "base/jobs.h"

#include <atomic>
#include <string_view>
#include <utility>

namespace pw {

class JobGroup { // of the job that is running; it adds the others
  public:
    void add(Jobs& jobs, JobClass cls, Job job) noexcept {
        running_.fetch_add(1);
        if (catch_all("adding a job", [&] { jobs.add(cls, std::move(job)); })) return;
        whole_ = false;
        running_.fetch_sub(1);
    }

    // What each of them, the first one too, does: f(). True for the last one.
    template <class F> bool run(std::string_view what, F&& f) noexcept {
        if (!catch_all(what, std::forward<F>(f))) whole_ = false;
        return running_.fetch_sub(1) == 1;
    }
    bool whole() const { return whole_; } // all were added, and none has ended early

  private:
    std::atomic<std::size_t> running_{1};
    std::atomic<bool> whole_{true};
};

} // namespace pw
