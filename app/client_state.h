#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the user of a client has selected and which panels are open. Plain data; panels read it, actions change it.

#include "app/layers.h"
#include "app/panels/manage.h"
#include "app/part_facts.h"
#include "scene/pick.h"
#include "scene/scene.h"

#include <cstdint>
#include <optional>

namespace pw::app {

// What the user has chosen to see.
struct ClientState {
    scene::NodeId selected;
    std::uint32_t selected_equipment = scene::kNone;
    bool selected_alone = false; // the part that is selected is meant, and not the machine that it belongs to
    PartFacts selected_facts;    // of the part
    bool show_tree = true, show_statistics = false, show_help = false, show_problems = false;
    bool show_parts = false, show_tools = false, show_palette = false, show_settings = false;
    bool show_registration = false;              // also while a machine is being registered
    std::optional<scene::CutPlane> last_section; // that was closed
    Page page = Page::None;                      // of the board
    LayerChoice layers;
    std::uint32_t approached = scene::kNone; // equipment: its card shows while nothing is selected
    bool quit = false;
    double zoom_fov_y_deg = 60.0;
};

} // namespace pw::app
