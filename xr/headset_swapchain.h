#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: images that the runtime shows: one array image for all views, and the same for depth.

#include "base/handle.h"
#include "base/time.h"
#include "xr/openxr_api.h"

#include <cstdint>
#include <vector>

namespace pw::xr {

struct RuntimeImages {
    Handle<XrSwapchain, xrDestroySwapchain> swapchain;
    VkFormat format = VK_FORMAT_UNDEFINED;
    std::uint32_t width = 0, height = 0, layers = 0;
    std::vector<VkImage> images;
    std::uint32_t current = 0;
    enum class Hold { None, Acquired, Ready } hold = Hold::None; // Acquired: the runtime may still read it
};

// Formats that the runtime offers for the session's swapchains.
std::vector<VkFormat> offered_formats(XrSession session);
// The first of ours that is offered, with 8 bits: sRGB, because the compositor then filters in linear light, else
// plain. Undefined when there is none.
VkFormat choose_color_format(const std::vector<VkFormat>& offered);

Result<RuntimeImages> make_runtime_images(XrSession session, VkFormat format, XrSwapchainUsageFlags usage,
                                          std::uint32_t width, std::uint32_t height, std::uint32_t layers);

// True when `images.current` may be drawn on. Waits so long at most; what was not ready is tried again next frame.
bool acquire(RuntimeImages& images, Duration patience, Health& health);
void release(RuntimeImages& images, Health& health); // what acquire made ready, if it did

} // namespace pw::xr
