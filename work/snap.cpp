// SPDX-License-Identifier: Apache-2.0
#include "work/snap.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <array>

namespace pw::work {
namespace {

using Triangle = std::array<Vec3, 3>;

constexpr float kFlat_cos = 0.9998f; // 1.1°: such neighbours are one face

Triangle triangle_of(const scene::Geometry& geometry, std::size_t t) {
    const auto at = [&](std::size_t corner) { return geometry.vertices[geometry.indices[3 * t + corner]].position; };
    return {at(0), at(1), at(2)};
}

Vec3 normal_of(const Triangle& t) {
    const Vec3 n = glm::cross(t[1] - t[0], t[2] - t[0]);
    const float length = glm::length(n);
    return length > 0.f ? n / length : Vec3(0.f);
}

bool has_corner(const Triangle& t, const Vec3& p) { return std::ranges::find(t, p) != t.end(); }

// By edge i, from corner i to the next: whether a neighbour goes on in the same plane.
std::array<bool, 3> flat_edges(const scene::Geometry& geometry, std::size_t triangle) {
    const Triangle own = triangle_of(geometry, triangle);
    const Vec3 normal = normal_of(own);
    std::array<bool, 3> flat{};
    for (std::size_t t = 0; t < geometry.indices.size() / 3; ++t) {
        if (t == triangle) continue;
        const Triangle other = triangle_of(geometry, t);
        for (std::size_t i = 0; i < 3; ++i) {
            if (!has_corner(other, own[i]) || !has_corner(other, own[(i + 1) % 3])) continue;
            flat[i] = flat[i] || glm::dot(normal_of(other), normal) > kFlat_cos;
        }
    }
    return flat;
}

DVec3 nearest_on(const DVec3& a, const DVec3& b, const DVec3& p) {
    const DVec3 along = b - a;
    const double length2 = glm::dot(along, along);
    return length2 > 0.0 ? a + along * std::clamp(glm::dot(p - a, along) / length2, 0.0, 1.0) : a;
}

} // namespace

const char* snap_name(Snap snap) {
    constexpr std::array kNames{"face", "edge", "vertex"};
    return kNames.at(static_cast<std::size_t>(snap));
}

SnappedPoint snap(const scene::Scene& scene, const scene::Hit& hit, double reach_m) {
    SnappedPoint out{hit.point, hit.normal, Snap::Face};
    const auto& model = *scene.placed()[scene.placed_of(hit.node).index].model;
    const auto& primitive = model.meshes[scene.mesh(hit.node)].primitives[hit.primitive];
    const scene::Geometry& geometry = model.geometries[primitive.geometry];
    const Triangle local = triangle_of(geometry, hit.triangle);
    const std::array<bool, 3> flat = flat_edges(geometry, hit.triangle);
    std::array<DVec3, 3> corners;
    for (std::size_t i = 0; i < 3; ++i) corners[i] = transform_point(scene.world(hit.node), DVec3(local[i]));
    double nearest = reach_m;
    for (std::size_t i = 0; i < 3; ++i) {
        // A corner where both edges run on within the face is no corner of the part.
        if (flat[i] && flat[(i + 2) % 3]) continue;
        if (const double d = glm::length(corners[i] - hit.point); d < nearest) {
            nearest = d;
            out = {corners[i], hit.normal, Snap::Vertex};
        }
    }
    if (out.snap == Snap::Vertex) return out;
    for (std::size_t i = 0; i < 3; ++i) {
        const DVec3 on = nearest_on(corners[i], corners[(i + 1) % 3], hit.point);
        if (const double d = glm::length(on - hit.point); !flat[i] && d < nearest) {
            nearest = d;
            out = {on, hit.normal, Snap::Edge};
        }
    }
    return out;
}

} // namespace pw::work
