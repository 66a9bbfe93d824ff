#pragma once
// SPDX-License-Identifier: Apache-2.0
// A ManagementSnapshot as text in a recording, and back: what was shown then is shown again, with the inputs of all
// KPIs. Machines and alarms are named as the plant file names them, so a recording fits a plant that has changed since,
// as far as the names do.

#include "base/result.h"
#include "work/management.h"

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::work {

inline constexpr const char* kFiguresTopic = "management"; // of the recording

// `details` of all machines that have KPIs; the one in the snapshot is of whom somebody asked for.
std::string to_json(const plant::Plant& plant, const twin::AlarmBoard& names, const ManagementSnapshot& snapshot,
                    std::span<const KpiDetail> details);

// What the names in such a text mean here. It never changes, so any thread may read with it.
struct FigureNames {
    FigureNames(const plant::Plant& plant, const Management& management);
    struct Alarm {
        twin::AlarmId id;
        std::uint32_t equipment = 0;
        plant::AlarmPriority priority{};
    };
    using Inputs = std::array<std::vector<twin::KpiInput>, twin::kKpis>;
    std::size_t machines = 0; // as many as Plant::equipment
    std::map<std::string, std::uint32_t, std::less<>> equipment;
    std::map<std::string, Alarm, std::less<>> alarms;
    std::map<std::uint32_t, Inputs> inputs; // by equipment, of those that have KPIs
};

struct PastFigures {
    ManagementSnapshot snapshot; // without a detail
    std::vector<KpiDetail> details;
};
// Foreign bytes: Malformed when it is no such text. What this plant does not have is left out.
Result<PastFigures> figures_from_json(const FigureNames& names, std::string_view json);

} // namespace pw::work
