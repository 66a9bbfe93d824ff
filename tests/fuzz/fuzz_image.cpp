// SPDX-License-Identifier: Apache-2.0
// Any bytes as a picture: refused, or as many pixels as its header says. What is decoded can be written and read again.

#include "base/assert.h"
#include "scene/image.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

using namespace pw;
using namespace pw::scene;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Bytes file(reinterpret_cast<const std::byte*>(data), size);
    if (const Result<HdrPixels> sky = decode_hdr(file))
        PW_ASSERT(sky->rgb.size() == std::size_t{sky->width} * sky->height * 3, "three values for a pixel");

    const Result<ImageSize> header = image_size(file);
    if (!header) {
        PW_ASSERT(!decode_image(file), "a picture has a header");
        return 0;
    }
    PW_ASSERT(header->width <= kMaxImageSide && header->height <= kMaxImageSide, "no side is too long");
    if (std::size_t{header->width} * header->height > 1u << 20) return 0; // right, and slow
    const Result<DecodedImage> image = decode_image(file);
    if (!image) return 0;
    PW_ASSERT(image->memory != nullptr, "there are pixels");
    PW_ASSERT(image->width == header->width && image->height == header->height, "as the header says");

    const std::span<const std::uint8_t> rgba = image->rgba();
    const auto png = encode_png({image->width, image->height, {rgba.begin(), rgba.end()}});
    PW_ASSERT(png, "what was read can be written");
    const Result<DecodedImage> again = decode_image(*png);
    PW_ASSERT(again && std::ranges::equal(again->rgba(), rgba), "and reads back the same");
    return 0;
}
