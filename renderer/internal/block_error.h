#pragma once
// SPDX-License-Identifier: Apache-2.0
// By how much blocks differ from what they stand for, and whether that shows. Pure functions, any thread.

#include "renderer/internal/bc7.h"
#include "renderer/internal/texture_data.h"

#include <cstdint>

namespace pw::renderer {

// Of some texels; their means say what shows.
struct BlockError {
    double texels = 0.0;
    double squares = 0.0; // of channels, which are 0 to 255; of colours under an alpha as much as there is
    // Of normals. Turned: sums of squares of radians. Dulled: by what share the variance of the slopes (Toksvig 2005,
    // normal_slopes in shaders/pbr.glsl) of a surface of roughness 0.1 changes because they became shorter or longer.
    double turned = 0.0, dulled = 0.0;

    BlockError& operator+=(const BlockError& other);
};

// `squares` as encode_bc7 says; `shown` what a GPU reads of it.
BlockError block_error(TextureKind kind, const Bc7Texels& wanted, const Bc7Texels& shown, std::uint32_t squares);

enum class BlockPart : std::uint8_t {
    All,   // levels of the texture
    Tile,  // the worst 64 × 64 texels of any of its levels
    Small, // the levels that are smaller than such a tile, together: what is seen of it from far away
};
// Of normals it shows where a polished surface under them would shine elsewhere or less: where they are turned by more
// than 0.5 steps of a byte across them (All; else 0.8), as root of the mean square, or dull it by a quarter (All; else
// half). Of all else where channels are off by more than 3 of 255 (All: 38.6 dB), 6 (Tile) or 9 (Small).
bool shows(const BlockError& error, TextureKind kind, BlockPart part);

} // namespace pw::renderer
