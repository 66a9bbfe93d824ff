#pragma once
// SPDX-License-Identifier: Apache-2.0
// What kinds of things are held in a hand, and what is printed on their buttons; read from xr/headset_profiles.h, where
// a new controller is one row. Pure.

#include "app/settings.h"
#include "xr/input.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace pw::app {

enum class Family : std::uint8_t {
    Sticks, // trigger, grip, stick and two buttons
    Pads,   // trigger, grip, stick, a touchpad that is pressed, a menu button
    Wand,   // trigger, grip and a touchpad for a stick, a menu button
    Simple, // two buttons
    Hand,   // nothing
};
enum class ControlPart : std::uint8_t { Trigger, Grip, Stick, Menu, Primary, Palm };

Family family_of(const xr::HandState& hand);    // Sticks while nothing is known of it
inline constexpr const char* kMenuLetter = "≡"; // the three lines of a menu button
// "B", or kMenuLetter; empty where nothing is printed. `hand`: 0 left.
std::string letter_on(ControlPart part, const xr::HandState& state, std::size_t hand);

enum class StickDoes : std::uint8_t { JumpAndSnap, JumpAndTurn, Walk };
StickDoes stick_does(std::size_t hand, const Settings& settings);
std::size_t tool_hand(const Settings& settings); // that a visit begins with

} // namespace pw::app
