// SPDX-License-Identifier: Apache-2.0
// Machines: the clock that goes while they work, and their PackML states.
#include "base/assert.h"
#include "simulation/engine.h"

#include <algorithm>
#include <utility>

namespace pw::simulation {
namespace {

__extension__ typedef __int128 Int128;

State state_of(const MachineState& machine) { return static_cast<State>(machine.state); }
Reason reason_of(const MachineState& machine) { return static_cast<Reason>(machine.reason); }

} // namespace

SimTime Engine::clock(const MachineState& machine) const {
    if (machine.running == 0) return machine.clock;
    const SimTime elapsed = s_.now - machine.clock_at;
    const std::uint32_t speed = pace(static_cast<std::uint32_t>(&machine - s_.machines.data()));
    if (speed == kNominal) return machine.clock + elapsed;
    return machine.clock + static_cast<SimTime>(Int128{elapsed} * speed / kNominal);
}

// The time at which the clock will have come to `target`, if nothing stops it.
SimTime Engine::when(std::uint32_t m, SimTime target) const {
    const MachineState& machine = s_.machines[m];
    const SimTime left = target - machine.clock;
    const std::uint32_t speed = pace(m);
    Int128 needed = left;
    if (speed != kNominal) needed = (needed * kNominal + speed - 1) / speed;
    const auto at = static_cast<SimTime>(std::min<Int128>(machine.clock_at + needed, kNever - 1));
    return at < s_.now ? s_.now : at;
}

std::uint32_t Engine::pace_for(std::uint32_t m, std::uint32_t product) const {
    const std::uint32_t speed = s_.machines[m].speed;
    const std::vector<std::uint32_t>& speeds = model_->machines[m].product_speed;
    if (product >= speeds.size() || speeds[product] == kNominal) return speed;
    const std::uint64_t both = std::uint64_t{speed} * speeds[product] / kNominal;
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(both, kNominal / 100, kNominal * 10));
}

void Engine::rebase(std::uint32_t m) {
    MachineState& machine = s_.machines[m];
    machine.clock = clock(machine);
    machine.clock_at = s_.now;
}

bool Engine::is_waiting(std::uint32_t m) const {
    const MachineState& machine = s_.machines[m];
    return state_of(machine) == State::Suspended &&
           (reason_of(machine) == Reason::Starved || reason_of(machine) == Reason::Blocked);
}

// Would it take an item to work on now?
bool Engine::willing(std::uint32_t m) const {
    const MachineState& machine = s_.machines[m];
    return machine.mode == static_cast<std::uint8_t>(Mode::Production) && machine.changing_to == kNone &&
           (state_of(machine) == State::Execute || is_waiting(m));
}

void Engine::set_running(std::uint32_t m) {
    MachineState& machine = s_.machines[m];
    const ElementModel& element = model_->elements[model_->machines[m].element];
    const bool stands = machine.exit_full != 0 && !element.accumulating;
    const bool runs =
        state_of(machine) == State::Execute && machine.mode == static_cast<std::uint8_t>(Mode::Production) && !stands;
    if (runs == (machine.running != 0)) return;
    rebase(m);
    machine.running = runs ? 1 : 0;
    if (runs)
        arm_work(m);
    else
        disarm_work(m);
    run_failures(m, runs);
}

void Engine::arm_work(std::uint32_t m) {
    const std::uint32_t e = model_->machines[m].element;
    const ElementModel& element = model_->elements[e];
    if (element.is_belt()) return belt_arm(e);
    if (s_.machines[m].busy == 0) return;
    for (std::uint32_t p = 0; p < element.ports; ++p) {
        const PortState& port = s_.ports[element.first_port + p];
        if (port.phase == Phase::Busy) s_.timers.set(element.timer + p, when(m, port.finish));
    }
}

void Engine::disarm_work(std::uint32_t m) {
    const ElementModel& element = model_->elements[model_->machines[m].element];
    if (element.is_belt()) {
        s_.timers.cancel(element.timer);
        s_.timers.cancel(element.timer + 1);
    } else if (s_.machines[m].busy > 0) {
        for (std::uint32_t p = 0; p < element.ports; ++p) s_.timers.cancel(element.timer + p);
    }
}

void Engine::account(MachineState& machine) {
    const SimTime time = s_.now - machine.state_since;
    machine.in_state[machine.state] += time;
    if (state_of(machine) != State::Execute) machine.by_reason[machine.reason] += time;
    machine.state_since = s_.now;
}

bool Engine::obey(std::uint32_t m, Command command, Reason reason) {
    const std::optional<State> next = state_after(state_of(s_.machines[m]), command);
    if (!next) return false;
    enter(m, *next, reason);
    return true;
}

// Into a state, and on through acting states that take no time.
void Engine::enter(std::uint32_t m, State next, Reason reason) {
    MachineState& machine = s_.machines[m];
    while (true) {
        account(machine);
        if (next == State::Execute) reason = Reason::None;
        record(EventKind::State, model_->machines[m].element, kNone, 0, machine.state, static_cast<std::uint8_t>(next),
               static_cast<std::uint8_t>(reason));
        machine.state = static_cast<std::uint8_t>(next);
        machine.reason = static_cast<std::uint8_t>(reason);
        machine.since = s_.now;
        s_.timers.cancel(model_->machines[m].acting_timer);
        if (next != State::Execute) s_.timers.cancel(model_->machines[m].patience_timer);
        set_running(m);
        const std::optional<State> after = state_when_done(next);
        if (!after) break;
        SimTime time = 0;
        if (!acting_time(m, time)) return;
        if (time > 0) {
            s_.timers.set(model_->machines[m].acting_timer, s_.now + time);
            return;
        }
        if (next == State::Resetting) changeover_done(m);
        next = *after;
    }
    rest(m);
}

// False: how long it lasts is not known before somebody comes.
bool Engine::acting_time(std::uint32_t m, SimTime& time) {
    const MachineState& machine = s_.machines[m];
    const MachineModel& model = model_->machines[m];
    time = model.acting[machine.state];
    if (state_of(machine) != State::Resetting || machine.changing_to == kNone) return true;
    if (model.changeover_pool != kNone && machine.attended == 0) return false;
    const ChangeoverModel* row = changeover_row(m, machine.changing_to);
    if (row != nullptr) time += row->time.draw_ns(s_.streams[model.changeover_stream]);
    return true;
}

void Engine::acting_done(std::uint32_t m) {
    MachineState& machine = s_.machines[m];
    const std::optional<State> next = state_when_done(state_of(machine));
    PW_ASSERT(next.has_value(), "only an acting state has an end");
    if (state_of(machine) == State::Resetting) changeover_done(m);
    enter(m, *next, reason_of(machine));
}

// In a state that waits: does the machine itself know how to go on?
void Engine::rest(std::uint32_t m) {
    MachineState& machine = s_.machines[m];
    const bool repaired = reason_of(machine) == Reason::Failure && machine.failure == kNone && machine.restarts != 0;
    switch (state_of(machine)) {
    case State::Execute:
        machine.automatic = 0;
        if (machine.changing_to != kNone)
            (void)obey(m, Command::Complete, Reason::Changeover);
        else if (!begin_overdue(m))
            touch(model_->machines[m].element);
        return;
    case State::Idle:
        if (machine.automatic != 0 && machine.failure == kNone) (void)obey(m, Command::Start, reason_of(machine));
        return;
    case State::Stopped:
        if (machine.automatic != 0 && machine.failure == kNone) (void)obey(m, Command::Reset, reason_of(machine));
        return;
    case State::Complete:
        if (machine.changing_to == kNone || reason_of(machine) != Reason::Changeover) return;
        if (model_->machines[m].changeover_pool != kNone && machine.attended == 0)
            return request(model_->machines[m].changeover_pool, model_->machines[m].element);
        (void)obey(m, Command::Reset, Reason::Changeover);
        return;
    case State::Suspended: // what it waits for may have come while it was SUSPENDING
        touch(model_->machines[m].element);
        return;
    case State::Held:
        if (repaired) (void)obey(m, Command::Unhold, Reason::Failure);
        return;
    case State::Aborted:
        if (!repaired) return;
        machine.automatic = 1;
        (void)obey(m, Command::Clear, Reason::Failure);
        return;
    default:
        return;
    }
}

void Engine::wake(std::uint32_t m) {
    if (!is_waiting(m) || !willing(m)) return;
    // Whoever wakes it is settling it just now: it need not be touched for having come to EXECUTE.
    std::uint8_t& touched = touched_[model_->machines[m].element];
    const std::uint8_t before = std::exchange(touched, 1);
    (void)obey(m, Command::Unsuspend, Reason::None);
    touched = before;
}

Reason Engine::idle_reason(std::uint32_t m) const {
    const std::uint32_t e = model_->machines[m].element;
    const ElementModel& element = model_->elements[e];
    const MachineState& machine = s_.machines[m];
    if (element.is_belt()) {
        if (machine.exit_full != 0 && !element.accumulating) return Reason::Blocked;
        const bool starved = element.kind == plant::BehaviourKind::Carousel && s_.elements[e].inside.count == 0;
        return starved ? Reason::Starved : Reason::None;
    }
    if (machine.busy > 0) return Reason::None;
    for (std::uint32_t p = element.first_port; p < element.first_port + element.ports; ++p)
        if (s_.ports[p].phase == Phase::Ready) return Reason::Blocked;
    return Reason::Starved;
}

void Engine::watch_flow(std::uint32_t m) {
    MachineState& machine = s_.machines[m];
    const std::uint32_t timer = model_->machines[m].patience_timer;
    const bool executes = state_of(machine) == State::Execute;
    if (machine.mode != static_cast<std::uint8_t>(Mode::Production) || (!executes && !is_waiting(m))) return;
    const Reason reason = idle_reason(m);
    if (reason == Reason::None) {
        s_.timers.cancel(timer);
        // A station wakes when it can start; a belt when it can move.
        if (!executes && !model_->elements[model_->machines[m].element].is_station()) wake(m);
    } else if (executes) {
        const SimTime patience = model_->machines[m].patience;
        if (patience == 0)
            (void)obey(m, Command::Suspend, reason);
        else if (!s_.timers.is_set(timer))
            s_.timers.set(timer, s_.now + patience);
    } else if (reason != reason_of(machine)) {
        account(machine);
        machine.reason = static_cast<std::uint8_t>(reason);
        record(EventKind::State, model_->machines[m].element, kNone, 0, machine.state, machine.state, machine.reason);
    }
}

void Engine::patience_over(std::uint32_t m) {
    const Reason reason = idle_reason(m);
    if (state_of(s_.machines[m]) == State::Execute && reason != Reason::None) (void)obey(m, Command::Suspend, reason);
}

Result<void> Engine::command(std::uint32_t m, Command command) {
    MachineState& machine = s_.machines[m];
    const std::string name(command_name(command));
    if (machine.failure != kNone &&
        (command == Command::Unhold || command == Command::Clear || command == Command::Start))
        return fail(Errc::Refused, name + ": the failure is not repaired yet");
    if (!state_after(state_of(machine), command))
        return fail(Errc::Refused, name + " is not accepted in " + std::string(state_name(state_of(machine))));
    machine.automatic = 0; // whoever commands has taken over
    if (command == Command::Stop || command == Command::Abort) machine.restarts = 0;
    (void)obey(m, command, Reason::Commanded);
    settle_all();
    return {};
}

Result<void> Engine::set_mode(std::uint32_t m, Mode mode) {
    MachineState& machine = s_.machines[m];
    const State state = state_of(machine);
    if (state != State::Stopped && state != State::Idle && state != State::Aborted)
        return fail(Errc::Refused, "the mode cannot be changed in " + std::string(state_name(state)));
    const std::uint8_t before = machine.mode;
    machine.mode = static_cast<std::uint8_t>(mode);
    record(EventKind::Mode, model_->machines[m].element, kNone, 0, before, machine.mode);
    set_running(m);
    touch(model_->machines[m].element);
    settle_all();
    return {};
}

Result<void> Engine::set_speed(std::uint32_t m, double factor) {
    if (!(factor >= 0.01 && factor <= 10.0))
        return fail(Errc::Refused, "a speed must be between 0.01 and 10 of the nominal one");
    MachineState& machine = s_.machines[m];
    rebase(m);
    machine.speed = static_cast<std::uint32_t>(factor * kNominal + 0.5);
    if (machine.running != 0) arm_work(m);
    record(EventKind::Speed, model_->machines[m].element, kNone, machine.speed);
    return {};
}

} // namespace pw::simulation
