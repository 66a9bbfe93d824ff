// SPDX-License-Identifier: Apache-2.0
// Textures on their way from a file's bytes to the GPU: mipmaps, blocks, and what is kept on disk.
#include "base/file.h"
#include "renderer/internal/bc7.h"
#include "renderer/internal/disk_cache.h"
#include "renderer/internal/late_texture.h"
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>

using namespace pw;
using namespace pw::test;
using namespace pw::renderer;

namespace {

constexpr std::uint32_t kNoLimit = 16'384;

scene::Pixels pixels(std::uint32_t width, std::uint32_t height, auto&& color_at) {
    scene::Pixels out{width, height, {}};
    for (std::uint32_t y = 0; y < height; ++y)
        for (std::uint32_t x = 0; x < width; ++x) {
            const std::array<int, 4> c = color_at(x, y);
            for (const int v : c) out.rgba.push_back(static_cast<std::uint8_t>(std::clamp(v, 0, 255)));
        }
    return out;
}

// As a photo of a rusty wall: waves of all sizes, and an edge.
scene::Pixels wall(std::uint32_t side) {
    return pixels(side, side, [](std::uint32_t x, std::uint32_t y) -> std::array<int, 4> {
        const double fx = x, fy = y;
        const double wave = std::sin(fx * 0.11 + std::sin(fy * 0.07)) + 0.5 * std::sin(fx * 0.31 + fy * 0.23) +
                            0.2 * std::sin(fx * 0.9 - fy * 0.7);
        const int v = static_cast<int>(120 + wave * 30.0);
        if (x > y + 20) return {v + 30, v, v - 40, 255};
        return {v / 2, v / 2 + 20, v, 255};
    });
}

// Of bumps: a normal map.
scene::Pixels bumps(std::uint32_t side, float slope = 0.5f) {
    return pixels(side, side, [slope](std::uint32_t x, std::uint32_t y) -> std::array<int, 4> {
        const Vec3 n = glm::normalize(
            Vec3(slope * std::sin(static_cast<float>(x) * 0.1f), slope * std::sin(static_cast<float>(y) * 0.08f), 1.f));
        const auto byte = [](float v) { return static_cast<int>((v * 0.5f + 0.5f) * 255.f + 0.5f); };
        return {byte(n.x), byte(n.y), byte(n.z), 255};
    });
}

scene::Pixels noise(std::uint32_t side) {
    std::mt19937 random(3);
    return pixels(side, side, [&](std::uint32_t, std::uint32_t) -> std::array<int, 4> {
        const auto byte = [&] { return static_cast<int>(random() % 256); };
        return {byte(), byte(), byte(), 255};
    });
}

TextureData plain_data(const scene::Pixels& from, TextureKind kind) {
    return with_mipmaps(from.width, from.height, from.rgba, kind, kNoLimit);
}
constexpr auto kAlways = [] { return true; };

std::array<int, 4> texel(const TextureData& data, std::size_t level, std::uint32_t x, std::uint32_t y) {
    const TextureLevel& of = data.levels[level];
    const Bytes bytes = data.texels(of).subspan((std::size_t{y} * of.width + x) * 4, 4);
    std::array<int, 4> out{};
    for (std::size_t c = 0; c < 4; ++c) out[c] = std::to_integer<int>(bytes[c]);
    return out;
}

// One image, as the base colour of a sign, or as the normal map of a polished plate.
std::shared_ptr<const scene::Model> model_of(const scene::Pixels& image, TextureKind kind, const Vec2& half,
                                             const scene::Sampler& sampler = {.mag = scene::Filter::Nearest,
                                                                              .min = scene::Filter::Nearest,
                                                                              .mipmaps = false}) {
    ModelBuilder builder;
    scene::Image file;
    file.name = "image";
    file.encoded = *scene::encode_png(image);
    builder.model().images.push_back(std::move(file));
    builder.model().textures.push_back({0, sampler});
    scene::Material m = is_color(kind) ? unlit({1, 1, 1, 1}) : plain({0.8f, 0.8f, 0.8f, 1.f}, 1.f, 0.1f);
    if (kind == TextureKind::Covering) m.alpha_mode = scene::AlphaMode::Blend;
    (is_color(kind) ? m.base_color_texture : m.normal_texture).texture = 0;
    builder.object("plate", quad_geometry(half), m);
    return builder.take();
}

class Folder {
  public:
    ~Folder() { remove_folder(path); }
    const std::string path = *make_temp_folder("plantwalk-textures-");
};

// A texel a pixel: 128 × 128 of them in the middle of the picture.
scene::Pixels shown(const scene::Pixels& image, TextureKind kind, const OffscreenOptions& options, float sun_lx = 5.f,
                    std::uint64_t* gpu_bytes = nullptr) {
    const Folder folder; // not that of other tests, where what an older encoder made may be
    OffscreenOptions own = options;
    own.cache_folder = folder.path;
    auto studio = Studio::make(own);
    if (!studio) return {};
    const float half = std::tan(kFov / 2.f) * 128.f / 240.f;
    scene::Scene scene;
    scene.place(model_of(image, kind, Vec2(half)), {}, "plate");
    const View view = look({0, 0, 1}, {0, 0, 0}, kFov, 320.f / 240.f);
    DrawList list;
    list.views = {&view, 1};
    list.environment_intensity = 0.f;
    list.sun = {.to_sun = glm::normalize(Vec3(0.3f, 0.2f, 1.f)), .illuminance = Vec3(sun_lx), .shadows = false};
    scene::Pixels picture = studio->picture(scene, list);
    (void)studio->picture(scene, list); // the statistics are of frames that are finished
    if (gpu_bytes != nullptr) *gpu_bytes = studio->renderer().stats().gpu_bytes;
    CHECK(studio->device().validation_messages() == 0);
    return picture;
}

// Root of the mean square by which the 128 × 128 in the middle differ, over three channels.
double off_by(const scene::Pixels& a, const scene::Pixels& b) {
    double sum = 0.0;
    for (std::uint32_t y = 56; y < 184; ++y)
        for (std::uint32_t x = 96; x < 224; ++x) {
            const Rgba p = pixel(a, x, y), q = pixel(b, x, y);
            sum += std::pow(p.r - q.r, 2) + std::pow(p.g - q.g, 2) + std::pow(p.b - q.b, 2);
        }
    return std::sqrt(sum / (128 * 128 * 3));
}

// What the encoder says of that.
double said(const scene::Pixels& image) {
    double sum = 0.0;
    for (std::uint32_t y = 0; y < image.height; y += 4)
        for (std::uint32_t x = 0; x < image.width; x += 4) {
            Bc7Texels texels{};
            for (std::uint32_t i = 0; i < 16; ++i) {
                const Rgba p = pixel(image, x + i % 4, y + i / 4);
                texels[i] = {static_cast<std::uint8_t>(p.r), static_cast<std::uint8_t>(p.g),
                             static_cast<std::uint8_t>(p.b), static_cast<std::uint8_t>(p.a)};
            }
            std::array<std::byte, kBc7Block> block{};
            sum += encode_bc7(texels, block);
        }
    return std::sqrt(sum / (3.0 * image.width * image.height));
}

LateTexture late(Jobs& jobs, const std::string& folder, std::uint32_t side = 128) {
    return {jobs, {model_of(wall(side), TextureKind::Color, Vec2(1)), 0, TextureKind::Color, true, kNoLimit, folder}};
}

std::string only_file(const std::string& folder) {
    const auto files = list_files(folder, "texture-");
    REQUIRE(files);
    REQUIRE(files->size() == 1);
    return join_path(folder, files->front().name);
}

} // namespace

TEST_SUITE("renderer/texture_data [unit]") {
    TEST_CASE("mipmaps are means of light where the image is colour, and of values where it is not") {
        const scene::Pixels board = pixels(4, 4, [](std::uint32_t x, std::uint32_t y) -> std::array<int, 4> {
            const int v = (x + y) % 2 == 0 ? 255 : 0;
            return {v, v, v, v};
        });
        const TextureData color = plain_data(board, TextureKind::Color);
        REQUIRE(color.levels.size() == 3);
        CHECK(texel(color, 0, 1, 0) == std::array{0, 0, 0, 0});
        CHECK(texel(color, 1, 1, 1) == std::array{188, 188, 188, 128}); // half the light; alpha is none
        CHECK(texel(color, 2, 0, 0) == std::array{188, 188, 188, 128});
        const TextureData values = plain_data(board, TextureKind::Data);
        CHECK(texel(values, 1, 1, 1) == std::array{128, 128, 128, 128});
    }

    TEST_CASE("normals are averaged and not made as long as one again") {
        const scene::Pixels ridge = pixels(2, 2, [](std::uint32_t x, std::uint32_t) -> std::array<int, 4> {
            return {x == 0 ? 218 : 37, 128, 218, 255}; // 45° to both sides
        });
        CHECK(texel(plain_data(ridge, TextureKind::Data), 1, 0, 0) == std::array{128, 128, 218, 255});
    }

    TEST_CASE("where alpha says how much there is, what there is not has no colour") {
        const auto with_alpha = [](std::uint32_t width, std::uint32_t height, int others_alpha, TextureKind kind) {
            return plain_data(pixels(width, height,
                                     [&](std::uint32_t x, std::uint32_t y) -> std::array<int, 4> {
                                         if (x + y == 0) return {200, 100, 50, 255};
                                         return {0, 0, 0, others_alpha};
                                     }),
                              kind);
        };
        CHECK(texel(with_alpha(2, 2, 0, TextureKind::Covering), 1, 0, 0) == std::array{200, 100, 50, 64});
        CHECK(texel(with_alpha(5, 1, 0, TextureKind::Covering), 1, 0, 0) == std::array{200, 100, 50, 102});
        CHECK(texel(with_alpha(3, 3, 0, TextureKind::Covering), 1, 0, 0) == std::array{200, 100, 50, 28});
        for (const TextureKind kind : {TextureKind::Covering, TextureKind::Color}) // a quarter of the light
            CHECK(texel(with_alpha(2, 2, 255, kind), 1, 0, 0) == std::array{106, 50, 22, 255});
        CHECK(texel(with_alpha(2, 2, 0, TextureKind::Color), 1, 0, 0) == std::array{106, 50, 22, 64}); // says nothing
        const auto nothing = [](std::uint32_t width) { // and its filter reads beyond it
            return plain_data(pixels(width, 1, [](std::uint32_t, std::uint32_t) { return std::array{90, 90, 90, 0}; }),
                              TextureKind::Covering);
        };
        CHECK(texel(nothing(2), 1, 0, 0) == std::array{90, 90, 90, 0});
        CHECK(texel(nothing(3), 1, 0, 0) == std::array{90, 90, 90, 0});
    }

    TEST_CASE("odd sides are averaged by area") {
        const scene::Pixels row = pixels(5, 1, [](std::uint32_t x, std::uint32_t) -> std::array<int, 4> {
            return {static_cast<int>(50 * x), 0, 0, 255};
        });
        const TextureData data = plain_data(row, TextureKind::Data);
        REQUIRE(data.levels.size() == 3);
        CHECK(texel(data, 1, 0, 0)[0] == 40);  // (0 + 50 + 100 / 2) / 2.5
        CHECK(texel(data, 1, 1, 0)[0] == 160); // (100 / 2 + 150 + 200) / 2.5
        CHECK(texel(data, 2, 0, 0)[0] == 100);
    }

    TEST_CASE("an image larger than a GPU takes is halved until it fits") {
        const scene::Pixels image = wall(64);
        const TextureData data = with_mipmaps(64, 64, image.rgba, TextureKind::Color, 20);
        CHECK(data.width() == 16);
        CHECK(data.levels.size() == 5);
        const TextureData all = plain_data(image, TextureKind::Color);
        CHECK(std::ranges::equal(data.texels(data.levels[0]), all.texels(all.levels[2])));
    }

    TEST_CASE("a block of one colour has just that, with its alpha") {
        std::mt19937 random(5);
        for (int i = 0; i < 500; ++i) {
            Bc7Texels texels{};
            const auto byte = [&] { return static_cast<std::uint8_t>(random() % 256); };
            texels.fill({byte(), byte(), byte(), byte()});
            std::array<std::byte, kBc7Block> block{};
            CHECK(encode_bc7(texels, block) == 0);
        }
    }

    TEST_CASE("blocks are made where they do not show, and nowhere else") {
        const auto blocks = in_blocks(plain_data(wall(256), TextureKind::Color), kAlways);
        REQUIRE(blocks);
        CHECK(blocks->levels.size() == 9);
        CHECK(blocks->levels[0].size == 256 * 256);
        CHECK(blocks->levels[8].size == kBc7Block);
        CHECK(said(bumps(256)) < 3.0);
        CHECK(in_blocks(plain_data(bumps(256), TextureKind::Data), kAlways));
        CHECK_FALSE(in_blocks(plain_data(bumps(256), TextureKind::Normal), kAlways));
        CHECK(in_blocks(plain_data(bumps(256, 0.011f), TextureKind::Normal), kAlways));
        CHECK_FALSE(in_blocks(plain_data(noise(256), TextureKind::Color), kAlways));
        CHECK_FALSE(in_blocks(plain_data(wall(32), TextureKind::Color), kAlways)); // too small
        CHECK_FALSE(in_blocks(plain_data(wall(256), TextureKind::Color), [] { return false; }));
    }

    TEST_CASE("blocks that show in one place, or in one level only, are not made") {
        const scene::Pixels patch = noise(64);
        const scene::Pixels spoilt = pixels(1024, 1024, [&](std::uint32_t x, std::uint32_t y) -> std::array<int, 4> {
            if (x - 500 >= 64 || y - 700 >= 64) return {120, 130, 140, 255};
            const Rgba p = pixel(patch, x - 500, y - 700);
            return {p.r, p.g, p.b, 255};
        });
        CHECK(said(spoilt) < 3.0);
        CHECK_FALSE(in_blocks(plain_data(spoilt, TextureKind::Color), kAlways));
        const scene::Pixels squares = pixels(1024, 1024, [&](std::uint32_t x, std::uint32_t y) -> std::array<int, 4> {
            const Rgba p = pixel(patch, x / 32, y / 32); // a texel of which is one of the fifth level
            return {p.r, p.g, p.b, 255};
        });
        CHECK(said(squares) == 0.0);
        CHECK_FALSE(in_blocks(plain_data(squares, TextureKind::Color), kAlways));
    }

    TEST_CASE("a patch at an edge says no more than one in the middle, and no less") {
        const auto in_blocks_with = [](std::uint32_t at, std::uint32_t side) {
            const scene::Pixels patch = noise(side);
            const auto color_at = [&](std::uint32_t x, std::uint32_t y) -> std::array<int, 4> {
                if (x - at >= side || y - at >= side) return {120, 130, 140, 255};
                const Rgba p = pixel(patch, x - at, y - at);
                return {p.r, p.g, p.b, 255};
            };
            return in_blocks(plain_data(pixels(516, 516, color_at), TextureKind::Color), kAlways).has_value();
        };
        CHECK(in_blocks_with(256, 4));
        CHECK(in_blocks_with(512, 4)); // all of the tile there
        CHECK_FALSE(in_blocks_with(256, 64));
        CHECK_FALSE(in_blocks_with(452, 64));
    }

    TEST_CASE("packed is what was, and what is damaged is nothing") {
        const TextureData data = *in_blocks(plain_data(wall(100), TextureKind::Data), kAlways);
        const auto back = unpack_texture(data.packed);
        REQUIRE(back);
        CHECK(back->kind == data.kind);
        CHECK(back->blocks);
        CHECK(back->levels.size() == data.levels.size());
        CHECK(back->packed == data.packed);
        for (const std::size_t cut : {std::size_t{0}, std::size_t{15}, std::size_t{16}, data.packed.size() - 1}) {
            auto damaged = data.packed;
            damaged.resize(cut);
            CHECK_FALSE(unpack_texture(std::move(damaged)));
        }
        for (const std::size_t at : {3u, 7u, 8u, 12u}) {
            auto damaged = data.packed;
            damaged[at] = std::byte{0x7f};
            CHECK_FALSE(unpack_texture(std::move(damaged)));
        }
        auto nothing = data.packed;
        std::fill(nothing.begin(), nothing.begin() + 4, std::byte{0});
        CHECK_FALSE(unpack_texture(std::move(nothing)));
    }
}

TEST_SUITE("renderer/late_texture [unit]") {
    TEST_CASE("what is kept on disk is what was made, and is not made again") {
        const Folder folder;
        const auto jobs = make_jobs_inline();
        const LateTexture first = late(*jobs, folder.path);
        REQUIRE(first.done());
        REQUIRE(first.data());
        CHECK(first.data()->blocks);
        const std::string file = only_file(folder.path), same = join_path(folder.path, "same");
        std::filesystem::create_hard_link(file, same);
        const LateTexture second = late(*jobs, folder.path);
        REQUIRE(second.data());
        CHECK(second.data()->packed == first.data()->packed);
        CHECK(std::filesystem::equivalent(only_file(folder.path), same)); // and not written anew
        const LateTexture other = late(*jobs, folder.path, 256);          // another image
        CHECK(list_files(folder.path, "texture-")->size() == 2);
    }

    TEST_CASE("a damaged file is made again") {
        const Folder folder;
        const auto jobs = make_jobs_inline();
        const LateTexture first = late(*jobs, folder.path);
        const std::string file = only_file(folder.path);
        auto bytes = *read_file(file);
        const auto whole = bytes;
        bytes[bytes.size() / 2] ^= std::byte{1};
        REQUIRE(write_file(file, bytes));
        const LateTexture again = late(*jobs, folder.path);
        CHECK(again.data()->packed == first.data()->packed);
        CHECK(*read_file(file) == whole);
        REQUIRE(write_file(file, Bytes(whole).first(100)));
        CHECK(late(*jobs, folder.path).data()->packed == first.data()->packed);
        CHECK(*read_file(file) == whole);
    }

    TEST_CASE("an image that cannot be decoded says why, and nothing is kept") {
        const Folder folder;
        const auto jobs = make_jobs_inline();
        auto model = std::make_shared<scene::Model>();
        model->images.emplace_back();
        model->images[0].encoded = std::vector<std::byte>(50, std::byte{1});
        const LateTexture texture(*jobs, {model, 0, TextureKind::Color, true, kNoLimit, folder.path});
        REQUIRE(texture.done());
        REQUIRE_FALSE(texture.data());
        CHECK(texture.data().error().what.contains("image format"));
        CHECK(list_files(folder.path, "")->empty());
    }

    TEST_CASE("the cache keeps to its size: what was used longest ago goes first, and what was left over") {
        const Folder folder;
        const std::vector<std::byte> payload(1000, std::byte{7});
        for (const std::uint64_t key : {1u, 2u, 3u}) store_cached(folder.path, "texture", key, payload);
        store_cached(folder.path, "levels", 4, payload);
        store_cached(folder.path, "levels", 5, payload);
        REQUIRE(write_text(join_path(folder.path, "pipelines.bin"), "not ours"));
        const auto set_age = [&](const std::string& name, const char* when) {
            const std::string touch = "touch -d '" + std::string(when) + "' '" + join_path(folder.path, name) + "'";
            REQUIRE(std::system(touch.c_str()) == 0);
        };
        const std::string left_over = "texture-5.bin.77-0.part", young = "texture-6.bin.78-0.part";
        REQUIRE(write_text(join_path(folder.path, left_over), "half"));
        REQUIRE(write_text(join_path(folder.path, young), "half"));
        set_age("texture-" + to_hex(std::uint64_t{1}) + ".bin", "3 hours ago");
        set_age("texture-" + to_hex(std::uint64_t{2}) + ".bin", "2 hours ago");
        set_age("levels-" + to_hex(std::uint64_t{4}) + ".bin", "4 hours ago");
        set_age(left_over, "2 hours ago");
        CHECK(load_cached(folder.path, "texture", 1)); // used: the newest now
        trim_cached(folder.path, 3'150);
        CHECK(load_cached(folder.path, "texture", 1));
        CHECK_FALSE(load_cached(folder.path, "texture", 2));
        CHECK(load_cached(folder.path, "texture", 3));
        CHECK_FALSE(load_cached(folder.path, "levels", 4));
        CHECK(load_cached(folder.path, "levels", 5));
        CHECK(file_exists(join_path(folder.path, "pipelines.bin")));
        CHECK_FALSE(file_exists(join_path(folder.path, left_over)));
        CHECK(file_exists(join_path(folder.path, young)));
    }
}

TEST_SUITE("renderer/textures [gpu]") {
    TEST_CASE("the GPU reads of blocks what the encoder says") {
        std::mt19937 random(9);
        const scene::Pixels hard = pixels(128, 128, [&](std::uint32_t x, std::uint32_t y) -> std::array<int, 4> {
            const auto byte = [&] { return static_cast<int>(random() % 40); };
            const int base = static_cast<int>((x / 4 + y / 4 * 5) % 200);
            return {base + byte(), base / 2 + byte(), 220 - base + byte() / 8, 255}; // both modes, all rotations
        });
        for (const scene::Pixels& image : {wall(128), bumps(128), hard}) {
            const scene::Pixels with = shown(image, TextureKind::Color, {.compress_textures = true});
            if (with.rgba.empty()) return;
            const scene::Pixels without = shown(image, TextureKind::Color, {});
            const double wanted = said(image), seen = off_by(with, without);
            CAPTURE(wanted);
            CHECK(seen == doctest::Approx(wanted).epsilon(0.02));
            CHECK(seen > 0.1);
            CHECK(seen < 3.0);
        }
    }

    TEST_CASE("a polished plate with a compressed normal map shines as with the one in the file") {
        struct Map {
            float slope, sun_lx; // so that the highlight is neither black nor white
            bool blocks;
        };
        for (const Map& map : {Map{0.011f, 20.f, true}, Map{0.03f, 20.f, false}, Map{0.5f, 200.f, false}}) {
            CAPTURE(map.slope);
            const scene::Pixels image = bumps(128, map.slope);
            CHECK(in_blocks(plain_data(image, TextureKind::Normal), kAlways).has_value() == map.blocks);
            OffscreenOptions low{.tier = Tier::Low, .samples = 1, .compress_textures = false};
            const scene::Pixels without = shown(image, TextureKind::Normal, low, map.sun_lx);
            if (without.rgba.empty()) return;
            low.compress_textures = true;
            const scene::Pixels with = shown(image, TextureKind::Normal, low, map.sun_lx);
            keep_picture(with, "bumps, compressed");
            keep_picture(without, "bumps, plain");
            double all = 0.0, off = 0.0;
            for (std::uint32_t y = 56; y < 184; ++y) {
                for (std::uint32_t x = 96; x < 224; ++x) {
                    all += pixel(without, x, y).g;
                    off += std::abs(pixel(with, x, y).g - pixel(without, x, y).g);
                }
            }
            CAPTURE(all);
            CAPTURE(off);
            CHECK(all > 10'000.0);
            CHECK((off > 0.0) == map.blocks);
            CHECK(off < 0.25 * all); // a byte of a normal is half as wide as this highlight
        }
    }

    TEST_CASE("foliage keeps its colour from afar, also where it is black beside the leaves") {
        const scene::Pixels leaves = pixels(256, 256, [](std::uint32_t x, std::uint32_t y) -> std::array<int, 4> {
            return (x + y) % 2 == 0 ? std::array{0, 200, 0, 255} : std::array{0, 0, 0, 0};
        });
        auto studio = Studio::make();
        if (!studio) return;
        scene::Scene scene;
        scene.place(model_of(leaves, TextureKind::Covering, Vec2(0.05f), {}), {}, "tree"); // 20 pixels
        const View view = look({0, 0, 1}, {0, 0, 0}, kFov, 320.f / 240.f);
        DrawList list;
        list.views = {&view, 1};
        list.background = {0.f, 0.f, 0.f, 1.f};
        const int green = pixel(studio->picture(scene, list), 160, 120).g;
        CHECK(std::abs(green - 147) < 4); // half of the light of 200; as dark as a quarter it is 106
    }

    TEST_CASE("compressed textures take a quarter of the memory, and a device that does not read them has plain ones") {
        std::uint64_t plain = 0, compressed = 0, without = 0;
        const scene::Pixels large = wall(2048);
        if (shown(large, TextureKind::Color, {}, 0.f, &plain).rgba.empty()) return;
        shown(large, TextureKind::Color, {.compress_textures = true}, 0.f, &compressed);
        shown(large, TextureKind::Color, {.compress_textures = true, .block_textures = false}, 0.f, &without);
        CHECK(without == plain);
        CHECK(plain - compressed > 15u << 20); // of 21 MiB
    }
}
