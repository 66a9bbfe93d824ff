// SPDX-License-Identifier: Apache-2.0
#include "xr/window_swapchain.h"

#include "base/assert.h"
#include "xr/debug_name.h"

#include <algorithm>
#include <string>

namespace pw::xr {
namespace {

// At most 3 frames are in flight (host.h): when an image is acquired, the submit of the frame 4 before has been waited
// for, and with it its semaphore.
constexpr std::size_t kFreeSemaphores = 4;
constexpr std::uint64_t kFramesUntilUnused = 8;

template <class T, class Ask> std::vector<T> list_of(Ask ask) {
    std::uint32_t count = 0;
    if (ask(&count, nullptr) != VK_SUCCESS) return {};
    std::vector<T> list(count);
    if (ask(&count, list.data()) < VK_SUCCESS) return {};
    list.resize(count);
    return list;
}

} // namespace

// Into a format that is not _SRGB the renderer writes what it has encoded itself.
std::optional<VkSurfaceFormatKHR> choose_window_format(const std::vector<VkSurfaceFormatKHR>& offered) {
    for (const VkFormat wanted : {VK_FORMAT_B8G8R8A8_SRGB, VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_A8B8G8R8_SRGB_PACK32,
                                  VK_FORMAT_B8G8R8A8_UNORM, VK_FORMAT_R8G8B8A8_UNORM})
        for (const VkSurfaceFormatKHR& format : offered)
            if (format.format == wanted && format.colorSpace == VK_COLOR_SPACE_SRGB_NONLINEAR_KHR) return format;
    return std::nullopt;
}

namespace {

VkPresentModeKHR choose_mode(const std::vector<VkPresentModeKHR>& offered, Pace pace) {
    if (pace == Pace::Free)
        for (const VkPresentModeKHR wanted : {VK_PRESENT_MODE_MAILBOX_KHR, VK_PRESENT_MODE_IMMEDIATE_KHR})
            if (std::ranges::contains(offered, wanted)) return wanted;
    return VK_PRESENT_MODE_FIFO_KHR; // always there
}

} // namespace

Result<std::unique_ptr<WindowSwapchain>> WindowSwapchain::make(const Gpu& gpu, const DesktopWindow& window, Pace pace,
                                                               VkImageUsageFlags usage) {
    std::unique_ptr<WindowSwapchain> made(new WindowSwapchain);
    made->gpu_ = gpu;
    if (window.make_surface(gpu.instance, &made->surface_) != VK_SUCCESS)
        return fail(Errc::Unavailable, "the window has no Vulkan surface");
    return made->choose(pace, usage).transform([&] { return std::move(made); });
}

Result<void> WindowSwapchain::choose(Pace pace, VkImageUsageFlags usage) {
    VkBool32 supported = VK_FALSE;
    vkGetPhysicalDeviceSurfaceSupportKHR(gpu_.gpu, gpu_.queue_family, surface_, &supported);
    if (supported != VK_TRUE) return fail(Errc::Unavailable, "this GPU cannot draw on this window");
    const auto formats = list_of<VkSurfaceFormatKHR>([&](std::uint32_t* count, VkSurfaceFormatKHR* out) {
        return vkGetPhysicalDeviceSurfaceFormatsKHR(gpu_.gpu, surface_, count, out);
    });
    const auto modes = list_of<VkPresentModeKHR>([&](std::uint32_t* count, VkPresentModeKHR* out) {
        return vkGetPhysicalDeviceSurfacePresentModesKHR(gpu_.gpu, surface_, count, out);
    });
    VkSurfaceCapabilitiesKHR can{};
    const auto format = choose_window_format(formats);
    if (!format || vkGetPhysicalDeviceSurfaceCapabilitiesKHR(gpu_.gpu, surface_, &can) != VK_SUCCESS)
        return fail(Errc::Unavailable, "the window has no image format that we can draw in");
    format_ = *format;
    mode_ = choose_mode(modes, pace);
    usage_ = usage & can.supportedUsageFlags;
    return {};
}

WindowSwapchain::~WindowSwapchain() {
    if (current_.swapchain != VK_NULL_HANDLE || !retired_.empty())
        vkQueueWaitIdle(gpu_.queue); // presenting is no part of a frame's fence
    destroy_retired(/*all=*/true);
    destroy(current_);
    vkDestroySurfaceKHR(gpu_.instance, surface_, nullptr);
}

VkSemaphore WindowSwapchain::make_semaphore(const char* name) {
    const VkSemaphoreCreateInfo info{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO};
    VkSemaphore made = VK_NULL_HANDLE;
    lost_ |= vkCreateSemaphore(gpu_.device, &info, nullptr, &made) != VK_SUCCESS;
    name_object(gpu_, VK_OBJECT_TYPE_SEMAPHORE, made, name);
    return made;
}

bool WindowSwapchain::rebuild(std::uint32_t width, std::uint32_t height) {
    VkSurfaceCapabilitiesKHR can{};
    if (vkGetPhysicalDeviceSurfaceCapabilitiesKHR(gpu_.gpu, surface_, &can) != VK_SUCCESS) {
        lost_ = true;
        return false;
    }
    VkExtent2D extent = can.currentExtent;
    if (extent.width == UINT32_MAX) // the window takes the size of its images
        extent = {std::clamp(width, can.minImageExtent.width, can.maxImageExtent.width),
                  std::clamp(height, can.minImageExtent.height, can.maxImageExtent.height)};
    if (extent.width == 0 || extent.height == 0) return false;

    const std::uint32_t most = can.maxImageCount > 0 ? can.maxImageCount : UINT32_MAX;
    VkSwapchainCreateInfoKHR info{.sType = VK_STRUCTURE_TYPE_SWAPCHAIN_CREATE_INFO_KHR};
    info.surface = surface_;
    info.minImageCount = std::min(std::max(can.minImageCount + 1, 3u), most);
    info.imageFormat = format_.format;
    info.imageColorSpace = format_.colorSpace;
    info.imageExtent = extent;
    info.imageArrayLayers = 1;
    info.imageUsage = usage_;
    info.preTransform = can.currentTransform;
    info.compositeAlpha = can.supportedCompositeAlpha & VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR
                              ? VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR
                              : VK_COMPOSITE_ALPHA_INHERIT_BIT_KHR;
    info.presentMode = mode_;
    info.clipped = VK_TRUE;
    info.oldSwapchain = current_.swapchain;
    Images made{.extent = extent};
    lost_ = vkCreateSwapchainKHR(gpu_.device, &info, nullptr, &made.swapchain) != VK_SUCCESS;
    if (current_.swapchain != VK_NULL_HANDLE) {
        current_.retired_at = presented_;
        retired_.push_back(std::move(current_));
    }
    current_ = std::move(made);
    if (lost_) return false;

    current_.images = list_of<VkImage>([&](std::uint32_t* count, VkImage* out) {
        return vkGetSwapchainImagesKHR(gpu_.device, current_.swapchain, count, out);
    });
    name_object(gpu_, VK_OBJECT_TYPE_SWAPCHAIN_KHR, current_.swapchain, "window");
    for (const VkImage image : current_.images) name_object(gpu_, VK_OBJECT_TYPE_IMAGE, image, "window");
    for (std::size_t i = 0; i < current_.images.size(); ++i)
        current_.drawn.push_back(make_semaphore("window image drawn"));
    for (std::size_t i = 0; i < kFreeSemaphores; ++i) current_.free.push_back(make_semaphore("window image free"));
    next_free_ = 0;
    held_.reset();
    asked_ = {width, height};
    stale_ = false;
    return !lost_;
}

std::optional<WindowImage> WindowSwapchain::acquire(std::uint32_t width, std::uint32_t height, Duration patience) {
    destroy_retired(/*all=*/false);
    stale_ |= width != asked_.width || height != asked_.height;
    for (int attempt = 0; attempt < 2 && !lost_; ++attempt) {
        if (stale_ && !rebuild(width, height)) return {};
        if (!held_) {
            std::uint32_t index = 0;
            const VkResult result =
                vkAcquireNextImageKHR(gpu_.device, current_.swapchain, static_cast<std::uint64_t>(patience.ns),
                                      current_.free[next_free_], VK_NULL_HANDLE, &index);
            if (result == VK_TIMEOUT || result == VK_NOT_READY) return {};
            stale_ = result == VK_ERROR_OUT_OF_DATE_KHR;
            if (stale_) continue;
            lost_ = result < VK_SUCCESS;
            if (lost_) return {};
            held_ = index;
        }
        return WindowImage{.image = current_.images[*held_],
                           .width = current_.extent.width,
                           .height = current_.extent.height,
                           .wait = current_.free[next_free_],
                           .signal = current_.drawn[*held_]};
    }
    return {};
}

void WindowSwapchain::present() {
    PW_ASSERT(held_.has_value(), "only an acquired image is presented");
    VkPresentInfoKHR info{.sType = VK_STRUCTURE_TYPE_PRESENT_INFO_KHR};
    info.waitSemaphoreCount = 1;
    info.pWaitSemaphores = &current_.drawn[*held_];
    info.swapchainCount = 1;
    info.pSwapchains = &current_.swapchain;
    info.pImageIndices = &*held_;
    const VkResult result = vkQueuePresentKHR(gpu_.queue, &info);
    stale_ = result == VK_ERROR_OUT_OF_DATE_KHR;
    lost_ = result < VK_SUCCESS && !stale_;
    held_.reset();
    next_free_ = (next_free_ + 1) % kFreeSemaphores;
    ++presented_;
}

void WindowSwapchain::destroy_retired(bool all) {
    std::erase_if(retired_, [&](Images& images) {
        const bool unused = all || presented_ >= images.retired_at + kFramesUntilUnused;
        if (unused) destroy(images);
        return unused;
    });
}

void WindowSwapchain::destroy(Images& images) {
    for (const VkSemaphore semaphore : images.drawn) vkDestroySemaphore(gpu_.device, semaphore, nullptr);
    for (const VkSemaphore semaphore : images.free) vkDestroySemaphore(gpu_.device, semaphore, nullptr);
    vkDestroySwapchainKHR(gpu_.device, images.swapchain, nullptr);
    images = {};
}

} // namespace pw::xr
