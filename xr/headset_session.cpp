// SPDX-License-Identifier: Apache-2.0
#include "xr/headset_session.h"

#include "base/assert.h"
#include "base/log.h"
#include "xr/debug_name.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace pw::xr {
namespace {

constexpr Duration kImagePatience = from_ms(500);
constexpr std::size_t kMostQuads = 12;   // as many panels as a person can want around them
constexpr std::size_t kLayersOfOurs = 2; // the picture, and what is around

XrEnvironmentBlendMode mode_of(Blend blend) {
    switch (blend) {
    case Blend::Alpha:
        return XR_ENVIRONMENT_BLEND_MODE_ALPHA_BLEND;
    case Blend::Additive:
        return XR_ENVIRONMENT_BLEND_MODE_ADDITIVE;
    case Blend::Opaque:
    case Blend::Passthrough: // it is a layer, below
        break;
    }
    return XR_ENVIRONMENT_BLEND_MODE_OPAQUE;
}

EyeView to_eye(const XrView& view) {
    return {.origin_from_eye = to_pose(view.pose),
            .tan_left = std::tan(view.fov.angleLeft),
            .tan_right = std::tan(view.fov.angleRight),
            .tan_up = std::tan(view.fov.angleUp),
            .tan_down = std::tan(view.fov.angleDown)};
}

bool opens(const XrFovf& fov) { return fov.angleLeft < fov.angleRight && fov.angleDown < fov.angleUp; }

} // namespace

Result<Session> Session::make(const Runtime& runtime, const Gpu& gpu) {
    Session made;
    made.view_type_ = runtime.view_type;
    made.view_count_ = runtime.view_count;
    made.blend_ = plain_blend(runtime);
    for (XrView& view : made.views_) { // until the first good answer: a standing person, looking ahead
        view = {.type = XR_TYPE_VIEW, .fov = {-0.75f, 0.75f, 0.75f, -0.75f}};
        view.pose = {{0.f, 0.f, 0.f, 1.f}, {0.f, kGuessedEyeHeight_m, 0.f}};
    }

    XrGraphicsBindingVulkan2KHR binding{.type = XR_TYPE_GRAPHICS_BINDING_VULKAN2_KHR};
    binding.instance = gpu.instance;
    binding.physicalDevice = gpu.gpu;
    binding.device = gpu.device;
    binding.queueFamilyIndex = gpu.queue_family;
    const XrSessionCreateInfo info{.type = XR_TYPE_SESSION_CREATE_INFO, .next = &binding, .systemId = runtime.system};
    const XrResult result = xrCreateSession(runtime.instance.get(), &info, made.session_.put());
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrCreateSession", result));
    auto wearer = Wearer::make(runtime, made.session_.get());
    if (!wearer) return std::unexpected(wearer.error());
    made.wearer_ = std::move(*wearer);
    if (runtime.anchors)
        made.anchors_ = std::make_unique<HeadsetAnchors>(*runtime.anchors, made.raw(), made.wearer_.origin());
    return made.make_images(runtime, gpu).transform([&] { return std::move(made); });
}

Result<void> Session::make_images(const Runtime& runtime, const Gpu& gpu) {
    const std::vector<VkFormat> formats = offered_formats(session_.get());
    const VkFormat format = choose_color_format(formats);
    if (format == VK_FORMAT_UNDEFINED)
        return fail(Errc::Unavailable, runtime.name + " offers no colour format that we can draw in");

    // Transfer source: for the mirror and for pictures.
    auto color = make_runtime_images(session_.get(), format,
                                     XR_SWAPCHAIN_USAGE_COLOR_ATTACHMENT_BIT | XR_SWAPCHAIN_USAGE_TRANSFER_SRC_BIT,
                                     runtime.width, runtime.height, runtime.view_count);
    if (!color) return std::unexpected(color.error());
    color_ = std::move(*color);
    for (const VkImage image : color_.images) name_object(gpu, VK_OBJECT_TYPE_IMAGE, image, "headset color");

    if (runtime.depth_layer && std::ranges::contains(formats, VK_FORMAT_D32_SFLOAT)) {
        auto depth =
            make_runtime_images(session_.get(), VK_FORMAT_D32_SFLOAT, XR_SWAPCHAIN_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT,
                                runtime.width, runtime.height, runtime.view_count);
        if (depth)
            depth_ = std::move(*depth);
        else
            log_warn("no depth for the headset's compositor: " + depth.error().what);
    }
    for (const VkImage image : depth_.images) name_object(gpu, VK_OBJECT_TYPE_IMAGE, image, "headset depth");

    const std::size_t layers = runtime.max_layers;
    const std::size_t slots = std::min(kMostQuads, layers - std::min(layers, kLayersOfOurs));
    quads_ = QuadLayers(session_.get(), gpu, format, slots);
    layers_.reserve(slots + kLayersOfOurs);
    return {};
}

void Session::enter(XrSessionState state, Health& health) {
    log_info(std::string("session state ") + name_of(state));
    wearer_.enter(state);
    switch (state) {
    case XR_SESSION_STATE_READY: {
        const XrSessionBeginInfo begin{.type = XR_TYPE_SESSION_BEGIN_INFO, .primaryViewConfigurationType = view_type_};
        running_ = health.vital(xrBeginSession(session_.get(), &begin), "xrBeginSession");
        break;
    }
    case XR_SESSION_STATE_STOPPING:
        running_ = in_frame_ = false;
        health.worked(xrEndSession(session_.get()), "xrEndSession");
        break;
    case XR_SESSION_STATE_EXITING:
        ended_ = true;
        break;
    case XR_SESSION_STATE_LOSS_PENDING:
        health.lose("the session is about to be lost");
        break;
    default:
        break; // IDLE waits for READY; SYNCHRONIZED, VISIBLE and FOCUSED show in wait_frame and in the input
    }
}

Result<void> Session::set_blend(const Runtime& runtime, Blend blend, Health& health) {
    PW_ASSERT(std::ranges::contains(runtime.blends, blend), "a blend that is offered");
    if (blend == blend_) return {};
    if (blend == Blend::Passthrough) {
        if (passthrough_) {
            if (auto resumed = passthrough_->resume(); !resumed) return resumed;
        } else {
            auto made = Passthrough::make(*runtime.passthrough, session_.get());
            if (!made) return std::unexpected(made.error());
            passthrough_ = std::move(*made);
        }
    } else if (blend_ == Blend::Passthrough) {
        passthrough_->pause(health);
    }
    blend_ = blend;
    return {};
}

void Session::passthrough_changed(const Runtime& runtime, XrPassthroughStateChangedFlagsFB flags, Health& health) {
    if (flags & XR_PASSTHROUGH_STATE_CHANGED_RECOVERABLE_ERROR_BIT_FB) log_warn("the view of the world around fails");
    if (flags & XR_PASSTHROUGH_STATE_CHANGED_RESTORED_ERROR_BIT_FB) log_info("the view of the world around is back");
    const bool gone = (flags & XR_PASSTHROUGH_STATE_CHANGED_NON_RECOVERABLE_ERROR_BIT_FB) != 0;
    if (!gone && (flags & XR_PASSTHROUGH_STATE_CHANGED_REINIT_REQUIRED_BIT_FB) == 0) return;
    passthrough_.reset();
    if (blend_ != Blend::Passthrough) return;
    blend_ = plain_blend(runtime);
    if (gone) return log_warn("the view of the world around has failed");
    if (auto again = set_blend(runtime, Blend::Passthrough, health); !again) log_warn(again.error().what);
}

std::optional<FrameTime> Session::wait_frame(const Runtime& runtime, Health& health) {
    PW_ASSERT(running_ && !in_frame_, "a frame is waited for once, and in a running session");
    quads_.make_wanted(); // time that would be waited
    frame_ = {.type = XR_TYPE_FRAME_STATE};
    if (!health.vital(xrWaitFrame(session_.get(), nullptr, &frame_), "xrWaitFrame")) return {};
    // XR_FRAME_DISCARDED is a success: the frame before was begun and could not be ended, which its ages said.
    if (!health.vital(xrBeginFrame(session_.get(), nullptr), "xrBeginFrame")) return {};
    in_frame_ = true;
    frame_blend_ = blend_;
    const Duration period{frame_.predictedDisplayPeriod};
    display_ = to_time(runtime, frame_.predictedDisplayTime, period);
    return FrameTime{.display = display_, .period = period, .render = frame_.shouldRender == XR_TRUE};
}

std::span<const EyeView> Session::locate(Health& health) {
    located_ = system_clock().now();
    const XrViewLocateInfo info{.type = XR_TYPE_VIEW_LOCATE_INFO,
                                .viewConfigurationType = view_type_,
                                .displayTime = frame_.predictedDisplayTime,
                                .space = wearer_.origin()};
    XrViewState state{.type = XR_TYPE_VIEW_STATE};
    std::array<XrView, 2> found{XrView{.type = XR_TYPE_VIEW}, XrView{.type = XR_TYPE_VIEW}};
    std::uint32_t count = 0;
    const bool worked =
        health.worked(xrLocateViews(session_.get(), &info, &state, view_count_, &count, found.data()), "xrLocateViews");
    // What is not valid now keeps its last good value: a head that lost its position still turns. A runtime that dies
    // in this very call may say success and give zeros (Monado does).
    for (std::uint32_t i = 0; worked && i < count; ++i) {
        if (opens(found[i].fov)) views_[i].fov = found[i].fov;
        if ((state.viewStateFlags & XR_VIEW_STATE_ORIENTATION_VALID_BIT) && turns(found[i].pose.orientation))
            views_[i].pose.orientation = found[i].pose.orientation;
        if ((state.viewStateFlags & XR_VIEW_STATE_POSITION_VALID_BIT) && stands(found[i].pose.position))
            views_[i].pose.position = found[i].pose.position;
    }
    std::ranges::transform(views_, eyes_.begin(), to_eye);
    return std::span(eyes_).first(view_count_);
}

std::optional<FrameImage> Session::acquire(Health& health) {
    if (!in_frame_ || !xr::acquire(color_, kImagePatience, health)) return {};
    const auto pixels = [this](std::uint32_t whole) {
        return std::max(1u, static_cast<std::uint32_t>(std::lround(whole * scale_)));
    };
    drawn_width_ = pixels(color_.width);
    drawn_height_ = pixels(color_.height);
    FrameImage image{.color = color_.images[color_.current],
                     .width = drawn_width_,
                     .height = drawn_height_,
                     .layers = color_.layers};
    // XR_KHR_vulkan_enable2: images come and go as attachments.
    image.layout_before = image.layout_after = VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL;
    if (depth_.swapchain && xr::acquire(depth_, kImagePatience, health)) {
        image.depth = depth_.images[depth_.current];
        image.depth_layout_before = image.depth_layout_after = VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL;
    }
    return image;
}

void Session::end_frame(bool drawn, float near_m, Health& health) {
    if (!in_frame_) return;
    in_frame_ = false;
    const bool has_picture = drawn && color_.hold == RuntimeImages::Hold::Ready;
    const bool has_depth = depth_.hold == RuntimeImages::Hold::Ready && near_m > 0.f;
    release(color_, health);
    release(depth_, health);
    quads_.release(drawn, health);
    layers_.clear();
    if (frame_.shouldRender == XR_TRUE) collect_layers(has_picture, has_depth ? near_m : 0.f);

    XrFrameEndInfo end{.type = XR_TYPE_FRAME_END_INFO};
    end.displayTime = frame_.predictedDisplayTime;
    end.environmentBlendMode = mode_of(frame_blend_);
    end.layerCount = static_cast<std::uint32_t>(layers_.size());
    end.layers = layers_.data();
    const Time now = system_clock().now();
    const bool ended = health.worked(xrEndFrame(session_.get(), &end), "xrEndFrame");
    ages_ = {.pose = drawn ? now - located_ : Duration{}, .late = !ended || now > display_};
    quads_.end_frame();
}

// From far to near: the world around, panels, and the picture with its holes for both.
void Session::collect_layers(bool with_picture, float near_m) {
    const auto add = [&](const auto& layer) {
        layers_.push_back(reinterpret_cast<const XrCompositionLayerBaseHeader*>(&layer));
    };
    if (frame_blend_ == Blend::Passthrough) {
        around_ = passthrough_->layer();
        add(around_);
    }
    if (!with_picture) return;
    const auto quads = quads_.layers(wearer_.origin());
    for (const XrCompositionLayerQuad& quad : quads) add(quad);
    describe_picture(near_m);
    const bool see_through = !quads.empty() || frame_blend_ == Blend::Alpha || frame_blend_ == Blend::Passthrough;
    picture_.layerFlags = see_through ? XR_COMPOSITION_LAYER_BLEND_TEXTURE_SOURCE_ALPHA_BIT : 0; // premultiplied
    add(picture_);
}

void Session::describe_picture(float near_m) {
    for (std::uint32_t i = 0; i < view_count_; ++i) {
        const XrRect2Di rect{{0, 0},
                             {static_cast<std::int32_t>(drawn_width_), static_cast<std::int32_t>(drawn_height_)}};
        // Our depth is 1 at the near plane and 0 infinitely far, so the far end of the range is the near one.
        depths_[i] = {.type = XR_TYPE_COMPOSITION_LAYER_DEPTH_INFO_KHR,
                      .subImage = {depth_.swapchain.get(), rect, i},
                      .minDepth = 0.f,
                      .maxDepth = 1.f,
                      .nearZ = std::numeric_limits<float>::infinity(),
                      .farZ = near_m};
        shown_[i] = {.type = XR_TYPE_COMPOSITION_LAYER_PROJECTION_VIEW,
                     .next = near_m > 0.f ? &depths_[i] : nullptr,
                     .pose = views_[i].pose,
                     .fov = views_[i].fov,
                     .subImage = {color_.swapchain.get(), rect, i}};
    }
    picture_.space = wearer_.origin();
    picture_.viewCount = view_count_;
    picture_.views = shown_.data();
}

bool Session::request_exit() { return running_ && XR_SUCCEEDED(xrRequestExitSession(session_.get())); }

} // namespace pw::xr
