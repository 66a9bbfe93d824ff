// SPDX-License-Identifier: Apache-2.0
// What a plant file says about production, and what it may not say.
#include "plant/plant.h"
#include "tests/plant/plant_support.h"

#include <doctest/doctest.h>

#include <string>

using namespace pw;
using namespace pw::plant;

namespace {

std::string file(const std::string& behaviour, const std::string& production = R"({"items": {"a": {}, "b": {}}})") {
    return R"({"format": "plantwalk-plant", "version": 1, "name": "Test", "simulation": )" + production +
           R"(, "equipment": [{"id": "m", "level": "unit", "simulation": )" + behaviour +
           R"(}, {"id": "out", "level": "unit", "simulation": {"kind": "sink"}}]})";
}

std::string station(const std::string& more) {
    return file(R"({"kind": "station", "service_s": 1, "to": "out", )" + more + "}");
}

constexpr const char* kFloor = R"({"items": {"a": {}}, "products": [{"id": "p"}, {"id": "q", "speeds": {"m": 0.5}}],
"schedule": [{"product": "q", "count": 7}], "points": {"x": [0, 0, 0], "y": [3, 0, 4]}, "paths": [{"from": "x", "to": "y"}],
"operators": [{"id": "crew", "count": 2, "home": "x"}], "vehicles": [{"id": "carts", "speed_m_s": 1.5, "home": "y"}]})";

} // namespace

TEST_SUITE("plant/production") {
    TEST_CASE("items, products, people and the floor are read as they are written") {
        Reports problems;
        const auto plant = parse_plant(file(R"({"kind": "sink"})", kFloor), "plant.json", problems);
        REQUIRE(plant);
        const Production& p = plant->production;
        CHECK(p.products[1].speeds[0].factor == 0.5);
        CHECK(p.schedule[0].product == 1);
        CHECK(p.schedule[0].count == 7);
        CHECK(p.paths[0].length_m == doctest::Approx(5.0));
        CHECK(p.pools[0].kind == PoolKind::Operators);
        CHECK(p.pools[0].count == 2);
        CHECK(p.pools[1].kind == PoolKind::Vehicles);
        CHECK(p.pools[1].home == 1);
    }

    TEST_CASE("a machine is read with its failures, powers and times") {
        Reports problems;
        const auto plant = parse_plant(
            file(
                R"({"kind": "station", "servers": 3, "queue": "unlimited", "at": "y", "to": [{"to": "out", "share": 2, "item": "a"}],
"routing": "share", "service_s": {"distribution": "lognormal", "mean": 3, "sd": 1},
"failures": [{"id": "jam", "every_cycles": 50, "repair_s": 9, "operators": "crew", "major": true, "restarts": false}],
"acting_s": {"starting": 4}, "power_w": {"execute": 100, "other": 5}})",
                kFloor),
            "plant.json", problems);
        REQUIRE(plant);
        const Behaviour& b = plant->equipment[0].behaviour;
        CHECK(b.kind == BehaviourKind::Station);
        CHECK(b.where == "/equipment/0/simulation");
        CHECK(b.servers == 3);
        CHECK(b.queue == kUnlimited);
        CHECK(b.service_s.kind == DistributionKind::Lognormal);
        CHECK(b.to[0].share == 2.0);
        CHECK(b.to[0].item == 0);
        CHECK(b.failures[0].clock == FailureClock::Cycles);
        CHECK(b.failures[0].major);
        CHECK_FALSE(b.failures[0].restarts);
        CHECK(b.failures[0].pool == 0);
        CHECK(b.acting_s[3] == 4.0);  // STARTING
        CHECK(b.power_w[6] == 100.0); // EXECUTE
        CHECK(b.power_w[11] == 5.0);  // HELD
        CHECK(plant->equipment[0].simulation.empty());
    }

    TEST_CASE("a simulation that plays a part is left to the demo") {
        Reports problems;
        const auto plant = parse_plant(file(R"({"plays": "gate", "anything": [1]})"), "plant.json", problems);
        REQUIRE(plant);
        CHECK(plant->equipment[0].simulation == R"({"plays":"gate","anything":[1]})");
        CHECK(plant->equipment[0].behaviour.kind == BehaviourKind::None);
    }

    TEST_CASE("every wrong parameter of a distribution is told with its place") {
        const auto told = [](const std::string& distribution) {
            return test::problems_of(
                station(R"("failures": [{"id": "f", "every_s": 1, "repair_s": )" + distribution + "}]"));
        };
        const std::string at = "/equipment/0/simulation/failures/0/repair_s";
        CHECK(told(R"({"distribution": "uniform", "low": 2, "high": 1})") == at + "/high: must not be less than low\n");
        CHECK(told(R"({"distribution": "uniform", "low": 2})").contains(at + ": \"high\" is missing"));
        CHECK(told(R"({"distribution": "uniform", "low": 2, "high": 3, "mean": 2})")
                  .contains(at + "/mean: this key is not known"));
        CHECK(told(R"({"distribution": "triangular", "low": 1, "mode": 5, "high": 3})").contains(at + "/mode: "));
        CHECK(told(R"({"distribution": "exponential", "mean": 0})").contains(at + "/mean: must be more than 0"));
        CHECK(told(R"({"distribution": "lognormal", "mean": 1, "sd": -1})").contains(at + "/sd: must be at least 0"));
        CHECK(told(R"({"distribution": "erlang", "mean": 1, "shape": 2.5})") ==
              at + "/shape: must be a whole number\n");
        CHECK(told(R"({"distribution": "weibull", "shape": 0, "scale": 1})")
                  .contains(at + "/shape: must be more than 0"));
        CHECK(told(R"({"distribution": "discrete", "values": [1, 2], "weights": [1]})")
                  .contains(at + "/weights: must be as many as values: 2"));
        CHECK(told(R"({"distribution": "discrete", "values": [1, 2], "weights": [0, 0]})")
                  .contains(at + "/weights: are all 0"));
        CHECK(told(R"({"distribution": "empirical", "values": [2, 1]})").contains(at + "/values: must not fall"));
        CHECK(told(R"({"distribution": "gauss", "mean": 1})").contains(at + "/distribution: must be one of"));
        for (const char* tiny : {"1e-9", R"({"distribution": "exponential", "mean": 1e-12})",
                                 R"({"distribution": "weibull", "shape": 1, "scale": 1e-5})",
                                 R"({"distribution": "discrete", "values": [0, 1e-6]})"})
            CHECK(told(tiny) == at + ": must be 0, or 0.0001 or more\n");
        CHECK(told("0").empty());
        CHECK(told("-1").contains(at + ": must be at least 0"));
        CHECK(told("\"soon\"").contains(at + ": must be a number or an object"));
    }

    TEST_CASE("what refers to nothing, or to what does not fit, is told with its place") {
        const auto has = [](const std::string& text, const std::string& problem) {
            const std::string told = test::problems_of(text);
            CHECK_MESSAGE(told.contains(problem), told);
        };
        const std::string at = "/equipment/0/simulation";
        has(file(R"({"kind": "buffer", "capacity": 1, "to": "nobody"})"), at + "/to: there is no equipment \"nobody\"");
        has(file(R"({"kind": "source", "makes": "c", "every_s": 1, "to": "out"})"),
            at + "/makes: there is no item type \"c\"");
        has(station(R"("queue": "long")"), at + "/queue: must be a whole number or \"unlimited\"");
        has(station(R"("servers": 1.5)"), at + "/servers: must be a whole number");
        has(station(R"("makes": [{"item": "a"}])"), at + "/makes: needs \"takes\" beside it");
        has(station(R"("takes": [{"item": "a"}, {"item": "a"}])"), at + "/takes/1/item: stands here twice");
        has(station(R"("failures": [{"id": "f", "repair_s": 1}])"), at + "/failures/0: needs every_s or every_cycles");
        has(station(
                R"("failures": [{"id": "f", "every_s": 1, "repair_s": 1}, {"id": "f", "every_s": 1, "repair_s": 1}])"),
            at + "/failures/1/id: there is another failure of this equipment called \"f\"");
        has(file(R"({"kind": "station", "service_s": 1, "to": "out", "changeover_operators": "carts", "at": "x"})",
                 kFloor),
            at + "/changeover_operators: these are vehicles, not operators");
        has(file(R"({"kind": "station", "service_s": 1, "to": "out", "changeover_operators": "crew"})", kFloor),
            at + "/changeover_operators: people need a floor point to walk to");
        has(file(
                R"({"kind": "transport", "vehicles": "carts", "from": "x", "to_point": "y", "lot": 5, "queue": 2, "to": "out"})",
                kFloor),
            at + "/queue: must hold one lot at least");
        has(file(R"({"kind": "conveyor", "length_m": 1, "speed_m_s": 1, "item_m": 2, "to": "out"})"),
            at + "/item_m: must not be more than length_m");
        has(file(R"({"kind": "carousel", "pitch_s": 2, "transit_s": 1, "to": "out"})"),
            at + "/transit_s: must not be less than pitch_s");
        has(file(R"({"kind": "station", "service_s": 1, "to": [{"to": "out", "share": 1}]})"),
            at + "/to/0/share: a share needs");
        has(file(R"({"kind": "volcano"})"), at + "/kind: must be one of");
        has(file(R"({"servers": 1})"), at + ": \"kind\" is missing");
        has(file(R"({"kind": "sink", "to": "out"})"), at + "/to: this key is not known");
        has(file(R"({"kind": "sink"})", R"({"points": {"x": [0, 0, 0]}, "paths": [{"from": "x", "to": "z"}]})"),
            "/simulation/paths/0/to: there is no floor point \"z\"");
        has(file(R"({"kind": "sink"})", R"({"operators": [{"id": "o", "home": "z"}]})"),
            "/simulation/operators/0/home: there is no floor point \"z\"");
    }
}
