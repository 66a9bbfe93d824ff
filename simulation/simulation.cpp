// SPDX-License-Identifier: Apache-2.0
#include "simulation/simulation.h"

#include "base/assert.h"
#include "simulation/engine.h"

#include <utility>

namespace pw::simulation {
namespace {

constexpr const char* kNoMachine = "this equipment is no machine of the simulation";

std::uint32_t element_of(const Model& model, std::uint32_t equipment) {
    PW_ASSERT(equipment < model.element_of.size(), "the equipment is of this plant");
    return model.element_of[equipment];
}

std::uint32_t machine_of(const Model& model, std::uint32_t equipment) {
    const std::uint32_t e = element_of(model, equipment);
    return e == kNone ? kNone : model.elements[e].machine;
}

} // namespace

Simulation::Simulation(std::shared_ptr<const Model> model, const RunOptions& options)
    : engine_(std::make_unique<Engine>(std::move(model), options)) {}
Simulation::Simulation(Simulation&&) noexcept = default;
Simulation& Simulation::operator=(Simulation&&) noexcept = default;
Simulation::~Simulation() = default;

void Simulation::restart(const RunOptions& options) { engine_->restart(options); }
SimTime Simulation::now() const { return engine_->state().now; }
SimTime Simulation::next_event_time() const { return engine_->state().timers.next_time(); }
std::uint64_t Simulation::events_handled() const { return engine_->state().handled; }

Result<void> Simulation::advance_to(SimTime time) {
    PW_ASSERT(time >= now() && time <= kLongestRun, "time goes forward, and not beyond the longest run");
    return engine_->advance_to(time);
}

Result<void> Simulation::command(std::uint32_t equipment, Command command) {
    const std::uint32_t m = machine_of(model(), equipment);
    return m == kNone ? fail(Errc::NotFound, kNoMachine) : engine_->command(m, command);
}

Result<void> Simulation::set_mode(std::uint32_t equipment, Mode mode) {
    const std::uint32_t m = machine_of(model(), equipment);
    return m == kNone ? fail(Errc::NotFound, kNoMachine) : engine_->set_mode(m, mode);
}

Result<void> Simulation::set_speed(std::uint32_t equipment, double factor) {
    const std::uint32_t m = machine_of(model(), equipment);
    return m == kNone ? fail(Errc::NotFound, kNoMachine) : engine_->set_speed(m, factor);
}

Result<void> Simulation::provoke(std::uint32_t equipment, std::size_t failure) {
    const std::uint32_t m = machine_of(model(), equipment);
    return m == kNone ? fail(Errc::NotFound, kNoMachine) : engine_->provoke(m, failure);
}

bool Simulation::is_machine(std::uint32_t equipment) const { return machine_of(model(), equipment) != kNone; }

MachineView Simulation::machine(std::uint32_t equipment) const {
    PW_ASSERT(is_machine(equipment), "a view of a machine");
    return engine_->machine_view(machine_of(model(), equipment));
}

std::size_t Simulation::count(std::uint32_t equipment) const {
    const std::uint32_t e = element_of(model(), equipment);
    return e == kNone ? 0 : engine_->state().elements[e].inside.count;
}

void Simulation::items(std::uint32_t equipment, std::vector<ItemView>& out) const {
    const std::uint32_t e = element_of(model(), equipment);
    out.clear();
    if (e != kNone) engine_->item_views(e, out);
}

UnitView Simulation::unit(std::size_t pool, std::size_t index) const {
    PW_ASSERT(pool < model().pools.size() && index < model().pools[pool].units, "a unit of a pool of this plant");
    return engine_->unit_view(model().pools[pool].first_unit + static_cast<std::uint32_t>(index));
}

std::span<const Event> Simulation::events() const { return engine_->events(); }
void Simulation::clear_events() { engine_->events().clear(); }
void Simulation::reset_statistics() { engine_->reset_statistics(); }

ElementStatistics Simulation::statistics(std::uint32_t equipment) const {
    const std::uint32_t e = element_of(model(), equipment);
    return e == kNone ? ElementStatistics{} : engine_->statistics(e);
}

FlowStatistics Simulation::flow() const { return engine_->flow(); }
std::uint64_t Simulation::hash() const { return hash64(engine_->snapshot()); }
std::vector<std::byte> Simulation::snapshot() const { return engine_->snapshot(); }
Result<void> Simulation::restore(Bytes snapshot) { return engine_->restore(snapshot); }
Result<void> Simulation::check() const { return engine_->check(); }
const Model& Simulation::model() const { return engine_->model(); }

} // namespace pw::simulation
