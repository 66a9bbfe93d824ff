#pragma once
// SPDX-License-Identifier: Apache-2.0
// Reads what a plant file says about production. Internal to plant/.

#include "base/reports.h"
#include "plant/document.h"
#include "plant/plant.h"

#include <cstdint>
#include <span>
#include <string>

namespace pw::plant {

struct BehaviourText {
    std::uint32_t equipment = 0;
    const Json* json = nullptr;
    std::string where;
};

// Fills plant.production from `json` (may be null) and the behaviours of plant.equipment, all of which is there
// already: what refers to something that is not there is a problem.
void read_production(const Json* json, std::span<const BehaviourText> behaviours, Plant& plant, Reports& problems);

} // namespace pw::plant
