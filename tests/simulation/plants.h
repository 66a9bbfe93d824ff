#pragma once
// SPDX-License-Identifier: Apache-2.0
// Plants as text for the simulation's tests and benchmark.

#include "plant/plant.h"
#include "simulation/simulation.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace pw::test {

// One machine: {"id": id, "level": "unit", "simulation": {simulation}}, in braces already or not.
std::string unit(const std::string& id, const std::string& simulation);

// A plant of these units; `production` is the text of its top-level "simulation".
std::string plant_text(const std::vector<std::string>& units,
                       const std::string& production = R"({"items": {"part": {}}})");

// source → station "server" with an unlimited queue → sink "out". Poisson arrivals.
std::string queue_plant(const std::string& service, double arrival_mean_s, int servers);

// `machines` stations with failures and, between them, accumulating conveyors.
std::string long_line(int machines);

std::shared_ptr<const simulation::Model> compiled(const std::string& text); // asserts that it is right
plant::Plant parsed(const std::string& text);
std::uint32_t index_of(const plant::Plant& plant, const std::string& id);

} // namespace pw::test
