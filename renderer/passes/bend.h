#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is seen through glass is bent, blurred and, by dispersion, torn into colours (KHR_materials_transmission,
// _volume, _ior, _dispersion). When everything opaque is drawn, the picture is copied, with mipmaps; the glass is drawn
// into a picture of offsets, where all layers before each other add up; and the picture is drawn anew from the copy,
// each sample from where its offset says. Dyes, reflections and order are left to the blended draws that follow, so
// several panes and what is blended otherwise stay as they are without this pass. Nothing is made before something
// bends.

#include "renderer/internal/draw_table.h"
#include "renderer/internal/frame.h"
#include "renderer/internal/late_pipeline.h"
#include "renderer/internal/picture.h"
#include "renderer/internal/texture_table.h"
#include "renderer/passes/meshes.h"

#include <optional>
#include <span>

namespace pw::renderer {

class BendPass {
  public:
    BendPass(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats, TextureTable& textures);
    void want(Jobs& jobs); // starts compiling
    bool pending() const { return draw_ && draw_->pending(); }
    bool ready() const { return draw_ && draw_->get() != VK_NULL_HANDLE; }
    bool fit(const FrameContext& context); // false: the GPU has no memory for a picture so large
    // Between two parts of the picture: the copy, and the offsets of those of `singles` that bend.
    void prepare(const FrameContext& context, const Picture::Part& part, const MeshPass& meshes, const DrawTable& table,
                 const DrawBuffers& buffers, const GeometryPool& pool, std::span<const SingleDraw> singles);
    void record(const FrameContext& context) const; // in the part that follows

  private:
    void copy(VkCommandBuffer cmd, const Picture::Part& part) const;

    Gpu* gpu_ = nullptr;
    VkPipelineLayout layout_ = VK_NULL_HANDLE;
    TargetFormats formats_;
    TextureTable* textures_ = nullptr;
    Sampler nearest_, smooth_;
    std::optional<LatePipeline> draw_;
    VkExtent2D fitted_{};
    Image behind_, offsets_;
    std::uint32_t behind_slot_ = 0, offsets_slot_ = 0;
};

} // namespace pw::renderer
