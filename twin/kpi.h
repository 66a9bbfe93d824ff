#pragma once
// SPDX-License-Identifier: Apache-2.0
// Key performance indicators of machines as ISO 22400-2 names them, computed from live tags word by word
// (docs/kpi.md). Each number can show what it was computed from. What is not known is not guessed: a KPI whose inputs
// are missing or stale is unknown and says why. Pure and deterministic; not thread-safe.

#include "base/time.h"
#include "plant/plant.h"
#include "twin/binding.h"
#include "twin/types.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::twin {

enum class Kpi : std::uint8_t {
    Availability,
    Performance, // ISO 22400: effectiveness
    Quality,
    Oee,
    Mtbf, // of operating time
    Mttr,
    Throughput,
    EnergyPerPiece,
};
inline constexpr std::size_t kKpis = 8;

// SinceStart: since the board began. Hour: the last 60 minutes, cut at a full minute of the board's time, so 60 to 61
// of them; less while the board is younger.
enum class KpiWindow : std::uint8_t { SinceStart, Hour };

struct KpiDefinition {
    std::string_view name, formula, unit, meaning;
};
const KpiDefinition& definition(Kpi kpi);

struct KpiInput {
    std::string_view symbol; // as in the formula: "APT"
    double value = 0.0;
    std::string_view unit;
    std::string from; // the tag, "filler.state", or what in the plant file
    friend bool operator==(const KpiInput&, const KpiInput&) = default;
};

struct KpiValue {
    std::optional<double> value; // a ratio, or in the definition's unit
    bool uncertain = false;      // an input of it is UNCERTAIN, or was for more than a tenth of `observed`
    std::string unknown_because; // "filler.count is STALE"; empty when there is a value
    std::vector<KpiInput> inputs;
    UtcTime from, to;
    Duration window{};   // to - from
    Duration observed{}; // of it: all inputs were there. The rest is left out above and below the line alike.
    friend bool operator==(const KpiValue&, const KpiValue&) = default;
};
std::string to_text(Kpi kpi, const KpiValue& value); // definition, number and inputs in a few lines

class KpiBoard {
  public:
    // Every equipment that has a tag with a role that KPIs are computed from. The plant is one that parse_plant has
    // checked.
    static KpiBoard make(const plant::Plant& plant, const Bindings& bindings);

    std::span<const std::uint32_t> equipment() const; // into Plant::equipment, those that have KPIs; ascending

    // Live words only; `now` never goes back and says when it was so: a machine's clock may be another.
    void word(std::uint32_t watched, const Value& value, Quality quality, Instant now);
    void advance(Instant now); // the first call, or word, is the start

    // As of the last `now`. `number` allocates nothing; `value` is for whoever asks to see how.
    std::optional<double> number(std::uint32_t equipment, Kpi kpi, KpiWindow window) const;
    bool uncertain(std::uint32_t equipment, Kpi kpi, KpiWindow window) const; // as KpiValue says
    KpiValue value(std::uint32_t equipment, Kpi kpi, KpiWindow window) const;

    // All inputs that value() may list, without numbers.
    std::vector<KpiInput> inputs(std::uint32_t equipment, Kpi kpi) const;

    KpiBoard(KpiBoard&&) noexcept;
    KpiBoard& operator=(KpiBoard&&) noexcept;
    ~KpiBoard();

  private:
    KpiBoard();
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace pw::twin
