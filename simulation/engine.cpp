// SPDX-License-Identifier: Apache-2.0
#include "simulation/engine.h"

#include "base/assert.h"

#include <cstddef>
#include <utility>

namespace pw::simulation {

using plant::BehaviourKind;

Engine::Engine(std::shared_ptr<const Model> model, const RunOptions& options) : model_(std::move(model)) {
    restart(options);
}

void Engine::restart(const RunOptions& options) {
    const Model& m = *model_;
    options_ = options;
    events_.clear();
    agenda_.assign(m.elements.size(), 0);
    touched_.assign(m.elements.size(), 0);
    begun_.assign(m.ports.size(), 0);
    agenda_first_ = agenda_count_ = 0;
    steps_ = 0;
    full_ = false;

    std::vector<Item> items = std::move(s_.items);
    items.clear();
    s_ = RunState{};
    s_.items = std::move(items);
    s_.elements.resize(m.elements.size());
    s_.inputs.resize(m.inputs.size());
    s_.ports.resize(m.ports.size());
    s_.nodes.resize(m.nodes.size());
    s_.machines.resize(m.machines.size());
    s_.failures.resize(m.failures.size());
    s_.units.resize(m.units.size());
    s_.pools.resize(m.pools.size());
    s_.types.resize(m.types);
    s_.entered_by_type.assign(m.elements.size() * m.types, 0);
    s_.left_by_type.assign(m.elements.size() * m.types, 0);
    for (const StreamModel& stream : m.streams)
        s_.streams.push_back(make_stream(options.seed, options.replication, stream.id, stream.purpose));
    s_.timers.init(m.timers.size());
    begin();
}

void Engine::begin() {
    const Model& m = *model_;
    for (std::uint32_t u = 0; u < m.units.size(); ++u) {
        UnitState& unit = s_.units[u];
        unit.at = unit.hop = unit.goal = m.pools[m.units[u].pool].home;
    }
    for (std::uint32_t e = 0; e < m.elements.size(); ++e) {
        // Nothing was on the belt before, so nothing is in the way.
        s_.elements[e].last_exit = s_.elements[e].last_entry = -m.elements[e].gap;
        if (m.elements[e].kind == BehaviourKind::Source) source_next(e);
    }
    for (std::uint32_t f = 0; f < m.failures.size(); ++f) arm_failure(f);
    for (std::uint32_t i = 0; i < m.machines.size(); ++i) {
        if (!m.machines[i].starts) continue;
        s_.machines[i].automatic = 1;
        rest(i);
    }
    settle_all();
}

Result<void> Engine::advance_to(SimTime time) {
    while (s_.timers.next_time() <= time) {
        const SimTime next = s_.timers.next_time();
        if (next != s_.now) {
            s_.now = next;
            steps_ = 0;
        }
        const std::uint32_t timer = s_.timers.next_timer();
        s_.timers.pop();
        ++s_.handled;
        ++steps_;
        fire(timer);
        settle_all();
        if (full_) return fail(Errc::Exhausted, "more than " + std::to_string(kMaxItems) + " items are in the plant");
        if (steps_ > kMaxSteps)
            return fail(Errc::Exhausted, "time stands still: items go round in no time, or come without end");
    }
    if (time > s_.now) s_.now = time;
    return {};
}

void Engine::fire(std::uint32_t timer) {
    const TimerModel& t = model_->timers[timer];
    switch (t.kind) {
    case TimerKind::Arrival:
        return source_arrival(t.index);
    case TimerKind::Service:
        return station_done(t.index);
    case TimerKind::Exit:
        return belt_exit(t.index);
    case TimerKind::Entry:
        return touch(t.index);
    case TimerKind::Acting:
        return acting_done(t.index);
    case TimerKind::Patience:
        return patience_over(t.index);
    case TimerKind::Work:
        return work_done(t.index);
    case TimerKind::Failure:
        return failure_due(t.index);
    case TimerKind::Unit:
        return unit_timer(t.index);
    }
}

void Engine::touch(std::uint32_t element) {
    if (touched_[element] != 0) return;
    touched_[element] = 1;
    std::size_t at = agenda_first_ + agenda_count_++;
    if (at >= agenda_.size()) at -= agenda_.size();
    agenda_[at] = element;
}

void Engine::settle_all() {
    while (agenda_count_ > 0) {
        const std::uint32_t element = agenda_[agenda_first_];
        if (++agenda_first_ == agenda_.size()) agenda_first_ = 0;
        --agenda_count_;
        touched_[element] = 0;
        if (++steps_ <= kMaxSteps && !full_) settle(element);
    }
}

void Engine::settle(std::uint32_t e) {
    const ElementModel& element = model_->elements[e];
    switch (element.kind) {
    case BehaviourKind::Station:
        return station_settle(e);
    case BehaviourKind::Carousel:
    case BehaviourKind::Conveyor:
        return belt_settle(e);
    case BehaviourKind::Buffer: {
        push_out(element.first_port);
        while (admit(e)) push_out(element.first_port);
        return;
    }
    case BehaviourKind::Transport:
        return transport_settle(e);
    case BehaviourKind::Source:
    case BehaviourKind::Sink:
    case BehaviourKind::None:
        return;
    }
}

void Engine::write(EventKind kind, std::uint32_t element, std::uint32_t item, std::int64_t value,
                   std::array<std::uint8_t, 3> more) {
    Event event{.time = s_.now, .value = value, .equipment = model_->elements[element].equipment, .kind = kind};
    event.a = more[0];
    event.b = more[1];
    event.c = more[2];
    if (item != kNone) {
        event.item = s_.items[item].serial;
        event.type = s_.items[item].type;
    }
    events_.push_back(event);
}

void Engine::write(const Event& event) {
    if (options_.record_events) events_.push_back(event);
}

} // namespace pw::simulation
