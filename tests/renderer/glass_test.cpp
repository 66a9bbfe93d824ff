// SPDX-License-Identifier: Apache-2.0
// What is seen through glass: where, how blurred, in which colours (KHR_materials_transmission, _volume, _dispersion).
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <span>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;
const OffscreenOptions kHigh{.tier = renderer::Tier::High};

// Clear, and without a reflection of its own.
scene::Material glass(float thickness_m, float roughness = 0.f, float dispersion = 0.f) {
    scene::Layers layers;
    layers.transmission = 1.f;
    layers.specular = 0.f;
    layers.thickness_m = thickness_m;
    layers.dispersion = dispersion;
    scene::Material m = plain(Vec4(1.f), 0.f, roughness);
    m.layers = layers;
    return m;
}

// The eye is at z = 3; a wall at `wall_z` is black left of x = 0 and white right of it; before it a pane at z = 0,
// turned about the vertical.
struct Shot {
    scene::Scene scene;
    std::array<renderer::View, 2> views{look({0, 0, 3}, {0, 0, 0}, kFov, kAspect),
                                        look({0.06, 0, 3}, {0.06, 0, 0}, kFov, kAspect)};
    renderer::DrawList list;

    Shot(std::optional<scene::Material> pane, double wall_z, double turn_rad = 0.0, std::uint32_t eyes = 1) {
        list.views = std::span(views).first(eyes);
        list.background = {0.f, 0.f, 0.f, 1.f};
        list.environment_intensity = 0.f;
        ModelBuilder builder;
        builder.object("dark", quad_geometry(Vec2(3.f)), unlit({0.f, 0.f, 0.f, 1.f}), at(-3, 0, wall_z));
        builder.object("light", quad_geometry(Vec2(3.f)), unlit(Vec4(1.f)), at(3, 0, wall_z));
        if (pane) {
            const Quat turn = glm::angleAxis(static_cast<float>(turn_rad), Vec3(0.f, 1.f, 0.f));
            builder.object("pane", quad_geometry(Vec2(1.f, 0.5f)), *pane, {.rotation = turn});
        }
        scene.place(builder.take(), {}, "wall");
    }
    Shot(const Shot&) = delete;
    Shot& operator=(const Shot&) = delete;
};

scene::Pixels picture(const Shot& of, const OffscreenOptions& options = kHigh) {
    auto studio = Studio::make(options);
    if (!studio) return {};
    auto& shot = const_cast<Shot&>(of);
    scene::Pixels out = studio->picture(shot.scene, shot.list);
    CHECK(studio->device().validation_messages() == 0);
    return out;
}

double linear(int byte) {
    const double c = byte / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

// Where along a row a channel passes `level` of the light, in pixels from the left, or −1.
double edge(const scene::Pixels& p, std::uint32_t row, int channel, double level = 0.5) {
    const auto light = [&](std::uint32_t x) { return linear(at(p, x, row)[static_cast<std::size_t>(channel)]); };
    for (std::uint32_t x = 60; x < 260; ++x) {
        const double here = light(x), next = light(x + 1);
        if (here < level && next >= level) return x + 0.5 + (level - here) / (next - here);
    }
    return -1.0;
}

const double kPixels = 120.0 / std::tan(static_cast<double>(kFov) / 2.0); // of a tangent of 1

} // namespace

TEST_SUITE("renderer/glass [gpu]") {
    TEST_CASE("a slab shifts what stands at its back as Snell says, at every turn and for both eyes") {
        constexpr double kThick = 0.5, kIor = 1.5;
        for (const double turn : {0.4, -0.4, 0.8}) {
            CAPTURE(turn);
            // The light that meets the eye along its axis left the slab's front at the origin, and so its back there:
            const double inside = std::asin(std::abs(std::sin(turn)) / kIor);
            const DVec3 normal(std::sin(turn), 0, std::cos(turn));
            const DVec3 way = DVec3(0, 0, -1) / kIor + normal * (std::cos(turn) / kIor - std::cos(inside));
            const DVec3 back = way * (kThick / std::cos(inside));
            // A wall whose edge is there is seen in the middle of the picture.
            Shot shot(glass(static_cast<float>(kThick)), back.z - 0.001, turn);
            shot.scene.set_local({0}, at(back.x - 3.0, 0, back.z - 0.001));
            shot.scene.set_local({1}, at(back.x + 3.0, 0, back.z - 0.001));
            const scene::Pixels seen = picture(shot);
            if (seen.rgba.empty()) return;
            keep_picture(seen, "slab");
            const double straight = 160.0 + kPixels * back.x / (3.0 - back.z);
            CHECK(std::abs(straight - 160.0) > 4.0); // so much is there to be seen
            CHECK(std::abs(edge(seen, 120, 1) - 160.0) < 1.0);
            CHECK(std::abs(edge(seen, 20, 1) - straight) < 1.0); // beside the slab
        }
        const Shot mono(glass(0.5f), -0.6, 0.6), stereo(glass(0.5f), -0.6, 0.6, 2);
        const scene::Pixels one = picture(mono), both = picture(stereo, {.views = 2, .tier = renderer::Tier::High});
        CHECK(std::abs(edge(one, 120, 1) - edge(both, 120, 1)) < 0.1);
        CHECK(edge(both, 240 + 120, 1) > 0.0);
        CHECK(std::abs(edge(both, 240 + 120, 1) - edge(both, 240 + 20, 1)) > 4.0); // bent for the right eye as well
    }

    TEST_CASE("a rough pane blurs an edge, the wider the further away it is, and a thin wall more than a volume") {
        // Of a step seen through a Gaussian: from 16 % to 84 % of the light are two standard deviations.
        const auto width = [&](const scene::Pixels& p) { return edge(p, 120, 1, 0.84) - edge(p, 120, 1, 0.16); };
        for (const float roughness : {0.1f, 0.2f, 0.3f}) {
            for (const double wall : {-0.5, -2.0}) {
                CAPTURE(roughness);
                CAPTURE(wall);
                double thin = 0.0, thick = 0.0; // means over where the edge lies among the mipmaps' texels
                constexpr int kPlaces = 3;
                for (int i = 0; i < kPlaces; ++i) {
                    for (const bool wall_is_thin : {true, false}) {
                        Shot shot(glass(wall_is_thin ? 0.f : 1e-4f, roughness), wall);
                        shot.scene.set_local({0}, at(-3.0 + 0.09 * i, 0, wall));
                        shot.scene.set_local({1}, at(3.0 + 0.09 * i, 0, wall));
                        const scene::Pixels seen = picture(shot);
                        if (seen.rgba.empty()) return;
                        if (wall_is_thin) keep_picture(seen, "rough pane");
                        (wall_is_thin ? thin : thick) += width(seen) / kPlaces;
                    }
                }
                const auto rough = static_cast<double>(roughness);
                const double slope = rough * rough / std::numbers::sqrt2, reach = -wall / (3.0 - wall);
                // The step of the picture's own pixels as well.
                const auto wanted = [](double sigma) { return 2.0 * std::sqrt(sigma * sigma + 0.1); };
                const double sigma = 2.0 * slope * reach * kPixels, less = sigma * 0.5 / std::numbers::sqrt2;
                if (sigma > 1.0) CHECK(std::abs(thin / wanted(sigma) - 1.0) < 0.1);
                if (less > 1.0) CHECK(std::abs(thick / wanted(less) - 1.0) < 0.1);
            }
        }
        const scene::Pixels clear = picture(Shot(glass(0.f), -2.0)), none = picture(Shot({}, -2.0));
        CHECK(largest_difference(clear, none) <= 1);
    }

    TEST_CASE("dispersion tears an edge apart: blue is bent more than green, and red less") {
        const scene::Pixels plain = picture(Shot(glass(0.4f), -0.6, 0.7));
        const scene::Pixels torn = picture(Shot(glass(0.4f, 0.f, 8.f), -0.6, 0.7));
        if (plain.rgba.empty()) return;
        keep_picture(torn, "dispersion");
        CHECK(edge(plain, 120, 0) == edge(plain, 120, 2));
        const double straight = edge(plain, 20, 1), green = edge(torn, 120, 1);
        const double red = edge(torn, 120, 0) - straight, blue = edge(torn, 120, 2) - straight;
        CHECK(std::abs(green - edge(plain, 120, 1)) < 0.1);
        CHECK(std::abs(blue) > std::abs(green - straight) + 0.5);
        CHECK(std::abs(red) < std::abs(green - straight) - 0.5);
    }

    TEST_CASE("nothing that stands before the glass is seen in it") {
        Shot shot(glass(0.5f), -0.8, 0.7);
        ModelBuilder builder;
        builder.object("post", box_geometry({0.1f, 1.f, 0.02f}), unlit({1.f, 0.f, 0.f, 1.f}), at(0.0, 0, 1.0));
        shot.scene.place(builder.take(), {}, "post");
        const scene::Pixels seen = picture(shot, {.tier = renderer::Tier::High, .samples = 1});
        if (seen.rgba.empty()) return;
        // The post is one piece, as wide beside the glass as before it.
        const auto reds = [&](std::uint32_t row) {
            int count = 0;
            for (std::uint32_t x = 0; x < 320; ++x) count += pixel(seen, x, row) == Rgba{255, 0, 0, 255} ? 1 : 0;
            return count;
        };
        CHECK(reds(20) > 10);
        CHECK(reds(120) == reds(20));
    }

    TEST_CASE("through glass the real world shows, bent parts hide it where they are seen, and a section cuts glass") {
        Shot shot(glass(0.5f), -0.6, 0.7);
        shot.scene.set_style({0}, {.flags = scene::kHidden});
        shot.list.see_through = true;
        const scene::Pixels seen = picture(shot);
        if (seen.rgba.empty()) return;
        // Left of the wall that is left nothing is, and alpha follows the wall's edge.
        CHECK(pixel(seen, 100, 120).a <= 1);
        CHECK(pixel(seen, 220, 120) == Rgba{255, 255, 255, 255});
        std::uint32_t beside = 0, through = 0;
        for (std::uint32_t x = 319; x > 0; --x) {
            if (pixel(seen, x, 20).a > 127) beside = x;
            if (pixel(seen, x, 120).a > 127) through = x;
        }
        CHECK(std::abs(static_cast<int>(beside) - static_cast<int>(through)) > 3);

        shot.list.see_through = false;
        shot.list.section = renderer::Section{.point = {0, 0, -0.3}, .normal = {0.f, 0.f, 1.f}};
        const scene::Pixels cut = picture(shot);
        CHECK(edge(cut, 120, 1) == edge(cut, 20, 1));
    }

    TEST_CASE("a compositor's hole stays where it is, and shows through glass") {
        Shot shot(glass(0.3f), -0.8, 0.6);
        const std::array panels{renderer::Panel{
            .pose = {{-0.2, 0, -0.5}, kNoRotation}, .size_m = {0.6f, 0.4f}, .width = 8, .height = 8, .as_hole = true}};
        shot.list.panels = panels;
        const scene::Pixels seen = picture(shot);
        Shot bare({}, -0.8);
        bare.list.panels = panels;
        const scene::Pixels without = picture(bare);
        if (seen.rgba.empty()) return;
        int holes = 0;
        for (std::uint32_t y = 0; y < 240; ++y) {
            for (std::uint32_t x = 0; x < 320; ++x) {
                holes += pixel(without, x, y).a == 0 ? 1 : 0;
                CHECK(pixel(seen, x, y).a == pixel(without, x, y).a);
            }
        }
        CHECK(holes > 500);
    }

    TEST_CASE("panes, balls and a prism before stripes") {
        auto studio = Studio::make({.width = 640, .height = 240, .tier = renderer::Tier::High});
        if (!studio) return;
        const auto clear = [](float thickness_m, float roughness, float dispersion, const Vec3& dye) {
            scene::Material m = glass(thickness_m, roughness, dispersion);
            m.layers->specular = 1.f;
            m.layers->attenuation_m = 0.5f;
            m.layers->attenuation_color = dye;
            return m;
        };
        ModelBuilder builder;
        for (int i = 0; i < 24; ++i) {
            builder.object("stripe", quad_geometry({0.05f, 0.9f}),
                           unlit(i % 2 == 0 ? Vec4(0.9f, 0.5f, 0.1f, 1.f) : Vec4(0.1f, 0.25f, 0.4f, 1.f)),
                           at(0.2 * (i - 11.5), 0, -0.8));
        }
        const auto turned = [](double x, float angle) {
            return Transform{.translation = {x, 0, 0}, .rotation = glm::angleAxis(angle, Vec3(0.f, 1.f, 0.f))};
        };
        const scene::Geometry slab = box_geometry({0.35f, 0.35f, 0.1f}), ball = sphere_geometry(0.4f, 48, 96);
        builder.object("slab", slab, clear(0.2f, 0.f, 0.f, {0.6f, 0.9f, 0.8f}), turned(-1.9, 0.7f));
        builder.object("frosted", quad_geometry({0.4f, 0.35f}), clear(0.f, 0.25f, 0.f, Vec3(1.f)), turned(-0.95, 0.f));
        builder.object("ball", ball, clear(0.8f, 0.f, 0.f, Vec3(1.f)), turned(0.0, 0.f));
        builder.object("torn", ball, clear(0.8f, 0.f, 4.f, Vec3(1.f)), turned(0.95, 0.f));
        builder.object("rough", ball, clear(0.8f, 0.35f, 0.f, {0.9f, 0.5f, 0.4f}), turned(1.9, 0.f));
        scene::Scene scene;
        scene.place(builder.take(), {}, "glasses");
        const renderer::View view = look({0, 0.5, 4.2}, {0, 0, 0}, 0.5f, 640.f / 240.f);
        renderer::DrawList list;
        list.views = {&view, 1};
        list.background = {0.12f, 0.13f, 0.14f, 1.f};
        list.sun = {.to_sun = glm::normalize(Vec3(0.4f, 1.f, 0.8f)), .illuminance = Vec3(5'000.f), .shadows = false};
        CHECK(matches_golden(studio->picture(scene, list), "glass"));
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a software rasteriser draws glass straight, and no tier makes anything for a scene without") {
        const scene::Pixels straight = picture(Shot(glass(0.3f), -0.4, 0.6), {.tier = renderer::Tier::Software});
        if (straight.rgba.empty()) return;
        CHECK(edge(straight, 120, 1) == edge(straight, 20, 1));
    }
}
