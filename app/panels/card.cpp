// SPDX-License-Identifier: Apache-2.0
#include "app/client_state.h"
#include "app/panels/alarms.h"
#include "app/panels/manage.h"
#include "app/panels/panels.h"
#include "app/panels/parts.h"
#include "app/panels/words.h"
#include "app/trend_lines.h"
#include "base/format.h"
#include "base/strings.h"

#include <imgui.h>

#include <algorithm>
#include <format>

namespace pw::app {

namespace {

constexpr ImGuiWindowFlags kWholeSurface = ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoResize |
                                           ImGuiWindowFlags_NoCollapse | ImGuiWindowFlags_NoSavedSettings;

constexpr float kMargin_px = 12.f; // from the edges of a window

bool has_number(const twin::Value& value) {
    return std::holds_alternative<bool>(value) || std::holds_alternative<double>(value) ||
           std::holds_alternative<std::int64_t>(value) || std::holds_alternative<std::uint64_t>(value);
}

// From ten minutes before `to` until then.
void draw_trend(const Memory::Trend& trend, UtcTime to) {
    const ImVec2 size{scaled(90.f), scaled(20.f)};
    const ImVec2 at = ImGui::GetCursorScreenPos();
    ImGui::Dummy(size);
    const auto lines = trend_lines(trend, to);
    if (lines.empty()) return;
    auto* draw = ImGui::GetWindowDrawList();
    draw->AddRectFilled(at, {at.x + size.x, at.y + size.y}, ImGui::GetColorU32(ImGuiCol_FrameBg));
    const ImU32 color = ImGui::GetColorU32(ImGuiCol_PlotLines);
    const auto place = [&](float x, float y) {
        return ImVec2(at.x + x * size.x, at.y + 1.f + (1.f - y) * (size.y - 2.f));
    };
    for (const TrendLine& line : lines) draw->AddLine(place(line.x0, line.y0), place(line.x1, line.y1), color);
}

// When we heard it; where the machine's own time is another one, that as well.
void draw_age(const Live& live, const twin::TagState& state, UtcTime now) {
    constexpr Duration kSameClock = from_seconds(60.0);
    const auto age = live.age(state);
    if (!age) return ImGui::TextDisabled("%s", text(Text::Never));
    const Duration later = state.source_time - (now + Duration{-age->ns});
    const bool other = state.source_time.known() && (later > kSameClock || Duration{-later.ns} > kSameClock);
    ImGui::TextDisabled("%s%s", age_words(*age).c_str(), other ? " *" : "");
    if (!other || !ImGui::IsItemHovered()) return;
    const std::string by = age_words(later.ns > 0 ? later : Duration{-later.ns});
    ImGui::SetTooltip(
        "%s",
        vformatted(text(later.ns > 0 ? Text::OwnTimeLater : Text::OwnTimeEarlier), std::make_format_args(by)).c_str());
}

void draw_tag_row(const Live& live, std::uint32_t equipment, const plant::Tag& tag, const twin::TagState& state,
                  UtcTime now) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(tag.title.c_str());
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(value_words(state, tag).c_str());
    ImGui::TableNextColumn();
    ImGui::TextColored(quality_color(state.quality), "%s", quality_words(state.quality));
    ImGui::TableNextColumn();
    draw_age(live, state, now);
    ImGui::TableNextColumn();
    if (live.memory() == nullptr || !has_number(state.value)) return;
    draw_trend(live.memory()->trend(live.watched_index(equipment, tag), system_clock().now()), now);
}

// What one reads off a machine; its switches, texts and data sets are for who looks closer.
bool is_reading(const twin::TagState& state, const plant::Tag& tag) {
    return has_number(state.value) && !std::holds_alternative<bool>(state.value) &&
           (!tag.unit.empty() || tag.role != plant::TagRole::None);
}

void draw_tags(const Live& live, std::uint32_t equipment, bool readings, UtcTime now) {
    if (!ImGui::BeginTable("##tags", 5, ImGuiTableFlags_RowBg | ImGuiTableFlags_SizingFixedFit)) return;
    for (const Text heading : {Text::Tags, Text::Value, Text::Quality, Text::Age, Text::Trend})
        ImGui::TableSetupColumn(text(heading));
    ImGui::TableHeadersRow();
    for (const auto& tag : live.plant().equipment[equipment].tags) {
        const auto* state = tag.role == plant::TagRole::State ? nullptr : live.find(equipment, tag);
        if (state != nullptr && is_reading(*state, tag) == readings) draw_tag_row(live, equipment, tag, *state, now);
    }
    ImGui::EndTable();
}

void draw_machine(const Live& live, std::uint32_t index, UtcTime now) {
    const auto& equipment = live.plant().equipment[index];
    if (!equipment.description.empty()) ImGui::TextWrapped("%s", equipment.description.c_str());
    if (!live.has_broker()) return ImGui::TextDisabled("%s", text(Text::NotConnected));
    for (const auto& tag : equipment.tags) {
        const auto* state = tag.role == plant::TagRole::State ? live.find(index, tag) : nullptr;
        if (state == nullptr) continue;
        ImGui::Text("%s:", text(Text::State));
        ImGui::SameLine();
        draw_state(*state, value_words(*state, tag));
        ImGui::SameLine();
        ImGui::TextDisabled("(%s)", quality_words(state->quality));
    }
    const auto count = [&](bool readings) {
        return std::ranges::count_if(equipment.tags, [&](const plant::Tag& tag) {
            const auto* state = tag.role == plant::TagRole::State ? nullptr : live.find(index, tag);
            return state != nullptr && is_reading(*state, tag) == readings;
        });
    };
    if (count(true) > 0) draw_tags(live, index, true, now);
    const auto others = count(false);
    if (others == 0) return;
    const std::string heading = vformatted(text(Text::MoreTags), std::make_format_args(others)) + "###more";
    // Where there is nothing else to read, they are what is read.
    if (count(true) == 0) ImGui::SetNextItemOpen(true, ImGuiCond_Appearing);
    if (ImGui::TreeNode(heading.c_str())) {
        draw_tags(live, index, false, now);
        ImGui::TreePop();
    }
}

void draw_buttons(ActionCalls& asked) {
    for (const auto& [label, action] : {std::pair(Text::Hide, "view.hide"),
                                        {Text::Isolate, "view.isolate"},
                                        {Text::Ghost, "view.ghost"},
                                        {Text::ShowAll, "view.show_all"}}) {
        if (ImGui::Button(text(label))) asked.push_back({action, "{}"});
        ImGui::SameLine();
    }
    ImGui::NewLine();
}

} // namespace

float draw_card(const Live& live, const scene::Scene& scene, const ClientState& state, std::uint32_t equipment,
                UtcTime now, CardPlace place, ActionCalls& asked) {
    const bool machine = equipment != scene::kNone, whole_surface = place == CardPlace::WholeSurface;
    if (!state.selected && !machine) return 0.f;
    const ImVec2 surface = ImGui::GetIO().DisplaySize;
    if (whole_surface) {
        ImGui::SetNextWindowPos({0.f, 0.f});
        ImGui::SetNextWindowSize(surface);
        ImGui::SetNextWindowBgAlpha(1.f); // what stands behind a panel in the world must not mix with its text
    } else {
        ImGui::SetNextWindowPos({surface.x - kMargin_px, kMargin_px}, ImGuiCond_Appearing, {1.f, 0.f});
        const float lowest = state.show_tools ? surface.y * 0.5f : surface.y - 48.f;
        ImGui::SetNextWindowSizeConstraints({300.f, 80.f}, {760.f, lowest - kMargin_px});
    }
    bool open = true;
    float height = 0.f;
    const std::string title =
        (machine ? live.plant().equipment[equipment].title : std::string(scene.name(state.selected))) + "###card";
    if (ImGui::Begin(title.c_str(), &open, whole_surface ? kWholeSurface : ImGuiWindowFlags_AlwaysAutoResize)) {
        if (machine) {
            draw_own_alarms(live, equipment, now, asked);
            draw_machine(live, equipment, now);
            if (live.has_broker()) draw_kpis(live, equipment);
        }
        if (state.selected) {
            draw_facts(state.selected_facts, live.plant(), asked);
            draw_buttons(asked);
        }
        height = ImGui::GetCursorPosY() + ImGui::GetScrollY() + ImGui::GetStyle().WindowPadding.y;
        // It grows with what it says, to the right: back onto the surface.
        const ImVec2 at = ImGui::GetWindowPos();
        const float furthest = std::max(surface.x - ImGui::GetWindowWidth() - kMargin_px, 0.f);
        if (!whole_surface && at.x > furthest) ImGui::SetWindowPos({furthest, at.y});
    }
    ImGui::End();
    if (!open && state.selected) asked.push_back({"view.clear_selection", "{}"});
    return height;
}

} // namespace pw::app
