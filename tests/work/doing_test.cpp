// SPDX-License-Identifier: Apache-2.0
#include "work/doing.h"

#include "base/format.h"
#include "tests/twin/alarm_support.h"

#include <doctest/doctest.h>

#include <string>

namespace pw::work {
namespace {

std::string unit(const std::string& id) {
    return formatted(R"({{"id": "{0}", "level": "unit", "tags": [
{{"id": "s", "source": "g/n/{0}/s", "role": "state"}}, {{"id": "why", "source": "g/n/{0}/why", "role": "reason"}},
{{"id": "made", "source": "g/n/{0}/made", "role": "produced"}}]}})",
                     id);
}

struct Watch {
    explicit Watch(const std::string& equipment)
        : plant(test::plant_of(equipment)), bindings(twin::Bindings::make(plant)),
          board(DoingBoard::make(plant, bindings)) {}

    void say(const std::string& tag, const std::string& word, double s, twin::Quality q = twin::Quality::Good) {
        board.word(bindings.find_watched(tag), word, q, test::at(s).time);
    }
    float share(std::size_t machine, Doing doing) const {
        return board.hour(machine).at(static_cast<std::size_t>(doing));
    }

    plant::Plant plant;
    twin::Bindings bindings;
    DoingBoard board;
};

} // namespace

TEST_SUITE("work/doing") {
    TEST_CASE("each state of PackML is one doing, and a word that is none is unknown") {
        CHECK(doing_of("EXECUTE", "starved") == Doing::Executing);
        CHECK(doing_of("SUSPENDED", "starved") == Doing::Starved);
        CHECK(doing_of("SUSPENDED", "blocked") == Doing::Blocked);
        CHECK(doing_of("SUSPENDED", "") == Doing::Waiting);
        CHECK(doing_of("ABORTED", "") == Doing::Failed);
        CHECK(doing_of("STOPPED", "") == Doing::Stopped);
        CHECK(doing_of("execute", "") == Doing::Unknown);
        CHECK(doing_of("", "") == Doing::Unknown);
    }

    TEST_CASE("shares are of the time since the machine was first heard, and silence is not guessed") {
        Watch w(unit("m"));
        w.board.advance(test::at(0).time);
        CHECK(w.share(0, Doing::Unknown) == 0.f); // nothing yet: all are 0
        w.say("m.s", "EXECUTE", 10);
        w.say("m.why", "blocked", 35); // while it executes it says nothing
        w.say("m.s", "SUSPENDED", 40);
        w.say("m.s", "SUSPENDED", 70, twin::Quality::Stale);
        w.board.advance(test::at(110).time);
        CHECK(w.share(0, Doing::Executing) == doctest::Approx(0.3));
        CHECK(w.share(0, Doing::Blocked) == doctest::Approx(0.3));
        CHECK(w.share(0, Doing::Unknown) == doctest::Approx(0.4));
        CHECK(w.board.doing(0) == Doing::Unknown);
    }

    TEST_CASE("what is longer ago than an hour does not count") {
        Watch w(unit("m"));
        w.say("m.s", "ABORTED", 0);
        w.say("m.s", "EXECUTE", 1800);
        w.board.advance(test::at(3600).time);
        CHECK(w.share(0, Doing::Failed) == doctest::Approx(0.5));
        w.board.advance(test::at(3600 + 1740).time); // 60 minutes of which the first was the last failed one
        CHECK(w.share(0, Doing::Failed) == doctest::Approx(1.0 / 60.0));
        w.board.advance(test::at(3600 + 1800).time);
        CHECK(w.share(0, Doing::Failed) == doctest::Approx(0.0));
        CHECK(w.share(0, Doing::Executing) == doctest::Approx(1.0));
    }

    TEST_CASE("the machine that waits least holds its line up; the machines of other lines do not matter") {
        Watch w(R"({"id": "l", "level": "line", "children": [)" + unit("a") + "," + unit("b") + "," + unit("c") +
                R"(]}, {"id": "k", "level": "line", "children": [)" + unit("x") + "]}");
        for (const char* id : {"a", "b", "c", "x"}) w.say(std::string(id) + ".s", "EXECUTE", 0);
        w.say("a.why", "blocked", 0);
        w.say("c.why", "starved", 0);
        w.board.advance(test::at(10).time);
        CHECK(w.board.bottleneck(w.plant, 0) == plant::kNoEquipment); // nobody waits for anybody
        w.say("a.s", "SUSPENDED", 60);
        w.say("c.s", "SUSPENDED", 70);
        w.say("b.s", "ABORTED", 80); // it is broken: that holds the line up as well
        w.board.advance(test::at(299).time);
        CHECK(w.board.bottleneck(w.plant, 0) == plant::kNoEquipment); // not watched for long enough to tell
        w.board.advance(test::at(301).time);
        CHECK(w.board.bottleneck(w.plant, 0) == plant::find_equipment(w.plant, "b"));
        CHECK(w.board.bottleneck(w.plant, plant::find_equipment(w.plant, "k")) == plant::kNoEquipment);
        w.say("x.s", "SUSPENDED", 301); // alone in its line it holds nobody up
        w.board.advance(test::at(310).time);
        CHECK(w.board.bottleneck(w.plant, plant::find_equipment(w.plant, "k")) == plant::kNoEquipment);
        w.say("a.s", "EXECUTE", 310);
        w.board.advance(test::at(9000).time);
        CHECK(w.board.bottleneck(w.plant, 0) == plant::kNoEquipment); // a and b: too close to tell
    }

    TEST_CASE("a line with a machine that was not heard for long has no bottleneck: it might be that one") {
        Watch w(R"({"id": "l", "level": "line", "children": [)" + unit("a") + "," + unit("b") + "]}");
        w.say("a.s", "EXECUTE", 0);
        w.say("b.s", "SUSPENDED", 0);
        w.board.advance(test::at(1000).time);
        CHECK(w.board.bottleneck(w.plant, 0) == plant::find_equipment(w.plant, "a"));
        w.say("b.s", "?", 1000); // no word of PackML
        w.board.advance(test::at(1200).time);
        CHECK(w.board.bottleneck(w.plant, 0) == plant::kNoEquipment);
    }
}

} // namespace pw::work
