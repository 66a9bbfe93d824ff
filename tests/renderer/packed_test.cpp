// SPDX-License-Identifier: Apache-2.0
// A packed model looks like the model that it was, and brings its levels along.
#include "renderer/internal/levels.h"
#include "scene/gltf.h"
#include "scene/pack.h"
#include "tests/renderer/studio.h"
#include "tests/support/paths.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>

using namespace pw;
using namespace pw::test;

namespace {

struct Shown {
    std::shared_ptr<const scene::Model> model;
    scene::Scene scene;
    renderer::View view;
    renderer::DrawList list;

    explicit Shown(std::shared_ptr<const scene::Model> what, double distance) : model(std::move(what)) {
        scene.place(model, {}, "m");
        const DAabb box = scene::summarize(*model).bounds;
        const DVec3 middle = (box.min + box.max) * 0.5;
        const DVec3 eye = middle + DVec3(0.6, 0.4, 0.7) * (glm::length(box.max - box.min) * distance);
        view = look(eye, middle, kFov, 320.f / 240.f);
        list.views = {&view, 1};
        list.background = {0.1f, 0.1f, 0.1f, 1.f};
        list.sun.to_sun = {0.4f, 0.8f, 0.5f};
        list.sun.illuminance = Vec3(9'000.f);
    }
};

std::shared_ptr<const scene::Model> packed(const std::string& path) {
    const auto jobs = make_jobs_inline();
    Reports reports;
    const auto made = scene::pack_gltf_file(path, {}, *jobs, reports);
    REQUIRE_MESSAGE(made.has_value(), made.error().what);
    const auto model = scene::parse_gltf(made->glb, "packed.glb", {}, reports);
    REQUIRE_MESSAGE(model.has_value(), model.error().what);
    return *model;
}

} // namespace

TEST_SUITE("renderer/packed [gpu]") {
    TEST_CASE("it looks the same, near with all triangles and far with its levels") {
        for (const char* name : {"palletizer.glb", "filler.glb", "cabinet.glb"}) {
            INFO(name);
            const std::string path = (source_dir() / "assets/models" / name).string();
            Reports reports;
            const auto before = scene::load_gltf(path, reports);
            REQUIRE(before);
            const auto after = packed(path);
            for (const double distance : {0.9, 4.0}) {
                CAPTURE(distance);
                OffscreenOptions options{.detail_px = 1.f};
                auto a = Studio::make(options), b = Studio::make(options);
                if (!a) return;
                Shown x(*before, distance), y(after, distance);
                const scene::Pixels expected = a->picture(x.scene, x.list), got = b->picture(y.scene, y.list);
                REQUIRE(expected.rgba.size() == got.rgba.size());
                double sum = 0.0;
                std::size_t large = 0;
                for (std::size_t i = 0; i < got.rgba.size(); ++i) {
                    const int off = std::abs(int{expected.rgba[i]} - int{got.rgba[i]});
                    sum += off;
                    large += off > 24 ? 1 : 0;
                }
                const auto values = static_cast<double>(got.rgba.size());
                MESSAGE(std::string(name), " at ", distance, ": mean ", sum / values, " of 255, ",
                        100.0 * static_cast<double>(large) / values, " % by more than 24");
                CHECK(sum / values < 0.35);
                CHECK(static_cast<double>(large) / values < 0.004);
            }
        }
    }

    TEST_CASE("levels of the file are those that are drawn, and nothing is made anew") {
        scene::Model model = *packed((source_dir() / "assets/models/palletizer.glb").string());
        std::size_t count = 0;
        for (scene::Geometry& g : model.geometries) { // as no simplification would make them
            REQUIRE(g.levels);
            for (scene::Level& level : *g.levels) {
                REQUIRE(level.indices.size() >= 3);
                level.indices.resize(3);
                level.error_m = 0.001f * static_cast<float>(++count);
            }
        }
        CHECK(count > 3);
        const auto jobs = make_jobs_inline();
        const renderer::LateLevels late(*jobs, std::make_shared<scene::Model>(model), {});
        const auto levels = late.get();
        REQUIRE(levels);
        for (std::size_t g = 0; g < model.geometries.size(); ++g) {
            const auto& ours = *model.geometries[g].levels;
            REQUIRE((*levels)[g].size() == ours.size());
            for (std::size_t l = 0; l < ours.size(); ++l) {
                CHECK((*levels)[g][l].indices == ours[l].indices);
                CHECK((*levels)[g][l].error_m == ours[l].error_m);
            }
        }
    }
}
