// SPDX-License-Identifier: Apache-2.0
// Skinned and morphed meshes stand where glTF's formulas put them.
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>
#include <glm/gtc/matrix_transform.hpp>

#include <cmath>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;

std::pair<std::uint32_t, std::uint32_t> project(double x, double y, double distance) {
    return {static_cast<std::uint32_t>(160.0 + x / distance / 0.57735 * 120.0),
            static_cast<std::uint32_t>(120.0 - y / distance / 0.57735 * 120.0)};
}

// A quad whose left vertices hang on joint 0 and whose right ones on joint 1, which rest at x = ∓0.5.
std::shared_ptr<const scene::Model> skinned_quad() {
    ModelBuilder builder;
    scene::Geometry g = quad_geometry();
    for (const scene::Vertex& v : g.vertices) {
        g.skin.push_back({{static_cast<std::uint16_t>(v.position.x > 0.f ? 1 : 0), 0, 0, 0}, {65535, 0, 0, 0}});
    }
    // The node's own place does not count (glTF 3.7.3.3), so it is put somewhere misleading.
    const auto mesh = builder.mesh(builder.geometry(std::move(g)), builder.material(unlit(Vec4(1.f))));
    const auto node = builder.node("quad", {.translation = {5, 7, 9}, .scale = Vec3(3.f)}, mesh);
    const auto left = builder.node("left", at(-0.5, 0, 0));
    const auto right = builder.node("right", at(0.5, 0, 0));
    scene::Skin skin;
    skin.joints = {left, right};
    skin.inverse_bind = {glm::translate(Mat4(1.f), Vec3(0.5f, 0.f, 0.f)),
                         glm::translate(Mat4(1.f), Vec3(-0.5f, 0.f, 0.f))};
    builder.model().skins.push_back(std::move(skin));
    builder.model().nodes[node].skin = 0;
    return builder.take();
}

} // namespace

TEST_SUITE("renderer/deform [gpu]") {
    TEST_CASE("a skinned quad follows its joints and not its node") {
        auto studio = Studio::make();
        if (!studio) return;
        scene::Scene scene;
        const scene::PlacedId placed = scene.place(skinned_quad(), {}, "quad");
        const renderer::View view = look({0, 0, 3}, {0, 0, 0}, kFov, kAspect);
        renderer::DrawList list;
        list.views = {&view, 1};
        list.background = {0.f, 0.f, 0.f, 1.f};
        scene::Pixels picture = studio->picture(scene, list);
        const auto lit = [&](double x, double y) {
            const auto [px, py] = project(x, y, 3.0);
            return pixel(picture, px, py).r == 255;
        };
        CHECK(lit(0.45, 0.45));
        CHECK(lit(-0.45, -0.45));
        CHECK_FALSE(lit(0.55, 0.0));
        // The right joint goes up by 0.5: the quad becomes a sheared one, from y ± 0.5 at the left to 0 … 1.
        scene.set_local(scene.node_of(placed, 2), at(0.5, 0.5, 0));
        picture = studio->picture(scene, list);
        CHECK(lit(0.45, 0.9));
        CHECK_FALSE(lit(0.45, -0.2));
        CHECK(lit(-0.45, -0.4));
        CHECK_FALSE(lit(-0.45, 0.6));
        // The node itself may go anywhere.
        scene.set_local(scene.node_of(placed, 0), at(100, 0, 0));
        const scene::Pixels same = studio->picture(scene, list);
        CHECK(largest_difference(picture, same) == 0);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a morph target moves what it names, by its weight") {
        auto studio = Studio::make();
        if (!studio) return;
        ModelBuilder builder;
        scene::Geometry g = quad_geometry(Vec2(0.25f));
        scene::MorphTarget right, up;
        right.positions.assign(4, Vec3(1.f, 0.f, 0.f));
        up.positions.assign(4, Vec3(0.f, 0.8f, 0.f));
        g.morphs = {right, up};
        builder.object("quad", std::move(g), unlit(Vec4(1.f)));
        scene::Scene scene;
        const scene::PlacedId placed = scene.place(builder.take(), {}, "quad");
        const renderer::View view = look({0, 0, 3}, {0, 0, 0}, kFov, kAspect);
        renderer::DrawList list;
        list.views = {&view, 1};
        list.background = {0.f, 0.f, 0.f, 1.f};
        const auto is_lit = [&](double x, double y) {
            const auto [px, py] = project(x, y, 3.0);
            return pixel(studio->picture(scene, list), px, py).r == 255;
        };
        CHECK(is_lit(0.0, 0.0));
        const std::array weights{0.5f, 1.f};
        scene.set_weights(scene.node_of(placed, 0), weights);
        CHECK(is_lit(0.5, 0.8));
        CHECK(is_lit(0.7, 1.0));
        CHECK_FALSE(is_lit(0.0, 0.0));
        CHECK(studio->device().validation_messages() == 0);
    }
}
