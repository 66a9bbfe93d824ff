// SPDX-License-Identifier: Apache-2.0
#include "registration/marker.h"

#include "base/format.h"
#include "registration/marker_pose.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace pw::registration {
namespace {

constexpr double kLeastLogOdds = 4.605; // 100 to 1
constexpr double kSafeLogOdds = 14.0;   // a million to 1: below it is a doubt
constexpr double kMostTurnSd = 0.1;     // rad; beyond it the covariance is no longer right to first order
constexpr double kMostSpread = 100.0;   // χ² per degree: ten times what the corners' standard deviation says

// The poses of one picture, in the world.
struct ViewPoses {
    std::vector<Estimate> world_from_asset;
    std::vector<double> chi2; // each: of the corners
    std::size_t corners = 0;
};

// One choice of a pose for every picture, fused.
struct Choice {
    Fused fused;
    double corners_chi2 = 0.0;
    double prior_chi2 = 0.0;
    double score() const { return fused.chi2 + corners_chi2 + prior_chi2; }
};

bool usable(const glm::dvec2& p) { return std::abs(p.x) <= 1e5 && std::abs(p.y) <= 1e5; }

Result<void> check_all(std::span<const View> views, std::span<const Marker> markers, const MarkerOptions& options) {
    if (views.size() > kMaxViews) return fail(Errc::Exhausted, formatted("more than {} pictures", kMaxViews));
    if (!(options.corner_sd_px >= 1e-3 && options.corner_sd_px <= 100.0))
        return fail(Errc::Malformed, "a corner's standard deviation must be between 0.001 and 100 pixels");
    for (const Marker& m : markers)
        if (!(m.size_m >= 1e-3 && m.size_m <= 100.0))
            return fail(Errc::Malformed, formatted("marker {} {}: its size must be between 1 mm and 100 m",
                                                   kFamilyNames.at(static_cast<std::size_t>(m.family)), m.id));
    for (std::size_t i = 0; i < views.size(); ++i) {
        if (const auto fine = check(views[i].lens); !fine) return fail_at(formatted("picture {}", i + 1), fine.error());
        for (const Sighting& s : views[i].sightings)
            if (!std::ranges::all_of(s.corners, usable))
                return fail(Errc::Malformed, formatted("picture {}: a corner is nowhere", i + 1));
    }
    return {};
}

std::vector<SeenMarker> known_in(const View& view, std::span<const Marker> markers) {
    std::vector<SeenMarker> out;
    for (const Sighting& s : view.sightings) {
        const auto same = [&](const auto& other) { return other.family == s.family && other.id == s.id; };
        const auto marker = std::ranges::find_if(markers, same);
        if (marker != markers.end() && std::ranges::count_if(view.sightings, same) == 1)
            out.push_back({*marker, s.corners});
    }
    return out;
}

double prior_chi2(const Estimate& e, const MarkerOptions& options) {
    double out = 0.0;
    if (options.upright_sd_rad) {
        const DVec3 up = e.place.rotation * DVec3(0.0, 1.0, 0.0);
        const double tilt = std::atan2(std::hypot(up.x, up.z), up.y) / *options.upright_sd_rad;
        out += tilt * tilt;
    }
    if (options.near) {
        const Mat6 covariance = about(*options.near, e.pivot_m).covariance + e.covariance;
        Estimate there = e;
        out += mahalanobis2(difference(there, options.near->place), covariance);
    }
    return out;
}

// A pose of one picture, and of every other picture the one that is nearest to it.
std::optional<Choice> choose_near(const ViewPoses& whose, std::size_t which, std::span<const ViewPoses> views,
                                  const MarkerOptions& options) {
    const Estimate& near = whose.world_from_asset[which];
    std::vector<Estimate> chosen;
    Choice out;
    for (const ViewPoses& view : views) {
        std::size_t best = 0;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t k = 0; k < view.world_from_asset.size(); ++k) {
            if (&view == &whose && k != which) continue;
            const Estimate there = about(view.world_from_asset[k], near.pivot_m);
            const double cost =
                mahalanobis2(difference(there, near.place), there.covariance + near.covariance) + view.chi2[k];
            if (cost < least) least = cost, best = k;
        }
        chosen.push_back(view.world_from_asset[best]);
        out.corners_chi2 += view.chi2[best];
    }
    const auto fused = fuse(chosen);
    if (!fused) return std::nullopt;
    out.fused = *fused;
    out.prior_chi2 = prior_chi2(fused->estimate, options);
    return out;
}

// The best choice first, then the best of those that tell another place, if there is one. One whose place is within
// what both are known to is no other answer: by its odds it widens what the best one is known to (the covariance of a
// mixture of two).
std::vector<Choice> choices_of(std::span<const ViewPoses> views, const MarkerOptions& options) {
    constexpr double kSame = 0.01; // the same minimum, found from another picture
    std::vector<Choice> all;
    for (const ViewPoses& view : views)
        for (std::size_t which = 0; which < view.world_from_asset.size(); ++which)
            if (auto choice = choose_near(view, which, views, options)) all.push_back(std::move(*choice));
    std::ranges::stable_sort(all, {}, &Choice::score);
    if (all.size() < 2) return all;
    Choice& best = all[0];
    bool widened = false;
    for (std::size_t i = 1; i < all.size(); ++i) {
        const Estimate there = about(all[i].fused.estimate, best.fused.estimate.pivot_m);
        const Vec6 apart = difference(best.fused.estimate, there.place);
        const double distance = mahalanobis2(apart, best.fused.estimate.covariance + there.covariance);
        if (distance > chi2_limit(6)) return {best, all[i]};
        if (widened || distance < kSame) continue;
        widened = true;
        const double weight = 1.0 / (1.0 + std::exp(0.5 * (all[i].score() - best.score())));
        best.fused.estimate.covariance += (apart * transposed(apart)) * weight;
    }
    return {best};
}

Result<MarkerSolution> judged(const std::vector<Choice>& choices, std::size_t corners, MarkerSolution out,
                              const MarkerOptions& options) {
    const Choice& best = choices[0];
    out.estimate = best.fused.estimate;
    out.chi2 = best.fused.chi2 + best.corners_chi2;
    out.degrees = 2 * static_cast<int>(corners) - 6;
    out.rms_px = options.corner_sd_px * std::sqrt(best.corners_chi2 / static_cast<double>(2 * corners));
    const double ratio = std::max(out.chi2 / out.degrees, 1.0);
    const bool spread = out.chi2 > chi2_limit(out.degrees);
    if (ratio > kMostSpread)
        return fail(Errc::Refused, formatted("markers and pictures contradict each other by {:.0f} times what they are "
                                             "exact to: has a marker moved, or is its size another?",
                                             std::sqrt(ratio)));
    // Where all corners are worse than was told, so are the odds.
    out.log_odds = choices.size() > 1 ? 0.5 * (choices[1].score() - best.score()) / (spread ? ratio : 1.0)
                                      : std::numeric_limits<double>::infinity();
    if (out.log_odds < kLeastLogOdds)
        return fail(Errc::Refused,
                    "a flat marker that is seen so small or so straight has two poses, which cannot be told "
                    "apart: go nearer, or look at it aslant");
    if (out.log_odds < kSafeLogOdds)
        out.doubts.push_back({DoubtKind::PlanarPose, "the mirrored pose of the marker fits nearly as well"});
    if (spread) {
        out.estimate.covariance *= ratio;
        out.doubts.push_back({DoubtKind::Spread, formatted("markers and pictures differ by {:.1f} times what they are "
                                                           "exact to: they are taken to be as inexact as that",
                                                           std::sqrt(ratio))});
    }
    Matrix<3, 3> turn;
    for (std::size_t r = 0; r < 3; ++r)
        for (std::size_t c = 0; c < 3; ++c) turn(r, c) = out.estimate.covariance(r, c);
    const double turn_sd = std::sqrt(eigen_of(turn).values[2]);
    if (turn_sd > kMostTurnSd)
        out.doubts.push_back(
            {DoubtKind::PlanarPose, formatted("how the marker is turned is known to no more than {:.0f}°: go nearer",
                                              turn_sd * 180.0 / std::numbers::pi)});
    return out;
}

} // namespace

Result<MarkerSolution> register_markers(std::span<const View> views, std::span<const Marker> markers,
                                        const MarkerOptions& options) {
    if (const auto fine = check_all(views, markers, options); !fine) return std::unexpected(fine.error());
    std::vector<ViewPoses> poses;
    MarkerSolution out;
    std::size_t corners = 0;
    bool seen_any = false;
    for (const View& view : views) {
        const std::vector<SeenMarker> seen = known_in(view, markers);
        seen_any |= !seen.empty();
        const std::vector<PoseCandidate> found = poses_of(view.lens, seen, options.corner_sd_px);
        if (found.empty()) continue;
        ViewPoses& in_world = poses.emplace_back();
        for (const PoseCandidate& c : found) {
            in_world.world_from_asset.push_back(view.world_from_camera * c.camera_from_asset);
            in_world.chi2.push_back(c.chi2);
        }
        ++out.views;
        out.markers += seen.size();
        corners += 4 * seen.size();
    }
    if (!seen_any) return fail(Errc::NotFound, "no picture shows a marker of this machine");
    if (poses.empty()) return fail(Errc::Refused, "no pose fits the corners of the markers");
    const std::vector<Choice> choices = choices_of(poses, options);
    if (choices.empty()) return fail(Errc::Refused, "no pose fits the corners of the markers");
    return judged(choices, corners, std::move(out), options);
}

} // namespace pw::registration
