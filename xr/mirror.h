#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: a desktop window that shows what a headset sees, and takes keys. It is a guest: without a display
// there is none, and nothing that happens to it reaches the headset.

#include "xr/window_swapchain.h"

namespace pw::xr {

class Mirror {
  public:
    Mirror() = default; // none
    static Mirror open(const HostOptions& options);
    Mirror(Mirror&&) = default;
    Mirror& operator=(Mirror&&) = default;

    VulkanNeeds vulkan_needs() const;
    void attach(const Gpu& gpu);
    void detach() { swapchain_.reset(); }

    void poll();
    void take_input(DesktopState& out);
    std::optional<MirrorImage> acquire(); // never waits
    void present();

  private:
    std::unique_ptr<DesktopWindow> window_;
    std::unique_ptr<WindowSwapchain> swapchain_; // destroyed before its window
};

} // namespace pw::xr
