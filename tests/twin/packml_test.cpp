// SPDX-License-Identifier: Apache-2.0
#include "twin/packml.h"

#include "simulation/packml.h"
#include "twin/minute_marks.h"

#include <doctest/doctest.h>

#include <vector>

using namespace pw;
using namespace pw::twin;

TEST_SUITE("twin/packml") {
    TEST_CASE("every state of PackML is known, and no other word") {
        int known = 0;
        for (std::uint8_t s = 1; s < simulation::kStateCount; ++s)
            known += packml_of(simulation::state_name(static_cast<simulation::State>(s))) != Packml::Unknown ? 1 : 0;
        CHECK(known == 17);
        for (const char* word : {"", "execute", "EXECUTE ", "RUNNING"}) CHECK(packml_of(word) == Packml::Unknown);
        CHECK(packml_of("EXECUTE") == Packml::Execute);
        for (const char* word : {"HOLDING", "HELD", "ABORTING", "ABORTED"}) CHECK(packml_of(word) == Packml::Failed);
        for (const char* word : {"SUSPENDING", "SUSPENDED", "UNSUSPENDING"})
            CHECK(packml_of(word) == Packml::Suspended);
    }

    TEST_CASE("an hour ago is a full minute, the start until then, and after a long sleep all of it is of the sleep") {
        MinuteMarks marks;
        std::vector<std::int64_t> minutes(MinuteMarks::kMarks);
        int count = 0;
        const auto to = [&](double s) {
            marks.advance(Time{5} + from_seconds(s), [&](std::size_t place, Time time) {
                minutes.at(place) = (time - Time{5}).ns / 60'000'000'000;
                ++count;
            });
            return minutes.at(marks.hour_ago());
        };
        marks.start(Time{5});
        CHECK(to(59.0) == 0);
        CHECK(to(3659.0) == 0);
        CHECK(count == 60);
        CHECK(to(3660.0) == 1);
        CHECK(to(7200.5) == 60);
        count = 0;
        CHECK(to(1e6) == 16'666 - 60);
        CHECK(count == 61);
    }
}
