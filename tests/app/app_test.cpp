// SPDX-License-Identifier: Apache-2.0
#include "app/client_actions.h"
#include "app/frame_stats.h"
#include "app/headset_walk.h"
#include "app/panels/words.h"
#include "app/pointing.h"
#include "app/problems.h"
#include "app/remote_control.h"
#include "app/settings.h"
#include "app/walker.h"
#include "base/file.h"
#include "base/process.h"
#include "tests/app/program.h"
#include "tests/support/paths.h"

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
    TEST_CASE("docs/settings.md has each setting, and says which wait for the next start") {
        const auto page = read_text(test::source_dir() / "docs/settings.md");
        REQUIRE(page);
        for (const auto& [name, value] : list_settings(Settings{})) {
            CAPTURE(name);
            const std::size_t row = page->find("| `" + name + "` |");
            REQUIRE(row != std::string::npos);
            const std::string_view line = std::string_view(*page).substr(row, page->find('\n', row) - row);
            CHECK(line.ends_with(is_for_next_start(name) ? "| at the next start |" : "| at once |"));
        }
    }

    TEST_CASE("what is written reads back, and nothing else of the file changes") {
        const TempFolder temp;
        const std::string file = temp / "deep/settings.json";
        const std::vector<std::pair<std::string, std::string>> changes{
            {"user", "Ann \"7\""}, {"fov_y_deg", "72."}, {"labels", "false"}, {"tier", "software"}};
        REQUIRE(write_settings(file, changes));
        Settings settings;
        for (const auto& [name, value] : changes) REQUIRE(set_setting(settings, name, value));
        Reports problems;
        CHECK(list_settings(read_settings(file, problems)) == list_settings(settings));
        CHECK(problems.empty());
        REQUIRE(write_text(file, R"({"of a newer version": [1, 2], "labels": false})"));
        REQUIRE(write_settings(file, changes));
        CHECK(read_text(file)->contains("of a newer version"));
        CHECK_FALSE(read_text(file)->contains("vsync"));
    }

    TEST_CASE("a damaged file is left for its owner to mend") {
        const TempFolder temp;
        REQUIRE(write_text(temp / "s", R"({"broker": "mqtt://precious:1883", )"));
        const std::vector<std::pair<std::string, std::string>> changes{{"labels", "false"}};
        const auto written = write_settings(temp / "s", changes);
        REQUIRE_FALSE(written);
        CHECK(written.error().what.contains(temp / "s"));
        CHECK(read_text(temp / "s")->contains("precious"));
    }

    TEST_CASE("a missing file means defaults, without a word") {
        Reports problems;
        CHECK(list_settings(read_settings("/no/such/settings.json", problems)) == list_settings(Settings{}));
        CHECK(problems.empty());
    }

    TEST_CASE("what is wrong is reported and stays at its default; the rest counts") {
        const TempFolder temp;
        REQUIRE(write_text(
            temp / "s",
            R"({"fov_y_deg": 500, "tier": "best", "vsync": "maybe", "color": 1, "mirror": false, "user": null})"));
        Reports problems;
        const Settings settings = read_settings(temp / "s", problems);
        CHECK(problems.list().size() == 5);
        CHECK(settings.user == Settings{}.user);
        CHECK(settings.fov_y_deg == Settings{}.fov_y_deg);
        CHECK(settings.tier == "auto");
        CHECK_FALSE(settings.mirror);
        REQUIRE(write_text(temp / "s", R"({"gpu": )" + std::string(200'000, '[') + std::string(200'000, ']') + "}"));
        Reports deep;
        CHECK(read_settings(temp / "s", deep).gpu.empty());
        CHECK(deep.list().size() == 1);
        REQUIRE(write_text(temp / "s", "{\"fov_y_deg\": 5"));
        Reports damaged;
        CHECK(list_settings(read_settings(temp / "s", damaged)) == list_settings(Settings{}));
        CHECK(damaged.list().size() == 1);
    }

    TEST_CASE("a broker that is no address, and a right that there is not, are refused") {
        Settings settings;
        for (const auto& [name, value] : {std::pair("broker", "nonsense"),
                                          {"broker", "mqtt://a,mqtt://b:x"},
                                          {"broker", "mqtt://user:pa%ss@a"},
                                          {"rights", "operat"}})
            CHECK(set_setting(settings, name, value).error().code == Errc::Malformed);
        CHECK(set_setting(settings, "broker", "mqtt://user:pa%ss@a")
                  .error()
                  .what.contains("no user stands in an address"));
        CHECK(set_setting(settings, "broker", "mqtt://a:1884,opc.tcp://b"));
        CHECK(set_setting(settings, "broker", ""));
        CHECK(set_setting(settings, "rights", "operate"));
    }

    TEST_CASE("a choice is one of those that there are, not two at once") {
        Settings settings;
        for (const char* value : {"right|left", "|", "", "both"}) {
            const auto done = set_setting(settings, "hand", value);
            REQUIRE_FALSE_MESSAGE(done, value);
            CHECK(done.error().what == "hand is one of right, left");
        }
        CHECK(set_setting(settings, "hand", "left"));
    }
}

TEST_SUITE("app/settings_keeper") {
    TEST_CASE("a file that a slip has made unreadable is not written over") {
        const TempFolder temp;
        const std::string slip = R"({"broker": "mqtt://plant-7", "walk_speed_m_s": 3.5,,})";
        REQUIRE(write_text(temp / "s", slip));
        const auto problems = std::make_shared<JobProblems>();
        {
            const auto jobs = make_jobs(1);
            SettingsKeeper keeper(temp / "s", problems);
            keeper.keep(*jobs, "labels", "false");
        }
        CHECK(*read_text(temp / "s") == slip);
        Problems told;
        problems->drain(told);
        REQUIRE(told.list().size() == 1);
        CHECK(told.list()[0].where == "s");
        CHECK(told.list()[0].what.starts_with(temp / "s"));
    }

    TEST_CASE("changes reach the file in their order, and nothing else of it changes") {
        const TempFolder temp;
        const std::string file = temp / "deep/settings.json";
        REQUIRE(make_folders(temp / "deep"));
        REQUIRE(write_text(file, R"({"walk_speed_m_s": 3.5})"));
        {
            const auto jobs = make_jobs(4);
            SettingsKeeper keeper(file, std::make_shared<JobProblems>());
            for (int i = 0; i < 50; ++i) keeper.keep(*jobs, "ui_scale", std::to_string(1.0 + 0.01 * i));
            keeper.keep(*jobs, "labels", "false");
        } // also what no job has come to
        Reports problems;
        const Settings kept = read_settings(file, problems);
        CHECK(problems.empty());
        CHECK(kept.ui_scale == doctest::Approx(1.49));
        CHECK_FALSE(kept.labels);
        CHECK(kept.walk_speed_m_s == 3.5);
        CHECK(is_for_next_start("ui_scale"));
        CHECK_FALSE(is_for_next_start("labels"));
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
        }
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

    TEST_CASE("what reaches machines or files is declared so, and what only looks is everybody's") {
        work::ActionRegistry registry;
        add_client_actions(registry, nullptr);
        const auto& rebirth = *registry.find("twin.rebirth");
        CHECK(rebirth.safety == work::Safety::Operate);
        CHECK(rebirth.scope == work::Scope::Shared);
        CHECK_FALSE(rebirth.right.empty());
        for (const char* id : {"settings.set", "view.photo", "app.quit"})
            CHECK_MESSAGE(registry.find(id)->safety == work::Safety::Edit, id);
        for (const auto& action : registry.list()) {
            const bool looks = action.safety == work::Safety::View;
            CHECK_MESSAGE((!looks || (action.right.empty() && action.scope == work::Scope::Private)), action.id);
            const auto& why = action.fronts[static_cast<std::size_t>(work::Front::Network)].reason;
            CHECK_MESSAGE((looks || !why.contains("sees")), action.id);
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

namespace {

work::Action add_one(std::function<void()> on_run) {
    work::Action action;
    action.id = "test.add";
    action.title = "Add";
    action.help = "Adds.";
    action.undo = "none: a test";
    for (auto& front : action.fronts) front.reason = "a test";
    action.args = {{.name = "n", .title = "N", .kind = work::ArgKind::Number}};
    action.run = [on_run = std::move(on_run)](const work::Args& args) -> Result<std::string> {
        on_run();
        return std::to_string(static_cast<int>(args.number("n")) + 1);
    };
    return action;
}

struct Asker { // asks on a thread of its own
    Result<std::string> answer = fail(Errc::Unavailable, "");
    std::atomic<bool> done{false};
    std::jthread thread;
    explicit Asker(const std::string& socket)
        : thread([this, socket] {
              answer = local_request(socket, R"({"action":"test.add","arguments":{"n":41}})");
              done = true;
          }) {}
};

} // namespace

TEST_SUITE("app/remote_control") {
    TEST_CASE("a request is carried out on the stepping thread and answered") {
        const TempFolder temp;
        work::ActionRegistry registry;
        std::thread::id ran_on;
        registry.add(add_one([&] { ran_on = std::this_thread::get_id(); }));
        const auto control = RemoteControl::start(temp / "s");
        REQUIRE(control);
        const Asker asker(temp / "s");
        while (!asker.done) {
            (*control)->step(registry, 0);
            std::this_thread::yield();
        }
        REQUIRE(asker.answer);
        CHECK(*asker.answer == R"({"ok":true,"result":42})");
        CHECK(ran_on == std::this_thread::get_id());
    }

    TEST_CASE("a request that was refused for want of an answer is not carried out later") {
        const TempFolder temp;
        work::ActionRegistry registry;
        int runs = 0;
        registry.add(add_one([&] { ++runs; }));
        const auto control = RemoteControl::start(temp / "s", from_ms(20));
        REQUIRE(control);
        Asker asker(temp / "s");
        asker.thread.join();
        REQUIRE(asker.answer);
        CHECK(
            *asker.answer ==
            R"({"ok":false,"error":"the program does not answer: a frame takes too long; what was asked is not done"})");
        (*control)->step(registry, 0);
        CHECK(runs == 0);
    }

    TEST_CASE("who begins what is done later is answered when it is done, or was refused") {
        const TempFolder temp;
        std::uint64_t begun = 0;
        work::ActionRegistry registry;
        registry.add(add_one([&] { ++begun; }));
        const auto control = RemoteControl::start(temp / "s");
        REQUIRE(control);
        for (const bool refused : {false, true}) {
            const std::uint64_t before = begun;
            const Asker asker(temp / "s");
            while (begun == before) (*control)->step(registry, begun);
            (*control)->outcome(before, {}); // another one's
            pause_for(from_ms(20));
            CHECK_FALSE(asker.done);
            (*control)->outcome(begun, refused ? Result<void>(fail(Errc::Refused, "not now")) : Result<void>());
            while (!asker.done) std::this_thread::yield();
            REQUIRE(asker.answer);
            CHECK(*asker.answer == (refused ? R"({"ok":false,"error":"not now"})" : R"({"ok":true,"result":42})"));
        }
    }

    TEST_CASE("a program that ends refuses who still waits, at once") {
        const TempFolder temp;
        auto control = RemoteControl::start(temp / "s", from_ms(86'400'000));
        REQUIRE(control);
        Asker asker(temp / "s");
        pause_for(from_ms(100)); // it may be asking by now; if not, it is refused another way
        control->reset();
        asker.thread.join();
        if (asker.answer) CHECK(*asker.answer == R"({"ok":false,"error":"the program is ending"})");
    }
}

TEST_SUITE("app/carry_out") {
    TEST_CASE("a request nested without end is refused, not followed") {
        const work::ActionRegistry registry;
        const std::string deep(400'000, '['), shut(400'000, ']');
        for (const std::string& request : {R"({"action":"a.b","arguments":)" + deep + shut + "}", deep + shut, deep})
            CHECK(carry_out(registry, request).starts_with(R"({"ok":false,"error":"a request is)"));
    }
}

TEST_SUITE("app/problems") {
    TEST_CASE("each cause is listed once with how often, up to a bound") {
        Problems problems;
        for (int i = 0; i < 3; ++i) problems.add("a.glb", "is not there");
        problems.add("b.glb", "is not there");
        REQUIRE(problems.list().size() == 2);
        CHECK(problems.list()[0].count == 3);
        CHECK(problems.list()[1].count == 1);
        for (std::size_t i = 0; i < 2 * Problems::kRoom; ++i) problems.add("c", std::to_string(i));
        CHECK(problems.list().size() == Problems::kRoom);
        CHECK(problems.left_out() == Problems::kRoom + 2);
    }

    TEST_CASE("what stands is replaced, and gone when it is over") {
        Problems problems;
        problems.stand("broker", "");
        CHECK(problems.empty());
        problems.stand("broker", "is not there");
        problems.stand("broker", "is not there");
        problems.stand("broker", "refuses");
        REQUIRE(problems.list().size() == 1);
        CHECK(problems.list()[0].what == "refuses");
        problems.stand("broker", "");
        CHECK(problems.empty());
    }
}

TEST_SUITE("app/pointing") {
    TEST_CASE("a ray meets a panel's face in its pixels, and neither its back nor what is beside it") {
        const renderer::Panel panel{{{1.0, 2.0, 3.0}, look_rotation({-1.f, 0.f, 0.f})}, {0.4f, 0.2f}, 400, 200, {}};
        // It faces +X: right is -Z.
        const auto middle = meet_panel(panel, {{3.0, 2.0, 3.0}, {-1.f, 0.f, 0.f}});
        REQUIRE(middle);
        CHECK(glm::length(middle->pixel - Vec2(200.f, 100.f)) < 0.01f);
        CHECK(middle->distance_m == doctest::Approx(2.0));
        const auto corner = meet_panel(panel, {{3.0, 2.09, 3.19}, {-1.f, 0.f, 0.f}});
        REQUIRE(corner);
        CHECK(glm::length(corner->pixel - Vec2(10.f, 10.f)) < 0.1f);
        CHECK_FALSE(meet_panel(panel, {{3.0, 2.11, 3.0}, {-1.f, 0.f, 0.f}}));
        CHECK_FALSE(meet_panel(panel, {{3.0, 2.0, 3.21}, {-1.f, 0.f, 0.f}}));
        CHECK_FALSE(meet_panel(panel, {{-1.0, 2.0, 3.0}, {1.f, 0.f, 0.f}})); // its back
        CHECK_FALSE(meet_panel(panel, {{3.0, 2.0, 3.0}, {1.f, 0.f, 0.f}}));  // behind the hand
        CHECK_FALSE(meet_panel(panel, {{3.0, 2.0, 3.0}, {0.f, 1.f, 0.f}}));  // along it
    }
}

TEST_SUITE("app/words_of_values") {
    TEST_CASE("a state whose machine is out of date says so in words") {
        plant::Tag tag;
        twin::TagState state{.value = std::string("EXECUTE"), .quality = twin::Quality::Good};
        CHECK(state_words(state, tag) == "EXECUTE");
        state.quality = twin::Quality::Stale;
        CHECK(state_words(state, tag) == "EXECUTE · Stale");
        state.quality = twin::Quality::Bad;
        CHECK(state_words(state, tag) == "EXECUTE · Bad");
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

    TEST_CASE("the span is from begin to end, and what came late is counted") {
        const auto jobs = make_jobs_inline();
        FrameStats stats(*jobs);
        Time now{0};
        for (int i = 0; i < 100; ++i) {
            stats.begin_frame(now);
            stats.end_frame(now + from_ms(i < 90 ? 4 : 9), from_ms(3), /* late= */ i % 10 == 0);
            now = now + from_ms(50);
        }
        CHECK(stats.span_ms().median == doctest::Approx(4.0));
        CHECK(stats.span_ms().p99 == doctest::Approx(9.0));
        CHECK(stats.pose_age_ms().median == doctest::Approx(3.0));
        CHECK(stats.late() == 10);
        stats.reset();
        CHECK(stats.late() == 0);
        CHECK(stats.span_ms().median == 0.0);
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
