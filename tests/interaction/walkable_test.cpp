// SPDX-License-Identifier: Apache-2.0
#include "interaction/walkable.h"

#include "tests/interaction/lucky.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

namespace pw::interaction {
namespace {

DAabb box(const DVec3& min, const DVec3& max) { return {min, max}; }

Blocked at(const MadeWorld& world, const DVec3& p) { return footing_below(world, p + DVec3(0, 1, 0), 5.0).blocked; }

TEST_SUITE("interaction/walkable") {
    TEST_CASE("an empty floor may be stood on, and where there is none, nothing") {
        MadeWorld world;
        const Footing f = footing_below(world, {3.0, 1.0, -2.0}, 5.0);
        CHECK(f.blocked == Blocked::No);
        CHECK(glm::length(f.feet - DVec3(3.0, 0.0, -2.0)) < 1e-12);
        CHECK(f.node == scene::NodeId{0});
        CHECK(footing_below(world, {3.0, 6.0, -2.0}, 5.0).blocked == Blocked::NoFloor);
        world.floor_y.reset();
        CHECK(at(world, {0, 0, 0}) == Blocked::NoFloor);
    }

    TEST_CASE("29 degrees are a ramp, 31 are too steep") {
        MadeWorld world;
        world.slope_rad = deg(29.0);
        CHECK(at(world, {0, 0, 0}) == Blocked::No);
        world.slope_rad = deg(31.0);
        CHECK(at(world, {0, 0, 0}) == Blocked::Steep);
    }

    TEST_CASE("one does not stand under what hangs lower than two metres, and names it") {
        MadeWorld world;
        world.boxes = {box({-1, 1.95, -1}, {1, 2.5, 1})};
        const Footing f = footing_below(world, {0, 1, 0}, 5.0);
        CHECK(f.blocked == Blocked::Low);
        CHECK(f.node == scene::NodeId{1});
        world.boxes = {box({-1, 2.05, -1}, {1, 2.5, 1})};
        CHECK(at(world, {0, 0, 0}) == Blocked::No);
    }

    TEST_CASE("a wall is kept a quarter of a metre away from") {
        MadeWorld world;
        world.boxes = {box({1, 0, -5}, {1.2, 3, 5})};
        CHECK(at(world, {0.74, 0, 0}) == Blocked::No);
        CHECK(at(world, {0.80, 0, 0}) == Blocked::Cramped);
        CHECK(at(world, {1.30, 0, 0}) == Blocked::Cramped);
        CHECK(at(world, {1.46, 0, 0}) == Blocked::No);
    }

    TEST_CASE("a kerb is stepped onto, a crate is not stood in") {
        MadeWorld world;
        world.boxes = {box({0.1, 0, -1}, {1, 0.1, 1})};
        CHECK(at(world, {0, 0, 0}) == Blocked::No);
        world.boxes = {box({0.1, 0, -1}, {1, 0.5, 1})};
        CHECK(at(world, {0, 0, 0}) == Blocked::Cramped);
    }

    TEST_CASE("on a ramp too a kerb is stepped onto, and a crate is not stood in") {
        MadeWorld world;
        world.slope_rad = deg(25.0);
        world.boxes = {box({0.2, -1, -1}, {1, 0.3, 1})}; // 0.2 m above the ramp
        CHECK(at(world, {0, 0, 0}) == Blocked::No);
        world.boxes = {box({0.2, -1, -1}, {1, 0.7, 1})};
        CHECK(at(world, {0, 0, 0}) == Blocked::Cramped);
    }

    TEST_CASE("a machine's level top is no floor where the plant says so") {
        MadeWorld world;
        world.boxes = {box({-2, 0, -2}, {2, 0.9, 2})};
        CHECK(footing_below(world, {0, 2, 0}, 5.0).blocked == Blocked::No);
        StandRules rules;
        rules.is_floor = [](scene::NodeId node) { return node.index == 0; };
        const Footing f = footing_below(world, {0, 2, 0}, 5.0, rules);
        CHECK(f.blocked == Blocked::NotFloor);
        CHECK(f.node == scene::NodeId{1});
        CHECK(footing_below(world, {3, 2, 0}, 5.0, rules).blocked == Blocked::No);
    }

    TEST_CASE("no post and no rail of four centimetres passes unseen") {
        Lucky luck(11);
        int rails = 0;
        for (int i = 0; i < 2000; ++i) {
            MadeWorld world;
            const double x = luck.between(-0.22, 0.22), z = luck.between(-0.22, 0.22);
            if (std::hypot(x, z) > 0.22) continue;
            world.boxes = {box({x - 0.02, 0, z - 0.02}, {x + 0.02, 2.5, z + 0.02})};
            CHECK(at(world, {0, 0, 0}) != Blocked::No);
            const double y = luck.between(0.3, 1.9);
            world.boxes = {i % 2 == 0 ? box({-3, y - 0.02, z - 0.02}, {3, y + 0.02, z + 0.02})
                                      : box({x - 0.02, y - 0.02, -3}, {x + 0.02, y + 0.02, 3})};
            CHECK(at(world, {0, 0, 0}) != Blocked::No);
            ++rails;
        }
        CHECK(rails > 1000);
    }

    TEST_CASE("every reason has words") {
        for (Blocked b :
             {Blocked::No, Blocked::NoFloor, Blocked::NotFloor, Blocked::Steep, Blocked::Low, Blocked::Cramped})
            CHECK(*text(words(b)) != '\0');
        CHECK(words(Blocked::Low) != words(Blocked::Cramped));
    }

    TEST_CASE("walking follows the floor and ends at a wall, along which it slides") {
        MadeWorld world;
        CHECK(glm::length(walk(world, {0, 0, 0}, {0.1, 0, 0}) - DVec3(0.1, 0, 0)) < 1e-9);
        world.boxes = {box({1, 0, -5}, {3, 0.2, 5})}; // a stair
        CHECK(glm::length(walk(world, {0.95, 0, 0}, {0.1, 0, 0}) - DVec3(1.05, 0.2, 0)) < 1e-9);
        CHECK(glm::length(walk(world, {1.05, 0.2, 0}, {-0.1, 0, 0}) - DVec3(0.95, 0.0, 0)) < 1e-9);
        world.boxes.clear();
        for (int i = 0; i < 6; ++i) world.boxes.push_back(box({1 + 0.28 * i, 0, -5}, {9, 0.17 * (i + 1), 5}));
        DVec3 slow(0.5, 0, 0); // up the stairs by many frames, and by one
        for (int i = 0; i < 60; ++i) slow = walk(world, slow, {0.05, 0, 0});
        CHECK(slow.y == doctest::Approx(6 * 0.17));
        CHECK(glm::length(walk(world, {0.5, 0, 0}, {3.0, 0, 0}) - slow) < 1e-6);
        world.boxes = {box({1, 0, -50}, {3, 3, 50})}; // a wall
        CHECK(walk(world, {0.74, 0, 0}, {0.1, 0, 0}) == DVec3(0.74, 0, 0));
        DVec3 p(0.7, 0, 0);
        for (int i = 0; i < 100; ++i) p = walk(world, p, {0.02, 0, -0.02});
        CHECK(p.x < 0.75);
        CHECK(p.z < -0.9);
        world.boxes = {};
        world.floor_y.reset();
        CHECK(walk(world, {0, 0, 0}, {0.1, 0, 0}) == DVec3(0, 0, 0)); // over the edge
    }
}

TEST_SUITE("interaction/head_guard") {
    TEST_CASE("the view fades from five centimetres before a wall to five behind, and clears on the way back") {
        MadeWorld world;
        world.boxes = {box({1, 0, -5}, {1.3, 3, 5})};
        HeadGuard guard;
        const auto at_x = [&](double x) { return guard.step(world, {x, 1.7, 0.0}); };
        for (double x = 0.0; x < 0.9; x += 0.02) CHECK(at_x(x) == 0.f);
        CHECK(at_x(0.94) == 0.f);
        CHECK(at_x(0.975) == doctest::Approx(0.25f).epsilon(1e-3));
        CHECK(at_x(1.0) == doctest::Approx(0.5f).epsilon(1e-3));
        CHECK(at_x(1.025) == doctest::Approx(0.75f).epsilon(1e-3));
        CHECK(at_x(1.1) == 1.f);
        CHECK(at_x(2.0) == 1.f); // beyond
        CHECK(at_x(0.96) == doctest::Approx(0.1f).epsilon(1e-3));
        CHECK(at_x(0.5) == 0.f);
    }

    TEST_CASE("one fast step through a thin wall is noticed") {
        MadeWorld world;
        world.boxes = {box({1, 0, -5}, {1.001, 3, 5})};
        HeadGuard guard;
        CHECK(guard.step(world, {0, 1.7, 0}) == 0.f);
        CHECK(guard.step(world, {2.5, 1.7, 0}) == 1.f);
    }

    TEST_CASE("what one can go around, one has gone around") {
        MadeWorld world;
        world.boxes = {box({-0.03, 0, -0.03}, {0.03, 3, 0.03})}; // a post
        HeadGuard guard;
        CHECK(guard.step(world, {-0.3, 1.7, 0}) == 0.f);
        CHECK(guard.step(world, {0.4, 1.7, 0}) == 0.f);
        world.boxes = {box({-0.3, 0, -0.3}, {0.3, 3, 0.3})}; // the head in a machine
        guard.reset();
        CHECK(guard.step(world, {-0.5, 1.7, 0}) == 0.f);
        CHECK(guard.step(world, {0.0, 1.7, 0}) == 1.f);
    }

    TEST_CASE("after a jump the guard begins where one is") {
        MadeWorld world;
        world.boxes = {box({1, 0, -5}, {1.3, 3, 5})};
        HeadGuard guard;
        guard.step(world, {0, 1.7, 0});
        CHECK(guard.step(world, {3, 1.7, 0}) == 1.f);
        guard.reset();
        CHECK(guard.step(world, {3, 1.7, 0}) == 0.f);
    }
}

} // namespace
} // namespace pw::interaction
