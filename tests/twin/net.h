#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the network tests of the twin share: a broker in a folder of its own, the foreign edge node, a plain client that
// remembers what it hears, and waiting for what must come.

#include "base/guarded.h"
#include "base/process.h"
#include "twin/mqtt.h"
#include "twin/private_broker.h"
#include "twin/twin.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pw::test {

// True as soon as `holds` does; false when it never did.
bool eventually(const std::function<bool()>& holds, Duration patience = from_ms(15'000));

// A broker that ends with the test; empty after skip() when there is none on this machine.
struct TestBroker {
    std::string folder;
    std::optional<twin::PrivateBroker> broker;
    static std::unique_ptr<TestBroker> start();
    ~TestBroker();
};

// tests/twin/foreign/edge_node.mjs, or json_publisher.cjs; empty after skip() when Node.js or its modules are missing.
struct ForeignNode {
    Process process;
    std::string log;
    void say(const std::string& line);
    bool said(std::string_view line) const;
    static std::optional<ForeignNode> start(const TestBroker& broker, const std::string& group,
                                            const std::string& node);
    static std::optional<ForeignNode> start_json(const TestBroker& broker, const std::string& name);
};

// A client that is no host: hears everything under `filter`.
class MqttListener {
  public:
    MqttListener(const std::string& url, const std::string& filter,
                 std::optional<twin::MqttMessage> will = std::nullopt);
    std::vector<twin::MqttMessage> heard() { return *heard_.lock(); }
    bool heard_payload(std::string_view part);
    twin::Mqtt& mqtt() { return *mqtt_; }

  private:
    Guarded<std::vector<twin::MqttMessage>> heard_;
    std::unique_ptr<twin::Mqtt> mqtt_;
};

// Takes snapshots until `holds` is true of one.
bool eventually_sees(twin::Twin& twin, const std::function<bool(const twin::TwinSnapshot&)>& holds,
                     Duration patience = from_ms(15'000));

} // namespace pw::test
