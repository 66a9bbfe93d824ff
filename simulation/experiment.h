#pragma once
// SPDX-License-Identifier: Apache-2.0
// Replications of one plant, and what they say together: each figure as its mean over replications with a 95 %
// confidence interval (Student's t).

#include "base/result.h"
#include "simulation/simulation.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace pw::simulation {

struct ExperimentOptions {
    SimTime length = 8 * 3600 * kSecond; // counted, after the warm-up
    SimTime warmup = 0;
    std::uint32_t replications = 10;
    std::uint64_t seed = 1;
};

struct Estimate {
    double mean = 0.0;       // NaN: no replication has a value
    double half_width = 0.0; // of the 95 % interval; NaN: fewer than two replications have a value
};
Estimate estimate(const std::vector<double>& values); // a NaN is no value

struct Figure {
    std::string name; // "throughput_per_h", "execute", "wait_s", "oee" …; docs/simulation.md
    Estimate value;
};

struct ElementResult {
    std::uint32_t equipment = 0;
    std::vector<Figure> figures;
};

struct ItemResult {
    std::uint32_t item = 0; // in plant::Production::items
    std::vector<Figure> figures;
};

struct ExperimentResult {
    std::vector<ElementResult> elements;
    std::vector<ItemResult> items;     // of the types that leave the plant. Bottles and pallets are never added up
    std::uint64_t events = 0;          // handled in all replications
    std::vector<std::uint64_t> hashes; // state at the end of each replication
};

Result<ExperimentResult> run_experiment(std::shared_ptr<const Model> model, const ExperimentOptions& options);

} // namespace pw::simulation
