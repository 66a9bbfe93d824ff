#pragma once
// SPDX-License-Identifier: Apache-2.0
// A buffer in the GPU's memory that grows: what it held is copied on the GPU into the bigger one. Sizes double at
// least, and a scene reserves once for all it brings, so growing is rare.

#include "renderer/internal/memory.h"

#include <algorithm>

namespace pw::renderer {

class GrowBuffer {
  public:
    GrowBuffer() = default;
    GrowBuffer(Gpu& gpu, VkBufferUsageFlags usage, const char* name) : gpu_(&gpu), usage_(usage), name_(name) {
        buffer_ = make_buffer(gpu, 256, usage, Memory::Device, name);
    }
    // Makes room for `size` bytes; the first `used` are kept.
    void reserve(VkCommandBuffer cmd, VkDeviceSize size, VkDeviceSize used) {
        if (!try_reserve(cmd, size, used)) check(VK_ERROR_OUT_OF_DEVICE_MEMORY, name_);
    }
    // False, and all is as it was, when the GPU has no memory for that.
    bool try_reserve(VkCommandBuffer cmd, VkDeviceSize size, VkDeviceSize used) {
        if (size <= buffer_.size()) return true;
        auto made = try_make_buffer(*gpu_, std::max(size, buffer_.size() * 2), usage_, Memory::Device, name_);
        if (!made) made = try_make_buffer(*gpu_, size, usage_, Memory::Device, name_);
        if (!made) return false;
        Buffer& bigger = *made;
        if (used != 0) {
            memory_barrier(cmd, access::kTransferWrite, access::kTransferRead);
            const VkBufferCopy region{0, 0, used};
            vkCmdCopyBuffer(cmd, buffer_.get(), bigger.get(), 1, &region);
            memory_barrier(cmd, access::kTransferWrite, access::kTransferWrite);
        }
        buffer_ = std::move(bigger);
        return true;
    }
    VkBuffer get() const { return buffer_.get(); }
    VkDeviceAddress address() const { return buffer_.address(); }
    VkDeviceSize size() const { return buffer_.size(); }

  private:
    Gpu* gpu_ = nullptr;
    VkBufferUsageFlags usage_ = 0;
    const char* name_ = "";
    Buffer buffer_;
};

} // namespace pw::renderer
