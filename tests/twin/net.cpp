// SPDX-License-Identifier: Apache-2.0
#include "tests/twin/net.h"

#include "base/file.h"
#include "base/format.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>

#include <cstdlib>

namespace pw::test {

bool eventually(const std::function<bool()>& holds, Duration patience) {
    const Time until = system_clock().now() + patience;
    while (!holds()) {
        if (system_clock().now() > until) return false;
        pause_for(from_ms(5));
    }
    return true;
}

bool eventually_sees(twin::Twin& twin, const std::function<bool(const twin::TwinSnapshot&)>& holds, Duration patience) {
    return eventually(
        [&] {
            twin.take();
            return holds(twin.snapshot());
        },
        patience);
}

std::unique_ptr<TestBroker> TestBroker::start() {
    auto folder = make_temp_folder("pw-broker");
    REQUIRE(folder);
    auto test = std::make_unique<TestBroker>();
    test->folder = *folder;
    auto broker = twin::start_private_broker(*folder);
    if (!broker && broker.error().code == Errc::NotFound) {
        skip(broker.error().what);
        return nullptr;
    }
    REQUIRE_MESSAGE(broker, broker.error().what);
    test->broker = std::move(*broker);
    return test;
}

TestBroker::~TestBroker() {
    broker.reset();
    remove_folder(folder);
}

namespace {

std::optional<ForeignNode> start_foreign(const TestBroker& broker, const char* script, const char* module,
                                         const std::vector<std::string>& words, std::string_view ready) {
    const char* modules = std::getenv("NODE_PATH");
    if (modules == nullptr || !is_folder(join_path(modules, module))) {
        skip(formatted("npm {} is not in $NODE_PATH", module));
        return std::nullopt;
    }
    ProcessOptions options;
    static int count = 0;
    options.output_file = formatted("{}/{}-{}.log", broker.folder, words.back(), ++count);
    options.pipe_input = true;
    std::vector<std::string> command{"node", (source_dir() / "tests/twin/foreign" / script).string(),
                                     broker.broker->url()};
    command.insert(command.end(), words.begin(), words.end());
    auto process = Process::start(command, options);
    if (!process) {
        skip(process.error().what);
        return std::nullopt;
    }
    ForeignNode node{std::move(*process), options.output_file};
    // Node.js may take its time on a busy machine; that is not the twin's.
    REQUIRE_MESSAGE(eventually([&] { return node.said(ready); }, from_ms(120'000)),
                    read_text(options.output_file).value_or("it says nothing"));
    return node;
}

} // namespace

std::optional<ForeignNode> ForeignNode::start(const TestBroker& broker, const std::string& group,
                                              const std::string& node) {
    return start_foreign(broker, "edge_node.mjs", "sparkplug-client", {group, node}, "birth 1");
}

std::optional<ForeignNode> ForeignNode::start_json(const TestBroker& broker, const std::string& name) {
    return start_foreign(broker, "json_publisher.cjs", "mqtt", {name}, "ready");
}

void ForeignNode::say(const std::string& line) { REQUIRE(process.write(as_bytes(line + "\n"))); }

bool ForeignNode::said(std::string_view line) const {
    return read_text(log).value_or("").contains(std::string(line) + "\n");
}

MqttListener::MqttListener(const std::string& url, const std::string& filter, std::optional<twin::MqttMessage> will) {
    twin::MqttOptions options;
    options.broker = url;
    options.backoff_min = options.backoff_max = from_ms(50);
    twin::MqttCallbacks callbacks;
    callbacks.make_will = [will] { return will; };
    callbacks.on_message = [this](std::string_view topic, Bytes payload, bool retained) {
        heard_.lock()->push_back({std::string(topic), std::string(as_text(payload)), 0, retained});
    };
    auto started = twin::Mqtt::start(options, {{filter, 1}}, callbacks);
    REQUIRE(started);
    mqtt_ = std::move(*started);
    REQUIRE(eventually([&] { return mqtt_->connected(); }));
}

bool MqttListener::heard_payload(std::string_view part) {
    for (const auto& message : heard()) {
        if (message.payload.contains(part)) return true;
    }
    return false;
}

} // namespace pw::test
