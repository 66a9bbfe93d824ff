// SPDX-License-Identifier: Apache-2.0
#include "app/frame_stats.h"

#include <algorithm>
#include <array>
#include <span>

namespace pw::app {

FrameStats::FrameStats(const Jobs& jobs) : jobs_(jobs) {
    for (auto* samples : {&frame_ms_, &cpu_ms_, &process_ms_, &span_ms_, &pose_age_ms_}) samples->reserve(kWindow);
}

void FrameStats::reset() {
    frames_ = late_ = 0;
    for (auto* samples : {&frame_ms_, &cpu_ms_, &process_ms_, &span_ms_, &pose_age_ms_}) samples->clear();
}

void FrameStats::begin_frame(Time now) {
    const Duration thread_cpu = thread_cpu_time(), process_cpu = process_cpu_time();
    const std::int64_t jobs_cpu_ns = jobs_.cpu_time_ns();
    if (frames_ > 0) {
        add(frame_ms_, (now - begun_).ms());
        add(cpu_ms_, (thread_cpu - thread_cpu_).ms() + Duration{jobs_cpu_ns - jobs_cpu_ns_}.ms());
        add(process_ms_, (process_cpu - process_cpu_).ms());
    }
    ++frames_;
    begun_ = now;
    thread_cpu_ = thread_cpu;
    process_cpu_ = process_cpu;
    jobs_cpu_ns_ = jobs_cpu_ns;
}

void FrameStats::end_frame(Time now, Duration pose_age, bool late) {
    add(span_ms_, (now - begun_).ms());
    add(pose_age_ms_, pose_age.ms());
    if (late) ++late_;
}

void FrameStats::add(std::vector<float>& samples, double ms) const {
    if (samples.size() < kWindow)
        samples.push_back(static_cast<float>(ms));
    else
        samples[frames_ % kWindow] = static_cast<float>(ms);
}

Percentiles FrameStats::of(const std::vector<float>& samples) {
    if (samples.empty()) return {};
    std::array<float, kWindow> room;
    const std::span sorted(room.begin(), std::ranges::copy(samples, room.begin()).out);
    std::ranges::sort(sorted);
    const auto at = [&](double part) {
        const auto index = static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1) + 0.5);
        return static_cast<double>(sorted[index]);
    };
    return {at(0.5), at(0.99)};
}

} // namespace pw::app
