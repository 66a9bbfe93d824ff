// SPDX-License-Identifier: Apache-2.0
#include "work/heat.h"

#include "base/math.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace pw::work {

namespace {

constexpr double kReach_m = 3.0;      // beyond its box a machine colours the floor so far
constexpr double kMaxCorners = 199.0; // each way

struct Figure {
    std::string_view name, unit;
};
constexpr std::array<Figure, kHeats> kFigures{
    {{"none", ""}, {"oee", "%"}, {"utilisation", "%"}, {"energy", "kW"}, {"alarms", "/h"}, {"temperature", "°C"}}};

// A machine may say NaN, infinity or nothing, and call it good.
std::optional<double> finite(const twin::Value& value) {
    const double number = twin::to_number(value, std::numeric_limits<double>::quiet_NaN());
    return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

bool is_share(Heat heat) { return heat == Heat::Oee || heat == Heat::Utilisation; }

std::optional<double> power_kw(const plant::Equipment& machine, std::uint32_t index, const FindTag& find) {
    for (const plant::Tag& tag : machine.tags) {
        const auto* state = tag.role == plant::TagRole::Power ? find(index, tag) : nullptr;
        const auto watts = state != nullptr ? finite(state->value) : std::nullopt;
        if (watts) return *watts * plant::watts_in(tag.unit).value_or(1.0) / 1e3;
    }
    return std::nullopt;
}

std::optional<double> hottest(const plant::Equipment& machine, std::uint32_t index, const FindTag& find) {
    std::optional<double> out;
    for (const plant::Tag& tag : machine.tags) {
        const auto* state = tag.unit == "Cel" ? find(index, tag) : nullptr;
        const auto degrees = state != nullptr ? finite(state->value) : std::nullopt;
        if (degrees) out = std::max(out.value_or(*degrees), *degrees);
    }
    return out;
}

double rounded_up(double x) {
    if (!(x > 0.0)) return 1.0;
    const double power = std::pow(10.0, std::floor(std::log10(x)));
    for (const double step : {1.0, 2.0, 3.0, 5.0, 8.0}) {
        if (x <= step * power) return step * power;
    }
    return 10.0 * power;
}

} // namespace

std::string_view heat_name(Heat heat) { return kFigures.at(static_cast<std::size_t>(heat)).name; }
std::string_view heat_unit(Heat heat) { return kFigures.at(static_cast<std::size_t>(heat)).unit; }

std::optional<float> utilisation(const MachineFigures& figures) {
    constexpr float kMostUnknown = 0.1f;
    const float unknown = figures.shares.at(static_cast<std::size_t>(Doing::Unknown));
    const bool known = figures.has_state && figures.doing != Doing::Unknown && figures.shares != DoingShares{};
    if (!known || unknown > kMostUnknown) return std::nullopt;
    return figures.shares.at(static_cast<std::size_t>(Doing::Executing)) / (1.f - unknown);
}

std::optional<double> heat_of(Heat heat, const plant::Plant& plant, std::uint32_t equipment,
                              const ManagementSnapshot& snapshot, const FindTag& find) {
    const plant::Equipment& machine = plant.equipment[equipment];
    if (heat == Heat::Energy) return power_kw(machine, equipment, find);
    if (heat == Heat::Temperature) return hottest(machine, equipment, find);
    if (equipment >= snapshot.machines.size()) return std::nullopt;
    const MachineFigures& figures = snapshot.machines[equipment];
    switch (heat) {
    case Heat::Oee: {
        const auto oee = figures.kpis.at(static_cast<std::size_t>(twin::Kpi::Oee));
        return oee ? std::optional<double>(*oee * 100.f) : std::nullopt;
    }
    case Heat::Utilisation:
        return utilisation(figures).transform([](float share) { return double{share * 100.f}; });
    case Heat::Alarms:
        if (machine.alarms.empty() || (figures.has_state && figures.doing == Doing::Unknown)) return std::nullopt;
        return figures.alarms_an_hour;
    default:
        return std::nullopt;
    }
}

HeatScale heat_scale(Heat heat, std::span<const double> figures) {
    if (is_share(heat)) return {0.0, 100.0};
    if (figures.empty()) return {};
    const auto [least, most] = std::ranges::minmax(figures);
    if (heat == Heat::Temperature) {
        const double low = std::floor(least / 10.0) * 10.0;
        return {low, std::max(std::ceil(most / 10.0) * 10.0, low + 10.0)};
    }
    return {0.0, rounded_up(most)};
}

std::uint32_t heat_color(Heat heat, double share) {
    constexpr std::array<std::uint32_t, 9> kYlOrRd{0xffffcc, 0xffeda0, 0xfed976, 0xfeb24c, 0xfd8d3c,
                                                   0xfc4e2a, 0xe31a1c, 0xbd0026, 0x800026};
    constexpr std::array<std::uint32_t, 9> kYlGnBu{0xffffd9, 0xedf8b1, 0xc7e9b4, 0x7fcdbb, 0x41b6c4,
                                                   0x1d91c0, 0x225ea8, 0x253494, 0x081d58};
    const auto& ramp = is_share(heat) ? kYlGnBu : kYlOrRd;
    const double at = std::clamp(share, 0.0, 1.0) * (ramp.size() - 1);
    const auto i = std::min(static_cast<std::size_t>(at), ramp.size() - 2);
    const double t = at - static_cast<double>(i);
    const auto mix = [&](int shift) {
        const double a = ramp.at(i) >> shift & 255, b = ramp.at(i + 1) >> shift & 255;
        return static_cast<std::uint32_t>(a + (b - a) * t + 0.5);
    };
    return 0xff00'0000u | mix(0) << 16 | mix(8) << 8 | mix(16);
}

void heat_field(std::span<const HeatSpot> spots, HeatField& out) {
    out.columns = out.rows = 0;
    out.share.clear();
    out.strength.clear();
    if (spots.empty()) return;
    out.floor_m = std::ranges::min(spots, {}, [](const HeatSpot& s) { return s.low.y; }).low.y;
    DVec3 low(1e30), high(-1e30);
    for (const HeatSpot& s : spots) {
        if (s.low.y > out.floor_m + 1.0) continue;
        low = glm::min(low, s.low);
        high = glm::max(high, s.high);
    }
    const double width = high.x - low.x + 2.0 * kReach_m, depth = high.z - low.z + 2.0 * kReach_m;
    out.step_m = std::max(0.5, std::max(width, depth) / kMaxCorners);
    out.x0_m = low.x - kReach_m;
    out.z0_m = low.z - kReach_m;
    out.columns = static_cast<std::uint32_t>(std::ceil(width / out.step_m)) + 1;
    out.rows = static_cast<std::uint32_t>(std::ceil(depth / out.step_m)) + 1;
    out.share.assign(std::size_t{out.columns} * out.rows, 0.f);
    out.strength.assign(out.share.size(), 0.f);
    for (const HeatSpot& s : spots) {
        if (s.low.y > out.floor_m + 1.0) continue;
        const auto cell = [&](double at, double from) { return (at - from) / out.step_m; };
        const auto first_column = static_cast<std::uint32_t>(std::max(0.0, cell(s.low.x - kReach_m, out.x0_m)));
        const auto first_row = static_cast<std::uint32_t>(std::max(0.0, cell(s.low.z - kReach_m, out.z0_m)));
        for (std::uint32_t r = first_row; r < out.rows; ++r) {
            const double z = out.z0_m + r * out.step_m;
            if (z > s.high.z + kReach_m) break;
            for (std::uint32_t c = first_column; c < out.columns; ++c) {
                const double x = out.x0_m + c * out.step_m;
                if (x > s.high.x + kReach_m) break;
                const double dx = std::max({s.low.x - x, 0.0, x - s.high.x});
                const double dz = std::max({s.low.z - z, 0.0, z - s.high.z});
                const double near = 1.0 - std::hypot(dx, dz) / kReach_m;
                if (near <= 0.0) continue;
                const double weight = near * near * (3.0 - 2.0 * near); // smooth at both ends
                const std::size_t i = std::size_t{r} * out.columns + c;
                out.share[i] += static_cast<float>(weight * s.share);
                out.strength[i] += static_cast<float>(weight);
            }
        }
    }
    for (std::size_t i = 0; i < out.share.size(); ++i) {
        if (out.strength[i] > 0.f) out.share[i] /= out.strength[i];
        out.strength[i] = std::min(out.strength[i], 1.f);
    }
}

} // namespace pw::work
