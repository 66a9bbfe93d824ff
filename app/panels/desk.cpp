// SPDX-License-Identifier: Apache-2.0
// Statistics, help, problems and the status line: the panels around the picture at a desk.
#include "app/panels/panels.h"
#include "app/panels/words.h"
#include "base/strings.h"

#include <imgui.h>

#include <format>

namespace pw::app {

namespace {

void row(Text label, const std::string& value) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(text(label));
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(value.c_str());
}

std::string times(const Percentiles& p) { return std::format("{:.2f} ms   p99 {:.2f} ms", p.median, p.p99); }

} // namespace

void draw_statistics(const FrameStats& stats, const renderer::RenderStats& render, const Live& live,
                     const std::string& gpu) {
    ImGui::SetNextWindowPos({12.f, 390.f}, ImGuiCond_FirstUseEver);
    if (ImGui::Begin(text(Text::FrameStatistics), nullptr, ImGuiWindowFlags_AlwaysAutoResize) &&
        ImGui::BeginTable("stats", 2)) {
        row(Text::Gpu, gpu);
        row(Text::FrameTime, times(stats.frame_ms()));
        row(Text::CpuTime, times(stats.cpu_ms()));
        row(Text::ProcessCpuTime, times(stats.process_cpu_ms()));
        row(Text::Draws, std::format("{}", render.draws));
        row(Text::Triangles, std::format("{}", render.triangles));
        row(Text::Nodes, std::format("{}", render.nodes));
        const auto& snapshot = live.snapshot();
        row(Text::Messages, std::format("{}", snapshot.messages));
        row(Text::TagsKnown, std::format("{}", snapshot.tags_known));
        row(Text::EdgeNodes, std::format("{} / {}", snapshot.nodes_alive, snapshot.nodes_alive + snapshot.nodes_dead));
        ImGui::EndTable();
    }
    ImGui::End();
}

void draw_help(const work::ActionRegistry& actions, ActionCalls& asked) {
    const ImVec2 surface = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({surface.x * 0.5f, surface.y * 0.5f}, ImGuiCond_Appearing, {0.5f, 0.5f});
    ImGui::SetNextWindowSize({620.f, 460.f}, ImGuiCond_FirstUseEver);
    bool open = true;
    if (ImGui::Begin(text(Text::Help), &open)) {
        ImGui::TextWrapped("%s", text(Text::HelpMoving));
        ImGui::Separator();
        if (ImGui::BeginTable("actions", 3, ImGuiTableFlags_RowBg | ImGuiTableFlags_SizingStretchProp)) {
            for (const auto& action : actions.list()) {
                ImGui::TableNextRow();
                ImGui::TableNextColumn();
                ImGui::TextUnformatted(action.title.c_str());
                ImGui::TableNextColumn();
                ImGui::TextDisabled("%s", action.fronts[static_cast<std::size_t>(work::Front::Key)].how.c_str());
                ImGui::TableNextColumn();
                ImGui::TextDisabled("plantwalk do %s", action.id.c_str());
            }
            ImGui::EndTable();
        }
    }
    ImGui::End();
    if (!open) asked.push_back({"panel.help", "{}"});
}

void draw_problems(const Reports& problems, ActionCalls& asked) {
    bool open = true;
    ImGui::SetNextWindowSize({560.f, 200.f}, ImGuiCond_FirstUseEver);
    if (ImGui::Begin(text(Text::Problems), &open)) {
        if (problems.empty()) ImGui::TextDisabled("%s", text(Text::NoProblems));
        for (const auto& report : problems.list()) {
            ImGui::TextColored({1.f, 0.75f, 0.4f, 1.f}, "%s", report.where.c_str());
            ImGui::TextWrapped("%s", report.what.c_str());
        }
    }
    ImGui::End();
    if (!open) asked.push_back({"panel.problems", "{}"});
}

void draw_status_bar(const Live& live, const Reports& problems, bool loading, ActionCalls& asked) {
    const ImVec2 surface = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({12.f, surface.y - 12.f}, ImGuiCond_Always, {0.f, 1.f});
    constexpr ImGuiWindowFlags flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_AlwaysAutoResize |
                                       ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav;
    if (ImGui::Begin("##status", nullptr, flags)) {
        const auto& snapshot = live.snapshot();
        if (loading) ImGui::TextUnformatted(text(Text::Loading));
        if (live.has_broker()) {
            const bool online = snapshot.connection == twin::Connection::Online;
            ImGui::TextColored(quality_color(online ? twin::Quality::Good : twin::Quality::Bad), "%s",
                               online ? text(Text::Live) : text(Text::NoBroker));
        } else {
            ImGui::TextDisabled("%s", text(Text::NotConnected));
        }
        ImGui::SameLine();
        ImGui::TextDisabled("·  %s", text(Text::PressForHelp));
        if (!problems.empty()) {
            ImGui::SameLine();
            if (ImGui::SmallButton(std::format("{} ({})", text(Text::Problems), problems.list().size()).c_str()))
                asked.push_back({"panel.problems", "{}"});
        }
    }
    ImGui::End();
}

} // namespace pw::app
