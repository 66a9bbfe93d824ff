// SPDX-License-Identifier: Apache-2.0
// AR: what the picture does with what is really there.
#include "base/file.h"
#include "tests/renderer/overlay_builder.h"
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;

double linear(int byte) {
    const double srgb = byte / 255.0;
    return srgb <= 0.04045 ? srgb / 12.92 : std::pow((srgb + 0.055) / 1.055, 2.4);
}

// The largest difference, in linear light, between what is drawn on a background and what is drawn see-through and then
// laid over it.
double worst(const scene::Pixels& on_background, const scene::Pixels& see_through, double background) {
    double out = 0.0;
    for (std::size_t i = 0; i < see_through.rgba.size(); i += 4) {
        const double alpha = see_through.rgba[i + 3] / 255.0;
        for (std::size_t c = 0; c < 3; ++c) {
            const double over = linear(see_through.rgba[i + c]) * alpha + background * (1.0 - alpha);
            out = std::max(out, std::abs(over - linear(on_background.rgba[i + c])));
        }
    }
    return out;
}

scene::Style flags(int of) { return {.flags = static_cast<std::uint8_t>(of)}; }

} // namespace

TEST_SUITE("renderer/see_through [gpu]") {
    TEST_CASE("whatever is drawn lies over any background as if it had been drawn on it: alpha is premultiplied") {
        auto studio = Studio::make({.font_file = find_font("Inter-Medium.otf")});
        if (!studio) return;
        scene::Scene scene;
        ModelBuilder builder;
        builder.object("box", box_geometry(Vec3(0.3f)), unlit({1.f, 0.5f, 0.2f, 1.f}), at(-1, 0, 0));
        scene::Material glass = unlit({1.f, 0.5f, 0.f, 0.5f});
        glass.alpha_mode = scene::AlphaMode::Blend;
        builder.object("pane", quad_geometry(Vec2(0.3f)), glass);
        builder.object("ghost", box_geometry(Vec3(0.3f)), unlit({1.f, 0.f, 0.f, 1.f}), at(1, 0, 0));
        scene.place(builder.take(), {}, "parts");
        scene.set_style({2}, flags(scene::kGhost));
        renderer::DrawList list;
        const std::array views{look({0, 0, 3}, {0, 0, 0}, kFov, kAspect)};
        list.views = views;
        const std::array labels{renderer::Label{.position = {-0.6, 0.7, 0.0},
                                                .height_m = 0.2f,
                                                .text = "Filler",
                                                .color_srgba = 0xc0ff'ffffu,
                                                .back_srgba = 0x9030'1000u}};
        list.labels = labels;
        const std::array lines{renderer::Line{
            .a = {-1.2, -0.7, 0.0}, .b = {1.2, -0.8, 0.0}, .color_srgba = 0x80'20'ff'ffu, .width_m = 0.06f}};
        list.lines = lines;
        const std::array<renderer::PatchVertex, 3> corners{
            {{{0.4, 0.6, 0}, 0x80ff'ffffu}, {{0.8, 0.6, 0}, 0x40ff'00ffu}, {{0.6, 0.9, 0}, 0x00ff'ffffu}}};
        const std::array indices{0u, 1u, 2u};
        list.patches = {corners, indices};
        OverlayBuilder overlay;
        overlay.rect({0, 0}, {64, 48}, 0xa0'40'20'10u).rect({8, 8}, {32, 32}, 0x80ff'ffffu);
        const std::array panels{renderer::Panel{.pose = {{0.0, -0.45, 0.5}, kNoRotation},
                                                .size_m = {0.4f, 0.2f},
                                                .width = 64,
                                                .height = 48,
                                                .overlay = overlay.overlay()}};
        list.panels = panels;
        list.see_through = true;
        const scene::Pixels seen = studio->picture(scene, list);
        const auto count = [&](auto holds) {
            std::size_t n = 0;
            for (std::size_t i = 3; i < seen.rgba.size(); i += 4) n += holds(seen.rgba[i]) ? 1u : 0u;
            return n;
        };
        CHECK(count([](int a) { return a == 0; }) > 40'000);
        CHECK(count([](int a) { return a > 0 && a < 255; }) > 5'000);
        list.see_through = false;
        for (const float shade : {0.f, 1.f, 0.2f}) {
            CAPTURE(shade);
            list.background = Vec4(shade, shade, shade, 1.f);
            CHECK(worst(studio->picture(scene, list), seen, shade) < 0.02); // bytes of dark, half covered pixels
        }
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("what is really there is not drawn and throws no shadow; a ghost of it is, and what is lit up") {
        auto studio = Studio::make();
        if (!studio) return;
        scene::Scene scene;
        ModelBuilder builder;
        builder.object("floor", box_geometry({3.f, 0.05f, 3.f}), plain({0.8f, 0.8f, 0.8f, 1.f}), at(0, -1, 0));
        builder.object("machine", box_geometry(Vec3(0.4f)), plain({0.8f, 0.1f, 0.1f, 1.f}), at(0, 0, 0));
        scene.place(builder.take(), {}, "parts");
        renderer::DrawList list;
        const std::array views{look({0, 1, 3}, {0, -0.5, 0}, kFov, kAspect)};
        list.views = views;
        list.see_through = true;
        list.sun = {.to_sun = {0.f, 1.f, 0.f}, .illuminance = Vec3(20'000.f)};
        const auto with = [&](int machine) {
            scene.set_style({1}, flags(machine));
            return studio->picture(scene, list);
        };
        const auto machine = [&](const scene::Pixels& picture) { return pixel(picture, 160, 100); };
        const scene::Pixels whole = with(0), real = with(scene::kReal);
        const scene::Pixels none = with(scene::kHidden);
        CHECK(largest_difference(whole, none) > 100);
        CHECK(largest_difference(real, none) == 0);
        scene.set_style({0}, flags(scene::kReal)); // the floor as well
        CHECK(pixel(with(scene::kReal), 160, 200) == Rgba{0, 0, 0, 0});
        const Rgba ghost = machine(with(scene::kReal | scene::kGhost));
        CHECK(ghost.a > 10);
        CHECK(ghost.a < 130);
        CHECK(machine(with(scene::kGhost)) == ghost);
        const Rgba lit = machine(with(scene::kReal | scene::kHighlight));
        CHECK(lit == machine(with(scene::kReal | scene::kHighlight | scene::kGhost)));
        CHECK(lit != ghost);
        CHECK(with(scene::kReal | scene::kGhost | scene::kHidden).rgba == with(scene::kReal).rgba);
        CHECK(studio->device().validation_messages() == 0);
    }
}
