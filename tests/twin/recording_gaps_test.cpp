// SPDX-License-Identifier: Apache-2.0
// Where a recording has a gap, and where a new file begins.
#include "base/format.h"
#include "record/reader.h"
#include "tests/twin/recorded_machines.h"

#include <random>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

TEST_SUITE("twin/recording/pause") {
    TEST_CASE("a clock that is set is no time in which nothing was recorded, and sleep is") {
        const RecordingFolder folder;
        auto recorder = record::Recorder::start(folder.file());
        Machines machines(**recorder);
        const auto tick = [&] {
            machines.wait(from_ms(50));
            machines.recorder.tick(machines.now);
        };
        for (int n = 0; n < 3; ++n) tick();
        machines.now.utc = machines.now.utc + from_seconds(3600.0);
        for (int n = 0; n < 3; ++n) tick();
        machines.now.utc = machines.now.utc + from_seconds(-7200.0);
        tick();
        const std::int64_t slept = machines.now.utc.ns;
        machines.hand.ns += from_seconds(60.0).ns; // the monotonic clock stands still meanwhile
        machines.now.utc = machines.now.utc + from_seconds(60.0);
        tick();
        REQUIRE((*recorder)->finish());
        auto reader = record::Reader::open(folder.file());
        REQUIRE(reader);
        std::vector<std::string> gaps;
        const auto channels = reader->find(record::kGapTopic);
        CHECK(reader->read(channels, {}, {INT64_MAX}, [&](const record::Message& m) {
            gaps.emplace_back(as_text(m.data));
            return true;
        }));
        CHECK(gaps == std::vector{formatted(R"({{"lost":0,"from_ns":{},"to_ns":{}}})", slept, machines.now.utc.ns)});
    }
}

TEST_SUITE("twin/recording/files") {
    TEST_CASE("when the recording goes over into another file, all that is so is told again") {
        const RecordingFolder folder;
        record::RecorderOptions options;
        options.file_bytes = 300'000;
        options.next_bytes = 100'000;
        auto recorder = record::Recorder::start_nameless(folder.path, options);
        REQUIRE(recorder);
        Machines machines(**recorder, {.snapshot_after = from_seconds(1e6)});
        machines.recorder.state({.connection = Connection::Online, .nodes_alive = 3}, machines.now);
        machines.say("g/n/d/still", 7.0);
        std::mt19937_64 luck(1);
        REQUIRE(eventually([&] {
            std::string noise(1000, ' ');
            for (char& c : noise) c = static_cast<char>('A' + luck() % 58);
            machines.say("g/n/d/text", noise);
            machines.wait(from_ms(50));
            machines.recorder.tick(machines.now);
            return (*recorder)->state().file == 1;
        }));
        auto source = (*recorder)->source();
        REQUIRE(source);
        REQUIRE((*recorder)->finish());
        auto replay = Replay::open(std::move(*source), watch({"g/n/d/still"}));
        REQUIRE_MESSAGE(replay, replay.error().what);
        REQUIRE(eventually([&] { return (*replay)->take(); }));
        go_to(**replay, machines.now.utc);
        CHECK((*replay)->snapshot().tags[0].value == Value(7.0));
        CHECK((*replay)->snapshot().connection == Connection::Online);
        CHECK((*replay)->snapshot().nodes_alive == 3);
    }
}
