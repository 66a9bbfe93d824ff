#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a KpiBoard consists of. Internal to twin/kpi*.cpp.

#include "twin/kpi.h"
#include "twin/minute_marks.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace pw::twin {

// What is added up. Seconds, items, joules.
enum class Sum : std::uint8_t {
    Time,
    Execute,
    Ideal,
    Produced,
    Steps, // words in which the produced counter went on
    Rejected,
    Energy,
    Repair,
    Failures,
    Repairs,
    Resets,
    Faults,
    Uncertain // time in which an input was so
};
inline constexpr std::size_t kSums = static_cast<std::size_t>(Sum::Uncertain) + 1;
using Sums = std::array<double, kSums>;

// Each gate adds up while all inputs of its KPIs are known, and only then: so what stands above and below a line is
// always of the same time.
enum class Gate : std::uint8_t { State, Performance, Quality, Throughput, Energy, Oee };
inline constexpr std::size_t kGates = 6;
using AllSums = std::array<Sums, kGates>;
constexpr std::array<Gate, kKpis> kGateOf{Gate::State, Gate::Performance, Gate::Quality,    Gate::Oee,
                                          Gate::State, Gate::State,       Gate::Throughput, Gate::Energy};
bool gate_needs(Gate gate, plant::TagRole role);

inline constexpr double kCoverage = 0.9; // of a window that the inputs must have been known for
inline constexpr double kMostStep = 0.1; // of a performance or an OEE that one step of the counter may make
inline constexpr double kDoubt = 0.1;    // of the time known, that inputs may have been UNCERTAIN for

enum class InputFault : std::uint8_t { None, NotHeard, Stale, Bad, NoNumber, NotPackml, NotPositive };

struct KpiSource { // a tag with a role
    bool declared = false;
    std::string name;
    double scale = 1.0;            // to joules, or to items a second
    double low = 0.0, range = 0.0; // of a counter that rolls over; range 0: it does not
    InputFault fault = InputFault::NotHeard;
    bool uncertain = false; // without a fault
    double number = 0.0;    // in the tag's unit
    std::string word;       // State: as it came
};

struct KpiMachine {
    std::uint32_t equipment = 0;
    std::array<KpiSource, plant::kKpiRoles> sources;
    double ideal_s = 0.0; // as the plant file says; 0: it does not
    bool executing = false, failed = false;
    bool saw_failure = false; // the present one, from its beginning
    double repair_s = 0.0;    // of it so far
    Time accrued{};           // up to here
    AllSums sums{};
    std::vector<AllSums> minutes;
    std::array<bool, kGates> open{}, doubtful{}; // doubtful: an input is UNCERTAIN
    std::array<Instant, kGates> first_open{};    // when it opened first; utc not known: never

    const KpiSource& source(plant::TagRole role) const { return sources.at(static_cast<std::size_t>(role)); }
};

// Why there is no number, without words.
enum class KpiGap : std::uint8_t {
    None,
    NoTag,
    Input,
    Fault,
    NoTime,
    Coverage,
    NoExecution,
    NoItems,
    FewSteps,
    NoFailure,
    NoRepair,
    Excess
};
struct KpiResult {
    KpiGap gap = KpiGap::None;
    plant::TagRole role{}; // NoTag, Input
    double value = 0.0;
    Sums sums{};
    Instant from;
    Duration window{};
    bool uncertain = false;
};

struct KpiBoard::Impl {
    std::vector<KpiMachine> machines;
    std::vector<std::uint32_t> equipment;
    std::vector<std::uint32_t> machine_of; // by watched tag; 0xffffffff: none
    std::vector<plant::TagRole> role_of;   // likewise
    MinuteMarks marks;
    std::array<Instant, MinuteMarks::kMarks> minutes{};
    Instant now, start;
    bool started = false;

    void pass_time(Instant to);
    static void accrue(KpiMachine& machine, Time to);
    void take_word(KpiMachine& machine, plant::TagRole role, const Value& value, Quality quality) const;
    void open_gates(KpiMachine& machine) const;
    const KpiMachine* find(std::uint32_t of) const;
    KpiResult compute(const KpiMachine& machine, Kpi kpi, KpiWindow window) const;
};

} // namespace pw::twin
