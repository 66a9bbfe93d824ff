#pragma once
// SPDX-License-Identifier: Apache-2.0
// The scene: placed models and how they stand and look right now. Owned and changed by the frame thread only.
// Nodes of all placed models lie in one flat depth-first order: a parent comes before its children and a subtree is
// contiguous, so a change costs what it touches. Placements and world positions are doubles.

#include "base/ids.h"
#include "base/math.h"
#include "plant/part_id.h"
#include "scene/model.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::scene {

using NodeId = Id<struct NodeTag>;
using PlacedId = Id<struct PlacedTag>;

enum StyleFlag : std::uint8_t {
    kHidden = 1,       // the user hid it: neither drawn nor picked; with its subtree
    kGhost = 2,        // drawn faint and see-through
    kHighlight = 4,    // drawn with the selection's colour and outline
    kStale = 8,        // its twin is out of date: drawn desaturated and hatched
    kBoundHidden = 16, // a binding says it is not there; as kHidden
    kReal = 32,        // AR: the real one is seen instead. Picked, but drawn only as a ghost, where it is one or lit up
    kFileHidden = 64,  // the file or a clip of it hides it (set_visible). Only in effective_style(), as kHidden
    kShown = 128,      // the user wants to see it: what the file hides at or above it does not count here and below
};
inline constexpr std::uint8_t kHiddenFlags = kHidden | kBoundHidden | kFileHidden; // one: neither drawn nor picked

enum class DrawnAs : std::uint8_t { Nothing, Ghost, Whole };
constexpr DrawnAs drawn_as(std::uint8_t flags) { // as shaders/cull.comp
    if ((flags & kHiddenFlags) != 0) return DrawnAs::Nothing;
    if ((flags & kGhost) != 0) return DrawnAs::Ghost;
    if ((flags & kReal) == 0) return DrawnAs::Whole;
    return (flags & kHighlight) != 0 ? DrawnAs::Ghost : DrawnAs::Nothing;
}

// How a part looks besides its material. Flags add up from parent to child (kShown takes one away); the tint and the
// wash of the nearest ancestor that has one count, emission multiplies.
struct Style {
    std::uint8_t flags = 0;
    std::uint32_t tint_srgba = 0; // R in the lowest byte; A = how much it replaces the base colour
    float emission = 1.f;         // factor on the material's emissive colour
    // A layer over a whole machine that leaves its form: the base colour becomes its own luminance times this, by A.
    // A tint lies over it, and what is stale is not washed.
    std::uint32_t wash_srgba = 0;
    friend bool operator==(const Style&, const Style&) = default;
};

struct PlacedMaterial {
    PlacedId placed;
    std::uint32_t material = 0; // of its model
};

struct NodeRange { // [first, last): whole subtrees
    std::uint32_t first = 0, last = 0;
};

// What update() found changed since the update before.
struct Changes {
    bool structure = false;                    // models were placed: node indices hold, but read everything again
    std::span<const NodeRange> moved;          // world() differs; ascending, disjoint
    std::span<const NodeRange> restyled;       // effective_style() differs
    std::span<const NodeId> reweighted;        // weights() differ
    bool variants = false;                     // variant() of some placed model differs
    std::span<const PlacedMaterial> materials; // material() differs
};

struct Placed {
    std::string name; // unique: an equipment id or scenery name
    std::shared_ptr<const Model> model;
    Affine world_from_model;
    std::uint32_t first_node = 0, node_count = 0;
};

// A skinned mesh: joints[i] is the scene node of Skin::joints[i].
struct SkinnedMesh {
    NodeId node;
    const Skin* skin = nullptr;
    std::vector<NodeId> joints;
};

class Scene {
  public:
    Scene();
    ~Scene();
    Scene(const Scene&) = delete;
    Scene& operator=(const Scene&) = delete;

    // Adds a model under a name of its own. Nodes with EXT_mesh_gpu_instancing get one child node per instance, named
    // "<node>[i]". O(nodes of the model).
    PlacedId place(std::shared_ptr<const Model> model, const Affine& world_from_model, std::string name);
    void set_placement(PlacedId placed, const Affine& world_from_model);
    // Fixes a placed model to a node of a model placed before it: its placement is from then on relative to that node,
    // whose style it inherits. Node order, parent() and subtree_end() stay as they were.
    void attach(PlacedId placed, NodeId parent);
    std::span<const Placed> placed() const;                          // valid until the next place()
    NodeId node_of(PlacedId placed, std::uint32_t model_node) const; // the scene node of Model::nodes[model_node]

    std::uint32_t node_count() const;
    std::uint32_t parent(NodeId node) const; // index, or kNone for a root of its model
    std::uint32_t subtree_end(NodeId node) const;
    std::string_view name(NodeId node) const; // valid until the next place()
    PlacedId placed_of(NodeId node) const;
    std::uint32_t mesh(NodeId node) const; // into its model's meshes, or kNone
    std::span<const SkinnedMesh> skinned() const;

    const Transform& local(NodeId node) const;
    void set_local(NodeId node, const Transform& parent_from_node);
    void set_style(NodeId node, const Style& style);
    const Style& style(NodeId node) const; // its own, of users and bindings
    // KHR_node_visibility: hides a node with its subtree, apart from what users and bindings say. Models are placed
    // with what their files say.
    void set_visible(NodeId node, bool visible);
    bool visible(NodeId node) const; // its own, not its ancestors'
    // Moves a node and its subtree by so much in the world, on top of where bindings and clips put it: exploded views.
    void set_offset(NodeId node, const Vec3& world_offset_m);
    const Vec3& offset(NodeId node) const; // its own
    // KHR_materials_variants: the look of a placed model; kNone: as the file has it.
    void set_variant(PlacedId placed, std::uint32_t variant); // into Model::variants
    std::uint32_t variant(PlacedId placed) const;
    // The materials and lights of one placed model, which begin as its model's. What is changed is the placed model's
    // alone, and only values that a clip of it moves are shown (KHR_animation_pointer).
    const Material& material(PlacedId placed, std::uint32_t material) const;
    const Light& light(PlacedId placed, std::uint32_t light) const;
    Material& change_material(PlacedId placed, std::uint32_t material); // the next update() tells it
    Light& change_light(PlacedId placed, std::uint32_t light);
    void set_weights(NodeId node, std::span<const float> weights);
    std::span<const float> weights(NodeId node) const;

    // Brings world transforms and effective styles up to date; what it returns is valid until the next call.
    Changes update();
    const Affine& world(NodeId node) const;          // world_from_node, as of the last update
    const Style& effective_style(NodeId node) const; // likewise
    DAabb world_bounds(NodeId node) const;           // of its subtree's meshes, bind pose; empty without meshes

    // Part identity: uid (extras.partId, where no other part of the model has it too) or name path; find(part(n)) is n,
    // not found is an invalid id. In a path, twins (siblings of one
    // name) carry their index from 0, "Bolt[3]"; "~", "/" and a misleading "[" of a name are written ~0, ~1, ~2.
    NodeId find(const plant::PartId& part) const;
    // "Joint1" or "Arm/Joint1" below a placed model: the first node whose path ends so; invalid when there is none.
    NodeId find_path(PlacedId placed, std::string_view path) const;
    PlacedId find_placed(std::string_view name) const;
    plant::PartId part(NodeId node) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace pw::scene
