#pragma once
// SPDX-License-Identifier: Apache-2.0
// Jobs: work off the frame thread, in two classes. Foreground is what the current frame needs, Background is loading,
// on threads of its own, of lower priority: it never keeps a foreground job from a thread, and a frame seldom from a
// core. Any thread may add. A job must not block on I/O of a network or wait for another job. What a job throws is
// logged and ends that job (or piece of for_each).
// JobsInline runs everything at once on the caller, for tests and determinism.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace pw {

enum class JobClass : std::uint8_t { Foreground, Background };

using Job = std::move_only_function<void()>;

class Jobs {
  public:
    virtual ~Jobs() = default; // finishes what runs, drops what waits
    virtual void add(JobClass cls, Job job) = 0;
    // Runs body(first, last) over [0, count) in pieces of about `grain`, foreground; returns when all is done.
    // The caller works too.
    virtual void for_each(std::size_t count, std::size_t grain,
                          const std::function<void(std::size_t, std::size_t)>& body) = 0;
    // Blocks until nothing added so far is waiting or running. Not for the frame thread.
    virtual void wait_idle() = 0;
    // CPU time that the jobs' threads have used so far, in nanoseconds.
    virtual std::int64_t cpu_time_ns() const = 0;
};

// `threads` of each class; 0 takes one less than the machine has cores, but two at least: the frame thread mostly
// waits.
std::unique_ptr<Jobs> make_jobs(unsigned threads = 0);
std::unique_ptr<Jobs> make_jobs_inline();

// Names the calling thread for debuggers and `top -H` (15 characters are kept).
void name_this_thread(const char* name);

} // namespace pw
