// SPDX-License-Identifier: Apache-2.0
#include "app/panels/palette.h"

#include "app/palette_list.h"
#include "base/strings.h"

#include <imgui.h>

#include <algorithm>
#include <utility>

namespace pw::app {

namespace {

constexpr std::size_t kRecent = 12;

bool needs_arguments(const work::Action& action) {
    return std::ranges::contains(action.args, true, &work::ArgSpec::required);
}

// Into the line of arguments of an action.
void begin_arguments(const work::Action& action, PaletteState& palette) {
    palette.action = action.id;
    palette.arguments.front() = '\0';
    palette.refusal.clear();
    palette.focus = true;
}

void call(const work::ActionRegistry& actions, const work::Action& action, PaletteState& palette, ActionCalls& asked) {
    const auto arguments = actions.arguments_from_words(action.id, split_words(palette.arguments.data()));
    palette.focus = true; // Enter took it from the line
    if (!arguments) {
        palette.refusal = arguments.error().what;
        return;
    }
    palette.asked = action.id;
    asked.push_back({action.id, *arguments});
}

void draw_action(const work::Action& action, bool chosen) {
    ImGui::TableNextRow();
    if (chosen) ImGui::TableSetBgColor(ImGuiTableBgTarget_RowBg0, ImGui::GetColorU32(ImGuiCol_Header));
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(action.title.c_str());
    ImGui::TableNextColumn();
    ImGui::TextDisabled("%s", action.help.c_str());
    ImGui::TableNextColumn();
    const auto& key = action.fronts[static_cast<std::size_t>(work::Front::Key)];
    if (key.offered) ImGui::TextDisabled("%s", key.how.c_str());
}

void draw_list(const work::ActionRegistry& actions, PaletteState& palette, ActionCalls& asked) {
    if (std::exchange(palette.focus, false)) ImGui::SetKeyboardFocusHere();
    ImGui::SetNextItemWidth(-1.f);
    const bool enter = ImGui::InputTextWithHint("##query", text(Text::PaletteAsk), palette.query.data(),
                                                palette.query.size(), ImGuiInputTextFlags_EnterReturnsTrue);
    if (ImGui::IsItemEdited()) palette.chosen = 0;
    const auto list = palette_list(actions, palette.query.data(), palette.recent);
    if (ImGui::IsKeyPressed(ImGuiKey_DownArrow)) ++palette.chosen;
    if (ImGui::IsKeyPressed(ImGuiKey_UpArrow) && palette.chosen > 0) --palette.chosen;
    if (list.empty()) return ImGui::TextDisabled("%s", text(Text::PaletteNothing));
    palette.chosen = std::min(palette.chosen, list.size() - 1);
    const work::Action* take = enter ? list[palette.chosen] : nullptr;
    bool with_arguments = ImGui::IsKeyPressed(ImGuiKey_Tab);
    if (with_arguments) take = list[palette.chosen];
    if (ImGui::BeginTable("##list", 3, ImGuiTableFlags_ScrollY | ImGuiTableFlags_SizingFixedFit, {0.f, 260.f})) {
        ImGui::TableSetupColumn("##title");
        ImGui::TableSetupColumn("##help", ImGuiTableColumnFlags_WidthStretch);
        ImGui::TableSetupColumn("##key");
        for (std::size_t i = 0; i < list.size(); ++i) {
            draw_action(*list[i], i == palette.chosen);
            const ImVec2 low = ImGui::GetItemRectMin();
            const bool over = ImGui::IsWindowHovered() && ImGui::GetIO().MousePos.y >= low.y &&
                              ImGui::GetIO().MousePos.y < low.y + ImGui::GetTextLineHeightWithSpacing();
            if (over && ImGui::IsMouseClicked(0)) take = list[i];
            if (i == palette.chosen && ImGui::IsKeyPressed(ImGuiKey_DownArrow)) ImGui::SetScrollHereY();
            if (i == palette.chosen && ImGui::IsKeyPressed(ImGuiKey_UpArrow)) ImGui::SetScrollHereY();
        }
        ImGui::EndTable();
    }
    if (take == nullptr) return;
    with_arguments = (with_arguments && !take->args.empty()) || needs_arguments(*take);
    palette.arguments.front() = '\0';
    if (with_arguments)
        begin_arguments(*take, palette);
    else
        call(actions, *take, palette, asked);
}

void draw_arguments(const work::ActionRegistry& actions, PaletteState& palette, ActionCalls& asked) {
    const work::Action& action = *actions.find(palette.action);
    ImGui::TextUnformatted(action.title.c_str());
    ImGui::SameLine();
    ImGui::TextDisabled("%s", action.help.c_str());
    const std::string hint = arguments_hint(action);
    if (std::exchange(palette.focus, false)) ImGui::SetKeyboardFocusHere();
    ImGui::SetNextItemWidth(-1.f);
    if (ImGui::InputTextWithHint("##arguments", hint.c_str(), palette.arguments.data(), palette.arguments.size(),
                                 ImGuiInputTextFlags_EnterReturnsTrue))
        call(actions, action, palette, asked);
    ImGui::TextDisabled("%s", hint.c_str());
}

} // namespace

void PaletteState::hear(std::string_view refused) {
    const std::string id = std::exchange(asked, {});
    std::erase(recent, id);
    recent.insert(recent.begin(), id);
    if (recent.size() > kRecent) recent.resize(kRecent);
    refusal = refused;
    if (refusal.empty()) close_next = true;
}

void draw_palette(const work::ActionRegistry& actions, bool open, PaletteState& palette, ActionCalls& asked) {
    palette.asked.clear();
    if (std::exchange(palette.close_next, false) && open) {
        asked.push_back({"panel.palette", "{}"});
        return;
    }
    if (!open) {
        palette.was_open = false;
        return;
    }
    if (!std::exchange(palette.was_open, true)) {
        palette.query.front() = '\0';
        palette.action.clear();
        palette.refusal.clear();
        palette.chosen = 0;
        palette.focus = true;
    }
    const ImVec2 surface = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({surface.x * 0.5f, surface.y * 0.12f}, ImGuiCond_Always, {0.5f, 0.f});
    ImGui::SetNextWindowSize({std::min(900.f, surface.x - 24.f), 0.f});
    if (ImGui::Begin("##palette", nullptr, ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoNav)) {
        const bool back = ImGui::IsKeyPressed(ImGuiKey_Escape);
        if (palette.action.empty())
            draw_list(actions, palette, asked);
        else
            draw_arguments(actions, palette, asked);
        if (!palette.refusal.empty()) ImGui::TextColored({1.f, 0.75f, 0.4f, 1.f}, "%s", palette.refusal.c_str());
        ImGui::TextDisabled("%s", text(Text::PaletteKeys));
        if (back && palette.action.empty()) asked.push_back({"panel.palette", "{}"});
        if (back) {
            palette.action.clear();
            palette.refusal.clear();
            palette.focus = true;
        }
    }
    ImGui::End();
}

} // namespace pw::app
