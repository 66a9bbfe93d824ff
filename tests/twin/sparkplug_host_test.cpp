// SPDX-License-Identifier: Apache-2.0
// Packet dialogues with the host: what an edge node says, when, and what must come of it.
#include "tests/twin/dialogue.h"
#include "twin/sparkplug_value.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

TEST_SUITE("twin/host_births") {
    TEST_CASE("01 births make tags of node and device, with value, quality and time") {
        Dialogue d;
        d.up();
        CHECK(d.is("g/n//v") == "1 GOOD");
        CHECK(d.is("g/n/d/x") == "10 GOOD");
        CHECK(d.is("g/n/d/y") == "20 GOOD");
        CHECK(to_ms(d.tag("g/n/d/x").source_time) == kStart);
        CHECK(d.store.known() == 4); // with bdSeq
        CHECK(d.host.nodes_alive() == 1);
        CHECK(d.asked().empty());
    }

    TEST_CASE("02 data comes by alias and by name") {
        Dialogue d;
        d.up();
        d.ddata(2, 11.5);
        CHECK(d.is("g/n/d/x") == "11.5 GOOD");
        d.say("spBv1.0/g/DDATA/n/d", {{"y", {}, DataType::Double, 21.0, false}}, 3);
        CHECK(d.is("g/n/d/y") == "21 GOOD");
        d.say("spBv1.0/g/NDATA/n", {data(1, 2.0)}, 4);
        CHECK(d.is("g/n//v") == "2 GOOD");
        CHECK(d.asked().empty());
    }

    TEST_CASE("03 the birth's type counts, not what the data repeats") {
        Dialogue d;
        d.connect();
        d.say("spBv1.0/g/NBIRTH/n", {{"i", 5, DataType::Int8, std::int64_t{1}, true}}, 0);
        d.say("spBv1.0/g/NDATA/n", {{"", 5, DataType::UInt32, std::uint64_t{0xff}, true}}, 1);
        CHECK(d.is("g/n//i") == "-1 GOOD");
    }

    TEST_CASE("04 a rebirth may change types and aliases and drop metrics") {
        Dialogue d;
        d.up();
        d.nbirth();
        d.say("spBv1.0/g/DBIRTH/n/d", {{"x", 9, DataType::String, std::string("on"), true}}, 1);
        CHECK(d.is("g/n/d/x") == "on GOOD");
        CHECK(d.is("g/n/d/y") == "20 STALE"); // not named any more
        d.say("spBv1.0/g/DDATA/n/d", {{"", 9, DataType::String, std::string("off"), false}}, 2);
        CHECK(d.is("g/n/d/x") == "off GOOD");
        d.ddata(3, 5.0); // the old alias
        CHECK(d.is("g/n/d/x") == "off GOOD");
        CHECK(d.asked() == Nodes{"g/n"});
    }

    TEST_CASE("05 a device that its reborn node does not bear again is dead after the patience") {
        Dialogue d;
        d.up();
        d.nbirth();
        CHECK(d.is("g/n/d/x") == "10 GOOD"); // its birth may follow at once
        d.wait(1900);
        CHECK(d.is("g/n/d/x") == "10 GOOD");
        d.wait(200);
        CHECK(d.is("g/n/d/x") == "10 STALE");
        CHECK(d.count(TwinEventKind::DeviceDeath) == 1);

        Dialogue twice; // two hosts asked for the rebirth
        twice.up();
        twice.nbirth();
        twice.wait(500);
        twice.nbirth();
        twice.wait(2100);
        CHECK(twice.is("g/n/d/x") == "10 STALE");

        Dialogue cut; // the broker is lost before the device could come
        cut.up();
        cut.nbirth();
        cut.host.disconnected(cut.now(), "gone");
        cut.wait(5000);
        CHECK(cut.count(TwinEventKind::DeviceDeath) == 0);
    }

    TEST_CASE("06 null is an empty good value; historical values are not the live one; quality comes as a property") {
        Dialogue d;
        d.up();
        d.say("spBv1.0/g/DDATA/n/d", {{"", 2, DataType::Double, Value(), false}}, 2);
        CHECK(d.is("g/n/d/x") == " GOOD");
        d.hear("spBv1.0/g/DDATA/n/d", foreign(3, 99.0, 3, [](auto& metric) { metric.add_bool(5, true); }));
        CHECK(d.is("g/n/d/y") == "20 GOOD"); // is_historical
        d.hear("spBv1.0/g/DDATA/n/d", foreign(3, 99.0, 4, [](auto& metric) {
                   protozero::pbf_writer properties(metric, 9);
                   properties.add_string(1, "Quality");
                   protozero::pbf_writer value(properties, 2);
                   value.add_uint32(1, 3);
                   value.add_uint32(3, 0);
               }));
        CHECK(d.is("g/n/d/y") == "99 BAD");
        CHECK(d.asked().empty());
    }

    TEST_CASE("07 a metric's own time is before the payload's, and nonsense is neither") {
        Dialogue d;
        d.up();
        d.ms = 500;
        d.hear("spBv1.0/g/DDATA/n/d",
               foreign(2, 1.0, 2, [](auto& metric) { metric.add_uint64(3, std::uint64_t{1} << 63); }));
        CHECK(d.is("g/n/d/x") == "1 GOOD");
        CHECK(to_ms(d.tag("g/n/d/x").source_time) == kStart + 500);
    }

    TEST_CASE("08 the store's limit leaves tags out, says so once, and does not ask for ever") {
        Dialogue d;
        TagStore small({}, 2);
        SparkplugHost host({}, small);
        host.connected(d.now());
        const std::string birth =
            encode_payload(std::vector{number("a", 1, 1.0), number("b", 2, 2.0), number("c", 3, 3.0)}, 0, d.now().utc);
        host.message("spBv1.0/g/NBIRTH/n", as_bytes(birth), false, d.now());
        host.outgoing().clear();
        CHECK(std::ranges::count(host.events(), TwinEventKind::Malformed, &TwinEvent::kind) == 1);
        const std::string later = encode_payload(std::vector{data(3, 4.0), data(1, 5.0)}, 1, d.now().utc);
        host.message("spBv1.0/g/NDATA/n", as_bytes(later), false, d.now());
        CHECK(small.known() == 2);
        CHECK(to_number(small.state(small.intern("g/n//a")).value) == 5.0);
        CHECK(host.outgoing().empty());
    }

    TEST_CASE("09 names that are not UTF-8 become tags that can be shown") {
        Dialogue d;
        d.connect();
        d.say("spBv1.0/g/NBIRTH/n", {number("temp\xb0", 1, 3.0)}, 0);
        CHECK(d.is("g/n//temp\uFFFD") == "3 GOOD");
        d.say("spBv1.0/g/NDATA/n", {number("temp\xb0", {}, 4.0)}, 1);
        CHECK(d.is("g/n//temp\uFFFD") == "4 GOOD");
    }
}

TEST_SUITE("twin/host_deaths") {
    TEST_CASE("01 a death makes the node's and its devices' tags stale at our time, and no other's" *
              doctest::description(
                  "tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-offline "
                  "tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-tags-stale "
                  "tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-offline "
                  "tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-tags-stale")) {
        Dialogue d;
        d.up();
        d.say("spBv1.0/g/NBIRTH/other", {number("v", 1, 5.0)}, 0);
        std::vector<std::string> heard;
        d.store.set_on_change([&](const Heard& h) {
            heard.push_back(h.name + " " + quality_name(h.quality) + " " +
                            std::to_string(to_ms(h.source_time) - kStart));
        });
        d.ms = 700;
        d.ndeath();
        CHECK(heard == std::vector<std::string>{"g/n//bdSeq STALE 700", "g/n//v STALE 700", "g/n/d/x STALE 700",
                                                "g/n/d/y STALE 700"});
        CHECK(d.is("g/n/d/x") == "10 STALE");
        CHECK(to_ms(d.tag("g/n/d/x").source_time) == kStart); // still the last word's
        CHECK(d.is("g/other//v") == "5 GOOD");
        CHECK(d.host.nodes_alive() == 1);
        CHECK(d.host.nodes_dead() == 1);
    }

    TEST_CASE("02 with a bdSeq that never changes, a second death still counts") {
        Dialogue d;
        d.up();
        for (int life = 0; life < 3; ++life) {
            d.ndeath(0);
            CHECK(d.is("g/n/d/x") == "10 STALE");
            CHECK(d.count(TwinEventKind::NodeDeath) == life + 1);
            d.nbirth(0);
            d.dbirth();
            CHECK(d.is("g/n/d/x") == "10 GOOD");
        }
    }

    TEST_CASE("03 a death that was handled is ignored until the node is reborn") {
        Dialogue d;
        d.up();
        d.ndeath(0);
        d.ndeath(0);
        d.ndeath(1);
        CHECK(d.count(TwinEventKind::NodeDeath) == 1);
    }

    TEST_CASE("04 the will of an earlier session does not kill the present one") {
        Dialogue d;
        d.connect();
        d.nbirth(4);
        d.nbirth(5);
        d.ndeath(4);
        CHECK(d.is("g/n//v") == "1 GOOD");
        d.ndeath(5);
        CHECK(d.is("g/n//v") == "1 STALE");
    }

    TEST_CASE("05 a device's death is its own, at the time it gives" *
              doctest::description(
                  "tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-offline "
                  "tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale")) {
        Dialogue d;
        d.up();
        std::int64_t when = 0;
        d.store.set_on_change([&](const Heard& h) { when = to_ms(h.source_time) - kStart; });
        d.ms = 300;
        d.say("spBv1.0/g/DDEATH/n/d", {}, 2);
        d.ms = 400;
        CHECK(when == 300);
        CHECK(d.is("g/n/d/x") == "10 STALE");
        CHECK(d.is("g/n//v") == "1 GOOD");
        d.dbirth(3);
        CHECK(d.is("g/n/d/x") == "10 GOOD");
    }

    TEST_CASE("06 data of a dead node changes nothing and asks for its birth") {
        Dialogue d;
        d.up();
        d.ndeath();
        d.ddata(2, 99.0);
        CHECK(d.is("g/n/d/x") == "10 STALE");
        CHECK(d.asked() == Nodes{"g/n"});
    }

    TEST_CASE("07 a lost connection makes everything stale; births bring it back") {
        Dialogue d;
        d.up();
        d.host.disconnected(d.now(), "gone");
        CHECK(d.is("g/n/d/x") == "10 STALE");
        CHECK(d.host.nodes_alive() == 0);
        CHECK(d.host.nodes_dead() == 0); // we do not know
        d.connect();
        d.nbirth();
        d.dbirth();
        CHECK(d.is("g/n/d/x") == "10 GOOD");
        d.host.outgoing().clear();
        d.wait(10'000);
        CHECK(d.asked().empty());
    }
}

TEST_SUITE("twin/host_order") {
    TEST_CASE("01 the sequence goes round from 255 to 0") {
        Dialogue d;
        d.up();
        for (std::uint64_t i = 2; i < 600; ++i) d.ddata(i % 256, static_cast<double>(i));
        CHECK(d.is("g/n/d/x") == "599 GOOD");
        d.wait(5000);
        CHECK(d.asked().empty());
    }

    TEST_CASE("02 messages that overtook each other are applied in order, within the timeout" *
              doctest::description("tck-id-operational-behavior-host-reordering-start "
                                   "tck-id-operational-behavior-host-reordering-success")) {
        Dialogue d;
        d.up();
        d.ddata(4, 4.0);
        d.ddata(3, 3.0);
        CHECK(d.is("g/n/d/x") == "10 GOOD"); // held
        d.wait(1000);
        d.ddata(2, 2.0);
        CHECK(d.is("g/n/d/x") == "4 GOOD");
        d.ddata(5, 5.0);
        CHECK(d.is("g/n/d/x") == "5 GOOD");
        d.wait(5000);
        CHECK(d.asked().empty());
    }

    TEST_CASE("03 a gap that stays asks for a rebirth after the timeout and makes the rest uncertain" *
              doctest::description("tck-id-operational-behavior-host-reordering-param "
                                   "tck-id-operational-behavior-host-reordering-rebirth")) {
        Dialogue d;
        d.up();
        d.ddata(3, 3.0); // 2 is missing
        d.wait(1950);
        CHECK(d.asked().empty());
        CHECK(d.is("g/n/d/x") == "10 GOOD");
        d.wait(100);
        CHECK(d.asked() == Nodes{"g/n"});
        CHECK(d.is("g/n/d/x") == "3 GOOD");       // newer than the gap
        CHECK(d.is("g/n/d/y") == "20 UNCERTAIN"); // may have been in the gap
        d.ddata(4, 4.0);
        CHECK(d.is("g/n/d/x") == "4 GOOD");
        d.ddata(2, 2.0); // at last: older than what is there
        CHECK(d.is("g/n/d/x") == "4 GOOD");
        d.ddata(5, 5.0);
        CHECK(d.is("g/n/d/x") == "5 GOOD");
        d.nbirth();
        d.dbirth();
        CHECK(d.is("g/n/d/y") == "20 GOOD");
    }

    TEST_CASE("03b a gap makes nothing better than it is: a dead device stays stale, a bad value bad") {
        Dialogue d;
        d.up();
        d.say("spBv1.0/g/DDEATH/n/d", {}, 2);
        CHECK(d.is("g/n/d/x") == "10 STALE");
        d.say("spBv1.0/g/NDATA/n", {data(1, 5.0)}, 4); // 3 is missing
        d.wait(2100);
        CHECK(d.is("g/n/d/x") == "10 STALE");
        CHECK(d.is("g/n//v") == "5 GOOD");
    }

    TEST_CASE("04 the request is NCMD Node Control/Rebirth = true, QoS 0, not retained, without seq" *
              doctest::description("tck-id-operational-behavior-data-commands-ncmd-rebirth-verb "
                                   "tck-id-operational-behavior-data-commands-ncmd-rebirth-name "
                                   "tck-id-operational-behavior-data-commands-ncmd-rebirth-value")) {
        Dialogue d;
        d.up();
        d.ddata(9, 3.0);
        d.wait(2100);
        REQUIRE(d.host.outgoing().size() == 1);
        const MqttMessage& m = d.host.outgoing()[0];
        CHECK(m.topic == "spBv1.0/g/NCMD/n");
        CHECK(m.qos == 0);
        CHECK(!m.retain);
        Payload payload;
        REQUIRE(decode_payload(as_bytes(m.payload), payload));
        CHECK(!payload.seq);
        CHECK(payload.timestamp_ms > 0);
        REQUIRE(payload.metrics.size() == 1);
        CHECK(payload.metrics[0].name == "Node Control/Rebirth");
        CHECK(value_of(payload.metrics[0], DataType::Boolean) == Value(true));
    }

    TEST_CASE("05 a message sent twice is dropped and asks for nothing") {
        Dialogue d;
        d.up();
        d.ddata(2, 2.0);
        d.ddata(3, 3.0);
        d.ddata(2, 2.0);
        CHECK(d.is("g/n/d/x") == "3 GOOD");
        d.ddata(4, 4.0);
        CHECK(d.is("g/n/d/x") == "4 GOOD");
        d.ddata(4, 4.0);
        d.wait(5000);
        CHECK(d.asked().empty());
        CHECK(d.is("g/n/d/y") == "20 GOOD");
    }

    TEST_CASE("06 a node that starts its sequence anew without a birth is asked for one") {
        Dialogue d;
        d.up();
        for (std::uint64_t i = 2; i < 60; ++i) d.ddata(i, 1.0);
        d.ddata(0, 7.0);
        d.ddata(1, 8.0);
        d.wait(2100);
        CHECK(d.asked() == Nodes{"g/n"});
        d.ddata(2, 9.0);
        CHECK(d.is("g/n/d/x") == "9 GOOD"); // any number is the next one now
    }

    TEST_CASE("07 no more than a bounded number is held") {
        Dialogue d;
        d.up();
        for (std::uint64_t i = 3; i < 3 + SeqOrder::kMaxHeld; ++i) d.ddata(i, static_cast<double>(i));
        CHECK(d.asked().empty());
        d.ddata(3 + SeqOrder::kMaxHeld, 1.0);
        CHECK(d.asked() == Nodes{"g/n"});   // without waiting for the timeout
        CHECK(d.is("g/n/d/x") == "1 GOOD"); // and none that was received is thrown away
    }

    TEST_CASE("08 no more than a bounded number of bytes is held") {
        HostOptions options;
        options.max_held_bytes = 100;
        Dialogue d(options);
        d.up();
        d.ddata(3, 3.0);
        CHECK(d.asked().empty());
        d.say("spBv1.0/g/DDATA/n/d", {{std::string(100, 'x'), {}, DataType::Double, 1.0, false}, data(2, 9.0)}, 4);
        CHECK(d.asked() == Nodes{"g/n"});
        CHECK(d.is("g/n/d/x") == "9 GOOD");
    }

    TEST_CASE("09 a second gap has its own timeout") {
        Dialogue d;
        d.up();
        d.ddata(3, 3.0);
        d.ddata(5, 5.0);
        d.wait(1500);
        d.ddata(2, 2.0); // fills the first
        CHECK(d.is("g/n/d/x") == "3 GOOD");
        d.wait(1500);
        CHECK(d.asked().empty());
        d.ddata(4, 4.0);
        CHECK(d.is("g/n/d/x") == "5 GOOD");
    }
}

TEST_SUITE("twin/host_rebirth") {
    TEST_CASE("01 a node that speaks before its birth is asked once per interval, ever more seldom") {
        Dialogue d;
        d.connect();
        d.host.outgoing().clear();
        d.ddata(7, 1.0);
        CHECK(d.asked() == Nodes{"g/n"});
        int requests = 0;
        for (int i = 0; i < 20'000; i += 100) { // it goes on for 20 s and does not listen
            d.wait(100);
            d.ddata(8, 1.0);
            requests += static_cast<int>(d.asked().size());
        }
        CHECK(requests == 2); // after 5 s and 15 s
        CHECK(d.store.known() == 0);
    }

    TEST_CASE("02 a device and an alias that were not born ask for a rebirth") {
        Dialogue d;
        d.connect();
        d.nbirth();
        d.host.outgoing().clear();
        d.ddata(1, 1.0);
        CHECK(d.asked() == Nodes{"g/n"});
        Dialogue e;
        e.up();
        e.say("spBv1.0/g/DDATA/n/d", {data(77, 1.0), data(2, 12.0)}, 2);
        CHECK(e.is("g/n/d/x") == "12 GOOD"); // what is known counts
        CHECK(e.asked() == Nodes{"g/n"});
    }

    TEST_CASE("03 nodes that are expected are asked when they do not come by themselves") {
        Dialogue d;
        d.host.expect_node("g/n");
        d.host.expect_node("g/quiet");
        d.host.expect_node("nonsense");
        d.host.expect_node("g/+");
        d.connect();
        d.host.outgoing().clear();
        d.wait(500);
        d.nbirth();
        CHECK(d.asked().empty());
        d.wait(600);
        CHECK(d.asked() == Nodes{"g/quiet"});
        CHECK(d.host.nodes_alive() == 1);
        CHECK(d.host.nodes_dead() == 0);
    }

    TEST_CASE("04 after a new connection every known node is asked that has not come by itself") {
        Dialogue d;
        d.up();
        d.host.disconnected(d.now(), "gone");
        d.wait(60'000);
        CHECK(d.asked().empty()); // there is nobody to send it
        d.connect();
        d.host.outgoing().clear();
        d.wait(1100);
        CHECK(d.asked() == Nodes{"g/n"});
    }

    TEST_CASE("05 a user's request goes out at once") {
        Dialogue d;
        d.up();
        d.host.request_rebirth("g/n", d.now());
        CHECK(d.asked() == Nodes{"g/n"});
        d.host.request_rebirth("g/unknown", d.now());
        CHECK(d.asked().empty());
    }

    TEST_CASE("06 what is retained is no sign of life") {
        Dialogue d;
        d.connect();
        d.host.outgoing().clear();
        d.say("spBv1.0/g/NBIRTH/n", {number("v", 1, 1.0)}, 0, /* retained= */ true);
        CHECK(d.store.known() == 0);
        CHECK(d.host.nodes_alive() == 0);
        CHECK(d.asked() == Nodes{"g/n"});
    }

    TEST_CASE("07 what cannot be read is told once a second and changes nothing") {
        Dialogue d;
        d.up();
        for (int i = 0; i < 10; ++i) {
            d.host.message("spBv1.0/g/NBIRTH/n", as_bytes("\x12\x7f"), false, d.now());
            d.host.message("spBv1.0/what", as_bytes(""), false, d.now());
        }
        CHECK(d.count(TwinEventKind::Malformed) == 1);
        CHECK(d.is("g/n//v") == "1 GOOD");
        d.wait(1000);
        d.host.message("spBv1.0/what", as_bytes(""), false, d.now());
        CHECK(d.count(TwinEventKind::Malformed) == 2);
    }

    TEST_CASE("08 a hostile broker cannot make nodes and devices without end") {
        HostOptions options;
        options.max_nodes = 3;
        options.max_devices = 2;
        Dialogue d(options);
        d.connect();
        for (int i = 0; i < 9; ++i) {
            d.say("spBv1.0/g/NBIRTH/n" + std::to_string(i), {}, 0);
            d.say("spBv1.0/g/DBIRTH/n0/d" + std::to_string(i), {number("x", 1, 1.0)},
                  static_cast<std::uint64_t>(i + 1));
        }
        CHECK(d.host.nodes_alive() == 3);
        CHECK(d.store.known() == 2);
    }
}

TEST_SUITE("twin/host_state") {
    TEST_CASE("01 will, birth and goodbye are retained QoS 1 JSON; birth has the will's time and is first") {
        Dialogue d;
        const MqttMessage will = d.host.make_will(d.now().utc);
        CHECK(will.topic == "spBv1.0/STATE/plantwalk");
        CHECK(will.payload == R"({"online":false,"timestamp":1700000000000})");
        CHECK(will.qos == 1);
        CHECK(will.retain);
        d.ms = 250;
        d.host.connected(d.now());
        REQUIRE(!d.host.outgoing().empty());
        const MqttMessage& birth = d.host.outgoing()[0];
        CHECK(birth.topic == will.topic);
        CHECK(birth.payload == R"({"online":true,"timestamp":1700000000000})");
        CHECK(birth.qos == 1);
        CHECK(birth.retain);
        const MqttMessage bye = SparkplugHost::goodbye("plantwalk", utc_from_ms(kStart + 900));
        CHECK(bye.topic == will.topic);
        CHECK(bye.payload == R"({"online":false,"timestamp":1700000000900})");
        CHECK(bye.qos == 1);
        CHECK(bye.retain);
    }

    TEST_CASE("02 our own STATE with online=false is contradicted with the session's time" *
              doctest::description("tck-id-message-flow-hid-sparkplug-state-message-delivered")) {
        Dialogue d;
        d.up();
        d.ms = 5000;
        const auto hear = [&](std::string_view json, std::string_view topic = "spBv1.0/STATE/plantwalk",
                              bool retained = false) {
            d.host.message(topic, as_bytes(json), retained, d.now());
            const auto out = std::exchange(d.host.outgoing(), {});
            return out.empty() ? std::string() : out[0].payload;
        };
        CHECK(hear(R"({"online":false,"timestamp":1})") == R"({"online":true,"timestamp":1700000000000})");
        CHECK(hear(R"({"online":true,"timestamp":1700000000000})").empty()); // our own voice
        CHECK(hear(R"({"online":false,"timestamp":1})", "spBv1.0/STATE/other").empty());
        CHECK(hear(R"({"online":false,"timestamp":1})", "spBv1.0/STATE/plantwalk", true).empty());
        for (const char* junk : {"", "OFFLINE", "{", "[]", "null", R"({"online":"false"})", R"({"timestamp":1})"}) {
            CHECK(hear(junk).empty());
        }
        d.host.disconnected(d.now(), "gone");
        CHECK(hear(R"({"online":false,"timestamp":1})").empty());
    }

    TEST_CASE("03 own STATE, then the groups or all of Sparkplug are subscribed with QoS 1") {
        using Filters = std::vector<std::pair<std::string, int>>;
        Dialogue all;
        CHECK(all.host.subscriptions() == Filters{{"spBv1.0/STATE/plantwalk", 1}, {"spBv1.0/+/+/+/#", 1}});
        HostOptions options;
        options.host_id = "h";
        options.groups = {"a", "b"};
        Dialogue some(options);
        CHECK(some.host.subscriptions() == Filters{{"spBv1.0/STATE/h", 1}, {"spBv1.0/a/#", 1}, {"spBv1.0/b/#", 1}});
    }

    TEST_CASE("05 another host that has our id is told" *
              doctest::description("tck-id-operational-behavior-host-application-host-id")) {
        Dialogue d;
        d.up();
        const auto hear = [&](std::string_view json) {
            d.ms += 2000;
            d.host.events().clear();
            d.hear("spBv1.0/STATE/plantwalk", json);
            return d.count(TwinEventKind::Malformed);
        };
        CHECK(hear(R"({"online":true,"timestamp":1700000000000})") == 0); // our own voice
        CHECK(hear(R"({"online":true,"timestamp":1700000000001})") == 1);
        CHECK(d.host.events().back().who == "plantwalk");
        CHECK(d.host.outgoing().empty()); // shouting back would never end
    }

    TEST_CASE("04 commands of hosts, also our own, are not taken for data") {
        Dialogue d;
        d.up();
        d.say("spBv1.0/g/NCMD/n", {number("v", {}, 77.0)}, {});
        d.say("spBv1.0/g/DCMD/n/d", {number("x", {}, 77.0)}, {});
        CHECK(d.is("g/n//v") == "1 GOOD");
        CHECK(d.is("g/n/d/x") == "10 GOOD");
        CHECK(d.host.events().empty());
    }
}
