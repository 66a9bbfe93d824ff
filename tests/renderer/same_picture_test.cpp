// SPDX-License-Identifier: Apache-2.0
// Promises about whole pictures: what must not change them.
#include "renderer/internal/memory.h"
#include "tests/renderer/overlay_builder.h"
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"
#include "tests/support/allocations.h"
#include "tests/support/scene_builder.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>
#include <glm/gtc/quaternion.hpp>

#include <cstring>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;
constexpr const char* kFontFile = "/usr/share/fonts/opentype/inter/Inter-Medium.otf"; // package fonts-inter

void build_yard(scene::Scene& scene, const Affine& world_from_yard = {}) {
    ModelBuilder builder;
    builder.object("floor", box_geometry({3.f, 0.1f, 3.f}), plain({0.5f, 0.5f, 0.45f, 1.f}, 0.f, 0.8f), at(0, -0.1, 0));
    builder.object("ball", sphere_geometry(0.5f), plain({0.9f, 0.6f, 0.2f, 1.f}, 1.f, 0.25f), at(-0.8, 0.5, 0));
    builder.object("cube", box_geometry(Vec3(0.4f)), plain({0.1f, 0.3f, 0.8f, 1.f}), at(0.7, 0.4, 0.3));
    scene::Material glass = plain({0.6f, 0.9f, 0.7f, 0.4f}, 0.f, 0.1f);
    glass.alpha_mode = scene::AlphaMode::Blend;
    builder.object("glass", quad_geometry(Vec2(0.7f)), glass, at(0.2, 0.7, 1.2));
    scene::Material slab = plain({0.8f, 0.9f, 1.f, 1.f}, 0.f, 0.2f);
    slab.layers.emplace();
    slab.layers->transmission = 1.f;
    slab.layers->thickness_m = 0.1f;
    builder.object("slab", quad_geometry(Vec2(0.3f)), slab, at(-1.2, 0.5, 1.0));
    const auto lamp = builder.node("lamp", at(0, 2, 1));
    builder.model().nodes[lamp].light = 0;
    scene::Light light;
    light.color = {1.f, 0.8f, 0.6f};
    light.intensity = 16'000.f;
    builder.model().lights.push_back(light);
    scene.place(builder.take(), world_from_yard, "yard");
}

renderer::DrawList yard_list(const renderer::View& view) {
    renderer::DrawList list;
    list.views = {&view, 1};
    list.sun.to_sun = {0.5f, 0.8f, 0.4f};
    list.sun.illuminance = Vec3(10'000.f);
    return list;
}

// A texel of the target's depth, as the frame left it.
float depth_at(Studio& studio, std::int32_t x, std::int32_t y, std::uint32_t layer) {
    renderer::Gpu& gpu = renderer::gpu_of(studio.device());
    const renderer::Target target = studio.target(/* read_back= */ false);
    const renderer::Buffer texel = renderer::make_buffer(gpu, 4, 0, renderer::Memory::Readback, "texel");
    const bool done = renderer::run_now(gpu, [&](VkCommandBuffer cmd) {
        renderer::image_barrier(cmd, {.image = target.depth,
                                      .from = target.depth_layout_after,
                                      .to = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                                      .before = renderer::access::kDepth,
                                      .after = renderer::access::kTransferRead,
                                      .aspect = VK_IMAGE_ASPECT_DEPTH_BIT});
        VkBufferImageCopy region{};
        region.imageSubresource = {VK_IMAGE_ASPECT_DEPTH_BIT, 0, layer, 1};
        region.imageOffset = {x, y, 0};
        region.imageExtent = {1, 1, 1};
        vkCmdCopyImageToBuffer(cmd, target.depth, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, texel.get(), 1, &region);
        renderer::image_barrier(cmd, {.image = target.depth,
                                      .from = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                                      .to = target.depth_layout_after,
                                      .before = renderer::access::kTransferRead,
                                      .after = renderer::access::kDepth,
                                      .aspect = VK_IMAGE_ASPECT_DEPTH_BIT});
        renderer::memory_barrier(cmd, renderer::access::kTransferWrite, renderer::access::kHostRead);
    });
    REQUIRE(done);
    texel.invalidate();
    float depth = -1.f;
    std::memcpy(&depth, texel.data(), sizeof depth);
    return depth;
}

} // namespace

TEST_SUITE("renderer/same [gpu]") {
    TEST_CASE("a million metres from the origin the picture is the same") {
        auto studio = Studio::make();
        if (!studio) return;
        const renderer::View near_view = look({1.5, 1.8, 4}, {0, 0.4, 0}, kFov, kAspect);
        scene::Scene near_scene;
        build_yard(near_scene);
        const scene::Pixels near_picture = studio->picture(near_scene, yard_list(near_view));

        const DVec3 away(1e6 + 0.25, 128.5, -1e6);
        auto other = Studio::make();
        renderer::View far_view = near_view;
        far_view.world_from_eye.position += away;
        scene::Scene far_scene;
        build_yard(far_scene, {.translation = away});
        renderer::DrawList list = yard_list(far_view);
        const scene::Pixels far_picture = other->picture(far_scene, list);
        std::size_t differing = 0;
        for (std::size_t i = 0; i < far_picture.rgba.size(); ++i) {
            differing += std::abs(far_picture.rgba[i] - near_picture.rgba[i]) > 1 ? 1u : 0u;
        }
        // Texels of the shadow map lie elsewhere on the edges of shadows.
        CHECK(differing < 400);
        list.sun.shadows = false;
        renderer::DrawList near_list = yard_list(near_view);
        near_list.sun.shadows = false;
        CHECK(largest_difference(studio->picture(near_scene, near_list), other->picture(far_scene, list)) <= 1);
        CHECK(other->device().validation_messages() == 0);
    }

    TEST_CASE("stereo in one pass is two pictures for one eye each") {
        auto stereo = Studio::make({.views = 2});
        auto mono = Studio::make();
        if (!stereo || !mono) return;
        scene::Scene scene;
        build_yard(scene);
        std::array<renderer::View, 2> views{look({1.5, 1.8, 4}, {0, 0.4, 0}, kFov, kAspect),
                                            look({1.564, 1.8, 4}, {0.064, 0.4, 0}, kFov, kAspect)};
        views[1].tan_left *= 0.9f; // eyes of a headset are not symmetric
        renderer::DrawList list = yard_list(views[0]);
        list.views = views;
        const scene::Pixels both = stereo->picture(scene, list);
        REQUIRE(both.height == 480);
        for (std::size_t eye = 0; eye < 2; ++eye) {
            scene::Scene again;
            build_yard(again);
            list.views = {&views[eye], 1};
            const scene::Pixels one = mono->picture(again, list);
            mono->rebuild();
            scene::Pixels half = one;
            const auto size = static_cast<std::ptrdiff_t>(half.rgba.size());
            half.rgba.assign(both.rgba.begin() + size * static_cast<std::ptrdiff_t>(eye),
                             both.rgba.begin() + size * static_cast<std::ptrdiff_t>(eye + 1));
            std::size_t differing = 0;
            for (std::size_t i = 0; i < half.rgba.size(); ++i) {
                differing += std::abs(half.rgba[i] - one.rgba[i]) > 1 ? 1u : 0u;
            }
            CHECK(differing < 100); // the eye's own origin rounds edges elsewhere
        }
        CHECK(stereo->device().validation_messages() == 0);
    }

    TEST_CASE("a world ten times as large, shown as a model a tenth its size, is the same picture and depth") {
        std::array<scene::Pixels, 2> pictures;
        for (const bool large : {false, true}) {
            auto studio = Studio::make({.depth = true, .font_file = kFontFile});
            if (!studio) return;
            const double scale = large ? 10.0 : 1.0;
            scene::Scene scene;
            ModelBuilder builder;
            builder.object("wall", box_geometry({0.5f, 0.5f, 0.1f}), unlit({0.2f, 0.4f, 0.3f, 1.f}), at(0, 0, -0.1));
            builder.object("brush", box_geometry(Vec3(0.02f)), unlit({1.f, 0.f, 0.f, 1.f}), at(0.0, 0.015, 2.44));
            scene.place(builder.take(), {.linear = Mat3(static_cast<float>(scale))}, "wall");
            const renderer::View view = look(DVec3(0, 0, 2.5) * scale, {0, 0, 0}, kFov, kAspect);
            const std::array labels{
                renderer::Label{.position = DVec3(-0.5, 0.2, 0.1) * scale, .height_m = 0.2f, .text = "Filler 24"},
                renderer::Label{.position = DVec3(3.0, 2.0, -9.0) * scale, .height_m = 0.2f, .text = "far and grown"},
                renderer::Label{.position = DVec3(0.5, -0.5, 0.1) * scale,
                                .billboard = false,
                                .height_m = 0.1f,
                                .text = "sign",
                                .back_srgba = 0xff80'2020u}};
            const std::array lines{renderer::Line{DVec3(-1, -0.5, 0.1) * scale, DVec3(0.1, 0.4, 2.6) * scale,
                                                  0xff00'ffffu, 0.02f}}; // it ends behind the eye
            renderer::DrawList list;
            list.views = {&view, 1};
            list.labels = labels;
            list.lines = lines;
            list.world_per_user = static_cast<float>(scale);
            pictures[large ? 1 : 0] = studio->picture(scene, list);
            CHECK(depth_at(*studio, 160, 120, 0) == doctest::Approx(renderer::kNearPlane_m / 2.5f));
            CHECK(pixel(pictures[large ? 1 : 0], 160, 80) != Rgba{255, 0, 0, 255}); // nearer than the near plane
            CHECK(studio->device().validation_messages() == 0);
        }
        std::size_t differing = 0;
        for (std::size_t i = 0; i < pictures[0].rgba.size(); ++i)
            differing += std::abs(pictures[0].rgba[i] - pictures[1].rgba[i]) > 2 ? 1u : 0u;
        CHECK(differing < 30);
        keep_picture(pictures[1], "world_per_user");
    }

    TEST_CASE("two runs give the same bytes, and so does a renderer made again after a lost device") {
        auto studio = Studio::make();
        if (!studio) return;
        scene::Scene scene;
        build_yard(scene);
        const renderer::View view = look({1.5, 1.8, 4}, {0, 0.4, 0}, kFov, kAspect);
        const renderer::DrawList list = yard_list(view);
        const scene::Pixels first = studio->picture(scene, list);
        CHECK(studio->device().validation_messages() == 0);

        studio->device().force_loss();
        CHECK(studio->frame(scene, list) == renderer::DrawResult::DeviceLost);
        studio->rebuild();
        CHECK(largest_difference(studio->picture(scene, list), first) == 0);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("a steady frame that shows everything allocates nothing") {
        // Without validation, which allocates by itself: what counts is what this program's own code does.
        for (const auto tier : {renderer::Tier::Software, renderer::Tier::High}) {
            CAPTURE(static_cast<int>(tier));
            const auto jobs = make_jobs_inline();
            auto offscreen = Offscreen::make({.tier = tier, .font_file = kFontFile}, *jobs);
            if (!offscreen) return skip(offscreen.error().what);
            renderer::Renderer& r = *(*offscreen)->renderer;
            scene::Scene scene;
            build_yard(scene);
            ModelBuilder stick;
            stick.object("stick", box_geometry(Vec3(0.1f)), plain({1.f, 1.f, 1.f, 1.f}));
            const std::array props{renderer::Prop{r.add_prop(stick.take()), {}}};
            OverlayBuilder shapes;
            shapes.rect({10, 10}, {60, 40}, 0xff00'ff00u, r.add_texture({1, 1, {255, 255, 255, 255}}));
            const std::array labels{renderer::Label{.position = {0, 1, 0}, .text = "Palletiser · 12 °C"},
                                    renderer::Label{.position = {1, 1, 0}, .text = "Held", .back_srgba = 0xff00'0000u}};
            const std::array lines{renderer::Line{.a = {0, 0, 0}, .b = {1, 1, 1}}};
            const std::array<renderer::PatchVertex, 3> corners{{{{0, 0, 0}}, {{1, 0, 0}}, {{0, 0, 1}}}};
            const std::array indices{0u, 1u, 2u};
            const std::array panels{renderer::Panel{.pose = {{0, 1, 1}}, .overlay = shapes.overlay()},
                                    renderer::Panel{.pose = {{1, 1, 1}}, .overlay = shapes.overlay(), .as_hole = true}};
            const renderer::View view = look({1.5, 1.8, 4}, {0, 0.4, 0}, kFov, kAspect);
            renderer::DrawList list = yard_list(view);
            list.props = props;
            list.labels = labels;
            list.lines = lines;
            list.patches = {corners, indices};
            list.panels = panels;
            list.overlay = shapes.overlay();
            list.section = renderer::Section{.point = {0, 0.5, 0}};
            list.vignette = list.fade = 0.3f;
            const renderer::Target target = (*offscreen)->target(/* read_back= */ false);
            long before = 0;
            for (int i = 0; i < 40; ++i) {
                if (i == 20) before = allocations();
                Transform local = scene.local(scene::NodeId{2});
                local.rotation = glm::angleAxis(static_cast<float>(i) * 0.1f, Vec3(0.f, 1.f, 0.f));
                scene.set_local(scene::NodeId{2}, local);
                const scene::Changes changes = scene.update();
                r.begin_frame();
                r.sync(scene, changes);
                REQUIRE(r.draw(list, target) == renderer::DrawResult::Done);
            }
            CHECK(r.settled());
            CHECK(allocations() - before == 0);
        }
    }

    TEST_CASE("multisampling and a depth target leave no validation message") {
        auto studio = Studio::make({.views = 2, .tier = renderer::Tier::High, .depth = true});
        if (!studio) return;
        scene::Scene scene;
        build_yard(scene);
        const std::array<renderer::View, 2> views{look({1.5, 1.8, 4}, {0, 0.4, 0}, kFov, kAspect),
                                                  look({1.564, 1.8, 4}, {0.064, 0.4, 0}, kFov, kAspect)};
        renderer::DrawList list = yard_list(views[0]);
        list.views = views;
        const scene::Pixels picture = studio->picture(scene, list);
        CHECK(pixel(picture, 160, 120).a == 255);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("the depth handed to a compositor is 0.05 m by the distance, with one sample and with four") {
        for (const std::uint32_t samples : {1u, 4u}) {
            CAPTURE(samples);
            auto studio = Studio::make({.views = 2, .samples = samples, .depth = true});
            if (!studio) return;
            scene::Scene scene;
            ModelBuilder builder;
            builder.object("wall", quad_geometry(), unlit(Vec4(1.f)));
            scene.place(builder.take(), {}, "wall");
            const std::array<renderer::View, 2> views{look({0, 0, 2.5}, {0, 0, 0}, kFov, kAspect),
                                                      look({0, 0, 4}, {0, 0, 0}, kFov, kAspect)};
            renderer::DrawList list;
            list.views = views;
            studio->picture(scene, list);
            CHECK(depth_at(*studio, 160, 120, 0) == doctest::Approx(renderer::kNearPlane_m / 2.5f));
            CHECK(depth_at(*studio, 160, 120, 1) == doctest::Approx(renderer::kNearPlane_m / 4.f));
            CHECK(depth_at(*studio, 2, 2, 0) == 0.f); // infinitely far
            CHECK(studio->device().validation_messages() == 0);
        }
    }
}
