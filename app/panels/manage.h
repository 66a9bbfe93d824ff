#pragma once
// SPDX-License-Identifier: Apache-2.0
// How the plant does, as panels: the board with its pages, the lines, what is shown in the hall, a machine's KPIs. As
// all panels they change nothing themselves.

#include "app/layers.h"
#include "app/panels/panels.h"

#include <cstdint>
#include <string>

namespace pw::app {

// Which page of the board is open; the board is one window at a desk and one panel in the world.
enum class Page : std::uint8_t { None, Alarms, Line, Layers };

void draw_board(Page page, const Live& live, const Layers& layers, const LayerChoice& choice, UtcTime now,
                CardPlace place, ActionCalls& asked);
// Which moment is shown, and the way to others: a line for a window's bottom, or the top of the board.
void draw_time(const Live& live, UtcTime now, ActionCalls& asked);
// At a desk: the line in a window of its own, and a frame round everything while the past is shown.
void draw_time_bar(const Live& live, UtcTime now, ActionCalls& asked);

// What a machine did with most of the hour: "works 71 %"; "" where nothing was watched.
std::string largest_share(const work::DoingShares& shares);

const char* page_action(Page page); // that shows or hides it

// The colours of the heat map that is shown, with numbers; nothing without one.
void draw_legend(const Layers& layers, CardPlace place);
// Within a card: the KPIs of a machine, each with its definition and its inputs on request.
void draw_kpis(const Live& live, std::uint32_t equipment);

} // namespace pw::app
