#pragma once
// SPDX-License-Identifier: Apache-2.0
// How long frames take: wall time from begin to begin, CPU time of the frame thread and its jobs (the driver's threads
// excluded), CPU time of the whole process. Frame thread; the samples' memory is taken once.

#include "base/jobs.h"
#include "base/time.h"

#include <cstdint>
#include <vector>

namespace pw::app {

struct Percentiles {
    double median = 0.0, p99 = 0.0;
};

class FrameStats {
  public:
    explicit FrameStats(const Jobs& jobs);

    void begin_frame(Time now); // also ends the one before
    void reset();               // forget what was measured: the next frame is the first

    std::uint64_t frames() const { return frames_; }
    // Over the last kWindow frames.
    Percentiles frame_ms() const { return of(frame_ms_); }
    Percentiles cpu_ms() const { return of(cpu_ms_); }
    Percentiles process_cpu_ms() const { return of(process_ms_); }
    const std::vector<float>& recent_frame_ms() const { return frame_ms_; } // unordered in time

    static constexpr std::size_t kWindow = 4096;

  private:
    static Percentiles of(const std::vector<float>& samples);
    void add(std::vector<float>& samples, double ms) const;

    const Jobs& jobs_;
    std::uint64_t frames_ = 0;
    Time begun_{};
    Duration thread_cpu_{}, process_cpu_{};
    std::int64_t jobs_cpu_ns_ = 0;
    std::vector<float> frame_ms_, cpu_ms_, process_ms_;
};

} // namespace pw::app
