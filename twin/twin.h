#pragma once
// SPDX-License-Identifier: Apache-2.0
// The machines, live. A Twin owns one connection to a broker on its own thread, keeps every tag it hears of, and hands
// the frame thread what changed among the tags it watches: newest wins, without a lock. The frame's cost follows the
// watched tags, not the messages. All functions but those of start and the destructor are for the frame thread and
// never block.

#include "base/reports.h"
#include "base/result.h"
#include "twin/types.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pw::twin {

struct WatchedTag {
    std::string source;             // "group/node/device/metric"
    std::optional<double> period_s; // silent for 3 of these: STALE
};

struct TwinOptions {
    std::string broker = "mqtt://127.0.0.1:1883"; // mqtt://HOST:PORT or unix:///PATH
    std::string host_id = "plantwalk";            // Sparkplug Host Application id; unique per broker
    std::vector<std::string> groups;              // empty: all
    std::vector<WatchedTag> watched;              // their order is the order of TwinSnapshot::tags
    Duration reorder_timeout = from_ms(2000);     // a gap in seq longer than this asks for a rebirth
    std::uint32_t max_tags = 1'000'000;
    bool ephemeral = false; // a host of one visit: its goodbye is not left behind at the broker
};

struct TagState {
    Value value;
    Quality quality = Quality::Stale;
    UtcTime source_time; // unknown until the first word
    Time received{};
    std::uint32_t change = 0; // counts applied samples and quality changes: differs when anything did
};

enum class Connection : std::uint8_t { Connecting, Online, Lost };

struct TwinSnapshot {
    std::vector<TagState> tags; // as TwinOptions::watched
    Connection connection = Connection::Connecting;
    std::uint64_t messages = 0;                    // received so far
    std::uint64_t metrics = 0;                     // applied so far
    std::uint32_t nodes_alive = 0, nodes_dead = 0; // Sparkplug edge nodes
    std::uint32_t tags_known = 0;
    std::string problem; // why there is no connection, in words; or empty
};

enum class TwinEventKind : std::uint8_t {
    NodeBirth,
    NodeDeath,
    DeviceBirth,
    DeviceDeath,
    Connected,
    Disconnected,
    Malformed,
    RebirthAsked,
    EventsLost // the reader was too slow for some
};

struct TwinEvent {
    TwinEventKind kind = TwinEventKind::Connected;
    std::string who; // "group/node" or "group/node/device"
    std::string what;
    UtcTime time;
};

class Twin {
  public:
    // Starts the thread and returns at once; a broker that is not there is no error (it is tried again, with backoff).
    // Malformed: the broker's address.
    static Result<std::unique_ptr<Twin>> start(const TwinOptions& options, const Clock& clock = system_clock());
    virtual ~Twin() = default; // says goodbye (STATE online=false), ends the thread

    // True when snapshot() has become a newer one since the last call.
    virtual bool take() = 0;
    virtual const TwinSnapshot& snapshot() const = 0;
    virtual std::optional<TwinEvent> next_event() = 0;
    virtual void request_rebirth(const std::string& group_and_node) = 0;
};

// For `twin watch` and tests: every change of value or quality, on the connection's thread.
using OnChange = std::function<void(const std::string& tag, const Value& value, Quality quality, UtcTime time)>;
Result<std::unique_ptr<Twin>> start_watching(const TwinOptions& options, OnChange on_change,
                                             const Clock& clock = system_clock());

} // namespace pw::twin
