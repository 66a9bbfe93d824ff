#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which machines hum: those that execute (PackML) at the moment that is shown, and are heard; louder and higher the
// faster they are. Frame thread; a step allocates nothing.

#include "app/layers.h"
#include "audio/mixer.h"

#include <span>
#include <vector>

namespace pw::app {

class MachineHums {
  public:
    // All three outlive it.
    MachineHums(const plant::Plant& plant, const Live& live, const Layers& layers);

    // Humming::id is the equipment. Valid until the next step.
    std::span<const audio::Humming> step();

  private:
    struct Machine {
        std::uint32_t equipment = 0;
        const plant::Tag *state = nullptr, *rate = nullptr, *ideal = nullptr; // the last two may be null
        audio::Hum hum{};
    };
    bool executes(const Machine& machine) const;
    double speed(const Machine& machine) const; // of how fast it should be; 1 where that is not told

    const Live& live_;
    const Layers& layers_;
    std::vector<Machine> machines_;
    std::vector<audio::Humming> humming_;
};

} // namespace pw::app
