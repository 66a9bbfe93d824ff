#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: the images of a desktop window. It follows the window's size by itself and waits for nothing but an
// image: old images are destroyed once no frame in flight can use them.

#include "xr/desktop_window.h"
#include "xr/host.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace pw::xr {

struct WindowImage {
    VkImage image = VK_NULL_HANDLE;
    std::uint32_t width = 0, height = 0;
    VkSemaphore wait = VK_NULL_HANDLE, signal = VK_NULL_HANDLE;
};

enum class Pace : std::uint8_t { Refresh, Free }; // one image per refresh of the display; as fast as they come

// The 8-bit format to draw in, sRGB before others; none: there is no such.
std::optional<VkSurfaceFormatKHR> choose_window_format(const std::vector<VkSurfaceFormatKHR>& offered);

class WindowSwapchain {
  public:
    static Result<std::unique_ptr<WindowSwapchain>> make(const Gpu& gpu, const DesktopWindow& window, Pace pace,
                                                         VkImageUsageFlags usage);
    ~WindowSwapchain(); // waits for the queue
    WindowSwapchain(const WindowSwapchain&) = delete;
    WindowSwapchain& operator=(const WindowSwapchain&) = delete;

    // The image acquired last is given again until it is presented.
    std::optional<WindowImage> acquire(std::uint32_t width, std::uint32_t height, Duration patience);
    void present();                     // the acquired image, which has been submitted
    bool lost() const { return lost_; } // the surface or the device is gone
    VkFormat format() const { return format_.format; }

  private:
    struct Images {
        VkSwapchainKHR swapchain = VK_NULL_HANDLE;
        VkExtent2D extent{};
        std::vector<VkImage> images;
        std::vector<VkSemaphore> drawn; // per image: free again when the image is
        std::vector<VkSemaphore> free;  // a ring, longer than the frames in flight
        std::uint64_t retired_at = 0;
    };

    WindowSwapchain() = default;
    Result<void> choose(Pace pace, VkImageUsageFlags usage);
    bool rebuild(std::uint32_t width, std::uint32_t height);
    void destroy_retired(bool all);
    void destroy(Images& images);
    VkSemaphore make_semaphore(const char* name);

    Gpu gpu_;
    VkSurfaceKHR surface_ = VK_NULL_HANDLE;
    VkSurfaceFormatKHR format_{};
    VkPresentModeKHR mode_ = VK_PRESENT_MODE_FIFO_KHR;
    VkImageUsageFlags usage_ = 0;

    Images current_;
    std::vector<Images> retired_;
    VkExtent2D asked_{};
    std::optional<std::uint32_t> held_; // acquired, not yet presented
    std::size_t next_free_ = 0;         // in current_.free
    std::uint64_t presented_ = 0;
    bool stale_ = true, lost_ = false;
};

} // namespace pw::xr
