#pragma once
// SPDX-License-Identifier: Apache-2.0
// Keys by the names that actions and people use: "F1", "H", "Ctrl+Shift+Z". Pure.

#include "xr/input.h"

#include <string_view>

namespace pw::app {

// Whether one of these keys went down in this frame: "Ctrl+Y, Ctrl+Shift+Z". Control must be held, or not, as they say;
// Shift too where Control is: alone it only makes walkers run. A remark in brackets behind a key is for people.
bool is_pressed(std::string_view keys, const xr::DesktopState& desktop);
bool any_pressed(const xr::DesktopState& desktop);
bool are_keys(std::string_view keys); // all of them are known

} // namespace pw::app
