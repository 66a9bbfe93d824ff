// SPDX-License-Identifier: Apache-2.0
// What a picture needs, at any time and without events of its own.
#include "simulation/engine.h"

#include <algorithm>

namespace pw::simulation {

MachineView Engine::machine_view(std::uint32_t m) const {
    const MachineState& machine = s_.machines[m];
    MachineView out;
    out.state = static_cast<State>(machine.state);
    out.reason = static_cast<Reason>(machine.reason);
    out.mode = static_cast<Mode>(machine.mode);
    out.since = machine.since;
    out.failure = machine.failure == kNone ? -1 : static_cast<int>(machine.failure);
    out.product = machine.product < model_->production.products.size() ? static_cast<int>(machine.product) : -1;
    out.speed = static_cast<double>(machine.speed) / kNominal;
    out.moving = machine.running != 0;
    out.cycles = machine.all_cycles;
    const SimTime now = clock(machine);
    out.run_s = static_cast<double>(now) * 1e-9;
    const ElementModel& element = model_->elements[model_->machines[m].element];
    for (std::uint32_t p = element.first_port; element.is_station() && p < element.first_port + element.ports; ++p) {
        const PortState& port = s_.ports[p];
        if (port.phase != Phase::Busy || port.finish <= begun_[p]) continue;
        out.in_hand += static_cast<double>(now - begun_[p]) / static_cast<double>(port.finish - begun_[p]);
    }
    return out;
}

void Engine::item_views(std::uint32_t e, std::vector<ItemView>& out) const {
    const ElementModel& element = model_->elements[e];
    const ElementState& state = s_.elements[e];
    out.clear();
    const auto add = [&](std::uint32_t i, float place) {
        const Item& item = s_.items[i];
        out.push_back(
            {item.serial, item.type, item.product, (item.flags & kBad) != 0, (item.flags & kRejected) != 0, place});
    };
    const auto add_list = [&](const List& list, float place) {
        for (std::uint32_t i = list.head; i != kNone; i = s_.items[i].next) add(i, place);
    };
    for (std::uint32_t p = element.first_port; p < element.first_port + element.ports; ++p)
        add_list(s_.ports[p].out, 1.f);
    for (std::uint32_t i = element.first_input; i < element.first_input + element.inputs && element.is_station(); ++i)
        add_list(s_.inputs[i], 0.f);
    if (!element.is_belt()) return add_list(state.lane, 0.f);

    // Each is where it would be alone, or right behind the one in front; that one may have left already, and then it
    // moved on beyond the end.
    const SimTime now = clock(s_.machines[element.machine]);
    const bool stands = s_.ports[element.first_port].out.count > 0;
    SimTime front = stands ? element.transit : element.transit + (now - state.last_exit);
    for (std::uint32_t i = state.lane.head; i != kNone; i = s_.items[i].next) {
        front = std::max<SimTime>(0, std::min(now - s_.items[i].mark, front - element.gap));
        front = std::min(front, element.transit);
        add(i, static_cast<float>(static_cast<double>(front) / static_cast<double>(element.transit)));
    }
}

UnitView Engine::unit_view(std::uint32_t u) const {
    const UnitState& unit = s_.units[u];
    UnitView out;
    out.from = static_cast<std::uint16_t>(unit.at);
    out.to = static_cast<std::uint16_t>(unit.travelling != 0 ? unit.hop : unit.at);
    out.travelling = unit.travelling != 0;
    out.working =
        unit.phase == UnitPhase::Working || unit.phase == UnitPhase::Loading || unit.phase == UnitPhase::Unloading;
    if (unit.task != kNone) out.equipment = model_->elements[unit.task].equipment;
    if (unit.phase == UnitPhase::ToDrop || unit.phase == UnitPhase::Unloading || unit.phase == UnitPhase::Delivering) {
        const std::uint32_t first = model_->pools[model_->units[u].pool].first_unit;
        out.carries = s_.ports[model_->elements[unit.task].first_port + (u - first)].out.count;
    }
    const auto& points = model_->production.points;
    double share = 0.0;
    if (unit.travelling != 0 && unit.hop_end > unit.hop_begin)
        share = static_cast<double>(s_.now - unit.hop_begin) / static_cast<double>(unit.hop_end - unit.hop_begin);
    out.share = static_cast<float>(share);
    out.position_m = points[out.from].position_m * (1.0 - share) + points[out.to].position_m * share;
    return out;
}

} // namespace pw::simulation
