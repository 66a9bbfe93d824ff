// SPDX-License-Identifier: Apache-2.0
// What sources, stations, belts, transports and sinks do with items.
#include "simulation/engine.h"

#include <algorithm>

namespace pw::simulation {

using plant::BehaviourKind;

void Engine::source_next(std::uint32_t e) {
    const ElementModel& element = model_->elements[e];
    if (element.limit != kNone && s_.elements[e].made >= element.limit) return;
    s_.timers.set(element.timer, s_.now + element.service.draw_ns(s_.streams[element.service_stream]));
}

void Engine::source_arrival(std::uint32_t e) {
    const ElementModel& element = model_->elements[e];
    PortState& port = s_.ports[element.first_port];
    for (std::uint32_t i = 0; i < element.batch; ++i) {
        if (element.limit != kNone && s_.elements[e].made >= element.limit) break;
        if (element.limit != kNone) ++s_.elements[e].made;
        append(port.out, make_item(e, element.type, source_product(e)));
    }
    push_out(element.first_port);
    if (!element.loses || port.out.count == 0) return;
    stop_waiting(element.first_port);
    port.chosen = kNone;
    while (port.out.count > 0) {
        const std::uint32_t item = take_first(port.out);
        record(EventKind::Lost, e, item);
        ++s_.lost;
        ++s_.types[s_.items[item].type].lost;
        s_.elements[e].inside.leave(s_.now);
        drop_item(item);
    }
    source_next(e);
}

// Each source goes through the schedule for itself.
std::uint16_t Engine::source_product(std::uint32_t e) {
    if (model_->schedule_products.empty()) return kNoProduct;
    ElementState& state = s_.elements[e];
    const std::uint32_t product = model_->schedule_products[state.schedule_at];
    if (++state.schedule_made >= model_->schedule_counts[state.schedule_at]) {
        state.schedule_made = 0;
        state.schedule_at = state.schedule_at + 1 == model_->schedule_products.size() ? 0 : state.schedule_at + 1;
    }
    return static_cast<std::uint16_t>(product);
}

std::uint32_t Engine::input_of(const ElementModel& element, std::uint16_t type) const {
    std::uint32_t i = element.first_input;
    if (element.inputs > 1)
        while (model_->inputs[i].type != type && i + 1 < element.first_input + element.inputs) ++i;
    return i;
}

void Engine::waited(ElementState& state, const Item& item) {
    const SimTime wait = s_.now - item.mark;
    state.queue.leave(s_.now);
    state.waited.add(wait);
    state.longest_wait = std::max(state.longest_wait, wait);
    ++state.waits;
}

bool Engine::station_ready(const ElementModel& element) const {
    for (std::uint32_t i = element.first_input; i < element.first_input + element.inputs; ++i)
        if (s_.inputs[i].count < model_->inputs[i].need) return false;
    for (std::uint32_t p = element.first_port; p < element.first_port + element.ports; ++p)
        if (s_.ports[p].phase == Phase::Idle) return true;
    return false;
}

void Engine::station_settle(std::uint32_t e) {
    const ElementModel& element = model_->elements[e];
    const MachineState& machine = s_.machines[element.machine];
    do {
        while (station_ready(element)) {
            const std::uint16_t product = s_.items[s_.inputs[element.first_input].head].product;
            if (!can_turn(element.machine, product)) break;
            wake(element.machine);
            if (machine.running == 0 || !ready_for(element.machine, product)) break;
            station_start(e);
        }
    } while (admit(e));
    watch_flow(element.machine);
}

void Engine::station_start(std::uint32_t e) {
    const ElementModel& element = model_->elements[e];
    MachineState& machine = s_.machines[element.machine];
    std::uint32_t p = element.first_port;
    while (s_.ports[p].phase != Phase::Idle) ++p;
    PortState& port = s_.ports[p];
    for (std::uint32_t i = element.first_input; i < element.first_input + element.inputs; ++i) {
        for (std::uint32_t n = 0; n < model_->inputs[i].need; ++n) {
            const std::uint32_t item = take_first(s_.inputs[i]);
            waited(s_.elements[e], s_.items[item]);
            append(port.out, item);
        }
    }
    port.phase = Phase::Busy;
    ++machine.busy;
    machine.busy_level.enter(s_.now);
    begun_[p] = clock(machine);
    port.finish = begun_[p] + element.service.draw_ns(s_.streams[element.service_stream]);
    s_.timers.set(element.timer + (p - element.first_port), when(element.machine, port.finish));
    record(EventKind::ServiceBegin, e, port.out.head, p - element.first_port);
}

void Engine::station_done(std::uint32_t p) {
    const std::uint32_t e = model_->ports[p].element;
    const ElementModel& element = model_->elements[e];
    MachineState& machine = s_.machines[element.machine];
    PortState& port = s_.ports[p];
    port.phase = Phase::Ready;
    --machine.busy;
    machine.busy_level.leave(s_.now);
    record(EventKind::ServiceEnd, e, port.out.head, p - element.first_port);
    if (element.outputs > 0) station_outputs(e, port.out);
    machine.produced += element.outputs > 0 ? model_->outputs[element.first_output].count : port.out.count;
    if (element.spoils > 0.0 || element.inspects)
        for (std::uint32_t item = port.out.head; item != kNone; item = s_.items[item].next) judge(e, item);
    push_out(p);
    touch(e);
    count_cycle(element.machine);
}

// The first item that went in becomes the first that comes out, with its age; what else went in is used up.
void Engine::station_outputs(std::uint32_t e, List& out) {
    const ElementModel& element = model_->elements[e];
    const std::uint32_t first = take_first(out);
    while (out.count > 0) {
        const std::uint32_t item = take_first(out);
        if ((s_.items[item].flags & kBad) != 0) s_.items[first].flags |= kBad;
        record(EventKind::ItemUsed, e, item);
        ++s_.types[s_.items[item].type].used;
        s_.elements[e].inside.leave(s_.now);
        drop_item(item);
    }
    append(out, first);
    turn_item(e, first, model_->outputs[element.first_output].type);
    for (std::uint32_t o = element.first_output; o < element.first_output + element.outputs; ++o) {
        for (std::uint32_t n = o == element.first_output ? 1 : 0; n < model_->outputs[o].count; ++n) {
            const std::uint32_t item = make_item(e, model_->outputs[o].type, s_.items[first].product);
            s_.items[item].flags = s_.items[first].flags;
            append(out, item);
        }
    }
}

// Is it spoilt here, and does an inspection find it bad?
void Engine::judge(std::uint32_t e, std::uint32_t index) {
    const ElementModel& element = model_->elements[e];
    MachineState& machine = s_.machines[element.machine];
    Stream& luck = s_.streams[element.quality_stream];
    Item& item = s_.items[index];
    if (element.spoils > 0.0 && luck.uniform() < element.spoils) {
        item.flags |= kBad;
        ++machine.bad;
        record(EventKind::ItemTurned, e, index, 0, /* found bad= */ 1);
    }
    if (!element.inspects) return;
    const bool rejected = luck.uniform() < ((item.flags & kBad) != 0 ? element.finds : element.false_alarms);
    item.flags = static_cast<std::uint8_t>(rejected ? item.flags | kRejected : item.flags & ~kRejected);
    if (!rejected) return;
    ++machine.rejected;
    record(EventKind::Reject, e, index);
}

// The first item of a belt has come to its end.
void Engine::belt_exit(std::uint32_t e) {
    const ElementModel& element = model_->elements[e];
    MachineState& machine = s_.machines[element.machine];
    const std::uint32_t item = take_first(s_.elements[e].lane);
    if (element.outputs > 0) turn_item(e, item, model_->outputs[element.first_output].type);
    if (element.spoils > 0.0 || element.inspects) judge(e, item);
    ++machine.produced;
    append(s_.ports[element.first_port].out, item);
    push_out(element.first_port);
    if (s_.ports[element.first_port].out.count > 0) {
        machine.exit_full = 1;
        set_running(element.machine);
    }
    touch(e);
    count_cycle(element.machine);
}

// With the clock of the belt: an item that came on at `mark` reaches the end at mark + transit, but not before there
// is a gap behind the one that left last. That is exact for items that queue and move on together, whatever happened in
// between: each is where it would be alone, or right behind the one in front of it.
void Engine::belt_arm(std::uint32_t e) {
    const ElementModel& element = model_->elements[e];
    const ElementState& state = s_.elements[e];
    const MachineState& machine = s_.machines[element.machine];
    const bool runs = machine.running != 0;
    const std::uint32_t exit = element.timer, entry = element.timer + 1;
    if (runs && state.lane.count > 0 && s_.ports[element.first_port].out.count == 0) {
        const SimTime at = std::max(s_.items[state.lane.head].mark + element.transit, state.last_exit + element.gap);
        s_.timers.set(exit, when(element.machine, at));
    } else {
        s_.timers.cancel(exit);
    }
    const SimTime clear = state.last_entry + element.gap;
    if (runs && state.waiters.count > 0 && state.inside.count < element.capacity && clear > clock(machine))
        s_.timers.set(entry, when(element.machine, clear));
    else
        s_.timers.cancel(entry);
}

void Engine::belt_settle(std::uint32_t e) {
    const ElementModel& element = model_->elements[e];
    ElementState& state = s_.elements[e];
    if (element.kind == BehaviourKind::Carousel && state.inside.count == 0 && state.waiters.count > 0) {
        const std::uint32_t port = model_->nodes[state.waiters.head].port;
        wake(element.machine);
        (void)ready_for(element.machine, s_.items[s_.ports[port].out.head].product);
    }
    while (admit(e)) {}
    belt_arm(e);
    watch_flow(element.machine);
}

void Engine::transport_settle(std::uint32_t e) {
    const ElementModel& element = model_->elements[e];
    ElementState& state = s_.elements[e];
    while (admit(e)) {}
    while (state.requested == 0 &&
           std::uint64_t{state.lane.count} >= std::uint64_t{element.lot} * (state.on_the_way + 1ull))
        request(element.pool, e);
}

void Engine::sink_item(std::uint32_t e, std::uint32_t index) {
    const Item& item = s_.items[index];
    TypeState& type = s_.types[item.type];
    const SimTime age = s_.now - item.made;
    ++type.gone;
    ++type.sojourns;
    type.sojourn.add(age);
    record(EventKind::ItemGone, e, index, age);
    s_.elements[e].inside.leave(s_.now);
    drop_item(index);
}

// An item has left a port: what that means to its element.
void Engine::left(std::uint32_t p, std::uint32_t item) {
    const std::uint32_t e = model_->ports[p].element;
    const ElementModel& element = model_->elements[e];
    ElementState& state = s_.elements[e];
    if (element.is_belt()) {
        MachineState& machine = s_.machines[element.machine];
        state.last_exit = clock(machine);
        machine.exit_full = 0;
        set_running(element.machine);
        belt_arm(e);
        touch(e);
    } else if (element.kind == BehaviourKind::Buffer) {
        waited(state, s_.items[item]);
        touch(e);
    }
}

void Engine::emptied(std::uint32_t p) {
    const std::uint32_t e = model_->ports[p].element;
    switch (model_->elements[e].kind) {
    case BehaviourKind::Source:
        return source_next(e);
    case BehaviourKind::Station:
        s_.ports[p].phase = Phase::Idle;
        return touch(e);
    case BehaviourKind::Transport:
        return release(model_->ports[p].unit);
    case BehaviourKind::Carousel:
    case BehaviourKind::Conveyor:
    case BehaviourKind::Buffer:
    case BehaviourKind::Sink:
    case BehaviourKind::None:
        return;
    }
}

} // namespace pw::simulation
