// SPDX-License-Identifier: Apache-2.0
#include "simulation/events.h"

#include <array>
#include <cstddef>

namespace pw::simulation {

std::string_view event_kind_name(EventKind kind) {
    static constexpr std::array<std::string_view, 20> kNames{
        "state",          "mode",          "speed",       "item made", "item in",
        "service begin",  "service end",   "turned",      "item out",  "item used",
        "item gone",      "failure begin", "failure end", "reject",    "changeover begin",
        "changeover end", "trip begin",    "trip end",    "work",      "lost"};
    return kNames.at(static_cast<std::size_t>(kind));
}

} // namespace pw::simulation
