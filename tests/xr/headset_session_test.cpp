// SPDX-License-Identifier: Apache-2.0
// What the runtime says of its session and of who wears the headset, as the app sees it, and how frames are paced.

#include "base/log.h"
#include "base/process.h"
#include "tests/support/skip.h"
#include "tests/xr/headset_fixture.h"

#include <doctest/doctest.h>

#include <cmath>
#include <csignal>

using namespace pw;
using namespace pw::test;

namespace {

HeadsetTestOptions with_faults() {
    HeadsetTestOptions options;
    options.fault_layer = true;
    return options;
}

bool drawn_again(HeadsetTest& test) { return test.client().run_frames(2); }

} // namespace

TEST_SUITE("xr/session [xr]") {
    TEST_CASE("without focus the frames go on, and the app knows that input is not its own") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        ClearClient& client = test.client();
        test.remote.hands[0] = {.active = true, .stage_from_grip = {.position = {-0.2, 1.0, -0.3}}};
        test.send_remote();
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(client.run_until([&] { return client.input().focused && client.input().hands[0].active; }));
        CHECK(client.input().worn);

        test.inject("VISIBLE"); // the system's menu
        REQUIRE(client.run_until([&] { return !client.input().focused; }));
        CHECK(client.input().worn);
        CHECK(!client.input().hands[0].active);
        CHECK(client.input().head_active);
        CHECK(client.time().render);
        REQUIRE(drawn_again(test));

        test.inject("SYNCHRONIZED"); // another program
        REQUIRE(client.run_until([&] { return !client.time().render; }));
        CHECK(!client.input().focused);
        CHECK(!client.input().worn);
        const Time before = client.time().display;
        REQUIRE(client.run_until([&] { return client.time().display - before > from_ms(200); }));
        CHECK(client.state() == xr::HostState::Running);

        for (const char* state : {"VISIBLE", "FOCUSED"}) {
            test.inject(state);
            REQUIRE(test.reach(state));
        }
        REQUIRE(client.run_until([&] { return client.input().focused && client.input().hands[0].active; }));
        CHECK(client.input().worn);
        CHECK(client.recoveries() == 0);
        CHECK(test.finish() == "");
    }

    TEST_CASE("where the runtime can tell, the headset is worn as it says, whatever the session's state") {
        set_environment("PW_XR_OFFER", "presence");
        HeadsetTest test(with_faults());
        const bool ready = test.ready();
        set_environment("PW_XR_OFFER", "");
        if (!ready) return;
        ClearClient& client = test.client();
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(client.run_frames(1));
        CHECK(client.input().worn);
        test.inject("ABSENT");
        REQUIRE(client.run_until([&] { return !client.input().worn; }));
        CHECK(client.input().focused);
        test.inject("PRESENT");
        REQUIRE(client.run_until([&] { return client.input().worn; }));
        test.inject("SYNCHRONIZED");
        REQUIRE(client.run_until([&] { return !client.time().render; }));
        CHECK(client.input().worn);
        CHECK(test.finish() == "");
    }

    TEST_CASE("a session that ends and begins again keeps its images, and is focused when it was given back") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        ClearClient& client = test.client();
        REQUIRE(test.reach("FOCUSED"));
        for (int i = 0; i < 2; ++i) {
            for (const char* state : {"VISIBLE", "SYNCHRONIZED", "STOPPING", "IDLE"}) {
                test.inject(state);
                REQUIRE(test.reach(state));
            }
            REQUIRE(client.run_until([&] { return client.state() == xr::HostState::Idle; }));
            for (const char* state : {"READY", "SYNCHRONIZED", "VISIBLE", "FOCUSED"}) {
                test.inject(state);
                REQUIRE(test.reach(state));
            }
            REQUIRE(client.run_until([&] { return client.input().focused; }));
            REQUIRE(drawn_again(test));
            CHECK(client.pixels() == std::vector{kViewPixels[0], kViewPixels[1]});
        }
        CHECK(client.recoveries() == 0);
        CHECK(test.finish() == "");
    }

    TEST_CASE("a session lost in each of its states is made anew") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        ClearClient& client = test.client();
        int recoveries = 0;
        for (const char* state : {"VISIBLE", "SYNCHRONIZED", "STOPPING", "IDLE"}) {
            CAPTURE(state);
            REQUIRE(test.reach("FOCUSED"));
            test.inject(state);
            REQUIRE(test.reach(state));
            test.inject("LOSS_PENDING");
            ++recoveries;
            REQUIRE(client.run_until([&] { return client.recoveries() == recoveries && client.drawn() > 0; }));
        }
        REQUIRE(test.reach("FOCUSED"));
        CHECK(test.finish() == "");
    }

    TEST_CASE("images take the size that is recommended when the session is made") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        ClearClient& client = test.client();
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(client.run_frames(1));
        CHECK(client.image().width == 320);
        set_environment("PW_XR_VIEW_SIZE", "256x192"); // the user changed the runtime's settings
        client.stop();
        const auto started = client.start(); // a lost GPU: the runtime itself is still there
        set_environment("PW_XR_VIEW_SIZE", "");
        REQUIRE_MESSAGE(started, started.error().what);
        REQUIRE(client.run_until([&] { return client.image().width == 256 && client.image().height == 192; }));
        REQUIRE(drawn_again(test));
        CHECK(client.pixels() == std::vector{kViewPixels[0], kViewPixels[1]});
        CHECK(test.finish() == "");
    }

    TEST_CASE("a changed refresh rate is told, and the frames go on") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        std::string told;
        const auto listen = [](LogLevel, std::string_view message, void* out) {
            if (message.contains(" Hz")) static_cast<std::string*>(out)->assign(message);
        };
        add_log_sink(listen, &told);
        CHECK(test.enabled_extensions().contains("XR_FB_display_refresh_rate\n"));
        REQUIRE(test.reach("FOCUSED"));
        test.inject("RATE");
        CHECK(test.client().run_until([&] { return told == "the headset's display changed from 72 to 90 Hz"; }));
        remove_log_sink(listen, &told);
        REQUIRE(drawn_again(test));
        CHECK(test.finish() == "");
    }
}

TEST_SUITE("xr/origin [xr]") {
    TEST_CASE("another origin is told in the frame that first has it, with its place in the old one") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        ClearClient& client = test.client();
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(client.run_frames(1));
        const Time announced = client.time().display;
        test.inject("RECENTRE"); // 300 ms after the frame before
        int told = 0;
        REQUIRE(client.run_until([&] {
            if (!client.input().recentred) return false;
            ++told;
            return true;
        }));
        CHECK(client.time().display - announced >= from_ms(300));
        CHECK(client.time().display - announced < from_ms(1000));
        REQUIRE(client.input().old_origin_from_origin);
        const Pose& old = *client.input().old_origin_from_origin;
        CHECK(old.position.z == doctest::Approx(-1.0));
        CHECK(old.orientation.y == doctest::Approx(1.f));
        REQUIRE(client.run_until(
            [&] { return told += client.input().recentred, client.time().display - announced > from_ms(1500); }));
        CHECK(told == 1);
        CHECK(!client.input().old_origin_from_origin);
        CHECK(test.finish() == "");
    }

    TEST_CASE("Monado's own recentring is told as well, without a place that it does not know") {
        if (!find_program("monado-ctl")) return skip("monado-ctl is not installed");
        HeadsetTest test;
        if (!test.ready()) return;
        ClearClient& client = test.client();
        test.remote.stage_from_head.position = {0.5, 1.75, -0.25};
        test.send_remote();
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(client.run_frames(2));
        auto control = Process::start({"monado-ctl", "-c"}, {.output_file = "/dev/null"});
        REQUIRE(control);
        REQUIRE(client.run_until([&] { return client.input().recentred; }));
        CHECK(!client.input().old_origin_from_origin);
        control->wait();
        REQUIRE(client.run_frames(2));
        CHECK(!client.input().recentred);
        CHECK(client.input().origin_from_head.position.x == doctest::Approx(0.0)); // where the user asked for it
        CHECK(test.finish() == "");
    }

    TEST_CASE("a head that lost its position turns on where it was, and the app knows") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        ClearClient& client = test.client();
        test.remote.stage_from_head.position = {0.5, 1.75, -0.25};
        test.send_remote();
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(client.run_until([&] { return client.input().head_tracked; }));
        REQUIRE(client.run_frames(1));
        test.inject("UNTRACKED");
        REQUIRE(client.run_until([&] { return !client.input().head_tracked; }));
        test.remote.stage_from_head.orientation = Quat(std::sqrt(0.5f), 0.f, std::sqrt(0.5f), 0.f);
        test.send_remote();
        REQUIRE(client.run_until([&] { return client.input().origin_from_head.orientation.y > 0.7f; }));
        REQUIRE(client.run_frames(1));
        CHECK(client.input().head_active);
        CHECK(client.input().origin_from_head.position.y == doctest::Approx(1.75));
        for (const auto& eye : client.eyes()) {
            CHECK(eye.origin_from_eye.position.y == doctest::Approx(1.75));
            CHECK(eye.origin_from_eye.orientation.y > 0.7f);
        }
        test.inject("TRACKED");
        REQUIRE(client.run_until([&] { return client.input().head_tracked; }));
        CHECK(test.finish() == "");
    }
}

TEST_SUITE("xr/pace [xr]") {
    TEST_CASE("a frame's age is from where its eyes were located, and one in time is not late") {
        HeadsetTest test;
        if (!test.ready()) return;
        ClearClient& client = test.client();
        REQUIRE(test.reach("FOCUSED"));
        client.overrun = from_ms(5);
        int in_time = 0;
        for (int i = 0; i < 20; ++i) {
            REQUIRE(client.run_frames(1));
            const xr::FrameAges ages = client.host().ages();
            CHECK(ages.pose >= from_ms(5));
            CHECK(ages.pose < from_ms(1000));
            in_time += !ages.late;
        }
        CHECK(in_time > 0);
        CHECK(test.finish() == "");
    }

    TEST_CASE("after frames that took too long, they are late, and the next aims at what is next") {
        HeadsetTest test;
        if (!test.ready()) return;
        ClearClient& client = test.client();
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(client.run_frames(3));
        client.overrun = from_ms(400);
        for (int i = 0; i < 3; ++i) {
            REQUIRE(client.run_frames(1));
            CHECK(client.host().ages().late);
            CHECK(client.host().ages().pose >= from_ms(400));
        }
        client.overrun = {};
        Time last = client.time().display;
        for (int i = 0; i < 5; ++i) { // none is made up for
            REQUIRE(client.run_frames(1));
            CHECK(client.time().display - last > from_ms(20));
            CHECK(system_clock().now() - client.time().display < from_ms(300));
            last = client.time().display;
        }
        CHECK(client.recoveries() == 0);
        CHECK(test.finish() == "");
    }

    TEST_CASE("a frame that the runtime dropped is late") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        ClearClient& client = test.client();
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(client.run_until([&] { return client.drawn() > 3 && !client.host().ages().late; }));
        test.inject("END_FAILS");
        client.turn();
        CHECK(client.host().ages().late);
        REQUIRE(client.run_until([&] { return !client.host().ages().late; }));
        CHECK(client.recoveries() == 0);
        CHECK(test.finish() == "");
    }

    TEST_CASE("after a runtime that hung, time has only grown, and no frame is made up for") {
        HeadsetTest test;
        if (!test.ready()) return;
        ClearClient& client = test.client();
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(client.run_frames(3));
        ::kill(static_cast<pid_t>(test.monado().pid()), SIGSTOP);
        auto waker = Process::start({"sh", "-c", "sleep 1.5; kill -CONT " + std::to_string(test.monado().pid())});
        REQUIRE(waker);
        const Time begin = system_clock().now();
        Time last = client.time().display;
        int frames = 0;
        REQUIRE(client.run_until([&] {
            CHECK(client.time().display >= last);
            last = client.time().display;
            ++frames;
            return system_clock().now() - begin > from_ms(2500);
        }));
        CHECK(frames < 30);                  // of 50 that 2.5 s could have
        CHECK(last > begin + from_ms(1500)); // it has caught up with the clock
        CHECK(client.recoveries() == 0);
        CHECK(test.finish() == "");
    }
}
