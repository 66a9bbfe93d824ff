#pragma once
// SPDX-License-Identifier: Apache-2.0
// The images a frame is drawn into: the target's, and our own for depth and multisampling; and what happens to the
// picture when it is drawn: layouts, the mirror, the copy for take_picture().

#include "renderer/internal/frame.h"
#include "renderer/internal/texture_table.h"
#include "renderer/renderer.h"

#include <deque>
#include <optional>

namespace pw::renderer {

bool is_srgb(VkFormat format);

class Picture {
  public:
    Picture() = default;
    Picture(Gpu& gpu, const TargetFormats& formats, TextureTable& textures);
    // Whether shaders may read the depth between two parts; else it is drawn into a compositor's image.
    bool depth_is_readable(const Target& target) const {
        return target.depth == VK_NULL_HANDLE || formats_.samples != VK_SAMPLE_COUNT_1_BIT;
    }
    // Makes the images for such a target; begin() does so as well, after what others have taken of the memory.
    void fit(const Target& target, bool pausing);
    // Barriers and vkCmdBeginRendering with a cleared colour (linear) and depth. `pausing`: pause() will be called.
    void begin(const FrameContext& context, const Target& target, const Vec4& clear, bool pausing);
    // The picture so far, between two parts of it. The colour can be copied from (TRANSFER_SRC), resolved; the depth
    // is read only.
    struct Part {
        VkImage color = VK_NULL_HANDLE;
        std::uint32_t first_layer = 0;
        VkImageView depth = VK_NULL_HANDLE; // to test against
        std::uint32_t depth_slot = ~0u;     // the same in textures[], with a layer for each view, where it is readable
        VkRenderingAttachmentInfo depth_info() const;
    };
    Part pause(const FrameContext& context, const Target& target);
    // `last`: pause() will not be called again.
    void resume(const FrameContext& context, const Target& target, bool last);
    // vkCmdEndRendering. What follows draws into a copy of the picture, without depth, where copies are to differ from
    // it: end_copy(), and then the mirror and what is read back are made from that.
    void finish(const FrameContext& context, const Target& target);
    void begin_copy(const FrameContext& context, const Target& target);
    void end_copy(const FrameContext& context);
    // Mirror, read-back, final layouts.
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
    void make_views(FrameSlot& slot, const Target& target) const;
    void begin_part(const FrameContext& context, const Target& target, VkAttachmentLoadOp load, bool last);
    void turn_for_reading(const FrameContext& context, const Target& target, bool read) const;
    VkRenderingAttachmentInfo color_info(const FrameContext& context, bool last) const;
    VkRenderingAttachmentInfo depth_info(const FrameContext& context, const Target& target, bool last) const;
    void filter_down(VkCommandBuffer cmd, const Target& target) const;
    struct Source { // in TRANSFER_SRC
        VkImage image = VK_NULL_HANDLE;
        std::uint32_t first_layer = 0;
    };
    void mirror(VkCommandBuffer cmd, const Target& target, const Source& from) const;
    void read_back(VkCommandBuffer cmd, const Target& target, const Source& from);

    Gpu* gpu_ = nullptr;
    TargetFormats formats_;
    TextureTable* textures_ = nullptr;
    Sampler sampler_;
    Image color_, depth_;            // color_ only with several samples
    std::uint32_t depth_slot_ = ~0u; // of depth_, once it is kept
    bool kept_ = false;              // they outlive a part: since the first frame with several
    Vec4 clear_{0.f};
    Image fine_, half_;   // only when supersampling; half_ only by 4
    Image copy_;          // only since copies differ from the picture
    bool copied_ = false; // in this frame
    std::deque<Pending> pending_;
};

} // namespace pw::renderer
