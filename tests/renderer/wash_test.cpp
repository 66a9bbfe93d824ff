// SPDX-License-Identifier: Apache-2.0
// What scene::Style::wash_srgba looks like, and what it leaves alone.
#include "base/srgb.h"
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

using namespace pw;
using namespace pw::test;
using scene::NodeId;

namespace {

constexpr float kAspect = 320.f / 240.f;
constexpr std::uint32_t kGreenWash = 0xff00'ff00u, kHalfGreenWash = 0x8000'ff00u;
constexpr std::uint32_t kOrangeWash = 0xff1e'82f0u;

struct Shot {
    scene::Scene scene;
    std::array<renderer::View, 2> views{look({-0.03, 0, 3}, {-0.03, 0, 0}, kFov, kAspect),
                                        look({0.03, 0, 3}, {0.03, 0, 0}, kFov, kAspect)};
    renderer::DrawList list;
    explicit Shot(std::size_t eyes = 1) {
        list.views = std::span(views).first(eyes);
        list.background = {0.f, 0.f, 0.f, 1.f};
        list.sun = {.to_sun = {0.3f, 0.6f, 0.7f}, .illuminance = Vec3(6'000.f), .shadows = false};
        list.environment_intensity = 0.5f;
    }
    Shot(const Shot&) = delete;
    Shot& operator=(const Shot&) = delete;
};

int byte_of(double linear) {
    return static_cast<int>(std::lround(255.f * srgb_from_linear(static_cast<float>(linear))));
}

bool near(const Rgba& is, double r, double g, double b) {
    return std::abs(is.r - byte_of(r)) <= 1 && std::abs(is.g - byte_of(g)) <= 1 && std::abs(is.b - byte_of(b)) <= 1;
}

} // namespace

TEST_SUITE("renderer/wash [gpu] [golden]") {
    TEST_CASE("a washed surface has its luminance in the wash's colour, by the wash's alpha") {
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        ModelBuilder builder;
        builder.object("cube", box_geometry(), unlit({0.8f, 0.1f, 0.1f, 1.f}));
        shot.scene.place(builder.take(), {}, "cube");
        const auto with = [&](const scene::Style& style) {
            shot.scene.set_style(NodeId{0}, style);
            return pixel(studio->picture(shot.scene, shot.list), 160, 120);
        };
        const double luminance = 0.2126 * 0.8 + 0.7152 * 0.1 + 0.0722 * 0.1;
        CHECK(near(with({}), 0.8, 0.1, 0.1));
        CHECK(near(with({.wash_srgba = kGreenWash}), 0.0, luminance, 0.0));
        const double half = 128.0 / 255.0;
        CHECK(near(with({.wash_srgba = kHalfGreenWash}), 0.8 * (1 - half), 0.1 * (1 - half) + luminance * half,
                   0.1 * (1 - half)));
        CHECK(near(with({.wash_srgba = 0x0000'ff00u}), 0.8, 0.1, 0.1)); // no alpha: none
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("shading stays as it is: washed grey looks like paint of that colour") {
        auto studio = Studio::make();
        if (!studio) return;
        const auto ball = [&](const Vec4& color, std::uint32_t wash) {
            Shot shot;
            ModelBuilder builder;
            builder.object("ball", sphere_geometry(0.9f), plain(color, 0.f, 0.4f));
            shot.scene.place(builder.take(), {}, "ball");
            shot.scene.set_style(NodeId{0}, {.wash_srgba = wash});
            scene::Pixels picture = studio->picture(shot.scene, shot.list);
            studio->rebuild();
            return picture;
        };
        const Vec4 paint(0.5f * linear_from_srgb(0xf0 / 255.f), 0.5f * linear_from_srgb(0x82 / 255.f),
                         0.5f * linear_from_srgb(0x1e / 255.f), 1.f);
        CHECK(largest_difference(ball(Vec4(0.5f, 0.5f, 0.5f, 1.f), kOrangeWash), ball(paint, 0)) <= 1);
    }

    TEST_CASE("what lies below a washed node is washed, unless it has a wash of its own, in both eyes") {
        auto studio = Studio::make({.views = 2});
        if (!studio) return;
        Shot shot(2);
        ModelBuilder builder;
        const auto cube = builder.mesh(builder.geometry(box_geometry(Vec3(0.3f))), builder.material(unlit(Vec4(1.f))));
        const auto machine = builder.node("machine", {}, cube);
        builder.node("part", at(-1, 0, 0), cube, machine);
        builder.node("other", at(1, 0, 0), cube, machine);
        shot.scene.place(builder.take(), {}, "machine");
        shot.scene.set_style(NodeId{0}, {.wash_srgba = kGreenWash});
        shot.scene.set_style(NodeId{2}, {.wash_srgba = 0xff00'00ffu});
        const scene::Pixels picture = studio->picture(shot.scene, shot.list);
        for (const std::uint32_t y : {120u, 360u}) {
            CHECK(pixel(picture, 160, y) == Rgba{0, 255, 0, 255});
            CHECK(pixel(picture, 160 - 72, y) == Rgba{0, 255, 0, 255});
            CHECK(pixel(picture, 160 + 72, y) == Rgba{255, 0, 0, 255});
        }
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("of instances of one mesh each has its own wash") {
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        ModelBuilder builder;
        const auto node = builder.node(
            "bottle", {}, builder.mesh(builder.geometry(box_geometry(Vec3(0.3f))), builder.material(unlit(Vec4(1.f)))));
        builder.model().nodes[node].instances = {at(-1, 0, 0), at(1, 0, 0)};
        shot.scene.place(builder.take(), {}, "bottles");
        shot.scene.set_style(NodeId{1}, {.wash_srgba = kGreenWash});
        const scene::Pixels picture = studio->picture(shot.scene, shot.list);
        CHECK(pixel(picture, 160 - 70, 120) == Rgba{0, 255, 0, 255});
        CHECK(pixel(picture, 160 + 70, 120) == Rgba{255, 255, 255, 255});
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("stale wins over a wash, a tint lies over it, and highlight and ghost show as before") {
        auto studio = Studio::make();
        if (!studio) return;
        Shot shot;
        ModelBuilder builder;
        builder.object("ball", sphere_geometry(0.9f), plain({0.6f, 0.6f, 0.6f, 1.f}));
        shot.scene.place(builder.take(), {}, "ball");
        const auto with = [&](const scene::Style& style) {
            shot.scene.set_style(NodeId{0}, style);
            return studio->picture(shot.scene, shot.list);
        };
        const scene::Pixels washed = with({.wash_srgba = kGreenWash});
        CHECK(largest_difference(with({.flags = scene::kStale, .wash_srgba = kGreenWash}),
                                 with({.flags = scene::kStale})) == 0);
        CHECK(largest_difference(with({}), washed) > 100);
        CHECK(largest_difference(with({.tint_srgba = kOrangeWash, .wash_srgba = kGreenWash}),
                                 with({.tint_srgba = kOrangeWash})) == 0);
        const scene::Pixels highlight = with({.flags = scene::kHighlight, .wash_srgba = kGreenWash});
        CHECK(pixel(highlight, 160, 120).g > 100);                                       // still washed
        CHECK(pixel(highlight, 160 - 63, 120).b > pixel(washed, 160 - 63, 120).b + 100); // the rim
        const scene::Pixels ghost = with({.flags = scene::kGhost, .wash_srgba = kGreenWash});
        CHECK(pixel(ghost, 160, 120).g < pixel(washed, 160, 120).g / 2);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("washed machines keep their form, beside one that is not washed and one that is stale") {
        auto studio = Studio::make({.width = 480, .height = 160});
        if (!studio) return;
        Shot shot;
        const std::array<std::uint32_t, 5> washes{0, 0xff9e'4521u, 0xff32'c8f0u, 0xff26'38dcu, 0xff26'38dcu};
        for (std::size_t i = 0; i < washes.size(); ++i) {
            ModelBuilder builder;
            const auto root = builder.node("machine");
            const auto part = [&](const char* name, scene::Geometry g, scene::Material m, const Transform& local) {
                builder.node(name, local, builder.mesh(builder.geometry(std::move(g)), builder.material(std::move(m))),
                             root);
            };
            part("frame", box_geometry({0.4f, 0.3f, 0.3f}), plain({0.8f, 0.82f, 0.84f, 1.f}), at(0, 0.3, 0));
            part("foot", box_geometry({0.42f, 0.05f, 0.32f}), plain({0.05f, 0.05f, 0.06f, 1.f}), at(0, 0, 0));
            part("hood", sphere_geometry(0.3f), plain({0.9f, 0.91f, 0.92f, 1.f}, 1.f, 0.3f), at(0, 0.6, 0));
            part("panel", box_geometry({0.12f, 0.1f, 0.02f}), plain({0.02f, 0.1f, 0.5f, 1.f}), at(-0.2, 0.35, 0.3));
            const std::string name = "machine" + std::to_string(i);
            const auto placed = shot.scene.place(builder.take(), {.translation = {double(i) - 2.0, 0, 0}}, name);
            scene::Style style{.wash_srgba = washes[i]};
            if (i == 4) style.flags = scene::kStale;
            shot.scene.set_style(shot.scene.node_of(placed, 0), style);
        }
        shot.views[0] = look({0, 1.4, 4}, {0, 0.35, 0}, 0.45f, 3.f);
        const scene::Pixels picture = studio->picture(shot.scene, shot.list);
        keep_picture(picture, "wash");
        CHECK(matches_golden(picture, "wash"));
        CHECK(studio->device().validation_messages() == 0);
    }
}
