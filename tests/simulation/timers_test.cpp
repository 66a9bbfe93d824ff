// SPDX-License-Identifier: Apache-2.0
#include "simulation/timers.h"

#include "simulation/random.h"
#include "tests/support/allocations.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <tuple>
#include <vector>

using namespace pw::simulation;

TEST_SUITE("simulation/timers") {
    TEST_CASE("timers come in the order of their time, and of one time in the order in which they were set") {
        Timers timers;
        timers.init(8);
        timers.set(5, 20);
        timers.set(1, 10);
        timers.set(7, 20);
        timers.set(3, 20);
        timers.set(5, 20); // set anew: it is last now
        std::vector<std::uint32_t> order;
        for (; !timers.empty(); timers.pop()) order.push_back(timers.next_timer());
        CHECK(order == std::vector<std::uint32_t>{1, 7, 3, 5});
        CHECK(timers.next_time() == kNever);
    }

    TEST_CASE("a hundred thousand random changes agree with a sorted set, and allocate nothing") {
        constexpr std::uint32_t kTimers = 500;
        Timers timers;
        timers.init(kTimers);
        std::set<std::tuple<SimTime, std::uint64_t, std::uint32_t>> expected;
        std::vector<std::tuple<SimTime, std::uint64_t, std::uint32_t>> own(kTimers);
        Stream luck = make_stream(5);
        std::uint64_t order = 0;
        long allocated = 0;
        for (int i = 0; i < 100'000; ++i) {
            const auto timer = static_cast<std::uint32_t>(luck.next() % kTimers);
            const auto time = static_cast<SimTime>(luck.next() % 1000);
            const auto what = luck.next() % 10;
            const bool was_set = timers.is_set(timer);
            const std::uint32_t first = timers.empty() ? kTimers : timers.next_timer();
            const long before = pw::test::allocations();
            if (what < 6)
                timers.set(timer, time);
            else if (what < 8)
                timers.cancel(timer);
            else if (first != kTimers)
                timers.pop();
            allocated += pw::test::allocations() - before;

            if (what < 6) {
                if (was_set) expected.erase(own[timer]);
                own[timer] = {time, order++, timer};
                expected.insert(own[timer]);
            } else if (what < 8) {
                if (was_set) expected.erase(own[timer]);
            } else if (first != kTimers) {
                REQUIRE(std::get<2>(*expected.begin()) == first);
                expected.erase(expected.begin());
            }
            REQUIRE(timers.empty() == expected.empty());
            if (!expected.empty()) {
                REQUIRE(timers.next_time() == std::get<0>(*expected.begin()));
                REQUIRE(timers.next_timer() == std::get<2>(*expected.begin()));
            }
        }
        CHECK(allocated == 0);
    }

    TEST_CASE("a heap is restored, and what is none is refused") {
        Timers timers;
        timers.init(10);
        for (std::uint32_t t = 0; t < 10; ++t) timers.set(t, (t * 7) % 10 + 5);
        Timers other;
        other.init(10);
        CHECK(other.restore(timers.entries(), timers.order(), 5));
        CHECK_FALSE(other.restore(timers.entries(), timers.order(), 6)); // one is in the past
        CHECK_FALSE(other.restore(timers.entries(), 3, 5));              // set later than now
        auto twice = timers.entries();
        twice[9].timer = twice[8].timer;
        CHECK_FALSE(other.restore(twice, timers.order(), 5));
        auto unknown = timers.entries();
        unknown[9].timer = 10;
        CHECK_FALSE(other.restore(unknown, timers.order(), 5));
        auto disorder = timers.entries();
        std::swap(disorder[0], disorder[9]);
        CHECK_FALSE(other.restore(disorder, timers.order(), 5));
        for (; !timers.empty(); timers.pop(), other.pop()) REQUIRE(timers.next_timer() == other.next_timer());
        CHECK(other.empty());
    }
}
