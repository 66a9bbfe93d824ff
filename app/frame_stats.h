#pragma once
// SPDX-License-Identifier: Apache-2.0
// How long frames take: wall time from begin to begin and from begin to end, CPU time of the frame thread and its jobs
// (the driver's threads excluded), CPU time of the whole process. Frame thread; the samples' memory is taken once.

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
    // The frame was handed over: with a pose that old (a headset's, else 0), and whether it came too late or was
    // dropped.
    void end_frame(Time now, Duration pose_age, bool late);
    void reset(); // forget what was measured: the next frame is the first

    std::uint64_t frames() const { return frames_; }
    // Over the last kWindow frames.
    Percentiles frame_ms() const { return of(frame_ms_); }
    Percentiles cpu_ms() const { return of(cpu_ms_); }
    Percentiles process_cpu_ms() const { return of(process_ms_); }
    Percentiles span_ms() const { return of(span_ms_); } // from begin to end: what the app takes of a frame
    Percentiles pose_age_ms() const { return of(pose_age_ms_); }
    std::uint64_t late() const { return late_; }                            // since the start, or reset()
    const std::vector<float>& recent_frame_ms() const { return frame_ms_; } // unordered in time

    static constexpr std::size_t kWindow = 4096;

  private:
    static Percentiles of(const std::vector<float>& samples);
    void add(std::vector<float>& samples, double ms) const;

    const Jobs& jobs_;
    std::uint64_t frames_ = 0, late_ = 0;
    Time begun_{};
    Duration thread_cpu_{}, process_cpu_{};
    std::int64_t jobs_cpu_ns_ = 0;
    std::vector<float> frame_ms_, cpu_ms_, process_ms_, span_ms_, pose_age_ms_;
};

} // namespace pw::app
