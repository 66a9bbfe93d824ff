#pragma once
// SPDX-License-Identifier: Apache-2.0
// What is hidden by other parts is not drawn. What showed in the frame before is drawn first; from its depth a pyramid
// is made, and what was hidden and is not by that is drawn then (shaders/occlude.comp). No part that shows is left out,
// in no frame. Made for scenes that are large enough for it to pay.

#include "renderer/internal/draw_table.h"
#include "renderer/internal/frame.h"
#include "renderer/internal/late_pipeline.h"
#include "renderer/internal/picture.h"
#include "renderer/passes/cull.h"

#include <optional>

namespace pw::renderer {

class OcclusionPass {
  public:
    OcclusionPass(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats);
    void want(Jobs& jobs); // starts compiling
    bool pending() const;
    bool ready() const;
    bool fit(const FrameContext& context); // false: the GPU has no memory for the pyramid
    // Between two parts of the picture, of which the first has what CullPass::prepare left in its lists: fills the
    // lists of the late kind.
    void prepare(const FrameContext& context, const Picture::Part& part, const DrawTable& table,
                 const DrawBuffers& buffers, CullPass& cull);

  private:
    void make_pyramid(const FrameContext& context, std::uint32_t depth_slot) const;

    Gpu* gpu_ = nullptr;
    VkPipelineLayout layout_ = VK_NULL_HANDLE;
    TargetFormats formats_;
    std::optional<LatePipeline> first_, next_, occlude_; // mips; the test
    Buffer pyramid_;
    VkExtent2D extent_{};
    std::uint32_t view_floats_ = 0;
};

} // namespace pw::renderer
