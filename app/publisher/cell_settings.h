#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a plant file says about the simulation of a palletising cell, checked. Internal to app/publisher/.

#include "base/result.h"
#include "base/time.h"
#include "plant/plant.h"

#include <array>
#include <cstdint>
#include <vector>

namespace pw::app {

inline constexpr std::size_t kAxes = 6;
using Axes = std::array<double, kAxes>; // degrees

struct PalletiserSettings {
    Axes home{}, pick_approach{}, pick_grip{}, pick_lift{};
    struct Place {
        Axes approach{}, place{};
    };
    std::vector<Place> places; // in the order in which they are filled
    Axes axis_speed_deg_s{};   // limits
    double speed_share = 0.5;  // of them
    Duration grip, pallet_change;
};

struct ConveyorSettings {
    unsigned pockets = 0; // at most 64
    double pitch_m = 0.0, stop_x_m = 0.0, eye_in_x_m = 0.0, eye_out_x_m = 0.0, crate_length_m = 0.0;
    double gap_chance = 0.0, jam_chance = 0.0;
    int bottles_per_crate = 0;
    Duration index, jam;
};

struct GateSettings {
    double open_deg = 0.0;
    Duration swing;
};

enum class Role : std::uint8_t { None, Palletiser, Conveyor, Cabinet, Pallet, FinishedPallet, Gate };

struct CellSettings {
    std::vector<Role> roles; // one for each equipment of the plant
    PalletiserSettings palletiser;
    ConveyorSettings conveyor;
    GateSettings gate;
};

// Reads the `simulation` of each equipment, and the taught program that the palletiser's names, beside the plant file.
// Unsupported when the plant has no palletiser and conveyor to play.
Result<CellSettings> read_cell_settings(const plant::Plant& plant);

} // namespace pw::app
