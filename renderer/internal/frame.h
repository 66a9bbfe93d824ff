#pragma once
// SPDX-License-Identifier: Apache-2.0
// A frame as the passes see it.
//
// How a pass plugs in. A pass is a small struct in renderer/passes/<pass>.h with
//     static <Pass> make(Gpu&, const Layouts&, const TargetFormats&)    pipelines and lasting objects; at start-up
//     void prepare(FrameContext&)   optional: outside of rendering: copies, compute, pictures of its own
//     void record(FrameContext&)    inside the one vkCmdBeginRendering of the picture
// and is called by name, in order, from Renderer::draw (renderer.cpp); there is no list and no base class.
// In record() viewport, scissor, set 0 and set 1 are bound (graphics and compute, with FrameContext::layout); cull mode
// NONE and front face COUNTER_CLOCKWISE are set, and a pass that changes them sets them back. It binds its own
// pipeline, vertex and index buffers (slices of context.slot->upload for what changes every frame), pushes its
// constants and draws. prepare() may change any state but sets 0 and 1, ends its own rendering, and places its own
// barriers. Colours leave fragment shaders linear, tone-mapped and premultiplied; shaders/color.glsl encodes where the
// target is not _SRGB (specialisation constant 0 = TargetFormats::encode_srgb in every fragment shader that writes the
// picture). Positions on the GPU are relative to `origin` (shared.h: "rel"): subtract it in doubles on the CPU. A
// steady frame allocates nothing: members keep their capacity.

#include "base/math.h"
#include "renderer/draw_list.h"
#include "renderer/internal/pipeline.h"
#include "renderer/internal/upload.h"
#include "shaders/shared.h"

#include <array>
#include <cstdint>
#include <vector>

namespace pw::renderer {

inline constexpr std::uint32_t kFramesInFlight = 2;

// One of the two frames in flight. Its members are free to use once its fence has signalled.
struct FrameSlot {
    std::uint32_t index = 0;
    CommandPool pool;
    VkCommandBuffer cmd = VK_NULL_HANDLE;
    Fence fence;
    bool submitted = false;   // the fence will signal
    std::uint64_t serial = 0; // of the frame it was submitted with
    UploadRing upload;
    Buffer uniforms; // shaders::FrameUniforms, mapped
    VkDescriptorSet frame_set = VK_NULL_HANDLE;
    ImageView color_view, depth_view, mirror_view; // of the target of that frame
    std::vector<ImageView> panel_views;
};

std::array<FrameSlot, kFramesInFlight> make_frame_slots(Gpu& gpu);

struct FrameContext {
    Gpu* gpu = nullptr;
    VkCommandBuffer cmd = VK_NULL_HANDLE;
    FrameSlot* slot = nullptr;
    const DrawList* list = nullptr;
    const shaders::FrameUniforms* uniforms = nullptr; // what set 0 binding 0 holds; views[i], exposure …
    VkPipelineLayout layout = VK_NULL_HANDLE;
    VkDescriptorSet texture_set = VK_NULL_HANDLE; // set 1
    DVec3 origin{0.0};
    TargetFormats formats;
    VkExtent2D extent{}; // what is drawn into; `uniforms` has the target's, which is smaller when supersampling
    std::uint32_t view_count = 1;
    bool cut = false; // list->section is drawn in this frame: meshes are drawn with clip distances
};

void bind_sets(const FrameContext& context, VkPipelineBindPoint point);
void set_viewport(VkCommandBuffer cmd, VkExtent2D extent);
// `view_mask`: 0 is one layer. What is not drawn into is null.
void begin_rendering(VkCommandBuffer cmd, VkExtent2D extent, std::uint32_t view_mask,
                     const VkRenderingAttachmentInfo* color, const VkRenderingAttachmentInfo* depth);

} // namespace pw::renderer
