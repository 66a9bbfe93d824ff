#pragma once
// SPDX-License-Identifier: Apache-2.0
// The Sparkplug 3.0.0 Host Application as a pure state machine: messages and times go in; samples go into the TagStore,
// events and messages to send come out. It owns no network and no clock; all functions are for one thread.
//
// What it keeps per edge node: birth and death (bdSeq), its devices, its metrics by alias and name, the order of its
// messages, and whether it has to be asked for a rebirth. With several MQTT servers it has a session of its own with
// each; a node lives on the one that its last birth came through, and what comes through another neither feeds nor
// kills it. Foreign edge nodes deviate (docs of npm sparkplug-client:
// bdSeq is always 0): a node that was reborn can die again with the same bdSeq; a node that is dead cannot.

#include "base/bytes.h"
#include "twin/born_metrics.h"
#include "twin/mqtt.h"
#include "twin/name_hash.h"
#include "twin/seq_order.h"
#include "twin/sparkplug.h"
#include "twin/tag_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pw::twin {

struct HostOptions {
    std::string host_id = "plantwalk";
    std::vector<std::string> groups;           // empty: all
    unsigned servers = 1;                      // that there is a session with; numbered from 0
    Duration reorder_timeout = from_ms(2000);  // from the first message out of order to the request for a rebirth
    Duration rebirth_interval = from_ms(5000); // between two requests to one node; doubles up to 16 times that
    Duration birth_patience = from_ms(1000);   // after connecting, before asking nodes that have not been born
    std::size_t max_nodes = 10'000;
    std::size_t max_devices = 100'000;      // of all nodes
    std::size_t max_held_bytes = 64u << 20; // in messages that came too early, of all nodes
    DecodeLimits limits;
};

class SparkplugHost {
  public:
    SparkplugHost(const HostOptions& options, TagStore& store);
    SparkplugHost(const SparkplugHost&) = delete;
    SparkplugHost& operator=(const SparkplugHost&) = delete;

    std::vector<std::pair<std::string, int>> subscriptions() const; // filter, QoS

    // A session: the will for CONNECT, then connected() once the subscriptions are granted, then disconnected().
    MqttMessage make_will(UtcTime now, unsigned server = 0);
    void connected(Instant now, unsigned server = 0);
    void disconnected(Instant now, std::string_view why, unsigned server = 0);
    // To publish before an intended DISCONNECT (after which no message may be given to the host any more).
    static MqttMessage goodbye(std::string_view host_id, UtcTime now);

    void message(std::string_view topic, Bytes payload, bool retained, Instant now, unsigned server = 0);
    void tick(Instant now); // timeouts; often enough for their sake, at least every 100 ms

    // A node that should be there: it is asked for its birth even when it has not been heard.
    void expect_node(std::string_view group_and_node);
    void request_rebirth(std::string_view group_and_node, Instant now);

    // The NCMD or DCMD that asks for this value of a tag, to publish at once or not at all. NotFound: no birth named
    // the tag. Unavailable: its node, its device or our session with its server is not alive. Refused: nobody may write
    // it. Unsupported and Malformed: see check_value.
    struct Command {
        unsigned server = 0;
        MqttMessage message;
    };
    Result<Command> make_command(std::string_view tag, const Value& value, UtcTime now) const;

    // What came out since the caller emptied them.
    std::vector<MqttMessage>& outgoing(unsigned server = 0) { return servers_[server].outgoing; }
    std::vector<TwinEvent>& events() { return events_; }

    std::uint32_t nodes_alive() const { return alive_; }
    std::uint32_t nodes_dead() const { return dead_; }

  private:
    enum class Life : std::uint8_t { Unheard, Alive, Dead };
    struct Device {
        std::string name;
        BornMetrics metrics;
        Life life = Life::Unheard;
        bool awaits_birth = false; // its node was reborn; its own birth must follow
    };
    struct Node {
        explicit Node(std::size_t& held_bytes) : order(held_bytes) {}
        std::string id; // "group/node"
        Life life = Life::Unheard;
        unsigned server = 0; // where it lives, while it does
        BornMetrics metrics;
        TemplateDefinitions definitions;
        ByName<std::uint32_t> device_of; // into devices
        std::vector<Device> devices;
        std::optional<std::uint64_t> bd_seq;
        SeqOrder order;
        Time births_due{}; // devices that still await their birth then are dead
        bool awaits_device_births = false;
        bool sends_types = false; // also in its data, and so may want them in commands
        bool wants_rebirth = false;
        Time next_ask{};
        Time last_ask{};
        unsigned asks = 0;
    };

    struct Server {
        bool online = false;
        UtcTime session;
        std::vector<MqttMessage> outgoing;
    };

    Node* find_or_make_node(std::string_view group, std::string_view name);
    Device* find_or_make_device(Node& node, std::string_view name);
    void own_state(Bytes payload, bool retained, Instant now, unsigned server);
    void node_birth(Node& node, Instant now, unsigned server);
    void node_death(Node& node, Instant now);
    void sequenced(Node& node, const Topic& topic, Bytes payload, Instant now);
    void apply(Node& node, MessageType type, std::string_view device, Instant now);
    void apply_held(Node& node, const HeldMessage& held, Instant now);
    void device_birth(Node& node, std::string_view name, Instant now);
    void device_death(Node& node, Device& device, UtcTime when, std::string_view why);
    BornMetrics::Message message_in_hand(Instant now);
    void after_birth(const Node& node, const BornMetrics& metrics, std::string_view who, const std::string& flaw,
                     Instant now);
    void apply_data(Node& node, BornMetrics& metrics, Instant now);
    void degrade_node(const Node& node, Quality quality, UtcTime when);
    bool hold(Node& node, std::uint8_t seq, const Topic& topic, Bytes payload);
    void close_gap(Node& node, Instant now);
    void check_devices(Node& node, Instant now);
    void set_life(Node& node, Life life);
    bool reachable(const Node& node) const;
    void want_rebirth(Node& node, std::string_view why, Instant now);
    void ask_rebirth(Node& node, std::string_view why, Instant now);
    void event(TwinEventKind kind, std::string_view who, std::string what, UtcTime when);
    void malformed(std::string_view topic, const std::string& what, Instant now);

    HostOptions options_;
    TagStore& store_;
    std::string state_topic_;
    std::vector<Server> servers_;
    ByName<std::uint32_t> node_of_; // into nodes_
    std::vector<Node> nodes_;
    std::size_t device_count_ = 0;
    std::size_t held_bytes_ = 0; // of early messages of all nodes
    std::uint32_t alive_ = 0, dead_ = 0;
    Time next_malformed_event_{};
    bool told_full_ = false;
    std::vector<TwinEvent> events_;
    Payload payload_; // the message in hand
    std::string key_; // scratch
};

} // namespace pw::twin
