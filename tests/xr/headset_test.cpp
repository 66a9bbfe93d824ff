// SPDX-License-Identifier: Apache-2.0
#include "base/process.h"
#include "tests/xr/headset_fixture.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <algorithm>
#include <numbers>

using namespace pw;
using namespace pw::test;

TEST_SUITE("xr/headset [xr]") {
    TEST_CASE("the session reaches FOCUSED and both eyes are drawn, without a message of either validation") {
        HeadsetTest test;
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(test.client().run_frames(5));
        CHECK(test.client().host().view_count() == 2);
        CHECK(test.client().image().layers == 2);
        CHECK(test.client().image().depth != VK_NULL_HANDLE);
        CHECK(test.client().host().color_format() == VK_FORMAT_R8G8B8A8_SRGB);
        CHECK(test.client().pixels() == std::vector{kViewPixels[0], kViewPixels[1]});
        CHECK(test.client().host().description().starts_with("Monado"));
        const std::vector<std::string> way{"IDLE", "READY", "SYNCHRONIZED", "VISIBLE", "FOCUSED"};
        CHECK(test.states() == way);
        CHECK(test.finish() == "");
    }

    TEST_CASE("frame times are ours: a display time lies shortly ahead, and only grows") {
        HeadsetTest test({.mirror = true}); // wanted, and without a display left out
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        Time last;
        for (int i = 0; i < 10; ++i) {
            REQUIRE(test.client().run_frames(1));
            const double ahead_s = (test.client().time().display - system_clock().now()).seconds();
            CHECK(ahead_s > -1.0);
            CHECK(ahead_s < 1.0);
            CHECK(test.client().time().display > last);
            CHECK(test.client().time().period.ms() > 1.0);
            last = test.client().time().display;
        }
    }

    TEST_CASE("the head is where it is, for the eyes and in the input") {
        HeadsetTest test;
        if (!test.ready()) return;
        const float quarter = std::numbers::sqrt2_v<float> / 2.f; // turned left by 90 degrees
        test.remote.stage_from_head = {.position = {1.0, 2.0, 3.0}, .orientation = Quat(quarter, 0.f, quarter, 0.f)};
        test.send_remote();
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(test.client().run_frames(3));
        const Pose& head = test.client().input().origin_from_head;
        CHECK(test.client().input().head_active);
        CHECK(test.client().input().head_tracked);
        CHECK(test.client().input().focused);
        CHECK(head.position.x == doctest::Approx(1.0));
        CHECK(head.position.y == doctest::Approx(2.0)); // above the floor
        CHECK(head.position.z == doctest::Approx(3.0));
        CHECK(head.orientation.y == doctest::Approx(quarter));
        REQUIRE(test.client().eyes().size() == 2);
        const auto& eyes = test.client().eyes();
        // Looking along −X, the left eye is on the +Z side.
        CHECK(eyes[0].origin_from_eye.position.z > eyes[1].origin_from_eye.position.z + 0.05);
        CHECK((eyes[0].origin_from_eye.position.z + eyes[1].origin_from_eye.position.z) / 2 == doctest::Approx(3.0));
        CHECK(eyes[0].tan_left < 0.f);
        CHECK(eyes[0].tan_up > 0.f);
        CHECK(test.finish() == "");
    }

    TEST_CASE("a headset with one eye gets one view") {
        HeadsetTest test({.monado = {.view_count = 1}});
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(test.client().run_frames(5));
        CHECK(test.client().host().view_count() == 1);
        CHECK(test.client().eyes().size() == 1);
        CHECK(test.client().pixels() == std::vector{kViewPixels[0]});
        CHECK(test.finish() == "");
    }

    TEST_CASE("asked to exit, the session ends in order and the host is Finished") {
        HeadsetTest test;
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        test.client().host().request_exit();
        REQUIRE(test.client().run_until([&] { return test.client().state() == xr::HostState::Finished; }));
        CHECK(test.last_state() == "EXITING");
        CHECK(std::ranges::contains(test.states(), "STOPPING"));
        CHECK(test.finish() == "");
    }

    TEST_CASE("a picture that was not drawn is not shown, and the frames go on") {
        HeadsetTest test;
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        test.client().drop_picture = true;
        for (int i = 0; i < 10; ++i) test.client().turn();
        test.client().drop_picture = false;
        test.client().draw_depth = false;
        REQUIRE(test.client().run_frames(5));
        CHECK(test.finish() == "");
    }

    TEST_CASE("make_host says why there is no headset, and best_host takes the next best") {
        if (!vulkan_here()) return;
        set_environment("XDG_RUNTIME_DIR", "/nonexistent");
        set_environment("XR_ENABLE_API_LAYERS", "");
        const auto host = xr::make_host({.kind = xr::HostKind::Headset});
        REQUIRE(!host);
        CHECK(host.error().code == Errc::Unavailable);
        std::string why;
        CHECK(xr::best_host(why) != xr::HostKind::Headset);
        CHECK(why.starts_with("no headset ("));
    }
}

TEST_SUITE("xr/hands [xr]") {
    TEST_CASE("what a hand does arrives, and a press is told once") {
        HeadsetTest test;
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        xr::RemoteHand& right = test.remote.hands[1];
        right.active = true;
        right.stage_from_grip = {.position = {0.3, 1.2, -0.4}, .orientation = kNoRotation};
        test.send_remote();
        ClearClient& client = test.client();
        const xr::HandState& hand = client.input().hands[1];
        REQUIRE(client.run_until([&] { return hand.active; }));
        CHECK(hand.tracked);
        CHECK(hand.profile == "/interaction_profiles/valve/index_controller");
        CHECK(hand.origin_from_grip.position.x == doctest::Approx(0.3));
        CHECK(hand.origin_from_grip.position.y == doctest::Approx(1.2));
        CHECK(hand.origin_from_grip.position.z == doctest::Approx(-0.4));
        CHECK(!client.input().hands[0].active);

        right.trigger = 0.75f;
        right.squeeze = 0.9f;
        right.stick = {0.5f, -0.25f};
        right.menu = true;
        test.send_remote();
        int selected = 0, menus = 0;
        REQUIRE(client.run_until([&] {
            selected += hand.select.pressed;
            menus += hand.menu.pressed;
            return hand.select.held && hand.menu.held;
        }));
        for (int i = 0; i < 5; ++i) {
            client.turn();
            selected += hand.select.pressed;
            menus += hand.menu.pressed;
        }
        CHECK(hand.trigger == doctest::Approx(0.75));
        CHECK(hand.squeeze == doctest::Approx(0.9));
        CHECK(hand.stick.x == doctest::Approx(0.5));
        CHECK(hand.stick.y == doctest::Approx(-0.25));
        CHECK(selected == 1);
        CHECK(menus == 1);

        right.trigger = 0.5f; // between release and press: still held
        test.send_remote();
        REQUIRE(client.run_until([&] { return hand.trigger < 0.6f; }));
        CHECK(hand.select.held);

        test.remote.hands[1] = {};
        test.send_remote();
        REQUIRE(client.run_until([&] { return !hand.active; }));
        CHECK(!hand.select.held);
        CHECK(hand.trigger == 0.f);
        CHECK(test.finish() == "");
    }

    TEST_CASE("the aim of a hand differs from its grip, and turns with it") {
        HeadsetTest test;
        if (!test.ready()) return;
        test.remote.hands[0] = {.active = true, .stage_from_grip = {.position = {-0.2, 1.0, -0.3}}};
        test.send_remote();
        REQUIRE(test.reach("FOCUSED"));
        ClearClient& client = test.client();
        const xr::HandState& hand = client.input().hands[0];
        REQUIRE(client.run_until([&] { return hand.active; }));
        const Vec3 before = hand.origin_from_aim.orientation * Vec3(0.f, 0.f, -1.f);
        // A controller touches with its front: Monado takes the binding to a poke, and has no place for it.
        CHECK(glm::distance(hand.origin_from_poke.position, hand.origin_from_aim.position) < 1e-6);
        CHECK(hand.pointing);
        CHECK(before.z < -0.2f);                                                     // forward
        test.remote.hands[0].stage_from_grip.orientation = Quat(0.f, 0.f, 1.f, 0.f); // about turn
        test.send_remote();
        REQUIRE(client.run_until([&] { return (hand.origin_from_aim.orientation * Vec3(0.f, 0.f, -1.f)).z > 0.2f; }));
    }
}
