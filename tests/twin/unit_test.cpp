// SPDX-License-Identifier: Apache-2.0
// Units as plant files declare them and as machines tell them.
#include "twin/unit.h"

#include "base/json.h"
#include "plant/plant.h"
#include "tests/twin/net.h"
#include "tests/twin/opcua_support.h"
#include "twin/binding.h"
#include "twin/tag_store.h"
#include "twin/watch.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

TEST_SUITE("twin/unit") {
    TEST_CASE("spellings of one unit are the same, other units are not, and what nobody knows is said to be that") {
        const std::pair<const char*, const char*> same[] = {
            {"Cel", "degC"},
            {"Cel", "°C"},
            {"Cel", "C"},
            {"Cel", "Degree Celsius"},
            {"[degF]", "°F"},
            {"K", "kelvin"},
            {"kW.h", "kWh"},
            {"kW.h", "KWH"},
            {"mbar", "hPa"},
            {"%", "percent"},
            {"deg", "°"},
            {"/h", "1/h"},
            {"/min", "r/min"},
            {"m3/h", "m³/h"},
            {"m/s", "MTS"},
            {"kW", "KW"},
            {"°", "degrees"},
            {"L/min", "l/min"},
            {"um", "µm"},
            {"1", "pcs"},
            {"bottle/h", "Bottle / h"}, // nobody knows it, and everybody sees it
        };
        for (const auto& [a, b] : same) {
            CHECK_MESSAGE(same_unit(a, b) == SameUnit::Yes, a, " ", b);
            CHECK_MESSAGE(same_unit(b, a) == SameUnit::Yes, a, " ", b);
        }
        const std::pair<const char*, const char*> other[] = {
            {"Cel", "degF"}, {"Cel", "K"},  {"W", "kW"},    {"mW", "MW"}, {"mPa", "MPa"},   {"bar", "mbar"},
            {"W.h", "kW.h"}, {"kW", "kWh"}, {"deg", "rad"}, {"%", "1"},   {"m/s", "m/min"}, {"bar", "psi"}};
        for (const auto& [a, b] : other) CHECK_MESSAGE(same_unit(a, b) == SameUnit::No, a, " ", b);
        for (const char* nobody_knows : {"grad", "bottle/h", "?"})
            CHECK_MESSAGE(same_unit("Cel", nobody_knows) == SameUnit::Unknown, nobody_knows);
        CHECK(same_unit("W", "mw") == SameUnit::Unknown); // milli or mega
    }

    TEST_CASE("a tag that is told in another unit than declared is uncertain at best, and that is said once") {
        const std::vector<WatchedTag> watched{{.source = "t", .period_s = {}, .set = {}, .unit = "Cel"},
                                              {.source = "u", .period_s = {}, .set = {}, .unit = {}}};
        TagStore store(watched, 10);
        std::string line;
        store.set_on_change([&](const Heard& heard) { line = watch_line(heard); });
        const TagId t = store.intern("t"), u = store.intern("u"), free = store.intern("free");
        const auto quality_in = [&](TagId tag, const char* unit, Quality said = Quality::Good) {
            store.set_facts(tag, {.unit = unit, .description = {}});
            store.apply({tag, 1.0, said, utc_from_ms(1000), Time{1}});
            return store.state(tag).quality;
        };
        CHECK(quality_in(t, "°C") == Quality::Good);
        CHECK(store.wrong_units().empty());
        CHECK(quality_in(t, "degF") == Quality::Uncertain);
        CHECK(line.contains(R"("quality":"UNCERTAIN","time":"1970-01-01T00:00:01.000Z","unit":"degF")"));
        REQUIRE(store.wrong_units().size() == 1);
        CHECK(store.wrong_units()[0].first == t);
        for (const char* part : {"\"degF\"", "\"Cel\"", "is not"})
            CHECK_MESSAGE(store.wrong_units()[0].second.contains(part), store.wrong_units()[0].second);
        CHECK(quality_in(t, "degF", Quality::Bad) == Quality::Bad);
        CHECK_MESSAGE(store.wrong_units().size() == 1, "the same again is no news");
        CHECK(quality_in(t, "Grad") == Quality::Uncertain);
        REQUIRE(store.wrong_units().size() == 2);
        CHECK(store.wrong_units()[1].second.contains("nobody knows"));
        CHECK(quality_in(t, "CEL") == Quality::Good);
        CHECK_MESSAGE(quality_in(t, "") == Quality::Good, "a machine that tells none is believed");
        CHECK_MESSAGE(quality_in(u, "degF") == Quality::Good, "nothing is declared");
        CHECK(quality_in(free, "degF") == Quality::Good);
        CHECK(store.wrong_units().size() == 2);
    }
}

namespace {

// Of `tag`, whose source is `source`, in a plant that declares it in `unit`.
std::vector<WatchedTag> declared(const std::vector<std::pair<std::string, std::string>>& tags) {
    JsonWriter json;
    json.begin_object().member("format", "plantwalk-plant").member("version", 1).member("name", "n");
    json.key("equipment").begin_array().begin_object().member("id", "m").member("level", "unit");
    json.key("tags").begin_array();
    for (std::size_t i = 0; i < tags.size(); ++i)
        json.begin_object()
            .member("id", std::string(1, static_cast<char>('a' + i)))
            .member("source", tags[i].first)
            .member("unit", tags[i].second)
            .end_object();
    Reports problems;
    const auto plant = plant::parse_plant(json.end_array().end_object().end_array().end_object().take(), "p", problems);
    REQUIRE(plant);
    const Bindings bindings = Bindings::make(*plant);
    return {bindings.watched().begin(), bindings.watched().end()};
}

// That of the first is another unit than declared, and the second is as declared.
void check_units(Twin& twin, const std::string& source, const std::string& told, const std::string& in_file) {
    CHECK(sees(twin, [](const TwinSnapshot& s) {
        return s.tags[0].quality == Quality::Uncertain && s.tags[1].quality == Quality::Good;
    }));
    const auto events = events_of(twin);
    CHECK(std::ranges::count(events, TwinEventKind::Malformed, &TwinEvent::kind) == 1);
    const auto event = std::ranges::find(events, source, &TwinEvent::who);
    REQUIRE(event != events.end());
    CHECK_MESSAGE(event->what.contains(told), event->what);
    CHECK_MESSAGE(event->what.contains(in_file), event->what);
}

} // namespace

TEST_SUITE("twin/unit_foreign [net]") {
    TEST_CASE("an edge node that is not ours and tells another unit than the plant file is not believed") {
        const auto test = TestBroker::start();
        if (!test) return;
        auto node = ForeignNode::start(*test, "plant", "cell1");
        if (!node) return;
        TwinOptions options;
        options.broker = test->broker->url();
        const std::string j1 = "plant/cell1/robot/J1"; // in deg
        options.watched = declared({{j1, "rad"}, {"plant/cell1/robot/J2", "deg"}});
        const auto twin = Twin::start(options);
        REQUIRE(twin);
        check_units(**twin, j1, "\"deg\"", "\"rad\"");
    }

    TEST_CASE("an OPC UA server that is not ours and tells another unit than the plant file is not believed") {
        const Folder folder;
        auto server = ForeignServer::start(folder.path);
        if (!server) return;
        const std::string axis = "opcua:/Robot/Axes/Axis1/Position"; // in °
        const auto twin = watch_opcua(server->url("?security=none"),
                                      declared({{axis, "rad"}, {"opcua:/Robot/Axes/Axis2/Position", "deg"}}));
        check_units(*twin, axis, "\"°\"", "\"rad\"");
    }
}
