// SPDX-License-Identifier: Apache-2.0
#include "registration/points_fit.h"

#include "base/assert.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <cmath>

namespace pw::registration {
namespace {

// Beyond this a first-order covariance says nothing any more.
constexpr double kMostTurnVariance = 0.1 * 0.1; // rad²

struct Centred {
    DVec3 asset_middle{0.0}, world_middle{0.0};
    std::vector<DVec3> asset, world; // from there
    std::vector<double> weights;     // 1 / variance
};

Centred centred(std::span<const PointPair> pairs) {
    Centred out;
    double sum = 0.0;
    // From the first point on: far from the origin the sum of the points themselves would lose the millimetres.
    for (const PointPair& p : pairs) {
        const double w = 1.0 / (p.sd_m * p.sd_m);
        out.weights.push_back(w);
        sum += w;
        out.asset_middle += w * (p.asset_m - pairs[0].asset_m);
        out.world_middle += w * (p.world_m - pairs[0].world_m);
    }
    out.asset_middle = pairs[0].asset_m + out.asset_middle / sum;
    out.world_middle = pairs[0].world_m + out.world_middle / sum;
    for (const PointPair& p : pairs) {
        out.asset.push_back(p.asset_m - out.asset_middle);
        out.world.push_back(p.world_m - out.world_middle);
    }
    return out;
}

// Horn 1987, "Closed-form solution of absolute orientation using unit quaternions", section 4.A: the eigenvector of the
// largest eigenvalue.
glm::dquat horn_rotation(const Centred& c) {
    glm::dmat3 s(0.0); // s[j][i] = Σ w aᵢ wⱼ
    for (std::size_t i = 0; i < c.asset.size(); ++i) s += c.weights[i] * glm::outerProduct(c.asset[i], c.world[i]);
    const double xx = s[0][0], xy = s[1][0], xz = s[2][0], yx = s[0][1], yy = s[1][1], yz = s[2][1], zx = s[0][2],
                 zy = s[1][2], zz = s[2][2];
    const Matrix<4, 4> n{{xx + yy + zz, yz - zy, zx - xz, xy - yx,  //
                          yz - zy, xx - yy - zz, xy + yx, zx + xz,  //
                          zx - xz, xy + yx, -xx + yy - zz, yz + zy, //
                          xy - yx, zx + xz, yz + zy, -xx - yy + zz}};
    const Matrix<4, 4> v = eigen_of(n).vectors;
    return glm::normalize(glm::dquat(v(0, 3), v(1, 3), v(2, 3), v(3, 3)));
}

// The rotation about +Y alone that brings the points nearest.
glm::dquat yaw_rotation(const Centred& c) {
    double sine = 0.0, cosine = 0.0;
    for (std::size_t i = 0; i < c.asset.size(); ++i) {
        const DVec3 &a = c.asset[i], &w = c.world[i];
        cosine += c.weights[i] * (a.x * w.x + a.z * w.z);
        sine += c.weights[i] * (a.z * w.x - a.x * w.z);
    }
    return turned_by({0.0, std::atan2(sine, cosine), 0.0});
}

// What points at these arms from their weighted middle, and the vertical, tell about the rotation: Σ w (|x|²·1 − x·xᵀ).
Matrix<3, 3> turn_information(std::span<const DVec3> arms, const Centred& c, const PointOptions& options) {
    Matrix<3, 3> out;
    for (std::size_t i = 0; i < arms.size(); ++i) {
        const DVec3& x = arms[i];
        const double square = glm::dot(x, x);
        for (std::size_t r = 0; r < 3; ++r)
            for (std::size_t k = 0; k < 3; ++k)
                out(r, k) += c.weights[i] * ((r == k ? square : 0.0) - x[static_cast<int>(r)] * x[static_cast<int>(k)]);
    }
    if (options.vertical_sd_rad)
        for (const std::size_t i : {0u, 2u}) out(i, i) += 1.0 / (*options.vertical_sd_rad * *options.vertical_sd_rad);
    return out;
}

std::optional<Degenerate> degenerate(const Matrix<3, 3>& information, const PointOptions& options) {
    const Eigen<3> e = eigen_of(information);
    if (e.values[0] * kMostTurnVariance >= 1.0) return std::nullopt;
    if (options.vertical_sd_rad) return Degenerate::Vertical;
    return e.values[1] * kMostTurnVariance < 1.0 ? Degenerate::Coincident : Degenerate::Collinear;
}

// With the vertical as one more measurement, by Gauss and Newton from the upright rotation on.
glm::dquat upright_rotation(const Centred& c, const PointOptions& options) {
    glm::dquat rotation = yaw_rotation(c);
    const double weight = 1.0 / (*options.vertical_sd_rad * *options.vertical_sd_rad);
    std::vector<DVec3> arms(c.asset.size());
    for (int step = 0; step < 20; ++step) {
        const DVec3 up = rotation * DVec3(0.0, 1.0, 0.0); // tilted by θ: (−θz, 1, θx)
        DVec3 pull = weight * DVec3(-up.z, 0.0, up.x);
        for (std::size_t i = 0; i < arms.size(); ++i) {
            arms[i] = rotation * c.asset[i];
            pull += c.weights[i] * glm::cross(arms[i], c.world[i]);
        }
        const auto move = solve(turn_information(arms, c, options), Matrix<3, 1>{{pull.x, pull.y, pull.z}});
        if (!move) break;
        const DVec3 turn((*move)(0, 0), (*move)(1, 0), (*move)(2, 0));
        rotation = glm::normalize(turned_by(turn) * rotation);
        if (glm::length(turn) < 1e-14) break;
    }
    return rotation;
}

} // namespace

std::expected<Fit, NoFit> fit_points(std::span<const PointPair> pairs, const PointOptions& options) {
    PW_ASSERT(pairs.size() >= least_pairs(options), "enough pairs for a fit");
    const Centred c = centred(pairs);
    if (const auto why = degenerate(turn_information(c.world, c, options), options))
        return std::unexpected(NoFit{*why, /* in_world= */ true});
    const glm::dquat rotation = options.vertical_sd_rad ? upright_rotation(c, options) : horn_rotation(c);

    std::vector<DVec3> arms;
    for (const DVec3& a : c.asset) arms.push_back(rotation * a);
    const Matrix<3, 3> information = turn_information(arms, c, options);
    if (const auto why = degenerate(information, options)) return std::unexpected(NoFit{*why});
    const auto turn_covariance = inverse_of(information);
    if (!turn_covariance) return std::unexpected(NoFit{Degenerate::Collinear});

    Fit out;
    out.estimate.place = {c.world_middle - rotation * c.asset_middle, rotation};
    out.estimate.pivot_m = c.asset_middle;
    double weight = 0.0, along = 0.0, square = 0.0, other = 0.0;
    for (std::size_t i = 0; i < arms.size(); ++i) {
        weight += c.weights[i];
        along += c.weights[i] * glm::dot(arms[i], c.world[i]);
        square += c.weights[i] * glm::dot(arms[i], arms[i]);
        const DVec3 r = c.world[i] - arms[i];
        out.chi2 += c.weights[i] * glm::dot(r, r);
    }
    // About the weighted middle turn and shift are independent.
    for (std::size_t r = 0; r < 3; ++r) {
        for (std::size_t k = 0; k < 3; ++k) out.estimate.covariance(r, k) = (*turn_covariance)(r, k);
        out.estimate.covariance(r + 3, r + 3) = 1.0 / weight;
    }
    out.scale = along / square; // Umeyama 1991, (42)
    out.scale_sd = 1.0 / std::sqrt(square);
    for (std::size_t i = 0; i < arms.size(); ++i) {
        const DVec3 r = c.world[i] - out.scale * arms[i];
        other += c.weights[i] * glm::dot(r, r);
    }
    out.chi2_scaled = other;
    out.degrees = 3 * static_cast<int>(pairs.size()) - 6;
    if (options.vertical_sd_rad) {
        const DVec3 up = rotation * DVec3(0.0, 1.0, 0.0);
        out.chi2 += (up.x * up.x + up.z * up.z) / (*options.vertical_sd_rad * *options.vertical_sd_rad);
        out.degrees += 2;
    }
    return out;
}

} // namespace pw::registration
