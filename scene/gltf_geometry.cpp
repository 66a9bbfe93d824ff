// SPDX-License-Identifier: Apache-2.0
// What a file may leave out of its geometry, made here.

#include "scene/gltf_internal.h"
#include "scene/tangents.h"

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

namespace {

template <class T> void append_copy(std::vector<T>& values, std::uint32_t of) {
    if (!values.empty()) values.push_back(T(values[of]));
}

// A vertex like another one, all but its tangent.
std::uint32_t split_off(Geometry& g, std::uint32_t vertex) {
    append_copy(g.vertices, vertex);
    append_copy(g.skin, vertex);
    for (MorphTarget& morph : g.morphs)
        for (std::vector<Vec3>* const deltas : {&morph.positions, &morph.normals, &morph.tangents})
            append_copy(*deltas, vertex);
    return static_cast<std::uint32_t>(g.vertices.size() - 1);
}

} // namespace

// The triangles of a level are over vertices that were split: each corner takes the twin whose tangent is most like
// the way in which its own triangle has the texture.
void choose_twins(const Geometry& g, Level& level, std::uint8_t texcoord, const std::vector<std::uint32_t>& twin) {
    const auto uv = [&](std::uint32_t i) { return texcoord == 0 ? g.vertices[i].uv0 : g.vertices[i].uv1; };
    for (std::size_t t = 0; t + 2 < level.indices.size(); t += 3) {
        std::uint32_t* const c = &level.indices[t];
        const Vec3 &p0 = g.vertices[c[0]].position, e1 = g.vertices[c[1]].position - p0;
        const Vec3 e2 = g.vertices[c[2]].position - p0;
        const Vec2 d1 = uv(c[1]) - uv(c[0]), d2 = uv(c[2]) - uv(c[0]);
        const float area = d1.x * d2.y - d1.y * d2.x;
        const Vec3 along = (e1 * d2.y - e2 * d1.y) * (area < 0.f ? -1.f : 1.f);
        for (int k = 0; k < 3; ++k) {
            float best = -FLT_MAX;
            for (std::uint32_t v = c[k]; v != kNone; v = twin[v]) {
                const Vec4 tangent = unpack_tangent(g.vertices[v].tangent);
                const bool same_side = (tangent.w < 0.f) == (area > 0.f); // v of glTF grows downwards
                const float like = glm::dot(Vec3(tangent), along) + (same_side ? glm::length(along) * 4.f : 0.f);
                if (!(like > best)) continue;
                best = like;
                c[k] = v;
            }
        }
    }
}

std::size_t give_tangents(Geometry& g, std::uint8_t texcoord) {
    const std::size_t before = g.vertices.size();
    std::vector<Vec3> positions(before), normals(before);
    std::vector<Vec2> texcoords(before);
    for (std::size_t i = 0; i < before; ++i) {
        positions[i] = g.vertices[i].position;
        normals[i] = unpack_normal(g.vertices[i].normal);
        texcoords[i] = texcoord == 0 ? g.vertices[i].uv0 : g.vertices[i].uv1;
    }
    const std::vector<Vec4> corners =
        make_tangents({.indices = g.indices, .positions = positions, .normals = normals, .texcoords = texcoords});
    std::vector<bool> has_own(before);
    std::vector<std::uint32_t> twin(before, kNone); // the next vertex that was split off the same one
    for (std::size_t i = 0; i < g.indices.size(); ++i) {
        const std::uint32_t tangent = pack_tangent(corners[i]);
        std::uint32_t vertex = g.indices[i];
        if (!has_own[vertex]) g.vertices[vertex].tangent = tangent;
        has_own[vertex] = true;
        while (g.vertices[vertex].tangent != tangent) {
            if (twin[vertex] == kNone) {
                twin[vertex] = split_off(g, vertex);
                twin.push_back(kNone);
                has_own.push_back(true);
                g.vertices.back().tangent = tangent;
            }
            vertex = twin[vertex];
        }
        g.indices[i] = vertex;
    }
    if (g.levels)
        for (Level& level : *g.levels) choose_twins(g, level, texcoord, twin);
    g.has_tangents = true;
    return g.vertices.size() - before;
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
