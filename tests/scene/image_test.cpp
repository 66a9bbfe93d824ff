// SPDX-License-Identifier: Apache-2.0
#include "scene/image.h"

#include "base/file.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>

#include <algorithm>
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
        CHECK(decode_image(as_bytes("RIFF....WEBPVP8 ")).error().what == "image/webp is not read");
        CHECK(decode_image(as_bytes("\xabKTX 20\xbb\r\n\x1a\n")).error().what == "image/ktx2 is not read");
        CHECK(decode_image(as_bytes("GIF89a")).error().code == Errc::Unsupported);
        CHECK_FALSE(decode_image({}));
        CHECK_FALSE(decode_hdr({}));
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
        for (const char* file : {"test.ktx2", "test-lossy.webp", "test.avif"}) {
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
