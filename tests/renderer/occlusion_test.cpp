// SPDX-License-Identifier: Apache-2.0
// What is hidden is not drawn, and no picture shows it: each is the same, byte for byte, as with all drawn.
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <memory>
#include <random>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;

// 200 balls of 4,608 triangles behind a wall, and a few before it.
struct Yard {
    scene::Scene scene;
    std::vector<renderer::View> views;
    renderer::DrawList list;
    scene::NodeId wall;

    Yard() {
        ModelBuilder builder;
        builder.object("wall", box_geometry({6.f, 3.f, 0.1f}), plain({0.6f, 0.6f, 0.5f, 1.f}), at(0, 0, 0));
        const scene::Geometry ball = sphere_geometry(0.3f, 48, 48);
        std::mt19937 random(5);
        const auto within = [&](double reach) { return reach * (static_cast<double>(random()) / 2147483648.0 - 1.0); };
        for (int i = 0; i < 200; ++i)
            builder.object("ball", ball, plain({0.2f + 0.004f * static_cast<float>(i), 0.5f, 0.3f, 1.f}, 0.f, 0.5f),
                           at(within(5.0), within(2.5), -1.0 - 8.0 * std::abs(within(1.0))));
        for (int i = 0; i < 3; ++i)
            builder.object("near", ball, plain({0.9f, 0.2f, 0.2f, 1.f}), at(-1.5 + i, 0.2 * i, 1.0));
        scene.place(builder.take(), {}, "yard");
        wall = scene.find_path(scene.find_placed("yard"), "wall");
        list.background = {0.1f, 0.1f, 0.1f, 1.f};
        list.sun.to_sun = {0.4f, 0.8f, 0.5f};
        list.sun.illuminance = Vec3(9'000.f);
        from({0, 0, 5});
    }
    void from(const DVec3& eye, const DVec3& target = DVec3(0.0), int eyes = 1) {
        views.clear();
        for (int i = 0; i < eyes; ++i) views.push_back(look(eye + DVec3(0.5 * i, 0, 0), target, kFov, kAspect));
        list.views = views;
    }
};

struct Pair { // the same place, with occlusion and without
    std::unique_ptr<Studio> some, all;
    Yard yard, same;
    explicit Pair(OffscreenOptions options = {}) {
        some = Studio::make(options);
        options.occlusion = false;
        all = Studio::make(options);
    }
    explicit operator bool() const { return some && all; }
    int difference() {
        const scene::Pixels got = some->picture(yard.scene, yard.list, /* settle= */ false);
        return largest_difference(got, all->picture(same.scene, same.list, /* settle= */ false));
    }
    void settle() {
        some->picture(yard.scene, yard.list);
        all->picture(same.scene, same.list);
    }
    void from(const DVec3& eye, const DVec3& target = DVec3(0.0), int eyes = 1) {
        yard.from(eye, target, eyes);
        same.from(eye, target, eyes);
    }
    std::uint32_t messages() const {
        return some->device().validation_messages() + all->device().validation_messages();
    }
};

} // namespace

TEST_SUITE("renderer/occlusion [gpu]") {
    TEST_CASE("what a wall hides is not drawn, and is there in the frame in which the wall goes") {
        Pair pair;
        if (!pair) return;
        pair.settle();
        for (int i = 0; i < 3; ++i) CHECK(pair.difference() == 0);
        const renderer::RenderStats& stats = pair.some->renderer().stats();
        CHECK(stats.parts == 204);
        CHECK(stats.drawn_parts == 4);
        CHECK(pair.all->renderer().stats().drawn_parts > 150);
        for (const std::uint8_t flags : {std::uint8_t{scene::kHidden}, std::uint8_t{0}, std::uint8_t{scene::kGhost}}) {
            pair.yard.scene.set_style(pair.yard.wall, {.flags = flags});
            pair.same.scene.set_style(pair.same.wall, {.flags = flags});
            CHECK(pair.difference() == 0); // the very next frame
        }
        CHECK(pair.messages() == 0);
    }

    TEST_CASE("a head that moves anywhere never sees a part too little") {
        for (const auto tier : {renderer::Tier::Software, renderer::Tier::Low}) { // one sample, and four
            OffscreenOptions options;
            options.tier = tier;
            options.width = 203; // odd, so that the pyramid's edges count
            options.height = 151;
            Pair pair(options);
            if (!pair) return;
            pair.settle();
            std::mt19937 random(9);
            const auto within = [&](double r) { return r * (static_cast<double>(random()) / 2147483648.0 - 1.0); };
            DVec3 eye(0, 0, 5);
            bool saved = false;
            for (int i = 0; i < 40; ++i) {
                eye = i % 8 == 7 ? DVec3(within(7), within(3), within(9))
                                 : eye + DVec3(within(0.6), within(0.3), within(0.6));
                pair.from(eye, {within(1.0), within(1.0), -3.0});
                INFO("frame ", i);
                CHECK(pair.difference() == 0);
                saved |= pair.some->renderer().stats().drawn_parts + 20 < pair.all->renderer().stats().drawn_parts;
            }
            CHECK(saved);
            CHECK(pair.messages() == 0);
        }
    }

    TEST_CASE("in stereo a part is hidden only where both eyes do not see it") {
        OffscreenOptions options;
        options.views = 2;
        Pair pair(options);
        if (!pair) return;
        pair.from({4.2, 0, 3}, {5.5, 0, -4}, 2); // one eye looks past the wall
        pair.settle();
        for (int i = 0; i < 12; ++i) {
            pair.from({4.2 + 0.2 * i, 0, 3}, {5.5, 0, -4}, 2);
            CHECK(pair.difference() == 0);
        }
        CHECK(pair.some->renderer().stats().drawn_parts < pair.all->renderer().stats().drawn_parts);
        CHECK(pair.messages() == 0);
    }

    TEST_CASE("with a section, levels of detail and a moving part it is the same") {
        OffscreenOptions options;
        options.detail_px = 1.f;
        Pair pair(options);
        if (!pair) return;
        for (Yard* yard : {&pair.yard, &pair.same}) yard->list.section = {{0.0, 0.5, 0.0}, {0.f, 1.f, 0.f}};
        pair.settle();
        for (int i = 0; i < 10; ++i) {
            for (Yard* yard : {&pair.yard, &pair.same}) {
                Transform place = yard->scene.local(yard->wall);
                place.translation.x = 0.8 * i;
                yard->scene.set_local(yard->wall, place);
                yard->list.section->point.y = 0.5 - 0.1 * i;
            }
            CHECK(pair.difference() == 0);
        }
        CHECK(pair.messages() == 0);
    }

    TEST_CASE("glass before and behind the wall, and a compositor's hole, are the same, in both eyes") {
        OffscreenOptions options;
        options.tier = renderer::Tier::High; // bends and lists: the picture pauses three times
        options.views = 2;
        Pair pair(options);
        if (!pair) return;
        const std::array panels{renderer::Panel{
            .pose = {{0.5, 0.3, 2}, kNoRotation}, .size_m = {0.6f, 0.4f}, .width = 8, .height = 8, .as_hole = true}};
        for (Yard* yard : {&pair.yard, &pair.same}) {
            scene::Material slab = plain({0.7f, 0.9f, 0.8f, 1.f}, 0.f, 0.2f);
            slab.layers.emplace();
            slab.layers->transmission = 1.f;
            slab.layers->thickness_m = 0.2f;
            ModelBuilder builder;
            for (const double z : {-2.0, 1.5, 2.5})
                builder.object("pane", quad_geometry(Vec2(1.5f)), slab, at(0, 0, z));
            yard->scene.place(builder.take(), {}, "panes");
            yard->list.panels = panels;
        }
        pair.from({0, 0, 5}, {0, 0, 0}, 2);
        pair.settle();
        for (int i = 0; i < 6; ++i) {
            pair.from({-3.0 + 1.5 * i, 0.2 * i, 5}, {0, 0, 0}, 2);
            CHECK(pair.difference() == 0);
        }
        CHECK(pair.some->renderer().stats().drawn_parts < pair.all->renderer().stats().drawn_parts);
        CHECK(pair.messages() == 0);
    }
}
