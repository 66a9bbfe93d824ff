#pragma once
// SPDX-License-Identifier: Apache-2.0
// Seeded stances, poses and made-up worlds for the tests of interaction.

#include "interaction/stance.h"
#include "scene/pick.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <random>
#include <utility>
#include <vector>

namespace pw::interaction {

struct Lucky {
    std::mt19937 random;
    explicit Lucky(unsigned seed) : random(seed) {}

    double between(double a, double b) { return std::uniform_real_distribution<double>(a, b)(random); }
    DVec3 within(double half) { return {between(-half, half), between(-half, half), between(-half, half)}; }
    Quat rotation() {
        const auto f = [&] { return static_cast<float>(between(-1.0, 1.0)); };
        return glm::normalize(Quat(f() + 1.5f, f(), f(), f()));
    }
    Stance stance() {
        return {within(1000.0), between(-3.1, 3.1), std::exp(between(0.0, std::log(100.0))), between(-0.3, 0.6)};
    }
    Pose head() { return {{between(-2.0, 2.0), between(0.9, 1.9), between(-2.0, 2.0)}, rotation()}; }
};

inline Quat yawed(double rad) { return glm::angleAxis(static_cast<float>(rad), Vec3(0.f, 1.f, 0.f)); }
inline Quat pitched(double rad) { return glm::angleAxis(static_cast<float>(rad), Vec3(1.f, 0.f, 0.f)); }
inline double deg(double d) { return d * std::numbers::pi / 180.0; }

// A world of boxes (their surfaces, met from both sides as a picker does) and, perhaps, a floor at a height, sloping
// upwards to +X.
struct MadeWorld {
    std::vector<DAabb> boxes;
    std::optional<double> floor_y = 0.0;
    double slope_rad = 0.0;

    std::optional<scene::Hit> operator()(const Ray& ray, double max_m) const {
        std::optional<scene::Hit> best;
        const DVec3 d(ray.direction);
        const auto meet = [&](double t, DVec3 normal, std::uint32_t node) {
            if (!(t >= 0.0) || t > (best ? best->distance_m : max_m)) return;
            if (glm::dot(normal, d) > 0.0) normal = -normal;
            best = scene::Hit{scene::NodeId{node}, 0, 0, ray.origin + d * t, Vec3(normal), t};
        };
        if (floor_y) {
            const DVec3 n(-std::sin(slope_rad), std::cos(slope_rad), 0.0);
            meet((*floor_y * n.y - glm::dot(ray.origin, n)) / glm::dot(d, n), n, 0);
        }
        for (std::uint32_t b = 0; b < boxes.size(); ++b) {
            double in = -1e300, out = 1e300;
            DVec3 n_in(0.0), n_out(0.0);
            bool misses = false;
            for (int k = 0; k < 3; ++k) {
                DVec3 n(0.0);
                n[k] = 1.0;
                if (d[k] == 0.0) {
                    misses = misses || ray.origin[k] < boxes[b].min[k] || ray.origin[k] > boxes[b].max[k];
                    continue;
                }
                double near = (boxes[b].min[k] - ray.origin[k]) / d[k], far = (boxes[b].max[k] - ray.origin[k]) / d[k];
                if (near > far) std::swap(near, far);
                if (near > in) in = near, n_in = n;
                if (far < out) out = far, n_out = n;
            }
            if (misses || in > out) continue;
            if (in >= 0.0)
                meet(in, n_in, b + 1);
            else
                meet(out, n_out, b + 1);
        }
        return best;
    }
};

} // namespace pw::interaction
