#pragma once
// SPDX-License-Identifier: Apache-2.0
// Heat maps: one figure of every machine as a colour, on a scale that a legend shows. Pure.

#include "plant/plant.h"
#include "twin/twin.h"
#include "work/management.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace pw::work {

enum class Heat : std::uint8_t { None, Oee, Utilisation, Energy, Alarms, Temperature };
inline constexpr std::size_t kHeats = 6;
std::string_view heat_name(Heat heat); // "utilisation"; "none"

// Oee, Utilisation: %. Energy: kW drawn now. Alarms: annunciated in the last hour.
// Temperature: °C of the hottest tag of the machine.
std::string_view heat_unit(Heat heat);

// What a tag says now; null: it is not heard, STALE or BAD.
using FindTag = std::function<const twin::TagState*(std::uint32_t equipment, const plant::Tag& tag)>;

// Of the time of the last hour that is known: how much in EXECUTE, 0 … 1. Nothing while the machine is not heard, and
// where more than a tenth of that hour is not known.
std::optional<float> utilisation(const MachineFigures& figures);

// A machine's figure; nothing where it has none, or it is not known now.
std::optional<double> heat_of(Heat heat, const plant::Plant& plant, std::uint32_t equipment,
                              const ManagementSnapshot& snapshot, const FindTag& find);

// From what to what the colours go: 0 to 100 for shares; else from 0 (temperature: from the least, rounded down) to the
// largest, rounded up to 1, 2, 3, 5 or 8 times a power of ten.
struct HeatScale {
    double low = 0.0, high = 1.0;
};
HeatScale heat_scale(Heat heat, std::span<const double> figures);

// 0 … 1 → sRGB, R in the lowest byte, opaque; clamped. What is little is pale and recedes into the hall, what is much
// is dark: of falling lightness, so that it reads the same with any colour vision and in grey. Yellow to red for what
// is spent or goes wrong, yellow to blue for shares of what should be much: YlOrRd and YlGnBu of nine classes (M.
// Harrower and C. Brewer, "ColorBrewer.org", The Cartographic Journal 40(1), 2003; Apache-2.0).
std::uint32_t heat_color(Heat heat, double share);

// A field over a floor: where machines stand it has their figures, between them it goes from one to the other, away
// from all of them it fades.
struct HeatSpot {
    DVec3 low{0.0}, high{0.0}; // the machine's box in the world
    double share = 0.0;        // 0 … 1 of the scale
};
struct HeatField {
    double x0_m = 0.0, z0_m = 0.0, step_m = 0.5, floor_m = 0.0;
    std::uint32_t columns = 0, rows = 0; // of corners
    std::vector<float> share, strength;  // by row * columns + column; strength 0 … 1
};
// Spots that stand higher than a metre above the lowest one's floor are left out. At most 200 × 200 corners: the step
// grows with the plant. `out` keeps its memory.
void heat_field(std::span<const HeatSpot> spots, HeatField& out);

} // namespace pw::work
