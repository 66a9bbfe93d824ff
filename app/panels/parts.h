#pragma once
// SPDX-License-Identifier: Apache-2.0
// The parts of the selected machine, or of the whole plant, with a search; and what is known of one part.

#include "app/panels/panels.h"
#include "app/part_rows.h"

#include <array>

namespace pw::app {

struct PartsState { // of the panel: nothing of the plant
    PartRows rows;
    std::array<char, 96> search{};
    bool whole_plant = false;
    scene::NodeId shown; // the selection that was opened and scrolled to
};

void draw_parts(const Live& live, const scene::Scene& scene, const ClientState& state, PartsState& parts,
                CardPlace place, ActionCalls& asked);
// Within a card.
void draw_facts(const PartFacts& facts, const plant::Plant& plant, ActionCalls& asked);

} // namespace pw::app
