#pragma once
// SPDX-License-Identifier: Apache-2.0
// A palletising cell that works: conveyor, robot, pallets, gate. Deterministic: the state is integers that go forward
// in ticks of 10 ms, chance comes from a seeded generator. No threads, no clock. Internal to app/publisher/.

#include "app/publisher/cell_settings.h"

#include <cstdint>

namespace pw::app {

inline constexpr Duration kTick = from_ms(10);

// SplitMix64 (public domain, S. Vigna).
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next();
    bool chance(double probability);
    double spread(double low, double high);
    std::uint64_t state() const { return state_; }

  private:
    std::uint64_t state_;
};

// The belt moves by whole pitches and stands while a crate waits at the end stop. Pocket k is k pitches ahead of pocket
// 0; the last place on the belt is the end stop, the first is inside the machine upstream.
class Conveyor {
  public:
    explicit Conveyor(const ConveyorSettings& settings);
    void tick(bool robot_clear, Random& random);
    void take(); // the crate at the end stop is gone

    bool crate_ready() const; // it stands at the end stop
    bool moving() const { return moving_ && jam_.ns == 0; }
    bool jammed() const { return jam_.ns > 0; }
    bool waiting_long() const;
    bool stop_up() const;
    double position_m() const; // of the encoder; counts on
    double speed_m_s() const;
    bool pocket_filled(unsigned pocket) const { return ((filled_ >> pocket) & 1u) != 0; }
    bool beam_broken(double x_m) const;
    std::int64_t state(int part) const; // for the hash

  private:
    unsigned pocket_at(unsigned place) const;
    double share() const; // of the pitch that is done

    ConveyorSettings s_;
    std::int64_t index_ = 0; // pitches done
    bool moving_ = false;
    bool will_jam_ = false;
    Duration elapsed_, jam_, rest_;
    std::uint64_t filled_ = 0;
    unsigned gap_left_ = 0; // empty pockets still to come
};

enum class RobotStep : std::uint8_t {
    Wait,
    Down,
    Grip,
    Lift,
    Carry,
    Lower,
    Release,
    Rise,
    Return,
    GoHome,
    Change,
    Ready
};
const char* step_text(RobotStep step);

class Palletiser {
  public:
    explicit Palletiser(const PalletiserSettings& settings);
    void tick(Conveyor& conveyor);

    double axis_deg(std::size_t axis) const;
    double gripper_percent() const;
    double speed_share() const; // of the limits, now
    bool load() const { return load_; }
    bool clear_of_belt() const; // the belt may move
    RobotStep step() const { return step_; }
    const char* state_text() const;  // PackML
    Duration change_elapsed() const; // of the pallet change; 0 outside it
    int on_pallet() const { return on_pallet_; }
    int finished() const { return finished_; } // crates on the pallet that was taken out last
    std::int64_t total() const { return total_; }
    std::int64_t pallets() const { return pallets_; }
    Duration cycle() const { return cycle_; }
    std::int64_t state(int part) const;

  private:
    void enter(RobotStep step);
    void next();
    void work(Conveyor& conveyor); // what happens within a step
    bool past(double share) const; // of the step

    PalletiserSettings s_;
    RobotStep step_ = RobotStep::Wait;
    Axes from_{}, to_{};
    Duration elapsed_, length_;        // of the step
    bool load_ = false, done_ = false; // done: this step's one effect has happened
    int on_pallet_ = 3, finished_ = 0;
    std::int64_t total_ = 0, pallets_ = 0;
    Duration cycle_, since_cycle_;
};

struct Cell {
    Cell(const CellSettings& settings, std::uint64_t seed);
    void tick();
    const char* state_text() const;
    double gate_deg() const;
    double noise(unsigned channel) const; // −1 … 1, new every 0.5 s
    double bottles_per_hour() const;
    std::uint64_t hash() const;

    CellSettings settings;
    Random random;
    Conveyor conveyor;
    Palletiser palletiser;
    Duration time;
    std::int64_t robot_udeg = 47'000'000, belt_udeg = 38'000'000; // motor temperatures in millionths of °C
    std::uint64_t seed = 0;
};

} // namespace pw::app
