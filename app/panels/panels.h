#pragma once
// SPDX-License-Identifier: Apache-2.0
// The panels: immediate-mode pictures of the program's state, drawn between Ui::begin and Ui::end. They change nothing
// themselves: what the user asks for is returned as an action call.

#include "app/frame_stats.h"
#include "app/live.h"
#include "base/reports.h"
#include "renderer/renderer.h"
#include "work/actions.h"

#include <string>
#include <vector>

namespace pw::app {

struct ClientState;

struct ActionCall {
    std::string action, arguments; // JSON
};
using ActionCalls = std::vector<ActionCall>;

void draw_tree(const Live& live, const ClientState& state, UtcTime now, ActionCalls& asked);
// `whole_surface`: the card fills its surface (a panel in the world) instead of being a window.
void draw_card(const Live& live, const scene::Scene& scene, const ClientState& state, UtcTime now, bool whole_surface,
               ActionCalls& asked);
void draw_statistics(const FrameStats& stats, const renderer::RenderStats& render, const Live& live,
                     const std::string& gpu);
void draw_help(const work::ActionRegistry& actions, ActionCalls& asked);
void draw_problems(const Reports& problems, ActionCalls& asked);
void draw_status_bar(const Live& live, const Reports& problems, bool loading, ActionCalls& asked);

} // namespace pw::app
