#pragma once
// SPDX-License-Identifier: Apache-2.0
// What `plantwalk twin watch --plant FILE` shows: the machines of a plant as a table, with the same words and figures
// as over the machines in the hall, and the most urgent alarm of each. Pure.

#include "plant/plant.h"
#include "twin/binding.h"
#include "twin/twin.h"
#include "work/management.h"

#include <cstddef>
#include <string>

namespace pw::app {

struct WatchedPlant {
    const plant::Plant& plant;
    const twin::Bindings& bindings;
    const twin::TwinSnapshot& twin;
    const work::ManagementSnapshot& management;
    const twin::AlarmBoard& names;
};

// Lines of at most `columns` characters, at most `rows` of them (0: all).
std::string watch_table(const WatchedPlant& watched, std::size_t columns, std::size_t rows);
// The same as one JSON object in one line.
std::string watch_table_json(const WatchedPlant& watched);

} // namespace pw::app
