// SPDX-License-Identifier: Apache-2.0
#include "app/watch_table.h"

#include "app/commands.h"
#include "app/panels/words.h"
#include "app/problems.h"
#include "base/format.h"
#include "base/json.h"
#include "base/log.h"
#include "base/process.h"
#include "base/strings.h"
#include "base/text.h"
#include "work/heat.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <format>
#include <vector>

namespace pw::app {

namespace {

using plant::TagRole;

constexpr Duration kTableEvery = from_ms(500);
constexpr std::size_t kMachineWidth = 28, kStateWidth = 12, kReasonWidth = 11, kNumberWidth = 9;

std::size_t letters(std::string_view utf8) {
    return static_cast<std::size_t>(std::ranges::count_if(utf8, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string cut(std::string_view utf8, std::size_t most) {
    std::string out;
    std::size_t count = 0;
    for (const char c : utf8) {
        if ((c & 0xc0) != 0x80 && ++count > most) break;
        out += c;
    }
    return out;
}

// To the left or right side of so many places, and a space.
std::string cell(std::string_view words, std::size_t width, bool right = false) {
    const std::string text = letters(words) > width ? cut(words, width - 1) + "…" : std::string(words);
    const std::string pad(width - letters(text), ' ');
    return (right ? pad + text : text + pad) + " ";
}

struct Machine {
    std::uint32_t equipment = 0;
    std::string state, reason, rate, power;
    const work::MachineFigures* figures = nullptr;
};

// The newest words of a role; a quality's name when they cannot be relied on; "" without such a tag.
std::string words_of(const WatchedPlant& w, std::uint32_t equipment, TagRole role) {
    const auto& tags = w.plant.equipment[equipment].tags;
    const auto tag = std::ranges::find(tags, role, &plant::Tag::role);
    if (tag == tags.end()) return {};
    const auto place = w.bindings.find_watched(plant::tag_name(w.plant, equipment, *tag));
    if (place >= w.twin.tags.size()) return {};
    const auto& state = w.twin.tags[place];
    return state.quality > twin::Quality::Stale ? state_words(state, *tag) : twin::quality_name(state.quality);
}

std::vector<Machine> machines(const WatchedPlant& w) {
    std::vector<Machine> out;
    for (std::uint32_t e = 0; e < w.management.machines.size(); ++e) {
        const auto& figures = w.management.machines[e];
        if (!figures.has_state) continue;
        out.push_back({e, words_of(w, e, TagRole::State), words_of(w, e, TagRole::Reason),
                       words_of(w, e, TagRole::Rate), words_of(w, e, TagRole::Power), &figures});
        if (out.back().reason == "none") out.back().reason.clear();
    }
    return out;
}

std::optional<float> kpi(const Machine& m, twin::Kpi k) { return m.figures->kpis.at(static_cast<std::size_t>(k)); }

std::string share(std::optional<float> x) { return x ? formatted("{:.1f} %", *x * 100.f) : std::string("–"); }

std::string machine_line(const WatchedPlant& w, const Machine& m) {
    std::string line = cell(w.plant.equipment[m.equipment].title, kMachineWidth) + cell(m.state, kStateWidth) +
                       cell(m.reason, kReasonWidth) + cell(m.rate, kNumberWidth + 2, true) +
                       cell(share(work::utilisation(*m.figures)), kNumberWidth, true) +
                       cell(share(kpi(m, twin::Kpi::Oee)), kNumberWidth, true) + cell(m.power, kNumberWidth + 2, true);
    if (m.figures->uncertain.at(static_cast<std::size_t>(twin::Kpi::Oee)))
        line += text(Text::Oee) + doubt_words(twin::Quality::Uncertain) + " ";
    if (m.figures->bottleneck) line += std::string(text(Text::Bottleneck)) + " ";
    if (m.figures->alarm.alarm.valid()) {
        const auto& row = m.figures->alarm;
        line += formatted("{} {}", plant::priority_name(row.priority), w.names.declared(row.alarm).title);
        if (m.figures->alarms_listed > 1) line += formatted(" +{}", m.figures->alarms_listed - 1);
    }
    return line;
}

} // namespace

std::string watch_table(const WatchedPlant& w, std::size_t columns, std::size_t rows) {
    std::vector<std::string> lines;
    const std::uint32_t listed = w.management.counts.listed, last = w.management.metrics.last_10min;
    lines.push_back(formatted("{}  {}  {}", w.plant.name, to_iso8601(w.management.time),
                              vformatted(text(Text::AlarmsListed), std::make_format_args(listed, last))));
    if (w.management.metrics.flood) lines.back() += std::string("  ") + text(Text::AlarmFlood);
    if (!w.twin.problem.empty()) lines.push_back(w.twin.problem);
    lines.push_back(cell(text(Text::Machine), kMachineWidth) + cell(text(Text::State), kStateWidth) +
                    cell("", kReasonWidth) + cell(text(Text::Rate), kNumberWidth + 2, true) +
                    cell(text(Text::Works), kNumberWidth, true) + cell(text(Text::Oee), kNumberWidth, true) +
                    cell(text(Text::HeatEnergy), kNumberWidth + 2, true) + text(Text::Alarm));
    for (const Machine& m : machines(w)) lines.push_back(machine_line(w, m));
    std::string out;
    const std::size_t most = rows == 0 ? lines.size() : std::min(lines.size(), rows);
    for (std::size_t i = 0; i < most; ++i) {
        const bool cut_here = i + 1 == most && most < lines.size();
        const std::size_t left = lines.size() - i;
        const std::string line = cut_here ? formatted("… {}", left) : lines[i];
        out += cut(printable(line), columns) + "\n";
    }
    return out;
}

std::string watch_table_json(const WatchedPlant& w) {
    JsonWriter json;
    json.begin_object().member("time", to_iso8601(w.management.time)).key("machines").begin_object();
    for (const Machine& m : machines(w)) {
        json.key(w.plant.equipment[m.equipment].id).begin_object();
        json.member("state", m.state).member("doing", work::doing_name(m.figures->doing)).member("rate", m.rate);
        for (std::size_t k = 0; k < twin::kKpis; ++k) {
            if (const auto x = m.figures->kpis.at(k))
                json.member(twin::definition(static_cast<twin::Kpi>(k)).name, static_cast<double>(*x));
        }
        json.key("uncertain").begin_array();
        for (std::size_t k = 0; k < twin::kKpis; ++k) {
            if (m.figures->uncertain.at(k)) json.value(twin::definition(static_cast<twin::Kpi>(k)).name);
        }
        json.end_array();
        json.member("bottleneck", m.figures->bottleneck).member("alarms", m.figures->alarms_listed);
        if (m.figures->alarm.alarm.valid()) json.member("alarm", w.names.name(m.figures->alarm.alarm));
        json.end_object();
    }
    json.end_object().end_object();
    return json.take();
}

int run_plant_watch(const std::string& file, const std::string& broker, bool json, double seconds) {
    Reports problems;
    const auto plant = plant::read_plant(file, problems);
    log_reports(problems);
    if (!plant) return failed(plant.error(), 2);
    const auto bindings = twin::Bindings::make(*plant);
    work::Management management(*plant, bindings);
    twin::TwinOptions options;
    options.broker = broker;
    options.host_id = formatted("plantwalk-watch-{}", system_clock().utc_now().ns % 1'000'000);
    options.ephemeral = true;
    options.watched.assign(bindings.watched().begin(), bindings.watched().end());
    options.topic_rules = plant->topics;
    options.listeners = {&management};
    const auto twin = twin::Twin::start(options);
    if (!twin) return failed(twin.error());
    const auto screen = json ? std::nullopt : terminal_size();
    const Time begin = system_clock().now();
    while (!stop_requested() && (seconds <= 0.0 || (system_clock().now() - begin).seconds() < seconds)) {
        pause_for(kTableEvery);
        (*twin)->take();
        if (!management.take() && !screen) continue;
        const WatchedPlant watched{*plant, bindings, (*twin)->snapshot(), management.snapshot(), management.names()};
        std::string out = json ? watch_table_json(watched) + "\n"
                               : watch_table(watched, screen ? screen->columns : 1000, screen ? screen->rows - 1 : 0);
        if (screen)
            out = "\x1b[H\x1b[J" + out; // home, and clear what is below
        else if (!json)
            out += "\n";
        if (std::fputs(out.c_str(), stdout) == EOF || std::fflush(stdout) != 0) request_stop();
    }
    return 0;
}

} // namespace pw::app
