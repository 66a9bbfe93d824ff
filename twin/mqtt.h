#pragma once
// SPDX-License-Identifier: Apache-2.0
// One MQTT 3.1.1 connection on a thread of its own (libmosquitto), with reconnection, resubscription and checked
// SUBACKs. Callbacks run on that thread. publish() may be called from any thread and never blocks on the network; what
// cannot be sent now is refused, not queued: stale state and commands must not be replayed.

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pw::twin {

struct BrokerAddress {
    std::string host; // or the path of a Unix socket
    int port = 0;     // 0: a Unix socket
};
// "mqtt://HOST[:PORT]" ([v6 address] in brackets) or "unix:///PATH".
Result<BrokerAddress> parse_broker(std::string_view url);

struct MqttMessage {
    std::string topic, payload;
    int qos = 0;
    bool retain = false;
};

struct MqttOptions {
    std::string broker;    // mqtt://HOST[:PORT] or unix:///PATH
    std::string client_id; // empty: random
    int keepalive_s = 10;  // at least 5
    Duration backoff_min = from_ms(200), backoff_max = from_ms(5000);
};

struct MqttCallbacks {
    // All of them may be empty.
    // Before each connection attempt: the will of the coming session (Sparkplug needs a fresh one each time).
    std::function<std::optional<MqttMessage>()> make_will;
    std::function<void()> on_connected; // subscriptions are granted; what is published here is the first publish
    std::function<void(const std::string& why)> on_disconnected; // also when an attempt to connect failed
    std::function<void(std::string_view topic, Bytes payload, bool retained)> on_message;
    // When the Mqtt is destroyed while connected: what is published here goes out before DISCONNECT. No message comes
    // after.
    std::function<void()> on_stopping;
    std::function<void()> on_tick; // at least every 20 ms, connected or not
};

class Mqtt {
  public:
    // Malformed: the broker's address. A broker that is not there is tried again, with backoff.
    static Result<std::unique_ptr<Mqtt>> start(const MqttOptions& options,
                                               std::vector<std::pair<std::string, int>> subscriptions, // filter, QoS
                                               MqttCallbacks callbacks);
    virtual ~Mqtt() = default; // DISCONNECT (no will is sent), then joins the thread
    // Unavailable while there is no connection (before on_connected).
    virtual Result<void> publish(const MqttMessage& message) = 0;
    virtual bool connected() const = 0;
    // For tests of deaths: closes the socket without DISCONNECT, so that the broker sends the will.
    virtual void drop() = 0;
};

} // namespace pw::twin
