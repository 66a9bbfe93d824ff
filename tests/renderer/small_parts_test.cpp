// SPDX-License-Identifier: Apache-2.0
// Parts between the middles of pixels are not drawn, and no picture shows it: each is the same, byte for byte, as with
// all of them in one large part.
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>

#include <memory>
#include <random>
#include <vector>

using namespace pw;
using namespace pw::test;

namespace {

constexpr std::uint32_t kParts = 2'000;
constexpr float kAspect = 160.f / 120.f;

struct Dust {
    scene::Scene scene;
    std::vector<renderer::View> views;
    renderer::DrawList list;

    // Boxes of a tenth of a pixel to two, and some that the eye is in.
    explicit Dust(bool merged) {
        ModelBuilder builder;
        const std::uint32_t paint = builder.material(unlit({0.9f, 0.9f, 0.8f, 1.f}));
        std::mt19937 random(7);
        const auto within = [&](float low, float high) {
            return low + (high - low) * static_cast<float>(random()) / 4294967296.f;
        };
        scene::Geometry all;
        all.bounds = {};
        for (std::uint32_t i = 0; i < kParts; ++i) {
            scene::Geometry box = box_geometry({within(0.002f, 0.03f), within(0.002f, 0.03f), within(0.002f, 0.03f)});
            const Vec3 at(within(-4.f, 4.f), within(-3.f, 3.f), i % 50 == 0 ? within(4.9f, 5.1f) : within(-5.f, 2.f));
            for (scene::Vertex& vertex : box.vertices) vertex.position += at;
            box.bounds = {box.bounds.min + at, box.bounds.max + at};
            if (!merged) {
                builder.node("dust", {}, builder.mesh(builder.geometry(std::move(box)), paint));
                continue;
            }
            const auto first = static_cast<std::uint32_t>(all.vertices.size());
            all.vertices.insert(all.vertices.end(), box.vertices.begin(), box.vertices.end());
            for (const std::uint32_t index : box.indices) all.indices.push_back(first + index);
            all.bounds = {glm::min(all.bounds.min, box.bounds.min), glm::max(all.bounds.max, box.bounds.max)};
        }
        if (merged) builder.node("dust", {}, builder.mesh(builder.geometry(std::move(all)), paint));
        scene.place(builder.take(), {}, "dust");
        list.background = {0.f, 0.f, 0.f, 1.f};
        from(0.0);
    }
    void from(double side, int eyes = 1) {
        views.clear();
        for (int i = 0; i < eyes; ++i) views.push_back(look({side + 0.065 * i, 0.01, 5}, {side, 0, 0}, kFov, kAspect));
        list.views = views;
    }
};

} // namespace

TEST_SUITE("renderer/small_parts [gpu]") {
    TEST_CASE("what lies between the middles of pixels is not drawn, and nothing that shows is missing") {
        for (const int eyes : {1, 2}) {
            OffscreenOptions options;
            options.width = 160;
            options.height = 120;
            options.samples = 1;
            options.views = static_cast<std::uint32_t>(eyes);
            const auto studio = Studio::make(options), other = Studio::make(options);
            if (!studio || !other) return;
            Dust parts(/* merged= */ false), whole(/* merged= */ true);
            for (const std::uint32_t supersample : {1u, 2u}) {
                for (const double side : {0.0, 0.0031, 0.0172, -0.4}) {
                    studio->set_supersample(supersample);
                    other->set_supersample(supersample);
                    parts.from(side, eyes);
                    whole.from(side, eyes);
                    const scene::Pixels got = studio->picture(parts.scene, parts.list);
                    CHECK(largest_difference(got, other->picture(whole.scene, whole.list)) == 0);
                }
                studio->picture(parts.scene, parts.list); // statistics are of the frame before
                const std::uint32_t drawn = studio->renderer().stats().drawn_parts;
                CHECK(drawn > kParts / 10);
                CHECK(drawn < kParts * (supersample == 1 ? 6 : 9) / 10);
            }
            CHECK(studio->device().validation_messages() + other->device().validation_messages() == 0);
        }
    }

    TEST_CASE("with several samples a pixel all are drawn that are in view") {
        OffscreenOptions options;
        options.width = 160;
        options.height = 120;
        options.samples = 4;
        const auto studio = Studio::make(options);
        if (!studio) return;
        Dust parts(/* merged= */ false);
        for (int i = 0; i < 3; ++i) studio->picture(parts.scene, parts.list);
        CHECK(studio->renderer().stats().drawn_parts > kParts * 8 / 10);
        CHECK(studio->device().validation_messages() == 0);
    }
}
