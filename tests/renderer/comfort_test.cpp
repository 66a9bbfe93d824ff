// SPDX-License-Identifier: Apache-2.0
// Vignette and fade, and pictures that the real world is seen through.
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;

struct Shot {
    scene::Scene scene;
    renderer::View view = look({0, 0, 3}, {0, 0, 0}, kFov, kAspect);
    renderer::DrawList list;
    Shot() {
        list.views = {&view, 1};
        list.background = Vec4(1.f);
    }
    Shot(const Shot&) = delete;
    Shot& operator=(const Shot&) = delete;
};

} // namespace

TEST_SUITE("renderer/comfort [gpu]") {
    TEST_CASE("a fade takes its share of the light, for both eyes and in both kinds of formats") {
        for (const VkFormat format : {VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_R8G8B8A8_UNORM}) {
            auto studio = Studio::make({.views = 2, .format = format});
            if (!studio) return;
            Shot shot;
            const std::array views{shot.view, shot.view};
            shot.list.views = views;
            for (const auto& [fade, byte] : {std::pair(0.f, 255), std::pair(0.5f, 188), std::pair(1.f, 0)}) {
                CAPTURE(fade);
                shot.list.fade = fade;
                const scene::Pixels picture = studio->picture(shot.scene, shot.list);
                for (const std::uint32_t y : {3u, 120u, 360u}) {
                    const Rgba seen = pixel(picture, 160, y);
                    CHECK(std::abs(seen.g - byte) <= 1);
                    CHECK(seen.a == 255);
                }
            }
            CHECK(studio->device().validation_messages() == 0);
        }
    }

    TEST_CASE("a vignette of 1 leaves the middle 40 % alone and nothing of the rest, one of 0 leaves all") {
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        // Half the height is 120 pixels: it is dark from 0.4 on, and black from 0.75 on.
        shot.list.vignette = 1.f;
        const scene::Pixels narrow = studio->picture(shot.scene, shot.list);
        CHECK(pixel(narrow, 160 + 46, 120).r == 255);
        CHECK(pixel(narrow, 160, 120 - 46).r == 255);
        CHECK(std::abs(pixel(narrow, 160 + 69, 120).r - 188) < 12); // half way down
        CHECK(pixel(narrow, 160 + 92, 120).r == 0);
        CHECK(pixel(narrow, 160, 120 + 92) == Rgba{0, 0, 0, 255});
        shot.list.vignette = 0.5f;
        const scene::Pixels half = studio->picture(shot.scene, shot.list);
        CHECK(pixel(half, 160 + 92, 120).r == 255);
        CHECK(pixel(half, 2, 2).r < 150);
        shot.list.vignette = 0.01f; // it comes in from outside of the picture, without a jump
        CHECK(pixel(studio->picture(shot.scene, shot.list), 2, 2).r > 250);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("both eyes see one circle straight ahead, however their views lie about it") {
        auto studio = Studio::make({.views = 2});
        if (!studio) return;
        Shot shot;
        std::array views{shot.view, shot.view};
        views[0].tan_left = -1.2f;
        views[0].tan_right = 0.8f;
        views[1].tan_left = -0.8f;
        views[1].tan_right = 1.2f;
        shot.list.views = views;
        shot.list.vignette = 1.f;
        const scene::Pixels picture = studio->picture(shot.scene, shot.list);
        for (const auto& [eye, ahead] : {std::pair(0u, 192.0), std::pair(1u, 128.0)}) {
            double sum = 0.0, weight = 0.0;
            for (std::uint32_t x = 0; x < 320; ++x) {
                const int lit = pixel(picture, x, 120 + 240 * eye).r;
                sum += lit * (x + 0.5);
                weight += lit;
            }
            CHECK(std::abs(sum / weight - ahead) < 1.0);
        }
    }

    TEST_CASE("where the real world is seen, what shows nothing has no alpha, what is opaque has all of it") {
        for (const std::uint32_t samples : {1u, 4u}) {
            CAPTURE(samples);
            auto studio = Studio::make({.samples = samples});
            if (!studio) return;
            Shot shot;
            shot.list.see_through = true;
            shot.list.show_environment = true; // the sky is not the real one
            shot.list.sun.illuminance = Vec3(50'000.f);
            ModelBuilder builder;
            builder.object("box", box_geometry(Vec3(0.3f)), plain({1.f, 0.5f, 0.2f, 1.f}), at(-1, 0, 0));
            scene::Material glass = unlit({1.f, 0.5f, 0.f, 0.5f});
            glass.alpha_mode = scene::AlphaMode::Blend;
            builder.object("pane", quad_geometry(Vec2(0.3f)), glass);
            builder.object("ghost", box_geometry(Vec3(0.3f)), unlit({1.f, 0.f, 0.f, 1.f}), at(1, 0, 0));
            shot.scene.place(builder.take(), {}, "parts");
            shot.scene.set_style(scene::NodeId{2}, {.flags = scene::kGhost});
            const std::array<renderer::PatchVertex, 3> corners{
                {{{-0.2, 0.6, 0}, 0x80ff'ffff}, {{0.2, 0.6, 0}, 0x80ff'ffff}, {{0, 0.9, 0}, 0x80ff'ffff}}};
            const std::array indices{0u, 1u, 2u};
            shot.list.patches = {corners, indices};
            const scene::Pixels picture = studio->picture(shot.scene, shot.list);
            CHECK(pixel(picture, 5, 5) == Rgba{0, 0, 0, 0});
            CHECK(pixel(picture, 160, 200) == Rgba{0, 0, 0, 0});
            CHECK(pixel(picture, 85, 120).a == 255);
            const Rgba pane = pixel(picture, 160, 120), ghost = pixel(picture, 234, 120);
            CHECK(std::abs(pane.a - 128) <= 1);
            CHECK(std::abs(pane.r - 255) <= 1);
            CHECK(std::abs(pane.g - 188) <= 2);
            CHECK(ghost.a > 10);
            CHECK(ghost.a < 130);
            CHECK(ghost.r < 255); // more light than alpha would shine
            CHECK(std::abs(pixel(picture, 160, 75).a - 128) <= 1);
            CHECK(studio->device().validation_messages() == 0);
        }
    }

    TEST_CASE("where the real world is seen it does not darken: what is drawn goes away") {
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        shot.list.see_through = true;
        ModelBuilder builder;
        builder.object("box", box_geometry(), unlit({1.f, 0.5f, 0.f, 1.f}));
        shot.scene.place(builder.take(), {}, "box");
        shot.list.fade = 0.5f;
        const scene::Pixels half = studio->picture(shot.scene, shot.list);
        CHECK(pixel(half, 5, 5) == Rgba{0, 0, 0, 0});
        CHECK(std::abs(pixel(half, 160, 120).a - 128) <= 1);
        CHECK(std::abs(pixel(half, 160, 120).g - 188) <= 2); // its colour is its own
        shot.list.fade = 1.f;
        CHECK(pixel(studio->picture(shot.scene, shot.list), 160, 120).a == 0);
    }
}
