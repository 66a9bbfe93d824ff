// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/plants.h"

#include "base/assert.h"
#include "base/format.h"

#include <cstdio>

namespace pw::test {

std::string unit(const std::string& id, const std::string& simulation) {
    return formatted(R"({{"id": "{}", "level": "unit", "simulation": {{{}}}}})", id, simulation);
}

std::string plant_text(const std::vector<std::string>& units, const std::string& production) {
    std::string list;
    for (const std::string& u : units) list += (list.empty() ? "" : ",\n") + u;
    return formatted(R"({{"format": "plantwalk-plant", "version": 1, "name": "Test", "simulation": {},
"equipment": [
{}
]}})",
                     production, list);
}

std::string queue_plant(const std::string& service, double arrival_mean_s, int servers) {
    return plant_text(
        {unit("in", formatted(R"("kind": "source", "makes": "part", "to": "server",
"every_s": {{"distribution": "exponential", "mean": {}}})",
                              arrival_mean_s)),
         unit("server", formatted(R"("kind": "station", "servers": {}, "queue": "unlimited", "service_s": {},
"to": "out")",
                                  servers, service)),
         unit("out", R"("kind": "sink")")});
}

std::string long_line(int machines) {
    std::vector<std::string> units;
    units.push_back(unit("in", R"("kind": "source", "makes": "part", "every_s": 0, "to": "m0")"));
    for (int i = 0; i < machines; ++i) {
        const std::string next = i + 1 < machines ? formatted("c{}", i) : "out";
        units.push_back(unit(formatted("m{}", i), formatted(R"("kind": "station", "to": "{}",
"service_s": {{"distribution": "triangular", "low": 1.5, "mode": 2, "high": 2.5}},
"failures": [{{"id": "jam", "every_s": {{"distribution": "exponential", "mean": 1200}},
"repair_s": {{"distribution": "lognormal", "mean": 60, "sd": 30}}}}])",
                                                            next)));
        if (i + 1 < machines)
            units.push_back(unit(next, formatted(R"("kind": "conveyor", "length_m": 6, "speed_m_s": 0.5, "item_m": 0.4,
"to": "m{}")",
                                                 i + 1)));
    }
    units.push_back(unit("out", R"("kind": "sink")"));
    return plant_text(units);
}

plant::Plant parsed(const std::string& text) {
    Reports problems;
    auto plant = plant::parse_plant(text, "test.json", problems);
    for (const Report& p : problems.list()) std::fprintf(stderr, "%s: %s\n", p.where.c_str(), p.what.c_str());
    PW_ASSERT(plant.has_value(), "the plant of a test is right");
    return std::move(*plant);
}

std::shared_ptr<const simulation::Model> compiled(const std::string& text) {
    Reports problems;
    auto model = simulation::compile(parsed(text), problems);
    for (const Report& p : problems.list()) std::fprintf(stderr, "%s: %s\n", p.where.c_str(), p.what.c_str());
    PW_ASSERT(model.has_value(), "the plant of a test can be simulated");
    return std::move(*model);
}

std::uint32_t index_of(const plant::Plant& plant, const std::string& id) {
    const std::uint32_t found = plant::find_equipment(plant, id);
    PW_ASSERT(found != plant::kNoEquipment, "the equipment is there");
    return found;
}

} // namespace pw::test
