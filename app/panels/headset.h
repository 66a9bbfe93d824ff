#pragma once
// SPDX-License-Identifier: Apache-2.0
// The panels that only somebody with a headset needs: a keyboard to type on, the first minute's lessons. As all panels
// they fill their surface and change nothing.

#include "app/panels/panels.h"
#include "app/settings.h"
#include "work/tutorial.h"

#include <string>
#include <vector>

namespace pw::app {

struct KeyboardState {
    bool shift = false, symbols = false; // shift holds for one letter
};
struct Typed { // in this frame
    std::string text;
    bool back = false, enter = false, close = false;
};
Typed draw_keyboard(KeyboardState& state);

// What a hand can ask for (the hand menu's front of the actions), by pages.
struct HandMenuState {
    std::string page;                        // empty: the first
    std::string asking;                      // id of the action whose choices are shown
    std::vector<const work::Action*> listed; // on the page, now: room that is kept from frame to frame
};
void draw_hand_menu(const work::ActionRegistry& actions, HandMenuState& state, ActionCalls& asked);

void draw_settings(const Settings& settings, CardPlace place, ActionCalls& asked);

void draw_tutorial(const work::Tutorial& tutorial, ActionCalls& asked);

} // namespace pw::app
