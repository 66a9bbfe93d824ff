#pragma once
// SPDX-License-Identifier: Apache-2.0
// A deterministic discrete-event simulation of a plant file. Single-threaded, integer time, own luck: the same plant,
// seed, commands and times of commands give the same state hash on every machine. It knows no wall clock: whoever
// drives it calls advance_to, for real time, any factor or as fast as possible. Not thread-safe.

#include "base/bytes.h"
#include "base/math.h"
#include "base/reports.h"
#include "base/result.h"
#include "plant/plant.h"
#include "simulation/events.h"
#include "simulation/packml.h"
#include "simulation/statistics.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace pw::simulation {

class Engine;
struct Model;

// A plant file made ready to run; constant, shared by all its runs. Every problem goes to `problems` with its JSON
// pointer. Unsupported when nothing in the plant is simulated.
Result<std::shared_ptr<const Model>> compile(const plant::Plant& plant, Reports& problems);

// Machines that say a longer `ideal_s` than they take. For a plant that compile() takes.
void warn_of_ideal(const plant::Plant& plant, Reports& warnings);

struct RunOptions {
    std::uint64_t seed = 1;
    std::uint32_t replication = 0; // other luck, same seed
    bool record_events = false;    // costs time and 40 bytes an event until they are drained
};

struct MachineView {
    State state = State::Idle;
    Reason reason = Reason::None;
    Mode mode = Mode::Production;
    SimTime since = 0;   // in this state since
    int failure = -1;    // index in plant::Behaviour::failures while one is not repaired
    int product = -1;    // index in plant::Production::products, or none
    double speed = 1.0;  // setpoint
    bool moving = false; // it works: Execute, and not stopped by a full exit
    std::uint64_t cycles = 0;
    double in_hand = 0.0; // what is done of the cycles that its servers are at, in cycles
    double run_s = 0.0;   // how long it has worked, as long as it would have taken at nominal speed
};

// An item as it lies on or in an equipment, the one that leaves first in front.
struct ItemView {
    std::uint64_t serial = 0;
    std::uint16_t type = 0;    // index in plant::Production::items
    std::uint16_t product = 0; // index in plant::Production::products
    bool bad = false, rejected = false;
    float place = 0.f; // conveyor, carousel: 0 … 1 of the way; station: 0 waits, 1 in hand
};

// One operator or vehicle: between floor points `from` and `to`, `share` of the way.
struct UnitView {
    std::uint16_t from = 0, to = 0; // indices in plant::Production::points
    float share = 0.f;
    bool travelling = false, working = false;
    std::uint32_t carries = 0;                     // items on it
    std::uint32_t equipment = plant::kNoEquipment; // whom it serves
    DVec3 position_m{0.0};
};

class Simulation {
  public:
    Simulation(std::shared_ptr<const Model> model, const RunOptions& options);
    Simulation(Simulation&&) noexcept;
    Simulation& operator=(Simulation&&) noexcept;
    ~Simulation();

    void restart(const RunOptions& options); // from the beginning, in the same memory

    SimTime now() const;
    SimTime next_event_time() const; // kNever when nothing will ever happen
    std::uint64_t events_handled() const;
    // Everything up to and including `time` happens. Exhausted when too many items are in the plant, or when time
    // stands still because something goes round in no time; the run cannot go on then.
    Result<void> advance_to(SimTime time);

    // What a control system says. Refused when the machine does not take it in this state, or while a failure lasts;
    // NotFound when this equipment is no machine.
    Result<void> command(std::uint32_t equipment, Command command);
    Result<void> set_mode(std::uint32_t equipment, Mode mode);      // in STOPPED, IDLE and ABORTED only
    Result<void> set_speed(std::uint32_t equipment, double factor); // of nominal, 0.01 … 10
    // Begins the failure `index` of the equipment now, when it executes.
    Result<void> provoke(std::uint32_t equipment, std::size_t failure);

    bool is_machine(std::uint32_t equipment) const; // has a PackML state
    MachineView machine(std::uint32_t equipment) const;
    std::size_t count(std::uint32_t equipment) const; // items in it
    void items(std::uint32_t equipment, std::vector<ItemView>& out) const;
    UnitView unit(std::size_t pool, std::size_t index) const; // pool: index in plant::Production::pools

    // Recorded since the last clear_events(), in order.
    std::span<const Event> events() const;
    void clear_events();

    void reset_statistics(); // the end of a warm-up
    ElementStatistics statistics(std::uint32_t equipment) const;
    FlowStatistics flow() const;

    // Of everything that decides the future: items, machines, pending events, streams, statistics.
    std::uint64_t hash() const;
    std::vector<std::byte> snapshot() const;
    // Malformed for damaged bytes, Refused for another plant's; the simulation then is as it was. Recorded events are
    // cleared.
    Result<void> restore(Bytes snapshot);
    // What must always hold (items in one place each, made = present + gone, nothing pending in the past); for tests.
    Result<void> check() const;

    const Model& model() const;

  private:
    std::unique_ptr<Engine> engine_;
};

} // namespace pw::simulation
