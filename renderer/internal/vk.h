#pragma once
// SPDX-License-Identifier: Apache-2.0
// What every file of the renderer uses of Vulkan: the Gpu, check(), debug names, owners and barriers.

#include "base/assert.h"
#include "renderer/device.h"
#include "renderer/internal/retire.h"

#include <vulkan/vulkan.h>

#include <cstdint>
#include <functional>
#include <utility>

namespace pw::renderer {

// The device as the inside of this room sees it. Lives in Device; frame thread only.
struct Gpu {
    RawDevice raw;
    VkDevice device = VK_NULL_HANDLE; // = raw.device
    VkQueue queue = VK_NULL_HANDLE;
    VmaAllocator_T* vma = nullptr;
    VkPipelineCache pipeline_cache = VK_NULL_HANDLE;
    VkPhysicalDeviceProperties properties{};
    bool software = false;
    bool anisotropy = false;
    bool clip_distances = false;                         // without them nothing is cut
    bool sample_shading = false;                         // without it nothing is bent where pixels have samples
    bool fragment_lists = false;                         // shaders of fragments write memory and know their triangle
    bool block_textures = false;                         // it reads BC7
    bool dual_source = false;                            // without it glass dyes nothing
    float timestamp_period_ns = 0.f;                     // 0: the queue has no timestamps
    PFN_vkSetDebugUtilsObjectNameEXT set_name = nullptr; // null: no debug names
    bool lost = false;        // a call said so (or force_loss): nothing is submitted any more
    RetireQueue retired;      // what waits for the GPU before it is destroyed
    std::uint64_t serial = 1; // of the frame being recorded
};

Gpu& gpu_of(Device& device);

// Aborts with the call's name: for results that cannot happen. Functions whose failures are normal switch on them.
void check(VkResult result, const char* call);
const char* result_name(VkResult result);

void name_object(const Gpu& gpu, VkObjectType type, std::uint64_t handle, const char* name);
template <class T> void name_object(const Gpu& gpu, VkObjectType type, T handle, const char* name) {
    name_object(gpu, type, reinterpret_cast<std::uint64_t>(handle), name);
}

// One owner of an object that lives as long as the renderer (pipelines, layouts, samplers …): destroyed at once, so
// only when the GPU is idle. What dies earlier goes through RetireQueue.
template <class T, auto Destroy> class Owned {
  public:
    Owned() = default;
    Owned(VkDevice device, T raw) : device_(device), raw_(raw) {}
    Owned(Owned&& other) noexcept : device_(other.device_), raw_(std::exchange(other.raw_, T{})) {}
    Owned& operator=(Owned&& other) noexcept {
        if (this != &other) {
            reset();
            device_ = other.device_;
            raw_ = std::exchange(other.raw_, T{});
        }
        return *this;
    }
    ~Owned() { reset(); }
    void reset() {
        if (raw_ != T{}) Destroy(device_, std::exchange(raw_, T{}), nullptr);
    }
    T get() const { return raw_; }
    explicit operator bool() const { return raw_ != T{}; }

  private:
    VkDevice device_ = VK_NULL_HANDLE;
    T raw_{};
};

using Pipeline = Owned<VkPipeline, vkDestroyPipeline>;
using PipelineLayout = Owned<VkPipelineLayout, vkDestroyPipelineLayout>;
using SetLayout = Owned<VkDescriptorSetLayout, vkDestroyDescriptorSetLayout>;
using DescriptorPool = Owned<VkDescriptorPool, vkDestroyDescriptorPool>;
using Sampler = Owned<VkSampler, vkDestroySampler>;
using CommandPool = Owned<VkCommandPool, vkDestroyCommandPool>;
using Fence = Owned<VkFence, vkDestroyFence>;
using QueryPool = Owned<VkQueryPool, vkDestroyQueryPool>;
using ImageView = Owned<VkImageView, vkDestroyImageView>;

struct SamplerInfo {
    VkFilter mag = VK_FILTER_LINEAR, min = VK_FILTER_LINEAR;
    VkSamplerMipmapMode mip = VK_SAMPLER_MIPMAP_MODE_LINEAR;
    VkSamplerAddressMode wrap_u = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
    VkSamplerAddressMode wrap_v = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE;
    bool mipmaps = true;
    float anisotropy = 1.f;
    VkCompareOp compare = VK_COMPARE_OP_NEVER; // else a comparing sampler
};
Sampler make_sampler(const Gpu& gpu, const SamplerInfo& info, const char* name);

// Where a resource is used: pipeline stages and kinds of access.
struct Access {
    VkPipelineStageFlags2 stage;
    VkAccessFlags2 access;
};
namespace access {
inline constexpr Access kNothing{VK_PIPELINE_STAGE_2_NONE, VK_ACCESS_2_NONE};
inline constexpr Access kTransferRead{VK_PIPELINE_STAGE_2_TRANSFER_BIT, VK_ACCESS_2_TRANSFER_READ_BIT};
inline constexpr Access kTransferWrite{VK_PIPELINE_STAGE_2_TRANSFER_BIT, VK_ACCESS_2_TRANSFER_WRITE_BIT};
inline constexpr Access kComputeRead{VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT, VK_ACCESS_2_SHADER_READ_BIT};
inline constexpr Access kComputeWrite{VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT,
                                      VK_ACCESS_2_SHADER_READ_BIT | VK_ACCESS_2_SHADER_WRITE_BIT};
inline constexpr Access kFragmentRead{VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT, VK_ACCESS_2_SHADER_READ_BIT};
inline constexpr Access kColor{VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                               VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT | VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT};
inline constexpr Access kDepth{
    VK_PIPELINE_STAGE_2_EARLY_FRAGMENT_TESTS_BIT | VK_PIPELINE_STAGE_2_LATE_FRAGMENT_TESTS_BIT,
    VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_READ_BIT | VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT};
inline constexpr Access kHostRead{VK_PIPELINE_STAGE_2_HOST_BIT, VK_ACCESS_2_HOST_READ_BIT};
// Everything that draws or computes from the scene's buffers.
inline constexpr Access kSceneRead{VK_PIPELINE_STAGE_2_DRAW_INDIRECT_BIT | VK_PIPELINE_STAGE_2_INDEX_INPUT_BIT |
                                       VK_PIPELINE_STAGE_2_VERTEX_ATTRIBUTE_INPUT_BIT |
                                       VK_PIPELINE_STAGE_2_VERTEX_SHADER_BIT | VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT |
                                       VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT,
                                   VK_ACCESS_2_INDIRECT_COMMAND_READ_BIT | VK_ACCESS_2_INDEX_READ_BIT |
                                       VK_ACCESS_2_VERTEX_ATTRIBUTE_READ_BIT | VK_ACCESS_2_SHADER_READ_BIT};
} // namespace access

void memory_barrier(VkCommandBuffer cmd, const Access& before, const Access& after);

struct ImageBarrier {
    VkImage image = VK_NULL_HANDLE;
    VkImageLayout from = VK_IMAGE_LAYOUT_UNDEFINED, to = VK_IMAGE_LAYOUT_GENERAL;
    Access before = access::kNothing, after = access::kNothing;
    VkImageAspectFlags aspect = VK_IMAGE_ASPECT_COLOR_BIT;
    std::uint32_t first_mip = 0, mips = VK_REMAINING_MIP_LEVELS;
    std::uint32_t first_layer = 0, layers = VK_REMAINING_ARRAY_LAYERS;
};
void image_barrier(VkCommandBuffer cmd, const ImageBarrier& barrier);

// Records, submits and waits: for preparation, never in a frame. False when the device was lost.
bool run_now(Gpu& gpu, const std::function<void(VkCommandBuffer)>& record);

} // namespace pw::renderer
