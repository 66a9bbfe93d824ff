#pragma once
// SPDX-License-Identifier: Apache-2.0
// The caps of a section. The meshes cut themselves (clip distances, mesh_cut.vert); this pass closes solids where they
// are cut. Before the picture it draws what is left of all solids that the plane may cut through, without depth, into a
// picture of counts: + 1 for each face that a line of sight leaves by, - 1 for each that it enters by. In front of the
// plane everything is cut away, so the sum is how many solids the line is inside of where it meets the plane; there the
// plane itself is drawn, hatched, for each sample of a pixel. It works with indirect draws, several samples and both
// eyes at once, and needs no stencil beside the depth that compositors want. Only closed surfaces are counted
// (solids.h): an open one would fill the plane in front of it.

#include "renderer/internal/draw_table.h"
#include "renderer/internal/frame.h"
#include "renderer/internal/late_pipeline.h"
#include "renderer/internal/texture_table.h"

#include <optional>

namespace pw::renderer {

class SectionPass {
  public:
    SectionPass(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats, TextureTable& textures);
    void want(Jobs& jobs); // starts compiling; nothing is made before
    bool pending() const { return count_ && (count_->pending() || cap_->pending()); }
    bool ready() const { return count_ && count_->get() != VK_NULL_HANDLE && cap_->get() != VK_NULL_HANDLE; }
    // In a frame that is cut: the counts, and the caps after what is opaque. `reach_m`: as far from `middle` there may
    // be something to close.
    void prepare(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                 const GeometryPool& pool);
    void record(const FrameContext& context, const DVec3& middle, double reach_m) const;

  private:
    void fit(const FrameContext& context);

    Gpu* gpu_ = nullptr;
    VkPipelineLayout layout_ = VK_NULL_HANDLE;
    TargetFormats formats_;
    TextureTable* textures_ = nullptr;
    Sampler sampler_;
    std::optional<LatePipeline> count_, cap_;
    Image counts_;
    std::uint32_t slot_ = 0;
};

} // namespace pw::renderer
