// SPDX-License-Identifier: Apache-2.0
// What the specification demands of an edge node's payloads, one test for a rule or a few that belong together: what
// the host makes of one that keeps it, and of one that breaks it. The descriptions name the assertions.
#include "tests/twin/protobuf_out.h"
#include "twin/sparkplug_value.h"

#include <doctest/doctest.h>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

namespace {

std::string by_alias(std::uint64_t alias, double number) {
    return metric("", 0, [&](pbf_writer& m) {
        m.add_uint64(2, alias);
        m.add_double(13, number);
    });
}

} // namespace

TEST_SUITE("twin/rules_metrics") {
    TEST_CASE("every message has a seq; one without is taken as it comes" *
              doctest::description("tck-id-payloads-sequence-num-always-included")) {
        Dialogue d;
        d.up();
        d.say("spBv1.0/g/DDATA/n/d", {data(2, 5.0)}, {});
        CHECK(d.is("g/n/d/x") == "5 GOOD");
        d.ddata(2, 6.0);
        CHECK(d.is("g/n/d/x") == "6 GOOD");
        d.wait(5000);
        CHECK(d.asked().empty());
    }

    TEST_CASE("a birth's seq is the start, 0 to 255; a birth without one is told, a greater one refused" *
              doctest::description("tck-id-payloads-sequence-num-req-nbirth")) {
        Dialogue d;
        d.connect();
        d.host.outgoing().clear();
        d.hear(kBirth, payload({real("v", 1.0)}, 255));
        d.hear(kData, payload({real("v", 2.0)}, 0));
        CHECK(d.is("g/n//v") == "2 GOOD");
        d.wait(5000);
        CHECK(d.asked().empty());
        CHECK(flaw_of_birth({real("v", 1.0)}, {}) == "its birth has no seq");
        CHECK(flaw_of_birth({real("v", 1.0)}, 256) == "its seq is beyond 255");
        d.hear(kData, payload({real("v", 9.0)}, 257));
        CHECK(d.is("g/n//v") == "2 GOOD");
    }

    TEST_CASE("seq counts by one and goes round; what does not follow waits" *
              doctest::description("tck-id-payloads-sequence-num-incrementing")) {
        Dialogue d;
        d.up();
        for (std::uint64_t i = 2; i < 300; ++i) d.ddata(i % 256, static_cast<double>(i));
        CHECK(d.is("g/n/d/x") == "299 GOOD");
        d.ddata(300 % 256 + 1, 301.0);
        CHECK(d.is("g/n/d/x") == "299 GOOD");
        d.ddata(300 % 256, 300.0);
        CHECK(d.is("g/n/d/x") == "301 GOOD");
    }

    TEST_CASE("a metric has a name unless an alias stands for it" *
              doctest::description("tck-id-payloads-name-requirement tck-id-payloads-alias-birth-requirement")) {
        CHECK(flaw_of_birth({real("v", 1.0)}).empty());
        CHECK(flaw_of_birth({by_alias(3, 1.0)}).contains("without a name"));
        Dialogue d;
        d.connect();
        const std::string named = metric("v", kDouble, [](pbf_writer& m) {
            m.add_uint64(2, 3);
            m.add_double(13, 1.0);
        });
        d.hear(kBirth, payload({by_alias(9, 8.0), named}, 0));
        CHECK(d.store.known() == 1);
        d.hear(kData, payload({by_alias(3, 2.0)}, 1));
        CHECK(d.is("g/n//v") == "2 GOOD");
        d.host.outgoing().clear();
        d.hear(kData, payload({metric("", 0, [](pbf_writer& m) { m.add_double(13, 7.0); })}, 2)); // neither
        CHECK(d.asked() == Nodes{"g/n"});
    }

    TEST_CASE("an alias that two metrics claim brings a value to neither" *
              doctest::description("tck-id-payloads-alias-uniqueness")) {
        Dialogue d;
        d.connect();
        d.host.outgoing().clear();
        d.say(kBirth, {number("a", 1, 1.0), number("b", 1, 2.0), number("c", 2, 3.0)}, 0);
        CHECK(d.is("g/n//a") == "1 BAD");
        CHECK(d.is("g/n//b") == "2 BAD");
        CHECK(d.host.events().back().what.contains("metrics"));
        CHECK(d.count(TwinEventKind::Malformed) == 1);
        d.say(kData, {data(1, 9.0), data(2, 4.0)}, 1);
        CHECK(d.is("g/n//a") == "1 BAD");
        CHECK(d.is("g/n//c") == "4 GOOD");
        CHECK(d.asked().empty()); // another birth would not help
        d.say(kData, {{"a", {}, DataType::Double, 5.0, false}}, 2);
        CHECK(d.is("g/n//a") == "5 GOOD");
    }

    TEST_CASE("times are milliseconds of UTC; without a metric's own the payload's counts, and without that ours" *
              doctest::description("tck-id-payloads-name-birth-data-requirement tck-id-payloads-timestamp-in-UTC "
                                   "tck-id-payloads-metric-timestamp-in-UTC")) {
        const auto source_time = [](std::optional<std::uint64_t> of_payload, std::optional<std::uint64_t> of_metric) {
            Dialogue d;
            d.connect();
            d.hear(kBirth, message([&](pbf_writer& p) {
                       if (of_payload) p.add_uint64(1, *of_payload);
                       p.add_uint64(3, 0);
                       p.add_message(2, metric("v", kDouble, [&](pbf_writer& m) {
                                         if (of_metric) m.add_uint64(3, *of_metric);
                                         m.add_double(13, 1.0);
                                     }));
                   }));
            return to_iso8601(d.tag("g/n//v").source_time);
        };
        CHECK(source_time(1'486'144'502'122, 1'479'123'452'194) == "2016-11-14T11:37:32.194Z");
        CHECK(source_time(1'486'144'502'122, {}) == "2017-02-03T17:55:02.122Z");
        CHECK(source_time({}, {}) == to_iso8601(utc_from_ms(kStart)));
        CHECK(source_time(~0ull, ~0ull) == to_iso8601(utc_from_ms(kStart)));
        CHECK(flaw_of_birth({real("v", 1.0)}).empty()); // too common to be told
    }

    TEST_CASE("a birth gives each metric one of the data types" *
              doctest::description("tck-id-payloads-metric-datatype-req tck-id-payloads-metric-datatype-value-type "
                                   "tck-id-payloads-metric-datatype-value")) {
        const auto of_type = [](std::uint32_t type) {
            return metric("v", type, [](pbf_writer& m) { m.add_uint32(10, 200); });
        };
        for (std::uint32_t type = 1; type <= 8; ++type) CHECK(flaw_of_birth({of_type(type)}).empty());
        CHECK(flaw_of_birth({of_type(0)}) == "metric v: no data type");
        CHECK(flaw_of_birth({of_type(35)}) == "metric v: a data type that is not one");
        Dialogue d;
        d.connect();
        d.hear(kBirth, payload({metric("v", 0, [](pbf_writer& m) { m.add_uint32(10, 200); })}, 0));
        CHECK(d.is("g/n//v") == "200 GOOD"); // counts as what it is
        const std::string text_type = message([](pbf_writer& m) {
            m.add_string(1, "v");
            m.add_string(4, "Int32"); // not a uint32
            m.add_uint32(10, 200);
        });
        CHECK(flaw_of_birth({text_type}) == "metric v: no data type");
    }

    TEST_CASE("a metric has a value or says that it has none; a value that cannot be read looks bad") {
        Dialogue d;
        d.connect();
        const std::string nothing = metric("none", kDouble, [](pbf_writer&) {});
        const std::string null = metric("null", kDouble, [](pbf_writer& m) { m.add_bool(7, true); });
        const std::string half = metric("half", 24, [](pbf_writer& m) { m.add_bytes(16, "abc", 3); });
        d.hear(kBirth, payload({nothing, null, half}, 0));
        CHECK(d.is("g/n//none") == " BAD");
        CHECK(d.is("g/n//null") == " GOOD");
        CHECK(d.is("g/n//half") == " BAD");
        CHECK(flaw_of_birth({nothing}) == "metric none: no value, and not said to be null");
        CHECK(flaw_of_birth({half}) == "metric half: an array that ends within an element");
    }

    TEST_CASE("historical values are heard and never shown, transient ones are marked") {
        Dialogue d;
        d.up();
        std::vector<std::string> heard;
        d.store.set_on_change([&](const Heard& h) {
            constexpr const char* kWords[] = {"live", "transient", "historical"};
            heard.push_back(h.name + " " + to_text(h.value) + " " + kWords[static_cast<int>(h.word)] + " " +
                            std::to_string(to_ms(h.source_time) - kStart));
        });
        const auto flagged = [&](std::uint32_t flag, double value, std::uint64_t seq) {
            d.hear("spBv1.0/g/DDATA/n/d", foreign(2, value, seq, [&](auto& m) {
                       m.add_uint64(3, static_cast<std::uint64_t>(kStart - 60'000));
                       m.add_bool(flag, true);
                   }));
        };
        flagged(5, 7.0, 2);
        CHECK(d.is("g/n/d/x") == "10 GOOD");
        flagged(6, 8.0, 3);
        CHECK(d.is("g/n/d/x") == "8 GOOD");
        CHECK(heard == std::vector<std::string>{"g/n/d/x 7 historical -60000", "g/n/d/x 8 transient -60000"});
    }
}

TEST_SUITE("twin/rules_properties") {
    TEST_CASE("a property set has a value for each key; another says nothing" *
              doctest::description("tck-id-payloads-propertyset-keys-array-size "
                                   "tck-id-payloads-propertyset-values-array-size")) {
        const std::string good = property_set({{"engUnit", text_property("bar")}, {"Quality", int_property(0)}});
        const std::string long_keys = good + message([](pbf_writer& s) { s.add_string(1, "more"); });
        const std::string long_values = good + message([](pbf_writer& s) { s.add_message(2, int_property(1)); });
        CHECK(flaw_of_birth({with_properties("v", good)}).empty());
        for (const std::string& wrong : {long_keys, long_values}) {
            CHECK(flaw_of_birth({with_properties("v", wrong)}).contains("more keys or values"));
            Dialogue d;
            d.connect();
            d.hear(kBirth, payload({with_properties("v", wrong)}, 0));
            CHECK(d.is("g/n//v") == "1 GOOD"); // its Quality cannot be told from the others
            CHECK(!d.tag("g/n//v").facts);
        }
    }

    TEST_CASE("a property has one of the basic types, or is a set or a list of sets" *
              doctest::description("tck-id-payloads-metric-propertyvalue-type-type "
                                   "tck-id-payloads-metric-propertyvalue-type-value "
                                   "tck-id-payloads-metric-propertyvalue-type-req")) {
        const auto flaw = [](const std::string& value) {
            return flaw_of_birth({with_properties("v", property_set({{"p", value}}))});
        };
        const auto of_type = [](std::uint32_t type) { return typed(type, [](pbf_writer& v) { v.add_uint32(3, 1); }); };
        for (std::uint32_t type = 1; type <= 15; ++type) CHECK(flaw(of_type(type)).empty());
        CHECK(flaw(of_type(0)).contains("without a type"));
        for (const std::uint32_t type : {16u, 22u, 99u}) CHECK(flaw(of_type(type)).contains("cannot have"));
        const std::string set = property_set({{"q", int_property(1)}});
        CHECK(flaw(typed(20, [&](pbf_writer& v) { v.add_message(9, set); })).empty());
        CHECK(flaw(typed(3, [&](pbf_writer& v) { v.add_message(9, set); })).contains("something else"));
        const std::string list = message([&](pbf_writer& l) { l.add_message(1, set); });
        CHECK(flaw(typed(21, [&](pbf_writer& v) { v.add_message(10, list); })).empty());
    }

    TEST_CASE("Quality is an Int32 and 0, 192 or 500" *
              doctest::description("tck-id-payloads-propertyset-quality-value-type "
                                   "tck-id-payloads-propertyset-quality-value-value")) {
        const auto of = [](const std::string& quality) {
            Dialogue d;
            d.connect();
            const std::string birth = payload({with_properties("v", property_set({{"Quality", quality}}))}, 0);
            d.hear(kBirth, birth);
            return d.is("g/n//v") + (d.count(TwinEventKind::Malformed) > 0 ? ", told" : "");
        };
        CHECK(of(int_property(0)) == "1 BAD");
        CHECK(of(int_property(192)) == "1 GOOD");
        CHECK(of(int_property(500)) == "1 STALE");
        CHECK(of(int_property(64)) == "1 UNCERTAIN, told"); // as OPC has it
        CHECK(of(int_property(1)) == "1 BAD, told");
        CHECK(of(typed(4, [](pbf_writer& v) { v.add_uint64(4, 0); })) == "1 BAD, told");
        CHECK(of(text_property("bad")) == "1 GOOD, told"); // nothing that could be understood
        Dialogue d;
        d.up();
        d.hear("spBv1.0/g/DDATA/n/d", foreign(2, 3.0, 2, [](auto& m) {
                   m.add_message(9, property_set({{"engUnit", text_property("bar")}, {"Quality", int_property(500)}}));
               }));
        CHECK(d.is("g/n/d/x") == "3 STALE");
        d.ddata(3, 4.0);
        CHECK(d.is("g/n/d/x") == "4 GOOD"); // a quality is of its own value
    }

    TEST_CASE("unit, range, description and everything else come with the tag's state") {
        Dialogue d;
        d.connect();
        const std::string inner = property_set({{"deep", int_property(7)}});
        const std::string set = property_set({{"engUnit", text_property("l/min")},
                                              {"engLow", double_property(-1.5)},
                                              {"engHigh", int_property(120)},
                                              {"Vendor", typed(20, [&](pbf_writer& v) { v.add_message(9, inner); })},
                                              {"None", typed(12, [](pbf_writer& v) { v.add_bool(2, true); })}});
        const std::string full = metric("x", kDouble, [&](pbf_writer& m) {
            pbf_writer metadata(m, 8);
            metadata.add_bool(1, false);
            metadata.add_string(2, "text/plain");
            metadata.add_uint64(3, 12);
            metadata.add_string(8, "inflow");
            metadata.commit();
            m.add_message(9, set);
            m.add_double(13, 3.0);
        });
        d.hear(kBirth, payload({}, 0));
        d.hear("spBv1.0/g/DBIRTH/n/d", payload({full}, 1));
        std::vector<TagState> states;
        d.store.copy_watched(states);
        REQUIRE(states[0].facts);
        const TagFacts& facts = *states[0].facts;
        CHECK(facts.unit == "l/min");
        CHECK(facts.low == -1.5);
        CHECK(facts.high == 120.0);
        CHECK(facts.description == "inflow");
        CHECK(facts.properties == R"({"engUnit":"l/min","engLow":-1.5,"engHigh":120,"Vendor":{"deep":7},"None":null})");
        CHECK(facts.metadata ==
              R"({"is_multi_part":false,"content_type":"text/plain","size":12,"description":"inflow"})");
        d.hear("spBv1.0/g/DBIRTH/n/d", payload({real("x", 3.0)}, 2)); // the next birth says nothing of it
        d.store.copy_watched(states);
        CHECK(!states[0].facts);
    }

    TEST_CASE("property sets nest to a limit") {
        std::string set = property_set({{"q", int_property(1)}});
        const auto flaw = [&](std::size_t depth) {
            std::string nested = set;
            for (std::size_t i = 1; i < depth; ++i) {
                nested = property_set({{"p", typed(20, [&](pbf_writer& v) { v.add_message(9, nested); })}});
            }
            return flaw_of_birth({with_properties("v", nested)});
        };
        CHECK(flaw(8).empty());
        CHECK(flaw(9).contains("too deep"));
        CHECK(flaw(1000).contains("too deep"));
    }
}

TEST_SUITE("twin/host_time") {
    TEST_CASE("seq says what is newer: the words of a clock that was set back are the value now") {
        Dialogue d;
        d.up();
        d.ddata(2, 4.0);
        d.ms -= 3'600'000;
        d.ddata(3, 5.0);
        CHECK(d.is("g/n/d/x") == "5 GOOD");
        CHECK(d.tag("g/n/d/x").source_time == utc_from_ms(kStart - 3'600'000));
    }
}

TEST_SUITE("twin/host_held") {
    TEST_CASE("what is not held any more makes room in the bytes that all nodes may hold together") {
        HostOptions options;
        options.max_held_bytes = 100;
        Dialogue d(options);
        d.up();
        for (std::uint64_t seq = 2; seq < 40; seq += 2) { // the missing one comes
            d.ddata(seq + 1, 1.0);
            d.ddata(seq, 1.0);
        }
        CHECK(d.asked().empty());
        for (int n = 0; n < 20; ++n) { // a birth instead
            d.ddata(45, 1.0);
            CHECK(d.asked().empty());
            d.up();
        }
        for (int n = 0; n < 20; ++n) { // nothing in time
            d.ddata(45, 1.0);
            d.wait(3000);
            d.up();
        }
        d.ddata(3, 3.0);
        CHECK(d.is("g/n/d/x") == "10 GOOD"); // held
    }
}
