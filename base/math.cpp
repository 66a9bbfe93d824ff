// SPDX-License-Identifier: Apache-2.0
#include "base/math.h"

#include "base/assert.h"

#include <glm/common.hpp>
#include <glm/ext/quaternion_common.hpp>
#include <glm/ext/quaternion_geometric.hpp>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/matrix.hpp>

#include <cmath>

namespace pw {

Affine to_affine(const Transform& t) {
    Mat3 linear = glm::mat3_cast(t.rotation);
    linear[0] *= t.scale.x;
    linear[1] *= t.scale.y;
    linear[2] *= t.scale.z;
    return {t.translation, linear};
}

Affine to_affine(const Pose& p) { return {p.position, glm::mat3_cast(p.orientation)}; }

Affine operator*(const Affine& a, const Affine& b) { return {transform_point(a, b.translation), a.linear * b.linear}; }

DVec3 transform_point(const Affine& a, const DVec3& p) {
    const Mat3& m = a.linear;
    return a.translation + DVec3(m[0]) * p.x + DVec3(m[1]) * p.y + DVec3(m[2]) * p.z;
}

Affine inverse(const Affine& a) {
    Affine out;
    out.linear = glm::inverse(a.linear);
    const glm::dmat3 linear(out.linear);
    out.translation = -(linear * a.translation);
    return out;
}

Pose operator*(const Pose& a, const Pose& b) {
    return {a.position + glm::dquat(a.orientation) * b.position, glm::normalize(a.orientation * b.orientation)};
}

Pose inverse(const Pose& p) {
    const Quat turned = glm::conjugate(p.orientation);
    return {-(glm::dquat(turned) * p.position), turned};
}

void grow(Aabb& box, const Vec3& p) {
    box.min = glm::min(box.min, p);
    box.max = glm::max(box.max, p);
}

void grow(DAabb& box, const DVec3& p) {
    box.min = glm::min(box.min, p);
    box.max = glm::max(box.max, p);
}

void grow(DAabb& box, const DAabb& other) {
    if (other.empty()) return;
    grow(box, other.min);
    grow(box, other.max);
}

// Arvo 1990, "Transforming axis-aligned bounding boxes".
DAabb transform_box(const Affine& a, const Aabb& box) {
    DAabb out;
    if (box.empty()) return out;
    out.min = out.max = a.translation;
    for (int column = 0; column < 3; ++column) {
        const DVec3 one = DVec3(a.linear[column]) * static_cast<double>(box.min[column]);
        const DVec3 two = DVec3(a.linear[column]) * static_cast<double>(box.max[column]);
        out.min += glm::min(one, two);
        out.max += glm::max(one, two);
    }
    return out;
}

Quat look_rotation(const Vec3& direction, const Vec3& up) {
    const Vec3 back = -glm::normalize(direction);
    Vec3 right = glm::cross(up, back);
    if (glm::dot(right, right) < 1e-12f)
        right = glm::cross(std::abs(back.y) > 0.9f ? Vec3(0, 0, -1) : Vec3(0, 1, 0), back);
    right = glm::normalize(right);
    return glm::normalize(glm::quat_cast(Mat3(right, glm::cross(back, right), back)));
}

} // namespace pw
