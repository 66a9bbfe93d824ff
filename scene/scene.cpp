// SPDX-License-Identifier: Apache-2.0
#include "scene/scene.h"

#include "base/assert.h"
#include "scene/scene_impl.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace pw::scene {
namespace {

constexpr Vec3 kNoOffset(0.f);

bool same(const Transform& a, const Transform& b) {
    return a.translation == b.translation && a.rotation == b.rotation && a.scale == b.scale;
}

// What is inherited of flags: the file's hiding ends where the user wants to see a part, and that want is nobody
// else's.
std::uint8_t flags_of(std::uint8_t above, std::uint8_t own, bool visible) {
    const bool shown = (own & kShown) != 0;
    const unsigned hidden = shown ? 0u : (above & kFileHidden) | (visible ? 0u : unsigned{kFileHidden});
    return static_cast<std::uint8_t>((unsigned{above} | own) & ~unsigned{kFileHidden | kShown}) |
           static_cast<std::uint8_t>(hidden);
}

Style combine(const Style& parent, const Style& own, bool visible) {
    return {.flags = flags_of(parent.flags, own.flags, visible),
            .tint_srgba = (own.tint_srgba >> 24) != 0 ? own.tint_srgba : parent.tint_srgba,
            .emission = parent.emission * own.emission,
            .wash_srgba = (own.wash_srgba >> 24) != 0 ? own.wash_srgba : parent.wash_srgba};
}

} // namespace

Scene::Scene() : impl_(std::make_unique<Impl>()) {}
Scene::~Scene() = default;

void Scene::Impl::check(NodeId node) const { PW_ASSERT(node.index < local.size(), "a node of this scene"); }

void Scene::Impl::add_node(std::uint32_t owner_index, std::uint32_t parent_node, std::uint32_t end, const Transform& at,
                           std::string_view name) {
    local.push_back(at);
    parent.push_back(parent_node);
    subtree_end.push_back(end);
    mesh.push_back(kNone);
    owner.push_back(owner_index);
    weights_of.push_back(kNone);
    names.add(name);
}

void Scene::Impl::give_mesh(std::uint32_t node, const Model& model, const Node& from) {
    mesh[node] = from.mesh;
    const std::uint32_t count = model.morph_count(from.mesh);
    if (count == 0) return;
    const std::vector<float>& rest = from.weights.empty() ? model.meshes[from.mesh].weights : from.weights;
    weights_of[node] = static_cast<std::uint32_t>(weight_sets.size());
    weight_sets.push_back({static_cast<std::uint32_t>(weights.size()), count, NodeId{node}, false});
    for (std::uint32_t i = 0; i < count; ++i) weights.push_back(i < rest.size() ? rest[i] : 0.f);
}

void Scene::Impl::add_nodes(std::uint32_t owner_index) {
    Placed& place = placed[owner_index];
    const Model& model = *place.model;
    std::vector<std::uint32_t>& map = more[owner_index].scene_nodes;
    const auto count = static_cast<std::uint32_t>(model.nodes.size());

    std::size_t total = place.first_node;
    map.reserve(count + 1);
    for (const Node& n : model.nodes) {
        map.push_back(static_cast<std::uint32_t>(total));
        total += 1 + n.instances.size();
    }
    PW_ASSERT(total < kNone, "node indices have 32 bits");
    map.push_back(static_cast<std::uint32_t>(total));
    invisible.resize(total);

    for (std::uint32_t i = 0; i < count; ++i) {
        const Node& n = model.nodes[i];
        PW_ASSERT(n.parent == kNone || n.parent < i, "nodes of a model are stored depth first");
        PW_ASSERT(n.subtree_end > i && n.subtree_end <= count, "nodes of a model are stored depth first");
        const std::uint32_t node = map[i];
        add_node(owner_index, n.parent == kNone ? kNone : map[n.parent], map[n.subtree_end], n.local, n.name);
        if (!n.visible) invisible[node] = true;
        if (n.mesh != kNone && n.instances.empty()) give_mesh(node, model, n);
        for (std::uint32_t k = 0; k < n.instances.size(); ++k) {
            const std::string name = n.name + "[" + std::to_string(k) + "]";
            add_node(owner_index, node, node + k + 2, n.instances[k], name);
            if (n.mesh != kNone) give_mesh(node + k + 1, model, n);
        }
    }
    place.node_count = static_cast<std::uint32_t>(total) - place.first_node;
    if (place.node_count == count) map = {};
}

void Scene::Impl::add_skins(std::uint32_t owner_index) {
    const Model& model = *placed[owner_index].model;
    const std::vector<std::uint32_t>& map = more[owner_index].scene_nodes;
    const auto scene_node = [&](std::uint32_t i) {
        return NodeId{map.empty() ? placed[owner_index].first_node + i : map[i]};
    };
    for (std::uint32_t i = 0; i < model.nodes.size(); ++i) {
        const Node& n = model.nodes[i];
        if (n.skin == kNone || n.mesh == kNone || !n.instances.empty()) continue;
        SkinnedMesh& skinned_mesh = skinned.emplace_back();
        skinned_mesh.node = scene_node(i);
        skinned_mesh.skin = &model.skins[n.skin];
        for (const std::uint32_t joint : model.skins[n.skin].joints) skinned_mesh.joints.push_back(scene_node(joint));
    }
}

PlacedId Scene::place(std::shared_ptr<const Model> model, const Affine& world_from_model, std::string name) {
    PW_ASSERT(model != nullptr, "a model to place");
    Impl& s = *impl_;
    const auto index = static_cast<std::uint32_t>(s.placed.size());
    const bool added = s.placed_by_name.emplace(name, index).second;
    PW_ASSERT(added, "names of placed models are unique");
    s.placed.push_back({std::move(name), std::move(model), world_from_model, s.size(), 0});
    PlacedMore& more = s.more.emplace_back();
    const std::vector<Node>& nodes = s.placed.back().model->nodes;
    for (std::uint32_t i = 0; i < nodes.size(); ++i)
        if (!nodes[i].uid.empty()) more.by_uid.push_back(i);
    std::ranges::stable_sort(more.by_uid, {}, [&](std::uint32_t i) -> std::string_view { return nodes[i].uid; });

    s.add_nodes(index);
    s.add_skins(index);
    s.world.resize(s.size());
    s.style.resize(s.size());
    s.effective.resize(s.size());
    s.moved.words.resize((s.size() + 63) / 64);
    s.restyled.words.resize((s.size() + 63) / 64);
    s.mark_roots(index, s.moved);
    s.mark_roots(index, s.restyled);
    s.structure = true;
    return PlacedId{index};
}

void Scene::set_placement(PlacedId placed, const Affine& world_from_model) {
    PW_ASSERT(placed.index < impl_->placed.size(), "a placed model of this scene");
    impl_->placed[placed.index].world_from_model = world_from_model;
    impl_->mark_roots(placed.index, impl_->moved);
}

void Scene::attach(PlacedId placed, NodeId parent) {
    PW_ASSERT(placed.index < impl_->placed.size(), "a placed model of this scene");
    PW_ASSERT(parent.index < impl_->placed[placed.index].first_node, "attached to a model placed before it");
    if (!impl_->more[placed.index].attached_to) {
        const auto at = std::ranges::lower_bound(impl_->attachments, placed.index);
        impl_->attachments.insert(at, placed.index);
    }
    impl_->more[placed.index].attached_to = parent;
    impl_->mark_roots(placed.index, impl_->moved);
    impl_->mark_roots(placed.index, impl_->restyled);
}

std::span<const Placed> Scene::placed() const { return impl_->placed; }

NodeId Scene::node_of(PlacedId placed, std::uint32_t model_node) const {
    PW_ASSERT(placed.index < impl_->placed.size(), "a placed model of this scene");
    const Placed& place = impl_->placed[placed.index];
    PW_ASSERT(model_node < place.model->nodes.size(), "a node of the model");
    const std::vector<std::uint32_t>& map = impl_->more[placed.index].scene_nodes;
    return NodeId{map.empty() ? place.first_node + model_node : map[model_node]};
}

std::uint32_t Scene::node_count() const { return impl_->size(); }

std::uint32_t Scene::parent(NodeId node) const {
    impl_->check(node);
    return impl_->parent[node.index];
}

std::uint32_t Scene::subtree_end(NodeId node) const {
    impl_->check(node);
    return impl_->subtree_end[node.index];
}

std::string_view Scene::name(NodeId node) const {
    impl_->check(node);
    return impl_->names.at(node.index);
}

PlacedId Scene::placed_of(NodeId node) const {
    impl_->check(node);
    return PlacedId{impl_->owner[node.index]};
}

std::uint32_t Scene::mesh(NodeId node) const {
    impl_->check(node);
    return impl_->mesh[node.index];
}

std::span<const SkinnedMesh> Scene::skinned() const { return impl_->skinned; }

const Transform& Scene::local(NodeId node) const {
    impl_->check(node);
    return impl_->local[node.index];
}

void Scene::set_local(NodeId node, const Transform& parent_from_node) {
    impl_->check(node);
    Transform& local = impl_->local[node.index];
    if (same(local, parent_from_node)) return;
    local = parent_from_node;
    impl_->moved.set(node.index);
}

void Scene::set_style(NodeId node, const Style& style) {
    impl_->check(node);
    if (impl_->style[node.index] == style) return;
    impl_->style[node.index] = style;
    impl_->restyled.set(node.index);
}

const Style& Scene::style(NodeId node) const {
    impl_->check(node);
    return impl_->style[node.index];
}

void Scene::set_visible(NodeId node, bool visible) {
    impl_->check(node);
    if (impl_->invisible[node.index] != visible) return;
    impl_->invisible[node.index] = !visible;
    impl_->restyled.set(node.index);
}

bool Scene::visible(NodeId node) const {
    impl_->check(node);
    return !impl_->invisible[node.index];
}

void Scene::set_offset(NodeId node, const Vec3& world_offset_m) {
    if (offset(node) == world_offset_m) return;
    if (world_offset_m == kNoOffset)
        impl_->offsets.erase(node.index);
    else
        impl_->offsets[node.index] = world_offset_m;
    impl_->moved.set(node.index);
}

const Vec3& Scene::offset(NodeId node) const {
    impl_->check(node);
    const auto own = impl_->offsets.find(node.index);
    return own == impl_->offsets.end() ? kNoOffset : own->second;
}

void Scene::set_variant(PlacedId placed, std::uint32_t variant) {
    PW_ASSERT(placed.index < impl_->placed.size(), "a placed model of this scene");
    PW_ASSERT(variant == kNone || variant < impl_->placed[placed.index].model->variants.size(),
              "a variant of the model");
    std::uint32_t& own = impl_->more[placed.index].variant;
    if (std::exchange(own, variant) != variant) impl_->variants = true;
}

std::uint32_t Scene::variant(PlacedId placed) const {
    PW_ASSERT(placed.index < impl_->more.size(), "a placed model of this scene");
    return impl_->more[placed.index].variant;
}

const Material& Scene::material(PlacedId placed, std::uint32_t material) const {
    PW_ASSERT(placed.index < impl_->more.size(), "a placed model of this scene");
    const std::vector<Material>& own = impl_->more[placed.index].materials;
    return own.empty() ? impl_->placed[placed.index].model->materials.at(material) : own.at(material);
}

Material& Scene::change_material(PlacedId placed, std::uint32_t material) {
    PW_ASSERT(placed.index < impl_->more.size(), "a placed model of this scene");
    PlacedMore& more = impl_->more[placed.index];
    if (more.materials.empty()) {
        more.materials = impl_->placed[placed.index].model->materials;
        more.changed.resize(more.materials.size());
    }
    if (!more.changed.at(material)) impl_->changed_materials.push_back({placed, material});
    more.changed.at(material) = true;
    return more.materials.at(material);
}

const Light& Scene::light(PlacedId placed, std::uint32_t light) const {
    PW_ASSERT(placed.index < impl_->more.size(), "a placed model of this scene");
    const std::vector<Light>& own = impl_->more[placed.index].lights;
    return own.empty() ? impl_->placed[placed.index].model->lights.at(light) : own.at(light);
}

Light& Scene::change_light(PlacedId placed, std::uint32_t light) {
    PW_ASSERT(placed.index < impl_->more.size(), "a placed model of this scene");
    std::vector<Light>& own = impl_->more[placed.index].lights;
    if (own.empty()) own = impl_->placed[placed.index].model->lights;
    return own.at(light);
}

void Scene::set_weights(NodeId node, std::span<const float> weights) {
    impl_->check(node);
    const std::uint32_t slot = impl_->weights_of[node.index];
    if (slot == kNone) return;
    Weights& set = impl_->weight_sets[slot];
    const std::span<const float> given = weights.first(std::min<std::size_t>(weights.size(), set.count));
    float* const own = impl_->weights.data() + set.first;
    if (std::equal(given.begin(), given.end(), own)) return;
    std::ranges::copy(given, own);
    if (set.changed) return;
    set.changed = true;
    impl_->reweighted_nodes.push_back(node);
}

std::span<const float> Scene::weights(NodeId node) const {
    impl_->check(node);
    const std::uint32_t slot = impl_->weights_of[node.index];
    if (slot == kNone) return {};
    const Weights& set = impl_->weight_sets[slot];
    return std::span(impl_->weights).subspan(set.first, set.count);
}

void Scene::Impl::mark_roots(std::uint32_t owner_index, DirtyRoots& dirty) {
    const std::uint32_t end = placed[owner_index].first_node + placed[owner_index].node_count;
    for (std::uint32_t i = placed[owner_index].first_node; i < end; i = subtree_end[i]) dirty.set(i);
}

// What hangs on a changed node changes too. Ascending, so that a chain of attachments is followed to its end.
void Scene::Impl::mark_attached(DirtyRoots& dirty) {
    for (const std::uint32_t index : attachments) {
        for (std::uint32_t i = more[index].attached_to.index; i != kNone; i = parent[i]) {
            if (!dirty.test(i)) continue;
            mark_roots(index, dirty);
            break;
        }
    }
}

// Visits every node of every changed subtree once, parents first, and notes the ranges.
template <class Visit> void Scene::Impl::sweep(DirtyRoots& dirty, std::vector<NodeRange>& ranges, Visit visit) {
    ranges.clear();
    if (!dirty.any) return;
    mark_attached(dirty);
    std::uint32_t done = 0;
    for (std::size_t w = 0; w < dirty.words.size(); ++w) {
        for (std::uint64_t bits = std::exchange(dirty.words[w], 0); bits != 0; bits &= bits - 1) {
            const auto root = static_cast<std::uint32_t>(w * 64 + static_cast<unsigned>(std::countr_zero(bits)));
            if (root < done) continue; // inside a subtree that is done
            if (!ranges.empty() && root == done)
                ranges.back().last = subtree_end[root];
            else
                ranges.push_back({root, subtree_end[root]});
            done = subtree_end[root];
            for (std::uint32_t i = root; i < done; ++i) visit(i);
        }
    }
    dirty.any = false;
}

Affine Scene::Impl::base_of(std::uint32_t root) const {
    const std::uint32_t index = owner[root];
    const NodeId at = more[index].attached_to;
    return at ? world[at.index] * placed[index].world_from_model : placed[index].world_from_model;
}

Changes Scene::update() {
    Impl& s = *impl_;
    s.sweep(s.moved, s.moved_ranges, [&s](std::uint32_t i) {
        const Affine local = to_affine(s.local[i]);
        s.world[i] = (s.parent[i] == kNone ? s.base_of(i) : s.world[s.parent[i]]) * local;
        if (s.offsets.empty()) return;
        if (const auto own = s.offsets.find(i); own != s.offsets.end()) s.world[i].translation += DVec3(own->second);
    });
    s.sweep(s.restyled, s.restyled_ranges, [&s](std::uint32_t i) {
        const NodeId hangs_on = s.more[s.owner[i]].attached_to;
        const std::uint32_t above = s.parent[i] != kNone ? s.parent[i] : hangs_on.index;
        s.effective[i] = combine(above == kNone ? Style{} : s.effective[above], s.style[i], !s.invisible[i]);
    });
    s.reported_weights.swap(s.reweighted_nodes);
    s.reweighted_nodes.clear();
    for (const NodeId node : s.reported_weights) s.weight_sets[s.weights_of[node.index]].changed = false;
    s.reported_materials.swap(s.changed_materials);
    s.changed_materials.clear();
    for (const PlacedMaterial& m : s.reported_materials) s.more[m.placed.index].changed[m.material] = false;
    return {.structure = std::exchange(s.structure, false),
            .moved = s.moved_ranges,
            .restyled = s.restyled_ranges,
            .reweighted = s.reported_weights,
            .variants = std::exchange(s.variants, false),
            .materials = s.reported_materials};
}

const Affine& Scene::world(NodeId node) const {
    impl_->check(node);
    return impl_->world[node.index];
}

const Style& Scene::effective_style(NodeId node) const {
    impl_->check(node);
    return impl_->effective[node.index];
}

DAabb Scene::world_bounds(NodeId node) const {
    impl_->check(node);
    DAabb box;
    const Model& model = *impl_->placed[impl_->owner[node.index]].model;
    for (std::uint32_t i = node.index; i < impl_->subtree_end[node.index]; ++i) {
        if (impl_->mesh[i] == kNone) continue;
        for (const Primitive& p : model.meshes[impl_->mesh[i]].primitives) {
            const Aabb& bounds = model.geometries[p.geometry].bounds;
            if (!bounds.empty()) grow(box, transform_box(impl_->world[i], bounds));
        }
    }
    return box;
}

} // namespace pw::scene
