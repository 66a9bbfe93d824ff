// SPDX-License-Identifier: Apache-2.0
// A model with many large PNGs, from its bytes to the picture with all of them: opened for the first time and again,
// and beside that its images decoded one after the other by the same decoder, in turns.
//     bench_textures [--images N] [--side PX] [--turns N] [--compress]
#include "base/file.h"
#include "base/process.h"
#include "base/time.h"
#include "renderer/internal/late_texture.h"
#include "tests/renderer/offscreen.h"
#include "tests/support/scene_builder.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace pw;
using namespace pw::test;

namespace {

struct Options {
    std::uint32_t images = 16, side = 2048, turns = 3;
    bool compress = false;
};

bool parse(int argc, char** argv, Options& out) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view name = argv[i];
        if (name == "--compress") {
            out.compress = true;
            continue;
        }
        std::uint32_t* to = name == "--images"  ? &out.images
                            : name == "--side"  ? &out.side
                            : name == "--turns" ? &out.turns
                                                : nullptr;
        if (to == nullptr || ++i == argc) return false;
        const char* const end = argv[i] + std::strlen(argv[i]);
        if (std::from_chars(argv[i], end, *to).ptr != end || *to == 0) return false;
    }
    return true;
}

// As a photo: smooth shapes of several sizes and the grain of a sensor.
scene::Pixels photo(std::uint32_t side, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<float> waves;
    for (int i = 0; i < 8; ++i)
        waves.push_back(static_cast<float>(random() % 1000) * 0.00004f * static_cast<float>(1 << i));
    scene::Pixels out{side, side, {}};
    out.rgba.resize(std::size_t{4} * side * side);
    std::uint32_t grain = seed * 7919 + 1;
    for (std::uint32_t y = 0; y < side; ++y) {
        for (std::uint32_t x = 0; x < side; ++x) {
            float v = 110.f;
            for (std::size_t w = 0; w + 1 < waves.size(); w += 2)
                v += 22.f * std::sin(static_cast<float>(x) * waves[w] + static_cast<float>(y) * waves[w + 1]);
            grain = grain * 1664525u + 1013904223u;
            const auto byte = [&](float scale, unsigned shift) {
                return static_cast<std::uint8_t>(
                    std::clamp(v * scale + static_cast<float>(grain >> shift & 7u), 0.f, 255.f));
            };
            std::uint8_t* const texel = &out.rgba[(std::size_t{y} * side + x) * 4];
            texel[0] = byte(1.1f, 13);
            texel[1] = byte(1.0f, 18);
            texel[2] = byte(0.8f, 23);
            texel[3] = 255;
        }
    }
    return out;
}

// A wall of signs, each with an image of its own.
std::shared_ptr<const scene::Model> make_model(const Options& options) {
    ModelBuilder builder;
    const auto columns = static_cast<std::uint32_t>(std::ceil(std::sqrt(options.images)));
    for (std::uint32_t i = 0; i < options.images; ++i) {
        scene::Image image;
        image.encoded = *scene::encode_png(photo(options.side, i + 1));
        builder.model().images.push_back(std::move(image));
        builder.model().textures.push_back({i, {}});
        scene::Material m = plain({1, 1, 1, 1});
        m.base_color_texture.texture = i;
        builder.object("sign", quad_geometry(Vec2(0.45f)), m,
                       at(i % columns - columns * 0.5 + 0.5, i / columns - columns * 0.5 + 0.5, 0.0));
    }
    return builder.take();
}

double decode_all(const scene::Model& model) {
    const Time begin = system_clock().now();
    for (const scene::Image& image : model.images)
        if (!scene::decode_image(image.encoded)) std::exit(1);
    return (system_clock().now() - begin).ms();
}

struct Opened {
    double first_ms = 0.0, all_ms = 0.0; // to the first picture, and to that with all textures
    double longest_frame_ms = 0.0;
};

Opened open(const std::shared_ptr<const scene::Model>& model, const Options& options, const std::string& folder) {
    const auto jobs = make_jobs();
    OffscreenOptions wanted{.width = 640, .height = 360, .cache_folder = folder};
    wanted.compress_textures = options.compress;
    auto made = Offscreen::make(wanted, *jobs);
    if (!made) {
        std::fprintf(stderr, "%s\n", made.error().what.c_str());
        std::exit(77);
    }
    Offscreen& offscreen = **made;
    const renderer::View view{{{0, 0, 6}}, -0.8f, 0.8f, 0.45f, -0.45f};
    renderer::DrawList list;
    list.views = {&view, 1};
    const Time begin = system_clock().now();
    scene::Scene scene;
    scene.place(model, {}, "wall");
    Opened out;
    for (Time before = begin;;) {
        offscreen.renderer->begin_frame();
        offscreen.renderer->sync(scene, scene.update());
        if (offscreen.renderer->draw(list, offscreen.target(/* read_back= */ true)) != renderer::DrawResult::Done)
            std::exit(1);
        (void)offscreen.renderer->take_picture(/* wait= */ true);
        const Time now = system_clock().now();
        if (out.first_ms == 0.0) out.first_ms = (now - begin).ms();
        out.longest_frame_ms = std::max(out.longest_frame_ms, (now - before).ms());
        if (offscreen.renderer->settled()) break;
        // As a client without a display: the cores are for the jobs.
        sleep_for({std::min((now - before).ns * 3, from_ms(100).ns)});
        before = system_clock().now();
    }
    out.all_ms = (system_clock().now() - begin).ms();
    return out;
}

} // namespace

int main(int argc, char** argv) {
    Options options;
    if (!parse(argc, argv, options)) {
        std::fprintf(stderr, "usage: bench_textures [--images N] [--side PX] [--turns N] [--compress]\n");
        return 2;
    }
    const auto model = make_model(options);
    std::printf("images,side,turn,decoded one by one ms,first picture ms,all textures ms,ratio,longest frame ms,"
                "again: first picture ms,all textures ms,ratio\n");
    for (std::uint32_t turn = 1; turn <= options.turns; ++turn) {
        const std::string folder = *make_temp_folder("plantwalk-bench-");
        const double serial = decode_all(*model);
        const Opened first = open(model, options, folder), again = open(model, options, folder);
        std::printf("%u,%u,%u,%.0f,%.0f,%.0f,%.2f,%.0f,%.0f,%.0f,%.2f\n", options.images, options.side, turn, serial,
                    first.first_ms, first.all_ms, first.all_ms / serial, first.longest_frame_ms, again.first_ms,
                    again.all_ms, again.all_ms / serial);
        std::fflush(stdout);
        remove_folder(folder);
    }
    return 0;
}
