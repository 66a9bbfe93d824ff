// SPDX-License-Identifier: Apache-2.0
// The twin as a client of an OPC UA server that is not ours (npm node-opcua).
#include "base/file.h"
#include "base/json.h"
#include "plant/plant.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/twin/listen.h"
#include "tests/twin/net.h"
#include "twin/opcua_address.h"
#include "twin/opcua_trust.h"
#include "twin/twin.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <format>

using namespace pw;
using namespace pw::test;
using namespace pw::twin;

namespace {

constexpr Duration kPatience = from_ms(120'000); // Node.js loads 1,500 files, and others work here too

struct Folder {
    std::string path;
    Folder() {
        const auto made = make_temp_folder("pw-opcua");
        REQUIRE(made);
        path = *made;
    }
    ~Folder() { remove_folder(path); }
};

// Our key takes seconds to make: one for all tests of this program.
const std::string& own_folder() {
    static const Folder folder;
    return folder.path;
}

// A user's folder with that key.
void give_key(const std::string& folder) {
    OpcUaTrust made(own_folder());
    REQUIRE(made.own());
    REQUIRE(make_folders(join_path(folder, "own")));
    for (const char* name : {"key.der", "certificate.der", "uri.txt"}) {
        const std::string file = std::format("own/{}", name);
        const auto bytes = read_file(join_path(own_folder(), file));
        REQUIRE(bytes);
        REQUIRE(write_private_file(join_path(folder, file), *bytes));
    }
}

// tests/twin/foreign/opcua_server.cjs; empty after skip() when Node.js or its modules are missing.
struct ForeignServer {
    std::string folder, log;
    std::uint16_t port = 0;
    Process process;

    static std::optional<ForeignServer> start(const std::string& folder, std::vector<std::string> words = {},
                                              std::uint16_t port = 0) {
        const char* modules = std::getenv("NODE_PATH");
        if (modules == nullptr || !is_folder(join_path(modules, "node-opcua"))) {
            skip("npm node-opcua is not in $NODE_PATH");
            return std::nullopt;
        }
        if (port == 0) port = free_tcp_port().value_or(0);
        static int count = 0;
        ForeignServer out{folder, std::format("{}/server-{}.log", folder, ++count), port, {}};
        std::vector<std::string> arguments{"node", (source_dir() / "tests/twin/foreign/opcua_server.cjs").string(),
                                           std::to_string(port), folder};
        arguments.insert(arguments.end(), words.begin(), words.end());
        auto process = Process::start(arguments, {.output_file = out.log, .pipe_input = true});
        if (!process) {
            skip(process.error().what);
            return std::nullopt;
        }
        out.process = std::move(*process);
        const auto began = [&] { return out.said("ready") || !out.process.running(); };
        REQUIRE(eventually(began, kPatience));
        REQUIRE_MESSAGE(out.said("ready"), read_text(out.log).value_or("it says nothing"));
        return out;
    }
    bool said(const std::string& line) const { return read_text(log).value_or("").contains(line + "\n"); }
    void say(const std::string& line) {
        REQUIRE(process.write(as_bytes(line + "\n")));
        REQUIRE_MESSAGE(eventually([&] { return said("done " + line); }, kPatience), read_text(log).value_or(""));
    }
    std::string url(const std::string& query = "") const {
        return std::format("opc.tcp://127.0.0.1:{}{}", port, query);
    }
};

std::unique_ptr<Twin> start(const std::string& broker, std::vector<WatchedTag> watched,
                            const std::string& folder = "") {
    TwinOptions options;
    options.broker = broker;
    options.watched = std::move(watched);
    options.opcua_folder = folder.empty() ? own_folder() : folder;
    auto twin = Twin::start(options);
    REQUIRE_MESSAGE(twin, twin.error().what);
    return std::move(*twin);
}

bool sees(Twin& twin, const std::function<bool(const TwinSnapshot&)>& holds) {
    return eventually_sees(twin, holds, kPatience);
}

std::vector<TwinEvent> events(Twin& twin) {
    std::vector<TwinEvent> out;
    while (auto event = twin.next_event()) out.push_back(std::move(*event));
    return out;
}

Result<void> outcome(Twin& twin, const std::string& tag, const Value& value) {
    REQUIRE(twin.write(tag, value));
    std::optional<CommandOutcome> out;
    REQUIRE(eventually([&] { return (out = twin.next_outcome()).has_value(); }, kPatience));
    return out->sent;
}

bool plant_takes(const std::string& source) {
    Reports problems;
    return plant::parse_plant(
               std::format(
                   R"({{"format": "plantwalk-plant", "version": 1, "name": "p", "equipment": [{{"id": "e", "level": "unit",
        "tags": [{{"id": "t", "source": {}}}]}}]}})",
                   json_quote(source)),
               "plant.json", problems)
        .has_value();
}

std::string type_tag(const char* name) { return std::format("opcua:nsu=urn:plantwalk:test:robot;s={}", name); }

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
              "opcua:g=1",      "opcua:x=1",   "opcua:b=#",  "opcua:two words:/a", "a/b/c/d"}) {
            CHECK_MESSAGE(!parse_opcua_source(bad), bad);
            const bool beyond_a_pattern =
                std::string_view(bad).contains("65536") || std::string_view(bad).contains("4294967296");
            CHECK_MESSAGE((plant_takes(bad) == beyond_a_pattern || bad[0] == 'a'), std::string(bad));
        }
        CHECK(!parse_opcua_source("opcua:/" + std::string(2000, 'a')));
        std::string deep = "opcua:";
        for (int i = 0; i < 40; ++i) deep += "/a";
        CHECK(!parse_opcua_source(deep));
        for (const std::string good :
             {"opcua:/a", "opcua:/a&&/&/b/c d:e", "opcua:s1:/a", "opcua:ns=1;s=/a//b&c",
              "opcua:press:nsu=urn:x:y;g=72962B91-FA75-4AE6-8D28-B404DC7DAF63", "opcua:b=AA=="}) {
            CHECK_MESSAGE(parse_opcua_source(good), good);
            CHECK_MESSAGE(plant_takes(good), good);
        }
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

TEST_SUITE("twin/opcua_trust [slow]") {
    TEST_CASE("our key is made once, for our eyes only, and nobody is trusted without a word") {
        const std::string& folder = own_folder();
        OpcUaTrust first(folder);
        const auto own = first.own();
        REQUIRE(own);
        struct stat info{};
        REQUIRE(::stat(join_path(folder, "own/key.der").c_str(), &info) == 0);
        CHECK((info.st_mode & 0777) == 0600);
        OpcUaTrust second(folder);
        CHECK(second.own()->certificate == own->certificate);

        Folder user;
        give_key(user.path);
        OpcUaTrust trust(user.path);
        const Result<void> unknown = trust.check(own->certificate, own->uri); // any certificate will do
        REQUIRE(!unknown);
        CHECK(unknown.error().code == Errc::Refused);
        const auto rejected = list_folder(join_path(user.path, "rejected"));
        REQUIRE(rejected);
        REQUIRE(rejected->size() == 1);
        CHECK(unknown.error().what.contains("thumbprint " + rejected->front().substr(0, 40)));
        CHECK(unknown.error().what.contains(join_path(user.path, "trusted")));

        REQUIRE(write_file(join_path(user.path, "trusted/it.der"), own->certificate));
        CHECK(trust.check(own->certificate, own->uri));
        CHECK_MESSAGE(!trust.check(own->certificate, "urn:somebody:else"), "it is not the application it says it is");
        const std::byte nothing[] = {std::byte{1}, std::byte{2}};
        CHECK(!trust.check(nothing, "urn:x"));
        CHECK(!trust.check({}, "urn:x"));
        REQUIRE(write_text(join_path(user.path, "trusted/note.txt"), "no certificate"));
        CHECK_MESSAGE(!trust.check(own->certificate, own->uri), "a folder with rubbish in it trusts nobody");
    }
}

TEST_SUITE("twin/opcua [net]") {
    TEST_CASE("values of every type, codes, units, events and writes, and a killed server that comes back") {
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
                          unknown = add(type_tag("Unknown")), later = add("opcua:/Robot/Later"),
                          fixed = add(type_tag("ReadOnly")), other = add("opcua:press:/A");
        const auto twin = start(server->url("?security=none"), watched);
        REQUIRE_MESSAGE(sees(*twin,
                             [&](const TwinSnapshot& s) {
                                 return s.tags[axis].change > 2 && s.tags[fixed].change > 0 &&
                                        s.tags[structure].change > 0;
                             }),
                        twin->snapshot().problem);
        const auto& tags = twin->snapshot().tags;
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
        for (const std::size_t missing : {nowhere, twice, unknown, later, other}) CHECK(tags[missing].change == 0);
        unsigned told = 0;
        for (const TwinEvent& event : events(*twin)) {
            told += event.kind == TwinEventKind::Malformed && event.what.size() > 10;
            if (event.who == watched[twice].source) CHECK(event.what.contains("several"));
        }
        CHECK(told == 5);

        server->say("bad Double");
        CHECK(sees(*twin, [](const TwinSnapshot& s) { return s.tags[10].quality == Quality::Bad; }));
        server->say("uncertain Double");
        CHECK(sees(*twin, [](const TwinSnapshot& s) { return s.tags[10].quality == Quality::Uncertain; }));
        CHECK(to_number(tags[10].value) == 0.1);
        server->say("good Double");
        CHECK(sees(*twin, [](const TwinSnapshot& s) { return s.tags[10].quality == Quality::Good; }));

        server->say("event 700 hot bearing");
        bool heard = false;
        CHECK(eventually(
            [&] {
                for (const TwinEvent& e : events(*twin))
                    heard |= e.kind == TwinEventKind::Message && e.what == "hot bearing" && e.severity == 700 &&
                             e.who == "Robot";
                return heard;
            },
            kPatience));

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

        server->say("later");
        CHECK_MESSAGE(sees(*twin, [&](const TwinSnapshot& s) { return to_number(s.tags[later].value) == 5.0; }),
                      "a variable that appears is found");

        const std::uint16_t port = server->port;
        server->process.kill();
        CHECK(sees(*twin, [&](const TwinSnapshot& s) {
            return s.connection == Connection::Lost && s.tags[0].quality == Quality::Stale &&
                   s.tags[axis].quality == Quality::Stale;
        }));
        CHECK(sees(*twin, [&](const TwinSnapshot& s) { return s.problem.contains(std::to_string(port)); }));
        CHECK(outcome(*twin, type_tag("Int16"), std::int64_t{1}).error().code == Errc::Unavailable);
        const std::uint32_t before = tags[axis].change;
        server = ForeignServer::start(folder.path, {}, port);
        REQUIRE(server);
        CHECK(sees(*twin, [&](const TwinSnapshot& s) {
            return s.tags[0].quality == Quality::Good && s.tags[axis].quality == Quality::Good &&
                   s.tags[axis].change > before + 3;
        }));
        CHECK(twin->snapshot().problem.empty());
    }

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

    TEST_CASE("a server without encryption is refused, and served where that is asked for") {
        const Folder folder;
        auto server = ForeignServer::start(folder.path, {"none"});
        if (!server) return;
        const auto safe = start(server->url(), {{"opcua:/Robot/Axes/Axis1/Position", {}}});
        CHECK(sees(*safe, [](const TwinSnapshot& s) { return s.problem.contains("security=none"); }));
        CHECK(safe->snapshot().tags[0].change == 0);
    }

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
            CHECK_MESSAGE(eventually([&] { return std::ranges::contains(*names.lock(), name); }, kPatience), name);
        auto list = names.lock();
        for (const std::string& name : *list) {
            CHECK_MESSAGE(!name.contains("EngineeringUnits"), name);
            CHECK_MESSAGE(!name.contains("ServerStatus"), name);
            if (is_opcua_source(name)) CHECK_MESSAGE(parse_opcua_source(name), name);
        }
    }

    TEST_CASE("500 values that change every 50 ms all come") {
        const Folder folder;
        auto server = ForeignServer::start(folder.path, {"many=500"});
        if (!server) return;
        std::vector<WatchedTag> watched;
        for (int i = 0; i < 500; ++i) watched.push_back({type_tag(std::format("m{}", i).c_str()), 0.1});
        const auto twin = start(server->url("?security=none"), watched);
        const Time begin = system_clock().now();
        REQUIRE(sees(*twin, [](const TwinSnapshot& s) {
            return std::ranges::all_of(s.tags, [](const TagState& tag) { return tag.change > 20; });
        }));
        const double seconds = (system_clock().now() - begin).seconds();
        MESSAGE("metrics a second: ", static_cast<double>(twin->snapshot().metrics) / seconds);
    }
}
