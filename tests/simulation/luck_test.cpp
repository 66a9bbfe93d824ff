// SPDX-License-Identifier: Apache-2.0
// Random numbers, elementary functions and distributions.
#include "simulation/distribution.h"
#include "simulation/elementary.h"
#include "simulation/random.h"

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

using namespace pw;
using namespace pw::simulation;
using plant::Distribution;
using plant::DistributionKind;

namespace {

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

// Against libm's long double; in units of the last place of the exact value.
double ulps(double value, long double exact) {
    const double near = static_cast<double>(exact);
    const double ulp = std::nextafter(std::abs(near), INFINITY) - std::abs(near);
    return static_cast<double>(std::abs(static_cast<long double>(value) - exact) / static_cast<long double>(ulp));
}

struct Moments {
    double mean = 0.0, sd = 0.0, least = INFINITY;
};

Moments moments(const Sampler& sampler, int draws) {
    Stream stream = make_stream(7);
    double sum = 0.0, squares = 0.0, least = INFINITY;
    for (int i = 0; i < draws; ++i) {
        const double x = sampler.draw(stream);
        sum += x;
        squares += x * x;
        least = std::min(least, x);
    }
    const double mean = sum / draws;
    return {mean, std::sqrt(squares / draws - mean * mean), least};
}

} // namespace

TEST_SUITE("simulation/luck") {
    TEST_CASE("xoshiro256** and splitmix64 give the numbers of their authors") {
        std::uint64_t state = 1234567; // from the reference implementation of splitmix64
        CHECK(splitmix64(state) == 6457827717110365317u);
        CHECK(splitmix64(state) == 3203168211198807973u);
        Stream stream{{1, 2, 3, 4}}; // from the reference implementation of xoshiro256**
        for (const std::uint64_t expected : {11520ull, 0ull, 1509978240ull, 1215971899390074240ull})
            CHECK(stream.next() == expected);
    }

    TEST_CASE("each id, purpose, replication and seed has a stream of its own, the same on every machine") {
        const auto first = [](std::uint64_t seed, std::uint32_t r, const char* id, std::uint32_t purpose) {
            return make_stream(seed, r, id, purpose).next();
        };
        const std::uint64_t base = first(1, 0, "filler", 1);
        CHECK(base == 0x77ad5868e09b592eu);
        CHECK(base != first(2, 0, "filler", 1));
        CHECK(base != first(1, 1, "filler", 1));
        CHECK(base != first(1, 0, "capper", 1));
        CHECK(base != first(1, 0, "filler", 2));
    }

    TEST_CASE("uniform numbers lie inside (0, 1) and fill it evenly") {
        Stream stream = make_stream(3);
        std::array<int, 64> bins{};
        constexpr int kDraws = 640'000;
        for (int i = 0; i < kDraws; ++i) {
            const double u = stream.uniform();
            REQUIRE((u > 0.0 && u < 1.0));
            ++bins.at(static_cast<std::size_t>(u * 64.0));
        }
        double chi2 = 0.0;
        for (const int n : bins) chi2 += (n - 1e4) * (n - 1e4) / 1e4;
        CHECK(chi2 < 103.4); // 99.9 % of chi² with 63 degrees
        Stream lowest{{0, 0, 0, 1}};
        CHECK(lowest.uniform() > 0.0);
    }

    TEST_CASE("the logarithm is within 1 ulp of the exact one and the same bits everywhere") {
        Stream stream = make_stream(11);
        double worst = 0.0;
        for (int i = 0; i < 300'000; ++i) {
            const int exponent = static_cast<int>(stream.next() % 2046) - 1022;
            const double wide = std::ldexp(1.0 + stream.uniform(), exponent);
            const double near_one = 0.5 + stream.uniform();
            for (const double x : {wide, near_one})
                if (x != 1.0)
                    worst = std::max(worst, ulps(deterministic_log(x), std::log(static_cast<long double>(x))));
        }
        CHECK(worst < 1.0);
        CHECK(deterministic_log(1.0) == 0.0);
        CHECK(bits(deterministic_log(0.1)) == bits(std::log(0.1)));
        CHECK(bits(deterministic_log(5e-324)) == bits(std::log(5e-324)));
        CHECK(bits(deterministic_log(2.0)) == 0x3fe62e42fefa39efu);
        CHECK(bits(deterministic_log(0.3)) == 0xbff34378fcbda721u);
        CHECK(bits(deterministic_log(12345.678)) == 0x4022d79559791e31u);
    }

    TEST_CASE("the exponential is within 1 ulp of the exact one and the same bits everywhere") {
        Stream stream = make_stream(12);
        double worst = 0.0;
        for (int i = 0; i < 300'000; ++i) {
            for (const double x : {(stream.uniform() - 0.5) * 1416.0, (stream.uniform() - 0.5) * 2.0})
                worst = std::max(worst, ulps(deterministic_exp(x), std::exp(static_cast<long double>(x))));
        }
        CHECK(worst < 1.0);
        CHECK(deterministic_exp(0.0) == 1.0);
        CHECK(deterministic_exp(800.0) == INFINITY);
        CHECK(deterministic_exp(-800.0) == 0.0);
        CHECK(deterministic_exp(-740.0) > 0.0);
        CHECK(bits(deterministic_exp(1.0)) == 0x4005bf0a8b14576au);
        CHECK(bits(deterministic_exp(-3.7)) == 0x3f99511fc6871044u);
        CHECK(bits(deterministic_exp(100.5)) == 0x48ffcc37a76f9e76u);
    }

    TEST_CASE("quantiles of the normal are the inverse of its distribution function") {
        for (double p = 1e-12; p < 1.0; p = p < 0.01 ? p * 1.7 : p + 0.00371) {
            const double z = normal_quantile(p);
            CHECK(std::abs(0.5 * std::erfc(-z / std::sqrt(2.0)) / p - 1.0) < 1e-13);
        }
        CHECK(normal_quantile(0.5) == 0.0);
        CHECK(normal_quantile(0.975) == doctest::Approx(1.959963984540054).epsilon(1e-14));
    }

    TEST_CASE("quantiles of Student's t are those of the printed tables") {
        const std::vector<std::pair<int, double>> table{
            {1, 12.706204736432095},  {2, 4.302652729911275},    {3, 3.182446305284263},   {4, 2.7764451051977987},
            {5, 2.570581835636314},   {9, 2.2621571627409915},   {10, 2.2281388519649385}, {29, 2.045229642132703},
            {30, 2.0422724563012373}, {100, 1.9839715184496334}, {999, 1.962341461133449}};
        for (const auto& [freedom, t] : table)
            CHECK(student_quantile(0.975, freedom) == doctest::Approx(t).epsilon(1e-9));
        CHECK(student_quantile(0.5, 7) == 0.0);
    }

    TEST_CASE("every distribution has the mean and the spread that it states") {
        const std::vector<std::pair<const char*, Distribution>> all{
            {"uniform", {.kind = DistributionKind::Uniform, .low = 2.0, .high = 5.0}},
            {"triangular", {.kind = DistributionKind::Triangular, .low = 1.0, .mode = 2.0, .high = 6.0}},
            {"exponential", {.kind = DistributionKind::Exponential, .mean = 3.0}},
            {"normal", {.kind = DistributionKind::Normal, .mean = 10.0, .sd = 2.0}},
            {"lognormal", {.kind = DistributionKind::Lognormal, .mean = 4.0, .sd = 2.0}},
            {"erlang", {.kind = DistributionKind::Gamma, .mean = 6.0, .shape = 3.0}},
            {"gamma", {.kind = DistributionKind::Gamma, .mean = 6.0, .shape = 2.5}},
            {"small gamma", {.kind = DistributionKind::Gamma, .mean = 2.0, .shape = 0.5}},
            {"weibull", {.kind = DistributionKind::Weibull, .shape = 1.5, .scale = 4.0}},
            {"discrete", {.kind = DistributionKind::Discrete, .values = {1, 2, 10}, .weights = {5, 3, 2}}},
            {"empirical", {.kind = DistributionKind::Empirical, .values = {1, 2, 4, 8}}}};
        constexpr int kDraws = 400'000;
        for (const auto& [name, declared] : all) {
            CAPTURE(name);
            const Sampler sampler(declared);
            const Moments found = moments(sampler, kDraws);
            // Five standard errors; a spread's is below twice as wide for all of these.
            const double error = 5.0 * sampler.standard_deviation() / std::sqrt(kDraws);
            CHECK(std::abs(found.mean - sampler.mean()) < error);
            CHECK(std::abs(found.sd - sampler.standard_deviation()) < 4.0 * error);
            CHECK(found.least >= 0.0);
        }
        CHECK(Sampler({.kind = DistributionKind::Weibull, .shape = 2.0, .scale = 1.0}).mean() ==
              doctest::Approx(std::sqrt(std::acos(-1.0)) / 2.0).epsilon(1e-12));
    }

    TEST_CASE("what a normal gives below 0 is drawn again") {
        const Sampler sampler({.kind = DistributionKind::Normal, .mean = 1.0, .sd = 1.0});
        const Moments found = moments(sampler, 200'000);
        CHECK(found.least >= 0.0);
        // The mean of the part above 0: 1 + φ(1) / Φ(1).
        CHECK(found.mean == doctest::Approx(1.0 + 0.24197072451914337 / 0.8413447460685429).epsilon(0.01));
    }

    TEST_CASE("a constant draws nothing and is whole nanoseconds") {
        const Sampler sampler({.value = 1.25});
        Stream stream = make_stream(1);
        const auto before = stream.s;
        CHECK(sampler.draw_ns(stream) == 1'250'000'000);
        CHECK(stream.s == before);
    }
}
