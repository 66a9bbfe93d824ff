#pragma once
// SPDX-License-Identifier: Apache-2.0
// Inside the reader of meshes: what makes a geometry, and making it.

#include "scene/gltf_internal.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace pw::scene::gltf {

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

struct BuiltGeometry {
    Geometry geometry;
    std::uint32_t joint_limit = 0;                // its joints are below this
    std::vector<std::uint32_t> triangle_features; // as Reader's
};
// Of a primitive. Nothing: its reader has failed, or has no bytes left for it.
std::optional<BuiltGeometry> build_geometry(const Object& primitive, const Sources& sources);

// The set of features that parts are made of: the first by vertex, one with a property table before one without.
Json feature_set(const Object& primitive);

} // namespace pw::scene::gltf
