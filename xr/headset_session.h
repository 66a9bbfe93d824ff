#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: one OpenXR session on one Vulkan device: its states, images, layers and frames.

#include "xr/headset_anchors.h"
#include "xr/headset_passthrough.h"
#include "xr/headset_quads.h"
#include "xr/headset_runtime.h"
#include "xr/headset_swapchain.h"
#include "xr/headset_wearer.h"
#include "xr/host.h"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace pw::xr {

class Session {
  public:
    static Result<Session> make(const Runtime& runtime, const Gpu& gpu);

    void enter(XrSessionState state, Health& health); // the only place where states change
    bool running() const { return running_; }         // between xrBeginSession and xrEndSession
    bool ended() const { return ended_; }             // the runtime or its user wants it no more

    Result<void> set_blend(const Runtime& runtime, Blend blend, Health& health); // one of Runtime::blends
    Blend blend() const { return blend_; }
    // The layer of XR_FB_passthrough must be made anew, or is lost: then what is best without it is shown.
    void passthrough_changed(const Runtime& runtime, XrPassthroughStateChangedFlagsFB flags, Health& health);

    // Blocks for as long as the runtime likes: a frame, or, when its service is stopped, seconds and more.
    std::optional<FrameTime> wait_frame(const Runtime& runtime, Health& health);
    std::span<const EyeView> locate(Health& health);
    std::optional<FrameImage> acquire(Health& health);
    void end_frame(bool drawn, float near_m, Health& health);
    FrameAges ages() const { return ages_; }

    void set_scale(double scale) { scale_ = scale; } // from the next acquire() on
    XrSession raw() const { return session_.get(); }
    Wearer& wearer() { return wearer_; }
    HeadsetAnchors* anchors() { return anchors_.get(); } // null: the runtime has none
    QuadLayers& quads() { return quads_; }
    const QuadLayers& quads() const { return quads_; }
    XrTime display_time() const { return frame_.predictedDisplayTime; }
    VkFormat color_format() const { return color_.format; }
    bool request_exit(); // false: nothing runs that could be asked to end

  private:
    Result<void> make_images(const Runtime& runtime, const Gpu& gpu);
    void collect_layers(bool with_picture, float near_m);
    void describe_picture(float near_m); // 0: without depth

    // Destroyed from the bottom up: what belongs to the session before the session.
    Handle<XrSession, xrDestroySession> session_;
    Wearer wearer_;
    std::unique_ptr<HeadsetAnchors> anchors_;
    RuntimeImages color_, depth_; // depth_ may be without a swapchain
    double scale_ = 1.0;          // of the images, that is drawn on
    std::uint32_t drawn_width_ = 0, drawn_height_ = 0;
    QuadLayers quads_;
    std::unique_ptr<Passthrough> passthrough_; // made when it is first asked for

    XrViewConfigurationType view_type_ = XR_VIEW_CONFIGURATION_TYPE_PRIMARY_STEREO;
    Blend blend_ = Blend::Opaque, frame_blend_ = Blend::Opaque; // from the next frame on, and of this one
    std::uint32_t view_count_ = 0;
    std::array<XrView, 2> views_{};
    std::array<EyeView, 2> eyes_{};

    // What xrEndFrame points to.
    std::array<XrCompositionLayerDepthInfoKHR, 2> depths_{};
    std::array<XrCompositionLayerProjectionView, 2> shown_{};
    XrCompositionLayerProjection picture_{.type = XR_TYPE_COMPOSITION_LAYER_PROJECTION};
    XrCompositionLayerPassthroughFB around_{.type = XR_TYPE_COMPOSITION_LAYER_PASSTHROUGH_FB};
    std::vector<const XrCompositionLayerBaseHeader*> layers_; // from far to near

    XrFrameState frame_{.type = XR_TYPE_FRAME_STATE};
    Time display_, located_;
    FrameAges ages_;
    bool running_ = false, ended_ = false, in_frame_ = false;
};

} // namespace pw::xr
