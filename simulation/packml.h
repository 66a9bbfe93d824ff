#pragma once
// SPDX-License-Identifier: Apache-2.0
// The state machine of PackML (ISA-TR88.00.02): 17 states, the commands, and which leads where. The transitions into
// HOLDING from STARTING, SUSPENDING, SUSPENDED, UNSUSPENDING and UNHOLDING are the ones that OPC 30050 lists as
// optional extensions; they are in, because machines jam there too. Pure functions over constant tables.

#include <cstdint>
#include <optional>
#include <string_view>

namespace pw::simulation {

// With the numbers of TR88 (StateCurrent); 0 is undefined there and unused here.
enum class State : std::uint8_t {
    Clearing = 1,
    Stopped = 2,
    Starting = 3,
    Idle = 4,
    Suspended = 5,
    Execute = 6,
    Stopping = 7,
    Aborting = 8,
    Aborted = 9,
    Holding = 10,
    Held = 11,
    Unholding = 12,
    Suspending = 13,
    Unsuspending = 14,
    Resetting = 15,
    Completing = 16,
    Complete = 17,
};
inline constexpr std::size_t kStateCount = 18; // an array by state has an unused element 0

// With the numbers of TR88 (CntrlCmd).
enum class Command : std::uint8_t {
    Reset = 1,
    Start = 2,
    Stop = 3,
    Hold = 4,
    Unhold = 5,
    Suspend = 6,
    Unsuspend = 7,
    Abort = 8,
    Clear = 9,
    Complete = 10,
};
inline constexpr std::size_t kCommandCount = 11;

enum class Mode : std::uint8_t { Production = 1, Maintenance = 2, Manual = 3 };

// Why a machine is in the state it is in.
enum class Reason : std::uint8_t {
    None,       // it works, or nobody asked it to
    Starved,    // SUSPENDED: nothing comes
    Blocked,    // SUSPENDED: what is ready cannot leave
    Failure,    // HELD or ABORTED: see the failure
    Changeover, // COMPLETE … STARTING: another product
    Commanded,  // somebody outside said so
};
inline constexpr std::size_t kReasonCount = 6;

std::optional<State> state_after(State state, Command command); // nothing: not accepted in this state
std::optional<State> state_when_done(State acting);             // nothing: a state that waits

std::string_view state_name(State state);       // "EXECUTE"
std::string_view command_name(Command command); // "Start"
std::string_view mode_name(Mode mode);          // "Production"
std::string_view reason_name(Reason reason);    // "starved"

std::optional<State> parse_state(std::string_view name);
std::optional<Command> parse_command(std::string_view name); // in any case

} // namespace pw::simulation
