// SPDX-License-Identifier: Apache-2.0
// Part identity: from a node to its uid or name path and back.

#include "base/assert.h"
#include "scene/scene_impl.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

namespace pw::scene {
namespace {

std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '~' || i + 1 == text.size()) {
            out += text[i];
            continue;
        }
        const char code = text[++i];
        out += code == '0' ? '~' : code == '1' ? '/' : code == '2' ? '[' : code;
    }
    return out;
}

std::string escape(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

// "Bolt[3]" → "Bolt", 3.
struct Indexed {
    std::string_view base;
    std::uint32_t index = 0;
};

std::optional<Indexed> split_index(std::string_view text) {
    const std::size_t open = text.rfind('[');
    if (open == std::string_view::npos || text.back() != ']') return std::nullopt;
    const char* const first = text.data() + open + 1;
    const char* const last = text.data() + text.size() - 1;
    Indexed out{text.substr(0, open), 0};
    if (first == last || (*first == '0' && last - first > 1)) return std::nullopt; // one spelling per index
    const auto [end, error] = std::from_chars(first, last, out.index);
    if (error != std::errc{} || end != last) return std::nullopt;
    return out;
}

} // namespace

std::span<const std::uint32_t> Scene::Impl::index_by_name(std::uint32_t owner_index) {
    const Placed& place = placed[owner_index];
    std::vector<std::uint32_t>& index = more[owner_index].by_name;
    if (index.empty()) {
        index.resize(place.node_count);
        std::iota(index.begin(), index.end(), place.first_node);
        std::ranges::sort(index, {}, [&](std::uint32_t i) { return std::tuple(names.at(i), parent[i], i); });
    }
    return index;
}

std::span<const std::uint32_t> Scene::Impl::named(std::uint32_t owner_index, std::string_view name,
                                                  std::uint32_t parent_node) {
    const auto found = std::ranges::equal_range(index_by_name(owner_index), std::pair(name, parent_node), {},
                                                [&](std::uint32_t i) { return std::pair(names.at(i), parent[i]); });
    return {found.begin(), found.end()};
}

// The child that a segment of a path means: the first of that name, or the twin with that index.
NodeId Scene::Impl::child(std::uint32_t owner_index, std::uint32_t parent_node, std::string_view segment) {
    if (const auto indexed = split_index(segment)) {
        const auto twins = named(owner_index, unescape(indexed->base), parent_node);
        if (twins.size() > 1 && indexed->index < twins.size()) return NodeId{twins[indexed->index]};
    }
    const auto same_name = named(owner_index, unescape(segment), parent_node);
    return same_name.empty() ? NodeId{} : NodeId{same_name.front()};
}

std::string Scene::Impl::segment_of(NodeId node) {
    const std::string_view name = names.at(node.index);
    const std::uint32_t above = parent[node.index];
    std::string out = escape(name);
    if (const auto indexed = split_index(name)) { // reads like a twin's: "Bolt[3]" beside several "Bolt"
        const std::size_t twins = named(owner[node.index], indexed->base, above).size();
        if (twins > 1 && indexed->index < twins) out.replace(out.rfind('['), 1, "~2");
    }
    const auto twins = named(owner[node.index], name, above);
    if (twins.size() > 1) {
        const auto at = std::ranges::lower_bound(twins, node.index) - twins.begin();
        out += "[" + std::to_string(at) + "]";
    }
    return out;
}

bool Scene::Impl::ends_with(NodeId node, std::string_view path) {
    std::uint32_t at = node.index;
    while (true) {
        const std::size_t slash = path.rfind('/');
        const bool last = slash == std::string_view::npos;
        const std::string_view segment = last ? path : path.substr(slash + 1);
        if (names.at(at) != unescape(segment) && child(owner[at], parent[at], segment).index != at) return false;
        if (last) return true;
        at = parent[at];
        if (at == kNone) return false;
        path = path.substr(0, slash);
    }
}

NodeId Scene::Impl::find_uid(std::uint32_t owner_index, std::string_view uid) const {
    const std::vector<Node>& nodes = placed[owner_index].model->nodes;
    const PlacedMore& m = more[owner_index];
    const auto it =
        std::ranges::lower_bound(m.by_uid, uid, {}, [&](std::uint32_t i) -> std::string_view { return nodes[i].uid; });
    if (it == m.by_uid.end() || nodes[*it].uid != uid) return {};
    if (it + 1 != m.by_uid.end() && nodes[*(it + 1)].uid == uid) return {}; // it names no part, then
    return NodeId{m.scene_nodes.empty() ? placed[owner_index].first_node + *it : m.scene_nodes[*it]};
}

NodeId Scene::Impl::find_full_path(std::uint32_t owner_index, std::string_view path) {
    NodeId at;
    while (true) {
        const std::size_t slash = path.find('/');
        at = child(owner_index, at.index, path.substr(0, slash));
        if (!at || slash == std::string_view::npos) return at;
        path = path.substr(slash + 1);
    }
}

PlacedId Scene::find_placed(std::string_view name) const {
    const auto it = impl_->placed_by_name.find(name);
    return it == impl_->placed_by_name.end() ? PlacedId{} : PlacedId{it->second};
}

NodeId Scene::find(const plant::PartId& part) const {
    Impl& s = *impl_;
    PlacedId at = find_placed(part.place);
    if (part.place.empty()) { // wherever that asset stands first
        const auto it = std::ranges::find(s.placed, part.asset, [](const Placed& p) { return p.model->name; });
        if (it != s.placed.end()) at = PlacedId{static_cast<std::uint32_t>(it - s.placed.begin())};
    }
    if (!at || (!part.asset.empty() && s.placed[at.index].model->name != part.asset)) return {};
    if (!part.uid.empty()) return s.find_uid(at.index, part.uid);
    return s.find_full_path(at.index, part.path);
}

NodeId Scene::find_path(PlacedId placed, std::string_view path) const {
    PW_ASSERT(placed.index < impl_->placed.size(), "a placed model of this scene");
    NodeId first;
    const auto try_name = [&](const std::string& name) {
        const auto same_name = std::ranges::equal_range(impl_->index_by_name(placed.index), std::string_view(name), {},
                                                        [&](std::uint32_t i) { return impl_->names.at(i); });
        for (const std::uint32_t i : same_name)
            if (i < first.index && impl_->ends_with(NodeId{i}, path)) first = NodeId{i};
    };
    const std::string_view last = path.substr(path.rfind('/') + 1); // npos + 1 = 0
    try_name(unescape(last));
    if (const auto indexed = split_index(last)) try_name(unescape(indexed->base));
    return first;
}

plant::PartId Scene::part(NodeId node) const {
    impl_->check(node);
    Impl& s = *impl_;
    const std::uint32_t owner = s.owner[node.index];
    const Model& model = *s.placed[owner].model;
    plant::PartId out{.place = s.placed[owner].name, .asset = model.name, .uid = {}, .path = {}};

    const std::vector<std::uint32_t>& map = s.more[owner].scene_nodes;
    std::uint32_t model_node = node.index - s.placed[owner].first_node;
    bool is_instance = false;
    if (!map.empty()) {
        const auto it = std::ranges::upper_bound(map, node.index) - 1;
        model_node = static_cast<std::uint32_t>(it - map.begin());
        is_instance = *it != node.index;
    }
    const std::string& uid = model.nodes[model_node].uid;
    if (!is_instance && !uid.empty() && s.find_uid(owner, uid) == node) out.uid = uid;

    out.path = s.segment_of(node);
    for (std::uint32_t i = s.parent[node.index]; i != kNone; i = s.parent[i])
        out.path.insert(0, s.segment_of(NodeId{i}) + "/");
    return out;
}

} // namespace pw::scene
