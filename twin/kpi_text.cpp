// SPDX-License-Identifier: Apache-2.0
// A KPI with how it came about.
#include "base/format.h"
#include "base/text.h"
#include "twin/kpi.h"
#include "twin/kpi_board.h"

namespace pw::twin {

using plant::TagRole;

namespace {

constexpr std::array<KpiDefinition, kKpis> kDefinitions{
    {{"Availability", "APT / PBT", "1",
      "Share of the planned busy time (PBT) that is actual production time (APT). APT: EXECUTE. PBT: all time."},
     {"Performance", "PRI × PQ / APT", "1",
      "Time that the produced quantity (PQ) should have taken at the planned run time per item (PRI), by the actual "
      "production time (APT). ISO 22400 calls it effectiveness."},
     {"Quality", "GQ / PQ", "1", "Share of the produced quantity (PQ) that is good (GQ = PQ − rejected)."},
     {"OEE", "availability × performance × quality", "1", "Overall equipment effectiveness."},
     {"MTBF", "operating time / failures", "s",
      "Mean operating time (EXECUTE) between failures. A failure begins with HOLDING, HELD, ABORTING or ABORTED."},
     {"MTTR", "repair time / repairs", "s",
      "Mean time from the beginning of a failure until the machine leaves HELD or ABORTED, of the repairs done."},
     {"Throughput", "PQ / time", "/h", "Items produced per hour."},
     {"Energy per piece", "E / PQ", "W.h", "Energy used, by the produced quantity."}}};

double at(const Sums& sums, Sum sum) { return sums.at(static_cast<std::size_t>(sum)); }

std::string seconds(double s) { return formatted("{:.0f} s", s); }

std::string input_fault(const KpiSource& source) {
    switch (source.fault) {
    case InputFault::NotHeard:
        return source.name + " has not been heard yet";
    case InputFault::Stale:
        return source.name + " is STALE";
    case InputFault::Bad:
        return source.name + " is BAD";
    case InputFault::NoNumber:
        return source.name + " is no number";
    case InputFault::NotPackml:
        return source.name + " is no PackML state: \"" + shortened(source.word, 40) + "\"";
    case InputFault::NotPositive:
        return source.name + " is not more than 0";
    case InputFault::None:
        break;
    }
    return {};
}

std::string reason(const KpiMachine& machine, const KpiResult& result) {
    switch (result.gap) {
    case KpiGap::None:
        return {};
    case KpiGap::NoTag:
        return std::string("the plant file names no tag with the role \"") +
               std::string(plant::role_name(result.role)) + "\"";
    case KpiGap::Input:
        return input_fault(machine.source(result.role));
    case KpiGap::Fault:
        return "a counter went back within this time, and not to its beginning";
    case KpiGap::NoTime:
        return "no time has passed since all inputs are known";
    case KpiGap::Coverage:
        return "the inputs were known for only " + seconds(at(result.sums, Sum::Time)) + " of " +
               seconds(result.window.seconds());
    case KpiGap::NoExecution:
        return "the machine was not in EXECUTE within this time";
    case KpiGap::NoItems:
        return "nothing was produced within this time";
    case KpiGap::FewSteps:
        return "the time is too short for how much is counted at once: a cycle more or less would be over a tenth";
    case KpiGap::NoFailure:
        return "there was no failure within this time";
    case KpiGap::NoRepair:
        return "no repair was finished within this time";
    case KpiGap::Excess:
        return "more was rejected than produced within this time";
    }
    return {};
}

void list_inputs(const KpiMachine& machine, Kpi kpi, const Sums& sums, std::vector<KpiInput>& out) {
    const auto& name = [&](TagRole role) -> const std::string& { return machine.source(role).name; };
    const auto add = [&](std::string_view symbol, double value, std::string_view unit, std::string from) {
        out.push_back({symbol, value, unit, std::move(from)});
    };
    const double produced = at(sums, Sum::Produced);
    const bool oee = kpi == Kpi::Oee;
    if (kpi == Kpi::Availability || kpi == Kpi::Performance || oee)
        add("APT", at(sums, Sum::Execute), "s", name(TagRole::State));
    if (kpi == Kpi::Availability || oee) add("PBT", at(sums, Sum::Time), "s", "the clock");
    if ((kpi == Kpi::Performance || oee) && produced > 0.0)
        add("PRI", at(sums, Sum::Ideal) / produced, "s",
            machine.source(TagRole::IdealRate).declared ? name(TagRole::IdealRate) : "ideal_s of the plant file");
    if (gate_needs(kGateOf.at(static_cast<std::size_t>(kpi)), TagRole::Produced))
        add("PQ", produced, "1", name(TagRole::Produced));
    if (kpi == Kpi::Quality || oee)
        add("GQ", produced - at(sums, Sum::Rejected), "1", name(TagRole::Produced) + " − " + name(TagRole::Rejected));
    if (kpi == Kpi::Mtbf) {
        add("operating time", at(sums, Sum::Execute), "s", name(TagRole::State));
        add("failures", at(sums, Sum::Failures), "1", name(TagRole::State));
    }
    if (kpi == Kpi::Mttr) {
        add("repair time", at(sums, Sum::Repair), "s", name(TagRole::State));
        add("repairs", at(sums, Sum::Repairs), "1", name(TagRole::State));
    }
    if (kpi == Kpi::Throughput) add("time", at(sums, Sum::Time), "s", "the clock");
    if (kpi == Kpi::EnergyPerPiece) add("E", at(sums, Sum::Energy) / 3600.0, "W.h", name(TagRole::Energy));
    if (at(sums, Sum::Uncertain) > 0.0) add("time in doubt", at(sums, Sum::Uncertain), "s", "an input was UNCERTAIN");
    if (at(sums, Sum::Resets) > 0.5)
        add("counter resets", at(sums, Sum::Resets), "1", "counters that fell to their beginning");
}

} // namespace

const KpiDefinition& definition(Kpi kpi) { return kDefinitions.at(static_cast<std::size_t>(kpi)); }

KpiValue KpiBoard::value(std::uint32_t equipment, Kpi kpi, KpiWindow window) const {
    KpiValue out;
    const KpiMachine* machine = impl_->find(equipment);
    if (machine == nullptr) {
        out.unknown_because = "this equipment has no tag with a role";
        return out;
    }
    const KpiResult result = impl_->compute(*machine, kpi, window);
    if (result.gap == KpiGap::None) out.value = result.value;
    out.uncertain = result.uncertain;
    out.unknown_because = reason(*machine, result);
    if (result.gap != KpiGap::NoTag) list_inputs(*machine, kpi, result.sums, out.inputs);
    out.from = result.from.utc;
    out.to = impl_->now.utc;
    out.window = result.window;
    out.observed = from_seconds(at(result.sums, Sum::Time));
    return out;
}

std::vector<KpiInput> KpiBoard::inputs(std::uint32_t equipment, Kpi kpi) const {
    std::vector<KpiInput> out;
    const KpiMachine* machine = impl_->find(equipment);
    if (machine == nullptr) return out;
    Sums some;
    some.fill(1.0);
    list_inputs(*machine, kpi, some, out);
    for (KpiInput& input : out) input.value = 0.0;
    return out;
}

std::string to_text(Kpi kpi, const KpiValue& value) {
    const KpiDefinition& d = definition(kpi);
    std::string out = formatted("{} = {}", d.name, d.formula);
    if (value.value)
        out += formatted(" = {:.4g}{}{}{}", *value.value, d.unit == "1" ? "" : " ", d.unit == "1" ? "" : d.unit,
                         value.uncertain ? ", UNCERTAIN" : "");
    else
        out += ": unknown because " + value.unknown_because;
    out += "\n" + std::string(d.meaning);
    for (const KpiInput& input : value.inputs)
        out += formatted("\n{} = {:.6g}{}{} ({})", input.symbol, input.value, input.unit == "1" ? "" : " ",
                         input.unit == "1" ? "" : input.unit, input.from);
    if (value.to.known())
        out += formatted("\n{} to {}, inputs known for {} of {}", to_iso8601(value.from), to_iso8601(value.to),
                         seconds(value.observed.seconds()), seconds(value.window.seconds()));
    return out;
}

} // namespace pw::twin
