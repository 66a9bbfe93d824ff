#pragma once
// SPDX-License-Identifier: Apache-2.0
// A rigid place that was measured, and how well it is known: docs/registration.md has the formulas. Plain data and pure
// functions; any thread. World: right-handed, Y up, metres.

#include "base/math.h"
#include "registration/linear.h"

#include <glm/ext/quaternion_double.hpp>

#include <optional>
#include <span>

namespace pw::registration {

// As Pose, in doubles throughout: a float's rotation is 6 cm wrong a million metres away.
struct Rigid {
    DVec3 translation{0.0};
    glm::dquat rotation{1.0, 0.0, 0.0, 0.0}; // w, x, y, z
};

Rigid operator*(const Rigid& a, const Rigid& b); // apply b, then a
DVec3 operator*(const Rigid& a, const DVec3& p);
Rigid inverse(const Rigid& a);
Rigid to_rigid(const Pose& p);
// The place of a frame that is parallel to the asset's and stands at `at_m` in it. Drawn from there, what is near has
// float's exactness wherever the asset's origin is.
Pose pose_at(const Rigid& a, const DVec3& at_m);
glm::dquat turned_by(const DVec3& rotation_vector); // radians about its own direction
DVec3 rotation_vector(const glm::dquat& q);         // the inverse; at most π long

// `place` maps a point p of the asset to the world (or of any frame to any other). The truth is taken to be near it:
//     true(p) = place(p) + shift + turn × (place(p) − place(pivot_m))        (first order)
// with (turn, shift) normal, of mean 0 and this covariance, in that order, in the axes of the world: rad², rad·m, m².
struct Estimate {
    Rigid place;
    DVec3 pivot_m{0.0}; // in the asset: near what was measured, so that turn and shift are nearly independent
    Mat6 covariance;
};

// What one adds to `estimate` to arrive at `other`: (turn, shift) as above.
Vec6 difference(const Estimate& estimate, const Rigid& other);
Rigid moved_by(const Estimate& estimate, const Vec6& turn_and_shift);
double mahalanobis2(const Vec6& difference, const Mat6& covariance); // infinite for a singular covariance

Estimate about(const Estimate& estimate, const DVec3& pivot_m); // the same knowledge with another pivot
// Both errors are taken to be independent.
Estimate operator*(const Estimate& a, const Estimate& b);
Estimate inverse(const Estimate& estimate);
// Exactly known; or with independent errors of these standard deviations along, and about, each axis.
Estimate known(const Rigid& place, double shift_sd_m = 0.0, double turn_sd_rad = 0.0);

struct PointError {
    double rms_m = 0.0;     // the root of the expected squared distance (Fitzpatrick & West: target registration error)
    double bound95_m = 0.0; // the true point is no farther away in 95 of 100 cases
};
PointError error_at(const Estimate& estimate, const DVec3& point_m);

// The covariance for people: standard deviations at the pivot, where Y is up.
struct Deviations {
    double level_m = 0.0, height_m = 0.0;  // of the shift: in the worst direction on the floor; up and down
    double turn_rad = 0.0, tilt_rad = 0.0; // about the vertical; about the worst axis on the floor
};
Deviations deviations_of(const Estimate& estimate);

struct Fused {
    Estimate estimate;
    double chi2 = 0.0; // of what was fused against the outcome: about 6 · (count − 1) when they agree
};
// Independent estimates of the same place, weighted by information: Λ = Σ Λᵢ, Λ·x = Σ Λᵢ·xᵢ. Nothing when one of them
// has a singular covariance. At least one.
std::optional<Fused> fuse(std::span<const Estimate> estimates);

// Which χ² of `degrees` is passed by chance once in a thousand (Wilson & Hilferty 1931: within 3 %, on the safe side).
double chi2_limit(int degrees);

} // namespace pw::registration
