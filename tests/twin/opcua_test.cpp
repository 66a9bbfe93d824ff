// SPDX-License-Identifier: Apache-2.0
// The twin as a client of an OPC UA server that is not ours (npm node-opcua).
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "plant/plant.h"
#include "tests/twin/net.h"
#include "tests/twin/opcua_support.h"
#include "twin/opcua_address.h"
#include "twin/opcua_value.h"
#include "twin/twin.h"

#include <doctest/doctest.h>
#include <open62541/types.h>
#include <open62541/types_generated.h>

#include <limits>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

namespace {

Result<void> outcome(Twin& twin, const std::string& tag, const Value& value) {
    REQUIRE(twin.write(tag, value));
    std::optional<CommandOutcome> out;
    REQUIRE(eventually([&] { return (out = twin.next_outcome()).has_value(); }, kOpcUaPatience));
    return out->sent;
}

bool plant_takes(const std::string& source) {
    Reports problems;
    return plant::parse_plant(
               formatted(
                   R"({{"format": "plantwalk-plant", "version": 1, "name": "p", "equipment": [{{"id": "e", "level": "unit",
        "tags": [{{"id": "t", "source": {}}}]}}]}})",
                   json_quote(source)),
               "plant.json", problems)
        .has_value();
}

std::string type_tag(const char* name) { return formatted("opcua:nsu=urn:plantwalk:test:robot;s={}", name); }

} // namespace

TEST_SUITE("twin/opcua_address") {
    TEST_CASE("addresses of servers are read, and wrong ones refused without telling a password") {
        const auto plain = parse_opcua_server("opc.tcp://plc");
        REQUIRE(plain);
        CHECK(plain->url == "opc.tcp://plc:4840");
        CHECK(plain->encrypted);
        CHECK(plain->name.empty());
        const auto all = parse_opcua_server("opc.tcp://[fe80::1]:48010/UA/Server?name=press_1&security=none");
        REQUIRE(all);
        CHECK(all->url == "opc.tcp://[fe80::1]:48010/UA/Server");
        CHECK(all->name == "press_1");
        CHECK(!all->encrypted);
        for (const char* bad :
             {"opc.tcp://", "opc.tcp://:4840", "opc.tcp://h:0", "opc.tcp://h:65536", "opc.tcp://::1", "opc.https://h",
              "opc.tcp://h?security=off", "opc.tcp://h?name=a b", "opc.tcp://h?name="}) {
            TwinOptions options;
            options.broker = bad;
            const auto twin = Twin::start(options);
            REQUIRE_MESSAGE(!twin, bad);
            CHECK(twin.error().code == Errc::Malformed);
        }
        for (const char* telling : {"opc.tcp://anna:secret@h", "opc.tcp://h?password=secret"})
            CHECK(!parse_opcua_server(telling).error().what.contains("secret"));
        CHECK(parse_opcua_server("opc.tcp://anna:secret@h").error().what.contains("no user"));
        TwinOptions large;
        large.broker = "OPC.TCP://127.0.0.1:1";
        CHECK_MESSAGE(Twin::start(large), "a scheme's letters are large or small");
        TwinOptions none;
        none.broker = "";
        CHECK(Twin::start(none).error().what.contains("opc.tcp://"));
        TwinOptions two;
        two.broker = "opc.tcp://a,opc.tcp://b";
        CHECK(!Twin::start(two)); // which of them would a source mean?
    }

    TEST_CASE("sources are read and written back, and wrong ones refused with a reason") {
        const auto path = parse_opcua_source("opcua:press:/Objects&/1/a&&b/c d");
        REQUIRE(path);
        CHECK(path->server == "press");
        CHECK(path->path == std::vector<std::string>{"Objects/1", "a&b", "c d"});
        CHECK(opcua_source("press", path->path) == "opcua:press:/Objects&/1/a&&b/c d");
        const auto uri = parse_opcua_source("opcua:nsu=urn:a:b;s=x;y=/z");
        REQUIRE(uri);
        CHECK(uri->server.empty());
        CHECK(uri->namespace_uri == "urn:a:b");
        CHECK(uri->node == "s=x;y=/z");
        const auto index = parse_opcua_source("opcua:s1:ns=2;i=17");
        REQUIRE(index);
        CHECK(index->server == "s1");
        CHECK(index->node == "ns=2;i=17");
        CHECK(parse_opcua_source("opcua:i=2258")->node == "i=2258");
        for (const char* bad :
             {"opcua:",         "opcua:/",     "opcua://a",  "opcua:/a//b",        "opcua:/a/",
              "opcua:/a&b",     "opcua:/a&",   "opcua:ns=2", "opcua:ns=x;i=1",     "opcua:ns=65536;i=1",
              "opcua:nsu=;s=a", "opcua:nsu=a", "opcua:s=",   "opcua:i=x",          "opcua:i=4294967296",
              "opcua:g=1",      "opcua:x=1",   "opcua:b=#",  "opcua:two words:/a", "opcua:b=A",
              "opcua:b=A===",   "opcua:b===="}) {
            CHECK_MESSAGE(!parse_opcua_source(bad), bad);
            CHECK_MESSAGE(!plant_takes(bad), bad);
        }
        CHECK(!parse_opcua_source("a/b/c/d"));
        CHECK(!parse_opcua_source("opcua:/" + std::string(2000, 'a')));
        std::string deep = "opcua:";
        for (int i = 0; i < 32; ++i) deep += "/a";
        std::string dashes = "opcua:g=" + std::string(36, '-'), nul = "opcua:/a";
        nul += '\0';
        for (const std::string& bad : {deep + "/a", dashes, nul}) {
            CHECK_MESSAGE(!parse_opcua_source(bad), bad);
            CHECK_MESSAGE(!plant_takes(bad), bad);
        }
        for (const std::string good : {"opcua:/a", "opcua:/a&&/&/b/c d:e", "opcua:s1:/a", "opcua:ns=1;s=/a//b&c",
                                       "opcua:press:nsu=urn:x:y;g=72962B91-FA75-4AE6-8D28-B404DC7DAF63",
                                       "opcua:b=AA==", "opcua:ns=65535;i=4294967295", "opcua:b=AAE="}) {
            CHECK_MESSAGE(parse_opcua_source(good), good);
            CHECK_MESSAGE(plant_takes(good), good);
        }
        CHECK(parse_opcua_source(deep));
        CHECK(plant_takes(deep));
        TwinOptions options;
        options.broker = "opc.tcp://127.0.0.1:1";
        options.watched = {{"opcua:/a//b", {}}};
        const auto twin = Twin::start(options);
        REQUIRE_MESSAGE(twin, "one bad tag does not hide the plant");
        CHECK(eventually([&] {
            const auto event = (*twin)->next_event();
            return event && event->who == "opcua:/a//b" && event->what.contains("empty");
        }));
    }
}

TEST_SUITE("twin/opcua_value") {
    TEST_CASE("every time that OPC UA can say is told, and its null is none") {
        const auto told = [](UA_DateTime time) {
            UA_Variant variant;
            UA_Variant_setScalar(&variant, &time, &UA_TYPES[UA_TYPES_DATETIME]);
            return to_text(value_of(reinterpret_cast<const ua::Variant&>(variant)));
        };
        CHECK(told(0) == "");
        CHECK(told(10'000) == "1601-01-01T00:00:00.001Z");
        CHECK(told(UA_DATETIME_UNIX_EPOCH) == "1970-01-01T00:00:00.000Z");
        CHECK(told(UA_DATETIME_UNIX_EPOCH + 17'082'000'000'000'000) == "2024-02-17T20:00:00.000Z");
        CHECK(told(UA_DATETIME_UNIX_EPOCH + 104'137'920'000'000'000) == "2300-01-01T00:00:00.000Z");
        CHECK(told(std::numeric_limits<std::int64_t>::max()).starts_with("9999-12-31T23:59:59"));
        CHECK(told(-1) == "");
    }
}

TEST_SUITE("twin/opcua_values [net]") {
    TEST_CASE("values of every type, codes, units, events and writes") {
        const Folder folder;
        auto server = ForeignServer::start(folder.path);
        if (!server) return;
        const std::vector<std::pair<const char*, const char*>> types{
            {"Boolean", "true"},
            {"SByte", "-128"},
            {"Byte", "255"},
            {"Int16", "-32768"},
            {"UInt16", "65535"},
            {"Int32", "-2147483648"},
            {"UInt32", "4294967295"},
            {"Int64", "-9223372036854775808"},
            {"UInt64", "18446744073709551615"},
            {"Float", "1.5"},
            {"Double", "0.1"},
            {"String", "\"grün\""},
            {"DateTime", "\"2026-11-22T13:30:00.125Z\""},
            {"Guid", "\"72962b91-fa75-4ae6-8d28-b404dc7daf63\""},
            {"ByteString", "\"0001feff\""},
            {"NodeId", "\"ns=1;s=a b\""},
            {"StatusCode", "\"BadNodeIdUnknown\""},
            {"QualifiedName", "\"1:q\""},
            {"LocalizedText", "\"Bär\""},
            {"Numbers", "[1,2.5,-3]"},
            {"Texts", "[\"a\",\"b\\\"c\"]"},
            {"Matrix", "[[1,2,3],[4,5,6]]"},
            {"Empty", "[]"},
            {"LongArray", "{\"length\":1000000}"}};
        std::vector<WatchedTag> watched;
        for (const auto& [name, json] : types) watched.push_back({type_tag(name), {}});
        const auto add = [&](const std::string& source, std::optional<double> period_s = {}) {
            watched.push_back({source, period_s});
            return watched.size() - 1;
        };
        const std::size_t axis = add("opcua:/Robot/Axes/Axis1/Position", 0.5), slashed = add("opcua:/Types/a&/b&&c"),
                          longest = add(type_tag("LongText")), structure = add(type_tag("Structure")),
                          nowhere = add("opcua:/Robot/Tail"), twice = add("opcua:/Robot/Twin"),
                          unknown = add(type_tag("Unknown")), fixed = add(type_tag("ReadOnly")),
                          other = add("opcua:press:/A");
        const auto twin = watch_opcua(server->url("?security=none"), watched);
        REQUIRE_MESSAGE(sees(*twin,
                             [&](const TwinSnapshot& s) {
                                 return s.tags[axis].change > 2 && s.tags[fixed].change > 0 &&
                                        s.tags[structure].change > 0;
                             }),
                        twin->snapshot().problem);
        const auto tags = twin->snapshot().tags;
        for (std::size_t i = 0; i < types.size(); ++i) {
            CHECK_MESSAGE(to_json(tags[i].value) == types[i].second, types[i].first);
            CHECK(tags[i].quality == Quality::Good);
        }
        CHECK(twin->snapshot().connection == Connection::Online);
        CHECK(to_number(tags[slashed].value) == 11.0);
        CHECK(to_text(tags[longest].value).size() == 64u << 10);
        CHECK(to_json(tags[structure].value).contains("°"));
        REQUIRE(tags[axis].facts);
        CHECK(tags[axis].facts->unit == "°");
        CHECK(tags[axis].facts->low == -180.0);
        CHECK(tags[axis].facts->high == 180.0);
        CHECK(tags[axis].facts->description == "where axis 1 stands");
        CHECK(tags[axis].source_time.known());
        CHECK(tags[axis].quality == Quality::Good);
        for (const std::size_t missing : {nowhere, twice, unknown, other}) CHECK(tags[missing].change == 0);
        unsigned told = 0;
        for (const TwinEvent& event : events_of(*twin)) {
            told += event.kind == TwinEventKind::Malformed && event.what.size() > 10;
            if (event.who == watched[twice].source) CHECK(event.what.contains("several"));
        }
        CHECK(told == 4);

        server->say("bad Double");
        CHECK(sees(*twin, [](const TwinSnapshot& s) { return s.tags[10].quality == Quality::Bad; }));
        server->say("uncertain Double");
        CHECK(sees(*twin, [](const TwinSnapshot& s) { return s.tags[10].quality == Quality::Uncertain; }));
        CHECK(to_number(twin->snapshot().tags[10].value) == 0.1);
        server->say("good Double");
        CHECK(sees(*twin, [](const TwinSnapshot& s) { return s.tags[10].quality == Quality::Good; }));

        server->say("event 700 hot bearing");
        bool heard = false;
        CHECK(eventually(
            [&] {
                for (const TwinEvent& e : events_of(*twin))
                    heard |= e.kind == TwinEventKind::Message && e.what == "hot bearing" && e.severity == 700 &&
                             e.who == "Robot";
                return heard;
            },
            kOpcUaPatience));

        CHECK(outcome(*twin, type_tag("Int16"), std::int64_t{-7}));
        CHECK(sees(*twin, [](const TwinSnapshot& s) { return to_number(s.tags[3].value) == -7.0; }));
        CHECK(outcome(*twin, type_tag("Float"), 2.25));
        CHECK(outcome(*twin, type_tag("String"), std::string("blau")));
        CHECK(sees(*twin, [](const TwinSnapshot& s) { return to_text(s.tags[11].value) == "blau"; }));
        CHECK(outcome(*twin, type_tag("Int16"), std::int64_t{40'000}).error().code == Errc::Malformed);
        CHECK(outcome(*twin, type_tag("Boolean"), 1.0).error().code == Errc::Malformed);
        CHECK(outcome(*twin, type_tag("Numbers"), 1.0).error().code == Errc::Unsupported);
        CHECK(outcome(*twin, "opcua:/Robot/Tail", 1.0).error().code == Errc::NotFound);
        CHECK(outcome(*twin, "opcua:press:/A", 1.0).error().code == Errc::NotFound);
        const auto refused = outcome(*twin, type_tag("ReadOnly"), 1.0);
        REQUIRE(!refused);
        CHECK(refused.error().code == Errc::Refused);
        CHECK_MESSAGE(refused.error().what.contains("Bad"), refused.error().what);
    }
}
