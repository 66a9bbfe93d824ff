// SPDX-License-Identifier: Apache-2.0
// Which accessors belong together, what they are, and what must not be touched.

#include "base/format.h"
#include "scene/pack_internal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numeric>
#include <set>

namespace pw::scene::pack {
namespace {

// Extensions that the reader leaves out and that refer to nothing by an index that packing changes.
bool is_harmless(std::string_view extension) {
    return gltf::is_known(extension) || extension.starts_with("KHR_materials_") ||
           extension.starts_with("KHR_texture_") || extension.starts_with("EXT_texture_") || extension == "KHR_xmp";
}

Role role_of(std::string_view semantic, bool morph) {
    if (semantic == "POSITION") return morph ? Role::MorphPosition : Role::Position;
    if (semantic == "NORMAL") return morph ? Role::MorphDirection : Role::Normal;
    if (semantic == "TANGENT") return morph ? Role::MorphDirection : Role::Tangent;
    return !morph && semantic.starts_with("TEXCOORD_") ? Role::Texcoord : Role::Exact;
}

bool holds_indices(const gltf::Accessor& a) {
    return a.columns == 1 && a.rows == 1 &&
           (a.component == Component::U8 || a.component == Component::U16 || a.component == Component::U32);
}

// Sets that grow together.
class Unions {
  public:
    explicit Unions(std::size_t count) : up_(count) { std::iota(up_.begin(), up_.end(), 0u); }
    std::uint32_t top(std::uint32_t i) {
        while (up_[i] != i) i = up_[i] = up_[up_[i]];
        return i;
    }
    void join(std::uint32_t a, std::uint32_t b) {
        const std::uint32_t x = top(a), y = top(b);
        up_[std::max(x, y)] = std::min(x, y);
    }

  private:
    std::vector<std::uint32_t> up_;
};

struct Attribute {
    std::uint32_t accessor = kNone;
    Role role = Role::Exact;
};

class Surveyor {
  public:
    Surveyor(const Object& root, const PackOptions& options, Going& going)
        : root_(root), r_(root.reader), options_(options), going_(going), sets_(r_.accessors.size()),
          place_of_(r_.accessors.size(), kNone), elsewhere_(r_.accessors.size()), is_index_(r_.accessors.size()),
          steps_(2 * root.json["meshes"].size()) {}

    Survey run() {
        find_strangers();
        find_materials();
        each_mesh([&](const Object& mesh) {
            out_.meshes.emplace_back();
            mesh.each("primitives", [&](const Object& part) {
                out_.meshes.back().emplace_back();
                join_attributes(part);
            });
        });
        if (going_.ended()) return std::move(out_);
        find_elsewhere();
        if (r_.ok()) find_nodes();
        each_mesh([&](const Object& mesh) { mesh.each("primitives", [&](const Object& part) { place(mesh, part); }); });
        if (going_.ended()) return std::move(out_);
        for (Group& group : out_.groups) finish(group);
        return std::move(out_);
    }

  private:
    // Until somebody stops it.
    template <class F> void each_mesh(F f) {
        root_.each("meshes", [&](const Object& mesh) {
            if (going_.at(kSurveyShare * static_cast<double>(step_++) / static_cast<double>(steps_))) f(mesh);
        });
    }

    void find_strangers() {
        for (const std::string& extension : r_.model.extensions_used)
            if (!is_harmless(extension)) out_.strangers.push_back(extension);
    }

    void find_materials() {
        root_.json["materials"].items([&](std::size_t, Json material) {
            blends_.push_back(material["alphaMode"].text() == "BLEND");
            return true;
        });
    }

    std::vector<Attribute> attributes_of(const Object& part) {
        std::vector<Attribute> out;
        const auto all_of = [&](const Object& from, bool morph) {
            from.json.members([&](std::string_view semantic, Json) {
                const std::uint32_t accessor = from.index(semantic, r_.accessors.size(), "accessors");
                if (r_.ok()) out.push_back({accessor, role_of(semantic, morph)});
            });
        };
        all_of(part.object("attributes"), false);
        part.each("targets", [&](const Object& target) { all_of(target, true); });
        return out;
    }

    void join_attributes(const Object& part) {
        const std::vector<Attribute> attributes = attributes_of(part);
        for (const Attribute& a : attributes) sets_.join(attributes.front().accessor, a.accessor);
        const std::uint32_t indices = part.index("indices", r_.accessors.size(), "accessors");
        if (r_.ok() && indices != kNone) is_index_[indices] = true;
    }

    void elsewhere(const Object& from, std::string_view key) {
        const std::uint32_t accessor = from.index(key, r_.accessors.size(), "accessors");
        if (r_.ok() && accessor != kNone) elsewhere_[accessor] = true;
    }

    void find_elsewhere() {
        root_.each("skins", [&](const Object& skin) { elsewhere(skin, "inverseBindMatrices"); });
        root_.each("animations", [&](const Object& clip) {
            clip.each("samplers", [&](const Object& sampler) {
                elsewhere(sampler, "input");
                elsewhere(sampler, "output");
            });
            clip.each("channels", [&](const Object& channel) { note_moved(channel.object("target")); });
        });
    }

    void note_moved(const Object& target) {
        if (const auto node = target.json["node"].integer()) moved_.insert(*node);
        const std::string_view pointer = target.json["extensions"]["KHR_animation_pointer"]["pointer"].text();
        std::uint64_t node = 0;
        if (pointer.starts_with("/nodes/") &&
            std::from_chars(pointer.data() + 7, pointer.data() + pointer.size(), node).ec == std::errc{})
            moved_.insert(node);
    }

    // How far a node's own transform stretches what is below it, at most.
    double stretch(const Json& node) const {
        const auto numbers = [](const Json& list) {
            std::vector<double> out;
            list.items([&](std::size_t, Json v) {
                out.push_back(v.number().value_or(0.0));
                return true;
            });
            return out;
        };
        double most = 0.0;
        if (const std::vector<double> m = numbers(node["matrix"]); m.size() == 16) {
            for (std::size_t c = 0; c < 3; ++c) most = std::max(most, std::hypot(m[c * 4], m[c * 4 + 1], m[c * 4 + 2]));
            return most;
        }
        const std::vector<double> scale = numbers(node["scale"]);
        for (const double s : scale) most = std::max(most, std::abs(s));
        return scale.empty() ? 1.0 : most;
    }

    double stretch_of_instances(const Object& node) {
        const Object instancing = node.extension("EXT_mesh_gpu_instancing");
        if (!instancing.json.exists()) return 1.0;
        const Object attributes = instancing.object("attributes");
        attributes.json.members([&](std::string_view key, Json) { elsewhere(attributes, key); });
        const std::uint32_t accessor = attributes.index("SCALE", r_.accessors.size(), "accessors");
        if (!r_.ok() || accessor == kNone) return 1.0;
        double most = 0.0;
        for (const float s : r_.floats(attributes.at, accessor)) most = std::max(most, double{std::abs(s)});
        return most;
    }

    void find_nodes() {
        const std::size_t count = root_.json["nodes"].size(), meshes = out_.meshes.size();
        std::vector<std::uint32_t> parent(count, kNone);
        std::vector<double> scale(count, 1.0);
        std::vector<std::pair<std::uint32_t, std::uint32_t>> shows; // node and mesh
        out_.level_node.assign(meshes, kNone);
        has_levels_.assign(meshes, false);
        mesh_scale_.assign(meshes, 0.0);
        root_.each("nodes", [&](const Object& node) {
            const auto self = static_cast<std::uint32_t>(node.at.index);
            scale[self] = stretch(node.json);
            node.json["children"].items([&](std::size_t, Json child) {
                if (const auto i = child.integer(); i && *i < count) parent[*i] = self;
                return true;
            });
            const std::uint32_t mesh = node.index("mesh", meshes, "meshes");
            if (!r_.ok() || mesh == kNone) return;
            shows.emplace_back(self, mesh);
            scale[self] *= stretch_of_instances(node);
            if (r_.is_level(self) || node.json["extensions"]["MSFT_lod"].exists()) has_levels_[mesh] = true;
            if (out_.level_node[mesh] == kNone && names_levels(node)) out_.level_node[mesh] = self;
        });
        for (const auto& [node, mesh] : shows) {
            double all = 1.0;
            for (std::uint32_t i = node; i != kNone; i = parent[i]) all *= scale[i];
            mesh_scale_[mesh] = std::max(mesh_scale_[mesh], all);
        }
        has_scenes_ = root_.json["scenes"].size() > 0;
    }

    // Whoever takes a level shows it in the node's place: nothing may be lost by that.
    bool names_levels(const Object& node) const {
        for (const std::string_view key : {"children", "skin", "weights", "camera"})
            if (node.has(key)) return false;
        const Json extras = node.json["extras"];
        if (extras.exists() && !extras.is(Json::Type::Object)) return false;
        bool plain = true;
        node.json["extensions"].members([&](std::string_view key, Json) { plain &= key == "KHR_xmp_json_ld"; });
        return plain && !moved_.contains(node.at.index);
    }

    // Into its group, and its indices into a list there.
    void place(const Object& mesh, const Object& part) {
        const std::vector<Attribute> attributes = attributes_of(part);
        const std::uint32_t indices = part.index("indices", r_.accessors.size(), "accessors");
        if (!r_.ok() || attributes.empty()) return;
        const std::uint32_t top = sets_.top(attributes.front().accessor);
        const auto [known, is_new] = group_of_.try_emplace(top, static_cast<std::uint32_t>(out_.groups.size()));
        if (is_new) out_.groups.emplace_back();
        Group& group = out_.groups[known->second];
        for (const Attribute& a : attributes) add(group, a);
        if (reason_to_leave(mesh, part, attributes)) group.fixed = true;
        take_draco(group, mesh, part);
        const auto mode = static_cast<std::uint32_t>(part.integer("mode", 4));
        const std::size_t at = list_of_.try_emplace({known->second, indices, mode}, group.lists.size()).first->second;
        if (at == group.lists.size())
            group.lists.push_back({.accessor = indices,
                                   .mesh = static_cast<std::uint32_t>(mesh.at.index),
                                   .part = static_cast<std::uint32_t>(part.at.index),
                                   .mode = mode});
        group.lists[at].keep_order |= blends(part);
        group.lists[at].levels |= wants_levels(mesh, part);
        group.scale = std::max(is_new ? 0.0 : group.scale, mesh_scale_[mesh.at.index]);
        out_.meshes[mesh.at.index][part.at.index] = {known->second, static_cast<std::uint32_t>(at)};
    }

    void add(Group& group, const Attribute& a) {
        std::uint32_t& place = place_of_[a.accessor];
        if (place == kNone) {
            place = static_cast<std::uint32_t>(group.accessors.size());
            group.accessors.push_back(a.accessor);
            group.roles.push_back(a.role);
        } else if (group.roles[place] != a.role) {
            group.roles[place] = Role::Exact;
        }
    }

    // Whether something refers to the vertices by their places.
    bool reason_to_leave(const Object& mesh, const Object& part, std::span<const Attribute> attributes) {
        if (part.integer("mode", 4) != 4) return true;
        const auto strange = [](const Json& object) {
            bool out = false;
            object["extensions"].members([&](std::string_view key, Json) { out |= !is_harmless(key); });
            return out;
        };
        if (strange(mesh.json) || strange(part.json)) {
            r_.report(part.at, "keeps the order of its vertices: it has an extension that is not known here");
            return true;
        }
        bool by_place = false; // EXT_mesh_features, "Feature ID by Index"
        part.json["extensions"]["EXT_mesh_features"]["featureIds"].items([&](std::size_t, Json set) {
            by_place |= !set["attribute"].exists() && !set["texture"].exists();
            return true;
        });
        return by_place || std::ranges::any_of(attributes, [&](const Attribute& a) {
                   return elsewhere_[a.accessor] || is_index_[a.accessor];
               });
    }

    void take_draco(Group& group, const Object& mesh, const Object& part) {
        const Json draco = part.json["extensions"]["KHR_draco_mesh_compression"];
        if (!draco.exists()) return;
        if (!group.draco.exists()) {
            group.draco = part.json;
            group.draco_mesh = static_cast<std::uint32_t>(mesh.at.index);
            group.draco_part = static_cast<std::uint32_t>(part.at.index);
        }
        if (group.draco["extensions"]["KHR_draco_mesh_compression"].dump() != draco.dump() ||
            group.draco["indices"].integer() != part.json["indices"].integer())
            r_.fail(part.at, Errc::Unsupported,
                    formatted("shares accessors with meshes[{}].primitives[{}], which has other Draco data; "
                              "packing cannot tell whose they are",
                              group.draco_mesh, group.draco_part));
    }

    template <class F> static bool any_material(const Object& part, F f) {
        if (const auto material = part.json["material"].integer(); material && f(*material)) return true;
        bool any = false;
        part.json["extensions"]["KHR_materials_variants"]["mappings"].items([&](std::size_t, Json mapping) {
            const auto material = mapping["material"].integer();
            any |= material && f(*material);
            return true;
        });
        return any;
    }

    bool blends(const Object& part) const {
        return any_material(part, [&](std::uint64_t m) { return m < blends_.size() && blends_[m]; });
    }

    // Whether the reader would take levels: where it makes normals or parts, their vertices are others.
    bool wants_levels(const Object& mesh, const Object& part) const {
        const Json attributes = part.json["attributes"];
        if (!options_.levels || !has_scenes_ || has_levels_[mesh.at.index] || mesh_scale_[mesh.at.index] == 0.0)
            return false;
        return attributes["POSITION"].exists() && attributes["NORMAL"].exists() && !attributes["JOINTS_0"].exists() &&
               !part.has("targets") && !part.json["extensions"]["EXT_mesh_features"].exists();
    }

    void finish(Group& group) {
        group.count = r_.accessors[group.accessors.front()].count;
        for (std::size_t i = 0; i < group.accessors.size(); ++i) {
            const std::uint32_t a = group.accessors[i];
            group.fixed |= r_.accessors[a].count != group.count;
            if (elsewhere_[a] || is_index_[a]) group.roles[i] = Role::Exact;
            if (out_.owned.empty()) out_.owned.assign(r_.accessors.size(), false);
            out_.owned[a] = true;
        }
        for (const std::uint32_t a : group.accessors)
            if (r_.accessors[a].columns == 0 || r_.accessors[a].component == Component::Unknown)
                return r_.fail({nullptr, "accessors", a}, Errc::Malformed, "has a type that is not one of glTF 2.0");
        for (const IndexList& list : group.lists)
            if (list.accessor != kNone && !holds_indices(r_.accessors[list.accessor]))
                return r_.fail({nullptr, "accessors", list.accessor}, Errc::Malformed,
                               "holds indices, but not as SCALAR of an unsigned integer type");
        for (IndexList& list : group.lists) {
            const std::uint32_t count = list.accessor == kNone ? group.count : r_.accessors[list.accessor].count;
            group.fixed |= count % 3 != 0;
        }
        for (IndexList& list : group.lists) {
            list.levels &= !group.fixed;
            group.levels |= list.levels;
            if (list.accessor != kNone && !elsewhere_[list.accessor]) out_.owned[list.accessor] = true;
        }
        if (group.scale == 0.0) group.scale = 1.0; // no node shows it
    }

    const Object& root_;
    Reader& r_;
    const PackOptions& options_;
    Going& going_;
    Survey out_;
    Unions sets_;
    std::vector<std::uint32_t> place_of_;                         // per accessor: in its group, the only one it is in
    std::vector<bool> elsewhere_, is_index_;                      // per accessor: also something else than vertices
    std::vector<bool> blends_;                                    // per material
    std::vector<bool> has_levels_;                                // per mesh: in the file already
    std::vector<double> mesh_scale_;                              // per mesh; 0: no node shows it
    std::set<std::uint64_t> moved_;                               // nodes that a clip moves
    std::map<std::uint32_t, std::uint32_t> group_of_;             // by the first accessor of its set
    std::map<std::array<std::uint32_t, 3>, std::size_t> list_of_; // by group, indices and mode
    std::size_t step_ = 0, steps_;                                // meshes that were looked at, of both turns
    bool has_scenes_ = false;
};

} // namespace

Survey survey(const Object& root, const PackOptions& options, Going& going) {
    return Surveyor(root, options, going).run();
}

} // namespace pw::scene::pack
