#pragma once
// SPDX-License-Identifier: Apache-2.0
// How a plant produces, as the plant file says it: items, products, pools and the floor for the whole plant
// (Production), and what each equipment does with the items that reach it (Behaviour). Plain data for simulation/.

#include "base/math.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pw::plant {

inline constexpr double kMaxSeconds = 1e9;                // longest time that a file may name or a draw gives
inline constexpr std::uint32_t kUnlimited = 0xffff'ffffu; // "unlimited" where a count is asked for
inline constexpr std::uint32_t kNoIndex = 0xffff'ffffu;   // a reference that the file leaves out
inline constexpr std::size_t kMaxItemTypes = 250;
inline constexpr std::size_t kMaxFloorPoints = 500;

enum class DistributionKind : std::uint8_t {
    Constant,
    Uniform,
    Triangular,
    Exponential,
    Normal, // what is below 0 is drawn again
    Lognormal,
    Gamma, // also "erlang", whose shape is whole
    Weibull,
    Discrete,
    Empirical, // a straight line between one value and the next
};

struct Distribution {
    DistributionKind kind = DistributionKind::Constant;
    double value = 0.0;                       // Constant
    double low = 0.0, mode = 0.0, high = 0.0; // Uniform, Triangular
    double mean = 0.0, sd = 0.0;              // Exponential, Normal, Lognormal, Gamma
    double shape = 0.0, scale = 0.0;          // Gamma, Weibull
    std::vector<double> values, weights;      // Discrete, Empirical
};

struct ItemType {
    std::string id, title;
    std::string model; // Plant::models id, or empty
};

struct ProductSpeed {
    std::uint32_t equipment = 0;
    double factor = 1.0;
};

struct Product {
    std::string id, title;
    std::vector<ProductSpeed> speeds; // of machines that are slower or faster with it
};

struct ScheduleEntry {
    std::uint32_t product = 0;
    std::uint32_t count = 0; // items of each source
};

struct FloorPoint {
    std::string id;
    DVec3 position_m{0.0};
};

struct FloorPath {
    std::uint32_t from = 0, to = 0;
    double length_m = 0.0; // the straight distance where the file says nothing
};

enum class PoolKind : std::uint8_t { Operators, Vehicles };

struct Pool {
    std::string id, title;
    PoolKind kind = PoolKind::Operators;
    std::uint32_t count = 1;
    double speed_m_s = 1.0;
    std::uint32_t home = 0;        // floor point
    std::optional<double> yaw_deg; // which way they turn there: 0 is +Z, counter-clockwise from above
    std::string model;             // Plant::models id, or empty
};

struct Production {
    std::vector<ItemType> items;
    std::vector<Product> products;
    std::vector<ScheduleEntry> schedule; // runs round and round
    std::vector<Pool> pools;
    std::vector<FloorPoint> points;
    std::vector<FloorPath> paths; // both ways
};

enum class BehaviourKind : std::uint8_t { None, Source, Station, Carousel, Conveyor, Buffer, Transport, Sink };

struct ItemCount {
    std::uint32_t item = 0;
    std::uint32_t count = 1;
    std::uint32_t queue = kNoIndex; // places to wait; kNoIndex: Behaviour::queue
};

enum class Grade : std::uint8_t { Any, Good, Rejected };
enum class Routing : std::uint8_t { Priority, Share, RoundRobin, LeastFull };

struct Route {
    std::uint32_t to = 0; // equipment
    double share = 1.0;
    std::uint32_t item = kNoIndex; // only this type
    Grade grade = Grade::Any;
};

enum class FailureClock : std::uint8_t { Operating, Calendar, Cycles };

struct Failure {
    std::string id, title;
    bool major = false;                           // ABORTED, else HELD
    FailureClock clock = FailureClock::Operating; // what `every` counts
    Distribution every, repair_s;
    std::uint32_t pool = kNoIndex; // who repairs it
    bool restarts = true;          // by itself once repaired; else it waits for commands
};

struct Changeover {
    std::uint32_t from = kNoIndex, to = kNoIndex; // products; kNoIndex: any
    Distribution time_s;
};

struct Behaviour {
    BehaviourKind kind = BehaviourKind::None;
    std::string where; // JSON pointer of this object

    std::vector<Route> to;
    Routing routing = Routing::Priority;

    // Source
    std::uint32_t item = kNoIndex;
    Distribution every_s;
    std::uint32_t batch = 1;
    std::uint32_t limit = kUnlimited;
    bool loses = false; // what finds no place is lost, else the source waits

    // Station; its `takes` and `makes` are empty when an item passes through as it is
    std::uint32_t servers = 1;
    Distribution service_s;
    std::uint32_t queue = 0; // also Buffer and Transport: how many fit
    std::vector<ItemCount> takes, makes;

    // Carousel (a station through which items flow at a pitch; its `makes` is one type) and Conveyor
    double pitch_s = 0.0, transit_s = 0.0;
    double length_m = 0.0, speed_m_s = 0.0, item_m = 0.0;
    bool accumulating = true;

    // Quality: the share that this machine spoils; an inspection's share of bad ones found and of good ones refused
    double spoils = 0.0;
    bool inspects = false;
    double finds = 1.0, false_alarms = 0.0;

    // Transport
    std::uint32_t pool = kNoIndex, from_point = kNoIndex, to_point = kNoIndex;
    std::uint32_t lot = 1;
    Distribution load_s, unload_s;

    // Machines: Station, Carousel, Conveyor
    std::uint32_t at_point = kNoIndex; // where an operator stands to work on it
    std::vector<Failure> failures;
    std::vector<Changeover> changeovers; // the first that fits; none that fits takes no time
    std::uint32_t changeover_pool = kNoIndex;
    bool starts = true;                // by itself at the beginning
    double patience_s = 0.0;           // starved or blocked this long: SUSPENDED
    double ideal_s = 0.0;              // planned run time per item; 0: as its distributions say
    std::array<double, 18> acting_s{}; // by PackML state number: how long an acting state lasts
    std::array<double, 18> power_w{};  // by PackML state number

    bool is_machine() const {
        return kind == BehaviourKind::Station || kind == BehaviourKind::Carousel || kind == BehaviourKind::Conveyor;
    }
};

} // namespace pw::plant
