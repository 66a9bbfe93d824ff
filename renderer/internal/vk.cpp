// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/vk.h"

#include "base/log.h"

#include <array>
#include <string>

namespace pw::renderer {

const char* result_name(VkResult result) {
    switch (result) {
    case VK_SUCCESS:
        return "success";
    case VK_NOT_READY:
        return "not ready";
    case VK_TIMEOUT:
        return "timeout";
    case VK_ERROR_OUT_OF_HOST_MEMORY:
        return "out of host memory";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
        return "out of device memory";
    case VK_ERROR_INITIALIZATION_FAILED:
        return "initialization failed";
    case VK_ERROR_DEVICE_LOST:
        return "device lost";
    case VK_ERROR_LAYER_NOT_PRESENT:
        return "layer not present";
    case VK_ERROR_EXTENSION_NOT_PRESENT:
        return "extension not present";
    case VK_ERROR_FEATURE_NOT_PRESENT:
        return "feature not present";
    case VK_ERROR_INCOMPATIBLE_DRIVER:
        return "incompatible driver";
    case VK_ERROR_TOO_MANY_OBJECTS:
        return "too many objects";
    case VK_ERROR_FORMAT_NOT_SUPPORTED:
        return "format not supported";
    default:
        return "error";
    }
}

void check(VkResult result, const char* call) {
    if (result == VK_SUCCESS) [[likely]]
        return;
    const std::string why =
        std::string(call) + ": " + result_name(result) + " (" + std::to_string(static_cast<int>(result)) + ")";
    assert_failed("VK_SUCCESS", why.c_str(), "renderer", 0);
}

void name_object(const Gpu& gpu, VkObjectType type, std::uint64_t handle, const char* name) {
    if (gpu.set_name == nullptr) return;
    const VkDebugUtilsObjectNameInfoEXT info{VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT, nullptr, type, handle,
                                             name};
    check(gpu.set_name(gpu.device, &info), "vkSetDebugUtilsObjectNameEXT");
}

Sampler make_sampler(const Gpu& gpu, const SamplerInfo& info, const char* name) {
    VkSamplerCreateInfo create{VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO};
    create.magFilter = info.mag;
    create.minFilter = info.min;
    create.mipmapMode = info.mip;
    create.addressModeU = info.wrap_u;
    create.addressModeV = info.wrap_v;
    create.addressModeW = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
    create.anisotropyEnable = gpu.anisotropy && info.anisotropy > 1.f;
    create.maxAnisotropy = info.anisotropy;
    create.compareEnable = info.compare != VK_COMPARE_OP_NEVER;
    create.compareOp = info.compare;
    create.maxLod = info.mipmaps ? VK_LOD_CLAMP_NONE : 0.25f; // Vulkan's way of saying "no mipmaps"
    VkSampler raw = VK_NULL_HANDLE;
    check(vkCreateSampler(gpu.device, &create, nullptr, &raw), "vkCreateSampler");
    name_object(gpu, VK_OBJECT_TYPE_SAMPLER, raw, name);
    return Sampler(gpu.device, raw);
}

void memory_barrier(VkCommandBuffer cmd, const Access& before, const Access& after) {
    const VkMemoryBarrier2 barrier{
        VK_STRUCTURE_TYPE_MEMORY_BARRIER_2, nullptr, before.stage, before.access, after.stage, after.access};
    VkDependencyInfo info{VK_STRUCTURE_TYPE_DEPENDENCY_INFO};
    info.memoryBarrierCount = 1;
    info.pMemoryBarriers = &barrier;
    vkCmdPipelineBarrier2(cmd, &info);
}

void image_barrier(VkCommandBuffer cmd, const ImageBarrier& b) {
    VkImageMemoryBarrier2 barrier{VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER_2};
    barrier.srcStageMask = b.before.stage;
    barrier.srcAccessMask = b.before.access;
    barrier.dstStageMask = b.after.stage;
    barrier.dstAccessMask = b.after.access;
    barrier.oldLayout = b.from;
    barrier.newLayout = b.to;
    barrier.srcQueueFamilyIndex = barrier.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    barrier.image = b.image;
    barrier.subresourceRange = {b.aspect, b.first_mip, b.mips, b.first_layer, b.layers};
    VkDependencyInfo info{VK_STRUCTURE_TYPE_DEPENDENCY_INFO};
    info.imageMemoryBarrierCount = 1;
    info.pImageMemoryBarriers = &barrier;
    vkCmdPipelineBarrier2(cmd, &info);
}

bool run_now(Gpu& gpu, const std::function<void(VkCommandBuffer)>& record) {
    if (gpu.lost) return false;
    const VkCommandPoolCreateInfo pool_info{VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, nullptr,
                                            VK_COMMAND_POOL_CREATE_TRANSIENT_BIT, gpu.raw.queue_family};
    VkCommandPool raw_pool = VK_NULL_HANDLE;
    check(vkCreateCommandPool(gpu.device, &pool_info, nullptr, &raw_pool), "vkCreateCommandPool");
    const CommandPool pool(gpu.device, raw_pool);
    name_object(gpu, VK_OBJECT_TYPE_COMMAND_POOL, raw_pool, "run_now");
    const VkCommandBufferAllocateInfo allocate{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, nullptr, raw_pool,
                                               VK_COMMAND_BUFFER_LEVEL_PRIMARY, 1};
    VkCommandBuffer cmd = VK_NULL_HANDLE;
    check(vkAllocateCommandBuffers(gpu.device, &allocate, &cmd), "vkAllocateCommandBuffers");
    VkCommandBufferBeginInfo begin{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    begin.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT;
    check(vkBeginCommandBuffer(cmd, &begin), "vkBeginCommandBuffer");
    record(cmd);
    check(vkEndCommandBuffer(cmd), "vkEndCommandBuffer");

    VkCommandBufferSubmitInfo cmd_info{VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO};
    cmd_info.commandBuffer = cmd;
    VkSubmitInfo2 submit{VK_STRUCTURE_TYPE_SUBMIT_INFO_2};
    submit.commandBufferInfoCount = 1;
    submit.pCommandBufferInfos = &cmd_info;
    VkResult result = vkQueueSubmit2(gpu.queue, 1, &submit, VK_NULL_HANDLE);
    if (result == VK_SUCCESS) result = vkQueueWaitIdle(gpu.queue);
    if (result == VK_ERROR_DEVICE_LOST) {
        gpu.lost = true;
        return false;
    }
    check(result, "vkQueueSubmit2");
    return true;
}

} // namespace pw::renderer
