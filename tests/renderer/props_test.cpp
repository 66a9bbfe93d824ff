// SPDX-License-Identifier: Apache-2.0
// Props: models that follow a hand.
#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>
#include <glm/gtc/quaternion.hpp>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;
constexpr Rgba kRed{255, 0, 0, 255}, kGreen{0, 255, 0, 255}, kBlack{0, 0, 0, 255};

// A red quad to the right of the grip, and, in a node mirrored across it, the same quad in green to the left. Both face
// +z and have one side only.
std::shared_ptr<const scene::Model> controller() {
    ModelBuilder builder;
    const auto quad = builder.geometry(quad_geometry(Vec2(0.2f)));
    const auto right = builder.mesh(quad, builder.material(unlit({1.f, 0.f, 0.f, 1.f})));
    const auto left = builder.mesh(quad, builder.material(unlit({0.f, 1.f, 0.f, 1.f})));
    builder.node("right", at(0.5, 0, 0), right);
    builder.node("left", {.translation = {-0.5, 0, 0}, .scale = {-1.f, 1.f, 1.f}}, left);
    return builder.take();
}

Affine place(const DVec3& position, const Quat& orientation = kNoRotation) {
    return to_affine(Pose{position, orientation});
}

} // namespace

TEST_SUITE("renderer/props [gpu]") {
    TEST_CASE("the first prop is drawn where its pose says, mirrored parts too, and no other is") {
        auto studio = Studio::make();
        if (!studio) return;
        const renderer::PropId id = studio->renderer().add_prop(controller());
        REQUIRE(id);
        scene::Scene scene;
        const renderer::View view = look({0, 0, 3}, {0, 0, 0}, kFov, kAspect);
        renderer::DrawList list;
        list.views = {&view, 1};
        list.background = {0.f, 0.f, 0.f, 1.f};
        CHECK(pixel(studio->picture(scene, list), 195, 120) == kBlack);

        const std::array none{renderer::Prop{}};
        list.props = none;
        CHECK(pixel(studio->picture(scene, list), 195, 120) == kBlack);

        // 0.5 m at 3 m are 0.5 / (3 tan 30°) of 120 pixels: 35.
        const std::array one{renderer::Prop{id, place({0, 0, 0})}};
        list.props = one;
        const scene::Pixels still = studio->picture(scene, list);
        CHECK(pixel(still, 160 + 35, 120) == kRed);
        CHECK(pixel(still, 160 - 35, 120) == kGreen);
        CHECK(pixel(still, 160, 120) == kBlack);

        const Quat quarter = glm::angleAxis(1.5707963f, Vec3(0.f, 0.f, 1.f));
        const std::array two{renderer::Prop{id, place({0, 0, 0}, quarter)}, renderer::Prop{id, place({1.2, 0, 0})}};
        list.props = two;
        const scene::Pixels turned = studio->picture(scene, list);
        CHECK(pixel(turned, 160, 120 - 35) == kRed);
        CHECK(pixel(turned, 160, 120 + 35) == kGreen);
        CHECK(pixel(turned, 160 - 35, 120) == kBlack);
        CHECK(pixel(turned, 160 + 118, 120) == kRed); // of the second one
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a prop stands before both eyes, and beside a scene it does not disturb") {
        auto studio = Studio::make({.views = 2});
        if (!studio) return;
        const renderer::PropId id = studio->renderer().add_prop(controller());
        scene::Scene scene;
        ModelBuilder builder;
        builder.object("wall", quad_geometry(Vec2(4.f)), unlit({0.f, 0.f, 1.f, 1.f}), at(0, 0, -2));
        scene.place(builder.take(), {}, "wall");
        const std::array views{look({0, 0, 3}, {0, 0, 0}, kFov, kAspect),
                               look({0.5, 0, 3}, {0.5, 0, 0}, kFov, kAspect)};
        renderer::DrawList list;
        list.views = views;
        const std::array props{renderer::Prop{id, place({0, 0, 0})}};
        list.props = props;
        const scene::Pixels both = studio->picture(scene, list);
        CHECK(pixel(both, 160 + 35, 120) == kRed);
        CHECK(pixel(both, 160 - 35, 120) == kGreen);
        CHECK(pixel(both, 160, 120) == Rgba{0, 0, 255, 255});
        CHECK(pixel(both, 160, 240 + 120) == kRed); // the right eye is half a metre to the right
        CHECK(pixel(both, 160 - 70, 240 + 120) == kGreen);
        CHECK(studio->device().validation_messages() == 0);
    }
}
