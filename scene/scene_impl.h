#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a Scene is made of: one array per property, indexed by node. Internal to scene/scene*.cpp.

#include "scene/scene.h"

#include <map>
#include <tuple>
#include <unordered_map>

namespace pw::scene {

// The roots of changed subtrees, one bit per node.
struct DirtyRoots {
    std::vector<std::uint64_t> words;
    bool any = false;

    void set(std::uint32_t i) {
        words[i / 64] |= std::uint64_t{1} << (i % 64);
        any = true;
    }
    bool test(std::uint32_t i) const { return (words[i / 64] >> (i % 64) & 1) != 0; }
};

// All names in one text.
struct NameTable {
    std::string text;
    std::vector<std::size_t> ends;

    void add(std::string_view name) {
        text += name;
        ends.push_back(text.size());
    }
    std::string_view at(std::uint32_t i) const {
        const std::size_t first = i == 0 ? 0 : ends[i - 1];
        return std::string_view(text).substr(first, ends[i] - first);
    }
};

struct Weights {
    std::uint32_t first = 0, count = 0; // into Impl::weights
    NodeId node;
    bool changed = false;
};

struct PlacedMore {
    NodeId attached_to;
    std::uint32_t variant = kNone;
    std::vector<Material> materials;        // its own, from the first change on
    std::vector<bool> changed;              // of these, since the last update
    std::vector<Light> lights;              // likewise
    std::vector<std::uint32_t> scene_nodes; // of each model node, with the end; empty: first_node + model node
    std::vector<std::uint32_t> by_uid;      // model nodes with a uid, sorted by it
    std::vector<std::uint32_t> by_name;     // scene nodes sorted by name, parent, index; made when first needed
};

struct Scene::Impl {
    std::vector<Placed> placed;
    std::vector<PlacedMore> more;
    std::map<std::string, std::uint32_t, std::less<>> placed_by_name;
    std::vector<std::uint32_t> attachments; // placed models that are attached, ascending

    std::vector<Transform> local;
    std::vector<Affine> world;
    std::vector<std::uint32_t> parent, subtree_end, mesh, owner; // owner: index into placed
    std::vector<Style> style, effective;
    NameTable names;
    std::unordered_map<std::uint32_t, Vec3> offsets; // of nodes; none is zero
    std::vector<bool> invisible;                     // nodes that are hidden by their file or a clip

    std::vector<std::uint32_t> weights_of; // index into weight_sets, or kNone
    std::vector<Weights> weight_sets;
    std::vector<float> weights;
    std::vector<SkinnedMesh> skinned;

    DirtyRoots moved, restyled;
    bool structure = false, variants = false;
    std::vector<NodeRange> moved_ranges, restyled_ranges;
    std::vector<NodeId> reweighted_nodes, reported_weights;
    std::vector<PlacedMaterial> changed_materials, reported_materials;

    std::uint32_t size() const { return static_cast<std::uint32_t>(local.size()); }
    void check(NodeId node) const;

    void add_node(std::uint32_t owner_index, std::uint32_t parent_node, std::uint32_t end, const Transform& at,
                  std::string_view name);
    void add_nodes(std::uint32_t owner_index);
    void add_skins(std::uint32_t owner_index);
    void give_mesh(std::uint32_t node, const Model& model, const Node& from);

    void mark_roots(std::uint32_t owner_index, DirtyRoots& dirty);
    void mark_attached(DirtyRoots& dirty);
    template <class Visit> void sweep(DirtyRoots& dirty, std::vector<NodeRange>& ranges, Visit visit);
    Affine base_of(std::uint32_t root) const;

    // Children of `parent_node` (kNone: roots) of that name, ascending: more than one are twins.
    std::span<const std::uint32_t> named(std::uint32_t owner_index, std::string_view name, std::uint32_t parent_node);
    std::span<const std::uint32_t> index_by_name(std::uint32_t owner_index);
    NodeId child(std::uint32_t owner_index, std::uint32_t parent_node, std::string_view segment);
    std::string segment_of(NodeId node);
    bool ends_with(NodeId node, std::string_view path);
    NodeId find_uid(std::uint32_t owner_index, std::string_view uid) const;
    NodeId find_full_path(std::uint32_t owner_index, std::string_view path);
};

} // namespace pw::scene
