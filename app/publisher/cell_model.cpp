// SPDX-License-Identifier: Apache-2.0
#include "app/publisher/cell_model.h"

#include "app/publisher/cell.h"
#include "base/bytes.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pw::app {
namespace {

using twin::Value;

// A sensor has a resolution; it also keeps noise in the last digits from being sent as change.
double rounded(double value, double digits) { return std::round(value * digits) / digits; }
std::string text(const char* s) { return s; }

bool cell_is(const Cell& c, std::string_view a, std::string_view b = {}) {
    const std::string_view now = c.state_text();
    return now == a || (!b.empty() && now == b);
}

bool blink(const Cell& c) { return c.time.ns / from_ms(500).ns % 2 == 0; }

std::string conveyor_state(const Cell& c) {
    if (c.conveyor.jammed()) return "HELD";
    return c.conveyor.waiting_long() ? "SUSPENDED" : "EXECUTE";
}

std::string panel_text(const Cell& c) {
    const std::string crates =
        std::to_string(c.palletiser.on_pallet()) + "/" + std::to_string(c.settings.palletiser.places.size());
    return std::string(c.state_text()) + "\ncrates " + crates + "\npallets " + std::to_string(c.palletiser.pallets());
}

double power_kw(const Cell& c) {
    return 1.2 + (c.conveyor.moving() ? 0.55 : 0.0) + 9.0 * c.palletiser.speed_share() + 0.08 * c.noise(0);
}

// What a role's tag says. `#` in a tag's id stands for a number from 1, handed to `read` from 0.
struct Reading {
    Role role;
    std::string_view tag;
    unsigned count; // 0: no number
    bool slow;
    Value (*read)(const Cell& c, unsigned n);
};

constexpr bool kFast = false, kSlow = true;

const Reading kReadings[] = {
    {Role::Palletiser, "state", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return text(c.palletiser.state_text()); }},
    {Role::Palletiser, "step", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return text(step_text(c.palletiser.step())); }},
    {Role::Palletiser, "j#", kAxes, kFast,
     [](const Cell& c, unsigned n) -> Value { return rounded(c.palletiser.axis_deg(n), 1e3); }},
    {Role::Palletiser, "speed", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return rounded(100.0 * c.palletiser.speed_share(), 10); }},
    {Role::Palletiser, "gripper", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return rounded(c.palletiser.gripper_percent(), 10); }},
    {Role::Palletiser, "load", 0, kFast, [](const Cell& c, unsigned) -> Value { return c.palletiser.load(); }},
    {Role::Palletiser, "cycle_time", 0, kSlow,
     [](const Cell& c, unsigned) -> Value { return rounded(c.palletiser.cycle().seconds(), 100); }},
    {Role::Palletiser, "crates_total", 0, kFast, [](const Cell& c, unsigned) -> Value { return c.palletiser.total(); }},
    {Role::Palletiser, "motor_temp", 0, kSlow,
     [](const Cell& c, unsigned) -> Value { return rounded(static_cast<double>(c.robot_udeg) * 1e-6, 10); }},
    {Role::Palletiser, "motor_current", 0, kSlow,
     [](const Cell& c, unsigned) -> Value {
         return rounded(2.4 + 16.0 * c.palletiser.speed_share() + 0.3 * c.noise(1), 100);
     }},

    {Role::Conveyor, "state", 0, kFast, [](const Cell& c, unsigned) -> Value { return conveyor_state(c); }},
    {Role::Conveyor, "position", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return rounded(c.conveyor.position_m(), 1e4); }},
    {Role::Conveyor, "speed", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return rounded(c.conveyor.speed_m_s(), 1e3); }},
    {Role::Conveyor, "motor_current", 0, kSlow,
     [](const Cell& c, unsigned) -> Value {
         return rounded((c.conveyor.moving() ? 2.9 : c.conveyor.jammed() ? 4.6 : 0.3) + 0.1 * c.noise(2), 100);
     }},
    {Role::Conveyor, "motor_temp", 0, kSlow,
     [](const Cell& c, unsigned) -> Value { return rounded(static_cast<double>(c.belt_udeg) * 1e-6, 10); }},
    {Role::Conveyor, "bottles_per_hour", 0, kSlow,
     [](const Cell& c, unsigned) -> Value { return c.bottles_per_hour(); }},
    {Role::Conveyor, "eye_in", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return c.conveyor.beam_broken(c.settings.conveyor.eye_in_x_m); }},
    {Role::Conveyor, "eye_out", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return c.conveyor.beam_broken(c.settings.conveyor.eye_out_x_m); }},
    {Role::Conveyor, "end_stop", 0, kFast, [](const Cell& c, unsigned) -> Value { return c.conveyor.stop_up(); }},
    {Role::Conveyor, "pocket_#", 64, kFast,
     [](const Cell& c, unsigned n) -> Value { return n < c.settings.conveyor.pockets && c.conveyor.pocket_filled(n); }},

    {Role::Cabinet, "state", 0, kFast, [](const Cell& c, unsigned) -> Value { return text(c.state_text()); }},
    {Role::Cabinet, "hmi", 0, kFast, [](const Cell& c, unsigned) -> Value { return panel_text(c); }},
    {Role::Cabinet, "lamp_red", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return cell_is(c, "ABORTED", "STOPPED"); }},
    {Role::Cabinet, "lamp_amber", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return cell_is(c, "SUSPENDED") || (cell_is(c, "HELD") && blink(c)); }},
    {Role::Cabinet, "lamp_green", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return cell_is(c, "EXECUTE", "STARTING"); }},
    {Role::Cabinet, "lamp_blue", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return cell_is(c, "COMPLETE", "RESETTING"); }},
    {Role::Cabinet, "estop_ok", 0, kFast, [](const Cell&, unsigned) -> Value { return true; }},
    {Role::Cabinet, "power", 0, kSlow, [](const Cell& c, unsigned) -> Value { return rounded(power_kw(c), 100); }},
    {Role::Cabinet, "uptime", 0, kSlow, [](const Cell& c, unsigned) -> Value { return c.time.ns / from_ms(1000).ns; }},

    {Role::Pallet, "crates", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return std::int64_t{c.palletiser.on_pallet()}; }},
    {Role::Pallet, "done", 0, kFast, [](const Cell& c, unsigned) -> Value { return c.palletiser.pallets(); }},
    {Role::FinishedPallet, "crates", 0, kFast,
     [](const Cell& c, unsigned) -> Value { return std::int64_t{c.palletiser.finished()}; }},
    {Role::FinishedPallet, "done", 0, kFast, [](const Cell& c, unsigned) -> Value { return c.palletiser.pallets(); }},

    {Role::Gate, "closed", 0, kFast, [](const Cell& c, unsigned) -> Value { return c.gate_deg() == 0.0; }},
    {Role::Gate, "angle", 0, kFast, [](const Cell& c, unsigned) -> Value { return rounded(c.gate_deg(), 100); }},
};

// The number n of "pocket_<n+1>" under "pocket_#"; 0 when there is none in both.
std::optional<unsigned> matched(const Reading& reading, std::string_view tag) {
    if (reading.count == 0) return reading.tag == tag ? std::optional(0u) : std::nullopt;
    const std::string_view front = reading.tag.substr(0, reading.tag.size() - 1);
    for (unsigned n = 0; n < reading.count; ++n)
        if (tag == std::string(front) + std::to_string(n + 1)) return n;
    return std::nullopt;
}

struct Bound {
    const Reading* reading = nullptr;
    unsigned number = 0;
};

std::optional<Bound> find_reading(Role role, std::string_view tag) {
    for (const Reading& reading : kReadings)
        if (reading.role == role)
            if (const auto number = matched(reading, tag)) return Bound{&reading, *number};
    return std::nullopt;
}

} // namespace

struct CellModel::Impl {
    Impl(const CellSettings& settings, std::uint64_t seed) : cell(settings, seed) {}

    void read() {
        for (std::size_t i = 0; i < bound.size(); ++i) values[i] = bound[i].reading->read(cell, bound[i].number);
    }

    Cell cell;
    Duration left;
    std::vector<Signal> signals;
    std::vector<Bound> bound; // as signals
    std::vector<Value> values;
};

Result<CellModel> CellModel::make(const plant::Plant& plant, std::uint64_t seed) {
    const Result<CellSettings> settings = read_cell_settings(plant);
    if (!settings) return std::unexpected(settings.error());
    CellModel out;
    out.impl_ = std::make_unique<Impl>(*settings, seed);
    Impl& impl = *out.impl_;
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e) {
        const plant::Equipment& equipment = plant.equipment[e];
        if (settings->roles[e] == Role::None) continue;
        for (std::uint32_t t = 0; t < equipment.tags.size(); ++t) {
            if (equipment.tags[t].simulated.quantity != plant::Quantity::None) continue; // SimulatedPlant says it
            const auto found = find_reading(settings->roles[e], equipment.tags[t].id);
            if (!found)
                return fail(Errc::Unsupported, equipment.id + ": its simulation has no value for the tag \"" +
                                                   equipment.tags[t].id + "\"");
            impl.signals.push_back({e, t, found->reading->slow ? Pace::OneHz : Pace::AtOnce});
            impl.bound.push_back(*found);
        }
    }
    impl.values.resize(impl.bound.size());
    impl.read();
    return out;
}

void CellModel::advance(Duration by) {
    impl_->left = impl_->left + by;
    for (; impl_->left >= kTick; impl_->left = impl_->left - kTick) impl_->cell.tick();
    impl_->read();
}

std::span<const Signal> CellModel::signals() const { return impl_->signals; }
std::span<const Value> CellModel::values() const { return impl_->values; }

std::uint64_t CellModel::hash() const {
    std::uint64_t hash = impl_->cell.hash();
    for (const Value& value : impl_->values) hash = hash64(as_bytes(twin::to_text(value)), hash);
    return hash;
}

CellModel::CellModel() = default;
CellModel::CellModel(CellModel&&) noexcept = default;
CellModel& CellModel::operator=(CellModel&&) noexcept = default;
CellModel::~CellModel() = default;

} // namespace pw::app
