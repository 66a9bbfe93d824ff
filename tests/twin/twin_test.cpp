// SPDX-License-Identifier: Apache-2.0
// The twin on a real broker, with an edge node that is not ours (npm sparkplug-client).
#include "twin/twin.h"

#include "base/file.h"
#include "tests/twin/net.h"
#include "twin/sparkplug.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

namespace {

TwinOptions options_with(std::string broker) {
    TwinOptions options;
    options.broker = std::move(broker);
    return options;
}

TwinOptions options_for(const TestBroker& test, std::vector<std::string> sources) {
    TwinOptions options;
    options.broker = test.broker->url();
    options.reorder_timeout = from_ms(500);
    for (std::string& source : sources) options.watched.push_back({std::move(source), {}});
    return options;
}

std::unique_ptr<Twin> start(const TwinOptions& options) {
    auto twin = Twin::start(options);
    REQUIRE(twin);
    return std::move(*twin);
}

bool is(const TagState& tag, double number, Quality quality) {
    return to_number(tag.value, -1e9) == number && tag.quality == quality;
}

// Empties the ring; true when there was one.
bool had_event(Twin& twin, TwinEventKind kind, std::string_view who) {
    bool found = false;
    while (const auto event = twin.next_event()) found |= event->kind == kind && event->who == who;
    return found;
}

std::size_t open_files() {
    const auto list = list_folder("/proc/self/fd");
    return list ? list->size() : 0;
}

} // namespace

TEST_SUITE("twin/address") {
    TEST_CASE("addresses of brokers are read, and wrong ones refused with a reason") {
        const auto is_at = [](const char* url, const char* host, int port) {
            const auto read = parse_broker(url);
            return read && read->host == host && read->port == port;
        };
        CHECK(is_at("mqtt://localhost", "localhost", 1883));
        CHECK(is_at("mqtt://10.0.0.1:1999", "10.0.0.1", 1999));
        CHECK(is_at("mqtt://h:1/", "h", 1));
        CHECK(is_at("mqtt://[::1]:1884", "::1", 1884));
        CHECK(is_at("mqtt://[fe80::2]", "fe80::2", 1883));
        CHECK(is_at("unix:///run/broker.sock", "/run/broker.sock", 0));
        for (const char* bad :
             {"", "localhost", "mqtt://", "mqtt://:1883", "mqtt://h:", "mqtt://h:0", "mqtt://h:65536", "mqtt://h:1x",
              "mqtt://a/b", "mqtt://u@h", "mqtt://::1", "mqtts://h", "unix://x", "unix://"}) {
            const auto twin = Twin::start(options_with(bad));
            REQUIRE_MESSAGE(!twin, bad);
            CHECK(twin.error().code == Errc::Malformed);
        }
        TwinOptions options;
        for (const char* bad : {"", "a/b", "a+", "#"}) {
            options.host_id = bad;
            CHECK_MESSAGE(!Twin::start(options), bad);
        }
        options = {};
        options.groups = {"#"};
        CHECK(!Twin::start(options));
    }
}

TEST_SUITE("twin/foreign [net]") {
    TEST_CASE("a foreign edge node's births and data by alias arrive") {
        const auto test = TestBroker::start();
        if (!test) return;
        auto node = ForeignNode::start(*test, "plant", "cell1");
        if (!node) return;
        const auto twin =
            start(options_for(*test, {"plant/cell1/robot/J1", "plant/cell1/robot/J2", "plant/cell1/robot/State",
                                      "plant/cell1//births", "no/such/tag/x"}));
        CHECK(twin->snapshot().tags.size() == 5); // from the start
        REQUIRE(eventually_sees(*twin, [](const TwinSnapshot& s) { return is(s.tags[0], 0.0, Quality::Good); }));
        CHECK(twin->snapshot().connection == Connection::Online);
        CHECK(twin->snapshot().nodes_alive == 1);
        CHECK(twin->snapshot().tags[2].value == Value(std::string("EXECUTE")));
        CHECK(twin->snapshot().tags[4].change == 0);
        CHECK(twin->snapshot().tags[4].quality == Quality::Stale);
        node->say("ddata 10 42.5");
        node->say("ddata 11 -7");
        node->say("ndata 1 99");
        CHECK(eventually_sees(*twin, [](const TwinSnapshot& s) {
            return is(s.tags[0], 42.5, Quality::Good) && is(s.tags[1], -7.0, Quality::Good) &&
                   is(s.tags[3], 99.0, Quality::Good);
        }));
        CHECK(had_event(*twin, TwinEventKind::DeviceBirth, "plant/cell1/robot"));
        node->say("ddeath");
        CHECK(eventually_sees(*twin, [](const TwinSnapshot& s) { return is(s.tags[0], 42.5, Quality::Stale); }));
        CHECK(is(twin->snapshot().tags[3], 99.0, Quality::Good));
        node->say("dbirth");
        CHECK(eventually_sees(*twin, [](const TwinSnapshot& s) { return is(s.tags[0], 42.5, Quality::Good); }));
    }
}

TEST_SUITE("twin/foreign_parts [net]") {
    TEST_CASE("a foreign edge node's structures, compressed messages and commands are understood both ways") {
        const auto test = TestBroker::start();
        if (!test) return;
        auto node = ForeignNode::start(*test, "plant", "cell1");
        if (!node) return;
        const auto twin = start(
            options_for(*test, {"plant/cell1/robot/J1", "plant/cell1/parts/table", "plant/cell1/parts/pump",
                                "plant/cell1/parts/pump/speed", "plant/cell1/parts/level", "plant/cell1/parts/old"}));
        REQUIRE(eventually_sees(*twin, [](const TwinSnapshot& s) { return is(s.tags[0], 0.0, Quality::Good); }));
        for (const char* how : {"deflate", "gzip", "no"}) {
            node->say(std::string("compress ") + how);
            node->say("dbirth");
            const double value = to_number(twin->snapshot().tags[0].value) + 1.0;
            node->say("ddata 10 " + std::to_string(value));
            CHECK(eventually_sees(*twin, [&](const TwinSnapshot& s) { return is(s.tags[0], value, Quality::Good); }));
        }
        node->say("structures");
        REQUIRE(eventually_sees(*twin, [](const TwinSnapshot& s) { return is(s.tags[3], 2.5, Quality::Good); }));
        const auto& tags = twin->snapshot().tags;
        CHECK(to_json(tags[1].value) ==
              R"({"columns":["n","name"],"types":["Int32","String"],"rows":[[1,"one"],[-2,"two"]]})");
        CHECK(to_json(tags[2].value) == R"({"template":"Motor","version":"1","parameters":{"poles":4}})");
        CHECK(is(tags[4], 7.0, Quality::Bad));
        REQUIRE(tags[4].facts);
        CHECK(tags[4].facts->unit == "mm");
        CHECK(tags[5].change == 0); // historical
        bool flawed = false;
        while (const auto event = twin->next_event()) flawed |= event->kind == TwinEventKind::Malformed;
        CHECK(!flawed);

        const auto outcome_of = [&](const char* tag, const Value& value) {
            const auto command = twin->write(tag, value);
            REQUIRE(command);
            std::optional<CommandOutcome> outcome;
            REQUIRE(eventually([&] { return (outcome = twin->next_outcome()).has_value(); }));
            CHECK(outcome->command == *command);
            return outcome->sent;
        };
        CHECK(outcome_of("plant/cell1/robot/J1", Value(12.5)));
        CHECK(eventually([&] { return node->said("dcmd robot 10 12.5"); }));
        CHECK(outcome_of("plant/cell1/robot/J1", Value(true)).error().code == Errc::Malformed);
        CHECK(outcome_of("plant/cell1/robot/J9", Value(1.0)).error().code == Errc::NotFound);
    }
}

TEST_SUITE("twin/deaths [net]") {
    TEST_CASE("a killed node's tags are stale, another's are not; it comes back, and a second death counts") {
        const auto test = TestBroker::start();
        if (!test) return;
        auto node = ForeignNode::start(*test, "plant", "cell1");
        const auto other = ForeignNode::start(*test, "plant", "cell2");
        if (!node || !other) return;
        const auto twin = start(options_for(*test, {"plant/cell1/robot/J1", "plant/cell2/robot/J1"}));
        const auto both = [&](Quality first, Quality second) {
            return eventually_sees(*twin, [&](const TwinSnapshot& s) {
                return s.tags[0].quality == first && s.tags[1].quality == second;
            });
        };
        REQUIRE(both(Quality::Good, Quality::Good));
        for (int life = 0; life < 2; ++life) {
            node->process.kill();
            REQUIRE(both(Quality::Stale, Quality::Good));
            CHECK(twin->snapshot().nodes_dead == 1);
            node = ForeignNode::start(*test, "plant", "cell1");
            REQUIRE(node);
            REQUIRE(both(Quality::Good, Quality::Good));
            CHECK(twin->snapshot().nodes_dead == 0);
        }
    }
}

TEST_SUITE("twin/rebirth [net]") {
    TEST_CASE("after a gap in the sequence the foreign node is asked for a rebirth, and answers") {
        const auto test = TestBroker::start();
        if (!test) return;
        auto node = ForeignNode::start(*test, "plant", "cell1");
        if (!node) return;
        const auto twin = start(options_for(*test, {"plant/cell1/robot/J1", "plant/cell1//births"}));
        // Two births: its own, or the one that we asked for if it was there before us.
        REQUIRE(eventually_sees(*twin, [](const TwinSnapshot& s) { return s.tags[0].quality == Quality::Good; }));
        const double births = to_number(twin->snapshot().tags[1].value);
        node->say("skip");
        node->say("ddata 10 5");
        CHECK(eventually_sees(*twin, [&](const TwinSnapshot& s) {
            return is(s.tags[1], births + 1, Quality::Good) && is(s.tags[0], 5.0, Quality::Good);
        }));
        CHECK(had_event(*twin, TwinEventKind::RebirthAsked, "plant/cell1"));
        twin->request_rebirth("plant/cell1");
        CHECK(eventually_sees(*twin, [&](const TwinSnapshot& s) { return is(s.tags[1], births + 2, Quality::Good); }));
    }

    TEST_CASE("a node that was there before us and is quiet is found by asking") {
        const auto test = TestBroker::start();
        if (!test) return;
        MqttListener before(test->broker->url(), "spBv1.0/#");
        const auto node = ForeignNode::start(*test, "plant", "quiet");
        if (!node) return;
        REQUIRE(eventually([&] { return before.heard_payload("J1"); }));
        const auto twin = start(options_for(*test, {"plant/quiet/robot/J1"}));
        CHECK(eventually_sees(*twin, [](const TwinSnapshot& s) { return s.tags[0].quality == Quality::Good; }));
    }
}

TEST_SUITE("twin/broker [net]") {
    TEST_CASE("broker killed and restarted, three times: lost, stale, online, good; nothing leaks") {
        const auto test = TestBroker::start();
        if (!test) return;
        const auto node = ForeignNode::start(*test, "plant", "cell1");
        if (!node) return;
        const auto twin = start(options_for(*test, {"plant/cell1/robot/J1"}));
        const auto good = [](const TwinSnapshot& s) {
            return s.connection == Connection::Online && s.tags[0].quality == Quality::Good;
        };
        REQUIRE(eventually_sees(*twin, good));
        std::size_t files = 0;
        double memory = 0.0;
        for (int cycle = 0; cycle < 3; ++cycle) {
            test->broker->kill();
            REQUIRE(eventually_sees(*twin, [](const TwinSnapshot& s) {
                return s.connection == Connection::Lost && s.tags[0].quality == Quality::Stale && !s.problem.empty();
            }));
            CHECK(twin->snapshot().nodes_alive == 0);
            REQUIRE(test->broker->restart());
            REQUIRE(eventually_sees(*twin, good));
            CHECK(twin->snapshot().problem.empty());
            if (cycle == 0) {
                files = open_files();
                memory = peak_rss_mib();
            }
        }
        CHECK(open_files() == files);
        CHECK(peak_rss_mib() < memory + 8.0);
    }

    TEST_CASE("a broker that is not there is no error; it is said, and tried again") {
        const auto test = TestBroker::start();
        if (!test) return;
        test->broker->kill();
        const auto twin = start(options_for(*test, {}));
        CHECK(eventually_sees(*twin, [](const TwinSnapshot& s) { return s.problem.contains("cannot be reached"); }));
        CHECK(twin->snapshot().connection == Connection::Connecting);
        REQUIRE(test->broker->restart());
        CHECK(eventually_sees(*twin, [](const TwinSnapshot& s) { return s.connection == Connection::Online; }));
    }
}

TEST_SUITE("twin/events [net]") {
    TEST_CASE("events that the reader was too slow for are told as a number, and nobody is asked for a birth for their "
              "sake") {
        const auto test = TestBroker::start();
        if (!test) return;
        const auto node = ForeignNode::start(*test, "plant", "cell1");
        if (!node) return;
        const auto twin = start(options_for(*test, {"plant/cell1//births"}));
        REQUIRE(eventually_sees(*twin, [](const TwinSnapshot& s) { return s.tags[0].quality == Quality::Good; }));
        MqttListener sender(test->broker->url(), "spBv1.0/flood/#");
        const OutMetric none{};
        for (int i = 0; i < 3000; ++i) { // a birth is an event
            REQUIRE(sender.mqtt().publish(
                {"spBv1.0/flood/NBIRTH/n" + std::to_string(i % 8), encode_payload({&none, 0}, 0, {}), 0, false}));
        }
        REQUIRE(eventually_sees(*twin, [](const TwinSnapshot& s) { return s.messages >= 3000; }));
        const Value births = twin->snapshot().tags[0].value;
        std::string lost;
        CHECK(eventually_sees(*twin, [&](const TwinSnapshot&) {
            while (const auto event = twin->next_event())
                if (event->kind == TwinEventKind::EventsLost) lost = event->what;
            return !lost.empty();
        }));
        REQUIRE(!lost.empty());
        CHECK_MESSAGE(std::stoul(lost) > 1000, lost);
        CHECK(twin->snapshot().tags[0].value == births);
    }
}

TEST_SUITE("twin/state [net]") {
    TEST_CASE("a plain subscriber sees the host online, and offline when it says goodbye") {
        const auto test = TestBroker::start();
        if (!test) return;
        MqttListener listener(test->broker->url(), "spBv1.0/STATE/#");
        {
            const auto twin = start(options_for(*test, {}));
            REQUIRE(eventually([&] { return listener.heard_payload(R"("online":true)"); }));
            CHECK(listener.heard().size() == 1);
            // Somebody speaks in our name: contradicted.
            REQUIRE(listener.mqtt().publish({"spBv1.0/STATE/plantwalk", R"({"online":false,"timestamp":1})", 1, true}));
            REQUIRE(eventually([&] { return listener.heard().size() == 3; }));
            CHECK(listener.heard()[2].payload == listener.heard()[0].payload);
        }
        REQUIRE(eventually([&] { return listener.heard().size() == 4; }));
        CHECK(listener.heard()[3].payload.contains(R"("online":false)"));
        // It is retained: who comes later knows too.
        MqttListener late(test->broker->url(), "spBv1.0/STATE/#");
        REQUIRE(eventually([&] { return !late.heard().empty(); }));
        CHECK(late.heard()[0].payload == listener.heard()[3].payload);
        CHECK(late.heard()[0].retain);
    }

    TEST_CASE("when the host is killed, the broker says it is offline, with the time of its birth") {
        const auto test = TestBroker::start();
        if (!test) return;
        const pid_t child = ::fork(); // no thread of ours runs yet
        if (child == 0) {
            const auto twin = Twin::start(options_for(*test, {}));
            for (;;) ::pause();
        }
        MqttListener listener(test->broker->url(), "spBv1.0/STATE/#");
        const bool online = eventually([&] { return listener.heard_payload(R"("online":true)"); });
        ::kill(child, SIGKILL);
        ::waitpid(child, nullptr, 0);
        REQUIRE(online);
        REQUIRE(eventually([&] { return listener.heard_payload(R"("online":false)"); }));
        const auto time_of = [](const std::string& json) { return json.substr(json.find("\"timestamp\"")); };
        CHECK(time_of(listener.heard().back().payload) == time_of(listener.heard().front().payload));
    }
}

TEST_SUITE("twin/mqtt [net]") {
    TEST_CASE("a connection that is cut sends its will and comes back with a fresh one") {
        const auto test = TestBroker::start();
        if (!test) return;
        MqttListener listener(test->broker->url(), "wills");
        MqttListener victim(test->broker->url(), "x", MqttMessage{"wills", "gone", 1, false});
        victim.mqtt().drop();
        REQUIRE(eventually([&] { return listener.heard_payload("gone"); }));
        REQUIRE(eventually([&] { return victim.mqtt().connected(); }));
        victim.mqtt().drop();
        CHECK(eventually([&] { return listener.heard().size() == 2; }));
    }

    TEST_CASE("a connection that ends in order sends no will") {
        const auto test = TestBroker::start();
        if (!test) return;
        MqttListener listener(test->broker->url(), "#");
        { MqttListener polite(test->broker->url(), "x", MqttMessage{"wills", "gone", 1, false}); }
        REQUIRE(listener.mqtt().publish({"after", "that", 1, false}));
        REQUIRE(eventually([&] { return listener.heard_payload("that"); }));
        CHECK(listener.heard().size() == 1);
    }

    TEST_CASE("what cannot be sent is refused and never sent later") {
        const auto test = TestBroker::start();
        if (!test) return;
        MqttListener client(test->broker->url(), "#");
        test->broker->kill();
        REQUIRE(eventually([&] { return !client.mqtt().connected(); }));
        for (int qos = 0; qos < 2; ++qos) {
            const auto refused = client.mqtt().publish({"t", "while down", qos, false});
            REQUIRE(!refused);
            CHECK(refused.error().code == Errc::Unavailable);
        }
        REQUIRE(test->broker->restart());
        REQUIRE(eventually([&] { return client.mqtt().connected(); }));
        REQUIRE(client.mqtt().publish({"t", "later", 1, false}));
        REQUIRE(eventually([&] { return client.heard_payload("later"); }));
        CHECK(!client.heard_payload("while down"));
        const auto wrong = client.mqtt().publish({"a/+/b", "", 0, false});
        REQUIRE(!wrong);
        CHECK(wrong.error().code == Errc::Malformed);
    }

    TEST_CASE("it ends at once where nobody answers") {
        const auto port = free_tcp_port();
        REQUIRE(port);
        const Time before = system_clock().now();
        {
            const auto twin = Twin::start(options_with("mqtt://127.0.0.1:" + std::to_string(*port)));
            REQUIRE(twin);
        }
        CHECK((system_clock().now() - before).seconds() < 1.0);
    }
}
