// SPDX-License-Identifier: Apache-2.0
#include "tests/app/recount.h"

#include "base/format.h"

#include <algorithm>
#include <map>

namespace pw::test {

using plant::BehaviourKind;
using plant::Quantity;
using simulation::Event;
using simulation::EventKind;
using simulation::Reason;
using simulation::SimTime;
using simulation::State;

namespace {

constexpr std::size_t kMostWrong = 20;

// Where each state leads, besides to ABORTING and, from the states that run or wait, to STOPPING.
const std::map<State, std::vector<State>>& successors() {
    using enum State;
    static const std::map<State, std::vector<State>> kTable{
        {Clearing, {Stopped}},
        {Stopped, {Resetting}},
        {Resetting, {Idle, Stopping}},
        {Idle, {Starting, Stopping}},
        {Starting, {Execute, Holding, Stopping}},
        {Execute, {Holding, Suspending, Completing, Stopping}},
        {Holding, {Held, Stopping}},
        {Held, {Unholding, Stopping}},
        {Unholding, {Execute, Holding, Stopping}},
        {Suspending, {Suspended, Holding, Stopping}},
        {Suspended, {Unsuspending, Holding, Stopping}},
        {Unsuspending, {Execute, Holding, Stopping}},
        {Completing, {Complete, Stopping}},
        {Complete, {Resetting, Stopping}},
        {Stopping, {Stopped}},
        {Aborting, {Aborted}},
        {Aborted, {Clearing}},
    };
    return kTable;
}

std::string word_of(Reason reason) {
    return reason == Reason::None ? std::string() : std::string(simulation::reason_name(reason));
}

} // namespace

bool packml_allows(State from, State to) {
    if (to == State::Aborting) return from != State::Aborting && from != State::Aborted;
    return std::ranges::contains(successors().at(from), to);
}

Recount::Recount(const plant::Plant& plant)
    : plant_(plant), types_(plant.production.items.size()), count_(plant.equipment.size()),
      machines_(plant.equipment.size()) {
    for (const plant::Pool& pool : plant.production.pools) units_.emplace_back(pool.count);
}

void Recount::say(const Event& event, const char* what) {
    if (wrong.size() >= kMostWrong) return;
    wrong.push_back(formatted("{:.3f} s, {}, item {}: {}", static_cast<double>(event.time) * 1e-9,
                              plant_.equipment[event.equipment].id, event.item, what));
}

void Recount::take(const Event& event) {
    switch (event.kind) {
    case EventKind::State:
    case EventKind::FailureBegin:
    case EventKind::FailureEnd:
        return of_state(event);
    case EventKind::TripBegin:
    case EventKind::TripEnd:
    case EventKind::Work:
        return of_unit(event);
    case EventKind::ItemMade:
    case EventKind::ItemIn:
    case EventKind::ItemOut:
    case EventKind::ItemTurned:
    case EventKind::ItemUsed:
    case EventKind::ItemGone:
    case EventKind::Reject:
        produced(event);
        return of_item(event);
    case EventKind::ServiceEnd:
        return produced(event);
    default:
        return;
    }
}

void Recount::of_item(const Event& event) {
    if (event.item >= items_.size()) items_.resize(event.item + 1);
    Item& item = items_[event.item];
    TypeCount& type = types_.at(event.type);
    if (event.kind == EventKind::ItemMade) {
        if (item.known) say(event, "is made a second time");
        item = {.equipment = event.equipment, .type = event.type, .known = true};
        ++type.made;
        ++count_[event.equipment];
        return;
    }
    if (!item.known || item.gone) return say(event, "is not there");
    const bool turns = event.kind == EventKind::ItemTurned && event.a == 0;
    if (!turns && item.type != event.type) say(event, "is of another type");
    const std::uint32_t expected = event.kind == EventKind::ItemIn ? plant::kNoEquipment : event.equipment;
    if (item.equipment != expected) say(event, "is elsewhere");
    switch (event.kind) {
    case EventKind::ItemIn:
        item.equipment = event.equipment;
        ++count_[event.equipment];
        return;
    case EventKind::ItemTurned:
        if (!turns) {
            item.bad = true;
            return;
        }
        ++types_.at(item.type).turned_out;
        ++type.turned_in;
        item.type = event.type;
        return;
    case EventKind::Reject:
        item.rejected = true;
        return;
    case EventKind::ItemUsed:
        ++type.used;
        break;
    case EventKind::ItemGone:
        ++(item.rejected ? type.scrapped : type.left);
        break;
    default: // ItemOut
        break;
    }
    --count_[event.equipment];
    item.equipment = plant::kNoEquipment;
    item.gone = event.kind != EventKind::ItemOut;
}

// A machine has made something: told by the end of a cycle, by what a carousel has made of it, or by what leaves.
void Recount::produced(const Event& event) {
    const plant::Behaviour& b = plant_.equipment[event.equipment].behaviour;
    MachineCount& machine = machines_[event.equipment];
    machine.rejected += event.kind == EventKind::Reject ? 1u : 0u;
    machine.bad += event.kind == EventKind::ItemTurned && event.a == 1 ? 1u : 0u;
    if (b.kind == BehaviourKind::Station && event.kind == EventKind::ServiceEnd)
        machine.produced += b.makes.empty() ? 1u : b.makes.front().count;
    if (b.kind == BehaviourKind::Carousel && !b.makes.empty() && event.kind == EventKind::ItemTurned && event.a == 0)
        ++machine.produced;
}

void Recount::of_state(const Event& event) {
    MachineCount& machine = machines_[event.equipment];
    if (event.kind == EventKind::FailureBegin) {
        if (machine.failure >= 0) say(event, "fails though it has failed");
        machine.failure = event.a;
        ++machine.failures;
        return;
    }
    if (event.kind == EventKind::FailureEnd) {
        if (machine.failure != event.a) say(event, "is repaired of what it has not");
        machine.failure = -1;
        ++machine.repairs;
        return;
    }
    const auto from = static_cast<State>(event.a), to = static_cast<State>(event.b);
    if (from != machine.state) say(event, "leaves a state that it was not in");
    if (from != to && !packml_allows(from, to)) say(event, "goes where PackML has no way");
    if (from == to && from != State::Suspended) say(event, "enters the state that it is in");
    machine.in_state.at(event.a) += event.time - machine.since;
    machine.since = event.time;
    machine.state = to;
    machine.reason = static_cast<Reason>(event.c);
    ++states_entered_;
}

void Recount::of_unit(const Event& event) {
    const auto pool = static_cast<std::size_t>(event.value);
    Unit& unit = units_.at(pool).at(event.type);
    if (event.kind == EventKind::Work) {
        unit.working = event.b == 1;
        unit.at = unit.working ? event.equipment : plant::kNoEquipment;
    } else {
        unit.travelling = event.kind == EventKind::TripBegin;
    }
    if (unit.travelling && unit.working) say(event, "somebody works on the way");
}

void Recount::compare(const simulation::Simulation& simulation) {
    std::vector<simulation::ItemView> views;
    std::size_t seen = 0;
    const auto wrong_at = [&](std::uint32_t equipment, std::uint64_t serial, const char* what) {
        say({.time = simulation.now(), .item = serial, .equipment = equipment}, what);
    };
    for (std::uint32_t e = 0; e < plant_.equipment.size(); ++e) {
        simulation.items(e, views);
        seen += views.size();
        if (std::cmp_not_equal(views.size(), count_[e])) wrong_at(e, 0, "has more or fewer items than came and went");
        for (const simulation::ItemView& view : views) {
            const Item item = view.serial < items_.size() ? items_[view.serial] : Item{};
            if (item.equipment != e || item.type != view.type || item.bad > view.bad || item.rejected != view.rejected)
                wrong_at(e, view.serial, "is shown here, or as something, that it is not");
        }
    }
    const auto known = std::ranges::count_if(items_, [](const Item& item) { return item.known && !item.gone; });
    if (std::cmp_not_equal(seen, known)) wrong_at(0, 0, "as many items as there are must be seen");
}

std::vector<TypeCount> Recount::types() const {
    std::vector<TypeCount> out = types_;
    for (const Item& item : items_) {
        if (!item.known || item.gone) continue;
        ++out[item.type].here;
        out[item.type].spoilt_here += item.bad ? 1u : 0u;
    }
    return out;
}

std::optional<twin::Value> Recount::value(const plant::Simulated& is, SimTime now) const {
    if (is.of == plant::kNoIndex) {
        const Unit& unit = units_.at(is.pool).at(is.unit);
        if (is.quantity == Quantity::Travelling) return unit.travelling;
        if (is.quantity == Quantity::Working) return unit.working;
        return std::nullopt;
    }
    const MachineCount& machine = machines_[is.of];
    const plant::Behaviour& b = plant_.equipment[is.of].behaviour;
    switch (is.quantity) {
    case Quantity::State:
        return std::string(simulation::state_name(machine.state));
    case Quantity::Reason:
        return word_of(machine.reason);
    case Quantity::Failure:
        return machine.failure < 0 ? std::string() : b.failures.at(static_cast<std::size_t>(machine.failure)).title;
    case Quantity::Failing:
        return std::cmp_equal(machine.failure, is.failure);
    case Quantity::Produced: // of an inspection the events tell only what has left it
        return b.is_machine() && !b.inspects ? std::optional<twin::Value>(machine.produced) : std::nullopt;
    case Quantity::Bad:
        return machine.bad;
    case Quantity::Rejected:
        return machine.rejected;
    case Quantity::Count:
        return static_cast<std::uint64_t>(count_[is.of]);
    case Quantity::Attended:
        return std::ranges::any_of(units_, [&](const std::vector<Unit>& pool) {
            return std::ranges::any_of(pool, [&](const Unit& unit) { return unit.working && unit.at == is.of; });
        });
    case Quantity::PowerW:
        return b.power_w.at(static_cast<std::size_t>(machine.state));
    case Quantity::EnergyKwh: {
        double joules = 0.0;
        for (std::size_t s = 0; s < simulation::kStateCount; ++s) {
            const SimTime more = s == static_cast<std::size_t>(machine.state) ? now - machine.since : 0;
            joules += b.power_w.at(s) * static_cast<double>(machine.in_state.at(s) + more) * 1e-9;
        }
        return joules / 3.6e6;
    }
    default:
        return std::nullopt;
    }
}

} // namespace pw::test
