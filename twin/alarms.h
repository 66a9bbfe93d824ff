#pragma once
// SPDX-License-Identifier: Apache-2.0
// The alarms of a plant in the states of ANSI/ISA-18.2-2016 (figure 3; IEC 62682 has the same), docs/alarms.md says
// how. A pure state machine: words of tags, actions of people and time go in, an ordered list of events and the
// operator's list come out; same input, same output. Not thread-safe: one thread owns it, the one that feeds it.
// Cost follows the words that change and the alarms that do; when nothing changes nothing is allocated.

#include "base/ids.h"
#include "base/reports.h"
#include "base/result.h"
#include "base/time.h"
#include "plant/alarm.h"
#include "plant/plant.h"
#include "twin/binding.h"
#include "twin/types.h"

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::twin {

using AlarmId = Id<struct AlarmIdTag>; // in the order of the plant file, 0 … size() - 1

enum class AlarmState : std::uint8_t { // letters as in the standard
    Normal,                            // A
    Unacknowledged,                    // B
    Acknowledged,                      // C
    ReturnedUnacknowledged,            // D
    LatchedUnacknowledged,             // E  returned, and waits for acknowledgement and reset
    LatchedAcknowledged,               // F  returned, and waits for reset
    Shelved,                           // G  by somebody, until a time
    Suppressed,                        // H  by design: another alarm, or the machine's state
    OutOfService,                      // I  by somebody, until they put it back
};
inline constexpr std::size_t kAlarmStates = 9;
char alarm_letter(AlarmState state);
const char* alarm_state_name(AlarmState state); // "RTN_UNACKNOWLEDGED"

enum class AlarmWhy : std::uint8_t {
    Occurred,
    Returned,
    Acknowledged,
    Shelved,
    Unshelved,
    ShelfExpired,
    SuppressionBegan,
    SuppressionEnded,
    TakenOutOfService,
    PutBackInService,
    Reset,
};
const char* alarm_why_name(AlarmWhy why); // "occurred"

// One for every change of an alarm, also while it is shelved, suppressed or out of service (then from == to).
struct AlarmEvent {
    std::uint64_t number = 0; // counts from 1 without gaps
    AlarmId alarm;
    AlarmState from{}, to{};
    AlarmWhy why{};
    bool first_out = false;   // it occurred before all others of its group
    UtcTime time;             // when the board took it in
    UtcTime source_time;      // Occurred, Returned: when the machine says its value was so
    Value value;              // the tag's, likewise; after a delay the one last heard
    std::string who, comment; // of actions
    UtcTime until;            // Shelved
};

enum class AlarmDo : std::uint8_t { Acknowledge, Shelve, Unshelve, TakeOutOfService, PutBackInService, Reset };
struct AlarmAction {
    AlarmDo what{};
    AlarmId alarm;
    std::string who;       // a person or a role; never empty
    std::string comment;   // why; not empty for Shelve and TakeOutOfService
    Duration shelve_for{}; // Shelve: at most AlarmOptions::longest_shelf
};

// A line of the operator's list: alarms in states B to F.
struct AlarmRow {
    AlarmId alarm;
    AlarmState state{};
    plant::AlarmPriority priority{};
    Quality source = Quality::Stale; // STALE or BAD: the state is the last one known
    bool first_out = false;
    UtcTime since; // annunciated; for one that came back out of shelf or suppression, when it did
    friend bool operator==(const AlarmRow&, const AlarmRow&) = default;
};

struct AlarmCounts {
    std::array<std::array<std::uint32_t, kAlarmStates>, plant::kAlarmPriorities> of{}; // [priority][state]
    std::uint32_t listed = 0;                                                          // in states B to F
    std::uint32_t not_shown = 0;                                                       // of these: for want of a row
    std::uint32_t source_not_known = 0; // alarms of any state whose source is STALE or BAD or not heard yet
    friend bool operator==(const AlarmCounts&, const AlarmCounts&) = default;
};

// All of one alarm.
struct AlarmView {
    AlarmState state{};
    bool condition = false; // after delays and deadband, whatever the state hides
    bool latched = false;
    bool suppressed = false; // also while it is shelved or out of service
    Quality source = Quality::Stale;
    UtcTime since;                 // not known when it does not apply
    UtcTime shelved_until;         // likewise; follows the clock when that is set: a shelf lasts its minutes
    std::string_view who, comment; // of Shelved and OutOfService; valid until the next change
    bool first_out = false;
    // How it behaves, as ISA-18.2 asks to monitor. Annunciations: transitions to B.
    std::uint32_t annunciated = 0, last_hour = 0; // last_hour: in the last six ten-minute periods, the present included
    std::uint32_t chattering = 0;                 // annunciations that were the third, or more, within a minute
    std::uint32_t fleeting = 0; // that were over in AlarmOptions::fleeting before anybody acknowledged
};

// What ISA-18.2 asks to monitor, for one operator.
struct AlarmMetrics {
    Duration span{}; // since the first word
    std::uint64_t annunciated = 0;
    std::array<std::uint64_t, plant::kAlarmPriorities> by_priority{};
    double average_per_10min = 0.0; // about 1 is very likely acceptable, 2 the most that can be managed
    std::uint32_t last_10min = 0, peak_per_10min = 0; // sliding by the minute
    bool flood = false;                               // since 10 within ten minutes, until fewer than 5
    std::uint32_t floods = 0;
    Duration in_flood{};
    std::uint64_t chattering = 0, fleeting = 0;
    friend bool operator==(const AlarmMetrics&, const AlarmMetrics&) = default;
};

struct AlarmOptions {
    std::size_t rows = 500;
    Duration longest_shelf = from_seconds(24 * 3600.0);
    Duration fleeting = from_seconds(10.0);
};

class AlarmBoard {
  public:
    // All alarms of a plant that parse_plant has checked. `bindings` says which watched tag is which.
    static AlarmBoard make(const plant::Plant& plant, const Bindings& bindings, const AlarmOptions& options = {});

    std::uint32_t size() const;
    AlarmId find(std::string_view name) const;         // "<equipment>.<alarm>"; not valid when unknown
    const plant::Alarm& declared(AlarmId alarm) const; // suppressed_by always with its equipment
    std::uint32_t equipment(AlarmId alarm) const;      // into Plant::equipment
    const std::string& name(AlarmId alarm) const;      // "<equipment>.<alarm>"

    // What goes in: every word, on the connection's thread; `now` never goes back.
    void word(std::uint32_t watched, const Value& value, Quality quality, UtcTime source_time, Instant now);
    void advance(Instant now); // delays, shelves and metrics; often, at least each second
    Result<void> act(const AlarmAction& action, Instant now); // Refused in a state, or from somebody, it is not for

    // What happened since clear_events(), in order; unbounded: whoever drives the board drains it.
    std::span<const AlarmEvent> events() const;
    void clear_events();

    // By priority, then newest first; at most AlarmOptions::rows. Valid until the next change.
    std::span<const AlarmRow> list();
    AlarmCounts counts() const;
    AlarmView view(AlarmId alarm) const;
    AlarmId first_out(std::string_view group) const; // not valid: none of the group is in alarm, or unknown
    AlarmMetrics metrics() const;

    std::vector<AlarmId> in_state(AlarmState state) const; // looks at all; in the order of the plant file

    // What people and machines did to alarms, as JSON: conditions, acknowledgements, latches, shelves, out of service.
    // Not the metrics. Before the first word of a new board; what is not of the form, or of an alarm that the plant no
    // longer has, is reported and left out, and each keeps its state until its tag is heard. A shelf has what was left
    // of it, less the time since, of which a clock that was set back says nothing; one that has run out expires with
    // the next advance(). Malformed: not such a text; the board is then as it was.
    std::string save(Instant now) const;
    Result<void> restore(std::string_view json, Instant now, Reports& problems);

    AlarmBoard(AlarmBoard&&) noexcept;
    AlarmBoard& operator=(AlarmBoard&&) noexcept;
    ~AlarmBoard();

  private:
    AlarmBoard();
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

// For recordings: {"alarm":"robot.jam","from":"NORMAL","to":"UNACKNOWLEDGED","why":"occurred","number":1, …}
std::string event_json(const AlarmBoard& board, const AlarmEvent& event);

} // namespace pw::twin
