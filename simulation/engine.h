#pragma once
// SPDX-License-Identifier: Apache-2.0
// The engine: handles the next timer, then lets every element that was touched settle (start, push, admit) until
// nothing moves any more at this instant. Items are pushed; one that finds no place waits at its port in the lists of
// the elements that could take it, and is let in, first come first served, when room appears. Nothing recurses along
// the line: whoever is touched goes to the agenda. Internal to simulation/.

#include "simulation/simulation.h"
#include "simulation/state.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace pw::simulation {

inline constexpr std::size_t kMaxItems = 4'000'000;
inline constexpr std::uint32_t kMaxSteps = 20'000'000; // in one instant

class Engine {
  public:
    Engine(std::shared_ptr<const Model> model, const RunOptions& options);
    void restart(const RunOptions& options);

    Result<void> advance_to(SimTime time);

    // Commands from outside.
    Result<void> command(std::uint32_t machine, Command command);
    Result<void> set_mode(std::uint32_t machine, Mode mode);
    Result<void> set_speed(std::uint32_t machine, double factor);
    Result<void> provoke(std::uint32_t machine, std::size_t failure);

    // statistics.cpp
    void reset_statistics();
    ElementStatistics statistics(std::uint32_t element) const;
    FlowStatistics flow() const;

    // views.cpp
    MachineView machine_view(std::uint32_t machine) const;
    void item_views(std::uint32_t element, std::vector<ItemView>& out) const;
    UnitView unit_view(std::uint32_t unit) const;

    // snapshot.cpp
    std::vector<std::byte> snapshot() const;
    Result<void> restore(Bytes bytes);
    Result<void> check() const;

    const Model& model() const { return *model_; }
    const RunState& state() const { return s_; }
    std::vector<Event>& events() { return events_; }

  private:
    // engine.cpp
    void fire(std::uint32_t timer);
    void touch(std::uint32_t element);
    void settle_all();
    void settle(std::uint32_t element);
    void begin();

    // items.cpp: items, ports, routes and who waits for whom
    std::uint32_t make_item(std::uint32_t element, std::uint16_t type, std::uint16_t product);
    void drop_item(std::uint32_t item);
    void turn_item(std::uint32_t element, std::uint32_t item, std::uint16_t type);
    void append(List& list, std::uint32_t item);
    std::uint32_t take_first(List& list);
    void push_out(std::uint32_t port);
    bool try_leave(std::uint32_t port, std::uint32_t item);
    std::uint32_t choose(const ElementModel& element, std::uint32_t index, const Item& item);
    bool fits(const RouteModel& route, const Item& item) const;
    bool is_free_for(std::uint32_t element, const Item& item);
    bool accepts(std::uint32_t element, const Item& item) const;
    void wait_at(std::uint32_t port, std::uint32_t route);
    void stop_waiting(std::uint32_t port);
    bool admit(std::uint32_t element);
    void transfer(std::uint32_t port, std::uint32_t element);
    void receive(std::uint32_t element, std::uint32_t item);
    void left(std::uint32_t port, std::uint32_t item);
    void emptied(std::uint32_t port);

    // elements.cpp: what each kind does
    void source_arrival(std::uint32_t element);
    void source_next(std::uint32_t element);
    std::uint16_t source_product(std::uint32_t element);
    bool station_ready(const ElementModel& element) const;
    void station_settle(std::uint32_t element);
    void station_start(std::uint32_t element);
    void station_done(std::uint32_t port);
    void station_outputs(std::uint32_t element, List& out);
    void judge(std::uint32_t element, std::uint32_t item);
    std::uint32_t input_of(const ElementModel& element, std::uint16_t type) const;
    void waited(ElementState& element, const Item& item);
    void belt_exit(std::uint32_t element);
    void belt_arm(std::uint32_t element);
    void belt_settle(std::uint32_t element);
    void transport_settle(std::uint32_t element);
    void sink_item(std::uint32_t element, std::uint32_t item);

    // machine.cpp: clocks and PackML
    SimTime clock(const MachineState& machine) const;
    SimTime when(std::uint32_t machine, SimTime clock) const;
    std::uint32_t pace(std::uint32_t machine) const { return pace_for(machine, s_.machines[machine].product); }
    std::uint32_t pace_for(std::uint32_t machine, std::uint32_t product) const;
    bool willing(std::uint32_t machine) const;
    void set_running(std::uint32_t machine);
    void rebase(std::uint32_t machine);
    void arm_work(std::uint32_t machine);
    void disarm_work(std::uint32_t machine);
    void account(MachineState& machine);
    bool obey(std::uint32_t machine, Command command, Reason reason);
    void enter(std::uint32_t machine, State state, Reason reason);
    bool acting_time(std::uint32_t machine, SimTime& time);
    void rest(std::uint32_t machine);
    void acting_done(std::uint32_t machine);
    bool is_waiting(std::uint32_t machine) const; // SUSPENDED for want of items or room
    void wake(std::uint32_t machine);
    Reason idle_reason(std::uint32_t machine) const; // None: it has work in hand
    void watch_flow(std::uint32_t machine);
    void patience_over(std::uint32_t machine);

    // service.cpp: changeovers, failures, repairs
    bool turns_freely(std::uint32_t machine, std::uint32_t product) const;
    bool is_empty(std::uint32_t machine) const;
    bool can_turn(std::uint32_t machine, std::uint16_t product) const;
    bool ready_for(std::uint32_t machine, std::uint16_t product);
    const ChangeoverModel* changeover_row(std::uint32_t machine, std::uint32_t product) const;
    void changeover_done(std::uint32_t machine);
    void arm_failure(std::uint32_t failure);
    void run_failures(std::uint32_t machine, bool run);
    void count_cycle(std::uint32_t machine);
    void failure_due(std::uint32_t failure);
    bool begin_overdue(std::uint32_t machine);
    void begin_failure(std::uint32_t failure);
    void attend(std::uint32_t machine);
    void work_done(std::uint32_t machine);

    // pools.cpp: people and vehicles
    void request(std::uint32_t pool, std::uint32_t element);
    void dispatch(std::uint32_t pool);
    void assign(std::uint32_t unit, std::uint32_t element);
    void travel(std::uint32_t unit);
    void unit_timer(std::uint32_t unit);
    void arrived(std::uint32_t unit);
    void loaded(std::uint32_t unit);
    void release(std::uint32_t unit);
    void release_from(std::uint32_t pool, std::uint32_t element);
    std::int64_t distance_to(std::uint32_t unit, std::uint32_t point) const;
    void record_unit(EventKind kind, std::uint32_t unit, std::uint8_t begins = 0);

    void record(EventKind kind, std::uint32_t element, std::uint32_t item = kNone, std::int64_t value = 0,
                std::uint8_t a = 0, std::uint8_t b = 0, std::uint8_t c = 0) {
        if (options_.record_events) [[unlikely]]
            write(kind, element, item, value, {a, b, c});
    }
    void write(EventKind kind, std::uint32_t element, std::uint32_t item, std::int64_t value,
               std::array<std::uint8_t, 3> more);
    void write(const Event& event);

    std::shared_ptr<const Model> model_;
    RunOptions options_;
    RunState s_;
    std::vector<Event> events_;
    std::vector<std::uint32_t> agenda_; // a ring; each element stands in it once
    std::vector<std::uint8_t> touched_;
    std::size_t agenda_first_ = 0, agenda_count_ = 0;
    std::vector<SimTime> begun_; // by port: when its cycle began, by the machine's clock; for views only
    std::uint32_t steps_ = 0;    // since time moved
    bool full_ = false;          // no more items fit
};

} // namespace pw::simulation
