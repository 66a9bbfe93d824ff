// SPDX-License-Identifier: Apache-2.0
// A geometry out of the accessors, or the Draco data, of a primitive.

#include "scene/gltf_primitive.h"

#include "base/format.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <type_traits>
#include <utility>

namespace pw::scene::gltf {
namespace {

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

std::string feature_semantic(const Object& primitive) {
    return formatted("_FEATURE_ID_{}", feature_set(primitive)["attribute"].integer().value_or(0));
}

// Makes one geometry_.
class GeometryBuilder {
  public:
    GeometryBuilder(const Object& in, const Sources& sources)
        : r_(in.reader), in_(in), attributes_(in.object("attributes")), sources_(sources) {}

    bool build() {
        count_ = r_.accessors[accessor(kPosition)].count;
        if (sources_[kDracoAt] != kNone) open_draco();
        if (!r_.ok() || !r_.charge(in_.at, count_, sizeof(Vertex))) return false;
        geometry_.vertices.resize(count_);
        read_positions_and_normals();
        read_colors_and_texcoords();
        read_skin();
        read_morphs();
        read_indices();
        read_features();
        if (!r_.ok()) return false;
        if (accessor(kNormal) == kNone) {
            std::size_t bytes = sizeof(Vertex) + (geometry_.skin.empty() ? 0 : sizeof(SkinVertex));
            for (const MorphTarget& morph : geometry_.morphs) bytes += morph.positions.empty() ? 0 : sizeof(Vec3);
            if (!r_.charge(in_.at, geometry_.indices.size(), bytes)) return false;
            make_flat_normals(geometry_);
            geometry_.has_tangents = false; // section 3.7.2.1: given ones are ignored then
        }
        geometry_.bounds = bounds_of(geometry_);
        return true;
    }

    BuiltGeometry built;

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
            Vertex& v = geometry_.vertices[i];
            v.position = Vec3(positions[i * 3], positions[i * 3 + 1], positions[i * 3 + 2]);
            if (!normals.empty()) v.normal = pack_normal(Vec3(normals[i * 3], normals[i * 3 + 1], normals[i * 3 + 2]));
            if (!tangents.empty())
                v.tangent =
                    pack_tangent(Vec4(tangents[i * 4], tangents[i * 4 + 1], tangents[i * 4 + 2], tangents[i * 4 + 3]));
        }
        geometry_.has_tangents = !tangents.empty();
    }

    void read_colors_and_texcoords() {
        const std::vector<float> uv0 = values<float>(kUv0, 2, 2), uv1 = values<float>(kUv1, 2, 2);
        const std::vector<float> colors = values<float>(kColor, 3, 4);
        if (!r_.ok()) return;
        for (std::size_t i = 0; i < uv0.size() / 2; ++i) geometry_.vertices[i].uv0 = Vec2(uv0[i * 2], uv0[i * 2 + 1]);
        for (std::size_t i = 0; i < uv1.size() / 2; ++i) geometry_.vertices[i].uv1 = Vec2(uv1[i * 2], uv1[i * 2 + 1]);
        const std::size_t width = colors.size() / count_;
        for (std::size_t i = 0; width > 0 && i < count_; ++i)
            geometry_.vertices[i].color = pack_color(&colors[i * width], static_cast<std::uint32_t>(width));
    }

    void read_skin() {
        if (accessor(kJoints) == kNone || accessor(kWeights) == kNone) return;
        if (!r_.ok() || !r_.charge(in_.at, count_, sizeof(SkinVertex))) return;
        const std::vector<std::uint32_t> joints = values<std::uint32_t>(kJoints, 4, 4);
        const std::vector<float> weights = values<float>(kWeights, 4, 4);
        if (!r_.ok()) return;
        geometry_.skin.resize(count_);
        for (std::size_t i = 0; i < count_; ++i) {
            SkinVertex& s = geometry_.skin[i];
            for (std::size_t k = 0; k < 4; ++k) s.joints[k] = static_cast<std::uint16_t>(joints[i * 4 + k] & 0xffff);
            s.weights = normalized_weights(&weights[i * 4], s.joints);
            for (const std::uint16_t j : s.joints)
                built.joint_limit = std::max(built.joint_limit, std::uint32_t{j} + 1);
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
            MorphTarget& morph = geometry_.morphs.emplace_back();
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
        geometry_.indices = std::move(indices);
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
        if (!r_.ok() || !r_.charge(in_.at, geometry_.indices.size() / 3, sizeof(std::uint32_t))) return;
        if (ids.size() != count_)
            return r_.fail(in_.at, Errc::Malformed,
                           "has features that are not what their accessor says in the Draco data");
        std::size_t split = 0;
        for (std::size_t t = 0; t + 2 < geometry_.indices.size(); t += 3) {
            const std::uint32_t a = ids[geometry_.indices[t]], b = ids[geometry_.indices[t + 1]];
            const std::uint32_t c = ids[geometry_.indices[t + 2]];
            split += a != b || b != c ? 1u : 0u;
            // Not by the first corner: who packs a file may turn its triangles.
            const std::uint32_t feature = b == c ? b : a == b || a == c ? a : std::min({a, b, c});
            built.triangle_features.push_back(feature == sources_[kNullFeatureAt] ? kNone : feature);
        }
        if (split * 2 > built.triangle_features.size()) {
            r_.report(in_.at, "is left whole: its features are those of vertices, not of triangles");
            built.triangle_features.clear();
        } else if (split > 0) {
            r_.report(in_.at, formatted("has {} triangles whose corners are of several features; two of three count, "
                                        "else the lowest",
                                        split));
        }
    }

    Geometry& geometry_ = built.geometry;
    Reader& r_;
    const Object& in_;
    Object attributes_;
    const Sources& sources_;
    std::uint32_t count_ = 0;
    std::shared_ptr<const DracoMesh> draco_;
};

} // namespace

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

std::optional<BuiltGeometry> build_geometry(const Object& primitive, const Sources& sources) {
    GeometryBuilder builder(primitive, sources);
    if (!builder.build()) return std::nullopt;
    return std::move(builder.built);
}

} // namespace pw::scene::gltf
