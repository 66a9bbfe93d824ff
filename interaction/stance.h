#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where the user's space stands in the world. Input is in that space ("origin": on the floor, −Z forward, metres of the
// user); a stance is the similarity that takes it to the world, turned about the vertical only, but for AR. Every
// function is pure and gives a new stance; none moves anybody who did not ask for it. In doubles: 1e-6 m hold at 100 km
// and 1 : 100.

#include "base/math.h"

#include <glm/ext/quaternion_double.hpp>

namespace pw::interaction {

struct Stance {
    DVec3 position{0.0};  // of the origin's floor point, in the world
    double yaw_rad = 0.0; // 0: forward is −Z, counter-clockwise from above
    double scale = 1.0;   // world metres in a metre of the user: 100 shows the hall as a model of 1 : 100
    double lift_m = 0.0; // the user's space is held so far above its floor point, in metres of the user: for the seated
    // Turns the level space about its floor point: nothing, but where the world is laid on a real machine that stands
    // a little aslant (AR).
    glm::dquat tilt{1.0, 0.0, 0.0, 0.0}; // w, x, y, z
};

// The user's space lies exactly so in the world, at 1 : 1.
Stance stance_at(const DVec3& world_position, const glm::dquat& world_from_origin);
bool tilted(const Stance& s);
Stance levelled(const Stance& s, const Pose& origin_from_head); // without its tilt; the feet stay

DVec3 to_world(const Stance& s, const DVec3& origin_point);
DVec3 to_origin(const Stance& s, const DVec3& world_point);
Pose to_world(const Stance& s, const Pose& origin_from_x); // turned, and its position scaled
Pose to_origin(const Stance& s, const Pose& world_from_x);
Ray to_world(const Stance& s, const Ray& origin_ray);
Ray to_origin(const Stance& s, const Ray& world_ray);
DVec3 turned(double yaw_rad, const DVec3& v); // about +Y, counter-clockwise from above

// Where something looks, seen from above, as Stance::yaw_rad. Holds when it looks straight up or down.
double yaw_of(const Quat& orientation);
double wrapped(double rad); // into (−π, π]

DVec3 feet(const Stance& s, const Pose& origin_from_head);     // the floor point below the head, in the world
double looking(const Stance& s, const Pose& origin_from_head); // the head's yaw in the world

// The head's floor point on `feet`, the head looking along `yaw_rad`, wherever in their space the user stands.
Stance stand(const Stance& s, const Pose& origin_from_head, const DVec3& feet, double yaw_rad);
Stance move_feet(const Stance& s, const Pose& origin_from_head, const DVec3& feet); // looking as before
Stance turn(const Stance& s, const Pose& origin_from_head, double rad);             // about the head, not the origin
// The user stands in the middle of their space again, looking along its forward: what "recentre" asks for.
Stance recentre(const Stance& s, const Pose& origin_from_head);
// The origin took another place below the user (xr::Input::recentred): the head stays above
// the same floor point in the world, looking the same way.
Stance keep_head(const Stance& s, const Pose& old_origin_from_head, const Pose& origin_from_head);
// The lift that brings a head to `eye_height_m`: of a person who sits, to a standing one's height.
double lift_to(const Pose& origin_from_head, double eye_height_m);
// World metres in a metre of the user become `scale`. A model stands as on a table: the point that the user stood on
// lies `kTableAhead_m` before their head and `kTable_m` above their real floor. It stays so from one scale to another,
// and at full size they stand on it, at its height.
inline constexpr double kTable_m = 0.75, kTableAhead_m = 0.6;
Stance rescale(const Stance& s, const Pose& origin_from_head, double scale);

} // namespace pw::interaction
