// SPDX-License-Identifier: Apache-2.0
#include "interaction/pointer.h"

#include "tests/interaction/lucky.h"

#include <doctest/doctest.h>
#include <glm/common.hpp>
#include <glm/geometric.hpp>

namespace pw::interaction {
namespace {

constexpr Duration kFrame = from_ms(10);
constexpr xr::Press kDown{.held = true, .pressed = true}, kHeld{.held = true}, kUp{.released = true};

// A panel of 0.4 m × 0.2 m a metre before the user, and a machine (node 1) two metres before them.
struct Rig {
    Pointer pointer;
    PointerIn in;
    std::vector<PanelTarget> panels{
        {.id = 7, .origin_from_panel = {{0, 1, -1}, kNoRotation}, .size_m = {0.4f, 0.2f}, .bar_m = 0.03f}};
    MadeWorld world;
    Stance stance;

    Rig() {
        world.boxes = {{{-1, 0, -3}, {1, 3, -2}}};
        in.active = true;
        in.origin_from_aim = {{0, 1, 0}, kNoRotation};
    }
    PointerOut step() { return pointer.step(in, panels, world, stance, kFrame); }
    void aim_at(const DVec3& p) {
        in.origin_from_aim.orientation = look_rotation(Vec3(glm::normalize(p - in.origin_from_aim.position)));
    }
    PointerOut tip_at(const DVec3& p) {
        in.may_touch = true;
        in.tip = p;
        return step();
    }
};

TEST_SUITE("interaction/pointer") {
    TEST_CASE("a ray is over what it meets first, and says when that changes") {
        Rig rig;
        rig.aim_at({0.1, 1.05, -1});
        auto out = rig.step();
        CHECK(out.over == Over::Panel);
        CHECK(out.panel == 7);
        CHECK(out.at.x == doctest::Approx(0.75f).epsilon(1e-5));
        CHECK(out.at.y == doctest::Approx(0.25f).epsilon(1e-5));
        CHECK(glm::length(out.point - DVec3(0.1, 1.05, -1)) < 1e-6);
        CHECK(out.distance_m == doctest::Approx(std::sqrt(1.0125)));
        CHECK(out.entered);
        CHECK_FALSE(out.left);
        CHECK_FALSE(rig.step().entered);
        rig.aim_at({0, 1.3, -2});
        out = rig.step();
        CHECK(out.over == Over::World);
        CHECK(out.node == scene::NodeId{1});
        CHECK(out.entered);
        CHECK(out.left);
        CHECK(glm::length(out.point - DVec3(0, 1.3, -2)) < 1e-6);
        rig.aim_at({0, 5, -1});
        out = rig.step();
        CHECK(out.over == Over::Nothing);
        CHECK(out.left);
        CHECK_FALSE(out.entered);
        CHECK(out.distance_m == 100.0);
    }

    TEST_CASE("the nearer panel is met, a wall before a panel hides it, and a panel's back is not met") {
        Rig rig;
        rig.panels.push_back({.id = 8, .origin_from_panel = {{0, 1, -0.5}, kNoRotation}, .size_m = {0.1f, 0.1f}});
        CHECK(rig.step().panel == 8);
        rig.panels[1].origin_from_panel.orientation = yawed(deg(180.0));
        CHECK(rig.step().panel == 7);
        rig.world.boxes.push_back({{-1, 0, -0.8}, {1, 3, -0.7}});
        const auto out = rig.step();
        CHECK(out.over == Over::World);
        CHECK(out.node == scene::NodeId{2});
    }

    TEST_CASE("in a model of 1 : 20 the same ray is as long for the user") {
        Rig rig;
        rig.stance = {{100, 0, 50}, deg(90.0), 20.0, 0.0};
        rig.panels.clear();
        rig.world.boxes = {{{50, 0, 0}, {60, 100, 100}}}; // 40 m before the user in the world, along −X
        const auto out = rig.step();
        CHECK(out.over == Over::World);
        CHECK(out.distance_m == doctest::Approx(2.0).epsilon(1e-5));
        CHECK(glm::length(out.point - DVec3(0, 1, -2)) < 1e-4);
    }

    TEST_CASE("a press counts where it began") {
        Rig rig;
        rig.in.select = kDown;
        auto out = rig.step();
        CHECK(out.pressed);
        CHECK(out.held);
        rig.in.select = kHeld;
        rig.aim_at({0.4, 1, -1}); // slides off the panel
        out = rig.step();
        CHECK(out.over == Over::Panel);
        CHECK_FALSE(out.pressed);
        CHECK(out.held);
        CHECK_FALSE(out.left);
        CHECK(out.at.x == doctest::Approx(1.5f).epsilon(1e-5));
        rig.in.select = kUp;
        out = rig.step();
        CHECK(out.released);
        CHECK(out.panel == 7);
        CHECK_FALSE(out.clicked);
        CHECK(rig.step().over == Over::World);

        rig.in.select = kDown; // begins on the machine and slides onto the panel
        CHECK(rig.step().node == scene::NodeId{1});
        rig.in.select = kHeld;
        rig.aim_at({0, 1, -1});
        out = rig.step();
        CHECK(out.over == Over::World);
        CHECK(out.node == scene::NodeId{1});
        rig.in.select = kUp;
        out = rig.step();
        CHECK(out.released);
        CHECK_FALSE(out.clicked);
    }

    TEST_CASE("pressed and released on the same is a click, within one frame too") {
        Rig rig;
        rig.in.select = kDown;
        rig.step();
        rig.in.select = kUp;
        auto out = rig.step();
        CHECK(out.clicked);
        CHECK_FALSE(rig.step().released);
        rig.in.select = {.pressed = true}; // a mouse that was quicker than a frame
        CHECK(rig.step().pressed);
        rig.in.select = {};
        CHECK(rig.step().clicked);
        rig.aim_at({0, 5, -1});
        rig.in.select = kDown; // on nothing: clears a selection
        CHECK(rig.step().over == Over::Nothing);
        rig.in.select = kUp;
        CHECK(rig.step().clicked);
    }

    TEST_CASE("a trigger that was pulled elsewhere presses nothing here") {
        Rig rig;
        rig.in.select = kHeld;
        const auto out = rig.step();
        CHECK_FALSE(out.pressed);
        CHECK_FALSE(out.held);
    }

    TEST_CASE("what is pressed and goes away is released and not clicked; so is a hand that is lost") {
        Rig rig;
        rig.in.select = kDown;
        rig.step();
        rig.in.select = kHeld;
        const auto panels = std::exchange(rig.panels, {});
        auto out = rig.step();
        CHECK(out.released);
        CHECK_FALSE(out.clicked);
        rig.panels = panels;
        rig.in.select = kDown;
        rig.step();
        rig.in.active = false;
        out = rig.step();
        CHECK(out.released);
        CHECK(out.left);
        CHECK(out.panel == 7);
        CHECK_FALSE(out.clicked);
        rig.in.active = true;
        rig.in.select = kHeld;
        CHECK_FALSE(rig.step().held);
    }

    TEST_CASE("a bar is grabbed by ray with the grip or the trigger, and the panel goes with the hand") {
        for (bool trigger : {false, true}) {
            Rig rig;
            rig.aim_at({0.05, 0.875, -1}); // the bar: from 0.89 down to 0.86, 0.2 wide
            CHECK(rig.step().over == Over::Bar);
            (trigger ? rig.in.select : rig.in.grab) = kDown;
            auto out = rig.step();
            CHECK(out.grab_began);
            CHECK(out.grabbing);
            CHECK_FALSE(out.pressed);
            REQUIRE(out.origin_from_grabbed);
            CHECK(glm::length(out.origin_from_grabbed->position - DVec3(0, 1, -1)) < 1e-6);
            (trigger ? rig.in.select : rig.in.grab) = kHeld;
            rig.in.origin_from_aim.position += DVec3(0.3, 0.1, 0.2);
            out = rig.step();
            CHECK_FALSE(out.grab_began);
            CHECK(glm::length(out.origin_from_grabbed->position - DVec3(0.3, 1.1, -0.8)) < 1e-6);
            CHECK(out.over == Over::Bar);
            (trigger ? rig.in.select : rig.in.grab) = kUp;
            out = rig.step();
            CHECK(out.grab_ended);
            CHECK_FALSE(out.grabbing);
            CHECK(out.origin_from_grabbed);
        }
    }

    TEST_CASE("a rim within ten centimetres of the grip is grabbed by it, one farther away is not") {
        Rig rig;
        rig.aim_at({0, 1.3, -2});
        rig.in.origin_from_grip = Pose{{0.29, 1, -1}, kNoRotation}; // 9 cm beside the right edge
        rig.in.grab = kDown;
        auto out = rig.step();
        CHECK(out.grab_began);
        CHECK(out.panel == 7);
        CHECK(out.near);
        rig.in.grab = kHeld;
        rig.in.origin_from_grip = Pose{{0.29, 1, -1}, yawed(deg(90.0))}; // the wrist turns the panel about the hand
        out = rig.step();
        CHECK(glm::length(out.origin_from_grabbed->position - DVec3(0.29, 1, -0.71)) < 1e-6);
        rig.in.grab = kUp;
        rig.step();
        rig.in.origin_from_grip = Pose{{0.31, 1, -1}, kNoRotation};
        rig.in.grab = kDown;
        out = rig.step();
        CHECK(out.grab_began);
        CHECK(out.over == Over::World); // what the ray is over: the world is held
        CHECK_FALSE(out.origin_from_grabbed);
        rig.in.grab = kUp;
        CHECK(rig.step().grab_ended);
        rig.in.origin_from_grip = Pose{{0.0, 0.77, -1}, kNoRotation}; // 9 cm below the bar
        rig.in.grab = kDown;
        out = rig.step();
        CHECK(out.grab_began);
        CHECK(out.near);
        CHECK(out.panel == 7);
        rig.in.grab = kUp;
        CHECK(rig.step().grab_ended);
        rig.in.origin_from_grip = Pose{{0.0, 0.75, -1}, kNoRotation};
        rig.in.grab = kDown;
        CHECK(rig.step().over == Over::World);
        rig.in.grab = kUp;
        CHECK(rig.step().grab_ended);
        rig.in.origin_from_grip = Pose{{0.0, 1, -0.85}, kNoRotation}; // 15 cm before the middle of the face
        rig.aim_at({0, 1, -1});
        rig.in.grab = kDown;
        CHECK_FALSE(rig.step().grab_began); // a face is not to be held, nor the world through it
    }

    TEST_CASE("the stick scrolls over a panel, and is then the panel's until it springs back") {
        Rig rig;
        rig.in.stick = {0.f, 0.6f}; // pushed before it came over the panel: half way live
        rig.aim_at({0, 1.3, -2});
        CHECK_FALSE(rig.step().stick_taken);
        rig.aim_at({0, 1, -1});
        auto out = rig.step();
        CHECK_FALSE(out.stick_taken);
        CHECK(out.scroll == Vec2(0.f));
        rig.in.stick = {0.f, 0.f};
        CHECK(rig.step().stick_taken);
        rig.in.stick = {0.f, 0.6f};
        out = rig.step();
        CHECK(out.stick_taken);
        CHECK(out.scroll.y == doctest::Approx(12.f * 0.5f * 0.01f));
        rig.aim_at({0, 1.3, -2});
        out = rig.step();
        CHECK(out.stick_taken);
        CHECK(out.scroll == Vec2(0.f));
        rig.in.stick = {0.f, 0.1f};
        CHECK_FALSE(rig.step().stick_taken);
    }

    TEST_CASE("a gaze that rests for a second selects once, small movements allowed") {
        Rig rig;
        rig.in = pointer_of_gaze(rig.in.origin_from_aim);
        int presses = 0, clicks = 0;
        float progress = 0.f;
        const auto look = [&](int frames) {
            for (int i = 0; i < frames; ++i) {
                rig.aim_at({0.012 * std::sin(i * 0.7), 1.0 + 0.012 * std::cos(i * 0.9), -1}); // 0.7° to each side
                const auto out = rig.step();
                presses += out.pressed;
                clicks += out.clicked;
                progress = out.dwell;
            }
        };
        look(51);
        CHECK(progress == doctest::Approx(0.5f));
        CHECK(presses == 0);
        look(50);
        CHECK(presses == 1);
        look(1);
        CHECK(clicks == 1);
        look(500);
        CHECK(presses == 1);
        CHECK(progress == 0.f);
        rig.aim_at({0.15, 1, -1}); // another button of the same panel
        for (int i = 0; i < 101; ++i) presses += rig.step().pressed;
        CHECK(presses == 2);
        rig.aim_at({0, 1.3, -2}); // the machine, anywhere on it
        for (int i = 0; i < 102; ++i) {
            rig.aim_at({0.005 * i, 1.3, -2});
            presses += rig.step().pressed;
        }
        CHECK(presses == 3);
        for (int i = 0; i < 500; ++i) { // never at rest
            rig.aim_at({i % 2 == 0 ? -0.15 : 0.15, 1, -1});
            presses += rig.step().pressed;
        }
        CHECK(presses == 3);
        rig.in.dwells = false;
        rig.aim_at({0, 1, -1});
        for (int i = 0; i < 300; ++i) presses += rig.step().pressed;
        CHECK(presses == 3);
    }

    TEST_CASE("a gaze that drifts by little more than its slack in a second rests, a faster one does not") {
        for (const double drift_m_s : {0.05, 0.25}) {
            Rig rig;
            rig.in = pointer_of_gaze(rig.in.origin_from_aim);
            int presses = 0;
            for (int i = 0; i <= 101; ++i) {
                rig.aim_at({-0.15 + drift_m_s * 0.01 * i, 1, -1});
                presses += rig.step().pressed;
            }
            CHECK(presses == (drift_m_s < 0.1 ? 1 : 0));
        }
    }

    TEST_CASE("a finger before a panel is the pointer there, and pressing it is a click where it went through") {
        Rig rig;
        rig.aim_at({0, 1.3, -2});
        CHECK(rig.tip_at({0.1, 1.05, -0.90}).over == Over::World);
        auto out = rig.tip_at({0.1, 1.05, -0.95});
        CHECK(out.over == Over::Panel);
        CHECK(out.near);
        CHECK_FALSE(out.held);
        out = rig.tip_at({0.1, 1.05, -1.02});
        CHECK(out.pressed);
        CHECK(out.at.x == doctest::Approx(0.75f).epsilon(1e-5));
        CHECK(out.depth_m == doctest::Approx(0.02f).epsilon(1e-4));
        rig.in.may_touch = false; // the hand's other fingers twitch: a touch goes on
        rig.in.tip = DVec3(0.0, 1.05, -1.01);
        out = rig.step();
        CHECK(out.held);
        CHECK(out.at.x == doctest::Approx(0.5f).epsilon(1e-5)); // it slides
        out = rig.tip_at({0.0, 1.05, -0.995});
        CHECK(out.held); // 5 mm before the face: not yet off
        out = rig.tip_at({0.0, 1.05, -0.985});
        CHECK(out.released);
        CHECK(out.clicked);
        CHECK(out.at.x == doctest::Approx(0.5f).epsilon(1e-5));
        CHECK_FALSE(rig.tip_at({0.0, 1.05, -0.985}).released);
    }
}

TEST_SUITE("interaction/poke") {
    struct Finger {
        Poke poke;
        std::vector<PanelTarget> panels{
            {.id = 7, .origin_from_panel = {{0, 0, 0}, kNoRotation}, .size_m = {0.4f, 0.2f}}};
        bool to(const DVec3& tip, bool may_begin = true) {
            poke.step(panels, tip, may_begin);
            return poke.touch().has_value();
        }
    };

    TEST_CASE("no speed tunnels through, and it touches where it went through") {
        Finger f;
        CHECK_FALSE(f.to({0.0, 0.0, 0.2}));
        REQUIRE(f.to({0.2, 0.0, -0.2})); // 0.4 m in a frame, aslant
        CHECK(f.poke.touch()->at.x == doctest::Approx(0.1));
        CHECK(f.poke.touch()->depth_m == doctest::Approx(0.2f));
        CHECK_FALSE(f.to({0.2, 0.0, -0.2}));  // and is through
        CHECK_FALSE(f.to({0.0, 0.0, 0.005})); // back out, from behind
        CHECK_FALSE(f.to({0.0, 0.0, -0.01})); // not a centimetre away between
        CHECK_FALSE(f.to({0.0, 0.0, 0.011}));
        CHECK(f.to({0.0, 0.0, -0.001}));
    }

    TEST_CASE("what comes from behind, beside, or with the whole hand touches nothing") {
        Finger f;
        f.to({0.0, 0.0, -0.1});
        CHECK_FALSE(f.to({0.0, 0.0, 0.0}));
        CHECK_FALSE(f.to({0.0, 0.0, 0.009}));
        CHECK_FALSE(f.to({0.0, 0.0, -0.05}));
        Finger beside;
        beside.to({0.3, 0.0, 0.05});
        CHECK_FALSE(beside.to({0.3, 0.0, -0.05}));
        CHECK_FALSE(beside.to({0.1, 0.0, -0.05})); // slides in behind the face
        Finger fist;
        fist.to({0, 0, 0.05}, false);
        CHECK_FALSE(fist.to({0, 0, -0.01}, false));
        CHECK_FALSE(fist.to({0, 0, -0.02}));
    }

    TEST_CASE("a touch does not flicker at the face, slides, and ends beside the panel or a decimetre behind it") {
        Finger f;
        f.to({0, 0, 0.05});
        f.to({0, 0, -0.001});
        for (int i = 0; i < 50; ++i) CHECK(f.to({0, 0, i % 2 == 0 ? 0.008 : -0.004}));
        CHECK(f.to({0.21, 0, 0.0}));
        CHECK(f.poke.touch()->at.x == doctest::Approx(0.2));
        CHECK_FALSE(f.to({0.23, 0, 0.0}));
        f.to({0, 0, 0.05});
        CHECK(f.to({0, 0, -0.09}));
        CHECK_FALSE(f.to({0, 0, -0.11}));
    }

    TEST_CASE("a panel that moves onto a finger is touched; one that is put elsewhere is not") {
        Finger f;
        f.to({0, 0, 0.05});
        f.panels[0].origin_from_panel.position.z = 0.06;
        CHECK(f.to({0, 0, 0.05}));
        Finger leap;
        leap.to({0, 0, 0.4});
        leap.panels[0].origin_from_panel.position.z = 0.6;
        CHECK_FALSE(leap.to({0, 0, 0.4}));
        leap.panels.clear();
        CHECK_FALSE(leap.to({0, 0, 0.4}));
    }

    TEST_CASE("of two panels the one that was gone through first is touched") {
        Finger f;
        f.panels.push_back({.id = 8, .origin_from_panel = {{0, 0, 0.05}, kNoRotation}, .size_m = {0.4f, 0.2f}});
        f.to({0, 0, 0.1});
        REQUIRE(f.to({0, 0, -0.02}));
        CHECK(f.poke.touch()->panel == 8);
        f.poke.step(f.panels, std::nullopt, true); // lost
        CHECK_FALSE(f.poke.touch().has_value());
    }

    TEST_CASE("however panel and finger move, a touch began on the front and only there") {
        Lucky luck(61);
        int touches = 0;
        for (int run = 0; run < 200; ++run) {
            Finger f;
            f.panels[0].origin_from_panel = {luck.within(1.0), luck.rotation()};
            DVec3 tip = luck.within(0.1);
            bool was = false, ready = false;
            double before = 0.0;
            for (int i = 0; i < 200; ++i) {
                tip += luck.within(0.06);
                tip = glm::clamp(tip, DVec3(-0.3), DVec3(0.3));
                const bool touching = f.to((f.panels[0].origin_from_panel * Pose{tip, kNoRotation}).position);
                if (touching && !was) {
                    CHECK(ready);
                    CHECK(before > 0.0);
                    CHECK(tip.z <= 1e-6);
                    ++touches;
                }
                was = touching;
                if (tip.z >= 0.0099) ready = true;
                if (tip.z < -1e-6) ready = false;
                before = tip.z;
            }
        }
        CHECK(touches > 200);
    }
}

} // namespace
} // namespace pw::interaction
