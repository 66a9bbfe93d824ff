// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/solids.h"

#include "shaders/shared.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

namespace pw::renderer {
namespace {

using Cell = std::array<std::int32_t, 3>;

struct CellHash {
    std::size_t operator()(const Cell& c) const {
        std::uint64_t hash = 0;
        for (const std::int32_t v : c)
            hash = ((hash ^ static_cast<std::uint32_t>(v)) * 0x9e37'79b9'7f4a'7c15u) ^ (hash >> 29);
        return hash;
    }
};

// The edges of triangles as they run, from corner to corner.
class Edges {
  public:
    explicit Edges(float grid) : grid_(grid) {}

    void add(const scene::Geometry& g) {
        std::vector<std::uint32_t> corner(g.vertices.size());
        for (std::size_t i = 0; i < g.vertices.size(); ++i) corner[i] = corner_at(g.vertices[i].position);
        for (std::size_t t = 0; t + 2 < g.indices.size(); t += 3) {
            const std::array c{corner[g.indices[t]], corner[g.indices[t + 1]], corner[g.indices[t + 2]]};
            if (c[0] == c[1] || c[1] == c[2] || c[2] == c[0]) continue; // no area
            for (std::size_t k = 0; k < 3; ++k) add_edge(c[k], c[(k + 1) % 3]);
        }
    }
    bool closed() {
        std::ranges::sort(up_);
        std::ranges::sort(down_);
        return !up_.empty() && up_ == down_;
    }

  private:
    std::uint32_t corner_at(const Vec3& p) {
        const auto cell = [&](float v) { return static_cast<std::int32_t>(std::lround(v / grid_)); };
        const auto next = static_cast<std::uint32_t>(corners_.size());
        return corners_.try_emplace({cell(p.x), cell(p.y), cell(p.z)}, next).first->second;
    }
    void add_edge(std::uint32_t a, std::uint32_t b) {
        (a < b ? up_ : down_).push_back(std::uint64_t{std::min(a, b)} << 32 | std::max(a, b));
    }
    float grid_;
    std::unordered_map<Cell, std::uint32_t, CellHash> corners_;
    std::vector<std::uint64_t> up_, down_; // each edge as (lower corner, higher corner)
};

std::vector<std::uint32_t> solids_of(const scene::Model& model, const scene::Mesh& mesh) {
    float size = 0.f;
    for (const scene::Primitive& p : mesh.primitives) {
        const Aabb& box = model.geometries[p.geometry].bounds;
        if (box.empty()) continue;
        for (int axis = 0; axis < 3; ++axis) size = std::max({size, std::abs(box.min[axis]), std::abs(box.max[axis])});
    }
    std::vector<std::uint32_t> flags(mesh.primitives.size(), 0);
    if (!(size > 0.f)) return flags;
    const float grid = size / 65536.f;
    bool each = true;
    for (std::size_t i = 0; i < flags.size(); ++i) {
        Edges edges(grid);
        edges.add(model.geometries[mesh.primitives[i].geometry]);
        if (edges.closed()) flags[i] = shaders::kSolid;
        each &= flags[i] != 0;
    }
    if (each || flags.size() == 1) return flags;
    Edges together(grid);
    for (std::size_t i = 0; i < flags.size(); ++i)
        if (flags[i] == 0) together.add(model.geometries[mesh.primitives[i].geometry]);
    if (!together.closed()) return flags;
    for (std::uint32_t& f : flags)
        if (f == 0) f = shaders::kSolidTogether;
    return flags;
}

} // namespace

Solids find_solids(const scene::Model& model) {
    Solids out;
    out.reserve(model.meshes.size());
    for (const scene::Mesh& mesh : model.meshes) out.push_back(solids_of(model, mesh));
    return out;
}

LateSolids::LateSolids(Jobs& jobs, std::shared_ptr<const scene::Model> model) : shared_(std::make_shared<Shared>()) {
    jobs.add(JobClass::Background, [shared = shared_, model = std::move(model)] {
        shared->solids = find_solids(*model);
        shared->done.store(true, std::memory_order_release);
    });
}

} // namespace pw::renderer
