// SPDX-License-Identifier: Apache-2.0
// What the specification demands of an edge node's payloads, one test for a rule or a few that belong together: what
// the host makes of one that keeps it, and of one that breaks it. The descriptions name the assertions.
#include "tests/twin/dialogue.h"
#include "tests/twin/protobuf_out.h"
#include "twin/sparkplug_value.h"

#include <doctest/doctest.h>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

namespace {

constexpr std::uint32_t kInt32 = 3, kDouble = 10, kBoolean = 11, kString = 12, kDataSet = 16, kTemplate = 19;
constexpr const char* kBirth = "spBv1.0/g/NBIRTH/n";
constexpr const char* kData = "spBv1.0/g/NDATA/n";

// What a birth with this metric is told to break; empty: nothing.
std::string flaw_of_birth(std::initializer_list<std::string> metrics, std::optional<std::uint64_t> seq = 0) {
    Dialogue d;
    d.connect();
    d.host.events().clear();
    d.hear(kBirth, payload(metrics, seq));
    for (const TwinEvent& event : d.host.events()) {
        if (event.kind == TwinEventKind::Malformed) return event.what;
    }
    return {};
}

std::string real(std::string_view name, double number) {
    return metric(name, kDouble, [&](pbf_writer& m) { m.add_double(13, number); });
}
std::string by_alias(std::uint64_t alias, double number) {
    return metric("", 0, [&](pbf_writer& m) {
        m.add_uint64(2, alias);
        m.add_double(13, number);
    });
}

// A data set of columns a (Int32) and b (String), and rows as given.
struct DataSetParts {
    std::optional<std::uint64_t> count = 2;
    std::vector<std::string> columns{"a", "b"};
    std::vector<std::uint32_t> types{kInt32, kString};
    std::size_t elements = 2; // of its row
    bool packed = false;
};
std::string data_set(const DataSetParts& parts = {}) {
    return message([&](pbf_writer& set) {
        if (parts.count) set.add_uint64(1, *parts.count);
        for (const std::string& column : parts.columns) set.add_string(2, column);
        if (parts.packed) set.add_packed_uint32(3, parts.types.begin(), parts.types.end());
        for (const std::uint32_t type : parts.types) {
            if (!parts.packed) set.add_uint32(3, type);
        }
        set.add_message(4, message([&](pbf_writer& row) {
                            for (std::size_t i = 0; i < parts.elements; ++i) {
                                pbf_writer element(row, 1);
                                if (i == 0)
                                    element.add_uint32(1, 0xffffffff);
                                else
                                    element.add_string(6, "x\"y");
                            }
                        }));
    });
}
std::string shown(const std::string& set) {
    Dialogue d;
    d.connect();
    d.hear(kBirth, payload({metric("t", kDataSet, 17, set)}, 0));
    return d.is("g/n//t");
}

struct TemplateParts {
    std::optional<bool> is_definition;
    std::optional<std::string> ref;
    std::vector<std::string> members, parameters;
    std::string version = "2";
};
std::string a_template(const TemplateParts& parts) {
    return message([&](pbf_writer& t) {
        if (!parts.version.empty()) t.add_string(1, parts.version);
        for (const std::string& member : parts.members) t.add_message(2, member);
        for (const std::string& parameter : parts.parameters) t.add_message(3, parameter);
        if (parts.ref) t.add_string(4, *parts.ref);
        if (parts.is_definition) t.add_bool(5, *parts.is_definition);
    });
}
std::string parameter(std::string_view name, std::uint32_t type, std::optional<std::uint32_t> value) {
    return message([&](pbf_writer& p) {
        if (!name.empty()) p.add_string(1, name.data(), name.size());
        if (type != 0) p.add_uint32(2, type);
        if (value) p.add_uint32(3, *value);
    });
}

const std::string kSpeed = real("speed", 0.0), kAmps = real("amps", 0.0);
const std::string kMotor =
    metric("Motor", kTemplate, 18,
           a_template({.is_definition = true,
                       .ref = {},
                       .members = {kSpeed, kAmps},
                       .parameters = {parameter("poles", kInt32, 4), parameter("tag", kInt32, {})}}));
std::string motor(std::string_view name, TemplateParts parts) {
    if (!parts.ref) parts.ref = "Motor";
    if (!parts.is_definition) parts.is_definition = false;
    return metric(name, kTemplate, 18, a_template(parts));
}
std::string whole_motor(std::string_view name) {
    return motor(name,
                 {.members = {real("speed", 5.0), real("amps", 1.0)}, .parameters = {parameter("tag", kInt32, 7)}});
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
        d.store.set_on_change([&](const std::string& tag, const Value& v, Quality, UtcTime t, Word word) {
            constexpr const char* kWords[] = {"live", "transient", "historical"};
            heard.push_back(tag + " " + to_text(v) + " " + kWords[static_cast<int>(word)] + " " +
                            std::to_string(to_ms(t) - kStart));
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

TEST_SUITE("twin/rules_data_sets") {
    TEST_CASE("a data set is columns, types and rows" *
              doctest::description("tck-id-payloads-dataset-types-def tck-id-payloads-dataset-types-type "
                                   "tck-id-payloads-template-dataset-value")) {
        const std::string json = R"({"columns":["a","b"],"types":["Int32","String"],"rows":[[-1,"x\"y"]]} GOOD)";
        CHECK(shown(data_set()) == json);
        CHECK(shown(data_set({.packed = true})) == json);
        CHECK(shown(data_set({.count = 0, .columns = {}, .types = {}, .elements = 0})) ==
              R"({"columns":[],"types":[],"rows":[[]]} GOOD)");
        const auto with_value = [](auto write) {
            return shown(message([&](pbf_writer& set) {
                set.add_uint64(1, 1);
                set.add_string(2, "a");
                set.add_uint32(3, kDouble);
                set.add_message(4, message([&](pbf_writer& row) { row.add_message(1, message(write)); }));
            }));
        };
        CHECK(with_value([](pbf_writer& e) { e.add_float(3, 0.5f); }).contains("[[0.5]]"));
        CHECK(with_value([](pbf_writer& e) { e.add_double(4, 1e300); }).contains("[[1e+300]]"));
        CHECK(with_value([](pbf_writer& e) { e.add_bool(5, true); }).contains("[[true]]"));
        CHECK(with_value([](pbf_writer& e) { e.add_uint64(2, 9); }).contains("[[9]]"));
        CHECK(with_value([](pbf_writer&) {}).contains("[[null]]"));
        CHECK(with_value([](pbf_writer& e) { e.add_string(7, "extension"); }) == " BAD");
        CHECK(flaw_of_birth({metric("t", kDataSet, 17, data_set())}).empty());
    }

    TEST_CASE("one whose parts do not fit together is told and looks bad" *
              doctest::description("tck-id-payloads-dataset-column-size tck-id-payloads-dataset-column-num-headers "
                                   "tck-id-payloads-dataset-types-num tck-id-payloads-dataset-types-value "
                                   "tck-id-payloads-dataset-parameter-type-req")) {
        const auto refused = [](const DataSetParts& parts, const char* why) {
            const std::string set = data_set(parts);
            CHECK(shown(set) == " BAD");
            CHECK_MESSAGE(flaw_of_birth({metric("t", kDataSet, 17, set)}).contains(why), why);
        };
        refused({.count = 3}, "miscounts its columns");
        refused({.columns = {"a"}}, "more types or columns");
        refused({.types = {kInt32}}, "more types or columns");
        refused({.types = {}}, "without types");
        refused({.types = {kInt32, kDataSet}}, "no basic type");
        refused({.types = {kInt32, 0}}, "no basic type");
        refused({.elements = 1}, "shorter than its columns");
        refused({.elements = 3}, "longer than its columns");
        CHECK(shown(data_set({.count = {}})).ends_with("GOOD")); // not counting them is harmless
        CHECK(shown("\x12\x7f") == " BAD");
    }

    TEST_CASE("what becomes too long as JSON is told and looks bad") {
        DecodeLimits limits;
        limits.max_json = 100;
        Payload out;
        const std::string bits = message([](pbf_writer& m) {
            m.add_uint32(4, 32);
            m.add_bytes(16, std::string("\x00\x10\x00\x00", 4) + std::string(512, '\xff'));
        });
        const std::string whole = payload({bits}, 0); // that `out` looks into
        REQUIRE(decode_payload(as_bytes(whole), out));
        CHECK(to_text(value_of(out.metrics[0], DataType::BooleanArray)).size() > 4096);
        CHECK(value_of(out.metrics[0], DataType::BooleanArray, limits) == Value());
        CHECK(std::string(flaw_of(out.metrics[0], limits)) == "a value that is too long as JSON");
    }
}

TEST_SUITE("twin/rules_templates") {
    TEST_CASE("a definition is no tag; an instance is one, and so is each member" *
              doctest::description(
                  "tck-id-payloads-template-definition-is-definition tck-id-payloads-template-is-definition-definition "
                  "tck-id-payloads-template-is-definition-instance tck-id-payloads-template-instance-is-definition "
                  "tck-id-payloads-template-instance-ref tck-id-payloads-template-ref-instance "
                  "tck-id-payloads-template-definition-nbirth")) {
        Dialogue d;
        d.connect();
        d.host.events().clear();
        d.hear(kBirth, payload({whole_motor("pump"), kMotor}, 0)); // in any order
        d.hear("spBv1.0/g/DBIRTH/n/d", payload({whole_motor("fan")}, 1));
        CHECK(d.count(TwinEventKind::Malformed) == 0);
        CHECK(d.is("g/n//pump/speed") == "5 GOOD");
        CHECK(d.is("g/n/d/fan/amps") == "1 GOOD");
        CHECK(d.store.known() == 6);
        CHECK(to_json(d.tag("g/n//pump").value) ==
              R"({"template":"Motor","version":"2","parameters":{"poles":4,"tag":7}})");
        d.ndeath();
        CHECK(d.is("g/n/d/fan/speed") == "5 STALE");
    }

    TEST_CASE("data may bring some members, by the instance's name or alias" *
              doctest::description("tck-id-payloads-template-instance-members-data")) {
        Dialogue d;
        d.connect();
        const std::string aliased = message([](pbf_writer& m) { m.add_uint64(2, 40); }) + whole_motor("pump");
        d.hear(kBirth, payload({kMotor, aliased}, 0));
        d.host.outgoing().clear();
        const std::string untyped = metric("speed", 0, [](pbf_writer& m) { m.add_double(13, 6.0); });
        d.hear(kData, payload({motor("pump", {.members = {untyped}})}, 1));
        CHECK(d.is("g/n//pump/speed") == "6 GOOD");
        CHECK(d.is("g/n//pump/amps") == "1 GOOD");
        const std::string by_alias = metric("", 0, [&](pbf_writer& m) {
            m.add_uint64(2, 40);
            m.add_bool(5, true);
            m.add_message(18, a_template({.is_definition = false, .ref = "Motor", .members = {real("amps", 2.0)}}));
        });
        d.hear(kData, payload({by_alias}, 2));
        CHECK(d.is("g/n//pump/amps") == "1 GOOD"); // historical, as its instance says
        CHECK(d.asked().empty());
        d.hear(kData, payload({motor("pump", {.members = {real("amps", 3.0), real("heat", 1.0)}})}, 3));
        CHECK(d.is("g/n//pump/amps") == "3 GOOD");
        CHECK(d.asked() == Nodes{"g/n"}); // for the heat
        d.hear(kData, payload({metric("pump", 0, [](pbf_writer& m) { m.add_bool(7, true); })}, 4));
        CHECK(d.is("g/n//pump/amps") == " GOOD"); // null, with its instance
    }

    TEST_CASE("an instance has the members of its definition, in a birth all of them" *
              doctest::description("tck-id-payloads-template-instance-members "
                                   "tck-id-payloads-template-instance-members-birth "
                                   "tck-id-payloads-template-definition-members")) {
        CHECK(flaw_of_birth({kMotor, whole_motor("pump")}).empty());
        CHECK(flaw_of_birth({kMotor, motor("pump", {.members = {kSpeed}})}) ==
              "metric pump: a template that lacks members in its birth");
        CHECK(flaw_of_birth({kMotor, motor("pump", {.members = {kSpeed, kAmps, real("heat", 1.0)}})})
                  .contains("not in the template's definition"));
        Dialogue d;
        d.connect();
        const std::string untyped = metric("speed", 0, [](pbf_writer& m) { m.add_uint32(10, 3); });
        d.hear(kBirth, payload({kMotor, motor("pump", {.members = {untyped, real("heat", 1.0)}})}, 0));
        CHECK(d.tag("g/n//pump/speed").value == Value(3.0)); // the definition's type
        CHECK(d.is("g/n//pump/heat") == "1 GOOD");           // shown all the same
    }

    TEST_CASE(
        "a definition stands in an NBIRTH, says so and refers to nothing; an instance refers to one that is there" *
        doctest::description("tck-id-payloads-template-definition-nbirth-only tck-id-payloads-template-definition-ref "
                             "tck-id-payloads-template-ref-definition tck-id-payloads-template-is-definition "
                             "tck-id-payloads-template-version")) {
        const auto flaw = [](const TemplateParts& parts) {
            return flaw_of_birth({metric("T", kTemplate, 18, a_template(parts))});
        };
        CHECK(flaw({.is_definition = true}).empty());
        CHECK(flaw({.is_definition = true, .ref = ""}).empty()); // npm sparkplug-client
        CHECK(flaw({.is_definition = true, .ref = "Other"}).contains("refers to another"));
        CHECK(flaw({.is_definition = {}}).contains("does not say whether"));
        CHECK(flaw({.is_definition = false}).contains("of which definition"));
        CHECK(flaw({.is_definition = false, .ref = "Other"}).contains("not in the NBIRTH"));
        CHECK(flaw({.is_definition = false, .ref = "\xff"}).contains("not UTF-8"));
        CHECK(flaw({.is_definition = true, .version = "\xff"}).contains("version is not UTF-8"));
        CHECK(flaw({.is_definition = true, .version = ""}).empty());
        Dialogue d;
        d.connect();
        d.hear(kBirth, payload({}, 0));
        d.hear("spBv1.0/g/DBIRTH/n/d", payload({kMotor}, 1));
        CHECK(d.host.events()[2].what == "metric Motor: a template definition outside of an NBIRTH");
        CHECK(d.store.known() == 0);
    }

    TEST_CASE("parameters have a name, a basic type and a plain value; an instance's go before the definition's" *
              doctest::description(
                  "tck-id-payloads-template-parameter-name-required tck-id-payloads-template-parameter-name-type "
                  "tck-id-payloads-template-parameter-value-type tck-id-payloads-template-parameter-type-value "
                  "tck-id-payloads-template-parameter-type-req tck-id-payloads-template-parameter-value "
                  "tck-id-payloads-template-definition-parameters "
                  "tck-id-payloads-template-definition-parameters-default "
                  "tck-id-payloads-template-instance-parameters")) {
        const auto flaw = [](const std::string& p) {
            return flaw_of_birth({metric("T", kTemplate, 18, a_template({.is_definition = true, .parameters = {p}}))});
        };
        CHECK(flaw(parameter("p", kInt32, 1)).empty());
        CHECK(flaw(parameter("p", kInt32, {})).empty());
        CHECK(flaw(parameter("", kInt32, 1)).contains("without a name"));
        CHECK(flaw(parameter("\xff", kInt32, 1)).contains("not UTF-8"));
        CHECK(flaw(parameter("p", 0, 1)).contains("without a type"));
        CHECK(flaw(parameter("p", kTemplate, 1)).contains("no basic type"));
        CHECK(flaw_of_birth(
                  {kMotor, motor("pump", {.members = {kSpeed, kAmps}, .parameters = {parameter("colour", kInt32, 1)}})})
                  .contains("not in the definition"));
        Dialogue d;
        d.connect();
        const auto parameters = [&] {
            const std::string json = to_json(d.tag("g/n//pump").value);
            return json.substr(json.find("\"parameters\""));
        };
        d.hear(kBirth, payload({kMotor, motor("pump", {.members = {kSpeed, kAmps}})}, 0));
        CHECK(parameters() == R"("parameters":{"poles":4,"tag":null}})");
        d.hear(kData, payload({motor("pump", {.parameters = {parameter("poles", kInt32, 2)}})}, 1));
        CHECK(parameters() == R"("parameters":{"poles":2,"tag":null}})");
        d.hear(kData, payload({motor("pump", {.parameters = {parameter("tag", kInt32, 0xffffffff)}})}, 2));
        CHECK(parameters() == R"("parameters":{"poles":2,"tag":-1}})");
    }

    TEST_CASE("templates nest to a limit, and what is no template looks bad") {
        const auto birth_of = [](std::size_t depth) {
            std::string inner = kSpeed;
            for (std::size_t i = 0; i < depth; ++i) inner = motor("m", {.members = {inner}});
            Dialogue d;
            d.connect();
            d.hear(kBirth, payload({inner}, 0));
            return d.store.known();
        };
        CHECK(birth_of(1) == 2);
        CHECK(birth_of(8) == 9);
        CHECK(birth_of(9) == 8); // the instances above the limit
        CHECK(birth_of(200) == 8);
        Dialogue d;
        d.connect();
        d.hear(kBirth, payload({kMotor, whole_motor("pump"), metric("junk", kTemplate, 18, "\x12\x7f")}, 0));
        CHECK(d.is("g/n//pump/speed") == "5 GOOD");
        d.hear(kData, payload({metric("pump", 0, 18, "\x12\x7f")}, 1));
        CHECK(d.is("g/n//pump") == " BAD");
        CHECK(d.is("g/n//pump/speed") == "5 GOOD");
    }

    TEST_CASE("members count among a payload's metrics") {
        HostOptions options;
        options.limits.max_metrics = 4;
        Dialogue d(options);
        d.connect();
        d.hear(kBirth, payload({whole_motor("a"), whole_motor("b")}, 0));
        CHECK(d.store.known() == 4);
    }
}
