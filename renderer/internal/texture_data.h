#pragma once
// SPDX-License-Identifier: Apache-2.0
// An image as the GPU takes it: its mipmaps, plain (RGBA, 8 bits) or in blocks (BC7). Pure functions, any thread.

#include "base/bytes.h"
#include "scene/image.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace pw::renderer {

enum class TextureKind : std::uint8_t {
    Color,    // sRGB: mipmaps are means of light
    Covering, // the same, of which alpha says how much there is: means of what there is
    Data,     // as it is: means of values
    Normal,   // the same: the length of a mean says how much normals differ (Toksvig 2005)
};

constexpr bool is_color(TextureKind kind) { return kind == TextureKind::Color || kind == TextureKind::Covering; }

struct TextureLevel {
    std::uint32_t width = 0, height = 0;
    std::size_t offset = 0, size = 0; // of the texels
};

struct TextureData {
    TextureKind kind = TextureKind::Color;
    bool blocks = false;              // else plain
    std::vector<TextureLevel> levels; // each half as large as the one before, to 1 × 1
    std::vector<std::byte> packed;    // a header, as it is kept on disk, and the texels

    Bytes texels(const TextureLevel& level) const;
    std::uint32_t width() const { return levels.front().width; }
    std::uint32_t height() const { return levels.front().height; }
};

// All levels, but for those wider or higher than `limit`. Texels under a 2 × 2 (3 where a side is odd) are averaged by
// area.
TextureData with_mipmaps(std::uint32_t width, std::uint32_t height, std::span<const std::uint8_t> rgba,
                         TextureKind kind, std::uint32_t limit);

// In blocks; nothing where it is too small to matter (less than 64 texels wide or high), where it would show
// (renderer/internal/block_error.h), or as soon as `wanted` says no.
std::optional<TextureData> in_blocks(const TextureData& plain, const std::function<bool()>& wanted);

// What `packed` says; nothing when it is not one.
std::optional<TextureData> unpack_texture(std::vector<std::byte> packed);

} // namespace pw::renderer
