// SPDX-License-Identifier: Apache-2.0
// Frames into a window on a desktop.

#include "base/log.h"
#include "xr/hosts.h"
#include "xr/window_swapchain.h"

namespace pw::xr {
namespace {

class Window final : public Host {
  public:
    Window(const HostOptions& options, std::unique_ptr<DesktopWindow> window)
        : options_(options), window_(std::move(window)) {}
    HostKind kind() const override { return HostKind::Window; }
    std::string description() const override { return "window"; }

    VulkanNeeds vulkan_needs() const override {
        return {DesktopWindow::vulkan_extensions(), {VK_KHR_SWAPCHAIN_EXTENSION_NAME}};
    }
    bool can_present(VkInstance instance, VkPhysicalDevice gpu, std::uint32_t family) override {
        return DesktopWindow::can_present(instance, gpu, family);
    }

    Result<void> attach(const Gpu& gpu) override;
    void detach() override { swapchain_.reset(); }
    VkFormat color_format() const override { return swapchain_ ? swapchain_->format() : VK_FORMAT_UNDEFINED; }
    std::uint32_t view_count() const override { return 1; }
    Result<void> recover() override { return {}; }

    HostState poll() override;
    std::optional<FrameTime> wait_frame() override;
    const Input& input() override;
    std::span<const EyeView> locate() override;
    std::optional<FrameImage> acquire() override;
    void end_frame(bool drawn, float near_m) override;
    Result<void> copy_text(const std::string& text) override { return window_->copy_text(text), Result<void>{}; }
    void request_exit() override { exit_requested_ = true; }
    void set_eye(const Pose& origin_from_eye) override { input_.origin_from_head = origin_from_eye; }

  private:
    HostOptions options_;
    std::unique_ptr<DesktopWindow> window_;
    std::unique_ptr<WindowSwapchain> swapchain_;
    Input input_{.origin_from_head = kStandingEye, .head_active = true};
    EyeView eye_;
    bool exit_requested_ = false;
};

Result<void> Window::attach(const Gpu& gpu) {
    auto made = WindowSwapchain::make(gpu, *window_, options_.vsync ? Pace::Refresh : Pace::Free,
                                      VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT);
    return made.transform([&](auto& swapchain) { swapchain_ = std::move(swapchain); });
}

HostState Window::poll() {
    window_->poll();
    if (exit_requested_ || window_->close_requested()) return HostState::Finished;
    if (!swapchain_ || swapchain_->lost()) return HostState::Lost;
    return window_->drawable() ? HostState::Running : HostState::Idle;
}

std::optional<FrameTime> Window::wait_frame() {
    if (!swapchain_ || swapchain_->lost() || !window_->drawable()) return {};
    const Duration period = window_->refresh_period();
    return FrameTime{.display = system_clock().now() + period, .period = period};
}

const Input& Window::input() {
    input_.desktop = window_->take_input();
    return input_;
}

std::span<const EyeView> Window::locate() {
    eye_ = eye_view(input_.origin_from_head, options_.fov_y_deg, window_->width(), window_->height());
    return {&eye_, 1};
}

std::optional<FrameImage> Window::acquire() {
    // A window that is covered gives no images on some desktops: the program goes on at ten frames per second.
    const auto image = swapchain_->acquire(window_->width(), window_->height(), from_ms(100));
    if (!image) return {};
    FrameImage frame{.color = image->image, .width = image->width, .height = image->height};
    frame.layout_after = VK_IMAGE_LAYOUT_PRESENT_SRC_KHR;
    frame.wait = image->wait;
    frame.signal = image->signal;
    return frame;
}

void Window::end_frame(bool drawn, float) {
    if (drawn) swapchain_->present();
}

} // namespace

Result<std::unique_ptr<Host>> make_window(const HostOptions& options) {
    return DesktopWindow::open(options.title, options.width, options.height)
        .transform([&](auto&& window) -> std::unique_ptr<Host> {
            return std::make_unique<Window>(options, std::move(window));
        });
}

} // namespace pw::xr
