// SPDX-License-Identifier: Apache-2.0
#include "scene/simplify.h"

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

// From what the level before left, which is faster than from the whole; so errors add up. First by collapsing edges,
// which keeps the form; where that ends (a guard is a hundred loose bars), by merging what lies in one cell of a grid.
std::optional<Level> simpler(const Geometry& g, std::span<const Vec3> normals, std::span<const std::uint32_t> from,
                             float scale_m, float error_m) {
    const std::size_t target = from.size() / 9 * 3;
    const auto most = static_cast<std::size_t>(kWorthIt * static_cast<double>(from.size()));
    const float* positions = &g.vertices[0].position.x;
    Level out;
    out.indices.resize(from.size());
    float error = 0.f;
    std::size_t count = meshopt_simplifyWithAttributes(
        out.indices.data(), from.data(), from.size(), positions, g.vertices.size(), sizeof(Vertex), &normals[0].x,
        sizeof(Vec3), kNormalWeights.data(), kNormalWeights.size(), nullptr, target, kLargestError, 0, &error);
    if (count == 0 || count > most) {
        count = meshopt_simplifySloppy(out.indices.data(), from.data(), from.size(), positions, g.vertices.size(),
                                       sizeof(Vertex), target, kLargestError, &error);
    }
    if (count == 0 || count > most) return std::nullopt;
    out.indices.resize(count);
    out.indices.shrink_to_fit();
    out.error_m = error_m + error * scale_m * kFarthest;
    meshopt_optimizeVertexCache(out.indices.data(), out.indices.data(), out.indices.size(), g.vertices.size());
    return out;
}

} // namespace

std::vector<Level> simplified(const Geometry& g) {
    std::vector<Level> out;
    if (!g.skin.empty() || !g.morphs.empty() || g.indices.size() / 3 < kLeastTriangles) return out;
    const float scale_m = meshopt_simplifyScale(&g.vertices[0].position.x, g.vertices.size(), sizeof(Vertex));
    if (!(scale_m > 0.f) || !std::isfinite(scale_m)) return out;
    std::vector<Vec3> normals;
    normals.reserve(g.vertices.size());
    for (const Vertex& v : g.vertices) normals.push_back(unpack_normal(v.normal));
    while (out.size() < kMaxLevels) {
        const auto& from = out.empty() ? g.indices : out.back().indices;
        if (from.size() / 3 < kLeastTriangles / 4) break;
        auto level = simpler(g, normals, from, scale_m, out.empty() ? 0.f : out.back().error_m);
        if (!level) break;
        out.push_back(std::move(*level));
    }
    return out;
}

} // namespace pw::scene
