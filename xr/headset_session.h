#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: one OpenXR session on one Vulkan device: its states, spaces, images and frames.

#include "xr/headset_runtime.h"
#include "xr/headset_swapchain.h"
#include "xr/host.h"

#include <array>
#include <optional>
#include <span>

namespace pw::xr {

class Session {
  public:
    static Result<Session> make(const Runtime& runtime, const Gpu& gpu);

    void enter(XrSessionState state, Health& health); // the only place where states change
    bool running() const { return running_; }         // between xrBeginSession and xrEndSession
    bool ended() const { return ended_; }             // the runtime or its user wants it no more

    // Blocks for as long as the runtime likes: a frame, or, when its service is stopped, seconds and more.
    std::optional<FrameTime> wait_frame(const Runtime& runtime, Health& health);
    std::span<const EyeView> locate(Health& health);
    std::optional<FrameImage> acquire(Health& health);
    void end_frame(bool drawn, float near_m, Health& health);

    XrSession raw() const { return session_.get(); }
    XrSpace origin() const { return origin_.get(); }
    XrSpace head() const { return head_.get(); }
    XrTime display_time() const { return frame_.predictedDisplayTime; }
    VkFormat color_format() const { return color_.format; }
    bool request_exit(); // false: nothing runs that could be asked to end

  private:
    Result<void> make_spaces(const Runtime& runtime);
    Result<void> make_images(const Runtime& runtime, const Gpu& gpu);

    // Destroyed from the bottom up: what belongs to the session before the session.
    Handle<XrSession, xrDestroySession> session_;
    Handle<XrSpace, xrDestroySpace> origin_, head_;
    RuntimeImages color_, depth_; // depth_ may be without a swapchain

    XrViewConfigurationType view_type_ = XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO;
    XrEnvironmentBlendMode blend_ = XR_ENVIRONMENT_BLEND_MODE_OPAQUE;
    std::uint32_t view_count_ = 0;
    std::array<XrView, 2> views_{};
    std::array<EyeView, 2> eyes_{};

    XrFrameState frame_{.type = XR_TYPE_FRAME_STATE};
    bool running_ = false, ended_ = false, in_frame_ = false;
};

} // namespace pw::xr
