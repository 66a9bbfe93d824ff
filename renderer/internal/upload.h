#pragma once
// SPDX-License-Identifier: Apache-2.0
// Memory for what one frame hands to the GPU: allocated in order, all given back when the frame slot's fence has
// signalled. It grows while scenes load; a steady frame takes no memory.

#include "renderer/internal/memory.h"

#include <cstring>
#include <optional>
#include <span>
#include <vector>

namespace pw::renderer {

struct UploadSlice {
    VkBuffer buffer = VK_NULL_HANDLE;
    VkDeviceSize offset = 0, size = 0;
    std::byte* data = nullptr;   // write only, in order
    VkDeviceAddress address = 0; // for buffer_reference in shaders
};

class UploadRing {
  public:
    UploadRing() = default;
    explicit UploadRing(Gpu& gpu) : gpu_(&gpu) {}
    UploadSlice take(VkDeviceSize size, VkDeviceSize alignment = 16);
    std::optional<UploadSlice> try_take(VkDeviceSize size, VkDeviceSize alignment = 16); // none: no memory
    template <class T> UploadSlice put(std::span<const T> values) {
        const UploadSlice slice = take(values.size_bytes());
        if (!values.empty()) std::memcpy(slice.data, values.data(), values.size_bytes());
        return slice;
    }
    void reset();

  private:
    Gpu* gpu_ = nullptr;
    std::vector<Buffer> blocks_; // the last one is being filled
    VkDeviceSize used_ = 0;      // of the last block
};

// Copies bytes through the ring into a buffer or an image's mip; the caller has placed barriers around.
void copy_to_buffer(VkCommandBuffer cmd, UploadRing& ring, std::span<const std::byte> bytes, VkBuffer to,
                    VkDeviceSize to_offset);
void copy_to_image(VkCommandBuffer cmd, UploadRing& ring, std::span<const std::byte> texels, const Image& to,
                   std::uint32_t mip, std::uint32_t layer); // to is in TRANSFER_DST_OPTIMAL
struct Rows {
    std::uint32_t first = 0, count = ~0u; // ~0: all of the mip
};
void copy_to_image(VkCommandBuffer cmd, const UploadSlice& slice, const Image& to, std::uint32_t mip,
                   std::uint32_t layer, Rows rows = {});

// Copies level 0 (in TRANSFER_DST_OPTIMAL like all others) down the chain and leaves all in SHADER_READ_ONLY_OPTIMAL.
void make_mipmaps(VkCommandBuffer cmd, const Image& image);

} // namespace pw::renderer
