// SPDX-License-Identifier: Apache-2.0
#include "simulation/distribution.h"

#include "base/assert.h"
#include "simulation/elementary.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace pw::simulation {
namespace {

using plant::DistributionKind;

double bounded(double value) { return std::min(value, plant::kMaxSeconds); }

// Γ(x) = Γ(x + n) / (x … x + n - 1), and Stirling's series where it is exact enough.
double log_gamma(double x) {
    double correction = 0.0;
    while (x < 12.0) correction -= deterministic_log(x++);
    const double r = 1.0 / (x * x);
    const double series = (((-1.0 / 1680 * r + 1.0 / 1260) * r - 1.0 / 360) * r + 1.0 / 12) / x;
    return correction + (x - 0.5) * deterministic_log(x) - x + 0.91893853320467274178 + series;
}

} // namespace

Sampler::Sampler(const plant::Distribution& d) : kind_(d.kind) {
    switch (d.kind) {
    case DistributionKind::Constant:
        a_ = mean_ = d.value;
        constant_ns_ = static_cast<std::int64_t>(d.value * 1e9 + 0.5);
        break;
    case DistributionKind::Uniform:
        a_ = d.low;
        b_ = d.high - d.low;
        mean_ = 0.5 * (d.low + d.high);
        sd_ = b_ / std::sqrt(12.0);
        break;
    case DistributionKind::Triangular:
        a_ = d.low;
        b_ = d.high;
        c_ = d.mode;
        mean_ = (a_ + b_ + c_) / 3.0;
        sd_ = std::sqrt((a_ * a_ + b_ * b_ + c_ * c_ - a_ * b_ - a_ * c_ - b_ * c_) / 18.0);
        break;
    case DistributionKind::Exponential:
        a_ = mean_ = sd_ = d.mean;
        break;
    case DistributionKind::Normal:
        a_ = mean_ = d.mean;
        b_ = sd_ = d.sd;
        break;
    case DistributionKind::Lognormal: {
        const double variance = deterministic_log(1.0 + (d.sd / d.mean) * (d.sd / d.mean));
        a_ = deterministic_log(d.mean) - 0.5 * variance;
        b_ = std::sqrt(variance);
        mean_ = d.mean;
        sd_ = d.sd;
        break;
    }
    case DistributionKind::Gamma:
        a_ = d.shape;
        b_ = d.mean / d.shape;
        mean_ = d.mean;
        sd_ = d.mean / std::sqrt(d.shape);
        break;
    case DistributionKind::Weibull: {
        a_ = 1.0 / d.shape;
        b_ = d.scale;
        const double first = deterministic_exp(log_gamma(1.0 + a_));
        mean_ = b_ * first;
        sd_ = b_ * std::sqrt(std::max(0.0, deterministic_exp(log_gamma(1.0 + 2.0 * a_)) - first * first));
        break;
    }
    case DistributionKind::Discrete:
    case DistributionKind::Empirical: {
        values_ = d.values;
        const bool discrete = d.kind == DistributionKind::Discrete;
        double sum = 0.0, square = 0.0, total = 0.0;
        const std::size_t count = discrete ? values_.size() : values_.size() - 1;
        for (std::size_t i = 0; i < count; ++i) {
            const double weight = discrete ? d.weights[i] : 1.0;
            const double next = discrete ? values_[i] : values_[i + 1];
            total += weight;
            cumulative_.push_back(total);
            sum += weight * 0.5 * (values_[i] + next);
            square += weight * (values_[i] * values_[i] + values_[i] * next + next * next) / 3.0;
        }
        for (double& c : cumulative_) c /= total;
        mean_ = sum / total;
        sd_ = std::sqrt(std::max(0.0, square / total - mean_ * mean_));
        break;
    }
    }
}

double Sampler::draw(Stream& stream) const {
    switch (kind_) {
    case DistributionKind::Constant:
        return a_;
    case DistributionKind::Uniform:
        return a_ + b_ * stream.uniform();
    case DistributionKind::Triangular: {
        const double u = stream.uniform();
        const double width = b_ - a_;
        if (u * width < c_ - a_) return a_ + std::sqrt(u * width * (c_ - a_));
        return b_ - std::sqrt((1.0 - u) * width * (b_ - c_));
    }
    case DistributionKind::Exponential:
        return bounded(-a_ * deterministic_log(stream.uniform()));
    case DistributionKind::Normal:
        while (true) { // the mean is not negative: at least every second draw is good
            const double value = a_ + b_ * normal_quantile(stream.uniform());
            if (value >= 0.0) return bounded(value);
        }
    case DistributionKind::Lognormal:
        return bounded(deterministic_exp(a_ + b_ * normal_quantile(stream.uniform())));
    case DistributionKind::Gamma:
        return bounded(gamma(stream));
    case DistributionKind::Weibull: {
        const double e = -deterministic_log(stream.uniform());
        return bounded(b_ * deterministic_exp(a_ * deterministic_log(e)));
    }
    case DistributionKind::Discrete:
    case DistributionKind::Empirical:
        return from_table(stream);
    }
    return 0.0;
}

// Few whole stages are summed up; else Marsaglia and Tsang (2000).
double Sampler::gamma(Stream& stream) const {
    if (a_ <= 16.0 && a_ == std::floor(a_)) {
        double product = 1.0;
        for (int i = 0; i < static_cast<int>(a_); ++i) product *= stream.uniform();
        return -b_ * deterministic_log(product);
    }
    const double shape = a_ < 1.0 ? a_ + 1.0 : a_;
    const double d = shape - 1.0 / 3.0;
    const double c = 1.0 / std::sqrt(9.0 * d);
    while (true) {
        const double x = normal_quantile(stream.uniform());
        const double root = 1.0 + c * x;
        if (root <= 0.0) continue;
        const double v = root * root * root;
        const double u = stream.uniform();
        if (deterministic_log(u) >= 0.5 * x * x + d - d * v + d * deterministic_log(v)) continue;
        double value = d * v;
        if (a_ < 1.0) value *= deterministic_exp(deterministic_log(stream.uniform()) / a_);
        return b_ * value;
    }
}

double Sampler::from_table(Stream& stream) const {
    const double u = stream.uniform();
    const auto above = std::ranges::upper_bound(cumulative_, u);
    const auto i = std::min(static_cast<std::size_t>(above - cumulative_.begin()), cumulative_.size() - 1);
    if (kind_ == DistributionKind::Discrete) return values_[i];
    const double share = u * static_cast<double>(cumulative_.size()) - static_cast<double>(i);
    return values_[i] + (values_[i + 1] - values_[i]) * std::clamp(share, 0.0, 1.0);
}

} // namespace pw::simulation
