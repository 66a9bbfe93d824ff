// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/solids.h"

#include "shaders/shared.h"
#include "tests/support/scene_builder.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace pw;
using namespace pw::test;
using renderer::find_solids;
using shaders::kSolid;
using shaders::kSolidTogether;

namespace {

// The flags of one mesh with these geometries as its primitives.
std::vector<std::uint32_t> flags_of(std::vector<scene::Geometry> parts) {
    ModelBuilder builder;
    scene::Mesh mesh;
    for (scene::Geometry& part : parts) mesh.primitives.push_back({builder.geometry(std::move(part))});
    builder.model().meshes.push_back(mesh);
    return find_solids(*builder.take())[0];
}

scene::Geometry triangles(scene::Geometry g, std::size_t first, std::size_t count) {
    const auto from = g.indices.begin() + static_cast<std::ptrdiff_t>(first * 3);
    g.indices = {from, from + static_cast<std::ptrdiff_t>(count * 3)};
    return g;
}

using Flags = std::vector<std::uint32_t>;

} // namespace

TEST_SUITE("renderer/solids [unit]") {
    TEST_CASE("boxes and spheres are solid, whatever seams their vertices have; sheets are not") {
        CHECK(flags_of({box_geometry()}) == Flags{kSolid});
        CHECK(flags_of({sphere_geometry(0.5f)}) == Flags{kSolid}); // poles and seam meet but for rounding
        CHECK(flags_of({quad_geometry()}) == Flags{0});
        CHECK(flags_of({scene::Geometry{}}) == Flags{0});
    }

    TEST_CASE("a box with a triangle gone, or turned over, is open") {
        CHECK(flags_of({triangles(box_geometry(), 0, 11)}) == Flags{0});
        scene::Geometry turned = box_geometry();
        std::swap(turned.indices[0], turned.indices[1]);
        CHECK(flags_of({turned}) == Flags{0});
    }

    TEST_CASE("a surface in pieces of different materials is closed together, and what is closed alone stays so") {
        const scene::Geometry box = box_geometry();
        CHECK(flags_of({triangles(box, 0, 5), triangles(box, 5, 7)}) == Flags{kSolidTogether, kSolidTogether});
        CHECK(flags_of({triangles(box, 0, 5), sphere_geometry(0.2f), triangles(box, 5, 7)}) ==
              Flags{kSolidTogether, kSolid, kSolidTogether});
        CHECK(flags_of({triangles(box, 0, 5), triangles(box, 6, 6)}) == Flags{0, 0});
    }

    TEST_CASE("a shell with an inner wall is closed, as are two solids in one") {
        scene::Geometry shell = box_geometry();
        const scene::Geometry inner = box_geometry(Vec3(0.3f));
        const auto first = static_cast<std::uint32_t>(shell.vertices.size());
        shell.vertices.insert(shell.vertices.end(), inner.vertices.begin(), inner.vertices.end());
        for (std::size_t i = 0; i < inner.indices.size(); i += 3)
            for (const std::size_t k : {0u, 2u, 1u}) shell.indices.push_back(first + inner.indices[i + k]);
        CHECK(flags_of({shell}) == Flags{kSolid});
    }
}
