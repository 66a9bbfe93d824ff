// SPDX-License-Identifier: Apache-2.0
#include "scene/tangents.h"

#include "base/file.h"
#include "base/process.h"
#include "base/time.h"
#include "scene/gltf.h"
#include "tests/scene/gltf_build.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>

using namespace pw;
using namespace pw::scene;

namespace {

struct Shape { // a mesh
    std::vector<std::uint32_t> indices;
    std::vector<Vec3> positions, normals;
    std::vector<Vec2> texcoords;

    std::vector<Vec4> tangents() const {
        return make_tangents({.indices = indices, .positions = positions, .normals = normals, .texcoords = texcoords});
    }
};

// A grid over [0, 1]², bent to z = `bent`(x, y), with texture coordinates by `texture`.
template <class Bent, class Texture> Shape grid(std::uint32_t n, Bent bent, Texture texture) {
    Shape m;
    const auto at = [&](float x, float y) { return Vec3(x, y, bent(x, y)); };
    for (std::uint32_t y = 0; y <= n; ++y)
        for (std::uint32_t x = 0; x <= n; ++x) {
            const float u = static_cast<float>(x) / static_cast<float>(n),
                        v = static_cast<float>(y) / static_cast<float>(n);
            m.positions.push_back(at(u, v));
            m.normals.push_back(
                glm::normalize(glm::cross(at(u + 1e-2f, v) - at(u - 1e-2f, v), at(u, v + 1e-2f) - at(u, v - 1e-2f))));
            m.texcoords.push_back(texture(u, v));
        }
    for (std::uint32_t y = 0; y < n; ++y)
        for (std::uint32_t x = 0; x < n; ++x) {
            const std::uint32_t a = y * (n + 1) + x, b = a + 1, c = a + n + 1, d = c + 1;
            m.indices.insert(m.indices.end(), {a, b, d, a, d, c});
        }
    return m;
}

float waves(float x, float y) { return 0.2f * std::sin(5.f * x) * std::cos(7.f * y); }

// Triangles between few corners in space with few texture coordinates: edges of many triangles, mirrored textures,
// textures without area, triangles without area, all of them at once.
Shape heap(std::mt19937& random, int triangles) {
    Shape m;
    std::uniform_int_distribution<int> place(0, 3), texture(0, 2), side(0, 5);
    for (int i = 0; i < triangles * 3; ++i) {
        m.positions.emplace_back(place(random), place(random), place(random));
        const int s = side(random);
        m.normals.emplace_back(s == 0 ? 1 : 0, s == 1 ? 1 : 0, s > 1 ? 1 : 0);
        m.texcoords.emplace_back(texture(random), texture(random));
        m.indices.push_back(static_cast<std::uint32_t>(i));
    }
    return m;
}

Shape shape_of(const Geometry& g) {
    Shape m;
    m.indices = g.indices;
    for (const Vertex& v : g.vertices) {
        m.positions.push_back(v.position);
        m.normals.push_back(unpack_normal(v.normal));
        m.texcoords.push_back(v.uv0);
    }
    return m;
}

struct Difference {
    std::size_t corners = 0, signs = 0, turned = 0; // turned: by more than a thousandth
};

// Against npm's, whose sign is for v that grows upwards.
Difference compare(const Shape& m, const std::string& folder) {
    std::vector<float> floats;
    const auto put = [&](const float* v, std::ptrdiff_t n) { floats.insert(floats.end(), v, v + n); };
    for (const std::uint32_t i : m.indices) put(&m.positions[i].x, 3);
    for (const std::uint32_t i : m.indices) put(&m.normals[i].x, 3);
    for (const std::uint32_t i : m.indices) put(&m.texcoords[i].x, 2);
    std::vector<std::byte> bytes(4 + floats.size() * 4);
    const auto count = static_cast<std::uint32_t>(m.indices.size());
    std::memcpy(bytes.data(), &count, 4);
    std::memcpy(bytes.data() + 4, floats.data(), floats.size() * 4);
    REQUIRE(write_file(folder + "/in", bytes));
    auto node = Process::start(
        {"node", (test::source_dir() / "tests/scene/mikktspace.cjs").string(), folder + "/in", folder + "/out"},
        {.output_file = folder + "/said"});
    REQUIRE(node);
    REQUIRE(node->wait() == 0);
    const auto theirs = read_file(folder + "/out", 1u << 30);
    REQUIRE(theirs);
    REQUIRE(theirs->size() == std::size_t{count} * 16);
    const Duration before = thread_cpu_time();
    const std::vector<Vec4> ours = m.tangents();
    const double ms = (thread_cpu_time() - before).ms();
    Difference out{count, 0, 0};
    for (std::size_t i = 0; i < count; ++i) {
        Vec4 their;
        std::memcpy(&their, theirs->data() + i * 16, 16);
        out.signs += ours[i].w == -their.w ? 0u : 1u;
        out.turned += glm::length(Vec3(ours[i]) - Vec3(their)) < 1e-3f ? 0u : 1u;
    }
    MESSAGE((count / 3), " triangles in ", ms, " ms; ", out.signs, " signs and ", out.turned, " directions of ", count,
            " differ");
    return out;
}

std::string peer_folder() {
    const char* modules = std::getenv("NODE_PATH");
    if (modules == nullptr || !std::filesystem::exists(std::filesystem::path(modules) / "mikktspace")) {
        test::skip("npm mikktspace is not in $NODE_PATH");
        return {};
    }
    return make_temp_folder("pw-tangents-").value_or("");
}

} // namespace

TEST_SUITE("scene/tangents") {
    TEST_CASE("an upright texture has its tangent to the right and its bitangent up, a mirrored one to the left") {
        const auto flat = [](float, float) { return 0.f; };
        const Shape upright = grid(2, flat, [](float x, float y) { return Vec2(x, 1.f - y); });
        for (const Vec4& t : upright.tangents()) CHECK(t == Vec4(1, 0, 0, 1));
        const Shape mirrored = grid(2, flat, [](float x, float y) { return Vec2(-x, 1.f - y); });
        for (const Vec4& t : mirrored.tangents()) CHECK(t == Vec4(-1, 0, 0, -1));
        const Shape none = grid(2, flat, [](float, float) { return Vec2(0.5f); });
        for (const Vec4& t : none.tangents()) CHECK(t == Vec4(1, 0, 0, 1));
    }

    TEST_CASE("where a texture turns round the two sides keep their own tangents, and the geometry its shape") {
        const Shape m = grid(4, waves, [](float x, float y) { return Vec2(std::abs(x - 0.5f), y); });
        const std::vector<Vec4> tangents = m.tangents();
        for (std::size_t i = 0; i < tangents.size(); ++i) {
            Vec3 centre(0.f);
            for (std::size_t k = 0; k < 3; ++k) centre += m.positions[m.indices[i / 3 * 3 + k]] / 3.f;
            CHECK(tangents[i].x * (centre.x - 0.5f) > 0.f);
            CHECK(glm::length(Vec3(tangents[i])) == doctest::Approx(1.f));
            CHECK(std::abs(glm::dot(Vec3(tangents[i]), m.normals[m.indices[i]])) < 1e-5f);
        }
    }

    TEST_CASE("a geometry gets a vertex more where two triangles need tangents of their own, with all that it had") {
        // two squares side by side that share an edge, on which the texture turns round
        test::Binary b;
        b.add<float>({-1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 1, 0, 0, 1, 0, 1, 1, 0});  // 0: positions
        for (int i = 0; i < 6; ++i) b.add<float>({0, 0, 1});                     // 72: normals
        b.add<float>({1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0});                      // 144: texture coordinates
        for (int i = 0; i < 6; ++i) b.add<float>({0, 0, static_cast<float>(i)}); // 192: a morph
        for (int i = 0; i < 6; ++i) b.add<float>({1, 0, 0, 0});                  // 264: weights
        b.bytes.resize(b.bytes.size() + 24);                                     // 360: joints
        b.add<std::uint16_t>({0, 1, 4, 0, 4, 3, 1, 2, 5, 1, 5, 4});              // 384
        Reports reports;
        const auto model = test::parse(
            R"("bufferViews":[{"buffer":0,"byteLength":360},{"buffer":0,"byteOffset":360,"byteLength":24},
                {"buffer":0,"byteOffset":384,"byteLength":24}],
            "accessors":[{"bufferView":0,"componentType":5126,"count":6,"type":"VEC3"},
                {"bufferView":0,"byteOffset":72,"componentType":5126,"count":6,"type":"VEC3"},
                {"bufferView":0,"byteOffset":144,"componentType":5126,"count":6,"type":"VEC2"},
                {"bufferView":0,"byteOffset":192,"componentType":5126,"count":6,"type":"VEC3"},
                {"bufferView":0,"byteOffset":264,"componentType":5126,"count":6,"type":"VEC4"},
                {"bufferView":1,"componentType":5121,"count":6,"type":"VEC4"},
                {"bufferView":2,"componentType":5123,"count":12,"type":"SCALAR"}],
            "images":[{"uri":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAAElEQVQ="}],
            "textures":[{"source":0}],"materials":[{"normalTexture":{"index":0}}],
            "meshes":[{"primitives":[{"attributes":{"POSITION":0,"NORMAL":1,"TEXCOORD_0":2,"WEIGHTS_0":4,"JOINTS_0":5},
                "indices":6,"material":0,"targets":[{"POSITION":3}]}]}],"nodes":[{"mesh":0}])",
            b, reports);
        REQUIRE_MESSAGE(model.has_value(), model.error().what);
        const Geometry& g = (*model)->geometries[0];
        REQUIRE(g.vertices.size() == 8);
        CHECK(g.skin.size() == 8);
        REQUIRE(g.morphs[0].positions.size() == 8);
        for (std::size_t i = 0; i < g.indices.size(); ++i) {
            const Vertex& v = g.vertices[g.indices[i]];
            const float side = i < 6 ? -1.f : 1.f;
            CHECK(glm::length(unpack_tangent(v.tangent) - Vec4(side, 0, 0, side)) < 1e-3f);
            const float z = v.position.x + 1.f + v.position.y * 3.f; // the number that the vertex had
            CHECK(g.morphs[0].positions[g.indices[i]].z == z);
        }
    }

    TEST_CASE("thousands of triangles around one corner cost no square of them") {
        Shape fan;
        constexpr std::uint32_t kCount = 200'000;
        fan.positions.emplace_back(0.f);
        fan.texcoords.emplace_back(0.f);
        for (std::uint32_t i = 0; i <= kCount; ++i) {
            const float a = 6.2831853f * static_cast<float>(i) / kCount;
            fan.positions.emplace_back(std::cos(a), std::sin(a), 0.f);
            fan.texcoords.emplace_back(std::cos(a), -std::sin(a));
            if (i > 0) fan.indices.insert(fan.indices.end(), {0, i, i + 1});
        }
        fan.normals.assign(fan.positions.size(), Vec3(0, 0, 1));
        for (const Vec4& t : fan.tangents()) REQUIRE(glm::length(t - Vec4(1, 0, 0, 1)) < 2e-2f);
    }

    TEST_CASE("npm's MikkTSpace finds the same on generated meshes") {
        const std::string folder = peer_folder();
        if (folder.empty()) return;
        const auto same = [&](const Shape& m) {
            const Difference d = compare(m, folder);
            CHECK(d.signs == 0);
            CHECK(d.turned == 0);
        };
        same(grid(40, waves, [](float x, float y) { return Vec2(x, 1.f - y); }));
        same(grid(40, waves, [](float x, float y) { return Vec2(std::abs(x - 0.5f), y * y); }));
        same(grid(40, waves, [](float x, float y) { return Vec2(std::floor(x * 8.f), y) * 0.1f; }));
        same(grid(300, waves, [](float x, float y) { return Vec2(std::cos(9.f * x), std::sin(9.f * y)); }));
        std::mt19937 random(3);
        for (const int triangles : {1, 2, 10, 50, 200, 1000}) same(heap(random, triangles));
        remove_folder(folder);
    }

    TEST_CASE("npm's MikkTSpace finds the same on foreign models") {
        const auto data = test::foreign_data();
        if (!data) return test::skip("no sample models", test::Missing::ForeignData);
        const std::string folder = peer_folder();
        if (folder.empty()) return;
        for (const char* file : {"FlightHelmet/FlightHelmet.gltf", "AnisotropyBarnLamp/AnisotropyBarnLamp.gltf"}) {
            Reports reports;
            const auto model = load_gltf((*data / "gltf/bevy-models" / file).string(), reports);
            REQUIRE_MESSAGE(model.has_value(), model.error().what);
            for (const Geometry& g : (*model)->geometries) {
                const Difference d = compare(shape_of(g), folder);
                CHECK(d.signs == 0);
                CHECK(d.turned == 0);
            }
        }
        remove_folder(folder);
    }
}
