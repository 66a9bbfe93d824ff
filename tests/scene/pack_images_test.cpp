// SPDX-License-Identifier: Apache-2.0
// Packing: pictures.
#include "scene/image.h"
#include "tests/scene/pack_support.h"

#include <cmath>
#include <random>

using namespace pw;
using namespace pw::scene;
using namespace pw::test;

namespace {

constexpr const char* kColor = R"({"pbrMetallicRoughness":{"baseColorTexture":{"index":0}}})";
constexpr const char* kNumbers = R"({"normalTexture":{"index":0}})";
constexpr const char* kBothUses =
    R"({"normalTexture":{"index":0},"pbrMetallicRoughness":{"baseColorTexture":{"index":0}}})";

// Smooth, with an edge in its alpha.
Pixels ramps() {
    Pixels out{128, 128, {}};
    for (std::uint32_t y = 0; y < 128; ++y)
        for (std::uint32_t x = 0; x < 128; ++x)
            for (const std::uint32_t c : {x * 2, y * 2, (x * y) / 64, x < 64 ? 255u : 128u})
                out.rgba.push_back(static_cast<std::uint8_t>(c));
    return out;
}

std::vector<std::byte> png_of(const Pixels& picture) {
    const auto png = encode_png(picture);
    REQUIRE(png);
    return *png;
}

// A file with one picture, or with one and its WebP, and one material.
Both pack_picture(const std::vector<std::byte>& png, const std::string& material, const PackOptions& options,
                  const std::string& texture = R"({"source":0})") {
    Binary binary;
    binary.bytes = png;
    return pack_members(R"("extensionsUsed":["EXT_texture_webp"],"bufferViews":[{"buffer":0,"byteLength":)" +
                            std::to_string(png.size()) +
                            R"(}],"images":[{"bufferView":0,"mimeType":"image/png","name":"it"},)" +
                            R"({"bufferView":0,"mimeType":"image/webp"}],"textures":[)" + texture +
                            R"(],"materials":[)" + material + "]",
                        binary, options);
}

// In dB; 99: the same. Alpha must be the same in any case.
double psnr(const Both& both, const Pixels& picture) {
    const auto back = decode_image(both.after->images[0].encoded);
    REQUIRE(back);
    REQUIRE(back->rgba().size() == picture.rgba.size());
    double squares = 0.0;
    for (std::size_t i = 0; i < picture.rgba.size(); ++i) {
        const int off = int{picture.rgba[i]} - int{back->rgba()[i]};
        if (i % 4 == 3) CHECK(off == 0);
        squares += off * off;
    }
    const auto count = static_cast<double>(picture.rgba.size());
    return squares == 0.0 ? 99.0 : 10.0 * std::log10(255.0 * 255.0 * count / squares);
}

} // namespace

TEST_SUITE("scene/pack_images") {
    TEST_CASE("a picture that is colour becomes a smaller one like it") {
        const Pixels picture = ramps();
        const std::vector<std::byte> png = png_of(picture);
        const Both lossy = pack_picture(png, kColor, {});
        CHECK(lossy.after->images[0].mime_type == "image/webp");
        CHECK(lossy.after->images[0].name == "it");
        CHECK(lossy.after->images[0].encoded.size() < png.size());
        CHECK((psnr(lossy, picture) > 38.0 && psnr(lossy, picture) < 99.0));
        CHECK(has(json_of(lossy.packed.glb), R"("extensionsRequired":["EXT_texture_webp"])"));
        CHECK(psnr(pack_picture(png, kColor, {.quality = 20.f}), picture) < psnr(lossy, picture));
        CHECK(pack_picture(png, kColor, {.textures = false}).after->images[0].encoded == png);
    }

    TEST_CASE("one that is numbers stays what it was, also where it is a colour besides") {
        const Pixels picture = ramps();
        for (const char* material : {kNumbers, kBothUses}) {
            const Both lossless = pack_picture(png_of(picture), material, {});
            CHECK(lossless.after->images[0].mime_type == "image/webp");
            CHECK(psnr(lossless, picture) == 99.0);
        }
    }

    TEST_CASE("a picture that would get larger, and one that nobody is known to use, stay as they are") {
        std::mt19937 random(3);
        Pixels noise{64, 64, {}};
        for (std::size_t i = 0; i < std::size_t{64} * 64 * 4; ++i)
            noise.rgba.push_back(static_cast<std::uint8_t>(random()));
        const Both large = pack_picture(png_of(noise), kNumbers, {});
        CHECK(large.after->images[0].encoded.size() <= png_of(noise).size());
        const std::vector<std::byte> png = png_of(ramps());
        CHECK(pack_picture(png, "{}", {}).after->images[0].encoded == png);
    }

    TEST_CASE("a picture with too many pixels is halved: light where it is a colour, numbers where it is not") {
        Pixels columns{64, 64, {}}; // black and white
        for (std::uint32_t i = 0; i < 64 * 64; ++i)
            for (int c = 0; c < 4; ++c) columns.rgba.push_back(c == 3 || i % 2 == 0 ? 255 : 0);
        const auto mean = [&](const char* material) {
            const Both both = pack_picture(png_of(columns), material, {.max_texture = 32});
            const auto back = decode_image(both.after->images[0].encoded);
            REQUIRE(back);
            CHECK((back->width == 32 && back->height == 32));
            return int{back->rgba()[4 * 500]};
        };
        CHECK(std::abs(mean(kColor) - 188) <= 2);
        CHECK(mean(kNumbers) == 128);
    }

    TEST_CASE("a source for who reads no WebP stays one, beside the WebP") {
        const std::vector<std::byte> png = png_of(ramps());
        const Both both =
            pack_picture(png, kColor, {}, R"({"source":0,"extensions":{"EXT_texture_webp":{"source":1}}})");
        CHECK(both.after->images[0].encoded == png);
        CHECK(both.after->images[1].encoded == png);
        CHECK_FALSE(has(json_of(both.packed.glb), "extensionsRequired"));
    }

    TEST_CASE("what was packed is halved when it is packed again with fewer pixels, and else stays, bit for bit") {
        const Both once = pack_picture(png_of(ramps()), kColor, {.quality = 90.f});
        REQUIRE(once.after->images[0].mime_type == "image/webp");
        const auto again = [&](const PackOptions& options) {
            const auto jobs = make_jobs_inline();
            Reports reports;
            const auto packed = pack_gltf(once.packed.glb, "once.glb", fetch_none, options, *jobs, reports);
            REQUIRE_MESSAGE(packed.has_value(), packed.error().what);
            return load(packed->glb)->images[0].encoded;
        };
        CHECK(again({.quality = 20.f}) == once.after->images[0].encoded);
        CHECK(again({.max_texture = 128}) == once.after->images[0].encoded);
        const auto small = image_size(again({.max_texture = 32}));
        REQUIRE(small);
        CHECK((small->width == 32 && small->height == 32));
    }

    TEST_CASE("what stays larger than was asked for is told") {
        const auto told = [&](const char* material, const PackOptions& options, const char* texture) {
            std::string out;
            const Both both = pack_picture(png_of(ramps()), material, options, texture);
            for (const Report& r : both.reports.list()) out += r.where + ": " + r.what + "\n";
            return out;
        };
        constexpr const char* kTwo = R"({"source":0,"extensions":{"EXT_texture_webp":{"source":1}}})";
        CHECK(has(told(kColor, {.max_texture = 32}, kTwo), "t.glb: images[0]: stays 128 × 128 pixels large"));
        CHECK(has(told("{}", {.max_texture = 32}, R"({"source":0})"), "t.glb: images[0]: stays 128 × 128"));
        CHECK_FALSE(has(told(kColor, {.max_texture = 128}, kTwo), "pixels large"));
        CHECK_FALSE(has(told(kColor, {}, kTwo), "pixels large"));
    }

    TEST_CASE("of KTX2 pictures too only those that are larger than was asked for are told") {
        std::vector<std::byte> ktx2(80); // a header, of 64 × 200 pixels
        std::memcpy(ktx2.data(), "\xabKTX 20\xbb\r\n\x1a\n", 12);
        ktx2[20] = std::byte{64};
        ktx2[24] = std::byte{200};
        const auto told = [&](std::uint32_t max_texture) {
            std::string out;
            const Both both = pack_picture(ktx2, kColor, {.max_texture = max_texture});
            for (const Report& r : both.reports.list()) out += r.where + ": " + r.what + "\n";
            return out;
        };
        CHECK(has(told(128), "images[0]: stays 64 × 200 pixels large: KTX2 pictures are not halved"));
        CHECK_FALSE(has(told(200), "pixels large"));
        ktx2.resize(24); // cut off
        CHECK_FALSE(has(told(1), "pixels large"));
    }
}
