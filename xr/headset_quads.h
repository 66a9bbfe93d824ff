#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: panels that the compositor shows by itself: a swapchain for each slot, kept while its size stays.
// A panel that changes its size is shown as it was until its new images have been drawn on. The content has
// premultiplied alpha.

#include "xr/headset_swapchain.h"
#include "xr/host.h"

#include <cstdint>
#include <span>
#include <vector>

namespace pw::xr {

class QuadLayers {
  public:
    QuadLayers() = default; // no slots
    QuadLayers(XrSession session, const Gpu& gpu, VkFormat format, std::size_t slots);

    std::size_t slots() const { return slots_.size(); }
    // Waits for nothing. Nothing: there are no images of that size yet (make_wanted() makes them), or none is free.
    std::optional<FrameImage> acquire(std::size_t slot, std::uint32_t width, std::uint32_t height, Health& health);
    // Between two frames: makes at most one swapchain that acquire() missed, and destroys those that no frame in flight
    // can still be drawing on.
    void make_wanted();
    // Hands what was drawn to the compositor; what was acquired and not drawn is kept for the next acquire().
    void release(bool drawn, Health& health);
    void show(std::span<const QuadPlace> places);
    // Of the panels shown that have content, in their order; valid until the next call.
    std::span<const XrCompositionLayerQuad> layers(XrSpace origin);
    void end_frame() { shown_.clear(); }

  private:
    struct Slot {
        RuntimeImages current, next; // next: of another size, not yet drawn on
        bool acquired = false;       // in this frame, to be drawn on: next where there is one, else current
        bool has_content = false;    // current has been handed to the compositor
        std::uint32_t wanted_width = 0, wanted_height = 0;
        std::uint32_t refused_width = 0, refused_height = 0; // the runtime made none of that size
    };
    struct Retired {
        RuntimeImages images;
        int frames_left = 0;
    };
    void retire(RuntimeImages& images);

    XrSession session_ = XR_NULL_HANDLE;
    Gpu gpu_;
    VkFormat format_ = VK_FORMAT_UNDEFINED;
    std::vector<Slot> slots_;
    std::vector<Retired> retired_;
    std::vector<QuadPlace> shown_;
    std::vector<XrCompositionLayerQuad> layers_;
};

} // namespace pw::xr
