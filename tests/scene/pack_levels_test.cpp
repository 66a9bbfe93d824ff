// SPDX-License-Identifier: Apache-2.0
// Packing: the levels of detail that it adds.
#include "base/file.h"
#include "scene/image.h"
#include "scene/simplify.h"
#include "tests/scene/pack_compare.h"
#include "tests/support/paths.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace pw;
using namespace pw::scene;
using namespace pw::test;

TEST_SUITE("scene/pack_levels") {
    TEST_CASE("levels are as many as would be made, over the same vertices, and no nodes that one sees") {
        const Both both = pack((test::source_dir() / "assets/models/palletizer.glb").string());
        CHECK(both.packed.summary.level_triangles > 0);
        std::size_t levels = 0, made = 0;
        for (const Geometry& g : both.after->geometries) {
            REQUIRE(g.levels);
            std::size_t before = g.indices.size();
            float error_m = 0.f;
            for (const Level& level : *g.levels) {
                CHECK(static_cast<double>(level.indices.size()) <= 0.6 * static_cast<double>(before));
                CHECK(level.error_m >= error_m);
                CHECK(std::ranges::all_of(level.indices, [&](std::uint32_t i) { return i < g.vertices.size(); }));
                before = level.indices.size();
                error_m = level.error_m;
            }
            made += simplified(g).size();
            levels += g.levels->size();
        }
        CHECK(levels > 3);
        CHECK(std::max(levels, made) - std::min(levels, made) <= 2); // the order of corners differs
        const Both without = pack((test::source_dir() / "assets/models/palletizer.glb").string(), {.levels = false});
        CHECK_FALSE(has(json_of(without.packed.glb), "MSFT_lod"));
        for (const Geometry& g : without.after->geometries) CHECK_FALSE(g.levels.has_value());
    }

    TEST_CASE("where tangents are made on opening, levels have those of their side of a seam") {
        Grid grid(24); // its texture is mirrored in the middle, where vertices are shared
        const std::size_t points = grid.binary.at(), normals = grid.count * 12;
        for (std::size_t i = 0; i < grid.count; ++i) {
            float xz[3];
            std::memcpy(xz, grid.binary.bytes.data() + i * 12, sizeof xz);
            grid.binary.add<float>({std::abs(2.f * xz[0] - 1.f), xz[2]});
        }
        const std::size_t pixels = grid.binary.at();
        const auto png = encode_png({1, 1, {128, 128, 255, 255}});
        REQUIRE(png);
        grid.binary.bytes.insert(grid.binary.bytes.end(), png->begin(), png->end());
        const std::string n = std::to_string(grid.count);
        const auto view = [](std::size_t from, std::size_t size) {
            return R"({"buffer":0,"byteOffset":)" + std::to_string(from) + R"(,"byteLength":)" + std::to_string(size) +
                   "}";
        };
        const Both both = pack_members(
            R"("bufferViews":[)" + view(0, normals) + "," + view(normals, normals) + "," +
                view(points, pixels - points) + "," + view(pixels, png->size()) +
                R"(],"accessors":[{"bufferView":0,"componentType":5126,"type":"VEC3",)" +
                R"("min":[0,-1,0],"max":[1,1,1],"count":)" + n +
                R"(},{"bufferView":1,"componentType":5126,"type":"VEC3","count":)" + n +
                R"(},{"bufferView":2,"componentType":5126,"type":"VEC2","count":)" + n +
                R"(}],"images":[{"bufferView":3,"mimeType":"image/png"}],"textures":[{"source":0}],)" +
                R"("materials":[{"normalTexture":{"index":0}}],"meshes":[{"primitives":[{"material":0,"attributes":)" +
                R"({"POSITION":0,"NORMAL":1,"TEXCOORD_0":2}}]}],)" + one_node(),
            grid.binary);
        REQUIRE(both.after->geometries[0].has_tangents);
        REQUIRE(both.after->geometries[0].levels);
        CHECK(both.after->geometries[0].vertices.size() > both.packed.summary.vertices); // a seam
        std::size_t corners = 0, fit = 0;
        for (const Geometry& g : both.after->geometries) {
            for (const Level& level : *g.levels)
                for (std::size_t t = 0; t + 2 < level.indices.size(); t += 3) {
                    const auto uv = [&](std::size_t k) { return g.vertices[level.indices[t + k]].uv0; };
                    const Vec2 a = uv(1) - uv(0), b = uv(2) - uv(0);
                    const float area = a.x * b.y - a.y * b.x;
                    for (std::size_t k = 0; k < 3 && std::abs(area) > 1e-7f; ++k, ++corners)
                        fit += (unpack_tangent(g.vertices[level.indices[t + k]].tangent).w < 0.f) == (area > 0.f) ? 1u
                                                                                                                  : 0u;
                }
        }
        CHECK(corners > 300);
        CHECK(fit * 100 > corners * 97); // some triangles of a level lie on both sides
    }

    TEST_CASE("levels stand where nothing is lost by them: not at nodes with children or that move") {
        const Grid grid(16);
        const std::string members = grid.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}],";
        const auto named = [&](const std::string& nodes) {
            const Both both =
                pack_members(members + R"("scene":0,"scenes":[{"nodes":[0]}],"nodes":)" + nodes, grid.binary);
            check_same_document(*both.before, *both.after);
            REQUIRE(both.after->geometries[0].levels);
            CHECK(both.after->geometries[0].levels->size() > 0);
            const std::string json = json_of(both.packed.glb);
            const std::size_t from = json.find("\"nodes\":[{");
            return json.substr(from, json.size() - from);
        };
        const std::string leaf = named(R"([{"mesh":0,"name":"leaf","translation":[1,2,3],"extras":{"partId":"P-7"}}])");
        CHECK(has(leaf, R"("name":"leaf","translation":[1,2,3],"extensions":{"MSFT_lod":{"ids":[1)"));
        CHECK(has(leaf, R"("extras":{"partId":"P-7","MSFT_screencoverage":[)"));
        CHECK(has(leaf, R"({"mesh":1,"translation":[1,2,3]})"));
        CHECK(has(named(R"([{"mesh":0,"name":"up","children":[1]},{"name":"below"}])"),
                  R"({"mesh":0,"extensions":{"MSFT_lod")"));
    }

    TEST_CASE("only what was offered levels and has none says so: the others are simplified when they are opened") {
        const Grid grid(16), square(1);
        const std::string scene = R"("scene":0,"scenes":[{"nodes":[0]}],)";
        const auto packed = [&](const Grid& g, const std::string& nodes, const std::string& more = {},
                                const std::string& used = {}) {
            return pack_members(
                used + g.views() + R"(,"meshes":[{"primitives":[)" + kPart + "]}" + more + R"(],)" + nodes, g.binary);
        };
        const Both plain = packed(square, scene + R"("nodes":[{"mesh":0}])"); // two triangles
        REQUIRE(plain.after->geometries[0].levels);
        CHECK(plain.after->geometries[0].levels->empty());
        CHECK_FALSE(has(json_of(plain.packed.glb), "MSFT_lod"));
        const Both sceneless = packed(grid, R"("nodes":[{"mesh":0}])");
        CHECK_FALSE(sceneless.after->geometries[0].levels);
        const Both foreign =
            packed(grid, scene + R"("nodes":[{"mesh":0,"extensions":{"MSFT_lod":{"ids":[1]}}},{"mesh":1}])",
                   std::string(R"(,{"primitives":[)") + kPart + "]}", R"("extensionsUsed":["MSFT_lod"],)");
        CHECK_FALSE(foreign.after->geometries[0].levels);
        std::string fixed = kPart;
        fixed.insert(fixed.size() - 1, R"(,"extensions":{"ACME_x":{}})");
        const Both strange =
            pack_members(R"("extensionsUsed":["ACME_x"],)" + grid.views() + R"(,"meshes":[{"primitives":[)" + fixed +
                             "]}]," + scene + R"("nodes":[{"mesh":0}])",
                         grid.binary);
        CHECK_FALSE(strange.after->geometries[0].levels);
    }
}
