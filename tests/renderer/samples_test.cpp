// SPDX-License-Identifier: Apache-2.0
// Edges: several samples a pixel, masks that cover a part of one, pictures drawn larger and filtered down.
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>
#include <glm/gtc/quaternion.hpp>

#include <cmath>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;

// White, turned so that no edge follows the pixels; as a mask, a quad whose alpha falls from the left to the right.
void place_slanted(scene::Scene& scene, bool masked) {
    ModelBuilder builder;
    const Quat turn = glm::angleAxis(0.3f, Vec3(0.f, 0.f, 1.f));
    if (!masked) {
        builder.object("cube", box_geometry(), unlit(Vec4(1.f)), {.rotation = turn});
    } else {
        scene::Geometry quad = quad_geometry(Vec2(1.f));
        for (scene::Vertex& v : quad.vertices) v.color = v.position.x < 0.f ? 0xffff'ffffu : 0x00ff'ffffu;
        scene::Material mask = unlit(Vec4(1.f));
        mask.alpha_mode = scene::AlphaMode::Mask;
        builder.object("mask", std::move(quad), mask, {.rotation = turn});
    }
    scene.place(builder.take(), {}, "slanted");
}

// Pixels that are neither the object nor the background, along a line across the middle.
int between(const scene::Pixels& picture) {
    int count = 0;
    for (std::uint32_t y = 100; y < 140; ++y) {
        for (std::uint32_t x = 0; x < picture.width; ++x) {
            const int g = pixel(picture, x, y).g;
            count += g > 8 && g < 247 ? 1 : 0;
        }
    }
    return count;
}

scene::Pixels slanted(const OffscreenOptions& options, bool masked, float background_alpha = 1.f) {
    auto studio = Studio::make(options);
    if (!studio) return {};
    scene::Scene scene;
    place_slanted(scene, masked);
    const std::array<renderer::View, 2> views{look({0, 0, 3}, {0, 0, 0}, kFov, kAspect),
                                              look({0.06, 0, 3}, {0.06, 0, 0}, kFov, kAspect)};
    renderer::DrawList list;
    list.views = std::span(views).first(options.views);
    list.background = {0.f, 0.f, 0.f, background_alpha};
    const scene::Pixels picture = studio->picture(scene, list);
    CHECK(studio->device().validation_messages() == 0);
    return picture;
}

} // namespace

TEST_SUITE("renderer/samples [gpu]") {
    TEST_CASE("four samples soften the edges of what is opaque and of what is masked; one does not") {
        for (const bool masked : {false, true}) {
            CAPTURE(masked);
            const scene::Pixels hard = slanted({.samples = 1}, masked);
            if (hard.rgba.empty()) return;
            CHECK(between(hard) == 0);
            const scene::Pixels soft = slanted({.samples = 4}, masked);
            CHECK(between(soft) > 30);
            CHECK(pixel(soft, 130, 120) == Rgba{255, 255, 255, 255});
            // What is not covered shows in the picture's alpha, once: the colour is as white as inside.
            const scene::Pixels clear = slanted({.samples = 4}, masked, 0.f);
            bool seen = false;
            for (std::uint32_t x = 0; x < 320; ++x) {
                const Rgba edge = pixel(clear, x, 120);
                seen |= edge.a > 8 && edge.a < 247;
                if (edge.a > 8) CHECK(edge.g >= 250);
            }
            CHECK(seen);
        }
    }

    TEST_CASE("both eyes, their depth and every format are drawn with four samples, and validation is silent") {
        for (const VkFormat format : {VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_B8G8R8A8_UNORM}) {
            const scene::Pixels both =
                slanted({.views = 2, .samples = 4, .format = format, .depth = true}, /* masked= */ true);
            if (both.rgba.empty()) return;
            CHECK(both.height == 480);
            CHECK(between(both) > 30);
        }
    }

    TEST_CASE("a picture drawn twice as large shows the same in the same place, with soft edges") {
        const scene::Pixels hard = slanted({.samples = 1}, false);
        const scene::Pixels fine = slanted({.samples = 1, .supersample = 2}, false);
        const scene::Pixels finest = slanted({.samples = 4, .supersample = 2}, false);
        const scene::Pixels large = slanted({.samples = 1, .supersample = 4}, false);
        if (hard.rgba.empty()) return;
        REQUIRE(fine.width == hard.width);
        std::size_t far = 0;
        for (std::size_t i = 1; i < hard.rgba.size(); i += 4)
            far += std::abs(hard.rgba[i] - fine.rgba[i]) > 230 ? 1u : 0u;
        CHECK(far == 0);
        CHECK(between(fine) > 30);
        CHECK(between(finest) > 30);
        CHECK(between(large) > 30);
        CHECK(largest_difference(large, fine) < 130); // the same edge, more steps
        CHECK(largest_difference(large, fine) > 0);
    }

    TEST_CASE("a fine picture between plain ones leaves them as they were") {
        auto studio = Studio::make();
        if (!studio) return;
        scene::Scene scene;
        place_slanted(scene, false);
        const renderer::View view = look({0, 0, 3}, {0, 0, 0}, kFov, kAspect);
        renderer::DrawList list;
        list.views = {&view, 1};
        const scene::Pixels before = studio->picture(scene, list);
        studio->set_supersample(4);
        const scene::Pixels fine = studio->picture(scene, list);
        studio->set_supersample(1);
        CHECK(largest_difference(studio->picture(scene, list), before) == 0);
        CHECK(largest_difference(fine, before) > 30);
        CHECK(studio->device().validation_messages() == 0);
    }
}
