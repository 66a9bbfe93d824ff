// SPDX-License-Identifier: Apache-2.0
#include "twin/json_topics.h"

#include "base/format.h"

#include <doctest/doctest.h>

using namespace pw;
using namespace pw::twin;

namespace {

constexpr UtcTime kNow{utc_from_ms(1'795'267'800'125)};

struct Topics {
    TagStore store;
    JsonTopics json;
    Time now{1'000'000'000};

    explicit Topics(std::vector<WatchedTag> watched, std::vector<plant::TopicRule> rules = {}, std::string show = "")
        : store(watched, 100), json(watched, rules, std::move(show), store, kNow) {}

    bool say(std::string_view topic, std::string_view payload, bool retained = false, unsigned server = 0) {
        return json.message(topic, as_bytes(payload), retained, {now, kNow}, server);
    }
    TagState tag(std::string_view source) { return store.state(store.intern(source)); }
    std::string value(std::string_view source) { return to_json(tag(source).value); }
    Quality quality(std::string_view source) { return tag(source).quality; }
    std::vector<TwinEvent> events() { return std::exchange(json.events(), {}); }
};

// What one message says of "mqtt:t" + pointer.
TagState said(std::string_view payload, const std::string& pointer = "", const plant::TopicRule& rule = {"#"}) {
    const std::string source = "mqtt:t" + pointer;
    Topics topics({{source, {}}}, {rule});
    CHECK(topics.say("t", payload));
    return topics.tag(source);
}

std::string dated(int value, int s) {
    return formatted(R"({{"value":{},"timestamp":{}}})", value, 1'795'267'800'000 + 1000LL * s);
}

} // namespace

TEST_SUITE("twin/json_source") {
    TEST_CASE("sources are read and written back, and wrong ones refused with a reason") {
        const auto plain = parse_json_source("mqtt:acme/filler/speed");
        REQUIRE(plain);
        CHECK(plain->topic == "acme/filler/speed");
        CHECK(plain->pointer.empty());
        const auto deep = parse_json_source("mqtt:/a b//c#/x~1y/~0/0/");
        REQUIRE(deep);
        CHECK(deep->topic == "/a b//c");
        CHECK(deep->pointer == std::vector<std::string>{"x/y", "~", "0", ""});
        CHECK(json_source(*deep) == "mqtt:/a b//c#/x~1y/~0/0/");
        for (const char* bad : {"mqtt:", "mqtt:#/a", "mqtt:a/+/b", "mqtt:a#", "mqtt:a#b", "mqtt:a#/~", "mqtt:a#/~2",
                                "mqtt:a/#", "a/b/c/d"})
            CHECK_MESSAGE(!parse_json_source(bad), bad);
        CHECK(!parse_json_source("mqtt:" + std::string(2000, 'a')));
        std::string deepest = "mqtt:a#";
        for (int i = 0; i < 33; ++i) deepest += "/a";
        CHECK(!parse_json_source(deepest));
    }

    TEST_CASE("topics fit filters as MQTT says") {
        const std::vector<std::pair<const char*, const char*>> fit{
            {"a/b", "a/b"}, {"+/b", "a/b"},   {"a/+", "a/"},       {"#", "a/b"}, {"a/#", "a"},
            {"a/#", "a/b"}, {"+/+/#", "a/b"}, {"/+", "/a"},        {"+", "a"},   {"a/+/c/#", "a/b/c/d/e"},
            {"/#", "/"},    {"+/+", "/"},     {"$SYS/#", "$SYS/x"}};
        for (const auto& [filter, topic] : fit) CHECK_MESSAGE(topic_fits(filter, topic), filter, " ", topic);
        const std::vector<std::pair<const char*, const char*>> miss{
            {"a/b", "a"}, {"a/b", "a/b/c"}, {"+", "a/b"},    {"+", "/a"},       {"a/#", "ab"},
            {"a/+", "a"}, {"a", "a/"},      {"#", "$SYS/x"}, {"+/x", "$SYS/x"}, {"a/b/#", "a"}};
        for (const auto& [filter, topic] : miss) CHECK_MESSAGE(!topic_fits(filter, topic), filter, " ", topic);
        CHECK(fill_in("x/+/LWT/+", "a/+/b/+/#", "a/1/b/2/c/d") == "x/1/LWT/2");
    }
}

TEST_SUITE("twin/json_topics") {
    TEST_CASE("a bare payload is a number, a truth or a text") {
        CHECK(to_json(said("21.5").value) == "21.5");
        CHECK(to_json(said(" -7 \n").value) == "-7");
        CHECK(to_json(said("18446744073709551615").value) == "18446744073709551615");
        CHECK(to_json(said("true").value) == "true");
        CHECK(to_json(said("EXECUTE").value) == "\"EXECUTE\"");
        CHECK(to_json(said("\"grün\"").value) == "\"grün\"");
        CHECK(to_json(said("null").value) == "null");
        CHECK(to_json(said("12,5 °C").value) == "\"12,5 °C\"");
        CHECK(said("21.5").quality == Quality::Good);
        CHECK_MESSAGE(said("21.5").source_time == kNow, "when it says no time, it was now");
        CHECK(to_text(said(std::string(100'000, 'x')).value).size() == 64u << 10);
    }

    TEST_CASE("an object has its value, time and quality where the field puts them") {
        const TagState hivemq = said(R"({"value": 3, "timestamp": 1795267800000})");
        CHECK(to_json(hivemq.value) == "3");
        CHECK(hivemq.source_time == utc_from_ms(1'795'267'800'000));
        const TagState ignition = said(R"({"value":1.5,"timestamp":"2026-11-21T13:30:00Z","quality":"Bad_NoData"})");
        CHECK(ignition.source_time == utc_from_ms(1'795'267'800'000));
        CHECK(ignition.quality == Quality::Bad);
        const TagState umh = said(R"({"timestamp_ms": 1795267800000, "speed": 8, "state": "EXECUTE"})", "#/speed");
        CHECK(to_json(umh.value) == "8");
        CHECK(umh.source_time == utc_from_ms(1'795'267'800'000));
        const TagState nested =
            said(R"({"time":1,"filler":{"speed":{"value":9,"quality":64},"ts":1795267800}})", "#/filler/speed");
        CHECK(to_json(nested.value) == "9");
        CHECK_MESSAGE(nested.source_time == utc_from_ms(1'795'267'800'000), "the nearest time counts");
        CHECK(nested.quality == Quality::Uncertain);
        const plant::TopicRule kepware{"#", "v", "t", "q", ""};
        const TagState kep =
            said(R"({"timestamp":1,"values":[{"id":"a","v":42,"q":false,"t":1795267800000}]})", "#/values/0", kepware);
        CHECK(to_json(kep.value) == "42");
        CHECK(kep.quality == Quality::Bad);
        CHECK(kep.source_time == utc_from_ms(1'795'267'800'000));
        const plant::TopicRule header{"t", "", "meta/at", "", ""};
        CHECK(said(R"({"meta":{"at":1795267800},"x":1})", "#/x", header).source_time == utc_from_ms(1'795'267'800'000));
        CHECK(to_json(said(R"({"a":[1,{"b":2}]})").value) == R"({"a":[1,{"b":2}]})");
        CHECK(to_json(said(R"({"a":[1,{"b":2}]})", "#/a/1/b").value) == "2");
        CHECK(to_json(said(R"({"a/b":{"~":5}})", "#/a~1b/~0").value) == "5");
        CHECK_MESSAGE(to_json(said(R"({"a":1,"a":2})", "#/a").value) == "2", "the last of a name counts");
    }

    TEST_CASE("times are understood by their size, and nonsense is no time") {
        const UtcTime t = utc_from_ms(1'795'267'800'125);
        CHECK(time_in(std::int64_t{1'795'267'800'125}) == t);
        CHECK(time_in(std::int64_t{1'795'267'800'125'000}) == t);
        CHECK(time_in(std::int64_t{1'795'267'800'125'000'000}) == t);
        CHECK(time_in(1'795'267'800.125) == t);
        CHECK(time_in(1'795'267'800'125.0) == t);
        CHECK(time_in(std::string("1795267800125")) == t);
        CHECK(time_in(std::string("2026-11-21T14:30:00.125+01:00")) == t);
        for (const Value& none :
             {Value(), Value(true), Value(std::string("soon")), Value(1e300), Value(std::int64_t{0}),
              Value(std::int64_t{99'999'999'999}), Value(std::int64_t{99'999'999'999'999})})
            CHECK_MESSAGE(!time_in(none).known(), to_json(none));
        CHECK(said(R"({"value":1,"timestamp":"soon"})").source_time == kNow);
        CHECK(quality_in(std::int64_t{192}) == Quality::Good);
        CHECK(quality_in(std::int64_t{0}) == Quality::Bad);
        CHECK(quality_in(std::int64_t{500}) == Quality::Stale);
        CHECK(quality_in(std::string("GOOD")) == Quality::Good);
        CHECK(quality_in(std::string("Stale")) == Quality::Stale);
        CHECK(quality_in(std::string("maybe")) == Quality::Uncertain);
        CHECK(quality_in(Value()) == Quality::Uncertain);
    }

    TEST_CASE("several tags of a topic come of one message; members that it lacks keep what they had") {
        Topics topics({{"mqtt:t#/a", {}}, {"mqtt:t#/b", {}}, {"mqtt:u", {}}});
        CHECK(topics.say("t", R"({"a":1,"b":2})"));
        CHECK(topics.say("t", R"({"b":3})"));
        CHECK(topics.value("mqtt:t#/a") == "1");
        CHECK(topics.value("mqtt:t#/b") == "3");
        CHECK(!topics.say("v", "1"));
        CHECK(topics.tag("mqtt:u").change == 0);
        CHECK(topics.events().empty());
        const auto wanted = topics.json.subscriptions();
        CHECK(wanted == std::vector<std::pair<std::string, int>>{{"t", 1}, {"u", 1}});
    }

    TEST_CASE(
        "what cannot be read is told once with its place, then counted, and its tags are bad until they are heard") {
        Topics topics({{"mqtt:t#/a", {}}, {"mqtt:u#/x", {}}});
        topics.say("t", R"({"a":1})");
        for (int i = 0; i < 12; ++i) topics.say("t", R"({"a":1,,})");
        const auto told = topics.events();
        REQUIRE(told.size() == 2);
        CHECK(told[0].who == "t");
        CHECK_MESSAGE(told[0].what.contains("byte 8"), told[0].what);
        CHECK_MESSAGE(told[1].what.contains("10 messages"), told[1].what);
        CHECK(topics.quality("mqtt:t#/a") == Quality::Bad);
        CHECK(topics.value("mqtt:t#/a") == "1");
        topics.say("t", R"({"a":2})");
        CHECK(topics.quality("mqtt:t#/a") == Quality::Good);
        topics.say("u", "EXECUTE"); // no JSON, and only a text as a whole can be that
        CHECK(topics.events().size() == 1);
        for (const std::string& bad : {std::string(100, '['), std::string(2u << 20, ' '), std::string("\xff\xfe"),
                                       std::string("{\"a\":\"\xc3\"}"), std::string("{"), std::string("\"")}) {
            Topics whole({{"mqtt:t", {}}});
            whole.say("t", "1");
            whole.say("t", bad);
            CHECK(whole.quality("mqtt:t") == Quality::Bad);
            CHECK(whole.events().size() == 1);
        }
    }

    TEST_CASE("a member that never comes is told: after ten messages, or at once when the message was retained") {
        Topics topics({{"mqtt:t#/a", {}}, {"mqtt:u#/x", {}}});
        for (int i = 0; i < 9; ++i) topics.say("t", R"({"b":1})");
        CHECK(topics.events().empty());
        for (int i = 0; i < 9; ++i) topics.say("t", R"({"b":1})");
        const auto told = topics.events();
        REQUIRE(told.size() == 1);
        CHECK(told[0].who == "mqtt:t#/a");
        topics.say("u", "{}", /* retained= */ true);
        CHECK(topics.events().size() == 1);
    }

    TEST_CASE("a retained message is uncertain until somebody speaks, whatever time it has") {
        Topics topics({{"mqtt:t", {}}, {"mqtt:u", {}}});
        topics.say("t", "5", /* retained= */ true);
        CHECK(topics.quality("mqtt:t") == Quality::Uncertain);
        topics.say("t", "5");
        CHECK(topics.quality("mqtt:t") == Quality::Good);
        topics.say("u", R"({"value":1,"timestamp":1795267800000})", /* retained= */ true);
        CHECK_MESSAGE(topics.quality("mqtt:u") == Quality::Uncertain, "its time says when it was so, not that it is");
        CHECK(topics.tag("mqtt:u").source_time == utc_from_ms(1'795'267'800'000));
        topics.say("u", R"({"value":1,"timestamp":1795267800000})");
        CHECK(topics.quality("mqtt:u") == Quality::Good);
        topics.say("u", "");
        CHECK_MESSAGE(topics.quality("mqtt:u") == Quality::Stale, "the message was taken from the broker");
        CHECK(topics.value("mqtt:u") == "1");
    }

    TEST_CASE("what a second broker has retained is no news about what is heard live") {
        Topics topics({{"mqtt:t", {}}, {"mqtt:u", {}}});
        topics.say("t", "5");
        topics.say("t", "4", /* retained= */ true, 1);
        CHECK(topics.value("mqtt:t") == "5");
        CHECK(topics.quality("mqtt:t") == Quality::Good);
        topics.say("u", dated(1, 0));
        topics.say("u", dated(2, 1), /* retained= */ true, 1);
        CHECK_MESSAGE(topics.value("mqtt:u") == "2", "but for one that is newer");
        CHECK(topics.quality("mqtt:u") == Quality::Uncertain);
        topics.json.disconnected({topics.now, kNow}, 0);
        topics.json.disconnected({topics.now, kNow}, 1);
        topics.say("t", "6", /* retained= */ true);
        CHECK(topics.value("mqtt:t") == "6");
        CHECK(topics.quality("mqtt:t") == Quality::Uncertain);
    }

    TEST_CASE("a late sample never overwrites a newer one; it is told as what once was") {
        Topics topics({{"mqtt:t", {}}});
        std::vector<std::string> heard;
        topics.store.set_on_change(
            [&](const Heard& h) { heard.push_back(to_json(h.value) + (h.word == Word::Historical ? " was" : " is")); });
        topics.say("t", dated(1, 10));
        topics.say("t", dated(2, 9));
        topics.say("t", dated(3, 10));
        topics.say("t", dated(4, 8), /* retained= */ true);
        CHECK(topics.value("mqtt:t") == "3");
        CHECK(topics.quality("mqtt:t") == Quality::Good);
        CHECK(heard == std::vector<std::string>{"1 is", "2 was", "3 is"});
        topics.say("t", "5"); // without a time: now
        topics.say("t", dated(6, 1));
        CHECK_MESSAGE(topics.value("mqtt:t") == "6", "nobody knows that it is older");
    }

    TEST_CASE("a machine whose clock was set back is late for ten seconds, and then believed") {
        Topics topics({{"mqtt:t", {}}});
        topics.say("t", dated(1, 3600));
        for (int i = 0; i <= 9; ++i) {
            topics.say("t", dated(100 + i, i));
            CHECK(topics.value("mqtt:t") == "1");
            topics.now = topics.now + from_seconds(1.0);
        }
        topics.say("t", dated(200, 10));
        CHECK(topics.value("mqtt:t") == "200");
        topics.say("t", dated(201, 11));
        CHECK(topics.value("mqtt:t") == "201");
    }

    TEST_CASE("a check of the plant file warns of tags that could never become stale") {
        constexpr const char* kPlant = R"({"format": "plantwalk-plant", "version": 1, "name": "n",
            "topics": [{"filter": "acme/+/#", "alive": "acme/+/status"}],
            "equipment": [{"id": "m", "level": "unit", "tags": [
                {"id": "a", "source": "mqtt:acme/filler/speed"}, {"id": "b", "source": "mqtt:other/speed"},
                {"id": "c", "source": "mqtt:other/count", "period_s": 1}, {"id": "d", "source": "g/n/d/m"}]}]})";
        Reports problems, warnings;
        const auto plant = plant::parse_plant(kPlant, "plant.json", problems);
        REQUIRE(plant);
        CHECK(problems.empty());
        JsonTopics::warn_of_silence(*plant, warnings);
        REQUIRE(warnings.list().size() == 1);
        CHECK(warnings.list()[0].where == "m.b");
        CHECK(warnings.list()[0].what.contains("period_s"));
    }

    TEST_CASE("a last will makes the sender's tags stale and no others; alive again they wait for a word") {
        const plant::TopicRule rule{"acme/+/#", "", "", "", "acme/+/status#/online"};
        Topics topics({{"mqtt:acme/filler/speed", {}}, {"mqtt:acme/filler/count", {}}, {"mqtt:acme/packer/speed", {}}},
                      {rule});
        CHECK(topics.json.subscriptions().size() == 5);
        for (const char* t : {"acme/filler/speed", "acme/filler/count", "acme/packer/speed"}) topics.say(t, "1");
        topics.say("acme/filler/status", R"({"online":true})");
        CHECK(topics.events().empty());
        topics.say("acme/filler/status", R"({"online":false})");
        const auto died = topics.events();
        REQUIRE(died.size() == 1);
        CHECK(died[0].kind == TwinEventKind::DeviceDeath);
        CHECK(died[0].who == "mqtt:acme/filler/status#/online");
        CHECK(topics.quality("mqtt:acme/filler/speed") == Quality::Stale);
        CHECK(topics.quality("mqtt:acme/filler/count") == Quality::Stale);
        CHECK(topics.quality("mqtt:acme/packer/speed") == Quality::Good);
        topics.say("acme/filler/status", R"({"online":true})");
        CHECK(topics.events().at(0).kind == TwinEventKind::DeviceBirth);
        CHECK(topics.quality("mqtt:acme/filler/speed") == Quality::Uncertain);
        topics.say("acme/filler/speed", "2");
        CHECK(topics.quality("mqtt:acme/filler/speed") == Quality::Good);
        CHECK(topics.quality("mqtt:acme/filler/count") == Quality::Uncertain);
        for (const char* dead : {"Offline", "0", "false", R"("DEAD")", ""}) {
            Topics lwt({{"mqtt:t", {}}}, {{"t", "", "", "", "lwt"}});
            lwt.say("t", "1");
            lwt.say("lwt", dead, /* retained= */ true);
            CHECK_MESSAGE(lwt.quality("mqtt:t") == Quality::Stale, dead);
            lwt.say("t", "2", /* retained= */ true);
            CHECK_MESSAGE(lwt.quality("mqtt:t") == Quality::Stale, "what the dead left behind is stale");
            lwt.say("lwt", "Online");
            CHECK(lwt.quality("mqtt:t") == Quality::Uncertain);
        }
    }

    TEST_CASE("a tag is stale when no broker is left that said it") {
        Topics topics({{"mqtt:t", {}}, {"mqtt:u", {}}});
        topics.say("t", "1", false, 0);
        topics.say("t", "1", false, 1);
        topics.say("u", "1", false, 0);
        topics.json.disconnected({topics.now, kNow}, 0);
        CHECK(topics.quality("mqtt:t") == Quality::Good);
        CHECK(topics.quality("mqtt:u") == Quality::Stale);
        topics.json.disconnected({topics.now, kNow}, 1);
        CHECK(topics.quality("mqtt:t") == Quality::Stale);
    }

    TEST_CASE("a tag with a period that is silent is stale") {
        Topics topics({{"mqtt:t", 1.0}});
        topics.say("t", "1");
        topics.store.check_periods(topics.now + from_ms(2900), kNow);
        CHECK(topics.quality("mqtt:t") == Quality::Good);
        topics.store.check_periods(topics.now + from_ms(3100), kNow);
        CHECK(topics.quality("mqtt:t") == Quality::Stale);
    }

    TEST_CASE("a value is sent only where the plant file names a topic, to a sender that is there") {
        Topics topics({{"mqtt:t", {}, "t/set"}, {"mqtt:u#/a", {}, "u/cmd#/set/a"}, {"mqtt:v", {}}},
                      {{"t", "", "", "", "lwt"}});
        CHECK(topics.json.make_command("mqtt:w", 1.0).error().code == Errc::NotFound);
        CHECK(topics.json.make_command("mqtt:v", 1.0).error().code == Errc::Refused);
        CHECK(topics.json.make_command("mqtt:t", 1.0).error().code == Errc::Unavailable);
        topics.say("t", "1", false, 3);
        const auto set = topics.json.make_command("mqtt:t", std::string("a\"b"));
        REQUIRE(set);
        CHECK(set->server == 3);
        CHECK(set->message.topic == "t/set");
        CHECK(set->message.payload == R"("a\"b")");
        CHECK(set->message.qos == 0);
        CHECK(!set->message.retain);
        topics.say("u", R"({"a":1})");
        CHECK(topics.json.make_command("mqtt:u#/a", std::int64_t{5})->message.payload == R"({"set":{"a":5}})");
        topics.say("lwt", "offline");
        CHECK(topics.json.make_command("mqtt:t", 1.0).error().code == Errc::Unavailable);
    }

    TEST_CASE("a filter shows every value as a tag under the name that a plant file would use") {
        Topics topics({}, {}, "acme/#");
        topics.say("acme/a", "5");
        topics.say("acme/b", R"({"timestamp":1795267800000,"x":1,"y":{"z":[1,2]},"w":{"value":7}})");
        topics.say("other", "5");
        CHECK(topics.value("mqtt:acme/a") == "5");
        CHECK(topics.value("mqtt:acme/b#/x") == "1");
        CHECK(topics.value("mqtt:acme/b#/y/z") == "[1,2]");
        CHECK(topics.value("mqtt:acme/b#/w") == "7");
        CHECK(topics.tag("mqtt:acme/b#/x").source_time == utc_from_ms(1'795'267'800'000));
        CHECK(topics.store.known() == 4);
        CHECK(topics.json.subscriptions().front().first == "acme/#");
    }

    TEST_CASE("a wrong source is told and hides no other") {
        Topics topics({{"mqtt:t#x", {}}, {"mqtt:t", {}}, {"mqtt:u", {}, "a/+"}});
        CHECK(topics.events().size() == 2);
        topics.say("t", "1");
        CHECK(topics.value("mqtt:t") == "1");
    }
}
