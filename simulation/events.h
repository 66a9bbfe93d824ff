#pragma once
// SPDX-License-Identifier: Apache-2.0
// What happened in a simulation, one plain record each: enough to count every KPI again without the simulation.

#include <cstdint>
#include <string_view>

namespace pw::simulation {

using SimTime = std::int64_t; // nanoseconds since the run began

inline constexpr SimTime kSecond = 1'000'000'000;
inline constexpr SimTime kNever = INT64_MAX;
inline constexpr SimTime kLongestRun = 10LL * 366 * 86'400 * kSecond; // ten years

// Where `equipment` is said, it is an index in plant::Plant::equipment; an item is named by its serial number.
enum class EventKind : std::uint8_t {
    State,           // a: the state before, b: the state now (packml.h), c: the reason
    Mode,            // a: before, b: now
    Speed,           // value: the setpoint in millionths
    ItemMade,        // it comes into being at `equipment`; type
    ItemIn,          // it enters `equipment`
    ServiceBegin,    // `equipment` takes it (its first input item) in hand; value: the server
    ServiceEnd,      // ... and is done; value: the server
    ItemTurned,      // it is of another type now (a: 0) or found bad (a: 1); type
    ItemOut,         // it leaves `equipment`
    ItemUsed,        // it became part of another one; type
    ItemGone,        // it left the plant at the sink `equipment`; type; value: ns since it was made
    FailureBegin,    // a: index of the failure of this equipment
    FailureEnd,      // a: the same; it is repaired
    Reject,          // an inspection at `equipment` found it bad
    ChangeoverBegin, // type: the product it turns to
    ChangeoverEnd,
    TripBegin, // a unit of a pool sets off; equipment: the pool's index, a: 0 operators, 1 vehicles, type: the unit,
               // item: from which floor point << 32 | to which
    TripEnd,   // it arrived; the same fields
    Work,      // a unit begins (b: 1) or ends (b: 0) to work; equipment: where; type: the unit; value: the pool
    Lost,      // a source had no place for what it made; type
};

struct Event {
    SimTime time = 0;
    std::uint64_t item = 0;
    std::int64_t value = 0;
    std::uint32_t equipment = 0;
    EventKind kind{};
    std::uint8_t a = 0, b = 0, c = 0;
    std::uint16_t type = 0;
    std::uint16_t spare = 0;
    std::uint32_t spare2 = 0;
    friend bool operator==(const Event&, const Event&) = default;
};

std::string_view event_kind_name(EventKind kind);

} // namespace pw::simulation
