#pragma once
// SPDX-License-Identifier: Apache-2.0
// Writes what the machines say into a recording (docs/recording.md says how it looks there): words, events, and the
// texts of others. Now and then all newest values again, a snapshot, so that the state at any time is near one; it is
// spread over ticks and never holds the connection's thread for long. After a gap in the recording, and when it has
// begun a new file, one begins at once.
// word, event, state and tick are for the connections' threads; text is for any.

#include "base/guarded.h"
#include "record/recorder.h"
#include "twin/name_hash.h"
#include "twin/twin.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pw::twin {

struct TwinRecorderOptions {
    Duration snapshot_after = from_seconds(10.0); // since the last one, at least
    std::uint64_t snapshot_ratio = 4;             // and this many times its bytes
    std::size_t tags_per_tick = 2000;             // of a snapshot
    std::size_t channels = 60'000;                // of devices; what is more shares one
    Duration pause = from_seconds(5.0);           // without a tick: a gap. The program stood still, or slept
};

class TwinRecorder final : public Listener {
  public:
    // The recorder and the clock outlive this.
    explicit TwinRecorder(record::Recorder& recorder, const TwinRecorderOptions& options = {},
                          const Clock& clock = system_clock());

    void word(const Heard& heard, Instant now) override; // transient ones are not recorded
    void event(const TwinEvent& event, Instant now) override;
    void state(const TwinState& state, Instant now) override;
    void tick(Instant now) override;

    // A message of somebody else, as JSON: an alarm's event (event_json) under "alarms", figures under "management".
    // `at` is when it was so, if that is another time than now.
    void text(const std::string& topic, std::string_view json, Instant now, UtcTime at = {});

  private:
    struct Tag {
        std::string metric; // quoted; empty: no word yet
        record::ChannelId channel;
        Value value;
        Quality quality = Quality::Stale;
        UtcTime source_time;
        UtcTime heard; // not known: it has no value now, only historical ones
        std::shared_ptr<const TagFacts> facts;
    };
    record::ChannelId channel_for(std::string_view tag, std::string& metric);
    void begin_snapshot(Instant now);
    bool tell_pause(Instant now);
    void tell_state(Instant now);
    void go_on_with_snapshot(Instant now);
    std::optional<UtcTime> append(record::ChannelId channel, Instant now, UtcTime at);

    record::Recorder& recorder_;
    const TwinRecorderOptions options_;
    const Clock& clock_;
    record::SchemaId word_schema_;
    record::ChannelId snapshots_, events_, twin_state_, common_;
    TwinState state_;
    std::optional<Duration> last_tick_; // by the clock that counts sleep
    UtcTime logged_, logged_at_tick_;   // the last log time
    ByName<record::ChannelId> devices_; // by the prefix of their tags
    Guarded<ByName<record::ChannelId>> texts_;
    std::vector<Tag> tags_; // by TagId
    std::string text_;      // that is being written

    std::uint64_t bytes_ = 0, snapshot_bytes_ = 0, lost_ = 0; // since the last snapshot; its own; of the recorder
    std::uint32_t files_ = 1;                                 // of the recorder
    Time last_snapshot_;
    bool begun_ = false;
    std::size_t cursor_ = SIZE_MAX; // of the snapshot that is being written, in tags_
    std::uint64_t snapshot_tags_ = 0;
    UtcTime snapshot_from_;
};

} // namespace pw::twin
