// SPDX-License-Identifier: Apache-2.0
// How the demo ends: asked to, at any moment, or killed. Its broker, its headset, its film's encoder and its sockets go
// with it, and the next one is not disturbed.
#include "base/file.h"
#include "tests/app/program.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/twin/net.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

using namespace pw;
using namespace pw::test;

namespace {

bool can_demo(bool headset) {
    if (!find_program("mosquitto")) return skip("the MQTT broker Mosquitto is not installed"), false;
    if (headset && !find_program("monado-service")) return skip("monado-service is not installed"), false;
    return true;
}

struct Demo {
    Program program;
    std::string out;

    explicit Demo(const TempFolder& folder, const std::string& host = "offscreen")
        : program(folder, {"demo", "--plant", "cell", "--host", host, "--seconds", "600", "--out", folder / "out"}),
          out(folder / "out") {}
    void signal(int number) { ::kill(static_cast<pid_t>(program.process().pid()), number); }
    bool runs() {
        return program.says("drawing for") && program.eventually_status([](const auto& s) { return s["frames"] > 3; });
    }
};

bool all_end(const std::vector<std::int64_t>& processes) {
    return eventually([&] { return std::ranges::none_of(processes, is_alive); });
}

// After a signal: in bounded time, with code 0, and nothing is left.
void check_end(Demo& demo) {
    const auto children = demo.program.children();
    REQUIRE(eventually([&] { return !demo.program.process().running(); }, from_ms(20'000)));
    CHECK_MESSAGE(demo.program.process().exit_code() == 0, demo.program.said());
    CHECK(all_end(children));
    CHECK_FALSE(file_exists(demo.program.control_socket()));
    CHECK_FALSE(file_exists(demo.program.broker_socket()));
}

void check_summary(const Demo& demo) {
    const auto summary = nlohmann::json::parse(read_text(demo.out + "/summary.json").value_or(""), nullptr,
                                               /* allow_exceptions= */ false);
    REQUIRE(summary.is_object());
    for (const char* key : {"host", "frames", "machines", "tags", "messages", "frame_ms", "cpu_ms", "warnings"})
        CHECK_MESSAGE(summary.contains(key), key);
}

} // namespace

TEST_SUITE("app/end [net] [gpu]") {
    TEST_CASE("asked to end while it runs, the demo writes its summary and leaves nothing") {
        if (!can_demo(false)) return;
        for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
            CAPTURE(signal);
            const TempFolder folder;
            Demo demo(folder);
            REQUIRE(demo.program.says("picture 1:")); // by now ffmpeg runs too
            REQUIRE(demo.program.child("mosquitto") != 0);
            CHECK(eventually([&] { return demo.program.child("ffmpeg") != 0; }));
            demo.signal(signal);
            check_end(demo);
            check_summary(demo);
        }
    }

    TEST_CASE("asked to end while it starts or loads, it does") {
        if (!can_demo(false)) return;
        for (const char* moment : {"private MQTT broker", "loading the plant", "drawing for"}) {
            CAPTURE(moment);
            const TempFolder folder;
            Demo demo(folder);
            REQUIRE(demo.program.says(moment));
            demo.signal(SIGTERM);
            check_end(demo);
        }
    }

    TEST_CASE("asked to end while its broker is away, it does") {
        if (!can_demo(false)) return;
        const TempFolder folder;
        Demo demo(folder);
        REQUIRE(demo.runs());
        const std::int64_t broker = demo.program.child("mosquitto");
        REQUIRE(broker != 0);
        ::kill(static_cast<pid_t>(broker), SIGKILL);
        REQUIRE(demo.program.eventually_status([](const auto& s) { return s["connection"] == "lost"; }));
        std::filesystem::remove(demo.program.broker_socket()); // a broker that was killed cannot
        demo.signal(SIGTERM);
        check_end(demo);
        check_summary(demo);
    }
}

TEST_SUITE("app/killed [net] [gpu]") {
    TEST_CASE("a killed demo takes its broker along, and the next one starts over its sockets") {
        if (!can_demo(false)) return;
        const TempFolder folder;
        {
            Demo demo(folder);
            REQUIRE(demo.runs());
            const auto children = demo.program.children();
            REQUIRE(demo.program.child("mosquitto") != 0);
            demo.signal(SIGKILL);
            CHECK(demo.program.process().wait() == 128 + SIGKILL);
            CHECK(all_end(children));
            CHECK(file_exists(demo.program.control_socket())); // left behind
        }
        Demo next(folder);
        REQUIRE(next.runs()); // and answers at the same place
        next.signal(SIGTERM);
        check_end(next);
    }

    TEST_CASE("a second demo leaves the first one's sockets alone and says that it cannot be reached") {
        if (!can_demo(false)) return;
        const TempFolder folder;
        Demo first(folder);
        REQUIRE(first.runs());
        Demo second(folder);
        CHECK(second.program.says("plantwalk do: will not reach this program"));
        REQUIRE(second.program.says("drawing for"));
        CHECK(second.program.says("does not reach this Plantwalk"));
        CHECK_FALSE(second.program.said().contains("in another terminal: script/plantwalk do"));
        CHECK(first.program.says("in another terminal: script/plantwalk do"));
        CHECK(first.program.eventually_status([](const nlohmann::json& status) {
            return status.contains("shows") && status["shows"].get<std::string>().ends_with("plant.json");
        }));
        second.signal(SIGTERM);
        REQUIRE(second.program.process().wait() == 0);
        CHECK_FALSE(second.program.said().contains("twin watch")); // its broker has no address outside
        CHECK(first.program.status()["frames"] > 3);
        const auto watched = plantwalk(
            {"twin", "watch", "--json", "--seconds", "2", "--broker", "unix://" + first.program.broker_socket()});
        CHECK(watched.code == 0);
        CHECK(watched.said.contains(R"("tag":"Bottling/)"));
    }
}

TEST_SUITE("app/headset_end [net] [xr]") {
    TEST_CASE("the demo's simulated headset ends with it, and it is reached at the usual place meanwhile") {
        if (!can_demo(true)) return;
        const TempFolder folder;
        {
            Demo demo(folder, "headset");
            REQUIRE(demo.program.says("session state FOCUSED"));
            REQUIRE(demo.runs());
            REQUIRE(demo.program.child("monado-service") != 0);
            demo.signal(SIGINT);
            check_end(demo);
            check_summary(demo);
        }
        Demo killed(folder, "headset");
        REQUIRE(killed.program.says("session state FOCUSED"));
        const auto children = killed.program.children();
        REQUIRE(children.size() >= 2);
        killed.signal(SIGKILL);
        CHECK(all_end(children));
    }
}

TEST_SUITE("app/private_network [net] [gpu]") {
    TEST_CASE("a demo in a network of its own is reached from outside, by the words it prints") {
        if (!can_demo(false)) return;
        const TempFolder folder;
        const std::string enter = (source_dir() / "script/enter").string();
        REQUIRE(make_folders(folder / "run"));
        const Environment environment{{"XDG_RUNTIME_DIR", folder / "run"}, {"DISPLAY", ""}, {"WAYLAND_DISPLAY", ""}};
        auto demo = Process::start({enter, "--private-net", (build_dir() / "bin/plantwalk").string(), "demo", "--plant",
                                    "cell", "--host", "offscreen", "--seconds", "4", "--out", folder / "out"},
                                   {.environment = environment, .output_file = folder / "said"});
        REQUIRE(demo);
        const auto said = [&] { return read_text(folder / "said").value_or(""); };
        REQUIRE_MESSAGE(eventually([&] { return said().contains("drawing for"); }, kPatience), said());
        CHECK(eventually([&] { return plantwalk({"do", "app.status"}, environment).code == 0; }));
        const std::string url = "unix://" + (folder / "run/plantwalk/broker.sock");
        const auto watched = plantwalk({"twin", "watch", "--json", "--seconds", "1", "--broker", url});
        CHECK(watched.said.contains(R"("tag":"Bottling/)"));
        CHECK(demo->wait() == 0);
        CHECK_MESSAGE(said().contains("script/plantwalk twin watch --broker " + url + "\n"), said());
    }
}
