#pragma once
// SPDX-License-Identifier: Apache-2.0
// The alarms of an equipment and the roles of its tags, as the plant file declares them. Plain data for twin/.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pw::plant {

// What a tag tells about its machine: first what KPIs are computed from (docs/kpi.md), then what else is shown over the
// machine (docs/layers.md). One tag of each role in an equipment.
enum class TagRole : std::uint8_t {
    None,
    State,     // the machine's state, a PackML word
    Produced,  // counter: all items that it made
    Rejected,  // counter: the bad ones among them
    Energy,    // counter; its unit says of what (joules_in)
    IdealRate, // how fast it should be, in items; its unit says per what time (per_second_in)
    Reason,    // why it does not execute, in a word: "starved", "blocked", "failure", …
    Rate,      // how fast it is, in items; as IdealRate
    Product,   // what it makes
    Mode,      // PackML's unit mode, or the recipe
    Speed,     // the setpoint
    Fill,      // what is in it; from the tag's low (or 0) to its high
    Power,     // what it draws; its unit says in what (watts_in)
};
inline constexpr std::size_t kKpiRoles = 6; // None and those that KPIs are computed from
inline constexpr std::size_t kTagRoles = 13;
std::string_view role_name(TagRole role); // "produced"; "" for None

// A unit's size in joules ("J", "kJ", "MJ", "GJ", "W.h", "kW.h", "MW.h", also "Wh", "kWh", "MWh") or in items per
// second ("/s", "/min", "/h", also with "1" in front); nothing when it is none of these.
std::optional<double> joules_in(std::string_view unit);
std::optional<double> per_second_in(std::string_view unit);
std::optional<double> watts_in(std::string_view unit); // "W", "kW", "MW"

enum class AlarmPriority : std::uint8_t { Critical, High, Medium, Low }; // ISA-18.2: by consequence and time to act
inline constexpr std::size_t kAlarmPriorities = 4;
std::string_view priority_name(AlarmPriority priority); // "critical"

enum class AlarmWhen : std::uint8_t {
    Is,       // the value is true (or false, as `value` says); a number counts as true when it is not 0
    HighHigh, // at `limit` or above, until below limit - deadband
    High,
    Low, // at `limit` or below, until above limit + deadband
    LowLow,
    Equals, // the value as text equals `text`
    Stale,  // there is no word that one may rely on: STALE, BAD, or none yet
};

struct AlarmCondition {
    std::string tag; // id within the same equipment, or "<equipment>.<tag>"
    AlarmWhen when = AlarmWhen::Is;
    bool value = true;
    double limit = 0.0, deadband = 0.0; // in the tag's unit
    std::string text;
};

struct Alarm {
    std::string id; // unique within its equipment; "<equipment>.<alarm>" is unique in the plant
    std::string title;
    AlarmPriority priority = AlarmPriority::Medium;
    AlarmCondition condition;
    double on_delay_s = 0.0, off_delay_s = 0.0; // the condition must hold, or be over, for that long without a break
    bool latched = false;                       // stays until somebody resets it
    std::string consequence, response;          // what happens if nobody acts; what the operator should do
    std::string group;                          // of these the first to occur is marked; empty: none
    std::string suppressed_by;                  // "<equipment>.<alarm>", while its condition is there; or empty
    std::vector<std::string> suppressed_in;     // states of the equipment (words of its state tag)
};

} // namespace pw::plant
