// SPDX-License-Identifier: Apache-2.0
// `plantwalk twin watch` as a user runs it: it comes and goes.
#include "app/publisher/publisher.h"
#include "base/file.h"
#include "tests/app/cell_plant.h"
#include "tests/app/program.h"
#include "tests/support/paths.h"
#include "tests/twin/net.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace pw;
using namespace pw::test;

TEST_SUITE("app/watch [net]") {
    TEST_CASE("it leaves nothing behind at the broker") {
        const auto test = TestBroker::start();
        if (!test) return;
        CHECK(plantwalk({"twin", "watch", "--seconds", "1", "--broker", test->broker->url()}).code == 0);
        MqttListener after(test->broker->url(), "#"); // hears first what the broker has kept
        CHECK(eventually([&] { return after.mqtt().publish({"now", "the end", 0, false}).has_value(); }));
        REQUIRE(eventually([&] { return after.heard_payload("the end"); }));
        for (const auto& message : after.heard()) CHECK_MESSAGE(message.topic == "now", message.topic);
    }

    TEST_CASE("it says that there is no broker, once") {
        const Finished done = plantwalk({"twin", "watch", "--seconds", "2", "--broker", "unix:///none/broker.sock"});
        CHECK(done.code == 0);
        const auto first = done.said.find("cannot be reached");
        REQUIRE_MESSAGE(first != std::string::npos, done.said);
        CHECK(done.said.find("cannot be reached", first + 1) == std::string::npos);
    }

    TEST_CASE("with a plant file it shows the machines as a table, and as JSON") {
        const auto test = TestBroker::start();
        if (!test) return;
        const auto machines = app::start_publishing(line_plant(), test->broker->url(), {.seed = 3});
        REQUIRE(machines);
        const std::string file = (source_dir() / "tests/data/publisher/line.json").string();
        const std::vector<std::string> watch{"twin",    "watch", "--broker",  test->broker->url(),
                                             "--plant", file,    "--seconds", "3"};
        const Finished table = plantwalk(watch);
        CHECK(table.code == 0);
        CHECK_MESSAGE(table.said.contains("\nFiller "), table.said);
        CHECK_MESSAGE(table.said.contains("SUSPENDED"), table.said);
        CHECK_FALSE(table.said.contains('\x1b')); // no terminal
        auto as_json = watch;
        as_json.emplace_back("--json");
        const Finished lines = plantwalk(as_json);
        CHECK(lines.code == 0);
        CHECK_MESSAGE(lines.said.contains(R"("Availability":)"), lines.said);
        CHECK(plantwalk({"twin", "watch", "--plant", "no.json", "--seconds", "1"}).code == 2);
    }

    TEST_CASE("it ends when its reader has gone") {
        const auto test = TestBroker::start();
        if (!test) return;
        const auto machines = app::start_publishing(cell_plant(), test->broker->url(), {.seed = 3});
        REQUIRE(machines);
        const std::string watch =
            (build_dir() / "bin/plantwalk").string() + " twin watch --broker " + test->broker->url();
        auto pipe = Process::start({"sh", "-c", watch + " | head -1"}, {.output_file = test->folder + "/line"});
        REQUIRE(pipe);
        CHECK(eventually([&] { return !pipe->running(); }, kPatience));
        CHECK(pipe->exit_code() == 0);
    }

    TEST_CASE("with --topics it shows what JSON topics say, each value under the name that a plant file would use") {
        const auto test = TestBroker::start();
        if (!test) return;
        MqttListener machine(test->broker->url(), "nothing");
        REQUIRE(machine.mqtt().publish({"acme/drive", R"({"timestamp":1795267800125,"a/b":{"value":5}})", 1, true}));
        const std::string watch = (build_dir() / "bin/plantwalk").string() +
                                  " twin watch --json --topics 'acme/#' --broker " + test->broker->url();
        const std::string file = test->folder + "/line";
        auto pipe = Process::start({"sh", "-c", watch + " | head -1"}, {.output_file = file});
        REQUIRE(pipe);
        REQUIRE(eventually([&] { return read_text(file).value_or("").ends_with('\n'); }, kPatience));
        CHECK(read_text(file) ==
              R"({"tag":"mqtt:acme/drive#/a~1b","value":5,"quality":"UNCERTAIN","time":"2026-11-21T13:30:00.125Z"})"
              "\n");
        // It ends when it finds its reader gone.
        CHECK(eventually(
            [&] {
                (void)machine.mqtt().publish({"acme/drive", "1", 0, false});
                return !pipe->running();
            },
            kPatience));
    }
}
