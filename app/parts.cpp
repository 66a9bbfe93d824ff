// SPDX-License-Identifier: Apache-2.0
#include "app/parts.h"

#include "app/live_items.h"
#include "base/format.h"
#include "base/spelling.h"

#include <algorithm>

namespace pw::app {

namespace {

char folded(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    return c == '_' || c == '-' ? ' ' : c;
}

std::string folded(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return folded(c); });
    return out;
}

bool says(std::string_view text, std::string_view folded_word) {
    return !std::ranges::search(text, folded_word, {}, [](char c) { return folded(c); }).empty();
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> out;
    const std::string all = folded(text);
    for (std::size_t begin = all.find_first_not_of(' '); begin != std::string::npos;) {
        const std::size_t end = all.find(' ', begin);
        out.push_back(all.substr(begin, end - begin));
        begin = all.find_first_not_of(' ', end);
    }
    return out;
}

// "; did you mean …", of what a key may be but for parts of models.
std::string meant_part(const scene::Scene& scene, const Live& live, std::string_view words) {
    std::vector<std::string_view> known;
    for (const auto& equipment : live.plant().equipment) known.emplace_back(equipment.id);
    for (const auto& placed : scene.placed())
        if (!is_slot_name(placed.name)) known.emplace_back(placed.name);
    return did_you_mean(words, known);
}

} // namespace

std::vector<scene::NodeId> roots_of_placed(const scene::Scene& scene, scene::PlacedId placed) {
    const auto& at = scene.placed()[placed.index];
    std::vector<scene::NodeId> out;
    for (std::uint32_t n = at.first_node; n < at.first_node + at.node_count; n = scene.subtree_end({n}))
        out.push_back({n});
    return out;
}

std::vector<scene::NodeId> roots_of(const scene::Scene& scene, const Live& live, std::string_view key) {
    if (const auto e = plant::find_equipment(live.plant(), key); e != plant::kNoEquipment) {
        const auto roots = live.roots(e);
        if (!roots.empty()) return {roots.begin(), roots.end()};
    }
    if (const auto placed = scene.find_placed(key)) return roots_of_placed(scene, placed);
    if (const auto part = plant::parse_part_id(key))
        if (const auto node = scene.find(*part)) return {node};
    return {};
}

Result<Subject> find_subject(const scene::Scene& scene, const Live& live, const std::string& words) {
    Subject out{words, roots_of(scene, live, words)};
    if (out.roots.empty())
        return fail(Errc::NotFound, formatted("there is no part \"{}\"{}", words, meant_part(scene, live, words)));
    const bool by_name = plant::find_equipment(live.plant(), words) != plant::kNoEquipment || scene.find_placed(words);
    return by_name ? out : subject_of(scene, out.roots.front()); // the id as it is written
}

Subject subject_of(const scene::Scene& scene, scene::NodeId node) { return {plant::to_text(scene.part(node)), {node}}; }

DAabb bounds_of(const scene::Scene& scene, const std::vector<scene::NodeId>& roots) {
    DAabb box;
    for (const auto root : roots)
        if ((scene.effective_style(root).flags & scene::kBoundHidden) == 0) grow(box, scene.world_bounds(root));
    return box;
}

DAabb whole_plant(const scene::Scene& scene) {
    DAabb box;
    for (std::uint32_t p = 0; p < scene.placed().size(); ++p) grow(box, bounds_of(scene, roots_of_placed(scene, {p})));
    return box;
}

bool is_machine(const plant::Equipment& equipment) {
    return !equipment.tags.empty() && equipment.element != plant::Element::People;
}

std::vector<work::NamedPart> parts_called(const scene::Scene& scene, const Live& live, std::string_view name) {
    const std::string wanted = folded(name);
    std::vector<work::NamedPart> out;
    for (const auto& equipment : live.plant().equipment)
        if (!equipment.model.empty() && (folded(equipment.title) == wanted || folded(equipment.id) == wanted))
            out.push_back({equipment.id, equipment.title});
    if (!out.empty()) return out;
    for (const auto& scenery : live.plant().scenery)
        if (folded(scenery.name) == wanted) out.push_back({scenery.name, scenery.name});
    if (!out.empty()) return out;
    for (std::uint32_t n = 0; n < scene.node_count(); ++n) {
        if (is_slot_name(scene.placed()[scene.placed_of({n}).index].name)) continue;
        if (folded(scene.name({n})) == wanted)
            out.push_back({plant::to_text(scene.part({n})), std::string(scene.name({n}))});
    }
    return out;
}

std::vector<scene::NodeId> find_by_name(const scene::Scene& scene, std::string_view words) {
    const auto wanted = words_of(words);
    std::vector<scene::NodeId> out;
    for (const auto& placed : scene.placed()) {
        if (is_slot_name(placed.name)) continue;
        for (std::uint32_t n = placed.first_node; n < placed.first_node + placed.node_count; ++n)
            if (std::ranges::all_of(wanted, [&](const std::string& word) { return says(scene.name({n}), word); }))
                out.push_back({n});
    }
    return out;
}

} // namespace pw::app
