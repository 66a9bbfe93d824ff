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
    const auto shares = json.find("shares");
    if (shares == json.end() || !shares->is_object()) return out;
    for (std::size_t d = 0; d < kDoings; ++d)
        out.shares.at(d) = static_cast<float>(number(*shares, doing_name(static_cast<Doing>(d))));
    return out;
}

void alarms_from(const Json& list, const twin::AlarmBoard& names, ManagementSnapshot& out) {
    for (const Json& row : list) {
        if (!row.is_object() || !row.contains("alarm") || !row["alarm"].is_string()) continue;
        const auto alarm = names.find(row["alarm"].get_ref<const std::string&>());
        if (!alarm.valid()) continue;
        twin::AlarmRow made{.alarm = alarm};
        made.state = from_name<twin::AlarmState, twin::kAlarmStates>(row, "state", twin::AlarmState::Unacknowledged,
                                                                     &state_text);
        made.priority = names.declared(alarm).priority;
        made.source = from_name<twin::Quality, 4>(row, "source", twin::Quality::Stale, &quality_text);
        made.first_out = flag(row, "first_out");
        made.since = time_of(row, "since_ns");
        out.alarms.push_back(made);
        MachineFigures& machine = out.machines[names.equipment(alarm)];
        if (machine.alarms_listed++ == 0) machine.alarm = made;
    }
}

} // namespace

std::string to_json(const plant::Plant& plant, const twin::AlarmBoard& names, const ManagementSnapshot& snapshot) {
    JsonWriter w;
    w.begin_object().member("time_ns", snapshot.time.ns).key("machines").begin_object();
    for (std::uint32_t e = 0; e < snapshot.machines.size(); ++e) {
        const MachineFigures& m = snapshot.machines[e];
        const bool has_kpis = std::ranges::any_of(m.kpis, [](const auto& k) { return k.has_value(); });
        if (!m.has_state && !has_kpis && m.alarms_an_hour == 0) continue;
        w.key(plant.equipment[e].id).begin_object();
        w.member("has_state", m.has_state).member("doing", doing_name(m.doing)).member("bottleneck", m.bottleneck);
        w.member("alarms_an_hour", m.alarms_an_hour);
        for (std::size_t k = 0; k < twin::kKpis; ++k) {
            if (m.kpis.at(k))
                w.member(twin::definition(static_cast<twin::Kpi>(k)).name, static_cast<double>(*m.kpis.at(k)));
        }
        w.key("shares").begin_object();
        for (std::size_t d = 0; d < kDoings; ++d) {
            if (m.shares.at(d) > 0.f) w.member(doing_name(static_cast<Doing>(d)), static_cast<double>(m.shares.at(d)));
        }
        w.end_object().end_object();
    }
    w.end_object().key("alarms").begin_array();
    for (const twin::AlarmRow& row : snapshot.alarms) {
        w.begin_object().member("alarm", names.name(row.alarm)).member("state", twin::alarm_state_name(row.state));
        w.member("source", twin::quality_name(row.source)).member("first_out", row.first_out);
        w.member("since_ns", row.since.ns).end_object();
    }
    w.end_array().member("listed", snapshot.counts.listed).member("not_shown", snapshot.counts.not_shown);
    w.member("last_10min", snapshot.metrics.last_10min).member("flood", snapshot.metrics.flood).end_object();
    return w.take();
}

Result<ManagementSnapshot> figures_from_json(const plant::Plant& plant, const twin::AlarmBoard& names,
                                             std::string_view json) {
    bool deep = json.size() > kMostBytes;
    const auto shallow = [&deep](int depth, Json::parse_event_t, Json&) {
        deep = deep || depth > kDeepest;
        return !deep;
    };
    const Json root = deep ? Json() : Json::parse(json, shallow, /* allow_exceptions= */ false);
    if (deep || !root.is_object()) return fail(Errc::Malformed, "these are no figures of a plant");
    ManagementSnapshot out;
    out.time = time_of(root, "time_ns");
    out.machines.resize(plant.equipment.size());
    if (const auto machines = root.find("machines"); machines != root.end() && machines->is_object()) {
        for (const auto& [id, machine] : machines->items()) {
            const std::uint32_t e = plant::find_equipment(plant, id);
            if (e != plant::kNoEquipment && machine.is_object()) out.machines[e] = machine_from(machine);
        }
    }
    if (const auto alarms = root.find("alarms"); alarms != root.end() && alarms->is_array())
        alarms_from(*alarms, names, out);
    out.counts.listed = count(root, "listed");
    out.counts.not_shown = count(root, "not_shown");
    out.metrics.last_10min = count(root, "last_10min");
    out.metrics.flood = flag(root, "flood");
    return out;
}

} // namespace pw::work
