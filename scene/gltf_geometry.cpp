// SPDX-License-Identifier: Apache-2.0
// What a file may leave out of its geometry, made here.

#include "scene/gltf_internal.h"

#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include <cmath>

namespace pw::scene::gltf {
namespace {

template <class T> void unshare(std::vector<T>& values, const std::vector<std::uint32_t>& indices) {
    if (values.empty()) return;
    std::vector<T> out;
    out.reserve(indices.size());
    for (const std::uint32_t i : indices) out.push_back(values[i]);
    values = std::move(out);
}

Vec3 any_perpendicular(const Vec3& n) {
    return glm::normalize(glm::cross(n, std::abs(n.x) < 0.5f ? Vec3(1, 0, 0) : Vec3(0, 1, 0)));
}

} // namespace

void make_flat_normals(Geometry& g) {
    unshare(g.vertices, g.indices);
    unshare(g.skin, g.indices);
    for (MorphTarget& morph : g.morphs) {
        unshare(morph.positions, g.indices);
        morph.normals.clear(); // there is no base to add them to
        morph.tangents.clear();
    }
    for (std::uint32_t i = 0; i < g.indices.size(); ++i) g.indices[i] = i;
    for (std::size_t i = 0; i + 2 < g.vertices.size(); i += 3) {
        Vertex* const v = &g.vertices[i];
        const Vec3 n = glm::cross(v[1].position - v[0].position, v[2].position - v[0].position);
        const float length = glm::length(n);
        const std::uint32_t packed = pack_normal(length > 0.f && std::isfinite(length) ? n / length : Vec3(0, 1, 0));
        for (int k = 0; k < 3; ++k) v[k].normal = packed;
    }
}

// One frame per vertex from the texture coordinates around it (Lengyel 2001). Not MikkTSpace: a map baked for
// MikkTSpace shows small differences where texture seams share vertices; files that care bring TANGENT.
void make_tangents(Geometry& g, std::uint8_t texcoord) {
    const auto uv = [&](std::uint32_t i) { return texcoord == 0 ? g.vertices[i].uv0 : g.vertices[i].uv1; };
    std::vector<Vec3> along_u(g.vertices.size(), Vec3(0.f)), along_v(g.vertices.size(), Vec3(0.f));
    for (std::size_t t = 0; t + 2 < g.indices.size(); t += 3) {
        const std::uint32_t a = g.indices[t], b = g.indices[t + 1], c = g.indices[t + 2];
        const Vec3 p1 = g.vertices[b].position - g.vertices[a].position;
        const Vec3 p2 = g.vertices[c].position - g.vertices[a].position;
        const Vec2 t1 = uv(b) - uv(a), t2 = uv(c) - uv(a);
        const float area = t1.x * t2.y - t2.x * t1.y;
        if (!(std::abs(area) > 1e-20f)) continue;
        const Vec3 u = (p1 * t2.y - p2 * t1.y) / area;
        const Vec3 v = (p2 * t1.x - p1 * t2.x) / area;
        for (const std::uint32_t i : {a, b, c}) {
            along_u[i] += u;
            along_v[i] += v;
        }
    }
    for (std::size_t i = 0; i < g.vertices.size(); ++i) {
        const Vec3 n = unpack_normal(g.vertices[i].normal);
        const Vec3 t = along_u[i] - n * glm::dot(n, along_u[i]);
        const float length = glm::length(t);
        const Vec3 unit = length > 0.f && std::isfinite(length) ? t / length : any_perpendicular(n);
        // glTF: bitangent = cross(normal, tangent) × w, and v grows downwards in the image
        const float side = glm::dot(glm::cross(n, unit), along_v[i]) < 0.f ? -1.f : 1.f;
        g.vertices[i].tangent = pack_tangent(Vec4(unit, side));
    }
    g.has_tangents = true;
}

std::vector<std::uint32_t> triangles_of_strip(std::span<const std::uint32_t> strip) {
    std::vector<std::uint32_t> out;
    if (strip.size() < 3) return out;
    out.reserve((strip.size() - 2) * 3);
    for (std::size_t i = 0; i + 2 < strip.size(); ++i) { // section 3.7.2.1: every second one is turned
        const std::size_t odd = i % 2;
        out.insert(out.end(), {strip[i], strip[i + 1 + odd], strip[i + 2 - odd]});
    }
    return out;
}

std::vector<std::uint32_t> triangles_of_fan(std::span<const std::uint32_t> fan) {
    std::vector<std::uint32_t> out;
    if (fan.size() < 3) return out;
    out.reserve((fan.size() - 2) * 3);
    for (std::size_t i = 1; i + 1 < fan.size(); ++i) out.insert(out.end(), {fan[i], fan[i + 1], fan[0]});
    return out;
}

Aabb bounds_of(const Geometry& g) {
    std::vector<const Vec3*> deltas; // of the targets that move anything: there may be a great many that do not
    for (const MorphTarget& morph : g.morphs)
        if (!morph.positions.empty()) deltas.push_back(morph.positions.data());
    Aabb box;
    for (std::size_t i = 0; i < g.vertices.size(); ++i) {
        Vec3 low = g.vertices[i].position, high = low;
        for (const Vec3* const delta : deltas) { // weights from 0 to 1
            low += glm::min(delta[i], Vec3(0.f));
            high += glm::max(delta[i], Vec3(0.f));
        }
        grow(box, low);
        grow(box, high);
    }
    return box;
}

} // namespace pw::scene::gltf
