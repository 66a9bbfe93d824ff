// SPDX-License-Identifier: Apache-2.0
#include "app/panels/parts.h"

#include "app/client_state.h"
#include "app/panels/words.h"
#include "base/format.h"
#include "base/json.h"
#include "base/strings.h"
#include "base/text.h"

#include <imgui.h>

#include <algorithm>
#include <format>

namespace pw::app {

namespace {

constexpr std::size_t kMostShown = 400; // bytes of a property: a table may hold books

std::string part_argument(const scene::Scene& scene, const PartRows::Row& row) {
    return json_quote(row.node ? plant::to_text(scene.part(row.node)) : scene.placed()[row.placed.index].name);
}

std::string title_of(const Live& live, const scene::Scene& scene, const PartRows::Row& row) {
    if (row.node) return std::string(scene.name(row.node));
    const auto& placed = scene.placed()[row.placed.index];
    const std::uint32_t e = live.equipment_of(row.placed);
    const bool machine = e != scene::kNone && live.plant().equipment[e].id == placed.name;
    return machine ? live.plant().equipment[e].title : placed.name;
}

void draw_row(const Live& live, const scene::Scene& scene, const ClientState& state, const PartRows::Row& row,
              PartsState& parts, ActionCalls& asked) {
    const scene::NodeId first = row.node ? row.node : scene::NodeId{scene.placed()[row.placed.index].first_node};
    ImGui::PushID(static_cast<int>(row.node ? row.node.index : ~row.placed.index));
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    const float indent = 14.f * static_cast<float>(row.depth);
    if (indent > 0.f) ImGui::Indent(indent);
    if (row.has_parts) {
        if (ImGui::ArrowButton("##open", row.open ? ImGuiDir_Down : ImGuiDir_Right)) parts.rows.turn(row);
    } else {
        ImGui::Dummy({ImGui::GetFrameHeight(), 1.f});
    }
    ImGui::SameLine();
    const bool selected = row.node ? state.selected == row.node : !state.selected_alone && state.selected == first;
    const bool hidden = (scene.effective_style(first).flags & (scene::kHidden | scene::kFileHidden)) != 0;
    if (hidden) ImGui::PushStyleColor(ImGuiCol_Text, ImGui::GetStyle().Colors[ImGuiCol_TextDisabled]);
    if (ImGui::Selectable(title_of(live, scene, row).c_str(), selected))
        asked.push_back(
            {"view.select", formatted(R"({{"part":{},"alone":{}}})", part_argument(scene, row), row.node.valid())});
    if (hidden) ImGui::PopStyleColor();
    if (indent > 0.f) ImGui::Unindent(indent);
    ImGui::TableNextColumn();
    if (ImGui::SmallButton(text(hidden ? Text::Show : Text::Hide)))
        asked.push_back({hidden ? "view.show" : "view.hide", formatted(R"({{"part":{}}})", part_argument(scene, row))});
    ImGui::PopID();
}

} // namespace

void draw_parts(const Live& live, const scene::Scene& scene, const ClientState& state, PartsState& parts,
                CardPlace place, ActionCalls& asked) {
    ImGui::SetNextWindowPos({12.f, 424.f}, ImGuiCond_FirstUseEver);
    const float below = ImGui::GetIO().DisplaySize.y - 60.f - 424.f; // of the tree, above the status line
    ImGui::SetNextWindowSize({390.f, std::clamp(below, 160.f, 360.f)}, ImGuiCond_FirstUseEver);
    bool open = true;
    if (ImGui::Begin(text(Text::PartsPanel), &open, place == CardPlace::WholeSurface ? fill_surface() : 0)) {
        ImGui::SetNextItemWidth(180.f);
        ImGui::InputTextWithHint("##search", text(Text::SearchParts), parts.search.data(), parts.search.size());
        ImGui::SameLine();
        ImGui::Checkbox(text(Text::WholePlant), &parts.whole_plant);
        const std::uint32_t machine = parts.whole_plant ? scene::kNone : state.selected_equipment;
        if (state.selected && state.selected != parts.shown) parts.rows.open_to(scene, state.selected);
        parts.shown = state.selected;
        parts.rows.update(scene, live, machine, parts.search.data());
        const auto rows = parts.rows.list();
        const std::size_t count = rows.size();
        ImGui::SameLine();
        ImGui::TextDisabled("%s", line(Text::PartsFound, count).c_str());
        if (ImGui::BeginTable("##rows", 2, ImGuiTableFlags_ScrollY)) {
            ImGui::TableSetupColumn("##name", ImGuiTableColumnFlags_WidthStretch);
            ImGui::TableSetupColumn("##do", ImGuiTableColumnFlags_WidthFixed, 60.f);
            ImGuiListClipper clipper;
            clipper.Begin(static_cast<int>(count));
            while (clipper.Step())
                for (int i = clipper.DisplayStart; i < clipper.DisplayEnd; ++i)
                    draw_row(live, scene, state, rows[static_cast<std::size_t>(i)], parts, asked);
            ImGui::EndTable();
        }
    }
    ImGui::End();
    if (!open) asked.push_back({"panel.parts", "{}"});
}

void draw_facts(const PartFacts& facts, const plant::Plant& plant, ActionCalls& asked) {
    ImGui::Text("%s", facts.part.c_str());
    ImGui::SameLine();
    if (ImGui::SmallButton(text(Text::CopyPartId))) asked.push_back({"part.copy_id", "{}"});
    if (facts.triangles > 0)
        ImGui::TextDisabled(
            "%s", line(Text::SizeTriangles, facts.size_m.x, facts.size_m.y, facts.size_m.z, facts.triangles).c_str());
    const bool more = !facts.materials.empty() || !facts.extras.empty() || !facts.properties.empty() ||
                      !facts.metadata.empty() || facts.equipment != scene::kNone;
    if (!more || !ImGui::TreeNode(text(Text::Properties))) return;
    std::string materials;
    for (const auto& name : facts.materials) materials += (materials.empty() ? "" : ", ") + name;
    if (!materials.empty())
        ImGui::TextWrapped("%s", vformatted(text(Text::Materials), std::make_format_args(materials)).c_str());
    if (facts.equipment != scene::kNone)
        ImGui::TextWrapped(
            "%s",
            vformatted(text(Text::ModelFile), std::make_format_args(plant.equipment[facts.equipment].model)).c_str());
    for (const auto* lines : {&facts.properties, &facts.extras, &facts.metadata})
        for (const auto& [name, value] : *lines)
            ImGui::TextWrapped("%s: %s", name.c_str(), shortened(value, kMostShown).c_str());
    ImGui::TreePop();
}

} // namespace pw::app
