// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/patches.h"

#include "tests/renderer/overlay_builder.h"
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

using namespace pw;
using namespace pw::renderer;

namespace {

constexpr std::uint32_t kRed = 0xff'0000'ffu, kGreen = 0xff'00ff'00u, kWhite = 0xffff'ffffu;

struct PatchList {
    std::vector<PatchVertex> vertices;
    std::vector<std::uint32_t> indices;
    // Corners in order around it.
    PatchList& quad(const std::array<DVec3, 4>& at, const std::array<std::uint32_t, 4>& colors) {
        const auto first = static_cast<std::uint32_t>(vertices.size());
        for (std::size_t i = 0; i < 4; ++i) vertices.push_back({at[i], colors[i]});
        for (const std::uint32_t i : {0u, 1u, 2u, 0u, 2u, 3u}) indices.push_back(first + i);
        return *this;
    }
    PatchList& quad(const std::array<DVec3, 4>& at, std::uint32_t color) {
        return quad(at, {color, color, color, color});
    }
    Patches patches() const { return {vertices, indices}; }
};

// Upright, one metre wide and high around `middle`.
std::array<DVec3, 4> upright(const DVec3& middle) {
    return {middle + DVec3(-0.5, -0.5, 0), middle + DVec3(0.5, -0.5, 0), middle + DVec3(0.5, 0.5, 0),
            middle + DVec3(-0.5, 0.5, 0)};
}

// On the floor, in squares of a metre: from −half to half, at a height.
PatchList field(int half, double height, auto color) {
    PatchList out;
    for (int z = -half; z <= half; ++z) {
        for (int x = -half; x <= half; ++x) out.vertices.push_back({{x, height, z}, color(x, z)});
    }
    const auto side = static_cast<std::uint32_t>(2 * half + 1);
    for (std::uint32_t z = 0; z + 1 < side; ++z) {
        for (std::uint32_t x = 0; x + 1 < side; ++x) {
            const std::uint32_t a = z * side + x, b = a + side;
            for (const std::uint32_t i : {a, b, a + 1, a + 1, b, b + 1}) out.indices.push_back(i);
        }
    }
    return out;
}

struct PatchesRig {
    std::unique_ptr<test::PassRig> rig;
    PatchPass pass;
    Vec4 background{0.f, 0.f, 0.f, 1.f};
    explicit PatchesRig(const test::RigOptions& options) : rig(test::PassRig::make(options)) {
        if (rig) pass = PatchPass::make(rig->gpu(), rig->layouts(), rig->formats());
    }
    scene::Pixels draw(std::span<const View> views, const PatchList& patches) {
        DrawList list;
        list.views = views;
        list.background = background;
        list.exposure = 3.f; // of no concern to patches
        list.patches = patches.patches();
        return rig->draw(list, {}, [&](FrameContext& c) { pass.record(c); });
    }
};

const std::array kAhead{test::look({0, 0, 1}, {0, 0, 0}, 1.f, 1.f)};

} // namespace

TEST_SUITE("renderer/patches [gpu] [golden]") {
    TEST_CASE("at alpha 1 a patch has its colour to the byte, from both sides, in every format of a target") {
        for (const VkFormat format : {VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_R8G8B8A8_UNORM}) {
            PatchesRig r({.width = 60, .height = 60, .format = format});
            if (!r.rig) return;
            for (const std::uint32_t color : {0xff'ffff'ffu, 0xff'0000'00u, 0xff'0102'03u, 0xff'1b9e'77u, 0xff'd95f'02u,
                                              0xff'7f80'81u, 0xff'fefd'fcu, 0xff'2a3b'4cu}) {
                CAPTURE(color);
                const std::array expected{int(color & 0xff), int(color >> 8 & 0xff), int(color >> 16 & 0xff), 255};
                std::array<DVec3, 4> corners = upright({0, 0, 0});
                CHECK(test::at(r.draw(kAhead, PatchList().quad(corners, color)), 30, 30) == expected);
                std::swap(corners[1], corners[3]);
                CHECK(test::at(r.draw(kAhead, PatchList().quad(corners, color)), 30, 30) == expected);
            }
            CHECK(r.rig->validation_messages() == 0);
        }
    }

    TEST_CASE("alpha blends over what is behind, and later triangles lie over earlier ones") {
        PatchesRig r({.width = 60, .height = 60});
        if (!r.rig) return;
        r.background = {0.f, 0.f, 1.f, 1.f};
        PatchList patches;
        patches.quad(upright({0, 0, 0.2}), 0x80'0000'ffu);
        const auto over_blue = test::at(r.draw(kAhead, patches), 30, 30);
        CHECK(std::abs(over_blue[0] - 188) <= 1);
        CHECK(std::abs(over_blue[2] - 188) <= 1);
        patches.quad(upright({0, 0, -0.2}), kGreen); // farther, but later
        CHECK(test::at(r.draw(kAhead, patches), 30, 30) == std::array{0, 255, 0, 255});
        patches.indices.clear();
        CHECK(test::at(r.draw(kAhead, patches), 30, 30) == std::array{0, 0, 255, 255});
        CHECK(r.rig->validation_messages() == 0);
    }

    TEST_CASE("between vertices light is mixed, and a colour that fades to nothing does not darken on its way") {
        PatchesRig r({.width = 101, .height = 101});
        if (!r.rig) return;
        const auto black_to_white = test::at(
            r.draw(kAhead, PatchList().quad(upright({0, 0, 0}), {0xff00'0000u, kWhite, kWhite, 0xff00'0000u})), 50, 50);
        CHECK(std::abs(black_to_white[1] - 188) <= 1); // a linear half
        r.background = {1.f, 1.f, 1.f, 1.f};
        const auto half_gone =
            test::at(r.draw(kAhead, PatchList().quad(upright({0, 0, 0}), {kRed, 0u, 0u, kRed})), 50, 50);
        CHECK(half_gone[0] == 255); // half of the red, and half of the white behind
        CHECK(std::abs(half_gone[1] - 188) <= 1);
    }

    TEST_CASE("each eye sees patches from its own place") {
        PatchesRig r({.views = 2, .width = 160, .height = 120});
        if (!r.rig) return;
        const std::array views{test::look({-0.03, 0, 1}, {-0.03, 0, 0}, 1.2f, 4.f / 3.f),
                               test::look({0.03, 0, 1}, {0.03, 0, 0}, 1.2f, 4.f / 3.f)};
        const scene::Pixels picture = r.draw(views, PatchList().quad(upright({0, 0, 0}), kGreen));
        const auto middle = [&](std::uint32_t y) {
            double sum = 0, n = 0;
            for (std::uint32_t x = 0; x < 160; ++x) {
                if (test::at(picture, x, y)[1] == 255) sum += x, n += 1;
            }
            CHECK(n == doctest::Approx(1.0 / (2.0 * std::tan(0.6)) * 120).epsilon(0.02));
            return sum / n;
        };
        CHECK(middle(60) - middle(180) == doctest::Approx(0.06 / (2.0 * std::tan(0.6)) * 120).epsilon(0.15));
        CHECK(r.rig->validation_messages() == 0);
    }

    TEST_CASE("patches far from the world's origin stand as still as those near it") {
        PatchesRig r({.width = 120, .height = 120});
        if (!r.rig) return;
        scene::Pixels pictures[2];
        for (int i = 0; i < 2; ++i) {
            const DVec3 away(i * 4.0e6, 0.0, i * -3.0e6);
            const std::array views{test::look(away + DVec3(0.4, 0.3, 1), away, 1.f, 1.f)};
            std::array<DVec3, 4> corners{DVec3(-0.3, 0, 0.1), {0.3, 0.1, 0}, {0.2, 0.3, 0}, {-0.2, 0.2, -0.1}};
            for (DVec3& corner : corners) corner += away;
            pictures[i] = r.draw(views, PatchList().quad(corners, {kRed, kGreen, kWhite, kRed}));
        }
        CHECK(test::largest_difference(pictures[0], pictures[1]) <= 2);
    }

    TEST_CASE("a field 5 mm above a floor, or flush with it, never fights with it, up to 60 m") {
        auto studio = test::Studio::make({.width = 640, .height = 360, .views = 2});
        if (!studio) return;
        test::ModelBuilder builder;
        builder.object("floor", test::box_geometry({400.f, 0.1f, 400.f}), test::unlit({1.f, 1.f, 1.f, 1.f}),
                       test::at(0, -0.1, 0)); // from behind the eye to the horizon
        scene::Scene scene;
        scene.place(builder.take(), {}, "floor");
        struct Eye {
            DVec3 at, towards;
            double height = 0.0; // of the field
        };
        for (const Eye& eye :
             {Eye{{0, 1.7, 0}, {17, 0, -54}}, Eye{{0, 1.7, 0}, {17, 0, -54}, 0.005}, Eye{{3, 6, 2}, {-40, 0, 20}},
              Eye{{0, 60, 0}, {1, 0, 1}}, Eye{{0, 60, 0}, {1, 0, 1}, 0.005}, Eye{{-30, 12, 30}, {10, 0, -10}}}) {
            const PatchList green = field(60, eye.height, [](int, int) { return kGreen; });
            const std::array views{test::look(eye.at, eye.towards, 0.6f, 16.f / 9.f),
                                   test::look(eye.at + DVec3(0.064, 0, 0), eye.towards, 0.6f, 16.f / 9.f)};
            DrawList list;
            list.views = views;
            list.patches = green.patches();
            const scene::Pixels picture = studio->picture(scene, list);
            int seen = 0, lost = 0;
            for (std::uint32_t y = 0; y < picture.height; ++y) {
                const View& view = views[y / 360];
                for (std::uint32_t x = 0; x < picture.width; ++x) {
                    const float right = ((static_cast<float>(x) + 0.5f) / 640.f * 2.f - 1.f) * view.tan_right;
                    const float up = (1.f - (static_cast<float>(y % 360) + 0.5f) / 360.f * 2.f) * view.tan_up;
                    const DVec3 ray(view.world_from_eye.orientation * Vec3(right, up, -1.f));
                    if (ray.y >= -1e-3) continue;
                    const DVec3 hit =
                        view.world_from_eye.position + ray * ((eye.height - view.world_from_eye.position.y) / ray.y);
                    if (std::abs(hit.x) > 59.9 || std::abs(hit.z) > 59.9) continue;
                    ++seen;
                    lost += test::pixel(picture, x, y) != test::Rgba{0, 255, 0, 255};
                }
            }
            CAPTURE(eye.at.y);
            CAPTURE(eye.height);
            CHECK(seen > 100'000);
            CHECK(lost == 0);
        }
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("walls and panels hide a patch behind them, and it hides nothing") {
        auto studio = test::Studio::make({.width = 200, .height = 200});
        if (!studio) return;
        test::ModelBuilder builder;
        builder.object("wall", test::quad_geometry(Vec2(0.25f, 2.f)), test::unlit({0.f, 0.f, 1.f, 1.f}),
                       test::at(-0.25, 0, 0));
        scene::Material glass = test::unlit({1.f, 1.f, 1.f, 0.5f});
        glass.alpha_mode = scene::AlphaMode::Blend;
        builder.object("glass", test::quad_geometry(Vec2(0.1f, 2.f)), glass, test::at(0.1, 0, 0));
        scene::Scene scene;
        scene.place(builder.take(), {}, "wall");
        test::OverlayBuilder card;
        card.rect({0, 0}, {64, 64}, kWhite);
        const std::array panels{Panel{{{0.35, 0, 0}}, {0.2f, 4.f}, 64, 64, card.overlay()}};
        const std::array lines{Line{{-1, 0.1, -0.3}, {1, 0.1, -0.3}, 0xff'ff00'ffu, 0.05f}};
        const std::array views{test::look({0, 0, 1}, {0, 0, 0}, 2.f * std::atan(0.5f), 1.f)};
        DrawList list;
        list.views = views;
        list.lines = lines;
        list.panels = panels;
        const auto across = [](double x, double y, double z) { // where it shows: a pixel is 5 mm at the wall
            return std::pair(static_cast<std::uint32_t>(100 + x / (1 - z) * 200),
                             static_cast<std::uint32_t>(100 - y / (1 - z) * 200));
        };
        const auto seen = [&](const scene::Pixels& p, double x, double y) {
            const auto [px, py] = across(x, y, 0);
            return test::pixel(p, px, py);
        };
        PatchList behind, before;
        behind.quad(upright({0, 0, -0.2}), kGreen);
        list.patches = behind.patches();
        scene::Pixels picture = studio->picture(scene, list);
        CHECK(seen(picture, -0.2, -0.2) == test::Rgba{0, 0, 255, 255});     // wall
        CHECK(seen(picture, 0.1, -0.2) == test::Rgba{0, 255, 0, 255});      // what is see-through does not hide it
        CHECK(seen(picture, 0.35, -0.2) == test::Rgba{255, 255, 255, 255}); // panel
        const auto [line_x, line_y] = across(0.1, 0.1, -0.3);
        CHECK(test::pixel(picture, line_x, line_y) == test::Rgba{255, 0, 255, 255}); // a line behind it, drawn later

        before.quad(upright({0, 0, 0.2}), kGreen);
        list.patches = before.patches();
        picture = studio->picture(scene, list);
        for (const double x : {-0.2, 0.1, 0.35}) CHECK(seen(picture, x, -0.2) == test::Rgba{0, 255, 0, 255});
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a field, a way and bars look like ones") {
        auto studio = test::Studio::make({.width = 400, .height = 240, .samples = 4});
        if (!studio) return;
        test::ModelBuilder builder;
        builder.object("floor", test::box_geometry({8.f, 0.1f, 8.f}), test::plain({0.5f, 0.5f, 0.48f, 1.f}, 0.f, 0.8f),
                       test::at(0, -0.1, 0));
        builder.object("machine", test::box_geometry({0.6f, 0.7f, 0.4f}), test::plain({0.7f, 0.72f, 0.75f, 1.f}),
                       test::at(-1, 0.7, -1));
        scene::Scene scene;
        scene.place(builder.take(), {}, "hall");
        PatchList patches = field(4, 0.005, [](int x, int z) { // warm around the machine, nothing far from it
            const double heat = std::exp(-((x + 1.0) * (x + 1.0) + (z + 1.0) * (z + 1.0)) / 5.0);
            return static_cast<std::uint32_t>(heat * 200) << 24 | 0x00'20'40'f0u;
        });
        for (int i = 0; i < 5; ++i) { // arrow heads
            const double x = -2.5 + i, z = 2.2;
            patches.quad({DVec3(x, 0.01, z - 0.25), {x + 0.5, 0.01, z}, {x, 0.01, z + 0.25}, {x + 0.2, 0.01, z}},
                         0xff'ff'd0'00u);
        }
        for (int i = 0; i < 3; ++i) {
            const double x = 1.2 + 0.5 * i, top = 0.5 + 0.4 * i;
            patches.quad({DVec3(x, 0, -0.5), {x + 0.3, 0, -0.5}, {x + 0.3, top, -0.5}, {x, top, -0.5}}, 0xe0'40'c0'30u);
        }
        const std::array views{test::look({0.6, 2.6, 5.2}, {0, 0.2, -0.2}, 0.9f, 400.f / 240.f)};
        DrawList list;
        list.views = views;
        list.sun = {.to_sun = {0.4f, 0.8f, 0.5f}, .illuminance = Vec3(5'000.f)};
        list.environment_intensity = 0.5f;
        list.patches = patches.patches();
        const scene::Pixels picture = studio->picture(scene, list);
        test::keep_picture(picture, "patches");
        CHECK(test::matches_golden(picture, "patches"));
        CHECK(studio->device().validation_messages() == 0);
    }
}
