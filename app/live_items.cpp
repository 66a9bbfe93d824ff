// SPDX-License-Identifier: Apache-2.0
#include "app/live_items.h"

#include "app/live_nodes.h"
#include "base/assert.h"
#include "base/format.h"

#include <algorithm>

namespace pw::app {

namespace {

// As the node stands now, whether the scene has been updated or not. What it belongs to is attached to nothing.
Affine world_of(const scene::Scene& scene, scene::NodeId node) {
    Affine out = to_affine(scene.local(node));
    for (std::uint32_t n = scene.parent(node); n != scene::kNone; n = scene.parent({n}))
        out = to_affine(scene.local({n})) * out;
    return scene.placed()[scene.placed_of(node).index].world_from_model * out;
}

} // namespace

std::string slot_name(const plant::Equipment& equipment, std::uint32_t binding, std::size_t slot) {
    return formatted("{}/{}.{}", equipment.id, binding, slot);
}

bool is_slot_name(std::string_view placed_name) {
    const auto slash = placed_name.find('/');
    return slash != std::string_view::npos && placed_name.find('.', slash) != std::string_view::npos;
}

LiveItems::LiveItems(const plant::Plant& plant, const twin::Bindings& bindings) : plant_(plant), bindings_(bindings) {
    const auto list = bindings.list();
    for (std::uint32_t i = 0; i < list.size(); ++i) {
        const auto& equipment = plant.equipment[list[i].equipment];
        const auto& binding = equipment.bindings[list[i].binding];
        if (binding.property != plant::Property::Items) continue;
        Track& track = tracks_.emplace_back();
        track.binding = i;
        track.where = formatted("{}: items of {}", equipment.id, binding.tag);
    }
}

void LiveItems::resolve(const scene::Scene& scene, Reports& problems) {
    for (Track& track : tracks_) resolve(scene, track, problems);
    behind_ = true;
}

void LiveItems::resolve(const scene::Scene& scene, Track& track, Reports& problems) const {
    const twin::BoundTag& bound = bindings_.list()[track.binding];
    const auto& equipment = plant_.equipment[bound.equipment];
    const auto& binding = equipment.bindings[bound.binding];
    const auto find = [&](const std::string& path) {
        const auto node = find_node(scene, equipment, path);
        if (!node) {
            problems.add(formatted("{}/bindings/{}", equipment.pointer, bound.binding),
                         formatted("{}: there is no node \"{}\"", equipment.id, path));
        }
        return node;
    };
    Affine frame_from_world;
    if (!binding.node.empty()) {
        const auto carrier = find(binding.node);
        if (!carrier) return;
        const Affine world_from_frame = world_of(scene, carrier);
        if (glm::determinant(world_from_frame.linear) == 0.f) return; // flattened: nothing can stand on it
        frame_from_world = inverse(world_from_frame);
    }
    std::vector<DVec3> points;
    for (const std::string& name : binding.items.path) {
        const bool is_own = !binding.node.empty() && !name.contains(':');
        const auto node = find(is_own ? binding.node + "/" + name : name);
        if (!node) return;
        points.push_back(transform_point(frame_from_world, world_of(scene, node).translation));
    }
    track.path = ItemPath(points, binding.items.lanes, binding.items.lane_pitch_m);
    const std::size_t count = plant::item_models(binding.items).size() * binding.items.count;
    for (std::size_t i = 0; i < count; ++i)
        track.slots.push_back(scene.find_placed(slot_name(equipment, bound.binding, i)));
}

void LiveItems::apply(scene::Scene& scene, const twin::BoundValue& value, Problems& problems) {
    const auto track = std::ranges::lower_bound(tracks_, value.binding, {}, &Track::binding);
    PW_ASSERT(track != tracks_.end() && track->binding == value.binding, "this is of an items binding");
    const twin::BoundItems items = bindings_.items(value.binding);
    if (items.left_out != track->left_out) {
        track->left_out = items.left_out;
        problems.stand(track->where,
                       items.left_out == 0 ? "" : formatted("{} more than there are slots for", items.left_out));
    }
    const bool stale = value.quality <= twin::Quality::Stale;
    if (track->stale != stale) {
        track->stale = stale;
        for (std::uint32_t slot = 0; slot < track->slots.size(); ++slot) show(scene, *track, slot);
        return;
    }
    if (track->slots.empty()) return;
    for (const std::uint32_t slot : items.changed) show(scene, *track, slot);
}

void LiveItems::catch_up(scene::Scene& scene) {
    if (!behind_) return;
    behind_ = false;
    for (const Track& track : tracks_)
        for (std::uint32_t slot = 0; slot < track.slots.size(); ++slot) show(scene, track, slot);
}

void LiveItems::show(scene::Scene& scene, const Track& track, std::uint32_t slot) const {
    const scene::PlacedId id = track.slots[slot];
    if (!id) return;
    const twin::ItemSlot item = bindings_.items(track.binding).slots[slot];
    if (item.shown) scene.set_placement(id, track.path.at(item.place, item.serial));
    const auto& placed = scene.placed()[id.index];
    for (std::uint32_t n = placed.first_node; n < placed.first_node + placed.node_count; n = scene.subtree_end({n})) {
        scene::Style style = scene.style({n});
        const unsigned kept = style.flags & ~unsigned{scene::kBoundHidden | scene::kStale};
        style.flags = static_cast<std::uint8_t>(kept | (item.shown ? 0u : unsigned{scene::kBoundHidden}) |
                                                (track.stale ? unsigned{scene::kStale} : 0u));
        scene.set_style({n}, style);
    }
}

} // namespace pw::app
