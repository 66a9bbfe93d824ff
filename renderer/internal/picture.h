#pragma once
// SPDX-License-Identifier: Apache-2.0
// The images a frame is drawn into: the target's, and our own for depth and multisampling; and what happens to the
// picture when it is drawn: layouts, the mirror, the copy for take_picture().

#include "renderer/internal/frame.h"
#include "renderer/renderer.h"

#include <deque>
#include <optional>

namespace pw::renderer {

bool is_srgb(VkFormat format);

class Picture {
  public:
    Picture() = default;
    Picture(Gpu& gpu, const TargetFormats& formats) : gpu_(&gpu), formats_(formats) {}
    // Barriers and vkCmdBeginRendering with a cleared colour (linear) and depth.
    void begin(const FrameContext& context, const Target& target, const Vec4& clear);
    // vkCmdEndRendering, mirror, read-back, final layouts.
    void end(const FrameContext& context, const Target& target);
    std::optional<scene::Pixels> take(bool wait, std::uint64_t finished_serial,
                                      const std::function<void(std::uint64_t serial)>& wait_for);

  private:
    struct Pending {
        std::uint64_t serial = 0;
        Buffer buffer;
        std::uint32_t width = 0, height = 0; // of all layers below each other
        VkFormat format = VK_FORMAT_UNDEFINED;
    };
    void make_attachments(const Target& target);
    void make_views(FrameSlot& slot, const Target& target) const;
    VkRenderingAttachmentInfo color_info(const FrameContext& context, const Target& target, const Vec4& clear) const;
    VkRenderingAttachmentInfo depth_info(const FrameContext& context, const Target& target) const;
    void filter_down(VkCommandBuffer cmd, const Target& target) const;
    void mirror(VkCommandBuffer cmd, const Target& target) const;
    void read_back(VkCommandBuffer cmd, const Target& target);

    Gpu* gpu_ = nullptr;
    TargetFormats formats_;
    Image color_, depth_; // color_ only with several samples
    Image fine_, half_;   // only when supersampling; half_ only by 4
    std::deque<Pending> pending_;
};

} // namespace pw::renderer
