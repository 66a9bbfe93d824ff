// SPDX-License-Identifier: Apache-2.0
#include "xr/host.h"

#include "base/quiet.h"
#include "xr/desktop_window.h"
#include "xr/headset_runtime.h"
#include "xr/hosts.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pw::xr {

VulkanNeeds Host::vulkan_needs() const { return {}; }

VkResult Host::create_instance(const VkInstanceCreateInfo& info, VkInstance* out) {
    return vkCreateInstance(&info, nullptr, out);
}

VkResult Host::choose_gpu(VkInstance, VkPhysicalDevice*) { return VK_SUCCESS; }

VkResult Host::create_device(VkPhysicalDevice gpu, const VkDeviceCreateInfo& info, VkDevice* out) {
    return vkCreateDevice(gpu, &info, nullptr, out);
}

bool Host::can_present(VkInstance, VkPhysicalDevice, std::uint32_t) { return true; }
void Host::set_eye(const Pose&) {}

Result<void> Host::set_blend(Blend blend) {
    if (blend == Blend::Opaque) return {};
    return fail(Errc::Refused, description() + " does not show the world around");
}

std::optional<FrameImage> Host::acquire_quad(std::size_t, std::uint32_t, std::uint32_t) { return {}; }
Result<void> Host::copy_text(const std::string&) { return fail(Errc::Unavailable, "there is no clipboard here"); }

void Host::vibrate(std::size_t, float, Duration) {}
bool Host::allow_gaze(bool) { return false; }
std::vector<std::byte> Host::controller_model(std::size_t) { return {}; }

EyeView eye_view(const Pose& origin_from_eye, double fov_y_deg, std::uint32_t width, std::uint32_t height) {
    const double up = std::tan(fov_y_deg * std::numbers::pi / 360.0);
    const double right = up * std::max(width, 1u) / std::max(height, 1u);
    return {.origin_from_eye = origin_from_eye,
            .tan_left = static_cast<float>(-right),
            .tan_right = static_cast<float>(right),
            .tan_up = static_cast<float>(up),
            .tan_down = static_cast<float>(-up)};
}

Result<std::unique_ptr<Host>> make_host(const HostOptions& options) {
    switch (options.kind) {
    case HostKind::Headset:
        return make_headset(options);
    case HostKind::Window:
        return make_window(options);
    case HostKind::Offscreen:
        break;
    }
    return make_offscreen(options);
}

HostKind best_host(std::string& why) {
    const auto runtime = [] {
        const QuietStderr quiet; // that there is no headset is an answer, not an error
        return make_runtime();
    }();
    if (runtime) {
        why = "a headset answers: " + runtime->name;
        return HostKind::Headset;
    }
    const auto display = GlfwUse::begin();
    why = "no headset (" + runtime.error().what + "); " + (display ? "a display" : display.error().what);
    return display ? HostKind::Window : HostKind::Offscreen;
}

} // namespace pw::xr
