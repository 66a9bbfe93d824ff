// SPDX-License-Identifier: Apache-2.0
// Ambient occlusion: what the field says of places that one can reckon, and that pictures follow it.
#include "renderer/internal/openness.h"

#include "tests/renderer/studio.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

using namespace pw;
using namespace pw::test;
using renderer::Openness;
using renderer::OpennessPart;

namespace {

Affine at_place(const DVec3& place) {
    Affine out;
    out.translation = place;
    return out;
}

// As shaders/pbr.glsl reads it.
double open_at(const Openness& field, const DVec3& point, const DVec3& n) {
    const double side = static_cast<double>(field.cell_m);
    const DVec3 before = point + n * (side * (std::abs(n.x) + std::abs(n.y) + std::abs(n.z)));
    const DVec3 p = (before - field.low) / side - 0.5, low = glm::floor(p), share = p - low;
    DVec3 vector(0.0);
    double mean = 0.0;
    for (int corner = 0; corner < 8; ++corner) {
        const auto index = [&](int axis, std::uint32_t count) {
            return static_cast<std::uint32_t>(
                std::clamp(static_cast<int>(low[axis]) + (corner >> axis & 1), 0, static_cast<int>(count) - 1));
        };
        double weight = 1.0;
        for (int axis = 0; axis < 3; ++axis) weight *= (corner >> axis & 1) != 0 ? share[axis] : 1.0 - share[axis];
        const std::size_t z = index(2, field.depth), y = index(1, field.height), x = index(0, field.width);
        const std::uint32_t texel = field.texels[(z * field.height + y) * field.width + x];
        const auto byte = [&](int shift) { return static_cast<double>(texel >> shift & 255u) / 255.0; };
        vector += weight * DVec3(byte(0), byte(8), byte(16));
        mean += weight * byte(24);
    }
    return std::clamp(mean + glm::dot(vector - 0.5, n), 0.0, 1.0);
}

const DVec3 kUp(0, 1, 0);

// More parts than are gathered in a frame where that is to be in time.
constexpr int kCrowd = 9000;

// A table, and small parts beside it.
std::shared_ptr<const scene::Model> room(int parts, scene::AlphaMode table = scene::AlphaMode::Opaque) {
    ModelBuilder builder;
    builder.object("floor", box_geometry({5.f, 0.05f, 5.f}), plain({0.5f, 0.5f, 0.5f, 1.f}), at(0, -0.05, 0));
    for (int i = 0; i < parts; ++i) builder.object("", box_geometry(Vec3(1e-3f)), {}, at(2, 0.2, -2));
    scene::Material top = plain({0.5f, 0.5f, 0.5f, 1.f});
    top.alpha_mode = table;
    builder.object("table", box_geometry({0.8f, 0.02f, 0.8f}), top, at(0, 0.4, 0));
    return builder.take();
}

} // namespace

TEST_SUITE("renderer/openness") {
    TEST_CASE("a floor and a ball alone are open, wherever they lie in the cells") {
        const scene::Geometry floor = box_geometry({5.f, 0.05f, 5.f}), ball = sphere_geometry(0.5f);
        for (const double up : {0.0, 0.013, 0.029, 0.041}) {
            const std::vector<OpennessPart> parts{{&floor, at_place({0, up, 0})}, {&ball, at_place({0, up + 3.5, 0})}};
            const Openness field = renderer::make_openness(parts);
            CHECK(field.texels.size() == std::size_t{field.width} * field.height * field.depth);
            CHECK(field.texels.size() <= renderer::kOpennessCells);
            for (int i = 0; i < 50; ++i) {
                const double x = -4.0 + 0.16 * i;
                CHECK(open_at(field, {x, up + 0.05, 0.7 * x}, kUp) > 0.94);
                const double y = 1.0 - (2.0 * i + 1.0) / 50.0, r = std::sqrt(1.0 - y * y);
                const DVec3 n(r * std::cos(2.4 * i), y, r * std::sin(2.4 * i));
                CHECK(open_at(field, DVec3(0, up + 3.5, 0) + 0.5 * n, n) > 0.92);
            }
        }
    }

    TEST_CASE("corners are half dark at their deepest, what is below a table is dark, a fence hides little") {
        const scene::Geometry floor = box_geometry({5.f, 0.05f, 5.f}), wall = box_geometry({0.05f, 2.f, 5.f}),
                              top = box_geometry({0.8f, 0.02f, 0.8f}), wire = box_geometry({0.001f, 1.f, 0.001f});
        std::vector<OpennessPart> parts{{&floor, at_place({0, -0.05, 0})}};
        const Openness bare = renderer::make_openness(parts);
        parts.push_back({&wall, at_place({-5, 2, 0})});
        parts.push_back({&top, at_place({2, 0.5, -2})});
        for (int i = 0; i < 60; ++i) parts.push_back({&wire, at_place({1.0 + 0.05 * i, 1, 3})});
        const Openness field = renderer::make_openness(parts);
        const double at_wall = open_at(field, {-4.9, 0, 0}, kUp), near_wall = open_at(field, {-4.0, 0, 0}, kUp);
        CHECK(at_wall > 0.5); // a wall without end hides half of the light; this far away it is its share of 2.5 m
        CHECK(at_wall < 0.75);
        CHECK(near_wall > at_wall + 0.1);
        CHECK(open_at(field, {2, 0, -2}, kUp) < 0.5);
        CHECK(open_at(field, {2, 0.52, -2}, kUp) > 0.9);  // on it
        CHECK(open_at(field, {2.5, 0, 2.8}, kUp) > 0.93); // beside the fence
        CHECK(open_at(bare, {-4.9, 0, 0}, kUp) > 0.94);
        CHECK(renderer::make_openness(parts).texels == field.texels);
    }

    TEST_CASE("a wall of two triangles hides as much as one of thousands of slivers, standing or lying") {
        const scene::Geometry floor = box_geometry({5.f, 0.05f, 5.f});
        scene::Geometry wall = quad_geometry({5.f, 2.f});
        const auto sliced = [](bool standing) {
            scene::Geometry out = quad_geometry({5.f, 2.f});
            out.indices.clear();
            const scene::Vertex corner = out.vertices[0];
            out.vertices.clear();
            constexpr std::uint32_t kSlices = 3'000;
            for (std::uint32_t i = 0; i <= kSlices; ++i)
                for (const float side : {-1.f, 1.f}) {
                    const float along = 2.f * static_cast<float>(i) / kSlices - 1.f;
                    scene::Vertex v = corner;
                    v.position = standing ? Vec3(5.f * along, 2.f * side, 0.f) : Vec3(5.f * side, 2.f * along, 0.f);
                    out.vertices.push_back(v);
                }
            for (std::uint32_t i = 0; i < kSlices; ++i)
                for (const std::uint32_t k : {0u, 1u, 2u, 2u, 1u, 3u}) out.indices.push_back(2 * i + k);
            return out;
        };
        const scene::Geometry standing = sliced(true), lying = sliced(false);
        std::vector<Openness> fields;
        for (const scene::Geometry* geometry : {&std::as_const(wall), &standing, &lying}) {
            const std::vector<OpennessPart> parts{{&floor, at_place({0, -0.05, 0})}, {geometry, at_place({0, 2, 1})}};
            fields.push_back(renderer::make_openness(parts));
        }
        for (const double away : {0.1, 0.5, 1.0, 2.0}) {
            const DVec3 point(0.3, 0, 1.0 - away);
            const double whole = open_at(fields[0], point, kUp);
            CHECK(open_at(fields[1], point, kUp) == doctest::Approx(whole).epsilon(0.03));
            CHECK(open_at(fields[2], point, kUp) == doctest::Approx(whole).epsilon(0.03));
        }
    }

    TEST_CASE("parts that are too far apart for cells that say something have no field") {
        const scene::Geometry box = box_geometry();
        const std::vector<OpennessPart> parts{{&box, at_place({0, 0, 0})}, {&box, at_place({5'000, 0, 3'000})}};
        CHECK(renderer::make_openness(parts).width == 0);
    }

    TEST_CASE("what nobody waits for any more is not made") {
        const auto jobs = make_jobs(1);
        std::atomic<bool> go{false};
        jobs->add(JobClass::Background, [&] {
            while (!go) std::this_thread::yield();
        });
        auto model = std::make_shared<scene::Model>();
        model->geometries.push_back(box_geometry({50.f, 0.1f, 50.f}));
        const std::weak_ptr<const scene::Model> held = model;
        {
            const renderer::LateOpenness late(*jobs, {{model->geometries.data(), {}}}, {model});
            model.reset();
            CHECK(late.get() == nullptr);
        }
        go = true;
        jobs->wait_idle();
        CHECK(held.expired());
    }

    TEST_CASE("a roof that is further away than the reach hides nothing") {
        const scene::Geometry floor = box_geometry({5.f, 0.05f, 5.f});
        const std::vector<OpennessPart> parts{{&floor, at_place({0, 0, 0})}, {&floor, at_place({0, 3.5, 0})}};
        CHECK(open_at(renderer::make_openness(parts), {0, 0.05, 0}, kUp) > 0.93);
    }

    TEST_CASE("points that are no places, flat and huge models do no harm") {
        scene::Geometry broken = box_geometry();
        broken.vertices[3].position = Vec3(std::numeric_limits<float>::quiet_NaN());
        broken.vertices[7].position = Vec3(std::numeric_limits<float>::infinity(), 0.f, 0.f);
        const scene::Geometry odd = broken, flat = quad_geometry({1.f, 1.f});
        for (const scene::Geometry* geometry : {&odd, &flat}) {
            const std::vector<OpennessPart> parts{{geometry, at_place({1e7, 0, 0})}};
            const Openness field = renderer::make_openness(parts);
            CHECK(field.texels.size() <= renderer::kOpennessCells);
            CHECK(field.cell_m > 0.f);
        }
        const scene::Geometry huge = box_geometry(Vec3(1e6f));
        const std::vector<OpennessPart> parts{{&huge, {}}};
        CHECK(renderer::make_openness(parts).width == 0);
        CHECK(renderer::make_openness({}).width == 0);
    }
}

TEST_SUITE("renderer/openness [gpu]") {
    TEST_CASE("a picture is darker below a table, and not where one has stood and been moved or hidden") {
        OffscreenOptions options;
        options.width = options.height = 16;
        options.tier = renderer::Tier::Low;
        options.ambient_occlusion = true;
        const auto studio = Studio::make(options);
        if (!studio) return;
        ModelBuilder builder;
        builder.object("floor", box_geometry({5.f, 0.05f, 5.f}), plain({0.5f, 0.5f, 0.5f, 1.f}), at(0, -0.05, 0));
        builder.object("table", box_geometry({0.8f, 0.02f, 0.8f}), plain({0.5f, 0.5f, 0.5f, 1.f}), at(0, 0.4, 0));
        scene::Scene scene;
        const scene::PlacedId placed = scene.place(builder.take(), {}, "room");
        const scene::NodeId table = scene.find_path(placed, "table");
        // Below the table's top, along the floor.
        const renderer::View view = look({0, 0.2, 3}, {0, 0.05, 0}, 0.05f, 1.f);
        renderer::DrawList list;
        list.views = {&view, 1};
        const auto floor_light = [&](int frames) {
            for (int i = 0; i < frames; ++i) studio->frame(scene, list);
            return pixel(studio->picture(scene, list), 8, 10).g;
        };
        const int below = floor_light(0);
        Transform away;
        away.translation = {3, 0.4, -3};
        scene.set_local(table, away);
        floor_light(1);
        const int free = floor_light(700); // it is left out, and then there where it came to rest
        CHECK(below < free * 8 / 10);
        CHECK(below > 10);
        away.translation = {0, 0.4, 0};
        scene.set_local(table, away);
        CHECK(std::abs(floor_light(1000) - below) <= 1);
        scene.set_style(table, {.flags = scene::kHidden});
        CHECK(std::abs(floor_light(700) - free) <= 1);
        CHECK(studio->device().validation_messages() == 0);
    }

    TEST_CASE("parts beyond those of one frame are in it, and what has a mask of a picture hides nothing") {
        OffscreenOptions options;
        options.width = options.height = 16;
        options.tier = renderer::Tier::Low;
        options.ambient_occlusion = true;
        const auto floor_light = [&](scene::AlphaMode alpha) {
            const auto studio = Studio::make(options);
            if (!studio) return -1;
            scene::Scene scene;
            scene.place(room(kCrowd, alpha), {}, "room");
            const renderer::View view = look({0, 0.2, 3}, {0, 0.05, 0}, 0.05f, 1.f);
            renderer::DrawList list;
            list.views = {&view, 1};
            const int light = pixel(studio->picture(scene, list), 8, 10).g;
            CHECK(studio->device().validation_messages() == 0);
            return light;
        };
        const int below = floor_light(scene::AlphaMode::Opaque);
        if (below < 0) return;
        CHECK(below < floor_light(scene::AlphaMode::Mask) * 8 / 10);
    }

    TEST_CASE(
        "where frames are to be in time many parts are gathered in some, and on a CPU no picture waits for that") {
        const auto frames = [](renderer::Tier tier, int parts) {
            OffscreenOptions options;
            options.width = options.height = 16;
            options.tier = tier;
            options.ambient_occlusion = true;
            const auto studio = Studio::make(options);
            if (!studio) return -1;
            scene::Scene scene;
            scene.place(room(parts), {}, "room");
            const renderer::View view = look({0, 0.2, 3}, {0, 0.05, 0}, 0.05f, 1.f);
            renderer::DrawList list;
            list.views = {&view, 1};
            int out = 0;
            do {
                studio->frame(scene, list);
                ++out;
            } while (!studio->renderer().settled());
            return out;
        };
        const int few = frames(renderer::Tier::Software, 10);
        if (few < 0) return;
        CHECK(frames(renderer::Tier::Software, kCrowd) == few);
        CHECK(frames(renderer::Tier::Low, kCrowd) == frames(renderer::Tier::Low, 10) + 1);
    }

    TEST_CASE("a rasteriser on a CPU has it in pictures that are kept") {
        OffscreenOptions options;
        options.width = options.height = 16;
        options.ambient_occlusion = true;
        const auto studio = Studio::make(options);
        if (!studio) return;
        ModelBuilder builder;
        builder.object("floor", box_geometry({5.f, 0.05f, 5.f}), plain({0.5f, 0.5f, 0.5f, 1.f}), at(0, -0.05, 0));
        builder.object("table", box_geometry({0.8f, 0.02f, 0.8f}), plain({0.5f, 0.5f, 0.5f, 1.f}), at(0, 0.4, 0));
        scene::Scene scene;
        scene.place(builder.take(), {}, "room");
        const renderer::View view = look({0, 0.2, 3}, {0, 0.05, 0}, 0.05f, 1.f);
        renderer::DrawList list;
        list.views = {&view, 1};
        const int live = pixel(studio->picture(scene, list), 8, 10).g;
        studio->set_supersample(2);
        CHECK(pixel(studio->picture(scene, list), 8, 10).g < live * 8 / 10);
        CHECK(studio->device().validation_messages() == 0);
    }
}
