// SPDX-License-Identifier: Apache-2.0
#include "xr/mirror.h"

#include "base/log.h"

namespace pw::xr {

Mirror Mirror::open(const HostOptions& options) {
    Mirror made;
    auto window = DesktopWindow::open(options.title, options.width, options.height);
    if (window)
        made.window_ = std::move(*window);
    else
        log_debug("no mirror window: " + window.error().what);
    return made;
}

VulkanNeeds Mirror::vulkan_needs() const {
    if (!window_) return {};
    return {DesktopWindow::vulkan_extensions(), {VK_KHR_SWAPCHAIN_EXTENSION_NAME}};
}

void Mirror::attach(const Gpu& gpu) {
    if (!window_) return;
    // Free pace: the headset's frame must not wait for the desktop's refresh.
    auto made = WindowSwapchain::make(gpu, *window_, Pace::Free, VK_IMAGE_USAGE_TRANSFER_DST_BIT);
    if (made)
        swapchain_ = std::move(*made);
    else
        log_warn("no mirror of the headset: " + made.error().what);
}

void Mirror::poll() {
    if (!window_) return;
    window_->poll();
    if (window_->close_requested()) window_->hide();
}

void Mirror::take_input(DesktopState& out) {
    if (window_) out = window_->take_input();
}

std::optional<MirrorImage> Mirror::acquire() {
    if (!swapchain_ || swapchain_->lost() || !window_->drawable()) return {};
    const auto image = swapchain_->acquire(window_->width(), window_->height(), Duration{0});
    if (!image) return {};
    return MirrorImage{.image = image->image,
                       .width = image->width,
                       .height = image->height,
                       .wait = image->wait,
                       .signal = image->signal};
}

void Mirror::present() { swapchain_->present(); }

} // namespace pw::xr
