#pragma once
// SPDX-License-Identifier: Apache-2.0
// A tag that a model of the plant has a value for. Internal to app/publisher/.

#include "twin/sparkplug.h"

#include <cstdint>

namespace pw::app {

// How often a value is looked at, in periods of the publisher (50 ms).
enum class Pace : std::uint8_t { AtOnce = 1, TenHz = 2, TwoHz = 10, OneHz = 20 };
constexpr bool is_due(Pace pace, std::uint64_t period) { return period % static_cast<std::uint8_t>(pace) == 0; }

struct Signal {
    std::uint32_t equipment = 0, tag = 0; // into Plant::equipment and its tags
    Pace pace = Pace::AtOnce;
    twin::DataType type = twin::DataType::Unknown; // Unknown: as its first value is
};

} // namespace pw::app
