#pragma once
// SPDX-License-Identifier: Apache-2.0
// The panels: immediate-mode pictures of the program's state, drawn between Ui::begin and Ui::end. They change nothing
// themselves: what the user asks for is returned as an action call.

#include "app/captions.h"
#include "app/frame_stats.h"
#include "app/live.h"
#include "app/pace.h"
#include "app/part_facts.h"
#include "app/problems.h"
#include "app/settings.h"
#include "base/strings.h"
#include "renderer/renderer.h"
#include "work/actions.h"
#include "xr/input.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pw::app {

struct ClientState;

struct ActionCall {
    std::string action, arguments; // JSON
};
using ActionCalls = std::vector<ActionCall>;

enum class CardPlace : std::uint8_t { Window, WholeSurface }; // the latter: a panel in the world

void draw_tree(const Live& live, const ClientState& state, CardPlace place, ActionCalls& asked);
// Returns the height in pixels that the card's content wants.
// `equipment`: whose card; kNone: the selected part's.
float draw_card(const Live& live, const scene::Scene& scene, const ClientState& state, std::uint32_t equipment,
                UtcTime now, CardPlace place, ActionCalls& asked);
// `relief`: of a headset's pace; null at a desk, which has none.
void draw_statistics(const FrameStats& stats, const renderer::RenderStats& render, const Live& live,
                     const std::string& gpu, const Relief* relief, CardPlace place);
struct HeldControls { // in a headset
    const std::array<xr::HandState, 2>& hands;
    const Settings& settings;
};
// `held`: null at a desk.
void draw_help(const work::ActionRegistry& actions, const HeldControls* held, CardPlace place, ActionCalls& asked);
void draw_problems(const Problems& problems, UtcTime now, CardPlace place, ActionCalls& asked);

struct StatusWords {
    std::size_t loaded = 0, total = 0; // models
    bool loading = false;
    std::size_t textures = 0, pending_textures = 0; // of what is loaded
    std::optional<Text> hint;                       // what the next click of the tool in the hand is for
    bool muted = false;                             // nothing is heard, as the user wants it
    const char* refusal = nullptr;                  // why what the user asked for was not done, for a moment
};
void draw_status_bar(const Live& live, const StatusWords& status, const Problems& problems, ActionCalls& asked);
// The same for a headset, where it fills its surface and is there only while has_news().
void draw_status_panel(const Live& live, const StatusWords& status, const Problems& problems);
bool has_news(const Live& live, const StatusWords& status, const Problems& problems);
// Nothing when there are none. Returns the height in pixels that they want.
float draw_captions(const Captions& captions, CaptionsShown shown, CardPlace place);

} // namespace pw::app
