// SPDX-License-Identifier: Apache-2.0
#include "simulation/packml.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace pw::simulation {
namespace {

constexpr std::array<std::string_view, kStateCount> kStateNames{
    "UNDEFINED", "CLEARING",   "STOPPED",      "STARTING",  "IDLE",       "SUSPENDED",
    "EXECUTE",   "STOPPING",   "ABORTING",     "ABORTED",   "HOLDING",    "HELD",
    "UNHOLDING", "SUSPENDING", "UNSUSPENDING", "RESETTING", "COMPLETING", "COMPLETE"};
constexpr std::array<std::string_view, kCommandCount> kCommandNames{
    "", "Reset", "Start", "Stop", "Hold", "Unhold", "Suspend", "Unsuspend", "Abort", "Clear", "Complete"};
constexpr std::array<std::string_view, 4> kModeNames{"", "Production", "Maintenance", "Manual"};
constexpr std::array<std::string_view, kReasonCount> kReasonNames{"none",    "starved",    "blocked",
                                                                  "failure", "changeover", "commanded"};

constexpr bool is_any_of(State state, std::initializer_list<State> states) {
    return std::ranges::find(states, state) != states.end();
}

constexpr std::optional<State> after_command(State state, Command command) {
    using enum State;
    const auto only_in = [state](std::initializer_list<State> states, State next) {
        return is_any_of(state, states) ? std::optional(next) : std::nullopt;
    };
    switch (command) {
    case Command::Reset:
        return only_in({Stopped, Complete}, Resetting);
    case Command::Start:
        return only_in({Idle}, Starting);
    case Command::Stop: // from everywhere but where it is stopped or aborted already, or becomes so
        return is_any_of(state, {Stopping, Stopped, Aborting, Aborted, Clearing}) ? std::nullopt
                                                                                  : std::optional(Stopping);
    case Command::Hold:
        return only_in({Execute, Starting, Suspending, Suspended, Unsuspending, Unholding}, Holding);
    case Command::Unhold:
        return only_in({Held}, Unholding);
    case Command::Suspend:
        return only_in({Execute}, Suspending);
    case Command::Unsuspend:
        return only_in({Suspended}, Unsuspending);
    case Command::Abort:
        return is_any_of(state, {Aborting, Aborted}) ? std::nullopt : std::optional(Aborting);
    case Command::Clear:
        return only_in({Aborted}, Clearing);
    case Command::Complete:
        return only_in({Execute}, Completing);
    }
    return std::nullopt;
}

constexpr std::optional<State> after_acting(State acting) {
    using enum State;
    switch (acting) {
    case Clearing:
        return Stopped;
    case Starting:
        return Execute;
    case Stopping:
        return Stopped;
    case Aborting:
        return Aborted;
    case Holding:
        return Held;
    case Unholding:
        return Execute;
    case Suspending:
        return Suspended;
    case Unsuspending:
        return Execute;
    case Resetting:
        return Idle;
    case Completing:
        return Complete;
    case Stopped:
    case Idle:
    case Suspended:
    case Execute: // it acts, and goes on until somebody says otherwise
    case Aborted:
    case Held:
    case Complete:
        break;
    }
    return std::nullopt;
}

constexpr auto kAfterCommand = [] {
    std::array<std::array<std::optional<State>, kCommandCount>, kStateCount> table;
    for (std::size_t s = 1; s < kStateCount; ++s)
        for (std::size_t c = 1; c < kCommandCount; ++c)
            table.at(s).at(c) = after_command(static_cast<State>(s), static_cast<Command>(c));
    return table;
}();

constexpr auto kAfterActing = [] {
    std::array<std::optional<State>, kStateCount> table;
    for (std::size_t s = 1; s < kStateCount; ++s) table.at(s) = after_acting(static_cast<State>(s));
    return table;
}();

} // namespace

std::optional<State> state_after(State state, Command command) {
    return kAfterCommand[static_cast<std::size_t>(state)][static_cast<std::size_t>(command)];
}

std::optional<State> state_when_done(State acting) { return kAfterActing[static_cast<std::size_t>(acting)]; }

std::string_view state_name(State state) { return kStateNames.at(static_cast<std::size_t>(state)); }
std::string_view command_name(Command command) { return kCommandNames.at(static_cast<std::size_t>(command)); }
std::string_view mode_name(Mode mode) { return kModeNames.at(static_cast<std::size_t>(mode)); }
std::string_view reason_name(Reason reason) { return kReasonNames.at(static_cast<std::size_t>(reason)); }

std::optional<State> parse_state(std::string_view name) {
    const auto* found = std::ranges::find(kStateNames, name);
    if (found == kStateNames.end() || found == kStateNames.begin()) return std::nullopt;
    return static_cast<State>(found - kStateNames.begin());
}

std::optional<Command> parse_command(std::string_view name) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    const auto* found = std::ranges::find_if(
        kCommandNames, [&](std::string_view known) { return std::ranges::equal(known, name, {}, lower, lower); });
    if (found == kCommandNames.end() || name.empty()) return std::nullopt;
    return static_cast<Command>(found - kCommandNames.begin());
}

} // namespace pw::simulation
