// SPDX-License-Identifier: Apache-2.0
#include "work/explode.h"

#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <array>
#include <map>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::test;

namespace {

// A frame at the origin with two arms at x = ±2, the right one with a hand a metre above it; all are unit boxes.
scene::Scene& arms(scene::Scene& scene) {
    ModelBuilder b;
    const auto box = b.mesh(b.geometry(box_geometry()), b.material(plain(Vec4(1.f))));
    const auto frame = b.node("frame", {}, box);
    b.node("left", at(-2, 0, 0), box, frame);
    const auto right = b.node("right", at(2, 0, 0), box, frame);
    b.node("hand", at(0, 1, 0), box, right);
    b.node("note", at(0, 9, 0), scene::kNone, frame); // without a mesh
    scene.place(b.take(), to_affine(at(10, 0, 0)), "arms");
    scene.update();
    return scene;
}

// By node: how far it goes at share 1, with what those above it go.
std::map<std::string, Vec3> moves(const scene::Scene& scene) {
    const scene::NodeId root{0};
    std::vector<Vec3> own(scene.node_count(), Vec3(0.f));
    for (const auto& way : work::explode_ways(scene, {&root, 1})) own[way.node.index] = way.offset_m;
    std::map<std::string, Vec3> out;
    for (std::uint32_t n = 0; n < scene.node_count(); ++n) {
        Vec3 sum(0.f);
        for (std::uint32_t up = n; up != scene::kNone; up = scene.parent({up})) sum += own[up];
        out.emplace(scene.name({n}), sum);
    }
    return out;
}

} // namespace

TEST_SUITE("work/explode") {
    TEST_CASE("a part goes as far from the middle of all as the middle of it and its parts was") {
        scene::Scene scene;
        const auto moved = moves(arms(scene));
        // All of it reaches from x = 7.5 to 12.5 and from y = -0.5 to 1.5: its middle is (10, 0.5, 0).
        CHECK(glm::length(moved.at("frame")) < 1e-5f);
        CHECK(glm::length(moved.at("left") - Vec3(-2.f, -0.5f, 0.f)) < 1e-5f);
        CHECK(glm::length(moved.at("right") - Vec3(2.f, 0.f, 0.f)) < 1e-5f); // with the hand its middle is at y = 0.5
        CHECK(glm::length(moved.at("hand") - Vec3(2.f, 0.5f, 0.f)) < 1e-5f);
        CHECK(moved.at("note") == moved.at("frame"));
    }

    TEST_CASE("several models go from their common middle, and nothing at all from nothing") {
        scene::Scene scene;
        for (const double x : {0.0, 4.0}) {
            ModelBuilder b;
            b.object("box", box_geometry(), plain(Vec4(1.f)));
            scene.place(b.take(), to_affine(at(x, 0, 0)), x == 0.0 ? "a" : "b");
        }
        scene.update();
        const std::array<scene::NodeId, 2> roots{{{0}, {1}}};
        const auto ways = work::explode_ways(scene, roots);
        REQUIRE(ways.size() == 2);
        CHECK(ways[0].offset_m == Vec3(-2.f, 0.f, 0.f));
        CHECK(ways[1].offset_m == Vec3(2.f, 0.f, 0.f));
        CHECK(work::explode_ways(scene, {}).empty());
    }
}
