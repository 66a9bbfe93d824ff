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

TEST_SUITE("twin/recording/clock") {
    TEST_CASE("sleep after a clock that was set back is no more than that in the recording") {
        const RecordingFolder folder;
        auto recorder = record::Recorder::start(folder.file());
        Machines machines(**recorder);
        const auto say = [&](double value) {
            machines.wait(from_ms(50));
            machines.say("g/n/d/speed", value);
            machines.recorder.tick(machines.now);
        };
        say(1.0);
        machines.now.utc = machines.now.utc + from_seconds(3600.0); // ahead
        say(2.0);
        const UtcTime ahead = machines.now.utc;
        machines.now.utc = machines.now.utc + from_seconds(-3600.0); // put right
        say(3.0);
        machines.hand.ns += from_seconds(60.0).ns;
        machines.now.utc = machines.now.utc + from_seconds(60.0);
        say(4.0);
        REQUIRE((*recorder)->finish());
        const auto replay = replay_of(folder.file(), {"g/n/d/speed"});
        go_to(*replay, ahead);
        CHECK(replay->snapshot().problem.empty());
        CHECK(to_number(replay->snapshot().tags[0].value) == 2.0);
        go_to(*replay, ahead + from_ms(60));
        CHECK(replay->snapshot().problem.starts_with("nothing was recorded from"));
    }

    TEST_CASE("a recording shows its own times far in the future, and tells what it cannot show") {
        for (const bool later : {false, true}) {
            const RecordingFolder folder;
            auto recorder = record::Recorder::start(folder.file());
            Machines machines(**recorder);
            machines.now.utc = later ? kEndOfTime : UtcTime{9'000'000'000'000'000'000};
            const UtcTime first = machines.now.utc;
            for (const double value : {1.0, 2.0}) {
                machines.say("g/n/d/speed", value);
                machines.wait(from_seconds(1.0));
            }
            REQUIRE((*recorder)->finish());
            const auto replay = replay_of(folder.file(), {"g/n/d/speed"});
            go_to(*replay, first);
            CHECK(replay->snapshot().problem.contains("times after 2261") == later);
            CHECK(to_number(replay->snapshot().tags[0].value) == (later ? 2.0 : 1.0));
            REQUIRE(replay->ask_series(0, {}, {INT64_MAX}, from_seconds(1.0)));
            std::optional<Series> series;
            REQUIRE(eventually([&] { return (series = replay->next_series()).has_value(); }));
            CHECK(series->points.size() == (later ? 1 : 2));
        }
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
