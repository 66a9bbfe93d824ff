#pragma once
// SPDX-License-Identifier: Apache-2.0
// The mathematics of the project: right-handed, Y up, metres, radians, as glTF. World positions are doubles; what is
// near (a mesh, a rotation) is float. Transforms are named world_from_node and chain left to right.

#include <glm/ext/quaternion_float.hpp>
#include <glm/ext/vector_double3.hpp>
#include <glm/ext/vector_float2.hpp>
#include <glm/ext/vector_float3.hpp>
#include <glm/ext/vector_float4.hpp>
#include <glm/mat3x3.hpp>
#include <glm/mat4x4.hpp>

#include <limits>

namespace pw {

using Vec2 = glm::vec2;
using Vec3 = glm::vec3;
using Vec4 = glm::vec4;
using DVec3 = glm::dvec3;
using Quat = glm::quat; // glm order in constructors: w, x, y, z
using Mat3 = glm::mat3;
using Mat4 = glm::mat4;

inline constexpr Quat kNoRotation{1.f, 0.f, 0.f, 0.f};

// Translation, rotation, scale as a glTF node declares them.
struct Transform {
    DVec3 translation{0.0};
    Quat rotation = kNoRotation;
    Vec3 scale{1.f};
};

// An affine map: p ↦ linear·p + translation. What a node's place in the world is kept as.
struct Affine {
    DVec3 translation{0.0};
    Mat3 linear{1.f};
};

// A rigid place: where something is and how it is turned.
struct Pose {
    DVec3 position{0.0};
    Quat orientation = kNoRotation;
};

struct Ray {
    DVec3 origin{0.0};
    Vec3 direction{0.f, 0.f, -1.f}; // unit length
};

// Empty when constructed: min > max.
struct Aabb {
    Vec3 min{std::numeric_limits<float>::max()};
    Vec3 max{std::numeric_limits<float>::lowest()};
    bool empty() const { return min.x > max.x; }
};

struct DAabb {
    DVec3 min{std::numeric_limits<double>::max()};
    DVec3 max{std::numeric_limits<double>::lowest()};
    bool empty() const { return min.x > max.x; }
};

Affine to_affine(const Transform& t);
Affine to_affine(const Pose& p);
Affine operator*(const Affine& a, const Affine& b); // apply b, then a
DVec3 transform_point(const Affine& a, const DVec3& p);
Affine inverse(const Affine& a); // a.linear must be invertible
Pose operator*(const Pose& a, const Pose& b);
Pose inverse(const Pose& p);

void grow(Aabb& box, const Vec3& p);
void grow(DAabb& box, const DVec3& p);
void grow(DAabb& box, const DAabb& other);
DAabb transform_box(const Affine& a, const Aabb& box);

// The orientation that looks along `direction` (−Z forward) with `up` as near to +Y as it gets.
Quat look_rotation(const Vec3& direction, const Vec3& up = {0.f, 1.f, 0.f});

} // namespace pw
