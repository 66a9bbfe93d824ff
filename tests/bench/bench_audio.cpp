// SPDX-License-Identifier: Apache-2.0
// What sound costs: CPU time of the thread. CSV on stdout.
//   what: make (all samples, once) | mix (8 hums and 8 alarms, ten milliseconds at a time) | rest (nothing to hear) |
//         set (what the frame thread says a frame: 64 machines, 3 sounds)

#include "audio/mixer.h"
#include "base/time.h"

#include <cstdio>
#include <vector>

using namespace pw;
using namespace pw::audio;

namespace {

constexpr std::size_t kFrames = kRate_hz / 100; // of a call

void row(const char* what, int calls, Duration used, double real_s) {
    std::printf("%s,%d,%.0f,%.5f\n", what, calls, static_cast<double>(used.ns) / calls,
                real_s > 0.0 ? used.seconds() / real_s : 0.0);
    std::fflush(stdout);
}

std::vector<Humming> machines(std::uint32_t count) {
    std::vector<Humming> out;
    for (std::uint32_t i = 0; i < count; ++i)
        out.push_back({.id = i,
                       .hum = static_cast<Hum>(i % kHums),
                       .at = {3.0 * (i % 8) - 12.0, 1.0, 3.0 * (i / 8) - 12.0},
                       .pitch = 0.9f + 0.01f * static_cast<float>(i % 20)});
    return out;
}

void bench_mix(Mixer& mixer, const char* what, std::uint32_t hums, std::uint32_t alarms) {
    const auto humming = machines(hums);
    std::vector<float> out(2 * kFrames);
    Duration used{};
    constexpr int kCalls = 6000; // a minute
    for (int call = 0; call < kCalls; ++call) {
        mixer.set({{DVec3(0.001 * call, 1.7, 0.0)}}, {}, humming);
        if (call % 250 == 0) // the longest lasts 2.7 s: there are always eight
            for (std::uint32_t i = 0; i < alarms; ++i) mixer.play({Sound::AlarmCritical, DVec3(i, 1.0, -2.0)});
        const Duration before = thread_cpu_time();
        mixer.mix(out);
        used = used + (thread_cpu_time() - before);
    }
    row(what, kCalls, used, 60.0);
}

void bench_set(Mixer& mixer) {
    const auto humming = machines(64);
    std::vector<float> out(2 * kFrames);
    Duration used{};
    constexpr int kCalls = 20'000;
    for (int call = 0; call < kCalls; ++call) {
        const Duration before = thread_cpu_time();
        mixer.set({{DVec3(0.001 * call, 1.7, 0.0)}}, {}, humming);
        for (int i = 0; i < 3; ++i) mixer.play({Sound::Touch, DVec3(0.3, 1.4, -0.3)});
        used = used + (thread_cpu_time() - before);
        mixer.mix(out);
    }
    row("set", kCalls, used, 0.0);
}

} // namespace

int main() {
    std::puts("what,calls,ns_per_call,share_of_real_time");
    const Duration before = thread_cpu_time();
    Mixer mixer;
    row("make", 1, thread_cpu_time() - before, 0.0);
    bench_mix(mixer, "mix", 8, 8);
    bench_set(mixer);
    Mixer quiet;
    bench_mix(quiet, "rest", 0, 0);
}
