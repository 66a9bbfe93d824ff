// SPDX-License-Identifier: Apache-2.0
// Machines that fail, are commanded, change over and are served by people and vehicles.
#include "tests/simulation/line.h"

#include <doctest/doctest.h>

#include <string>

using namespace pw;
using namespace pw::simulation;
using namespace pw::test;

namespace {

const std::string kFloor =
    R"("points": {"desk": [0, 0, 0], "corner": [6, 0, 0], "press": [6, 0, 8], "dock": [0, 0, 9], "island": [99, 0, 99]},
"paths": [{"from": "desk", "to": "corner"}, {"from": "corner", "to": "press"}, {"from": "desk", "to": "dock", "length_m": 12}])";

// source → press → out, where the press has these further members.
std::string press(const std::string& members, const std::string& production = R"({"items": {"part": {}}})") {
    return plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 0, "to": "press")"),
                       unit("press", R"("kind": "station", "service_s": 4, "to": "out", )" + members),
                       unit("out", R"("kind": "sink")")},
                      production);
}

} // namespace

TEST_SUITE("simulation/machine") {
    TEST_CASE("a jam holds the machine, and the cycle goes on where it stood") {
        Line line(press(R"("failures": [{"id": "jam", "every_s": 10, "repair_s": 7}])"));
        line.to(60);
        CHECK(line.states("press") == "EXECUTE 0, HELD failure 10, EXECUTE 17, HELD failure 27, EXECUTE 34, "
                                      "HELD failure 44, EXECUTE 51");
        CHECK(line.times(EventKind::ItemGone, "out") == "4 8 19 23 34 38 42 53 57");
        CHECK(line.times(EventKind::FailureBegin, "press") == "10 27 44");
        CHECK(line.times(EventKind::FailureEnd, "press") == "17 34 51");
    }

    TEST_CASE("a view says how far the cycle in hand is, and stands still with the machine") {
        Line line(press(R"("failures": [{"id": "jam", "every_s": 10, "repair_s": 7}])"));
        const auto position = [&](double at) {
            line.to(at);
            const MachineView view = line.simulation.machine(line["press"]);
            return text({static_cast<double>(view.cycles), view.in_hand, view.run_s});
        };
        CHECK(position(0) == "0 0 0");
        CHECK(position(1) == "0 0.25 1");
        CHECK(position(4) == "1 0 4");
        CHECK(position(10) == "2 0.5 10");
        CHECK(position(15) == "2 0.5 10"); // jammed
        CHECK(position(18) == "2 0.75 11");
        const auto snapshot = line.simulation.snapshot();
        REQUIRE(line.simulation.restore(snapshot));
        CHECK(position(18) == "2 0 11"); // a snapshot does not tell when it began
        CHECK(position(18.5) == "2 0.5 11.5");
        CHECK(position(19) == "3 0 12");
        REQUIRE(line.simulation.set_speed(line["press"], 0.5));
        CHECK(position(23) == "3 0.5 14");
    }

    TEST_CASE("servers side by side add what they have done") {
        Line line(plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 2, "to": "press")"),
                              unit("press", R"("kind": "station", "servers": 2, "service_s": 4, "to": "out")"),
                              unit("out", R"("kind": "sink")")}));
        line.to(5);
        CHECK(line.simulation.machine(line["press"]).in_hand == 1.0); // 3 of 4 s, and 1
        CHECK(line.simulation.machine(line["press"]).cycles == 0);
    }

    TEST_CASE("a major failure aborts, and acting states take the time that the file gives them") {
        Line line(press(R"("failures": [{"id": "motor", "every_cycles": 2, "repair_s": 10, "major": true}],
"acting_s": {"aborting": 1, "clearing": 2, "resetting": 3, "starting": 4})"));
        line.to(50);
        CHECK(line.states("press") == "STARTING 0, EXECUTE 4, ABORTING failure 12, ABORTED failure 13, "
                                      "CLEARING failure 22, RESETTING failure 24, STARTING failure 27, EXECUTE 31, "
                                      "ABORTING failure 39, ABORTED failure 40, CLEARING failure 49");
        CHECK(line.simulation.statistics(line["press"]).failures == 2);
    }

    TEST_CASE("what it waits for may come while it is still suspending") {
        Line line(plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 0, "to": "press")"),
                              unit("press", R"("kind": "station", "service_s": 4, "acting_s": {"suspending": 2},
"to": "slow")"),
                              unit("slow", R"("kind": "station", "service_s": 5, "to": "out")"),
                              unit("out", R"("kind": "sink")")}));
        line.to(30);
        // Done at 10, it is blocked until 11, and goes on at 12 when it is suspended.
        CHECK(line.states("press") == "SUSPENDING starved 0, EXECUTE 2, SUSPENDING blocked 10, EXECUTE 12, "
                                      "SUSPENDING blocked 20, EXECUTE 22, SUSPENDING blocked 30");
        CHECK(line.times(EventKind::ItemGone, "out") == "11 16 21 26");
    }

    TEST_CASE("the calendar goes on while a machine waits, operating time does not") {
        const auto begin = [](const std::string& calendar) {
            Line line(plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 20, "to": "press")"),
                                  unit("press", R"("kind": "station", "service_s": 4, "to": "out",
"failures": [{"id": "jam", "every_s": 10, "repair_s": 1)" +
                                                    calendar + "}]"),
                                  unit("out", R"("kind": "sink")")}));
            line.to(100);
            return line.times(EventKind::FailureBegin, "press");
        };
        CHECK(begin("") == "62"); // 4 s at 20, at 40, and 2 s of those at 60
        CHECK(begin(R"(, "calendar": true)") == "10 21 32 43 54 65 76 87 98");
    }

    TEST_CASE("a repair waits for the operator, who walks there and home again") {
        // 14 m from the desk to the press at 2 m/s: 7 s.
        Line line(
            press(R"("at": "press", "failures": [{"id": "jam", "every_s": 10, "repair_s": 3, "operators": "crew"}])",
                  R"({"items": {"part": {}}, "operators": [{"id": "crew", "speed_m_s": 2, "home": "desk"}], )" +
                      kFloor + "}"));
        line.to(15);
        UnitView unit = line.simulation.unit(0, 0);
        CHECK(unit.travelling);
        CHECK(unit.position_m.x == doctest::Approx(6.0));
        CHECK(unit.position_m.z == doctest::Approx(4.0));
        CHECK(unit.equipment == line["press"]);
        line.to(18);
        CHECK(line.simulation.unit(0, 0).working);
        line.to(60);
        // The second time it is at home again (20 + 7 < 30) and walks the whole way.
        CHECK(line.states("press") == "EXECUTE 0, HELD failure 10, EXECUTE 20, HELD failure 30, EXECUTE 40, "
                                      "HELD failure 50, EXECUTE 60");
        std::size_t trips = 0;
        for (const Event& e : line.simulation.events()) trips += e.kind == EventKind::TripEnd ? 1u : 0u;
        CHECK(trips == 10); // two legs there, two home; the last time it has just mended
    }

    TEST_CASE("one operator serves two machines one after the other, and turns round on the way home") {
        const std::string production =
            R"({"items": {"part": {}}, "operators": [{"id": "crew", "speed_m_s": 2, "home": "desk"}], )" + kFloor + "}";
        const auto machine = [](const std::string& id, int every) {
            return unit(
                id,
                R"("kind": "station", "service_s": 1, "to": "out", "at": "press", "failures": [{"id": "jam", "every_s": )" +
                    std::to_string(every) + R"(, "repair_s": 2, "operators": "crew"}])");
        };
        Line line(plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 0, "to": "a")"),
                              unit("in2", R"("kind": "source", "makes": "part", "every_s": 0, "to": "b")"),
                              machine("a", 10), machine("b", 11), unit("out", R"("kind": "sink")")},
                             production));
        line.to(32);
        CHECK(line.times(EventKind::FailureEnd, "a") == "19"); // 10 + 7 + 2
        CHECK(line.times(EventKind::FailureEnd, "b") == "21"); // it was there already
        // Home begins at 21: the corner is reached at 25, the desk at 28. The jam at 29 finds it at the desk, again 7
        // s.
        CHECK(line.times(EventKind::FailureBegin, "a") == "10 29");
        line.to(40);
        CHECK(line.times(EventKind::FailureEnd, "a") == "19 38");
    }

    TEST_CASE("vehicles carry lots, and the nearest one that is free comes") {
        Line line(plant_text(
            {unit("in", R"("kind": "source", "makes": "part", "every_s": 10, "limit": 8, "to": "agv")"),
             unit("agv", R"("kind": "transport", "vehicles": "carts", "from": "press", "to_point": "dock",
"lot": 4, "queue": 8, "load_s": 5, "unload_s": 3, "to": "out")"),
             unit("out", R"("kind": "sink")")},
            R"({"items": {"part": {}}, "vehicles": [{"id": "carts", "count": 2, "home": "desk"}], )" + kFloor + "}"));
        line.to(200);
        // Called at 40; 14 m to the press, 5 s to load, 26 m to the dock, 3 s to unload. The other one at 80.
        CHECK(line.times(EventKind::ItemGone, "out") == "88 88 88 88 128 128 128 128");
        CHECK(line.simulation.statistics(line["agv"]).wait_mean_s == doctest::Approx((49 + 39 + 29 + 19) / 4.0));
        CHECK_FALSE(line.simulation.unit(0, 0).travelling);
    }

    TEST_CASE("another product: the machine completes, is changed over and starts") {
        Line line(
            press(R"("changeovers": [{"from": "red", "to": "blue", "time_s": 10}, {"to": "red", "time_s": 20}],
"acting_s": {"completing": 1, "starting": 2})",
                  R"({"items": {"part": {}}, "products": [{"id": "red"}, {"id": "blue", "speeds": {"press": 0.5}}],
"schedule": [{"product": "red", "count": 2}, {"product": "blue", "count": 1}]})"));
        line.to(75);
        CHECK(line.states("press") == "STARTING 0, EXECUTE 2, COMPLETING changeover 10, RESETTING changeover 11, "
                                      "STARTING changeover 21, EXECUTE 23, COMPLETING changeover 31, "
                                      "RESETTING changeover 32, STARTING changeover 52, EXECUTE 54, "
                                      "COMPLETING changeover 62, RESETTING changeover 63, STARTING changeover 73, "
                                      "EXECUTE 75");
        CHECK(line.times(EventKind::ItemGone, "out") == "6 10 31 58 62"); // blue takes twice as long
        CHECK(line.times(EventKind::ChangeoverBegin, "press") == "10 31 62");
        CHECK(line.simulation.machine(line["press"]).product == 1);
    }

    TEST_CASE("a carousel runs empty, is changed over and takes the next product") {
        Line line(
            plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 0, "to": "ring")"),
                        unit("ring", R"("kind": "carousel", "pitch_s": 1, "transit_s": 5, "to": "out",
"changeovers": [{"time_s": 30}])"),
                        unit("out", R"("kind": "sink")")},
                       R"({"items": {"part": {}}, "products": [{"id": "red"}, {"id": "blue", "speeds": {"ring": 0.5}}],
"schedule": [{"product": "red", "count": 2}, {"product": "blue", "count": 3}]})"));
        line.to(90);
        CHECK(line.times(EventKind::ItemGone, "out") == "5 6 46 48 50 85 86");
        CHECK(line.states("ring") == "EXECUTE 0, RESETTING changeover 6, EXECUTE 36, RESETTING changeover 50, "
                                     "EXECUTE 80, RESETTING changeover 86");
    }

    TEST_CASE("a changeover waits in COMPLETE for those who do it") {
        Line line(press(R"("at": "press", "changeover_operators": "crew", "changeovers": [{"time_s": 10}])",
                        R"({"items": {"part": {}}, "products": [{"id": "red"}, {"id": "blue"}],
"schedule": [{"product": "red", "count": 1}, {"product": "blue", "count": 100}],
"operators": [{"id": "crew", "speed_m_s": 2, "home": "desk"}], )" +
                            kFloor + "}"));
        line.to(30);
        CHECK(line.states("press") == "EXECUTE 0, COMPLETE changeover 4, RESETTING changeover 11, EXECUTE 21");
    }

    TEST_CASE("commands from outside are obeyed where PackML allows them, and only there") {
        Line line(press(R"("starts": false)"));
        const std::uint32_t p = line["press"];
        line.to(5);
        CHECK(line.simulation.machine(p).state == State::Idle);
        CHECK(line.simulation.command(p, Command::Hold).error().code == Errc::Refused);
        CHECK(line.simulation.command(line["out"], Command::Start).error().code == Errc::NotFound);
        CHECK(line.simulation.command(p, Command::Start));
        line.to(11); // 2 s in the second cycle
        CHECK(line.simulation.command(p, Command::Suspend));
        line.to(20);
        CHECK(line.simulation.machine(p).state == State::Suspended); // it does not wake by itself
        CHECK(line.simulation.command(p, Command::Unsuspend));
        CHECK(line.times(EventKind::ItemGone, "out") == "9");
        line.to(30);
        CHECK(line.times(EventKind::ItemGone, "out") == "9 22 26 30");
        CHECK(line.simulation.command(p, Command::Abort));
        CHECK(line.simulation.machine(p).state == State::Aborted);
        CHECK(line.simulation.command(p, Command::Clear));
        CHECK(line.simulation.machine(p).state == State::Stopped);
        CHECK(line.simulation.set_mode(p, Mode::Maintenance));
        CHECK(line.simulation.command(p, Command::Reset));
        CHECK(line.simulation.command(p, Command::Start));
        line.to(50); // in maintenance it executes and makes nothing
        CHECK(line.times(EventKind::ItemGone, "out") == "9 22 26 30");
        CHECK(line.simulation.set_mode(p, Mode::Production).error().code == Errc::Refused);
        line.to(50);
    }

    TEST_CASE("a failure keeps a machine from being restarted until it is repaired") {
        Line line(press(R"("failures": [{"id": "door", "every_s": 1e6, "repair_s": 20, "restarts": false}])"));
        const std::uint32_t p = line["press"];
        line.to(10);
        CHECK(line.simulation.provoke(p, 1).error().code == Errc::NotFound);
        CHECK(line.simulation.provoke(p, 0));
        CHECK(line.simulation.provoke(p, 0).error().code == Errc::Refused);
        line.to(20);
        CHECK(line.simulation.machine(p).failure == 0);
        CHECK(line.simulation.command(p, Command::Unhold).error().what.contains("not repaired"));
        line.to(40); // repaired at 30, and it waits
        CHECK(line.simulation.machine(p).failure == -1);
        CHECK(line.simulation.machine(p).state == State::Held);
        CHECK(line.simulation.command(p, Command::Unhold));
        line.to(44);
        CHECK(line.times(EventKind::ItemGone, "out") == "4 8 42");
    }

    TEST_CASE("a speed setpoint counts from now on, also for what is in hand and on the belt") {
        Line line(plant_text(
            {unit("in", R"("kind": "source", "makes": "part", "every_s": 100, "to": "belt")"),
             unit("belt", R"("kind": "conveyor", "length_m": 10, "speed_m_s": 1, "item_m": 1, "to": "press")"),
             unit("press", R"("kind": "station", "service_s": 8, "to": "out")"), unit("out", R"("kind": "sink")")}));
        line.to(105);
        CHECK(line.simulation.set_speed(line["belt"], 0.5)); // 5 m left: 10 s
        line.to(117);
        CHECK(line.simulation.set_speed(line["press"], 2)); // 6 s left: 3 s
        CHECK_FALSE(line.simulation.set_speed(line["press"], 0.0));
        CHECK_FALSE(line.simulation.set_speed(line["press"], std::nan("")));
        line.to(130);
        CHECK(line.times(EventKind::ServiceBegin, "press") == "115");
        CHECK(line.times(EventKind::ItemGone, "out") == "120");
    }

    TEST_CASE("a plant whose items or people cannot get where they must is refused with the place") {
        const auto wrong = [](const std::string& text) {
            Reports problems;
            const auto plant = plant::parse_plant(text, "test.json", problems);
            if (plant) CHECK_FALSE(compile(*plant, problems));
            std::string out;
            for (const Report& r : problems.list()) out += r.where + ": " + r.what + "\n";
            return out;
        };
        CHECK(wrong(plant_text(
                  {unit("in", R"("kind": "source", "makes": "part", "every_s": 1, "to": "a")"),
                   unit("a", R"("kind": "station", "service_s": 1, "takes": [{"item": "box"}], "to": "out")"),
                   unit("out", R"("kind": "sink")")},
                  R"({"items": {"part": {}, "box": {}}})")) ==
              "/equipment/0/simulation/to: an item of type \"part\" goes to \"a\", which does not take it\n");
        CHECK(wrong(plant_text(
                  {unit("in", R"("kind": "source", "makes": "part", "every_s": 1, "to": "a")"),
                   unit("a",
                        R"("kind": "station", "service_s": 1, "inspects": {}, "to": [{"to": "out", "grade": "good"}])"),
                   unit("out", R"("kind": "sink")")})) ==
              "/equipment/1/simulation/to: no route takes an item of type \"part\", rejected\n");
        CHECK(
            wrong(
                press(
                    R"("at": "island", "failures": [{"id": "jam", "every_s": 1, "repair_s": 1, "operators": "crew"}])",
                    R"({"items": {"part": {}}, "operators": [{"id": "crew", "home": "desk"}], )" + kFloor + "}"))
                .contains("/equipment/1/simulation/at: no path leads from \"desk\" to \"island\""));
        CHECK(wrong(plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 1, "to": "in")")}))
                  .contains("\"in\" takes no items"));
        CHECK(wrong(plant_text({R"({"id": "a", "level": "unit"})"})).empty()); // Unsupported: nothing to simulate
    }
}
