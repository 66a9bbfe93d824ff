#pragma once
// SPDX-License-Identifier: Apache-2.0
// What an AlarmBoard consists of. Internal to twin/alarms*.cpp.

#include "twin/alarm_core.h"
#include "twin/alarm_metrics.h"
#include "twin/alarms.h"
#include "twin/deadlines.h"
#include "twin/name_hash.h"

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace pw::twin {

inline constexpr std::uint32_t kNoAlarm = AlarmId::kNone;

// From small numbers to lists of small numbers, in two arrays.
class Relation {
  public:
    void build(std::size_t size, std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs);
    std::span<const std::uint32_t> operator[](std::uint32_t from) const {
        return std::span(to_).subspan(begin_[from], begin_[from + 1] - begin_[from]);
    }

  private:
    std::vector<std::uint32_t> begin_, to_;
};

struct DeclaredAlarm {
    plant::Alarm alarm;
    std::string name;
    std::uint32_t equipment = 0;
};

struct LiveAlarm {
    AlarmCore core;
    bool raw = false; // the condition without its delays
    bool by_alarm = false, by_state = false;
    plant::AlarmWhen when{};
    plant::AlarmPriority priority{};
    Quality source = Quality::Stale;
    std::uint32_t group = kNoAlarm;
    std::uint32_t newer = kNoAlarm, older = kNoAlarm; // in the list of its priority, while it is listed
    Time since{};
    UtcTime since_utc;
    Value value; // of its tag, as last heard
    UtcTime source_time;
};

struct AlarmGroup {
    std::uint32_t listed = 0;
    std::uint32_t first = kNoAlarm;
};

struct HeldBack { // why an alarm is on a shelf or out of service
    std::string who, comment;
    Time until; // of a shelf
};

inline bool is_listed(AlarmState state) { return state > AlarmState::Normal && state < AlarmState::Shelved; }

struct SavedAlarm {
    std::uint32_t alarm = 0;
    AlarmCore core;
    bool first_out = false, by_state = false;
    UtcTime since;
    Duration shelf_left;
    std::string who, comment;
};

struct AlarmBoard::Impl {
    AlarmOptions options;
    std::vector<DeclaredAlarm> declared;
    std::vector<LiveAlarm> live;
    std::vector<AlarmHabit> habits;
    ByName<std::uint32_t> by_name, group_of;
    Relation judged_by;  // watched tag → alarms whose condition it is
    Relation hidden_in;  // watched tag → alarms that are suppressed in states
    Relation suppresses; // alarm → alarms

    Deadlines deadlines; // 2 i: a delay of alarm i; 2 i + 1: its shelf
    std::vector<AlarmGroup> groups;
    std::map<std::uint32_t, HeldBack> held_back;
    std::array<std::uint32_t, plant::kAlarmPriorities> newest{};
    AlarmCounts counts;
    AlarmLoad load;
    std::vector<AlarmEvent> events;
    std::uint64_t last_number = 0;
    std::vector<AlarmRow> rows;
    bool rows_are_old = true;
    bool started = false;
    Instant now;

    // What an input came with, for its event.
    struct Cause {
        AlarmWhy why{};
        Instant now{};
        const AlarmAction* action = nullptr;
        UtcTime until{};
    };

    void start(Instant at);
    void pass_time(Instant to);
    void evaluate(std::uint32_t i, const Value& value, Quality quality, UtcTime source_time);
    void judge(std::uint32_t i, bool raw);
    void set_condition(std::uint32_t i, bool on, Instant at);
    void update_suppression(std::uint32_t i, Instant at);
    void suppress_dependents(std::uint32_t i, Instant at);
    bool input(std::uint32_t i, const Cause& cause);
    void enter(std::uint32_t i, AlarmState from, AlarmState to, AlarmEvent& event);
    void put_back(std::span<const SavedAlarm> saved, Instant at);
    void link(std::uint32_t i);
    void unlink(std::uint32_t i);
    void count(std::uint32_t i, AlarmState state, std::uint32_t by);
    void set_source(std::uint32_t i, Quality source);
    bool is_first(std::uint32_t i) const;
};

} // namespace pw::twin
