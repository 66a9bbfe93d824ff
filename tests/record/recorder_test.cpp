// SPDX-License-Identifier: Apache-2.0
#include "record/recorder.h"

#include "base/format.h"
#include "base/process.h"
#include "record/reader.h"
#include "record/verify.h"
#include "tests/record/recordings.h"

#include <doctest/doctest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <new>
#include <thread>

using namespace pw;
using namespace pw::record;
using pw::test::TempFolder;

namespace {

std::atomic<int> slow_sync_ms{0};
std::atomic<int> syncing{0};

} // namespace

// Stands before the system's: a disk that takes as long as a test says.
extern "C" int fdatasync(int fd) {
    syncing.fetch_add(1);
    const Time until = system_clock().now() + from_ms(slow_sync_ms.load());
    while (slow_sync_ms.load() > 0 && system_clock().now() < until) sleep_for(from_ms(1));
    const int out = fsync(fd);
    syncing.fetch_sub(1);
    return out;
}

namespace {

Instant now() { return {system_clock().now(), system_clock().utc_now()}; }

Verdict verdict_of(const std::string& path) {
    auto source = file_source(path);
    REQUIRE(source);
    auto verdict = verify(**source);
    REQUIRE_MESSAGE(verdict, verdict.error().what);
    return *verdict;
}

bool eventually(const std::function<bool()>& holds) {
    const Time until = system_clock().now() + from_ms(20'000);
    while (!holds()) {
        if (system_clock().now() > until) return false;
        pause_for(from_ms(2));
    }
    return true;
}

// What the file may have at most, as a disk that is full would; restored at the end.
class SmallDisk {
  public:
    explicit SmallDisk(rlim_t bytes) {
        signal_ = std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit small{bytes, before_.rlim_max};
        REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    }
    ~SmallDisk() {
        setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, signal_);
    }

  private:
    rlimit before_{};
    void (*signal_)(int) = nullptr;
};

std::string noise(std::size_t size, unsigned seed) { // zstd gains little from it
    std::string out(size, ' ');
    for (char& c : out) {
        seed = seed * 1664525 + 1013904223;
        c = static_cast<char>('!' + (seed >> 24) % 90);
    }
    return out;
}

} // namespace

TEST_SUITE("record/recorder") {
    TEST_CASE("what several threads append is recorded, each thread's in its order") {
        const TempFolder folder;
        const std::string path = folder.file("r.mcap");
        constexpr int kThreads = 4, kEach = 5000;
        {
            auto recorder = Recorder::start(path);
            REQUIRE(recorder);
            std::vector<std::thread> threads;
            for (int t = 0; t < kThreads; ++t) {
                threads.emplace_back([&, t] {
                    const auto channel = (*recorder)->add_channel({formatted("t{}", t), "json", {}, {}});
                    for (int n = 0; n < kEach; ++n) {
                        const std::string text = std::to_string(n);
                        (*recorder)->append(*channel, now(), {}, as_bytes(text));
                    }
                });
            }
            for (auto& thread : threads) thread.join();
            REQUIRE((*recorder)->finish());
            CHECK((*recorder)->state().lost == 0);
            CHECK((*recorder)->state().messages == kThreads * kEach);
        }
        CHECK(verdict_of(path).intact());
        auto reader = Reader::open(path);
        REQUIRE(reader);
        for (int t = 0; t < kThreads; ++t) {
            int next = 0;
            UtcTime last;
            CHECK(reader->read(reader->find(formatted("t{}", t)), {}, {INT64_MAX}, [&](const Message& m) {
                CHECK(as_text(m.data) == std::to_string(next++));
                CHECK(m.log_time >= last);
                CHECK(m.publish_time == m.log_time);
                last = m.log_time;
                return true;
            }));
            CHECK(next == kEach);
        }
    }

    TEST_CASE("what does not fit is counted, and the recording says how many and when") {
        const TempFolder folder;
        const std::string path = folder.file("r.mcap");
        RecorderOptions options;
        options.queue_bytes = 4096;
        auto recorder = Recorder::start(path, options);
        REQUIRE(recorder);
        const auto channel = (*recorder)->add_channel({"x", "json", {}, {}});
        std::uint64_t kept = 0;
        for (int n = 0; n < 50'000; ++n) {
            // A large one that does not fit is followed by a small one that would.
            const std::string text = std::to_string(n) + std::string(n % 2 == 0 ? 300 : 0, ' ');
            kept += (*recorder)->append(*channel, now(), {}, as_bytes(text)) ? 1u : 0u;
        }
        REQUIRE((*recorder)->finish());
        const RecorderState state = (*recorder)->state();
        CHECK(state.lost > 0);
        CHECK(state.lost + kept == 50'000);
        auto reader = Reader::open(path);
        REQUIRE(reader);
        std::uint64_t found = 0, told = 0, next = 0;
        CHECK(reader->read({}, {}, {INT64_MAX}, [&](const Message& m) {
            const std::string text(as_text(m.data));
            if (m.channel == *channel) {
                ++found;
                CHECK(std::stoull(text) == next++); // where nothing is told, nothing is missing
                return true;
            }
            unsigned long long lost = 0;
            REQUIRE(std::sscanf(text.c_str(), R"({"lost":%llu,)", &lost) == 1);
            told += lost;
            next += lost;
            return true;
        }));
        CHECK(found == kept);
        CHECK(told == state.lost);
    }

    TEST_CASE("a clock that is set back does not turn the recording back") {
        const TempFolder folder;
        const std::string path = folder.file("r.mcap");
        auto recorder = Recorder::start(path);
        REQUIRE(recorder);
        const auto channel = (*recorder)->add_channel({"x", "json", {}, {}});
        const std::vector<Instant> heard{{{100}, {5000}}, {{200}, {1000}}, {{350}, {1150}}, {{400}, {9000}}};
        for (const Instant& at : heard) (*recorder)->append(*channel, at, {7}, as_bytes("{}"));
        REQUIRE((*recorder)->finish());
        auto reader = Reader::open(path);
        std::vector<std::int64_t> times;
        for (const auto& [c, time, text] : test::lines_of(*reader)) times.push_back(time);
        CHECK(times == std::vector<std::int64_t>{5000, 5100, 5250, 9000});
    }

    TEST_CASE("what its source says was before 1970, or says not when, was when it was heard") {
        const TempFolder folder;
        const std::string path = folder.file("r.mcap");
        auto recorder = Recorder::start(path);
        REQUIRE(recorder);
        const auto channel = (*recorder)->add_channel({"x", "json", {}, {}});
        for (const std::int64_t source : {-5'000, 0, 7'000})
            (*recorder)->append(*channel, {{100}, {9000}}, {source}, as_bytes("{}"));
        REQUIRE((*recorder)->finish());
        auto reader = Reader::open(path);
        std::vector<std::int64_t> times;
        CHECK(reader->read({}, {}, kEndOfTime, [&](const Message& m) {
            times.push_back(m.publish_time.ns);
            return true;
        }));
        CHECK(times == std::vector<std::int64_t>{9000, 9000, 7000});
    }

    TEST_CASE("a recording at its limit ends whole, and says why") {
        const TempFolder folder;
        const std::string path = folder.file("r.mcap");
        RecorderOptions options;
        options.file_bytes = 400'000;
        options.writer.chunk_bytes = 50'000;
        auto recorder = Recorder::start(path, options);
        REQUIRE(recorder);
        const auto channel = (*recorder)->add_channel({"x", "json", {}, {}});
        const auto fill = [&, n = 0u]() mutable {
            (*recorder)->append(*channel, now(), {}, as_bytes(noise(1000, ++n)));
            return !(*recorder)->state().recording;
        };
        REQUIRE(eventually(fill));
        REQUIRE(eventually([&] { return !(*recorder)->state().problem.empty(); }));
        CHECK((*recorder)->state().problem.contains("limit"));
        CHECK_FALSE((*recorder)->append(*channel, now(), {}, as_bytes("{}")));
        CHECK_FALSE((*recorder)->finish());
        CHECK(verdict_of(path).intact());
    }

    TEST_CASE("a full disk ends the recording, told once, and what was written stays readable") {
        for (const rlim_t size : {100'000u, 300'000u, 333'333u}) {
            const TempFolder folder;
            const std::string path = folder.file("r.mcap");
            RecorderOptions options;
            options.writer.chunk_bytes = 50'000;
            std::string problem;
            {
                const SmallDisk disk(size);
                auto recorder = Recorder::start(path, options);
                REQUIRE(recorder);
                const auto channel = (*recorder)->add_channel({"x", "json", {}, {}});
                REQUIRE(eventually([&, n = 0u]() mutable {
                    (*recorder)->append(*channel, now(), {}, as_bytes(noise(1000, ++n)));
                    return !(*recorder)->state().recording;
                }));
                CHECK_FALSE((*recorder)->finish());
                problem = (*recorder)->state().problem;
            }
            CHECK(problem.contains("cannot write"));
            const Verdict v = verdict_of(path);
            CHECK_FALSE(v.damage);
            CHECK_FALSE(v.finished);
            CHECK(v.bytes <= size);
            CHECK(v.messages > size / 2000);
            auto reader = Reader::open(path);
            REQUIRE(reader);
            CHECK(test::lines_of(*reader).size() == v.messages);
        }
    }

    TEST_CASE("a recording that somebody removes ends, and says so") {
        const TempFolder folder;
        const std::string path = folder.file("r.mcap");
        auto recorder = Recorder::start(path, {});
        REQUIRE(recorder);
        remove_file(path);
        CHECK(eventually([&] { return !(*recorder)->state().recording; }));
        CHECK_FALSE((*recorder)->finish());
        CHECK((*recorder)->state().problem.contains("was removed while it was written"));
    }

    TEST_CASE("a recording without a name is read while it grows and afterwards, and leaves the disk to others") {
        const TempFolder folder;
        for (const bool room : {true, false}) {
            RecorderOptions options;
            options.leave_free = room ? 1 : UINT64_MAX;
            auto recorder = Recorder::start_nameless(folder.path, options);
            REQUIRE(recorder);
            auto reader = Reader::open((*recorder)->source().value());
            REQUIRE(reader);
            const auto channel = (*recorder)->add_channel({"x", "json", {}, {}});
            (*recorder)->append(*channel, now(), {}, as_bytes("{}"));
            CHECK(list_folder(folder.path).value().empty());
            CHECK((*recorder)->finish().has_value() == room);
            CHECK((*recorder)->state().problem.contains("left") == !room);
            const auto source = (*recorder)->source().value();
            recorder->reset();
            REQUIRE(reader->refresh());
            CHECK(reader->finished());
            CHECK(test::lines_of(*reader).size() == (room ? 1u : 0u));
            CHECK(verify(*source)->intact());
        }
    }

    TEST_CASE("a recording without a name goes over into another file at its limit, which has the end of the first") {
        const TempFolder folder;
        RecorderOptions options;
        options.file_bytes = 400'000;
        options.next_bytes = 100'000;
        options.writer.chunk_bytes = 20'000;
        auto recorder = Recorder::start_nameless(folder.path, options);
        REQUIRE(recorder);
        const auto schema = (*recorder)->add_schema({"s", "jsonschema", "{}"});
        const auto channel = (*recorder)->add_channel({"x", "json", schema, {}});
        auto first = Reader::open((*recorder)->source().value());
        REQUIRE(first);
        unsigned last = 0;
        const auto fill_to = [&](std::uint32_t file) {
            return eventually([&] {
                ++last;
                const std::string text = formatted("{:06} {}", last, noise(1000, last));
                CHECK((*recorder)->append(*channel, now(), {}, as_bytes(text)));
                return (*recorder)->state().file == file;
            });
        };
        REQUIRE(fill_to(1));
        const auto later = (*recorder)->add_channel({"y", "json", schema, {}});
        REQUIRE(fill_to(2));
        CHECK((*recorder)->files() == 3);
        const auto source = (*recorder)->source().value();
        CHECK((*recorder)->finish());
        CHECK((*recorder)->state().problem.empty());
        CHECK((*recorder)->state().lost == 0);
        CHECK(verify(*source)->intact());
        auto reader = Reader::open((*recorder)->source().value());
        REQUIRE(reader);
        CHECK(reader->find("x") == std::vector{*channel});
        CHECK(reader->find("y") == std::vector{*later});
        const auto lines = test::lines_of(*reader);
        REQUIRE(lines.size() > 80);
        CHECK(lines.size() < 400);
        unsigned next = last + 1 - static_cast<unsigned>(lines.size());
        for (const auto& [c, time, text] : lines) CHECK(text.starts_with(formatted("{:06} ", next++)));
        REQUIRE(first->refresh()); // who reads the first file keeps it
        CHECK(std::get<2>(test::lines_of(*first).front()).starts_with("000001 "));
    }

    TEST_CASE("what is appended while the disk takes its time to keep something is in the file meanwhile") {
        const TempFolder folder;
        const std::string path = folder.file("r.mcap");
        slow_sync_ms.store(60'000);
        RecorderOptions options;
        options.chunk_age = options.sync_every = from_ms(10);
        auto recorder = Recorder::start(path, options);
        REQUIRE(recorder);
        const auto channel = (*recorder)->add_channel({"x", "json", {}, {}});
        CHECK(eventually([] { return syncing.load() > 0; }));
        std::size_t chunks = 0;
        CHECK(eventually([&] {
            (*recorder)->append(*channel, now(), {}, as_bytes("{}"));
            if (auto reader = Reader::open(path)) chunks = reader->chunks().size();
            return chunks >= 3;
        }));
        CHECK(syncing.load() > 0); // still the same
        slow_sync_ms.store(0);
        CHECK((*recorder)->finish());
        CHECK(verdict_of(path).intact());
    }

    TEST_CASE("a disk that is full at the summary leaves all chunks") {
        const TempFolder folder;
        const std::string path = folder.file("r.mcap");
        auto writer = Writer::create(path);
        REQUIRE(writer);
        REQUIRE(writer->add_channel({"x", "json", {}, {}}));
        REQUIRE(writer->write({0}, {1}, {1}, as_bytes("{}")));
        REQUIRE(writer->end_chunk());
        const std::uint64_t size = writer->size();
        {
            const SmallDisk disk(size + 100);
            CHECK_FALSE(writer->close());
        }
        CHECK(read_file(path).value().size() == size);
        CHECK(verdict_of(path).messages == 1);
    }

    TEST_CASE("a file that is there is not overwritten, unless asked to") {
        const TempFolder folder;
        const std::string path = folder.file("r.mcap");
        REQUIRE(write_text(path, "precious"));
        auto refused = Recorder::start(path);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == Errc::Refused);
        CHECK(read_text(path).value() == "precious");
        RecorderOptions options;
        options.writer.existing = Existing::Replace;
        CHECK(Recorder::start(path, options));
        CHECK(verdict_of(path).intact());
    }
}

TEST_SUITE("record/killed [slow]") {
    // With what the product uses, on a disk that takes two seconds each time.
    TEST_CASE("a process that is killed loses at most the last second, and the file opens") {
        using Held = std::atomic<std::int64_t>; // how long others held this machine at a time, at most
        void* shared = mmap(nullptr, sizeof(Held), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        REQUIRE(shared != MAP_FAILED);
        for (const int into_ms : {0, 300, 600, 900, 1200, 1500, 1800}) {
            auto* held = new (shared) Held(0);
            const TempFolder folder;
            const std::string path = folder.file("r.mcap");
            const pid_t child = fork();
            REQUIRE(child >= 0);
            if (child == 0) {
                slow_sync_ms.store(2000);
                auto recorder = Recorder::start(path);
                const auto channel = (*recorder)->add_channel({"x", "json", {}, {}});
                for (;;) {
                    const Instant before = now();
                    (*recorder)->append(*channel, before, {}, as_bytes("{}"));
                    sleep_for(from_ms(1));
                    held->store(std::max(held->load(), (system_clock().now() - before.time).ns));
                }
            }
            const bool grew = eventually([&] {
                auto reader = Reader::open(path);
                return reader && reader->chunks().size() >= 3;
            });
            sleep_for(from_ms(into_ms));
            const UtcTime killed = system_clock().utc_now();
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
            REQUIRE(grew);
            auto reader = Reader::open(path);
            REQUIRE(reader);
            CHECK_FALSE(reader->finished());
            CHECK_FALSE(reader->damage());
            CHECK(test::lines_of(*reader).back() != test::Line{});
            const Duration lost = killed - reader->last();
            CAPTURE(into_ms);
            CAPTURE(held->load());
            CHECK(lost.ms() <= 1000.0 + 2.0 * static_cast<double>(held->load()) * 1e-6);
            const Verdict v = verdict_of(path);
            CHECK_FALSE(v.finished);
            CHECK_FALSE(v.damage);
        }
        munmap(shared, sizeof(Held));
    }
}
