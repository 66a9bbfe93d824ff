#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a run has counted since it began or since reset_statistics(). Sums are exact integers inside; here they are
// seconds. Plain values.

#include "simulation/packml.h"

#include <array>
#include <cstdint>
#include <vector>

namespace pw::simulation {

struct ElementStatistics {
    double span_s = 0.0; // since the beginning of the count
    std::uint64_t entered = 0, left = 0;
    std::vector<std::uint64_t> entered_by_type, left_by_type;
    double inside_mean = 0.0; // items, over time
    std::uint64_t inside_now = 0;

    // Stations, buffers and transports: what waited before it was taken in hand.
    double queue_mean = 0.0; // items, over time
    std::uint64_t waits = 0;
    double wait_mean_s = 0.0, wait_max_s = 0.0;

    // Machines.
    std::array<double, kStateCount> in_state_s{};
    std::array<double, kReasonCount> by_reason_s{}; // of the time that is not EXECUTE
    double busy_mean = 0.0;                         // servers at work, over time
    std::uint64_t cycles = 0, produced = 0, bad = 0, rejected = 0;
    std::uint64_t failures = 0, changeovers = 0;
    std::int64_t energy_mj = 0; // millijoules, exact, rounded down
    double ideal_s = 0.0;       // planned run time per item: what the file says, or follows from its distributions

    // ISO 22400-2, the words in docs/simulation.md.
    double availability = 0.0, performance = 0.0, quality = 0.0, oee = 0.0;
};

struct TypeFlow {
    std::uint64_t made = 0, turned_in = 0, turned_out = 0, used = 0, gone = 0, lost = 0, present = 0;
    std::uint64_t sojourns = 0;  // those gone within the count, and
    double sojourn_mean_s = 0.0; // their mean age; of what others became, the age of the first that it was made of
    bool balanced() const { return made + turned_in == turned_out + used + gone + lost + present; }
};

struct FlowStatistics {
    double span_s = 0.0;
    double inside_mean = 0.0; // work in progress, items over time
    std::uint64_t present = 0, lost = 0;
    std::vector<TypeFlow> types; // by plant::Production::items; counted from the very beginning, but for the sojourns
};

} // namespace pw::simulation
