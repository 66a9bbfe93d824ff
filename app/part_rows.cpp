// SPDX-License-Identifier: Apache-2.0
#include "app/part_rows.h"

#include "app/live_items.h"
#include "app/parts.h"

#include <algorithm>

namespace pw::app {

namespace {

bool is_of(const scene::Scene& scene, const Live& live, scene::PlacedId placed, std::uint32_t equipment) {
    if (is_slot_name(scene.placed()[placed.index].name)) return false;
    return equipment == scene::kNone || live.equipment_of(placed) == equipment;
}

bool has_parts(const scene::Scene& scene, scene::NodeId node) { return scene.subtree_end(node) > node.index + 1; }

} // namespace

void PartRows::update(const scene::Scene& scene, const Live& live, std::uint32_t equipment, std::string_view search) {
    if (!stale_ && search == search_ && equipment == equipment_ && scene.placed().size() == placed_) return;
    search_ = search;
    equipment_ = equipment;
    placed_ = scene.placed().size();
    stale_ = false;
    rows_.clear();
    if (search.find_first_not_of(' ') != std::string_view::npos) {
        for (const auto node : find_by_name(scene, search))
            if (is_of(scene, live, scene.placed_of(node), equipment))
                rows_.push_back({scene.placed_of(node), node, 0, false, false});
        return;
    }
    for (std::uint32_t p = 0; p < placed_; ++p) {
        const auto& placed = scene.placed()[p];
        if (placed.node_count == 0 || !is_of(scene, live, {p}, equipment)) continue;
        const bool open = open_placed_.contains(p);
        rows_.push_back({{p}, {}, 0, true, open});
        if (!open) continue;
        for (const auto root : roots_of_placed(scene, {p})) add(scene, root, 1);
    }
}

void PartRows::add(const scene::Scene& scene, scene::NodeId node, std::uint16_t depth) {
    const std::uint32_t end = scene.subtree_end(node);
    std::vector<std::uint32_t> ends; // of the open nodes that we are in
    for (std::uint32_t n = node.index; n < end;) {
        while (!ends.empty() && n >= ends.back()) ends.pop_back();
        const bool open = open_nodes_.contains(n);
        const auto deep = static_cast<std::uint16_t>(std::min<std::size_t>(depth + ends.size(), 100));
        rows_.push_back({scene.placed_of({n}), {n}, deep, has_parts(scene, {n}), open});
        if (open && has_parts(scene, {n})) {
            ends.push_back(scene.subtree_end({n}));
            ++n;
        } else {
            n = scene.subtree_end({n});
        }
    }
}

void PartRows::turn(const Row& row) {
    auto& open = row.node ? open_nodes_ : open_placed_;
    const std::uint32_t index = row.node ? row.node.index : row.placed.index;
    if (open.erase(index) == 0) open.insert(index);
    stale_ = true;
}

void PartRows::open_to(const scene::Scene& scene, scene::NodeId node) {
    stale_ = open_placed_.insert(scene.placed_of(node).index).second || stale_;
    for (std::uint32_t n = scene.parent(node); n != scene::kNone; n = scene.parent({n}))
        stale_ = open_nodes_.insert(n).second || stale_;
}

} // namespace pw::app
