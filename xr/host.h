#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where the frames go and the input comes from: a headset (OpenXR), a window (GLFW), or neither. The frame code is the
// same for all three:
//     poll → wait_frame → (input) → locate → acquire → [submit] → end_frame
// Raw Vulkan handles only: xr and the renderer meet in the app. Frame thread only. Poses are in the host's own space:
// the origin on the floor below the user, −Z forward at the start; the app moves that space through the world.

#include "base/math.h"
#include "base/result.h"
#include "base/time.h"
#include "xr/anchors.h"
#include "xr/input.h"

#include <vulkan/vulkan.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pw::xr {

enum class HostKind : std::uint8_t { Headset, Window, Offscreen };

struct HostOptions {
    HostKind kind = HostKind::Offscreen;
    std::uint32_t width = 1280, height = 720; // window and offscreen
    std::string title = "Plantwalk";
    bool mirror = true; // headset: show the left eye in a window where there is a display
    bool vsync = true;  // window
    // Offscreen: the predicted times are this, twice this, … so that two runs are equal; 0: real time.
    Duration frame_period{};
    double fov_y_deg = 60.0; // window and offscreen
};

struct Gpu { // as renderer::RawDevice
    VkInstance instance = VK_NULL_HANDLE;
    VkPhysicalDevice gpu = VK_NULL_HANDLE;
    VkDevice device = VK_NULL_HANDLE;
    VkQueue queue = VK_NULL_HANDLE;
    std::uint32_t queue_family = 0;
};

enum class HostState : std::uint8_t {
    Running,  // wait_frame and draw
    Idle,     // nothing to draw now (minimised, session not running): step the world, then poll again after a pause
    Lost,     // the session, runtime or surface is gone: release the GPU side (detach), then try recover()
    Finished, // the user or the runtime ended it
};

struct FrameTime {
    Time display; // when the frame is predicted to be seen
    Duration period{};
    bool render = true; // false: run the frame's logic, draw nothing, still call end_frame
};

struct EyeView {
    Pose origin_from_eye;
    float tan_left = -1.f, tan_right = 1.f, tan_up = 1.f, tan_down = -1.f;
};

struct MirrorImage { // a window's image: to be blitted to, and left in PRESENT_SRC_KHR
    VkImage image = VK_NULL_HANDLE;
    std::uint32_t width = 0, height = 0;
    VkSemaphore wait = VK_NULL_HANDLE, signal = VK_NULL_HANDLE;
};

struct FrameImage {
    VkImage color = VK_NULL_HANDLE;
    VkImage depth = VK_NULL_HANDLE; // D32_SFLOAT, or none
    std::uint32_t width = 0, height = 0, layers = 1;
    VkImageLayout layout_before = VK_IMAGE_LAYOUT_UNDEFINED, layout_after = VK_IMAGE_LAYOUT_UNDEFINED;
    VkImageLayout depth_layout_before = VK_IMAGE_LAYOUT_UNDEFINED, depth_layout_after = VK_IMAGE_LAYOUT_UNDEFINED;
    VkSemaphore wait = VK_NULL_HANDLE, signal = VK_NULL_HANDLE;
    std::optional<MirrorImage> mirror;
};

// How the picture meets what is really there.
enum class Blend : std::uint8_t {
    Opaque,      // only the picture
    Alpha,       // the world behind, where the picture's alpha lets it through (see-through video)
    Additive,    // light is added to the world: black is clear
    Passthrough, // as Alpha, by a layer of the runtime's own (XR_FB_passthrough)
};

// A panel that the headset's compositor shows by itself, sharper than through the eyes' picture and below it: the
// picture has a hole there. One slot is one panel from frame to frame.
struct QuadPlace {
    std::size_t slot = 0;
    Pose origin_from_quad; // its middle; faces +Z
    Vec2 size_m{0.4f, 0.3f};
};

// What the picture and the runtime did with a frame's pose, for statistics.
struct FrameAges {
    Duration pose{};   // from locating the eyes to end_frame
    bool late = false; // the runtime dropped the frame, or its display time was over when it was submitted
};

// How Vulkan must be created for this host. The functions are called once each, in this order, by the app's device
// hooks.
struct VulkanNeeds {
    std::vector<std::string> instance_extensions, device_extensions;
};

class Host {
  public:
    virtual ~Host() = default;
    virtual HostKind kind() const = 0;
    virtual std::string description() const = 0; // "Monado … / remote", "window", "offscreen": for people

    // As they are here: plain Vulkan. A headset's runtime makes instance and device itself.
    virtual VulkanNeeds vulkan_needs() const;
    virtual VkResult create_instance(const VkInstanceCreateInfo& info, VkInstance* out);
    virtual VkResult choose_gpu(VkInstance instance, VkPhysicalDevice* out); // leaves *out null: any
    virtual VkResult create_device(VkPhysicalDevice gpu, const VkDeviceCreateInfo& info, VkDevice* out);
    virtual bool can_present(VkInstance instance, VkPhysicalDevice gpu, std::uint32_t family);

    // Makes session and swapchains. Afterwards the formats, sizes and view count are known.
    virtual Result<void> attach(const Gpu& gpu) = 0;
    // Destroys what attach made; the device must be idle (or lost), and what the app made from the images, gone. Safe
    // to call twice.
    virtual void detach() = 0;
    virtual VkFormat color_format() const = 0;
    virtual std::uint32_t view_count() const = 0;

    // After Lost (or a lost device) and detach(): looks whether it is back. Ok: make instance and device anew and
    // attach again. Unavailable: try later.
    virtual Result<void> recover() = 0;

    virtual HostState poll() = 0; // events, window and session; logs each session state it reaches
    // The only place besides fences and images where the frame thread waits. A headset's runtime whose service hangs
    // holds it for seconds: nothing that must go on may depend on this thread.
    virtual std::optional<FrameTime> wait_frame() = 0; // nothing: ask poll() why
    virtual const Input& input() = 0;                  // synchronised for this frame's display time
    virtual std::span<const EyeView> locate() = 0;     // as late as possible
    // Nothing: end the frame without a picture. At most 3 frames may be in flight.
    virtual std::optional<FrameImage> acquire() = 0;
    // `drawn`: the acquired image (and the mirror's) has been submitted. `near_m`: of the depth image (reversed,
    // infinite far); 0: it was not written.
    virtual void end_frame(bool drawn, float near_m) = 0;

    // Blend modes that are offered, best first for AR; a host without a view of the world has only Opaque. Refused: it
    // is not offered. Takes effect with the next frame.
    virtual std::vector<Blend> blends() const { return {Blend::Opaque}; }
    virtual Blend blend() const { return Blend::Opaque; }
    virtual Result<void> set_blend(Blend blend);

    // Panels as layers. How many at most: 0 where the app shows panels as part of the picture.
    virtual std::size_t quad_slots() const { return 0; }
    // Between acquire() and end_frame(): an image to draw the panel's new content into, as acquire() gives one (sRGB,
    // one layer, left in layout_after). Nothing: keep the old content, try again with the next frame.
    virtual std::optional<FrameImage> acquire_quad(std::size_t slot, std::uint32_t width, std::uint32_t height);
    virtual VkFormat quad_format() const { return VK_FORMAT_UNDEFINED; }
    // Which panels this frame shows, from far to near; those that never had content are left out. Read by end_frame.
    virtual void show_quads(std::span<const QuadPlace>) {}

    // Text for other programs to paste. Unavailable: there is no clipboard here.
    virtual Result<void> copy_text(const std::string& text);

    // A pulse in the hand (0: left), amplitude 0 … 1. Nothing where there is nothing that moves.
    virtual void vibrate(std::size_t hand, float amplitude, Duration length);
    // Whether where the user looks may be asked for; off at the start. False: this host cannot tell.
    virtual bool allow_gaze(bool allowed);
    // What the user holds, as the runtime draws it (a glTF binary, origin at the grip); nothing where it has no such
    // model, and while that is being loaded. The answer changes with HandState::profile.
    virtual std::vector<std::byte> controller_model(std::size_t hand);
    // Draws on so much of the images each way, 0 … 1, from the next frame on: less rather than late. A host without a
    // compositor, which stretches it, draws on all.
    virtual void set_scale(double) {}
    virtual FrameAges ages() const { return {}; } // of the last frame
    // Another one, which knows nothing yet, after each attach(); null where the runtime has no anchors.
    virtual Anchors* anchors() { return nullptr; }

    virtual void request_exit() = 0; // go on with the frames: poll() says Finished when it is
    // Window and offscreen: where the eye is in the host's space (a headset knows it itself).
    virtual void set_eye(const Pose& origin_from_eye);
};

// Unavailable with the reason when such a host cannot be had here (no runtime, no headset, no display).
Result<std::unique_ptr<Host>> make_host(const HostOptions& options);

// What `--host auto` takes: a headset when the runtime reports one, else a window when there is a display, else
// offscreen.
HostKind best_host(std::string& why);

} // namespace pw::xr
