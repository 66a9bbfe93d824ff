// SPDX-License-Identifier: Apache-2.0
#include "scene/simplify.h"

#include <glm/geometric.hpp>
#include <meshoptimizer.h>

#include <array>
#include <cmath>
#include <optional>
#include <span>

namespace pw::scene {
namespace {

constexpr std::array<float, 3> kNormalWeights{0.1f, 0.1f, 0.1f}; // against positions in the geometry's largest side
constexpr float kLargestError = 0.25f;                           // of the largest side
// What it tells is a mean over the planes around a vertex; the farthest point was found up to 1.6 times as far off.
constexpr float kFarthest = 1.75f;
constexpr double kWorthIt = 0.6; // a level with more of the triangles of the one before is not worth its memory

// Of the whole's surface. How much of the screen a part covers on the mean goes with it (Cauchy's theorem), and a wire
// that is a pixel thin may be moved by less than a pixel and yet be gone: then a fence is.
constexpr double kLeastSurface = 0.75;

double surface_of(const Geometry& g, std::span<const std::uint32_t> indices) {
    double sum = 0.0;
    for (std::size_t t = 0; t + 2 < indices.size(); t += 3) {
        const Vec3& a = g.vertices[indices[t]].position;
        const Vec3 ab = g.vertices[indices[t + 1]].position - a, ac = g.vertices[indices[t + 2]].position - a;
        sum += static_cast<double>(glm::length(glm::cross(ab, ac)));
    }
    return sum * 0.5;
}

struct Whole {
    const Geometry& geometry;
    std::vector<Vec3> normals;
    float scale_m = 0.f;
    double surface = 0.0;
};

// With `target` indices, or nothing when that is not worth it. First by collapsing edges, which keeps the form; where
// that ends, by merging what lies in one cell of a grid.
std::optional<Level> simpler(const Whole& whole, std::span<const std::uint32_t> from, std::size_t target,
                             float error_m) {
    const Geometry& g = whole.geometry;
    const auto most = static_cast<std::size_t>(kWorthIt * static_cast<double>(from.size()));
    const float* positions = &g.vertices[0].position.x;
    Level out;
    out.indices.resize(from.size());
    float error = 0.f;
    std::size_t count = meshopt_simplifyWithAttributes(
        out.indices.data(), from.data(), from.size(), positions, g.vertices.size(), sizeof(Vertex), &whole.normals[0].x,
        sizeof(Vec3), kNormalWeights.data(), kNormalWeights.size(), nullptr, target, kLargestError, 0, &error);
    if (count == 0 || count > most) {
        count = meshopt_simplifySloppy(out.indices.data(), from.data(), from.size(), positions, g.vertices.size(),
                                       sizeof(Vertex), target, kLargestError, &error);
    }
    if (count == 0 || count > most) return std::nullopt;
    out.indices.resize(count);
    if (surface_of(g, out.indices) < kLeastSurface * whole.surface) return std::nullopt;
    out.indices.shrink_to_fit();
    out.error_m = error_m + error * whole.scale_m * kFarthest;
    meshopt_optimizeVertexCache(out.indices.data(), out.indices.data(), out.indices.size(), g.vertices.size());
    return out;
}

} // namespace

std::vector<Level> simplified(const Geometry& g) {
    std::vector<Level> out;
    if (!g.skin.empty() || !g.morphs.empty() || g.indices.size() / 3 < kLeastTriangles) return out;
    Whole whole{g,
                {},
                meshopt_simplifyScale(&g.vertices[0].position.x, g.vertices.size(), sizeof(Vertex)),
                surface_of(g, g.indices)};
    if (!(whole.scale_m > 0.f) || !std::isfinite(whole.scale_m)) return out;
    whole.normals.reserve(g.vertices.size());
    for (const Vertex& v : g.vertices) whole.normals.push_back(unpack_normal(v.normal));
    while (out.size() < kMaxLevels) {
        // From what the level before left, which is faster than from the whole; so errors add up.
        const auto& from = out.empty() ? g.indices : out.back().indices;
        const float error_m = out.empty() ? 0.f : out.back().error_m;
        if (from.size() / 3 < kLeastTriangles / 4) break;
        auto level = simpler(whole, from, from.size() / 9 * 3, error_m);
        if (!level) level = simpler(whole, from, from.size() / 6 * 3, error_m);
        if (!level) break;
        out.push_back(std::move(*level));
    }
    return out;
}

} // namespace pw::scene
