// SPDX-License-Identifier: Apache-2.0
// What users do to see how the plant does, and with its alarms.
#include "app/action_rows.h"
#include "app/panels/alarms.h"
#include "base/format.h"
#include "base/json.h"

#include <algorithm>

namespace pw::app {

using work::ArgKind;
using work::Args;
using work::ArgSpec;

namespace {

constexpr Touches kAlarms{work::Scope::Shared, work::Safety::Operate, "operate",
                          "alarms are handled by who watches this plant, on this computer"};

std::string words(bool on) { return on ? "true" : "false"; }

Result<work::Management*> management(Client& client) {
    auto* found = client.live().management();
    if (found == nullptr) return fail(Errc::Unavailable, "not connected to a plant");
    return found;
}

Result<twin::AlarmId> find_alarm(Client& client, const std::string& name) {
    const auto found = management(client);
    if (!found) return std::unexpected(found.error());
    const auto alarm = (*found)->names().find(name);
    if (!alarm.valid()) return fail(Errc::NotFound, formatted("there is no alarm \"{}\"", name));
    return alarm;
}

// What became of it is known at the next tick of the connection; a refusal is then said like that of any action.
Result<std::string> do_alarm(Client& client, const Args& args, twin::AlarmDo what, std::string comment = {},
                             Duration shelve_for = {}) {
    const auto alarm = find_alarm(client, args.text("alarm"));
    if (!alarm) return std::unexpected(alarm.error());
    if (client.live().away()) return fail(Errc::Refused, text(Text::ItIsPast));
    twin::AlarmAction action{what, *alarm, client.settings().user, std::move(comment), shelve_for};
    return client.act_on_alarm(std::move(action)).transform(&ok);
}

Result<std::string> list_alarms(Client& client) {
    const auto found = management(client);
    if (!found) return std::unexpected(found.error());
    const auto& snapshot = client.live().figures();
    const auto& names = (*found)->names();
    JsonWriter w;
    w.begin_object().key("alarms").begin_array();
    for (const auto& row : snapshot.alarms) {
        w.begin_object().member("alarm", names.name(row.alarm)).member("title", names.declared(row.alarm).title);
        w.member("priority", plant::priority_name(row.priority)).member("state", twin::alarm_state_name(row.state));
        w.member("since", to_iso8601(row.since)).member("source", twin::quality_name(row.source)).end_object();
    }
    w.end_array().key("held_back").begin_array();
    for (const auto& row : snapshot.held_back) {
        w.begin_object().member("alarm", names.name(row.alarm)).member("title", names.declared(row.alarm).title);
        w.member("state", twin::alarm_state_name(row.state)).member("because", held_back_words(row));
        if (row.until.known()) w.member("until", to_iso8601(row.until));
        w.member("condition", row.condition).end_object();
    }
    w.end_array().member("listed", snapshot.counts.listed).member("not_shown", snapshot.counts.not_shown);
    w.member("last_10min", snapshot.metrics.last_10min).member("flood", snapshot.metrics.flood).end_object();
    return w.take();
}

void put_lines(JsonWriter& w, Client& client) {
    const auto& plant = client.plant();
    for (const work::Line& line : client.layers().lines()) {
        if (line.equipment == plant::kNoEquipment) continue;
        const std::uint32_t pace = work::pacemaker(line, client.live().figures().machines);
        const auto put = [&](std::uint32_t machine, twin::Kpi kpi) {
            const auto number = client.layers().figures(machine).kpis.at(static_cast<std::size_t>(kpi));
            if (number) w.member(twin::definition(kpi).name, static_cast<double>(*number));
        };
        w.key(plant.equipment[line.equipment].id).begin_object();
        put(line.machines.back(), twin::Kpi::Throughput);
        if (pace != plant::kNoEquipment) {
            w.member("paced_by", std::string_view(plant.equipment[pace].id));
            put(pace, twin::Kpi::Oee);
        }
        w.end_object();
    }
}

Result<std::string> figures(Client& client) {
    const auto found = management(client);
    if (!found) return std::unexpected(found.error());
    const auto& snapshot = client.live().figures();
    JsonWriter w;
    w.begin_object();
    for (std::uint32_t e = 0; e < snapshot.machines.size(); ++e) {
        const auto& machine = snapshot.machines[e];
        if (!machine.has_state) continue;
        w.key(client.plant().equipment[e].id).begin_object();
        w.member("doing", work::doing_name(machine.doing)).member("bottleneck", machine.bottleneck);
        w.member("alarms_an_hour", machine.alarms_an_hour);
        for (std::size_t k = 0; k < twin::kKpis; ++k) {
            if (machine.kpis.at(k))
                w.member(twin::definition(static_cast<twin::Kpi>(k)).name, static_cast<double>(*machine.kpis.at(k)));
        }
        w.key("uncertain").begin_array();
        for (std::size_t k = 0; k < twin::kKpis; ++k) {
            if (machine.uncertain.at(k)) w.value(twin::definition(static_cast<twin::Kpi>(k)).name);
        }
        w.end_array().end_object();
    }
    put_lines(w, client);
    w.end_object();
    return w.take();
}

Result<std::string> show_page(Client& client, Page page) {
    Page& now = client.state().page;
    now = now == page ? Page::None : page;
    return words(now == page);
}

void add_panels(Rows rows) {
    rows.add({"panel.alarms", Text::AlarmsPage, "Shows or hides the alarm list.", "self", "F5"},
             [](Client& c, const Args&) { return show_page(c, Page::Alarms); });
    rows.add({"panel.line", Text::LinePage, "Shows or hides how the machines of each line do.", "self", "F6"},
             [](Client& c, const Args&) { return show_page(c, Page::Line); });
    rows.add({"panel.layers", Text::LayersPage, "Shows or hides what can be shown in the hall.", "self", "F7"},
             [](Client& c, const Args&) { return show_page(c, Page::Layers); });
}

Result<std::string> turn_over(Client& client, Text title, const char* key) {
    const bool on = client.view().records().value(key).empty();
    client.view().change(text(title), {{key, on ? "true" : ""}});
    return words(on);
}

void add_layers(Rows rows) {
    ArgSpec layer{.name = "layer", .title = text(Text::LayersPage), .kind = ArgKind::Choice, .fallback = {}};
    for (std::size_t i = 0; i < plant::kElements; ++i)
        layer.choices.emplace_back(plant::element_name(static_cast<plant::Element>(i)));
    const ArgSpec shown{
        .name = "on", .title = text(Text::Show), .kind = ArgKind::Bool, .required = false, .fallback = true};
    rows.add({"layer.show",
              Text::ShowLayer,
              "Shows or hides people, machines, materials, methods, environment or quality.",
              "app.undo",
              "",
              kThisView,
              {layer, shown}},
             [](Client& c, const Args& a) -> Result<std::string> {
                 const LayerChoice usual;
                 bool usually = false;
                 for (std::size_t i = 0; i < plant::kElements; ++i)
                     if (plant::element_name(static_cast<plant::Element>(i)) == a.text("layer"))
                         usually = usual.elements.at(i);
                 const bool wanted = a.boolean("on");
                 c.view().change(text(Text::ShowLayer),
                                 {{"layer/" + a.text("layer"), wanted == usually ? "" : words(wanted)}});
                 return words(wanted);
             });
    ArgSpec figure{.name = "figure", .title = text(Text::HeatMap), .kind = ArgKind::Choice, .fallback = {}};
    for (std::size_t h = 0; h < work::kHeats; ++h)
        figure.choices.emplace_back(work::heat_name(static_cast<work::Heat>(h)));
    rows.add({"heat.show",
              Text::HeatMap,
              "Colours machines and floor by a figure, or by none.",
              "app.undo",
              "",
              kThisView,
              {figure}},
             [](Client& c, const Args& a) -> Result<std::string> {
                 const bool none = a.text("figure") == work::heat_name(work::Heat::None);
                 c.view().change(text(Text::HeatMap), {{"heat", none ? "" : a.text("figure")}});
                 return json_quote(a.text("figure"));
             });
    rows.add({"line.show", Text::LineView, "Shows or hides OEE, the bottleneck and how full buffers are.", "self"},
             [](Client& c, const Args&) { return turn_over(c, Text::LineView, "line"); });
    rows.add({"traffic.show", Text::Traffic, "Shows or hides where people and vehicles have gone.", "self"},
             [](Client& c, const Args&) { return turn_over(c, Text::Traffic, "traffic"); });
    rows.add({"plant.figures", Text::Figures, "The KPIs of the last hour of all machines.", "none: it changes nothing",
              "", kNothing},
             [](Client& c, const Args&) { return figures(c); });
}

void add_alarms(Rows rows) {
    const ArgSpec alarm = text_arg("alarm", Text::Alarm);
    const ArgSpec comment = text_arg("comment", Text::Comment);
    const ArgSpec minutes{.name = "minutes",
                          .title = text(Text::Minutes),
                          .kind = ArgKind::Number,
                          .fallback = {},
                          .low = 1.0,
                          .high = 24.0 * 60.0};
    rows.add({"alarm.list", Text::AlarmsPage, "The operator's alarm list.", "none: it changes nothing", "", kNothing},
             [](Client& c, const Args&) { return list_alarms(c); });
    rows.add({"alarm.acknowledge",
              Text::Acknowledge,
              "Says that somebody has seen an alarm.",
              "none: what was seen was seen",
              "",
              kAlarms,
              {alarm}},
             [](Client& c, const Args& a) { return do_alarm(c, a, twin::AlarmDo::Acknowledge); });
    rows.add({"alarm.reset",
              Text::Reset,
              "Resets a latched alarm.",
              "none: it latches again by itself",
              "",
              kAlarms,
              {alarm}},
             [](Client& c, const Args& a) { return do_alarm(c, a, twin::AlarmDo::Reset); });
    rows.add({"alarm.shelve",
              Text::Shelve,
              "Takes an alarm from the list for some time.",
              "alarm.unshelve",
              "",
              kAlarms,
              {alarm, minutes, comment}},
             [](Client& c, const Args& a) {
                 return do_alarm(c, a, twin::AlarmDo::Shelve, a.text("comment"),
                                 from_seconds(a.number("minutes") * 60.0));
             });
    rows.add({"alarm.unshelve", Text::Unshelve, "Puts a shelved alarm back.", "alarm.shelve", "", kAlarms, {alarm}},
             [](Client& c, const Args& a) { return do_alarm(c, a, twin::AlarmDo::Unshelve); });
    rows.add(
        {"alarm.out_of_service",
         Text::OutOfService,
         "Takes an alarm out of service.",
         "alarm.in_service",
         "",
         kAlarms,
         {alarm, comment}},
        [](Client& c, const Args& a) { return do_alarm(c, a, twin::AlarmDo::TakeOutOfService, a.text("comment")); });
    rows.add({"alarm.in_service",
              Text::InService,
              "Puts an alarm back in service.",
              "alarm.out_of_service",
              "",
              kAlarms,
              {alarm}},
             [](Client& c, const Args& a) { return do_alarm(c, a, twin::AlarmDo::PutBackInService); });
    rows.add({"alarm.find",
              Text::FindIt,
              "Shows the way to the machine of an alarm, and its card.",
              "alarm.end_way",
              "",
              kThisView,
              {alarm}},
             [](Client& c, const Args& a) -> Result<std::string> {
                 return find_alarm(c, a.text("alarm"))
                     .and_then([&](twin::AlarmId found) { return c.show_way(found); })
                     .transform(&ok);
             });
    rows.add({"alarm.end_way", Text::EndWay, "Takes the way from the floor.", "none: find the alarm again"},
             [](Client& c, const Args&) -> Result<std::string> {
                 c.state().layers.way = {};
                 return ok();
             });
}

Result<Memory*> recorded(Client& client) {
    Memory* memory = client.live().memory();
    if (memory == nullptr || !memory->view()) return fail(Errc::Unavailable, text(Text::NothingRecorded));
    return memory;
}

Result<std::string> go_back_by(Client& client, double seconds) {
    const auto memory = recorded(client);
    if (!memory) return std::unexpected(memory.error());
    const auto view = *(*memory)->view();
    const UtcTime from = client.live().away() ? view.at : view.last;
    client.live().go_to({from.ns - from_seconds(seconds).ns});
    return ok();
}

Result<std::string> tell_time(Client& client) {
    const auto memory = recorded(client);
    if (!memory) return std::unexpected(memory.error());
    const auto view = *(*memory)->view();
    JsonWriter w;
    w.begin_object().member("past", client.live().away()).member("file", (*memory)->file());
    w.member("at", to_iso8601(client.live().away() ? view.at : system_clock().utc_now()));
    w.member("first", to_iso8601(view.first)).member("last", to_iso8601(view.last)).member("playing", view.playing);
    w.end_object();
    return w.take();
}

void add_time(Rows rows) {
    ArgSpec seconds{.name = "seconds", .title = text(Text::Seconds), .kind = ArgKind::Number, .fallback = {}};
    seconds.low = -1e6;
    seconds.high = 1e6;
    rows.add({"time.back",
              Text::TimeBack,
              "Shows the plant as it was so many seconds before what is shown.",
              "time.now",
              "",
              kThisView,
              {seconds}},
             [](Client& c, const Args& a) { return go_back_by(c, a.number("seconds")); });
    rows.add({"time.go",
              Text::TimeGo,
              "Shows the plant as it was at a time (seconds since 1970, UTC).",
              "time.now",
              "",
              kThisView,
              {{.name = "utc",
                .title = text(Text::Time),
                .kind = ArgKind::Number,
                .fallback = {},
                .low = 0.0,
                .high = 9e9}}},
             [](Client& c, const Args& a) -> Result<std::string> {
                 if (auto memory = recorded(c); !memory) return std::unexpected(memory.error());
                 c.live().go_to({static_cast<std::int64_t>(a.number("utc") * 1e9)});
                 return ok();
             });
    rows.add({"time.play", Text::TimePlay, "Lets the past go on, or halts it.", "self"},
             [](Client& c, const Args&) -> Result<std::string> {
                 const auto memory = recorded(c);
                 if (!memory) return std::unexpected(memory.error());
                 if (!c.live().away()) return fail(Errc::Refused, text(Text::ItIsNow));
                 const bool playing = (*memory)->view()->playing;
                 playing ? (*memory)->pause() : (*memory)->play(1.0);
                 return words(!playing);
             });
    rows.add({"time.now", Text::TimeNow, "Back to the plant as it is.", "none: time.back shows the past again"},
             [](Client& c, const Args&) -> Result<std::string> {
                 c.live().come_back();
                 return ok();
             });
    rows.add({"time.tell", Text::Time, "Which moment is shown, and what is recorded.", "none: it changes nothing", "",
              kNothing},
             [](Client& c, const Args&) { return tell_time(c); });
}

} // namespace

void add_management_actions(Rows rows) {
    add_time(rows);
    add_panels(rows);
    add_layers(rows);
    add_alarms(rows);
}

} // namespace pw::app
