// SPDX-License-Identifier: Apache-2.0
#include "work/line.h"

#include <algorithm>

namespace pw::work {

namespace {

std::uint32_t line_of(const plant::Plant& plant, std::uint32_t machine) {
    const std::uint32_t parent = plant.equipment[machine].parent;
    std::uint32_t above = parent;
    while (above != plant::kNoEquipment && plant.equipment[above].level != plant::Level::Line)
        above = plant.equipment[above].parent;
    return above != plant::kNoEquipment ? above : parent;
}

} // namespace

std::vector<Line> lines_of(const plant::Plant& plant) {
    std::vector<Line> lines;
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) {
        if (!is_judged(plant.equipment[e])) continue;
        const std::uint32_t of = line_of(plant, e);
        auto line = std::ranges::find(lines, of, &Line::equipment);
        if (line == lines.end()) line = lines.insert(lines.end(), Line{of, {}});
        line->machines.push_back(e);
    }
    return lines;
}

std::uint32_t pacemaker(const Line& line, std::span<const MachineFigures> machines) {
    std::uint32_t slowest = plant::kNoEquipment;
    float most = -1.f;
    for (const std::uint32_t machine : line.machines) {
        if (machine >= machines.size()) return plant::kNoEquipment;
        const auto kpi = [&](twin::Kpi k) { return machines[machine].kpis.at(static_cast<std::size_t>(k)); };
        const auto available = kpi(twin::Kpi::Availability), performance = kpi(twin::Kpi::Performance);
        if (!available || !performance) return plant::kNoEquipment;
        if (*available * *performance <= most) continue;
        most = *available * *performance;
        slowest = machine;
    }
    return slowest;
}

} // namespace pw::work
