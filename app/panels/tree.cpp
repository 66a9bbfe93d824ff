// SPDX-License-Identifier: Apache-2.0
#include "app/client.h"
#include "app/panels/panels.h"
#include "app/panels/words.h"
#include "base/json.h"
#include "base/strings.h"

#include <imgui.h>

#include <format>

namespace pw::app {

namespace {

bool has_children(const plant::Plant& plant, std::uint32_t equipment) {
    for (const auto& e : plant.equipment) {
        if (e.parent == equipment) return true;
    }
    return false;
}

void draw_equipment(const Live& live, const ClientState& state, std::uint32_t index, ActionCalls& asked) {
    const auto& plant = live.plant();
    const auto& equipment = plant.equipment[index];
    ImGuiTreeNodeFlags flags =
        ImGuiTreeNodeFlags_DefaultOpen | ImGuiTreeNodeFlags_OpenOnArrow | ImGuiTreeNodeFlags_SpanAvailWidth;
    if (!has_children(plant, index)) flags |= ImGuiTreeNodeFlags_Leaf;
    if (state.selected_equipment == index) flags |= ImGuiTreeNodeFlags_Selected;
    const bool open = ImGui::TreeNodeEx(equipment.id.c_str(), flags, "%s", equipment.title.c_str());
    if (ImGui::IsItemClicked() && !ImGui::IsItemToggledOpen() && !equipment.model.empty()) {
        asked.push_back({"view.select", std::format(R"({{"part":{}}})", json_quote(equipment.id))});
    }
    for (const auto& tag : equipment.tags) {
        const auto* known = tag.role == plant::TagRole::State ? live.find(index, tag) : nullptr;
        if (known == nullptr) continue;
        const std::string word = state_words(*known, tag);
        ImGui::SameLine(ImGui::GetWindowContentRegionMax().x - ImGui::CalcTextSize(word.c_str()).x);
        ImGui::TextColored(quality_color(known->quality), "%s", word.c_str());
    }
    if (!open) return;
    for (std::uint32_t child = 0; child < plant.equipment.size(); ++child) {
        if (plant.equipment[child].parent == index) draw_equipment(live, state, child, asked);
    }
    ImGui::TreePop();
}

} // namespace

void draw_tree(const Live& live, const ClientState& state, ActionCalls& asked) {
    ImGui::SetNextWindowPos({12.f, 12.f}, ImGuiCond_FirstUseEver);
    ImGui::SetNextWindowSize({330.f, 360.f}, ImGuiCond_FirstUseEver);
    bool open = true;
    if (ImGui::Begin(text(Text::EquipmentTree), &open)) {
        for (std::uint32_t i = 0; i < live.plant().equipment.size(); ++i) {
            if (live.plant().equipment[i].parent == scene::kNone) draw_equipment(live, state, i, asked);
        }
    }
    ImGui::End();
    if (!open) asked.push_back({"panel.tree", "{}"});
}

} // namespace pw::app
