// SPDX-License-Identifier: Apache-2.0
// Which pairs agree: every smallest set, or 2,000 of them, is fitted, grown to all that agree with it, and fitted
// again.
#include "registration/points_fit.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <bitset>
#include <unordered_set>

namespace pw::registration {
namespace {

using Set = std::bitset<kMaxPairs>;
constexpr std::size_t kMostSubsets = 2024; // of three of 24

class Search {
  public:
    Search(std::span<const PointPair> pairs, const PointOptions& options)
        : pairs_(pairs), options_(options), least_(least_pairs(options)) {}

    void run() {
        const std::size_t n = pairs_.size();
        const std::size_t all = least_ == 2 ? n * (n - 1) / 2 : n * (n - 1) * (n - 2) / 6;
        if (all > kMostSubsets) return draw();
        for (std::size_t a = 0; a < n; ++a)
            for (std::size_t b = a + 1; b < n; ++b) {
                if (least_ == 2) try_set(Set().set(a).set(b));
                for (std::size_t c = b + 1; least_ == 3 && c < n; ++c) try_set(Set().set(a).set(b).set(c));
            }
    }

    // Largest first, then the one that fits best.
    const std::vector<Consensus>& found() const { return found_; }

  private:
    void draw() {
        std::uint64_t state = 0x706c616e74; // splitmix64 (Steele, Lea & Flood 2014)
        const auto next = [&] {
            std::uint64_t z = state += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            return (z ^ (z >> 31)) % pairs_.size();
        };
        for (std::size_t i = 0; i < kMostSubsets; ++i) {
            Set set;
            while (set.count() < least_) set.set(next());
            try_set(set);
        }
    }

    std::expected<Fit, NoFit> fit(const Set& set) const {
        std::vector<PointPair> chosen;
        for (std::size_t i = 0; i < pairs_.size(); ++i)
            if (set.test(i)) chosen.push_back(pairs_[i]);
        return fit_points(chosen, options_);
    }

    // A pair that was not fitted is as far off as its own error and the fit's, at that place, allow.
    bool fits(const PointPair& pair, const Fit& fit, bool member) const {
        const DVec3 r = pair.world_m - fit.estimate.place * pair.asset_m;
        Matrix<3, 3> s;
        if (!member) {
            const Mat6 there = about(fit.estimate, pair.asset_m).covariance;
            for (std::size_t i = 0; i < 3; ++i)
                for (std::size_t k = 0; k < 3; ++k) s(i, k) = there(i + 3, k + 3);
        }
        for (std::size_t i = 0; i < 3; ++i) s(i, i) += pair.sd_m * pair.sd_m;
        const Matrix<3, 1> column{{r.x, r.y, r.z}};
        const auto weighted = solve(s, column);
        return weighted && (transposed(column) * *weighted)(0, 0) <= chi2_limit(3);
    }

    void try_set(Set set) {
        for (int step = 0; step < 10 && seen_.insert(set).second; ++step) {
            const auto fitted = fit(set);
            if (!fitted || (step == 0 && !fitted->agrees())) return;
            Set grown;
            for (std::size_t i = 0; i < pairs_.size(); ++i) grown.set(i, fits(pairs_[i], *fitted, set.test(i)));
            if (grown == set) return keep(set, *fitted);
            if (grown.count() < least_) return;
            set = grown;
        }
    }

    void keep(const Set& set, const Fit& fit) {
        if (!fit.agrees() || 2 * set.count() <= pairs_.size()) return;
        Consensus out{.fit = fit};
        for (std::size_t i = 0; i < pairs_.size(); ++i)
            if (set.test(i)) out.members.push_back(i);
        const auto better = [](const Consensus& a, const Consensus& b) {
            return a.members.size() != b.members.size() ? a.members.size() > b.members.size() : a.fit.chi2 < b.fit.chi2;
        };
        found_.insert(std::ranges::upper_bound(found_, out, better), std::move(out));
    }

    std::span<const PointPair> pairs_;
    const PointOptions& options_;
    std::size_t least_;
    std::unordered_set<Set> seen_;
    std::vector<Consensus> found_;
};

} // namespace

Result<Consensus> find_consensus(std::span<const PointPair> pairs, const PointOptions& options) {
    Search search(pairs, options);
    search.run();
    const std::vector<Consensus>& found = search.found();
    if (found.empty()) return fail(Errc::NotFound, "no more than half of the points agree with each other");
    const Consensus& best = found.front();
    for (const Consensus& other : found) {
        if (other.members.size() < best.members.size()) break;
        const Vec6 apart = difference(best.fit.estimate, other.fit.estimate.place);
        const Mat6 covariance =
            best.fit.estimate.covariance + about(other.fit.estimate, best.fit.estimate.pivot_m).covariance;
        if (mahalanobis2(apart, covariance) > chi2_limit(6))
            return fail(Errc::Refused, "two sets of " + std::to_string(best.members.size()) + " of the " +
                                           std::to_string(pairs.size()) +
                                           " points tell two places: which ones are wrong cannot be told without "
                                           "another point");
    }
    return best;
}

} // namespace pw::registration
