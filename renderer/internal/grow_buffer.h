#pragma once
// SPDX-License-Identifier: Apache-2.0
// A buffer in the GPU's memory that grows: what it held is copied on the GPU into the bigger one. Sizes double at
// least, and a scene reserves once for all it brings, so growing is rare.

#include "renderer/internal/memory.h"

namespace pw::renderer {

class GrowBuffer {
  public:
    GrowBuffer() = default;
    GrowBuffer(Gpu& gpu, VkBufferUsageFlags usage, const char* name) : gpu_(&gpu), usage_(usage), name_(name) {
        buffer_ = make_buffer(gpu, 256, usage, Memory::Device, name);
    }
    // Makes room for `size` bytes; the first `used` are kept.
    void reserve(VkCommandBuffer cmd, VkDeviceSize size, VkDeviceSize used) {
        if (size <= buffer_.size()) return;
        const VkDeviceSize grown = size > buffer_.size() * 2 ? size : buffer_.size() * 2;
        Buffer bigger = make_buffer(*gpu_, grown, usage_, Memory::Device, name_);
        if (used != 0) {
            memory_barrier(cmd, access::kTransferWrite, access::kTransferRead);
            const VkBufferCopy region{0, 0, used};
            vkCmdCopyBuffer(cmd, buffer_.get(), bigger.get(), 1, &region);
            memory_barrier(cmd, access::kTransferWrite, access::kTransferWrite);
        }
        buffer_ = std::move(bigger);
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
