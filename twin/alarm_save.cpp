// SPDX-License-Identifier: Apache-2.0
// An AlarmBoard as text, and back.
#include "base/assert.h"
#include "base/json.h"
#include "twin/alarm_board.h"
#include "twin/alarms.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace pw::twin {

namespace {

constexpr const char* kFormat = "plantwalk-alarms";
constexpr int kVersion = 1;
constexpr std::size_t kDeepest = 3;
constexpr std::size_t kMaxSavedBytes = 256u << 20;
constexpr std::int64_t kMaxMs = INT64_MAX / 1'000'000; // what a UtcTime can say

std::optional<bool> truth(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) return false;
    return found->is_boolean() ? std::optional(found->get<bool>()) : std::nullopt;
}

std::optional<std::int64_t> ms_of(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) return 0;
    if (!found->is_number_integer()) return std::nullopt;
    const auto ms = found->get<std::int64_t>();
    return ms >= 0 && ms <= kMaxMs ? std::optional(ms) : std::nullopt;
}

// Of a clock before 1970, which is wrong, 1970: what is written can be read.
std::int64_t saved_ms(UtcTime t) { return std::max<std::int64_t>(to_ms(t), 0); }

std::optional<std::string> words(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end()) return std::string();
    return found->is_string() ? std::optional(found->get<std::string>()) : std::nullopt;
}

std::optional<SavedAlarm> read_alarm(const nlohmann::json& object) {
    const auto condition = truth(object, "condition"), latched = truth(object, "latched");
    const auto acknowledged = truth(object, "acknowledged"), first_out = truth(object, "first_out");
    const auto out_of_service = truth(object, "out_of_service"), in_state = truth(object, "suppressed_in_state");
    const auto since = ms_of(object, "since_ms"), shelf_left = ms_of(object, "shelf_left_ms");
    const auto who = words(object, "who"), comment = words(object, "comment");
    if (!condition || !latched || !acknowledged || !first_out || !out_of_service || !in_state || !since ||
        !shelf_left || !who || !comment)
        return std::nullopt;
    SavedAlarm out;
    out.core.condition = *condition;
    out.core.latched = *latched;
    out.core.acknowledged = *acknowledged;
    out.core.out_of_service = *out_of_service;
    out.core.shelved = object.contains("shelf_left_ms") && !*out_of_service;
    out.first_out = *first_out;
    out.by_state = *in_state;
    out.since = utc_from_ms(*since);
    out.shelf_left = from_ms(*shelf_left);
    out.who = *who;
    out.comment = *comment;
    return out;
}

// Nothing to remember: what another alarm suppresses follows from that one.
bool is_quiet(const AlarmCore& core) {
    return core.acknowledged && !core.condition && !core.latched && !core.shelved && !core.out_of_service;
}

} // namespace

std::string AlarmBoard::save(Instant now) const {
    const Impl& impl = *impl_;
    JsonWriter json;
    json.begin_object().member("format", kFormat).member("version", kVersion).member("time_ms", saved_ms(now.utc));
    json.key("alarms").begin_array();
    for (std::uint32_t i = 0; i < impl.live.size(); ++i) {
        const LiveAlarm& alarm = impl.live[i];
        if (is_quiet(alarm.core) && !alarm.by_state && !impl.is_first(i)) continue;
        json.begin_object().member("alarm", impl.declared[i].name);
        json.member("condition", alarm.core.condition).member("latched", alarm.core.latched);
        json.member("acknowledged", alarm.core.acknowledged).member("since_ms", saved_ms(alarm.since_utc));
        if (impl.is_first(i)) json.member("first_out", true);
        if (alarm.core.out_of_service) json.member("out_of_service", true);
        if (alarm.by_state) json.member("suppressed_in_state", true);
        if (const auto held = impl.held_back.find(i); held != impl.held_back.end()) {
            json.member("who", held->second.who).member("comment", held->second.comment);
            if (alarm.core.shelved)
                json.member("shelf_left_ms", std::max(held->second.until - now.time, Duration{}).ns / 1'000'000);
        }
        json.end_object();
    }
    return json.end_array().end_object().take();
}

// The alarms as they were, the oldest first, without events: there were some at the time.
void AlarmBoard::Impl::put_back(std::span<const SavedAlarm> saved, Instant at) {
    now = at;
    for (const SavedAlarm& from : saved) {
        LiveAlarm& alarm = live[from.alarm];
        const bool latching = alarm.core.latching; // the plant file may have changed
        alarm.core = from.core;
        alarm.core.latching = latching;
        alarm.core.latched &= latching;
        alarm.by_state = from.by_state && !declared[from.alarm].alarm.suppressed_in.empty();
        alarm.raw = alarm.core.condition;
        alarm.since_utc = std::min(from.since, at.utc);
        alarm.since = at.time + (alarm.since_utc - at.utc);
    }
    for (std::uint32_t i = 0; i < live.size(); ++i)
        for (const std::uint32_t other : suppresses[i])
            live[other].by_alarm = live[i].core.condition && !live[i].core.out_of_service;
    counts.of = {};
    for (std::uint32_t i = 0; i < live.size(); ++i) {
        live[i].core.suppressed = live[i].by_alarm || live[i].by_state;
        count(i, live[i].core.state(), 1);
    }
    for (const SavedAlarm& from : saved) {
        const std::uint32_t i = from.alarm;
        const LiveAlarm& alarm = live[i];
        if (is_listed(alarm.core.state())) link(i);
        if (alarm.group != kNoAlarm) { // the first of a group stays so when it is over itself
            groups[alarm.group].listed += is_listed(alarm.core.state()) ? 1u : 0u;
            if (from.first_out) groups[alarm.group].first = i;
        }
        if (!alarm.core.shelved && !alarm.core.out_of_service) continue;
        const Time until = at.time + std::min(from.shelf_left, options.longest_shelf);
        held_back[i] = {from.who, from.comment, until};
        if (alarm.core.shelved) deadlines.set(2 * i + 1, until);
    }
    for (AlarmGroup& group : groups)
        if (group.listed == 0) group.first = kNoAlarm;
    rows_are_old = true;
}

Result<void> AlarmBoard::restore(std::string_view json, Instant now, Reports& problems) {
    Impl& impl = *impl_;
    PW_ASSERT(!impl.started && impl.last_number == 0, "a board is restored before it is used");
    if (json.size() > kMaxSavedBytes) return fail(Errc::Exhausted, "the saved alarms are too long");
    if (json_is_deeper(json, kDeepest)) return fail(Errc::Malformed, "these are no saved alarms");
    nlohmann::json root;
    try {
        root = nlohmann::json::parse(json);
    } catch (const nlohmann::json::parse_error& e) {
        return fail(Errc::Malformed, "these are no saved alarms: no JSON from byte " + std::to_string(e.byte) + " on");
    } catch (const nlohmann::json::exception&) { // a number
        return fail(Errc::Malformed, "these are no saved alarms: a number is too large");
    }
    const auto is = [&](const char* key, const nlohmann::json& value) {
        const auto found = root.find(key); // end() of what is no object
        return found != root.end() && *found == value;
    };
    if (!is("format", kFormat)) return fail(Errc::Malformed, "these are no saved alarms");
    if (!is("version", kVersion)) return fail(Errc::Unsupported, "these alarms were saved by another version");
    const auto list = root.find("alarms");
    if (list == root.end() || !list->is_array()) return fail(Errc::Malformed, "the saved alarms have no list");

    // A clock that was set back since then tells nothing of how long ago that was.
    const std::int64_t saved_at = ms_of(root, "time_ms").value_or(0);
    const Duration passed = from_ms(std::max<std::int64_t>(saved_ms(now.utc) - saved_at, 0));
    std::vector<SavedAlarm> found;
    std::vector<bool> seen(impl.live.size());
    for (std::size_t a = 0; a < list->size(); ++a) {
        const std::string where = "/alarms/" + std::to_string(a);
        const nlohmann::json& object = (*list)[a];
        const auto name = object.is_object() ? words(object, "alarm") : std::nullopt;
        auto saved = name && !name->empty() ? read_alarm(object) : std::nullopt;
        if (!saved) {
            problems.add(where, "this saved alarm is not of the form asked for: it begins anew");
            continue;
        }
        const AlarmId alarm = find(*name);
        if (!alarm.valid() || seen[alarm.index]) {
            problems.add(where,
                         alarm.valid() ? "this alarm stands here twice" : "the plant has no such alarm any more");
            continue;
        }
        seen[alarm.index] = true;
        saved->alarm = alarm.index;
        saved->shelf_left = std::max(saved->shelf_left - passed, Duration{});
        found.push_back(std::move(*saved));
    }
    std::ranges::stable_sort(found, {}, &SavedAlarm::since); // the newest goes on top of the list last
    impl.put_back(found, now);
    return {};
}

} // namespace pw::twin
