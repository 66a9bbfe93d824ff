#pragma once
// SPDX-License-Identifier: Apache-2.0
// One Sparkplug B edge node (specification 3.0.0, chapters 5 and 6) with its devices, on an MQTT connection of its own:
// births with names, aliases and types; data by alias, only what changed; a will that says its death; rebirth when
// asked. publish() belongs to one thread. Internal to app/publisher/.

#include "base/guarded.h"
#include "base/result.h"
#include "base/time.h"
#include "twin/mqtt.h"
#include "twin/sparkplug.h"
#include "twin/types.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::app {

struct EdgeMetric {
    std::string name;
    std::size_t value = 0; // into the values handed to publish()
    bool slow = false;
    twin::DataType type = twin::DataType::Double;
    std::uint64_t alias = 0;
    twin::Value sent; // last
};

struct EdgeDevice {
    std::string name; // empty: the node itself
    std::vector<EdgeMetric> metrics;
};

class EdgeNode {
  public:
    EdgeNode(std::string group, std::string name, const Clock& clock);
    ~EdgeNode(); // says its death and disconnects
    EdgeNode(const EdgeNode&) = delete;
    EdgeNode& operator=(const EdgeNode&) = delete;

    // Before start(). Metrics of one device are added under one name.
    void add(std::string_view device, EdgeMetric metric, const twin::Value& first);
    Result<void> start(const std::string& broker);

    // Sends what is due: the births in a new session or when a host asked, else what changed; of slow metrics only when
    // `slow_too`.
    void publish(std::span<const twin::Value> values, bool slow_too);

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
    bool births(std::span<const twin::Value> values, State& state);
    bool changes(EdgeDevice& device, std::span<const twin::Value> values, bool slow_too, State& state);
    void hear(Bytes payload);

    const std::string group_, name_;
    const Clock& clock_;
    std::vector<EdgeDevice> devices_; // the first is the node itself
    std::uint64_t next_alias_ = 1;
    std::vector<twin::OutMetric> out_;
    Guarded<State> state_; // held from the look at the session until what belongs to it is sent
    std::atomic<bool> rebirth_asked_ = false;
    std::atomic<std::uint64_t> messages_ = 0;
    std::unique_ptr<twin::Mqtt> mqtt_; // last: its thread calls into the rest
};

} // namespace pw::app
