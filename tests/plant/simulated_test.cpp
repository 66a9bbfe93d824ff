// SPDX-License-Identifier: Apache-2.0
// What a tag's `simulated` key says, and what it may not say.
#include "plant/plant.h"
#include "tests/plant/plant_support.h"

#include <doctest/doctest.h>

#include <string>

using namespace pw;
using namespace pw::plant;

namespace {

// A machine "m" with a failure, a buffer "b", equipment "wall" that is not simulated, and the pool "crew"; the tag is
// the machine's, or the wall's.
std::string file(const std::string& simulated, const std::string& on = "m") {
    const std::string tag = R"(, "tags": [{"id": "t", "source": "G/N/D/T", "simulated": )" + simulated + "}]";
    const auto tags = [&](const std::string& id) { return id == on ? tag : std::string(); };
    return R"({"format": "plantwalk-plant", "version": 1, "name": "Test", "simulation": {"items": {"a": {}},
"points": {"x": [0, 0, 0]}, "operators": [{"id": "crew", "count": 2, "home": "x"}]}, "equipment": [
{"id": "m", "level": "unit", "simulation": {"kind": "station", "service_s": 1, "to": "b",
 "failures": [{"id": "stop", "every_s": 9, "repair_s": 1}, {"id": "jam", "every_s": 9, "repair_s": 1}]})" +
           tags("m") +
           R"(}, {"id": "b", "level": "unit", "simulation": {"kind": "buffer", "capacity": 1, "to": "out"})" +
           tags("b") + R"(}, {"id": "out", "level": "unit", "simulation": {"kind": "sink"}},
{"id": "wall", "level": "unit")" +
           tags("wall") + "}]}";
}

Simulated read(const std::string& simulated, const std::string& on = "m") {
    Reports problems;
    const auto plant = parse_plant(file(simulated, on), "plant.json", problems);
    REQUIRE_MESSAGE(plant, (plant ? "" : plant.error().what));
    return plant->equipment[find_equipment(*plant, on)].tags[0].simulated;
}

void refuses(const std::string& simulated, const std::string& problem, const std::string& on = "m") {
    const std::string told = test::problems_of(file(simulated, on));
    CHECK_MESSAGE(told.contains("/tags/0/simulated" + problem), told);
}

} // namespace

TEST_SUITE("plant/simulated") {
    TEST_CASE("a word is a quantity of the tag's own equipment") {
        const Simulated state = read(R"("state")");
        CHECK(state.quantity == Quantity::State);
        CHECK(state.of == 0);
        CHECK(read(R"("set_speed")").quantity == Quantity::SetSpeed);
        CHECK(read(R"("items")", "b").quantity == Quantity::Items);
        CHECK(read(R"({"quantity": "count"})", "b").of == 1);
    }

    TEST_CASE("an object names another equipment, a failure, a unit or a sensor") {
        CHECK(read(R"({"quantity": "position", "of": "m"})", "wall").of == 0);
        const Simulated failing = read(R"({"quantity": "failing", "of": "m", "failure": "jam"})", "wall");
        CHECK(failing.failure == 1);
        const Simulated unit = read(R"({"quantity": "heading_deg", "pool": "crew", "index": 1})", "wall");
        CHECK(unit.quantity == Quantity::HeadingDeg);
        CHECK(unit.of == kNoIndex);
        CHECK(unit.pool == 0);
        CHECK(unit.unit == 1);
        const Simulated sensor =
            read(R"({"quantity": "analog", "rest": 20, "running": 60, "lag_s": 30, "noise": 0.5, "while": "HELD"})");
        CHECK(sensor.rest == 20.0);
        CHECK(sensor.running == 60.0);
        CHECK(sensor.lag_s == 30.0);
        CHECK(sensor.noise == 0.5);
        CHECK(sensor.while_state == 11);
        CHECK(read(R"({"quantity": "analog", "running": 60})").while_state == 0);
        CHECK(read(R"({"quantity": "analog", "running": 60})").failure == kNoIndex);
        const Simulated glue = read(R"({"quantity": "analog", "running": 60, "failure": "jam", "failing": 20})");
        CHECK(glue.failure == 1);
        CHECK(glue.failing == 20.0);
        const Simulated battery = read(R"({"quantity": "analog", "running": 20, "rest": 100, "pool": "crew"})", "wall");
        CHECK(battery.pool == 0);
        CHECK(battery.of == kNoIndex);
    }

    TEST_CASE("a sensor on what is no machine always runs") {
        CHECK(read(R"({"quantity": "analog", "running": 7})", "wall").rest == 7.0);
        refuses(R"({"quantity": "analog", "running": 7, "rest": 6})",
                "/rest: \"wall\" is no machine and so never rests", "wall");
        refuses(R"({"quantity": "analog", "running": 7, "while": "moving"})", "/while: \"wall\" is no machine", "wall");
    }

    TEST_CASE("every wrong word is told with its place") {
        refuses(R"("heat")", ": must be one of \"state\"");
        refuses(R"("")", ": must be one of \"state\"");
        refuses("7", ": must be text or an object");
        refuses(R"({"quantity": "heat"})", "/quantity: must be one of");
        refuses(R"({"of": "m"})", ": \"quantity\" is missing");
        refuses(R"({"quantity": "state", "who": "m"})", "/who: this key is not known");
        refuses(R"({"quantity": "state", "of": "nobody"})", "/of: there is no equipment \"nobody\"");
        refuses(R"({"quantity": "state", "of": "b"})", "/of: \"b\" is no machine");
        refuses(R"("state")", ": \"b\" is no machine", "b");
        refuses(R"("count")", ": \"wall\" is not simulated", "wall");
        refuses(R"("failing")", ": \"failing\" needs a \"failure\"");
        refuses(R"({"quantity": "failing", "failure": "fire"})", "/failure: \"m\" has no failure \"fire\"");
        refuses(R"("working")", ": a quantity of a unit needs the \"pool\"");
        refuses(R"({"quantity": "x_m", "pool": "agv"})", "/pool: there is no pool \"agv\"");
        refuses(R"({"quantity": "x_m", "pool": "crew", "index": 2})", "/index: must be a whole number from 0 to 1");
        refuses(R"({"quantity": "x_m", "pool": "crew", "index": 0.5})", "/index: must be a whole number from 0 to 1");
        refuses(R"("analog")", ": \"analog\" needs \"running\"");
        refuses(R"({"quantity": "analog", "running": 1, "noise": -1})", "/noise: must be at least 0");
        refuses(R"({"quantity": "analog", "running": 1, "while": "BROKEN"})", "/while: must be one of");
    }

    TEST_CASE("tags with one source carry one quantity") {
        const auto both = [](const std::string& second) {
            return test::problems_of(test::replaced(file(R"("state")"), R"("simulated": "state"})",
                                                    R"("simulated": "state"}, {"id": "u", "source": "G/N/D/T",
"simulated": )" + second + "}"));
        };
        CHECK(both(R"({"quantity": "state", "of": "m"})").empty());
        CHECK(both(R"("mode")") ==
              "/equipment/0/tags/1/simulated: another tag with the same source carries another quantity\n");
    }

    TEST_CASE("an argument of another quantity is told with its place") {
        refuses(R"({"quantity": "state", "failure": "jam"})", "/failure: belongs to \"failing\" and \"analog\", not");
        refuses(R"({"quantity": "state", "pool": "crew"})", "/pool: belongs to quantities of a unit of a pool");
        refuses(R"({"quantity": "analog", "running": 1, "failing": 2})", ": \"failing\" is the value while");
        refuses(R"({"quantity": "analog", "running": 1, "failing": 2, "failure": "fire"})", "/failure: \"m\" has no");
        refuses(R"({"quantity": "analog", "running": 1, "pool": "crew", "while": "HELD"})", "/while: is for machines");
        refuses(R"({"quantity": "analog", "running": 1, "pool": "crew", "of": "m"})", "/of: belongs to");
        refuses(R"({"quantity": "state", "lag_s": 1})", "/lag_s: belongs to \"analog\", not to \"state\"");
        refuses(R"({"quantity": "x_m", "pool": "crew", "of": "m"})", "/of: belongs to quantities of an equipment");
    }
}
