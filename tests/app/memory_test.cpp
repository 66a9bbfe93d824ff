// SPDX-License-Identifier: Apache-2.0
#include "app/memory.h"

#include "base/process.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace pw;

namespace {

// The listener's part and the frame thread's, in turns; 50 ms pass each time.
struct Turns {
    explicit Turns(std::uint64_t own_bytes) : jobs(make_jobs(1)) {
        auto started = app::Memory::start("", {{"g/n/d/still", {}}}, *jobs, own_bytes);
        REQUIRE_MESSAGE(started, started.error().what);
        memory = std::move(*started);
    }
    void say(std::uint32_t tag, const char* name, const twin::Value& value) {
        memory->listener().word({{tag}, name, {}, value, twin::Quality::Good, now.utc, twin::Word::Live}, now);
    }
    bool until(const std::function<bool()>& holds) {
        const Time end = system_clock().now() + from_ms(20'000);
        while (!holds()) {
            if (system_clock().now() > end) return false;
            std::string noise(2000, ' '); // nothing packs it
            for (char& c : noise) c = static_cast<char>('A' + luck() % 58);
            say(1, "g/n/d/noise", noise);
            now = {now.time + from_ms(50), now.utc + from_ms(50)};
            memory->listener().tick(now);
            memory->step(now.time);
            pause_for(from_ms(1));
        }
        return true;
    }

    std::unique_ptr<Jobs> jobs;
    std::unique_ptr<app::Memory> memory;
    twin::Instant now{{1'000'000'000}, utc_from_ms(1'800'000'000'000)};
    std::mt19937 luck{1};
};

} // namespace

TEST_SUITE("app/memory") {
    TEST_CASE("a visit that outlasts its own file goes on remembering, and one can look back") {
        Turns turns(2u << 20);
        turns.say(0, "g/n/d/still", 7.0);
        REQUIRE(turns.until([&] { return turns.memory->view().has_value(); }));
        const UtcTime first = turns.memory->view()->first;
        turns.memory->go_to(first); // who looks at the past is left there
        REQUIRE(turns.until([&] { return turns.memory->snapshot() != nullptr; }));
        const UtcTime began = turns.now.utc;
        REQUIRE(turns.until([&] { return turns.now.utc > began + from_seconds(2000 * 0.05); })); // 4 MB
        CHECK(turns.memory->view()->first == first);
        turns.memory->come_back();
        REQUIRE(turns.until([&] { return turns.memory->view() && turns.memory->view()->first > first; }));
        CHECK(turns.until([&] { return turns.memory->view()->last > turns.now.utc + from_seconds(-60.0); }));
        turns.memory->go_to(turns.memory->view()->last);
        REQUIRE(turns.until([&] { return turns.memory->snapshot() != nullptr; }));
        CHECK(turns.memory->snapshot()->tags[0].value == twin::Value(7.0));
        CHECK_FALSE(turns.memory->next_problem());
    }
}
