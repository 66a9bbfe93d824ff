#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pictures in and out. Sizes are checked before memory is taken. Pure functions, any thread.

#include "base/bytes.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace pw::scene {

inline constexpr std::uint32_t kMaxImageSide = 16'384;

struct Pixels { // rows top to bottom, no padding
    std::uint32_t width = 0, height = 0;
    std::vector<std::uint8_t> rgba; // 8 bits each; alpha not premultiplied
};

struct HdrPixels {
    std::uint32_t width = 0, height = 0;
    std::vector<float> rgb; // linear radiance
};

struct ImageSize {
    std::uint32_t width = 0, height = 0;
};

// As Pixels, in the memory of the decoder: a large picture is not copied.
struct DecodedImage {
    std::uint32_t width = 0, height = 0;
    std::unique_ptr<std::uint8_t[], void (*)(void*)> memory;
    std::span<const std::uint8_t> rgba() const { return {memory.get(), std::size_t{width} * height * 4}; }
};

Result<ImageSize> image_size(Bytes encoded);      // of a PNG, JPEG or WebP, from its header
Result<DecodedImage> decode_image(Bytes encoded); // PNG, JPEG, WebP that does not move; others are Unsupported, by name
Result<HdrPixels> decode_hdr(Bytes encoded);      // Radiance RGBE
Result<std::vector<std::byte>> encode_png(const Pixels& pixels);

} // namespace pw::scene
