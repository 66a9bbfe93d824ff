// SPDX-License-Identifier: Apache-2.0
// Frames into a headset, through OpenXR. A runtime that ends, and one that comes back, are a state of the frame and no
// error; every recovery is the same way: everything anew, from the XrInstance on.

#include "base/assert.h"
#include "base/format.h"
#include "base/log.h"
#include "base/quiet.h"
#include "xr/headset_input.h"
#include "xr/headset_session.h"
#include "xr/hosts.h"
#include "xr/mirror.h"

#include <algorithm>

namespace pw::xr {
namespace {

constexpr Duration kExitPatience = from_ms(3000); // a runtime that does not answer must not keep the program

class Headset final : public Host {
  public:
    Headset(Runtime runtime, HeadsetInput actions, Mirror mirror)
        : runtime_(std::move(runtime)), actions_(std::move(actions)), mirror_(std::move(mirror)) {}
    ~Headset() override { detach(); }
    HostKind kind() const override { return HostKind::Headset; }
    std::string description() const override { return runtime_.name; }

    VulkanNeeds vulkan_needs() const override { return mirror_.vulkan_needs(); }
    VkResult create_instance(const VkInstanceCreateInfo& info, VkInstance* out) override {
        return runtime_create_instance(runtime_, info, out);
    }
    VkResult choose_gpu(VkInstance instance, VkPhysicalDevice* out) override {
        return runtime_choose_gpu(runtime_, instance, out);
    }
    VkResult create_device(VkPhysicalDevice gpu, const VkDeviceCreateInfo& info, VkDevice* out) override {
        return runtime_create_device(runtime_, gpu, info, out);
    }

    Result<void> attach(const Gpu& gpu) override;
    void detach() override;
    VkFormat color_format() const override { return session_ ? session_->color_format() : VK_FORMAT_UNDEFINED; }
    std::uint32_t view_count() const override { return runtime_.view_count; }
    Result<void> recover() override;

    HostState poll() override;
    std::optional<FrameTime> wait_frame() override;
    const Input& input() override;
    std::span<const EyeView> locate() override { return session().locate(health_); }
    std::optional<FrameImage> acquire() override;
    void end_frame(bool drawn, float near_m) override;

    void vibrate(std::size_t hand, float amplitude, Duration length) override {
        if (session_ && !health_.lost()) actions_.vibrate(hand, amplitude, length, health_);
    }
    bool allow_gaze(bool allowed) override { return actions_.allow_gaze(gaze_allowed_ = allowed); }
    std::vector<std::byte> controller_model(std::size_t hand) override { return actions_.controller_model(hand); }
    std::vector<Blend> blends() const override { return runtime_.blends; }
    Blend blend() const override {
        return session_ ? session_->blend() : wanted_blend_.value_or(plain_blend(runtime_));
    }
    Result<void> set_blend(Blend blend) override;
    std::size_t quad_slots() const override { return session_ ? session_->quads().slots() : 0; }
    std::optional<FrameImage> acquire_quad(std::size_t slot, std::uint32_t width, std::uint32_t height) override {
        return session().quads().acquire(slot, width, height, health_);
    }
    VkFormat quad_format() const override { return color_format(); }
    void show_quads(std::span<const QuadPlace> places) override { session().quads().show(places); }
    void set_scale(double scale) override {
        scale_ = scale;
        if (session_) session_->set_scale(scale);
    }
    Anchors* anchors() override { return session_ ? session_->anchors() : nullptr; }
    FrameAges ages() const override { return session_ ? session_->ages() : FrameAges{}; }

    void request_exit() override;

  private:
    Session& session() {
        PW_ASSERT(session_.has_value(), "frames belong between attach() and detach()");
        return *session_;
    }
    void read_events();
    void read_event(const XrEventDataBuffer& event);

    // Destroyed from the bottom up.
    Runtime runtime_;
    HeadsetInput actions_;
    Mirror mirror_;
    std::optional<Session> session_;
    Health health_;
    Input input_;
    std::optional<Blend> wanted_blend_; // by the app; outlives a session
    std::optional<Time> exit_requested_;
    bool gaze_allowed_ = false;
    double scale_ = 1.0;    // of the pixels that are drawn; outlives a session
    bool mirrored_ = false; // this frame has an image of the mirror
};

Result<void> Headset::attach(const Gpu& gpu) {
    PW_ASSERT(!session_, "attached once");
    if (auto read = read_views(runtime_); !read) return read;
    auto made = Session::make(runtime_, gpu);
    if (!made) return std::unexpected(made.error());
    session_ = std::move(*made);
    session_->set_scale(scale_);
    if (auto done = actions_.attach(runtime_, session_->raw()); !done) {
        detach();
        return done;
    }
    if (wanted_blend_)
        if (auto set = set_blend(*wanted_blend_); !set) log_warn(set.error().what);
    mirror_.attach(gpu);
    return {};
}

Result<void> Headset::set_blend(Blend blend) {
    if (!std::ranges::contains(runtime_.blends, blend))
        return fail(Errc::Refused, runtime_.name + " does not offer this view of the world around");
    if (session_)
        if (auto set = session_->set_blend(runtime_, blend, health_); !set) return set;
    wanted_blend_ = blend;
    return {};
}

void Headset::detach() {
    mirrored_ = false;
    mirror_.detach();
    std::optional<QuietStderr> quiet; // a runtime that is gone cannot be told goodbye, and says so for every handle
    if (health_.lost()) quiet.emplace();
    actions_.detach();
    session_.reset();
}

Result<void> Headset::recover() {
    PW_ASSERT(!session_, "detach() before recover()");
    const QuietStderr quiet; // asked again and again: that it is not yet back is no news
    actions_ = {};
    runtime_.instance.reset(); // OpenXR's loader allows one at a time
    auto runtime = make_runtime();
    if (!runtime) return std::unexpected(runtime.error());
    auto actions = HeadsetInput::make(*runtime);
    if (!actions) return std::unexpected(actions.error());
    runtime_ = std::move(*runtime);
    actions_ = std::move(*actions);
    actions_.allow_gaze(gaze_allowed_);
    health_.recovered();
    return {};
}

HostState Headset::poll() {
    mirror_.poll();
    if (!health_.lost()) read_events();
    const bool running = session_ && session_->running();
    const bool gone = health_.lost() || !session_;
    const bool asked_long_ago = exit_requested_ && system_clock().now() - *exit_requested_ > kExitPatience;
    if ((session_ && session_->ended()) || asked_long_ago || (exit_requested_ && (gone || !running)))
        return HostState::Finished;
    if (gone) return HostState::Lost;
    return running ? HostState::Running : HostState::Idle;
}

void Headset::read_events() {
    XrEventDataBuffer event{.type = XR_TYPE_EVENT_DATA_BUFFER};
    for (;;) {
        const XrResult result = xrPollEvent(runtime_.instance.get(), &event);
        if (!health_.worked(result, "xrPollEvent") || result == XR_EVENT_UNAVAILABLE) return;
        read_event(event);
        event = {.type = XR_TYPE_EVENT_DATA_BUFFER};
    }
}

void Headset::read_event(const XrEventDataBuffer& event) {
    switch (event.type) {
    case XR_TYPE_EVENT_DATA_INSTANCE_LOSS_PENDING:
        health_.lose("the runtime is about to end");
        break;
    case XR_TYPE_EVENT_DATA_SESSION_STATE_CHANGED: {
        const auto& change = reinterpret_cast<const XrEventDataSessionStateChanged&>(event);
        if (session_ && change.session == session_->raw()) session_->enter(change.state, health_);
        break;
    }
    case XR_TYPE_EVENT_DATA_INTERACTION_PROFILE_CHANGED:
        if (session_) actions_.profile_changed();
        break;
    case XR_TYPE_EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING: {
        const auto& change = reinterpret_cast<const XrEventDataReferenceSpaceChangePending&>(event);
        if (session_ && change.session == session_->raw()) session_->wearer().origin_changes(change);
        break;
    }
    case XR_TYPE_EVENT_DATA_USER_PRESENCE_CHANGED_EXT: {
        const auto& change = reinterpret_cast<const XrEventDataUserPresenceChangedEXT&>(event);
        if (session_ && change.session == session_->raw())
            session_->wearer().presence_changed(change.isUserPresent == XR_TRUE);
        break;
    }
    case XR_TYPE_EVENT_DATA_DISPLAY_REFRESH_RATE_CHANGED_FB: {
        const auto& change = reinterpret_cast<const XrEventDataDisplayRefreshRateChangedFB&>(event);
        log_info(formatted("the headset's display changed from {:.0f} to {:.0f} Hz", change.fromDisplayRefreshRate,
                           change.toDisplayRefreshRate));
        break;
    }
    case XR_TYPE_EVENT_DATA_PASSTHROUGH_STATE_CHANGED_FB: {
        const auto& change = reinterpret_cast<const XrEventDataPassthroughStateChangedFB&>(event);
        if (session_) session_->passthrough_changed(runtime_, change.flags, health_);
        break;
    }
    case XR_TYPE_EVENT_DATA_EVENTS_LOST:
        log_warn("the headset's runtime dropped events");
        break;
    default:
        if (session_ && session_->anchors() != nullptr) session_->anchors()->hear(event);
        break;
    }
}

std::optional<FrameTime> Headset::wait_frame() {
    if (!session_ || !session_->running() || health_.lost()) return {};
    return session_->wait_frame(runtime_, health_);
}

const Input& Headset::input() {
    Session& now = session();
    now.wearer().sense(now.display_time(), input_, health_);
    if (now.anchors() != nullptr) now.anchors()->step(now.display_time(), health_);
    actions_.sync(now.wearer().origin(), now.display_time(), input_, health_);
    mirror_.take_input(input_.desktop);
    return input_;
}

std::optional<FrameImage> Headset::acquire() {
    auto image = session().acquire(health_);
    if (!image) return {};
    image->mirror = mirror_.acquire();
    mirrored_ = image->mirror.has_value();
    return image;
}

void Headset::end_frame(bool drawn, float near_m) {
    session().end_frame(drawn, near_m, health_);
    if (drawn && mirrored_) mirror_.present();
    mirrored_ = false;
}

void Headset::request_exit() {
    if (exit_requested_) return;
    exit_requested_ = system_clock().now();
    if (session_) session_->request_exit();
}

} // namespace

Result<std::unique_ptr<Host>> make_headset(const HostOptions& options) {
    auto runtime = make_runtime();
    if (!runtime) return std::unexpected(runtime.error());
    auto actions = HeadsetInput::make(*runtime);
    if (!actions) return std::unexpected(actions.error());
    return std::make_unique<Headset>(std::move(*runtime), std::move(*actions),
                                     options.mirror ? Mirror::open(options) : Mirror());
}

} // namespace pw::xr
