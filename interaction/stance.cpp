// SPDX-License-Identifier: Apache-2.0
#include "interaction/stance.h"

#include "base/assert.h"

#include <glm/ext/quaternion_common.hpp>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pw::interaction {

namespace {

Quat yaw_rotation(double rad) {
    return {static_cast<float>(std::cos(rad * 0.5)), 0.f, static_cast<float>(std::sin(rad * 0.5)), 0.f};
}

DVec3 floor_point(const DVec3& p) { return {p.x, 0.0, p.z}; }

DVec3 turned(const Stance& s, const DVec3& v) { return s.tilt * interaction::turned(s.yaw_rad, v); }
DVec3 turned_back(const Stance& s, const DVec3& v) {
    return interaction::turned(-s.yaw_rad, glm::conjugate(s.tilt) * v);
}
Quat rotation(const Stance& s) { return Quat(s.tilt) * yaw_rotation(s.yaw_rad); }

// Where the origin's floor point is when the point above or below `at` stands on `feet`.
DVec3 position_for(const Stance& s, const DVec3& at, const DVec3& feet) {
    return feet - turned(s, floor_point(at)) * s.scale;
}

} // namespace

DVec3 turned(double yaw_rad, const DVec3& v) {
    const double c = std::cos(yaw_rad), s = std::sin(yaw_rad);
    return {c * v.x + s * v.z, v.y, c * v.z - s * v.x};
}

DVec3 to_world(const Stance& s, const DVec3& origin_point) {
    return s.position + turned(s, origin_point + DVec3(0.0, s.lift_m, 0.0)) * s.scale;
}

DVec3 to_origin(const Stance& s, const DVec3& world_point) {
    PW_ASSERT(s.scale > 0.0, "a stance has a size");
    return turned_back(s, world_point - s.position) / s.scale - DVec3(0.0, s.lift_m, 0.0);
}

Pose to_world(const Stance& s, const Pose& origin_from_x) {
    return {to_world(s, origin_from_x.position), glm::normalize(rotation(s) * origin_from_x.orientation)};
}

Pose to_origin(const Stance& s, const Pose& world_from_x) {
    return {to_origin(s, world_from_x.position),
            glm::normalize(glm::conjugate(rotation(s)) * world_from_x.orientation)};
}

Ray to_world(const Stance& s, const Ray& origin_ray) {
    return {to_world(s, origin_ray.origin), Vec3(turned(s, DVec3(origin_ray.direction)))};
}

Ray to_origin(const Stance& s, const Ray& world_ray) {
    return {to_origin(s, world_ray.origin), Vec3(turned_back(s, DVec3(world_ray.direction)))};
}

// The turn about the vertical that leaves the least tilt (swing and twist).
Stance stance_at(const DVec3& world_position, const glm::dquat& world_from_origin) {
    Stance out{.position = world_position};
    out.yaw_rad = wrapped(2.0 * std::atan2(world_from_origin.y, world_from_origin.w));
    const glm::dquat yaw(std::cos(out.yaw_rad * 0.5), 0.0, std::sin(out.yaw_rad * 0.5), 0.0);
    out.tilt = glm::normalize(world_from_origin * glm::conjugate(yaw));
    return out;
}

bool tilted(const Stance& s) { return s.tilt.x != 0.0 || s.tilt.y != 0.0 || s.tilt.z != 0.0; }

Stance levelled(const Stance& s, const Pose& origin_from_head) {
    Stance out = s;
    out.tilt = {1.0, 0.0, 0.0, 0.0};
    out.position = position_for(out, origin_from_head.position, feet(s, origin_from_head));
    return out;
}

double yaw_of(const Quat& orientation) {
    const Vec3 forward = orientation * Vec3(0.f, 0.f, -1.f), up = orientation * Vec3(0.f, 1.f, 0.f);
    // Looking straight down, the top of the head points forward, and looking up, back.
    const float t = std::clamp((std::abs(forward.y) - 0.95f) / 0.045f, 0.f, 1.f), steep = t * t * (3.f - 2.f * t);
    const auto from_above = [](const Vec3& v) { return Vec2(v.x, v.z) / std::max(std::hypot(v.x, v.z), 1e-12f); };
    const Vec2 top = from_above(up) * (forward.y < 0.f ? steep : -steep);
    const glm::dvec2 ahead(from_above(forward) * (1.f - steep) + top);
    return std::atan2(-ahead.x, -ahead.y);
}

double wrapped(double rad) {
    const double turn = std::remainder(rad, 2.0 * std::numbers::pi);
    return turn <= -std::numbers::pi ? std::numbers::pi : turn;
}

DVec3 feet(const Stance& s, const Pose& origin_from_head) {
    return s.position + turned(s, floor_point(origin_from_head.position)) * s.scale;
}

double looking(const Stance& s, const Pose& origin_from_head) {
    return wrapped(s.yaw_rad + yaw_of(origin_from_head.orientation));
}

Stance stand(const Stance& s, const Pose& origin_from_head, const DVec3& feet, double yaw_rad) {
    Stance out = s;
    out.yaw_rad = wrapped(yaw_rad - yaw_of(origin_from_head.orientation));
    out.position = position_for(out, origin_from_head.position, feet);
    return out;
}

Stance move_feet(const Stance& s, const Pose& origin_from_head, const DVec3& feet) {
    Stance out = s;
    out.position = position_for(s, origin_from_head.position, feet);
    return out;
}

Stance turn(const Stance& s, const Pose& origin_from_head, double rad) {
    Stance out = s;
    out.yaw_rad = wrapped(s.yaw_rad + rad);
    out.position = position_for(out, origin_from_head.position, feet(s, origin_from_head));
    return out;
}

Stance recentre(const Stance& s, const Pose& origin_from_head) {
    return stand(s, origin_from_head, s.position, s.yaw_rad);
}

Stance keep_head(const Stance& s, const Pose& old_origin_from_head, const Pose& origin_from_head) {
    return stand(s, origin_from_head, feet(s, old_origin_from_head), looking(s, old_origin_from_head));
}

double lift_to(const Pose& origin_from_head, double eye_height_m) { return eye_height_m - origin_from_head.position.y; }

Stance rescale(const Stance& s, const Pose& origin_from_head, double scale) {
    PW_ASSERT(scale > 0.0, "a stance has a size");
    const DVec3 ahead = turned(yaw_of(origin_from_head.orientation), {0.0, 0.0, -kTableAhead_m});
    const DVec3 on_table = floor_point(origin_from_head.position) + ahead + DVec3(0.0, kTable_m, 0.0);
    const DVec3 subject = s.scale == 1.0 ? feet(s, origin_from_head) : to_world(s, on_table);
    Stance out = s;
    out.scale = scale;
    if (scale == 1.0) return move_feet(out, origin_from_head, subject);
    out.position = {};
    out.position = subject - to_world(out, on_table);
    return out;
}

} // namespace pw::interaction
