#pragma once
// SPDX-License-Identifier: Apache-2.0
// How a line does as a whole, from its machines that count what they make. Pure.

#include "plant/plant.h"
#include "work/management.h"

#include <cstdint>
#include <span>
#include <vector>

namespace pw::work {

struct Line {
    std::uint32_t equipment = plant::kNoEquipment; // of level Line; of machines that are in none: what they stand in
    std::vector<std::uint32_t> machines; // that are judged, in the order of the plant file, which is that of the flow
};
// In the order of their first machines.
std::vector<Line> lines_of(const plant::Plant& plant);

// The machine that sets the pace: the one whose availability × performance is the largest. That product is the time
// which its pieces should take by all time; where all machines pass on the same flow the slowest has the most of it,
// whatever each one counts (bottles, crates, pallets). kNoEquipment: it is not known of one of them.
// A line's OEE is that of this machine, its throughput that of its last one.
std::uint32_t pacemaker(const Line& line, std::span<const MachineFigures> machines);

} // namespace pw::work
