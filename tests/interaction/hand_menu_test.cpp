// SPDX-License-Identifier: Apache-2.0
#include "interaction/hand_menu.h"

#include "interaction/tool_hand.h"
#include "tests/interaction/lucky.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

namespace pw::interaction {
namespace {

const Vec2 kSize{0.24f, 0.18f};
constexpr Duration kFrame = from_ms(10);

// Turned so that the palm of a hand that holds a controller looks along `normal`.
Quat grip_with_palm(std::size_t hand, const Vec3& normal) {
    const Vec3 x(hand == 0 ? 1.f : -1.f, 0.f, 0.f);
    return glm::normalize(Quat(x, glm::normalize(normal)));
}

struct Rig {
    HandMenu menu;
    xr::Input in;
    Stance stance{{10, 0, 20}, 0.4, 1.0, 0.0};
    std::optional<Pose> bar;

    Rig() {
        in.head_active = true;
        in.origin_from_head = {{0, 1.7, 0}, pitched(deg(-30.0))};
        for (std::size_t h = 0; h < 2; ++h) {
            in.hands[h].active = true;
            in.hands[h].origin_from_grip = {{h == 0 ? -0.3 : 0.3, 0.9, -0.2}, kNoRotation};
            turn_palm(h, {0, -1, 0});
        }
    }
    void turn_palm(std::size_t h, const Vec3& normal) {
        in.hands[h].origin_from_grip.orientation = grip_with_palm(h, normal);
    }
    // The hand before the eyes, its palm turned away from them by so much.
    void show_palm(std::size_t h, double off_deg = 0.0) {
        auto& grip = in.hands[h].origin_from_grip;
        grip.position = {h == 0 ? -0.1 : 0.1, 1.45, -0.4};
        const DVec3 to_head = glm::normalize(in.origin_from_head.position - grip.position);
        const Vec3 across = glm::normalize(glm::cross(Vec3(to_head), Vec3(1, 0, 0)));
        turn_palm(h, glm::angleAxis(static_cast<float>(deg(off_deg)), across) * Vec3(to_head));
    }
    void hide_palm(std::size_t h) { turn_palm(h, {0, -1, 0}); }
    void run(int ms) {
        for (int t = 0; t < ms; t += 10) menu.step(in, kSize, stance, bar, kFrame);
    }
    void press_menu(std::size_t h) {
        in.hands[h].menu.pressed = true;
        run(10);
        in.hands[h].menu.pressed = false;
    }
};

TEST_SUITE("interaction/hand_menu") {
    TEST_CASE("a follower answers a step as a critically damped spring does, whatever the frames") {
        for (int frame_ms : {1, 10, 50, 250}) {
            Follower f;
            f.rest_at({0, 0, 0});
            DVec3 at(0.0);
            for (int t = 0; t < 500; t += frame_ms) at = f.step({1, 0, -2}, from_ms(500), from_ms(frame_ms));
            const double left = (1.0 + 4.0 * 0.5) * std::exp(-4.0 * 0.5); // ω = 4 / s: 0.40601 after 0.5 s
            CHECK(at.x == doctest::Approx(1.0 - left).epsilon(1e-9));
            CHECK(at.z == doctest::Approx(-2.0 * (1.0 - left)).epsilon(1e-9));
            for (int t = 0; t < 9000; t += frame_ms)
                CHECK((at = f.step({1, 0, -2}, from_ms(500), from_ms(frame_ms))).x <= 1.0 + 1e-12);
            CHECK(at.x == doctest::Approx(1.0).epsilon(1e-9));
        }
    }

    TEST_CASE("behind a hand that moves steadily the follower is half a second") {
        Follower f;
        f.rest_at({0, 0, 0});
        DVec3 at(0.0);
        double hand = 0.0;
        for (int i = 0; i < 5000; ++i) at = f.step({hand += 0.001, 0, 0}, from_ms(500), from_ms(1));
        CHECK(hand - at.x == doctest::Approx(0.5).epsilon(2e-3)); // 1 m/s
    }

    TEST_CASE("palms are known from joints and from controllers") {
        xr::HandState hand;
        CHECK(glm::length(palm_of(hand, 0).normal - Vec3(1, 0, 0)) < 1e-6f);
        CHECK(glm::length(palm_of(hand, 1).normal - Vec3(-1, 0, 0)) < 1e-6f);
        hand.has_joints = true;
        hand.joints[static_cast<std::size_t>(xr::Joint::Palm)].origin_from_joint = {{1, 2, 3}, kNoRotation};
        CHECK(glm::length(palm_of(hand, 1).normal - Vec3(0, -1, 0)) < 1e-6f);
        CHECK(palm_of(hand, 1).at == DVec3(1, 2, 3));
    }

    TEST_CASE("a palm that is looked into for a quarter of a second opens it, on the hand that it belongs to") {
        for (std::size_t h : {0u, 1u}) {
            Rig rig;
            rig.run(1000);
            CHECK_FALSE(rig.menu.open());
            rig.show_palm(h);
            rig.run(240);
            CHECK_FALSE(rig.menu.open());
            rig.run(10);
            CHECK(rig.menu.open());
            CHECK(rig.menu.opened());
            CHECK(rig.menu.hand() == h);
            ToolHand tool;
            CHECK(tool.step(rig.in, rig.menu.hand(), 1) == 1 - h);
            rig.run(10);
            CHECK_FALSE(rig.menu.opened());
        }
    }

    TEST_CASE("34 degrees off is a palm, 36 are none; and it must be in the middle of the view") {
        Rig rig;
        rig.show_palm(0, 36.0);
        rig.run(1000);
        CHECK_FALSE(rig.menu.open());
        rig.show_palm(0, 34.0);
        rig.run(250);
        CHECK(rig.menu.open());
        Rig away;
        away.show_palm(0);
        away.in.origin_from_head.orientation = yawed(deg(60.0));
        away.run(1000);
        CHECK_FALSE(away.menu.open());
        Rig passing; // a glance is not enough
        for (int i = 0; i < 10; ++i) {
            passing.show_palm(0);
            passing.run(200);
            passing.hide_palm(0);
            passing.run(20);
        }
        CHECK_FALSE(passing.menu.open());
    }

    TEST_CASE("it closes when the palm was away for half a second, and not before") {
        Rig rig;
        rig.show_palm(0);
        rig.run(300);
        rig.show_palm(0, 45.0); // tilted, not away
        rig.run(2000);
        CHECK(rig.menu.open());
        rig.hide_palm(0);
        rig.run(490);
        CHECK(rig.menu.open());
        rig.show_palm(0);
        rig.run(100);
        rig.hide_palm(0);
        rig.run(490);
        CHECK(rig.menu.open());
        rig.run(10);
        CHECK_FALSE(rig.menu.open());
        CHECK(rig.menu.closed());
        CHECK_FALSE(rig.menu.hand().has_value());
        rig.show_palm(0);
        rig.run(250);
        rig.in.hands[0].active = false; // a lost hand is away
        rig.run(500);
        CHECK_FALSE(rig.menu.open());
    }

    TEST_CASE("it is 30 to 60 cm away, below the eyes, beside the palm, and faces the head") {
        Lucky luck(51);
        for (int i = 0; i < 2000; ++i) {
            const Pose head{luck.within(0.5) + DVec3(0, 1.6, 0),
                            yawed(luck.between(-3, 3)) * pitched(luck.between(-1.2, 0.8))};
            const std::size_t h = i % 2 == 0 ? 0 : 1;
            const Palm palm{head.position + luck.within(0.8), {0, 1, 0}};
            const DVec3 at = beside_palm(palm, h, head, kSize);
            const double away = glm::length(at - head.position);
            CHECK(away >= 0.3 - 1e-9);
            CHECK(away <= 0.6 + 1e-9);
            CHECK(at.y + 0.09 <= head.position.y); // its upper edge
            const Vec3 face = facing(at, head.position) * Vec3(0, 0, 1);
            CHECK(glm::dot(DVec3(face), glm::normalize(head.position - at)) > 0.999999);
        }
        const Pose head{{0, 1.7, 0}, kNoRotation};
        const DVec3 left = beside_palm({{-0.2, 1.4, -0.35}, {0, 0, 1}}, 0, head, kSize);
        CHECK(glm::length(left - DVec3(0.0, 1.4, -0.35)) < 1e-8); // to the right of the left palm: -0.2 + 0.12 + 0.08
        const DVec3 right = beside_palm({{0.2, 1.4, -0.35}, {0, 0, 1}}, 1, head, kSize);
        CHECK(glm::length(right - DVec3(0.0, 1.4, -0.35)) < 1e-8); // mirrored
    }

    TEST_CASE("it opens where it belongs, and follows the hand softly") {
        Rig rig;
        rig.show_palm(0);
        rig.run(250);
        const DVec3 begin = beside_palm(palm_of(rig.in.hands[0], 0), 0, rig.in.origin_from_head, kSize);
        CHECK(glm::length(rig.menu.origin_from_menu().position - begin) < 1e-9);
        rig.in.hands[0].origin_from_grip.position.x -= 0.1;
        const DVec3 end = beside_palm(palm_of(rig.in.hands[0], 0), 0, rig.in.origin_from_head, kSize);
        rig.run(500);
        const double left = 3.0 * std::exp(-2.0);
        CHECK(glm::length(rig.menu.origin_from_menu().position - (end + (begin - end) * left)) < 1e-6);
    }

    TEST_CASE("the menu button opens and closes it, and a palm that still faces does not open it again") {
        Rig rig;
        rig.press_menu(1);
        CHECK(rig.menu.open());
        CHECK(rig.menu.hand() == 1u);
        rig.run(2000); // it needs no palm
        CHECK(rig.menu.open());
        rig.press_menu(0);
        CHECK_FALSE(rig.menu.open());
        rig.show_palm(0);
        rig.run(250);
        CHECK(rig.menu.open());
        rig.press_menu(0);
        CHECK_FALSE(rig.menu.open());
        rig.run(1000);
        CHECK_FALSE(rig.menu.open());
        rig.show_palm(0, 45.0); // tilted, not away
        rig.run(100);
        rig.show_palm(0);
        rig.run(1000);
        CHECK_FALSE(rig.menu.open());
        rig.hide_palm(0);
        rig.run(10);
        rig.show_palm(0);
        rig.run(250);
        CHECK(rig.menu.open());
    }

    TEST_CASE("held by its bar it goes along, let go of it stays in the world, and a palm calls it back") {
        Rig rig;
        rig.show_palm(0);
        rig.run(250);
        rig.bar = Pose{{0.1, 1.3, -0.6}, yawed(0.2)};
        rig.run(10);
        rig.hide_palm(0);
        rig.run(1000); // held: it does not close
        CHECK(rig.menu.origin_from_menu().position == rig.bar->position);
        const DVec3 world = to_world(rig.stance, rig.bar->position);
        rig.bar.reset();
        rig.run(10);
        CHECK(rig.menu.pinned());
        CHECK_FALSE(rig.menu.hand().has_value());
        rig.stance = {{-5, 0, 3}, 1.0, 1.0, 0.0}; // the user goes away
        rig.run(2000);
        CHECK(rig.menu.open());
        CHECK(glm::length(to_world(rig.stance, rig.menu.origin_from_menu().position) - world) < 1e-9);
        CHECK(rig.menu.place().in == PlaceIn::World);
        rig.show_palm(1);
        rig.run(250);
        CHECK_FALSE(rig.menu.pinned());
        CHECK(rig.menu.hand() == 1u);
    }

    TEST_CASE("who has one hand gets it in front of them, still, and that hand is the tool") {
        Rig rig;
        rig.in.hands[0].active = false;
        rig.show_palm(1);
        rig.run(250);
        REQUIRE(rig.menu.open());
        CHECK_FALSE(rig.menu.hand().has_value());
        ToolHand tool;
        CHECK(tool.step(rig.in, rig.menu.hand(), 1) == 1);
        const DVec3 at = rig.menu.origin_from_menu().position;
        CHECK(glm::length(at - DVec3(0, 1.55, -std::sqrt(0.25 - 0.0225))) < 1e-6);
        rig.in.hands[1].origin_from_grip.position.x += 0.3;
        rig.hide_palm(1);
        rig.run(2000);
        CHECK(rig.menu.open());
        CHECK(rig.menu.origin_from_menu().position == at);
        rig.show_palm(1); // the same again closes it
        rig.run(250);
        CHECK_FALSE(rig.menu.open());
        rig.run(2000);
        CHECK_FALSE(rig.menu.open());
    }

    TEST_CASE("without the focus no palm opens it") {
        Rig rig;
        rig.in.focused = false;
        rig.show_palm(0);
        rig.run(1000);
        CHECK_FALSE(rig.menu.open());
    }
}

TEST_SUITE("interaction/tool_hand") {
    TEST_CASE("the tool is the hand whose trigger was pulled last") {
        xr::Input in;
        in.hands[0].active = in.hands[1].active = true;
        ToolHand tool;
        CHECK(tool.step(in, {}, 1) == 1);
        in.hands[0].select.pressed = true;
        CHECK(tool.step(in, {}, 1) == 0);
        in.hands[0].select.pressed = false;
        CHECK(tool.step(in, {}, 1) == 0);
        CHECK(tool.step(in, 0, 1) == 1); // its menu is open
        in.hands[0].select.pressed = true;
        CHECK(tool.step(in, 0, 1) == 1);
        in.hands[0].select.pressed = false;
        CHECK(tool.step(in, {}, 1) == 0);
        in.hands[0].active = false;
        CHECK(tool.step(in, {}, 1) == 1);
        in.hands[0].active = true;
        CHECK(tool.step(in, {}, 1) == 0);
    }

    TEST_CASE("a visit begins with the hand that is preferred, and another preference is heard at once") {
        xr::Input in;
        in.hands[0].active = in.hands[1].active = true;
        ToolHand tool;
        CHECK(tool.step(in, {}, 0) == 0);
        in.hands[1].select.pressed = true;
        CHECK(tool.step(in, {}, 0) == 1);
        in.hands[1].select.pressed = false;
        CHECK(tool.step(in, {}, 0) == 1);
        CHECK(tool.step(in, {}, 1) == 1);
        CHECK(tool.step(in, {}, 0) == 0);
    }
}

TEST_SUITE("interaction/panel_place") {
    TEST_CASE("panels are kept by name, with the user or in the world, and come back where they were seen") {
        Lucky luck(52);
        std::vector<PanelPlace> places;
        for (int i = 0; i < 200; ++i) {
            const Stance s = luck.stance();
            const Pose seen{luck.within(1.0), luck.rotation()};
            keep(place_of(places, "alarms"), PlaceIn::World, seen, s);
            keep(place_of(places, "help"), PlaceIn::User, seen, s);
            CHECK(glm::length(origin_from_panel(place_of(places, "alarms"), s).position - seen.position) < 1e-9);
            const Stance moved = luck.stance();
            CHECK(origin_from_panel(place_of(places, "help"), moved).position == seen.position);
            CHECK(glm::length(to_world(moved, origin_from_panel(place_of(places, "alarms"), moved).position) -
                              to_world(s, seen.position)) < 1e-7);
        }
        CHECK(places.size() == 2);
        CHECK(place_of(places, "alarms").name == "alarms");
    }
}

} // namespace
} // namespace pw::interaction
