// SPDX-License-Identifier: Apache-2.0
#include "app/publisher/simulated_plant.h"

#include "base/assert.h"
#include "base/bytes.h"
#include "simulation/random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pw::app {
namespace {

using plant::Quantity;
using simulation::Command;
using simulation::SimTime;
using twin::DataType;
using twin::Value;

constexpr Duration kTick = from_ms(50);
constexpr std::uint64_t kTicksInSecond = 20;
constexpr double kTurnPerTick_deg = 9.0;
constexpr std::size_t kRateSpan_s = 60;
constexpr std::uint32_t kSensorPurpose = 1000; // of a stream; the simulation's own are below

// Int64, because npm sparkplug-payload refuses a data set with a UInt64.
constexpr std::array<twin::OutColumn, 3> kItemColumns{
    {{"serial", DataType::Int64}, {"type", DataType::String}, {"place", DataType::Double}}};

double rounded(double value, double digits) { return std::round(value * digits) / digits; }

// An equipment that tags speak of.
struct Subject {
    std::uint32_t equipment = 0;
    plant::Behaviour behaviour;
    simulation::MachineView view;       // of a machine
    simulation::ElementStatistics sums; // when something asks for them
    bool has_sums = false, has_rate = false;
    std::array<std::uint64_t, kRateSpan_s> produced_at{}; // by second of plant time, round and round
    std::uint64_t produced_last_minute = 0;
    std::int64_t command = 0; // carried out last
    std::string refusal;

    std::uint64_t produced() const {
        if (behaviour.is_machine()) return sums.produced;
        return behaviour.kind == plant::BehaviourKind::Sink ? sums.entered : sums.left;
    }
    double position() const {
        if (behaviour.kind == plant::BehaviourKind::Carousel) return view.run_s / behaviour.pitch_s;
        if (behaviour.kind == plant::BehaviourKind::Conveyor) return view.run_s * behaviour.speed_m_s;
        return static_cast<double>(view.cycles) + view.in_hand;
    }
};

// First-order lag and noise. Only + − × ÷, so that it is the same on every machine.
struct Sensor {
    std::size_t subject = 0; // or unit
    plant::Simulated is;
    double value = 0.0, noise = 0.0;
    double digits = 1.0; // it resolves a thousandth of its range
    simulation::Stream luck;

    Sensor(std::size_t of, const plant::Simulated& simulated, const simulation::Stream& stream)
        : subject(of), is(simulated), value(simulated.rest), luck(stream) {
        const double range = std::max(std::abs(is.running - is.rest), is.noise);
        while (range > 0.0 && range * digits < 1000.0 && digits < 1e6) digits *= 10.0;
        if (range == 0.0) digits = 1e6;
    }
    double target(const Subject& s) const {
        if (s.view.failure >= 0 && static_cast<std::uint32_t>(s.view.failure) == is.failure) return is.failing;
        const bool runs = is.while_state == 0 ? s.view.moving || !s.behaviour.is_machine()
                                              : static_cast<std::uint8_t>(s.view.state) == is.while_state;
        return runs ? is.running : is.rest;
    }
    double target(const simulation::UnitView& u) const { return u.travelling || u.working ? is.running : is.rest; }
    void tick(double target, bool new_second) {
        value += (target - value) * (kTick.seconds() / (is.lag_s + kTick.seconds()));
        if (new_second && is.noise > 0.0) noise = (2.0 * luck.uniform() - 1.0) * is.noise;
    }
};

// Somebody or something of a pool; turns with the way it takes, and stays so.
struct Unit {
    std::uint32_t pool = 0, index = 0;
    simulation::UnitView view;
    double heading_deg = 0.0;

    void tick(const plant::Production& production) {
        const plant::Pool& of = production.pools[pool];
        const DVec3 way = production.points[view.to].position_m - production.points[view.from].position_m;
        const bool at_home = of.yaw_deg && !view.travelling && !view.working && view.from == of.home;
        if (!at_home && (!view.travelling || (way.x == 0.0 && way.z == 0.0))) return;
        const double to = at_home ? *of.yaw_deg : std::atan2(way.x, way.z) * 180.0 / std::numbers::pi;
        heading_deg += std::clamp(std::remainder(to - heading_deg, 360.0), -kTurnPerTick_deg, kTurnPerTick_deg);
    }
};

struct Bound { // what a signal says
    plant::Simulated is;
    std::size_t index = 0; // of its subject, sensor or unit
};

Pace pace_of(Quantity quantity) {
    switch (quantity) {
    case Quantity::Analog:
    case Quantity::RatePerH:
    case Quantity::PowerW:
    case Quantity::EnergyKwh:
        return Pace::OneHz;
    case Quantity::Items:
        return Pace::TwoHz;
    case Quantity::Position:
    case Quantity::XM:
    case Quantity::ZM:
    case Quantity::HeadingDeg:
        return Pace::TenHz;
    default:
        return Pace::AtOnce;
    }
}

DataType type_of(Quantity quantity) {
    if (quantity == Quantity::Items) return DataType::DataSet;
    if (quantity == Quantity::Command || quantity == Quantity::SetMode) return DataType::Int32;
    return DataType::Unknown;
}

std::optional<std::int64_t> whole(const Value& value) {
    if (const auto* i = std::get_if<std::int64_t>(&value)) return *i;
    if (const auto* u = std::get_if<std::uint64_t>(&value); u != nullptr && *u <= INT32_MAX)
        return static_cast<std::int64_t>(*u);
    if (const auto* d = std::get_if<double>(&value); d != nullptr && *d == std::trunc(*d) && std::abs(*d) <= INT32_MAX)
        return static_cast<std::int64_t>(*d);
    return std::nullopt;
}

} // namespace

struct SimulatedPlant::Impl {
    Impl(std::shared_ptr<const simulation::Model> model, const plant::Plant& plant, std::uint64_t seed)
        : simulation(std::move(model), {.seed = seed}), production(plant.production) {}

    std::size_t subject(const plant::Plant& plant, std::uint32_t equipment) {
        const auto found = std::ranges::find(subjects, equipment, &Subject::equipment);
        if (found != subjects.end()) return static_cast<std::size_t>(found - subjects.begin());
        Subject& added = subjects.emplace_back();
        added.equipment = equipment;
        added.behaviour = plant.equipment[equipment].behaviour;
        return subjects.size() - 1;
    }

    std::size_t unit(const plant::Simulated& is) {
        const auto found =
            std::ranges::find_if(units, [&](const Unit& u) { return u.pool == is.pool && u.index == is.unit; });
        if (found != units.end()) return static_cast<std::size_t>(found - units.begin());
        const double heading_deg = production.pools[is.pool].yaw_deg.value_or(0.0);
        units.push_back({.pool = is.pool, .index = is.unit, .view = {}, .heading_deg = heading_deg});
        return units.size() - 1;
    }

    void add(const plant::Plant& plant, std::uint32_t e, std::uint32_t t, std::uint64_t seed) {
        const plant::Tag& tag = plant.equipment[e].tags[t];
        const plant::Simulated& is = tag.simulated;
        Bound added{is, 0};
        if (is.of == plant::kNoIndex) {
            added.index = unit(is);
        } else {
            added.index = subject(plant, is.of);
            Subject& s = subjects[added.index];
            s.has_rate |= is.quantity == Quantity::RatePerH;
            s.has_sums |= s.has_rate || is.quantity == Quantity::Produced || is.quantity == Quantity::Bad ||
                          is.quantity == Quantity::Rejected || is.quantity == Quantity::EnergyKwh;
        }
        if (is.quantity == Quantity::Analog) {
            const simulation::Stream luck =
                simulation::make_stream(seed, 0, plant::tag_name(plant, e, tag), kSensorPurpose);
            sensors.emplace_back(added.index, is, luck);
            added.index = sensors.size() - 1;
        }
        signals.push_back({e, t, pace_of(is.quantity), type_of(is.quantity)});
        bound.push_back(added);
    }

    void look(bool new_second) {
        for (Subject& s : subjects) {
            if (s.behaviour.is_machine()) s.view = simulation.machine(s.equipment);
            if (!new_second || !s.has_rate) continue;
            s.sums = simulation.statistics(s.equipment);
            std::uint64_t& minute_ago = s.produced_at.at(seconds % kRateSpan_s);
            s.produced_last_minute = s.produced() - std::exchange(minute_ago, s.produced());
        }
        for (Unit& u : units) u.view = simulation.unit(u.pool, u.index);
    }

    Result<void> tick() {
        const SimTime next = simulation.now() + kTick.ns;
        if (next > simulation::kLongestRun) return fail(Errc::Exhausted, "ten years of plant time are over");
        if (Result<void> done = simulation.advance_to(next); !done) return done;
        const bool new_second = ++ticks % kTicksInSecond == 0;
        if (new_second) ++seconds;
        look(new_second);
        for (Sensor& sensor : sensors) {
            const bool of_unit = sensor.is.of == plant::kNoIndex;
            sensor.tick(of_unit ? sensor.target(units[sensor.subject].view) : sensor.target(subjects[sensor.subject]),
                        new_second);
        }
        for (Unit& u : units) u.tick(production);
        return {};
    }

    void refresh(std::uint64_t period) {
        look(false);
        for (Subject& s : subjects)
            if (s.has_sums) s.sums = simulation.statistics(s.equipment);
        for (std::size_t i = 0; i < bound.size(); ++i)
            if (is_due(signals[i].pace, period)) values[i] = value(bound[i]);
    }

    Value value(const Bound& b) {
        if (b.is.quantity == Quantity::Analog) {
            const Sensor& sensor = sensors[b.index];
            return rounded(sensor.value + sensor.noise, sensor.digits);
        }
        return b.is.of == plant::kNoIndex ? of_unit(b.is.quantity, units[b.index]) : of_subject(b, subjects[b.index]);
    }

    static Value of_unit(Quantity quantity, const Unit& u) {
        switch (quantity) {
        case Quantity::XM:
            return rounded(u.view.position_m.x, 1e3);
        case Quantity::ZM:
            return rounded(u.view.position_m.z, 1e3);
        case Quantity::HeadingDeg:
            return rounded(u.heading_deg, 10.0);
        case Quantity::Travelling:
            return u.view.travelling;
        case Quantity::Loaded:
            return u.view.carries > 0;
        default:
            return u.view.working;
        }
    }

    Value of_subject(const Bound& b, const Subject& s) {
        const simulation::MachineView& view = s.view;
        const auto& failures = s.behaviour.failures;
        switch (b.is.quantity) {
        case Quantity::State:
            return std::string(simulation::state_name(view.state));
        case Quantity::Mode:
            return std::string(simulation::mode_name(view.mode));
        case Quantity::Reason:
            return std::string(view.reason == simulation::Reason::None ? "" : simulation::reason_name(view.reason));
        case Quantity::Failure:
            return view.failure < 0 ? std::string() : failures.at(static_cast<std::size_t>(view.failure)).title;
        case Quantity::Failing:
            return view.failure >= 0 && static_cast<std::uint32_t>(view.failure) == b.is.failure;
        case Quantity::Product:
            return view.product < 0 ? std::string()
                                    : production.products.at(static_cast<std::size_t>(view.product)).title;
        case Quantity::Speed:
        case Quantity::SetSpeed:
            return rounded(view.speed * 100.0, 1e4);
        case Quantity::Cycles:
            return view.cycles;
        case Quantity::Bad:
            return s.sums.bad;
        case Quantity::Rejected:
            return s.sums.rejected;
        case Quantity::Position:
            return rounded(s.position(), 1e4);
        case Quantity::Moving:
            return view.moving;
        case Quantity::Attended:
            return attended(s.equipment);
        case Quantity::PowerW:
            return s.behaviour.power_w.at(static_cast<std::size_t>(view.state));
        case Quantity::EnergyKwh:
            return rounded(static_cast<double>(s.sums.energy_mj) / 3.6e9, 1e4);
        case Quantity::Refusal:
            return s.refusal;
        case Quantity::Command:
            return s.command;
        case Quantity::SetMode:
            return static_cast<std::int64_t>(view.mode);
        case Quantity::Produced:
            return s.produced();
        case Quantity::RatePerH:
            if (s.behaviour.is_machine() && view.state != simulation::State::Execute) return 0.0;
            return static_cast<double>(s.produced_last_minute * 60);
        case Quantity::Count:
            return std::uint64_t{simulation.count(s.equipment)};
        case Quantity::Waiting:
            return simulation.count(s.equipment) - carried_from(s.equipment);
        case Quantity::Items:
            return items(s.equipment);
        default:
            PW_ASSERT(false, "every quantity of an equipment has a value");
            return {};
        }
    }

    // Of all units that serve an equipment.
    template <class Function> void for_units_at(std::uint32_t equipment, Function&& function) const {
        for (std::size_t pool = 0; pool < production.pools.size(); ++pool) {
            for (std::size_t i = 0; i < production.pools[pool].count; ++i)
                if (const auto unit = simulation.unit(pool, i); unit.equipment == equipment) function(unit);
        }
    }
    bool attended(std::uint32_t equipment) const {
        bool works = false;
        for_units_at(equipment, [&](const simulation::UnitView& unit) { works |= unit.working; });
        return works;
    }
    std::uint64_t carried_from(std::uint32_t equipment) const {
        std::uint64_t sum = 0;
        for_units_at(equipment, [&](const simulation::UnitView& unit) { sum += unit.carries; });
        return sum;
    }

    Value items(std::uint32_t equipment) {
        simulation.items(equipment, item_views);
        cells.clear();
        for (const simulation::ItemView& item :
             std::span(item_views).first(std::min(item_views.size(), kMaxItemsTold))) {
            cells.emplace_back(item.serial);
            cells.emplace_back(production.items.at(item.type).id);
            cells.emplace_back(rounded(static_cast<double>(item.place), 1e4));
        }
        return twin::encode_data_set(kItemColumns, cells);
    }

    Result<void> carry_out(Quantity quantity, Subject& s, const Value& value) {
        const std::optional<std::int64_t> number = whole(value);
        if (quantity == Quantity::SetSpeed) {
            const double percent = twin::to_number(value, std::nan(""));
            if (std::isnan(percent)) return fail(Errc::Malformed, "a speed is a number");
            return simulation.set_speed(s.equipment, percent / 100.0);
        }
        if (quantity == Quantity::SetMode) {
            if (!number || *number < 1 || *number > 3)
                return fail(Errc::Malformed, "there is no mode " + twin::to_text(value));
            return simulation.set_mode(s.equipment, static_cast<simulation::Mode>(*number));
        }
        if (!number || *number < 1 || *number >= static_cast<std::int64_t>(simulation::kCommandCount))
            return fail(Errc::Malformed, "there is no command " + twin::to_text(value));
        Result<void> done = simulation.command(s.equipment, static_cast<Command>(*number));
        if (done) s.command = *number;
        return done;
    }

    simulation::Simulation simulation;
    plant::Production production;
    Duration left;
    std::uint64_t ticks = 0, seconds = 0;
    std::vector<Subject> subjects;
    std::vector<Sensor> sensors;
    std::vector<Unit> units;
    std::vector<Signal> signals;
    std::vector<Bound> bound; // as signals
    std::vector<Value> values;
    std::vector<simulation::ItemView> item_views;
    std::vector<Value> cells;
};

Result<SimulatedPlant> SimulatedPlant::make(const plant::Plant& plant, std::uint64_t seed, Reports& problems) {
    auto model = simulation::compile(plant, problems);
    if (!model) return std::unexpected(model.error());
    auto impl = std::make_unique<Impl>(std::move(*model), plant, seed);
    for (std::uint32_t e = 0; e < plant.equipment.size(); ++e)
        for (std::uint32_t t = 0; t < plant.equipment[e].tags.size(); ++t)
            if (plant.equipment[e].tags[t].simulated.quantity != Quantity::None) impl->add(plant, e, t, seed);
    impl->values.resize(impl->bound.size());
    impl->refresh(0);
    return SimulatedPlant(std::move(impl));
}

Result<void> SimulatedPlant::advance(Duration by) {
    impl_->left = impl_->left + by;
    for (; impl_->left >= kTick; impl_->left = impl_->left - kTick)
        if (Result<void> done = impl_->tick(); !done) return done;
    return {};
}

Duration SimulatedPlant::time() const { return {impl_->simulation.now()}; }
std::span<const Signal> SimulatedPlant::signals() const { return impl_->signals; }
void SimulatedPlant::refresh(std::uint64_t period) { impl_->refresh(period); }
std::span<const Value> SimulatedPlant::values() const { return impl_->values; }

Result<void> SimulatedPlant::write(std::size_t signal, const Value& value) {
    const plant::Simulated& is = impl_->bound.at(signal).is;
    const bool takes =
        is.quantity == Quantity::Command || is.quantity == Quantity::SetMode || is.quantity == Quantity::SetSpeed;
    if (!takes) return fail(Errc::Refused, "this tag takes no commands");
    Subject& subject = impl_->subjects[impl_->bound[signal].index];
    Result<void> done = impl_->carry_out(is.quantity, subject, value);
    subject.refusal = done ? std::string() : done.error().what;
    return done;
}

std::uint64_t SimulatedPlant::hash() {
    impl_->refresh(0);
    std::uint64_t hash = impl_->simulation.hash();
    for (const Value& value : impl_->values) hash = hash64(as_bytes(twin::to_text(value)), hash);
    return hash;
}

const simulation::Simulation& SimulatedPlant::simulation() const { return impl_->simulation; }

SimulatedPlant::SimulatedPlant(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SimulatedPlant::SimulatedPlant(SimulatedPlant&&) noexcept = default;
SimulatedPlant& SimulatedPlant::operator=(SimulatedPlant&&) noexcept = default;
SimulatedPlant::~SimulatedPlant() = default;

} // namespace pw::app
