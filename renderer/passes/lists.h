#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is see-through, in its right order in each sample of each pixel, however it overlaps (tier high). All of it is
// drawn into lists first, one a pixel: depth, samples covered, colour and how much of each colour comes through; then
// one triangle over the picture adds each pixel's list up, near to far. Equal depths are ordered by instance and
// triangle, so that the same frame is the same bytes.
// The lists have room for twice as many fragments as the picture has pixels, at most 4 Mi (112 MiB). In a frame that
// has more the lists are not shown, and all is drawn far to near, part by part, as on the lower tiers: the GPU decides
// that by itself, in the same frame. After J. C. Yang et al. 2010, "Real-time concurrent linked list construction on
// the GPU".

#include "renderer/internal/draw_table.h"
#include "renderer/internal/frame.h"
#include "renderer/internal/late_pipeline.h"
#include "renderer/internal/picture.h"
#include "renderer/internal/texture_table.h"
#include "renderer/passes/meshes.h"

#include <optional>
#include <span>

namespace pw::renderer {

class ListPass {
  public:
    ListPass(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats);
    void want(Jobs& jobs); // starts compiling; nothing is made before
    bool pending() const { return draw_ && draw_->pending(); }
    bool ready() const { return draw_ && draw_->get() != VK_NULL_HANDLE; }
    bool fit(const FrameContext& context); // false: the GPU has no memory for a picture so large
    // Between two parts of the picture: fills the lists.
    void prepare(const FrameContext& context, const Picture::Part& part, const MeshPass& meshes, const DrawTable& table,
                 const DrawBuffers& buffers, const GeometryPool& pool, std::span<const SingleDraw> singles);
    void record(const FrameContext& context) const; // shows them, in the part that follows
    OnlyIf overflowed() const { return {counts_.get(), 4}; }

  private:
    shaders::ListsPush constants(const FrameContext& context) const;

    Gpu* gpu_ = nullptr;
    VkPipelineLayout layout_ = VK_NULL_HANDLE;
    TargetFormats formats_;
    std::optional<LatePipeline> draw_;
    VkExtent2D fitted_{};
    Buffer heads_, nodes_, counts_; // a node a pixel; counts: nodes wanted, 1 if there were too many
    std::uint32_t capacity_ = 0;
};

} // namespace pw::renderer
