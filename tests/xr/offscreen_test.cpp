// SPDX-License-Identifier: Apache-2.0
#include "tests/support/skip.h"
#include "tests/xr/clear_client.h"

#include <doctest/doctest.h>

using namespace pw;
using namespace pw::test;

namespace {

std::unique_ptr<ClearClient> make_client(Duration frame_period = {}) {
    xr::HostOptions options;
    options.width = 320;
    options.height = 240;
    options.frame_period = frame_period;
    auto host = xr::make_host(options);
    REQUIRE(host);
    return std::make_unique<ClearClient>(std::move(*host));
}

} // namespace

TEST_SUITE("xr/offscreen [gpu]") {
    TEST_CASE("frames reach memory in both images, without a message of the validation") {
        if (!vulkan_here()) { return skip("no Vulkan device with validation"); }
        auto client = make_client();
        REQUIRE(client->start());
        VkImage seen[2]{};
        for (VkImage& image : seen) {
            REQUIRE(client->run_frames(1));
            image = client->image().color;
            CHECK(client->pixels() == std::vector{kViewPixels[0]});
        }
        CHECK(seen[0] != seen[1]);
        CHECK(client->image().width == 320);
        client->stop();
        CHECK(client->validation_messages() == 0);
    }

    TEST_CASE("with a frame period, two runs have the same times and nobody waits") {
        if (!vulkan_here()) { return skip("no Vulkan device with validation"); }
        for (int run = 0; run < 2; ++run) {
            auto client = make_client(from_ms(500));
            REQUIRE(client->start());
            const Time start = system_clock().now();
            for (std::int64_t frame = 1; frame <= 20; ++frame) {
                client->turn();
                CHECK(client->time().display.ns == frame * from_ms(500).ns);
            }
            CHECK((system_clock().now() - start).seconds() < 5.0); // of 10 seconds shown
        }
    }

    TEST_CASE("the eye is where it was set, with the view of the picture's shape") {
        if (!vulkan_here()) { return skip("no Vulkan device with validation"); }
        auto client = make_client();
        REQUIRE(client->start());
        client->host().set_eye({.position = {1.0, 2.0, 3.0}, .orientation = kNoRotation});
        client->turn();
        REQUIRE(client->eyes().size() == 1);
        const xr::EyeView& eye = client->eyes()[0];
        CHECK(eye.origin_from_eye.position == DVec3(1.0, 2.0, 3.0));
        CHECK(eye.tan_up == doctest::Approx(0.57735)); // 60 degrees high
        CHECK(eye.tan_right == doctest::Approx(0.57735 * 320 / 240));
        CHECK(eye.tan_left == -eye.tan_right);
        CHECK(client->input().origin_from_head.position == DVec3(1.0, 2.0, 3.0));
    }

    TEST_CASE("it can be made anew on another device, and ends when asked") {
        if (!vulkan_here()) { return skip("no Vulkan device with validation"); }
        auto client = make_client();
        REQUIRE(client->start());
        REQUIRE(client->run_frames(2));
        client->stop();
        REQUIRE(client->host().recover());
        REQUIRE(client->start());
        REQUIRE(client->run_frames(2));
        client->host().request_exit();
        CHECK(client->turn() == xr::HostState::Finished);
    }
}
