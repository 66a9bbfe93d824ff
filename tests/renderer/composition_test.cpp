// SPDX-License-Identifier: Apache-2.0
// What the passes make together, in whole pictures.
#include "base/file.h"
#include "tests/renderer/overlay_builder.h"
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>
#include <glm/gtc/quaternion.hpp>

#include <cmath>

using namespace pw;
using namespace pw::test;
using renderer::Tier;

namespace {

const char* const kFontFile = "/usr/share/fonts/opentype/inter/Inter-Medium.otf"; // package fonts-inter

scene::HdrPixels constant_map(float value) { return {16, 8, std::vector<float>(16 * 8 * 3, value)}; }

// A studio shot: spheres of several materials in front of the environment.
void place_spheres(scene::Scene& scene) {
    ModelBuilder builder("spheres");
    const scene::Geometry sphere = sphere_geometry(0.42f, 48, 96);
    for (int i = 0; i < 5; ++i) {
        const float roughness = static_cast<float>(i) / 4.f;
        builder.object("metal" + std::to_string(i), sphere, plain({0.91f, 0.92f, 0.92f, 1.f}, 1.f, roughness),
                       at(i - 2.0, 1.0, 0));
        builder.object("paint" + std::to_string(i), sphere, plain({0.8f, 0.25f, 0.05f, 1.f}, 0.f, roughness),
                       at(i - 2.0, 0.0, 0));
    }
    scene.place(builder.take(), {}, "spheres");
}

} // namespace

TEST_SUITE("renderer/composition [gpu] [golden]") {
    TEST_CASE("a white body disappears in constant light, whatever its finish") {
        for (const Tier tier : {Tier::Software, Tier::Low}) {
            auto studio = Studio::make({.width = 160, .height = 120, .tier = tier});
            if (!studio) return;
            REQUIRE(studio->renderer().set_environment(constant_map(0.5f)));
            for (const float metallic : {0.f, 1.f}) {
                for (const float roughness : {0.05f, 0.3f, 0.6f, 1.f}) {
                    ModelBuilder builder;
                    builder.object("body", sphere_geometry(0.8f), plain(Vec4(1.f), metallic, roughness));
                    scene::Scene scene;
                    scene.place(builder.take(), {}, "body");
                    const std::array views{look({0, 0, 3}, {0, 0, 0}, kFov, 4.f / 3.f)};
                    renderer::DrawList list;
                    list.views = views;
                    list.show_environment = true;
                    const scene::Pixels picture = studio->picture(scene, list);
                    int furthest = 0;
                    for (std::uint32_t y = 20; y < 100; ++y) {
                        for (std::uint32_t x = 30; x < 130; ++x) {
                            furthest = std::max(furthest, std::abs(pixel(picture, x, y).g - pixel(picture, 2, 2).g));
                        }
                    }
                    CAPTURE(metallic);
                    CAPTURE(roughness);
                    CHECK(furthest <= 1); // of 255: less than 1 % of the light
                }
            }
            CHECK(studio->device().validation_messages() == 0);
        }
    }

    TEST_CASE("materials in the studio look like themselves") {
        auto studio = Studio::make({.width = 320, .height = 160, .tier = Tier::Low});
        if (!studio) return;
        scene::Scene scene;
        place_spheres(scene);
        const std::array views{look({0, 0.7, 4.2}, {0, 0.5, 0}, 0.6f, 2.f)};
        renderer::DrawList list;
        list.views = views;
        list.show_environment = true;
        CHECK(matches_golden(studio->picture(scene, list), "studio_spheres"));
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("labels, lines, panels and the overlay are drawn over a scene, in one view and in two") {
        if (!file_exists(kFontFile)) return skip("no Inter (package fonts-inter)");
        for (const std::uint32_t eyes : {1u, 2u}) {
            auto studio = Studio::make({.width = 400, .height = 300, .views = eyes, .font_file = kFontFile});
            if (!studio) return;
            ModelBuilder builder;
            builder.object("wall", box_geometry({0.3f, 0.5f, 0.3f}), plain({0.3f, 0.4f, 0.6f, 1.f}));
            scene::Scene scene;
            scene.place(builder.take(), {}, "wall");
            const std::array views{look({-0.03, 0.2, 2.5}, {-0.03, 0, 0}, kFov, 4.f / 3.f),
                                   look({0.03, 0.2, 2.5}, {0.03, 0, 0}, kFov, 4.f / 3.f)};
            const std::array labels{
                renderer::Label{
                    .position = {0, 0.55, 0}, .height_m = 0.12f, .text = "Palletiser", .back_srgba = 0xe630'2018u},
                renderer::Label{
                    .position = {0, -0.3, -0.6}, .height_m = 0.12f, .text = "hidden", .back_srgba = 0xff00'00ffu},
                renderer::Label{.position = {0, -0.05, -0.6},
                                .height_m = 0.12f,
                                .text = "through",
                                .back_srgba = 0xff00'a000u,
                                .through_walls = true}};
            const std::array lines{renderer::Line{{-1, -0.5, 0.4}, {1, 0.5, 0.4}, 0xff00'ffffu, 0.01f},
                                   renderer::Line{{-1, 0.2, -0.6}, {1, 0.2, -0.6}, 0xffff'00ffu, 0.02f}};
            OverlayBuilder card, corner;
            card.rect({0, 0}, {200, 150}, 0xff40'3020u).rect({10, 10}, {190, 40}, 0xff30'd0a0u);
            corner.rect({4, 4}, {60, 24}, 0xffff'ffffu);
            const std::array panels{renderer::Panel{
                {{0.75, 0.1, 0.2}, glm::angleAxis(-0.4f, Vec3(0, 1, 0))}, {0.6f, 0.45f}, 200, 150, card.overlay()}};
            renderer::DrawList list;
            list.views = std::span(views).first(eyes);
            list.show_environment = true;
            list.labels = labels;
            list.lines = lines;
            list.panels = panels;
            if (eyes == 1) list.overlay = corner.overlay();
            const scene::Pixels picture = studio->picture(scene, list);
            keep_picture(picture, "composition_" + std::to_string(eyes));
            int red = 0, green = 0;
            for (std::uint32_t y = 0; y < picture.height; ++y) {
                for (std::uint32_t x = 0; x < picture.width; ++x) {
                    const Rgba p = pixel(picture, x, y);
                    red += p.r > 200 && p.g < 40 && p.b < 40;
                    green += p.g == 160 && p.r == 0 && p.b == 0;
                }
            }
            CHECK(red == 0);
            CHECK(green > 300);
            CHECK((pixel(picture, 6, 6) == Rgba{255, 255, 255, 255}) == (eyes == 1));
            CHECK(studio->device().validation_messages() == 0);
        }
    }
}
