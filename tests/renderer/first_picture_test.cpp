// SPDX-License-Identifier: Apache-2.0
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>

using namespace pw;
using namespace pw::test;

TEST_SUITE("renderer/picture [gpu]") {

TEST_CASE("an unlit red cube is where the projection says and exactly its colour") {
    auto studio = Studio::make();
    if (!studio) return;
    ModelBuilder builder;
    builder.object("cube", box_geometry(), unlit({1.f, 0.f, 0.f, 1.f}));
    scene::Scene scene;
    scene.place(builder.take(), {}, "cube");
    renderer::DrawList list;
    const renderer::View view = look({0, 0, 3}, {0, 0, 0}, kFov, 320.f / 240.f);
    list.views = {&view, 1};
    list.background = {0.f, 0.f, 0.f, 1.f};
    const scene::Pixels picture = studio->picture(scene, list);
    // The front face stands 2.5 m away: its half side of 0.5 m spans 0.5 / (2.5 tan 30°) of half the height.
    const auto half = static_cast<std::uint32_t>(0.5 / (2.5 * 0.57735) * 120.0); // 41.57
    CHECK(pixel(picture, 160, 120) == Rgba{255, 0, 0, 255});
    CHECK(pixel(picture, 160 - half, 120) == Rgba{255, 0, 0, 255});
    CHECK(pixel(picture, 160 + half, 120 - half) == Rgba{255, 0, 0, 255});
    CHECK(pixel(picture, 160 - half - 2, 120) == Rgba{0, 0, 0, 255});
    CHECK(pixel(picture, 160, 120 + half + 2) == Rgba{0, 0, 0, 255});
    CHECK(studio->device().validation_messages() == 0);
}
}
