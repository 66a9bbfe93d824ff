// SPDX-License-Identifier: Apache-2.0
// Pictures as WebP. Colours are lossy, as finely as an eye sees; what is no colour (normals, roughness, thickness) is
// kept bit for bit, because its channels are numbers that WebP's lossy coder would mix as if they were light: it keeps
// a quarter of the colour differences only.

#include "base/format.h"
#include "base/srgb.h"
#include "scene/image.h"
#include "scene/pack_internal.h"

#include <webp/encode.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <map>
#include <utility>

namespace pw::scene::pack {
namespace {

constexpr std::uint32_t kMaxWebp = WEBP_MAX_DIMENSION;

enum class Use : std::uint8_t { None, Color, Data };

// The textures whose RGB is light; alpha is kept without loss in any case.
constexpr std::array<std::string_view, 5> kColors{"baseColorTexture", "emissiveTexture", "sheenColorTexture",
                                                  "specularColorTexture", "diffuseTexture"};

// What each texture is used for, by every member of a material called …Texture.
void note_uses(const Json& material, std::vector<Use>& uses) {
    material.members([&](std::string_view key, Json value) {
        if (!value.is(Json::Type::Object)) return;
        const auto texture = value["index"].integer();
        if (!key.ends_with("Texture") || !texture || *texture >= uses.size()) return note_uses(value, uses);
        const bool color = std::ranges::find(kColors, key) != kColors.end();
        Use& use = uses[*texture];
        use = color && use != Use::Data ? Use::Color : Use::Data;
        note_uses(value["extensions"], uses);
    });
}

// Of each image; None too where a texture has another source besides, which says what format each one has. A WebP that
// stands alone, as in what was packed before, is as good as a plain source.
std::vector<Use> uses_of_images(const Json& root, std::size_t count) {
    std::vector<Use> textures(root["textures"].size(), Use::None), out(count, Use::None);
    root["materials"].items([&](std::size_t, Json material) {
        note_uses(material, textures);
        return true;
    });
    std::vector<bool> leave(count);
    root["textures"].items([&](std::size_t i, Json texture) {
        auto source = texture["source"].integer();
        const Json webp = texture["extensions"]["EXT_texture_webp"];
        const bool only_webp = !source && webp.exists() && !has_else(texture["extensions"], {"EXT_texture_webp"});
        if (only_webp) source = webp["source"].integer();
        bool plain = source.has_value();
        texture["extensions"].members([&](std::string_view, Json extension) {
            if (only_webp) return;
            plain = false;
            if (const auto other = extension["source"].integer(); other && *other < count) leave[*other] = true;
        });
        if (!source || *source >= count) return true;
        if (!plain) leave[*source] = true;
        out[*source] = std::max(out[*source], textures[i]);
        return true;
    });
    for (std::size_t i = 0; i < count; ++i)
        if (leave[i]) out[i] = Use::None;
    return out;
}

// Half as wide and high: means of four pixels, of light where they are colours, and by how much each one covers.
Pixels halved(const Pixels& from, bool color) {
    Pixels out{std::max(from.width / 2, 1u), std::max(from.height / 2, 1u), {}};
    out.rgba.resize(std::size_t{out.width} * out.height * 4);
    std::array<float, 256> linear{};
    for (std::size_t i = 0; i < linear.size(); ++i)
        linear[i] = color ? linear_from_srgb(static_cast<float>(i) / 255.f) : static_cast<float>(i) / 255.f;
    for (std::uint32_t y = 0; y < out.height; ++y)
        for (std::uint32_t x = 0; x < out.width; ++x) {
            std::array<float, 4> sum{}, covered{};
            for (std::uint32_t k = 0; k < 4; ++k) {
                const std::uint32_t fx = std::min(x * 2 + k % 2, from.width - 1);
                const std::uint32_t fy = std::min(y * 2 + k / 2, from.height - 1);
                const std::uint8_t* const p = &from.rgba[(std::size_t{fy} * from.width + fx) * 4];
                const float alpha = static_cast<float>(p[3]) / 255.f;
                for (std::size_t c = 0; c < 3; ++c) {
                    sum[c] += linear[p[c]];
                    covered[c] += linear[p[c]] * alpha;
                }
                sum[3] += alpha;
            }
            std::uint8_t* const to = &out.rgba[(std::size_t{y} * out.width + x) * 4];
            for (std::size_t c = 0; c < 3; ++c) {
                const float v = color && sum[3] > 0.f ? covered[c] / sum[3] : sum[c] / 4.f;
                to[c] = static_cast<std::uint8_t>(std::lround(std::min(color ? srgb_from_linear(v) : v, 1.f) * 255.f));
            }
            to[3] = static_cast<std::uint8_t>(std::lround(sum[3] / 4.f * 255.f));
        }
    return out;
}

// Empty where libwebp has no memory for it.
std::vector<std::byte> encode(const Pixels& pixels, bool lossless, float quality) {
    WebPConfig config;
    WebPPicture picture;
    if (WebPConfigInit(&config) == 0 || WebPPictureInit(&picture) == 0) return {};
    config.exact = 1; // colours under alpha 0 stay: filters reach them
    config.lossless = lossless ? 1 : 0;
    config.quality = lossless ? 75.f : quality;
    config.use_sharp_yuv = 1;
    picture.use_argb = 1;
    picture.width = static_cast<int>(pixels.width);
    picture.height = static_cast<int>(pixels.height);
    WebPMemoryWriter memory;
    WebPMemoryWriterInit(&memory);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &memory;
    std::vector<std::byte> out;
    if (WebPPictureImportRGBA(&picture, pixels.rgba.data(), static_cast<int>(pixels.width) * 4) != 0 &&
        WebPEncode(&config, &picture) != 0) {
        const auto* const bytes = reinterpret_cast<const std::byte*>(memory.mem);
        out.assign(bytes, bytes + memory.size);
    }
    WebPMemoryWriterClear(&memory);
    WebPPictureFree(&picture);
    return out;
}

std::uint64_t pixel_bytes(const ImageSize& size) { return std::uint64_t{size.width} * size.height * 4; }

// In place where that makes the picture smaller, or where it has to become smaller; else it stays, as does what is a
// WebP already: each time would lose something. Says what failed.
std::string pack_image(ImageOut& image, Use use, const PackOptions& options) {
    const Result<ImageSize> size = image_size(image.bytes);
    if (size && std::max(size->width, size->height) > kMaxWebp && options.max_texture == 0)
        return formatted("stays as it is: no WebP is larger than {} pixels", kMaxWebp);
    if (size && pixel_bytes(*size) > GltfLimits::kFreePixelBytes)
        return formatted("stays as it is: {} × {} pixels are too many", size->width, size->height);
    const Result<DecodedImage> decoded = decode_image(image.bytes);
    if (!decoded) return "stays as it is: " + decoded.error().what;
    const std::span<const std::uint8_t> rgba = decoded->rgba();
    Pixels pixels{decoded->width, decoded->height, {rgba.begin(), rgba.end()}};
    bool smaller = false;
    while (options.max_texture != 0 && std::max(pixels.width, pixels.height) > options.max_texture) {
        pixels = halved(pixels, use == Use::Color);
        smaller = true;
    }
    if (image.mime_type == "image/webp" && !smaller) return {};
    if (std::max(pixels.width, pixels.height) > kMaxWebp)
        return formatted("stays as it is: no WebP is larger than {} pixels", kMaxWebp);
    std::vector<std::byte> packed = encode(pixels, use != Use::Color, options.quality);
    if (packed.empty()) return "stays as it is: there is no memory left for it";
    if (packed.size() >= image.bytes.size() && !smaller) return {};
    image.bytes = std::move(packed);
    image.mime_type = "image/webp";
    image.is_webp = true;
    return {};
}

// KTX 2.0, section 3: identifier, format and the size of its type come before width and height, little-endian.
Result<ImageSize> ktx2_size(Bytes encoded) {
    constexpr std::size_t kWidthAt = 20;
    std::array<std::uint32_t, 2> size{};
    if (encoded.size() < kWidthAt + sizeof size) return fail(Errc::Malformed, "KTX2: the header ends early");
    std::memcpy(size.data(), encoded.data() + kWidthAt, sizeof size);
    return ImageSize{size[0], size[1]};
}

// Of a picture that is not touched: that it stays larger than was asked for.
std::string too_large(const ImageOut& image, const PackOptions& options) {
    if (options.max_texture == 0 || image.bytes.empty()) return {};
    const bool ktx2 = image.mime_type == "image/ktx2";
    const Result<ImageSize> size = ktx2 ? ktx2_size(image.bytes) : image_size(image.bytes);
    if (!size || std::max(size->width, size->height) <= options.max_texture) return {};
    return formatted("stays {} × {} pixels large: {}", size->width, size->height,
                     ktx2 ? "KTX2 pictures are not halved" : "it is not known what uses it, or it has a second source");
}

// Exporters name one picture for many images.
void find_same(std::vector<ImageOut>& images, const std::vector<Use>& uses) {
    std::map<std::pair<std::uint64_t, Use>, std::size_t> known;
    for (std::size_t i = 0; i < images.size(); ++i) {
        ImageOut& image = images[i];
        const std::size_t first = known.try_emplace({hash64(image.bytes), uses[i]}, i).first->second;
        const bool same = images[first].bytes == image.bytes && images[first].mime_type == image.mime_type;
        image.same_as = same ? first : i;
        if (first != i && same) image.bytes = {};
    }
}

// Some at a time: as many as have so many pixels.
void pack_each(std::vector<ImageOut>& images, const std::vector<std::size_t>& list, Jobs& jobs, Going& going,
               const std::function<void(std::size_t)>& pack_one) {
    constexpr std::uint64_t kAtOnce = 256u << 20; // bytes
    for (std::size_t first = 0; first < list.size();) {
        std::uint64_t bytes = 0;
        std::size_t last = first;
        for (; last < list.size() && bytes < kAtOnce; ++last) {
            const Result<ImageSize> size = image_size(images[list[last]].bytes);
            bytes += size ? pixel_bytes(*size) : 0;
        }
        jobs.for_each(last - first, 1, [&](std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to && going.still(); ++i) pack_one(list[first + i]);
        });
        first = last;
        const double share = static_cast<double>(first) / static_cast<double>(list.size());
        if (!going.at(kGeometryShare + (1.0 - kGeometryShare) * share)) return;
    }
}

} // namespace

std::vector<ImageOut> pack_images(const Object& root, std::vector<Image> images, const PackOptions& options, Jobs& jobs,
                                  Going& going, Reports& reports, const std::string& name) {
    std::vector<ImageOut> out;
    for (Image& image : images) out.push_back({std::move(image.encoded), std::move(image.mime_type)});
    const std::vector<Use> uses = uses_of_images(root.json, out.size());
    find_same(out, uses);
    if (!options.textures) return out;
    std::vector<std::size_t> list;
    for (std::size_t i = 0; i < out.size(); ++i)
        if (out[i].same_as == i) list.push_back(i);
    std::vector<std::string> problems(out.size(), "stays as it is: packing it ended early");
    pack_each(out, list, jobs, going, [&](std::size_t i) {
        const bool packs = uses[i] != Use::None && !out[i].bytes.empty() && out[i].mime_type != "image/ktx2";
        problems[i] = packs ? pack_image(out[i], uses[i], options) : too_large(out[i], options);
    });
    for (std::size_t i = 0; i < out.size(); ++i) {
        const ImageOut& first = out[out[i].same_as];
        out[i].mime_type = first.mime_type;
        out[i].is_webp = first.is_webp;
        if (const std::string& problem = problems[out[i].same_as]; !problem.empty())
            reports.add(formatted("{}: images[{}]", name, i), problem);
    }
    return out;
}

} // namespace pw::scene::pack
