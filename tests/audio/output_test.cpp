// SPDX-License-Identifier: Apache-2.0
#include "audio/output.h"

#include "base/process.h"
#include "base/time.h"

#include <doctest/doctest.h>

#include <functional>

using namespace pw;
using namespace pw::audio;

namespace {

bool eventually(const std::function<bool()>& holds) {
    const Time begin = system_clock().now();
    while (!holds()) {
        if (system_clock().now() - begin > from_ms(30'000)) return false;
        sleep_for(from_ms(5));
    }
    return true;
}

} // namespace

// Not under sanitizers: the libraries of sound systems leak where there is no sound.
TEST_SUITE("audio/output [sound]") {
    TEST_CASE("into nothing it plays in real time: what waits is taken up, while the frame thread goes on") {
        Mixer mixer;
        Output output(mixer, Device::Nobody);
        REQUIRE(eventually([&] { return output.take() && output.state().playing; }));
        CHECK(output.state().problem.empty());
        CHECK(!output.state().device.empty());
        std::uint32_t played = 0;
        const Humming machine{.id = 1, .hum = Hum::Machine, .at = {1.0, 0.0, 0.0}};
        CHECK(eventually([&] { // more than fits at once: somebody takes them
            mixer.set({}, {}, {&machine, 1});
            while (played < 300 && mixer.play({Sound::Touch, DVec3(1.0, 0.0, 0.0)})) ++played;
            return played == 300;
        }));
    }

    TEST_CASE("the system's device plays, or why it does not is said; the program goes on either way") {
        Mixer mixer;
        Output output(mixer, Device::System);
        REQUIRE(eventually([&] { return output.take(); }));
        CHECK(output.state().playing == output.state().problem.empty());
        CHECK(output.state().playing == !output.state().device.empty());
        if (!output.state().playing) CHECK(output.state().problem.starts_with("there is no sound device: "));
        CHECK(mixer.play({Sound::Touch, {}}));
    }
}
