// SPDX-License-Identifier: Apache-2.0
#include "scene/tangents.h"

#include "base/bytes.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cfloat>
#include <cmath>

namespace pw::scene {
namespace {

constexpr std::uint32_t kNobody = 0xffff'ffffu;

bool not_zero(float v) { return std::abs(v) > FLT_MIN; }
bool not_zero(const Vec3& v) { return not_zero(v.x) || not_zero(v.y) || not_zero(v.z); }
Vec3 normalized(const Vec3& v) { return not_zero(v) ? v * (1.f / glm::length(v)) : v; }
Vec3 in_plane(const Vec3& n, const Vec3& v) { return normalized(v - n * glm::dot(n, v)); }

struct Triangle {
    std::array<std::uint32_t, 3> vertex{};                            // welded
    std::array<std::uint32_t, 3> neighbor{kNobody, kNobody, kNobody}; // beyond the edge from this corner to the next
    std::array<std::uint32_t, 3> group{kNobody, kNobody, kNobody};    // of each corner
    Vec3 along_s{0.f}, along_t{0.f};                                  // where the texture's axes point; unit or zero
    bool degenerate = false, mirrored = true, joins_any = true;       // joins_any: its texture has no area
};

class TangentSpace {
  public:
    explicit TangentSpace(const TangentMesh& mesh)
        : mesh_(mesh), triangles_(mesh.indices.size() / 3), tangents_(mesh.indices.size(), Vec4(1.f, 0.f, 0.f, 1.f)) {
    } // of what belongs to no group: any, mirrored

    std::vector<Vec4> make() {
        weld();
        for (Triangle& t : triangles_) measure(t);
        link();
        for (std::uint32_t t = 0; t < triangles_.size(); ++t)
            for (std::uint32_t corner = 0; corner < 3; ++corner) start_group(t, corner);
        give_degenerate();
        return std::move(tangents_);
    }

  private:
    const Vec3& position(std::uint32_t vertex) const { return mesh_.positions[vertex]; }

    // One vertex for all that are the same: the first of them. A hash table with linear probing.
    void weld() {
        struct Key {
            Vec3 position, normal;
            Vec2 texcoord;
            bool operator==(const Key&) const = default;
        };
        const auto key_of = [&](std::uint32_t v) { // + 0: −0 is 0
            return Key{mesh_.positions[v] + 0.f, mesh_.normals[v] + 0.f, mesh_.texcoords[v] + 0.f};
        };
        std::size_t slots = 16;
        while (slots < mesh_.positions.size() * 2) slots *= 2;
        std::vector<std::uint32_t> table(slots, kNobody), same(mesh_.positions.size());
        for (std::uint32_t v = 0; v < same.size(); ++v) {
            const Key key = key_of(v);
            std::size_t at = hash64(std::as_bytes(std::span(&key, 1))) & (slots - 1);
            while (table[at] != kNobody && !(key_of(table[at]) == key)) at = (at + 1) & (slots - 1);
            if (table[at] == kNobody) table[at] = v;
            same[v] = table[at];
        }
        for (std::size_t i = 0; i < triangles_.size() * 3; ++i)
            triangles_[i / 3].vertex[i % 3] = same[mesh_.indices[i]];
    }

    // Equations 18 and 19 of Mikkelsen 2008, of length 1.
    void measure(Triangle& t) const {
        const Vec3 &p0 = position(t.vertex[0]), &p1 = position(t.vertex[1]), &p2 = position(t.vertex[2]);
        t.degenerate = p0 == p1 || p0 == p2 || p1 == p2;
        const Vec2 s1 = mesh_.texcoords[t.vertex[1]] - mesh_.texcoords[t.vertex[0]];
        const Vec2 s2 = mesh_.texcoords[t.vertex[2]] - mesh_.texcoords[t.vertex[0]];
        const Vec3 d1 = p1 - p0, d2 = p2 - p0;
        const float area = s1.x * s2.y - s1.y * s2.x; // twice
        t.mirrored = !(area > 0.f);
        t.along_s = d1 * s2.y - d2 * s1.y;
        t.along_t = d2 * s1.x - d1 * s2.x;
        if (!not_zero(area)) return;
        const float length_s = glm::length(t.along_s), length_t = glm::length(t.along_t);
        const float side = t.mirrored ? -1.f : 1.f;
        if (not_zero(length_s)) t.along_s *= side / length_s;
        if (not_zero(length_t)) t.along_t *= side / length_t;
        t.joins_any = !not_zero(length_s / std::abs(area)) || !not_zero(length_t / std::abs(area));
    }

    // Triangles on both sides of an edge that run along it opposite ways are neighbours; of several the first ones.
    void link() {
        struct Edge {
            std::uint64_t ends; // the lower vertex in the upper half
            std::uint32_t triangle;
            std::uint8_t corner;
            bool rises;
        };
        std::vector<Edge> edges;
        edges.reserve(triangles_.size() * 3);
        for (std::uint32_t t = 0; t < triangles_.size(); ++t) {
            if (triangles_[t].degenerate) continue;
            for (std::uint8_t k = 0; k < 3; ++k) {
                const std::uint64_t a = triangles_[t].vertex[k], b = triangles_[t].vertex[(k + 1u) % 3];
                edges.push_back({std::min(a, b) << 32 | std::max(a, b), t, k, a < b});
            }
        }
        std::ranges::stable_sort(edges, {}, &Edge::ends);
        for (std::size_t first = 0, end = 0; first < edges.size(); first = end) {
            while (end < edges.size() && edges[end].ends == edges[first].ends) ++end;
            // The first free one of the other way: those before `next` of a way are taken.
            std::array<std::size_t, 2> next{first, first};
            for (std::size_t i = first; i < end; ++i) {
                const Edge& own = edges[i];
                if (triangles_[own.triangle].neighbor[own.corner] != kNobody) continue;
                std::size_t& j = next[own.rises ? 0 : 1];
                j = std::max(j, i + 1);
                while (j < end && (edges[j].rises == own.rises ||
                                   triangles_[edges[j].triangle].neighbor[edges[j].corner] != kNobody))
                    ++j;
                if (j == end) continue;
                triangles_[own.triangle].neighbor[own.corner] = edges[j].triangle;
                triangles_[edges[j].triangle].neighbor[edges[j].corner] = own.triangle;
            }
        }
    }

    static std::uint32_t corner_at(const Triangle& t, std::uint32_t vertex) {
        return t.vertex[0] == vertex ? 0 : t.vertex[1] == vertex ? 1 : 2;
    }

    // All triangles around a corner that hang together and whose texture runs the same way round.
    void start_group(std::uint32_t first, std::uint32_t corner) {
        const Triangle& start = triangles_[first];
        if (start.degenerate || start.joins_any || start.group[corner] != kNobody) return;
        const std::uint32_t vertex = start.vertex[corner];
        const bool mirrored = start.mirrored;
        members_.clear();
        stack_.assign(1, first);
        while (!stack_.empty()) {
            const std::uint32_t index = stack_.back();
            stack_.pop_back();
            Triangle& t = triangles_[index];
            const std::uint32_t k = corner_at(t, vertex);
            if (t.group[k] != kNobody) continue;
            constexpr std::array kFree{kNobody, kNobody, kNobody};
            if (t.joins_any && t.group == kFree) t.mirrored = mirrored;
            if (t.mirrored != mirrored) continue;
            t.group[k] = groups_;
            members_.push_back(index);
            for (const std::uint32_t beyond : {t.neighbor[k], t.neighbor[(k + 2) % 3]})
                if (beyond != kNobody) stack_.push_back(beyond);
        }
        ++groups_;
        std::ranges::sort(members_); // sums do not depend on the way here
        give_group(vertex, mirrored);
    }

    // Of a group those count together whose axes do not point exactly apart.
    void give_group(std::uint32_t vertex, bool mirrored) {
        const Vec3& n = mesh_.normals[vertex];
        s_.clear();
        t_.clear();
        Vec3 sum_s(0.f), sum_t(0.f);
        for (const std::uint32_t m : members_) {
            sum_s += s_.emplace_back(in_plane(n, triangles_[m].along_s));
            sum_t += t_.emplace_back(in_plane(n, triangles_[m].along_t));
        }
        bool together = members_.size() > kMostExact;
        if (!together) // all on one side: no two of them are apart
            for (std::size_t i = 0; i < members_.size() && (i == 0 || together); ++i)
                together = glm::dot(s_[i], sum_s) > 0.f && glm::dot(t_[i], sum_t) > 0.f;
        if (together) {
            const Vec4 tangent = blend(vertex, members_, mirrored);
            for (const std::uint32_t m : members_) give(m, vertex, tangent);
            return;
        }
        for (std::size_t i = 0; i < members_.size(); ++i) {
            close_.clear();
            for (std::size_t k = 0; k < members_.size(); ++k)
                if (k == i || triangles_[members_[i]].joins_any || triangles_[members_[k]].joins_any ||
                    (glm::dot(s_[i], s_[k]) > -1.f && glm::dot(t_[i], t_[k]) > -1.f))
                    close_.push_back(members_[k]);
            give(members_[i], vertex, blend(vertex, close_, mirrored));
        }
    }

    // The mean of the axes, each by the angle that its triangle has at the vertex.
    Vec4 blend(std::uint32_t vertex, const std::vector<std::uint32_t>& triangles, bool mirrored) const {
        const Vec3& n = mesh_.normals[vertex];
        Vec3 sum(0.f);
        for (const std::uint32_t index : triangles) {
            const Triangle& t = triangles_[index];
            if (t.joins_any) continue;
            const std::uint32_t k = corner_at(t, vertex);
            const Vec3& here = position(t.vertex[k]);
            const Vec3 before = in_plane(n, position(t.vertex[(k + 2) % 3]) - here);
            const Vec3 after = in_plane(n, position(t.vertex[(k + 1) % 3]) - here);
            const float angle = std::acos(std::clamp(glm::dot(before, after), -1.f, 1.f));
            sum += in_plane(n, t.along_s) * angle;
        }
        return {normalized(sum), mirrored ? 1.f : -1.f}; // v grows downwards: what is upright has a negative area
    }

    void give(std::uint32_t triangle, std::uint32_t vertex, const Vec4& tangent) {
        tangents_[triangle * std::size_t{3} + corner_at(triangles_[triangle], vertex)] = tangent;
    }

    // A triangle without an area has the tangents of the first whole one at its vertices.
    void give_degenerate() {
        if (std::ranges::none_of(triangles_, &Triangle::degenerate)) return;
        std::vector<std::uint32_t> whole(mesh_.positions.size(), kNobody); // per vertex: a corner
        for (std::uint32_t t = 0; t < triangles_.size(); ++t)
            for (std::uint32_t k = 0; k < 3 && !triangles_[t].degenerate; ++k)
                whole[triangles_[t].vertex[k]] = std::min(whole[triangles_[t].vertex[k]], t * 3 + k);
        for (std::uint32_t t = 0; t < triangles_.size(); ++t)
            for (std::uint32_t k = 0; k < 3 && triangles_[t].degenerate; ++k)
                if (whole[triangles_[t].vertex[k]] != kNobody)
                    tangents_[t * std::size_t{3} + k] = tangents_[whole[triangles_[t].vertex[k]]];
    }

    const TangentMesh& mesh_;
    std::vector<Triangle> triangles_;
    std::vector<Vec4> tangents_;
    std::uint32_t groups_ = 0;
    std::vector<std::uint32_t> members_, close_, stack_; // of the group at hand
    std::vector<Vec3> s_, t_;
};

} // namespace

std::vector<Vec4> make_tangents(const TangentMesh& mesh) { return TangentSpace(mesh).make(); }

} // namespace pw::scene
