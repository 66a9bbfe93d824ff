// SPDX-License-Identifier: Apache-2.0
#include "app/panels/alarms.h"

#include "app/layers.h"
#include "app/panels/words.h"
#include "base/format.h"
#include "base/json.h"
#include "base/strings.h"

#include <imgui.h>

#include <algorithm>

namespace pw::app {

namespace {

constexpr double kShelveMinutes = 30.0;

ImVec4 to_color(std::uint32_t abgr) { return ImGui::ColorConvertU32ToFloat4(abgr); }

// "ALARM · filler.jam" etc. as the arguments of an action.
std::string alarm_argument(const std::string& name, const std::string& more = "") {
    return formatted(R"({{"alarm":{}{}}})", json_quote(name), more);
}

const char* alarm_state_words(twin::AlarmState state) {
    switch (state) {
    case twin::AlarmState::Unacknowledged:
        return text(Text::AlarmUnacknowledged);
    case twin::AlarmState::Acknowledged:
        return text(Text::AlarmAcknowledged);
    case twin::AlarmState::ReturnedUnacknowledged:
        return text(Text::AlarmReturned);
    case twin::AlarmState::LatchedUnacknowledged:
    case twin::AlarmState::LatchedAcknowledged:
        return text(Text::AlarmLatched);
    case twin::AlarmState::Shelved:
        return text(Text::AlarmShelved);
    case twin::AlarmState::Suppressed:
        return text(Text::AlarmSuppressed);
    case twin::AlarmState::OutOfService:
        return text(Text::AlarmOutOfService);
    case twin::AlarmState::Normal:
        break;
    }
    return twin::alarm_state_name(state);
}

void draw_alarm_buttons(const std::string& name, const twin::AlarmRow& row, ActionCalls& asked) {
    if (wants_acknowledge(row.state)) {
        if (ImGui::SmallButton(text(Text::Acknowledge))) asked.push_back({"alarm.acknowledge", alarm_argument(name)});
        ImGui::SameLine();
    } else if (row.state == twin::AlarmState::LatchedAcknowledged) {
        if (ImGui::SmallButton(text(Text::Reset))) asked.push_back({"alarm.reset", alarm_argument(name)});
        ImGui::SameLine();
    }
    if (ImGui::SmallButton(text(Text::FindIt))) asked.push_back({"alarm.find", alarm_argument(name)});
    ImGui::SameLine();
    if (ImGui::SmallButton(text(Text::Shelve))) ImGui::OpenPopup("##why");
    if (!ImGui::BeginPopup("##why")) return;
    ImGui::TextUnformatted(text(Text::ShelveWhy));
    for (const Text why : {Text::ShelveWorkedOn, Text::ShelveNuisance, Text::ShelveWaits}) {
        if (!ImGui::Selectable(text(why))) continue;
        asked.push_back({"alarm.shelve", alarm_argument(name, formatted(R"(,"minutes":{},"comment":{})", kShelveMinutes,
                                                                        json_quote(text(why))))});
    }
    ImGui::EndPopup();
}

void draw_alarm_row(const Live& live, const twin::AlarmBoard& names, const twin::AlarmRow& row, UtcTime now,
                    bool with_machine, ActionCalls& asked) {
    const std::string& name = names.name(row.alarm);
    ImGui::PushID(static_cast<int>(row.alarm.index));
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    const auto plate = priority_colors(row.priority, /* acknowledged= */ true);
    ImGui::TextColored(to_color(plate.text_srgba), "%s", priority_words(row.priority));
    ImGui::TableNextColumn();
    if (with_machine) {
        ImGui::TextUnformatted(live.plant().equipment[names.equipment(row.alarm)].title.c_str());
        ImGui::TableNextColumn();
    }
    ImGui::TextUnformatted(names.declared(row.alarm).title.c_str());
    if (ImGui::IsItemHovered() && !names.declared(row.alarm).response.empty())
        ImGui::SetTooltip("%s\n%s", names.declared(row.alarm).consequence.c_str(),
                          names.declared(row.alarm).response.c_str());
    if (row.first_out) {
        ImGui::SameLine();
        ImGui::TextDisabled("%s", text(Text::FirstOut));
    }
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(alarm_state_words(row.state));
    if (row.source < twin::Quality::Good) {
        ImGui::SameLine();
        ImGui::TextColored(quality_color(row.source), "%s", quality_words(row.source));
    }
    ImGui::TableNextColumn();
    ImGui::TextDisabled("%s", age_words(row.since, now).c_str());
    ImGui::TableNextColumn();
    draw_alarm_buttons(name, row, asked);
    ImGui::PopID();
}

constexpr ImGuiTableFlags kTable = ImGuiTableFlags_RowBg | ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_ScrollY;

void draw_held_back_row(const Live& live, const work::HeldBackAlarm& row, UtcTime now, ActionCalls& asked) {
    const auto& names = live.management()->names();
    ImGui::PushID(static_cast<int>(row.alarm.index));
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(alarm_state_words(row.state));
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(live.plant().equipment[names.equipment(row.alarm)].title.c_str());
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(names.declared(row.alarm).title.c_str());
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(held_back_words(row).c_str());
    ImGui::TableNextColumn();
    ImGui::TextDisabled("%s", row.until.known() ? age_words(now, row.until).c_str() : "–");
    ImGui::TableNextColumn();
    if (row.state == twin::AlarmState::Shelved && ImGui::SmallButton(text(Text::Unshelve)))
        asked.push_back({"alarm.unshelve", alarm_argument(names.name(row.alarm))});
    if (row.state == twin::AlarmState::OutOfService && ImGui::SmallButton(text(Text::InService)))
        asked.push_back({"alarm.in_service", alarm_argument(names.name(row.alarm))});
    ImGui::PopID();
}

void draw_held_back(const Live& live, UtcTime now, ActionCalls& asked) {
    const auto& rows = live.figures().held_back;
    const float height = ImGui::GetTextLineHeightWithSpacing() * (2.f + static_cast<float>(rows.size()));
    const ImVec2 size{0.f, std::min(height, 0.5f * ImGui::GetContentRegionAvail().y)};
    if (rows.empty() || !ImGui::BeginTable("##held", 6, kTable, size)) return;
    for (const Text heading :
         {Text::State, Text::Machine, Text::Alarm, Text::HeldBackBecause, Text::HeldBackLeft, Text::Actions})
        ImGui::TableSetupColumn(text(heading));
    ImGui::TableSetupScrollFreeze(0, 1);
    ImGui::TableHeadersRow();
    for (const auto& row : rows) draw_held_back_row(live, row, now, asked);
    ImGui::EndTable();
}

} // namespace

void draw_alarms(const Live& live, UtcTime now, ActionCalls& asked) {
    const auto* management = live.management();
    if (management == nullptr) return ImGui::TextDisabled("%s", text(Text::NotConnected));
    const auto& snapshot = live.figures();
    const std::size_t shown = snapshot.alarms.size();
    const std::uint32_t listed = snapshot.counts.listed, last = snapshot.metrics.last_10min;
    ImGui::TextUnformatted(vformatted(text(Text::AlarmsListed), std::make_format_args(listed, last)).c_str());
    if (snapshot.metrics.flood) {
        ImGui::SameLine();
        ImGui::TextColored(quality_color(twin::Quality::Bad), "%s", text(Text::AlarmFlood));
    }
    const auto in = [&](twin::AlarmState state) {
        std::uint32_t sum = 0;
        for (const auto& of : snapshot.counts.of) sum += of.at(static_cast<std::size_t>(state));
        return sum;
    };
    const std::uint32_t shelved = in(twin::AlarmState::Shelved), hidden = in(twin::AlarmState::Suppressed),
                        out = in(twin::AlarmState::OutOfService), unknown = snapshot.counts.source_not_known;
    const std::string held_back =
        vformatted(text(Text::AlarmsHeldBack), std::make_format_args(shelved, hidden, out, unknown));
    if (ImGui::TreeNodeEx("##held", ImGuiTreeNodeFlags_NoTreePushOnOpen, "%s", held_back.c_str()))
        draw_held_back(live, now, asked);
    if (shown == 0) return ImGui::TextDisabled("%s", text(Text::NoAlarms));
    if (!ImGui::BeginTable("##alarms", 6, kTable)) return;
    for (const Text heading : {Text::Priority, Text::Machine, Text::Alarm, Text::State, Text::Age, Text::Actions})
        ImGui::TableSetupColumn(text(heading));
    ImGui::TableSetupScrollFreeze(0, 1);
    ImGui::TableHeadersRow();
    for (const auto& row : snapshot.alarms)
        draw_alarm_row(live, management->names(), row, now, /* with_machine= */ true, asked);
    ImGui::EndTable();
    const std::uint32_t rest = snapshot.counts.not_shown;
    if (rest > 0) ImGui::TextDisabled("%s", vformatted(text(Text::MoreAlarms), std::make_format_args(rest)).c_str());
}

std::string held_back_words(const work::HeldBackAlarm& row) {
    if (row.state != twin::AlarmState::Suppressed)
        return vformatted(text(Text::HeldBackBy), std::make_format_args(row.who, row.comment));
    if (row.because.empty()) return text(Text::HeldBackState);
    return vformatted(text(Text::HeldBackAlarm), std::make_format_args(row.because));
}

void draw_own_alarms(const Live& live, std::uint32_t equipment, UtcTime now, ActionCalls& asked) {
    const auto* management = live.management();
    if (management == nullptr) return;
    const auto& names = management->names();
    const auto& alarms = live.figures().alarms;
    const auto is_own = [&](const twin::AlarmRow& row) { return names.equipment(row.alarm) == equipment; };
    if (std::ranges::none_of(alarms, is_own)) return;
    if (!ImGui::BeginTable("##own", 5, ImGuiTableFlags_RowBg | ImGuiTableFlags_SizingFixedFit)) return;
    for (const auto& row : alarms) {
        if (is_own(row)) draw_alarm_row(live, names, row, now, /* with_machine= */ false, asked);
    }
    ImGui::EndTable();
}

} // namespace pw::app
