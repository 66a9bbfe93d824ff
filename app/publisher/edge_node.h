#pragma once
// SPDX-License-Identifier: Apache-2.0
// One Sparkplug B edge node (specification 3.0.0, chapters 5 and 6) with its devices, on an MQTT connection of its own:
// births with names, aliases and types; data by alias, only what changed; a will that says its death; rebirth when
// asked; commands (NCMD, DCMD) by name or alias. publish() and next_command() belong to one thread. Internal to
// app/publisher/.

#include "app/publisher/signal.h"
#include "base/guarded.h"
#include "base/result.h"
#include "base/ring.h"
#include "base/time.h"
#include "twin/mqtt.h"
#include "twin/sparkplug.h"
#include "twin/types.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pw::app {

struct EdgeMetric {
    std::string name;
    const twin::Value* value = nullptr; // the newest, in its model; outlives the node
    Pace pace = Pace::AtOnce;
    twin::DataType type = twin::DataType::Unknown; // Unknown: as the value is
    std::string unit;                              // births tell it, and the range
    std::optional<double> low, high;
    std::size_t id = 0; // by which its owner knows it
    std::uint64_t alias = 0;
    twin::Value sent; // last
};

struct EdgeDevice {
    std::string name; // empty: the node itself
    std::vector<EdgeMetric> metrics;
};

struct EdgeCommand {
    std::size_t id = 0; // EdgeMetric::id
    twin::Value value;
};

class EdgeNode {
  public:
    // `memory`: the file that remembers the bdSeq from one run to the next; empty: each run begins with 0.
    EdgeNode(std::string group, std::string name, std::string memory, const Clock& clock);
    ~EdgeNode(); // says its death and disconnects
    EdgeNode(const EdgeNode&) = delete;
    EdgeNode& operator=(const EdgeNode&) = delete;

    // Before start(). Metrics of one device are added under one name. False: the device has a metric of this name.
    bool add(std::string_view device, EdgeMetric metric);
    Result<void> start(const std::string& broker);

    // Sends what is due: the births in a new session or when a host asked, else what changed of the metrics whose pace
    // has them due in this period.
    void publish(std::uint64_t period);
    std::optional<EdgeCommand> next_command(); // what a host has written, in order

    std::string address() const { return group_ + "/" + name_; }
    bool online() { return state_.lock()->online; }
    std::uint64_t messages() const { return messages_.load(std::memory_order_relaxed); }
    void drop();

  private:
    struct State {
        bool birth_due = false; // connected, and not born in this session
        bool online = false;    // born in this session
        std::uint64_t bd_seq = 0, next_bd_seq = 0;
        std::uint64_t seq = 0;
    };
    twin::MqttCallbacks callbacks();
    std::string topic(const char* type, const EdgeDevice& device) const;
    twin::MqttMessage death(const State& state) const;
    bool send(const char* type, const EdgeDevice& device, State& state);
    bool births(State& state);
    bool changes(EdgeDevice& device, std::uint64_t period, State& state);
    void hear(std::string_view topic, Bytes payload);
    void remember(std::uint64_t next_bd_seq);

    const std::string group_, name_, memory_;
    const Clock& clock_;
    std::vector<EdgeDevice> devices_; // the first is the node itself
    std::uint64_t next_alias_ = 1;
    std::vector<twin::OutMetric> out_;
    Ring<EdgeCommand> commands_{256};
    Guarded<State> state_; // held from the look at the session until what belongs to it is sent
    std::atomic<bool> rebirth_asked_ = false;
    std::atomic<std::uint64_t> messages_ = 0;
    std::unique_ptr<twin::Mqtt> mqtt_; // last: its thread calls into the rest
};

} // namespace pw::app
