// SPDX-License-Identifier: Apache-2.0
// Meshes: primitives, and the geometry behind them, shared by all primitives that name the same accessors.

#include "base/format.h"
#include "scene/gltf_primitive.h"
#include "scene/simplify.h"

#include <algorithm>
#include <utility>

namespace pw::scene::gltf {
namespace {

struct SourcesHash {
    std::size_t operator()(const Sources& s) const { return hash64(std::as_bytes(std::span(s))); }
};

// Reads the meshes and remembers which geometries there are.
class MeshReader {
  public:
    MeshReader(Reader& r, std::size_t property_tables) : r_(r), property_tables_(property_tables) {}

    void read_mesh(const Object& in, Mesh& mesh) {
        mesh.name = in.text("name");
        mesh.weights = in.number_list("weights");
        const std::size_t count = in.json["primitives"].size();
        if (count == 0) return r_.fail(in.at.member("primitives"), Errc::Malformed, "is missing or empty");
        if (!r_.charge(in.at, count, sizeof(Primitive))) return;
        mesh.primitives.reserve(count);
        mesh_ = in.at.index;
        in.each("primitives", [&](const Object& primitive) { read_primitive(primitive, mesh); });
    }

  private:
    std::uint32_t attribute(const Object& in, std::string_view semantic) {
        const std::uint32_t index = in.index(semantic, r_.accessors.size(), "accessors");
        return index == kNone ? kNone : r_.accessors[index].first_equal;
    }

    bool read_sources(const Object& in) {
        const Object attributes = in.object("attributes");
        sources_.assign(kMorphsAt, kNone);
        sources_[kModeAt] = static_cast<std::uint32_t>(in.integer("mode", kTriangles));
        sources_[kIndicesAt] = attribute(in, "indices");
        for (std::size_t i = 0; i < kSemantics.size(); ++i)
            sources_[kAttributesAt + i] = attribute(attributes, kSemantics[i]);
        if (attributes.has("JOINTS_1"))
            r_.report(attributes.at, "JOINTS_1 is left out: four joints for a vertex are read");
        const Object draco = in.extension("KHR_draco_mesh_compression");
        if (draco.json.exists()) sources_[kDracoAt] = draco.need_index("bufferView", r_.views.size(), "bufferViews");
        if (!r_.fits(in.at, in.json["targets"].size(), 3 * sizeof(std::uint32_t))) return false;
        in.each("targets", [&](const Object& target) {
            for (const std::string_view semantic : {"POSITION", "NORMAL", "TANGENT"})
                sources_.push_back(attribute(target, semantic));
        });
        return r_.ok();
    }

    // EXT_mesh_features: what the vertices say of which part they are of; returns the property table of these parts.
    std::uint32_t read_feature_source(const Object& in) {
        const Object extension = in.extension("EXT_mesh_features");
        if (!extension.json.exists()) return kNone;
        std::size_t sets = 0;
        std::uint32_t table = kNone;
        const Json chosen = feature_set(in);
        extension.each("featureIds", [&](const Object& set) {
            ++sets;
            const std::uint32_t own = set.index("propertyTable", property_tables_, "propertyTables");
            const std::uint64_t attribute = set.integer("attribute", 0), none = set.integer("nullFeatureId", kNone);
            if (!r_.ok() || sources_[kFeaturesAt] != kNone || !set.has("attribute")) return;
            if (own == kNone && chosen["propertyTable"].exists()) return; // another one is better
            const std::string semantic = formatted("_FEATURE_ID_{}", attribute);
            sources_[kFeaturesAt] = in.object("attributes").need_index(semantic, r_.accessors.size(), "accessors");
            sources_[kNullFeatureAt] = static_cast<std::uint32_t>(std::min<std::uint64_t>(none, kNone));
            table = own;
        });
        if (!r_.ok()) return kNone;
        if (sources_.size() > kMorphsAt && sources_[kFeaturesAt] != kNone) {
            r_.report(extension.at, "left whole: what has morph targets is not taken apart");
            sources_[kFeaturesAt] = sources_[kNullFeatureAt] = kNone;
        } else if (sources_[kFeaturesAt] == kNone) {
            r_.report(extension.at, "left whole: only features by an attribute of the vertices make parts");
        } else if (sets > 1) {
            r_.report(extension.at, formatted("has {} sets of features; parts are made of one", sets));
        }
        return table < r_.model.property_tables.size() ? table : kNone;
    }

    std::uint32_t geometry_of(const Object& in) {
        const auto known = by_sources_.find(sources_);
        if (known != by_sources_.end()) return known->second;
        const std::size_t bytes = sizeof(Geometry) + sources_.size() * (sizeof(std::uint32_t) + sizeof(MorphTarget));
        if (!r_.charge(in.at, bytes, 1)) return kNone;
        std::optional<BuiltGeometry> built = build_geometry(in, sources_);
        if (!built) return kNone;
        const auto index = static_cast<std::uint32_t>(r_.model.geometries.size());
        r_.model.geometries.push_back(std::move(built->geometry));
        r_.joint_limits.push_back(built->joint_limit);
        r_.triangle_features.push_back(std::move(built->triangle_features));
        by_sources_.emplace(sources_, index);
        return index;
    }

    // KHR_materials_variants, section "Mappings".
    std::vector<VariantMaterial> read_variants(const Object& in) {
        std::vector<VariantMaterial> out;
        in.extension("KHR_materials_variants").each("mappings", [&](const Object& mapping) {
            const std::uint32_t material = mapping.need_index("material", r_.model.materials.size(), "materials");
            const Json variants = mapping.json["variants"];
            if (variants.size() == 0) r_.fail(mapping.at.member("variants"), Errc::Malformed, "is missing or empty");
            if (!r_.ok() || !r_.charge(mapping.at, variants.size(), sizeof(VariantMaterial))) return;
            variants.items([&](std::size_t i, Json item) {
                const std::optional<std::uint64_t> variant = item.integer();
                const Where at{&mapping.at, "variants", i};
                if (!variant || *variant >= r_.model.variants.size())
                    r_.fail(at, Errc::Malformed,
                            formatted("is not one of the {} variants of the file", r_.model.variants.size()));
                else
                    out.push_back({static_cast<std::uint32_t>(*variant), material});
                return r_.ok();
            });
        });
        std::ranges::stable_sort(out, {}, &VariantMaterial::variant);
        const auto twice = std::ranges::unique(out, {}, &VariantMaterial::variant);
        if (!twice.empty()) r_.report(in.at, "names a variant twice; the first mapping counts");
        out.erase(twice.begin(), twice.end());
        return out;
    }

    void read_primitive(const Object& in, Mesh& mesh) {
        const std::uint32_t material = in.index("material", r_.model.materials.size(), "materials");
        std::vector<VariantMaterial> variants = read_variants(in);
        if (!in.has("attributes")) r_.fail(in.at.member("attributes"), Errc::Malformed, "is missing");
        if (!r_.ok() || !read_sources(in)) return;
        const std::uint64_t mode = in.integer("mode", kTriangles);
        if (mode > kFan) return r_.fail(in.at.member("mode"), Errc::Malformed, formatted("is {}, not in [0, 6]", mode));
        if (mode < kTriangles) return r_.report(in.at, "left out: points and lines are not drawn");
        if (sources_[std::size_t{kAttributesAt} + kPosition] == kNone)
            return r_.report(in.at, "left out: it has no positions");
        std::optional<std::uint8_t> needs_tangents = tangents_from(material);
        for (const VariantMaterial& v : variants)
            if (!needs_tangents) needs_tangents = tangents_from(v.material);
        sources_[kTangentsAt] = needs_tangents.value_or(0);
        const std::uint32_t table = read_feature_source(in);
        const std::uint32_t index = r_.ok() ? geometry_of(in) : kNone;
        if (index == kNone) return;
        take_levels(in, r_.model.geometries[index]);
        if (!r_.triangle_features[index].empty()) {
            std::vector<std::uint32_t>& tables = r_.feature_tables.back();
            tables.resize(mesh.primitives.size(), kNone);
            tables.push_back(table);
        }
        mesh.primitives.push_back({index, material, std::move(variants)});
        Geometry& geometry = r_.model.geometries[index];
        if (!needs_tangents || geometry.has_tangents || geometry.vertices.empty()) return;
        std::size_t bytes = sizeof(Vertex) + (geometry.skin.empty() ? 0 : sizeof(SkinVertex));
        for (const MorphTarget& m : geometry.morphs)
            bytes +=
                (m.positions.size() + m.normals.size() + m.tangents.size()) / geometry.vertices.size() * sizeof(Vec3);
        constexpr std::size_t kScratch = 128; // for each corner, while they are made
        if (!r_.fits(in.at, geometry.indices.size(), kScratch + bytes)) return;
        r_.charge(in.at, give_tangents(geometry, static_cast<std::uint8_t>(sources_[kTangentsAt])), bytes);
    }

    // Those of the file are over its own vertices: what has none of the file's normals, or becomes parts, has others.
    // Of meshes that share a geometry, the first that has some; none once tangents were made, for other vertices.
    void take_levels(const Object& in, Geometry& geometry) {
        const auto given = [&](Attribute a) { return sources_[std::size_t{kAttributesAt} + a] != kNone; };
        const bool made_tangents = geometry.has_tangents && !given(kTangent);
        if (!given(kNormal) || sources_[kFeaturesAt] != kNone || geometry.levels || made_tangents) return;
        std::vector<Level> levels = r_.read_levels(in, mesh_, geometry);
        const bool none_to_make = in.json["extras"]["plantwalk_levels"].integer() == kSimplifiedVersion;
        if (!levels.empty() || none_to_make) geometry.levels = std::move(levels);
    }

    // Texture coordinates of what needs tangents when the file has none for it (section 3.7.2.1: without normals, given
    // ones are ignored): the normal map, then that of the clear coat, then what is brushed.
    std::optional<std::uint8_t> tangents_from(std::uint32_t material) const {
        if (material == kNone) return std::nullopt;
        const auto given = [&](Attribute a) { return sources_[std::size_t{kAttributesAt} + a] != kNone; };
        if (given(kNormal) && given(kTangent)) return std::nullopt;
        const Material& m = r_.model.materials[material];
        if (m.normal_texture.texture != kNone) return m.normal_texture.texcoord;
        if (!m.layers) return std::nullopt;
        if (m.layers->clearcoat_normal_texture.texture != kNone) return m.layers->clearcoat_normal_texture.texcoord;
        return m.layers->anisotropy > 0.f ? std::optional(m.layers->anisotropy_texture.texcoord) : std::nullopt;
    }

    Reader& r_;
    std::size_t property_tables_; // that the file has
    std::size_t mesh_ = 0;        // that is being read
    Sources sources_;
    std::unordered_map<Sources, std::uint32_t, SourcesHash> by_sources_;
};

} // namespace

void Reader::read_meshes(const Object& root) {
    MeshReader meshes(*this, root.extension("EXT_structural_metadata").json["propertyTables"].size());
    if (!charge(root.at, root.json["meshes"].size(), sizeof(Mesh))) return;
    model.meshes.reserve(root.json["meshes"].size());
    root.each("meshes", [&](const Object& in) {
        Mesh& mesh = model.meshes.emplace_back();
        feature_tables.emplace_back();
        if (level_meshes.empty() || !level_meshes[in.at.index]) meshes.read_mesh(in, mesh);
    });
    if (!ok()) return;
    while (!level_meshes.empty() && level_meshes.back()) { // nothing names them
        level_meshes.pop_back();
        model.meshes.pop_back();
        feature_tables.pop_back();
    }
}

} // namespace pw::scene::gltf
