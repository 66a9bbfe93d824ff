// SPDX-License-Identifier: Apache-2.0
// Meshes: primitives, and the geometry behind them, shared by all primitives that name the same accessors.

#include "base/format.h"
#include "scene/gltf_internal.h"
#include "scene/simplify.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace pw::scene::gltf {
namespace {

enum Attribute : std::uint8_t { kPosition, kNormal, kTangent, kUv0, kUv1, kColor, kJoints, kWeights, kAttributes };
constexpr std::array<std::string_view, kAttributes> kSemantics = {"POSITION",   "NORMAL",  "TANGENT",  "TEXCOORD_0",
                                                                  "TEXCOORD_1", "COLOR_0", "JOINTS_0", "WEIGHTS_0"};

enum Mode : std::uint8_t { kTriangles = 4, kStrip = 5, kFan = 6 };

// What makes a geometry, and so its key: mode, indices, attributes and Draco view as indices of accessors, the texture
// coordinates that its tangents are made from (0 where none have to be), the features of its vertices and the one that
// is none, then the morph targets.
using Sources = std::vector<std::uint32_t>;
enum : std::uint8_t {
    kModeAt,
    kIndicesAt,
    kAttributesAt,
    kDracoAt = kAttributesAt + kAttributes,
    kTangentsAt,
    kFeaturesAt,
    kNullFeatureAt,
    kMorphsAt
};

struct SourcesHash {
    std::size_t operator()(const Sources& s) const { return hash64(std::as_bytes(std::span(s))); }
};

std::array<std::uint16_t, 4> normalized_weights(const float* w, std::array<std::uint16_t, 4>& joints) {
    std::array<float, 4> v{};
    float sum = 0.f;
    for (std::size_t i = 0; i < 4; ++i) sum += v[i] = std::max(w[i], 0.f);
    if (!(sum > 0.f) || !std::isfinite(sum)) return {65535, 0, 0, 0};
    std::array<std::uint16_t, 4> out{};
    std::uint32_t total = 0, largest = 0;
    for (std::uint32_t i = 0; i < 4; ++i) {
        out[i] = static_cast<std::uint16_t>(std::lround(v[i] / sum * 65535.f));
        total += out[i];
        if (v[i] > v[largest]) largest = i;
    }
    out[largest] = static_cast<std::uint16_t>(out[largest] + 65535 - total); // rounding: a few units at most
    for (std::size_t i = 0; i < 4; ++i)
        if (out[i] == 0) joints[i] = 0; // may be anything in the file
    return out;
}

std::uint32_t pack_color(const float* c, std::uint32_t components) {
    std::uint32_t out = 0;
    for (std::uint32_t i = 0; i < 4; ++i) {
        const float v = i < components ? std::clamp(c[i], 0.f, 1.f) : 1.f;
        out |= static_cast<std::uint32_t>(std::lround(v * 255.f)) << (8 * i);
    }
    return out;
}

std::vector<Vec3> as_vec3(const std::vector<float>& floats) {
    std::vector<Vec3> out(floats.size() / 3);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = Vec3(floats[i * 3], floats[i * 3 + 1], floats[i * 3 + 2]);
    return out;
}

// The set of features that parts are made of: the first by vertex, one with a property table before one without.
Json feature_set(const Object& primitive) {
    Json out;
    bool has_table = false;
    primitive.json["extensions"]["EXT_mesh_features"]["featureIds"].items([&](std::size_t, Json set) {
        if (!set["attribute"].exists() || has_table) return true;
        has_table = set["propertyTable"].exists();
        if (!out.exists() || has_table) out = set;
        return true;
    });
    return out;
}

std::string feature_semantic(const Object& primitive) {
    return formatted("_FEATURE_ID_{}", feature_set(primitive)["attribute"].integer().value_or(0));
}

// Makes one geometry.
class GeometryBuilder {
  public:
    GeometryBuilder(const Object& in, const Sources& sources)
        : r_(in.reader), in_(in), attributes_(in.object("attributes")), sources_(sources) {}

    bool build() {
        count_ = r_.accessors[accessor(kPosition)].count;
        if (sources_[kDracoAt] != kNone) open_draco();
        if (!r_.ok() || !r_.charge(in_.at, count_, sizeof(Vertex))) return false;
        geometry.vertices.resize(count_);
        read_positions_and_normals();
        read_colors_and_texcoords();
        read_skin();
        read_morphs();
        read_indices();
        read_features();
        if (!r_.ok()) return false;
        if (accessor(kNormal) == kNone) {
            std::size_t bytes = sizeof(Vertex) + (geometry.skin.empty() ? 0 : sizeof(SkinVertex));
            for (const MorphTarget& morph : geometry.morphs) bytes += morph.positions.empty() ? 0 : sizeof(Vec3);
            if (!r_.charge(in_.at, geometry.indices.size(), bytes)) return false;
            make_flat_normals(geometry);
            geometry.has_tangents = false; // section 3.7.2.1: given ones are ignored then
        }
        geometry.bounds = bounds_of(geometry);
        return true;
    }

    Geometry geometry;
    std::uint32_t joint_limit = 0;
    std::vector<std::uint32_t> triangle_features; // as Reader's

  private:
    std::uint32_t accessor(Attribute a) const { return sources_[std::size_t{kAttributesAt} + a]; }
    Where place(Attribute a) const { return attributes_.at.member(kSemantics[a]); }

    void open_draco() {
        const Object extension = in_.extension("KHR_draco_mesh_compression");
        const std::uint32_t indices = sources_[kIndicesAt];
        if (indices == kNone) return r_.fail(in_.at.member("indices"), Errc::Malformed, "is missing, Draco needs it");
        draco_ = r_.decode_draco(extension, count_, r_.accessors[indices].count);
        if (r_.ok() && draco_->point_count() != count_)
            r_.fail(extension.at, Errc::Malformed,
                    formatted("decodes to {} points, its accessors say {}", draco_->point_count(), count_));
    }

    // count × components, or empty (with an error, or because there is none).
    template <class T> std::vector<T> values(Attribute a, std::uint32_t min_components, std::uint32_t max_components) {
        const std::uint32_t index = accessor(a);
        if (index == kNone || !r_.ok()) return {};
        const Accessor& acc = r_.accessors[index];
        if (acc.columns != 0 && (acc.rows != 1 || acc.columns < min_components || acc.columns > max_components)) {
            r_.fail(place(a), Errc::Malformed,
                    formatted("uses accessors[{}], which has {} components", index, acc.components()));
            return {};
        }
        if (acc.count != count_) {
            r_.fail(place(a), Errc::Malformed, formatted("has {} elements, POSITION {}", acc.count, count_));
            return {};
        }
        std::vector<T> out;
        if (draco_ && draco_->has(kSemantics[a])) {
            if constexpr (std::is_same_v<T, float>)
                out = r_.finite(index, draco_->floats(kSemantics[a], acc));
            else
                out = draco_->integers(kSemantics[a], acc);
            if (out.empty()) r_.fail(place(a), Errc::Malformed, "is not what its accessor says in the Draco data");
        } else if constexpr (std::is_same_v<T, float>) {
            out = r_.floats(place(a), index);
        } else {
            out = r_.integers(place(a), index);
        }
        return out;
    }

    void read_positions_and_normals() {
        const std::vector<float> positions = values<float>(kPosition, 3, 3);
        const std::vector<float> normals = values<float>(kNormal, 3, 3);
        const std::vector<float> tangents = values<float>(kTangent, 4, 4);
        if (!r_.ok()) return;
        for (std::size_t i = 0; i < count_; ++i) {
            Vertex& v = geometry.vertices[i];
            v.position = Vec3(positions[i * 3], positions[i * 3 + 1], positions[i * 3 + 2]);
            if (!normals.empty()) v.normal = pack_normal(Vec3(normals[i * 3], normals[i * 3 + 1], normals[i * 3 + 2]));
            if (!tangents.empty())
                v.tangent =
                    pack_tangent(Vec4(tangents[i * 4], tangents[i * 4 + 1], tangents[i * 4 + 2], tangents[i * 4 + 3]));
        }
        geometry.has_tangents = !tangents.empty();
    }

    void read_colors_and_texcoords() {
        const std::vector<float> uv0 = values<float>(kUv0, 2, 2), uv1 = values<float>(kUv1, 2, 2);
        const std::vector<float> colors = values<float>(kColor, 3, 4);
        if (!r_.ok()) return;
        for (std::size_t i = 0; i < uv0.size() / 2; ++i) geometry.vertices[i].uv0 = Vec2(uv0[i * 2], uv0[i * 2 + 1]);
        for (std::size_t i = 0; i < uv1.size() / 2; ++i) geometry.vertices[i].uv1 = Vec2(uv1[i * 2], uv1[i * 2 + 1]);
        const std::size_t width = colors.size() / count_;
        for (std::size_t i = 0; width > 0 && i < count_; ++i)
            geometry.vertices[i].color = pack_color(&colors[i * width], static_cast<std::uint32_t>(width));
    }

    void read_skin() {
        if (accessor(kJoints) == kNone || accessor(kWeights) == kNone) return;
        if (!r_.ok() || !r_.charge(in_.at, count_, sizeof(SkinVertex))) return;
        const std::vector<std::uint32_t> joints = values<std::uint32_t>(kJoints, 4, 4);
        const std::vector<float> weights = values<float>(kWeights, 4, 4);
        if (!r_.ok()) return;
        geometry.skin.resize(count_);
        for (std::size_t i = 0; i < count_; ++i) {
            SkinVertex& s = geometry.skin[i];
            for (std::size_t k = 0; k < 4; ++k) s.joints[k] = static_cast<std::uint16_t>(joints[i * 4 + k] & 0xffff);
            s.weights = normalized_weights(&weights[i * 4], s.joints);
            for (const std::uint16_t j : s.joints) joint_limit = std::max(joint_limit, std::uint32_t{j} + 1);
        }
    }

    std::vector<Vec3> deltas(const Where& at, std::uint32_t index) {
        if (index == kNone || !r_.ok()) return {};
        const Accessor& acc = r_.accessors[index];
        if (acc.columns != 0 && (acc.rows != 1 || acc.columns != 3)) {
            r_.fail(at, Errc::Malformed, formatted("uses accessors[{}], which is no VEC3", index));
        } else if (acc.count != count_) {
            r_.fail(at, Errc::Malformed, formatted("has {} elements, POSITION {}", acc.count, count_));
        } else if (r_.charge(at, count_, sizeof(Vec3))) {
            return as_vec3(r_.floats(at, index));
        }
        return {};
    }

    void read_morphs() {
        for (std::size_t i = kMorphsAt; i < sources_.size(); i += 3) {
            const Where at{&in_.at, "targets", (i - kMorphsAt) / 3};
            MorphTarget& morph = geometry.morphs.emplace_back();
            morph.positions = deltas(at.member("POSITION"), sources_[i]);
            morph.normals = deltas(at.member("NORMAL"), sources_[i + 1]);
            morph.tangents = deltas(at.member("TANGENT"), sources_[i + 2]);
        }
    }

    std::vector<std::uint32_t> raw_indices() {
        if (draco_) return draco_->indices();
        const std::uint32_t index = sources_[kIndicesAt];
        if (index != kNone) {
            if (r_.accessors[index].columns == 1) return r_.integers(in_.at.member("indices"), index);
            r_.fail(in_.at.member("indices"), Errc::Malformed,
                    formatted("uses accessors[{}], which is no SCALAR", index));
            return {};
        }
        if (!r_.fits(in_.at, count_, sizeof(std::uint32_t))) return {};
        std::vector<std::uint32_t> out(count_);
        std::iota(out.begin(), out.end(), 0u);
        return out;
    }

    void read_indices() {
        if (!r_.ok()) return;
        std::vector<std::uint32_t> indices = raw_indices();
        const auto highest = std::ranges::max_element(indices);
        if (highest != indices.end() && *highest >= count_)
            return r_.fail(in_.at.member("indices"), Errc::Malformed,
                           formatted("has the index {}, there are {} vertices", *highest, count_));
        if (!r_.charge(in_.at, indices.size(), sizeof(std::uint32_t) * (sources_[kModeAt] == kTriangles ? 1 : 3)))
            return;
        if (sources_[kModeAt] == kStrip) indices = triangles_of_strip(indices);
        if (sources_[kModeAt] == kFan) indices = triangles_of_fan(indices);
        if (indices.size() % 3 != 0 || indices.empty())
            r_.report(in_.at, "has vertices that make no whole triangle; they are left out");
        indices.resize(indices.size() / 3 * 3);
        geometry.indices = std::move(indices);
    }

    // EXT_mesh_features, "Feature ID by Vertex": the features of the vertices, kNone for none.
    std::vector<std::uint32_t> vertex_features() {
        const std::uint32_t index = sources_[kFeaturesAt];
        const Accessor& acc = r_.accessors[index];
        const std::string semantic = feature_semantic(in_);
        const Where at = attributes_.at.member(semantic);
        if (acc.components() != 1 || acc.count != count_) {
            r_.fail(at, Errc::Malformed, formatted("uses accessors[{}], which is not {} × SCALAR", index, count_));
            return {};
        }
        const bool compressed = draco_ && draco_->has(semantic);
        if (acc.component != Component::F32)
            return compressed ? draco_->integers(semantic, acc) : r_.integers(at, index);
        const std::vector<float> ids = compressed ? draco_->floats(semantic, acc) : r_.floats(at, index);
        std::vector<std::uint32_t> out(ids.size(), kNone);
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (ids[i] >= 0.f && ids[i] < 0x1p31f) out[i] = static_cast<std::uint32_t>(ids[i] + 0.5f);
        return out;
    }

    // A triangle is of the feature that two of its corners name, else of the first one's.
    void read_features() {
        if (!r_.ok() || sources_[kFeaturesAt] == kNone || !r_.fits(in_.at, count_, sizeof(std::uint32_t))) return;
        const std::vector<std::uint32_t> ids = vertex_features();
        if (!r_.ok() || !r_.charge(in_.at, geometry.indices.size() / 3, sizeof(std::uint32_t))) return;
        if (ids.size() != count_)
            return r_.fail(in_.at, Errc::Malformed,
                           "has features that are not what their accessor says in the Draco data");
        std::size_t split = 0;
        for (std::size_t t = 0; t + 2 < geometry.indices.size(); t += 3) {
            const std::uint32_t a = ids[geometry.indices[t]], b = ids[geometry.indices[t + 1]];
            const std::uint32_t c = ids[geometry.indices[t + 2]];
            split += a != b || b != c ? 1u : 0u;
            const std::uint32_t feature = b == c ? b : a;
            triangle_features.push_back(feature == sources_[kNullFeatureAt] ? kNone : feature);
        }
        if (split * 2 > triangle_features.size()) {
            r_.report(in_.at, "is left whole: its features are those of vertices, not of triangles");
            triangle_features.clear();
        } else if (split > 0) {
            r_.report(in_.at, formatted("has {} triangles whose corners are of several features; two of three count, "
                                        "else the first",
                                        split));
        }
    }

    Reader& r_;
    const Object& in_;
    Object attributes_;
    const Sources& sources_;
    std::uint32_t count_ = 0;
    std::shared_ptr<const DracoMesh> draco_;
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
        GeometryBuilder builder(in, sources_);
        const std::size_t bytes = sizeof(Geometry) + sources_.size() * (sizeof(std::uint32_t) + sizeof(MorphTarget));
        if (!r_.charge(in.at, bytes, 1) || !builder.build()) return kNone;
        const auto index = static_cast<std::uint32_t>(r_.model.geometries.size());
        r_.model.geometries.push_back(std::move(builder.geometry));
        r_.joint_limits.push_back(builder.joint_limit);
        r_.triangle_features.push_back(std::move(builder.triangle_features));
        by_sources_.emplace(sources_, index);
        is_new_ = true;
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
        is_new_ = false;
        const std::uint32_t index = r_.ok() ? geometry_of(in) : kNone;
        if (index == kNone) return;
        if (is_new_ && sources_[std::size_t{kAttributesAt} + kNormal] != kNone)
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
    void take_levels(const Object& in, Geometry& geometry) {
        if (sources_[kFeaturesAt] != kNone) return;
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
    bool is_new_ = false;         // the geometry of the primitive that is being read
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
