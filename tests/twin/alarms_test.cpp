// SPDX-License-Identifier: Apache-2.0
#include "twin/alarms.h"

#include "base/format.h"
#include "tests/support/allocations.h"
#include "tests/twin/alarm_support.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace pw::twin {
namespace {

using test::at;
using test::machine;
using test::Panel;

std::string alarm(const std::string& id, const std::string& condition, const std::string& more = "") {
    return formatted(R"({{"id": "{}", "priority": "medium", "condition": {{"tag": "t0", {}}}{}}})", id, condition,
                     more);
}

Panel one(const std::string& condition, const std::string& more = "") {
    return Panel(machine("m", 1, alarm("a", condition, more)));
}

// `count` machines with an alarm each on a tag of their own, all in one group, the priorities in turn.
std::string hall(int count) {
    std::string out;
    for (int i = 0; i < count; ++i)
        out +=
            (i == 0 ? "" : ", ") +
            machine(formatted("m{}", i), 1,
                    formatted(
                        R"({{"id": "a", "priority": "{}", "group": "g", "condition": {{"tag": "t0", "when": "is"}}}})",
                        std::vector{"critical", "high", "medium", "low"}[static_cast<std::size_t>(i % 4)]));
    return out;
}

} // namespace

TEST_SUITE("twin/alarms") {
    TEST_CASE("a limit is reached at its value and left beyond the deadband") {
        Panel high = one(R"("when": "high", "limit": 80, "deadband": 5)");
        const auto goes = [&](double value) {
            high.word("m.t0", value, 1.0);
            return high.state("m.a");
        };
        CHECK(goes(79.9) == 'A');
        CHECK(goes(80.0) == 'B');
        CHECK(goes(75.0) == 'B');
        CHECK(goes(74.9) == 'D');
        CHECK(goes(79.9) == 'D');
        Panel low = one(R"("when": "low_low", "limit": -2, "deadband": 1)");
        low.word("m.t0", std::int64_t{-2}, 1.0);
        CHECK(low.state("m.a") == 'B');
        low.word("m.t0", -1.0, 2.0);
        CHECK(low.state("m.a") == 'B');
        low.word("m.t0", -0.9, 3.0);
        CHECK(low.state("m.a") == 'D');
    }

    TEST_CASE("a condition is judged as it is declared") {
        Panel no = one(R"("when": "is", "value": false)");
        no.word("m.t0", true, 1.0);
        CHECK(no.state("m.a") == 'A');
        no.word("m.t0", std::int64_t{0}, 2.0);
        CHECK(no.state("m.a") == 'B');
        Panel text = one(R"("when": "equals", "text": "E-STOP")");
        text.word("m.t0", std::string("run"), 1.0);
        CHECK(text.state("m.a") == 'A');
        text.word("m.t0", std::string("E-STOP"), 2.0);
        CHECK(text.state("m.a") == 'B');
    }

    TEST_CASE("a condition must hold, and be over, for its delays without a break") {
        Panel p = one(R"("when": "is")", R"(, "on_delay_s": 5, "off_delay_s": 10)");
        p.word("m.t0", true, 0.0);
        p.board.advance(at(4.9));
        CHECK(p.state("m.a") == 'A');
        p.word("m.t0", false, 4.9); // a break
        p.word("m.t0", true, 5.0);
        p.board.advance(at(9.9));
        CHECK(p.state("m.a") == 'A');
        p.word("m.t0", true, 9.95); // the same again is no new beginning
        p.board.advance(at(30.0));
        REQUIRE(p.board.events().size() == 1);
        CHECK(p.board.events()[0].time == at(10.0).utc); // when it was due, not when somebody looked
        CHECK(p.board.events()[0].source_time == at(9.95).utc);
        p.word("m.t0", false, 31.0);
        p.word("m.t0", true, 40.0);
        p.word("m.t0", false, 41.0);
        CHECK(p.state("m.a") == 'B');
        p.word("m.t0", false, 52.0);
        CHECK(p.happened() == "m.a A>B occurred, m.a B>D returned");
    }

    TEST_CASE("an alarm that waited for its delay tells the value that was heard last") {
        Panel p = one(R"("when": "high", "limit": 80)", R"(, "on_delay_s": 5, "off_delay_s": 10)");
        p.word("m.t0", 81.0, 0.0);
        p.word("m.t0", 84.5, 3.0);
        p.board.advance(at(5.0));
        p.word("m.t0", 20.0, 6.0);
        p.board.advance(at(16.0));
        REQUIRE(p.board.events().size() == 2);
        CHECK(p.board.events()[0].value == Value(84.5));
        CHECK(p.board.events()[0].source_time == at(3.0).utc);
        CHECK(p.board.events()[1].value == Value(20.0));
        CHECK(event_json(p.board, p.board.events()[0]).contains("84.5"));
    }

    TEST_CASE("an alarm whose source is not known keeps its state and says so") {
        Panel p = one(R"("when": "is")", R"(, "on_delay_s": 5)");
        CHECK(p.view("m.a").source == Quality::Stale); // not heard yet
        CHECK(p.board.counts().source_not_known == 1);
        p.word("m.t0", true, 0.0);
        CHECK(p.board.counts().source_not_known == 0);
        p.word("m.t0", true, 3.0, Quality::Stale); // no delay runs on what is not known
        p.board.advance(at(60.0));
        CHECK(p.state("m.a") == 'A');
        p.word("m.t0", true, 61.0);
        p.word("m.t0", true, 63.0, Quality::Stale);
        p.word("m.t0", true, 64.0); // it begins again
        p.board.advance(at(68.9));
        CHECK(p.state("m.a") == 'A');
        p.board.advance(at(69.0));
        CHECK(p.state("m.a") == 'B');
        p.word("m.t0", false, 70.0, Quality::Bad);
        CHECK(p.state("m.a") == 'B');
        REQUIRE(p.board.list().size() == 1);
        CHECK(p.board.list()[0].source == Quality::Bad);
        p.word("m.t0", Value(), 71.0); // "no value" is no word to judge by
        CHECK(p.view("m.a").source == Quality::Bad);
        CHECK(p.state("m.a") == 'B');
        p.word("m.t0", false, 72.0, Quality::Uncertain); // may be relied on, with care
        CHECK(p.state("m.a") == 'D');
        CHECK(p.view("m.a").source == Quality::Uncertain);
        CHECK(p.board.counts().source_not_known == 0);
    }

    TEST_CASE("silence is an alarm where that is asked for, from the beginning") {
        Panel p = one(R"("when": "stale")", R"(, "on_delay_s": 10)");
        p.board.advance(at(0.0));
        p.board.advance(at(11.0));
        CHECK(p.state("m.a") == 'B');
        p.word("m.t0", 1.0, 12.0);
        CHECK(p.state("m.a") == 'D');
        p.word("m.t0", 1.0, 13.0, Quality::Stale);
        p.word("m.t0", 1.0, 20.0);
        p.word("m.t0", 1.0, 21.0, Quality::Bad);
        p.board.advance(at(32.0));
        CHECK(p.happened() == "m.a A>B occurred, m.a B>D returned, m.a D>B occurred");
    }

    TEST_CASE("by design it is no alarm while another one's condition is there, or in states of the machine") {
        Panel p(machine("m", 2,
                        alarm("power", R"("when": "is")") + ", " +
                            R"({"id": "flow", "priority": "high", "condition": {"tag": "t1", "when": "low", "limit": 1},
"suppressed_by": {"alarm": "power", "states": ["STOPPED", "IDLE"]}})"));
        p.word("m.t0", false, 0.0);
        p.word("m.s", std::string("EXECUTE"), 0.0);
        p.word("m.t1", 5.0, 0.0);
        p.word("m.s", std::string("STOPPED"), 1.0);
        p.word("m.t1", 0.0, 2.0);
        CHECK(p.state("m.flow") == 'H');
        CHECK(p.listed().empty());
        p.word("m.s", std::string("EXECUTE"), 3.0, Quality::Stale); // the last known state goes on
        CHECK(p.state("m.flow") == 'H');
        p.word("m.t0", true, 4.0);
        p.word("m.s", std::string("EXECUTE"), 5.0);
        CHECK(p.state("m.flow") == 'H'); // still by the other alarm
        REQUIRE(p.act(AlarmDo::Shelve, "m.power", 6.0));
        CHECK(p.state("m.flow") == 'H'); // whose condition is there, shelved or not
        REQUIRE(p.act(AlarmDo::TakeOutOfService, "m.power", 7.0));
        CHECK(p.state("m.flow") == 'B');
        REQUIRE(p.act(AlarmDo::PutBackInService, "m.power", 8.0));
        CHECK(p.state("m.flow") == 'H');
        p.word("m.t0", false, 9.0);
        CHECK(p.state("m.flow") == 'B');
    }

    TEST_CASE("the first alarm of a group is marked until the group is quiet") {
        Panel p(hall(3));
        for (int i = 0; i < 3; ++i) p.word(formatted("m{}.t0", i), false, 0.0);
        p.word("m2.t0", true, 1.0);
        p.word("m0.t0", true, 2.0);
        CHECK(p.listed() == "m0.a B, m2.a B first");
        REQUIRE(p.board.events().size() == 2);
        CHECK(p.board.events()[0].first_out);
        CHECK_FALSE(p.board.events()[1].first_out);
        p.word("m2.t0", false, 3.0);
        REQUIRE(p.act(AlarmDo::Acknowledge, "m2.a", 4.0));
        CHECK(p.state("m2.a") == 'A');
        CHECK(p.board.first_out("g") == p.board.find("m2.a")); // it was the first, though it is over
        p.word("m0.t0", false, 5.0);
        REQUIRE(p.act(AlarmDo::Acknowledge, "m0.a", 6.0));
        CHECK_FALSE(p.board.first_out("g").valid());
        p.word("m1.t0", true, 7.0);
        CHECK(p.board.first_out("g") == p.board.find("m1.a"));
    }

    TEST_CASE("who holds back an alarm has a name, a reason and a limit of time") {
        Panel p = one(R"("when": "is")");
        p.word("m.t0", true, 0.0);
        const AlarmId a = p.board.find("m.a");
        const auto refused = [&](const AlarmAction& action) {
            const auto done = p.board.act(action, at(1.0));
            return !done && done.error().code == Errc::Refused;
        };
        CHECK(refused({AlarmDo::Acknowledge, a, "", "", {}}));
        CHECK(refused({AlarmDo::Shelve, a, "Ada", "", from_seconds(60)}));
        CHECK(refused({AlarmDo::Shelve, a, "Ada", "noise", {}}));
        CHECK(refused({AlarmDo::Shelve, a, "Ada", "noise", from_seconds(24 * 3600.0 + 1)}));
        CHECK(refused({AlarmDo::TakeOutOfService, a, "Ada", "", {}}));
        CHECK(p.board.act({AlarmDo::Acknowledge, {7}, "Ada", "", {}}, at(1.0)).error().code == Errc::NotFound);
        REQUIRE(p.board.act({AlarmDo::Shelve, a, "Ada", "noise", from_seconds(60)}, at(1.0)));
        CHECK(p.view("m.a").who == "Ada");
        CHECK(p.view("m.a").comment == "noise");
        CHECK(p.view("m.a").shelved_until == at(61.0).utc);
        REQUIRE(p.board.act({AlarmDo::Shelve, a, "Ben", "still", from_seconds(60)}, at(31.0))); // longer
        p.board.advance(at(90.9));
        CHECK(p.state("m.a") == 'G');
        p.board.advance(at(91.0));
        CHECK(p.state("m.a") == 'B');
        CHECK(p.view("m.a").who.empty());
        CHECK(event_json(p.board, p.board.events()[2]) ==
              R"({"number":3,"alarm":"m.a","priority":"medium","from":"SHELVED","to":"SHELVED","why":"shelved",)"
              R"("time":"2027-01-15T08:00:31.000Z","who":"Ben","comment":"still","until":"2027-01-15T08:01:31.000Z"})");
    }

    TEST_CASE("a flood loses nothing: the list is bounded and ordered, events and counts are whole") {
        Panel p(hall(1000));
        for (int i = 0; i < 1000; ++i) p.word(formatted("m{}.t0", i), false, 0.0);
        for (int i = 0; i < 1000; ++i) p.word(formatted("m{}.t0", i), true, 1.0 + i * 0.001);
        CHECK(p.board.events().size() == 1000);
        const auto list = p.board.list();
        REQUIRE(list.size() == 500);
        CHECK(p.board.counts().listed == 1000);
        CHECK(p.board.counts().not_shown == 500);
        CHECK(p.board.counts().of[0][1] == 250);
        CHECK(p.board.name(list[0].alarm) == "m996.a");   // the newest critical one
        CHECK(p.board.name(list[249].alarm) == "m0.a");   // the oldest critical one: above all that are high
        CHECK(p.board.name(list[250].alarm) == "m997.a"); // the newest high one
        CHECK(p.board.name(p.board.first_out("g")) == "m0.a");
        const AlarmMetrics metrics = p.board.metrics();
        CHECK(metrics.flood);
        CHECK(metrics.floods == 1);
        CHECK(metrics.peak_per_10min == 1000);
        REQUIRE(p.act(AlarmDo::Acknowledge, "m0.a", 3.0));
        CHECK(p.board.list()[249].state == AlarmState::Acknowledged); // and keeps its place
    }

    TEST_CASE("how many alarms there are is counted as ISA-18.2 does") {
        Panel p(hall(20));
        for (int i = 0; i < 20; ++i) p.word(formatted("m{}.t0", i), false, 0.0);
        for (int i = 0; i < 9; ++i) p.word(formatted("m{}.t0", i), true, 60.0 * i + 1.0);
        CHECK_FALSE(p.board.metrics().flood);
        CHECK(p.board.metrics().last_10min == 9);
        CHECK(p.board.metrics().average_per_10min == doctest::Approx(9.0)); // of less than ten minutes
        p.word("m9.t0", true, 9 * 60.0 + 1.0);
        CHECK(p.board.metrics().flood); // ten within ten minutes
        p.board.advance(at(14 * 60.0 + 30.0));
        CHECK(p.board.metrics().last_10min == 5);
        CHECK(p.board.metrics().flood);
        p.board.advance(at(15 * 60.0));
        CHECK(p.board.metrics().last_10min == 4);
        CHECK_FALSE(p.board.metrics().flood); // fewer than five
        CHECK(p.board.metrics().in_flood.seconds() == doctest::Approx(6 * 60.0 - 1.0));
        p.board.advance(at(40 * 60.0));
        const AlarmMetrics metrics = p.board.metrics();
        CHECK(metrics.last_10min == 0);
        CHECK(metrics.peak_per_10min == 10);
        CHECK(metrics.average_per_10min == doctest::Approx(2.5));
        CHECK(metrics.by_priority == std::array<std::uint64_t, 4>{3, 3, 2, 2});
    }

    TEST_CASE("alarms that chatter or fleet are found") {
        Panel p(hall(3));
        for (int i = 0; i < 3; ++i) p.word(formatted("m{}.t0", i), false, 0.0);
        for (int i = 0; i < 5; ++i) { // every 25 s: three within a minute from the third on
            p.word("m0.t0", true, 100.0 + 25.0 * i);
            p.word("m0.t0", false, 100.0 + 25.0 * i + 9.0);
        }
        CHECK(p.view("m0.a").chattering == 3);
        CHECK(p.view("m0.a").fleeting == 5);
        p.word("m1.t0", true, 300.0);
        REQUIRE(p.act(AlarmDo::Acknowledge, "m1.a", 301.0));
        p.word("m1.t0", false, 302.0); // somebody saw it: not fleeting
        p.word("m1.t0", true, 400.0);
        CHECK(p.view("m1.a").chattering == 0);
        CHECK(p.view("m1.a").fleeting == 0);
        CHECK(p.board.metrics().chattering == 3);
        CHECK(p.view("m0.a").last_hour == 5);
        p.board.advance(at(3599.0));
        CHECK(p.view("m0.a").last_hour == 5);
        p.board.advance(at(3601.0)); // the ten minutes they were in are no longer among the last six
        CHECK(p.view("m0.a").last_hour == 0);
        CHECK(p.view("m0.a").annunciated == 5);
    }

    TEST_CASE("a shelf survives a restart, and one that ran out meanwhile expires") {
        const std::string plant = hall(3);
        std::string saved;
        {
            Panel p(plant);
            for (int i = 0; i < 3; ++i) p.word(formatted("m{}.t0", i), true, 0.0);
            REQUIRE(p.act(AlarmDo::Shelve, "m0.a", 1.0, 600.0));
            REQUIRE(p.act(AlarmDo::Shelve, "m1.a", 1.0, 60.0));
            REQUIRE(p.act(AlarmDo::TakeOutOfService, "m2.a", 1.0));
            saved = p.board.save(at(2.0));
        }
        Panel p(plant);
        Reports problems;
        REQUIRE(p.board.restore(saved, at(300.0), problems));
        CHECK(p.view("m0.a").who == "Ada");
        CHECK(p.view("m0.a").shelved_until == at(601.0).utc);
        p.board.advance(at(300.0));
        CHECK(p.happened() == "m1.a G>B shelf expired");
        CHECK(p.state("m2.a") == 'I');
        p.board.advance(at(601.0));
        CHECK(p.happened() == "m0.a G>B shelf expired");
    }

    TEST_CASE("a shelf lasts its minutes, whatever the clock is set to") {
        const auto set = [](double seconds, double ahead) {
            return Instant{at(seconds).time, at(seconds + ahead).utc};
        };
        const std::string plant = hall(1);
        Panel p(plant);
        p.word("m0.t0", true, 0.0);
        const AlarmAction shelve{AlarmDo::Shelve, p.board.find("m0.a"), "Ada", "ahead", from_seconds(60.0)};
        REQUIRE(p.board.act(shelve, set(1.0, 3600.0)));
        CHECK(p.view("m0.a").shelved_until == at(3661.0).utc);
        p.board.advance(set(11.0, 0.0)); // the clock was put right
        CHECK(p.view("m0.a").shelved_until == at(61.0).utc);
        const std::string right = p.board.save(set(11.0, 0.0)), ahead = p.board.save(set(11.0, 3600.0));
        p.board.advance(set(60.0, 7200.0));
        CHECK(p.state("m0.a") == 'G');
        p.board.advance(set(61.0, 7200.0));
        CHECK(p.state("m0.a") == 'B');

        const auto restored = [&](const std::string& saved, double seconds) {
            Panel next(plant);
            Reports problems;
            REQUIRE(next.board.restore(saved, at(seconds), problems));
            CHECK(problems.empty());
            return next.view("m0.a").shelved_until;
        };
        CHECK(restored(right, 31.0) == at(61.0).utc);
        CHECK(restored(ahead, 31.0) == at(81.0).utc);     // what was left of it, not an hour
        CHECK(restored(right, 9999.0) == at(9999.0).utc); // it ends with the next advance()
    }

    TEST_CASE("what is saved while the clock stands anywhere can be restored") {
        for (const std::int64_t clock_s : {-9'000'000'000l, -1l, 0l, 4'000'000'001l, 9'223'372'000l}) {
            const auto then = [&](double seconds) {
                return Instant{at(seconds).time, UtcTime{clock_s * 1'000'000'000} + from_seconds(seconds)};
            };
            Panel p(hall(2));
            p.board.word(p.bindings.find_watched("m0.t0"), true, Quality::Good, {}, then(0.1));
            p.board.word(p.bindings.find_watched("m1.t0"), true, Quality::Good, {}, then(0.1));
            REQUIRE(p.board.act({AlarmDo::Shelve, p.board.find("m1.a"), "Ada", "x", from_seconds(0.5)}, then(0.2)));
            const std::string saved = p.board.save(then(0.3));
            for (const Instant& next : {then(0.4), at(1.0)}) {
                Panel other(hall(2));
                Reports problems;
                REQUIRE(other.board.restore(saved, next, problems));
                CHECK(problems.empty());
                CHECK(other.listed() == "m0.a B first");
                CHECK(other.board.list()[0].since <= next.utc);
                CHECK(other.state("m1.a") == 'G');
                CHECK(other.view("m1.a").shelved_until <= next.utc + from_seconds(0.4));
                other.board.advance({next.time + from_seconds(0.5), next.utc + from_seconds(0.5)});
                CHECK(other.state("m1.a") == 'B');
            }
        }
    }

    TEST_CASE("saved alarms that are not ours are refused and change nothing; a row that is none is told") {
        Panel p = one(R"("when": "is")", R"(, "latched": true)");
        Reports problems;
        const auto code = [&](const std::string& json) {
            const auto done = p.board.restore(json, at(0.0), problems);
            return done ? Errc::NotFound : done.error().code;
        };
        const std::string head = R"({"format": "plantwalk-alarms", "version": 1, "alarms": [)";
        for (const char* bad : {"", "[]", "{}", "null", R"({"format": "plantwalk-alarms", "version": 1})"})
            CHECK(code(bad) == Errc::Malformed);
        CHECK(code(R"({"format": "plantwalk-alarms", "version": 2, "alarms": []})") == Errc::Unsupported);
        CHECK(p.board.restore(head, at(0.0), problems).error().what.ends_with("from byte 57 on"));
        CHECK(code(R"({"format": )" + std::string(60'000, '[') + std::string(60'000, ']') + "}") == Errc::Malformed);
        CHECK(code(R"({"format": "plantwalk-alarms", "version": 1, "time_ms": 1e999, "alarms": []})") ==
              Errc::Malformed);
        CHECK(p.state("m.a") == 'A');
        CHECK(p.board.counts().listed == 0);
        for (const char* bad : {"1", "{}", R"({"alarm": 3})", R"({"alarm": "m.a", "condition": 1})",
                                R"({"alarm": "m.a", "shelf_left_ms": -5})", R"({"alarm": "m.a", "since_ms": 1e300})",
                                R"({"alarm": "m.a", "shelf_left_ms": 9000000000000000000})",
                                R"({"alarm": "m.a", "since_ms": 18446744073709551615})"}) {
            Panel other = one(R"("when": "is")");
            Reports told;
            const std::string rows = std::string(bad) + R"(, {"alarm": "m.a", "condition": true}]})";
            REQUIRE(other.board.restore(head + rows, at(0.0), told));
            CHECK(other.listed() == "m.a B");
            REQUIRE(told.list().size() == 1);
            CHECK(told.list()[0].where == "/alarms/0");
            CHECK(told.list()[0].what.contains("not of the form"));
        }
        REQUIRE(p.board.restore(head + R"({"alarm": "m.gone", "condition": true}, {"alarm": "m.a", "condition": true},
{"alarm": "m.a", "condition": false}]})",
                                at(0.0), problems));
        REQUIRE(problems.list().size() == 2);
        CHECK(problems.list()[0].where == "/alarms/0");
        CHECK(problems.list()[1].what == "this alarm stands here twice");
        CHECK(p.listed() == "m.a B");
    }

    TEST_CASE("what does not change costs no memory") {
        Panel p(hall(100));
        const auto tags = static_cast<std::uint32_t>(p.bindings.watched().size());
        const auto say = [&](double now) {
            for (std::uint32_t t = 0; t < tags; ++t) p.board.word(t, t % 3 == 0, Quality::Good, at(now).utc, at(now));
        };
        say(1.0);
        p.board.clear_events();
        CHECK(p.board.list().size() > 20);
        const long before = test::allocations();
        for (int frame = 0; frame < 100; ++frame) {
            say(2.0 + frame * 0.011);
            static_cast<void>(p.board.list());
            static_cast<void>(p.board.counts());
            static_cast<void>(p.board.metrics());
            static_cast<void>(p.board.view({0}));
        }
        CHECK(test::allocations() == before);
    }
}

} // namespace pw::twin
