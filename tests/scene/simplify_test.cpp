// SPDX-License-Identifier: Apache-2.0
// Levels of detail are what they say: fewer triangles, and no farther from the whole than their error.
#include "scene/simplify.h"

#include <doctest/doctest.h>
#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace pw;
using namespace pw::scene;

namespace {

// A vase: rings × segments quads, round or faceted.
Geometry vase(std::uint32_t rings, std::uint32_t segments, float wave) {
    Geometry g;
    for (std::uint32_t r = 0; r <= rings; ++r) {
        for (std::uint32_t s = 0; s <= segments; ++s) {
            const float v = static_cast<float>(r) / static_cast<float>(rings);
            const float a = static_cast<float>(s % segments) / static_cast<float>(segments) * 6.2831853f;
            const float radius = 0.5f + wave * std::sin(9.f * v);
            Vertex vertex;
            vertex.position = {radius * std::cos(a), v, radius * std::sin(a)};
            vertex.normal = pack_normal({std::cos(a), 0.f, std::sin(a)});
            vertex.uv0 = {static_cast<float>(s) / static_cast<float>(segments), v};
            g.vertices.push_back(vertex);
            grow(g.bounds, vertex.position);
        }
    }
    for (std::uint32_t r = 0; r < rings; ++r) {
        for (std::uint32_t s = 0; s < segments; ++s) {
            const std::uint32_t a = r * (segments + 1) + s, b = a + segments + 1;
            g.indices.insert(g.indices.end(), {a, b, a + 1, a + 1, b, b + 1});
        }
    }
    return g;
}

// Distance of a point from a triangle (Ericson 2004, section 5.1.5).
float distance_to(const Vec3& p, const Vec3& a, const Vec3& b, const Vec3& c) {
    const Vec3 ab = b - a, ac = c - a, ap = p - a;
    const float d1 = glm::dot(ab, ap), d2 = glm::dot(ac, ap);
    if (d1 <= 0 && d2 <= 0) return glm::length(p - a);
    const Vec3 bp = p - b;
    const float d3 = glm::dot(ab, bp), d4 = glm::dot(ac, bp);
    if (d3 >= 0 && d4 <= d3) return glm::length(p - b);
    const float vc = d1 * d4 - d3 * d2;
    if (vc <= 0 && d1 >= 0 && d3 <= 0) return glm::length(p - (a + ab * (d1 / (d1 - d3))));
    const Vec3 cp = p - c;
    const float d5 = glm::dot(ab, cp), d6 = glm::dot(ac, cp);
    if (d6 >= 0 && d5 <= d6) return glm::length(p - c);
    const float vb = d5 * d2 - d1 * d6;
    if (vb <= 0 && d2 >= 0 && d6 <= 0) return glm::length(p - (a + ac * (d2 / (d2 - d6))));
    const float va = d3 * d6 - d5 * d4;
    if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0)
        return glm::length(p - (b + (c - b) * ((d4 - d3) / ((d4 - d3) + (d5 - d6)))));
    const float sum = va + vb + vc;
    return glm::length(p - (a + ab * (vb / sum) + ac * (vc / sum)));
}

// The largest distance of the whole's vertices and triangles' middles from the level's surface.
float farthest(const Geometry& g, const std::vector<std::uint32_t>& level) {
    float worst = 0.f;
    const auto at = [&](std::uint32_t i) { return g.vertices[i].position; };
    for (std::size_t t = 0; t < g.indices.size(); t += 3) {
        const Vec3 a = at(g.indices[t]), b = at(g.indices[t + 1]), c = at(g.indices[t + 2]);
        for (const Vec3& p : {a, (a + b + c) / 3.f}) {
            float least = 1e9f;
            for (std::size_t u = 0; u < level.size() && least > worst; u += 3)
                least = std::min(least, distance_to(p, at(level[u]), at(level[u + 1]), at(level[u + 2])));
            worst = std::max(worst, least);
        }
    }
    return worst;
}

} // namespace

TEST_SUITE("scene/simplify") {
    TEST_CASE("a level has fewer triangles than the one before it, and its error is what it is away") {
        for (const float wave : {0.f, 0.1f}) {
            const Geometry g = vase(48, 64, wave);
            const std::vector<Level> levels = simplified(g);
            REQUIRE(levels.size() == kMaxLevels);
            std::size_t before = g.indices.size();
            float error = 0.f;
            for (const Level& level : levels) {
                CHECK(level.indices.size() <= before * 6 / 10);
                CHECK(level.indices.size() % 3 == 0);
                CHECK(std::ranges::max(level.indices) < g.vertices.size());
                CHECK(level.error_m > error);
                const float away = farthest(g, level.indices);
                INFO("triangles ", level.indices.size() / 3, " error ", level.error_m, " away ", away);
                CHECK(away <= level.error_m);
                // An error that says too much keeps triangles that nobody sees.
                if (wave > 0.f) CHECK(away > level.error_m / 4.f);
                before = level.indices.size();
                error = level.error_m;
            }
        }
    }
    TEST_CASE("a fence of thin wires gets simpler, and stays a fence") {
        for (const std::uint32_t sides : {4u, 8u, 12u}) {
            Geometry g;
            for (int i = 0; i < 40; ++i) {
                const Geometry wire = vase(1, sides, 0.f);
                const auto first = static_cast<std::uint32_t>(g.vertices.size());
                for (Vertex v : wire.vertices) {
                    v.position = v.position * Vec3(0.004f, 1.f, 0.004f) + Vec3(0.05f * static_cast<float>(i), 0.f, 0.f);
                    g.vertices.push_back(v);
                }
                for (const std::uint32_t index : wire.indices) g.indices.push_back(first + index);
            }
            const std::vector<Level> levels = simplified(g);
            INFO("sides ", sides);
            if (sides == 12) CHECK(!levels.empty());
            for (const Level& level : levels) {
                INFO("triangles ", level.indices.size() / 3);
                CHECK(farthest(g, level.indices) <= level.error_m);
                // Each wire is still there, from end to end.
                std::vector<float> low(40, 1.f), high(40, 0.f);
                for (const std::uint32_t index : level.indices) {
                    const Vec3 p = g.vertices[index].position;
                    const auto wire = static_cast<std::size_t>(p.x / 0.05f + 0.5f);
                    low[wire] = std::min(low[wire], p.y);
                    high[wire] = std::max(high[wire], p.y);
                }
                const auto whole = [&](std::size_t w) { return high[w] - low[w] > 0.99f; };
                int there = 0;
                for (std::size_t w = 0; w < 40; ++w) there += whole(w) ? 1 : 0;
                CHECK(there >= 36);
            }
        }
    }
    TEST_CASE("the same geometry has the same levels") {
        const Geometry g = vase(24, 32, 0.1f);
        const auto a = simplified(g), b = simplified(g);
        REQUIRE(a.size() == b.size());
        for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i].indices == b[i].indices);
    }
    TEST_CASE("what is small or deformed has none, and what is degenerate does no harm") {
        CHECK(simplified(vase(2, 8, 0.f)).empty());
        Geometry skinned = vase(24, 32, 0.1f);
        skinned.skin.resize(skinned.vertices.size());
        CHECK(simplified(skinned).empty());
        Geometry flat = vase(24, 32, 0.1f);
        for (Vertex& v : flat.vertices) v.position = Vec3(1.f);
        CHECK(simplified(flat).empty());
        Geometry line = vase(24, 32, 0.1f);
        for (Vertex& v : line.vertices) v.position = Vec3(0.f, v.position.y, 0.f);
        for (const Level& level : simplified(line)) CHECK(level.indices.size() < line.indices.size());
        CHECK(simplified(Geometry{}).empty());
    }
}
