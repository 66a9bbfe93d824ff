// SPDX-License-Identifier: Apache-2.0
// The host with several MQTT servers, and the commands it makes.
#include "tests/twin/dialogue.h"

#include <doctest/doctest.h>

#include <limits>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

namespace {

struct TwoServers : Dialogue {
    TwoServers() : Dialogue(with_two()) {
        for (const unsigned server : {0u, 1u}) {
            ms += 100;
            host.make_will(now().utc, server);
            host.connected(now(), server);
        }
    }
    static HostOptions with_two() {
        HostOptions options;
        options.servers = 2;
        return options;
    }
    void say_at(unsigned server, std::string_view topic, const std::vector<OutMetric>& metrics,
                std::optional<std::uint64_t> seq) {
        host.message(topic, as_bytes(encode_payload(metrics, seq, now().utc)), /* retained= */ false, now(), server);
    }
    std::size_t asks(unsigned server) {
        const auto out = std::exchange(host.outgoing(server), {});
        return static_cast<std::size_t>(
            std::ranges::count(out, "spBv1.0/g/NCMD/n", [](const MqttMessage& m) { return m.topic; }));
    }
};

std::optional<Errc> refusal(const Result<SparkplugHost::Command>& command) {
    return command ? std::nullopt : std::optional(command.error().code);
}

} // namespace

TEST_SUITE("twin/host_servers") {
    TEST_CASE("each server has its own session, time and STATE" *
              doctest::description(
                  "tck-id-operational-behavior-host-application-multi-server-timestamp "
                  "tck-id-operational-behavior-primary-application-state-with-multiple-servers-state "
                  "tck-id-operational-behavior-primary-application-state-with-multiple-servers-state-subs")) {
        TwoServers d;
        REQUIRE(d.host.outgoing(0).size() == 1);
        REQUIRE(d.host.outgoing(1).size() == 1);
        CHECK(d.host.outgoing(0)[0].payload == R"({"online":true,"timestamp":1700000000100})");
        CHECK(d.host.outgoing(1)[0].payload == R"({"online":true,"timestamp":1700000000200})");
        d.host.outgoing(0).clear();
        d.host.outgoing(1).clear();
        d.host.message("spBv1.0/STATE/plantwalk", as_bytes(R"({"online":false,"timestamp":1})"), false, d.now(), 1);
        CHECK(d.host.outgoing(0).empty());
        REQUIRE(d.host.outgoing(1).size() == 1);
        CHECK(d.host.outgoing(1)[0].payload == R"({"online":true,"timestamp":1700000000200})");
    }

    TEST_CASE("a node that moved lives on where it was born last; its death on the old server does not kill it") {
        TwoServers d;
        d.say_at(0, "spBv1.0/g/NBIRTH/n", {bd_seq(0), number("v", 1, 1.0)}, 0);
        d.say_at(1, "spBv1.0/g/NBIRTH/n", {bd_seq(0), number("v", 1, 2.0)}, 0);
        CHECK(d.host.nodes_alive() == 1);
        d.say_at(0, "spBv1.0/g/NDEATH/n", {bd_seq(0)}, {});
        CHECK(d.is("g/n//v") == "2 GOOD");
        d.host.disconnected(d.now(), "gone", 0);
        CHECK(d.is("g/n//v") == "2 GOOD");
        d.say_at(1, "spBv1.0/g/NDEATH/n", {bd_seq(0)}, {});
        CHECK(d.is("g/n//v") == "2 STALE");
        CHECK(d.host.nodes_dead() == 1);
    }

    TEST_CASE("copies through a bridge between the servers neither count twice nor ask for anything") {
        TwoServers d;
        for (const unsigned server : {0u, 1u}) d.say_at(server, "spBv1.0/g/NBIRTH/n", {number("v", 1, 1.0)}, 0);
        for (std::uint64_t seq = 1; seq < 20; ++seq) {
            for (const unsigned server : {0u, 1u}) {
                d.say_at(server, "spBv1.0/g/NDATA/n", {data(1, static_cast<double>(seq))}, seq);
            }
        }
        CHECK(d.is("g/n//v") == "19 GOOD");
        CHECK(d.store.applied() == 2 + 19);
        d.wait(10'000);
        CHECK(d.asks(0) + d.asks(1) == 0);
    }

    TEST_CASE("a node is asked where it lives, or everywhere when that is not known") {
        TwoServers d;
        d.asks(0), d.asks(1);
        d.say_at(1, "spBv1.0/g/NBIRTH/n", {number("v", 1, 1.0)}, 0);
        d.host.request_rebirth("g/n", d.now());
        CHECK(d.asks(0) == 0);
        CHECK(d.asks(1) == 1);
        d.host.disconnected(d.now(), "gone", 1); // only what lives there is affected
        CHECK(d.is("g/n//v") == "1 STALE");
        CHECK(d.host.nodes_alive() == 0);
        d.wait(1100);
        CHECK(d.asks(0) == 1); // it may have gone there
        CHECK(d.asks(1) == 0);
    }
}

TEST_SUITE("twin/host_commands") {
    TEST_CASE("a command goes to the node or device, with time, without seq, QoS 0, not retained" *
              doctest::description(
                  "tck-id-topics-ncmd-topic tck-id-topics-dcmd-topic tck-id-payloads-ncmd-seq tck-id-payloads-dcmd-seq "
                  "tck-id-payloads-ncmd-timestamp tck-id-payloads-dcmd-timestamp tck-id-payloads-ncmd-qos "
                  "tck-id-payloads-dcmd-qos tck-id-payloads-ncmd-retain tck-id-payloads-dcmd-retain "
                  "tck-id-payloads-alias-data-cmd-requirement tck-id-payloads-metric-datatype-not-req "
                  "tck-id-payloads-name-cmd-requirement")) {
        Dialogue d;
        d.up();
        d.ms = 5000;
        const auto check = [&](std::string_view tag, std::string_view topic, std::optional<std::uint64_t> alias,
                               std::string_view name) {
            const auto command = d.host.make_command(tag, Value(2.5), d.now().utc);
            REQUIRE_MESSAGE(command, command.error().what);
            CHECK(command->message.topic == topic);
            CHECK(command->message.qos == 0);
            CHECK(!command->message.retain);
            Payload payload;
            REQUIRE(decode_payload(as_bytes(command->message.payload), payload));
            CHECK(!payload.seq);
            CHECK(payload.timestamp_ms == kStart + 5000);
            REQUIRE(payload.metrics.size() == 1);
            CHECK(payload.metrics[0].alias == alias);
            CHECK(payload.metrics[0].name == name);
            CHECK(payload.metrics[0].type == DataType::Unknown);
            CHECK(payload.metrics[0].field == Metric::Field::Double);
        };
        check("g/n//v", "spBv1.0/g/NCMD/n", 1, "");
        check("g/n/d/x", "spBv1.0/g/DCMD/n/d", 2, "");
        d.say("spBv1.0/g/DBIRTH/n/e", {number("Folder/plain", {}, 1.0)}, 2);
        check("g/n/e/Folder/plain", "spBv1.0/g/DCMD/n/e", {}, "Folder/plain");
    }

    TEST_CASE("a node that sends types with its data gets them with its commands") { // npm sparkplug-client
        Dialogue d;
        d.up();
        d.say("spBv1.0/g/NDATA/n", {{"", 1, DataType::Double, 1.0, /* with_type= */ true}}, 2);
        const auto command = d.host.make_command("g/n//v", Value(2.5), d.now().utc);
        REQUIRE(command);
        Payload payload;
        REQUIRE(decode_payload(as_bytes(command->message.payload), payload));
        CHECK(payload.metrics.at(0).type == DataType::Double);
    }

    TEST_CASE("what cannot be commanded is refused, and says why") {
        Dialogue d;
        d.connect();
        d.say("spBv1.0/g/NBIRTH/n", {bd_seq(0), number("v", 1, 1.0), {"array", 4, DataType::Int8Array, Value(), true}},
              0);
        d.dbirth();
        const auto ask = [&](std::string_view tag) {
            return refusal(d.host.make_command(tag, Value(1.0), d.now().utc));
        };
        for (const char* tag : {"", "g", "g/n", "g/n/", "g/x//v", "g/n//w", "g/n/f/x", "g/n/d/z", "///"}) {
            CHECK_MESSAGE(ask(tag) == Errc::NotFound, tag);
        }
        CHECK(ask("g/n//bdSeq") == Errc::Refused);
        CHECK(ask("g/n//array") == Errc::Unsupported);
        CHECK(!ask("g/n/d/x"));
        CHECK(refusal(d.host.make_command("g/n/d/x", Value(true), d.now().utc)) == Errc::Malformed);
        d.say("spBv1.0/g/DDEATH/n/d", {}, 2);
        CHECK(ask("g/n/d/x") == Errc::Unavailable);
        CHECK(!ask("g/n//v"));
        d.host.disconnected(d.now(), "gone");
        CHECK(ask("g/n//v") == Errc::Unavailable);
    }

    TEST_CASE("a value must be one that the metric can have") {
        const auto fits = [](DataType type, const Value& value) { return check_value(type, value).has_value(); };
        const auto i = [](std::int64_t n) { return Value(n); };
        const auto u = [](std::uint64_t n) { return Value(n); };
        CHECK(fits(DataType::Int8, i(-128)));
        CHECK(!fits(DataType::Int8, i(-129)));
        CHECK(fits(DataType::UInt8, u(255)));
        CHECK(!fits(DataType::UInt8, i(256)));
        CHECK(!fits(DataType::UInt16, i(-1)));
        CHECK(fits(DataType::Int32, i(std::numeric_limits<std::int32_t>::min())));
        CHECK(!fits(DataType::Int64, u(~0ull)));
        CHECK(fits(DataType::Int64, i(std::numeric_limits<std::int64_t>::min())));
        CHECK(fits(DataType::UInt64, u(~0ull)));
        CHECK(fits(DataType::DateTime, i(1'700'000'000'000)));
        CHECK(!fits(DataType::DateTime, i(-1)));
        CHECK(!fits(DataType::Int32, Value(1.0)));
        CHECK(!fits(DataType::Int32, Value(true)));
        CHECK(fits(DataType::Double, Value(1e300)));
        CHECK(fits(DataType::Double, i(3)));
        CHECK(!fits(DataType::Float, Value(1e300)));
        CHECK(!fits(DataType::Double, Value(std::numeric_limits<double>::quiet_NaN())));
        CHECK(!fits(DataType::Double, Value(std::string("3"))));
        CHECK(fits(DataType::Boolean, Value(false)));
        CHECK(!fits(DataType::Boolean, i(1)));
        CHECK(fits(DataType::Text, Value(std::string("x"))));
        CHECK(!fits(DataType::String, Value(1.0)));
        for (const DataType type : {DataType::DataSet, DataType::Bytes, DataType::Template, DataType::Unknown}) {
            CHECK(!fits(type, Value(1.0)));
            CHECK(!fits(type, Value()));
        }
    }
}
