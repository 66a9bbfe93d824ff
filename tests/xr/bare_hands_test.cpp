// SPDX-License-Identifier: Apache-2.0
// Hands by their joints, through Monado's remote device and its model of curled fingers.

#include "base/process.h"
#include "tests/xr/headset_fixture.h"
#include "xr/hand_gestures.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <array>

using namespace pw;
using namespace pw::test;

namespace {

using Curls = std::array<float, 5>; // little, ring, middle, index, thumb
constexpr Curls kOpen{}, kPinch{0.f, 0.f, 0.f, 1.f, 1.f}, kFist{1.f, 1.f, 1.f, 1.f, 1.f},
    kPoint{1.f, 1.f, 1.f, 0.f, 1.f};
const Pose kPlace{.position = {0.2, 1.4, -0.5}, .orientation = kNoRotation};

struct Told { // over the frames since the last reset
    int pressed = 0, released = 0;
    void add(const xr::Press& press) {
        pressed += press.pressed;
        released += press.released;
    }
};

} // namespace

TEST_SUITE("xr/bare_hands [xr]") {
    TEST_CASE("a bare hand pinches, grabs and points") {
        HeadsetTest test;
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        ClearClient& client = test.client();
        xr::RemoteHand& right = test.remote.hands[1];
        right = {.stage_from_grip = kPlace, .hand_tracked = true};
        test.send_remote();
        const xr::HandState& hand = client.input().hands[1];
        REQUIRE(client.run_until([&] { return hand.active; }));
        CHECK(hand.device == xr::HandDevice::Hand);
        CHECK(hand.has_joints);
        CHECK(hand.tracked);
        CHECK(hand.trigger == 0.f);
        CHECK(hand.squeeze == 0.f);
        CHECK(!hand.pointing);
        CHECK(!client.input().hands[0].active);
        // In our space. How a hand is turned in a grip, Monado's model does not say: gestures_test.cpp does.
        CHECK(glm::distance(hand.joints[0].origin_from_joint.position, kPlace.position) < 0.1);
        CHECK(glm::distance(hand.origin_from_grip.position, hand.joints[0].origin_from_joint.position) < 0.05);
        CHECK((hand.origin_from_aim.orientation * Vec3(0.f, 0.f, -1.f)).z < -0.7f);

        Told select, grab;
        const auto shape = [&](const Curls& curls, auto done) {
            right.curls = curls;
            test.send_remote();
            select = grab = {};
            return client.run_until([&] {
                select.add(hand.select);
                grab.add(hand.grab);
                return done();
            });
        };
        CHECK(shape(kPinch, [&] { return hand.select.held; }));
        CHECK(select.pressed == 1);
        CHECK(hand.trigger > xr::kPinchPress);
        CHECK(hand.squeeze == 0.f);
        CHECK(shape(kOpen, [&] { return !hand.select.held; }));
        CHECK(select.released == 1);

        CHECK(shape(kFist, [&] { return hand.grab.held; }));
        CHECK(grab.pressed == 1);
        CHECK(select.pressed == 0);
        CHECK(shape(kPoint, [&] { return hand.pointing; }));
        CHECK(grab.released == 1);
        CHECK(glm::distance(hand.origin_from_poke.position,
                            hand.joints[static_cast<std::size_t>(xr::Joint::IndexTip)].origin_from_joint.position) <
              1e-6);
        CHECK(test.finish() == "");
    }

    TEST_CASE("a controller that is laid down gives way to the hand in the same frame, and no press is stuck") {
        HeadsetTest test;
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        ClearClient& client = test.client();
        xr::RemoteHand& right = test.remote.hands[1];
        right = {.active = true, .stage_from_grip = kPlace, .hand_tracked = true};
        test.send_remote();
        const xr::HandState& hand = client.input().hands[1];
        REQUIRE(client.run_until([&] { return hand.active && hand.has_joints; }));
        CHECK(hand.device == xr::HandDevice::Controller);
        CHECK(hand.pointing);
        right.trigger = 1.f;
        right.primary = right.stick_click = true;
        right.curls = kPinch; // the finger is at the trigger
        test.send_remote();
        REQUIRE(client.run_until([&] { return hand.select.held && hand.primary.held && hand.stick_click.held; }));

        Told select, primary, stick;
        int gaps = 0;
        const auto swap = [&](bool controller, xr::HandDevice to) {
            right.active = controller;
            test.send_remote();
            select = primary = stick = {};
            gaps = 0;
            const bool swapped = client.run_until([&] {
                select.add(hand.select);
                primary.add(hand.primary);
                stick.add(hand.stick_click);
                gaps += !hand.active;
                return hand.device == to;
            });
            return swapped;
        };
        REQUIRE(swap(false, xr::HandDevice::Hand));
        CHECK(gaps == 0);
        CHECK(select.released == 1);
        CHECK(primary.released == 1);
        CHECK(stick.released == 1);
        // Still pinched as it was at the trigger: that is no click of the hand's.
        for (int i = 0; i < 5; ++i) {
            client.turn();
            CHECK(!hand.select.held);
        }
        right.curls = kOpen;
        test.send_remote();
        REQUIRE(client.run_until([&] { return hand.trigger < 0.1f; }));
        right.curls = kPinch;
        test.send_remote();
        REQUIRE(client.run_until([&] { return hand.select.held; }));

        right.trigger = 0.f;
        right.primary = right.stick_click = false;
        REQUIRE(swap(true, xr::HandDevice::Controller));
        CHECK(gaps == 0);
        CHECK(select.released == 1);
        CHECK(!hand.select.held);
        CHECK(test.finish() == "");
    }

    TEST_CASE("joints that a controller makes up are no bare hand, and those of nothing but a hand are") {
        for (const bool controller : {true, false}) {
            CAPTURE(controller);
            set_environment("PW_XR_SOURCE", controller ? "controller" : "");
            HeadsetTest test({.stand_in = true, .offer = "XR_EXT_hand_tracking_data_source"});
            if (!test.ready()) return;
            REQUIRE(test.reach("FOCUSED"));
            test.remote.hands[0] = {.active = true, .stage_from_grip = kPlace, .hand_tracked = true};
            test.send_remote();
            const xr::HandState& hand = test.client().input().hands[0];
            REQUIRE(test.client().run_until([&] { return hand.device == xr::HandDevice::Controller; }));
            REQUIRE(test.client().run_until([&] { return controller || hand.has_joints; }));
            CHECK(hand.has_joints == !controller);
            test.remote.hands[0].active = false;
            test.send_remote();
            REQUIRE(test.client().run_until([&] { return hand.device != xr::HandDevice::Controller; }));
            CHECK(hand.active == !controller);
            CHECK(hand.has_joints == !controller);
            CHECK(hand.device == (controller ? xr::HandDevice::None : xr::HandDevice::Hand));
            CHECK(test.finish() == "");
        }
        set_environment("PW_XR_SOURCE", "");
    }

    TEST_CASE("with the runtime's own hand interaction, its values count, and the hand is bare") {
        set_environment("PW_XR_PROFILE", "/interaction_profiles/ext/hand_interaction_ext");
        HeadsetTest test({.stand_in = true});
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        test.remote.hands[1] = {.active = true, .stage_from_grip = kPlace, .trigger = 0.7f};
        test.send_remote();
        const xr::HandState& hand = test.client().input().hands[1];
        REQUIRE(test.client().run_until([&] { return hand.trigger > 0.6f; }));
        CHECK(hand.device == xr::HandDevice::Hand);
        CHECK(hand.profile == "/interaction_profiles/ext/hand_interaction_ext");
        CHECK(!hand.has_joints);
        CHECK(hand.pointing); // nothing tells otherwise
        test.client().turn();
        CHECK(!hand.select.held); // a pinch needs more than a trigger does
        test.remote.hands[1].trigger = 0.9f;
        test.send_remote();
        REQUIRE(test.client().run_until([&] { return hand.select.held; }));
        set_environment("PW_XR_PROFILE", "");
        CHECK(test.finish() == "");
    }
}
