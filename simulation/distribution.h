#pragma once
// SPDX-License-Identifier: Apache-2.0
// Draws from the distributions that a plant file names. A Sampler is a distribution made ready: it has no state, the
// stream has it all. Draws go by inversion where that is cheap: one number of the stream for one value.

#include "plant/production.h"
#include "simulation/random.h"

#include <cstdint>
#include <vector>

namespace pw::simulation {

class Sampler {
  public:
    Sampler() = default;                                   // always 0
    explicit Sampler(const plant::Distribution& declared); // checked by plant/ already

    double draw(Stream& stream) const; // never negative, never more than plant::kMaxSeconds
    double mean() const { return mean_; }
    double standard_deviation() const { return sd_; } // Normal: of the truncated draw, nearly

    // draw() in nanoseconds, rounded.
    std::int64_t draw_ns(Stream& stream) const {
        if (kind_ == plant::DistributionKind::Constant) return constant_ns_;
        return static_cast<std::int64_t>(draw(stream) * 1e9 + 0.5);
    }

  private:
    double gamma(Stream& stream) const;
    double from_table(Stream& stream) const;

    plant::DistributionKind kind_ = plant::DistributionKind::Constant;
    double a_ = 0.0, b_ = 0.0, c_ = 0.0; // as the kind needs them
    double mean_ = 0.0, sd_ = 0.0;
    std::int64_t constant_ns_ = 0;
    std::vector<double> values_, cumulative_;
};

} // namespace pw::simulation
