// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/frame.h"

namespace pw::renderer {

std::array<FrameSlot, kFramesInFlight> make_frame_slots(Gpu& gpu) {
    std::array<FrameSlot, kFramesInFlight> slots;
    for (std::uint32_t i = 0; i < kFramesInFlight; ++i) {
        FrameSlot& slot = slots[i];
        slot.index = i;
        const VkCommandPoolCreateInfo pool{VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, nullptr,
                                           VK_COMMAND_POOL_CREATE_TRANSIENT_BIT, gpu.raw.queue_family};
        VkCommandPool raw_pool = VK_NULL_HANDLE;
        check(vkCreateCommandPool(gpu.device, &pool, nullptr, &raw_pool), "vkCreateCommandPool");
        slot.pool = CommandPool(gpu.device, raw_pool);
        name_object(gpu, VK_OBJECT_TYPE_COMMAND_POOL, raw_pool, "frame");
        const VkCommandBufferAllocateInfo allocate{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, nullptr, raw_pool,
                                                   VK_COMMAND_BUFFER_LEVEL_PRIMARY, 1};
        check(vkAllocateCommandBuffers(gpu.device, &allocate, &slot.cmd), "vkAllocateCommandBuffers");
        name_object(gpu, VK_OBJECT_TYPE_COMMAND_BUFFER, slot.cmd, "frame");
        const VkFenceCreateInfo fence{VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
        VkFence raw_fence = VK_NULL_HANDLE;
        check(vkCreateFence(gpu.device, &fence, nullptr, &raw_fence), "vkCreateFence");
        slot.fence = Fence(gpu.device, raw_fence);
        name_object(gpu, VK_OBJECT_TYPE_FENCE, raw_fence, "frame");
        slot.upload = UploadRing(gpu);
        slot.uniforms = make_buffer(gpu, sizeof(shaders::FrameUniforms), VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT,
                                    Memory::Upload, "frame uniforms");
    }
    return slots;
}

void bind_sets(const FrameContext& context, VkPipelineBindPoint point) {
    const std::array sets{context.slot->frame_set, context.texture_set};
    vkCmdBindDescriptorSets(context.cmd, point, context.layout, 0, sets.size(), sets.data(), 0, nullptr);
}

void set_viewport(VkCommandBuffer cmd, VkExtent2D extent) {
    const VkViewport viewport{0.f, 0.f, static_cast<float>(extent.width), static_cast<float>(extent.height), 0.f, 1.f};
    const VkRect2D scissor{{0, 0}, extent};
    vkCmdSetViewport(cmd, 0, 1, &viewport);
    vkCmdSetScissor(cmd, 0, 1, &scissor);
}

void begin_rendering(VkCommandBuffer cmd, VkExtent2D extent, std::uint32_t view_mask,
                     const VkRenderingAttachmentInfo* color, const VkRenderingAttachmentInfo* depth) {
    VkRenderingInfo rendering{VK_STRUCTURE_TYPE_RENDERING_INFO};
    rendering.renderArea.extent = extent;
    rendering.layerCount = 1; // ignored with a view mask
    rendering.viewMask = view_mask;
    rendering.colorAttachmentCount = color != nullptr ? 1 : 0;
    rendering.pColorAttachments = color;
    rendering.pDepthAttachment = depth;
    vkCmdBeginRendering(cmd, &rendering);
}

} // namespace pw::renderer
