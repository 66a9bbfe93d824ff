#pragma once
// SPDX-License-Identifier: Apache-2.0
// Plants made up by chance: sources, assembling stations, inspections with rework, carousels, conveyors, buffers,
// failures with and without operators, products with changeovers, vehicles. The same number gives the same plant.

#include <cstdint>
#include <string>

namespace pw::test {
std::string random_plant(std::uint64_t seed);
}
