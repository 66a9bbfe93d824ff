#pragma once
// SPDX-License-Identifier: Apache-2.0
// How the plant does: its alarms, its KPIs, what holds its lines up. A listener of the Twin, so that no word is missed;
// the frame thread gets a snapshot, newest wins, and says what people do with alarms. docs/layers.md.

#include "base/mailbox.h"
#include "base/reports.h"
#include "base/result.h"
#include "base/ring.h"
#include "twin/alarms.h"
#include "twin/kpi.h"
#include "twin/twin.h"
#include "work/doing.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pw::work {

// KPIs judge who makes something: a machine that counts it (a tag with the role `produced`). A belt or a pump that
// could only be said to be available is not judged.
bool is_judged(const plant::Equipment& equipment);

struct MachineFigures { // of the last hour, or since the program began to watch; all from one moment
    std::array<std::optional<float>, twin::kKpis> kpis; // by twin::Kpi; none of who is not judged
    std::array<bool, twin::kKpis> uncertain{};          // likewise: what it is computed from is in doubt
    bool has_state = false;
    Doing doing = Doing::Unknown; // now
    DoingShares shares{};
    std::uint32_t alarms_listed = 0, alarms_an_hour = 0; // in the operator's list; annunciated in the last hour
    twin::AlarmRow alarm;                                // the most urgent of those listed; not valid: none
    bool bottleneck = false;                             // of its line
    friend bool operator==(const MachineFigures&, const MachineFigures&) = default;
};

struct KpiDetail { // with all inputs
    std::uint32_t equipment = plant::kNoEquipment;
    std::array<twin::KpiValue, twin::kKpis> hour;
    friend bool operator==(const KpiDetail&, const KpiDetail&) = default;
};

// What the operator's list leaves out: shelved, suppressed by design, or out of service.
struct HeldBackAlarm {
    twin::AlarmId alarm;
    twin::AlarmState state{};
    bool condition = false;   // what it is there for is so now
    std::string who, comment; // Shelved, OutOfService
    UtcTime until;            // Shelved
    std::string because;      // Suppressed: the alarm that does it; empty: the state of the machine
    friend bool operator==(const HeldBackAlarm&, const HeldBackAlarm&) = default;
};

struct ManagementSnapshot {
    std::vector<MachineFigures> machines; // by Plant::equipment; empty before the first word
    std::vector<twin::AlarmRow> alarms;   // the operator's list
    std::vector<HeldBackAlarm> held_back; // shelved, then out of service, then suppressed; at most kHeldBackRows
    twin::AlarmCounts counts;
    twin::AlarmMetrics metrics;
    KpiDetail detail; // of the machine that was asked for
    UtcTime time;     // when it was so
    friend bool operator==(const ManagementSnapshot&, const ManagementSnapshot&) = default;
};

inline constexpr std::size_t kHeldBackRows = 500;

struct AlarmOutcome {
    twin::AlarmAction action;
    Result<void> done; // Refused: why
};

class Management final : public twin::Listener {
  public:
    // Hears texts for recordings, on a connection's thread: each alarm's event as JSON under "alarms", and each second
    // all of a snapshot under kFiguresTopic (work/figures_json.h).
    using Tell = std::function<void(const char* topic, const std::string& json, twin::Instant now)>;

    // Hears what becomes of the alarms, for the next restore_alarms(): on a connection's thread, at once when somebody
    // acted on one, half a second after all else that happens to them, after a restore and after the clock was set.
    using Keep = std::function<void(std::string saved)>;

    // The plant outlives it.
    Management(const plant::Plant& plant, const twin::Bindings& bindings, Tell tell = {});

    // Before the first word; as twin::AlarmBoard::restore.
    Result<void> restore_alarms(std::string_view saved, twin::Instant now, Reports& problems);
    void keep_alarms(Keep keep) { keep_ = std::move(keep); }

    // Connections' threads.
    void word(const twin::Heard& heard, twin::Instant now) override;
    void tick(twin::Instant now) override;

    // Frame thread; none of these waits.
    bool take() { return mailbox_.take(); } // true when snapshot() has become a newer one
    const ManagementSnapshot& snapshot() const { return mailbox_.current(); }
    Result<void> act(twin::AlarmAction action); // Exhausted: too many have no outcome yet. Done at the next tick.
    std::optional<AlarmOutcome> next_outcome(); // of each act()
    void ask_detail(std::uint32_t equipment);   // whose KPIs with their inputs the snapshots have from then on
    const twin::AlarmBoard& names() const { return alarms_; } // find, declared, equipment and name only
    const twin::KpiBoard& kpis() const { return kpis_; }      // equipment and inputs only

  private:
    void count_figures(twin::Instant now);
    void post(twin::Instant now, bool tell);
    bool clock_was_set(twin::Instant now) const; // since last_kept_
    void list_held_back(std::vector<HeldBackAlarm>& out) const;

    const plant::Plant& plant_;
    twin::AlarmBoard alarms_; // these three: the connections' threads'
    twin::KpiBoard kpis_;
    DoingBoard doings_;
    Tell tell_;
    Keep keep_;
    std::vector<std::uint32_t> lines_;  // equipment of level Line
    std::vector<std::uint32_t> judged_; // equipment, ascending
    Mailbox<ManagementSnapshot> mailbox_;
    static constexpr std::size_t kOpenActions = 64;
    Ring<twin::AlarmAction> actions_{kOpenActions};
    Ring<AlarmOutcome> outcomes_{kOpenActions};
    std::size_t open_actions_ = 0; // the frame thread's
    std::atomic<std::uint32_t> asked_{plant::kNoEquipment};
    void count_details();
    std::vector<MachineFigures> figures_;
    std::vector<KpiDetail> details_; // of all machines, for the recording
    KpiDetail detail_;
    bool changed_ = false; // an alarm, since the last post
    bool unkept_ = false;  // an alarm or what a shelf has left, since the last keep_
    Time last_post_{}, last_figures_{};
    twin::Instant last_kept_{}; // or restored
};

} // namespace pw::work
