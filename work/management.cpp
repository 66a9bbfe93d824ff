// SPDX-License-Identifier: Apache-2.0
#include "work/management.h"

#include "base/assert.h"
#include "work/figures_json.h"

#include <algorithm>
#include <utility>

namespace pw::work {

namespace {

constexpr Duration kFiguresEvery = from_ms(1000); // numbers that people read; alarms come sooner
constexpr Duration kAlarmsEvery = from_ms(50);
constexpr Duration kKeptEvery = from_ms(500);
constexpr Duration kClockSet = from_ms(1000); // further from the steady clock than it was

} // namespace

bool is_judged(const plant::Equipment& equipment) {
    return std::ranges::contains(equipment.tags, plant::TagRole::Produced, &plant::Tag::role);
}

Management::Management(const plant::Plant& plant, const twin::Bindings& bindings, Tell tell)
    : plant_(plant), alarms_(twin::AlarmBoard::make(plant, bindings)), kpis_(twin::KpiBoard::make(plant, bindings)),
      doings_(DoingBoard::make(plant, bindings)), tell_(std::move(tell)) {
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) {
        if (plant.equipment[e].level == plant::Level::Line) lines_.push_back(e);
        if (is_judged(plant.equipment[e])) judged_.push_back(e);
    }
}

void Management::word(const twin::Heard& heard, twin::Instant now) {
    if (heard.word == twin::Word::Historical) return;
    for (const std::uint32_t watched : heard.watched) {
        alarms_.word(watched, heard.value, heard.quality, heard.source_time, now);
        kpis_.word(watched, heard.value, heard.quality, now);
        doings_.word(watched, heard.value, heard.quality, now.time);
    }
}

Result<void> Management::restore_alarms(std::string_view saved, twin::Instant now, Reports& problems) {
    auto restored = alarms_.restore(saved, now, problems);
    unkept_ = restored.has_value(); // what is left of the shelves, from now on
    last_kept_ = now;
    return restored;
}

// What is kept says what is left of the shelves, and when that was.
bool Management::clock_was_set(twin::Instant now) const {
    const Duration by = (now.utc - last_kept_.utc) - (now.time - last_kept_.time);
    return last_kept_.utc.known() && (by > kClockSet || by < Duration{} - kClockSet);
}

void Management::tick(twin::Instant now) {
    bool acted = false;
    while (auto action = actions_.pop()) {
        acted = true;
        auto done = alarms_.act(*action, now);
        const bool kept = outcomes_.push({std::move(*action), std::move(done)});
        PW_ASSERT(kept, "there is a place for the outcome of every open action");
    }
    alarms_.advance(now);
    changed_ = changed_ || !alarms_.events().empty();
    if (tell_) {
        for (const twin::AlarmEvent& event : alarms_.events()) tell_("alarms", twin::event_json(alarms_, event), now);
    }
    unkept_ = unkept_ || !alarms_.events().empty() || clock_was_set(now);
    alarms_.clear_events();
    if (keep_ && unkept_ && (acted || now.time - last_kept_.time >= kKeptEvery)) {
        unkept_ = false;
        last_kept_ = now;
        keep_(alarms_.save(now));
    }
    const bool figures = now.time - last_figures_ >= kFiguresEvery;
    if (figures) count_figures(now);
    if (figures || (changed_ && now.time - last_post_ >= kAlarmsEvery)) post(now, figures);
}

void Management::count_figures(twin::Instant now) {
    last_figures_ = now.time;
    kpis_.advance(now);
    doings_.advance(now.time);
    figures_.assign(plant_.equipment.size(), {});
    for (const std::uint32_t e : judged_) {
        for (std::size_t k = 0; k < twin::kKpis; ++k) {
            const auto number = kpis_.number(e, static_cast<twin::Kpi>(k), twin::KpiWindow::Hour);
            if (number) figures_[e].kpis.at(k) = static_cast<float>(*number);
            figures_[e].uncertain.at(k) = kpis_.uncertain(e, static_cast<twin::Kpi>(k), twin::KpiWindow::Hour);
        }
    }
    for (std::size_t m = 0; m < doings_.equipment().size(); ++m) {
        MachineFigures& machine = figures_[doings_.equipment()[m]];
        machine.has_state = true;
        machine.doing = doings_.doing(m);
        machine.shares = doings_.hour(m);
    }
    for (const std::uint32_t line : lines_) {
        if (const auto found = doings_.bottleneck(plant_, line); found != plant::kNoEquipment)
            figures_[found].bottleneck = true;
    }
    for (std::uint32_t a = 0; a < alarms_.size(); ++a)
        figures_[alarms_.equipment({a})].alarms_an_hour += alarms_.view({a}).last_hour;
    count_details();
}

void Management::count_details() {
    const auto detail_of = [this](std::uint32_t equipment) {
        KpiDetail out{equipment, {}};
        for (std::size_t k = 0; k < twin::kKpis; ++k)
            out.hour.at(k) = kpis_.value(equipment, static_cast<twin::Kpi>(k), twin::KpiWindow::Hour);
        return out;
    };
    const std::uint32_t asked = asked_.load(std::memory_order_relaxed);
    detail_ = std::ranges::binary_search(judged_, asked) ? detail_of(asked) : KpiDetail{};
    details_.clear();
    if (!tell_) return;
    for (const std::uint32_t equipment : judged_) details_.push_back(detail_of(equipment));
}

void Management::post(twin::Instant now, bool tell) {
    last_post_ = now.time;
    changed_ = false;
    ManagementSnapshot& draft = mailbox_.draft();
    draft.time = now.utc;
    draft.machines = figures_;
    const auto list = alarms_.list();
    draft.alarms.assign(list.begin(), list.end());
    for (const twin::AlarmRow& row : list) { // the most urgent come first
        MachineFigures& machine = draft.machines[alarms_.equipment(row.alarm)];
        if (machine.alarms_listed++ == 0) machine.alarm = row;
    }
    draft.counts = alarms_.counts();
    list_held_back(draft.held_back);
    draft.metrics = alarms_.metrics();
    draft.detail = detail_;
    if (tell && tell_) tell_(kFiguresTopic, to_json(plant_, alarms_, draft, details_), now);
    mailbox_.post();
}

void Management::list_held_back(std::vector<HeldBackAlarm>& out) const {
    using twin::AlarmState;
    out.clear();
    const twin::AlarmCounts counts = alarms_.counts();
    for (const AlarmState state : {AlarmState::Shelved, AlarmState::OutOfService, AlarmState::Suppressed}) {
        if (std::ranges::none_of(counts.of, [&](const auto& of) { return of.at(static_cast<std::size_t>(state)) > 0; }))
            continue;
        for (const twin::AlarmId alarm : alarms_.in_state(state)) {
            if (out.size() == kHeldBackRows) return;
            const twin::AlarmView view = alarms_.view(alarm);
            HeldBackAlarm& row = out.emplace_back(HeldBackAlarm{.alarm = alarm, .state = state});
            row.condition = view.condition;
            row.who = view.who;
            row.comment = view.comment;
            row.until = view.shelved_until;
            const std::string& other = alarms_.declared(alarm).suppressed_by;
            if (state != AlarmState::Suppressed || other.empty()) continue;
            const twin::AlarmView by = alarms_.view(alarms_.find(other));
            if (by.condition && by.state != AlarmState::OutOfService) row.because = other;
        }
    }
}

Result<void> Management::act(twin::AlarmAction action) {
    if (open_actions_ == kOpenActions || !actions_.push(std::move(action)))
        return fail(Errc::Exhausted, "too many actions on alarms are on their way");
    ++open_actions_;
    return {};
}

std::optional<AlarmOutcome> Management::next_outcome() {
    auto outcome = outcomes_.pop();
    if (outcome) --open_actions_;
    return outcome;
}

void Management::ask_detail(std::uint32_t equipment) { asked_.store(equipment, std::memory_order_relaxed); }

} // namespace pw::work
