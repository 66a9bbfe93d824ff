// SPDX-License-Identifier: Apache-2.0
#include "app/client_state.h"
#include "app/panels/panels.h"
#include "app/panels/words.h"
#include "base/format.h"
#include "base/json.h"
#include "base/strings.h"

#include <imgui.h>

namespace pw::app {

namespace {

// The first one that is not below `equipment`.
std::uint32_t end_of(const plant::Plant& plant, std::uint32_t equipment) {
    std::uint32_t end = equipment + 1;
    while (end < plant.equipment.size() && plant.equipment[end].parent != plant::kNoEquipment &&
           plant.equipment[end].parent >= equipment)
        ++end;
    return end;
}

void draw_equipment(const Live& live, const ClientState& state, std::uint32_t index, ActionCalls& asked) {
    const auto& plant = live.plant();
    const auto& equipment = plant.equipment[index];
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGuiTreeNodeFlags flags = ImGuiTreeNodeFlags_OpenOnArrow | ImGuiTreeNodeFlags_SpanFullWidth;
    if (equipment.model.empty()) flags |= ImGuiTreeNodeFlags_DefaultOpen; // down to the machines
    if (end_of(plant, index) == index + 1) flags |= ImGuiTreeNodeFlags_Leaf;
    if (state.selected_equipment == index) flags |= ImGuiTreeNodeFlags_Selected;
    const bool open = ImGui::TreeNodeEx(equipment.id.c_str(), flags, "%s", equipment.title.c_str());
    if (ImGui::IsItemClicked() && !ImGui::IsItemToggledOpen() && !equipment.model.empty()) {
        asked.push_back({"view.select", formatted(R"({{"part":{}}})", json_quote(equipment.id))});
    }
    ImGui::TableNextColumn();
    for (const auto& tag : equipment.tags) {
        const auto* known = tag.role == plant::TagRole::State ? live.find(index, tag) : nullptr;
        if (known == nullptr || !live.has_broker()) continue;
        draw_state(*known, state_words(*known, tag));
    }
    if (!open) return;
    for (std::uint32_t child = index + 1; child < end_of(plant, index); child = end_of(plant, child))
        draw_equipment(live, state, child, asked);
    ImGui::TreePop();
}

} // namespace

void draw_tree(const Live& live, const ClientState& state, CardPlace place, ActionCalls& asked) {
    ImGui::SetNextWindowPos({12.f, 12.f}, ImGuiCond_FirstUseEver);
    ImGui::SetNextWindowSize({390.f, 400.f}, ImGuiCond_FirstUseEver);
    bool open = true;
    if (ImGui::Begin(text(Text::EquipmentTree), &open, place == CardPlace::WholeSurface ? fill_surface() : 0) &&
        ImGui::BeginTable("##tree", 2)) {
        ImGui::TableSetupColumn("##name", ImGuiTableColumnFlags_WidthStretch);
        ImGui::TableSetupColumn("##state", ImGuiTableColumnFlags_WidthFixed);
        for (std::uint32_t i = 0; i < live.plant().equipment.size(); i = end_of(live.plant(), i))
            draw_equipment(live, state, i, asked);
        ImGui::EndTable();
    }
    ImGui::End();
    if (!open) asked.push_back({"panel.tree", "{}"});
}

} // namespace pw::app
