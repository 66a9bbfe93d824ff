// SPDX-License-Identifier: Apache-2.0
// Items, the ports at which they leave, the routes that they take, and who waits for whom.
#include "base/assert.h"
#include "simulation/engine.h"

namespace pw::simulation {

using plant::BehaviourKind;
using plant::Routing;

std::uint32_t Engine::make_item(std::uint32_t element, std::uint16_t type, std::uint16_t product) {
    std::uint32_t index = s_.free_items;
    if (index != kNone) {
        s_.free_items = s_.items[index].next;
    } else {
        index = static_cast<std::uint32_t>(s_.items.size());
        full_ |= s_.items.size() >= kMaxItems;
        s_.items.emplace_back();
    }
    s_.items[index] = {.serial = s_.next_serial++, .made = s_.now, .type = type, .product = product};
    ++s_.types[type].made;
    ++s_.types[type].present;
    s_.inside.enter(s_.now);
    s_.elements[element].inside.enter(s_.now);
    record(EventKind::ItemMade, element, index);
    return index;
}

void Engine::drop_item(std::uint32_t index) {
    --s_.types[s_.items[index].type].present;
    s_.inside.leave(s_.now);
    s_.items[index] = {.next = s_.free_items};
    s_.free_items = index;
}

void Engine::turn_item(std::uint32_t element, std::uint32_t index, std::uint16_t type) {
    Item& item = s_.items[index];
    if (item.type == type) return;
    ++s_.types[item.type].turned_out;
    --s_.types[item.type].present;
    item.type = type;
    ++s_.types[type].turned_in;
    ++s_.types[type].present;
    record(EventKind::ItemTurned, element, index);
}

void Engine::append(List& list, std::uint32_t item) {
    s_.items[item].next = kNone;
    if (list.count++ == 0)
        list.head = item;
    else
        s_.items[list.tail].next = item;
    list.tail = item;
}

std::uint32_t Engine::take_first(List& list) {
    const std::uint32_t item = list.head;
    list.head = s_.items[item].next;
    if (--list.count == 0) list = {};
    return item;
}

// Lets the items at a port leave, one after the other, until one has to wait.
void Engine::push_out(std::uint32_t p) {
    PortState& port = s_.ports[p];
    if (port.waiting != 0 || port.out.count == 0) return;
    while (port.out.count > 0) {
        if (++steps_ > kMaxSteps) return; // round in no time: advance_to() says so
        if (!try_leave(p, port.out.head)) return;
    }
    emptied(p);
}

bool Engine::fits(const RouteModel& route, const Item& item) const {
    if (route.type != kAnyType && route.type != item.type) return false;
    const bool rejected = (item.flags & kRejected) != 0;
    return route.grade == plant::Grade::Any || (route.grade == plant::Grade::Rejected) == rejected;
}

// Accepted, and nobody who came before is still waiting for the same place.
bool Engine::is_free_for(std::uint32_t element, const Item& item) {
    if (!accepts(element, item)) return false;
    for (std::uint32_t n = s_.elements[element].waiters.head; n != kNone; n = s_.nodes[n].next)
        if (accepts(element, s_.items[s_.ports[model_->nodes[n].port].out.head])) return false;
    return true;
}

bool Engine::try_leave(std::uint32_t p, std::uint32_t item) {
    const std::uint32_t e = model_->ports[p].element;
    const ElementModel& element = model_->elements[e];
    PortState& port = s_.ports[p];
    if (element.routes == 1) {
        const std::uint32_t target = model_->routes[element.first_route].target;
        if (is_free_for(target, s_.items[item])) {
            transfer(p, target);
            return true;
        }
        wait_at(p, element.first_route);
        return false;
    }
    if (port.chosen == kNone) port.chosen = choose(element, e, s_.items[item]);
    if (port.chosen != kNone) {
        const std::uint32_t target = model_->routes[port.chosen].target;
        if (is_free_for(target, s_.items[item])) {
            transfer(p, target);
            return true;
        }
        if (element.routing == Routing::Share || element.routing == Routing::RoundRobin) {
            wait_at(p, port.chosen);
            return false;
        }
    }
    port.chosen = kNone;
    for (std::uint32_t r = element.first_route; r < element.first_route + element.routes; ++r)
        if (fits(model_->routes[r], s_.items[item])) wait_at(p, r);
    return false;
}

// The route for an item: for good (share, round robin), or the best that is free now (priority, least full).
std::uint32_t Engine::choose(const ElementModel& element, std::uint32_t e, const Item& item) {
    const std::uint32_t first = element.first_route;
    const std::uint32_t end = first + element.routes;
    const auto& routes = model_->routes;
    std::uint32_t best = kNone;
    switch (element.routing) {
    case Routing::Priority:
        for (std::uint32_t r = first; r < end; ++r)
            if (fits(routes[r], item) && is_free_for(routes[r].target, item)) return r;
        return kNone;
    case Routing::LeastFull:
        for (std::uint32_t r = first; r < end; ++r) {
            if (!fits(routes[r], item) || !is_free_for(routes[r].target, item)) continue;
            if (best == kNone ||
                s_.elements[routes[r].target].inside.count < s_.elements[routes[best].target].inside.count)
                best = r;
        }
        return best;
    case Routing::RoundRobin: {
        std::uint32_t& turn = s_.elements[e].turn;
        for (std::uint32_t i = 0; i < element.routes; ++i) {
            const std::uint32_t r = first + turn;
            turn = turn + 1 == element.routes ? 0 : turn + 1;
            if (fits(routes[r], item)) return r;
        }
        return kNone;
    }
    case Routing::Share: {
        double total = 0.0;
        for (std::uint32_t r = first; r < end; ++r)
            if (fits(routes[r], item)) total += routes[r].share;
        double left = s_.streams[element.route_stream].uniform() * total;
        for (std::uint32_t r = first; r < end; ++r) {
            if (!fits(routes[r], item) || routes[r].share <= 0.0) continue;
            best = r;
            left -= routes[r].share;
            if (left < 0.0) break;
        }
        return best;
    }
    }
    return kNone;
}

bool Engine::accepts(std::uint32_t e, const Item& item) const {
    const ElementModel& element = model_->elements[e];
    const ElementState& state = s_.elements[e];
    switch (element.kind) {
    case BehaviourKind::Sink:
        return true;
    case BehaviourKind::Buffer:
        return state.inside.count < element.capacity;
    case BehaviourKind::Transport:
        return state.lane.count < element.capacity;
    case BehaviourKind::Station: {
        const std::uint32_t i = input_of(element, item.type);
        const InputModel& input = model_->inputs[i];
        if (input.queue == plant::kUnlimited) return true;
        const MachineState& machine = s_.machines[element.machine];
        std::uint64_t room = input.queue;
        if (willing(element.machine)) {
            std::uint32_t idle = 0;
            if (element.ports == 1)
                idle = s_.ports[element.first_port].phase == Phase::Idle ? 1 : 0;
            else
                for (std::uint32_t p = element.first_port; p < element.first_port + element.ports; ++p)
                    idle += s_.ports[p].phase == Phase::Idle ? 1u : 0u;
            // A cycle of another product waits until the last one has left and the machine is changed over.
            const bool same = machine.product == kNone || turns_freely(element.machine, item.product);
            room += std::uint64_t{input.need} * (same ? idle : (idle == element.ports ? 1u : 0u));
        }
        return s_.inputs[i].count < room;
    }
    case BehaviourKind::Carousel:
    case BehaviourKind::Conveyor: {
        const MachineState& machine = s_.machines[element.machine];
        if (state.inside.count >= element.capacity) return false;
        if (clock(machine) < state.last_entry + element.gap) return false;
        if (element.kind == BehaviourKind::Conveyor) return true;
        return willing(element.machine) && (machine.product == kNone || turns_freely(element.machine, item.product));
    }
    case BehaviourKind::Source:
    case BehaviourKind::None:
        break;
    }
    return false;
}

void Engine::wait_at(std::uint32_t p, std::uint32_t route) {
    const ElementModel& element = model_->elements[model_->ports[p].element];
    const std::uint32_t n = model_->ports[p].first_node + (route - element.first_route);
    const std::uint32_t target = model_->routes[route].target;
    List& list = s_.elements[target].waiters;
    s_.nodes[n] = {.before = list.tail, .next = kNone, .linked = 1};
    if (list.count++ == 0)
        list.head = n;
    else
        s_.nodes[list.tail].next = n;
    list.tail = n;
    s_.ports[p].waiting = 1;
    if (model_->elements[target].is_belt()) touch(target); // it may have to look again when its entry is clear
}

void Engine::stop_waiting(std::uint32_t p) {
    const ElementModel& element = model_->elements[model_->ports[p].element];
    for (std::uint32_t r = 0; r < element.routes; ++r) {
        NodeState& node = s_.nodes[model_->ports[p].first_node + r];
        if (node.linked == 0) continue;
        List& list = s_.elements[model_->routes[element.first_route + r].target].waiters;
        (node.before == kNone ? list.head : s_.nodes[node.before].next) = node.next;
        (node.next == kNone ? list.tail : s_.nodes[node.next].before) = node.before;
        --list.count;
        node = {};
    }
    s_.ports[p].waiting = 0;
}

// Lets in the first of those who wait that finds a place. True when there was one: then ask again.
bool Engine::admit(std::uint32_t e) {
    for (std::uint32_t n = s_.elements[e].waiters.head; n != kNone; n = s_.nodes[n].next) {
        const std::uint32_t p = model_->nodes[n].port;
        if (!accepts(e, s_.items[s_.ports[p].out.head])) continue;
        stop_waiting(p);
        transfer(p, e);
        if (s_.ports[p].out.count == 0)
            emptied(p);
        else
            push_out(p);
        return true;
    }
    return false;
}

void Engine::transfer(std::uint32_t p, std::uint32_t to) {
    const std::uint32_t from = model_->ports[p].element;
    PortState& port = s_.ports[p];
    const std::uint32_t item = take_first(port.out);
    port.chosen = kNone;
    const std::uint16_t type = s_.items[item].type;
    ElementState& leaving = s_.elements[from];
    leaving.inside.leave(s_.now);
    ++leaving.left;
    ++s_.left_by_type[std::size_t{from} * model_->types + type];
    record(EventKind::ItemOut, from, item);
    left(p, item);

    ElementState& entering = s_.elements[to];
    entering.inside.enter(s_.now);
    ++entering.entered;
    ++s_.entered_by_type[std::size_t{to} * model_->types + type];
    record(EventKind::ItemIn, to, item);
    receive(to, item);
}

void Engine::receive(std::uint32_t e, std::uint32_t index) {
    const ElementModel& element = model_->elements[e];
    ElementState& state = s_.elements[e];
    Item& item = s_.items[index];
    switch (element.kind) {
    case BehaviourKind::Sink:
        return sink_item(e, index);
    case BehaviourKind::Station:
        item.mark = s_.now;
        append(s_.inputs[input_of(element, item.type)], index);
        state.queue.enter(s_.now);
        break;
    case BehaviourKind::Carousel:
        (void)ready_for(element.machine, item.product); // it was accepted: at most a note of the product
        [[fallthrough]];
    case BehaviourKind::Conveyor: {
        const SimTime now = clock(s_.machines[element.machine]);
        item.mark = state.last_entry = now;
        append(state.lane, index);
        if (state.lane.count == 1) belt_arm(e);
        break;
    }
    case BehaviourKind::Buffer:
        item.mark = s_.now;
        append(s_.ports[element.first_port].out, index);
        state.queue.enter(s_.now);
        break;
    case BehaviourKind::Transport:
        item.mark = s_.now;
        append(state.lane, index);
        state.queue.enter(s_.now);
        break;
    case BehaviourKind::Source:
    case BehaviourKind::None:
        PW_ASSERT(false, "a source takes no items");
    }
    touch(e);
}

} // namespace pw::simulation
