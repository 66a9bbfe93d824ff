// SPDX-License-Identifier: Apache-2.0
#include "interaction/grab_world.h"

#include "tests/interaction/lucky.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

namespace pw::interaction {
namespace {

std::array<Hold, 2> both(const DVec3& a, const DVec3& b) { return {Hold{true, a}, Hold{true, b}}; }

TEST_SUITE("interaction/grab_world") {
    TEST_CASE("both points stay under the hands, anywhere in the world") {
        Lucky luck(41);
        double worst = 0.0;
        for (int i = 0; i < 300; ++i) {
            Stance s = luck.stance();
            s.scale = luck.between(8.0, 12.0);
            DVec3 a = luck.within(0.8), b = luck.within(0.8);
            while (std::hypot(a.x - b.x, a.z - b.z) < 0.3) b = luck.within(0.8);
            GrabWorld grab;
            CHECK(grab.step(s, both(a, b)).position == s.position);
            const DVec3 under_a = to_world(s, a), under_b = to_world(s, b);
            for (int k = 0; k < 20; ++k) {
                // Hands that move, turn about the vertical and go apart, as a similarity does.
                const double by = luck.between(-0.2, 0.2), wide = luck.between(0.9, 1.1);
                const DVec3 shift = luck.within(0.1);
                const DVec3 now_a = turned(by, a) * wide + shift, now_b = turned(by, b) * wide + shift;
                s = grab.step(s, both(now_a, now_b));
                worst = std::max(
                    {worst, glm::length(to_world(s, now_a) - under_a), glm::length(to_world(s, now_b) - under_b)});
            }
            CHECK(grab.holding());
        }
        CHECK(worst < 1e-6);
    }

    TEST_CASE("whatever the hands do, the middle between them stays, and the vertical is vertical") {
        Lucky luck(42);
        for (int i = 0; i < 300; ++i) {
            Stance s = luck.stance();
            const DVec3 a = luck.within(0.8), b = luck.within(0.8);
            GrabWorld grab;
            grab.step(s, both(a, b));
            const DVec3 middle = (to_world(s, a) + to_world(s, b)) * 0.5;
            const DVec3 now_a = luck.within(0.8), now_b = luck.within(0.8);
            s = grab.step(s, both(now_a, now_b));
            CHECK(glm::length(to_world(s, (now_a + now_b) * 0.5) - middle) < 1e-6);
            CHECK(s.scale >= 1.0);
            CHECK(s.scale <= 100.0);
        }
    }

    TEST_CASE("hands that come together by half show the world at half its size") {
        GrabWorld grab;
        Stance s;
        s = grab.step(s, both({-0.4, 1, -0.5}, {0.4, 1, -0.5}));
        s = grab.step(s, both({-0.2, 1, -0.5}, {0.2, 1, -0.5}));
        CHECK(s.scale == doctest::Approx(2.0));
        s = grab.step(s, both({0.2, 1, -0.5}, {-0.2, 1, -0.5})); // crossed: half a turn
        CHECK(std::abs(s.yaw_rad) == doctest::Approx(deg(180.0)));
    }

    TEST_CASE("near 1 : 1 it is exactly 1 : 1, it does not flicker there, and smaller than 1 : 100 it does not get") {
        GrabWorld grab;
        Stance s;
        const auto at = [&](double half) { return s = grab.step(s, both({-half, 1, 0}, {half, 1, 0})); };
        at(0.5);
        CHECK(at(0.5 / 1.05).scale == 1.0);
        CHECK(at(0.5 / 1.07).scale == doctest::Approx(1.07));
        CHECK(at(0.5 / 1.05).scale == doctest::Approx(1.05));
        CHECK(at(0.5 / 1.02).scale == 1.0);
        CHECK(at(0.5 / 0.5).scale == 1.0);
        grab.step(s, {});
        s.scale = 50.0;
        at(0.5);
        CHECK(at(0.2).scale == 100.0);
        CHECK(at(0.4).scale == doctest::Approx(62.5)); // back without taking hold again
    }

    TEST_CASE("one hand moves: on the level at 1 : 1, every way in a model, and turns nothing") {
        GrabWorld grab;
        Stance s{{3, 0, 4}, 0.7, 1.0, 0.0};
        const std::array<Hold, 2> begin{Hold{true, {0.2, 1.2, -0.4}}, Hold{}};
        const std::array<Hold, 2> end{Hold{true, {-0.1, 1.5, 0.1}}, Hold{}};
        grab.step(s, begin);
        const DVec3 under = to_world(s, begin[0].at);
        Stance t = grab.step(s, end);
        const DVec3 there = to_world(t, end[0].at);
        CHECK(std::hypot(there.x - under.x, there.z - under.z) < 1e-9);
        CHECK(t.position.y == 0.0);
        CHECK(t.yaw_rad == 0.7);
        grab.step(t, {});
        CHECK_FALSE(grab.let_go());
        s.scale = 20.0;
        grab.step(s, begin);
        const DVec3 model = to_world(s, begin[0].at);
        t = grab.step(s, end);
        CHECK(glm::length(to_world(t, end[0].at) - model) < 1e-9);
    }

    TEST_CASE("a hand that comes or goes makes nothing leap") {
        GrabWorld grab;
        Stance s{{0, 0, 0}, 0.0, 10.0, 0.0};
        const Hold a{true, {-0.3, 1, 0}}, b{true, {0.3, 1, 0}}, a2{true, {-0.2, 1.1, 0.1}}, none;
        s = grab.step(s, {a, none});
        s = grab.step(s, {a2, none});
        for (const std::array<Hold, 2>& hands : {std::array{a2, b}, std::array{none, b}, std::array{none, none}}) {
            const Stance t = grab.step(s, hands);
            CHECK(t.position == s.position);
            CHECK(t.scale == s.scale);
            s = t;
        }
        CHECK_FALSE(grab.let_go()); // not 1 : 1
        CHECK_FALSE(grab.holding());
    }

    TEST_CASE("who comes back to 1 : 1 is told to stand on the floor") {
        GrabWorld grab;
        Stance s{{0, 7, 0}, 0.0, 2.0, 0.0};
        s = grab.step(s, both({-0.2, 1, 0}, {0.2, 1, 0}));
        s = grab.step(s, both({-0.5, 1, 0}, {0.5, 1, 0}));
        CHECK(s.scale == 1.0);
        s = grab.step(s, {Hold{true, {-0.5, 1, 0}}, Hold{}});
        CHECK_FALSE(grab.let_go());
        s = grab.step(s, {});
        CHECK(grab.let_go());
        grab.step(s, {});
        CHECK_FALSE(grab.let_go());
    }

    TEST_CASE("the floor is found below, through what is none, and above who is below it") {
        MadeWorld world;
        world.boxes = {{{-2, 0, -2}, {2, 0.9, 2}}}; // a machine, which is met twice
        StandRules rules;
        rules.is_floor = [](scene::NodeId node) { return node.index == 0; };
        const Pose head{{0.5, 1.7, 0.2}, kNoRotation};
        Stance s{{0, 7, 0}, 0.4, 1.0, 0.0};
        Stance t = on_floor(world, s, head, rules);
        CHECK(glm::length(feet(t, head) - DVec3(feet(s, head).x, 0, feet(s, head).z)) < 1e-9);
        CHECK(t.yaw_rad == s.yaw_rad);
        CHECK(std::abs(feet(on_floor(world, s, head), head).y - 0.9) < 1e-9); // where a machine is a floor
        s.position.y = -9.0;
        CHECK(std::abs(feet(on_floor(world, s, head, rules), head).y) < 1e-9);
        world.boxes.push_back({{-20, 9, -20}, {20, 9.2, 20}}); // the hall's roof
        rules.is_floor = [](scene::NodeId node) { return node.index != 1; };
        CHECK(std::abs(feet(on_floor(world, s, head, rules), head).y) < 1e-9);
        world.floor_y.reset();
        world.boxes.clear();
        CHECK(on_floor(world, s, head, rules).position == s.position);
    }

    TEST_CASE("hands above each other turn nothing, and apart again they turn on without a leap") {
        GrabWorld grab;
        Stance s{{0, 0, 0}, 0.3, 10.0, 0.0};
        s = grab.step(s, both({-0.3, 1, 0}, {0.3, 1, 0}));
        double last = s.yaw_rad;
        for (int i = 0; i <= 100; ++i) { // the left hand goes below the right one and comes out on its other side
            const double a = deg(1.8 * i);
            s = grab.step(s, both({-0.3 * std::cos(a), 1.0 - 0.3 * std::sin(a), 0},
                                  {0.3 * std::cos(a), 1.0 + 0.3 * std::sin(a), 0}));
            CHECK(std::abs(wrapped(s.yaw_rad - last)) < 1e-6);
            last = s.yaw_rad;
        }
        CHECK(s.scale == doctest::Approx(10.0));
    }
}

} // namespace
} // namespace pw::interaction
