#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: a GLFW window and what its user does. Frame thread, which must be the process's first (GLFW).

#include "base/result.h"
#include "base/time.h"
#include "xr/input.h"

#include <vulkan/vulkan.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct GLFWwindow;

namespace pw::xr {

// GLFW is one per process: it stays initialised while somebody uses it.
class GlfwUse {
  public:
    static Result<GlfwUse> begin(); // Unavailable without a display
    GlfwUse(GlfwUse&& other) noexcept;
    GlfwUse& operator=(GlfwUse&&) = delete;
    ~GlfwUse();

  private:
    GlfwUse() = default;
    bool counted_ = true;
};

class DesktopWindow {
  public:
    static Result<std::unique_ptr<DesktopWindow>> open(const std::string& title, std::uint32_t width,
                                                       std::uint32_t height);
    ~DesktopWindow();
    DesktopWindow(const DesktopWindow&) = delete;
    DesktopWindow& operator=(const DesktopWindow&) = delete;

    void poll();
    // What happened since it was asked last; held keys stay held.
    const DesktopState& take_input();
    bool close_requested() const;
    bool drawable() const;                               // neither minimised nor without area
    std::uint32_t width() const { return state_.width; } // of the surface, in pixels
    std::uint32_t height() const { return state_.height; }
    Duration refresh_period() const;
    void hide();
    void copy_text(const std::string& text); // to the desktop's clipboard

    static std::vector<std::string> vulkan_extensions();
    static bool can_present(VkInstance instance, VkPhysicalDevice gpu, std::uint32_t family);
    VkResult make_surface(VkInstance instance, VkSurfaceKHR* out) const;

  private:
    explicit DesktopWindow(GlfwUse use) : use_(std::move(use)) {}
    void listen();
    void on_key(int key, int action);
    void on_button(int button, int action);
    void on_cursor(double x, double y);
    void on_character(unsigned codepoint);
    void on_focus(bool focused);
    Vec2 cursor_now() const;

    GlfwUse use_;
    GLFWwindow* window_ = nullptr;
    DesktopState state_;
    bool taken_ = false; // the edges of state_ have been seen
};

} // namespace pw::xr
