#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where the real machine is, from points that a person touched on it: rigid registration (Horn 1987, Umeyama 1991),
// weighted, with outliers, ambiguities and its own error found out. Formulas: docs/registration.md. Pure and
// deterministic: the order of the pairs changes nothing, to the bit. Tens of milliseconds at 20 pairs, more at 100: not
// the frame thread.

#include "base/result.h"
#include "registration/estimate.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pw::registration {

inline constexpr std::size_t kMaxPairs = 100;

struct PointPair {
    DVec3 asset_m{0.0};  // the point on the model
    DVec3 world_m{0.0};  // where it was touched
    double sd_m = 0.005; // standard deviation of the touch along each axis, 1 µm to 10 m
    bool unique = false; // the feature cannot be mistaken for another of its kind
};

// The machine looks the same when it is turned about this axis of the asset by a full turn divided by `fold`; 0: by any
// angle.
struct Symmetry {
    DVec3 point_m{0.0};
    DVec3 axis{0.0, 1.0, 0.0};
    unsigned fold = 2;
};

struct PointOptions {
    // The asset stands upright: its +Y is the world's, each way within this standard deviation. Two points are then
    // enough. Nothing: only the points speak.
    std::optional<double> vertical_sd_rad;
    double scale_limit = 0.01; // a machine has scale 1: more than this is a doubt
    std::optional<Symmetry> symmetry;
};

enum class DoubtKind : std::uint8_t {
    OutliersUnseen, // too few points: a wrong one would not show
    Outliers,       // some were left out
    Spread,         // residuals larger than the standard deviations explain: the covariance was enlarged to fit them
    Scale,          // the picks are farther from, or nearer to, each other than on the model
    Ambiguous,      // other places fit as well
    PlanarPose,     // of markers: the mirrored pose fits nearly as well
};
struct Doubt {
    DoubtKind kind = DoubtKind::OutliersUnseen;
    std::string what; // a sentence
};

struct PointSolution {
    Estimate estimate;                 // world from asset
    std::vector<double> residuals_m;   // per pair, in the caller's order: from where the model's point comes to lie
    double rms_m = 0.0;                // of those that were used
    double chi2 = 0.0;                 // of those that were used, by their standard deviations
    int degrees = 0;                   // of freedom of chi2
    std::vector<std::size_t> outliers; // indices of pairs, ascending: they were not used
    double scale_error = 0.0;          // scale − 1, were it estimated too
    double scale_sd = 0.0;
    std::vector<Rigid> alternatives; // other places that fit as well, at most 64
    bool turns_freely = false;       // any angle about the declared axis fits as well
    std::vector<Doubt> doubts;

    bool ambiguous() const { return turns_freely || !alternatives.empty(); }
};

// Refused, in words: too few pairs; points on a line, or in one place, as far as their standard deviations tell;
// mirrored; two sets of pairs that tell two places and are equally large; residuals beyond ten times what the standard
// deviations say, with no set of more than half that agrees.
// Malformed: a number that is none, or a standard deviation out of its range.
Result<PointSolution> register_points(std::span<const PointPair> pairs, const PointOptions& options = {});

} // namespace pw::registration
