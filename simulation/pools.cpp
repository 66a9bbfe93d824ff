// SPDX-License-Identifier: Apache-2.0
// Operators and vehicles: who is called, how they get there along the floor's paths, and home again.
#include "base/assert.h"
#include "simulation/engine.h"

namespace pw::simulation {

// An element stands in its pool's queue at most once.
void Engine::request(std::uint32_t pool, std::uint32_t e) {
    ElementState& state = s_.elements[e];
    if (state.requested != 0) return;
    state.requested = 1;
    state.next_request = kNone;
    List& requests = s_.pools[pool].requests;
    (requests.count++ == 0 ? requests.head : s_.elements[requests.tail].next_request) = e;
    requests.tail = e;
    dispatch(pool);
}

// First come, first served, by whoever is nearest; of two that are, the first in the pool.
void Engine::dispatch(std::uint32_t pool) {
    const PoolModel& model = model_->pools[pool];
    List& requests = s_.pools[pool].requests;
    while (requests.count > 0) {
        const std::uint32_t e = requests.head;
        const ElementModel& element = model_->elements[e];
        const std::uint32_t point = element.pool == pool ? element.from_point : model_->machines[element.machine].point;
        std::uint32_t nearest = kNone;
        std::int64_t least = 0;
        for (std::uint32_t u = model.first_unit; u < model.first_unit + model.units; ++u) {
            const UnitPhase phase = s_.units[u].phase;
            if (phase != UnitPhase::Idle && phase != UnitPhase::Homing) continue;
            const std::int64_t distance = distance_to(u, point);
            if (nearest != kNone && distance >= least) continue;
            nearest = u;
            least = distance;
        }
        if (nearest == kNone) return;
        requests.head = s_.elements[e].next_request;
        if (--requests.count == 0) requests = {};
        s_.elements[e].requested = 0;
        s_.elements[e].next_request = kNone;
        s_.units[nearest].goal = point;
        assign(nearest, e);
    }
}

std::int64_t Engine::distance_to(std::uint32_t u, std::uint32_t point) const {
    const UnitState& unit = s_.units[u];
    if (unit.travelling == 0) return model_->floor.distance(unit.at, point);
    const std::int64_t speed = model_->pools[model_->units[u].pool].speed_mm_s;
    const SimTime left = unit.hop_end - s_.now; // a hop lasts less than 10^8 s, a speed is below 10^5
    return model_->floor.distance(unit.hop, point) + left / 1'000'000 * speed / 1000;
}

void Engine::assign(std::uint32_t u, std::uint32_t e) {
    UnitState& unit = s_.units[u];
    unit.phase = UnitPhase::ToTask;
    unit.task = e;
    if (model_->elements[e].machine == kNone) {
        ++s_.elements[e].on_the_way;
        touch(e);
    }
    if (unit.travelling == 0) travel(u); // else it hears of it at the end of this hop
}

// From point to point until it is there.
void Engine::travel(std::uint32_t u) {
    UnitState& unit = s_.units[u];
    if (unit.at == unit.goal) return arrived(u);
    const FloorModel& floor = model_->floor;
    unit.hop = floor.next[std::size_t{unit.at} * floor.points + unit.goal];
    const std::int64_t length = floor.distance(unit.at, unit.hop);
    const std::int64_t speed = model_->pools[model_->units[u].pool].speed_mm_s;
    unit.travelling = 1;
    unit.hop_begin = s_.now;
    unit.hop_end = s_.now + length * kSecond / speed;
    s_.timers.set(model_->units[u].timer, unit.hop_end);
    record_unit(EventKind::TripBegin, u);
}

void Engine::unit_timer(std::uint32_t u) {
    UnitState& unit = s_.units[u];
    switch (unit.phase) {
    case UnitPhase::Homing:
    case UnitPhase::ToTask:
    case UnitPhase::ToDrop:
        record_unit(EventKind::TripEnd, u);
        unit.at = unit.hop;
        unit.travelling = 0;
        return travel(u);
    case UnitPhase::Loading:
        return loaded(u);
    case UnitPhase::Unloading: {
        unit.phase = UnitPhase::Delivering;
        record_unit(EventKind::Work, u, 0);
        const ElementModel& element = model_->elements[unit.task];
        return push_out(element.first_port + (u - model_->pools[model_->units[u].pool].first_unit));
    }
    case UnitPhase::Idle:
    case UnitPhase::Working:
    case UnitPhase::Delivering:
        PW_ASSERT(false, "this unit waits for nothing");
    }
}

void Engine::arrived(std::uint32_t u) {
    UnitState& unit = s_.units[u];
    if (unit.phase == UnitPhase::Homing) {
        unit.phase = UnitPhase::Idle;
        return;
    }
    const ElementModel& element = model_->elements[unit.task];
    if (element.machine != kNone) {
        unit.phase = UnitPhase::Working;
        record_unit(EventKind::Work, u, 1);
        return attend(element.machine);
    }
    const bool loads = unit.phase == UnitPhase::ToTask;
    unit.phase = loads ? UnitPhase::Loading : UnitPhase::Unloading;
    record_unit(EventKind::Work, u, 1);
    const Sampler& time = loads ? element.service : element.unload;
    s_.timers.set(model_->units[u].timer, s_.now + time.draw_ns(s_.streams[element.service_stream]));
}

void Engine::loaded(std::uint32_t u) {
    UnitState& unit = s_.units[u];
    const ElementModel& element = model_->elements[unit.task];
    ElementState& state = s_.elements[unit.task];
    PortState& port = s_.ports[element.first_port + (u - model_->pools[model_->units[u].pool].first_unit)];
    for (std::uint32_t i = 0; i < element.lot; ++i) {
        const std::uint32_t item = take_first(state.lane);
        waited(state, s_.items[item]);
        append(port.out, item);
    }
    --state.on_the_way;
    touch(unit.task);
    record_unit(EventKind::Work, u, 0);
    unit.phase = UnitPhase::ToDrop;
    unit.goal = element.to_point;
    travel(u);
}

// It is done with its task: the next one, or home.
void Engine::release(std::uint32_t u) {
    UnitState& unit = s_.units[u];
    const std::uint32_t pool = model_->units[u].pool;
    if (unit.phase == UnitPhase::Working) record_unit(EventKind::Work, u, 0);
    unit.phase = UnitPhase::Idle;
    unit.task = kNone;
    dispatch(pool);
    if (unit.phase != UnitPhase::Idle || unit.at == model_->pools[pool].home) return;
    unit.phase = UnitPhase::Homing;
    unit.goal = model_->pools[pool].home;
    travel(u);
}

void Engine::release_from(std::uint32_t pool, std::uint32_t e) {
    const ElementModel& element = model_->elements[e];
    s_.machines[element.machine].attended = 0;
    const PoolModel& model = model_->pools[pool];
    for (std::uint32_t u = model.first_unit; u < model.first_unit + model.units; ++u)
        if (s_.units[u].task == e && s_.units[u].phase == UnitPhase::Working) return release(u);
}

void Engine::record_unit(EventKind kind, std::uint32_t u, std::uint8_t begins) {
    if (!options_.record_events) return;
    const UnitState& unit = s_.units[u];
    const std::uint32_t pool = model_->units[u].pool;
    Event event{.time = s_.now, .value = pool, .equipment = pool, .kind = kind};
    event.a = static_cast<std::uint8_t>(model_->production.pools[pool].kind);
    event.b = begins;
    event.type = static_cast<std::uint16_t>(u - model_->pools[pool].first_unit);
    event.item = std::uint64_t{unit.at} << 32 | unit.hop;
    if (kind == EventKind::Work) event.equipment = model_->elements[unit.task].equipment;
    write(event);
}

} // namespace pw::simulation
