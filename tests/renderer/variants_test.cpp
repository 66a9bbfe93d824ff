// SPDX-License-Identifier: Apache-2.0
// KHR_materials_variants on the screen.
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>

using namespace pw;
using namespace pw::test;

namespace {

// A box in red; as variant 0 in green, as variant 1 half transparent.
std::shared_ptr<const scene::Model> dressed_box() {
    ModelBuilder builder;
    builder.object("box", box_geometry(), unlit({1.f, 0.f, 0.f, 1.f}));
    builder.model().variants = {"green", "clear"};
    scene::Material clear = unlit({0.f, 0.f, 1.f, 0.5f});
    clear.alpha_mode = scene::AlphaMode::Blend;
    const std::uint32_t green = builder.material(unlit({0.f, 1.f, 0.f, 1.f}));
    builder.model().meshes[0].primitives[0].variants = {{0, green}, {1, builder.material(clear)}};
    return builder.take();
}

} // namespace

TEST_SUITE("renderer/variants [gpu]") {
    TEST_CASE("a placed model changes its clothes alone, without its geometry being sent again") {
        auto studio = Studio::make();
        if (!studio) return;
        scene::Scene scene;
        const auto model = dressed_box();
        const scene::PlacedId left = scene.place(model, {.translation = {-0.8, 0, 0}}, "left");
        scene.place(model, {.translation = {0.8, 0, 0}}, "right");
        const renderer::View view = look({0, 0, 3}, {0, 0, 0}, kFov, 320.f / 240.f);
        renderer::DrawList list;
        list.views = {&view, 1};
        list.background = {0.f, 0.f, 0.f, 1.f};
        const auto shown = [&](std::uint32_t x) { return pixel(studio->picture(scene, list), x, 120); };
        CHECK(shown(90) == Rgba{255, 0, 0, 255});
        scene.set_variant(left, 0);
        REQUIRE(studio->frame(scene, list) == renderer::DrawResult::Done);
        CHECK(studio->renderer().stats().pending_uploads == 0);
        CHECK(shown(90) == Rgba{0, 255, 0, 255});
        CHECK(shown(230) == Rgba{255, 0, 0, 255});
        scene.set_variant(left, 1); // from opaque to blended: drawn by other pipelines, in another order
        const Rgba clear = shown(90);
        CHECK(clear.b > 180);
        CHECK(clear.r + clear.g == 0);
        scene.set_variant(left, scene::kNone);
        CHECK(shown(90) == Rgba{255, 0, 0, 255});
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("what comes, or moves, in the frame in which it changes its clothes is where it should be") {
        auto studio = Studio::make();
        if (!studio) return;
        scene::Scene scene;
        const scene::PlacedId box = scene.place(dressed_box(), {.translation = {-0.8, 0, 0}}, "box");
        const renderer::View view = look({0, 0, 3}, {0, 0, 0}, kFov, 320.f / 240.f);
        renderer::DrawList list;
        list.views = {&view, 1};
        list.background = {0.f, 0.f, 0.f, 1.f};
        const auto shown = [&](std::uint32_t x) { return pixel(studio->picture(scene, list), x, 120); };
        scene.set_variant(box, 0);
        CHECK(shown(90) == Rgba{0, 255, 0, 255});
        scene.set_variant(box, scene::kNone);
        scene.set_local(scene::NodeId{scene.placed()[0].first_node}, {.translation = {1.6, 0, 0}}); // in the model
        CHECK(shown(90) == Rgba{0, 0, 0, 255});
        CHECK(shown(230) == Rgba{255, 0, 0, 255});
    }
}
