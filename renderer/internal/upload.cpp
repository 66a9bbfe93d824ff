// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/upload.h"

#include <algorithm>

namespace pw::renderer {
namespace {

constexpr VkDeviceSize kFirstBlock = 1u << 20;
constexpr VkDeviceSize kKeptBlock = 64u << 20; // bigger ones serve one loading frame and go

} // namespace

UploadSlice UploadRing::take(VkDeviceSize size, VkDeviceSize alignment) {
    const auto slice = try_take(size, alignment);
    if (!slice) check(VK_ERROR_OUT_OF_DEVICE_MEMORY, "upload ring");
    return *slice;
}

std::optional<UploadSlice> UploadRing::try_take(VkDeviceSize size, VkDeviceSize alignment) {
    PW_ASSERT(alignment != 0 && (alignment & (alignment - 1)) == 0, "an alignment is a power of two");
    VkDeviceSize start = (used_ + alignment - 1) & ~(alignment - 1);
    if (blocks_.empty() || start + size > blocks_.back().size()) {
        const VkDeviceSize last = blocks_.empty() ? kFirstBlock / 2 : blocks_.back().size();
        const VkDeviceSize grown = std::max(std::min(last * 2, kKeptBlock), size);
        constexpr VkBufferUsageFlags kUsage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_VERTEX_BUFFER_BIT |
                                              VK_BUFFER_USAGE_INDEX_BUFFER_BIT | VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT;
        auto block = try_make_buffer(*gpu_, grown, kUsage, Memory::Upload, "upload ring");
        if (!block && grown > size) block = try_make_buffer(*gpu_, size, kUsage, Memory::Upload, "upload ring");
        if (!block) return std::nullopt;
        blocks_.push_back(std::move(*block));
        start = 0;
    }
    used_ = start + size;
    const Buffer& block = blocks_.back();
    return UploadSlice{block.get(), start, size, block.data() + start, block.address() + start};
}

void UploadRing::reset() {
    // Keep the newest block, which is the largest that may stay.
    if (blocks_.size() > 1) blocks_.erase(blocks_.begin(), blocks_.end() - 1);
    if (!blocks_.empty() && blocks_.back().size() > kKeptBlock) blocks_.clear();
    used_ = 0;
}

void copy_to_buffer(VkCommandBuffer cmd, UploadRing& ring, std::span<const std::byte> bytes, VkBuffer to,
                    VkDeviceSize to_offset) {
    if (bytes.empty()) return;
    const UploadSlice slice = ring.put(bytes);
    const VkBufferCopy region{slice.offset, to_offset, bytes.size()};
    vkCmdCopyBuffer(cmd, slice.buffer, to, 1, &region);
}

void copy_to_image(VkCommandBuffer cmd, UploadRing& ring, std::span<const std::byte> texels, const Image& to,
                   std::uint32_t mip, std::uint32_t layer) {
    copy_to_image(cmd, ring.put(texels), to, mip, layer);
}

void copy_to_image(VkCommandBuffer cmd, const UploadSlice& slice, const Image& to, std::uint32_t mip,
                   std::uint32_t layer, Rows rows) {
    const std::uint32_t height = std::max(1u, to.info().height >> mip);
    VkBufferImageCopy region{};
    region.bufferOffset = slice.offset;
    region.imageSubresource = {to.info().aspect, mip, layer, 1};
    region.imageOffset.y = static_cast<std::int32_t>(rows.first);
    region.imageExtent = {std::max(1u, to.info().width >> mip), std::min(rows.count, height - rows.first),
                          std::max(1u, to.info().depth >> mip)};
    vkCmdCopyBufferToImage(cmd, slice.buffer, to.get(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &region);
}

void make_mipmaps(VkCommandBuffer cmd, const Image& image) {
    const ImageInfo& info = image.info();
    const auto side = [](std::uint32_t full, std::uint32_t mip) {
        return static_cast<std::int32_t>(std::max(1u, full >> mip));
    };
    for (std::uint32_t mip = 1; mip < info.mips; ++mip) {
        image_barrier(cmd, {.image = image.get(),
                            .from = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                            .to = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                            .before = access::kTransferWrite,
                            .after = access::kTransferRead,
                            .first_mip = mip - 1,
                            .mips = 1});
        VkImageBlit blit{};
        blit.srcSubresource = {info.aspect, mip - 1, 0, info.layers};
        blit.srcOffsets[1] = {side(info.width, mip - 1), side(info.height, mip - 1), 1};
        blit.dstSubresource = {info.aspect, mip, 0, info.layers};
        blit.dstOffsets[1] = {side(info.width, mip), side(info.height, mip), 1};
        vkCmdBlitImage(cmd, image.get(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, image.get(),
                       VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &blit, VK_FILTER_LINEAR);
    }
    if (info.mips > 1) {
        image_barrier(cmd, {.image = image.get(),
                            .from = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                            .to = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                            .before = access::kTransferRead,
                            .after = access::kFragmentRead,
                            .mips = info.mips - 1});
    }
    image_barrier(cmd, {.image = image.get(),
                        .from = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                        .to = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                        .before = access::kTransferWrite,
                        .after = access::kFragmentRead,
                        .first_mip = info.mips - 1,
                        .mips = 1});
}

} // namespace pw::renderer
