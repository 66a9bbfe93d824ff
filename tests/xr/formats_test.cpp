// SPDX-License-Identifier: Apache-2.0
// Which image format is drawn in, among what displays and headsets offer.
#include "xr/headset_swapchain.h"
#include "xr/window_swapchain.h"

#include <doctest/doctest.h>

using namespace pw;

namespace {

VkSurfaceFormatKHR shown(VkFormat format) { return {format, VK_COLOR_SPACE_SRGB_NONLINEAR_KHR}; }

} // namespace

TEST_SUITE("xr/formats [unit]") {
    TEST_CASE("a headset's format is sRGB, else plain 8 bits, and never one that the renderer refuses") {
        CHECK(xr::choose_color_format({VK_FORMAT_R16G16B16A16_SFLOAT, VK_FORMAT_B8G8R8A8_UNORM,
                                       VK_FORMAT_B8G8R8A8_SRGB}) == VK_FORMAT_B8G8R8A8_SRGB);
        CHECK(xr::choose_color_format({VK_FORMAT_R16G16B16A16_SFLOAT, VK_FORMAT_B8G8R8A8_UNORM}) ==
              VK_FORMAT_B8G8R8A8_UNORM);
        CHECK(xr::choose_color_format({VK_FORMAT_R16G16B16A16_SFLOAT}) == VK_FORMAT_UNDEFINED);
    }

    TEST_CASE("a window's too") {
        const auto chosen = xr::choose_window_format({shown(VK_FORMAT_A2B10G10R10_UNORM_PACK32),
                                                      shown(VK_FORMAT_R8G8B8A8_UNORM), shown(VK_FORMAT_R8G8B8A8_SRGB)});
        REQUIRE(chosen);
        CHECK(chosen->format == VK_FORMAT_R8G8B8A8_SRGB);
        CHECK(
            xr::choose_window_format({shown(VK_FORMAT_R16G16B16A16_SFLOAT), shown(VK_FORMAT_B8G8R8A8_UNORM)})->format ==
            VK_FORMAT_B8G8R8A8_UNORM);
        CHECK(!xr::choose_window_format({{VK_FORMAT_B8G8R8A8_UNORM, VK_COLOR_SPACE_HDR10_ST2084_EXT}}));
        CHECK(!xr::choose_window_format({shown(VK_FORMAT_R16G16B16A16_SFLOAT)}));
        CHECK(!xr::choose_window_format({}));
    }
}
