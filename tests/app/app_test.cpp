// SPDX-License-Identifier: Apache-2.0
#include "app/client_actions.h"
#include "app/frame_stats.h"
#include "app/headset_walk.h"
#include "app/remote_control.h"
#include "app/settings.h"
#include "app/walker.h"
#include "base/file.h"
#include "base/process.h"
#include "tests/app/program.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <atomic>
#include <cmath>
#include <set>
#include <thread>

using namespace pw;
using namespace pw::app;
using pw::test::TempFolder;

TEST_SUITE("app/settings") {
    TEST_CASE("what is written reads back") {
        const TempFolder temp;
        Settings settings;
        settings.broker = "mqtt://plant \"7\":1883";
        settings.fov_y_deg = 72.25;
        settings.labels = false;
        settings.tier = "software";
        REQUIRE(write_settings(temp / "deep/settings.json", settings));
        Reports problems;
        CHECK(list_settings(read_settings(temp / "deep/settings.json", problems)) == list_settings(settings));
        CHECK(problems.empty());
    }

    TEST_CASE("a missing file means defaults, without a word") {
        Reports problems;
        CHECK(list_settings(read_settings("/no/such/settings.json", problems)) == list_settings(Settings{}));
        CHECK(problems.empty());
    }

    TEST_CASE("what is wrong is reported and stays at its default; the rest counts") {
        const TempFolder temp;
        REQUIRE(write_text(temp / "s",
                           R"({"fov_y_deg": 500, "tier": "best", "vsync": "maybe", "color": 1, "mirror": false})"));
        Reports problems;
        const Settings settings = read_settings(temp / "s", problems);
        CHECK(problems.list().size() == 4);
        CHECK(settings.fov_y_deg == Settings{}.fov_y_deg);
        CHECK(settings.tier == "auto");
        CHECK_FALSE(settings.mirror);
        REQUIRE(write_text(temp / "s", "{\"fov_y_deg\": 5"));
        Reports damaged;
        CHECK(list_settings(read_settings(temp / "s", damaged)) == list_settings(Settings{}));
        CHECK(damaged.list().size() == 1);
    }
}

TEST_SUITE("app/actions") {
    TEST_CASE("every action is whole, and a key belongs to one action") {
        work::ActionRegistry registry;
        add_client_actions(registry, nullptr); // asserts what a declaration needs
        std::set<std::string> keys;
        for (const auto& action : registry.list()) {
            const auto& key = action.fronts[static_cast<std::size_t>(work::Front::Key)];
            if (!key.offered) continue;
            CHECK_MESSAGE(keys.insert(key.how).second, key.how);
            CHECK_MESSAGE(action_key(action) != xr::Key::None, key.how);
        }
        CHECK(registry.list().size() >= 18);
    }

    TEST_CASE("an action's undo is an action, itself, or says why there is none") {
        work::ActionRegistry registry;
        add_client_actions(registry, nullptr);
        for (const auto& action : registry.list()) {
            const bool known =
                action.undo == "self" || action.undo.starts_with("none: ") || registry.find(action.undo) != nullptr;
            CHECK_MESSAGE(known, action.id);
        }
    }

    TEST_CASE("without a client a call is refused in words, and nonsense too") {
        work::ActionRegistry registry;
        add_client_actions(registry, nullptr);
        CHECK(carry_out(registry, R"({"action":"view.home"})") == R"({"ok":false,"error":"no client is running"})");
        for (const char* line : {"", "[]", "{", R"({"action":7})", R"({"action":"no.such"})",
                                 R"({"action":"view.select"})", R"({"action":"view.select","arguments":[1]})"}) {
            CHECK_MESSAGE(carry_out(registry, line).starts_with(R"({"ok":false,"error":")"), line);
        }
    }
}

TEST_SUITE("app/remote_control") {
    TEST_CASE("a request is carried out on the stepping thread and answered") {
        const TempFolder temp;
        work::ActionRegistry registry;
        std::thread::id ran_on;
        work::Action action;
        action.id = "test.add";
        action.title = "Add";
        action.help = "Adds.";
        action.undo = "none: a test";
        for (auto& front : action.fronts) front.reason = "a test";
        action.args = {{.name = "n", .title = "N", .kind = work::ArgKind::Number}};
        action.run = [&](const work::Args& args) -> Result<std::string> {
            ran_on = std::this_thread::get_id();
            return std::to_string(static_cast<int>(args.number("n")) + 1);
        };
        registry.add(std::move(action));
        const auto control = RemoteControl::start(temp / "s");
        REQUIRE(control);
        std::atomic<bool> done{false};
        Result<std::string> answer = fail(Errc::Unavailable, "");
        std::jthread asker([&] {
            answer = local_request(temp / "s", R"({"action":"test.add","arguments":{"n":41}})");
            done = true;
        });
        while (!done) {
            (*control)->step(registry);
            std::this_thread::yield();
        }
        REQUIRE(answer);
        CHECK(*answer == R"({"ok":true,"result":42})");
        CHECK(ran_on == std::this_thread::get_id());
    }
}

TEST_SUITE("app/walker") {
    TEST_CASE("look puts the eye there and the target ahead") {
        Walker walker;
        const DVec3 eye{3.0, 2.2, -1.0}, target{-1.0, 0.5, 4.0};
        walker.look(eye, target);
        const Pose pose = walker.world_from_eye();
        CHECK(glm::length(pose.position - eye) < 1e-9);
        const Vec3 ahead = pose.orientation * Vec3(0.f, 0.f, -1.f);
        CHECK(glm::length(ahead - Vec3(glm::normalize(target - eye))) < 1e-5f);
        CHECK(std::abs((pose.orientation * Vec3(1.f, 0.f, 0.f)).y) < 1e-6f); // level
    }

    TEST_CASE("W walks ahead at walking speed, level also when looking down, and nothing moves unasked") {
        Walker walker;
        Settings settings;
        walker.look({0.0, 1.65, 0.0}, {1.0, 0.0, 0.0});
        xr::DesktopState desktop;
        walker.step(desktop, settings, from_ms(1000));
        CHECK(glm::length(walker.world_from_eye().position - DVec3(0.0, 1.65, 0.0)) < 1e-9);
        desktop.down[static_cast<std::size_t>(xr::Key::W)] = true;
        for (int i = 0; i < 100; ++i) walker.step(desktop, settings, from_ms(10));
        CHECK(glm::length(walker.world_from_eye().position - DVec3(settings.walk_speed_m_s, 1.65, 0.0)) < 1e-5);
    }
}

TEST_SUITE("app/frame_stats") {
    TEST_CASE("median and p99 are of the frames between begins") {
        const auto jobs = make_jobs_inline();
        FrameStats stats(*jobs);
        Time now{0};
        for (int i = 0; i <= 200; ++i) {
            stats.begin_frame(now);
            now = now +
                  from_ms(i < 190 ? 10 : 50); // 190 intervals of 10 ms, 10 of 50 ms; the last one begun is never ended
        }
        CHECK(stats.frames() == 201);
        CHECK(stats.frame_ms().median == doctest::Approx(10.0));
        CHECK(stats.frame_ms().p99 == doctest::Approx(50.0));
        CHECK(stats.cpu_ms().median >= 0.0);
        stats.reset();
        CHECK(stats.frame_ms().median == 0.0);
    }
}

TEST_SUITE("app/headset_walk") {
    TEST_CASE("the scripted person moves evenly, stays near the start and clicks") {
        bool clicked = false, released = false;
        DVec3 last = scripted_person(0.0).stage_from_head.position;
        for (double s = 0.0; s < 60.0; s += 0.033) {
            const auto state = scripted_person(s);
            CHECK(glm::length(state.stage_from_head.position - last) < 0.03); // below 1 m/s
            CHECK(glm::length(DVec3(state.stage_from_head.position.x, 0, state.stage_from_head.position.z)) < 1.5);
            last = state.stage_from_head.position;
            (state.hands[1].trigger > 0.5f ? clicked : released) = true;
        }
        CHECK(clicked);
        CHECK(released);
    }
}
