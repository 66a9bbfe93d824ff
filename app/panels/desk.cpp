// SPDX-License-Identifier: Apache-2.0
// Statistics, help, problems and the status line: the panels around the picture at a desk.
#include "app/panels/controls.h"
#include "app/panels/panels.h"
#include "app/panels/words.h"
#include "app/parts.h"
#include "base/format.h"
#include "base/strings.h"

#include <imgui.h>

#include <utility>

namespace pw::app {

namespace {

void row(Text label, const char* value) {
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(text(label));
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(value);
}
void row(Text label, const Line& value) { row(label, value.c_str()); }

Line relief_words(Relief relief) {
    if (relief == Relief::None) return line(Text::PaceNothing);
    if (relief == Relief::Shadows) return line(Text::PaceShadows);
    const int percent = static_cast<int>(relief_scale(relief) * 100.0 + 0.5);
    return line(Text::PacePixels, percent);
}

Line times(const Percentiles& p) { return line_of("{:.2f} ms   p99 {:.2f} ms", p.median, p.p99); }

// "3×, 12 s", the second how long ago; nothing for what happened once.
Line times_words(std::uint64_t count, UtcTime last, UtcTime now) {
    return count > 1 ? line_of("{}×, {}", count, age_words(last, now)) : Line();
}

bool is_lost(const Live& live) { return live.has_broker() && live.snapshot().connection != twin::Connection::Online; }

// How many machines are heard, of how many.
std::pair<unsigned, unsigned> count_machines(const Live& live) {
    unsigned heard = 0, all = 0;
    for (std::uint32_t e = 0; e < live.plant().equipment.size(); ++e) {
        if (!is_machine(live.plant().equipment[e])) continue;
        ++all;
        if (live.quality(e) > twin::Quality::Stale) ++heard;
    }
    return {heard, all};
}

// What is loading and whether the machines are heard.
void draw_status(const Live& live, const StatusWords& status) {
    if (status.loading) {
        ImGui::TextUnformatted(line(Text::Loading, status.loaded, status.total).c_str());
        ImGui::SameLine();
    } else if (status.pending_textures != 0) {
        const std::size_t there = status.textures - status.pending_textures;
        ImGui::TextUnformatted(line(Text::LoadingTextures, there, status.textures).c_str());
        ImGui::SameLine();
    }
    if (live.away()) {
        ImGui::TextColored({1.f, 0.72f, 0.2f, 1.f}, "%s", text(Text::Past));
    } else if (!live.has_broker()) {
        ImGui::TextDisabled("%s", text(Text::NotConnected));
    } else if (is_lost(live)) {
        ImGui::TextColored(quality_color(twin::Quality::Bad), "%s", text(Text::NoBroker));
    } else {
        const auto [heard, all] = count_machines(live);
        ImGui::TextColored(quality_color(heard == all ? twin::Quality::Good : twin::Quality::Uncertain), "%s",
                           text(Text::Live));
        if (heard != all) {
            ImGui::SameLine();
            ImGui::TextUnformatted(line(Text::MachinesHeard, heard, all).c_str());
        }
    }
    if (status.hint) {
        ImGui::SameLine();
        ImGui::TextColored({0.45f, 0.85f, 1.f, 1.f}, "·  %s", text(*status.hint));
    }
    if (status.muted) {
        ImGui::SameLine();
        ImGui::TextDisabled("·  %s", text(Text::Muted));
    }
    if (status.refusal == nullptr) return;
    ImGui::SameLine();
    ImGui::TextColored({1.f, 0.75f, 0.4f, 1.f}, "·  %s", status.refusal);
}

Line problem_words(const Problems& problems) {
    return line_of("{} ({})", text(Text::Problems), problems.list().size());
}

} // namespace

void draw_statistics(const FrameStats& stats, const renderer::RenderStats& render, const Live& live,
                     const std::string& gpu, const Relief* relief, CardPlace place) {
    ImGui::SetNextWindowPos({12.f, 390.f}, ImGuiCond_FirstUseEver);
    if (ImGui::Begin(text(Text::FrameStatistics), nullptr,
                     place == CardPlace::WholeSurface ? fill_surface() : ImGuiWindowFlags_AlwaysAutoResize) &&
        ImGui::BeginTable("##stats", 2)) {
        row(Text::Gpu, gpu.c_str());
        row(Text::FrameTime, times(stats.frame_ms()));
        row(Text::SpanTime, times(stats.span_ms()));
        row(Text::CpuTime, times(stats.cpu_ms()));
        row(Text::ProcessCpuTime, times(stats.process_cpu_ms()));
        row(Text::GpuTime, render.gpu_ms > 0.0 ? line_of("{:.2f} ms", render.gpu_ms) : line(Text::DoingUnknown));
        if (render.gpu_ms > 0.0) {
            const renderer::GpuTimes& ms = render.gpu_stage_ms;
            row(Text::GpuStages,
                line_of("{:.1f}, {:.1f}, {:.1f}, {:.1f}, {:.1f} ms", ms[0], ms[1], ms[2], ms[3], ms[4]));
        }
        row(Text::GpuMemory, line_of("{}", render.gpu_bytes >> 20));
        if (relief != nullptr) {
            row(Text::PoseAge, times(stats.pose_age_ms()));
            row(Text::LateFrames, line_of("{} / {}", stats.late(), stats.frames()));
            row(Text::PaceStep, relief_words(*relief));
        }
        row(Text::Draws, line_of("{}", render.drawn));
        row(Text::PartsDrawn, line_of("{} / {}", render.drawn_parts, render.parts));
        row(Text::Triangles, line_of("{} / {}", render.drawn_triangles, render.triangles));
        row(Text::Nodes, line_of("{}", render.nodes));
        const auto& snapshot = live.snapshot();
        row(Text::Messages, line_of("{}", snapshot.messages));
        row(Text::TagsKnown, line_of("{}", snapshot.tags_known));
        row(Text::EdgeNodes, line_of("{} / {}", snapshot.nodes_alive, snapshot.nodes_alive + snapshot.nodes_dead));
        ImGui::EndTable();
    }
    ImGui::End();
}

void draw_help(const work::ActionRegistry& actions, const HeldControls* held, CardPlace place, ActionCalls& asked) {
    const ImVec2 surface = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({surface.x * 0.5f, surface.y * 0.5f}, ImGuiCond_Appearing, {0.5f, 0.5f});
    ImGui::SetNextWindowSize({620.f, 460.f}, ImGuiCond_FirstUseEver);
    bool open = true;
    if (ImGui::Begin(text(Text::Help), &open, place == CardPlace::WholeSurface ? fill_surface() : 0)) {
        if (held != nullptr)
            draw_controls(held->hands, held->settings);
        else
            ImGui::TextWrapped("%s", text(Text::HelpMoving));
        ImGui::Separator();
        if (ImGui::BeginTable("##actions", 3, ImGuiTableFlags_RowBg | ImGuiTableFlags_SizingStretchProp)) {
            for (const auto& action : actions.list()) {
                ImGui::TableNextRow();
                ImGui::TableNextColumn();
                ImGui::TextUnformatted(action.title.c_str());
                ImGui::TableNextColumn();
                ImGui::TextDisabled("%s", action.fronts[static_cast<std::size_t>(work::Front::Key)].how.c_str());
                ImGui::TableNextColumn();
                ImGui::TextDisabled("%s", action.fronts[static_cast<std::size_t>(work::Front::Command)].how.c_str());
            }
            ImGui::EndTable();
        }
    }
    ImGui::End();
    if (!open) asked.push_back({"panel.help", "{}"});
}

void draw_problems(const Problems& problems, UtcTime now, CardPlace place, ActionCalls& asked) {
    bool open = true;
    ImGui::SetNextWindowSize({560.f, 200.f}, ImGuiCond_FirstUseEver);
    if (ImGui::Begin(text(Text::Problems), &open, place == CardPlace::WholeSurface ? fill_surface() : 0)) {
        if (problems.empty()) ImGui::TextDisabled("%s", text(Text::NoProblems));
        for (const auto& problem : problems.list()) {
            ImGui::TextColored({1.f, 0.75f, 0.4f, 1.f}, "%s", problem.where.c_str());
            ImGui::SameLine();
            ImGui::TextDisabled("%s", times_words(problem.count, problem.last, now).c_str());
            ImGui::TextWrapped("%s", problem.what.c_str());
        }
        if (problems.left_out() > 0) ImGui::TextDisabled("%s", text(Text::MoreProblems));
    }
    ImGui::End();
    if (!open) asked.push_back({"panel.problems", "{}"});
}

void draw_status_bar(const Live& live, const StatusWords& status, const Problems& problems, ActionCalls& asked) {
    const ImVec2 surface = ImGui::GetIO().DisplaySize;
    ImGui::SetNextWindowPos({12.f, surface.y - 12.f}, ImGuiCond_Always, {0.f, 1.f});
    constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_AlwaysAutoResize |
                                        ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav;
    if (ImGui::Begin("##status", nullptr, kFlags)) {
        draw_status(live, status);
        ImGui::SameLine();
        ImGui::TextDisabled("·  %s", text(Text::PressForHelp));
        if (!problems.empty()) {
            ImGui::SameLine();
            if (ImGui::SmallButton(problem_words(problems).c_str())) asked.push_back({"panel.problems", "{}"});
        }
    }
    ImGui::End();
}

// A window at a desk stands where subtitles do.
float draw_captions(const Captions& captions, CaptionsShown shown, CardPlace place) {
    if (!captions.any(shown)) return 0.f;
    const ImVec2 surface = ImGui::GetIO().DisplaySize;
    int flags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoFocusOnAppearing;
    if (place == CardPlace::WholeSurface) {
        flags |= fill_surface();
    } else {
        ImGui::SetNextWindowPos({surface.x * 0.5f, surface.y - scaled(96.f)}, ImGuiCond_Always, {0.5f, 1.f});
        flags |= ImGuiWindowFlags_AlwaysAutoResize;
    }
    if (ImGui::Begin("##captions", nullptr, flags)) {
        ImGui::PushTextWrapPos(place == CardPlace::WholeSurface ? 0.f : surface.x * 0.6f);
        for (const auto& caption : captions.list())
            if (is_shown(caption, shown)) ImGui::TextUnformatted(caption.words.c_str());
        ImGui::PopTextWrapPos();
    }
    const ImGuiStyle& style = ImGui::GetStyle();
    const float height = ImGui::GetCursorPosY() - style.ItemSpacing.y + style.WindowPadding.y;
    ImGui::End();
    return height;
}

bool has_news(const Live& live, const StatusWords& status, const Problems& problems) {
    return status.loading || status.hint || live.away() || status.refusal != nullptr || is_lost(live) ||
           !problems.empty();
}

void draw_status_panel(const Live& live, const StatusWords& status, const Problems& problems) {
    ImGui::SetNextWindowPos({0.f, 0.f});
    ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
    ImGui::SetNextWindowBgAlpha(1.f);
    if (ImGui::Begin("##status", nullptr, ImGuiWindowFlags_NoDecoration)) {
        draw_status(live, status);
        if (!problems.empty()) {
            ImGui::SameLine();
            ImGui::Text("·  %s", problem_words(problems).c_str());
        }
    }
    ImGui::End();
}

} // namespace pw::app
