#pragma once
// SPDX-License-Identifier: Apache-2.0
// Which GPU, and what is asked of it. The judgement works on plain facts, so that tests can invent GPUs.

#include "base/result.h"

#include <vulkan/vulkan.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace pw::renderer {

// The feature structures as one chain; link() makes it one, for vkGetPhysicalDeviceFeatures2.
struct FeatureChain {
    VkPhysicalDeviceFeatures2 core{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2};
    VkPhysicalDeviceVulkan11Features v11{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES};
    VkPhysicalDeviceVulkan12Features v12{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
    VkPhysicalDeviceVulkan13Features v13{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
    void link();
};

// The same for VkDeviceCreateInfo, Vulkan 1.2's features by their parts: an OpenXR runtime may add a part of its own to
// the chain (Monado adds the timeline semaphores), which may not stand beside the whole
// (VUID-VkDeviceCreateInfo-pNext-02830). drawIndirectCount has no part, but an extension; a GPU that does not offer it
// gets the whole.
struct DeviceFeatures {
    DeviceFeatures(const FeatureChain& wanted, std::span<const std::string> offered_extensions);
    DeviceFeatures(const DeviceFeatures&) = delete;
    DeviceFeatures& operator=(const DeviceFeatures&) = delete;

    FeatureChain chain;
    VkPhysicalDeviceDescriptorIndexingFeatures indexing{VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DESCRIPTOR_INDEXING_FEATURES};
    VkPhysicalDeviceBufferDeviceAddressFeatures address{
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_BUFFER_DEVICE_ADDRESS_FEATURES};
    std::vector<const char*> extensions; // to be switched on with them
};

struct GpuFacts {
    VkPhysicalDevice handle = VK_NULL_HANDLE;
    std::string name;
    std::uint32_t api_version = 0;
    VkPhysicalDeviceType type = VK_PHYSICAL_DEVICE_TYPE_OTHER;
    FeatureChain features;
    std::vector<std::string> extensions;
    std::uint32_t queue_family = ~0u; // with graphics, compute (and presentation where asked); ~0: none
};

// The names of required features that are absent: empty when the GPU will do.
std::string missing_features(FeatureChain has);
// Why this GPU cannot be used, in a few words; empty when it can.
std::string why_not(const GpuFacts& gpu, std::span<const std::string> extensions);
// The best of them: its name contains `preferred`, else discrete, integrated, virtual, software. An index, or
// Unavailable with one reason per rejected GPU.
Result<std::size_t> pick_gpu(std::span<const GpuFacts> gpus, std::span<const std::string> extensions,
                             const std::string& preferred);
// The features we switch on: required ones and those optional ones that `has` offers.
FeatureChain wanted_features(const FeatureChain& has);

} // namespace pw::renderer
