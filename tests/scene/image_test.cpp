// SPDX-License-Identifier: Apache-2.0
#include "scene/image.h"

#include "base/file.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>
#include <webp/encode.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

using namespace pw;
using namespace pw::scene;

namespace {

Pixels random_picture(std::uint32_t width, std::uint32_t height) {
    std::mt19937 random(11);
    Pixels out{width, height, {}};
    for (std::size_t i = 0; i < std::size_t{width} * height * 4; ++i)
        out.rgba.push_back(static_cast<std::uint8_t>(random()));
    return out;
}

// Width and height of a PNG stand at bytes 16 and 20, big-endian.
void set_png_size(std::vector<std::byte>& png, std::uint32_t width, std::uint32_t height) {
    for (std::size_t i = 0; i < 4; ++i) {
        png[16 + i] = static_cast<std::byte>(width >> (24 - 8 * i));
        png[20 + i] = static_cast<std::byte>(height >> (24 - 8 * i));
    }
}

} // namespace

TEST_SUITE("scene/image") {
    TEST_CASE("a picture written as PNG reads back the same") {
        const Pixels picture = random_picture(37, 23);
        const auto png = encode_png(picture);
        REQUIRE(png);
        const auto back = decode_image(*png);
        REQUIRE(back);
        CHECK((back->width == 37 && back->height == 23));
        CHECK(std::ranges::equal(back->rgba(), picture.rgba));
    }

    TEST_CASE("a picture that is not what it says is not written") {
        Pixels picture = random_picture(4, 4);
        picture.rgba.pop_back();
        CHECK_FALSE(encode_png(picture));
        CHECK_FALSE(encode_png({}));
    }

    TEST_CASE("a sky that its bytes cannot hold is refused before memory is taken for it") {
        const auto error = [](std::string_view resolution) {
            const std::string file = "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n" + std::string(resolution) + "\n1234";
            const auto sky = decode_hdr(as_bytes(file));
            return sky ? std::string("it is read") : sky.error().what;
        };
        CHECK(error("-Y 1 +X 1") == "it is read");
        CHECK(error("-Y 16384 +X 16384").contains("cannot hold 16384 × 16384"));
        CHECK(error("-Y 99999 +X 1").contains("is the limit"));
    }

    TEST_CASE("the size is refused before memory is taken for it") {
        auto png = encode_png(random_picture(2, 2)).value();
        set_png_size(png, kMaxImageSide + 1, 1);
        CHECK(decode_image(png).error().code != Errc::Unsupported);
        set_png_size(png, 0, 1);
        CHECK_FALSE(decode_image(png));
        set_png_size(png, 0xffff'ffff, 0xffff'ffff);
        CHECK_FALSE(decode_image(png));
    }

    TEST_CASE("a cut or a bit flip never reads past the end") {
        const auto png = encode_png(random_picture(16, 16)).value();
        for (std::size_t size = 0; size + 16 < png.size(); size += 7) CHECK_FALSE(decode_image(Bytes(png).first(size)));
        std::mt19937 random(12);
        for (int i = 0; i < 300; ++i) {
            auto broken = png;
            broken[random() % broken.size()] ^= static_cast<std::byte>(1 << (random() % 8));
            (void)decode_image(broken);
        }
    }

    TEST_CASE("formats that are not read are named") {
        CHECK(decode_image(as_bytes("RIFF....WEBPVP8 ")).error().what.contains("the header of a WebP is broken"));
        CHECK(decode_image(as_bytes("\xabKTX 20\xbb\r\n\x1a\n")).error().what == "image/ktx2 is not read");
        CHECK(decode_image(as_bytes("GIF89a")).error().code == Errc::Unsupported);
        CHECK_FALSE(decode_image({}));
        CHECK_FALSE(decode_hdr({}));
    }

    TEST_CASE("WebP decodes with its alpha, and what moves is told and not decoded") {
        const Pixels picture = random_picture(37, 23);
        const auto written = [&](auto encode) {
            std::uint8_t* out = nullptr;
            const std::size_t size = encode(&out);
            const auto* const first = reinterpret_cast<const std::byte*>(out);
            std::vector<std::byte> bytes(first, first + size);
            WebPFree(out);
            return bytes;
        };
        // all but the colour of what is wholly transparent, which an encoder may drop
        const auto exact = written(
            [&](std::uint8_t** out) { return WebPEncodeLosslessRGBA(picture.rgba.data(), 37, 23, 37 * 4, out); });
        auto back = decode_image(exact);
        REQUIRE(back);
        CHECK((back->width == 37 && back->height == 23));
        for (std::size_t i = 0; i < picture.rgba.size(); i += 4)
            for (std::size_t k = 0; k < 4 && picture.rgba[i + 3] != 0; ++k)
                REQUIRE(back->rgba()[i + k] == picture.rgba[i + k]);

        Pixels fade{64, 64, {}};
        for (int i = 0; i < 64 * 64; ++i)
            for (const int v : {200, 100, 50, i / 64 * 4}) fade.rgba.push_back(static_cast<std::uint8_t>(v));
        const auto lossy =
            written([&](std::uint8_t** out) { return WebPEncodeRGBA(fade.rgba.data(), 64, 64, 64 * 4, 80.f, out); });
        back = decode_image(lossy);
        REQUIRE(back);
        for (std::size_t i = 0; i < fade.rgba.size(); i += 4) {
            REQUIRE(back->rgba()[i + 3] == fade.rgba[i + 3]); // alpha is kept as it is
            for (std::size_t k = 0; k < 3 && fade.rgba[i + 3] != 0; ++k)
                REQUIRE(std::abs(back->rgba()[i + k] - fade.rgba[i + k]) < 12);
        }
        for (std::size_t size = 0; size + 16 < exact.size(); size += 7)
            CHECK_FALSE(decode_image(Bytes(exact).first(size)));
        std::mt19937 random(12);
        for (int i = 0; i < 300; ++i) {
            auto broken = lossy;
            broken[random() % broken.size()] ^= static_cast<std::byte>(1 << (random() % 8));
            (void)decode_image(broken);
        }
        // the extended header alone, with the bit that says "animation", and the chunk that must follow
        const std::string_view moves(
            "RIFF\x28\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x0f\0\0\x0f\0\0ANIM\x06\0\0\0\0\0\0\0\0\0", 44);
        CHECK(image_size(as_bytes(moves)).error().what == "a WebP that moves, which is not read");
    }

    TEST_CASE("foreign WebP pictures have the pixels that ffmpeg finds in them") {
        const auto data = pw::test::foreign_data();
        if (!data) return pw::test::skip("no sample pictures", pw::test::Missing::ForeignData);
        const auto check = [&](const char* name, std::array<std::array<int, 3>, 3> pixels, int most) {
            const auto file = read_file((*data / "gltf/gltf-transform-fixtures/extensions" / name).string());
            REQUIRE(file);
            const auto image = decode_image(*file);
            REQUIRE(image);
            CHECK((image->width == 256 && image->height == 256));
            const std::array<std::size_t, 3> at{0, 256 * 256 * 2, 256 * 256 * 4 - 4};
            for (std::size_t i = 0; i < 3; ++i) {
                for (std::size_t k = 0; k < 3; ++k) CHECK(std::abs(image->rgba()[at[i] + k] - pixels[i][k]) <= most);
                CHECK(image->rgba()[at[i] + 3] == 255);
            }
        };
        check("test-lossless.webp", {{{215, 224, 184}, {44, 47, 33}, {102, 102, 100}}}, 0);
        check("test-lossy.webp", {{{215, 228, 187}, {42, 46, 31}, {95, 94, 97}}}, 6); // colours are sampled otherwise
    }

    TEST_CASE("real pictures decode") {
        const auto data = pw::test::foreign_data();
        if (!data) return pw::test::skip("no sample pictures", pw::test::Missing::ForeignData);
        const auto read = [&](const std::string& file) { return read_file((*data / file).string()).value(); };
        for (const char* file :
             {"gltf/gltf-transform-fixtures/core/test.png", "gltf/gltf-transform-fixtures/core/test.jpg",
              "gltf/bevy-models/AnisotropyBarnLamp/AnisotropyBarnLamp_basecolor.jpeg"}) {
            CAPTURE(file);
            const auto pixels = decode_image(read(file));
            REQUIRE(pixels);
            CHECK(pixels->rgba().size() == std::size_t{pixels->width} * pixels->height * 4);
        }
        for (const char* file : {"test.ktx2", "test.avif"}) {
            CAPTURE(file);
            const auto pixels = decode_image(read(std::string("gltf/gltf-transform-fixtures/extensions/") + file));
            REQUIRE_FALSE(pixels);
            CHECK(pixels.error().code == Errc::Unsupported);
        }
        std::size_t skies = 0;
        const std::vector<std::string> skies_there = list_folder((*data / "hdr").string()).value();
        for (const std::string& name : skies_there) {
            if (extension_of(name) != ".hdr") continue;
            const auto sky = decode_hdr(read("hdr/" + name));
            REQUIRE(sky);
            CHECK((sky->width == 1024 && sky->height == 512));
            float brightest = 0.f;
            for (const float v : sky->rgb) {
                REQUIRE((std::isfinite(v) && v >= 0.f));
                brightest = std::max(brightest, v);
            }
            CHECK(brightest > 1.f);
            ++skies;
        }
        CHECK(skies == 3);
    }
}
