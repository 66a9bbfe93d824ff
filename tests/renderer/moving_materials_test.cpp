// SPDX-License-Identifier: Apache-2.0
// KHR_animation_pointer on the screen: materials and lights that clips change.
#include "scene/animation.h"
#include "scene/material_value.h"
#include "tests/renderer/studio.h"
#include "tests/support/allocations.h"
#include "tests/support/scene_builder.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>

#include <array>

using namespace pw;
using namespace pw::test;

namespace {

scene::Channel channel(const char* value, std::vector<float> from_and_to) {
    scene::Channel c;
    c.path = scene::ChannelPath::Material;
    c.object = 0;
    c.value = scene::find_material_value(value).value().value;
    c.times_s = {0.f, 1.f};
    c.values = std::move(from_and_to);
    return c;
}

// A picture of a red and a green pixel beside each other on a belt, which a clip moves along by half its width.
ModelBuilder belt() {
    ModelBuilder builder;
    scene::Material m = unlit({1.f, 1.f, 1.f, 1.f});
    m.base_color_texture.texture = 0;
    builder.object("belt", quad_geometry(), m);
    builder.model().images.push_back(
        {"stripes", "image/png", scene::encode_png({2, 1, {255, 0, 0, 255, 0, 255, 0, 255}}).value()});
    scene::Sampler nearest;
    nearest.mag = nearest.min = scene::Filter::Nearest;
    nearest.mipmaps = false;
    builder.model().textures.push_back({0, nearest});
    builder.model().clips.push_back(
        {"run",
         {channel("pbrMetallicRoughness/baseColorTexture/extensions/KHR_texture_transform/offset", {0, 0, 1, 0})},
         1.f});
    return builder;
}

constexpr Rgba kRed{255, 0, 0, 255}, kGreen{0, 255, 0, 255};

struct Two { // copies of a model side by side, and a view of both
    scene::Scene scene;
    scene::PlacedId left, right;
    renderer::View view = look({0, 0, 3}, {0, 0, 0}, kFov, 320.f / 240.f);
    renderer::DrawList list;
    std::shared_ptr<const scene::Model> model;

    explicit Two(ModelBuilder builder) : model(builder.take()) {
        left = scene.place(model, {.translation = {-0.8, 0, 0}}, "left");
        right = scene.place(model, {.translation = {0.8, 0, 0}}, "right");
        list.views = {&view, 1};
        list.background = {0.f, 0.f, 0.f, 1.f};
    }
    void play(scene::PlacedId placed, float time_s) { scene::apply_clip(scene, placed, model->clips[0], time_s); }
};

} // namespace

TEST_SUITE("renderer/moving_materials [gpu]") {
    TEST_CASE("a belt's surface moves on the copy that runs, and not on the one that stands") {
        auto studio = Studio::make();
        if (!studio) return;
        Two two(belt());
        const auto colors = [&] {
            const scene::Pixels picture = studio->picture(two.scene, two.list);
            return std::array{pixel(picture, 87, 120), pixel(picture, 122, 120), pixel(picture, 198, 120),
                              pixel(picture, 232, 120)};
        };
        const std::array at_rest{kRed, kGreen, kRed, kGreen}, left_moved{kGreen, kRed, kRed, kGreen};
        CHECK(colors() == at_rest);
        two.play(two.left, 0.5f);
        CHECK(colors() == left_moved);
        CHECK(studio->renderer().stats().pending_uploads == 0);
        studio->rebuild(); // a new renderer finds what was changed before
        CHECK(colors() == left_moved);
        two.scene.place(two.model, {.translation = {0, 5, 0}}, "late");
        CHECK(colors() == left_moved);
        two.play(two.left, 0.f);
        two.play(two.right, 0.5f);
        CHECK(colors() == std::array{kRed, kGreen, kGreen, kRed});
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("factors and layers change, and a layer that adds nothing at first does when it comes") {
        auto studio = Studio::make();
        if (!studio) return;
        ModelBuilder builder;
        scene::Material m = plain({0.f, 0.f, 0.f, 1.f}, 0.f, 1.f);
        m.layers.emplace();
        builder.object("lamp", quad_geometry(), m);
        builder.model().clips = {
            {"on", {channel("emissiveFactor", {0, 0, 0, 0, 1, 0})}, 1.f},
            {"clear", {channel("extensions/KHR_materials_transmission/transmissionFactor", {0, 1})}, 1.f}};
        Two two(std::move(builder));
        two.list.background = {0.f, 0.f, 1.f, 1.f};
        const auto shown = [&](std::uint32_t x) { return pixel(studio->picture(two.scene, two.list), x, 120); };
        CHECK(shown(104).g < 20);
        two.play(two.left, 1.f);
        CHECK(shown(104).g > 200);
        CHECK(shown(216).g < 20);
        two.play(two.left, 0.f);
        CHECK(shown(104).b < 20);
        scene::apply_clip(two.scene, two.right, two.model->clips[1], 1.f);
        CHECK(shown(104).b < 20);
        CHECK(shown(216).b < 20); // black glass lets nothing through
        two.scene.change_material(two.right, 0).base_color = {1.f, 1.f, 1.f, 1.f};
        CHECK(shown(216).b > 200);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a light that a clip dims is dimmer, on its own copy") {
        auto studio = Studio::make();
        if (!studio) return;
        ModelBuilder builder;
        builder.object("wall", quad_geometry(), plain({1.f, 1.f, 1.f, 1.f}, 0.f, 1.f));
        builder.node("lamp", at(0, 0, 1));
        builder.model().nodes[1].light = 0;
        builder.model().lights.push_back({.intensity = 4000.f, .range_m = 1.2f});
        scene::Channel c;
        c.path = scene::ChannelPath::Light;
        c.object = 0;
        c.value = scene::find_light_value("intensity").value().value;
        c.times_s = {0.f, 1.f};
        c.values = {4000.f, 0.f};
        builder.model().clips.push_back({"dim", {c}, 1.f});
        Two two(std::move(builder));
        two.list.environment_intensity = 0.f;
        const auto shown = [&](std::uint32_t x) { return pixel(studio->picture(two.scene, two.list), x, 120).g; };
        const int bright = shown(104);
        CHECK(bright > 50);
        two.play(two.left, 1.f);
        CHECK(shown(104) < bright / 4);
        CHECK(std::abs(shown(216) - bright) < 3);
    }

    TEST_CASE("a frame in which materials and visibility change allocates nothing") {
        const auto jobs = make_jobs_inline();
        auto offscreen = Offscreen::make({}, *jobs);
        if (!offscreen) return test::skip(offscreen.error().what);
        renderer::Renderer& r = *(*offscreen)->renderer;
        ModelBuilder builder = belt();
        scene::Channel blink;
        blink.path = scene::ChannelPath::Visible;
        blink.node = 0;
        blink.interpolation = scene::Interpolation::Step;
        blink.times_s = {0.f, 0.5f};
        blink.values = {1.f, 0.f};
        builder.model().clips[0].channels.push_back(blink);
        Two two(std::move(builder));
        const renderer::Target target = (*offscreen)->target(/* read_back= */ false);
        long before = 0;
        for (int i = 0; i < 40; ++i) {
            if (i == 20) before = allocations();
            two.play(two.left, static_cast<float>(i % 10) * 0.1f);
            two.play(two.right, static_cast<float>(i % 7) * 0.1f);
            const scene::Changes changes = two.scene.update();
            r.begin_frame();
            r.sync(two.scene, changes);
            REQUIRE(r.draw(two.list, target) == renderer::DrawResult::Done);
        }
        CHECK(r.settled());
        CHECK(allocations() - before == 0);
    }
}
