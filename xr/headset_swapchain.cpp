// SPDX-License-Identifier: Apache-2.0
#include "xr/headset_swapchain.h"

#include <algorithm>

namespace pw::xr {

std::vector<VkFormat> offered_formats(XrSession session) {
    std::uint32_t count = 0;
    if (XR_FAILED(xrEnumerateSwapchainFormats(session, 0, &count, nullptr))) return {};
    std::vector<std::int64_t> raw(count);
    if (XR_FAILED(xrEnumerateSwapchainFormats(session, count, &count, raw.data()))) return {};
    std::vector<VkFormat> formats;
    for (const std::int64_t format : raw) formats.push_back(static_cast<VkFormat>(format));
    return formats;
}

VkFormat choose_color_format(const std::vector<VkFormat>& offered) {
    for (const VkFormat wanted : {VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_B8G8R8A8_SRGB, VK_FORMAT_A8B8G8R8_SRGB_PACK32,
                                  VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_B8G8R8A8_UNORM})
        if (std::ranges::contains(offered, wanted)) return wanted;
    return VK_FORMAT_UNDEFINED;
}

Result<RuntimeImages> make_runtime_images(XrSession session, VkFormat format, XrSwapchainUsageFlags usage,
                                          std::uint32_t width, std::uint32_t height, std::uint32_t layers) {
    RuntimeImages images;
    images.format = format;
    images.width = width;
    images.height = height;
    images.layers = layers;

    XrSwapchainCreateInfo info{.type = XR_TYPE_SWAPCHAIN_CREATE_INFO};
    info.usageFlags = usage;
    info.format = format;
    info.sampleCount = 1;
    info.width = width;
    info.height = height;
    info.faceCount = 1;
    info.arraySize = layers;
    info.mipCount = 1;
    XrResult result = xrCreateSwapchain(session, &info, images.swapchain.put());
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrCreateSwapchain", result));

    const auto as_header = [](auto& list) { return reinterpret_cast<XrSwapchainImageBaseHeader*>(list.data()); };
    std::uint32_t count = 0;
    result = xrEnumerateSwapchainImages(images.swapchain.get(), 0, &count, nullptr);
    std::vector<XrSwapchainImageVulkan2KHR> raw(count, {.type = XR_TYPE_SWAPCHAIN_IMAGE_VULKAN2_KHR});
    if (XR_SUCCEEDED(result))
        result = xrEnumerateSwapchainImages(images.swapchain.get(), count, &count, as_header(raw));
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrEnumerateSwapchainImages", result));
    for (const XrSwapchainImageVulkan2KHR& image : raw) images.images.push_back(image.image);
    return images;
}

bool acquire(RuntimeImages& images, Duration patience, Health& health) {
    using Hold = RuntimeImages::Hold;
    if (images.hold == Hold::None) {
        if (!health.worked(xrAcquireSwapchainImage(images.swapchain.get(), nullptr, &images.current),
                           "xrAcquireSwapchainImage"))
            return false;
        images.hold = Hold::Acquired;
    }
    if (images.hold == Hold::Acquired) {
        const XrSwapchainImageWaitInfo wait{.type = XR_TYPE_SWAPCHAIN_IMAGE_WAIT_INFO, .timeout = patience.ns};
        const XrResult result = xrWaitSwapchainImage(images.swapchain.get(), &wait);
        if (!health.worked(result, "xrWaitSwapchainImage") || result == XR_TIMEOUT_EXPIRED) return false;
        images.hold = Hold::Ready;
    }
    return true;
}

void release(RuntimeImages& images, Health& health) {
    if (images.hold != RuntimeImages::Hold::Ready) return;
    health.worked(xrReleaseSwapchainImage(images.swapchain.get(), nullptr), "xrReleaseSwapchainImage");
    images.hold = RuntimeImages::Hold::None;
}

} // namespace pw::xr
