// SPDX-License-Identifier: Apache-2.0
#include "app/part_facts.h"

#include "base/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string_view>

namespace pw::app {

namespace {

constexpr std::size_t kMostExtras = 64;

// The node of the model that a scene node was made from; null for an instance of one.
const scene::Node* source_of(const scene::Scene& scene, scene::NodeId node) {
    const auto placed = scene.placed_of(node);
    const auto& nodes = scene.placed()[placed.index].model->nodes;
    std::uint32_t low = 0, high = static_cast<std::uint32_t>(nodes.size()); // node_of() ascends
    while (low < high) {
        const std::uint32_t middle = (low + high) / 2;
        if (scene.node_of(placed, middle).index < node.index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < nodes.size() && scene.node_of(placed, low) == node ? &nodes[low] : nullptr;
}

void add_extras(const std::string& text, PartFacts& out) {
    const auto extras = nlohmann::json::parse(text, nullptr, /* allow_exceptions= */ false);
    if (!extras.is_object()) return;
    for (const auto& [name, value] : extras.items()) {
        if (out.extras.size() == kMostExtras) return;
        out.extras.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
    }
}

using Json = nlohmann::json;

std::string plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string joined(const Json& list) {
    std::string out;
    for (const auto& item : list) out += (out.empty() ? "" : ", ") + plain(item);
    return out;
}

// rdf:Alt: {"rdf:_1": {"@language", "@value"}, …}
std::string in_one_language(const Json& alternatives) {
    std::string out;
    int best = 0;
    for (const auto& [name, one] : alternatives.items()) {
        if (!one.is_object() || !one.contains("@value")) continue;
        const std::string language = one.contains("@language") ? plain(one["@language"]) : "";
        const int rank = language.starts_with("en") ? 3 : language == "x-default" ? 2 : 1;
        if (rank <= best) continue;
        best = rank;
        out = plain(one["@value"]);
    }
    return out;
}

std::string packet_value(const Json& value) {
    if (!value.is_object()) return plain(value);
    for (const char* list : {"@list", "@set"})
        if (value.contains(list)) return joined(value[list]);
    if (value.contains("@value")) return plain(value["@value"]);
    const std::string text = in_one_language(value);
    return text.empty() ? value.dump() : text;
}

void add_mesh(const scene::Model& model, std::uint32_t mesh, PartFacts& out) {
    for (const auto& primitive : model.meshes[mesh].primitives) {
        out.triangles += model.geometries[primitive.geometry].indices.size() / 3;
        if (primitive.material == scene::kNone) continue;
        const std::string& name = model.materials[primitive.material].name;
        if (!name.empty() && std::ranges::find(out.materials, name) == out.materials.end())
            out.materials.push_back(name);
    }
}

} // namespace

PartFacts facts_of(const scene::Scene& scene, const Live& live, scene::NodeId node) {
    PartFacts out{.part = plant::to_text(scene.part(node)), .name = std::string(scene.name(node))};
    const auto placed = scene.placed_of(node);
    const auto& model = *scene.placed()[placed.index].model;
    out.equipment = live.equipment_of(placed);
    const std::uint32_t end = scene.subtree_end(node);
    out.nodes = end - node.index;
    for (std::uint32_t n = node.index; n < end; ++n)
        if (scene.mesh({n}) != scene::kNone) add_mesh(model, scene.mesh({n}), out);
    if (const auto box = scene.world_bounds(node); !box.empty()) out.size_m = box.max - box.min;
    const auto* source = source_of(scene, node);
    if (source != nullptr) add_extras(source->extras, out);
    if (source == nullptr) source = source_of(scene, {scene.parent(node)}); // an instance is one of what it is
    out.properties = properties_of(model, *source);
    const std::uint32_t packet = source->packet != scene::kNone ? source->packet : model.packet;
    if (packet != scene::kNone) out.metadata = packet_lines(model.packets[packet]);
    return out;
}

PartFacts::Lines properties_of(const scene::Model& model, const scene::Node& node) {
    PartFacts::Lines out;
    if (node.property_table == scene::kNone) return out;
    for (const auto& property : model.property_tables[node.property_table].properties) {
        std::string value = scene::spell(property, node.property_row);
        if (!value.empty()) out.emplace_back(property.name, std::move(value));
        if (out.size() == kMostExtras) break;
    }
    return out;
}

PartFacts::Lines packet_lines(const std::string& json) {
    PartFacts::Lines out;
    const auto packet = Json::parse(json, nullptr, /* allow_exceptions= */ false);
    if (!packet.is_object()) return out;
    for (const auto& [name, value] : packet.items()) {
        if (name == "@context") continue;
        out.emplace_back(name, packet_value(value));
        if (out.size() == kMostExtras) break;
    }
    return out;
}

std::string to_json(const PartFacts& facts, const plant::Plant& plant) {
    JsonWriter w;
    w.begin_object().member("part", facts.part).member("name", facts.name);
    w.key("size_m").begin_array().value(facts.size_m.x).value(facts.size_m.y).value(facts.size_m.z).end_array();
    w.member("triangles", facts.triangles).member("nodes", facts.nodes).key("materials").begin_array();
    for (const auto& material : facts.materials) w.value(material);
    w.end_array();
    for (const auto& [key, lines] :
         {std::pair("extras", &facts.extras), {"properties", &facts.properties}, {"metadata", &facts.metadata}}) {
        w.key(key).begin_object();
        for (const auto& [name, value] : *lines) w.member(name, value);
        w.end_object();
    }
    if (facts.equipment != scene::kNone) {
        const auto& equipment = plant.equipment[facts.equipment];
        w.key("equipment").begin_object().member("id", equipment.id).member("title", equipment.title);
        w.member("description", equipment.description).member("element", plant::element_name(equipment.element));
        w.member("model", equipment.model).member("tags", equipment.tags.size());
        w.end_object();
    }
    w.end_object();
    return w.take();
}

} // namespace pw::app
