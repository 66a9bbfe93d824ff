// SPDX-License-Identifier: Apache-2.0
// MSFT_lod: coarser looks of a node. The finest is what there is; of the others the triangles are taken where they are
// over the same vertices and say by how much they are wrong, as `plantwalk pack` writes them. Whatever they are, their
// nodes are no parts and are not drawn besides.

#include "base/format.h"
#include "scene/gltf_internal.h"
#include "scene/simplify.h"

#include <algorithm>

namespace pw::scene::gltf {
namespace {

// The nodes that each node names as coarser looks of itself: f(node, ids).
template <class F> void each_chain(const Object& root, F f) {
    const std::size_t count = root.json["nodes"].size();
    root.each("nodes", [&](const Object& node) {
        if (!node.json["extensions"]["MSFT_lod"].exists()) return;
        const Object lod = node.extension("MSFT_lod");
        const Json list = lod.json["ids"];
        if (!list.is(Json::Type::Array)) return root.reader.fail(lod.at.member("ids"), Errc::Malformed, "is no array");
        std::vector<std::uint32_t> ids;
        list.items([&](std::size_t i, Json item) {
            const std::optional<std::uint64_t> id = item.integer();
            if (!id || *id >= count || *id == node.at.index)
                root.reader.fail({&lod.at, "ids", i}, Errc::Malformed,
                                 formatted("is not another one of the {} nodes", count));
            else
                ids.push_back(static_cast<std::uint32_t>(*id));
            return root.reader.ok();
        });
        f(node, ids);
    });
}

// Whether two primitives with the same attributes have the same vertices, drawn as the same kind of triangles.
bool same_triangles(const Json& a, const Json& b) {
    return a["mode"].integer().value_or(4) == 4 && b["mode"].integer().value_or(4) == 4 && !a["targets"].exists() &&
           !b["targets"].exists() && !a["extensions"]["KHR_draco_mesh_compression"].exists() &&
           !b["extensions"]["KHR_draco_mesh_compression"].exists();
}

} // namespace

void Reader::read_level_chains(const Object& root) {
    if (std::ranges::find(model.extensions_used, "MSFT_lod") == model.extensions_used.end()) return;
    const std::size_t nodes = root.json["nodes"].size(), meshes = root.json["meshes"].size();
    if (!charge(root.at, nodes + meshes, 2 * sizeof(std::uint32_t)) ||
        !charge(root.at, meshes, 2 * sizeof(std::vector<Json>)))
        return;
    level_nodes.assign(nodes, false);
    each_chain(root, [&](const Object&, std::span<const std::uint32_t> ids) {
        for (const std::uint32_t id : ids) level_nodes[id] = true;
    });
    std::vector<std::uint32_t> mesh_of(nodes, kNone);
    std::vector<bool> is_shown(meshes);
    level_meshes.assign(meshes, false);
    root.each("nodes", [&](const Object& node) {
        const std::uint32_t mesh = mesh_of[node.at.index] = node.index("mesh", meshes, "meshes");
        if (ok() && mesh != kNone) (level_nodes[node.at.index] ? level_meshes : is_shown)[mesh] = true;
    });
    if (!ok()) return;
    for (std::size_t i = 0; i < meshes; ++i) level_meshes[i] = level_meshes[i] && !is_shown[i];
    coarser_meshes.resize(meshes);
    std::vector<bool> is_named(meshes);
    each_chain(root, [&](const Object& node, std::span<const std::uint32_t> ids) {
        const std::uint32_t mesh = mesh_of[node.at.index];
        if (mesh == kNone || !coarser_meshes[mesh].empty()) return;
        std::vector<std::uint32_t>& chain = coarser_meshes[mesh];
        for (const std::uint32_t id : ids) {
            const std::uint32_t coarser = mesh_of[id];
            if (coarser == kNone || std::ranges::find(chain, coarser) != chain.end()) continue;
            if (chain.size() == kMaxLevels) {
                report(node.at, formatted("has more than {} levels of detail; the others are left out", kMaxLevels));
                break;
            }
            chain.push_back(coarser);
            is_named[coarser] = true;
        }
        charge(node.at, chain.size(), sizeof(std::uint32_t));
    });
    level_primitives.resize(meshes);
    root.each("meshes", [&](const Object& mesh) {
        if (!is_named[mesh.at.index] || !charge(mesh.at, mesh.json["primitives"].size(), sizeof(Json))) return;
        mesh.json["primitives"].items([&](std::size_t, Json primitive) {
            level_primitives[mesh.at.index].push_back(primitive);
            return true;
        });
    });
    root.json["materials"].items([&](std::size_t i, Json material) {
        if (material["extensions"]["MSFT_lod"].exists())
            report({&root.at, "materials", i}, "MSFT_lod is left out: the finest material is drawn");
        return true;
    });
}

std::vector<Level> Reader::read_levels(const Object& primitive, std::size_t mesh, const Geometry& whole) {
    std::vector<Level> out;
    if (mesh >= coarser_meshes.size()) return out;
    const auto left_out = [&](std::string_view why) {
        report(primitive.at, formatted("has levels of detail {}", why));
    };
    std::uint32_t last_indices = primitive.index("indices", accessors.size(), "accessors");
    for (const std::uint32_t coarser_mesh : coarser_meshes[mesh]) {
        const std::vector<Json>& coarse_ones = level_primitives[coarser_mesh];
        const Json coarse = primitive.at.index < coarse_ones.size() ? coarse_ones[primitive.at.index] : Json();
        const std::string vertices = primitive.json["attributes"].dump(), coarse_vertices = coarse["attributes"].dump();
        if (!charge(primitive.at, sizeof(Json) + coarse_vertices.size(), 1))
            break; // not kept, but many may look at one
        if (!coarse.exists() || vertices != coarse_vertices || !same_triangles(primitive.json, coarse)) {
            left_out("with vertices of their own, which are left out; the finest is taken");
            break;
        }
        const Object level(*this, coarse, {&primitive.at, "MSFT_lod"});
        const std::uint32_t indices = level.index("indices", accessors.size(), "accessors");
        if (!ok() || indices == last_indices) continue; // another primitive has more levels
        const std::optional<double> error_m = coarse["extras"]["plantwalk_error_m"].number();
        if (!error_m || !(*error_m >= (out.empty() ? 0.0 : double{out.back().error_m})) || *error_m > 1e9) {
            left_out("that do not say how wrong they are, and are left out; the finest is taken");
            break;
        }
        const std::size_t finer_count = out.empty() ? whole.indices.size() : out.back().indices.size();
        if (indices == kNone || accessors[indices].columns != 1 || accessors[indices].count % 3 != 0 ||
            accessors[indices].count >= finer_count || out.size() == kMaxLevels) {
            left_out("that are not coarser, which are left out");
            break;
        }
        if (!charge(level.at, accessors[indices].count, sizeof(std::uint32_t)) || !charge(level.at, sizeof(Level), 1))
            break;
        out.push_back({integers(level.at.member("indices"), indices), static_cast<float>(*error_m)});
        if (std::ranges::any_of(out.back().indices, [&](std::uint32_t v) { return v >= whole.vertices.size(); }))
            fail(level.at.member("indices"), Errc::Malformed,
                 formatted("has indices past its {} vertices", whole.vertices.size()));
        if (!ok()) break;
        last_indices = indices;
    }
    return out;
}

} // namespace pw::scene::gltf
