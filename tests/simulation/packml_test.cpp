// SPDX-License-Identifier: Apache-2.0
#include "simulation/packml.h"

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>

using namespace pw::simulation;

namespace {

// The whole table, row by row: state, then what each command in the order of TR88 leads to; "." is not accepted.
// Reset, Start, Stop, Hold, Unhold, Suspend, Unsuspend, Abort, Clear, Complete | when done
constexpr const char* kTable[] = {
    "CLEARING     . . . . . . . ABORTING . . STOPPED",
    "STOPPED      RESETTING . . . . . . ABORTING . . .",
    "STARTING     . . STOPPING HOLDING . . . ABORTING . . EXECUTE",
    "IDLE         . STARTING STOPPING . . . . ABORTING . . .",
    "SUSPENDED    . . STOPPING HOLDING . . UNSUSPENDING ABORTING . . .",
    "EXECUTE      . . STOPPING HOLDING . SUSPENDING . ABORTING . COMPLETING .",
    "STOPPING     . . . . . . . ABORTING . . STOPPED",
    "ABORTING     . . . . . . . . . . ABORTED",
    "ABORTED      . . . . . . . . CLEARING . .",
    "HOLDING      . . STOPPING . . . . ABORTING . . HELD",
    "HELD         . . STOPPING . UNHOLDING . . ABORTING . . .",
    "UNHOLDING    . . STOPPING HOLDING . . . ABORTING . . EXECUTE",
    "SUSPENDING   . . STOPPING HOLDING . . . ABORTING . . SUSPENDED",
    "UNSUSPENDING . . STOPPING HOLDING . . . ABORTING . . EXECUTE",
    "RESETTING    . . STOPPING . . . . ABORTING . . IDLE",
    "COMPLETING   . . STOPPING . . . . ABORTING . . COMPLETE",
    "COMPLETE     RESETTING . STOPPING . . . . ABORTING . . .",
};

std::string word(const std::string& row, std::size_t& at) {
    while (at < row.size() && row[at] == ' ') ++at;
    const std::size_t end = std::min(row.find(' ', at), row.size());
    std::string out = row.substr(at, end - at);
    at = end;
    return out;
}

} // namespace

TEST_SUITE("simulation/packml") {
    TEST_CASE("every command leads from every state to where the table says, and nowhere else") {
        int rows = 0;
        for (const std::string row : kTable) {
            std::size_t at = 0;
            const std::optional<State> state = parse_state(word(row, at));
            REQUIRE(state);
            CHECK(static_cast<int>(*state) == ++rows); // in the order of their numbers, none left out
            for (int c = 1; c <= 10; ++c) {
                const std::string expected = word(row, at);
                CAPTURE(row);
                CAPTURE(command_name(static_cast<Command>(c)));
                const std::optional<State> next = state_after(*state, static_cast<Command>(c));
                CHECK((next ? std::string(state_name(*next)) : ".") == expected);
            }
            const std::optional<State> done = state_when_done(*state);
            CHECK((done ? std::string(state_name(*done)) : ".") == word(row, at));
        }
        CHECK(rows == 17);
    }

    TEST_CASE("names are read back, commands in any case") {
        for (int s = 1; s <= 17; ++s) CHECK(parse_state(state_name(static_cast<State>(s))) == static_cast<State>(s));
        for (int c = 1; c <= 10; ++c)
            CHECK(parse_command(command_name(static_cast<Command>(c))) == static_cast<Command>(c));
        CHECK(parse_command("UNSUSPEND") == Command::Unsuspend);
        CHECK_FALSE(parse_command("").has_value());
        CHECK_FALSE(parse_command("Explode").has_value());
        CHECK_FALSE(parse_state("UNDEFINED").has_value());
        CHECK_FALSE(parse_state("execute").has_value());
    }

    TEST_CASE("from every state a way leads to EXECUTE, by commands and ends of states") {
        std::map<State, bool> reaches{{State::Execute, true}};
        for (int round = 0; round < 17; ++round) {
            for (int s = 1; s <= 17; ++s) {
                const auto state = static_cast<State>(s);
                for (int c = 1; c <= 10; ++c)
                    if (const auto next = state_after(state, static_cast<Command>(c)))
                        reaches[state] = reaches[state] || reaches[*next];
                if (const auto next = state_when_done(state)) reaches[state] = reaches[state] || reaches[*next];
            }
        }
        for (const auto& [state, found] : reaches) CHECK_MESSAGE(found, state_name(state));
    }
}
