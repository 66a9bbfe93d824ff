// SPDX-License-Identifier: Apache-2.0
#include "interaction/teleport.h"

#include "tests/interaction/lucky.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

namespace pw::interaction {
namespace {

xr::HandState stick(float x, float y) {
    xr::HandState hand;
    hand.active = true;
    hand.stick = {x, y};
    return hand;
}

const Pose kHead{{0.0, 1.7, 0.0}, kNoRotation};

TEST_SUITE("interaction/teleport") {
    TEST_CASE("an arc thrown level from 1.2 m lands where a stone would") {
        Arc arc;
        trace(MadeWorld{}, {}, {{0, 1.2, 0}, kNoRotation}, arc);
        REQUIRE(arc.met);
        CHECK(arc.landing.blocked == Blocked::No);
        // 8 m/s · √(2 · 1.2 / 9.81), within what chords of a thirtieth of a second cut off
        CHECK(std::abs(arc.landing.feet.z + 3.9569) < 0.01);
        CHECK(std::abs(arc.landing.feet.x) < 1e-9);
        CHECK(arc.points.front() == DVec3(0, 1.2, 0));
        CHECK(glm::length(arc.points.back() - arc.landing.feet) < 1e-12);
        const double t = 5.0 / 30.0;
        CHECK(glm::length(arc.points[5] - DVec3(0, 1.2 - 0.5 * 9.81 * t * t, -8.0 * t)) < 1e-6);
    }

    TEST_CASE("no arc lands farther than eight metres of the user, at any scale, and none is endless") {
        Lucky luck(21);
        Arc arc;
        for (int i = 0; i < 500; ++i) {
            Stance s = luck.stance();
            s.lift_m = 0.0;
            s.position.y = 0.0;
            const Pose aim{{luck.between(-1, 1), luck.between(0.8, 1.6), luck.between(-1, 1)}, luck.rotation()};
            trace(MadeWorld{}, s, aim, arc);
            const DVec3 way = arc.points.back() - arc.points.front();
            CHECK(std::hypot(way.x, way.z) / s.scale <= 8.0 + 1e-6);
            CHECK(arc.points.size() < 120);
        }
        trace(MadeWorld{}, {}, {{0, 1.2, 0}, pitched(deg(40.0))}, arc);
        CHECK(arc.landing.feet.z < -6.5);
        MadeWorld hall;
        hall.floor_y = -10.0; // from a platform it would fly on
        trace(hall, {}, {{0, 1.2, 0}, pitched(deg(20.0))}, arc);
        CHECK_FALSE(arc.met);
        CHECK(arc.points.back().z == doctest::Approx(-8.0));
    }

    TEST_CASE("a scaled user throws a scaled arc") {
        Arc small, big;
        trace(MadeWorld{}, {}, {{0, 1.2, 0}, kNoRotation}, small);
        trace(MadeWorld{}, {{0, 0, 0}, 0.0, 10.0, 0.0}, {{0, 1.2, 0}, kNoRotation}, big);
        REQUIRE(small.points.size() == big.points.size());
        CHECK(glm::length(big.points.back() - small.points.back() * 10.0) < 1e-3);
    }

    TEST_CASE("the arc ends at a wall and does not land behind it; nor on a machine's roof edge or in mid-air") {
        MadeWorld world;
        world.boxes = {{{-5, 0, -2.1}, {5, 3, -2.0}}};
        Arc arc;
        trace(world, {}, {{0, 1.2, 0}, kNoRotation}, arc);
        CHECK(arc.met);
        CHECK(arc.landing.blocked == Blocked::Steep);
        CHECK(arc.points.back().z == doctest::Approx(-2.0));
        for (const DVec3& p : arc.points) CHECK(p.z >= -2.0 - 1e-9);
        world.boxes = {{{-5, 0, -3.95}, {-0.2, 1.1, 0}}}; // a fence beside the landing
        trace(world, {}, {{0, 1.2, 0}, kNoRotation}, arc);
        CHECK(arc.landing.blocked == Blocked::Cramped);
        world.boxes.clear();
        world.floor_y.reset();
        trace(world, {}, {{0, 1.2, 0}, kNoRotation}, arc);
        CHECK_FALSE(arc.met);
        CHECK(arc.landing.blocked == Blocked::NoFloor);
    }

    TEST_CASE("forward shows the arc, round turns the arrow, springing back goes") {
        TeleportStick s;
        CHECK_FALSE(s.step(stick(0.f, 0.5f)).aiming);
        CHECK_FALSE(s.step(stick(0.9f, 0.1f)).aiming); // sideways turns, it does not aim
        CHECK(s.step(stick(0.f, 0.9f)).aiming);
        CHECK(s.step(stick(0.2f, 0.95f)).turn_rad == 0.0);
        CHECK(s.step(stick(1.f, 0.f)).turn_rad == doctest::Approx(deg(-90.0)));
        CHECK(s.step(stick(-0.8f, 0.8f)).turn_rad == doctest::Approx(deg(45.0)));
        const auto back = s.step(stick(0.5f, 0.f)); // half way back, past another direction
        CHECK(back.aiming);
        CHECK(back.turn_rad == doctest::Approx(deg(45.0)));
        const auto go = s.step(stick(0.f, 0.1f));
        CHECK(go.go);
        CHECK_FALSE(go.aiming);
        CHECK(go.turn_rad == doctest::Approx(deg(45.0)));
        CHECK_FALSE(s.step(stick(0.f, 0.f)).go);
    }

    TEST_CASE("a stick that goes to a side rather than forward shows no arc") {
        TeleportStick s;
        CHECK_FALSE(s.step(stick(0.75f, 0.72f)).aiming); // where the stick's way is no circle
        CHECK_FALSE(s.step(stick(-0.75f, 0.72f)).aiming);
        CHECK(s.step(stick(0.72f, 0.75f)).aiming);
    }

    TEST_CASE("a grip or a press of the stick cancels until the stick was back; a lost hand cancels too") {
        TeleportStick s;
        s.step(stick(0.f, 1.f));
        auto grip = stick(0.f, 1.f);
        grip.grab.pressed = grip.grab.held = true;
        CHECK(s.step(grip).cancel);
        CHECK_FALSE(s.step(stick(0.f, 1.f)).aiming);
        CHECK_FALSE(s.step(stick(0.f, 0.f)).go);
        CHECK(s.step(stick(0.f, 1.f)).aiming);
        CHECK(s.step({}).cancel);
        CHECK_FALSE(s.step(stick(0.f, 0.f)).go);
    }

    TEST_CASE("a pinch aims and opening goes, a fist cancels") {
        TeleportPinch p;
        xr::HandState hand;
        hand.active = true;
        CHECK_FALSE(p.step(hand).go);
        hand.select = {.held = true, .pressed = true};
        CHECK(p.step(hand).aiming);
        hand.select = {.held = true};
        CHECK(p.step(hand).aiming);
        hand.select = {.released = true};
        CHECK(p.step(hand).go);
        hand.select = {.held = true, .pressed = true};
        p.step(hand);
        hand.select = {.held = true};
        hand.grab = {.held = true, .pressed = true};
        CHECK(p.step(hand).cancel);
        hand.grab = {};
        hand.select = {};
        CHECK_FALSE(p.step(hand).go);
    }

    TEST_CASE("a jump puts the head over the landing, looking where the arrow said, at 1 : 1") {
        Lucky luck(22);
        Teleport teleport;
        for (int i = 0; i < 200; ++i) {
            Stance s = luck.stance();
            s.position.y = 0.0;
            s.lift_m = 0.0;
            const Pose head = luck.head();
            const Pose aim{head.position - DVec3(0, 0.5, 0), yawed(luck.between(-3, 3))};
            const double turn = luck.between(-3.0, 3.0);
            CHECK_FALSE(teleport.step({.aiming = true, .turn_rad = turn}, MadeWorld{}, s, head, aim));
            CHECK(teleport.shown());
            const auto jump = teleport.step({.go = true, .turn_rad = turn}, MadeWorld{}, s, head, aim);
            REQUIRE(jump);
            CHECK_FALSE(teleport.shown());
            CHECK(glm::length(jump->feet - teleport.arc().points.back()) < 1e-9);
            CHECK(std::abs(wrapped(jump->yaw_rad - looking(s, head) - turn)) < 1e-9);
            const Stance there = land(s, head, *jump);
            CHECK(there.scale == 1.0);
            CHECK(glm::length(feet(there, head) - jump->feet) < 1e-9);
            CHECK(std::abs(wrapped(looking(there, head) - jump->yaw_rad)) < 1e-6);
        }
    }

    TEST_CASE("letting go over what is no floor is refused, with the reason") {
        MadeWorld world;
        world.floor_y.reset();
        Teleport teleport;
        teleport.step({.aiming = true}, world, {}, kHead, {{0, 1.2, 0}, kNoRotation});
        CHECK_FALSE(teleport.step({.go = true}, world, {}, kHead, {{0, 1.2, 0}, kNoRotation}));
        CHECK(teleport.refused());
        CHECK(teleport.arc().landing.blocked == Blocked::NoFloor);
        CHECK_FALSE(teleport.step({}, world, {}, kHead, {{0, 1.2, 0}, kNoRotation}));
        CHECK_FALSE(teleport.refused());
        CHECK_FALSE(teleport.step({.cancel = true}, MadeWorld{}, {}, kHead, {{0, 1.2, 0}, kNoRotation}));
    }
}

} // namespace
} // namespace pw::interaction
