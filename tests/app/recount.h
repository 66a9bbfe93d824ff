#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a plant's events say happened, counted without the simulation: where each item is and what became of it, by
// type; the PackML states of each machine and how long they lasted; and what a tag must therefore say. Whatever the
// events cannot mean is a line of `wrong`.

#include "plant/plant.h"
#include "simulation/simulation.h"
#include "twin/types.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pw::test {

// By item type. made + turned into it = here + turned from it + used up + left + scrapped.
struct TypeCount {
    std::uint64_t made = 0, turned_in = 0, turned_out = 0, used = 0;
    std::uint64_t left = 0, scrapped = 0; // at a sink: the ones that were rejected are scrapped
    std::uint64_t here = 0;
    std::uint64_t spoilt_here = 0; // of these: some machine made it bad
};

struct MachineCount {
    simulation::State state = simulation::State::Idle;
    simulation::Reason reason = simulation::Reason::None;
    simulation::SimTime since = 0;
    std::array<simulation::SimTime, simulation::kStateCount> in_state{}; // of the states that are over
    int failure = -1;                                                    // not repaired
    std::uint64_t failures = 0, repairs = 0, produced = 0, bad = 0, rejected = 0;
};

class Recount {
  public:
    explicit Recount(const plant::Plant& plant);

    void take(const simulation::Event& event);
    // That the simulation shows just these items, each in one place.
    void compare(const simulation::Simulation& simulation);

    // What a tag of this quantity must say now; nothing when events alone do not tell.
    std::optional<twin::Value> value(const plant::Simulated& is, simulation::SimTime now) const;

    std::vector<TypeCount> types() const; // by plant::Production::items
    const MachineCount& machine(std::uint32_t equipment) const { return machines_[equipment]; }
    std::uint64_t states_entered() const { return states_entered_; }
    std::vector<std::string> wrong;

  private:
    struct Item {
        std::uint32_t equipment = plant::kNoEquipment; // none: between two, or gone
        std::uint16_t type = 0;
        bool known = false, gone = false, bad = false, rejected = false;
    };
    struct Unit {
        bool travelling = false, working = false;
        std::uint32_t at = plant::kNoEquipment; // works at
    };
    void of_item(const simulation::Event& event);
    void of_state(const simulation::Event& event);
    void of_unit(const simulation::Event& event);
    void produced(const simulation::Event& event);
    void say(const simulation::Event& event, const char* what);

    const plant::Plant& plant_;
    std::vector<Item> items_; // by serial
    std::vector<TypeCount> types_;
    std::vector<std::int64_t> count_; // by equipment
    std::vector<MachineCount> machines_;
    std::vector<std::vector<Unit>> units_; // by pool
    std::uint64_t states_entered_ = 0;
};

// May a machine go from the one state to the other? TR88's figure, written down once more.
bool packml_allows(simulation::State from, simulation::State to);

} // namespace pw::test
