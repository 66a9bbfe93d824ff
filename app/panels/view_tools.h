#pragma once
// SPDX-License-Identifier: Apache-2.0
// View tools: undo, section, explode, measures, viewpoints and variants on one panel.

#include "app/panels/panels.h"
#include "app/user_view.h"

#include <array>
#include <string>

namespace pw::app {

struct ViewToolsState { // of the panel: nothing of the plant
    float section = 0.5f;
    std::array<char, 81> title{}; // of the next one that is saved
    std::string renaming;         // the viewpoint whose title is being typed; empty: none's
    std::array<char, 81> new_title{};
    bool rename_focus = false; // the field has just appeared
};

void draw_view_tools(const UserView& view, const scene::Scene& scene, const Live& live, const ClientState& state,
                     ViewToolsState& tools, CardPlace place, ActionCalls& asked);

} // namespace pw::app
