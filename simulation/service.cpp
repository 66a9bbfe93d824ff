// SPDX-License-Identifier: Apache-2.0
// What keeps a machine from producing: changeovers, failures and their repair.
#include "simulation/engine.h"

#include <algorithm>

namespace pw::simulation {

using plant::FailureClock;

const ChangeoverModel* Engine::changeover_row(std::uint32_t m, std::uint32_t product) const {
    const MachineModel& model = model_->machines[m];
    const std::uint32_t from = s_.machines[m].product;
    for (std::uint32_t i = model.first_changeover; i < model.first_changeover + model.changeovers; ++i) {
        const ChangeoverModel& row = model_->changeovers[i];
        if ((row.from == kNone || row.from == from) && (row.to == kNone || row.to == product)) return &row;
    }
    return nullptr;
}

// It goes on with this product as if nothing had changed.
bool Engine::turns_freely(std::uint32_t m, std::uint32_t product) const {
    if (s_.machines[m].product == product) return true;
    return pace_for(m, product) == pace(m) && changeover_row(m, product) == nullptr;
}

bool Engine::is_empty(std::uint32_t m) const {
    const ElementModel& element = model_->elements[model_->machines[m].element];
    for (std::uint32_t p = element.first_port; p < element.first_port + element.ports; ++p)
        if (s_.ports[p].out.count > 0) return false;
    return true;
}

// Could it begin with an item of this product, if need be after a changeover that can begin now?
bool Engine::can_turn(std::uint32_t m, std::uint16_t product) const {
    const MachineState& machine = s_.machines[m];
    return machine.product == product || machine.product == kNone || turns_freely(m, product) || is_empty(m);
}

// May it begin with an item of this product? Changes over when it is empty and has to.
bool Engine::ready_for(std::uint32_t m, std::uint16_t product) {
    MachineState& machine = s_.machines[m];
    if (machine.product == product) return true;
    const bool empty = is_empty(m);
    const bool first = machine.product == kNone;
    if (first || turns_freely(m, product) || (empty && changeover_row(m, product) == nullptr)) {
        rebase(m);
        machine.product = product;
        return true;
    }
    if (!empty || machine.changing_to != kNone) return false;
    machine.changing_to = product;
    machine.automatic = 1;
    Event event{.time = s_.now, .kind = EventKind::ChangeoverBegin, .type = product};
    event.equipment = model_->elements[model_->machines[m].element].equipment;
    write(event);
    if (machine.state == static_cast<std::uint8_t>(State::Execute))
        (void)obey(m, Command::Complete, Reason::Changeover);
    return false; // else it is on its way to EXECUTE, and rest() goes on
}

void Engine::changeover_done(std::uint32_t m) {
    MachineState& machine = s_.machines[m];
    if (machine.changing_to == kNone) return;
    machine.product = machine.changing_to;
    machine.changing_to = kNone;
    machine.automatic = 1;
    ++machine.changeovers;
    const std::uint32_t e = model_->machines[m].element;
    Event event{.time = s_.now, .kind = EventKind::ChangeoverEnd, .type = static_cast<std::uint16_t>(machine.product)};
    event.equipment = model_->elements[e].equipment;
    write(event);
    if (machine.attended != 0) release_from(model_->machines[m].changeover_pool, e);
}

void Engine::arm_failure(std::uint32_t f) {
    const FailureModel& failure = model_->failures[f];
    FailureState& state = s_.failures[f];
    Stream& luck = s_.streams[failure.stream];
    state.overdue = 0;
    if (failure.clock == FailureClock::Cycles) {
        state.left = std::max<std::int64_t>(1, static_cast<std::int64_t>(failure.every.draw(luck) + 0.5));
        return;
    }
    state.left = failure.every.draw_ns(luck);
    const std::uint32_t m = model_->failure_machine[f];
    if (failure.clock == FailureClock::Operating && s_.machines[m].running == 0) return;
    state.going = 1;
    state.since = s_.now;
    s_.timers.set(failure.timer, s_.now + state.left);
}

// Failures that count operating time stand still with the machine.
void Engine::run_failures(std::uint32_t m, bool run) {
    const MachineModel& model = model_->machines[m];
    for (std::uint32_t f = model.first_failure; f < model.first_failure + model.failures; ++f) {
        const FailureModel& failure = model_->failures[f];
        FailureState& state = s_.failures[f];
        if (failure.clock != FailureClock::Operating || state.left < 0 || run == (state.going != 0)) continue;
        state.going = run ? 1 : 0;
        if (run) {
            state.since = s_.now;
            s_.timers.set(failure.timer, s_.now + state.left);
        } else {
            state.left -= s_.now - state.since;
            s_.timers.cancel(failure.timer);
        }
    }
}

void Engine::count_cycle(std::uint32_t m) {
    const MachineModel& model = model_->machines[m];
    ++s_.machines[m].cycles;
    ++s_.machines[m].all_cycles;
    for (std::uint32_t f = model.first_failure; f < model.first_failure + model.failures; ++f) {
        if (model_->failures[f].clock != FailureClock::Cycles) continue;
        FailureState& state = s_.failures[f];
        if (state.left > 0 && --state.left == 0) failure_due(f);
    }
}

void Engine::failure_due(std::uint32_t f) {
    FailureState& state = s_.failures[f];
    const MachineState& machine = s_.machines[model_->failure_machine[f]];
    state.left = -1;
    state.going = 0;
    const bool now = machine.failure == kNone && (machine.state == static_cast<std::uint8_t>(State::Execute) ||
                                                  machine.state == static_cast<std::uint8_t>(State::Suspended));
    if (now && machine.changing_to == kNone)
        begin_failure(f);
    else
        state.overdue = 1; // when it executes again
}

bool Engine::begin_overdue(std::uint32_t m) {
    const MachineModel& model = model_->machines[m];
    if (s_.machines[m].failure != kNone) return false;
    for (std::uint32_t f = model.first_failure; f < model.first_failure + model.failures; ++f) {
        if (s_.failures[f].overdue == 0) continue;
        begin_failure(f);
        return true;
    }
    return false;
}

void Engine::begin_failure(std::uint32_t f) {
    const std::uint32_t m = model_->failure_machine[f];
    const FailureModel& failure = model_->failures[f];
    MachineState& machine = s_.machines[m];
    const std::uint32_t e = model_->machines[m].element;
    s_.timers.cancel(failure.timer);
    s_.failures[f] = {.left = -1};
    machine.failure = f - model_->machines[m].first_failure;
    machine.restarts = failure.restarts ? 1 : 0;
    ++machine.failures;
    record(EventKind::FailureBegin, e, kNone, 0, static_cast<std::uint8_t>(machine.failure));
    (void)obey(m, failure.major ? Command::Abort : Command::Hold, Reason::Failure);
    if (failure.pool != kNone)
        request(failure.pool, e);
    else
        attend(m);
}

// The repair, or the changeover, begins now that whoever is needed is there.
void Engine::attend(std::uint32_t m) {
    MachineState& machine = s_.machines[m];
    const MachineModel& model = model_->machines[m];
    if (machine.failure != kNone) {
        const FailureModel& failure = model_->failures[model.first_failure + machine.failure];
        const SimTime time = failure.repair.draw_ns(s_.streams[failure.stream + 1]);
        s_.timers.set(model.work_timer, s_.now + time);
        machine.attended = failure.pool != kNone ? 1 : 0;
        return;
    }
    machine.attended = 1;
    if (machine.state == static_cast<std::uint8_t>(State::Complete)) {
        (void)obey(m, Command::Reset, Reason::Changeover);
    } else if (machine.state == static_cast<std::uint8_t>(State::Resetting)) {
        SimTime time = 0;
        (void)acting_time(m, time);
        s_.timers.set(model.acting_timer, s_.now + time);
    }
}

void Engine::work_done(std::uint32_t m) {
    MachineState& machine = s_.machines[m];
    const MachineModel& model = model_->machines[m];
    const std::uint32_t f = model.first_failure + machine.failure;
    record(EventKind::FailureEnd, model.element, kNone, 0, static_cast<std::uint8_t>(machine.failure));
    machine.failure = kNone;
    if (machine.attended != 0) release_from(model_->failures[f].pool, model.element);
    arm_failure(f);
    rest(m);
}

Result<void> Engine::provoke(std::uint32_t m, std::size_t failure) {
    const MachineModel& model = model_->machines[m];
    const MachineState& machine = s_.machines[m];
    if (failure >= model.failures) return fail(Errc::NotFound, "this equipment has no such failure");
    const bool works = machine.state == static_cast<std::uint8_t>(State::Execute) ||
                       machine.state == static_cast<std::uint8_t>(State::Suspended);
    if (!works || machine.failure != kNone || machine.changing_to != kNone)
        return fail(Errc::Refused, "a machine can fail only while it executes or is suspended");
    begin_failure(model.first_failure + static_cast<std::uint32_t>(failure));
    settle_all();
    return {};
}

} // namespace pw::simulation
