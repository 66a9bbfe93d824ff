// SPDX-License-Identifier: Apache-2.0
#include "app/view_on_scene.h"

#include "app/live_items.h"
#include "app/parts.h"

#include <algorithm>
#include <charconv>

namespace pw::app {

namespace {

constexpr std::uint8_t kFlags = scene::kHidden | scene::kGhost | scene::kReal | scene::kShown;

std::string_view part_of(std::string_view key) { return key.substr(key.find('/') + 1); }

double number_of(std::string_view text) {
    double value = 0.0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

// Everything that is neither in nor above one of `kept`: as few subtrees as there are.
void ghost_others(const scene::Scene& scene, const std::vector<scene::NodeId>& kept, std::vector<std::uint8_t>& flags) {
    std::vector<bool> above(scene.node_count()), inside(scene.node_count());
    for (const auto node : kept) {
        inside[node.index] = true;
        for (std::uint32_t n = scene.parent(node); n != scene::kNone; n = scene.parent({n})) above[n] = true;
    }
    for (std::uint32_t n = 0; n < scene.node_count();) {
        if (!inside[n] && above[n]) {
            ++n;
            continue;
        }
        if (!inside[n]) flags[n] |= scene::kGhost;
        n = scene.subtree_end({n});
    }
}

// The building is never drawn over the real one; machines as the user chose.
void see_real(const scene::Scene& scene, const Live& live, std::string_view shown, std::uint32_t registering,
              std::vector<std::uint8_t>& flags) {
    for (std::uint32_t p = 0; p < scene.placed().size(); ++p) {
        const std::uint32_t machine = live.equipment_of({p});
        if (machine != scene::kNone && shown == "machines") continue;
        const auto& placed = scene.placed()[p];
        const bool ghost = machine != scene::kNone && (shown == "ghosts" || machine == registering);
        const std::uint8_t look = ghost ? scene::kReal | scene::kGhost : scene::kReal;
        for (std::uint32_t n = placed.first_node; n < placed.first_node + placed.node_count; n = scene.subtree_end({n}))
            flags[n] |= look;
    }
}

void choose_layers(const work::ViewRecords& records, LayerChoice& layers) {
    const LayerChoice usual;
    for (std::size_t e = 0; e < plant::kElements; ++e) {
        const std::string& on =
            records.value("layer/" + std::string(plant::element_name(static_cast<plant::Element>(e))));
        layers.elements.at(e) = on.empty() ? usual.elements.at(e) : on == "true";
    }
    layers.heat = usual.heat;
    for (std::size_t h = 0; h < work::kHeats; ++h)
        if (work::heat_name(static_cast<work::Heat>(h)) == records.value("heat"))
            layers.heat = static_cast<work::Heat>(h);
    layers.line = records.value("line") == "true";
    layers.traffic = records.value("traffic") == "true";
}

} // namespace

void ViewOnScene::apply(const work::ViewRecords& records, scene::Scene& scene, const Live& live, LayerChoice& layers) {
    const bool changed = records.version() != version_ || std::exchange(flags_old_, false);
    if (!changed && scene.placed().size() == placed_ && !settling_) return;
    version_ = records.version();
    const bool arrived = std::exchange(placed_, scene.placed().size()) != scene.placed().size();
    flag(records, scene, live);
    explode(records, scene, live, arrived);
    choose_variants(records, scene);
    if (changed) choose_layers(records, layers);
}

void ViewOnScene::see_through(bool on, std::uint32_t registering) {
    flags_old_ = flags_old_ || see_through_ != on || registering_ != registering;
    see_through_ = on;
    registering_ = registering;
}

void ViewOnScene::flag(const work::ViewRecords& records, scene::Scene& scene, const Live& live) {
    std::vector<std::uint8_t> wanted(scene.node_count());
    for (const auto& [key, value] : records.of_kind("hidden"))
        for (const auto node : roots_of(scene, live, part_of(key))) wanted[node.index] |= scene::kHidden;
    for (const auto& [key, value] : records.of_kind("ghost"))
        for (const auto node : roots_of(scene, live, part_of(key))) wanted[node.index] |= scene::kGhost;
    for (const auto& [key, value] : records.of_kind("shown"))
        for (const auto node : roots_of(scene, live, part_of(key))) wanted[node.index] |= scene::kShown;
    if (const std::string& alone = records.value("isolate"); !alone.empty())
        if (const auto kept = roots_of(scene, live, alone); !kept.empty()) ghost_others(scene, kept, wanted);
    if (see_through_) see_real(scene, live, records.value("ar"), registering_, wanted);
    flags_.resize(wanted.size());
    for (std::uint32_t n = 0; n < wanted.size(); ++n) {
        if (wanted[n] == flags_[n]) continue;
        scene::Style style = scene.style({n});
        style.flags = static_cast<std::uint8_t>((style.flags & ~kFlags) | wanted[n]);
        scene.set_style({n}, style);
    }
    flags_ = std::move(wanted);
}

// The ways are found while nothing is moved and all stands where it belongs: what is moved is first put back, what has
// just arrived is waited for, and they are found with the next call, when the scene has followed.
void ViewOnScene::explode(const work::ViewRecords& records, scene::Scene& scene, const Live& live, bool arrived) {
    const auto wanted = records.of_kind("explode");
    std::erase_if(exploded_, [&](const auto& one) {
        return std::ranges::none_of(wanted, [&](const auto& record) { return part_of(record.key) == one.first; });
    });
    const auto all_roots = [&](const work::ViewRecord& record) {
        auto roots = roots_of(scene, live, part_of(record.key));
        std::erase_if(roots,
                      [&](scene::NodeId n) { return is_slot_name(scene.placed()[scene.placed_of(n).index].name); });
        return roots;
    };
    const auto is_new = [&](const work::ViewRecord& record) {
        const auto known = exploded_.find(part_of(record.key));
        return known == exploded_.end() || known->second.roots != all_roots(record);
    };
    const bool was_settling = std::exchange(settling_, false);
    const bool find_ways = std::ranges::any_of(wanted, is_new);
    std::vector<std::pair<std::uint32_t, Vec3>> moves;
    if (find_ways && !was_settling && (arrived || !offset_.empty())) {
        settling_ = true;
    } else {
        for (const auto& record : wanted) {
            if (is_new(record)) {
                auto roots = all_roots(record);
                auto ways = work::explode_ways(scene, roots);
                exploded_.insert_or_assign(std::string(part_of(record.key)),
                                           Exploded{std::move(roots), std::move(ways)});
            }
            const auto share = static_cast<float>(number_of(record.value));
            for (const auto& way : exploded_.find(part_of(record.key))->second.ways)
                moves.emplace_back(way.node.index, way.offset_m * share);
        }
    }
    std::ranges::sort(moves, {}, &std::pair<std::uint32_t, Vec3>::first);
    std::vector<std::uint32_t> moved;
    for (std::size_t i = 0; i < moves.size();) {
        const std::uint32_t node = moves[i].first;
        Vec3 sum(0.f);
        for (; i < moves.size() && moves[i].first == node; ++i) sum += moves[i].second;
        scene.set_offset({node}, sum);
        moved.push_back(node);
    }
    for (const std::uint32_t node : offset_)
        if (!std::ranges::binary_search(moved, node)) scene.set_offset({node}, Vec3(0.f));
    offset_ = std::move(moved);
}

void ViewOnScene::choose_variants(const work::ViewRecords& records, scene::Scene& scene) {
    std::vector<scene::PlacedId> chosen;
    for (const auto& [key, value] : records.of_kind("variant")) {
        const auto placed = scene.find_placed(part_of(key));
        if (!placed) continue;
        const auto& names = scene.placed()[placed.index].model->variants;
        const auto found = std::ranges::find(names, value);
        if (found == names.end()) continue;
        scene.set_variant(placed, static_cast<std::uint32_t>(found - names.begin()));
        chosen.push_back(placed);
    }
    for (const auto placed : variants_)
        if (std::ranges::find(chosen, placed) == chosen.end()) scene.set_variant(placed, scene::kNone);
    variants_ = std::move(chosen);
}

} // namespace pw::app
