// SPDX-License-Identifier: Apache-2.0
// What is see-through and overlaps, however it does: tier high orders it pixel by pixel.
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <span>
#include <vector>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;
constexpr std::uint64_t kTooLittle = 115u << 20; // enough for everything but 69 MB of lists

struct Pane {
    DVec3 middle, right, up; // half sides
    Vec4 color;
    bool glass = false; // dyes by its colour and has none of its own; else blended by alpha
};

// Panes that cross each other in all ways before the eye at z = 3.
std::vector<Pane> crossing_panes(int count, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> unit(0.f, 1.f);
    std::vector<Pane> out;
    for (int i = 0; i < count; ++i) {
        const Vec3 axis = glm::normalize(Vec3(unit(random) - 0.5f, unit(random) - 0.5f, unit(random) - 0.5f));
        const Quat turn = glm::angleAxis(6.28f * unit(random), axis);
        const Vec2 half(0.4f + 0.5f * unit(random), 0.4f + 0.5f * unit(random));
        Pane pane;
        pane.middle = DVec3(unit(random) - 0.5f, unit(random) - 0.5f, unit(random) - 0.5f);
        pane.right = DVec3(turn * Vec3(half.x, 0.f, 0.f));
        pane.up = DVec3(turn * Vec3(0.f, half.y, 0.f));
        pane.color = Vec4(unit(random), unit(random), unit(random), 0.2f + 0.6f * unit(random));
        pane.glass = i % 3 == 0;
        out.push_back(pane);
    }
    return out;
}

scene::Material material_of(const Pane& pane) {
    if (!pane.glass) {
        scene::Material m = unlit(pane.color);
        m.alpha_mode = scene::AlphaMode::Blend;
        m.double_sided = true;
        return m;
    }
    scene::Layers layers;
    layers.transmission = 1.f;
    layers.specular = 0.f;
    scene::Material m = plain(Vec4(Vec3(pane.color), 1.f), 0.f, 0.f);
    m.layers = layers;
    m.double_sided = true;
    return m;
}

struct Shot {
    scene::Scene scene;
    std::array<renderer::View, 2> views{look({0, 0, 3}, {0, 0, 0}, kFov, kAspect),
                                        look({0.06, 0, 3}, {0.06, 0, 0}, kFov, kAspect)};
    renderer::DrawList list;

    explicit Shot(const std::vector<Pane>& panes, std::uint32_t eyes = 1) {
        list.views = std::span(views).first(eyes);
        list.background = {0.5f, 0.5f, 0.5f, 1.f};
        list.environment_intensity = 0.f;
        ModelBuilder builder;
        for (const Pane& pane : panes) {
            const Mat3 turn(glm::normalize(Vec3(pane.right)), glm::normalize(Vec3(pane.up)),
                            glm::normalize(glm::cross(Vec3(pane.right), Vec3(pane.up))));
            const Vec2 half(static_cast<float>(glm::length(pane.right)), static_cast<float>(glm::length(pane.up)));
            builder.object("pane", quad_geometry(half), material_of(pane),
                           {.translation = pane.middle, .rotation = glm::quat_cast(turn)});
        }
        builder.object("post", box_geometry({0.05f, 2.f, 0.05f}), unlit({1.f, 1.f, 0.f, 1.f}), at(0.3, 0, 0));
        scene.place(builder.take(), {}, "panes");
    }
    Shot(const Shot&) = delete;
    Shot& operator=(const Shot&) = delete;
};

struct Seen {
    DVec3 color{0.0};
    bool sure = true; // no edge and no crossing within this pixel
};

// The same by rays and sorting: what the pixel's middle shows, at x, y from the middle of the picture.
Seen trace(const std::vector<Pane>& panes, const DVec3& eye, double x, double y) {
    const double half = std::tan(static_cast<double>(kFov) / 2.0), pixel = half / 120.0;
    const DVec3 way(x * pixel, -y * pixel, -1.0);
    Seen out;
    struct Hit {
        double distance;
        const Pane* pane;
    };
    std::vector<Hit> hits;
    for (const Pane& pane : panes) {
        const DVec3 normal = glm::cross(pane.right, pane.up);
        const double facing = glm::dot(normal, way);
        const double t = glm::dot(normal, pane.middle - eye) / facing;
        const DVec3 at = eye + way * t - pane.middle;
        const double u = glm::dot(at, pane.right) / glm::dot(pane.right, pane.right);
        const double v = glm::dot(at, pane.up) / glm::dot(pane.up, pane.up);
        // How much further a pixel away is, on the pane and in distance.
        const double slant = std::abs(facing) / (glm::length(normal) * glm::length(way));
        const double step = 1.5 * pixel * t / std::max(slant, 1e-3);
        const double du = step / glm::length(pane.right), dv = step / glm::length(pane.up);
        if (std::abs(std::abs(u) - 1.0) < du && std::abs(v) < 1.0 + dv) out.sure = false;
        if (std::abs(std::abs(v) - 1.0) < dv && std::abs(u) < 1.0 + du) out.sure = false;
        if (slant < 0.05) out.sure = false;
        if (std::abs(u) < 1.0 && std::abs(v) < 1.0 && t > 0.05) hits.push_back({t, &pane});
    }
    const double post = 3.0 - 0.05; // its front, and its sides behind that
    const double post_left = eye.x + way.x * post - 0.3, post_right = post_left;
    if (std::abs(std::abs(post_left) - 0.05) < 0.03) out.sure = false;
    out.color = DVec3(0.5);
    const bool on_post = std::abs(post_right) < 0.05;
    if (on_post) {
        out.color = DVec3(1.0, 1.0, 0.0);
        for (const Hit& hit : hits) out.sure &= std::abs(hit.distance - post) > 1e-3;
        std::erase_if(hits, [&](const Hit& hit) { return hit.distance > post; });
    }
    std::ranges::sort(hits, std::ranges::greater{}, &Hit::distance);
    for (std::size_t i = 0; i < hits.size(); ++i) {
        if (i > 0 && hits[i - 1].distance - hits[i].distance < 0.02) out.sure = false;
        const Vec4& c = hits[i].pane->color;
        const double alpha = hits[i].pane->glass ? 0.0 : static_cast<double>(c.a);
        const DVec3 through = hits[i].pane->glass ? DVec3(Vec3(c)) : DVec3(1.0 - alpha);
        out.color = DVec3(Vec3(c)) * alpha + through * out.color;
    }
    return out;
}

double srgb(double light) {
    const double c = std::clamp(light, 0.0, 1.0);
    return 255.0 * (c <= 0.0031308 ? 12.92 * c : 1.055 * std::pow(c, 1.0 / 2.4) - 0.055);
}

// The share of the pixels that are sure which differ by more than 2 bytes, in a view's part of the picture.
double wrong(const scene::Pixels& picture, const std::vector<Pane>& panes, const DVec3& eye, std::uint32_t top) {
    int sure = 0, far = 0;
    for (std::uint32_t y = 0; y < 240; ++y) {
        for (std::uint32_t x = 0; x < 320; ++x) {
            const Seen wanted = trace(panes, eye, x + 0.5 - 160.0, y + 0.5 - 120.0);
            if (!wanted.sure) continue;
            ++sure;
            const auto is = at(picture, x, top + y);
            bool differs = false;
            for (int c = 0; c < 3; ++c)
                differs |= std::abs(is[static_cast<std::size_t>(c)] - srgb(wanted.color[c])) > 2.0;
            far += differs ? 1 : 0;
        }
    }
    CHECK(sure > 30'000);
    return static_cast<double>(far) / sure;
}

scene::Pixels picture(Shot& shot, const OffscreenOptions& options) {
    auto studio = Studio::make(options);
    if (!studio) return {};
    scene::Pixels out = studio->picture(shot.scene, shot.list);
    const scene::Pixels again = studio->picture(shot.scene, shot.list);
    CHECK(out.rgba == again.rgba);
    CHECK(studio->device().validation_messages() == 0);
    return out;
}

} // namespace

TEST_SUITE("renderer/lists [gpu]") {
    TEST_CASE("panes that cross each other are seen in the order of each line of sight") {
        for (const std::uint32_t samples : {1u, 4u}) {
            for (const unsigned seed : {1u, 2u, 3u}) {
                CAPTURE(samples);
                CAPTURE(seed);
                const auto panes = crossing_panes(8, seed);
                Shot shot(panes);
                const scene::Pixels high = picture(shot, {.tier = renderer::Tier::High, .samples = samples});
                if (high.rgba.empty()) return;
                keep_picture(high, "crossing panes");
                CHECK(wrong(high, panes, {0, 0, 3}, 0) < 0.001);
                if (samples == 1 && seed == 1) { // part by part they cannot be
                    const scene::Pixels low = picture(shot, {.tier = renderer::Tier::Low, .samples = 1});
                    CHECK(wrong(low, panes, {0, 0, 3}, 0) > 0.02);
                }
            }
        }
    }

    TEST_CASE("both eyes have lists of their own") {
        const auto panes = crossing_panes(8, 5);
        Shot shot(panes, 2);
        const scene::Pixels both = picture(shot, {.views = 2, .tier = renderer::Tier::High, .depth = true});
        if (both.rgba.empty()) return;
        CHECK(wrong(both, panes, {0, 0, 3}, 0) < 0.001);
        CHECK(wrong(both, panes, {0.06, 0, 3}, 240) < 0.001);
    }

    TEST_CASE("more layers than there is room for are drawn part by part, in the same frame") {
        std::vector<Pane> panes;
        for (int i = 0; i < 8; ++i) {
            const auto shade = static_cast<float>(i) / 8.f;
            panes.push_back({{0, 0, -0.1 * i}, {4, 0, 0}, {0, 4, 0}, {shade, 1.f - shade, 0.5f, 0.3f}});
        }
        Shot many(panes);
        const scene::Pixels high = picture(many, {.tier = renderer::Tier::High});
        const scene::Pixels low = picture(many, {.tier = renderer::Tier::Low});
        if (high.rgba.empty()) return;
        CHECK(high.rgba == low.rgba);
        CHECK(wrong(high, panes, {0, 0, 3}, 0) < 0.001);
    }

    TEST_CASE("a GPU without the memory for lists draws part by part, and says so") {
        auto studio = Studio::make(
            {.width = 1280, .height = 960, .tier = renderer::Tier::High, .samples = 1, .memory_limit = kTooLittle});
        if (!studio) return;
        Shot shot(crossing_panes(8, 1));
        const scene::Pixels few = studio->picture(shot.scene, shot.list);
        const auto& told = studio->renderer().problems().list();
        REQUIRE(told.size() == 1);
        CHECK(told[0].where == "glass");
        CHECK(studio->device().validation_messages() == 0);
        const scene::Pixels low =
            picture(shot, {.width = 1280, .height = 960, .tier = renderer::Tier::Low, .samples = 1});
        CHECK(few.rgba == low.rgba);
    }

    TEST_CASE("lists know holes, ghosts, sections and the real world behind the picture") {
        const auto panes = crossing_panes(5, 9);
        for (const VkFormat format : {VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_B8G8R8A8_UNORM}) {
            Shot shot(panes);
            shot.list.see_through = true;
            shot.scene.set_style({1}, {.flags = scene::kGhost});
            shot.list.section = renderer::Section{.point = {0, 0, 0.2}, .normal = {0.f, 0.f, 1.f}};
            const std::array panels{renderer::Panel{.pose = {{-0.3, 0.1, 0.1}, kNoRotation},
                                                    .size_m = {0.5f, 0.4f},
                                                    .width = 8,
                                                    .height = 8,
                                                    .as_hole = true}};
            shot.list.panels = panels;
            // One pane at a time has no order: what both tiers draw is the same then, within rounding.
            for (std::uint32_t only = 0; only < panes.size(); ++only) {
                for (std::uint32_t i = 0; i < panes.size(); ++i) {
                    const int flags = (i == only ? 0 : scene::kHidden) | (i == 1 ? scene::kGhost : 0);
                    shot.scene.set_style({i}, {.flags = static_cast<std::uint8_t>(flags)});
                }
                CAPTURE(only);
                const scene::Pixels high = picture(shot, {.tier = renderer::Tier::High, .format = format});
                const scene::Pixels low = picture(shot, {.tier = renderer::Tier::Low, .format = format});
                if (high.rgba.empty()) return;
                int far = 0, seen = 0;
                for (std::size_t i = 0; i < high.rgba.size(); ++i) {
                    const std::size_t alpha = i | 3u;
                    const auto shown = [&](const scene::Pixels& p) {
                        return i == alpha ? p.rgba[i] : p.rgba[i] * p.rgba[alpha] / 255;
                    };
                    far += std::abs(shown(high) - shown(low)) > 2 ? 1 : 0;
                    seen += shown(high) > 8 ? 1 : 0;
                }
                CHECK(far < 10);
                CHECK(seen > 1'000);
            }
        }
    }
}
