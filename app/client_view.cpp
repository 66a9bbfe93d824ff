// SPDX-License-Identifier: Apache-2.0
// The client's part in what the user chose to see: the selection, tools, section and measures, and their panels.
#include "app/client.h"
#include "app/keys.h"
#include "app/part_facts.h"
#include "base/assert.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <utility>

namespace pw::app {

namespace {

constexpr double kSnap_share = 0.02; // of the distance: a corner or edge so near is meant
constexpr std::uint32_t kMeasureLine = 0xff'30'd0'ffu, kMeasureBack = 0xe0'10'30'40u, kMeasureText = 0xff'ff'ff'ffu;
constexpr float kMeasureWidth_m = 0.003f, kMeasureWords_m = 0.06f;

} // namespace

Result<void> Client::select(scene::NodeId node, bool alone) {
    if (!node || node.index >= scene_.node_count()) return fail(Errc::NotFound, "there is no such part");
    clear_selection();
    state_.selected = node;
    state_.selected_equipment = live_->equipment_of(scene_.placed_of(node));
    state_.selected_alone = alone;
    state_.selected_facts = facts_of(scene_, *live_, node);
    set_highlight(true);
    return {};
}

void Client::clear_selection() {
    if (state_.selected) before_selection_ = {state_.selected, state_.selected_alone};
    set_highlight(false);
    state_.selected = {};
    state_.selected_equipment = scene::kNone;
    state_.selected_alone = false;
}

void Client::select_back() {
    const Selection now{state_.selected, state_.selected_alone}, before = before_selection_;
    clear_selection();
    if (before.node) {
        const auto done = select(before.node, before.alone);
        PW_ASSERT(done.has_value(), "what was selected stays a part of the scene");
    }
    before_selection_ = now;
}

// A machine lights up as a whole, with what stands on it; in a model without machines, the part.
void Client::set_highlight(bool on) {
    if (!state_.selected) return;
    const auto light = [&](std::uint32_t first, std::uint32_t end) {
        for (std::uint32_t n = first; n < end; n = scene_.subtree_end({n})) {
            scene::Style style = scene_.style({n});
            style.flags =
                static_cast<std::uint8_t>(on ? style.flags | scene::kHighlight : style.flags & ~scene::kHighlight);
            scene_.set_style({n}, style);
        }
    };
    if (state_.selected_equipment == scene::kNone || state_.selected_alone)
        return light(state_.selected.index, state_.selected.index + 1);
    for (std::uint32_t p = 0; p < scene_.placed().size(); ++p) {
        const auto& placed = scene_.placed()[p];
        if (live_->equipment_of({p}) == state_.selected_equipment)
            light(placed.first_node, placed.first_node + placed.node_count);
    }
}

bool Client::use_tool(const scene::Hit& hit) {
    if (view_->tool.held() == Tool::None) return false;
    if (const auto call = view_->tool.use(work::snap(scene_, hit, hit.distance_m * kSnap_share)))
        ask(call->action, call->arguments);
    return true;
}

// Esc puts a tool away before it does anything else.
void Client::ask_keys(const xr::DesktopState& desktop) {
    if (!any_pressed(desktop)) return;
    if (view_->tool.held() != Tool::None && is_pressed("Esc", desktop)) {
        ask("tool.end");
        return;
    }
    for (const auto& action : actions_.list()) {
        const auto& key = action.fronts[static_cast<std::size_t>(work::Front::Key)];
        if (action.id != "tool.end" && key.offered && is_pressed(key.how, desktop)) ask(action.id);
    }
}

// What is cut away: where the user says so, and else the roof of a model that is looked into from above its machines.
std::optional<scene::CutPlane> Client::cut() const {
    if (view_->section()) return view_->section();
    const auto open_m = opened();
    if (!open_m) return std::nullopt;
    return scene::CutPlane{.point = {0.0, *open_m, 0.0}, .normal = {0.f, 1.f, 0.f}};
}

// Above its tallest machine, where one looks down on it.
std::optional<double> Client::opened() const {
    constexpr double kAbove_m = 0.3;
    const double open_m = tops_m_ + kAbove_m;
    if (walker_.stance().scale <= 1.0 || eye_.position.y <= open_m) return std::nullopt;
    return open_m;
}

// The section, the measures, and where a measure has begun.
void Client::compose_view() {
    list_.section.reset();
    if (const auto section = cut()) list_.section = {section->point, section->normal};
    for (const auto& measure : view_->measures()) {
        lines_.push_back({.a = measure.from,
                          .b = measure.to,
                          .color_srgba = kMeasureLine,
                          .width_m = kMeasureWidth_m,
                          .through_walls = true});
        labels_.push_back({.position = (measure.from + measure.to) * 0.5,
                           .height_m = kMeasureWords_m,
                           .text = measure.words,
                           .color_srgba = kMeasureText,
                           .back_srgba = kMeasureBack,
                           .through_walls = true,
                           .gives_way = true});
    }
    const auto& begun = view_->tool.begun_at();
    if (!begun) return;
    const double reach = 0.01 * glm::length(begun->point - eye_.position);
    for (const DVec3& axis : {DVec3(reach, 0.0, 0.0), DVec3(0.0, reach, 0.0), DVec3(0.0, 0.0, reach)})
        lines_.push_back({.a = begun->point - axis,
                          .b = begun->point + axis,
                          .color_srgba = kMeasureLine,
                          .width_m = kMeasureWidth_m,
                          .through_walls = true});
}

void Client::compose_view_panels() {
    if (state_.show_parts) draw_parts(*live_, scene_, state_, parts_, CardPlace::Window, asked_);
    if (state_.show_tools) draw_view_tools(*view_, scene_, *live_, state_, view_tools_, CardPlace::Window, asked_);
    draw_palette(actions_, state_.show_palette, palette_, asked_);
}

} // namespace pw::app
