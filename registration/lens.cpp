// SPDX-License-Identifier: Apache-2.0
// Brown's distortion: OpenCV's documentation of calib3d, "Detailed Description".
#include "registration/camera.h"

#include <glm/mat2x2.hpp>

#include <cmath>

namespace pw::registration {
namespace {

glm::dvec2 distorted(const Intrinsics& l, const glm::dvec2& d) {
    const double r2 = d.x * d.x + d.y * d.y, radial = 1.0 + r2 * (l.k1 + r2 * (l.k2 + r2 * l.k3));
    return {d.x * radial + 2.0 * l.p1 * d.x * d.y + l.p2 * (r2 + 2.0 * d.x * d.x),
            d.y * radial + l.p1 * (r2 + 2.0 * d.y * d.y) + 2.0 * l.p2 * d.x * d.y};
}

// Columns: d distorted / dx, / dy.
glm::dmat2 distortion_slope(const Intrinsics& l, const glm::dvec2& d) {
    const double r2 = d.x * d.x + d.y * d.y, radial = 1.0 + r2 * (l.k1 + r2 * (l.k2 + r2 * l.k3));
    const double growth = 2.0 * (l.k1 + r2 * (2.0 * l.k2 + 3.0 * r2 * l.k3)); // d radial / d(r²/2)
    const double cross = growth * d.x * d.y + 2.0 * (l.p1 * d.x + l.p2 * d.y);
    return {radial + growth * d.x * d.x + 2.0 * l.p1 * d.y + 6.0 * l.p2 * d.x, cross, cross,
            radial + growth * d.y * d.y + 6.0 * l.p1 * d.y + 2.0 * l.p2 * d.x};
}

// Whether, on the way out from the middle, the picture goes outwards all the time.
bool unfolded(const Intrinsics& l, const glm::dvec2& d) {
    for (const double part : {0.25, 0.5, 0.75, 1.0}) {
        const glm::dmat2 slope = distortion_slope(l, part * d);
        if (!(glm::determinant(slope) > 0.0 && slope[0][0] + slope[1][1] > 0.0)) return false;
    }
    return true;
}

} // namespace

Result<void> check(const Intrinsics& l) {
    if (l.width == 0 || l.height == 0 || l.width > kMaxCameraSide || l.height > kMaxCameraSide)
        return fail(Errc::Malformed, "a picture has sides of 1 to " + std::to_string(kMaxCameraSide) + " pixels");
    for (const double f : {l.fx, l.fy})
        if (!(f >= 1.0 && f <= 1e6)) return fail(Errc::Malformed, "a focal length is between 1 and 1,000,000 pixels");
    for (const double c : {l.cx, l.cy})
        if (!(std::abs(c) <= 1e5)) return fail(Errc::Malformed, "the principal point is within 100,000 pixels");
    for (const double k : {l.k1, l.k2, l.p1, l.p2, l.k3})
        if (!(std::abs(k) <= 1e3)) return fail(Errc::Malformed, "a distortion coefficient is between -1000 and 1000");
    for (const double x : {0.0, static_cast<double>(l.width - 1)})
        for (const double y : {0.0, static_cast<double>(l.height - 1)})
            if (!direction_at(l, {x, y}))
                return fail(Errc::Malformed, "the distortion folds the corners of the picture");
    return {};
}

std::optional<glm::dvec2> project(const Intrinsics& l, const DVec3& p) {
    if (!(p.z > 1e-6)) return std::nullopt;
    const glm::dvec2 d(p.x / p.z, p.y / p.z);
    if (!unfolded(l, d)) return std::nullopt;
    const glm::dvec2 out = distorted(l, d);
    return glm::dvec2(l.fx * out.x + l.cx, l.fy * out.y + l.cy);
}

std::optional<glm::dvec2> direction_at(const Intrinsics& l, const glm::dvec2& pixel) {
    const glm::dvec2 wanted((pixel.x - l.cx) / l.fx, (pixel.y - l.cy) / l.fy);
    glm::dvec2 d = wanted;
    for (int step = 0; step < 50; ++step) {
        const glm::dvec2 off = wanted - distorted(l, d);
        if (std::abs(off.x) + std::abs(off.y) < 1e-13) return unfolded(l, d) ? std::optional(d) : std::nullopt;
        const glm::dmat2 slope = distortion_slope(l, d);
        if (!(glm::determinant(slope) > 1e-9)) return std::nullopt;
        d += glm::inverse(slope) * off;
    }
    return std::nullopt;
}

Matrix<2, 3> projection_slope(const Intrinsics& l, const DVec3& p) {
    const glm::dvec2 d(p.x / p.z, p.y / p.z);
    const glm::dmat2 s = distortion_slope(l, d);
    const double f[2] = {l.fx, l.fy};
    Matrix<2, 3> out;
    for (int r = 0; r < 2; ++r) {
        const auto row = static_cast<std::size_t>(r);
        out(row, 0) = f[r] * s[0][r] / p.z;
        out(row, 1) = f[r] * s[1][r] / p.z;
        out(row, 2) = -(out(row, 0) * d.x + out(row, 1) * d.y);
    }
    return out;
}

} // namespace pw::registration
