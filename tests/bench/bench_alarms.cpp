// SPDX-License-Identifier: Apache-2.0
// What alarms and KPIs cost: 100,000 alarms, 10,000 of their tags changing each second in frames of 1/90 s, CPU time of
// the thread. CSV on stdout.
//   what: word (one tag's word that turns its alarm on or off, drained) | frame (words, list, counts at that
//         rate) | rest (nothing changes) | kpi (a word of a counter) | number (a KPI asked for)

#include "base/format.h"
#include "base/time.h"
#include "twin/alarms.h"
#include "twin/kpi.h"

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::twin;

namespace {

constexpr std::uint32_t kAlarms = 100'000, kPerMachine = 100;
constexpr double kChangesPerSecond = 10'000.0, kFrame = 1.0 / 90.0;

plant::Plant hall() {
    plant::Plant plant;
    plant.equipment.resize(kAlarms / kPerMachine);
    for (std::uint32_t m = 0; m < plant.equipment.size(); ++m) {
        plant::Equipment& machine = plant.equipment[m];
        machine.id = formatted("m{}", m);
        for (std::uint32_t i = 0; i < kPerMachine; ++i) {
            plant::Tag tag;
            tag.id = formatted("t{}", i);
            tag.source = formatted("g/n/{}/{}", machine.id, tag.id);
            if (i == 0) tag.role = plant::TagRole::Produced;
            machine.tags.push_back(tag);
            plant::Alarm alarm;
            alarm.id = formatted("a{}", i);
            alarm.priority = static_cast<plant::AlarmPriority>(i % 4);
            alarm.group = machine.id;
            alarm.condition.tag = tag.id;
            alarm.condition.when = plant::AlarmWhen::High;
            alarm.condition.limit = 1.0;
            machine.alarms.push_back(alarm);
        }
    }
    return plant;
}

Instant at(double seconds) {
    const Duration since = from_seconds(seconds);
    return {Time{} + since, utc_from_ms(1'800'000'000'000) + since};
}

void row(const char* what, std::uint64_t calls, Duration used, const std::string& note) {
    std::printf("%s,%llu,%.1f,%s\n", what, static_cast<unsigned long long>(calls),
                static_cast<double>(used.ns) / static_cast<double>(calls), note.c_str());
    std::fflush(stdout);
}

std::uint32_t nth_tag(std::uint64_t n) { return static_cast<std::uint32_t>(n * 7919 % kAlarms); }

void bench_words(AlarmBoard& board) {
    std::uint64_t words = 0, events = 0;
    const Duration before = thread_cpu_time();
    for (; words < 2'000'000; ++words) {
        board.word(nth_tag(words), words / kAlarms % 2 == 0 ? 2.0 : 0.0, Quality::Good, UtcTime{1},
                   at(static_cast<double>(words) / kChangesPerSecond));
        events += board.events().size();
        board.clear_events();
    }
    row("word", words, thread_cpu_time() - before, formatted("{} events; {} listed", events, board.counts().listed));
}

void bench_frames(AlarmBoard& board, std::vector<double>& values, const char* what, double changes_per_frame) {
    const double start = 1000.0;
    std::uint64_t changes = 0, events = 0, rows = 0;
    std::uint64_t frames = 0;
    static double now = start;
    double due = 0.0;
    Duration used{};
    std::vector<std::uint32_t> changed;
    for (; frames < 900; ++frames) {
        now += kFrame;
        changed.clear();
        for (due += changes_per_frame; due >= 1.0; due -= 1.0, ++changes) {
            changed.push_back(nth_tag(changes));
            values[changed.back()] = changes / kAlarms % 2 == 0 ? 2.0 : 0.0;
        }
        const Duration before = thread_cpu_time();
        for (const std::uint32_t tag : changed) board.word(tag, values[tag], Quality::Good, at(now).utc, at(now));
        board.advance(at(now));
        rows += board.list().size() + board.counts().listed;
        events += board.events().size();
        board.clear_events();
        used = used + (thread_cpu_time() - before);
    }
    row(what, frames, used,
        formatted("{} changes; {} events; {} rows and alarms a frame", changes, events, rows / frames));
}

void bench_kpis(KpiBoard& board, std::uint32_t machines) {
    std::uint64_t words = 0;
    const Duration before = thread_cpu_time();
    for (; words < 1'000'000; ++words)
        board.word(static_cast<std::uint32_t>(words % machines) * kPerMachine, static_cast<std::int64_t>(words),
                   Quality::Good, at(static_cast<double>(words) / kChangesPerSecond));
    row("kpi", words, thread_cpu_time() - before, formatted("{} machines", machines));
    double sum = 0.0;
    const Duration then = thread_cpu_time();
    for (std::uint32_t i = 0; i < 100'000; ++i)
        sum += board.number(i % machines, Kpi::Throughput, KpiWindow::Hour).value_or(0.0);
    row("number", 100'000, thread_cpu_time() - then, formatted("mean {:.0f} /h", sum / 100'000));
}

} // namespace

int main() {
    std::puts("what,calls,ns_per_call,note");
    const plant::Plant plant = hall();
    const Bindings bindings = Bindings::make(plant);
    AlarmBoard words = AlarmBoard::make(plant, bindings);
    bench_words(words);
    std::vector<double> values(bindings.watched().size());
    AlarmBoard frames = AlarmBoard::make(plant, bindings);
    bench_frames(frames, values, "frame", kChangesPerSecond * kFrame);
    bench_frames(frames, values, "rest", 0.0);
    KpiBoard kpis = KpiBoard::make(plant, bindings);
    bench_kpis(kpis, static_cast<std::uint32_t>(plant.equipment.size()));
}
