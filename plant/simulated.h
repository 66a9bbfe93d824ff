#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which quantity of the simulated plant a tag carries: its `simulated` key (docs/plant-file.md#simulated-tags). Plain
// data for whoever publishes the simulation of a plant.

#include "plant/production.h"

#include <cstdint>

namespace pw::plant {

enum class Quantity : std::uint8_t {
    None, // the simulation says nothing of this tag
    // Of a machine.
    State,
    Mode,
    Reason,
    Failure,
    Failing,
    Product,
    Speed,
    Cycles,
    Bad,
    Rejected,
    Position,
    Moving,
    Attended,
    PowerW,
    EnergyKwh,
    Refusal,
    Command, // this one and the next two are written by commands
    SetMode,
    SetSpeed,
    // Of anything that items go through.
    Produced,
    RatePerH,
    Count,
    Waiting,
    Items,
    // Of one unit of a pool.
    XM,
    ZM,
    HeadingDeg,
    Travelling,
    Working,
    Loaded,
    // A sensor, on any equipment or unit.
    Analog,
};
inline constexpr std::size_t kQuantityCount = static_cast<std::size_t>(Quantity::Analog) + 1;

struct Simulated {
    Quantity quantity = Quantity::None;
    std::uint32_t of = kNoIndex;             // equipment; kNoIndex for a unit of a pool
    std::uint32_t failure = kNoIndex;        // Failing: index in Behaviour::failures of `of`; Analog: while this one it
                                             // goes to `failing`, or kNoIndex
    std::uint32_t pool = kNoIndex, unit = 0; // index in Production::pools; which one of it, from 0
    // Analog: a first-order lag towards `running` while the equipment is in the state, or the unit is busy, else
    // towards `rest`.
    double rest = 0.0, running = 0.0, failing = 0.0, lag_s = 0.0, noise = 0.0;
    std::uint8_t while_state = 0; // PackML state number; 0: while it moves
    friend bool operator==(const Simulated&, const Simulated&) = default;
};

} // namespace pw::plant
