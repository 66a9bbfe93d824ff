// SPDX-License-Identifier: Apache-2.0
#include "twin/tag_store.h"

#include "base/mailbox.h"
#include "tests/support/allocations.h"
#include "twin/watch.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string_view>

using namespace pw;
using namespace pw::twin;

namespace {

Time at(double seconds) { return Time{} + from_seconds(seconds); }

void put(TagStore& store, std::string_view name, Value value, Quality quality = Quality::Good, double when = 1.0) {
    const TagId tag = store.intern(name);
    REQUIRE(tag.valid());
    store.apply({tag, std::move(value), quality, utc_from_ms(static_cast<std::int64_t>(when * 1000)), at(when)});
}

} // namespace

TEST_SUITE("twin/store") {
    TEST_CASE("a name is one tag, for ever") {
        TagStore store({}, 10);
        const TagId a = store.intern("a"), b = store.intern("b");
        CHECK(a != b);
        CHECK(store.intern("a") == a);
        CHECK(store.name(b) == "b");
        CHECK(store.known() == 0);
    }

    TEST_CASE("it takes no more tags than it may, and no more text") {
        TagStore store({}, 2, /* max_text_bytes= */ 100);
        CHECK(store.intern("a").valid());
        CHECK(store.intern("b").valid());
        CHECK(!store.intern("c").valid());
        CHECK(store.intern("a").valid());
        const std::string big(50, 'x');
        put(store, "a", big);
        put(store, "b", big);
        CHECK(store.state(store.intern("a")).quality == Quality::Good);
        CHECK(store.state(store.intern("b")).quality == Quality::Bad);
        CHECK(store.state(store.intern("b")).value == Value());
        put(store, "a", std::string("small"));
        put(store, "b", std::string("fits again"));
        CHECK(store.state(store.intern("b")).quality == Quality::Good);
        TagStore names({}, 10, 5);
        CHECK(names.intern("123").valid());
        CHECK(!names.intern("456").valid());
        CHECK(names.intern("78").valid());
    }

    TEST_CASE("watched tags are copied in the watch list's order, twice where they stand twice") {
        const std::vector<WatchedTag> watched{{"x", {}}, {"y", {}}, {"x", {}}};
        TagStore store(watched, 10);
        std::vector<TagState> out;
        store.copy_watched(out);
        REQUIRE(out.size() == 3);
        CHECK(out[0].change == 0);
        CHECK(out[0].quality == Quality::Stale);
        put(store, "y", 2.0);
        put(store, "x", std::string("one"), Quality::Uncertain, 5.0);
        store.copy_watched(out);
        CHECK(out[0].value == Value(std::string("one")));
        CHECK(out[0].quality == Quality::Uncertain);
        CHECK(out[0].source_time == utc_from_ms(5000));
        CHECK(out[0].received == at(5.0));
        CHECK(out[1].value == Value(2.0));
        CHECK(out[2].value == out[0].value);
    }

    TEST_CASE("only watched tags ask for a new snapshot") {
        const std::vector<WatchedTag> watched{{"x", {}}};
        TagStore store(watched, 10);
        std::vector<TagState> out;
        put(store, "other", 1.0);
        CHECK(!store.watched_changed());
        put(store, "x", 1.0);
        CHECK(store.watched_changed());
        store.copy_watched(out);
        CHECK(!store.watched_changed());
        store.degrade(store.intern("x"), Quality::Stale, utc_from_ms(1));
        CHECK(store.watched_changed());
        store.copy_watched(out);
        store.degrade(store.intern("x"), Quality::Stale, utc_from_ms(2)); // already
        CHECK(!store.watched_changed());
        CHECK(out[0].change == 2);
    }

    TEST_CASE("degrading keeps the value and its time, and says nothing of a tag that never spoke") {
        TagStore store({}, 10);
        int heard = 0;
        store.set_on_change([&](const Heard&) { ++heard; });
        store.degrade(store.intern("silent"), Quality::Stale, utc_from_ms(9));
        CHECK(heard == 0);
        put(store, "x", 7.0);
        store.degrade(store.intern("x"), Quality::Stale, utc_from_ms(9000));
        CHECK(heard == 2);
        const TagState state = store.state(store.intern("x"));
        CHECK(state.value == Value(7.0));
        CHECK(state.source_time == utc_from_ms(1000));
        CHECK(state.quality == Quality::Stale);
    }

    TEST_CASE("a change is heard once; the same value again is none") {
        TagStore store({}, 10);
        std::vector<std::string> heard;
        store.set_on_change([&](const Heard& h) { heard.push_back(watch_line(h)); });
        put(store, "g/n/d/x", 1.5);
        put(store, "g/n/d/x", 1.5, Quality::Good, 2.0);
        put(store, "g/n/d/x", std::nan(""), Quality::Good, 3.0);
        put(store, "g/n/d/x", std::nan(""), Quality::Good, 4.0);
        put(store, "g/n/d/x", std::nan(""), Quality::Bad, 5.0);
        put(store, "g/n/d/x", std::string("a\"b"), Quality::Bad, 6.25);
        CHECK(heard ==
              std::vector<std::string>{
                  R"({"tag":"g/n/d/x","value":1.5,"quality":"GOOD","time":"1970-01-01T00:00:01.000Z"})",
                  R"({"tag":"g/n/d/x","value":null,"type":"nan","quality":"GOOD","time":"1970-01-01T00:00:03.000Z"})",
                  R"({"tag":"g/n/d/x","value":null,"type":"nan","quality":"BAD","time":"1970-01-01T00:00:05.000Z"})",
                  R"({"tag":"g/n/d/x","value":"a\"b","quality":"BAD","time":"1970-01-01T00:00:06.250Z"})"});
        CHECK(store.applied() == 6);
    }

    TEST_CASE("a line tells a value that JSON has no word for from none, and a whole double from an integer") {
        const auto line = [](const Value& value) {
            const std::string all = watch_line({{}, "x", {}, value, Quality::Good, utc_from_ms(1000), Word::Live});
            constexpr std::string_view kBefore = R"({"tag":"x","value":)", kBehind = R"(,"quality":"GOOD","time":)";
            REQUIRE(all.starts_with(kBefore));
            return all.substr(kBefore.size(), all.find(kBehind) - kBefore.size());
        };
        constexpr double kInfinity = std::numeric_limits<double>::infinity();
        CHECK(line({}) == "null");
        CHECK(line(std::nan("")) == R"(null,"type":"nan")");
        CHECK(line(kInfinity) == R"(null,"type":"inf")");
        CHECK(line(-kInfinity) == R"(null,"type":"-inf")");
        CHECK(line(5.0) == "5.0");
        CHECK(line(std::int64_t{5}) == "5");
        CHECK(line(std::uint64_t{5}) == R"(5,"type":"uint64")");
        CHECK(line(make_json("17")) == R"(17,"type":"json")");
    }

    TEST_CASE("what is heard says where it stands in the watch list, at each place") {
        const std::vector<WatchedTag> watched{{"b", {}}, {"a", {}}, {"b", {}}, {"c", {}}};
        TagStore store(watched, 10);
        std::vector<std::string> heard;
        store.set_on_change([&](const Heard& h) {
            heard.push_back(h.name);
            for (const std::uint32_t place : h.watched) heard.back() += std::to_string(place);
            CHECK(h.tag == store.intern(h.name));
        });
        for (const char* name : {"c", "b", "a", "d"}) put(store, name, 1.0);
        CHECK(heard == std::vector<std::string>{"c3", "b02", "a1", "d"});
    }

    TEST_CASE("what was once is heard and not kept") {
        TagStore store({}, 10);
        std::vector<std::string> heard;
        store.set_on_change([&](const Heard& h) { heard.push_back(watch_line(h)); });
        const TagId tag = store.intern("x");
        for (int i = 0; i < 2; ++i) {
            store.apply({tag, Value(make_json("[1]")), Quality::Good, utc_from_ms(1000), at(1.0), Word::Historical});
        }
        const std::string line =
            R"({"tag":"x","value":[1],"quality":"GOOD","time":"1970-01-01T00:00:01.000Z","historical":true})";
        CHECK(heard == std::vector{line, line});
        CHECK(store.known() == 0);
        CHECK(store.state(tag).change == 0);
    }

    TEST_CASE("facts come with the snapshot, as long as there is room for their text") {
        const std::vector<WatchedTag> watched{{"x", {}}};
        TagStore store(watched, 10, /* max_text_bytes= */ 20);
        std::vector<TagState> out;
        store.set_facts(store.intern("x"), {.unit = "bar", .description = {}, .low = 0.0});
        CHECK(store.watched_changed());
        put(store, "x", 1.0);
        store.copy_watched(out);
        REQUIRE(out[0].facts);
        CHECK(out[0].facts->unit == "bar");
        store.set_facts(store.intern("x"), {.unit = "bar", .description = {}, .low = 0.0}); // nothing new
        CHECK(!store.watched_changed());
        store.set_facts(store.intern("x"), {.unit = std::string(30, 'x')});
        store.copy_watched(out);
        CHECK(!out[0].facts);
        store.set_facts(store.intern("x"), {.unit = "mm"});
        store.copy_watched(out);
        CHECK(out[0].facts->unit == "mm");
    }

    TEST_CASE("a tag that misses its declared period three times is stale until its next word") {
        const std::vector<WatchedTag> watched{{"fast", 0.1}, {"by exception", {}}};
        TagStore store(watched, 10);
        store.check_periods(at(100.0), utc_from_ms(1));
        put(store, "fast", 1.0, Quality::Good, 100.0);
        put(store, "by exception", 1.0, Quality::Good, 100.0);
        store.check_periods(at(100.29), utc_from_ms(1));
        CHECK(store.state(store.intern("fast")).quality == Quality::Good);
        store.check_periods(at(100.31), utc_from_ms(1));
        CHECK(store.state(store.intern("fast")).quality == Quality::Stale);
        CHECK(store.state(store.intern("by exception")).quality == Quality::Good);
        put(store, "fast", 1.0, Quality::Good, 101.0);
        CHECK(store.state(store.intern("fast")).quality == Quality::Good);
    }

    TEST_CASE("in steady state a snapshot allocates nothing, also with text") {
        const std::vector<WatchedTag> watched{{"number", {}}, {"text", {}}};
        TagStore store(watched, 10);
        Mailbox<TwinSnapshot> mailbox;
        const std::string words[] = {"a text that is longer than sixteen characters",
                                     "another text of about that size here"};
        const auto turn = [&](int i) {
            put(store, "number", static_cast<double>(i));
            if (i % 3 == 0) put(store, "text", words[i % 2]);
            const long before = test::allocations();
            store.copy_watched(mailbox.draft().tags);
            mailbox.post();
            mailbox.take();
            return test::allocations() - before;
        };
        for (int i = 0; i < 30; ++i) turn(i); // every slot has had the longest
        long sum = 0;
        for (int i = 30; i < 300; ++i) sum += turn(i);
        CHECK(sum == 0);
    }
}
