// SPDX-License-Identifier: Apache-2.0
// What people do to alarms outlasts the visit, also one that is killed; a file that is not ours does not.
#include "app/alarm_keeper.h"
#include "base/file.h"
#include "base/local_socket.h"
#include "tests/app/bars.h"
#include "tests/app/visit.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

using namespace pw;
using namespace pw::test;

namespace {

std::string alarmed_plant() {
    std::string plant = bars_plant();
    const std::size_t tags = plant.find(R"("tags": [)"), end = plant.find("]", tags);
    plant.replace(tags, end + 1 - tags, R"("tags": [
{"id": "state", "source": "group/node/left/state", "role": "state"},
{"id": "jam", "source": "group/node/left/jam"}, {"id": "hot", "source": "group/node/left/hot"}],
"alarms": [{"id": "jam", "title": "Bottle jam", "priority": "high", "condition": {"tag": "jam", "when": "is"}},
{"id": "hot", "title": "Hot", "priority": "low", "condition": {"tag": "hot", "when": "high", "limit": 80}},
{"id": "idle", "title": "Idle", "priority": "low", "condition": {"tag": "jam", "when": "is"},
 "suppressed_by": {"alarm": "jam"}}])");
    return plant;
}

const LiveVisit::Values kJammed{{"state", std::string("HELD")}, {"jam", true}, {"hot", 90.0}};

struct Alarmed : LiveVisit {
    explicit Alarmed(const std::string& file) : LiveVisit(alarmed_plant()) { visit.options.alarms_file = file; }
    bool begin() { return LiveVisit::begin(xr::HostKind::Offscreen, kJammed); }
    bool list_says(const std::string& what) {
        const bool said = until([&] { return call("alarm.list").contains(what); });
        if (!said) MESSAGE("it says: ", call("alarm.list"));
        return said;
    }
    bool has_problem(const std::string& where, const std::string& what) {
        return until([&] {
            for (const auto& problem : visit.client->problems().list())
                if (problem.where == where && problem.what.contains(what)) return true;
            return false;
        });
    }
};

} // namespace

TEST_SUITE("app/alarms [net] [gpu]") {
    TEST_CASE("what is held back is listed with why, is put back from there, and the next visit knows it") {
        const TempFolder folder;
        const std::string file = folder / "state/alarms.json";
        {
            Alarmed first(file);
            if (!first.begin()) return;
            REQUIRE(first.list_says(
                R"("held_back":[{"alarm":"left.idle","title":"Idle","state":"SUPPRESSED_BY_DESIGN","because":"left.jam is there","condition":true}])"));
            first.call("alarm.shelve", R"({"alarm": "left.jam", "minutes": 60, "comment": "a part is on its way"})");
            first.call("alarm.out_of_service", R"({"alarm": "left.hot", "comment": "the sensor is broken"})");
            REQUIRE(first.list_says(R"("state":"SHELVED","because":"operator, a part is on its way","until":")"));
            REQUIRE(first.list_says(R"("state":"OUT_OF_SERVICE","because":"operator, the sensor is broken")"));
            REQUIRE(eventually([&] { return file_exists(file); }));
        }
        Alarmed second(file);
        if (!second.begin()) return;
        CHECK(second.list_says(R"("state":"SHELVED","because":"operator, a part is on its way","until":")"));
        CHECK(second.list_says(R"("state":"OUT_OF_SERVICE","because":"operator, the sensor is broken")"));
        for (const auto& problem : second.visit.client->problems().list()) CHECK_FALSE(problem.where.starts_with(file));
        second.call("alarm.unshelve", R"({"alarm": "left.jam"})");
        second.call("alarm.in_service", R"({"alarm": "left.hot"})");
        CHECK(second.list_says(R"("listed":2)"));
    }

    TEST_CASE("what is done to an alarm is undone as the table of actions says") {
        Alarmed visit("");
        if (!visit.begin()) return;
        const std::string listed = R"("listed":2)";
        struct There {
            const char* id;
            std::string arguments, state;
            const char* back;
        };
        for (const auto& [id, arguments, state, back] :
             {There{"alarm.shelve", R"({"alarm":"left.jam","minutes":5,"comment":"x"})", R"("state":"SHELVED")",
                    R"({"alarm":"left.jam"})"},
              There{"alarm.out_of_service", R"({"alarm":"left.hot","comment":"x"})", R"("state":"OUT_OF_SERVICE")",
                    R"({"alarm":"left.hot"})"}}) {
            CAPTURE(id);
            const std::string undo = visit.visit.client->actions().find(id)->undo;
            REQUIRE(visit.list_says(listed));
            CHECK(visit.call(id, arguments) == "true");
            CHECK(visit.list_says(state));
            CHECK(visit.call(undo, back) == "true");
            CHECK(visit.list_says(listed));
            CHECK(visit.visit.client->actions().find(undo)->undo == id);
        }
        const std::string way_undo = visit.visit.client->actions().find("alarm.find")->undo;
        CHECK(visit.call("alarm.find", R"({"alarm":"left.jam"})") == "true");
        CHECK(visit.visit.client->state().layers.way.valid());
        CHECK(visit.call(way_undo) == "true");
        CHECK_FALSE(visit.visit.client->state().layers.way.valid());
    }

    TEST_CASE("a file that is damaged or not ours is refused with its place, and stays as it is") {
        const TempFolder folder;
        const std::string file = folder / "alarms.json";
        for (const auto& [text, why] :
             {std::pair("{\"format\": \"plantwalk-alarms\", ", "from byte 32 on"),
              {"{\"name\": \"my notes\"}", "these are no saved alarms"},
              {R"({"format": "plantwalk-alarms", "version": 1, "alarms": 3})", "the saved alarms have no list"}}) {
            REQUIRE(write_text(file, text));
            Alarmed visit(file);
            if (!visit.begin()) return;
            CHECK(visit.has_problem(file, why));
            visit.call("alarm.shelve", R"({"alarm": "left.jam", "minutes": 60, "comment": "x"})");
            REQUIRE(visit.list_says(R"("state":"SHELVED")"));
            visit.visit.client.reset();
            CHECK(read_text(file) == text);
        }
    }

    TEST_CASE("who handles an alarm from outside is answered once it was handled, and told why it was refused") {
        const TempFolder folder;
        Alarmed visit(folder / "alarms.json");
        visit.visit.options.control_socket = folder / "s";
        if (!visit.begin()) return;
        REQUIRE(visit.list_says(R"("state":"UNACKNOWLEDGED")"));
        std::vector<std::string> answers;
        std::atomic<bool> done{false};
        const std::jthread asker([&] {
            for (int i = 0; i < 2; ++i)
                answers.push_back(
                    local_request(folder / "s", R"({"action":"alarm.acknowledge","arguments":{"alarm":"left.jam"}})")
                        .value_or("no answer"));
            done = true;
        });
        REQUIRE(visit.until([&] { return done.load(); }));
        CHECK(answers[0] == R"({"ok":true,"result":true})");
        CHECK_MESSAGE(answers[1].starts_with(R"({"ok":false,"error":")"), answers[1]);
    }

    TEST_CASE("an alarm that the plant no longer has, or that is none, is told, and the others are restored") {
        const TempFolder folder;
        const std::string file = folder / "alarms.json";
        REQUIRE(write_text(file, R"({"format": "plantwalk-alarms", "version": 1, "alarms": [
{"alarm": "left.gone", "condition": true}, {"alarm": "left.jam", "since_ms": "now"},
{"alarm": "left.hot", "condition": true, "out_of_service": true, "who": "Ada", "comment": "broken"}]})"));
        Alarmed visit(file);
        if (!visit.begin()) return;
        CHECK(visit.has_problem(file + ": /alarms/0", "the plant has no such alarm any more"));
        CHECK(visit.has_problem(file + ": /alarms/1", "is not of the form"));
        CHECK(visit.list_says(R"("because":"Ada, broken")"));
    }

    TEST_CASE("a visit that is killed has lost nothing that is a second old; another plant file has its own") {
        const auto broker = TestBroker::start();
        if (!broker) return;
        const TempFolder folder;
        REQUIRE(write_text(folder / "bars.gltf", two_bars("bar")));
        REQUIRE(write_text(folder / "plant.json", alarmed_plant()));
        const std::vector<std::string> run{"run",      folder / "plant.json", "--host", "offscreen",
                                           "--broker", broker->broker->url()};
        const auto listed = [](Program& program, const std::string& what) {
            return eventually(
                [&] { return program.ask({"alarm.list"}).dump().contains(what) || !program.process().running(); },
                kPatience);
        };
        {
            Program program(folder, run);
            REQUIRE(listed(program, "held_back"));
            REQUIRE(eventually([&] {
                return program.ask({"alarm.out_of_service", "alarm=left.hot", "comment=broken"})["ok"] == true;
            }));
            REQUIRE(listed(program, "operator, broken"));
            // The clock that the promise is made of: it runs on its own.
            const Time asked = system_clock().now();
            REQUIRE(eventually([&] { return (system_clock().now() - asked).seconds() >= 1.0; }));
            program.process().kill();
            program.process().wait();
        }
        Program again(folder, run);
        CHECK(listed(again, "operator, broken"));
        CHECK(app::alarms_file(folder / "plant.json") != app::alarms_file(folder / "other/plant.json"));
    }
}
