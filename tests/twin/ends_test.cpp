// SPDX-License-Identifier: Apache-2.0
// Machines that are not ours, all in one hall: a Sparkplug edge node (npm sparkplug-client), an OPC UA robot
// (node-opcua), a publisher of JSON (npm mqtt).
#include "plant/plant.h"
#include "tests/twin/listen.h"
#include "tests/twin/net.h"
#include "tests/twin/opcua_support.h"
#include "twin/binding.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

namespace {

constexpr const char* kHall = R"({"format": "plantwalk-plant", "version": 1, "name": "Three ends",
    "topics": [{"filter": "plant/+/#", "alive": "plant/+/status"}],
    "equipment": [
        {"id": "cell", "level": "unit", "tags": [
            {"id": "j1", "source": "plant/cell1/robot/J1"}, {"id": "state", "source": "plant/cell1/robot/State"}]},
        {"id": "palletiser", "level": "unit", "tags": [
            {"id": "a1", "source": "opcua:/DeviceSet/Palletiser/MotionDevices/Arm/Axes/Axis_1/ParameterSet/ActualPosition"},
            {"id": "a2", "source": "opcua:/DeviceSet/Palletiser/MotionDevices/Arm/Axes/Axis_2/ParameterSet/ActualPosition"}]},
        {"id": "filler", "level": "unit", "tags": [
            {"id": "speed", "source": "mqtt:plant/filler/drive#/speed", "set": "plant/filler/set#/speed"},
            {"id": "count", "source": "mqtt:plant/filler/drive#/count"}]}]})";
constexpr std::size_t kTagsEach = 2;

TwinOptions options_for(const plant::Plant& hall, const std::string& broker) {
    TwinOptions options;
    options.broker = broker;
    const Bindings bindings = Bindings::make(hall);
    options.watched.assign(bindings.watched().begin(), bindings.watched().end());
    options.topic_rules = hall.topics;
    options.opcua_folder = own_opcua_folder();
    return options;
}

bool all(const TwinSnapshot& s, std::size_t end, Quality quality) {
    const auto* tags = &s.tags[end * kTagsEach];
    return std::all_of(tags, tags + kTagsEach, [&](const TagState& t) { return t.quality == quality; });
}

} // namespace

TEST_SUITE("twin/json_foreign [net]") {
    TEST_CASE("a foreign publisher's values come, its last will makes them stale, and it is written to") {
        const auto broker = TestBroker::start();
        if (!broker) return;
        auto filler = ForeignNode::start_json(*broker, "filler");
        if (!filler) return;
        Reports problems;
        const auto hall = plant::parse_plant(kHall, "plant.json", problems);
        REQUIRE(hall);
        TwinOptions options = options_for(*hall, broker->broker->url());
        options.watched.erase(options.watched.begin(), options.watched.begin() + 4);
        options.watched.push_back({"mqtt:plant/filler/state", {}});
        options.watched.push_back({"mqtt:plant/broken#/x", {}});
        const auto twin = Twin::start(options);
        REQUIRE(twin);
        const auto tag = [&](std::size_t i) -> const TagState& { return (*twin)->snapshot().tags[i]; };
        REQUIRE(sees(**twin, [&](const TwinSnapshot&) { return tag(1).change > 3 && tag(2).change > 0; }));
        CHECK(to_number(tag(0).value) == 80.0);
        CHECK(tag(0).quality == Quality::Good);
        CHECK(to_text(tag(2).value) == "EXECUTE");
        CHECK_MESSAGE(tag(2).quality == Quality::Uncertain, "it was retained: who knows how old it is");
        REQUIRE((*twin)->write("mqtt:plant/filler/drive#/speed", std::int64_t{55}));
        REQUIRE(eventually([&] { return filler->said(R"(set {"speed":55})"); }));
        CHECK(sees(**twin, [&](const TwinSnapshot&) { return to_number(tag(0).value) == 55.0; }));
        CHECK((*twin)->next_outcome()->sent);

        filler->say("send plant/broken {\"x\":1,}");
        CHECK(eventually([&] {
            const auto events = events_of(**twin);
            return std::ranges::any_of(events, [](const TwinEvent& e) {
                return e.kind == TwinEventKind::Malformed && e.who == "plant/broken" && e.what.contains("byte");
            });
        }));

        filler->process.kill();
        CHECK(sees(**twin, [&](const TwinSnapshot&) { return tag(1).quality == Quality::Stale; }));
        CHECK(tag(2).quality == Quality::Stale);
        REQUIRE((*twin)->write("mqtt:plant/filler/drive#/speed", std::int64_t{60}));
        std::optional<CommandOutcome> outcome;
        REQUIRE(eventually([&] { return (outcome = (*twin)->next_outcome()).has_value(); }));
        CHECK(outcome->sent.error().code == Errc::Unavailable);
        filler = ForeignNode::start_json(*broker, "filler");
        REQUIRE(filler);
        CHECK(sees(**twin, [&](const TwinSnapshot&) { return all((*twin)->snapshot(), 0, Quality::Good); }));
        CHECK(sees(**twin, [&](const TwinSnapshot&) { return tag(2).quality == Quality::Good; }));

        broker->broker->kill();
        CHECK(sees(**twin, [&](const TwinSnapshot&) { return tag(0).quality == Quality::Stale; }));
        REQUIRE(broker->broker->restart());
        CHECK(sees(**twin, [&](const TwinSnapshot&) { return all((*twin)->snapshot(), 0, Quality::Good); }));
    }

    TEST_CASE("a client with nothing of Sparkplug in its plant is no Sparkplug host") {
        const auto broker = TestBroker::start();
        if (!broker) return;
        MqttListener everything(broker->broker->url(), "#");
        TwinOptions options;
        options.broker = broker->broker->url();
        options.watched = {{"mqtt:a", {}}};
        auto twin = Twin::start(options);
        REQUIRE(twin);
        REQUIRE(sees(**twin, [](const TwinSnapshot& s) { return s.connection == Connection::Online; }));
        REQUIRE(everything.mqtt().publish({"a", "1", 0, false}));
        CHECK(sees(**twin, [](const TwinSnapshot& s) { return to_number(s.tags[0].value) == 1.0; }));
        twin->reset();
        REQUIRE(everything.mqtt().publish({"the end", "1", 0, false}));
        REQUIRE(eventually([&] { return everything.heard().size() >= 2; }));
        for (const MqttMessage& m : everything.heard())
            CHECK_MESSAGE((m.topic == "a" || m.topic == "the end"), m.topic);
    }
}

TEST_SUITE("twin/ends [net] [slow]") {
    TEST_CASE("three foreign ends in one hall: each is killed and comes back, and the others never blink") {
        const auto broker = TestBroker::start();
        if (!broker) return;
        const Folder folder;
        auto cell = ForeignNode::start(*broker, "plant", "cell1");
        if (!cell) return;
        auto filler = ForeignNode::start_json(*broker, "filler");
        if (!filler) return;
        auto robot = ForeignServer::start(folder.path, {}, 0, "opcua_robot.cjs");
        if (!robot) return;
        Reports problems;
        const auto hall = plant::parse_plant(kHall, "plant.json", problems);
        REQUIRE_MESSAGE(hall, hall.error().what);
        TwinOptions options = options_for(*hall, broker->broker->url() + "," + robot->url("?security=none"));
        Guarded<std::vector<bool>> blinked{std::vector<bool>(3)}; // by end
        OnWord listener([&](const Heard& heard) {
            auto seen = blinked.lock();
            for (const std::uint32_t w : heard.watched)
                if (heard.quality != Quality::Good) (*seen)[w / kTagsEach] = true;
        });
        options.listeners = {&listener};
        const auto twin = Twin::start(options);
        REQUIRE(twin);
        const auto all_good = [](const TwinSnapshot& s) {
            return all(s, 0, Quality::Good) && all(s, 1, Quality::Good) && all(s, 2, Quality::Good);
        };
        REQUIRE_MESSAGE(sees(**twin, all_good), (*twin)->snapshot().problem);
        const std::uint16_t port = robot->port;
        for (std::size_t end = 0; end < 3; ++end) {
            *blinked.lock() = std::vector<bool>(3);
            if (end == 0) cell->process.kill();
            if (end == 1) robot->process.kill();
            if (end == 2) filler->process.kill();
            CHECK(sees(**twin, [&](const TwinSnapshot& s) { return all(s, end, Quality::Stale); }));
            if (end == 0) cell = ForeignNode::start(*broker, "plant", "cell1");
            if (end == 1) robot = ForeignServer::start(folder.path, {}, port, "opcua_robot.cjs");
            if (end == 2) filler = ForeignNode::start_json(*broker, "filler");
            REQUIRE((cell && robot && filler));
            CHECK(sees(**twin, all_good));
            for (std::size_t other = 0; other < 3; ++other)
                CHECK_MESSAGE((*blinked.lock())[other] == (other == end), "end ", end, " was killed, look at ", other);
        }
    }
}
