// SPDX-License-Identifier: Apache-2.0
#include "interaction/comfort.h"

#include "tests/interaction/lucky.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

namespace pw::interaction {
namespace {

TEST_SUITE("interaction/comfort") {
    TEST_CASE("motion is what the stance does to the head, in metres of the user") {
        const Pose head{{1.0, 1.7, 2.0}, kNoRotation};
        const Stance s{{5, 0, 5}, 0.3, 1.0, 0.0};
        Stance moved = s;
        moved.position.x += 0.02;
        CHECK(motion(s, moved, head, from_ms(10)).linear_m_s == doctest::Approx(2.0));
        CHECK(motion(s, moved, head, from_ms(10)).angular_rad_s == 0.0);
        const Motion turning = motion(s, turn(s, head, 0.01), head, from_ms(10));
        CHECK(turning.linear_m_s == doctest::Approx(0.0));
        CHECK(turning.angular_rad_s == doctest::Approx(1.0));
        Stance big = s, big_moved = moved;
        big.scale = big_moved.scale = 10.0;
        CHECK(motion(big, big_moved, head, from_ms(10)).linear_m_s == doctest::Approx(0.2));
        const double apart_m = glm::length(to_world(big, head.position) - to_world(s, head.position));
        CHECK(motion(s, big, head, from_ms(10)).linear_m_s == doctest::Approx(apart_m / 10.0 / 0.01)); // who grows
        CHECK(motion(big, s, head, from_ms(10)).linear_m_s == doctest::Approx(apart_m / 10.0 / 0.01));
        CHECK(motion(s, moved, head, {}).linear_m_s == 0.0);
    }

    TEST_CASE("the vignette closes with the faster speed, in a tenth of a second, and opens softly") {
        Vignette v;
        CHECK(v.step({1.0, 0.0}, 1.0, from_ms(100)) == doctest::Approx(0.5 * (1.0 - std::exp(-1.0))));
        for (int i = 0; i < 200; ++i) v.step({1.0, deg(67.5)}, 1.0, from_ms(10));
        CHECK(v.step({1.0, deg(67.5)}, 1.0, from_ms(10)) == doctest::Approx(0.75));
        CHECK(v.step({}, 1.0, from_ms(400)) == doctest::Approx(0.75 * std::exp(-1.0)));
        for (int i = 0; i < 400; ++i) v.step({}, 1.0, from_ms(10));
        CHECK(v.step({}, 1.0, from_ms(10)) == 0.f);
        for (int i = 0; i < 200; ++i) v.step({99.0, 99.0}, 0.6, from_ms(10));
        CHECK(v.step({99.0, 99.0}, 0.6, from_ms(10)) == doctest::Approx(0.6));
        CHECK(v.step({99.0, 99.0}, 0.0, from_ms(9000)) == doctest::Approx(0.0).epsilon(1e-3));
    }

    TEST_CASE("the vignette does not depend on the frame rate") {
        Vignette fast, slow;
        float f = 0.f, s = 0.f;
        for (int i = 0; i < 120; ++i) f = fast.step({1.5, 0.0}, 1.0, from_ms(2));
        for (int i = 0; i < 8; ++i) s = slow.step({1.5, 0.0}, 1.0, from_ms(30));
        CHECK(f == doctest::Approx(s).epsilon(1e-5));
    }

    TEST_CASE("a jump is made once, at black, within a tenth of a second, whatever the frames") {
        for (int frame_ms : {1, 5, 11, 40, 79, 500}) {
            JumpFade fade;
            CHECK(fade.step(from_ms(frame_ms)).fade == 0.f);
            fade.begin();
            int jumps = 0, ms = 0, black_ms = 0;
            float last = 0.f;
            while (fade.running() && ms < 5000) {
                const auto step = fade.step(from_ms(frame_ms));
                ms += frame_ms;
                if (step.black_now) {
                    ++jumps;
                    black_ms = ms;
                    CHECK(step.fade == 1.f);
                }
                CHECK((jumps == 0 ? step.fade >= last : step.fade <= last || step.black_now));
                last = step.fade;
            }
            CHECK(jumps == 1);
            CHECK(last == 0.f);
            CHECK(black_ms < 80 + frame_ms);
            CHECK(ms - black_ms < 160 + frame_ms + 1);
            CHECK_FALSE(fade.step(from_ms(frame_ms)).black_now);
        }
    }

    TEST_CASE("a second jump while it clears begins from the darkness there is; one that is called off is not made") {
        JumpFade fade;
        fade.begin();
        CHECK(fade.step(from_ms(40)).fade == doctest::Approx(0.5f));
        CHECK(fade.step(from_ms(40)).black_now);
        CHECK(fade.step(from_ms(80)).fade == doctest::Approx(0.5f));
        fade.begin();
        CHECK(fade.step(from_ms(20)).fade == doctest::Approx(0.75f));
        CHECK(fade.step(from_ms(20)).black_now);
        while (fade.running()) fade.step(from_ms(10));
        fade.begin();
        fade.step(from_ms(40));
        fade.cancel();
        for (int i = 0; i < 20; ++i) CHECK_FALSE(fade.step(from_ms(10)).black_now);
        CHECK_FALSE(fade.running());
    }
}

} // namespace
} // namespace pw::interaction
