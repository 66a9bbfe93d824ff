#pragma once
// SPDX-License-Identifier: Apache-2.0
// A packet dialogue with the Sparkplug host: what an edge node says, when, and what must come of it.

#include "twin/sparkplug_host.h"

#include <protozero/pbf_writer.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pw::test {

using namespace pw::twin;

inline constexpr std::int64_t kStart = 1'700'000'000'000; // UTC milliseconds at time 0

inline OutMetric number(std::string name, std::optional<std::uint64_t> alias, double value) {
    return {std::move(name), alias, DataType::Double, value, true};
}
inline OutMetric data(std::uint64_t alias, double value) { return {"", alias, DataType::Double, value, false}; }
inline OutMetric bd_seq(std::uint64_t n) { return {"bdSeq", {}, DataType::UInt64, n, true}; }

// A payload with one metric, in which `write` adds fields that encode_payload does not write.
template <class Write> std::string foreign(std::uint64_t alias, double value, std::uint64_t seq, Write write) {
    std::string message;
    protozero::pbf_writer payload(message);
    {
        protozero::pbf_writer metric(payload, 2);
        metric.add_uint64(2, alias);
        write(metric);
        metric.add_double(13, value);
    }
    payload.add_uint64(3, seq);
    return message;
}

struct Dialogue {
    explicit Dialogue(HostOptions options = {}) : host(options, store) {}

    std::vector<WatchedTag> watched{{"g/n/d/x", {}}, {"g/n//v", {}}};
    TagStore store{watched, 1000};
    SparkplugHost host;
    std::int64_t ms = 0;

    Instant now() const { return {Time{ms * 1'000'000 + 1}, utc_from_ms(kStart + ms)}; }
    void connect() {
        host.make_will(now().utc);
        host.connected(now());
    }
    void say(std::string_view topic, const std::vector<OutMetric>& metrics, std::optional<std::uint64_t> seq,
             bool retained = false) {
        const std::string payload = encode_payload(metrics, seq, now().utc);
        host.message(topic, as_bytes(payload), retained, now());
    }
    void hear(std::string_view topic, std::string_view payload) {
        host.message(topic, as_bytes(payload), /* retained= */ false, now());
    }
    void wait(std::int64_t by_ms) {
        for (const std::int64_t until = ms + by_ms; ms < until;) {
            ms = std::min(until, ms + 50);
            host.tick(now());
        }
    }
    // A node "g/n" with v (alias 1), and its device "d" with x (alias 2) and y (alias 3).
    void nbirth(std::uint64_t bd = 0) { say("spBv1.0/g/NBIRTH/n", {bd_seq(bd), number("v", 1, 1.0)}, 0); }
    void dbirth(std::uint64_t seq = 1) {
        say("spBv1.0/g/DBIRTH/n/d", {number("x", 2, 10.0), number("y", 3, 20.0)}, seq);
    }
    void ddata(std::uint64_t seq, double x) { say("spBv1.0/g/DDATA/n/d", {data(2, x)}, seq); }
    void ndeath(std::uint64_t bd = 0) { say("spBv1.0/g/NDEATH/n", {bd_seq(bd)}, {}); }
    void up() {
        connect();
        nbirth();
        dbirth();
        host.outgoing().clear();
        host.events().clear();
    }

    TagState tag(std::string_view name) { return store.state(store.intern(name)); }
    std::string is(std::string_view name) { // "10 GOOD"
        return to_text(tag(name).value) + " " + quality_name(tag(name).quality);
    }
    // The nodes that were asked for a rebirth since the last call.
    std::vector<std::string> asked() {
        std::vector<std::string> out;
        for (const MqttMessage& message : host.outgoing()) {
            const auto topic = parse_topic(message.topic);
            if (topic && topic->type == MessageType::Ncmd)
                out.push_back(std::string(topic->group) + "/" + std::string(topic->node));
        }
        host.outgoing().clear();
        return out;
    }
    int count(TwinEventKind kind) {
        return static_cast<int>(std::ranges::count(host.events(), kind, &TwinEvent::kind));
    }
};

using Nodes = std::vector<std::string>;

} // namespace pw::test
