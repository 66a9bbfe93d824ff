#pragma once
// SPDX-License-Identifier: Apache-2.0
// The command palette: everything that can be done, found by a few letters; with its arguments typed behind it.

#include "app/panels/panels.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace pw::app {

struct PaletteState {
    std::array<char, 160> query{};
    std::array<char, 300> arguments{};
    std::size_t chosen = 0;
    std::string action;              // whose arguments are being typed; empty: an action is being looked for
    std::string asked;               // what was asked for in this frame
    std::string refusal;             // of the last one
    std::vector<std::string> recent; // ids, newest first
    bool was_open = false, focus = false;
    bool close_next = false; // what was asked for was done

    void hear(std::string_view refused); // what became of `asked`; empty: it was done
};

void draw_palette(const work::ActionRegistry& actions, bool open, PaletteState& palette, ActionCalls& asked);

} // namespace pw::app
