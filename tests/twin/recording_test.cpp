// SPDX-License-Identifier: Apache-2.0
#include "twin/recording.h"

#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "base/process.h"
#include "record/reader.h"
#include "tests/twin/recorded_machines.h"
#include "twin/recorded_word.h"
#include "twin/replay.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <map>
#include <random>

using namespace pw;
using namespace pw::twin;
using namespace pw::test;

namespace {

bool same(const Value& a, const Value& b) {
    const auto *x = std::get_if<double>(&a), *y = std::get_if<double>(&b);
    return a == b || (x && y && std::isnan(*x) && std::isnan(*y));
}

void check_equal(const TagState& got, const TagState& expected, const std::string& name) {
    CAPTURE(name);
    CHECK(same(got.value, expected.value));
    CHECK(got.quality == expected.quality);
    CHECK(got.source_time == expected.source_time);
}

Value random_value(std::mt19937_64& luck, unsigned kind) {
    switch (kind % 7) {
    case 0:
        return luck() % 2 == 0;
    case 1:
        return static_cast<std::int64_t>(luck());
    case 2:
        return luck() % 3 == 0 ? luck() : luck() % 100;
    case 3:
        return std::bit_cast<double>(luck());
    case 4:
        return formatted("text \"{}\" \n\\ é", luck() % 1000);
    case 5:
        return make_json(formatted(R"({{"a": [1, {}, "]"]}})", luck() % 1000));
    default:
        return luck() % 4 == 0 ? Value() : Value(static_cast<double>(luck() % 100));
    }
}

} // namespace

TEST_SUITE("twin/recording") {
    TEST_CASE("a word reads back equal, whatever its value is") {
        WordParser parser;
        RecordedWord word;
        const double inf = std::numeric_limits<double>::infinity();
        for (const Value& value : std::initializer_list<Value>{{},
                                                               true,
                                                               false,
                                                               std::int64_t{0},
                                                               std::int64_t{5},
                                                               std::numeric_limits<std::int64_t>::min(),
                                                               std::uint64_t{5},
                                                               std::numeric_limits<std::uint64_t>::max(),
                                                               5.0,
                                                               -0.0,
                                                               0.1,
                                                               1e300,
                                                               5e-324,
                                                               inf,
                                                               -inf,
                                                               std::nan(""),
                                                               std::string(),
                                                               std::string("\"quoted\"\n\x01 ß"),
                                                               make_json("[1,2.50,{\"a\":null}]"),
                                                               make_json("{ }"),
                                                               make_json("17"),
                                                               make_json("\"x\"")}) {
            for (const Quality quality : {Quality::Good, Quality::Uncertain, Quality::Stale, Quality::Bad}) {
                std::string text;
                put_word(text, json_quote("a/\"b\""), value, quality, {77}, quality == Quality::Bad,
                         quality == Quality::Stale ? UtcTime{5} : UtcTime{});
                CAPTURE(text);
                REQUIRE(parser.parse(as_bytes(text), word));
                CHECK(word.metric == "a/\"b\"");
                CHECK(same(word.value, value));
                CHECK(word.value.index() == value.index());
                CHECK(word.quality == quality);
                CHECK(word.source_time.ns == 77);
                CHECK(word.historical == (quality == Quality::Bad));
                CHECK(word.heard.ns == (quality == Quality::Stale ? 5 : 0));
            }
        }
    }

    TEST_CASE("what is no word is refused") {
        WordParser parser;
        RecordedWord word;
        for (const char* text :
             {"", "{}", "[]", "5", R"({"metric":"a","value":1})", R"({"metric":"a","quality":"GOOD"})",
              R"({"metric":5,"value":1,"quality":"GOOD"})", R"({"metric":"a","value":1,"quality":"FINE"})",
              R"({"metric":"a","value":[1,"quality":"GOOD"})", R"({"metric":"a","value":1,"quality":"GOOD"} x)",
              R"({"metric":"a","value":1,"quality":"GOOD","source_time_ns":"5"})"}) {
            CAPTURE(text);
            CHECK_FALSE(parser.parse(as_bytes(text), word));
        }
    }

    TEST_CASE("a tag belongs to the channel of its device") {
        const auto topic = [](std::string_view tag) { return device_topic(tag.substr(0, tag_prefix(tag))); };
        CHECK(topic("g/n/d/speed") == "twin/g/n/d");
        CHECK(topic("g/n/d/Axis/J1") == "twin/g/n/d");
        CHECK(topic("g/n//Node Control/Rebirth") == "twin/g/n");
        CHECK(topic("opcua:press:/Robot/Axes/J1") == "twin/opcua:press:/Robot/Axes");
        CHECK(topic("opcua:/Robot/A&/B") == "twin/opcua:/Robot");
        CHECK(topic("opcua:press:ns=2;s=a/b") == "twin/opcua:press");
        CHECK(topic("opcua:ns=2;s=a/b") == "twin/opcua");
        CHECK(topic("mqtt:acme/line/filler#/drive/speed") == "twin/mqtt:acme/line/filler");
        CHECK(topic("mqtt:acme/line/speed") == "twin/mqtt:acme/line");
        CHECK(topic("mqtt:speed") == "twin/mqtt");
        CHECK(topic("alone") == "twin");
        for (const char* tag : {"g/n/d/speed", "g/n//x", "opcua:press:ns=2;s=a/b", "alone", ""})
            CHECK(tag_prefix(tag) <= std::string_view(tag).size());
    }

    TEST_CASE("at any time the replay shows what was known then: seeded, with snapshots, by another reader") {
        for (const unsigned seed : {1u, 2u, 3u}) {
            const RecordingFolder folder;
            std::vector<std::string> names;
            for (int n = 0; n < 60; ++n) names.push_back(formatted("g/n{}/d{}/m{}", n % 2, n % 5, n));
            names.push_back("g/n0//node metric");
            names.push_back("opcua:/Robot/J1");
            std::vector<std::pair<UtcTime, std::map<std::string, TagState>>> then;
            std::mt19937_64 luck(seed);
            {
                record::RecorderOptions small;
                small.writer.chunk_bytes = 4000; // many chunks
                auto recorder = record::Recorder::start(folder.file(), small);
                REQUIRE(recorder);
                TwinRecorderOptions options;
                options.tags_per_tick = 7; // a snapshot takes many ticks, with words in between
                options.channels = 6;      // some share one
                options.snapshot_after = from_ms(500);
                Machines machines(**recorder, options);
                for (int step = 0; step < 4000; ++step) {
                    const std::size_t which = luck() % names.size();
                    const Quality quality = luck() % 10 == 0 ? static_cast<Quality>(luck() % 4) : Quality::Good;
                    const Word word = luck() % 20 == 0   ? Word::Historical
                                      : luck() % 20 == 0 ? Word::Transient
                                                         : Word::Live;
                    machines.say(names[which], random_value(luck, static_cast<unsigned>(which)), quality, word);
                    if (step % 3 == 0) machines.recorder.tick(machines.now);
                    if (step % 40 == 0) then.emplace_back(machines.now.utc, machines.states);
                    machines.wait({1'000'000});
                }
                REQUIRE((*recorder)->finish());
            }
            std::ranges::shuffle(then, luck);
            const auto replay = replay_of(folder.file(), names);
            CHECK(replay->view().finished);
            std::vector<std::uint32_t> changes(names.size());
            for (const auto& [t, states] : then) {
                go_to(*replay, t);
                CHECK(replay->snapshot().problem.empty());
                REQUIRE(replay->snapshot().tags.size() == names.size());
                for (std::size_t n = 0; n < names.size(); ++n) {
                    const auto known = states.find(names[n]);
                    const TagState& shown = replay->snapshot().tags[n];
                    check_equal(shown, known == states.end() ? TagState{} : known->second, names[n]);
                    CHECK(shown.change != changes[n]); // who looks for changes sees one
                    changes[n] = shown.change;
                }
            }
        }
    }

    TEST_CASE("a seek reads from the snapshot before it, and no more") {
        const RecordingFolder folder;
        {
            auto recorder = record::Recorder::start(folder.file());
            Machines machines(**recorder);
            for (int s = 0; s < 600; ++s) {
                for (int n = 0; n < 20; ++n) machines.say(formatted("g/n/d/m{}", n), s * 1.0);
                machines.say("g/n/d/quiet", 1.0 * (s < 1));
                for (int tick = 0; tick < 20; ++tick) machines.recorder.tick(machines.now);
                machines.wait(from_ms(1000));
            }
            REQUIRE((*recorder)->finish());
        }
        auto reader = record::Reader::open(folder.file());
        REQUIRE(reader);
        const auto snapshots = reader->find(kSnapshotTopic);
        REQUIRE(snapshots.size() == 1);
        std::size_t count = 0;
        UtcTime last = reader->first();
        CHECK(reader->read(snapshots, {}, {INT64_MAX}, [&](const record::Message& m) {
            ++count;
            CHECK((m.log_time - last).seconds() <= 20.0); // 10 s, or four times its bytes, whichever is later
            last = m.log_time;
            return true;
        }));
        CHECK(count >= 30);
        CHECK(count <= 60);
    }

    TEST_CASE("qualities, events and texts of others are recorded as they were told") {
        const RecordingFolder folder;
        {
            auto recorder = record::Recorder::start(folder.file());
            Machines machines(**recorder);
            machines.say("g/n/d/speed", 2.5);
            machines.recorder.event({TwinEventKind::DeviceDeath, "g/n/d", "it said so", machines.now.utc},
                                    machines.now);
            machines.say("g/n/d/speed", 2.5, Quality::Stale);
            machines.recorder.text("alarms", R"({"alarm":"robot.jam"})", machines.now);
            REQUIRE((*recorder)->finish());
        }
        auto reader = record::Reader::open(folder.file());
        std::vector<std::string> lines;
        CHECK(reader->read({}, {}, {INT64_MAX}, [&](const record::Message& m) {
            lines.push_back(reader->channels().at(static_cast<std::uint16_t>(m.channel.index)).topic + " " +
                            std::string(as_text(m.data)));
            return true;
        }));
        const std::string time = std::to_string(1'800'000'000'000'000'000 - 7);
        CHECK(lines ==
              std::vector<std::string>{
                  R"(twin/g/n/d {"metric":"speed","value":2.5,"quality":"GOOD","source_time_ns":)" + time + "}",
                  R"(twin/events {"kind":"DeviceDeath","who":"g/n/d","what":"it said so"})",
                  R"(twin/g/n/d {"metric":"speed","value":2.5,"quality":"STALE","source_time_ns":)" + time + "}",
                  R"(alarms {"alarm":"robot.jam"})"});
    }

    TEST_CASE("after a gap a snapshot makes the state known again") {
        const RecordingFolder folder;
        std::map<std::string, TagState> truth;
        UtcTime end;
        std::vector<std::string> names;
        for (int n = 0; n < 30; ++n) names.push_back(formatted("g/n/d/m{}", n));
        {
            record::RecorderOptions small;
            small.queue_bytes = 6000;
            auto recorder = record::Recorder::start(folder.file(), small);
            Machines machines(**recorder);
            std::mt19937_64 luck(9);
            const auto say_all = [&] {
                for (const std::string& name : names) machines.say(name, static_cast<double>(luck() % 1000));
                machines.wait(from_ms(1));
            };
            for (int round = 0; (*recorder)->lost() == 0 && round < 1'000'000; ++round) say_all();
            REQUIRE((*recorder)->lost() > 0);
            // The machines fall silent with what was lost being news.
            truth = machines.states;
            auto reader = record::Reader::open(folder.file());
            REQUIRE(reader);
            REQUIRE(eventually([&] {
                machines.recorder.tick(machines.now);
                machines.wait(from_ms(50));
                (void)reader->refresh();
                const auto snapshots = reader->find(kSnapshotTopic);
                const auto gaps = reader->find(record::kGapTopic);
                const auto snapshot = reader->last_before(snapshots, {INT64_MAX});
                const auto gap = reader->last_before(gaps, {INT64_MAX});
                return !snapshots.empty() && *snapshot && *gap && (*gap)->log_time <= (*snapshot)->log_time;
            }));
            end = machines.now.utc;
            REQUIRE((*recorder)->finish());
        }
        const auto replay = replay_of(folder.file(), names);
        std::int64_t lost_at = 0;
        {
            auto reader = record::Reader::open(folder.file());
            WordParser parser;
            const auto gap = reader->last_before(reader->find(record::kGapTopic), {INT64_MAX}).value();
            lost_at = parser.integer(gap->data, "from_ns").value();
        }
        go_to(*replay, {lost_at});
        CHECK(replay->snapshot().problem.contains("has lost"));
        go_to(*replay, end);
        CHECK(replay->snapshot().problem.empty());
        for (std::size_t n = 0; n < names.size(); ++n) {
            CHECK(same(replay->snapshot().tags[n].value, truth[names[n]].value));
        }
    }
}

TEST_SUITE("twin/recording/replay") {
    TEST_CASE("a time of which nothing is known is told while one plays over it, until all is known again") {
        const RecordingFolder folder;
        UtcTime slept, woke;
        {
            auto recorder = record::Recorder::start(folder.file());
            Machines machines(**recorder);
            const auto second = [&](double value) {
                machines.say("g/n/d/speed", value);
                machines.wait(from_ms(1000));
                machines.recorder.tick(machines.now);
            };
            for (int n = 0; n < 5; ++n) second(n);
            slept = machines.now.utc;
            machines.wait(from_seconds(60.0)); // the machine that we run on slept
            woke = machines.now.utc;
            for (int n = 0; n < 5; ++n) second(10.0 + n);
            REQUIRE((*recorder)->finish());
        }
        Hand hand;
        auto opened = Replay::open(folder.file(), watch({"g/n/d/speed"}), {}, hand);
        REQUIRE(opened);
        Replay& replay = **opened;
        const auto plays_to = [&](UtcTime at) {
            hand.ns += (at - replay.view().at).ns;
            return eventually([&] {
                replay.take();
                return replay.view().at == at;
            });
        };
        REQUIRE(eventually([&] { return replay.take(); }));
        replay.play(1.0);
        REQUIRE(eventually([&] { return replay.take() && replay.view().playing; }));
        REQUIRE(plays_to(slept + from_ms(-500)));
        CHECK(replay.snapshot().problem.empty());
        REQUIRE(plays_to(slept + from_seconds(30.0)));
        CHECK(replay.snapshot().problem.contains("nothing was recorded from " + to_iso8601(slept)));
        CHECK(replay.snapshot().tags[0].value == Value(4.0));
        REQUIRE(plays_to(woke + from_seconds(4.0)));
        CHECK(replay.snapshot().problem.empty());
        replay.pause();
        go_to(replay, slept + from_seconds(1.0)); // also when one goes there
        CHECK(replay.snapshot().problem.contains("nothing was recorded"));

        REQUIRE(replay.ask_series(0, slept + from_seconds(-4.0), woke + from_seconds(2.0), from_seconds(1.0)));
        std::optional<Series> series;
        REQUIRE(eventually([&] { return (series = replay.next_series()).has_value(); }));
        const auto gap = std::ranges::find_if(series->points, [](const auto& p) { return std::isnan(p.last); });
        REQUIRE(gap != series->points.end());
        CHECK(gap->quality == Quality::Stale);
        CHECK(gap->time >= slept + from_seconds(-1.0));
        CHECK(series->points.back().last >= 10.0);
    }

    TEST_CASE("the nodes that were alive, the connection and the facts of a tag are those of the moment") {
        const RecordingFolder folder;
        UtcTime begin, middle, end;
        const auto facts =
            std::make_shared<const TagFacts>(TagFacts{"m/s", "of the belt", -1.5, 9.0, R"({"engUnit":"m/s"})", ""});
        {
            auto recorder = record::Recorder::start(folder.file());
            Machines machines(**recorder);
            const auto say = [&](double value, const std::shared_ptr<const TagFacts>& told) {
                static const std::string name = "g/n/d/speed";
                const Value now(value);
                machines.recorder.word({machines.tag(name), name, {}, now, Quality::Good, {}, Word::Live, told},
                                       machines.now);
                machines.wait(from_ms(1000));
            };
            machines.recorder.state({Connection::Online, 2, 0}, machines.now);
            say(1.0, facts);
            begin = machines.now.utc;
            for (int n = 0; n < 30; ++n) {
                say(2.0 + n, facts);
                machines.recorder.tick(machines.now); // with snapshots
            }
            middle = machines.now.utc;
            machines.recorder.state({Connection::Lost, 0, 2}, machines.now);
            say(3.0, nullptr);
            end = machines.now.utc;
            REQUIRE((*recorder)->finish());
        }
        const auto replay = replay_of(folder.file(), {"g/n/d/speed"});
        for (const UtcTime at : {begin, middle + from_ms(-500)}) {
            go_to(*replay, at);
            CHECK(replay->snapshot().nodes_alive == 2);
            CHECK(replay->snapshot().connection == Connection::Online);
            REQUIRE(replay->snapshot().tags[0].facts);
            CHECK(*replay->snapshot().tags[0].facts == *facts);
        }
        go_to(*replay, end);
        CHECK(replay->snapshot().nodes_alive == 0);
        CHECK(replay->snapshot().nodes_dead == 2);
        CHECK(replay->snapshot().connection == Connection::Lost);
        CHECK_FALSE(replay->snapshot().tags[0].facts);
        go_to(*replay, begin);
        CHECK(replay->snapshot().nodes_alive == 2);
    }

    TEST_CASE("playing goes through every word at the speed that is asked for, and stops when told to") {
        const RecordingFolder folder;
        UtcTime first;
        {
            auto recorder = record::Recorder::start(folder.file());
            Machines machines(**recorder);
            first = machines.now.utc;
            for (int n = 0; n <= 1000; ++n) {
                machines.say("g/n/d/count", std::int64_t{n});
                if (n == 500)
                    machines.recorder.event({TwinEventKind::NodeDeath, "g/n", "gone", machines.now.utc}, machines.now);
                machines.wait(from_ms(10));
            }
            REQUIRE((*recorder)->finish());
        }
        Hand hand;
        auto opened = Replay::open(folder.file(), watch({"g/n/d/count"}), {}, hand);
        REQUIRE(opened);
        Replay& replay = **opened;
        REQUIRE(eventually([&] { return replay.take(); }));
        CHECK(replay.view().at == first);
        CHECK(replay.snapshot().tags[0].value == Value(std::int64_t{0}));
        const auto count = [&] {
            replay.take();
            return std::get<std::int64_t>(replay.snapshot().tags[0].value);
        };
        replay.play(2.0);
        REQUIRE(eventually([&] { return replay.take() && replay.view().playing; }));
        hand.ns += 1'000'000'000;
        CHECK(eventually([&] { return count() == 200; }));
        hand.ns += 500'000'000;
        CHECK(eventually([&] { return count() == 300; }));
        CHECK((hand.now() - replay.snapshot().tags[0].received).ns == 0);
        replay.pause();
        REQUIRE(eventually([&] { return replay.take() && !replay.view().playing; }));
        hand.ns += 5'000'000'000;
        CHECK(count() == 300);
        CHECK_FALSE(replay.next_event());
        replay.play(1.0);
        REQUIRE(eventually([&] { return replay.take() && replay.view().playing; }));
        hand.ns += 60'000'000'000;
        CHECK(eventually([&] { return count() == 1000; }));
        const auto event = replay.next_event();
        REQUIRE(event);
        CHECK(event->kind == TwinEventKind::NodeDeath);
        CHECK(event->who == "g/n");
        CHECK(replay.write("g/n/d/count", 1.0).error().code == Errc::Refused);
    }

    TEST_CASE("a recording that is being written is followed") {
        const RecordingFolder folder;
        auto recorder = record::Recorder::start(folder.file());
        Machines machines(**recorder);
        machines.say("g/n/d/count", std::int64_t{0});
        auto reader = record::Reader::open(folder.file());
        REQUIRE(eventually([&] { return reader->refresh().value_or(false); }));
        const auto replay = replay_of(folder.file(), {"g/n/d/count"});
        CHECK_FALSE(replay->view().finished);
        for (int n = 1; n <= 3; ++n) {
            machines.wait(from_ms(1000));
            machines.say("g/n/d/count", std::int64_t{n});
            machines.wait(from_ms(1000));
            machines.say("g/n/d/other", std::int64_t{n}); // what came at the very end may not be all of it yet
            const UtcTime wanted{machines.now.utc.ns - 1};
            REQUIRE(eventually([&] {
                replay->take();
                return replay->view().last >= wanted;
            }));
            go_to(*replay, wanted);
            CHECK(replay->snapshot().tags[0].value == Value(std::int64_t{n}));
        }
        REQUIRE((*recorder)->finish());
        CHECK(eventually([&] {
            replay->take();
            return replay->view().finished;
        }));
    }

    TEST_CASE("a series has the least and the greatest of each part, and what was there before") {
        const RecordingFolder folder;
        UtcTime first;
        {
            auto recorder = record::Recorder::start(folder.file());
            Machines machines(**recorder);
            first = machines.now.utc;
            for (int n = 0; n < 10'000; ++n) {
                machines.say("g/n/d/wave", std::sin(n * 0.01) * 100.0, n == 5555 ? Quality::Bad : Quality::Good);
                machines.say("g/n/d/noise", n * 1.0);
                if (n == 0) machines.say("g/n/d/quiet", 42.0);
                if (n % 50 == 0) machines.recorder.tick(machines.now);
                machines.wait(from_ms(10));
            }
            REQUIRE((*recorder)->finish());
        }
        const auto replay = replay_of(folder.file(), {"g/n/d/wave", "g/n/d/quiet", "g/n/d/never"});
        const auto answer = [&](std::uint32_t watched, UtcTime from, UtcTime to, Before before = Before::Held) {
            const auto asked = replay->ask_series(watched, from, to, from_seconds(1.0), before);
            REQUIRE(asked);
            std::optional<Series> series;
            REQUIRE(eventually([&] { return (series = replay->next_series()).has_value(); }));
            CHECK(series->id == *asked);
            CHECK(series->problem.empty());
            return std::move(series->points);
        };
        const UtcTime from = first + from_ms(20'000), to{first.ns + from_ms(80'000).ns - 1};
        const auto points = answer(0, from, to);
        REQUIRE(points.size() == 60);
        CHECK(points[0].time == from);
        const auto seen = answer(0, from, to, Before::LeftOut);
        REQUIRE(seen.size() == 60);
        for (int p = 0; p < 60; ++p) {
            double least = 1e9, most = -1e9;
            for (int n = 2000 + p * 100; n < 2100 + p * 100; ++n) {
                least = std::min(least, std::sin(n * 0.01) * 100.0);
                most = std::max(most, std::sin(n * 0.01) * 100.0);
            }
            const SeriesPoint& point = seen[static_cast<std::size_t>(p)];
            CHECK(point.min == doctest::Approx(least));
            CHECK(point.max == doctest::Approx(most));
            CHECK(point.worst == (p == 35 ? Quality::Bad : Quality::Good));
            CHECK(point.time == from + from_ms(p * 1000));
        }
        const auto quiet = answer(1, from, to);
        REQUIRE(!quiet.empty());
        CHECK(quiet[0].time == from);
        CHECK(quiet[0].last == 42.0);
        CHECK(std::ranges::all_of(quiet, [](const SeriesPoint& p) { return p.min == 42.0 && p.max == 42.0; }));
        CHECK(answer(2, from, to).empty());
        CHECK(answer(0, first + from_ms(1'000'000), first + from_ms(2'000'000)).size() == 1);
        CHECK(answer(1, from + from_ms(1), from + from_ms(2)).size() == 1);
        CHECK(answer(1, from + from_ms(1), from + from_ms(2), Before::LeftOut).empty());
    }
}
