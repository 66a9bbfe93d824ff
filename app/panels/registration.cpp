// SPDX-License-Identifier: Apache-2.0
#include "app/panels/registration.h"

#include "app/client.h"
#include "app/panels/words.h"
#include "base/format.h"
#include "base/json.h"
#include "base/strings.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace pw::app {

namespace {

constexpr double kDegrees = 57.29577951;
constexpr ImVec4 kDoubtColor{1.f, 0.75f, 0.4f, 1.f};

void say(Text words, auto... values) { ImGui::TextWrapped("%s", line(words, values...).c_str()); }

void doubt(const std::string& words) {
    ImGui::PushStyleColor(ImGuiCol_Text, kDoubtColor);
    ImGui::TextWrapped("! %s", words.c_str());
    ImGui::PopStyleColor();
}

void doubts(const std::vector<registration::Doubt>& list) {
    for (const auto& one : list) doubt(one.what);
}

// One row each, with what its point of the model is off from where it was touched.
void draw_points(const RegistrationFlow& flow) {
    if (flow.touches.empty() || !ImGui::BeginTable("##points", 3)) return;
    for (std::size_t i = 0; i < flow.touches.size(); ++i) {
        const std::size_t number = i + 1;
        ImGui::TableNextRow();
        ImGui::TableNextColumn();
        ImGui::TextUnformatted(line(Text::PointRow, number).c_str());
        if (!flow.solution || i >= flow.solution->residuals_m.size()) continue;
        const double off_mm = 1e3 * flow.solution->residuals_m[i];
        ImGui::TableNextColumn();
        ImGui::TextUnformatted(line(Text::PointOff, off_mm).c_str());
        ImGui::TableNextColumn();
        if (std::ranges::contains(flow.solution->outliers, i))
            ImGui::TextColored(kDoubtColor, "! %s", text(Text::LeftOut));
    }
    ImGui::EndTable();
}

// How another place differs from the one that was found.
Line other_words(const registration::PointSolution& solution, const registration::Rigid& other) {
    const auto& found = solution.estimate;
    const double turned_deg =
        kDegrees * glm::length(registration::rotation_vector(other.rotation * glm::conjugate(found.place.rotation)));
    const double away_m = glm::distance(other * found.pivot_m, found.place * found.pivot_m);
    return line(Text::PlaceOther, turned_deg, away_m);
}

void draw_places(const registration::PointSolution& solution, ActionCalls& asked) {
    for (std::size_t i = 0; i <= solution.alternatives.size(); ++i) {
        const Line words = i == 0 ? line(Text::PlaceFound) : other_words(solution, solution.alternatives[i - 1]);
        ImGui::PushID(static_cast<int>(i));
        if (ImGui::Button(words.c_str())) asked.push_back({"register.choose", formatted(R"({{"which":{}}})", i)});
        ImGui::PopID();
    }
}

void draw_flow(const RegistrationFlow& flow, const plant::Plant& plant, ActionCalls& asked) {
    ImGui::TextUnformatted(plant.equipment[flow.equipment].title.c_str());
    draw_points(flow);
    if (flow.working) ImGui::TextDisabled("%s", text(Text::SolutionWorking));
    if (!flow.refused.empty()) doubt(flow.refused);
    if (flow.solution) {
        say(Text::RegistrationRms, 1e3 * flow.solution->rms_m);
        ImGui::TextWrapped("%s", deviation_words(flow.solution->estimate).c_str());
        doubts(flow.solution->doubts);
        if (flow.choosing) draw_places(*flow.solution, asked);
    }
    const auto button = [&](Text words, const char* action) {
        if (ImGui::Button(text(words))) asked.push_back({action, "{}"});
    };
    button(Text::RegisterFinish, "register.finish");
    ImGui::SameLine();
    button(Text::RegisterUndo, "register.undo_point");
    ImGui::SameLine();
    button(Text::RegisterCancel, "register.cancel");
}

const char* method_words(registration::Method method) {
    constexpr std::array kWords{Text::ByPoints, Text::ByMarkers, Text::ByAnchor};
    return text(kWords.at(std::to_underlying(method)));
}

void draw_known(Client& client, std::uint32_t equipment) {
    const auto& ar = client.ar();
    const auto& known = *ar.last(equipment);
    if (ar.state(equipment) == registration::State::Doubtful)
        doubt(text(Text::RegistrationLost));
    else
        ImGui::TextUnformatted(text(Text::RegistrationGood));
    if (ar.active() == equipment && client.sees_around()) ImGui::TextUnformatted(text(Text::RegistrationFollows));
    const std::string_view of = known.made_of.empty() ? method_words(known.method) : known.made_of.front().c_str();
    const std::string when = age_words(known.time, system_clock().utc_now());
    say(Text::RegistrationMadeOf, of, when);
    if (known.method == registration::Method::Markers)
        say(Text::RegistrationPixels, known.rms_px);
    else
        say(Text::RegistrationRms, 1e3 * known.rms_m);
    ImGui::TextWrapped("%s", deviation_words(known.estimate).c_str());
    say(Text::RegistrationMiddle, 1e3 * ar.error(client.scene(), equipment).bound95_m);
    if (const auto at = client.pointed_at(equipment))
        say(Text::RegistrationPointed, 1e3 * ar.error(client.scene(), equipment, at).bound95_m);
    doubts(known.doubts);
}

void draw_machine(Client& client, std::uint32_t equipment, ActionCalls& asked) {
    const auto& ar = client.ar();
    const auto& machine = client.plant().equipment[equipment];
    ImGui::TextUnformatted(machine.title.c_str());
    if (ar.last(equipment) != nullptr)
        draw_known(client, equipment);
    else if (const auto* kept = ar.kept(equipment))
        say(Text::RegistrationKept, 1e3 * error_at(kept->estimate, kept->estimate.pivot_m).bound95_m);
    else
        ImGui::TextWrapped("%s", text(Text::RegistrationNone));
    const auto ask = [&](const char* action) {
        asked.push_back({action, formatted(R"({{"part":{}}})", json_quote(machine.id))});
    };
    if (ImGui::Button(text(Text::RegisterStart))) ask("register.start");
    if (ar.last(equipment) == nullptr && ar.kept(equipment) == nullptr) return;
    ImGui::SameLine();
    if (ImGui::Button(text(Text::RegisterForget))) ask("register.forget");
}

} // namespace

Line deviation_words(const registration::Estimate& estimate) {
    const auto of = deviations_of(estimate);
    const double level_mm = 1e3 * of.level_m, height_mm = 1e3 * of.height_m;
    const double turn_deg = kDegrees * of.turn_rad, tilt_deg = kDegrees * of.tilt_rad;
    return line(Text::RegistrationDeviations, level_mm, height_mm, turn_deg, tilt_deg);
}

void draw_registration(Client& client, CardPlace place, ActionCalls& asked) {
    const auto& ar = client.ar();
    bool open = true;
    ImGui::SetNextWindowSize({440.f, 360.f}, ImGuiCond_FirstUseEver);
    if (ImGui::Begin(text(Text::RegistrationPanel), &open, place == CardPlace::WholeSurface ? fill_surface() : 0)) {
        const std::uint32_t selected = client.state().selected_equipment;
        if (ar.flow() != nullptr)
            draw_flow(*ar.flow(), client.plant(), asked);
        else if (selected != scene::kNone)
            draw_machine(client, selected, asked);
        else if (ar.active() != plant::kNoEquipment)
            draw_machine(client, ar.active(), asked);
        else
            ImGui::TextWrapped("%s", text(Text::RegistrationSelect));
    }
    ImGui::End();
    if (open) return;
    if (ar.flow() != nullptr) asked.push_back({"register.cancel", "{}"});
    if (client.state().show_registration) asked.push_back({"panel.registration", "{}"});
}

} // namespace pw::app
