// SPDX-License-Identifier: Apache-2.0
// Points that match themselves when they are moved: whoever touched them may have begun at another corner.
#include "registration/points_fit.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace pw::registration {
namespace {

constexpr std::size_t kMostLookalikes = 64;
constexpr std::size_t kNone = kMaxPairs;

class Matcher {
  public:
    Matcher(std::span<const PointPair> pairs, const Fit& fit, const PointOptions& options)
        : pairs_(pairs), fit_(fit), options_(options) {}

    std::vector<Rigid> run() {
        const std::array<std::size_t, 3> base = widest_triangle();
        for (std::size_t i = 0; i < pairs_.size(); ++i)
            for (std::size_t j = 0; j < pairs_.size(); ++j) {
                if (!alike(base[0], i, base[1], j)) continue;
                if (base[2] == kNone) {
                    try_images({base[0], base[1]}, {i, j});
                    continue;
                }
                for (std::size_t k = 0; k < pairs_.size(); ++k)
                    if (alike(base[0], i, base[2], k) && alike(base[1], j, base[2], k))
                        try_images({base[0], base[1], base[2]}, {i, j, k});
            }
        return std::move(out_);
    }

  private:
    double gate(std::size_t a, std::size_t b) const { return 5.0 * std::hypot(pairs_[a].sd_m, pairs_[b].sd_m); }
    double apart(std::size_t a, std::size_t b) const { return glm::distance(pairs_[a].asset_m, pairs_[b].asset_m); }
    bool alike(std::size_t a, std::size_t i, std::size_t b, std::size_t j) const {
        return i != j && std::abs(apart(a, b) - apart(i, j)) <= gate(a, b) + gate(i, j);
    }

    // Two points far from each other and, but with a known vertical where two tell the rest, one far from their line.
    std::array<std::size_t, 3> widest_triangle() const {
        std::array<std::size_t, 3> out{0, 1, kNone};
        const auto level = [&](DVec3 v) {
            if (options_.vertical_sd_rad) v.y = 0.0;
            return v;
        };
        const auto farthest = [&](auto distance) {
            std::size_t best = 0;
            for (std::size_t i = 1; i < pairs_.size(); ++i)
                if (distance(i) > distance(best)) best = i;
            return best;
        };
        out[0] = farthest([&](std::size_t i) { return glm::length(level(pairs_[i].asset_m - pairs_[0].asset_m)); });
        out[1] =
            farthest([&](std::size_t i) { return glm::length(level(pairs_[i].asset_m - pairs_[out[0]].asset_m)); });
        if (options_.vertical_sd_rad) return out;
        const DVec3 line = glm::normalize(pairs_[out[1]].asset_m - pairs_[out[0]].asset_m);
        out[2] = farthest(
            [&](std::size_t i) { return glm::length(glm::cross(line, pairs_[i].asset_m - pairs_[out[0]].asset_m)); });
        return out;
    }

    // The motion of the asset that takes `from` to `to`; then every point must come to lie on one, each on its own.
    void try_images(const std::vector<std::size_t>& from, const std::vector<std::size_t>& to) {
        if (from == to || out_.size() == kMostLookalikes) return;
        std::vector<PointPair> motion;
        for (std::size_t i = 0; i < from.size(); ++i)
            motion.push_back(
                {pairs_[from[i]].asset_m, pairs_[to[i]].asset_m, std::hypot(pairs_[from[i]].sd_m, pairs_[to[i]].sd_m)});
        const auto moved = fit_points(motion, options_);
        if (!moved) return;
        std::vector<PointPair> relabelled(pairs_.begin(), pairs_.end());
        std::vector<bool> taken(pairs_.size(), false);
        for (std::size_t i = 0; i < pairs_.size(); ++i) {
            const DVec3 image = moved->estimate.place * pairs_[i].asset_m;
            std::size_t nearest = 0;
            for (std::size_t k = 1; k < pairs_.size(); ++k)
                if (glm::distance(image, pairs_[k].asset_m) < glm::distance(image, pairs_[nearest].asset_m))
                    nearest = k;
            if (taken[nearest] || glm::distance(image, pairs_[nearest].asset_m) > 2.0 * gate(i, nearest)) return;
            if ((pairs_[i].unique || pairs_[nearest].unique) && nearest != i) return;
            taken[nearest] = true;
            relabelled[i].asset_m = pairs_[nearest].asset_m;
        }
        const auto other = fit_points(relabelled, options_);
        if (other && other->agrees()) keep(*other);
    }

    void keep(const Fit& other) {
        const Rigid place = other.estimate.place;
        const auto same = [&](const Rigid& known) {
            Estimate there = fit_.estimate;
            there.place = known;
            return mahalanobis2(difference(there, place), there.covariance) <= chi2_limit(6);
        };
        if (!same(fit_.estimate.place) && std::ranges::none_of(out_, same)) out_.push_back(place);
    }

    std::span<const PointPair> pairs_;
    const Fit& fit_;
    const PointOptions& options_;
    std::vector<Rigid> out_;
};

} // namespace

std::vector<Rigid> lookalikes(std::span<const PointPair> pairs, const Fit& fit, const PointOptions& options) {
    return Matcher(pairs, fit, options).run();
}

} // namespace pw::registration
