// SPDX-License-Identifier: Apache-2.0
// What the specification demands of data sets and templates, as sparkplug_rules_test.cpp does for the rest.
#include "tests/twin/protobuf_out.h"
#include "twin/sparkplug_value.h"

#include <doctest/doctest.h>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

namespace {

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
        CHECK(parameters() == R"("parameters":{"tag":null,"poles":2}})"); // its own come last
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

    TEST_CASE("a definition's long parameters are not multiplied by its instances") {
        const std::string text = message([](pbf_writer& p) {
            p.add_string(1, "text");
            p.add_uint32(2, kString);
            p.add_string(8, std::string(10'000, 'x'));
        });
        const std::string definition =
            metric("Motor", kTemplate, 18, a_template({.is_definition = true, .parameters = {text}}));
        Dialogue d;
        d.connect();
        d.hear(kBirth, payload({definition, motor("pump", {.members = {kSpeed}})}, 0));
        CHECK(d.is("g/n//pump") == " BAD");
        CHECK(d.is("g/n//pump/speed") == "0 GOOD");
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
