// SPDX-License-Identifier: Apache-2.0
#include "work/snap.h"

#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <memory>
#include <string>

using namespace pw;
using namespace pw::test;

namespace {

// A box of a metre whose middle is at (5, 0, 0); a ray from +z at a place of its front.
struct Box {
    scene::Scene scene;
    std::unique_ptr<Jobs> jobs = make_jobs_inline();
    scene::Picker picker{*jobs};

    Box() {
        ModelBuilder b;
        b.object("box", box_geometry(), plain(Vec4(1.f)));
        scene.place(b.take(), to_affine(at(5, 0, 0)), "box");
        const auto changes = scene.update();
        picker.sync(scene, changes);
    }
    work::SnappedPoint snap(double x, double y, double reach_m) {
        const auto hit = picker.pick(scene, {{x, y, 3.0}, {0.f, 0.f, -1.f}});
        REQUIRE(hit);
        return work::snap(scene, *hit, reach_m);
    }
};

bool near(const DVec3& a, const DVec3& b) { return glm::length(a - b) < 1e-6; }

} // namespace

TEST_SUITE("work/snap") {
    TEST_CASE("a corner that is near is meant, else an edge, else the place itself") {
        Box box;
        const auto corner = box.snap(5.46, 0.47, 0.1);
        CHECK(corner.snap == work::Snap::Vertex);
        CHECK(near(corner.point, {5.5, 0.5, 0.5}));
        const auto edge = box.snap(5.46, 0.1, 0.1);
        CHECK(edge.snap == work::Snap::Edge);
        CHECK(near(edge.point, {5.5, 0.1, 0.5}));
        const auto face = box.snap(5.2, 0.1, 0.1);
        CHECK(face.snap == work::Snap::Face);
        CHECK(near(face.point, {5.2, 0.1, 0.5}));
        CHECK(face.normal == Vec3(0.f, 0.f, 1.f));
        CHECK(box.snap(5.46, 0.47, 0.01).snap == work::Snap::Face); // out of reach
    }

    TEST_CASE("the line between the two triangles of a face is no edge") {
        Box box;
        for (const double d : {-0.3, -0.1, 0.1, 0.3}) {
            CHECK(box.snap(5.0 + d, d, 0.05).snap == work::Snap::Face);
            CHECK(box.snap(5.0 + d, -d, 0.05).snap == work::Snap::Face);
        }
    }

    TEST_CASE("a snap has a name") {
        CHECK(std::string(work::snap_name(work::Snap::Face)) == "face");
        CHECK(std::string(work::snap_name(work::Snap::Vertex)) == "vertex");
    }
}
