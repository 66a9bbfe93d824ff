// SPDX-License-Identifier: Apache-2.0
#include "simulation/engine.h"

#include <algorithm>

namespace pw::simulation {
namespace {

__extension__ typedef __int128 Int128;
__extension__ typedef unsigned __int128 UInt128;

double seconds(const Wide& sum) {
    return static_cast<double>(static_cast<Int128>(UInt128{sum.high} << 64 | sum.low)) * 1e-9;
}

// The mean of a level since `since`: what has left, and those still there until now.
double mean(const Level& level, SimTime since, SimTime now) {
    if (now <= since) return static_cast<double>(level.count);
    const auto sum = static_cast<Int128>(UInt128{level.sum.high} << 64 | level.sum.low);
    const Int128 area = sum + static_cast<Int128>(level.count) * now;
    return static_cast<double>(area) / static_cast<double>(now - since);
}

// From here on: as if what is there had come now.
void begin_anew(Level& level, SimTime now) {
    const UInt128 sum = -(static_cast<UInt128>(level.count) * static_cast<UInt128>(now));
    level.sum = {static_cast<std::uint64_t>(sum), static_cast<std::uint64_t>(sum >> 64)};
}

} // namespace

void Engine::reset_statistics() {
    s_.counted_since = s_.now;
    begin_anew(s_.inside, s_.now);
    for (ElementState& e : s_.elements) {
        begin_anew(e.inside, s_.now);
        begin_anew(e.queue, s_.now);
        e.entered = e.left = e.waits = 0;
        e.waited = {};
        e.longest_wait = 0;
    }
    for (MachineState& m : s_.machines) {
        begin_anew(m.busy_level, s_.now);
        std::ranges::fill(m.in_state, 0);
        std::ranges::fill(m.by_reason, 0);
        m.state_since = s_.now;
        m.cycles = m.produced = m.bad = m.rejected = m.failures = m.changeovers = 0;
    }
    std::ranges::fill(s_.entered_by_type, 0);
    std::ranges::fill(s_.left_by_type, 0);
    for (TypeState& t : s_.types) {
        t.sojourns = 0;
        t.sojourn = {};
    }
}

ElementStatistics Engine::statistics(std::uint32_t e) const {
    const ElementModel& element = model_->elements[e];
    const ElementState& state = s_.elements[e];
    ElementStatistics out;
    out.span_s = static_cast<double>(s_.now - s_.counted_since) * 1e-9;
    out.entered = state.entered;
    out.left = state.left;
    const auto first = static_cast<std::ptrdiff_t>(std::size_t{e} * model_->types);
    const auto end = first + static_cast<std::ptrdiff_t>(model_->types);
    out.entered_by_type.assign(s_.entered_by_type.begin() + first, s_.entered_by_type.begin() + end);
    out.left_by_type.assign(s_.left_by_type.begin() + first, s_.left_by_type.begin() + end);
    out.inside_mean = mean(state.inside, s_.counted_since, s_.now);
    out.inside_now = state.inside.count;
    out.queue_mean = mean(state.queue, s_.counted_since, s_.now);
    out.waits = state.waits;
    if (state.waits > 0) out.wait_mean_s = seconds(state.waited) / static_cast<double>(state.waits);
    out.wait_max_s = static_cast<double>(state.longest_wait) * 1e-9;
    if (element.machine == kNone) return out;

    const MachineModel& model = model_->machines[element.machine];
    const MachineState& machine = s_.machines[element.machine];
    Int128 energy = 0; // mW × ns
    for (std::size_t s = 1; s < kStateCount; ++s) {
        const SimTime time = machine.in_state[s] + (s == machine.state ? s_.now - machine.state_since : 0);
        out.in_state_s.at(s) = static_cast<double>(time) * 1e-9;
        energy += static_cast<Int128>(model.power_mw.at(s)) * time;
    }
    out.energy_mj = static_cast<std::int64_t>(energy / kSecond);
    for (std::size_t r = 0; r < kReasonCount; ++r) {
        const bool now = r == machine.reason && machine.state != static_cast<std::uint8_t>(State::Execute);
        const SimTime time = machine.by_reason[r] + (now ? s_.now - machine.state_since : 0);
        out.by_reason_s.at(r) = static_cast<double>(time) * 1e-9;
    }
    out.busy_mean = mean(machine.busy_level, s_.counted_since, s_.now);
    out.cycles = machine.cycles;
    out.produced = machine.produced;
    out.bad = machine.bad;
    out.rejected = machine.rejected;
    out.failures = machine.failures;
    out.changeovers = machine.changeovers;
    out.ideal_s = model.ideal_s;

    const double execute = out.in_state_s[static_cast<std::size_t>(State::Execute)];
    const auto produced = static_cast<double>(out.produced);
    if (out.span_s > 0.0) out.availability = execute / out.span_s;
    if (execute > 0.0) out.performance = model.ideal_s * produced / execute;
    if (produced > 0.0) out.quality = (produced - static_cast<double>(out.bad)) / produced;
    out.oee = out.availability * out.performance * out.quality;
    return out;
}

FlowStatistics Engine::flow() const {
    FlowStatistics out;
    out.span_s = static_cast<double>(s_.now - s_.counted_since) * 1e-9;
    out.inside_mean = mean(s_.inside, s_.counted_since, s_.now);
    out.present = s_.inside.count;
    out.lost = s_.lost;
    for (const TypeState& t : s_.types) {
        TypeFlow& flow = out.types.emplace_back();
        flow = {.made = t.made,
                .turned_in = t.turned_in,
                .turned_out = t.turned_out,
                .used = t.used,
                .gone = t.gone,
                .lost = t.lost,
                .present = t.present,
                .sojourns = t.sojourns};
        if (t.sojourns > 0) flow.sojourn_mean_s = seconds(t.sojourn) / static_cast<double>(t.sojourns);
    }
    return out;
}

} // namespace pw::simulation
