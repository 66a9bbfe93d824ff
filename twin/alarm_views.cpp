// SPDX-License-Identifier: Apache-2.0
// How an AlarmBoard is made and what it shows.
#include "base/assert.h"
#include "base/json.h"
#include "twin/alarm_board.h"
#include "twin/alarms.h"

#include <algorithm>

namespace pw::twin {

void Relation::build(std::size_t size, std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs) {
    std::ranges::sort(pairs);
    begin_.assign(size + 1, 0);
    to_.clear();
    for (const auto& [from, to] : pairs) {
        ++begin_[from + 1];
        to_.push_back(to);
    }
    for (std::size_t i = 0; i < size; ++i) begin_[i + 1] += begin_[i];
}

namespace {

using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

std::uint32_t watched_of(const Bindings& bindings, const std::string& equipment, const std::string& tag) {
    const std::uint32_t found = bindings.find_watched(tag.contains('.') ? tag : equipment + "." + tag);
    PW_ASSERT(found != 0xffff'ffffu, "the plant file's rules know every tag");
    return found;
}

} // namespace

AlarmBoard::AlarmBoard() : impl_(std::make_unique<Impl>()) {}
AlarmBoard::AlarmBoard(AlarmBoard&&) noexcept = default;
AlarmBoard& AlarmBoard::operator=(AlarmBoard&&) noexcept = default;
AlarmBoard::~AlarmBoard() = default;

AlarmBoard AlarmBoard::make(const plant::Plant& plant, const Bindings& bindings, const AlarmOptions& options) {
    AlarmBoard board;
    Impl& impl = *board.impl_;
    impl.options = options;
    Pairs judged, hidden, suppressed;
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) {
        const plant::Equipment& equipment = plant.equipment[e];
        const auto state = std::ranges::find(equipment.tags, plant::TagRole::State, &plant::Tag::role);
        for (const plant::Alarm& alarm : equipment.alarms) {
            const auto i = static_cast<std::uint32_t>(impl.declared.size());
            impl.declared.push_back({alarm, equipment.id + "." + alarm.id, e});
            impl.by_name.emplace(impl.declared.back().name, i);
            LiveAlarm& live = impl.live.emplace_back();
            live.core.latching = alarm.latched;
            live.when = alarm.condition.when;
            live.priority = alarm.priority;
            if (!alarm.group.empty()) {
                const auto next = static_cast<std::uint32_t>(impl.group_of.size());
                live.group = impl.group_of.emplace(alarm.group, next).first->second;
            }
            judged.emplace_back(watched_of(bindings, equipment.id, alarm.condition.tag), i);
            if (!alarm.suppressed_in.empty()) {
                PW_ASSERT(state != equipment.tags.end(), "the plant file's rules know that there is a state tag");
                hidden.emplace_back(watched_of(bindings, equipment.id, state->id), i);
            }
        }
    }
    for (std::uint32_t i = 0; i < impl.declared.size(); ++i) {
        const std::string& by = impl.declared[i].alarm.suppressed_by;
        if (by.empty()) continue;
        const AlarmId other = board.find(by);
        PW_ASSERT(other.valid(), "the plant file's rules know every alarm");
        suppressed.emplace_back(other.index, i);
    }
    impl.judged_by.build(bindings.watched().size(), std::move(judged));
    impl.hidden_in.build(bindings.watched().size(), std::move(hidden));
    impl.suppresses.build(impl.live.size(), std::move(suppressed));
    impl.habits.resize(impl.live.size());
    impl.deadlines.init(2 * impl.live.size());
    impl.groups.resize(impl.group_of.size());
    impl.newest.fill(kNoAlarm);
    impl.rows.reserve(std::min(options.rows, impl.live.size()));
    for (std::uint32_t i = 0; i < impl.live.size(); ++i) {
        impl.count(i, AlarmState::Normal, 1);
        if (impl.live[i].when != plant::AlarmWhen::Stale) ++impl.counts.source_not_known;
    }
    return board;
}

std::uint32_t AlarmBoard::size() const { return static_cast<std::uint32_t>(impl_->live.size()); }

AlarmId AlarmBoard::find(std::string_view name) const {
    const auto found = impl_->by_name.find(name);
    return found == impl_->by_name.end() ? AlarmId{} : AlarmId{found->second};
}

const plant::Alarm& AlarmBoard::declared(AlarmId alarm) const { return impl_->declared[alarm.index].alarm; }
std::uint32_t AlarmBoard::equipment(AlarmId alarm) const { return impl_->declared[alarm.index].equipment; }
const std::string& AlarmBoard::name(AlarmId alarm) const { return impl_->declared[alarm.index].name; }
std::span<const AlarmEvent> AlarmBoard::events() const { return impl_->events; }
void AlarmBoard::clear_events() { impl_->events.clear(); }
AlarmMetrics AlarmBoard::metrics() const { return impl_->load.metrics(); }

std::span<const AlarmRow> AlarmBoard::list() {
    Impl& impl = *impl_;
    if (!impl.rows_are_old) return impl.rows;
    impl.rows_are_old = false;
    impl.rows.clear();
    for (const std::uint32_t first : impl.newest) {
        for (std::uint32_t i = first; i != kNoAlarm && impl.rows.size() < impl.options.rows; i = impl.live[i].older) {
            const LiveAlarm& alarm = impl.live[i];
            impl.rows.push_back(
                {{i}, alarm.core.state(), alarm.priority, alarm.source, impl.is_first(i), alarm.since_utc});
        }
    }
    return impl.rows;
}

AlarmCounts AlarmBoard::counts() const {
    AlarmCounts out = impl_->counts;
    const auto rows = static_cast<std::uint32_t>(std::min<std::size_t>(impl_->options.rows, 0xffff'ffffu));
    out.not_shown = out.listed - std::min(out.listed, rows);
    return out;
}

AlarmView AlarmBoard::view(AlarmId alarm) const {
    const Impl& impl = *impl_;
    const LiveAlarm& live = impl.live[alarm.index];
    const AlarmHabit& habit = impl.habits[alarm.index];
    AlarmView out;
    out.state = live.core.state();
    out.condition = live.core.condition;
    out.latched = live.core.latched;
    out.suppressed = live.core.suppressed;
    out.source = live.source;
    if (is_listed(out.state)) out.since = live.since_utc;
    if (const auto held = impl.held_back.find(alarm.index); held != impl.held_back.end()) {
        out.who = held->second.who;
        out.comment = held->second.comment;
        if (live.core.shelved) out.shelved_until = impl.now.utc + (held->second.until - impl.now.time);
    }
    out.first_out = impl.is_first(alarm.index);
    out.annunciated = habit.annunciated;
    out.last_hour = habit.last_hour(impl.load.period());
    out.chattering = habit.chattering;
    out.fleeting = habit.fleeting;
    return out;
}

AlarmId AlarmBoard::first_out(std::string_view group) const {
    const auto found = impl_->group_of.find(group);
    return found == impl_->group_of.end() ? AlarmId{} : AlarmId{impl_->groups[found->second].first};
}

std::vector<AlarmId> AlarmBoard::in_state(AlarmState state) const {
    std::vector<AlarmId> out;
    for (std::uint32_t i = 0; i < size(); ++i)
        if (impl_->live[i].core.state() == state) out.push_back({i});
    return out;
}

char alarm_letter(AlarmState state) { return static_cast<char>('A' + static_cast<int>(state)); }

const char* alarm_state_name(AlarmState state) {
    constexpr std::array kNames{"NORMAL",
                                "UNACKNOWLEDGED",
                                "ACKNOWLEDGED",
                                "RTN_UNACKNOWLEDGED",
                                "LATCHED_UNACKNOWLEDGED",
                                "LATCHED_ACKNOWLEDGED",
                                "SHELVED",
                                "SUPPRESSED_BY_DESIGN",
                                "OUT_OF_SERVICE"};
    return kNames.at(static_cast<std::size_t>(state));
}

const char* alarm_why_name(AlarmWhy why) {
    constexpr std::array kNames{"occurred",
                                "returned",
                                "acknowledged",
                                "shelved",
                                "unshelved",
                                "shelf expired",
                                "suppression began",
                                "suppression ended",
                                "taken out of service",
                                "put back in service",
                                "reset"};
    return kNames.at(static_cast<std::size_t>(why));
}

std::string event_json(const AlarmBoard& board, const AlarmEvent& event) {
    JsonWriter json;
    json.begin_object()
        .member("number", event.number)
        .member("alarm", board.name(event.alarm))
        .member("priority", plant::priority_name(board.declared(event.alarm).priority))
        .member("from", alarm_state_name(event.from))
        .member("to", alarm_state_name(event.to))
        .member("why", alarm_why_name(event.why))
        .member("time", to_iso8601(event.time));
    if (event.first_out) json.member("first_out", true);
    if (event.source_time.known()) json.member("source_time", to_iso8601(event.source_time));
    if (!std::holds_alternative<std::monostate>(event.value)) json.key("value").raw(to_json(event.value));
    if (!event.who.empty()) json.member("who", event.who);
    if (!event.comment.empty()) json.member("comment", event.comment);
    if (event.until.known()) json.member("until", to_iso8601(event.until));
    return json.end_object().take();
}

} // namespace pw::twin
