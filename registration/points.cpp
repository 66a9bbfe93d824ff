// SPDX-License-Identifier: Apache-2.0
#include "registration/points.h"

#include "base/format.h"
#include "registration/points_fit.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <tuple>

namespace pw::registration {
namespace {

constexpr double kMostMetres = 1e7;   // of a coordinate, as in the plant file
constexpr double kMostSpread = 100.0; // χ² per degree: residuals ten times what the standard deviations say
constexpr double kMostScale = 0.1;    // of a scale that explains the residuals

bool finite(const DVec3& v) {
    return std::abs(v.x) <= kMostMetres && std::abs(v.y) <= kMostMetres && std::abs(v.z) <= kMostMetres;
}

Result<void> check(std::span<const PointPair> pairs, const PointOptions& options) {
    if (pairs.size() > kMaxPairs) return fail(Errc::Exhausted, formatted("more than {} points", kMaxPairs));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (!finite(pairs[i].asset_m) || !finite(pairs[i].world_m))
            return fail(Errc::Malformed, formatted("point {}: not a place within 10,000 km", i + 1));
        if (!(pairs[i].sd_m >= 1e-6 && pairs[i].sd_m <= 10.0))
            return fail(Errc::Malformed,
                        formatted("point {}: a standard deviation must be between 1 µm and 10 m", i + 1));
    }
    if (options.vertical_sd_rad && !(*options.vertical_sd_rad >= 1e-6 && *options.vertical_sd_rad <= 0.1))
        return fail(Errc::Malformed, "the vertical's standard deviation must be between 1 µrad and 0.1 rad");
    if (options.symmetry && !(glm::length(options.symmetry->axis) > 1e-9 && finite(options.symmetry->axis) &&
                              finite(options.symmetry->point_m)))
        return fail(Errc::Malformed, "the axis of symmetry has no direction");
    if (pairs.size() < least_pairs(options))
        return fail(Errc::Refused,
                    formatted("{} of the {} points that are needed at least", pairs.size(), least_pairs(options)));
    return {};
}

std::unexpected<Error> refuse(const NoFit& no) {
    const std::string where = no.in_world ? "the touched points" : "the model's points";
    switch (no.why) {
    case Degenerate::Coincident:
        return fail(Errc::Refused, where + " are no farther apart than they are exact: touch some farther away");
    case Degenerate::Collinear:
        return fail(Errc::Refused,
                    where + " lie on a line, about which the machine could be turned: touch one beside it");
    case Degenerate::Vertical:
        return fail(Errc::Refused,
                    where + " lie above each other, so that nothing tells the heading: touch one beside them");
    }
    std::unreachable();
}

// The same points were the model its own mirror image.
bool fits_mirrored(std::span<const PointPair> pairs, const PointOptions& options) {
    std::vector<PointPair> mirrored(pairs.begin(), pairs.end());
    for (PointPair& p : mirrored) p.asset_m.x = -p.asset_m.x;
    const auto fit = fit_points(mirrored, options);
    return fit && fit->agrees();
}

bool scale_doubtful(const Fit& fit, const PointOptions& options) {
    const double error = std::abs(fit.scale - 1.0);
    return error > options.scale_limit && error > 3.0 * fit.scale_sd;
}

bool only_scale(const Fit& fit, const PointOptions& options) {
    return scale_doubtful(fit, options) && fit.chi2_scaled <= chi2_limit(fit.degrees);
}

// Whether a pick that cannot be mistaken shows that the asset was not turned like that.
bool breaks(std::span<const PointPair> pairs, const Symmetry& symmetry, double angle) {
    const DVec3 axis = glm::normalize(symmetry.axis);
    return std::ranges::any_of(pairs, [&](const PointPair& p) {
        const DVec3 arm = p.asset_m - symmetry.point_m;
        return p.unique && glm::distance(turned_by(angle * axis) * arm, arm) > 5.0 * p.sd_m;
    });
}

class Solver {
  public:
    Solver(std::span<const PointPair> pairs, const PointOptions& options) : pairs_(pairs), options_(options) {}

    Result<PointSolution> run() {
        const auto all = fit_points(pairs_, options_);
        if (!all) return refuse(all.error());
        std::vector<std::size_t> members(pairs_.size());
        std::iota(members.begin(), members.end(), 0u);
        Fit fit = *all;
        const bool enough = pairs_.size() > least_pairs(options_);
        if (!fit.agrees() && enough && fits_mirrored(pairs_, options_))
            return fail(Errc::Refused,
                        "the touched points are a mirror image of the model's: were two of them exchanged?");
        if (!fit.agrees() && enough && !only_scale(fit, options_)) {
            if (Result<Consensus> consensus = find_consensus(pairs_, options_)) {
                members = consensus->members;
                fit = consensus->fit;
            } else if (consensus.error().code == Errc::Refused) {
                return std::unexpected(consensus.error());
            }
        }
        return finish(members, fit);
    }

  private:
    void doubt(DoubtKind kind, std::string what) { out_.doubts.push_back({kind, std::move(what)}); }

    Result<PointSolution> finish(const std::vector<std::size_t>& members, Fit& fit) {
        std::vector<PointPair> used;
        for (const std::size_t i : members) used.push_back(pairs_[i]);
        if (const auto spread = check_spread(fit); !spread) return std::unexpected(spread.error());
        out_.estimate = fit.estimate;
        out_.chi2 = fit.chi2;
        out_.degrees = fit.degrees;
        out_.scale_error = fit.scale - 1.0;
        out_.scale_sd = fit.scale_sd;
        double squares = 0.0;
        for (std::size_t i = 0; i < pairs_.size(); ++i) {
            out_.residuals_m.push_back(glm::distance(pairs_[i].world_m, fit.estimate.place * pairs_[i].asset_m));
            if (std::ranges::binary_search(members, i))
                squares += out_.residuals_m[i] * out_.residuals_m[i];
            else
                out_.outliers.push_back(i);
        }
        out_.rms_m = std::sqrt(squares / static_cast<double>(members.size()));
        if (pairs_.size() == least_pairs(options_))
            doubt(DoubtKind::OutliersUnseen,
                  formatted("with {} points a wrong one cannot be found: touch one more", pairs_.size()));
        if (!out_.outliers.empty())
            doubt(DoubtKind::Outliers,
                  formatted("{} of {} points do not agree and were left out", out_.outliers.size(), pairs_.size()));
        if (scale_doubtful(fit, options_))
            doubt(DoubtKind::Scale, formatted("the touched points are {:.4g} times as far apart as the model's, "
                                              "and a machine does not grow",
                                              fit.scale));
        look_for_others(used, fit);
        return std::move(out_);
    }

    Result<void> check_spread(Fit& fit) {
        if (fit.agrees()) return {};
        const double ratio = fit.chi2 / fit.degrees;
        const bool scaled = only_scale(fit, options_);
        if (scaled && std::abs(fit.scale - 1.0) > kMostScale)
            return fail(Errc::Refused, formatted("the touched points are {:.4g} times as far apart as the model's: is "
                                                 "one of them in another unit?",
                                                 fit.scale));
        if (!scaled && ratio > kMostSpread)
            return fail(Errc::Refused, formatted("the points miss the model's by {:.0f} times what they are exact to: "
                                                 "touch them again",
                                                 std::sqrt(ratio)));
        fit.estimate.covariance *= ratio;
        doubt(DoubtKind::Spread, formatted("the points miss the model's by {:.1f} times what they are exact to: they "
                                           "are taken to be as inexact as that",
                                           std::sqrt(ratio)));
        return {};
    }

    void look_for_others(std::span<const PointPair> used, const Fit& fit) {
        out_.alternatives = lookalikes(used, fit, options_);
        if (const auto& symmetry = options_.symmetry) {
            const DVec3 axis = glm::normalize(symmetry->axis);
            const unsigned turns = std::min(symmetry->fold, 65u);
            for (unsigned i = 1; i < turns; ++i) {
                const double angle = 2.0 * std::numbers::pi * i / symmetry->fold;
                const glm::dquat turn = turned_by(angle * axis);
                if (breaks(used, *symmetry, angle)) continue;
                const Rigid place = fit.estimate.place * Rigid{symmetry->point_m - turn * symmetry->point_m, turn};
                if (std::ranges::none_of(out_.alternatives, [&](const Rigid& r) { return same(r, place, fit); }))
                    out_.alternatives.push_back(place);
            }
            out_.turns_freely = symmetry->fold == 0 && !breaks(used, *symmetry, 0.5 * std::numbers::pi);
        }
        if (out_.turns_freely)
            doubt(DoubtKind::Ambiguous, "the machine is round: nothing tells how it is turned about its axis");
        else if (out_.ambiguous())
            doubt(
                DoubtKind::Ambiguous,
                formatted("other places fit as well ({}), because the machine or the points look the same there: touch "
                          "one that cannot be mistaken",
                          out_.alternatives.size()));
    }

    static bool same(const Rigid& a, const Rigid& b, const Fit& fit) {
        Estimate there = fit.estimate;
        there.place = a;
        return mahalanobis2(difference(there, b), there.covariance) <= chi2_limit(6);
    }

    std::span<const PointPair> pairs_;
    const PointOptions& options_;
    PointSolution out_;
};

} // namespace

Result<PointSolution> register_points(std::span<const PointPair> pairs, const PointOptions& options) {
    if (const Result<void> fine = check(pairs, options); !fine) return std::unexpected(fine.error());
    // Sums and draws in an order of the points' own, so that theirs does not matter.
    std::vector<std::size_t> order(pairs.size());
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::sort(order, {}, [&](std::size_t i) {
        const PointPair& p = pairs[i];
        return std::tuple(p.asset_m.x, p.asset_m.y, p.asset_m.z, p.world_m.x, p.world_m.y, p.world_m.z, p.sd_m,
                          p.unique);
    });
    std::vector<PointPair> sorted;
    for (const std::size_t i : order) sorted.push_back(pairs[i]);
    Result<PointSolution> out = Solver(sorted, options).run();
    if (!out) return out;
    std::vector<double> residuals(pairs.size());
    for (std::size_t i = 0; i < order.size(); ++i) residuals[order[i]] = out->residuals_m[i];
    out->residuals_m = std::move(residuals);
    for (std::size_t& i : out->outliers) i = order[i];
    std::ranges::sort(out->outliers);
    return out;
}

} // namespace pw::registration
