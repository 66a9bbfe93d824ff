#pragma once
// SPDX-License-Identifier: Apache-2.0
// The simulation of a plant file as the values of its tags (their `simulated` keys). Time goes in ticks of 50 ms of
// plant time, so that the same plant, seed and commands give the same values at the same plant time, however fast it is
// driven. One thread at a time; no clock.

#include "app/publisher/signal.h"
#include "base/reports.h"
#include "base/result.h"
#include "base/time.h"
#include "plant/plant.h"
#include "simulation/simulation.h"
#include "twin/types.h"

#include <cstdint>
#include <memory>
#include <span>

namespace pw::app {

inline constexpr std::size_t kMaxItemsTold = 1000; // of one equipment: those that leave first

class SimulatedPlant {
  public:
    // `plant` is read here only. Unsupported: it has nothing that can be simulated.
    static Result<SimulatedPlant> make(const plant::Plant& plant, std::uint64_t seed, Reports& problems);

    // In whole ticks; what is left over counts the next time. Exhausted: the run cannot go on, see simulation.h.
    Result<void> advance(Duration by);
    Duration time() const; // since the beginning, in plant time

    std::span<const Signal> signals() const;
    void refresh(std::uint64_t period);          // the values whose pace has them due; 0: all
    std::span<const twin::Value> values() const; // as signals(); the array stays where it is

    // A command to the tag of a signal, carried out now. Refused: the tag takes none, or the machine does not take this
    // one (and its `refusal` says so); Malformed: no such command.
    Result<void> write(std::size_t signal, const twin::Value& value);

    std::uint64_t hash(); // of the simulation's state and all values, which it refreshes
    const simulation::Simulation& simulation() const;

    SimulatedPlant(SimulatedPlant&&) noexcept;
    SimulatedPlant& operator=(SimulatedPlant&&) noexcept;
    ~SimulatedPlant();

  private:
    struct Impl;
    explicit SimulatedPlant(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace pw::app
