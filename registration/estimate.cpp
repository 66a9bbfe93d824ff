// SPDX-License-Identifier: Apache-2.0
#include "registration/estimate.h"

#include "base/assert.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pw::registration {
namespace {

DVec3 turn_of(const Vec6& x) { return {x(0, 0), x(1, 0), x(2, 0)}; }
DVec3 shift_of(const Vec6& x) { return {x(3, 0), x(4, 0), x(5, 0)}; }

// Takes (turn, shift) about one point to (turn, shift) about another that lies `arm` away, in the axes of the world.
Mat6 to_arm(const DVec3& arm) {
    Mat6 j = identity<6>(); // turn × arm
    j(3, 1) = arm.z;
    j(3, 2) = -arm.y;
    j(4, 0) = -arm.z;
    j(4, 2) = arm.x;
    j(5, 0) = arm.y;
    j(5, 1) = -arm.x;
    return j;
}

Mat6 in_axes(const glm::dquat& rotation) {
    const glm::dmat3 r = glm::mat3_cast(rotation);
    Mat6 j;
    for (std::size_t row = 0; row < 3; ++row)
        for (std::size_t column = 0; column < 3; ++column) {
            const double value = r[static_cast<int>(column)][static_cast<int>(row)];
            j(row, column) = value;
            j(row + 3, column + 3) = value;
        }
    return j;
}

Mat6 carried(const Mat6& j, const Mat6& covariance) {
    Mat6 out = j * covariance * transposed(j);
    for (std::size_t r = 0; r < 6; ++r)
        for (std::size_t c = 0; c < r; ++c) out(r, c) = out(c, r) = 0.5 * (out(r, c) + out(c, r));
    return out;
}

} // namespace

Rigid operator*(const Rigid& a, const Rigid& b) { return {a * b.translation, glm::normalize(a.rotation * b.rotation)}; }
DVec3 operator*(const Rigid& a, const DVec3& p) { return a.rotation * p + a.translation; }

Rigid inverse(const Rigid& a) {
    const glm::dquat back = glm::conjugate(a.rotation);
    return {-(back * a.translation), back};
}

Rigid to_rigid(const Pose& p) { return {p.position, glm::normalize(glm::dquat(p.orientation))}; }
Pose pose_at(const Rigid& a, const DVec3& at_m) { return {a * at_m, glm::normalize(Quat(a.rotation))}; }

glm::dquat turned_by(const DVec3& rotation_vector) {
    const double angle = glm::length(rotation_vector);
    const double factor = angle < 1e-8 ? 0.5 : std::sin(0.5 * angle) / angle;
    return {std::cos(0.5 * angle), factor * rotation_vector.x, factor * rotation_vector.y, factor * rotation_vector.z};
}

DVec3 rotation_vector(const glm::dquat& q) {
    const DVec3 v = q.w < 0.0 ? -DVec3(q.x, q.y, q.z) : DVec3(q.x, q.y, q.z);
    const double sine = glm::length(v);
    return v * (sine < 1e-12 ? 2.0 : 2.0 * std::atan2(sine, std::abs(q.w)) / sine);
}

Vec6 difference(const Estimate& estimate, const Rigid& other) {
    const DVec3 turn = rotation_vector(other.rotation * glm::conjugate(estimate.place.rotation));
    const DVec3 shift = other * estimate.pivot_m - estimate.place * estimate.pivot_m;
    return {{turn.x, turn.y, turn.z, shift.x, shift.y, shift.z}};
}

Rigid moved_by(const Estimate& estimate, const Vec6& turn_and_shift) {
    const glm::dquat rotation = glm::normalize(turned_by(turn_of(turn_and_shift)) * estimate.place.rotation);
    return {estimate.place * estimate.pivot_m + shift_of(turn_and_shift) - rotation * estimate.pivot_m, rotation};
}

double mahalanobis2(const Vec6& difference, const Mat6& covariance) {
    const std::optional<Vec6> weighted = solve(covariance, difference);
    return weighted ? (transposed(difference) * *weighted)(0, 0) : std::numeric_limits<double>::infinity();
}

Estimate about(const Estimate& estimate, const DVec3& pivot_m) {
    const DVec3 arm = estimate.place.rotation * (pivot_m - estimate.pivot_m);
    return {estimate.place, pivot_m, carried(to_arm(arm), estimate.covariance)};
}

Estimate operator*(const Estimate& a, const Estimate& b) {
    const Estimate outer = about(a, b.place * b.pivot_m);
    return {a.place * b.place, b.pivot_m, outer.covariance + carried(in_axes(a.place.rotation), b.covariance)};
}

// place⁻¹ of what was moved about place(pivot) is moved the other way, about the pivot.
Estimate inverse(const Estimate& estimate) {
    const Rigid back = inverse(estimate.place);
    return {back, estimate.place * estimate.pivot_m, carried(in_axes(back.rotation), estimate.covariance)};
}

Estimate known(const Rigid& place, double shift_sd_m, double turn_sd_rad) {
    Estimate out{.place = place};
    for (std::size_t i = 0; i < 3; ++i) {
        out.covariance(i, i) = turn_sd_rad * turn_sd_rad;
        out.covariance(i + 3, i + 3) = shift_sd_m * shift_sd_m;
    }
    return out;
}

PointError error_at(const Estimate& estimate, const DVec3& point_m) {
    const Mat6 whole = about(estimate, point_m).covariance;
    Matrix<3, 3> s;
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 3; ++c) s(r, c) = whole(r + 3, c + 3);
    double sum = 0.0, sum2 = 0.0, sum3 = 0.0;
    for (const double v : eigen_of(s).values) {
        const double l = std::max(v, 0.0);
        sum += l;
        sum2 += l * l;
        sum3 += l * l * l;
    }
    if (sum <= 0.0) return {};
    // A weighted sum of χ² by its first three moments (Buckley & Eagleson 1988), exact for 1, 2 or 3 equal axes; the
    // 95 % quantile of χ² for 1 to 3 degrees by a parabola through the three.
    const double degrees = sum2 * sum2 * sum2 / (sum3 * sum3);
    const double quantile = 3.8415 + 2.1500 * (degrees - 1.0) - 0.1634 * (degrees - 1.0) * (degrees - 2.0);
    return {std::sqrt(sum), std::sqrt(sum + (quantile - degrees) * std::sqrt(sum2 / degrees))};
}

Deviations deviations_of(const Estimate& estimate) {
    const Mat6& s = estimate.covariance;
    const auto worst = [&](std::size_t x, std::size_t z) { // the larger eigenvalue of two axes
        const double larger = (s(x, x) + s(z, z)) / 2.0 + std::hypot((s(x, x) - s(z, z)) / 2.0, s(x, z));
        return std::sqrt(larger);
    };
    return {.level_m = worst(3, 5),
            .height_m = std::sqrt(s(4, 4)),
            .turn_rad = std::sqrt(s(1, 1)),
            .tilt_rad = worst(0, 2)};
}

std::optional<Fused> fuse(std::span<const Estimate> estimates) {
    PW_ASSERT(!estimates.empty(), "there is something to fuse");
    Fused out{.estimate = estimates.front()};
    for (int step = 0; step < 8; ++step) {
        Mat6 information;
        Vec6 right;
        out.chi2 = 0.0;
        for (const Estimate& e : estimates) {
            const std::optional<Mat6> own = inverse_of(about(e, out.estimate.pivot_m).covariance);
            if (!own) return std::nullopt;
            const Vec6 offset = difference(out.estimate, e.place);
            const Vec6 pull = *own * offset;
            information += *own;
            right += pull;
            out.chi2 += (transposed(offset) * pull)(0, 0);
        }
        const std::optional<Mat6> covariance = inverse_of(information);
        if (!covariance) return std::nullopt;
        const Vec6 move = *covariance * right;
        out.estimate.covariance = *covariance;
        const double gain = (transposed(move) * right)(0, 0); // what χ² falls by
        out.estimate.place = moved_by(out.estimate, move);
        if (gain < 1e-9) break;
    }
    return out;
}

double chi2_limit(int degrees) {
    const double k = degrees, spread = 2.0 / (9.0 * k), one_in_a_thousand = 3.0902;
    const double root = 1.0 - spread + one_in_a_thousand * std::sqrt(spread);
    return k * root * root * root;
}

} // namespace pw::registration
