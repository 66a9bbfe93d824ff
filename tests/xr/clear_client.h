#pragma once
// SPDX-License-Identifier: Apache-2.0
// The smallest program that uses a host as the app does: it clears each view and each panel in its own colour, copies
// the first view to the mirror, and reads one pixel of each view back. Validation with synchronisation checks is on.

#include "xr/host.h"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace pw::test {

using Rgba8 = std::array<std::uint8_t, 4>;

using LinearColor = std::array<float, 4>;

// Linear colours of the views.
inline constexpr std::array<LinearColor, 2> kViewColors{{{0.6f, 0.f, 0.f, 1.f}, {0.f, 0.f, 0.6f, 1.f}}};
inline constexpr Rgba8 kViewPixels[2]{{203, 0, 0, 255}, {0, 0, 203, 255}};

struct TestPanel {
    xr::QuadPlace place;
    std::uint32_t width = 64, height = 64;
    LinearColor color{};
    bool redraw = true; // in the next frames; while it is false, the panel shows what it has
    int drawn = 0;
};

struct Patch { // a part of the picture in another colour: from the left and the top, 0 … 1
    float left = 0.f, top = 0.f, right = 0.f, bottom = 0.f;
    LinearColor color{};
};

bool vulkan_here(); // a device that this client can use

class ClearClient {
  public:
    enum class Validation { Off, On };
    explicit ClearClient(std::unique_ptr<xr::Host> host, Validation validation = Validation::On);
    ~ClearClient();

    Result<void> start(); // device and attach
    void stop();          // detach, device gone
    // One turn of the app's loop: recovers from a loss, draws a frame when there is one.
    xr::HostState turn();
    // Turns until `done` or 15 seconds have passed.
    bool run_until(const std::function<bool()>& done);
    bool run_frames(int count);

    xr::Host& host() { return *host_; }
    const xr::Input& input() const { return input_; }
    const std::vector<xr::EyeView>& eyes() const { return eyes_; }
    const xr::FrameTime& time() const { return time_; }
    const xr::FrameImage& image() const { return image_; }
    xr::HostState state() const { return state_; }
    int drawn() const { return drawn_; }       // frames with a picture
    int mirrored() const { return mirrored_; } // of them, shown in the mirror
    int recoveries() const { return recoveries_; }
    int validation_messages() const { return validation_messages_; }
    std::vector<Rgba8> pixels(); // of the last drawn frame, one per view, as stored (sRGB)
    bool draw_depth = true;
    bool drop_picture = false; // acquire, and submit nothing
    std::array<LinearColor, 2> view_colors = kViewColors;
    std::vector<Patch> patches;
    std::vector<TestPanel> panels;
    Duration overrun{}; // of every frame, before it ends

  private:
    struct Slot {
        VkCommandBuffer commands = VK_NULL_HANDLE;
        VkFence fence = VK_NULL_HANDLE;
        std::vector<VkImageView> views;
    };
    Result<void> make_instance();
    Result<void> make_device();
    void make_frame_objects();
    void destroy_device();
    struct PanelImage {
        xr::FrameImage image;
        LinearColor color{};
    };
    std::vector<PanelImage> acquire_panels();
    void draw(const xr::FrameImage& image, const std::vector<PanelImage>& panel_images);
    void record(Slot& slot, const xr::FrameImage& image, const std::vector<PanelImage>& panel_images);
    void clear_layer(Slot& slot, const xr::FrameImage& image, std::uint32_t layer, const LinearColor& to,
                     const std::vector<Patch>& but);
    void clear_panel(Slot& slot, const PanelImage& panel);
    void copy_to_mirror(VkCommandBuffer commands, const xr::FrameImage& image);
    VkImageView make_view(Slot& slot, VkImage image, VkFormat format, VkImageAspectFlags aspect, std::uint32_t layer);
    void finish(Slot& slot);

    std::unique_ptr<xr::Host> host_;
    Validation validation_;
    VkDebugUtilsMessengerEXT messenger_ = VK_NULL_HANDLE;
    xr::Gpu gpu_;
    VkCommandPool pool_ = VK_NULL_HANDLE;
    std::array<Slot, 2> slots_;
    VkBuffer buffer_ = VK_NULL_HANDLE;
    VkDeviceMemory memory_ = VK_NULL_HANDLE;
    void* mapped_ = nullptr;

    xr::Input input_;
    std::vector<xr::EyeView> eyes_;
    xr::FrameTime time_;
    xr::FrameImage image_;
    xr::HostState state_ = xr::HostState::Idle;
    int drawn_ = 0, mirrored_ = 0, recoveries_ = 0, validation_messages_ = 0;
    std::size_t slot_ = 0;
};

} // namespace pw::test
