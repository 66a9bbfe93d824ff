#pragma once
// SPDX-License-Identifier: Apache-2.0
// The machines, live. A Twin owns a connection to each of its brokers, on a thread of its own, keeps every tag it hears
// of, and hands the frame thread what changed among the tags it watches: newest wins, without a lock. The frame's cost
// follows the watched tags, not the messages. All functions but those of start and the destructor are for the frame
// thread and never block.

#include "base/ids.h"
#include "base/reports.h"
#include "base/result.h"
#include "plant/plant.h"
#include "twin/types.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pw::twin {

struct WatchedTag {
    // "group/node/device/metric", "opcua:…" (twin/opcua_address.h) or "mqtt:…" (twin/json_source.h)
    std::string source;
    std::optional<double> period_s; // silent for 3 of these: STALE
    std::string set;                // of "mqtt:…": the place that values for it are sent to, or empty
    std::string unit;               // declared, or empty; told in another one, its words are UNCERTAIN at best
};

class Listener;

struct TwinOptions {
    // mqtt://HOST:PORT or unix:///PATH of MQTT brokers, opc.tcp://HOST:PORT of OPC UA servers (parse_opcua_server);
    // several, separated by commas: a session with each, at the same time. With brokers it is a Sparkplug Host
    // Application, unless topics are asked for and nothing of Sparkplug.
    std::string broker = "mqtt://127.0.0.1:1883";
    std::string host_id = "plantwalk";        // Sparkplug Host Application id; unique per broker
    std::vector<std::string> groups;          // empty: all
    std::vector<WatchedTag> watched;          // their order is the order of TwinSnapshot::tags
    Duration reorder_timeout = from_ms(2000); // a gap in seq longer than this asks for a rebirth
    std::uint32_t max_tags = 1'000'000;
    std::string opcua_folder; // certificates (twin/opcua_trust.h); empty: opcua/ in the user's configuration folder
    // Of this user with the OPC UA servers; empty: $PLANTWALK_OPCUA_USER and $PLANTWALK_OPCUA_PASSWORD, else nobody's.
    std::string opcua_user, opcua_password;
    std::vector<plant::TopicRule> topic_rules; // of topics that are not Sparkplug
    std::string show_topics;                   // a topic filter: every value there is a tag besides, as "mqtt:…"
    bool opcua_all = false;                    // every variable of the OPC UA servers, not only what is watched
    bool ephemeral = false;                    // a host of one visit: its goodbye is not left behind at the broker
    std::vector<Listener*> listeners;          // they outlive the Twin
};

struct TagState {
    Value value;
    Quality quality = Quality::Stale;
    UtcTime source_time; // unknown until the first word
    Time received{};
    std::uint32_t change = 0;              // counts applied samples and quality changes: differs when anything did
    std::shared_ptr<const TagFacts> facts; // may be null
};

enum class Connection : std::uint8_t { Connecting, Online, Lost }; // Online: with one broker at least

struct TwinSnapshot {
    std::vector<TagState> tags; // as TwinOptions::watched
    Connection connection = Connection::Connecting;
    std::uint64_t messages = 0;                    // received so far
    std::uint64_t metrics = 0;                     // applied so far
    std::uint32_t nodes_alive = 0, nodes_dead = 0; // Sparkplug edge nodes
    std::uint32_t tags_known = 0;
    std::string problem; // why there is no connection with a broker, in words; or empty
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
    Message,   // an event that a machine tells by itself (OPC UA)
    EventsLost // the reader was too slow for some
};

struct TwinEvent {
    TwinEventKind kind = TwinEventKind::Connected;
    std::string who; // "group/node" or "group/node/device", or the name of what sent a Message
    std::string what;
    UtcTime time;
    unsigned severity = 0; // of a Message: 1 to 1000, as OPC UA has it
};

// A change of a tag's value, quality or facts, or a historical value.
struct Heard {
    TagId tag; // the same for this name as long as the Twin lives; small numbers
    const std::string& name;
    std::span<const std::uint32_t> watched; // its places in TwinOptions::watched
    const Value& value;
    Quality quality = Quality::Stale;
    UtcTime source_time;
    Word word = Word::Live;
    std::shared_ptr<const TagFacts> facts = nullptr; // as in TagState; may be null
};

// Of all machines together; as in TwinSnapshot.
struct TwinState {
    Connection connection = Connection::Connecting;
    std::uint32_t nodes_alive = 0, nodes_dead = 0;
    friend bool operator==(const TwinState&, const TwinState&) = default;
};

// Hears everything, on the twin's threads, one call at a time: what must not miss a word between two frames
// (alarms, KPIs, recordings, `twin watch`). The machines' words wait while it works. When it throws, the session whose
// word it was ends, its tags are STALE, and a new one begins.
class Listener {
  public:
    virtual ~Listener() = default;
    virtual void word(const Heard& heard, Instant now) = 0;
    virtual void event(const TwinEvent& /*event*/, Instant /*now*/) {}
    virtual void state(const TwinState& /*state*/, Instant /*now*/) {} // when it has become another; before tick
    virtual void tick(Instant /*now*/) {}                              // about every 50 ms, whatever the connections do
};

// What became of a write(). Done means that the command was handed to the network, once, or that the OPC UA server said
// Good; whether the machine obeyed is for its tags to say.
using CommandId = Id<struct CommandTag>;
struct CommandOutcome {
    CommandId command;
    Result<void> sent; // a refusal: see SparkplugHost::make_command; Refused: an OPC UA server's own, in its words
};

// Malformed: a broker's or server's address in a list with commas between them.
Result<void> check_addresses(std::string_view list);

class Twin {
  public:
    // Starts the thread and returns at once; a broker that is not there is no error (it is tried again, with backoff).
    // Malformed: a broker's or server's address.
    static Result<std::unique_ptr<Twin>> start(const TwinOptions& options, const Clock& clock = system_clock());
    virtual ~Twin() = default; // says goodbye (STATE online=false), ends the thread

    // True when snapshot() has become a newer one since the last call.
    virtual bool take() = 0;
    virtual const TwinSnapshot& snapshot() const = 0;
    virtual std::optional<TwinEvent> next_event() = 0;
    virtual void request_rebirth(const std::string& group_and_node) = 0;

    // Asks the machine to give one tag, "group/node/device/metric", a value: at most once, and not later than the next
    // tick. Every command has one outcome. Exhausted: too many have none yet.
    virtual Result<CommandId> write(const std::string& tag, const Value& value) = 0;
    virtual std::optional<CommandOutcome> next_outcome() = 0;
};

} // namespace pw::twin
