// SPDX-License-Identifier: Apache-2.0
// The twin as a client of OPC UA servers that are not ours (npm node-opcua): who is spoken to, what there is, and how
// servers go and come.
#include "base/file.h"
#include "base/format.h"
#include "tests/twin/listen.h"
#include "tests/twin/net.h"
#include "tests/twin/opcua_support.h"
#include "twin/opcua.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

namespace {

std::string type_tag(const char* name) { return formatted("opcua:nsu=urn:plantwalk:test:robot;s={}", name); }

} // namespace

TEST_SUITE("twin/opcua_life [net]") {
    TEST_CASE("a killed server makes its tags stale and comes back, also with other namespace indices") {
        const Folder folder;
        auto server = ForeignServer::start(folder.path);
        if (!server) return;
        const auto twin = watch_opcua(server->url("?security=none"), {{type_tag("Int16"), {}},
                                                                      {"opcua:/Robot/Axes/Axis1/Position", 0.5},
                                                                      {"opcua:ns=2;s=Double", {}},
                                                                      {"opcua:/Robot/Later", {}}});
        const auto tag = [&](std::size_t i) -> const TagState& { return twin->snapshot().tags[i]; };
        REQUIRE(sees(*twin, [&](const TwinSnapshot&) {
            return tag(0).change > 0 && tag(1).change > 2 && tag(2).quality == Quality::Good;
        }));
        const std::uint16_t port = server->port;
        server->process.kill();
        CHECK(sees(*twin, [&](const TwinSnapshot& s) {
            return s.connection == Connection::Lost && tag(0).quality == Quality::Stale &&
                   tag(1).quality == Quality::Stale && tag(2).quality == Quality::Stale;
        }));
        CHECK(sees(*twin, [&](const TwinSnapshot& s) { return s.problem.contains(std::to_string(port)); }));
        REQUIRE(twin->write(type_tag("Int16"), std::int64_t{1}));
        std::optional<CommandOutcome> outcome;
        REQUIRE(eventually([&] { return (outcome = twin->next_outcome()).has_value(); }, kOpcUaPatience));
        CHECK(outcome->sent.error().code == Errc::Unavailable);
        const std::uint32_t before = tag(1).change;
        server = ForeignServer::start(folder.path, {"shifted"}, port);
        REQUIRE(server);
        CHECK(sees(*twin, [&](const TwinSnapshot&) {
            return tag(0).quality == Quality::Good && tag(1).quality == Quality::Good && tag(1).change > before + 3;
        }));
        CHECK(twin->snapshot().problem.empty());
        CHECK_MESSAGE(tag(2).quality == Quality::Stale, "an index means another namespace now");

        server->say("later");
        CHECK_MESSAGE(sees(*twin, [&](const TwinSnapshot&) { return to_number(tag(3).value) == 5.0; }),
                      "a variable that appears is found");
    }
}

TEST_SUITE("twin/opcua_nodes [net]") {
    TEST_CASE("a variable that goes and comes again while the server runs is found again, also under another node id") {
        const Folder folder;
        auto server = ForeignServer::start(folder.path);
        if (!server) return;
        server->say("later");
        const auto twin =
            watch_opcua(server->url("?security=none"), {{"opcua:/Robot/Later", {}}, {type_tag("Later"), {}}});
        const auto both = [&](Quality quality) {
            return sees(*twin, [&](const TwinSnapshot& s) {
                return s.tags[0].quality == quality && s.tags[1].quality == quality;
            });
        };
        REQUIRE(both(Quality::Good));
        server->say("gone Later");
        REQUIRE(both(Quality::Bad));
        server->say("later");
        CHECK(both(Quality::Good));
        server->say("gone Later");
        REQUIRE(both(Quality::Bad));
        server->say("later Again");
        CHECK(sees(*twin, [](const TwinSnapshot& s) { return s.tags[0].quality == Quality::Good; }));
        CHECK_MESSAGE(twin->snapshot().tags[1].quality == Quality::Bad, "nothing has that id");
        server->say("set Later 7");
        CHECK(sees(*twin, [](const TwinSnapshot& s) { return to_number(s.tags[0].value) == 7.0; }));
    }

    TEST_CASE("a value that cannot be read is left out and told once, and the others come") {
        const Folder folder;
        auto server = ForeignServer::start(folder.path);
        if (!server) return;
        const auto twin =
            watch_opcua(server->url("?security=none"),
                        {{"opcua:/Robot/Axes/Axis1/Position", 0.5}, {type_tag("Matrix"), {}}, {type_tag("Int16"), {}}});
        REQUIRE(sees(*twin, [](const TwinSnapshot& s) { return s.tags[1].change > 0 && s.tags[2].change > 0; }));
        (void)events_of(*twin);
        server->say("hollow Matrix");
        REQUIRE(sees(*twin, [](const TwinSnapshot& s) { return s.tags[1].quality == Quality::Stale; }));
        const std::uint32_t before = twin->snapshot().tags[0].change;
        CHECK(sees(*twin, [&](const TwinSnapshot& s) {
            return s.tags[0].change > before + 3 && s.tags[2].quality == Quality::Good;
        }));
        CHECK(twin->snapshot().problem.empty());
        CHECK(twin->snapshot().tags[1].quality == Quality::Stale);
        std::string told, why;
        for (const TwinEvent& event : events_of(*twin)) {
            if (event.who == type_tag("Matrix")) told += event.what + "\n";
            why += event.what + "\n";
        }
        CHECK_MESSAGE(told == "its value cannot be read (BadDecodingError) and is left out\n", told);
        CHECK_MESSAGE(why.contains("a message of the server cannot be read"), why);
    }
}

TEST_SUITE("twin/opcua_reach [net]") {
    TEST_CASE("a server is reached by every address that leads to it, open and in cipher") {
        const Folder folder, user;
        const std::uint16_t tunnel = free_tcp_port().value_or(0);
        REQUIRE(tunnel != 0);
        auto server = ForeignServer::start(folder.path, {formatted("forward={}", tunnel)});
        if (!server) return;
        give_key(user.path);
        server->trusted_by(user.path);
        server->say("trust " + join_path(user.path, "own/certificate.der"));
        for (const std::string& address :
             {formatted("opc.tcp://127.0.0.1:{}", tunnel), formatted("opc.tcp://localhost:{}", server->port),
              formatted("opc.tcp://127.0.0.2:{}/some/path", server->port)}) {
            for (const char* query : {"?security=none", ""}) {
                TwinOptions options;
                options.broker = address + query;
                options.watched = {{"opcua:/Robot/Axes/Axis1/Position", 0.5}};
                options.opcua_folder = user.path;
                const auto twin = Twin::start(options);
                REQUIRE(twin);
                const bool reached = sees(**twin, [](const TwinSnapshot& s) { return s.tags[0].change > 1; });
                CHECK_MESSAGE(reached, options.broker, ": ", (*twin)->snapshot().problem);
            }
        }
    }

    TEST_CASE("where nobody is, the host is what is named") {
        const auto unknown = watch_opcua("opc.tcp://nobody.invalid", {});
        CHECK(sees(*unknown, [](const TwinSnapshot& s) { return s.problem.contains("host is not known"); }));
        const auto closed = watch_opcua("opc.tcp://127.0.0.1:1", {});
        CHECK(sees(*closed, [](const TwinSnapshot& s) { return s.problem.contains("nobody answers there"); }));
    }
}

TEST_SUITE("twin/opcua_security [net]") {
    TEST_CASE("a server is refused until it is trusted, and then spoken to in cipher, with a user") {
        const Folder folder, user;
        auto server = ForeignServer::start(folder.path, {"users"});
        if (!server) return;
        give_key(user.path);
        TwinOptions options;
        options.broker = server->url();
        options.watched = {{"opcua:/Robot/Axes/Axis2/Position", {}}};
        options.opcua_folder = user.path;
        options.opcua_user = "anna";
        options.opcua_password = "secret";
        auto twin = Twin::start(options);
        REQUIRE(twin);
        REQUIRE(sees(**twin, [](const TwinSnapshot& s) { return s.problem.contains("thumbprint"); }));
        CHECK((*twin)->snapshot().problem.contains("urn:plantwalk:test:server"));
        CHECK((*twin)->snapshot().problem.contains(join_path(user.path, "trusted")));
        const auto rejected = list_folder(join_path(user.path, "rejected"));
        REQUIRE(rejected);
        REQUIRE(rejected->size() == 1);
        CHECK((*twin)->snapshot().problem.contains(rejected->front()));
        const auto shown = read_file(join_path(user.path, "rejected/" + rejected->front()));
        REQUIRE(shown);
        REQUIRE(write_file(join_path(user.path, "trusted/server.der"), *shown));

        // The server does not know us either.
        REQUIRE(sees(**twin, [](const TwinSnapshot& s) { return s.problem.contains("own/certificate.der"); }));
        server->say("trust " + join_path(user.path, "own/certificate.der"));
        REQUIRE_MESSAGE(sees(**twin, [](const TwinSnapshot& s) { return s.tags[0].change > 2; }),
                        (*twin)->snapshot().problem);
        CHECK((*twin)->snapshot().problem.empty());

        options.opcua_password = "wrong";
        twin = Twin::start(options);
        REQUIRE(twin);
        CHECK(sees(**twin, [](const TwinSnapshot& s) { return s.problem.contains("user"); }));
        CHECK(!(*twin)->snapshot().problem.contains("wrong"));
        CHECK((*twin)->snapshot().tags[0].change == 0);
        options.broker = server->url("?security=none");
        twin = Twin::start(options);
        REQUIRE(twin);
        CHECK(sees(**twin, [](const TwinSnapshot& s) { return s.problem.contains("password is not sent"); }));
    }

    TEST_CASE("a connection that breaks before we have said who we are blames nobody's trust") {
        const Folder folder, user;
        const std::uint16_t cut = free_tcp_port().value_or(0);
        REQUIRE(cut != 0);
        auto server = ForeignServer::start(folder.path, {formatted("cut={}", cut)});
        if (!server) return;
        give_key(user.path);
        server->trusted_by(user.path);
        TwinOptions options;
        options.broker = formatted("opc.tcp://127.0.0.1:{}", cut);
        options.opcua_folder = user.path;
        const auto twin = Twin::start(options);
        REQUIRE(twin);
        REQUIRE(sees(**twin, [](const TwinSnapshot& s) { return s.problem.contains("no session"); }));
        CHECK_MESSAGE(!(*twin)->snapshot().problem.contains("operator"), (*twin)->snapshot().problem);
    }

    TEST_CASE("a server without encryption is refused, and served where that is asked for") {
        const Folder folder;
        auto server = ForeignServer::start(folder.path, {"none"});
        if (!server) return;
        const auto safe = watch_opcua(server->url(), {{"opcua:/Robot/Axes/Axis1/Position", {}}});
        CHECK(sees(*safe, [](const TwinSnapshot& s) { return s.problem.contains("security=none"); }));
        CHECK(safe->snapshot().tags[0].change == 0);
    }
}

TEST_SUITE("twin/opcua_browse [net]") {
    TEST_CASE("every variable is watched, under names that a plant file can use; a broker feeds the same store") {
        const Folder folder;
        auto server = ForeignServer::start(folder.path, {"many=500"});
        if (!server) return;
        const auto broker = TestBroker::start();
        if (!broker) return;
        auto node = ForeignNode::start(*broker, "plant", "cell1");
        if (!node) return;
        TwinOptions options;
        options.broker = broker->broker->url() + "," + server->url("?security=none");
        options.opcua_all = true;
        options.watched = {{"plant/cell1/robot/J1", {}}};
        Guarded<std::vector<std::string>> names;
        OnWord collect([&](const Heard& heard) {
            auto list = names.lock();
            if (!std::ranges::contains(*list, heard.name)) list->push_back(heard.name);
        });
        options.listeners = {&collect};
        const auto watching = Twin::start(options);
        REQUIRE(watching);
        for (const std::string name : {"opcua:/Robot/Axes/Axis6/Position", "opcua:/Types/a&/b&&c", "opcua:/Many/m499",
                                       "opcua:nsu=urn:plantwalk:test:robot;s=Twin2", "plant/cell1/robot/J1"})
            CHECK_MESSAGE(eventually([&] { return std::ranges::contains(*names.lock(), name); }, kOpcUaPatience), name);
        auto list = names.lock();
        for (const std::string& name : *list) {
            CHECK_MESSAGE(!name.contains("EngineeringUnits"), name);
            CHECK_MESSAGE(!name.contains("ServerStatus"), name);
            if (is_opcua_source(name)) CHECK_MESSAGE(parse_opcua_source(name), name);
        }
    }

    TEST_CASE("methods are listed with their arguments") {
        const Folder folder;
        auto server = ForeignServer::start(folder.path);
        if (!server) return;
        TwinOptions options;
        options.broker = server->url("?security=none&name=press");
        const auto methods = list_opcua_methods(options);
        REQUIRE_MESSAGE(methods, methods.error().what);
        CHECK(*methods == std::vector<std::string>{"opcua:press:/Robot/Home(speed: Double) → (done: Boolean)"});
        options.broker = server->url();
        options.opcua_folder = own_opcua_folder();
        CHECK_MESSAGE(!list_opcua_methods(options), "nobody trusts it");
    }
}

TEST_SUITE("twin/opcua_many [net]") {
    TEST_CASE("500 values that change every 50 ms all come") {
        const Folder folder;
        auto server = ForeignServer::start(folder.path, {"many=500"});
        if (!server) return;
        std::vector<WatchedTag> watched;
        for (int i = 0; i < 500; ++i) watched.push_back({type_tag(formatted("m{}", i).c_str()), 0.1});
        const auto twin = watch_opcua(server->url("?security=none"), watched);
        const Time begin = system_clock().now();
        REQUIRE(sees(*twin, [](const TwinSnapshot& s) {
            return std::ranges::all_of(s.tags, [](const TagState& tag) { return tag.change > 20; });
        }));
        const double seconds = (system_clock().now() - begin).seconds();
        MESSAGE("metrics a second: ", static_cast<double>(twin->snapshot().metrics) / seconds);
    }
}

// Node.js reads three nodesets of XML: a minute on a busy machine.
TEST_SUITE("twin/opcua_robot [net] [slow]") {
    TEST_CASE("the axes of a robot as its companion specification has it are bound by their browse paths") {
        const Folder folder;
        auto server = ForeignServer::start(folder.path, {}, 0, "opcua_robot.cjs");
        if (!server) return;
        std::vector<WatchedTag> watched;
        for (int axis = 1; axis <= 4; ++axis)
            watched.push_back({formatted("opcua:/DeviceSet/Palletiser/MotionDevices/Arm/Axes/Axis_{}/ParameterSet/"
                                         "ActualPosition",
                                         axis),
                               0.2});
        watched.push_back({"opcua:/DeviceSet/Palletiser/MotionDevices/Arm/Manufacturer", {}});
        const auto twin = watch_opcua(server->url("?security=none"), watched);
        const auto tag = [&](std::size_t i) -> const TagState& { return twin->snapshot().tags[i]; };
        REQUIRE_MESSAGE(sees(*twin,
                             [&](const TwinSnapshot& s) {
                                 return std::ranges::all_of(s.tags.begin(), s.tags.begin() + 4,
                                                            [](const TagState& t) { return t.change > 5; });
                             }),
                        twin->snapshot().problem);
        for (std::size_t axis = 0; axis < 4; ++axis) {
            CHECK(tag(axis).quality == Quality::Good);
            CHECK(std::abs(to_number(tag(axis).value, 999.0)) <= 90.0);
            REQUIRE(tag(axis).facts);
            CHECK(tag(axis).facts->unit == "°");
        }
        CHECK(to_number(tag(0).value) != to_number(tag(1).value));
        CHECK(to_text(tag(4).value) == "Nobody");
        CHECK(events_of(*twin).size() == 1); // connected, and nothing is missing
    }
}
