// SPDX-License-Identifier: Apache-2.0
// Lines without luck: every instant can be worked out by hand.
#include "tests/simulation/line.h"

#include "simulation/simulation.h"
#include "tests/support/allocations.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <format>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::simulation;
using namespace pw::test;

namespace {

const std::string kEndless = R"("kind": "source", "makes": "part", "every_s": 0, "to": )";

} // namespace

TEST_SUITE("simulation/line") {
    TEST_CASE("the slowest of three machines sets the pace, and the first waits for room") {
        Line line(plant_text(
            {unit("in", kEndless + R"("a")"), unit("a", R"("kind": "station", "service_s": 2, "to": "b")"),
             unit("b", R"("kind": "station", "service_s": 5, "to": "c")"),
             unit("c", R"("kind": "station", "service_s": 3, "to": "out")"), unit("out", R"("kind": "sink")")}));
        line.to(30);
        CHECK(line.times(EventKind::ItemGone, "out") == "10 15 20 25 30");
        CHECK(line.states("a") == "EXECUTE 0, SUSPENDED blocked 4, EXECUTE 7, SUSPENDED blocked 9, EXECUTE 12, "
                                  "SUSPENDED blocked 14, EXECUTE 17, SUSPENDED blocked 19, EXECUTE 22, "
                                  "SUSPENDED blocked 24, EXECUTE 27, SUSPENDED blocked 29");
        CHECK(line.states("c") == "SUSPENDED starved 0, EXECUTE 7, SUSPENDED starved 10, EXECUTE 12, "
                                  "SUSPENDED starved 15, EXECUTE 17, SUSPENDED starved 20, EXECUTE 22, "
                                  "SUSPENDED starved 25, EXECUTE 27, SUSPENDED starved 30");
        const ElementStatistics b = line.simulation.statistics(line["b"]);
        CHECK(b.in_state_s[static_cast<std::size_t>(State::Execute)] == doctest::Approx(28.0));
        CHECK(b.by_reason_s[static_cast<std::size_t>(Reason::Starved)] == doctest::Approx(2.0));
    }

    TEST_CASE("a machine that is patient is not suspended by a short wait") {
        Line line(plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 4, "to": "a")"),
                              unit("a", R"("kind": "station", "service_s": 3, "patience_s": 2, "to": "out")"),
                              unit("out", R"("kind": "sink")")}));
        line.to(12);
        CHECK(line.states("a") == "EXECUTE 0, SUSPENDED starved 2, EXECUTE 4");
    }

    TEST_CASE("a packer waits for twelve bottles and a crate, and gives one full crate") {
        const std::string items = R"({"items": {"bottle": {}, "crate": {}, "full": {}}})";
        Line line(plant_text({unit("bottles", R"("kind": "source", "makes": "bottle", "every_s": 1, "to": "packer")"),
                              unit("crates", R"("kind": "source", "makes": "crate", "every_s": 10, "to": "packer")"),
                              unit("packer", R"("kind": "station", "service_s": 4, "to": "out",
"takes": [{"item": "bottle", "count": 12}, {"item": "crate"}], "makes": [{"item": "full"}])"),
                              unit("out", R"("kind": "sink")")},
                             items));
        line.to(60);
        // 12 bottles are there at 12; while it works none fit, so the next dozen is complete 12 s after it is free. The
        // bottle that waited comes in at once, and the source goes on from there.
        CHECK(line.times(EventKind::ServiceBegin, "packer") == "12 27 42 57");
        CHECK(line.times(EventKind::ItemGone, "out") == "16 31 46");
        const FlowStatistics flow = line.simulation.flow();
        for (const TypeFlow& type : flow.types) CHECK(type.balanced());
        CHECK(flow.types[0].used + flow.types[0].turned_out == 36);
        CHECK(flow.types[2].gone == 3);
    }

    TEST_CASE("a depalletiser gives bottles and the empty pallet, each on its own way") {
        const std::string items = R"({"items": {"pallet": {}, "bottle": {}, "empty": {}}})";
        Line line(plant_text(
            {unit("in", R"("kind": "source", "makes": "pallet", "every_s": 100, "limit": 2, "to": "unload")"),
             unit("unload", R"("kind": "station", "service_s": 10,
"takes": [{"item": "pallet"}], "makes": [{"item": "bottle", "count": 40}, {"item": "empty"}],
"to": [{"to": "bottles", "item": "bottle"}, {"to": "empties", "item": "empty"}])"),
             unit("bottles", R"("kind": "sink")"), unit("empties", R"("kind": "sink")")},
            items));
        line.to(1000);
        CHECK(line.simulation.statistics(line["bottles"]).entered == 80);
        CHECK(line.simulation.statistics(line["empties"]).entered == 2);
        CHECK(line.simulation.flow().present == 0);
        CHECK(line.simulation.next_event_time() == kNever);
    }

    TEST_CASE("items queue on a conveyor, and move on together") {
        // 10 m at 1 m/s, 2 m an item: five fit. They come every 3 s; the machine behind takes 10 s each.
        Line line(plant_text(
            {unit("in", R"("kind": "source", "makes": "part", "every_s": 3, "to": "belt")"),
             unit("belt", R"("kind": "conveyor", "length_m": 10, "speed_m_s": 1, "item_m": 2, "to": "a")"),
             unit("a", R"("kind": "station", "service_s": 10, "to": "out")"), unit("out", R"("kind": "sink")")}));
        line.to(12); // made at 3, 6, 9, 12
        CHECK(line.places("belt") == "0.9 0.6 0.3 0");
        line.to(21); // the first went on at 13 and is in hand until 23; behind it 6, 9, 12, 15, 18, of which 21 waits
        CHECK(line.times(EventKind::ServiceBegin, "a") == "13");
        CHECK(line.places("belt") == "1 0.8 0.6 0.4 0.2");
        line.to(23); // the machine is free: the one at the end goes, the rest still stand
        CHECK(line.places("belt") == "0.8 0.6 0.4 0.2 0");
        line.to(24.5); // they have moved together
        CHECK(line.places("belt") == "0.95 0.75 0.55 0.35 0.15");
        line.to(26);
        CHECK(line.places("belt") == "1 0.8 0.6 0.4 0.2");
        line.to(33); // the next went as soon as the machine was free, for it stood at the end
        CHECK(line.times(EventKind::ServiceBegin, "a") == "13 23 33");
        CHECK(line.simulation.statistics(line["belt"]).inside_now == 5);
    }

    TEST_CASE("an item enters a conveyor only when the one before has cleared the entry") {
        Line line(plant_text(
            {unit("in", kEndless + R"("belt")"),
             unit("belt", R"("kind": "conveyor", "length_m": 3, "speed_m_s": 0.5, "item_m": 0.5, "to": "out")"),
             unit("out", R"("kind": "sink")")}));
        line.to(9);
        CHECK(line.times(EventKind::ItemIn, "belt") == "0 1 2 3 4 5 6 7 8 9");
        CHECK(line.times(EventKind::ItemGone, "out") == "6 7 8 9");
    }

    TEST_CASE("a belt that does not accumulate stands with all that is on it") {
        Line line(plant_text(
            {unit("in", R"("kind": "source", "makes": "part", "every_s": 2, "limit": 3, "to": "belt")"),
             unit("belt", R"("kind": "conveyor", "length_m": 5, "speed_m_s": 1, "item_m": 1,
"accumulating": false, "to": "a")"),
             unit("a", R"("kind": "station", "service_s": 10, "to": "out")"), unit("out", R"("kind": "sink")")}));
        line.to(15); // on at 2, 4, 6; the first goes in hand at 7 until 17, the second comes to the end at 9 and stands
        CHECK(line.places("belt") == "1 0.6");
        CHECK(line.simulation.machine(line["belt"]).state == State::Suspended);
        line.to(19); // it went on at 17, the last one with it
        CHECK(line.places("belt") == "1");
        CHECK(line.states("belt") == "EXECUTE 0, SUSPENDED blocked 9, EXECUTE 17, SUSPENDED blocked 19");
    }

    TEST_CASE("a carousel takes one item each pitch, and freezes with all of them when its exit is full") {
        const std::string items = R"({"items": {"bottle": {}, "filled": {}}})";
        Line line(plant_text(
            {unit("in", R"("kind": "source", "makes": "bottle", "every_s": 0, "to": "filler")"),
             unit("filler", R"("kind": "carousel", "pitch_s": 1, "transit_s": 5, "makes": "filled", "to": "store")"),
             unit("store", R"("kind": "buffer", "capacity": 3, "to": "out")"),
             unit("out", R"("kind": "station", "service_s": 100, "to": "end")"), unit("end", R"("kind": "sink")")},
            items));
        line.to(8);
        CHECK(line.times(EventKind::ItemOut, "filler") == "5 6 7 8"); // one in hand, three in the store
        line.to(60);
        CHECK(line.places("filler") == "1 0.8 0.6 0.4 0.2");
        CHECK(line.simulation.machine(line["filler"]).reason == Reason::Blocked);
        line.to(106);
        CHECK(line.times(EventKind::ItemOut, "filler") == "5 6 7 8 105");
        CHECK(line.simulation.flow().types[1].turned_in == 6);
    }

    TEST_CASE("those who wait for room are let in in the order in which they came") {
        Line line(plant_text({unit("s1", R"("kind": "source", "makes": "part", "every_s": 1, "to": "a")"),
                              unit("s2", R"("kind": "source", "makes": "part", "every_s": 1, "to": "a")"),
                              unit("s3", R"("kind": "source", "makes": "part", "every_s": 1, "to": "a")"),
                              unit("a", R"("kind": "station", "service_s": 10, "to": "out")"),
                              unit("out", R"("kind": "sink")")}));
        line.to(200);
        const std::uint64_t first = line.simulation.statistics(line["s1"]).left;
        CHECK(first == 7);
        CHECK(line.simulation.statistics(line["s2"]).left == 7);
        CHECK(line.simulation.statistics(line["s3"]).left == 6);
    }

    TEST_CASE("routes: in turn, the emptiest, the first that is free, by grade") {
        const auto split = [](const std::string& routing) {
            Line line(plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 1, "routing": ")" +
                                                 routing + R"(", "to": [{"to": "a"}, {"to": "b"}, {"to": "c"}])"),
                                  unit("a", R"("kind": "station", "service_s": 1.5, "queue": 2, "to": "out")"),
                                  unit("b", R"("kind": "station", "service_s": 2.5, "queue": 2, "to": "out")"),
                                  unit("c", R"("kind": "station", "service_s": 100, "queue": 2, "to": "out")"),
                                  unit("out", R"("kind": "sink")")}));
            line.to(30.5);
            std::string out;
            for (const char* id : {"a", "b", "c"})
                out += std::to_string(line.simulation.statistics(line[id]).entered) + " ";
            return out;
        };
        CHECK(split("priority") == "22 8 0 ");
        CHECK(split("least_full") == "19 10 1 ");
        CHECK(split("round_robin") == "4 4 3 "); // it waits for its turn at the slow one
    }

    TEST_CASE("an inspection finds bad ones, and they leave by their own way") {
        Line line(plant_text(
            {unit("in", R"("kind": "source", "makes": "part", "every_s": 1, "to": "mill")"),
             unit("mill", R"("kind": "station", "service_s": 0.5, "spoils": 0.2, "to": "eye")"),
             unit("eye", R"("kind": "station", "service_s": 0.5, "inspects": {"finds": 0.9, "false_alarms": 0.05},
"to": [{"to": "out", "grade": "good"}, {"to": "scrap", "grade": "rejected"}])"),
             unit("out", R"("kind": "sink")"), unit("scrap", R"("kind": "sink")")}));
        line.to(50'000);
        const auto scrap = static_cast<double>(line.simulation.statistics(line["scrap"]).entered);
        CHECK(scrap / 50'000 == doctest::Approx(0.2 * 0.9 + 0.8 * 0.05).epsilon(0.03));
        CHECK(line.simulation.statistics(line["mill"]).quality == doctest::Approx(0.8).epsilon(0.02));
        CHECK(line.count(EventKind::Reject, "eye") == line.simulation.statistics(line["eye"]).rejected);
    }

    TEST_CASE("what finds no place is lost where the file says so") {
        Line line(plant_text(
            {unit("in", R"("kind": "source", "makes": "part", "every_s": 1, "when_full": "lose", "to": "a")"),
             unit("a", R"("kind": "station", "service_s": 2.5, "to": "out")"), unit("out", R"("kind": "sink")")}));
        line.to(31);
        CHECK(line.simulation.flow().lost == 20); // every third is taken
        CHECK(line.simulation.flow().types[0].balanced());
    }

    TEST_CASE("energy is power by state, exactly") {
        Line line(plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 4, "to": "a")"),
                              unit("a", R"("kind": "station", "service_s": 3, "to": "out",
"power_w": {"execute": 1500.5, "suspended": 200, "other": 7})"),
                              unit("out", R"("kind": "sink")")}));
        line.to(40); // starved 0 … 4, then 3 s of every 4 at work
        CHECK(line.simulation.statistics(line["a"]).energy_mj == 27 * 1'500'500 + 13 * 200'000);
    }

    TEST_CASE("a steady run allocates nothing") {
        Line line(
            plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 1, "to": "belt")"),
                        unit("belt", R"("kind": "conveyor", "length_m": 10, "speed_m_s": 1, "item_m": 1, "to": "a")"),
                        unit("a", R"("kind": "station", "service_s": 0.9, "to": "out")"),
                        unit("out", R"("kind": "sink")")}),
            /* record= */ false);
        line.to(100);
        const long before = allocations();
        REQUIRE(line.simulation.advance_to(10'000 * kSecond));
        CHECK(allocations() == before);
    }

    TEST_CASE("time that stands still and a plant that overflows are errors, not hangs") {
        Line circle(plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 1, "limit": 1, "to": "a")"),
                                unit("a", R"("kind": "buffer", "capacity": 5, "to": "b")"),
                                unit("b", R"("kind": "buffer", "capacity": 5, "to": "a")")}));
        const auto stuck = circle.simulation.advance_to(10 * kSecond);
        REQUIRE_FALSE(stuck);
        CHECK(stuck.error().what.contains("time stands still"));
        Line itself(plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 1, "to": "a")"),
                                unit("a", R"("kind": "buffer", "capacity": 2, "to": "a")")}));
        CHECK(itself.simulation.advance_to(10 * kSecond).error().what.contains("time stands still"));
        Line flood(plant_text({unit("in", kEndless + R"("a")"),
                               unit("a", R"("kind": "buffer", "capacity": "unlimited", "to": "b")"),
                               unit("b", R"("kind": "station", "service_s": 1, "to": "out")"),
                               unit("out", R"("kind": "sink")")}),
                   /* record= */ false);
        const auto full = flood.simulation.advance_to(10 * kSecond);
        REQUIRE_FALSE(full);
        CHECK(full.error().code == Errc::Exhausted);
    }
}
