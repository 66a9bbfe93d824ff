// SPDX-License-Identifier: Apache-2.0
#include "work/tutorial.h"

#include <doctest/doctest.h>

using namespace pw;
using work::Lesson;
using work::Tutorial;

TEST_SUITE("work/tutorial") {
    TEST_CASE("lessons are shown in their order, and what was done already is not asked for") {
        Tutorial tutorial;
        CHECK_FALSE(tutorial.running());
        tutorial.start({1});
        CHECK(tutorial.next() == Lesson::LookAround);
        tutorial.step({.points = true, .selected = true}, {2});
        CHECK(tutorial.next() == Lesson::LookAround);
        CHECK(tutorial.learned() == 2);
        for (int i = 0; i < 8; ++i) tutorial.step({.head_turned_rad = 0.1}, {3 + i});
        CHECK(tutorial.next() == Lesson::Move);
    }

    TEST_CASE("small movements add up; a glance is no look around") {
        Tutorial tutorial;
        tutorial.start({1});
        for (int i = 0; i < 9; ++i) tutorial.step({.moved_m = 0.1, .turned_rad = 0.03}, {2 + i});
        CHECK_FALSE(tutorial.done(Lesson::Move));
        CHECK_FALSE(tutorial.done(Lesson::Turn));
        for (int i = 0; i < 4; ++i) tutorial.step({.moved_m = 0.1, .turned_rad = 0.03}, {20 + i});
        CHECK(tutorial.done(Lesson::Move));
        CHECK(tutorial.done(Lesson::Turn));
        CHECK_FALSE(tutorial.done(Lesson::LookAround));
    }

    TEST_CASE("it ends three seconds after the last lesson, after a minute, or when skipped; and can be repeated") {
        const work::Deeds all{
            .head_turned_rad = 3.0, .moved_m = 3.0, .turned_rad = 3.0, .points = true, .selected = true, .menu = true};
        Tutorial tutorial;
        tutorial.start({1});
        tutorial.step(all, Time{} + from_ms(1'000));
        CHECK_FALSE(tutorial.next());
        CHECK(tutorial.running()); // so that it can be read
        tutorial.step({}, Time{} + from_ms(4'100));
        CHECK_FALSE(tutorial.running());

        tutorial.start(Time{} + from_ms(5'000));
        CHECK(tutorial.learned() == 0);
        tutorial.step({}, Time{} + from_ms(64'000));
        CHECK(tutorial.running());
        tutorial.step({}, Time{} + from_ms(65'001));
        CHECK_FALSE(tutorial.running());

        tutorial.start(Time{} + from_ms(70'000));
        tutorial.skip();
        CHECK_FALSE(tutorial.running());
        tutorial.step(all, Time{} + from_ms(71'000));
        CHECK(tutorial.learned() == 0);
    }
}
