// SPDX-License-Identifier: Apache-2.0
#include "twin/kpi.h"

#include "base/assert.h"
#include "twin/kpi_board.h"
#include "twin/packml.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace pw::twin {

using plant::TagRole;

namespace {

constexpr std::uint32_t kNone = 0xffff'ffffu;
constexpr double kExact = 9e15; // below 2^53: larger counters, and sums of them, lose pieces in a double

double& at(Sums& sums, Sum sum) { return sums.at(static_cast<std::size_t>(sum)); }
double at(const Sums& sums, Sum sum) { return sums.at(static_cast<std::size_t>(sum)); }

bool is_input(TagRole role) { return role != TagRole::None && static_cast<std::size_t>(role) < plant::kKpiRoles; }

bool is_counter(TagRole role) {
    return role == TagRole::Produced || role == TagRole::Rejected || role == TagRole::Energy;
}

struct Counted {
    double more = 0.0;
    bool reset = false, fault = false;
};

// What a counter has counted from one word to the next. One that falls has rolled over when its range is declared and
// it went from the last tenth to the first; it began anew when less than half is left; else nobody knows.
Counted counted(const KpiSource& source, TagRole role, double before, double now) {
    if (std::abs(now) > kExact || std::abs(before) > kExact) return {.fault = true};
    if (now >= before) return {now - before};
    const double tenth = source.range / 10.0;
    if (source.range > 0.0 && before >= source.low + source.range - tenth && now <= source.low + tenth)
        return {now - before + source.range + (role == TagRole::Energy ? 0.0 : 1.0)};
    if (now >= source.low && now - source.low <= (before - source.low) / 2.0)
        return {.more = now - source.low, .reset = true};
    return {.fault = true};
}

} // namespace

bool gate_needs(Gate gate, TagRole role) {
    switch (role) {
    case TagRole::State:
        return gate == Gate::State || gate == Gate::Performance || gate == Gate::Oee;
    case TagRole::Produced:
        return gate != Gate::State;
    case TagRole::Rejected:
        return gate == Gate::Quality || gate == Gate::Oee;
    case TagRole::Energy:
        return gate == Gate::Energy;
    case TagRole::IdealRate:
        return gate == Gate::Performance || gate == Gate::Oee;
    default: // no input of a KPI
        return false;
    }
}

namespace {

// An input of these KPIs that is not there now, or None; first of all one that the plant file does not have.
TagRole missing(const KpiMachine& machine, Gate gate) {
    TagRole first = TagRole::None;
    for (std::size_t r = 1; r < plant::kKpiRoles; ++r) {
        const auto role = static_cast<TagRole>(r);
        const KpiSource& source = machine.source(role);
        const bool constant = role == TagRole::IdealRate && !source.declared && machine.ideal_s > 0.0;
        if (!gate_needs(gate, role) || constant || source.fault == InputFault::None) continue;
        if (!source.declared) return role;
        if (first == TagRole::None) first = role;
    }
    return first;
}

bool is_doubtful(const KpiMachine& machine, Gate gate) {
    for (std::size_t r = 1; r < plant::kKpiRoles; ++r) {
        const auto role = static_cast<TagRole>(r);
        if (gate_needs(gate, role) && machine.source(role).uncertain) return true;
    }
    return false;
}

double ideal_s(const KpiMachine& machine) {
    const KpiSource& rate = machine.source(TagRole::IdealRate);
    return rate.declared ? 1.0 / (rate.number * rate.scale) : machine.ideal_s;
}

void count(KpiMachine& machine, TagRole role, double before, double now) {
    const KpiSource& source = machine.source(role);
    const Counted c = counted(source, role, before, now);
    for (std::size_t g = 0; g < kGates; ++g) {
        if (!machine.open.at(g) || !gate_needs(static_cast<Gate>(g), role)) continue;
        Sums& sums = machine.sums.at(g);
        at(sums, Sum::Resets) += c.reset ? 1.0 : 0.0;
        at(sums, Sum::Faults) += c.fault ? 1.0 : 0.0;
        if (role == TagRole::Energy) at(sums, Sum::Energy) += c.more * source.scale;
        if (role == TagRole::Rejected) at(sums, Sum::Rejected) += c.more;
        if (role != TagRole::Produced) continue;
        at(sums, Sum::Produced) += c.more;
        at(sums, Sum::Steps) += c.more > 0.0 ? 1.0 : 0.0;
        if (gate_needs(static_cast<Gate>(g), TagRole::IdealRate)) at(sums, Sum::Ideal) += c.more * ideal_s(machine);
    }
}

void set_state(KpiMachine& machine, Packml state, bool was_known) {
    Sums& sums = machine.sums.at(static_cast<std::size_t>(Gate::State));
    const bool failed = state == Packml::Failed;
    if (!was_known || state == Packml::Unknown) machine.saw_failure = false;
    if (was_known && failed && !machine.failed) {
        at(sums, Sum::Failures) += 1.0;
        machine.saw_failure = true;
        machine.repair_s = 0.0;
    }
    if (machine.saw_failure && !failed) { // a repair counts when it is done
        at(sums, Sum::Repairs) += 1.0;
        at(sums, Sum::Repair) += machine.repair_s;
        machine.saw_failure = false;
    }
    machine.failed = failed;
    machine.executing = state == Packml::Execute;
}

InputFault fault_of(Quality quality, const Value& value, TagRole role) {
    if (quality == Quality::Stale) return InputFault::Stale;
    if (quality == Quality::Bad) return InputFault::Bad;
    if (role == TagRole::State) {
        const auto* word = std::get_if<std::string>(&value);
        return word != nullptr && packml_of(*word) != Packml::Unknown ? InputFault::None : InputFault::NotPackml;
    }
    const double number = to_number(value, std::nan(""));
    if (!std::isfinite(number)) return InputFault::NoNumber;
    return role == TagRole::IdealRate && number <= 0.0 ? InputFault::NotPositive : InputFault::None;
}

} // namespace

namespace {

KpiGap lack(Kpi kpi, const KpiResult& result) {
    const auto sum = [&](Sum s) { return at(result.sums, s); };
    const bool of_execution = kpi == Kpi::Performance || kpi == Kpi::Oee;
    const bool of_items = kpi == Kpi::Quality || kpi == Kpi::Oee || kpi == Kpi::EnergyPerPiece;
    const bool of_quality = kpi == Kpi::Quality || kpi == Kpi::Oee;
    if (sum(Sum::Faults) > 0.5) return KpiGap::Fault;
    if (sum(Sum::Time) <= 0.0) return KpiGap::NoTime;
    if (sum(Sum::Time) < kCoverage * result.window.seconds()) return KpiGap::Coverage;
    if (of_execution && sum(Sum::Execute) <= 0.0) return KpiGap::NoExecution;
    if (of_items && sum(Sum::Produced) <= 0.0) return KpiGap::NoItems;
    if (of_quality && sum(Sum::Rejected) > sum(Sum::Produced)) return KpiGap::Excess;
    // What is counted at the end of a cycle that began before the window is worth up to a step too much.
    if (of_execution && sum(Sum::Ideal) > kMostStep * sum(Sum::Steps) * sum(of_quality ? Sum::Time : Sum::Execute))
        return KpiGap::FewSteps;
    if (kpi == Kpi::Mtbf && sum(Sum::Failures) < 0.5) return KpiGap::NoFailure;
    if (kpi == Kpi::Mttr && sum(Sum::Repairs) < 0.5) return KpiGap::NoRepair;
    return KpiGap::None;
}

double ratio(Kpi kpi, const Sums& sums) {
    const auto sum = [&](Sum s) { return at(sums, s); };
    const double good = sum(Sum::Produced) - sum(Sum::Rejected);
    switch (kpi) {
    case Kpi::Availability:
        return sum(Sum::Execute) / sum(Sum::Time);
    case Kpi::Performance:
        return sum(Sum::Ideal) / sum(Sum::Execute);
    case Kpi::Quality:
        return good / sum(Sum::Produced);
    case Kpi::Oee: // availability × performance × quality; the time in EXECUTE cancels
        return sum(Sum::Ideal) / sum(Sum::Time) * good / sum(Sum::Produced);
    case Kpi::Mtbf:
        return sum(Sum::Execute) / sum(Sum::Failures);
    case Kpi::Mttr:
        return sum(Sum::Repair) / sum(Sum::Repairs);
    case Kpi::Throughput:
        return sum(Sum::Produced) / sum(Sum::Time) * 3600.0;
    case Kpi::EnergyPerPiece:
        return sum(Sum::Energy) / 3600.0 / sum(Sum::Produced);
    }
    return 0.0;
}

} // namespace

void KpiBoard::Impl::accrue(KpiMachine& machine, Time to) {
    const double time = (to - machine.accrued).seconds();
    machine.accrued = to;
    if (time <= 0.0) return;
    for (std::size_t g = 0; g < kGates; ++g) {
        if (!machine.open.at(g)) continue;
        at(machine.sums.at(g), Sum::Time) += time;
        if (machine.executing) at(machine.sums.at(g), Sum::Execute) += time;
        if (machine.doubtful.at(g)) at(machine.sums.at(g), Sum::Uncertain) += time;
    }
    if (machine.saw_failure) machine.repair_s += time;
}

void KpiBoard::Impl::pass_time(Instant to) {
    if (!started) {
        started = true;
        now = start = minutes[0] = to;
        marks.start(to.time);
        for (KpiMachine& machine : machines) machine.accrued = to.time;
    }
    PW_ASSERT(to.time >= now.time, "time does not go back");
    marks.advance(to.time, [&](std::size_t place, Time time) {
        minutes.at(place) = {time, to.utc + (time - to.time)};
        for (KpiMachine& machine : machines) {
            accrue(machine, time);
            machine.minutes.at(place) = machine.sums;
        }
    });
    now = to;
}

void KpiBoard::Impl::open_gates(KpiMachine& machine) const {
    for (std::size_t g = 0; g < kGates; ++g) {
        machine.open.at(g) = missing(machine, static_cast<Gate>(g)) == TagRole::None;
        machine.doubtful.at(g) = is_doubtful(machine, static_cast<Gate>(g));
        if (machine.open.at(g) && !machine.first_open.at(g).utc.known()) machine.first_open.at(g) = now;
    }
}

void KpiBoard::Impl::take_word(KpiMachine& machine, TagRole role, const Value& value, Quality quality) const {
    accrue(machine, now.time);
    KpiSource& source = machine.sources.at(static_cast<std::size_t>(role));
    const InputFault before = std::exchange(source.fault, fault_of(quality, value, role));
    const bool known = source.fault == InputFault::None;
    const bool doubted = std::exchange(source.uncertain, known && quality == Quality::Uncertain);
    if (role == TagRole::State) {
        const auto* word = std::get_if<std::string>(&value);
        source.word = word != nullptr ? *word : std::string();
        set_state(machine, known ? packml_of(source.word) : Packml::Unknown, before == InputFault::None);
    } else if (known) {
        const double number_before = std::exchange(source.number, to_number(value));
        // After a gap the gates are still closed here: this number is where counting begins again.
        if (is_counter(role)) count(machine, role, number_before, source.number);
    }
    if (before != source.fault || doubted != source.uncertain) open_gates(machine);
}

const KpiMachine* KpiBoard::Impl::find(std::uint32_t of) const {
    const auto found = std::ranges::lower_bound(machines, of, {}, &KpiMachine::equipment);
    return found != machines.end() && found->equipment == of ? &*found : nullptr;
}

KpiResult KpiBoard::Impl::compute(const KpiMachine& machine, Kpi kpi, KpiWindow window) const {
    const Gate gate = kGateOf.at(static_cast<std::size_t>(kpi));
    const auto g = static_cast<std::size_t>(gate);
    const std::size_t mark = marks.hour_ago();
    KpiResult out;
    KpiMachine as_of = {
        .accrued = machine.accrued, .sums = {machine.sums}, .open = machine.open, .doubtful = machine.doubtful};
    as_of.executing = machine.executing;
    accrue(as_of, now.time);
    out.sums = as_of.sums.at(g);
    out.from = window == KpiWindow::SinceStart ? start : minutes.at(mark);
    if (window != KpiWindow::SinceStart) {
        const Sums& then = machine.minutes.at(mark).at(g);
        for (std::size_t s = 0; s < kSums; ++s) out.sums.at(s) -= then.at(s);
    }
    const Instant& first = machine.first_open.at(g);
    if (first.utc.known() && first.time > out.from.time) out.from = first;
    out.window = now.time - out.from.time;

    out.role = missing(machine, gate);
    if (out.role != TagRole::None)
        out.gap = machine.source(out.role).declared ? KpiGap::Input : KpiGap::NoTag;
    else
        out.gap = lack(kpi, out);
    if (out.gap == KpiGap::None) out.value = ratio(kpi, out.sums);
    out.uncertain = out.gap == KpiGap::None &&
                    (machine.doubtful.at(g) || at(out.sums, Sum::Uncertain) > kDoubt * at(out.sums, Sum::Time));
    return out;
}

KpiBoard::KpiBoard() : impl_(std::make_unique<Impl>()) {}
KpiBoard::KpiBoard(KpiBoard&&) noexcept = default;
KpiBoard& KpiBoard::operator=(KpiBoard&&) noexcept = default;
KpiBoard::~KpiBoard() = default;

KpiBoard KpiBoard::make(const plant::Plant& plant, const Bindings& bindings) {
    KpiBoard board;
    Impl& impl = *board.impl_;
    impl.machine_of.assign(bindings.watched().size(), kNone);
    impl.role_of.assign(bindings.watched().size(), TagRole::None);
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) {
        KpiMachine machine;
        for (const plant::Tag& tag : plant.equipment[e].tags) {
            if (!is_input(tag.role)) continue;
            KpiSource& source = machine.sources.at(static_cast<std::size_t>(tag.role));
            source.declared = true;
            source.name = plant::tag_name(plant, e, tag);
            if (tag.role == TagRole::Energy) source.scale = plant::joules_in(tag.unit).value_or(1.0);
            if (tag.role == TagRole::IdealRate) source.scale = plant::per_second_in(tag.unit).value_or(1.0);
            source.low = tag.low.value_or(0.0);
            if (is_counter(tag.role) && tag.high) source.range = *tag.high - source.low;
            const std::uint32_t watched = bindings.find_watched(source.name);
            PW_ASSERT(watched != kNone, "every tag of the plant is watched");
            impl.machine_of[watched] = static_cast<std::uint32_t>(impl.machines.size());
            impl.role_of[watched] = tag.role;
        }
        if (std::ranges::none_of(machine.sources, &KpiSource::declared)) continue;
        machine.equipment = e;
        machine.ideal_s = plant.equipment[e].behaviour.ideal_s;
        machine.minutes.resize(MinuteMarks::kMarks);
        impl.machines.push_back(std::move(machine));
        impl.equipment.push_back(e);
    }
    return board;
}

std::span<const std::uint32_t> KpiBoard::equipment() const { return impl_->equipment; }

void KpiBoard::word(std::uint32_t watched, const Value& value, Quality quality, Instant now) {
    impl_->pass_time(now);
    const std::uint32_t machine = impl_->machine_of[watched];
    if (machine != kNone) impl_->take_word(impl_->machines[machine], impl_->role_of[watched], value, quality);
}

void KpiBoard::advance(Instant now) { impl_->pass_time(now); }

std::optional<double> KpiBoard::number(std::uint32_t equipment, Kpi kpi, KpiWindow window) const {
    const KpiMachine* machine = impl_->find(equipment);
    if (machine == nullptr) return std::nullopt;
    const KpiResult result = impl_->compute(*machine, kpi, window);
    return result.gap == KpiGap::None ? std::optional(result.value) : std::nullopt;
}

bool KpiBoard::uncertain(std::uint32_t equipment, Kpi kpi, KpiWindow window) const {
    const KpiMachine* machine = impl_->find(equipment);
    return machine != nullptr && impl_->compute(*machine, kpi, window).uncertain;
}

} // namespace pw::twin
