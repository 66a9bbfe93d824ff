// SPDX-License-Identifier: Apache-2.0
#include "registration/marker_pose.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>

namespace pw::registration {
namespace {

constexpr double kSame = 0.01;         // of two poses, squared, in standard deviations
constexpr std::size_t kMostStarts = 8; // markers whose own poses are tried as beginnings, the largest first

std::array<DVec3, 4> corners_of(double size_m) {
    const double h = 0.5 * size_m;
    return {{{-h, -h, 0.0}, {h, -h, 0.0}, {h, h, 0.0}, {-h, h, 0.0}}};
}

double area_of(const std::array<glm::dvec2, 4>& q) {
    const glm::dvec2 a = q[2] - q[0], b = q[3] - q[1];
    return 0.5 * std::abs(a.x * b.y - a.y * b.x);
}

// From the unit square to a quadrilateral: Heckbert 1989, "Fundamentals of texture mapping and image warping", 2.2.3.
std::optional<glm::dmat3> square_to(const std::array<glm::dvec2, 4>& q) {
    const glm::dvec2 s = q[0] - q[1] + q[2] - q[3], d1 = q[1] - q[2], d2 = q[3] - q[2];
    const double below = d1.x * d2.y - d2.x * d1.y;
    if (!(std::abs(below) > 1e-12)) return std::nullopt;
    const double g = (s.x * d2.y - d2.x * s.y) / below, h = (d1.x * s.y - s.x * d1.y) / below;
    const glm::dvec2 u = q[1] - q[0] + g * q[1], v = q[3] - q[0] + h * q[3];
    return glm::dmat3(u.x, u.y, g, v.x, v.y, h, q[0].x, q[0].y, 1.0);
}

// A first camera_from_marker, of the homography's columns; nothing for corners that no marker's face can show.
std::optional<Rigid> first_pose(const Intrinsics& lens, const SeenMarker& seen) {
    std::array<glm::dvec2, 4> directions{};
    for (std::size_t i = 0; i < 4; ++i) {
        const auto d = direction_at(lens, seen.corners.at(i));
        if (!d) return std::nullopt;
        directions.at(i) = *d;
    }
    const auto h = square_to(directions);
    if (!h) return std::nullopt;
    DVec3 right = (*h)[0] / seen.marker.size_m, up = (*h)[1] / seen.marker.size_m;
    DVec3 middle = *h * DVec3(0.5, 0.5, 1.0);
    const double scale = std::sqrt(glm::length(right) * glm::length(up));
    if (!(scale > 1e-12)) return std::nullopt;
    middle /= middle.z < 0.0 ? -scale : scale;
    right = glm::normalize(right), up = glm::normalize(up);
    const DVec3 sum = right + up, apart = right - up;
    if (!(glm::length(sum) > 1e-6 && glm::length(apart) > 1e-6)) return std::nullopt;
    right = glm::normalize(glm::normalize(sum) + glm::normalize(apart));
    up = glm::normalize(glm::normalize(sum) - glm::normalize(apart));
    const DVec3 out = glm::cross(right, up);
    if (glm::dot(out, middle) >= 0.0) return std::nullopt; // its back
    return Rigid{middle, glm::normalize(glm::quat_cast(glm::dmat3(right, up, out)))};
}

// Nearly the same picture: the marker mirrored in the plane across the line of sight (Schweighofer & Pinz 2006).
Rigid mirrored(const Rigid& camera_from_marker) {
    const DVec3 sight = glm::normalize(camera_from_marker.translation);
    const auto across = [&](const DVec3& v) { return v - 2.0 * glm::dot(sight, v) * sight; };
    const glm::dmat3 r = glm::mat3_cast(camera_from_marker.rotation);
    const DVec3 right = across(r[0]), up = across(r[1]);
    return {camera_from_marker.translation,
            glm::normalize(glm::quat_cast(glm::dmat3(right, up, glm::cross(right, up))))};
}

struct Normal { // equations of least squares, in pixels
    Mat6 information;
    Vec6 pull;
    double squares = 0.0;
};

std::optional<Normal> normal_equations(const Intrinsics& lens, std::span<const Corner> corners, const Estimate& at) {
    Normal out;
    const DVec3 pivot = at.place * at.pivot_m;
    for (const Corner& c : corners) {
        const DVec3 p = at.place * c.asset_m, arm = p - pivot;
        const auto pixel = project(lens, p);
        if (!pixel) return std::nullopt;
        const Matrix<2, 3> slope = projection_slope(lens, p);
        const glm::dvec2 off = c.pixel - *pixel;
        for (std::size_t row = 0; row < 2; ++row) {
            const DVec3 s(slope(row, 0), slope(row, 1), slope(row, 2)), turn = glm::cross(arm, s); // s·(θ × arm)
            const std::array<double, 6> j{turn.x, turn.y, turn.z, s.x, s.y, s.z};
            const double r = row == 0 ? off.x : off.y;
            out.squares += r * r;
            for (std::size_t i = 0; i < 6; ++i) {
                out.pull(i, 0) += j.at(i) * r;
                for (std::size_t k = 0; k < 6; ++k) out.information(i, k) += j.at(i) * j.at(k);
            }
        }
    }
    return out;
}

// What may move.
enum class Free : std::uint8_t { All, Shift };

// Levenberg and Marquardt.
std::optional<PoseCandidate> refined(const Intrinsics& lens, std::span<const Corner> corners, Estimate at, double sd,
                                     Free free = Free::All) {
    std::optional<Normal> now = normal_equations(lens, corners, at);
    if (!now) return std::nullopt;
    double damping = 1e-3;
    for (int step = 0; step < 100 && damping < 1e12; ++step) {
        Mat6 damped = now->information;
        for (std::size_t i = 0; i < 6; ++i) damped(i, i) *= free == Free::Shift && i < 3 ? 1e12 : 1.0 + damping;
        const auto move = solve(damped, now->pull);
        if (!move) return std::nullopt;
        Estimate next = at;
        next.place = moved_by(at, *move);
        const auto then = normal_equations(lens, corners, next);
        if (!then || then->squares > now->squares) {
            damping *= 10.0;
            continue;
        }
        const double gain = now->squares - then->squares;
        at = next;
        now = then;
        damping = std::max(damping * 0.1, 1e-12);
        if (gain <= 1e-14 * now->squares + 1e-20) break;
    }
    const auto covariance = inverse_of(now->information);
    if (!covariance) return std::nullopt;
    at.covariance = *covariance * (sd * sd);
    return PoseCandidate{at, now->squares / (sd * sd)};
}

} // namespace

std::vector<PoseCandidate> poses_of(const Intrinsics& lens, std::span<const SeenMarker> seen, double corner_sd_px) {
    std::vector<Corner> corners;
    DVec3 pivot(0.0);
    for (const SeenMarker& s : seen) {
        pivot += s.marker.asset_from_marker.translation / static_cast<double>(seen.size());
        const std::array<DVec3, 4> own = corners_of(s.marker.size_m);
        for (std::size_t i = 0; i < 4; ++i)
            corners.push_back({s.marker.asset_from_marker * own.at(i), s.corners.at(i)});
    }
    std::vector<const SeenMarker*> largest;
    for (const SeenMarker& s : seen) largest.push_back(&s);
    std::ranges::stable_sort(largest, std::greater(), [](const SeenMarker* s) { return area_of(s->corners); });
    largest.resize(std::min(largest.size(), kMostStarts));

    std::vector<PoseCandidate> out;
    const auto add = [&](const PoseCandidate& candidate, double apart) {
        const auto same = [&](const PoseCandidate& known) {
            const Vec6 offset = difference(known.camera_from_asset, candidate.camera_from_asset.place);
            return mahalanobis2(offset, known.camera_from_asset.covariance) < apart;
        };
        const bool is_new = std::ranges::none_of(out, same);
        if (is_new) out.push_back(candidate);
        return is_new;
    };
    for (const SeenMarker* s : largest) {
        const auto first = first_pose(lens, *s);
        if (!first) continue;
        const Rigid marker_from_asset = inverse(s->marker.asset_from_marker);
        const auto begin = [&](const Rigid& camera_from_marker) {
            return Estimate{.place = camera_from_marker * marker_from_asset, .pivot_m = pivot};
        };
        const auto best = refined(lens, corners, begin(*first), corner_sd_px);
        if (!best) continue;
        add(*best, kSame);
        // Near a straight view noise can take away the mirrored pose's minimum and leave it as likely as it was.
        const Estimate across = begin(mirrored(best->camera_from_asset.place * s->marker.asset_from_marker));
        const auto other = refined(lens, corners, across, corner_sd_px);
        if (other && add(*other, kSame)) continue;
        const auto held = refined(lens, corners, across, corner_sd_px, Free::Shift);
        if (held) add(*held, chi2_limit(6));
    }
    std::ranges::stable_sort(out, {}, &PoseCandidate::chi2);
    if (out.size() > 2) out.resize(2);
    return out;
}

} // namespace pw::registration
