#pragma once
// SPDX-License-Identifier: Apache-2.0
// Everything about a run that changes, as flat arrays of structs without padding: what the hash covers, and a snapshot
// holds, is exactly this. Internal to simulation/.

#include "simulation/model.h"
#include "simulation/random.h"
#include "simulation/timers.h"

#include <cstdint>
#include <type_traits>
#include <vector>

namespace pw::simulation {

// A sum of times that 64 bits may not hold. Differences may be negative: two's complement.
struct Wide {
    std::uint64_t low = 0, high = 0;
    void add(SimTime time) {
        const auto v = static_cast<std::uint64_t>(time);
        low += v;
        high += low < v ? 1 : 0;
    }
    void subtract(SimTime time) {
        const auto v = static_cast<std::uint64_t>(time);
        high -= low < v ? 1 : 0;
        low -= v;
    }
};

// First in, first out, linked through Item::next, or through Node::next and Node::before.
struct List {
    std::uint32_t head = kNone, tail = kNone, count = 0;
};

enum ItemFlag : std::uint8_t { kBad = 1, kRejected = 2 };

struct Item {
    std::uint64_t serial = 0;
    SimTime made = 0;
    SimTime mark = 0; // in a queue: since when; on a belt: the belt's clock when it came on
    std::uint32_t next = kNone;
    std::uint16_t type = 0, product = 0;
    std::uint8_t flags = 0;
    std::uint8_t spare[7]{};
};

// How many things there were over time: the sum of times of leaving minus times of entering, exactly.
struct Level {
    Wide sum;
    std::uint64_t count = 0;
    void enter(SimTime now) {
        sum.subtract(now);
        ++count;
    }
    void leave(SimTime now) {
        sum.add(now);
        --count;
    }
};

struct ElementState {
    List waiters;           // nodes, in the order in which they came
    List lane;              // belt: items on their way; transport: items that wait for a vehicle
    std::uint32_t turn = 0; // round robin
    std::uint32_t next_request = kNone;
    std::uint32_t made = 0; // source
    std::uint32_t schedule_at = 0, schedule_made = 0;
    std::uint32_t on_the_way = 0; // transport: vehicles that come to load
    std::uint8_t requested = 0;   // it stands in a pool's queue
    std::uint8_t spare[3]{};
    std::uint32_t spare2 = 0;
    SimTime last_exit = 0;  // belt: its clock when an item left last
    SimTime last_entry = 0; // belt: its clock when an item came on last
    Level inside, queue;
    std::uint64_t entered = 0, left = 0, waits = 0;
    Wide waited;
    SimTime longest_wait = 0;
};

enum class Phase : std::uint32_t { Idle, Busy, Ready }; // Ready: what is in `out` wants to leave

struct PortState {
    List out;
    Phase phase = Phase::Idle;
    std::uint32_t chosen = kNone; // route, when the item at its head may go only there
    std::uint32_t waiting = 0;    // its nodes are linked
    SimTime finish = 0;           // Busy: by the machine's clock
};

struct NodeState {
    std::uint32_t before = kNone, next = kNone;
    std::uint32_t linked = 0;
};

struct MachineState {
    std::uint8_t state = 4, mode = 1, reason = 0; // State, Mode, Reason
    std::uint8_t running = 0;                     // its clock goes
    std::uint8_t exit_full = 0;                   // a belt that stands because its first item cannot leave
    std::uint8_t automatic = 0;                   // it takes itself through STOPPED and IDLE to EXECUTE
    std::uint8_t restarts = 0;                    // once repaired
    std::uint8_t attended = 0;                    // somebody of the pool is at work on it
    std::uint32_t failure = kNone;                // its own number, while not repaired
    std::uint32_t product = kNone, changing_to = kNone;
    std::uint32_t speed = kNominal;
    std::uint32_t busy = 0;
    std::uint32_t spare = 0;
    SimTime since = 0;
    SimTime clock = 0, clock_at = 0; // its clock read `clock` at `clock_at`
    SimTime state_since = 0;         // for the sums: since the last change or reset
    SimTime in_state[kStateCount]{};
    SimTime by_reason[kReasonCount]{};
    Level busy_level;
    std::uint64_t cycles = 0, produced = 0, bad = 0, rejected = 0, failures = 0, changeovers = 0, all_cycles = 0;
};

struct FailureState {
    std::int64_t left = 0; // ns of its clock or cycles until it fails
    SimTime since = 0;     // its clock goes since
    std::uint32_t going = 0;
    std::uint32_t overdue = 0;
};

enum class UnitPhase : std::uint32_t { Idle, Homing, ToTask, Working, Loading, ToDrop, Unloading, Delivering };

struct UnitState {
    UnitPhase phase = UnitPhase::Idle;
    std::uint32_t at = 0, hop = 0, goal = 0; // floor points; travelling from `at` to `hop`
    std::uint32_t travelling = 0;
    std::uint32_t task = kNone; // element
    SimTime hop_begin = 0, hop_end = 0;
};

struct PoolState {
    List requests; // elements, through ElementState::next_request
};

struct TypeState {
    std::uint64_t made = 0, turned_in = 0, turned_out = 0, used = 0, gone = 0, lost = 0, present = 0;
    std::uint64_t sojourns = 0;
    Wide sojourn;
};

struct RunState {
    SimTime now = 0, counted_since = 0;
    std::uint64_t next_serial = 0, handled = 0, lost = 0;
    Level inside;
    std::uint32_t free_items = kNone;
    std::uint32_t spare = 0;
    std::vector<Item> items;
    std::vector<ElementState> elements;
    std::vector<List> inputs;
    std::vector<PortState> ports;
    std::vector<NodeState> nodes;
    std::vector<MachineState> machines;
    std::vector<FailureState> failures;
    std::vector<UnitState> units;
    std::vector<PoolState> pools;
    std::vector<TypeState> types;
    std::vector<std::uint64_t> entered_by_type, left_by_type; // element × types + type
    std::vector<Stream> streams;
    Timers timers;

    // Every field but the timers, in one order for writing, reading and hashing.
    template <class Archive> void visit(Archive& archive) {
        archive(now, counted_since, next_serial, handled, lost, inside, free_items, spare);
        archive(items, elements, inputs, ports, nodes, machines, failures, units, pools, types);
        archive(entered_by_type, left_by_type, streams);
    }
};

template <class... Ts> inline constexpr bool kNoPadding = (std::has_unique_object_representations_v<Ts> && ...);
static_assert(kNoPadding<Item, ElementState, PortState, NodeState, MachineState, FailureState, UnitState, PoolState,
                         TypeState, Stream, Timers::Entry>);

} // namespace pw::simulation
