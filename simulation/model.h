#pragma once
// SPDX-License-Identifier: Apache-2.0
// A plant file compiled for the engine: elements, routes, timers and streams as flat arrays with indices. Constant.
// Internal to simulation/.

#include "plant/plant.h"
#include "simulation/distribution.h"
#include "simulation/events.h"
#include "simulation/packml.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace pw::simulation {

inline constexpr std::uint32_t kNone = 0xffff'ffffu;
inline constexpr std::uint16_t kAnyType = 0xffffu;
inline constexpr std::uint16_t kNoProduct = 0xffffu;
inline constexpr std::uint32_t kNominal = 1'000'000; // speeds are in millionths

struct InputModel {
    std::uint16_t type = kAnyType;
    std::uint32_t need = 1;
    std::uint32_t queue = 0;
};

struct OutputModel {
    std::uint16_t type = 0;
    std::uint32_t count = 1;
};

struct RouteModel {
    std::uint32_t target = 0; // element
    double share = 1.0;
    std::uint16_t type = kAnyType;
    plant::Grade grade = plant::Grade::Any;
};

struct FailureModel {
    plant::FailureClock clock{};
    bool major = false, restarts = true;
    std::uint32_t pool = kNone;
    std::uint32_t timer = 0, stream = 0; // `stream` for the interval, the next one for the repair
    Sampler every, repair;
};

struct ChangeoverModel {
    std::uint32_t from = kNone, to = kNone;
    Sampler time;
};

struct MachineModel {
    std::uint32_t element = 0;
    std::uint32_t first_failure = 0, failures = 0;
    std::uint32_t first_changeover = 0, changeovers = 0, changeover_pool = kNone, changeover_stream = 0;
    std::uint32_t point = kNone;
    bool starts = true;
    SimTime patience = 0;
    double ideal_s = 0.0;
    std::uint32_t acting_timer = 0, patience_timer = 0, work_timer = 0;
    std::array<SimTime, kStateCount> acting{};
    std::array<std::int64_t, kStateCount> power_mw{};
    std::vector<std::uint32_t> product_speed; // by product, in millionths
};

struct ElementModel {
    plant::BehaviourKind kind{};
    plant::Routing routing{};
    bool loses = false, accumulating = true, inspects = false;
    std::uint32_t equipment = 0, machine = kNone;
    std::uint32_t first_route = 0, routes = 0;
    std::uint32_t first_port = 0, ports = 0; // a station's servers; a transport's vehicles; else 1, a sink none
    std::uint32_t first_input = 0, inputs = 0, first_output = 0, outputs = 0;
    std::uint32_t timer = 0;    // source: next arrival; station: first server's; belt: exit, and the next one: entry
    std::uint32_t capacity = 0; // belt, buffer, transport
    std::uint32_t batch = 1, limit = kNone, lot = 1;
    std::uint16_t type = 0; // source
    SimTime gap = 0, transit = 0;
    Sampler service; // source: interval; station: service; transport: loading
    Sampler unload;
    double spoils = 0.0, finds = 1.0, false_alarms = 0.0;
    std::uint32_t service_stream = 0, route_stream = 0, quality_stream = 0;
    std::uint32_t pool = kNone, from_point = kNone, to_point = kNone;
    bool is_belt() const { return kind == plant::BehaviourKind::Carousel || kind == plant::BehaviourKind::Conveyor; }
    bool is_station() const { return kind == plant::BehaviourKind::Station; }
};

// A place where items stand ready to leave, and a server of a station. Its waiting nodes are [first_node, + routes of
// its element).
struct PortModel {
    std::uint32_t element = 0, first_node = 0, unit = kNone;
};

struct NodeModel {
    std::uint32_t port = 0, route = 0; // route: index in Model::routes
};

struct PoolModel {
    std::uint32_t first_unit = 0, units = 0;
    std::int64_t speed_mm_s = 1000;
    std::uint32_t home = 0;
};

struct UnitModel {
    std::uint32_t pool = 0, timer = 0;
};

enum class TimerKind : std::uint8_t { Arrival, Service, Exit, Entry, Acting, Patience, Work, Failure, Unit };

struct TimerModel {
    TimerKind kind{};
    std::uint32_t index = 0; // element, port, machine, failure or unit, as the kind says
};

struct StreamModel {
    std::string id;
    std::uint32_t purpose = 0;
};

// Shortest ways between all floor points.
struct FloorModel {
    std::uint32_t points = 0;
    std::vector<std::int64_t> distance_mm; // from × points + to; -1: no way
    std::vector<std::uint16_t> next;       // the first point on the way
    std::int64_t distance(std::uint32_t from, std::uint32_t to) const { return distance_mm[from * points + to]; }
};
FloorModel make_floor(const plant::Production& production);

struct Model {
    plant::Production production;
    std::vector<std::uint32_t> element_of; // by equipment, or kNone
    std::vector<ElementModel> elements;
    std::vector<MachineModel> machines;
    std::vector<InputModel> inputs;
    std::vector<OutputModel> outputs;
    std::vector<RouteModel> routes;
    std::vector<PortModel> ports;
    std::vector<NodeModel> nodes;
    std::vector<FailureModel> failures;
    std::vector<std::uint32_t> failure_machine;
    std::vector<ChangeoverModel> changeovers;
    std::vector<PoolModel> pools;
    std::vector<UnitModel> units;
    std::vector<TimerModel> timers;
    std::vector<StreamModel> streams;
    FloorModel floor;
    std::uint32_t types = 0;
    std::vector<std::uint32_t> schedule_products, schedule_counts;
    std::uint64_t fingerprint = 0; // of all that the file says about the simulation
};

} // namespace pw::simulation
