// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/texture_upload.h"

#include <algorithm>
#include <cstring>

namespace pw::renderer {
namespace {

constexpr std::uint32_t kSmallest = 64; // texels each way, below which it says nothing any more

VkFormat format_of(const TextureData& data) {
    const bool color = is_color(data.kind);
    if (data.blocks) return color ? VK_FORMAT_BC7_SRGB_BLOCK : VK_FORMAT_BC7_UNORM_BLOCK;
    return color ? VK_FORMAT_R8G8B8A8_SRGB : VK_FORMAT_R8G8B8A8_UNORM;
}

} // namespace

Result<void> TextureUpload::make(Gpu& gpu, const TextureData& data, const char* name) {
    for (;; ++first_) {
        const TextureLevel& largest = data.levels[first_];
        ImageInfo info;
        info.format = format_of(data);
        info.width = largest.width;
        info.height = largest.height;
        info.mips = static_cast<std::uint32_t>(data.levels.size() - first_);
        info.usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
        auto made = try_make_image(gpu, info, name);
        if (made) {
            image_ = std::move(*made);
            level_ = first_;
            return {};
        }
        const bool smaller_helps = std::max(largest.width, largest.height) > kSmallest;
        if (!smaller_helps) return std::unexpected(made.error());
    }
}

Result<bool> TextureUpload::step(Gpu& gpu, VkCommandBuffer cmd, UploadRing& ring, const TextureData& data,
                                 const char* name, std::size_t& budget) {
    if (!image_) {
        if (auto made = make(gpu, data, name); !made) return std::unexpected(made.error());
        image_barrier(
            cmd, {.image = image_.get(), .to = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, .after = access::kTransferWrite});
    }
    const std::uint32_t tall = data.blocks ? 4 : 1; // texels of a row of blocks
    for (; level_ < data.levels.size(); ++level_, row_ = 0) {
        const TextureLevel& level = data.levels[level_];
        const std::uint32_t rows = (level.height + tall - 1) / tall;
        const std::size_t row_bytes = level.size / rows;
        while (row_ < rows) {
            auto fit = static_cast<std::uint32_t>(std::min<std::size_t>(budget / row_bytes, rows - row_));
            if (fit == 0) return false;
            auto staged = ring.try_take(fit * row_bytes);
            for (; !staged && fit > 1; staged = ring.try_take(fit * row_bytes)) fit /= 2;
            if (!staged) return fail(Errc::Exhausted, "no memory to hand it to the GPU");
            const Bytes piece = data.texels(level).subspan(row_ * row_bytes, fit * row_bytes);
            std::memcpy(staged->data, piece.data(), piece.size());
            const std::uint32_t top = row_ * tall;
            copy_to_image(cmd, *staged, image_, static_cast<std::uint32_t>(level_ - first_), 0,
                          {top, std::min(fit * tall, level.height - top)});
            row_ += fit;
            budget -= piece.size();
        }
    }
    image_barrier(cmd, {.image = image_.get(),
                        .from = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                        .to = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                        .before = access::kTransferWrite,
                        .after = access::kFragmentRead});
    return true;
}

} // namespace pw::renderer
