// SPDX-License-Identifier: Apache-2.0
#include "twin/alarms.h"

#include "base/assert.h"
#include "twin/alarm_board.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace pw::twin {

namespace {

using plant::AlarmWhen;

// A number that can be compared with a limit, or nothing.
std::optional<double> number_of(const Value& value) {
    const double number = to_number(value, std::nan(""));
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

bool equals(const Value& value, const std::string& text) {
    if (const auto* own = std::get_if<std::string>(&value)) return *own == text;
    return to_text(value) == text;
}

// Whether it is an alarm, without delays; `before`: whether it was. Nothing: the value does not say.
std::optional<bool> judged(const plant::AlarmCondition& condition, const Value& value, bool before) {
    if (condition.when == AlarmWhen::Equals)
        return std::holds_alternative<std::monostate>(value) ? std::nullopt
                                                             : std::optional(equals(value, condition.text));
    const auto number = number_of(value);
    if (!number) return std::nullopt;
    const double back = before ? condition.deadband : 0.0;
    switch (condition.when) {
    case AlarmWhen::HighHigh:
    case AlarmWhen::High:
        return *number >= condition.limit - back;
    case AlarmWhen::Low:
    case AlarmWhen::LowLow:
        return *number <= condition.limit + back;
    default:
        return (*number != 0.0) == condition.value;
    }
}

bool is_unreliable(Quality quality) { return quality == Quality::Stale || quality == Quality::Bad; }

} // namespace

void AlarmBoard::Impl::start(Instant at) {
    if (started) return;
    started = true;
    now = at;
    load.begin(at.time);
    // What is judged by silence begins with silence.
    for (std::uint32_t i = 0; i < live.size(); ++i)
        if (live[i].when == AlarmWhen::Stale) judge(i, true);
}

// Delays and shelves end when they are due, whenever somebody looks.
void AlarmBoard::Impl::pass_time(Instant to) {
    start(to);
    PW_ASSERT(to.time >= now.time, "time does not go back");
    while (!deadlines.empty() && deadlines.next_time() <= to.time) {
        const std::uint32_t due = deadlines.next();
        const Time time = std::max(deadlines.next_time(), now.time);
        const Instant at{time, to.utc + (time - to.time)};
        deadlines.cancel(due);
        load.advance(time);
        now = at;
        const std::uint32_t i = due / 2;
        if (due % 2 == 1)
            input(i, {.why = AlarmWhy::ShelfExpired, .now = at});
        else
            set_condition(i, live[i].raw, at);
    }
    load.advance(to.time);
    now = to;
}

void AlarmBoard::Impl::set_source(std::uint32_t i, Quality source) {
    LiveAlarm& alarm = live[i];
    if (alarm.source == source) return;
    if (alarm.when != AlarmWhen::Stale) {
        if (is_unreliable(alarm.source)) --counts.source_not_known;
        if (is_unreliable(source)) ++counts.source_not_known;
    }
    alarm.source = source;
    rows_are_old = true;
}

void AlarmBoard::Impl::evaluate(std::uint32_t i, const Value& value, Quality quality, UtcTime source_time) {
    LiveAlarm& alarm = live[i];
    alarm.value = value;
    alarm.source_time = source_time;
    if (alarm.when == AlarmWhen::Stale) {
        set_source(i, quality);
        judge(i, is_unreliable(quality));
        return;
    }
    const auto raw = is_unreliable(quality) ? std::nullopt : judged(declared[i].alarm.condition, value, alarm.raw);
    if (!raw) { // the alarm keeps its state, and no delay runs on what is not known
        set_source(i, is_unreliable(quality) ? quality : Quality::Bad);
        deadlines.cancel(2 * i);
        alarm.raw = alarm.core.condition;
        return;
    }
    set_source(i, quality);
    judge(i, *raw);
}

void AlarmBoard::Impl::judge(std::uint32_t i, bool raw) {
    LiveAlarm& alarm = live[i];
    alarm.raw = raw;
    if (raw == alarm.core.condition) {
        deadlines.cancel(2 * i);
        return;
    }
    if (deadlines.is_set(2 * i)) return;
    const plant::Alarm& d = declared[i].alarm;
    const Duration delay = from_seconds(raw ? d.on_delay_s : d.off_delay_s);
    if (delay.ns > 0)
        deadlines.set(2 * i, now.time + delay);
    else
        set_condition(i, raw, now);
}

void AlarmBoard::Impl::set_condition(std::uint32_t i, bool on, Instant at) {
    if (input(i, {.why = on ? AlarmWhy::Occurred : AlarmWhy::Returned, .now = at})) suppress_dependents(i, at);
}

// Suppression looks at the condition of another alarm, whatever hides that one, but out of service: so the order in
// which things are suppressed does not matter.
void AlarmBoard::Impl::suppress_dependents(std::uint32_t i, Instant at) {
    const AlarmCore& core = live[i].core;
    for (const std::uint32_t other : suppresses[i]) {
        live[other].by_alarm = core.condition && !core.out_of_service;
        update_suppression(other, at);
    }
}

void AlarmBoard::Impl::update_suppression(std::uint32_t i, Instant at) {
    const LiveAlarm& alarm = live[i];
    const bool wanted = alarm.by_alarm || alarm.by_state;
    if (wanted != alarm.core.suppressed)
        input(i, {.why = wanted ? AlarmWhy::SuppressionBegan : AlarmWhy::SuppressionEnded, .now = at});
}

bool AlarmBoard::Impl::is_first(std::uint32_t i) const {
    return live[i].group != kNoAlarm && groups[live[i].group].first == i;
}

void AlarmBoard::Impl::count(std::uint32_t i, AlarmState state, std::uint32_t by) {
    counts.of.at(static_cast<std::size_t>(live[i].priority)).at(static_cast<std::size_t>(state)) += by;
    if (is_listed(state)) counts.listed += by;
}

void AlarmBoard::Impl::link(std::uint32_t i) {
    const auto p = static_cast<std::size_t>(live[i].priority);
    live[i].newer = kNoAlarm;
    live[i].older = newest.at(p);
    if (live[i].older != kNoAlarm) live[live[i].older].newer = i;
    newest.at(p) = i;
}

void AlarmBoard::Impl::unlink(std::uint32_t i) {
    const auto p = static_cast<std::size_t>(live[i].priority);
    const LiveAlarm& alarm = live[i];
    (alarm.newer == kNoAlarm ? newest.at(p) : live[alarm.newer].older) = alarm.older;
    if (alarm.older != kNoAlarm) live[alarm.older].newer = alarm.newer;
}

// Everything that one alarm's change of state moves: counts, the list, its group, the metrics.
void AlarmBoard::Impl::enter(std::uint32_t i, AlarmState from, AlarmState to, AlarmEvent& event) {
    LiveAlarm& alarm = live[i];
    const bool annunciated = to == AlarmState::Unacknowledged;
    count(i, from, 0xffff'ffffu); // minus one
    count(i, to, 1);
    if (is_listed(from) && (annunciated || !is_listed(to))) unlink(i);
    if (is_listed(to) && (annunciated || !is_listed(from))) {
        link(i);
        alarm.since = now.time;
        alarm.since_utc = event.time;
    }
    if (alarm.group != kNoAlarm && is_listed(from) != is_listed(to)) {
        AlarmGroup& group = groups[alarm.group];
        if (is_listed(to)) {
            if (group.listed++ == 0 && event.why == AlarmWhy::Occurred) {
                group.first = i;
                event.first_out = true;
            }
        } else if (--group.listed == 0) {
            group.first = kNoAlarm;
        }
    }
    if (annunciated) {
        load.annunciate(alarm.priority);
        if (habits[i].annunciate(now.time, load.period())) load.chatter();
    } else if (from == AlarmState::Unacknowledged && event.why == AlarmWhy::Returned &&
               now.time - alarm.since <= options.fleeting) {
        ++habits[i].fleeting;
        load.fleet();
    }
}

bool AlarmBoard::Impl::input(std::uint32_t i, const Cause& cause) {
    LiveAlarm& alarm = live[i];
    const AlarmState from = alarm.core.state();
    if (!alarm.core.apply(cause.why)) return false;
    const AlarmState to = alarm.core.state();
    rows_are_old = true;
    if (!held_back.empty() && !alarm.core.shelved && !alarm.core.out_of_service) held_back.erase(i);
    AlarmEvent& event = events.emplace_back();
    event.number = ++last_number;
    event.alarm = {i};
    event.from = from;
    event.to = to;
    event.why = cause.why;
    event.time = cause.now.utc;
    if (cause.why == AlarmWhy::Occurred || cause.why == AlarmWhy::Returned) {
        event.source_time = alarm.source_time;
        event.value = alarm.value;
    }
    if (cause.action != nullptr) {
        event.who = cause.action->who;
        event.comment = cause.action->comment;
    }
    event.until = cause.until;
    if (from != to) enter(i, from, to, event);
    return true;
}

void AlarmBoard::word(std::uint32_t watched, const Value& value, Quality quality, UtcTime source_time, Instant now) {
    Impl& impl = *impl_;
    impl.pass_time(now);
    const auto hidden = impl.hidden_in[watched];
    if (!is_unreliable(quality)) // else the machine's state is the last one known
        for (const std::uint32_t i : hidden) {
            const auto is = [&](const std::string& state) { return equals(value, state); };
            impl.live[i].by_state = std::ranges::any_of(impl.declared[i].alarm.suppressed_in, is);
            if (impl.live[i].by_state) impl.update_suppression(i, now);
        }
    for (const std::uint32_t i : impl.judged_by[watched]) impl.evaluate(i, value, quality, source_time);
    for (const std::uint32_t i : hidden) impl.update_suppression(i, now); // ends when all else is judged
}

void AlarmBoard::advance(Instant now) { impl_->pass_time(now); }

Result<void> AlarmBoard::act(const AlarmAction& action, Instant now) {
    Impl& impl = *impl_;
    if (action.alarm.index >= size()) return fail(Errc::NotFound, "there is no such alarm");
    if (action.who.empty()) return fail(Errc::Refused, "who acts on an alarm has a name");
    const bool holds_back = action.what == AlarmDo::Shelve || action.what == AlarmDo::TakeOutOfService;
    if (holds_back && action.comment.empty())
        return fail(Errc::Refused, "to hold back an alarm one says why: " + name(action.alarm));
    const bool shelf = action.what == AlarmDo::Shelve;
    if (shelf && (action.shelve_for.ns <= 0 || action.shelve_for > impl.options.longest_shelf))
        return fail(Errc::Refused, "an alarm cannot be shelved for that long: " + name(action.alarm));
    impl.pass_time(now);
    constexpr std::array kWhy{AlarmWhy::Acknowledged,      AlarmWhy::Shelved,          AlarmWhy::Unshelved,
                              AlarmWhy::TakenOutOfService, AlarmWhy::PutBackInService, AlarmWhy::Reset};
    const AlarmWhy why = kWhy.at(static_cast<std::size_t>(action.what));
    const std::uint32_t i = action.alarm.index;
    const AlarmState before = impl.live[i].core.state();
    const UtcTime until = shelf ? now.utc + action.shelve_for : UtcTime{};
    if (!impl.input(i, {.why = why, .now = now, .action = &action, .until = until}))
        return fail(Errc::Refused,
                    name(action.alarm) + " is " + alarm_state_name(before) + " and cannot be " + alarm_why_name(why));
    if (holds_back) impl.held_back[i] = {action.who, action.comment, now.time + action.shelve_for};
    if (shelf)
        impl.deadlines.set(2 * i + 1, now.time + action.shelve_for);
    else if (!impl.live[i].core.shelved)
        impl.deadlines.cancel(2 * i + 1);
    impl.suppress_dependents(i, now);
    return {};
}

} // namespace pw::twin
