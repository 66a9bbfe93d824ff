// SPDX-License-Identifier: Apache-2.0
#include "app/panels/view_tools.h"

#include "app/client_state.h"
#include "app/panels/words.h"
#include "base/format.h"
#include "base/json.h"
#include "base/strings.h"

#include <imgui.h>

#include <utility>

namespace pw::app {

namespace {

void draw_history(const work::ViewHistory& history, ActionCalls& asked) {
    const auto button = [&](Text words, std::string_view what, const char* action) {
        ImGui::BeginDisabled(what.empty());
        const Line label = what.empty() ? line(words == Text::UndoWhat ? Text::Undo : Text::Redo) : line(words, what);
        ImGui::PushID(action);
        if (ImGui::Button(label.c_str())) asked.push_back({action, "{}"});
        ImGui::PopID();
        ImGui::EndDisabled();
    };
    button(Text::UndoWhat, history.next_undo(), "app.undo");
    ImGui::SameLine();
    button(Text::RedoWhat, history.next_redo(), "app.redo");
}

void draw_section(const UserView& view, ViewToolsState& tools, ActionCalls& asked) {
    bool on = view.section().has_value();
    if (ImGui::Checkbox(text(Text::Section), &on)) asked.push_back({"section.show", formatted(R"({{"on":{}}})", on)});
    for (const char* const axis : {"x", "y", "z"}) {
        ImGui::SameLine();
        if (ImGui::SmallButton(axis)) asked.push_back({"section.axis", formatted(R"({{"axis":"{}"}})", axis)});
    }
    ImGui::SameLine();
    if (ImGui::SmallButton(text(Text::SectionTool))) asked.push_back({"tool.section", "{}"});
    if (!on) return;
    if (ImGui::SliderFloat("##move", &tools.section, 0.f, 1.f))
        asked.push_back({"section.move", formatted(R"({{"share":{:.4f}}})", tools.section)});
    ImGui::SameLine();
    if (ImGui::SmallButton(text(Text::SectionFlip))) asked.push_back({"section.flip", "{}"});
}

// Of what is selected.
void draw_explode(const UserView& view, const scene::Scene& scene, const Live& live, const ClientState& state,
                  ActionCalls& asked) {
    if (state.selected) {
        const bool machine = state.selected_equipment != scene::kNone && !state.selected_alone;
        const std::string key =
            machine ? live.plant().equipment[state.selected_equipment].id : plant::to_text(scene.part(state.selected));
        auto share = static_cast<float>(view.exploded(key));
        if (ImGui::SliderFloat(text(Text::Explode), &share, 0.f, 1.f))
            asked.push_back({"explode.set", formatted(R"({{"share":{:.4f}}})", share)});
    }
    if (view.anything_exploded() && ImGui::Button(text(Text::ExplodeEnd))) asked.push_back({"explode.end", "{}"});
}

void draw_measures(const UserView& view, ActionCalls& asked) {
    if (ImGui::Button(text(Text::MeasureTool))) asked.push_back({"tool.measure", "{}"});
    if (view.measures().empty()) return;
    ImGui::SameLine();
    if (ImGui::Button(text(Text::ClearMeasures))) asked.push_back({"measure.clear", "{}"});
    for (const auto& measure : view.measures()) {
        ImGui::PushID(measure.id.c_str());
        if (ImGui::SmallButton(text(Text::Remove)))
            asked.push_back({"measure.remove", formatted(R"({{"measure":{}}})", json_quote(measure.id))});
        ImGui::SameLine();
        ImGui::TextUnformatted(measure.words.c_str());
        ImGui::PopID();
    }
}

void begin_rename(const plant::Viewpoint& viewpoint, ViewToolsState& tools) {
    tools.renaming = viewpoint.id;
    tools.rename_focus = true;
    tools.new_title.fill('\0');
    viewpoint.title.copy(tools.new_title.data(), tools.new_title.size() - 1);
}

// Instead of its row.
void draw_rename(const plant::Viewpoint& viewpoint, ViewToolsState& tools, ActionCalls& asked) {
    ImGui::PushID(viewpoint.id.c_str());
    if (std::exchange(tools.rename_focus, false)) ImGui::SetKeyboardFocusHere();
    ImGui::SetNextItemWidth(scaled(180.f));
    bool done = ImGui::InputText("##new", tools.new_title.data(), tools.new_title.size(),
                                 ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_AutoSelectAll);
    ImGui::SameLine();
    done = ImGui::SmallButton(text(Text::Rename)) || done;
    ImGui::SameLine();
    if (ImGui::SmallButton(text(Text::Back))) tools.renaming.clear();
    ImGui::PopID();
    if (!done) return;
    asked.push_back({"viewpoint.rename", formatted(R"({{"viewpoint":{},"title":{}}})", json_quote(viewpoint.id),
                                                   json_quote(tools.new_title.data()))});
    tools.renaming.clear();
}

void draw_viewpoint(const plant::Viewpoint& viewpoint, bool own, ViewToolsState& tools, ActionCalls& asked) {
    const auto ask = [&](const char* action) {
        asked.push_back({action, formatted(R"({{"viewpoint":{}}})", json_quote(viewpoint.id))});
    };
    ImGui::PushID(viewpoint.id.c_str());
    if (ImGui::SmallButton(text(Text::Go))) ask("view.go_to");
    ImGui::SameLine();
    if (own) {
        if (ImGui::SmallButton(text(Text::Remove))) ask("viewpoint.remove");
        ImGui::SameLine();
        if (ImGui::SmallButton(text(Text::Rename))) begin_rename(viewpoint, tools);
        ImGui::SameLine();
    }
    ImGui::TextUnformatted(viewpoint.title.empty() ? viewpoint.id.c_str() : viewpoint.title.c_str());
    ImGui::PopID();
}

void draw_viewpoints(const UserView& view, const plant::Plant& plant, ViewToolsState& tools, ActionCalls& asked) {
    ImGui::SetNextItemWidth(scaled(180.f));
    ImGui::InputTextWithHint("##title", text(Text::Title), tools.title.data(), tools.title.size());
    ImGui::SameLine();
    if (ImGui::Button(text(Text::SaveViewpoint))) {
        asked.push_back({"viewpoint.save", formatted(R"({{"title":{}}})", json_quote(tools.title.data()))});
        tools.title.front() = '\0';
    }
    for (const auto& viewpoint : view.viewpoints()) {
        if (viewpoint.id == tools.renaming)
            draw_rename(viewpoint, tools, asked);
        else
            draw_viewpoint(viewpoint, /* own= */ true, tools, asked);
    }
    for (const auto& viewpoint : plant.viewpoints) draw_viewpoint(viewpoint, /* own= */ false, tools, asked);
}

void draw_variants(const scene::Scene& scene, const UserView& view, ActionCalls& asked) {
    for (const auto& placed : scene.placed()) {
        if (placed.model->variants.empty()) continue;
        const std::string& chosen = view.variant(placed.name);
        if (!ImGui::BeginCombo(placed.name.c_str(), chosen.empty() ? text(Text::VariantUsual) : chosen.c_str()))
            continue;
        const auto choose = [&](const std::string& name, const char* label) {
            if (ImGui::Selectable(label, name == chosen))
                asked.push_back({"variant.choose", formatted(R"({{"part":{},"variant":{}}})", json_quote(placed.name),
                                                             json_quote(name))});
        };
        choose("", text(Text::VariantUsual));
        for (const auto& name : placed.model->variants) choose(name, name.c_str());
        ImGui::EndCombo();
    }
}

} // namespace

void draw_view_tools(const UserView& view, const scene::Scene& scene, const Live& live, const ClientState& state,
                     ViewToolsState& tools, CardPlace place, ActionCalls& asked) {
    const ImVec2 surface = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({surface.x - 12.f, surface.y - 60.f}, ImGuiCond_Appearing, {1.f, 1.f});
    ImGui::SetNextWindowSize({400.f, surface.y * 0.5f - 72.f}, ImGuiCond_FirstUseEver); // the card has the upper half
    bool open = true;
    if (ImGui::Begin(text(Text::ViewTools), &open, place == CardPlace::WholeSurface ? fill_surface() : 0)) {
        draw_history(view.history(), asked);
        ImGui::Separator();
        draw_section(view, tools, asked);
        draw_explode(view, scene, live, state, asked);
        ImGui::SeparatorText(text(Text::Measures));
        draw_measures(view, asked);
        ImGui::SeparatorText(text(Text::Viewpoints));
        draw_viewpoints(view, live.plant(), tools, asked);
        bool any = false;
        for (const auto& placed : scene.placed()) any = any || !placed.model->variants.empty();
        if (any) {
            ImGui::SeparatorText(text(Text::Variants));
            draw_variants(scene, view, asked);
        }
    }
    ImGui::End();
    if (!open) asked.push_back({"panel.tools", "{}"});
}

} // namespace pw::app
