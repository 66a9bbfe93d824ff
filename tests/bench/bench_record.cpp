// SPDX-License-Identifier: Apache-2.0
// What recording costs, and what a seek does. CSV on stdout: what,value,unit,note.
//   append        CPU time of the caller for one message of 110 bytes
//   word          CPU time of the connection's thread for one machine's word, with its text and the snapshots
//   write         what a Writer takes: packing, hashing and writing; MB of messages before packing
//   packed        how small the file is for them
//   load_*        CPU of all threads while 200,000 words a second are recorded; messages that were lost
//   hour_*        an hour of a hall: 1200 tags, 600 words a second

#include "base/file.h"
#include "base/format.h"
#include "base/process.h"
#include "record/reader.h"
#include "record/verify.h"
#include "twin/recording.h"
#include "twin/replay.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::twin;

namespace {

void row(const char* what, double value, const char* unit, const std::string& note = "") {
    std::printf("%s,%.4g,%s,%s\n", what, value, unit, note.c_str());
    std::fflush(stdout);
}

std::vector<std::string> tag_names(unsigned count) {
    std::vector<std::string> out;
    for (unsigned n = 0; n < count; ++n)
        out.push_back(formatted("Hall/Line{}/Machine{}/Value {}", n / 400, n / 20, n % 20));
    return out;
}

template <class T> T must(Result<T> result) {
    if (!result) {
        std::fprintf(stderr, "%s\n", result.error().what.c_str());
        std::exit(1);
    }
    return std::move(*result);
}

double value_of(unsigned tag, std::uint64_t n) {
    return tag % 4 == 0 ? static_cast<double>(n / 7)
                        : std::round(1000.0 * std::sin(0.01 * static_cast<double>(n + tag))) / 10;
}

void bench_append(const std::string& path) {
    record::RecorderOptions options;
    options.queue_bytes = 512u << 20;
    const auto recorder = must(record::Recorder::start(path, options));
    const auto channel = must(recorder->add_channel({"x", "json", {}, {}}));
    const std::string text(110, 'x');
    const Instant now{system_clock().now(), system_clock().utc_now()};
    constexpr int kCount = 1'000'000;
    double best = 1e9;
    for (int round = 0; round < 3; ++round) {
        const Duration before = thread_cpu_time();
        for (int n = 0; n < kCount; ++n) recorder->append(channel, now, {}, as_bytes(text));
        best = std::min(best, static_cast<double>((thread_cpu_time() - before).ns) / kCount);
        pause_for(from_ms(3000)); // the writer takes it
    }
    row("append", best, "ns", formatted("{} lost", recorder->state().lost));
}

void bench_write(const std::string& path) {
    auto writer = must(record::Writer::create(path));
    const auto channel = must(writer.add_channel({"x", "json", {}, {}}));
    std::vector<std::string> texts;
    const auto names = tag_names(1200);
    for (unsigned n = 0; n < 100'000; ++n)
        texts.push_back(formatted(R"({{"metric":"Value {}","value":{},"quality":"GOOD","source_time_ns":{}}})", n % 20,
                                  value_of(n % 1200, n / 1200),
                                  1'800'000'000'000'000'000 + std::int64_t{n} * 1'000'000));
    double bytes = 0;
    const Duration before = thread_cpu_time();
    for (int round = 0; round < 10; ++round) {
        for (const std::string& text : texts) {
            if (!writer.write(channel, {1}, {1}, as_bytes(text))) std::exit(1);
            bytes += static_cast<double>(text.size()) + 31;
        }
    }
    if (!writer.close()) std::exit(1);
    const double seconds = (thread_cpu_time() - before).seconds();
    row("write", bytes / seconds * 1e-6, "MB/s");
    row("packed", 100.0 * static_cast<double>(writer.size()) / bytes, "%", "with its index of 16 bytes a message");
}

void bench_load(const std::string& path) {
    const auto recorder = must(record::Recorder::start(path));
    TwinRecorder twin(*recorder);
    const auto names = tag_names(20'000);
    constexpr std::uint64_t kSeconds = 8, kPerTick = 10'000; // 20 ticks a second
    const Duration cpu = process_cpu_time();
    Duration own{};
    const Time begin = system_clock().now();
    std::uint64_t n = 0;
    for (std::uint64_t tick = 0; tick < kSeconds * 20; ++tick) {
        const Time due = begin + from_ms(static_cast<std::int64_t>(tick) * 50);
        const Duration wait = due - system_clock().now();
        if (wait.ns > 0) pause_for(wait);
        const Duration before = thread_cpu_time();
        const Instant now{system_clock().now(), system_clock().utc_now()};
        for (std::uint64_t w = 0; w < kPerTick; ++w, ++n) {
            const auto tag = static_cast<std::uint32_t>(n % names.size());
            const Value value = value_of(tag, n);
            twin.word({{tag}, names[tag], {}, value, Quality::Good, now.utc, Word::Live}, now);
        }
        twin.tick(now);
        own = own + (thread_cpu_time() - before);
    }
    const double seconds = (system_clock().now() - begin).seconds();
    const double all = (process_cpu_time() - cpu).seconds();
    if (!recorder->finish()) std::exit(1);
    const record::RecorderState state = recorder->state();
    row("word", static_cast<double>(own.ns) / static_cast<double>(n), "ns");
    row("load_words_per_s", static_cast<double>(n) / seconds, "1/s");
    row("load_connection", 100.0 * own.seconds() / seconds, "% of a core");
    row("load_recorder", 100.0 * (all - own.seconds()) / seconds, "% of a core");
    row("load_lost", static_cast<double>(state.lost), "messages");
    row("load_file", static_cast<double>(state.bytes) * 1e-6 / seconds, "MB/s");
}

void bench_hour(const std::string& path) {
    const auto names = tag_names(1200);
    Instant now{{1}, utc_from_ms(1'800'000'000'000)};
    const UtcTime first = now.utc;
    {
        record::RecorderOptions options;
        options.queue_bytes = 64u << 20;
        const auto recorder = must(record::Recorder::start(path, options));
        TwinRecorder twin(*recorder);
        std::mt19937_64 luck(1);
        for (int tick = 0; tick < 3600 * 20; ++tick) {
            for (int w = 0; w < 30; ++w) {
                const auto tag = static_cast<std::uint32_t>(luck() % names.size());
                const Value value = value_of(tag, static_cast<std::uint64_t>(tick));
                twin.word({{tag}, names[tag], {}, value, Quality::Good, now.utc, Word::Live}, now);
            }
            twin.tick(now);
            now.time = now.time + from_ms(50);
            now.utc = now.utc + from_ms(50);
            if (tick % 2000 == 0) pause_for(from_ms(30)); // faster than life, but not so that anything is lost
        }
        if (!recorder->finish() || recorder->lost() > 0) std::exit(1);
        row("hour_file", static_cast<double>(recorder->state().bytes) * 1e-6, "MB",
            formatted("{} messages", recorder->state().messages));
    }
    Duration before = process_cpu_time();
    const auto source = must(record::file_source(path));
    if (!must(record::verify(*source)).intact()) std::exit(1);
    row("hour_verify", (process_cpu_time() - before).ms(), "ms");
    std::vector<WatchedTag> watched;
    for (const std::string& name : names) watched.push_back({name, {}});
    Time begin = system_clock().now();
    const auto replay = must(Replay::open(path, watched));
    const auto wait = [&](auto holds) {
        while (!holds()) sleep_for({50'000});
    };
    wait([&] { return replay->take(); });
    row("hour_open", (system_clock().now() - begin).ms(), "ms");
    std::mt19937_64 luck(2);
    std::vector<double> seeks;
    for (int n = 0; n < 100; ++n) {
        begin = system_clock().now();
        replay->seek(first + from_ms(static_cast<std::int64_t>(luck() % 3'600'000)));
        wait([&] { return replay->take(); });
        seeks.push_back((system_clock().now() - begin).ms());
    }
    std::ranges::sort(seeks);
    row("hour_seek", seeks[50], "ms", formatted("p95 {:.1f} ms; 1200 tags", seeks[95]));
    before = process_cpu_time();
    begin = system_clock().now();
    must(replay->ask_series(7, first, now.utc, from_seconds(7.2)));
    wait([&] { return replay->next_series().has_value(); });
    row("hour_series", (system_clock().now() - begin).ms(), "ms", "one tag; 500 points");
}

} // namespace

int main() {
    const std::string folder = must(make_temp_folder("pw-bench-record"));
    std::printf("what,value,unit,note\n");
    bench_append(join_path(folder, "append.mcap"));
    bench_write(join_path(folder, "write.mcap"));
    bench_load(join_path(folder, "load.mcap"));
    bench_hour(join_path(folder, "hour.mcap"));
    remove_folder(folder);
}
