// SPDX-License-Identifier: Apache-2.0
// What must hold between two events. Also what a snapshot must satisfy before anything follows its indices.
#include "simulation/engine.h"

#include <algorithm>
#include <cstddef>
#include <string>

namespace pw::simulation {
namespace {

using plant::BehaviourKind;

constexpr SimTime kFarthest = kLongestRun * 11; // a clock goes ten times as fast at most

class StateCheck {
  public:
    StateCheck(const Model& model, const RunState& state) : m_(model), s_(state), found_(state.items.size(), 0) {}

    Result<void> check() {
        need(s_.now >= 0 && s_.now <= kLongestRun && s_.counted_since >= 0 && s_.counted_since <= s_.now,
             "the time is out of range");
        for (const Stream& stream : s_.streams)
            need(std::ranges::any_of(stream.s, [](std::uint64_t w) { return w != 0; }), "a stream is all zero");
        present_.assign(m_.types, 0);
        for (std::uint32_t e = 0; e < m_.elements.size() && wrong_.empty(); ++e) element(e);
        if (wrong_.empty()) items();
        for (std::uint32_t m = 0; m < m_.machines.size() && wrong_.empty(); ++m) machine(m);
        if (wrong_.empty()) waiters();
        for (std::uint32_t p = 0; p < m_.pools.size() && wrong_.empty(); ++p) pool(p);
        for (std::uint32_t t = 0; t < m_.timers.size() && wrong_.empty(); ++t)
            if (s_.timers.is_set(t)) timer(m_.timers[t]);
        if (!wrong_.empty()) return fail(Errc::Malformed, wrong_);
        return {};
    }

  private:
    void need(bool holds, const char* what) {
        if (!holds && wrong_.empty()) wrong_ = what;
    }

    // Items are linked, each in one list only.
    std::uint32_t list(const List& list) {
        std::uint32_t count = 0, last = kNone;
        for (std::uint32_t i = list.head; i != kNone; i = s_.items[i].next) {
            if (i >= s_.items.size() || found_[i] != 0) {
                need(false, "an item is in two places");
                return count;
            }
            found_[i] = 1;
            const Item& item = s_.items[i];
            const bool product = item.product == kNoProduct || item.product < m_.production.products.size();
            need(item.type < m_.types && product && item.made >= 0 && item.made <= s_.now, "an item is not possible");
            need(item.mark >= -kFarthest && item.mark <= kFarthest, "an item's time is out of range");
            if (wrong_.empty()) ++present_[item.type];
            last = i;
            ++count;
        }
        need(count == list.count && last == list.tail, "a list of items is broken");
        return count;
    }

    void element(std::uint32_t e) {
        const ElementModel& element = m_.elements[e];
        const ElementState& state = s_.elements[e];
        std::uint64_t out = 0, waiting = 0;
        for (std::uint32_t p = element.first_port; p < element.first_port + element.ports; ++p) {
            const PortState& port = s_.ports[p];
            out += list(port.out);
            need(port.phase <= Phase::Ready, "a phase is not possible");
            if (element.is_station())
                need((port.phase == Phase::Idle) == (port.out.count == 0),
                     "a server is idle with items or busy without");
            need(port.chosen == kNone ||
                     (port.chosen >= element.first_route && port.chosen < element.first_route + element.routes),
                 "a route is not possible");
            need(port.finish >= -kFarthest && port.finish <= kFarthest, "a time is out of range");
            need(port.waiting == 0 || port.out.count > 0, "a port waits with nothing");
        }
        for (std::uint32_t i = element.first_input; i < element.first_input + element.inputs; ++i)
            waiting += list(s_.inputs[i]);
        const std::uint64_t lane = list(state.lane);
        need(state.inside.count == out + waiting + lane, "the items in an element are miscounted");
        const std::uint64_t queue = element.kind == BehaviourKind::Station     ? waiting
                                    : element.kind == BehaviourKind::Buffer    ? out
                                    : element.kind == BehaviourKind::Transport ? lane
                                                                               : 0;
        need(state.queue.count == queue, "a queue is miscounted");
        need(element.is_belt() || element.kind == BehaviourKind::Transport || lane == 0, "items where none can be");
        need(element.is_station() || waiting == 0, "items wait where none can");
        need(!element.is_belt() || state.inside.count <= element.capacity, "a belt is overfull");
        need(element.kind != BehaviourKind::Buffer || out <= element.capacity, "a buffer is overfull");
        need(element.routes == 0 || state.turn < element.routes, "a turn is not possible");
        need(m_.schedule_products.empty() || state.schedule_at < m_.schedule_products.size(),
             "a place in the schedule is not possible");
        need(std::max(state.last_exit, state.last_entry) <= kFarthest &&
                 std::min(state.last_exit, state.last_entry) >= -kFarthest,
             "a belt's time is out of range");
        inside_ += state.inside.count;
    }

    void items() {
        std::size_t free = 0;
        for (std::uint32_t i = s_.free_items; i != kNone; i = s_.items[i].next, ++free) {
            if (i >= s_.items.size() || found_[i] != 0) return need(false, "a free item is in use");
            found_[i] = 1;
        }
        need(free + inside_ == s_.items.size() && s_.inside.count == inside_, "items are lost");
        for (std::size_t t = 0; t < m_.types; ++t) {
            const TypeState& type = s_.types[t];
            need(type.present == present_[t], "items of a type are miscounted");
            need(type.made + type.turned_in == type.turned_out + type.used + type.gone + type.lost + type.present,
                 "items are not conserved");
        }
    }

    bool product(std::uint32_t p) const { return p == kNone || p == kNoProduct || p < m_.production.products.size(); }

    void machine(std::uint32_t index) {
        const MachineModel& model = m_.machines[index];
        const ElementModel& element = m_.elements[model.element];
        const MachineState& machine = s_.machines[index];
        need(machine.state >= 1 && machine.state < kStateCount && machine.mode >= 1 && machine.mode <= 3 &&
                 machine.reason < kReasonCount,
             "a machine's state is not possible");
        need(machine.failure == kNone || machine.failure < model.failures, "a failure is not possible");
        need(product(machine.product) && product(machine.changing_to), "a product is not possible");
        need(machine.speed >= kNominal / 100 && machine.speed <= kNominal * 10, "a speed is not possible");
        need(machine.clock >= -kFarthest && machine.clock <= kFarthest && machine.clock_at >= 0 &&
                 machine.clock_at <= s_.now && machine.state_since >= 0 && machine.state_since <= s_.now,
             "a machine's time is out of range");
        for (const SimTime time : machine.in_state) need(time >= 0 && time <= kLongestRun, "a sum is out of range");
        for (const SimTime time : machine.by_reason) need(time >= 0 && time <= kLongestRun, "a sum is out of range");
        if (!wrong_.empty()) return;
        std::uint32_t busy = 0;
        for (std::uint32_t p = 0; p < element.ports; ++p) {
            const bool works = s_.ports[element.first_port + p].phase == Phase::Busy;
            busy += works ? 1u : 0u;
            if (element.is_station())
                need(s_.timers.is_set(element.timer + p) == (works && machine.running != 0),
                     "a server works without an end, or ends without work");
        }
        need(busy == machine.busy && machine.busy_level.count == busy, "busy servers are miscounted");
        const bool executes = machine.state == static_cast<std::uint8_t>(State::Execute);
        const bool stands = machine.exit_full != 0 && !element.accumulating;
        const bool production = machine.mode == static_cast<std::uint8_t>(Mode::Production);
        need((machine.running != 0) == (executes && production && !stands),
             "a machine works in a state in which it cannot");
        if (element.is_belt())
            need((machine.exit_full != 0) == (s_.ports[element.first_port].out.count > 0),
                 "a belt's exit is miscounted");
        for (std::uint32_t f = model.first_failure; f < model.first_failure + model.failures; ++f) {
            const FailureState& failure = s_.failures[f];
            need(failure.left >= -1 && failure.left <= kLongestRun && failure.since >= 0 && failure.since <= s_.now,
                 "a failure's time is out of range");
            need((failure.going != 0) == s_.timers.is_set(m_.failures[f].timer),
                 "a failure has no time, or time no failure");
        }
    }

    void waiters() {
        std::size_t linked = 0;
        for (std::uint32_t e = 0; e < m_.elements.size(); ++e) {
            const List& list = s_.elements[e].waiters;
            std::uint32_t count = 0, last = kNone;
            for (std::uint32_t n = list.head; n != kNone; n = s_.nodes[n].next) {
                if (n >= s_.nodes.size() || count > s_.nodes.size()) return need(false, "a list of waiters is broken");
                const NodeState& node = s_.nodes[n];
                need(node.linked != 0 && node.before == last && m_.routes[m_.nodes[n].route].target == e &&
                         s_.ports[m_.nodes[n].port].waiting != 0,
                     "a list of waiters is broken");
                last = n;
                ++count;
            }
            need(count == list.count && last == list.tail, "a list of waiters is broken");
            linked += count;
        }
        const auto all = std::ranges::count_if(s_.nodes, [](const NodeState& n) { return n.linked != 0; });
        need(linked == static_cast<std::size_t>(all), "somebody waits in no list");
        for (std::uint32_t p = 0; p < m_.ports.size(); ++p) {
            const ElementModel& element = m_.elements[m_.ports[p].element];
            bool waits = false;
            for (std::uint32_t r = 0; r < element.routes; ++r)
                waits |= s_.nodes[m_.ports[p].first_node + r].linked != 0;
            need(waits == (s_.ports[p].waiting != 0), "a port waits nowhere");
        }
    }

    // May `e` call somebody of this pool to a floor point?
    bool calls(std::uint32_t e, std::uint32_t pool) const {
        const ElementModel& element = m_.elements[e];
        if (element.machine == kNone) return element.pool == pool;
        const MachineModel& machine = m_.machines[element.machine];
        if (machine.changeover_pool == pool) return true;
        for (std::uint32_t f = machine.first_failure; f < machine.first_failure + machine.failures; ++f)
            if (m_.failures[f].pool == pool) return true;
        return false;
    }

    void pool(std::uint32_t index) {
        const PoolModel& model = m_.pools[index];
        const List& list = s_.pools[index].requests;
        std::uint32_t count = 0, last = kNone;
        for (std::uint32_t e = list.head; e != kNone; e = s_.elements[e].next_request) {
            if (e >= m_.elements.size() || count > m_.elements.size() || s_.elements[e].requested == 0 ||
                !calls(e, index))
                return need(false, "a list of requests is broken");
            last = e;
            ++count;
        }
        need(count == list.count && last == list.tail, "a list of requests is broken");
        for (std::uint32_t u = model.first_unit; u < model.first_unit + model.units; ++u) unit(u, index);
        for (std::uint32_t e = 0; e < m_.elements.size(); ++e) {
            if (m_.elements[e].machine != kNone || m_.elements[e].pool != index) continue;
            std::uint64_t coming = 0;
            for (std::uint32_t u = model.first_unit; u < model.first_unit + model.units; ++u) {
                const UnitState& unit = s_.units[u];
                coming += unit.task == e && (unit.phase == UnitPhase::ToTask || unit.phase == UnitPhase::Loading);
            }
            need(coming == s_.elements[e].on_the_way && s_.elements[e].lane.count >= coming * m_.elements[e].lot,
                 "more vehicles come than there are loads");
        }
    }

    void unit(std::uint32_t u, std::uint32_t pool) {
        const UnitState& unit = s_.units[u];
        const FloorModel& floor = m_.floor;
        need(unit.phase <= UnitPhase::Delivering && unit.at < floor.points && unit.hop < floor.points &&
                 unit.goal < floor.points,
             "a unit's place is not possible");
        if (!wrong_.empty()) return;
        need(floor.distance(unit.at, unit.goal) >= 0 && floor.distance(unit.at, unit.hop) >= 0, "no way leads on");
        const bool free = unit.phase == UnitPhase::Idle || unit.phase == UnitPhase::Homing;
        need(free == (unit.task == kNone), "a unit has a task and is free");
        need(free || (unit.task < m_.elements.size() && calls(unit.task, pool)), "a unit's task is not possible");
        if (!wrong_.empty()) return;
        const bool travels =
            unit.phase == UnitPhase::Homing || unit.phase == UnitPhase::ToTask || unit.phase == UnitPhase::ToDrop;
        const bool acts = unit.phase == UnitPhase::Loading || unit.phase == UnitPhase::Unloading;
        need(travels == (unit.travelling != 0), "a unit travels while it does not");
        need(s_.timers.is_set(m_.units[u].timer) == (travels || acts), "a unit waits for nothing");
        need(unit.hop_begin >= 0 && unit.hop_begin <= unit.hop_end && unit.hop_end <= kFarthest &&
                 (!travels || unit.hop_end >= s_.now),
             "a trip's time is out of range");
        if (free) return;
        const ElementModel& element = m_.elements[unit.task];
        const bool drives = unit.phase != UnitPhase::ToTask && unit.phase != UnitPhase::Working;
        need(element.machine == kNone || !drives, "somebody who walks drives");
        need(element.machine != kNone || unit.phase != UnitPhase::Working, "somebody who drives repairs");
        if (unit.phase == UnitPhase::Working)
            need(s_.machines[element.machine].attended != 0, "somebody works on a machine that nobody attends");
        if (unit.phase == UnitPhase::ToDrop || unit.phase == UnitPhase::Unloading)
            need(s_.ports[element.first_port + (u - m_.pools[pool].first_unit)].out.count > 0,
                 "a vehicle drives empty");
    }

    void timer(const TimerModel& timer) {
        switch (timer.kind) {
        case TimerKind::Exit: {
            const ElementModel& element = m_.elements[timer.index];
            return need(s_.elements[timer.index].lane.count > 0 && s_.ports[element.first_port].out.count == 0,
                        "a belt ends with nothing on it");
        }
        case TimerKind::Acting:
            return need(state_when_done(static_cast<State>(s_.machines[timer.index].state)).has_value(),
                        "a state that waits has an end");
        case TimerKind::Work:
            return need(s_.machines[timer.index].failure != kNone, "a repair of nothing");
        case TimerKind::Failure:
            return need(m_.failures[timer.index].clock != plant::FailureClock::Cycles, "cycles have no time");
        case TimerKind::Arrival:
        case TimerKind::Service:
        case TimerKind::Entry:
        case TimerKind::Patience:
        case TimerKind::Unit:
            return;
        }
    }

    const Model& m_;
    const RunState& s_;
    std::vector<std::uint8_t> found_;
    std::vector<std::uint64_t> present_;
    std::uint64_t inside_ = 0;
    std::string wrong_;
};

} // namespace

Result<void> Engine::check() const { return StateCheck(*model_, s_).check(); }

} // namespace pw::simulation
