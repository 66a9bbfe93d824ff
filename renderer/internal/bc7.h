#pragma once
// SPDX-License-Identifier: Apache-2.0
// BC7, the block compression of 4 × 4 texels in 16 bytes that every GPU with BC formats reads (Khronos Data Format 1.3,
// chapter 20): of its eight modes the two that keep all four channels of a texel apart from its neighbours best for
// what they cost, 6 (16 steps along a line) and 5 (4 steps along a line, and 4 of a channel of its own). Debian 13
// packages no encoder of it. Pure functions, any thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pw::renderer {

inline constexpr std::size_t kBc7Block = 16; // bytes

using Bc7Texels = std::array<std::array<std::uint8_t, 4>, 16>; // RGBA, rows from top to bottom

// Returns the sum of the squares by which the channels of the texels will differ. What is opaque stays so. `shown`,
// where it is given, gets what the GPU will read.
std::uint32_t encode_bc7(const Bc7Texels& texels, std::span<std::byte, kBc7Block> to, Bc7Texels* shown = nullptr);

} // namespace pw::renderer
