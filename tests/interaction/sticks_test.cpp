// SPDX-License-Identifier: Apache-2.0
#include "interaction/sticks.h"

#include "tests/interaction/lucky.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

namespace pw::interaction {
namespace {

constexpr Duration kFrame = from_ms(10);

xr::Input sticks(Vec2 left, Vec2 right) {
    xr::Input in;
    in.hands[0].active = in.hands[1].active = true;
    in.hands[0].stick = left;
    in.hands[1].stick = right;
    return in;
}

struct Rig {
    Sticks sticks_;
    StickSettings settings;
    std::array<bool, 2> taken{};
    Rig() { step({0, 0}, {0, 0}); }
    StickAsks step(Vec2 left, Vec2 right) { return sticks_.step(sticks(left, right), settings, taken, kFrame); }
};

TEST_SUITE("interaction/sticks") {
    TEST_CASE("a push to the side is one turn, however long it lasts and wherever within it the stick goes") {
        Rig rig;
        CHECK(rig.step({0, 0}, {0.6f, 0}).snap_rad == 0.0);
        CHECK(rig.step({0, 0}, {0.8f, 0}).snap_rad == doctest::Approx(deg(-45.0)));
        for (float x : {1.f, 0.9f, 0.5f, 1.f, 0.4f, 0.9f}) CHECK(rig.step({0, 0}, {x, 0}).snap_rad == 0.0);
        CHECK(rig.step({0, 0}, {0.3f, 0}).snap_rad == 0.0);
        CHECK(rig.step({0, 0}, {-0.75f, 0}).snap_rad == doctest::Approx(deg(45.0)));
        const auto others = rig.step({-1.f, 0}, {-0.75f, 0}); // the other hand's own
        CHECK(others.snap_rad == doctest::Approx(deg(45.0)));
        CHECK(others.by == 0);
        CHECK_FALSE(rig.step({0, 0}, {0, 0}).by);
        CHECK(rig.step({0, 0}, {0.72f, -0.74f}).snap_rad == 0.0); // back, rather than to a side
        CHECK(rig.step({0, 0}, {0.74f, -0.72f}).snap_rad == doctest::Approx(deg(-45.0)));
        for (double by : {30.0, 90.0}) {
            rig.step({0, 0}, {0, 0});
            rig.settings.snap_rad = deg(by);
            CHECK(rig.step({0, 0}, {-1.f, 0}).snap_rad == doctest::Approx(deg(by)));
        }
    }

    TEST_CASE("as set at first nothing turns or walks continuously") {
        Rig rig;
        Lucky luck(31);
        double turned_rad = 0.0;
        for (int i = 0; i < 1000; ++i) {
            const auto f = [&] { return static_cast<float>(luck.between(-1, 1)); };
            const auto asks = rig.step({f(), f()}, {f(), f()});
            turned_rad += std::abs(asks.turn_rad);
            CHECK(asks.walk_m == DVec3(0.0));
        }
        CHECK(turned_rad == 0.0);
    }

    TEST_CASE("a stick that is held when its hand, or the focus, comes turns nothing until it was back") {
        Rig rig;
        xr::Input in = sticks({0, 0}, {1.f, 0});
        in.focused = false;
        rig.sticks_.step(in, rig.settings, {}, kFrame);
        CHECK(rig.step({0, 0}, {1.f, 0}).snap_rad == 0.0);
        rig.step({0, 0}, {0, 0});
        CHECK(rig.step({0, 0}, {1.f, 0}).snap_rad != 0.0);
    }

    TEST_CASE("while the arrow is turned nobody turns, nor by the stick's way back") {
        Rig rig;
        CHECK(rig.step({0, 0}, {0, 1.f}).teleport[1].aiming);
        for (Vec2 s : {Vec2(0.7f, 0.7f), Vec2(1.f, 0.f), Vec2(0.8f, 0.f), Vec2(0.5f, 0.f)})
            CHECK(rig.step({0, 0}, s).snap_rad == 0.0);
        const auto go = rig.step({0, 0}, {0.2f, 0});
        CHECK(go.teleport[1].go);
        CHECK(go.snap_rad == 0.0);
        CHECK(go.teleport[1].turn_rad == doctest::Approx(deg(-90.0)));
    }

    TEST_CASE("a stick that a panel has taken does nothing else until it was back") {
        Rig rig;
        rig.taken[1] = true;
        CHECK(rig.step({0, 0}, {1.f, 0}).snap_rad == 0.0);
        CHECK_FALSE(rig.step({0, 0}, {0, 1.f}).teleport[1].aiming);
        rig.taken[1] = false; // the hand slides off the panel
        CHECK(rig.step({0, 0}, {1.f, 0}).snap_rad == 0.0);
        CHECK_FALSE(rig.step({0, 0}, {0, 1.f}).teleport[1].aiming);
        rig.step({0, 0}, {0, 0});
        CHECK(rig.step({0, 0}, {0, 1.f}).teleport[1].aiming);
        rig.taken[1] = true; // an arc that slides onto a panel is let go of, without a jump
        const auto lost = rig.step({0, 0}, {0, 1.f});
        CHECK(lost.teleport[1].cancel);
        CHECK_FALSE(lost.teleport[1].go);
    }

    TEST_CASE("a dead zone is left without a step") {
        CHECK(live({0.2f, 0.f}) == Vec2(0.f));
        CHECK(live({0.6f, 0.f}).x == doctest::Approx(0.5f));
        CHECK(live({0.f, -1.f}).y == doctest::Approx(-1.f));
        CHECK(glm::length(live({0.9f, 0.9f})) == doctest::Approx(1.f));
    }

    TEST_CASE("smooth turning goes as far as the stick, to the stick's side") {
        Rig rig;
        rig.settings.turning = Turning::Smooth;
        double turned_rad = 0.0;
        for (int i = 0; i < 100; ++i) turned_rad += rig.step({0, 0}, {-1.f, 0}).turn_rad;
        CHECK(turned_rad == doctest::Approx(deg(60.0))); // left, in a second
        CHECK(rig.step({0, 0}, {0.6f, 0}).turn_rad == doctest::Approx(deg(-0.3)));
        CHECK(rig.step({0, 0}, {0.15f, 0}).turn_rad == 0.0);
    }

    TEST_CASE("walking is along the look, by the hand that walks, which does nothing else") {
        Rig rig;
        rig.settings.walking = true;
        xr::Input in = sticks({0, 1.f}, {0, 0});
        in.origin_from_head.orientation = yawed(deg(90.0)) * pitched(deg(-50.0));
        auto asks = rig.sticks_.step(in, rig.settings, {}, kFrame);
        CHECK(glm::length(asks.walk_m - DVec3(-0.016, 0, 0)) < 1e-6);
        CHECK_FALSE(asks.teleport[0].aiming);
        in = sticks({1.f, 0}, {1.f, 0});
        asks = rig.sticks_.step(in, rig.settings, {}, kFrame);
        CHECK(asks.snap_rad == doctest::Approx(deg(-45.0))); // the right one's alone
        CHECK(asks.walk_m.x == doctest::Approx(0.016));
        CHECK(asks.by == 1);
        rig.settings = mirrored(rig.settings);
        asks = rig.sticks_.step(sticks({0, 0}, {0, -1.f}), rig.settings, {}, kFrame);
        CHECK(asks.walk_m.z == doctest::Approx(0.016));
        CHECK(rig.step({0, 1.f}, {0, 0}).teleport[0].aiming);
    }
}

} // namespace
} // namespace pw::interaction
