// SPDX-License-Identifier: Apache-2.0
// Levels of detail: what is small on the screen is drawn with fewer triangles, and nobody sees it.
#include "renderer/internal/levels.h"

#include "scene/simplify.h"
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;

struct Balls {
    scene::Scene scene;
    renderer::View view;
    renderer::DrawList list;

    // A sphere of 9,216 triangles at the origin, and behind it a row of them.
    explicit Balls(int row = 0, float scale = 1.f) {
        ModelBuilder builder;
        Transform place = at(0, 0, 0);
        place.scale = Vec3(scale);
        const scene::Geometry ball = sphere_geometry(0.5f / scale, 48, 96);
        builder.object("ball", ball, plain({0.8f, 0.5f, 0.2f, 1.f}, 0.f, 0.6f), place);
        for (int i = 0; i < row; ++i) {
            place.translation = Vec3(-8.f + static_cast<float>(i % 17), -2.f, -6.f - 4.f * static_cast<float>(i / 17));
            builder.object("far", ball, plain({0.3f, 0.5f, 0.8f, 1.f}, 0.f, 0.6f), place);
        }
        scene.place(builder.take(), {}, "balls");
        list.views = {&view, 1};
        list.background = {0.1f, 0.1f, 0.1f, 1.f};
        list.sun.to_sun = {0.4f, 0.8f, 0.5f};
        list.sun.illuminance = Vec3(9'000.f);
        from(4);
    }
    void from(double distance_m) { view = look({0, 0, distance_m}, {0, 0, 0}, kFov, kAspect); }
};

std::unique_ptr<Studio> studio_with(float detail_px, renderer::Tier tier = renderer::Tier::Software) {
    OffscreenOptions options;
    options.detail_px = detail_px;
    options.tier = tier;
    options.samples = 1;
    return Studio::make(options);
}

// Of the newest frame.
std::uint64_t triangles(Studio& studio, Balls& balls) {
    for (int i = 0; i < 3; ++i) studio.frame(balls.scene, balls.list); // its counts come when its slot does
    return studio.renderer().stats().drawn_triangles;
}

double mean_difference(const scene::Pixels& a, const scene::Pixels& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.rgba.size(); ++i) sum += std::abs(int{a.rgba[i]} - int{b.rgba[i]});
    return sum / static_cast<double>(a.rgba.size());
}

} // namespace

TEST_SUITE("renderer/levels [gpu]") {
    TEST_CASE("what is far is drawn with fewer triangles, what is near with all, and it looks the same") {
        auto whole = studio_with(0.f), levels = studio_with(1.f);
        if (!whole) return;
        Balls a, b;
        for (const double distance_m : {0.7, 6.0, 25.0, 100.0}) {
            INFO("distance ", distance_m);
            a.from(distance_m);
            b.from(distance_m);
            const scene::Pixels expected = whole->picture(a.scene, a.list), got = levels->picture(b.scene, b.list);
            const std::uint64_t all = triangles(*whole, a), some = triangles(*levels, b);
            CHECK(all == 48 * 96 * 2);
            if (distance_m < 1.0) {
                CHECK(some == all);
                CHECK(largest_difference(expected, got) == 0);
            } else {
                CHECK(some <= all / 3);
                CHECK(some > 0);
                CHECK(mean_difference(expected, got) < 0.25);
                CHECK(mean_difference(expected, got) > 0.0); // it is another geometry
            }
        }
        CHECK(whole->device().validation_messages() + levels->device().validation_messages() == 0);
    }

    TEST_CASE("a scaled part is as exact as one that is modelled at that size") {
        auto studio = studio_with(1.f), other = studio_with(1.f);
        if (!studio) return;
        Balls plain_size, scaled(0, 100.f);
        for (const double distance_m : {3.0, 12.0}) {
            plain_size.from(distance_m);
            scaled.from(distance_m);
            studio->picture(plain_size.scene, plain_size.list);
            other->picture(scaled.scene, scaled.list);
            const auto one = static_cast<double>(triangles(*studio, plain_size));
            CHECK(one == doctest::Approx(static_cast<double>(triangles(*other, scaled))).epsilon(0.01));
        }
    }

    TEST_CASE("what is smaller than half of what may be wrong is not drawn, and comes back") {
        auto studio = studio_with(1.f);
        if (!studio) return;
        Balls balls;
        balls.from(5000);
        studio->picture(balls.scene, balls.list);
        CHECK(triangles(*studio, balls) == 0);
        CHECK(studio->renderer().stats().drawn_parts == 0);
        balls.from(50);
        CHECK(triangles(*studio, balls) > 0);
    }

    TEST_CASE("two runs draw the same, and a ghost is drawn in levels too") {
        auto first = studio_with(1.f), second = studio_with(1.f);
        if (!first) return;
        Balls a(51), b(51);
        CHECK(largest_difference(first->picture(a.scene, a.list), second->picture(b.scene, b.list)) == 0);
        const std::uint64_t before = triangles(*first, a);
        for (std::uint32_t n = 0; n < a.scene.node_count(); ++n)
            a.scene.set_style(scene::NodeId{n}, {.flags = scene::kGhost});
        CHECK(triangles(*first, a) == before);
    }

    TEST_CASE("levels fade into each other: no step from frame to frame, and no hole") {
        auto studio = studio_with(1.f, renderer::Tier::Low), sudden = studio_with(1.f), whole = studio_with(0.f);
        if (!studio) return;
        Balls balls, hard, all;
        bool faded = false;
        std::uint64_t before = 0;
        for (double distance_m = 2.0; distance_m < 14.0; distance_m *= 1.06) {
            balls.from(distance_m);
            hard.from(distance_m);
            all.from(distance_m);
            const scene::Pixels got = studio->picture(balls.scene, balls.list);
            const scene::Pixels expected = whole->picture(all.scene, all.list);
            // Both levels at once, and each pixel of the ball is one of theirs.
            const bool both = studio->renderer().stats().drawn_parts == 2 && triangles(*studio, balls) != before;
            faded |= both;
            CHECK(pixel(got, 160, 120).r > 60);
            CHECK(mean_difference(got, expected) < 0.6);
            before = triangles(*studio, balls);
        }
        CHECK(faded);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("in stereo the nearer eye decides") {
        OffscreenOptions options;
        options.detail_px = 1.f;
        options.views = 2;
        auto studio = Studio::make(options);
        auto mono = studio_with(1.f);
        if (!studio || !mono) return;
        Balls balls, alone;
        const renderer::View near = look({0, 0, 1.5}, {0, 0, 0}, kFov, kAspect),
                             far = look({0, 0, 30}, {0, 0, 0}, kFov, kAspect);
        const std::array views{far, near};
        balls.list.views = views;
        studio->picture(balls.scene, balls.list);
        alone.view = near;
        mono->picture(alone.scene, alone.list);
        CHECK(triangles(*studio, balls) == triangles(*mono, alone));
    }
}

TEST_SUITE("renderer/levels_kept [unit]") {
    TEST_CASE("levels are kept as they were made, and damage is told from them") {
        scene::Model model;
        model.geometries = {sphere_geometry(0.5f, 24, 48), box_geometry(), sphere_geometry(2.f, 12, 24)};
        renderer::Levels levels;
        for (const scene::Geometry& g : model.geometries) levels.push_back(scene::simplified(g));
        REQUIRE(levels[0].size() >= 2);
        REQUIRE(levels[1].empty());
        const std::vector<std::byte> packed = renderer::pack_levels(levels);
        const auto again = renderer::unpack_levels(packed, model);
        REQUIRE(again);
        for (std::size_t g = 0; g < levels.size(); ++g) {
            REQUIRE((*again)[g].size() == levels[g].size());
            for (std::size_t i = 0; i < levels[g].size(); ++i) {
                CHECK((*again)[g][i].indices == levels[g][i].indices);
                CHECK((*again)[g][i].error_m == levels[g][i].error_m);
            }
        }
        for (const std::size_t size : {std::size_t{0}, std::size_t{3}, packed.size() / 2, packed.size() - 1})
            CHECK(!renderer::unpack_levels(Bytes(packed).first(size), model));
        for (std::size_t i = 0; i < packed.size(); i += 7) { // whatever the bytes, indices stay inside
            std::vector<std::byte> damaged = packed;
            damaged[i] ^= std::byte{0xff};
            const auto read = renderer::unpack_levels(damaged, model);
            for (std::size_t g = 0; read && g < read->size(); ++g)
                for (const scene::Level& level : (*read)[g])
                    REQUIRE(std::ranges::max(level.indices) < model.geometries[g].vertices.size());
        }
        std::swap(model.geometries[0], model.geometries[1]);
        CHECK(!renderer::unpack_levels(packed, model)); // of another model
    }
}
