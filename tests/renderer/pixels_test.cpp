// SPDX-License-Identifier: Apache-2.0
// Facts about single pixels: where things are and what colour they have.
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;

// One object in front of a camera that looks along −z from z = 3, on black.
struct Shot {
    scene::Scene scene;
    renderer::View view = look({0, 0, 3}, {0, 0, 0}, kFov, kAspect);
    renderer::DrawList list;
    Shot() {
        list.views = {&view, 1};
        list.background = {0.f, 0.f, 0.f, 1.f};
        list.environment_intensity = 0.f;
    }
    Shot(const Shot&) = delete;
    Shot& operator=(const Shot&) = delete;
    void place(ModelBuilder& builder, const char* name = "model", const Affine& at = {}) {
        scene.place(builder.take(), at, name);
    }
};

} // namespace

TEST_SUITE("renderer/pixels [gpu]") {
    TEST_CASE("an unlit red cube is where the projection says and exactly its colour") {
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        ModelBuilder builder;
        builder.object("cube", box_geometry(), unlit({1.f, 0.f, 0.f, 1.f}));
        shot.place(builder);
        const scene::Pixels picture = studio->picture(shot.scene, shot.list);
        // The front face stands 2.5 m away: its half side of 0.5 m spans 0.5 / (2.5 tan 30°) of half the height.
        const auto half = static_cast<std::uint32_t>(0.5 / (2.5 * 0.57735) * 120.0); // 41.57
        CHECK(pixel(picture, 160, 120) == Rgba{255, 0, 0, 255});
        CHECK(pixel(picture, 160 - half, 120) == Rgba{255, 0, 0, 255});
        CHECK(pixel(picture, 160 + half, 120 - half) == Rgba{255, 0, 0, 255});
        CHECK(pixel(picture, 160 - half - 2, 120) == Rgba{0, 0, 0, 255});
        CHECK(pixel(picture, 160, 120 + half + 2) == Rgba{0, 0, 0, 255});
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a linear half is the byte 188 in every format of a target") {
        for (const VkFormat format :
             {VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_B8G8R8A8_SRGB, VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_B8G8R8A8_UNORM}) {
            auto studio = Studio::make({.format = format});
            if (!studio) return;
            Shot shot;
            shot.list.background = {0.f, 0.5f, 0.f, 1.f};
            ModelBuilder builder;
            builder.object("cube", box_geometry(), unlit({0.5f, 0.2140411f, 1.f, 1.f}));
            shot.place(builder);
            const scene::Pixels picture = studio->picture(shot.scene, shot.list);
            const Rgba cube = pixel(picture, 160, 120);
            CHECK(std::abs(cube.r - 188) <= 1);
            CHECK(std::abs(cube.g - 127) <= 1);
            CHECK(cube.b == 255);
            CHECK(std::abs(pixel(picture, 5, 5).g - 188) <= 1);
            CHECK(studio->device().validation_messages() == 0);
        }
    }

    TEST_CASE("a background of no alpha stays empty around what is opaque") {
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        shot.list.background = Vec4(0.f);
        ModelBuilder builder;
        builder.object("cube", box_geometry(), unlit({1.f, 0.5f, 0.f, 1.f}));
        scene::Material glass = unlit({1.f, 0.5f, 0.f, 0.5f});
        glass.alpha_mode = scene::AlphaMode::Blend;
        builder.object("pane", quad_geometry(), glass, at(1.2, 0, 0));
        shot.place(builder);
        const scene::Pixels picture = studio->picture(shot.scene, shot.list);
        CHECK(pixel(picture, 5, 5) == Rgba{0, 0, 0, 0});
        CHECK(pixel(picture, 160, 120).a == 255);
        const Rgba pane = pixel(picture, 160 + 83, 120);
        CHECK(std::abs(pane.a - 128) <= 1);
        CHECK(std::abs(pane.r - 255) <= 1); // straight alpha in the file
        CHECK(std::abs(pane.g - 188) <= 2);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("moving one node changes pixels only where it was and where it is") {
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        ModelBuilder builder;
        const auto mesh =
            builder.mesh(builder.geometry(box_geometry(Vec3(0.2f))), builder.material(unlit({0.2f, 0.8f, 0.3f, 1.f})));
        for (int i = 0; i < 3; ++i) builder.node("box" + std::to_string(i), at(i - 1.0, 0, 0), mesh);
        shot.place(builder);
        const scene::Pixels before = studio->picture(shot.scene, shot.list);
        shot.scene.set_local(scene::NodeId{2}, at(1.0, 0.6, 0));
        const scene::Pixels after = studio->picture(shot.scene, shot.list);
        std::size_t changed = 0, outside = 0;
        for (std::uint32_t y = 0; y < before.height; ++y) {
            for (std::uint32_t x = 0; x < before.width; ++x) {
                if (pixel(before, x, y) == pixel(after, x, y)) continue;
                ++changed;
                // The box's screen bounds: x from 0.8 to 1.2 m, y from −0.2 to 0.8 m, at 2.8 to 3.2 m.
                const bool inside = x >= 160 + 51 && x <= 160 + 90 && y >= 120 - 60 && y <= 120 + 16;
                outside += inside ? 0 : 1;
            }
        }
        CHECK(changed > 500);
        CHECK(outside == 0);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("styles show: hidden, tint, ghost, highlight, stale") {
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        ModelBuilder builder;
        builder.object("cube", box_geometry(), unlit({0.8f, 0.1f, 0.1f, 1.f}));
        shot.place(builder);
        const auto with = [&](const scene::Style& style) {
            shot.scene.set_style(scene::NodeId{0}, style);
            return studio->picture(shot.scene, shot.list);
        };
        const Rgba plain = pixel(with({}), 160, 120);
        CHECK(pixel(with({.flags = scene::kHidden}), 160, 120) == Rgba{0, 0, 0, 255});
        CHECK(pixel(with({.flags = scene::kBoundHidden}), 160, 120) == Rgba{0, 0, 0, 255});
        shot.scene.set_visible(scene::NodeId{0}, false); // KHR_node_visibility
        CHECK(pixel(with({}), 160, 120) == Rgba{0, 0, 0, 255});
        CHECK(pixel(with({.flags = scene::kShown}), 160, 120) == plain);
        shot.scene.set_visible(scene::NodeId{0}, true);
        CHECK(pixel(with({.tint_srgba = 0xff00ff00u}), 160, 120) == Rgba{0, 255, 0, 255});
        const Rgba ghost = pixel(with({.flags = scene::kGhost}), 160, 120);
        CHECK(ghost.r > 10);
        CHECK(ghost.r < plain.r / 2);
        const Rgba highlight = pixel(with({.flags = scene::kHighlight}), 160, 120);
        CHECK(highlight.g > plain.g + 10);
        const scene::Pixels stale = with({.flags = scene::kStale});
        int low = 255, high = 0;
        for (std::uint32_t x = 130; x < 190; ++x) {
            low = std::min(low, pixel(stale, x, 120).r);
            high = std::max(high, pixel(stale, x, 120).r);
            CHECK(pixel(stale, x, 120).r < plain.r);
        }
        CHECK(high - low > 20); // stripes
        CHECK(pixel(with({}), 160, 120) == plain);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("faces turned away are not drawn, even when a node is turned inside out") {
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        ModelBuilder builder;
        builder.object("quad", quad_geometry(), unlit(Vec4(1.f)));
        scene::Material both = unlit(Vec4(1.f));
        both.double_sided = true;
        builder.object("both", quad_geometry(Vec2(0.3f)), both, at(0.9, 0, 0));
        shot.place(builder);
        const auto with_scale = [&](const Vec3& scale) {
            for (const std::uint32_t n : {0u, 1u}) {
                Transform local = shot.scene.local(scene::NodeId{n});
                local.scale = scale;
                shot.scene.set_local(scene::NodeId{n}, local);
            }
            return studio->picture(shot.scene, shot.list);
        };
        CHECK(pixel(with_scale({1, 1, 1}), 160, 120).r == 255);
        CHECK(pixel(with_scale({-1, 1, 1}), 160, 120).r == 255); // mirrored, still facing
        const scene::Pixels away = with_scale({1, 1, -1});       // the mirror image of its front is its back
        CHECK(pixel(away, 160, 120).r == 0);
        CHECK(pixel(away, 160 + 62, 120).r == 255);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("every one of 9,000 boxes in 700 groups is drawn, and none that is hidden") {
        auto studio = Studio::make({.width = 600, .height = 600});
        if (!studio) return;
        Shot shot;
        shot.view = look({0, 0, 100}, {0, 0, 0}, 1.f, 1.f);
        ModelBuilder builder;
        std::vector<std::uint32_t> meshes;
        for (int g = 0; g < 700; ++g) {
            meshes.push_back(builder.mesh(builder.geometry(quad_geometry(Vec2(0.4f))),
                                          builder.material(unlit({1.f, static_cast<float>(g % 2), 0.f, 1.f}))));
        }
        constexpr int kSide = 95;
        for (int i = 0; i < kSide * kSide; ++i) {
            builder.node("n", at(i % kSide - 47.0, i / kSide - 47.0, 0), meshes[static_cast<std::size_t>(i) * 7 % 700]);
        }
        shot.place(builder);
        for (std::uint32_t i = 0; i < kSide * kSide; i += 5) {
            shot.scene.set_style(scene::NodeId{i}, {.flags = scene::kHidden});
        }
        const scene::Pixels picture = studio->picture(shot.scene, shot.list);
        const double scale = 300.0 / (100.0 * std::tan(0.5));
        std::size_t wrong = 0;
        for (int i = 0; i < kSide * kSide; ++i) {
            const auto x = static_cast<std::uint32_t>(300.0 + (i % kSide - 47.0) * scale);
            const auto y = static_cast<std::uint32_t>(300.0 - (i / kSide - 47.0) * scale);
            const int green = i * 7 % 700 % 2 == 1 ? 255 : 0;
            const Rgba expected = i % 5 == 0 ? Rgba{0, 0, 0, 255} : Rgba{255, green, 0, 255};
            wrong += pixel(picture, x, y) == expected ? 0u : 1u;
        }
        CHECK(wrong == 0);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a mask cuts, and what is blended is drawn far to near") {
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        ModelBuilder builder;
        scene::Material cut = unlit({1.f, 1.f, 1.f, 0.4f});
        cut.alpha_mode = scene::AlphaMode::Mask;
        builder.object("cut away", quad_geometry(Vec2(2.f)), cut, at(0, 0, 1));
        scene::Material red = unlit({1.f, 0.f, 0.f, 0.5f}), green = unlit({0.f, 1.f, 0.f, 0.5f});
        red.alpha_mode = green.alpha_mode = scene::AlphaMode::Blend;
        builder.object("near", quad_geometry(), red, at(0, 0, 0.5));
        builder.object("far", quad_geometry(), green, at(0, 0, -0.5));
        shot.place(builder);
        const Rgba mixed = pixel(studio->picture(shot.scene, shot.list), 160, 120);
        CHECK(std::abs(mixed.r - 188) <= 2); // 0.5
        CHECK(std::abs(mixed.g - 137) <= 2); // 0.25
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a texture arrives, and with its transform") {
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        ModelBuilder builder;
        scene::Pixels checker{2, 2, {255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255, 255, 255, 255}};
        scene::Image image;
        image.encoded = *scene::encode_png(checker);
        builder.model().images.push_back(image);
        scene::Sampler nearest;
        nearest.mag = nearest.min = scene::Filter::Nearest;
        builder.model().textures.push_back({0, nearest});
        scene::Material m = unlit(Vec4(1.f));
        m.base_color_texture.texture = 0;
        builder.object("quad", quad_geometry(), m, at(-0.6, 0, 0));
        m.base_color_texture.offset = {0.5f, 0.f};
        builder.object("shifted", quad_geometry(), m, at(0.6, 0, 0));
        shot.place(builder);
        const scene::Pixels picture = studio->picture(shot.scene, shot.list);
        const auto x = [](double metres) { return static_cast<std::uint32_t>(160.0 + metres / 3.0 / 0.57735 * 120.0); };
        CHECK(pixel(picture, x(-0.85), 110) == Rgba{255, 0, 0, 255});
        CHECK(pixel(picture, x(-0.35), 110) == Rgba{0, 255, 0, 255});
        CHECK(pixel(picture, x(-0.85), 130) == Rgba{0, 0, 255, 255});
        CHECK(pixel(picture, x(0.35), 110) == Rgba{0, 255, 0, 255});
        CHECK(studio->renderer().settled());
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("the sun throws a shadow on what lies behind") {
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        shot.view = look({0, 4, 4}, {0, 0, 0}, kFov, kAspect);
        ModelBuilder builder;
        builder.object("floor", box_geometry({5.f, 0.1f, 5.f}), plain(Vec4(0.8f, 0.8f, 0.8f, 1.f)), at(0, -0.1, 0));
        builder.object("cube", box_geometry(Vec3(0.3f)), plain(Vec4(0.8f)), at(0, 1.0, 0));
        shot.place(builder);
        shot.list.sun.to_sun = {1.f, 1.f, 0.f};
        shot.list.sun.illuminance = Vec3(12'000.f);
        const auto at_floor = [&](double px, double pz) { // of a floor point
            const double c = std::sqrt(0.5);
            const double dx = px, dy = -4.0, dz = pz - 4.0;
            const double depth = -(dy * c + dz * c), up = dy * c - dz * c;
            return std::pair(static_cast<std::uint32_t>(160.0 + dx / depth / 0.57735 * 120.0),
                             static_cast<std::uint32_t>(120.0 - up / depth / 0.57735 * 120.0));
        };
        const auto [sx, sy] = at_floor(-1.0, 0.0); // the sun stands in +x at 45°
        const auto [lx, ly] = at_floor(1.0, 0.0);
        scene::Pixels picture = studio->picture(shot.scene, shot.list);
        CHECK(pixel(picture, sx, sy).g < 20);
        CHECK(pixel(picture, lx, ly).g > 100);
        shot.list.sun.shadows = false;
        picture = studio->picture(shot.scene, shot.list);
        CHECK(pixel(picture, sx, sy).g > 100);
        // A moved caster moves its shadow.
        shot.list.sun.shadows = true;
        shot.scene.set_local(scene::NodeId{1}, at(2.0, 1.0, 0));
        picture = studio->picture(shot.scene, shot.list);
        CHECK(pixel(picture, sx, sy).g > 100);
        CHECK(pixel(picture, lx, ly).g < 20);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a grey plane in a sun of 20,000 lux, or under a lamp as bright, is grey and not white") {
        auto studio = Studio::make();
        if (!studio) return;
        for (const bool lamp : {false, true}) {
            CAPTURE(lamp);
            Shot shot;
            ModelBuilder builder;
            builder.object("plane", quad_geometry(), plain({0.18f, 0.18f, 0.18f, 1.f}, 0.f, 1.f));
            if (lamp) {
                builder.model().nodes[builder.node("lamp", at(0, 0, 10))].light = 0;
                scene::Light light;
                light.intensity = 20'000.f * 10.f * 10.f; // candela, at 10 m
                builder.model().lights.push_back(light);
            } else {
                shot.list.sun = {.to_sun = {0.f, 0.f, 1.f}, .illuminance = Vec3(20'000.f), .shadows = false};
            }
            shot.place(builder);
            const Rgba grey = pixel(studio->picture(shot.scene, shot.list), 160, 120);
            CHECK(grey.r > 120);
            CHECK(grey.r < 150);
            CHECK(grey.r == grey.b);
            studio->rebuild();
        }
    }
}
