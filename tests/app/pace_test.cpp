// SPDX-License-Identifier: Apache-2.0
#include "app/pace.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace pw;
using app::Pace;
using app::Relief;

namespace {

constexpr Duration kPeriod = from_ms(11);

struct Run {
    Pace pace;
    Time now{from_ms(1000).ns};
    // Frames that take `ms` each, as a display of 11 ms shows them.
    void frames(int count, std::int64_t ms) {
        for (int i = 0; i < count; ++i) {
            now = now + from_ms(std::max<std::int64_t>(ms, 11));
            pace.frame(from_ms(ms), kPeriod, ms > 11, now);
        }
    }
};

} // namespace

TEST_SUITE("app/pace") {
    TEST_CASE("what is too slow loses shadows first and then pixels, one step a second") {
        Run run;
        run.frames(9, 20);
        CHECK(run.pace.relief() == Relief::None); // a hitch is no reason
        run.frames(1, 20);
        CHECK(run.pace.relief() == Relief::Shadows);
        run.frames(40, 20);
        CHECK(run.pace.relief() == Relief::Shadows); // it gets its second
        run.frames(12, 20);
        CHECK(run.pace.relief() == Relief::Pixels80);
        run.frames(400, 20);
        CHECK(run.pace.relief() == Relief::Pixels50); // and no further
        CHECK(run.pace.late() == 462);
    }

    TEST_CASE("with room for five seconds it gets finer again, and what fits stays") {
        Run run;
        run.frames(12, 20);
        REQUIRE(run.pace.relief() == Relief::Shadows);
        run.frames(2000, 8); // neither over nor easy
        CHECK(run.pace.relief() == Relief::Shadows);
        run.frames(400, 4);
        CHECK(run.pace.relief() == Relief::Shadows);
        run.frames(100, 4);
        CHECK(run.pace.relief() == Relief::None);
    }

    TEST_CASE("a step back that did not hold waits twice as long the next time") {
        Run run;
        run.frames(12, 20);
        run.frames(460, 4);
        REQUIRE(run.pace.relief() == Relief::None);
        run.frames(100, 20); // too early
        REQUIRE(run.pace.relief() >= Relief::Shadows);
        const Relief now = run.pace.relief();
        run.frames(700, 4); // 7.7 s
        CHECK(run.pace.relief() == now);
        run.frames(300, 4);
        CHECK(run.pace.relief() < now);
    }

    TEST_CASE("single hitches change nothing") {
        Run run;
        for (int i = 0; i < 50; ++i) {
            run.frames(1, 40);
            run.frames(20, 5);
        }
        CHECK(run.pace.relief() == Relief::None);
        CHECK(run.pace.late() == 50);
    }
}
