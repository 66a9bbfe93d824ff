#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where exactly a user means who points at a part: a corner or an edge of it that is near, else the place itself. Only
// edges that can be seen count, and not those between triangles of one flat face. Pure.

#include "scene/pick.h"

#include <cstdint>

namespace pw::work {

enum class Snap : std::uint8_t { Face, Edge, Vertex };
const char* snap_name(Snap snap); // "face"

struct SnappedPoint {
    DVec3 point{0.0};
    Vec3 normal{0.f}; // of the face that was met
    Snap snap = Snap::Face;
};

// Looks as far as `reach_m` from where the ray met the triangle. Reads all triangles of that primitive: for a click,
// not for each frame. Skinned and morphed meshes are met in their bind pose, as by Picker.
SnappedPoint snap(const scene::Scene& scene, const scene::Hit& hit, double reach_m);

} // namespace pw::work
