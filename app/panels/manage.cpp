// SPDX-License-Identifier: Apache-2.0
#include "app/panels/manage.h"

#include "app/panels/alarms.h"
#include "app/panels/words.h"
#include "base/format.h"
#include "base/json.h"
#include "base/strings.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <format>
#include <utility>

namespace pw::app {

using work::Doing;
using work::Heat;

namespace {

constexpr float kBoardWidth_px = 800.f, kBoardHeight_px = 330.f;
constexpr float kBoardLeft_px = 12.f;
constexpr ImVec4 kPast{1.f, 0.72f, 0.2f, 1.f};
constexpr double kScrubSpan_s = 600.0;
constexpr float kScrubWidth_px = 300.f; // of letters 17 pixels high, as every size here
constexpr int kLegendSteps = 8;

constexpr ImGuiTableFlags kTable = ImGuiTableFlags_RowBg | ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_ScrollY;

struct Share {
    Doing doing;
    Text word;
    ImU32 color;
};
constexpr std::array<Share, 6> kShares{{{Doing::Executing, Text::DoingExecuting, IM_COL32(70, 170, 110, 255)},
                                        {Doing::Starved, Text::DoingStarved, IM_COL32(90, 140, 220, 255)},
                                        {Doing::Blocked, Text::DoingBlocked, IM_COL32(200, 170, 70, 255)},
                                        {Doing::Failed, Text::DoingFailed, IM_COL32(220, 80, 70, 255)},
                                        {Doing::Stopped, Text::DoingStopped, IM_COL32(130, 130, 140, 255)},
                                        {Doing::Unknown, Text::DoingUnknown, IM_COL32(60, 60, 66, 255)}}};

float share_of(const work::DoingShares& shares, Doing doing) {
    const float share = shares.at(static_cast<std::size_t>(doing));
    return doing == Doing::Stopped ? share + shares.at(static_cast<std::size_t>(Doing::Waiting)) : share;
}

std::string share_words(const work::DoingShares& shares, const Share& of) {
    return formatted("{} {:.0f} %", text(of.word), share_of(shares, of.doing) * 100.f);
}

// A bar of what the machine did with its hour; most of it in words beside, all of it where the pointer rests.
void draw_shares(const work::DoingShares& shares) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 size{scaled(110.f), ImGui::GetTextLineHeight()};
    float x = 0.f;
    std::string words;
    for (const Share& of : kShares) {
        const float share = share_of(shares, of.doing);
        if (share <= 0.f) continue;
        ImGui::GetWindowDrawList()->AddRectFilled({at.x + x * size.x, at.y},
                                                  {at.x + (x + share) * size.x, at.y + size.y}, of.color);
        x += share;
        words += (words.empty() ? "" : ", ") + share_words(shares, of);
    }
    ImGui::Dummy(size);
    if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", words.c_str());
    ImGui::SameLine();
    ImGui::TextUnformatted(largest_share(shares).c_str());
}

std::string kpi_words(const work::MachineFigures& figures, twin::Kpi kpi) {
    const auto k = static_cast<std::size_t>(kpi);
    if (!figures.kpis.at(k)) return "–";
    const double number = static_cast<double>(*figures.kpis.at(k));
    return (kpi == twin::Kpi::Throughput ? formatted("{:.0f} /h", number) : formatted("{:.0f} %", number * 100.0)) +
           doubt_words(figures.uncertain.at(k) ? twin::Quality::Uncertain : twin::Quality::Good);
}

constexpr std::array kLineKpis{twin::Kpi::Throughput, twin::Kpi::Availability, twin::Kpi::Performance,
                               twin::Kpi::Quality, twin::Kpi::Oee};

void draw_machine_row(const Live& live, const Layers& layers, std::uint32_t e, ActionCalls& asked) {
    const auto& figures = layers.figures(e);
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::PushID(static_cast<int>(e));
    if (ImGui::Selectable(live.plant().equipment[e].title.c_str()))
        asked.push_back({"view.select", formatted(R"({{"part":{}}})", json_quote(live.plant().equipment[e].id))});
    ImGui::PopID();
    if (figures.bottleneck) {
        ImGui::SameLine();
        ImGui::TextColored({1.f, 0.75f, 0.4f, 1.f}, "%s", text(Text::Bottleneck));
    }
    ImGui::TableNextColumn();
    const std::string state = layers.role_words(e, plant::TagRole::State);
    ImGui::TextUnformatted(state.empty() ? quality_words(live.quality(e)) : state.c_str());
    ImGui::TableNextColumn();
    draw_shares(figures.shares);
    for (const auto kpi : kLineKpis) {
        ImGui::TableNextColumn();
        ImGui::TextUnformatted(kpi_words(figures, kpi).c_str());
    }
}

// Throughput of its last machine, OEE of the one that sets its pace.
void draw_line_row(const Live& live, const Layers& layers, const work::Line& line) {
    const std::uint32_t pace = work::pacemaker(line, live.figures().machines);
    const bool known = pace != plant::kNoEquipment;
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    if (line.equipment != plant::kNoEquipment)
        ImGui::TextDisabled("%s", live.plant().equipment[line.equipment].title.c_str());
    ImGui::TableSetColumnIndex(2);
    if (known) {
        const std::string& title = live.plant().equipment[pace].title;
        ImGui::TextDisabled("%s", vformatted(text(Text::PacedBy), std::make_format_args(title)).c_str());
    }
    for (const twin::Kpi kpi : kLineKpis) {
        ImGui::TableNextColumn();
        if (kpi == twin::Kpi::Throughput)
            ImGui::TextUnformatted(kpi_words(layers.figures(line.machines.back()), kpi).c_str());
        if (kpi == twin::Kpi::Oee) ImGui::TextUnformatted(known ? kpi_words(layers.figures(pace), kpi).c_str() : "–");
    }
}

void draw_share_words() {
    for (const auto& [doing, word, color] : kShares) {
        if (doing != kShares.front().doing) ImGui::SameLine();
        ImGui::ColorButton(text(word), ImGui::ColorConvertU32ToFloat4(color),
                           ImGuiColorEditFlags_NoTooltip | ImGuiColorEditFlags_NoDragDrop,
                           {scaled(12.f), scaled(12.f)});
        ImGui::SameLine();
        ImGui::TextDisabled("%s", text(word));
    }
}

void draw_line_page(const Live& live, const Layers& layers, ActionCalls& asked) {
    if (live.management() == nullptr) return ImGui::TextDisabled("%s", text(Text::NotConnected));
    ImGui::TextDisabled("%s", text(Text::LastHour));
    draw_share_words();
    if (!ImGui::BeginTable("##line", 8, kTable)) return;
    for (const Text heading : {Text::Machine, Text::State, Text::Time, Text::Throughput, Text::Availability,
                               Text::Performance, Text::Quality, Text::Oee})
        ImGui::TableSetupColumn(text(heading));
    ImGui::TableSetupScrollFreeze(0, 1);
    ImGui::TableHeadersRow();
    for (const work::Line& line : layers.lines()) {
        draw_line_row(live, layers, line);
        for (const std::uint32_t e : line.machines) {
            if (layers.figures(e).has_state) draw_machine_row(live, layers, e, asked);
        }
    }
    ImGui::EndTable();
}

void draw_scale(const Layers::Legend& legend) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const ImVec2 size{scaled(220.f), scaled(14.f)};
    for (int i = 0; i < kLegendSteps; ++i) {
        const float from = static_cast<float>(i) / kLegendSteps, to = static_cast<float>(i + 1) / kLegendSteps;
        const std::uint32_t left = work::heat_color(legend.heat, static_cast<double>(from)),
                            right = work::heat_color(legend.heat, static_cast<double>(to));
        ImGui::GetWindowDrawList()->AddRectFilledMultiColor(
            {at.x + from * size.x, at.y}, {at.x + to * size.x, at.y + size.y}, left, right, right, left);
    }
    ImGui::Dummy(size);
    const auto number = [](double x) { return formatted("{:.{}f}", x, x != 0.0 && x < 10.0 ? 1 : 0); };
    const std::string low = number(legend.scale.low), half = number((legend.scale.low + legend.scale.high) * 0.5),
                      high = number(legend.scale.high) + " " + std::string(work::heat_unit(legend.heat));
    const float left = ImGui::GetCursorPosX();
    ImGui::TextUnformatted(low.c_str());
    ImGui::SameLine(left + size.x * 0.5f - ImGui::CalcTextSize(half.c_str()).x * 0.5f);
    ImGui::TextUnformatted(half.c_str());
    ImGui::SameLine(left + size.x - ImGui::CalcTextSize(high.c_str()).x);
    ImGui::TextUnformatted(high.c_str());
}

constexpr std::array<Text, work::kHeats> kHeatMeanings{
    Text::HeatNone,        Text::HeatOeeMeans,    Text::HeatUtilisationMeans,
    Text::HeatEnergyMeans, Text::HeatAlarmsMeans, Text::HeatTemperatureMeans};

void draw_layers_page(const Layers& layers, const LayerChoice& choice, ActionCalls& asked) {
    ImGui::TextDisabled("%s", text(Text::LayersShow));
    for (std::size_t i = 0; i < plant::kElements; ++i) {
        bool on = choice.elements.at(i);
        if (ImGui::Checkbox(element_words(static_cast<plant::Element>(i)), &on))
            asked.push_back({"layer.show", formatted(R"({{"layer":"{}","on":{}}})",
                                                     plant::element_name(static_cast<plant::Element>(i)), on)});
        if (i % 3 != 2) ImGui::SameLine(scaled(150.f) * static_cast<float>(i % 3 + 1));
    }
    bool line = choice.line, traffic = choice.traffic;
    if (ImGui::Checkbox(text(Text::LineView), &line)) asked.push_back({"line.show", "{}"});
    ImGui::SameLine(scaled(150.f));
    if (ImGui::Checkbox(text(Text::Traffic), &traffic)) asked.push_back({"traffic.show", "{}"});
    ImGui::Separator();
    ImGui::TextDisabled("%s", text(Text::HeatMap));
    for (std::size_t h = 0; h < work::kHeats; ++h) {
        if (ImGui::RadioButton(heat_words(static_cast<Heat>(h)), choice.heat == static_cast<Heat>(h)))
            asked.push_back({"heat.show", formatted(R"({{"figure":"{}"}})", work::heat_name(static_cast<Heat>(h)))});
        if (h % 3 != 2) ImGui::SameLine(scaled(150.f) * static_cast<float>(h % 3 + 1));
    }
    if (choice.heat == Heat::None) return;
    ImGui::TextWrapped("%s", text(kHeatMeanings.at(static_cast<std::size_t>(choice.heat))));
    draw_scale(layers.legend());
}

void begin_place(const char* name, CardPlace place, bool* open, const ImVec2& at, const ImVec2& pivot,
                 ImGuiWindowFlags flags) {
    if (place == CardPlace::WholeSurface) {
        ImGui::SetNextWindowPos({0.f, 0.f});
        ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
        ImGui::SetNextWindowBgAlpha(1.f);
        flags |= ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoResize | ImGuiWindowFlags_NoCollapse;
    } else {
        ImGui::SetNextWindowPos(at, ImGuiCond_Appearing, pivot);
    }
    ImGui::Begin(name, open, flags | ImGuiWindowFlags_NoSavedSettings);
}

} // namespace

std::string largest_share(const work::DoingShares& shares) {
    const auto most =
        std::ranges::max_element(kShares, {}, [&](const Share& of) { return share_of(shares, of.doing); });
    return share_of(shares, most->doing) > 0.f ? share_words(shares, *most) : std::string();
}

const char* page_action(Page page) {
    constexpr std::array kActions{"", "panel.alarms", "panel.line", "panel.layers"};
    return kActions.at(static_cast<std::size_t>(page));
}

void draw_board(Page page, const Live& live, const Layers& layers, const LayerChoice& choice, UtcTime now,
                CardPlace place, ActionCalls& asked) {
    if (page == Page::None) return;
    const ImVec2 surface = ImGui::GetIO().DisplaySize;
    if (place == CardPlace::Window)
        ImGui::SetNextWindowSize(
            {std::min(kBoardWidth_px, surface.x - 24.f), std::min(kBoardHeight_px, surface.y - 80.f)},
            ImGuiCond_Appearing);
    bool open = true;
    begin_place(text(Text::Board), place, &open, {kBoardLeft_px, surface.y - 60.f}, {0.f, 1.f}, 0);
    constexpr std::array kPages{std::pair(Page::Alarms, Text::AlarmsPage), std::pair(Page::Line, Text::LinePage),
                                std::pair(Page::Layers, Text::LayersPage)};
    for (std::size_t p = 0; p < kPages.size(); ++p) {
        if (p > 0) ImGui::SameLine();
        const bool here = kPages.at(p).first == page;
        if (here) ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyleColorVec4(ImGuiCol_ButtonActive));
        if (ImGui::Button(text(kPages.at(p).second)) && !here) asked.push_back({page_action(kPages.at(p).first), "{}"});
        if (here) ImGui::PopStyleColor();
    }
    if (place == CardPlace::WholeSurface) draw_time(live, system_clock().utc_now(), asked);
    ImGui::Separator();
    if (page == Page::Alarms) draw_alarms(live, now, asked);
    if (page == Page::Line) draw_line_page(live, layers, asked);
    if (page == Page::Layers) draw_layers_page(layers, choice, asked);
    ImGui::End();
    if (!open) asked.push_back({page_action(page), "{}"});
}

void draw_time(const Live& live, UtcTime now, ActionCalls& asked) {
    const auto view = live.memory() != nullptr ? live.memory()->view() : std::nullopt;
    if (!view) return;
    const bool away = live.away();
    const UtcTime at = away ? view->at : now;
    if (away) {
        const std::string time = to_iso8601(at).substr(11, 8), ago = age_words(at, now);
        ImGui::TextColored(kPast, "%s", vformatted(text(Text::PastAgo), std::make_format_args(time, ago)).c_str());
        ImGui::SameLine();
        if (ImGui::SmallButton(text(view->playing ? Text::TimePause : Text::TimePlay)))
            asked.push_back({"time.play", "{}"});
        ImGui::SameLine();
        if (ImGui::SmallButton(text(Text::TimeNow))) asked.push_back({"time.now", "{}"});
        ImGui::SameLine();
    }
    const double span = std::clamp((view->last - view->first).seconds(), 1.0, kScrubSpan_s);
    auto back = static_cast<float>(-std::clamp((view->last - at).seconds(), 0.0, span));
    ImGui::SetNextItemWidth(scaled(kScrubWidth_px));
    const char* const form = back > -1.f ? text(Text::TimeNow) : "%.0f s";
    if (ImGui::SliderFloat("##time", &back, static_cast<float>(-span), 0.f, form))
        asked.push_back({"time.go", formatted(R"({{"utc":{:.3f}}})",
                                              static_cast<double>(view->last.ns) / 1e9 + static_cast<double>(back))});
}

void draw_time_bar(const Live& live, UtcTime now, ActionCalls& asked) {
    if (live.memory() == nullptr || !live.memory()->view()) return;
    const ImVec2 surface = ImGui::GetIO().DisplaySize;
    if (live.away())
        ImGui::GetForegroundDrawList()->AddRect({2.f, 2.f}, {surface.x - 2.f, surface.y - 2.f},
                                                ImGui::ColorConvertFloat4ToU32(kPast), 0.f, 0, 4.f);
    ImGui::SetNextWindowPos({surface.x * 0.5f, surface.y - 12.f}, ImGuiCond_Always, {0.5f, 1.f});
    ImGui::Begin("##time", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav);
    draw_time(live, now, asked);
    ImGui::End();
}

void draw_legend(const Layers& layers, CardPlace place) {
    const auto& legend = layers.legend();
    if (legend.heat == Heat::None) return;
    const ImVec2 surface = ImGui::GetIO().DisplaySize;
    begin_place("##legend", place, nullptr, {surface.x - 12.f, surface.y - 12.f}, {1.f, 1.f},
                ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_AlwaysAutoResize |
                    ImGuiWindowFlags_NoFocusOnAppearing);
    ImGui::TextUnformatted(heat_words(legend.heat));
    draw_scale(legend);
    const std::size_t machines = legend.machines;
    const std::size_t uncertain = legend.uncertain;
    const Text words = uncertain > 0 ? Text::LegendUncertain : Text::LegendMachines;
    ImGui::TextDisabled("%s", vformatted(text(words), std::make_format_args(machines, uncertain)).c_str());
    ImGui::End();
}

void draw_kpis(const Live& live, std::uint32_t equipment) {
    const auto* detail = live.kpis_of(equipment);
    if (detail == nullptr || !ImGui::CollapsingHeader(text(Text::KpisLastHour))) return;
    for (std::size_t k = 0; k < twin::kKpis; ++k) {
        const auto kpi = static_cast<twin::Kpi>(k);
        const auto& definition = twin::definition(kpi);
        const auto& value = detail->hour.at(k);
        if (!value.value && value.inputs.empty()) continue; // the machine lacks what it is computed from
        const bool ratio = definition.unit == "1" || definition.unit.empty();
        const std::string number = !value.value ? std::string("–")
                                   : ratio      ? formatted("{:.1f} %", *value.value * 100.0)
                                                : formatted("{:.1f} {}", *value.value, definition.unit);
        const std::string doubt = doubt_words(value.uncertain ? twin::Quality::Uncertain : twin::Quality::Good);
        const std::string name(definition.name);
        if (!ImGui::TreeNode(name.c_str(), "%s  %s%s", name.c_str(), number.c_str(), doubt.c_str())) continue;
        ImGui::TextWrapped("%s", twin::to_text(kpi, value).c_str());
        ImGui::TreePop();
    }
}

} // namespace pw::app
