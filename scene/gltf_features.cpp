// SPDX-License-Identifier: Apache-2.0
// EXT_mesh_features: a mesh that was merged from many parts becomes a node with a child for each of them, each with
// triangles of its own, so that what works for nodes works for them. What is of no part stays with the node.

#include "base/format.h"
#include "scene/gltf_internal.h"

#include <algorithm>
#include <map>
#include <utility>

namespace pw::scene::gltf {
namespace {

// Triangles of one geometry that are of one feature (kNone: of none), as a geometry.
struct Piece {
    std::uint32_t feature = kNone, geometry = kNone;
};

// A part of a mesh, with what all primitives have of it. Features of one property table are the same in all primitives.
struct Part {
    std::uint32_t table = kNone, feature = kNone, mesh = kNone;
};

class Splitter {
  public:
    explicit Splitter(Reader& r) : r_(r), pieces_(r.model.geometries.size()), parts_(r.model.meshes.size()) {}

    // The parts of a mesh; that itself keeps what is of none of them. One part that is all of the mesh stays the mesh.
    const std::vector<Part>& parts_of(std::uint32_t mesh) {
        if (parts_[mesh]) return *parts_[mesh];
        std::vector<Part>& out = parts_[mesh].emplace();
        if (mesh >= r_.feature_tables.size() || r_.feature_tables[mesh].empty()) return out;
        std::vector<std::uint32_t>& tables = r_.feature_tables[mesh];
        tables.resize(r_.model.meshes[mesh].primitives.size(), kNone);
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<Primitive>> by_part;
        std::vector<Primitive> rest;
        for (std::size_t i = 0; i < tables.size() && r_.ok(); ++i) {
            const Primitive& whole = r_.model.meshes[mesh].primitives[i];
            for (const Piece& piece : pieces_of(whole.geometry)) {
                Primitive part = whole;
                part.geometry = piece.geometry;
                const bool is_part = piece.feature != kNone;
                (is_part ? by_part[{tables[i], piece.feature}] : rest).push_back(std::move(part));
            }
        }
        if (!r_.ok() || !r_.charge(at(mesh), by_part.size(), sizeof(Mesh) + sizeof(Part) + sizeof(Primitive)))
            return out;
        bool keeps_slot = !rest.empty();
        r_.model.meshes[mesh].primitives = std::move(rest);
        for (auto& [key, primitives] : by_part) {
            std::uint32_t own = mesh;
            if (std::exchange(keeps_slot, true)) {
                own = static_cast<std::uint32_t>(r_.model.meshes.size());
                r_.model.meshes.emplace_back();
            }
            r_.model.meshes[own].primitives = std::move(primitives);
            out.push_back({key.first, key.second, own});
        }
        return out;
    }

    bool keeps_some(std::uint32_t mesh) { return parts_of(mesh).empty() || parts_of(mesh).front().mesh != mesh; }

  private:
    static Where at(std::uint32_t mesh) { return {nullptr, "meshes", mesh}; }

    // The pieces of a geometry. One of them takes its place.
    const std::vector<Piece>& pieces_of(std::uint32_t geometry) {
        std::vector<Piece>& out = pieces_[geometry];
        if (!out.empty()) return out;
        std::vector<std::uint32_t>& features = r_.triangle_features[geometry];
        std::vector<std::uint32_t> triangles(features.size());
        for (std::uint32_t t = 0; t < triangles.size(); ++t) triangles[t] = t;
        std::ranges::stable_sort(triangles, {}, [&](std::uint32_t t) { return features[t]; });
        if (features.empty() || features[triangles.front()] == features[triangles.back()]) { // not to be split
            out.push_back({features.empty() ? kNone : features.front(), geometry});
            return out;
        }
        const Geometry whole = std::move(r_.model.geometries[geometry]);
        local_of_.assign(whole.vertices.size(), {kNone, 0});
        for (std::size_t first = 0; first < triangles.size() && r_.ok();) {
            const std::uint32_t feature = features[triangles[first]];
            std::size_t end = first;
            while (end < triangles.size() && features[triangles[end]] == feature) ++end;
            std::uint32_t own = geometry;
            if (first != 0) {
                own = static_cast<std::uint32_t>(r_.model.geometries.size());
                r_.model.geometries.emplace_back();
            }
            r_.model.geometries[own] = take(whole, std::span(triangles).subspan(first, end - first), first);
            out.push_back({feature, own});
            first = end;
        }
        features = {};
        return out;
    }

    // Some triangles of a geometry, with their vertices in the order in which they are first used.
    Geometry take(const Geometry& whole, std::span<const std::uint32_t> triangles, std::size_t stamp) {
        Geometry out;
        out.has_tangents = whole.has_tangents;
        out.indices.reserve(triangles.size() * 3);
        for (const std::uint32_t t : triangles)
            for (std::size_t k = 0; k < 3; ++k) {
                const std::uint32_t vertex = whole.indices[std::size_t{t} * 3 + k];
                auto& [taken_by, local] = local_of_[vertex];
                if (taken_by != stamp) {
                    taken_by = static_cast<std::uint32_t>(stamp);
                    local = static_cast<std::uint32_t>(out.vertices.size());
                    out.vertices.push_back(whole.vertices[vertex]);
                    if (!whole.skin.empty()) out.skin.push_back(whole.skin[vertex]);
                }
                out.indices.push_back(local);
            }
        const std::size_t bytes = sizeof(Vertex) + (whole.skin.empty() ? 0 : sizeof(SkinVertex));
        if (!r_.charge({nullptr, "meshes"}, out.vertices.size(), bytes) ||
            !r_.charge({nullptr, "meshes"}, out.indices.size() * sizeof(std::uint32_t) + sizeof(Geometry), 1))
            return {};
        out.vertices.shrink_to_fit();
        out.bounds = bounds_of(out);
        return out;
    }

    Reader& r_;
    std::vector<std::vector<Piece>> pieces_;              // of the geometries that the file has
    std::vector<std::optional<std::vector<Part>>> parts_; // of the meshes that the file has
    std::vector<std::pair<std::uint32_t, std::uint32_t>>
        local_of_; // per vertex: first triangle of its piece, index there
};

// What the tables say of a part.
void describe(Reader& r, const Part& part, Node& node) {
    const bool known = part.table != kNone && part.feature < r.model.property_tables[part.table].rows;
    if (known) {
        const PropertyTable& table = r.model.property_tables[part.table];
        node.property_table = part.table;
        node.property_row = part.feature;
        if (node.name.empty()) node.name = name_of_row(table, part.feature);
        if (node.uid.empty()) node.uid = id_of_row(table, part.feature);
    }
    if (node.name.empty()) node.name = formatted("feature[{}]", part.feature);
    r.charge({nullptr, "nodes"}, node.name.size() + node.uid.size(), 1);
}

Node child_of(const Node& parent, const Part& part) {
    Node out;
    out.mesh = part.mesh;
    out.skin = parent.skin;
    out.instances = parent.instances;
    return out;
}

} // namespace

void Reader::split_features(const Object&) {
    if (std::ranges::all_of(feature_tables, [](const auto& tables) { return tables.empty(); })) return;
    Splitter splitter(*this);
    std::vector<Node> before = std::exchange(model.nodes, {});
    std::vector<std::uint32_t> place(before.size() + 1); // where each node is afterwards
    std::uint64_t total = 0, instances = 0;
    for (std::size_t i = 0; i < before.size() && ok(); ++i) {
        place[i] = static_cast<std::uint32_t>(total);
        const std::uint32_t mesh = before[i].mesh;
        const std::size_t parts = mesh == kNone ? 0 : splitter.parts_of(mesh).size();
        const bool whole = parts <= 1 && !(parts == 1 && splitter.keeps_some(mesh)); // all of it is one part, or none
        const std::size_t children = whole ? 0 : parts;
        total += 1 + children;
        instances += before[i].instances.size() * std::max<std::size_t>(children, 1);
        if (total + instances > limits.max_nodes)
            return fail({nullptr, "meshes", mesh}, Errc::Exhausted,
                        formatted("has features that pass the limit of {} nodes", limits.max_nodes));
        charge({nullptr, "meshes", mesh}, children, sizeof(Node) + before[i].instances.size() * sizeof(Transform));
    }
    if (!ok()) return;
    place.back() = static_cast<std::uint32_t>(total);
    model.nodes.resize(total);
    for (std::size_t i = 0; i < before.size() && ok(); ++i) {
        Node& node = model.nodes[place[i]] = std::move(before[i]);
        if (node.parent != kNone) node.parent = place[node.parent];
        node.subtree_end = place[node.subtree_end];
        const std::uint32_t children = place[i + 1] - place[i] - 1;
        if (node.mesh == kNone) continue;
        const std::vector<Part>& parts = splitter.parts_of(node.mesh);
        if (children == 0) {
            if (parts.size() == 1) describe(*this, parts.front(), node);
            continue;
        }
        for (std::uint32_t c = 0; c < children; ++c) {
            Node& child = model.nodes[place[i] + 1 + c] = child_of(node, parts[c]);
            child.parent = place[i];
            child.subtree_end = place[i] + 2 + c;
            describe(*this, parts[c], child);
        }
        if (splitter.keeps_some(node.mesh)) continue;
        node.mesh = node.skin = kNone;
        node.instances.clear();
    }
    for (std::uint32_t& node : node_order)
        if (node != kNone) node = place[node];
    for (Skin& skin : model.skins)
        for (std::uint32_t& joint : skin.joints) joint = place[joint];
}

} // namespace pw::scene::gltf
