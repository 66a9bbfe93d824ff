#pragma once
// SPDX-License-Identifier: Apache-2.0
// Tangents as MikkTSpace has them (Mikkelsen 2008, "Simulation of Wrinkled Surfaces Revisited", and the reference
// implementation at mikktspace.com, with its defaults), which normal maps are baked for and glTF 2.0, section 3.7.2.1,
// asks for. They belong to the corners of triangles: two triangles share one where position, normal and texture
// coordinates are the same, the texture is not mirrored between them, and they hang together by edges. Pure functions.
// Where more than kMostExact triangles share a corner, they are not searched for pairs that point exactly apart.

#include "base/math.h"

#include <cstdint>
#include <span>
#include <vector>

namespace pw::scene {

struct TangentMesh {
    std::span<const std::uint32_t> indices;   // of triangles
    std::span<const Vec3> positions, normals; // normals of length 1
    std::span<const Vec2> texcoords;          // as glTF has them: v grows downwards in the image
};

inline constexpr std::size_t kMostExact = 256;

// One per index: the tangent, of length 1, and in w the sign of the bitangent, cross(normal, tangent) × w, which points
// up in the image. O(n log n) in the triangles.
std::vector<Vec4> make_tangents(const TangentMesh& mesh);

} // namespace pw::scene
