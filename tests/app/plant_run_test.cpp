// SPDX-License-Identifier: Apache-2.0
// `plantwalk plant run` as a user runs it, read and commanded by a host that is not ours; killed, and its broker
// killed.
#include "base/file.h"
#include "tests/app/program.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/twin/net.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::test;

namespace {

// A broker, the foreign host at it, and the line that is published there.
struct Line {
    TempFolder folder;
    std::unique_ptr<TestBroker> broker = TestBroker::start();
    Process host;
    std::optional<Program> program;

    bool start() {
        const char* modules = std::getenv("NODE_PATH");
        if (!broker) return false;
        if (modules == nullptr || !is_folder(join_path(modules, "sparkplug-payload")))
            return skip("npm sparkplug-payload is not in $NODE_PATH"), false;
        auto node = Process::start(
            {"node", (source_dir() / "tests/app/foreign/sparkplug_host.mjs").string(), broker->broker->url(), "Line"},
            {.output_file = folder / "host", .pipe_input = true});
        if (!node) return skip(node.error().what), false;
        host = std::move(*node);
        REQUIRE(hears("listening"));
        run();
        return true;
    }
    void run() {
        program.emplace(folder, std::vector<std::string>{"plant", "run",
                                                         (source_dir() / "tests/data/publisher/line.json").string(),
                                                         "--broker", broker->broker->url(), "--speed", "10"});
    }

    std::string heard() const { return "\n" + read_text(folder / "host").value_or(""); }
    std::size_t count(const std::string& line) const {
        const std::string text = heard();
        std::size_t count = 0;
        for (auto at = text.find("\n" + line); at != std::string::npos; at = text.find("\n" + line, at + 1)) ++count;
        return count;
    }
    // The beginning of a line, so many times.
    bool hears(const std::string& line, std::size_t times = 1) {
        const bool did = eventually([&] { return count(line) >= times; }, kPatience);
        if (!did) MESSAGE("the host has not heard: ", line, "; the program said: ", program ? program->said() : "");
        return did;
    }
    // The newest value of a metric.
    std::string value(const std::string& metric) const {
        const std::string text = heard();
        const std::string begin = "\n" + metric + " = ";
        const auto at = text.rfind(begin);
        if (at == std::string::npos) return {};
        const auto from = at + begin.size();
        return text.substr(from, text.find('\n', from) - from);
    }
    bool becomes(const std::string& metric, const std::string& wanted) {
        const bool did = eventually([&] { return value(metric) == wanted; }, kPatience);
        if (!did) MESSAGE(metric, " is ", value(metric), ", not ", wanted);
        return did;
    }
    void say(const std::string& line) { REQUIRE(host.write(as_bytes(line + "\n"))); }
    void command(const std::string& by, int number) {
        say("write " + by + " Filler Filler Command/CntrlCmd Int32 " + std::to_string(number));
    }
};

constexpr const char* kState = "Filler/Filler/Status/State";

} // namespace

TEST_SUITE("app/plant_run [net]") {
    TEST_CASE("a foreign host reads the machines, stops one and starts it again") {
        Line line;
        if (!line.start()) return;
        for (const char* node : {"nbirth Filler 0", "nbirth Packing 0", "nbirth Vehicles 0", "dbirth Filler Infeed"})
            REQUIRE(line.hears(node));
        REQUIRE(line.becomes(kState, "\"EXECUTE\""));
        REQUIRE(line.hears("Filler/Infeed/Items = ", 3));
        const auto items = nlohmann::json::parse(line.value("Filler/Infeed/Items"));
        CHECK(items["columns"] == nlohmann::json({"serial", "type", "place"}));
        CHECK(items["types"] == nlohmann::json({"Int64", "String", "Double"}));
        REQUIRE_FALSE(items["rows"].empty());
        CHECK(items["rows"][0][1] == "bottle");

        line.command("name", 3); // Stop
        REQUIRE(line.becomes(kState, "\"STOPPED\""));
        CHECK(line.becomes("Filler/Filler/Command/CntrlCmd", "3"));
        CHECK(line.becomes("Filler/Filler/Status/Moving", "false"));
        line.command("alias", 5); // Unhold: not in this state
        CHECK(eventually([&] { return line.value("Filler/Filler/Command/Refusal").size() > 2; }, kPatience));
        CHECK(line.program->says("Line/Filler/Filler/Command/CntrlCmd ← 5"));
        CHECK(line.value(kState) == "\"STOPPED\"");
        line.command("alias", 1); // Reset
        REQUIRE(line.becomes(kState, "\"IDLE\""));
        CHECK(line.becomes("Filler/Filler/Command/Refusal", "\"\""));
        line.say("write name Filler Filler Command/MachSpeed Double 50");
        REQUIRE(line.becomes("Filler/Filler/Status/Speed", "50"));
        line.command("alias", 2); // Start
        CHECK(line.becomes(kState, "\"EXECUTE\""));
        line.say("write name Filler Filler Nothing Int32 1");
        CHECK(line.program->says("DCMD/Filler/Filler: a command to a metric that is not there"));

        line.say("rebirth Filler");
        CHECK(line.hears("nbirth Filler 0", 2));
        line.program->process().stop(kPatience);
        CHECK(line.program->process().exit_code() == 0);
        CHECK(line.program->says("every node has said its death"));
        for (const char* node : {"ndeath Filler 0", "ndeath Packing 0", "ndeath Vehicles 0"}) CHECK(line.hears(node));
        CHECK(line.count("error") == 0);
    }

    TEST_CASE("killed, it is dead to all, and comes back with the next bdSeq, as it does after its broker's death") {
        Line line;
        if (!line.start()) return;
        REQUIRE(line.hears("nbirth Filler 0"));
        REQUIRE(line.program->says("3 of 3 nodes online"));
        line.program->process().kill();
        for (const char* node : {"ndeath Filler 0", "ndeath Packing 0", "ndeath Vehicles 0"}) CHECK(line.hears(node));
        line.run();
        for (const char* node : {"nbirth Filler 1", "nbirth Packing 1", "nbirth Vehicles 1"}) CHECK(line.hears(node));
        REQUIRE(line.program->says("3 of 3 nodes online"));

        const std::size_t births = line.count("nbirth Filler");
        line.broker->broker->kill();
        CHECK(line.program->says("0 of 3 nodes online"));
        REQUIRE(line.broker->broker->restart());
        CHECK(line.hears("nbirth Filler", births + 1));
        CHECK(line.count("nbirth Filler 0") == 1);
        CHECK(line.count("nbirth Filler 1") == 1);
    }

    TEST_CASE("it says what it cannot do") {
        const std::string cell = (source_dir() / "tests/data/publisher/line.json").string();
        const Finished bad = plantwalk({"plant", "run", cell, "--broker", "http://there"});
        CHECK(bad.code == 2);
        CHECK(bad.said.contains("http://there"));
        const Finished quiet =
            plantwalk({"plant", "run", (source_dir() / "tests/data/simulation/factory.json").string()});
        CHECK(quiet.code == 2);
        CHECK(quiet.said.contains("no tag has a \"simulated\" key"));
        const Finished fast = plantwalk({"plant", "run", cell, "--speed", "101"});
        CHECK(fast.code == 2);
    }
}
