#pragma once
// SPDX-License-Identifier: Apache-2.0
// Reads the `simulated` keys of a plant file's tags. Internal to plant/.

#include "base/reports.h"
#include "plant/document.h"
#include "plant/plant.h"

#include <cstdint>
#include <span>
#include <string>

namespace pw::plant {

struct SimulatedText {
    std::uint32_t equipment = 0, tag = 0;
    const Json* json = nullptr;
    std::string where;
};

// Fills Tag::simulated; production and behaviours are read already. What refers to something that is not there, or does
// not fit the quantity, is a problem.
void read_simulated(std::span<const SimulatedText> tags, Plant& plant, Reports& problems);

} // namespace pw::plant
