// SPDX-License-Identifier: Apache-2.0
#include "plant/alarm.h"

#include "base/format.h"
#include "plant/plant.h"
#include "tests/plant/plant_support.h"

#include <doctest/doctest.h>

#include <string>

namespace pw::plant {
namespace {

using test::documented_example;
using test::problems_of;
using test::replaced;

// What the reader says about the example with one place changed.
std::string after(const std::string& from, const std::string& to) {
    return problems_of(replaced(documented_example(), from, to));
}

Equipment robot() {
    Reports problems;
    Result<Plant> plant = parse_plant(documented_example(), "plant.json", problems);
    REQUIRE(plant);
    return plant->equipment[1];
}

constexpr const char* kAlarms = "/equipment/0/children/0/alarms/";

} // namespace

TEST_SUITE("plant/alarms") {
    TEST_CASE("alarms are read as they are written") {
        const std::vector<Alarm> alarms = robot().alarms;
        REQUIRE(alarms.size() == 4);
        CHECK(alarms[0].condition.when == AlarmWhen::Stale);
        CHECK(alarms[0].on_delay_s == 10.0);
        const Alarm& hot = alarms[1];
        CHECK(hot.title == "Motor is too hot");
        CHECK(hot.priority == AlarmPriority::Medium);
        CHECK(hot.condition.tag == "motor");
        CHECK(hot.condition.when == AlarmWhen::High);
        CHECK(hot.condition.limit == 85.0);
        CHECK(hot.condition.deadband == 5.0);
        CHECK(hot.off_delay_s == 30.0);
        CHECK(hot.latched);
        CHECK(hot.group == "robot");
        CHECK(hot.consequence.starts_with("The drive"));
        CHECK(hot.response.starts_with("Halve"));
        CHECK(hot.suppressed_by == "robot.silent"); // an id of the same equipment gets its whole name
        CHECK(hot.suppressed_in == std::vector<std::string>{"STOPPED", "ABORTED"});
        CHECK_FALSE(alarms[2].condition.value);
        CHECK_FALSE(alarms[2].latched);
        CHECK(alarms[3].priority == AlarmPriority::Critical);
        CHECK(alarms[3].condition.text == "ABORTED");
    }

    TEST_CASE("a condition has what its kind needs and nothing else") {
        const std::string where = std::string(kAlarms) + "1/condition";
        CHECK(after("\"limit\": 85, ", "").contains(where + ": \"limit\" is missing"));
        CHECK(after("\"deadband\": 5", "\"deadband\": -1").contains(where + "/deadband: must be at least 0"));
        CHECK(after("\"deadband\": 5", "\"text\": \"x\"").contains("/text: a text belongs to \"equals\""));
        CHECK(after("\"deadband\": 5", "\"value\": true").contains("/value: a value belongs to \"is\""));
        CHECK(after("\"when\": \"stale\"", "\"when\": \"stale\", \"limit\": 1, \"deadband\": 1")
                  .contains("0/condition/limit: a limit belongs to high and low"));
        CHECK(after("\"equals\", \"text\": \"ABORTED\"", "\"equals\"").contains("3/condition: \"text\" is missing"));
        CHECK(after("\"when\": \"high\"", "\"when\": \"over\"").contains(where + "/when: must be one of \"is\""));
        CHECK(after("\"on_delay_s\": 10", "\"on_delay_s\": -1").contains("0/on_delay_s: must be at least 0"));
        CHECK(after("\"priority\": \"low\"", "\"priority\": \"urgent\"")
                  .contains("2/priority: must be one of \"critical\""));
    }

    TEST_CASE("an alarm's references lead somewhere, and its id is its own") {
        CHECK(after("\"tag\": \"motor\"", "\"tag\": \"moter\"")
                  .contains("1/condition/tag: this equipment has no tag \"moter\""));
        CHECK(after("\"tag\": \"robot.state\"", "\"tag\": \"packing.state\"")
                  .contains("3/condition/tag: there is no tag \"packing.state\""));
        CHECK(after("\"id\": \"lost\"", "\"id\": \"hot\"")
                  .contains("2/id: there is another alarm of this equipment called \"hot\""));
        CHECK(after("{\"alarm\": \"silent\"", "{\"alarm\": \"quiet\"")
                  .contains("1/suppressed_by/alarm: there is no alarm \"robot.quiet\""));
        CHECK(after(", \"state\": true", "").contains("2/suppressed_by/states: this equipment has no state tag"));
    }

    TEST_CASE("alarms that suppress each other in a ring are refused") {
        CHECK(after("{\"alarm\": \"silent\"", "{\"alarm\": \"hot\"").contains("this alarm would suppress itself"));
        const std::string ring =
            after("{\"tag\": \"heartbeat\", \"when\": \"stale\"}", "{\"tag\": \"heartbeat\", \"when\": \"stale\"}, "
                                                                   "\"suppressed_by\": {\"alarm\": \"robot.hot\"}");
        CHECK(ring.contains("0/suppressed_by/alarm: this alarm would suppress itself"));
        CHECK(ring.contains("1/suppressed_by/alarm: this alarm would suppress itself"));
        // A long row costs no more than a short one, and is refused.
        std::string list = R"({"id": "a0", "priority": "low", "condition": {"tag": "t", "when": "is"}})";
        for (int i = 1; i < 20'000; ++i)
            list += formatted(R"(,
{{"id": "a{}", "priority": "low", "condition": {{"tag": "t", "when": "is"}}, "suppressed_by": {{"alarm": "a{}"}}}})",
                              i, i - 1);
        const std::string told = problems_of(
            R"({"format": "plantwalk-plant", "version": 1, "name": "n", "equipment": [{"id": "m", "level": "unit",
"tags": [{"id": "t", "source": "a/b/c/d"}], "alarms": [)" +
            list + "]}]}");
        CHECK(told.starts_with("/equipment/0/alarms/32/suppressed_by/alarm: more than 32 alarms stand in a row"));
    }
}

TEST_SUITE("plant/roles") {
    TEST_CASE("a role is given in one way, once, with a unit that can be counted in") {
        CHECK(robot().tags[0].role == TagRole::State); // "state": true
        CHECK(robot().tags[5].role == TagRole::Produced);
        CHECK(robot().tags[1].role == TagRole::None);
        CHECK(after("\"state\": true", "\"role\": \"state\"").empty());
        CHECK(
            after("\"state\": true", "\"state\": true, \"role\": \"state\"").contains("give state or role, not both"));
        CHECK(
            after("\"period_s\": 5", "\"role\": \"produced\"").contains("tags/5: a machine has one produced tag only"));
        CHECK(after("\"unit\": \"Cel\"", "\"unit\": \"kW.h\", \"role\": \"energy\"").empty());
        CHECK(after("\"unit\": \"Cel\"", "\"unit\": \"kW\", \"role\": \"energy\"")
                  .contains("tags/6/unit: must be a unit of energy: J, kJ, MJ, GJ, W.h, kW.h, MW.h, not \"kW\""));
        CHECK(after("\"unit\": \"Cel\"", "\"role\": \"ideal_rate\"").contains("tags/6/unit: must be a rate"));
        CHECK(after("\"unit\": \"Cel\"", "\"unit\": \"Cel\", \"role\": \"rate\"").contains("must be a rate"));
        CHECK(after("\"unit\": \"Cel\"", "\"unit\": \"VA\", \"role\": \"power\"").contains("unit of power: W, kW, MW"));
        CHECK(after("\"unit\": \"Cel\"", "\"role\": \"fill\"").contains("tags/6: a fill needs high"));
        CHECK(after("\"unit\": \"Cel\"", "\"role\": \"fill\", \"high\": 9").empty());
    }

    TEST_CASE("equipment is shown in the layer that the file says, or its parent's") {
        CHECK(robot().element == Element::Machines);
        Reports problems;
        const auto plant = parse_plant(
            replaced(documented_example(), "\"element\": \"machines\"", "\"element\": \"quality\""), "p", problems);
        REQUIRE(plant);
        CHECK(plant->equipment[0].element == Element::Quality);
        CHECK(plant->equipment[1].element == Element::Quality);
        CHECK(after("\"element\": \"machines\"", "\"element\": \"money\"").contains("/equipment/0/element"));
    }

    TEST_CASE("units are worth what they are worth") {
        CHECK(watts_in("kW") == 1000.0);
        CHECK_FALSE(watts_in("kW.h"));
        CHECK(joules_in("kW.h") == 3.6e6);
        CHECK(joules_in("Wh") == 3600.0);
        CHECK_FALSE(joules_in("kw.h"));
        CHECK(per_second_in("/min") == 1.0 / 60.0);
        CHECK(per_second_in("1/h") == 1.0 / 3600.0);
        CHECK_FALSE(per_second_in("Hz"));
        CHECK_FALSE(per_second_in(""));
    }
}

} // namespace pw::plant
