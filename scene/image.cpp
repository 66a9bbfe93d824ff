// SPDX-License-Identifier: Apache-2.0
#include "scene/image.h"

#include "base/format.h"
#include "scene/gltf_internal.h" // sniff_mime

#include <cstdlib>
#include <memory>

#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_ONLY_HDR
#define STBI_NO_STDIO
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#define STBI_MAX_DIMENSIONS 16384
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-function"
#include <stb_image.h>
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>
#pragma GCC diagnostic pop
#include <webp/decode.h>

namespace pw::scene {
namespace {

static_assert(STBI_MAX_DIMENSIONS == kMaxImageSide);

template <class T> using Stb = std::unique_ptr<T, decltype([](T* p) { stbi_image_free(p); })>;

const std::uint8_t* bytes_of(Bytes encoded) { return reinterpret_cast<const std::uint8_t*>(encoded.data()); }

Result<ImageSize> webp_size(Bytes encoded) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(bytes_of(encoded), encoded.size(), &features) != VP8_STATUS_OK)
        return fail(Errc::Malformed, "not an image: the header of a WebP is broken");
    if (features.has_animation != 0) return fail(Errc::Unsupported, "a WebP that moves, which is not read");
    static_assert(kMaxImageSide >= 16383, "no WebP is larger");
    return ImageSize{static_cast<std::uint32_t>(features.width), static_cast<std::uint32_t>(features.height)};
}

Result<DecodedImage> decode_webp(Bytes encoded, const ImageSize& size) {
    int width = 0, height = 0;
    DecodedImage out{
        size.width, size.height, {WebPDecodeRGBA(bytes_of(encoded), encoded.size(), &width, &height), WebPFree}};
    if (out.memory == nullptr) return fail(Errc::Malformed, "image/webp: its pixels are broken or cut off");
    return out;
}

Result<ImageSize> size_of(Bytes encoded) {
    int width = 0, height = 0, channels = 0;
    const auto* const data = reinterpret_cast<const stbi_uc*>(encoded.data());
    if (encoded.size() > 1u << 30) return fail(Errc::Exhausted, "an image file of more than 1 GiB");
    if (!stbi_info_from_memory(data, static_cast<int>(encoded.size()), &width, &height, &channels))
        return fail(Errc::Malformed, formatted("not an image: {}", stbi_failure_reason()));
    constexpr int limit = kMaxImageSide;
    if (width < 1 || height < 1 || width > limit || height > limit)
        return fail(Errc::Exhausted, formatted("an image of {} × {}; {} is the limit", width, height, limit));
    return ImageSize{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height)};
}

} // namespace

Result<ImageSize> image_size(Bytes encoded) {
    const std::string_view mime = gltf::sniff_mime(encoded);
    if (mime.empty()) return fail(Errc::Unsupported, "an image format that is not known here");
    if (mime == "image/webp") return webp_size(encoded);
    if (mime != "image/png" && mime != "image/jpeg") return fail(Errc::Unsupported, formatted("{} is not read", mime));
    return size_of(encoded);
}

Result<DecodedImage> decode_image(Bytes encoded) {
    const Result<ImageSize> size = image_size(encoded);
    if (!size) return std::unexpected(size.error());
    if (gltf::sniff_mime(encoded) == "image/webp") return decode_webp(encoded, *size);
    int width = 0, height = 0, channels = 0;
    stbi_uc* const pixels = stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(encoded.data()),
                                                  static_cast<int>(encoded.size()), &width, &height, &channels, 4);
    if (pixels == nullptr)
        return fail(Errc::Malformed, formatted("{}: {}", gltf::sniff_mime(encoded), stbi_failure_reason()));
    return DecodedImage{
        static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), {pixels, stbi_image_free}};
}

Result<HdrPixels> decode_hdr(Bytes encoded) {
    const std::string_view text = as_text(encoded);
    if (!text.starts_with("#?RADIANCE") && !text.starts_with("#?RGBE"))
        return fail(Errc::Unsupported, "not a Radiance picture");
    const Result<ImageSize> size = size_of(encoded);
    if (!size) return std::unexpected(size.error());
    // a run of 127 pixels takes two bytes for each of the four channels; the decoder would read zeros past the end
    if (std::uint64_t{size->width} * size->height > std::uint64_t{encoded.size()} * 16)
        return fail(Errc::Malformed,
                    formatted("Radiance: {} bytes cannot hold {} × {}", encoded.size(), size->width, size->height));
    int width = 0, height = 0, channels = 0;
    const Stb<float> pixels(stbi_loadf_from_memory(reinterpret_cast<const stbi_uc*>(encoded.data()),
                                                   static_cast<int>(encoded.size()), &width, &height, &channels, 3));
    if (!pixels) return fail(Errc::Malformed, formatted("Radiance: {}", stbi_failure_reason()));
    HdrPixels out{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), {}};
    out.rgb.assign(pixels.get(), pixels.get() + std::size_t{out.width} * out.height * 3);
    return out;
}

Result<std::vector<std::byte>> encode_png(const Pixels& pixels) {
    if (pixels.width < 1 || pixels.height < 1 || pixels.width > kMaxImageSide || pixels.height > kMaxImageSide ||
        pixels.rgba.size() != std::size_t{pixels.width} * pixels.height * 4)
        return fail(Errc::Malformed, formatted("no picture of {} × {}", pixels.width, pixels.height));
    std::vector<std::byte> out;
    const auto append = [](void* user, void* data, int size) {
        const auto* const bytes = static_cast<const std::byte*>(data);
        auto* const to = static_cast<std::vector<std::byte>*>(user);
        to->insert(to->end(), bytes, bytes + size);
    };
    const auto width = static_cast<int>(pixels.width), height = static_cast<int>(pixels.height);
    if (stbi_write_png_to_func(append, &out, width, height, 4, pixels.rgba.data(), width * 4) == 0)
        return fail(Errc::Exhausted, "no memory for a PNG");
    return out;
}

} // namespace pw::scene
