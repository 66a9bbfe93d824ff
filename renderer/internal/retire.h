#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the GPU may still use: owners hand their raw objects here when they die, and they are destroyed when the frame
// that was being recorded then has finished on the GPU.

#include <vulkan/vulkan.h>

#include <cstdint>
#include <vector>

struct VmaAllocation_T;
struct VmaAllocator_T;

namespace pw::renderer {

struct Retired {
    std::uint64_t serial = 0; // of the frame being recorded
    VkBuffer buffer = VK_NULL_HANDLE;
    VkImage image = VK_NULL_HANDLE;
    VkImageView view = VK_NULL_HANDLE;
    VmaAllocation_T* allocation = nullptr;
};

class RetireQueue {
  public:
    void add(const Retired& retired) { waiting_.push_back(retired); }
    // Destroys what frames up to `finished` have used.
    void collect(VkDevice device, VmaAllocator_T* vma, std::uint64_t finished);

  private:
    std::vector<Retired> waiting_;
};

} // namespace pw::renderer
