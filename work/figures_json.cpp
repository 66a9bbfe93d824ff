// SPDX-License-Identifier: Apache-2.0
#include "work/figures_json.h"

#include "base/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace pw::work {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostBytes = 16u << 20;
constexpr int kDeepest = 8;

template <class Enum, std::size_t N, class Name>
Enum from_name(const Json& json, const char* key, Enum otherwise, Name name) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_string()) return otherwise;
    for (std::size_t i = 0; i < N; ++i) {
        if (name(static_cast<Enum>(i)) == found->get_ref<const std::string&>()) return static_cast<Enum>(i);
    }
    return otherwise;
}

double number(const Json& json, const char* key, double otherwise = 0.0) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number() ? found->get<double>() : otherwise;
}

std::uint32_t count(const Json& json, const char* key) {
    return static_cast<std::uint32_t>(std::clamp(number(json, key), 0.0, 4e9));
}

bool flag(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_boolean() && found->get<bool>();
}

UtcTime time_of(const Json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number_integer() ? UtcTime{found->get<std::int64_t>()} : UtcTime{};
}

const char* quality_text(twin::Quality q) { return twin::quality_name(q); }
const char* state_text(twin::AlarmState s) { return twin::alarm_state_name(s); }

MachineFigures machine_from(const Json& json) {
    MachineFigures out;
    out.has_state = flag(json, "has_state");
    out.bottleneck = flag(json, "bottleneck");
    out.doing = from_name<Doing, kDoings>(json, "doing", Doing::Unknown, &doing_name);
    out.alarms_an_hour = count(json, "alarms_an_hour");
    for (std::size_t k = 0; k < twin::kKpis; ++k) {
        const auto found = json.find(twin::definition(static_cast<twin::Kpi>(k)).name);
        if (found != json.end() && found->is_number()) out.kpis.at(k) = found->get<float>();
    }
    if (const auto doubts = json.find("uncertain"); doubts != json.end() && doubts->is_array()) {
        for (std::size_t k = 0; k < twin::kKpis; ++k)
            out.uncertain.at(k) =
                std::ranges::contains(*doubts, Json(twin::definition(static_cast<twin::Kpi>(k)).name));
    }
    const auto shares = json.find("shares");
    if (shares == json.end() || !shares->is_object()) return out;
    for (std::size_t d = 0; d < kDoings; ++d)
        out.shares.at(d) = static_cast<float>(number(*shares, doing_name(static_cast<Doing>(d))));
    return out;
}

void alarms_from(const Json& list, const FigureNames& names, ManagementSnapshot& out) {
    for (const Json& row : list) {
        if (!row.is_object() || !row.contains("alarm") || !row["alarm"].is_string()) continue;
        const auto alarm = names.alarms.find(row["alarm"].get_ref<const std::string&>());
        if (alarm == names.alarms.end()) continue;
        twin::AlarmRow made{.alarm = alarm->second.id};
        made.state = from_name<twin::AlarmState, twin::kAlarmStates>(row, "state", twin::AlarmState::Unacknowledged,
                                                                     &state_text);
        made.priority = alarm->second.priority;
        made.source = from_name<twin::Quality, 4>(row, "source", twin::Quality::Stale, &quality_text);
        made.first_out = flag(row, "first_out");
        made.since = time_of(row, "since_ns");
        out.alarms.push_back(made);
        MachineFigures& machine = out.machines[alarm->second.equipment];
        if (machine.alarms_listed++ == 0) machine.alarm = made;
    }
}

void held_back_from(const Json& list, const FigureNames& names, std::vector<HeldBackAlarm>& out) {
    const auto words = [](const Json& row, const char* key) {
        const auto found = row.find(key);
        return found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    for (const Json& row : list) {
        if (!row.is_object() || out.size() == kHeldBackRows) continue;
        const auto alarm = names.alarms.find(words(row, "alarm"));
        if (alarm == names.alarms.end()) continue;
        HeldBackAlarm& made = out.emplace_back(HeldBackAlarm{.alarm = alarm->second.id});
        made.state =
            from_name<twin::AlarmState, twin::kAlarmStates>(row, "state", twin::AlarmState::Suppressed, &state_text);
        made.condition = flag(row, "condition");
        made.who = words(row, "who");
        made.comment = words(row, "comment");
        made.until = time_of(row, "until_ns");
        made.because = words(row, "because");
    }
}

void put_held_back(JsonWriter& w, const twin::AlarmBoard& names, const std::vector<HeldBackAlarm>& list) {
    w.key("held_back").begin_array();
    for (const HeldBackAlarm& row : list) {
        w.begin_object().member("alarm", names.name(row.alarm)).member("state", twin::alarm_state_name(row.state));
        w.member("condition", row.condition).member("who", std::string_view(row.who));
        w.member("comment", std::string_view(row.comment)).member("until_ns", row.until.ns);
        w.member("because", std::string_view(row.because)).end_object();
    }
    w.end_array();
}

template <class Numbers> void put_list(JsonWriter& w, const Numbers& numbers) {
    w.begin_array();
    for (const auto n : numbers) w.value(n);
    w.end_array();
}

template <class Numbers> void read_list(const Json& json, const char* key, Numbers& out) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_array()) return;
    for (std::size_t i = 0; i < std::min(found->size(), out.size()); ++i) {
        if ((*found)[i].is_number_unsigned()) out.at(i) = (*found)[i].template get<typename Numbers::value_type>();
    }
}

void put_counts(JsonWriter& w, const twin::AlarmCounts& counts) {
    w.key("counts").begin_object().member("listed", counts.listed).member("not_shown", counts.not_shown);
    w.member("source_not_known", counts.source_not_known).key("by_priority_and_state").begin_array();
    for (const auto& of : counts.of) put_list(w, of);
    w.end_array().end_object();
}

void counts_from(const Json& json, twin::AlarmCounts& out) {
    out.listed = count(json, "listed");
    out.not_shown = count(json, "not_shown");
    out.source_not_known = count(json, "source_not_known");
    const auto found = json.find("by_priority_and_state");
    if (found == json.end() || !found->is_array()) return;
    for (std::size_t p = 0; p < std::min(found->size(), out.of.size()); ++p)
        read_list(Json{{"states", (*found)[p]}}, "states", out.of.at(p));
}

void put_metrics(JsonWriter& w, const twin::AlarmMetrics& m) {
    w.key("metrics").begin_object().member("span_ns", m.span.ns).member("annunciated", m.annunciated);
    w.key("by_priority");
    put_list(w, m.by_priority);
    w.member("average_per_10min", m.average_per_10min).member("last_10min", m.last_10min);
    w.member("peak_per_10min", m.peak_per_10min).member("flood", m.flood).member("floods", m.floods);
    w.member("in_flood_ns", m.in_flood.ns).member("chattering", m.chattering).member("fleeting", m.fleeting);
    w.end_object();
}

void metrics_from(const Json& json, twin::AlarmMetrics& out) {
    const auto large = [&](const char* key) {
        const auto found = json.find(key);
        return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
    };
    out.span.ns = time_of(json, "span_ns").ns;
    out.annunciated = large("annunciated");
    read_list(json, "by_priority", out.by_priority);
    out.average_per_10min = number(json, "average_per_10min");
    out.last_10min = count(json, "last_10min");
    out.peak_per_10min = count(json, "peak_per_10min");
    out.flood = flag(json, "flood");
    out.floods = count(json, "floods");
    out.in_flood.ns = time_of(json, "in_flood_ns").ns;
    out.chattering = large("chattering");
    out.fleeting = large("fleeting");
}

// Of the inputs the numbers alone: their units and tags are the plant file's.
void put_kpi(JsonWriter& w, const twin::KpiValue& value) {
    w.begin_object();
    if (value.value) w.member("value", *value.value);
    if (value.uncertain) w.member("uncertain", true);
    if (!value.unknown_because.empty()) w.member("why", std::string_view(value.unknown_because));
    w.member("from_ns", value.from.ns).member("to_ns", value.to.ns).member("window_ns", value.window.ns);
    w.member("observed_ns", value.observed.ns).key("inputs").begin_object();
    for (const twin::KpiInput& input : value.inputs) w.member(input.symbol, input.value);
    w.end_object().end_object();
}

twin::KpiValue kpi_from(const Json& json, const std::vector<twin::KpiInput>& known) {
    twin::KpiValue out;
    if (const auto value = json.find("value"); value != json.end() && value->is_number())
        out.value = value->get<double>();
    out.uncertain = flag(json, "uncertain");
    if (const auto why = json.find("why"); why != json.end() && why->is_string())
        out.unknown_because = why->get_ref<const std::string&>();
    out.from = time_of(json, "from_ns");
    out.to = time_of(json, "to_ns");
    out.window.ns = time_of(json, "window_ns").ns;
    out.observed.ns = time_of(json, "observed_ns").ns;
    const auto inputs = json.find("inputs");
    if (inputs == json.end() || !inputs->is_object()) return out;
    for (const twin::KpiInput& input : known) {
        const auto found = inputs->find(std::string(input.symbol));
        if (found == inputs->end() || !found->is_number()) continue;
        out.inputs.push_back(input);
        out.inputs.back().value = found->get<double>();
    }
    return out;
}

void put_details(JsonWriter& w, const plant::Plant& plant, std::span<const KpiDetail> details) {
    w.key("kpis").begin_object();
    for (const KpiDetail& detail : details) {
        w.key(plant.equipment[detail.equipment].id).begin_object();
        for (std::size_t k = 0; k < twin::kKpis; ++k) {
            const twin::KpiValue& value = detail.hour.at(k);
            if (!value.value && value.inputs.empty()) continue; // the machine lacks what it is computed from
            w.key(twin::definition(static_cast<twin::Kpi>(k)).name);
            put_kpi(w, value);
        }
        w.end_object();
    }
    w.end_object();
}

void details_from(const Json& machines, const FigureNames& names, std::vector<KpiDetail>& out) {
    for (const auto& [id, kpis] : machines.items()) {
        const auto e = names.equipment.find(id);
        if (e == names.equipment.end() || !kpis.is_object()) continue;
        const auto inputs = names.inputs.find(e->second);
        if (inputs == names.inputs.end()) continue;
        KpiDetail& detail = out.emplace_back(KpiDetail{e->second, {}});
        for (std::size_t k = 0; k < twin::kKpis; ++k) {
            const auto found = kpis.find(twin::definition(static_cast<twin::Kpi>(k)).name);
            if (found != kpis.end() && found->is_object()) detail.hour.at(k) = kpi_from(*found, inputs->second.at(k));
        }
    }
}

template <class Read> void in_object(const Json& root, const char* key, Read read) {
    const auto found = root.find(key);
    if (found != root.end() && found->is_object()) read(*found);
}

void put_machines(JsonWriter& w, const plant::Plant& plant, const ManagementSnapshot& snapshot) {
    w.key("machines").begin_object();
    for (std::uint32_t e = 0; e < snapshot.machines.size(); ++e) {
        const MachineFigures& m = snapshot.machines[e];
        const bool has_kpis = std::ranges::any_of(m.kpis, [](const auto& k) { return k.has_value(); });
        if (!m.has_state && !has_kpis && m.alarms_an_hour == 0 && !m.bottleneck) continue;
        w.key(plant.equipment[e].id).begin_object();
        w.member("has_state", m.has_state).member("doing", doing_name(m.doing)).member("bottleneck", m.bottleneck);
        w.member("alarms_an_hour", m.alarms_an_hour);
        for (std::size_t k = 0; k < twin::kKpis; ++k) {
            if (m.kpis.at(k))
                w.member(twin::definition(static_cast<twin::Kpi>(k)).name, static_cast<double>(*m.kpis.at(k)));
        }
        w.key("uncertain").begin_array();
        for (std::size_t k = 0; k < twin::kKpis; ++k) {
            if (m.uncertain.at(k)) w.value(twin::definition(static_cast<twin::Kpi>(k)).name);
        }
        w.end_array().key("shares").begin_object();
        for (std::size_t d = 0; d < kDoings; ++d) {
            if (m.shares.at(d) > 0.f) w.member(doing_name(static_cast<Doing>(d)), static_cast<double>(m.shares.at(d)));
        }
        w.end_object().end_object();
    }
    w.end_object();
}

} // namespace

std::string to_json(const plant::Plant& plant, const twin::AlarmBoard& names, const ManagementSnapshot& snapshot,
                    std::span<const KpiDetail> details) {
    JsonWriter w;
    w.begin_object().member("time_ns", snapshot.time.ns);
    put_machines(w, plant, snapshot);
    w.key("alarms").begin_array();
    for (const twin::AlarmRow& row : snapshot.alarms) {
        w.begin_object().member("alarm", names.name(row.alarm)).member("state", twin::alarm_state_name(row.state));
        w.member("source", twin::quality_name(row.source)).member("first_out", row.first_out);
        w.member("since_ns", row.since.ns).end_object();
    }
    w.end_array();
    put_held_back(w, names, snapshot.held_back);
    put_counts(w, snapshot.counts);
    put_metrics(w, snapshot.metrics);
    put_details(w, plant, details);
    return w.end_object().take();
}

FigureNames::FigureNames(const plant::Plant& plant, const Management& management) : machines(plant.equipment.size()) {
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) equipment.emplace(plant.equipment[e].id, e);
    const twin::AlarmBoard& board = management.names();
    for (std::uint32_t a = 0; a < board.size(); ++a)
        alarms.emplace(board.name({a}), Alarm{{a}, board.equipment({a}), board.declared({a}).priority});
    for (const std::uint32_t e : management.kpis().equipment()) {
        for (std::size_t k = 0; k < twin::kKpis; ++k)
            inputs[e].at(k) = management.kpis().inputs(e, static_cast<twin::Kpi>(k));
    }
}

Result<PastFigures> figures_from_json(const FigureNames& names, std::string_view json) {
    bool deep = json.size() > kMostBytes;
    const auto shallow = [&deep](int depth, Json::parse_event_t, Json&) {
        deep = deep || depth > kDeepest;
        return !deep;
    };
    const Json root = deep ? Json() : Json::parse(json, shallow, /* allow_exceptions= */ false);
    if (deep || !root.is_object()) return fail(Errc::Malformed, "these are no figures of a plant");
    PastFigures past;
    ManagementSnapshot& out = past.snapshot;
    out.time = time_of(root, "time_ns");
    out.machines.resize(names.machines);
    in_object(root, "machines", [&](const Json& machines) {
        for (const auto& [id, machine] : machines.items()) {
            const auto e = names.equipment.find(id);
            if (e != names.equipment.end() && machine.is_object()) out.machines[e->second] = machine_from(machine);
        }
    });
    if (const auto alarms = root.find("alarms"); alarms != root.end() && alarms->is_array())
        alarms_from(*alarms, names, out);
    if (const auto held_back = root.find("held_back"); held_back != root.end() && held_back->is_array())
        held_back_from(*held_back, names, out.held_back);
    in_object(root, "counts", [&](const Json& counts) { counts_from(counts, out.counts); });
    in_object(root, "metrics", [&](const Json& metrics) { metrics_from(metrics, out.metrics); });
    in_object(root, "kpis", [&](const Json& kpis) { details_from(kpis, names, past.details); });
    return past;
}

} // namespace pw::work
