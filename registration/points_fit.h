#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to registration/: one least-squares fit, and the search for the pairs that agree.

#include "registration/points.h"

#include <expected>

namespace pw::registration {

struct Fit {
    Estimate estimate;
    double chi2 = 0.0;
    int degrees = 0;
    double scale = 1.0, scale_sd = 0.0;
    double chi2_scaled = 0.0; // were the scale free

    bool agrees() const { return degrees <= 0 || chi2 <= chi2_limit(degrees); }
};

// Why no rotation follows from the points.
enum class Degenerate : std::uint8_t { Coincident, Collinear, Vertical };
struct NoFit {
    Degenerate why = Degenerate::Coincident;
    bool in_world = false; // of the touched points; else of the model's
};

// How many pairs a fit takes at least.
inline std::size_t least_pairs(const PointOptions& options) { return options.vertical_sd_rad ? 2 : 3; }

// At least least_pairs() pairs.
std::expected<Fit, NoFit> fit_points(std::span<const PointPair> pairs, const PointOptions& options);

struct Consensus {
    std::vector<std::size_t> members; // indices, ascending
    Fit fit;
};
// The largest set of more than half of the pairs that agree. NotFound where there is none, Refused where there are two
// that tell two places.
Result<Consensus> find_consensus(std::span<const PointPair> pairs, const PointOptions& options);

// The places other than the fit's that the same pairs tell as well, when features that look alike are taken for each
// other.
std::vector<Rigid> lookalikes(std::span<const PointPair> pairs, const Fit& fit, const PointOptions& options);

} // namespace pw::registration
