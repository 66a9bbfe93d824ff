#pragma once
// SPDX-License-Identifier: Apache-2.0
// Seeded luck for synthetic measurements, and what their errors may add up to.

#include "registration/estimate.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <cmath>
#include <random>

namespace pw::registration::test {

class Luck {
  public:
    explicit Luck(std::uint64_t seed) : engine_(seed) {}

    double normal(double sd = 1.0) { return normal_(engine_) * sd; }
    double between(double low, double high) { return std::uniform_real_distribution<double>(low, high)(engine_); }
    DVec3 normal3(double sd) {
        const double x = normal(sd), y = normal(sd);
        return {x, y, normal(sd)};
    }
    DVec3 in_box(double half) {
        const double x = between(-half, half), y = between(-half, half);
        return {x, y, between(-half, half)};
    }
    glm::dquat rotation() {
        const double w = normal(), x = normal(), y = normal();
        return glm::normalize(glm::dquat(w, x, y, normal()));
    }
    Rigid rigid(double half) { return {in_box(half), rotation()}; }
    std::mt19937_64& engine() { return engine_; }

  private:
    std::mt19937_64 engine_;
    std::normal_distribution<double> normal_;
};

// The mean of `runs` values, each χ² of `degrees`, is within its 1 % and 99 % quantiles (Wilson & Hilferty).
inline bool consistent(double mean, int runs, int degrees) {
    const double k = static_cast<double>(runs) * degrees, spread = 2.0 / (9.0 * k), z = 2.3263;
    const auto quantile = [&](double sign) {
        const double root = 1.0 - spread + sign * z * std::sqrt(spread);
        return k * root * root * root / runs;
    };
    return mean >= quantile(-1.0) && mean <= quantile(1.0);
}

inline double error2(const Estimate& estimate, const Rigid& truth) {
    return mahalanobis2(difference(estimate, truth), estimate.covariance);
}

} // namespace pw::registration::test
