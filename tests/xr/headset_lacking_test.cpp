// SPDX-License-Identifier: Apache-2.0
// Runtimes that lack one extension or another: the session runs, and what is missing is known.

#include "tests/xr/headset_fixture.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

using namespace pw;
using namespace pw::test;

namespace {

// Of the extensions that Monado offers, those that the program enabled.
std::vector<std::string> enabled_now(HeadsetTest& test) {
    std::vector<std::string> names;
    std::istringstream text(test.enabled_extensions());
    for (std::string line; std::getline(text, line);) names.push_back(line);
    return names;
}

} // namespace

TEST_SUITE("xr/lacking [xr]") {
    TEST_CASE("each extension but the one for Vulkan may be missing") {
        std::vector<std::string> extensions;
        {
            HeadsetTest test({.fault_layer = true});
            if (!test.ready()) return;
            extensions = enabled_now(test);
            std::erase(extensions, "XR_KHR_vulkan_enable2");
            std::erase(extensions, "XR_FB_passthrough"); // of the fault layer
            std::erase(extensions, "XR_EXT_user_presence");
        }
        for (const char* known : {"XR_KHR_composition_layer_depth", "XR_EXT_local_floor",
                                  "XR_KHR_convert_timespec_time", "XR_FB_display_refresh_rate"})
            REQUIRE(std::ranges::contains(extensions, known));
        for (const std::string& missing : extensions) {
            CAPTURE(missing);
            HeadsetTest test({.stand_in = true, .hide = missing});
            REQUIRE(test.ready());
            REQUIRE(test.reach("FOCUSED"));
            REQUIRE(test.client().run_frames(3));
            CHECK(test.client().pixels() == std::vector{kViewPixels[0], kViewPixels[1]});
            CHECK((test.client().image().depth == VK_NULL_HANDLE) == (missing == "XR_KHR_composition_layer_depth"));
            CHECK(test.client().input().head_active);
            CHECK(test.client().input().worn);
            CHECK(std::abs((test.client().time().display - system_clock().now()).seconds()) < 1.0);
            CHECK(test.client().host().blends() == std::vector{xr::Blend::Opaque});
            CHECK(test.finish() == "");
        }
    }

    TEST_CASE("without all of them at once, on OpenXR 1.0, it runs as well") {
        std::string all;
        {
            HeadsetTest test({.fault_layer = true});
            if (!test.ready()) return;
            for (const std::string& name : enabled_now(test))
                if (name != "XR_KHR_vulkan_enable2") all += name + ' ';
        }
        HeadsetTest test({.fault_layer = true, .stand_in = true, .hide = all + " 1.1"});
        REQUIRE(test.ready());
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(test.client().run_frames(3));
        CHECK(test.client().pixels() == std::vector{kViewPixels[0], kViewPixels[1]});
        CHECK(test.finish() == "");
    }
}
