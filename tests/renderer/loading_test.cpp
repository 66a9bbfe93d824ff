// SPDX-License-Identifier: Apache-2.0
// What a frame does while things arrive, and what it does with those that find no room.
#include "base/file.h"
#include "tests/renderer/studio.h"
#include "tests/support/held_jobs.h"
#include "tests/support/scene_builder.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace pw;
using namespace pw::test;

namespace {

constexpr float kAspect = 320.f / 240.f;

struct Stage {
    scene::Scene scene;
    renderer::View view = look({0, 0, 3}, {0, 0, 0}, kFov, kAspect);
    renderer::DrawList list;
    HeldJobs jobs;
    std::unique_ptr<Offscreen> offscreen;

    explicit Stage(OffscreenOptions options = {}) {
        list.views = {&view, 1};
        list.background = {0.f, 0.f, 0.f, 1.f};
        options.validation = true;
        auto made = Offscreen::make(options, jobs);
        if (made)
            offscreen = std::move(*made);
        else
            skip(made.error().what);
    }
    renderer::Renderer& renderer() { return *offscreen->renderer; }
    scene::Pixels picture() {
        renderer().begin_frame();
        renderer().sync(scene, scene.update());
        REQUIRE(renderer().draw(list, offscreen->target(/* read_back= */ true)) == renderer::DrawResult::Done);
        auto picture = renderer().take_picture(/* wait= */ true);
        REQUIRE(picture);
        return std::move(*picture);
    }
    std::uint32_t messages() const { return offscreen->device->validation_messages(); }
};

// A quad, made large by vertices that nothing uses.
scene::Geometry heavy_quad(std::size_t bytes) {
    scene::Geometry g = quad_geometry();
    g.vertices.resize(bytes / sizeof(scene::Vertex));
    return g;
}

scene::Image blue_image(std::uint32_t side) {
    scene::Pixels blue{side, side, {}};
    blue.rgba.resize(std::size_t{4} * side * side);
    for (std::size_t i = 0; i < blue.rgba.size(); ++i) blue.rgba[i] = i % 4 >= 2 ? 255 : 0;
    scene::Image image;
    image.name = "blue";
    image.encoded = *scene::encode_png(blue);
    return image;
}

// The texture's index.
std::uint32_t add_image(ModelBuilder& builder, scene::Image image) {
    const auto index = static_cast<std::uint32_t>(builder.model().images.size());
    builder.model().images.push_back(std::move(image));
    builder.model().textures.push_back({index, {}});
    return index;
}
std::uint32_t add_image(ModelBuilder& builder, std::uint32_t side) { return add_image(builder, blue_image(side)); }

// A sign with an image of its own.
void add_sign(ModelBuilder& builder, scene::Image image, const scene::Geometry& geometry, const Transform& where) {
    scene::Material m = unlit({1.f, 1.f, 1.f, 1.f});
    m.base_color_texture.texture = add_image(builder, std::move(image));
    builder.object("sign", geometry, m, where);
}

// Of two signs, of which the right one is larger; the first job makes their pipeline.
void check_larger_comes_first(Stage& stage) {
    stage.jobs.held[1]();
    stage.jobs.held.erase(stage.jobs.held.begin() + 1);
    stage.picture();
    const scene::Pixels shown = stage.picture();
    CHECK(pixel(shown, 119, 120) == Rgba{255, 255, 255, 255});
    CHECK(pixel(shown, 201, 120) == Rgba{0, 0, 255, 255});
}

} // namespace

TEST_SUITE("renderer/loading [gpu]") {
    TEST_CASE("what waits for its own pipeline is drawn by a general one, and looks the same") {
        Stage stage;
        if (!stage.offscreen) return;
        ModelBuilder builder;
        builder.object("ball", sphere_geometry(0.5f), plain({0.9f, 0.6f, 0.2f, 1.f}, 0.3f, 0.4f), at(-0.6, 0, 0));
        builder.object("sign", quad_geometry(Vec2(0.3f)), unlit({0.f, 1.f, 0.f, 1.f}), at(0.5, 0, 0));
        scene::Material glass = plain({0.6f, 0.9f, 0.7f, 0.4f}, 0.f, 0.1f);
        glass.alpha_mode = scene::AlphaMode::Blend;
        builder.object("glass", quad_geometry(Vec2(0.4f)), glass, at(0.2, 0, 0.5));
        stage.scene.place(builder.take(), {}, "things");

        const scene::Pixels before = stage.picture();
        CHECK(pixel(before, 200, 100).g > 100);
        CHECK(stage.jobs.held.size() == 3); // one for each way of shading
        CHECK(!stage.renderer().settled());
        const scene::Pixels still = stage.picture();
        CHECK(stage.jobs.held.size() == 3); // and each once
        stage.jobs.release();
        CHECK(stage.renderer().settled());
        CHECK(largest_difference(stage.picture(), before) <= 3); // a flat normal texture is not quite flat
        CHECK(stage.messages() == 0);
    }

    TEST_CASE("a renderer that ends before its pipelines were begun leaves nothing to do") {
        HeldJobs jobs;
        {
            Stage stage;
            if (!stage.offscreen) return;
            ModelBuilder builder;
            builder.object("cube", box_geometry(), plain({1.f, 0.f, 0.f, 1.f}));
            stage.scene.place(builder.take(), {}, "cube");
            stage.picture();
            std::swap(jobs.held, stage.jobs.held);
        }
        REQUIRE(jobs.held.size() == 1);
        jobs.release();
    }

    TEST_CASE("large geometry comes over several frames, and shows when it is whole") {
        Stage stage({.tier = renderer::Tier::Low, .samples = 1});
        if (!stage.offscreen) return;
        ModelBuilder builder;
        builder.object("heavy", heavy_quad(40u << 20), unlit({1.f, 0.f, 0.f, 1.f}), at(-0.6, 0, 0));
        builder.object("light", quad_geometry(), unlit({0.f, 1.f, 0.f, 1.f}), at(0.6, 0, 0));
        stage.scene.place(builder.take(), {}, "both");
        int frames = 0;
        for (scene::Pixels shown = stage.picture(); pixel(shown, 119, 120).r == 0; shown = stage.picture(), ++frames) {
            REQUIRE(frames < 10);
            CHECK(!stage.renderer().settled());
            CHECK(pixel(shown, 201, 120) == Rgba{0, 0, 0, 255}); // behind the heavy one in the queue
        }
        CHECK(frames == 2); // 40 MB at 16 MiB a frame: the third frame has it
        stage.jobs.release();
        CHECK(stage.renderer().settled());
        CHECK(pixel(stage.picture(), 201, 120) == Rgba{0, 255, 0, 255});
        CHECK(stage.messages() == 0);
    }

    TEST_CASE("what the GPU has no memory for is left out or smaller and told, and the rest is drawn") {
        Stage stage({.memory_limit = 80u << 20});
        if (!stage.offscreen) return;
        ModelBuilder heavy;
        heavy.model().name = "heavy.glb";
        heavy.object("heavy", heavy_quad(120u << 20), unlit({1.f, 0.f, 0.f, 1.f}), at(-0.6, 0.5, 0));
        stage.scene.place(heavy.take(), {}, "heavy");
        ModelBuilder textured;
        textured.model().name = "poster.glb";
        scene::Material poster = unlit({1.f, 1.f, 1.f, 1.f});
        poster.base_color_texture.texture = add_image(textured, 4096);
        textured.object("poster", quad_geometry(), poster, at(0.6, 0, 0));
        stage.scene.place(textured.take(), {}, "poster");

        stage.picture();
        stage.jobs.release();
        const scene::Pixels shown = stage.picture();
        CHECK(stage.renderer().settled());
        CHECK(pixel(shown, 119, 85) == Rgba{0, 0, 0, 255});
        CHECK(pixel(shown, 201, 120) == Rgba{0, 0, 255, 255}); // the image, with half of its pixels each way
        const auto& told = stage.renderer().problems().list();
        REQUIRE(told.size() == 2);
        CHECK(told[0].where == "heavy.glb");
        CHECK(told[0].what.contains("no memory"));
        CHECK(told[1].where == "poster.glb: images[0]");
        CHECK(told[1].what.contains("no memory"));
        CHECK(told[1].what.contains("2048 × 2048"));
        CHECK(stage.messages() == 0);
    }

    TEST_CASE("a large texture comes over several frames, and shows when it is whole") {
        Stage stage({.tier = renderer::Tier::Low, .samples = 1});
        if (!stage.offscreen) return;
        ModelBuilder textured;
        scene::Material poster = unlit({1.f, 1.f, 1.f, 1.f});
        poster.base_color_texture.texture = add_image(textured, 3072); // 48 MiB with its mipmaps
        textured.object("poster", quad_geometry(), poster);
        stage.scene.place(textured.take(), {}, "poster");
        CHECK(pixel(stage.picture(), 160, 120) == Rgba{255, 255, 255, 255});
        CHECK(stage.renderer().stats().textures == 1);
        CHECK(stage.renderer().stats().pending_textures == 1);
        stage.jobs.release();
        int frames = 0;
        while (pixel(stage.picture(), 160, 120) == Rgba{255, 255, 255, 255}) REQUIRE(++frames < 10);
        CHECK(frames == 3); // at 16 MiB a frame
        CHECK(stage.renderer().stats().pending_textures == 0);
        CHECK(pixel(stage.picture(), 160, 120) == Rgba{0, 0, 255, 255});
        CHECK(stage.messages() == 0);
    }

    TEST_CASE("many small textures come over several frames") {
        Stage stage({.tier = renderer::Tier::Low, .samples = 1});
        if (!stage.offscreen) return;
        ModelBuilder signs;
        for (int i = 0; i < 100; ++i) add_sign(signs, blue_image(4), quad_geometry(Vec2(0.02f)), at(i * 0.01, 0, 0));
        stage.scene.place(signs.take(), {}, "signs");
        stage.picture();
        stage.jobs.release();
        stage.picture();
        CHECK(stage.renderer().stats().pending_textures == 36); // 64 a frame
        stage.picture();
        CHECK(stage.renderer().stats().pending_textures == 0);
        CHECK(pixel(stage.picture(), 160, 120) == Rgba{0, 0, 255, 255});
        CHECK(stage.messages() == 0);
    }

    TEST_CASE("no more textures are decoded than memory should hold, and the next when those before are copied") {
        Stage stage({.tier = renderer::Tier::Low, .samples = 1});
        if (!stage.offscreen) return;
        ModelBuilder signs;
        const scene::Image large = blue_image(3800); // 73 MiB with its mipmaps
        for (int i = 0; i < 8; ++i) add_sign(signs, large, quad_geometry(), at(0, 0, 0));
        stage.scene.place(signs.take(), {}, "signs");
        stage.picture();
        const std::size_t others = 1; // a pipeline
        REQUIRE(stage.jobs.held.size() == others + 7);
        stage.jobs.release();
        for (int frame = 0; frame < 4; ++frame) {
            stage.picture();
            CHECK(stage.jobs.held.empty()); // less than one of them has been copied
        }
        stage.picture();
        CHECK(stage.renderer().stats().pending_textures == 7);
        CHECK(stage.jobs.held.size() == 1);
    }

    TEST_CASE("the textures of large things are decoded first") {
        Stage stage({.tier = renderer::Tier::Low, .samples = 1});
        if (!stage.offscreen) return;
        ModelBuilder signs;
        add_sign(signs, blue_image(64), quad_geometry(Vec2(0.3f)), at(-0.6, 0, 0));
        Transform larger = at(0.6, 0, 0);
        larger.scale = Vec3(4.f);
        add_sign(signs, blue_image(128), quad_geometry(Vec2(0.1f)), larger);
        stage.scene.place(signs.take(), {}, "signs");
        stage.picture();
        REQUIRE(stage.jobs.held.size() == 3); // after the pipeline
        check_larger_comes_first(stage);
    }

    TEST_CASE("what is large in a variant or an instance counts, and what has no size does not") {
        Stage stage({.tier = renderer::Tier::Low, .samples = 1});
        if (!stage.offscreen) return;
        ModelBuilder signs;
        scene::Geometry nothing = quad_geometry();
        nothing.indices.clear();
        nothing.bounds = {};
        add_sign(signs, blue_image(32), nothing, at(0, 0, 0));
        add_sign(signs, blue_image(64), quad_geometry(Vec2(0.3f)), at(-0.6, 0, 0));
        add_sign(signs, blue_image(128), quad_geometry(Vec2(0.1f)), {});
        scene::Model& model = signs.model();
        Transform larger = at(0.6, 0, 0);
        larger.scale = Vec3(4.f);
        model.nodes.back().instances = {at(5, 0, 0), larger};
        scene::Primitive& primitive = model.meshes.back().primitives[0];
        model.variants = {"blue"};
        primitive.variants = {{0, primitive.material}};
        primitive.material = scene::kNone;
        stage.scene.set_variant(stage.scene.place(signs.take(), {}, "signs"), 0);
        stage.picture();
        REQUIRE(stage.jobs.held.size() == 4); // after the pipeline
        check_larger_comes_first(stage);
    }

    TEST_CASE("a texture comes to each of the materials that wear it, neighbours or not, and to their layers") {
        constexpr int kAll = 60;
        const auto wears = [](int i) { return i == 20 || i == 21 || i == 22 || i == 40; };
        const auto mirrors = [](int i) { return i == 22 || i == 40; }; // by a layer
        Stage stage;
        if (!stage.offscreen) return;
        ModelBuilder signs;
        const std::uint32_t image = add_image(signs, 16);
        for (int i = 0; i < kAll; ++i) {
            scene::Material m = unlit({1.f, 1.f, 1.f, 1.f});
            if (i % 2 == 0 && !wears(i)) m = plain({1.f, 1.f, 1.f, 1.f}), m.layers.emplace().clearcoat = 1.f;
            if (mirrors(i)) {
                m = plain({0.f, 0.f, 0.f, 1.f}, 0.f, 1.f);
                m.layers.emplace().ior = 0.f; // reflects all
                m.layers->specular_color_texture.texture = image;
            } else if (wears(i)) {
                m.base_color_texture.texture = image;
            }
            signs.object("sign", quad_geometry(Vec2(0.02f)), m, at((i - kAll / 2) * 0.05, 0, 0));
        }
        stage.scene.place(signs.take(), {}, "signs");
        const auto blue = [&](const scene::Pixels& picture, int i) {
            const double x = 160.0 + (i - kAll / 2) * 0.05 / 3.0 * 120.0 / std::tan(static_cast<double>(kFov) / 2.0);
            const Rgba p = pixel(picture, static_cast<std::uint32_t>(x), 120);
            return p.b > 20 && p.r < p.b / 2;
        };
        const scene::Pixels before = stage.picture();
        stage.jobs.release();
        stage.picture();
        const scene::Pixels after = stage.picture();
        for (int i = 0; i < kAll; ++i) {
            CAPTURE(i);
            CHECK_FALSE(blue(before, i));
            CHECK(blue(after, i) == wears(i));
        }
        CHECK(stage.messages() == 0);
    }

    TEST_CASE("the images of a renderer that has ended are not decoded any more") {
        HeldJobs jobs;
        const std::string folder = *make_temp_folder("plantwalk-textures-");
        {
            Stage stage({.cache_folder = folder});
            if (!stage.offscreen) return;
            ModelBuilder textured;
            scene::Material poster = unlit({1.f, 1.f, 1.f, 1.f});
            poster.base_color_texture.texture = add_image(textured, 256);
            textured.object("poster", quad_geometry(), poster);
            stage.scene.place(textured.take(), {}, "poster");
            stage.picture();
            std::swap(jobs.held, stage.jobs.held);
        }
        jobs.release();
        CHECK(list_files(folder, "texture-")->empty()); // or it would be there
        remove_folder(folder);
    }
}
