// SPDX-License-Identifier: Apache-2.0
#include "simulation/elementary.h"

#include "base/assert.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numbers>
#include <span>

namespace pw::simulation {
namespace {

// ln 2 in two parts; the first has 21 zero bits at its end, so that k times it is exact.
constexpr double kLn2High = 0x1.62e42fee00000p-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;

double polynomial(std::span<const double> coefficients, double x) { // highest power first
    double sum = 0.0;
    for (const double c : coefficients) sum = sum * x + c;
    return sum;
}

// 2^k for any k that an exponent holds; in two steps where one would leave the normal numbers.
double scaled(double x, int k) {
    const auto power = [](int e) { return std::bit_cast<double>(static_cast<std::uint64_t>(e + 1023) << 52); };
    if (k > 1023) return x * power(1023) * power(k - 1023);
    if (k < -1022) return x * power(k + 1000) * power(-1000);
    return x * power(k);
}

} // namespace

// x = 2^k (1 + f) with 1 + f in [√½, √2). With s = f / (2 + f): ln(1 + f) = 2 artanh(s) = 2 s + 2 s³/3 + 2 s⁵/5 + …,
// and 2 s = f - s f, so that the sum begins with the exact f: f - (f²/2 - s (f²/2 + R)), R = 2 s²/3 + 2 s⁴/5 + ….
double deterministic_log(double x) {
    PW_ASSERT(x > 0.0 && x <= std::numeric_limits<double>::max(), "a logarithm needs a positive, finite number");
    int k = 0;
    if (x < std::numeric_limits<double>::min()) {
        x *= 0x1p54;
        k = -54;
    }
    auto bits = std::bit_cast<std::uint64_t>(x);
    constexpr std::uint64_t kRootHalf = 0x3fe6'a09e'0000'0000u; // √½
    const std::uint64_t shifted = bits - kRootHalf;
    k += static_cast<int>(static_cast<std::int64_t>(shifted) >> 52);
    bits = (shifted & 0x000f'ffff'ffff'ffffu) + kRootHalf;
    const double f = std::bit_cast<double>(bits) - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s;
    const double w = z * z;
    // Odd and even powers apart: two chains that a processor can walk side by side.
    const double odd = ((((2.0 / 23 * w + 2.0 / 19) * w + 2.0 / 15) * w + 2.0 / 11) * w + 2.0 / 7) * w + 2.0 / 3;
    const double even = ((((2.0 / 21) * w + 2.0 / 17) * w + 2.0 / 13) * w + 2.0 / 9) * w + 2.0 / 5;
    const double r = odd * z + even * w;
    const double half = 0.5 * f * f;
    const double dk = k;
    return dk * kLn2High - ((half - (s * (half + r) + dk * kLn2Low)) - f);
}

// x = k ln 2 + r, |r| <= ln 2 / 2; then 2^k times the series of e^r, summed from its small end.
double deterministic_exp(double x) {
    if (!(x < 709.79)) return x > 0.0 ? std::numeric_limits<double>::infinity() : x;
    if (x < -745.2) return 0.0;
    const double quotient = x * (1.0 / std::numbers::ln2);
    const int k = static_cast<int>(quotient < 0.0 ? quotient - 0.5 : quotient + 0.5);
    const double high = x - k * kLn2High;
    const double low = k * kLn2Low;
    const double r = high - low;
    const double error = (high - r) - low; // what r lost
    static constexpr std::array<double, 12> kInverseFactorials{
        1.0 / 6227020800.0, 1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0, 1.0 / 362880.0, 1.0 / 40320.0,
        1.0 / 5040.0,       1.0 / 720.0,       1.0 / 120.0,      1.0 / 24.0,      1.0 / 6.0,      1.0 / 2.0};
    const double tail = r * r * polynomial(kInverseFactorials, r);
    return scaled(1.0 + (r + (tail + error)), k);
}

double normal_quantile(double p) {
    PW_ASSERT(p > 0.0 && p < 1.0, "a quantile needs a probability between 0 and 1");
    static constexpr std::array<double, 8> kA{2509.0809287301226727, 33430.575583588128105, 67265.770927008700853,
                                              45921.953931549871457, 13731.693765509461125, 1971.5909503065514427,
                                              133.14166789178437745, 3.387132872796366608};
    static constexpr std::array<double, 8> kB{
        5226.495278852854561,  28729.085735721942674, 39307.89580009271061,  21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083,  42.313330701600911252, 1.0};
    static constexpr std::array<double, 8> kC{7.7454501427834140764e-4, .0227238449892691845833, .24178072517745061177,
                                              1.27045825245236838258,   3.64784832476320460504,  5.7694972214606914055,
                                              4.6303378461565452959,    1.42343711074968357734};
    static constexpr std::array<double, 8> kD{
        1.05075007164441684324e-9, 5.475938084995344946e-4, .0151986665636164571966, .14810397642748007459,
        .68976733498510000455,     1.6763848301838038494,   2.05319162663775882187,  1.0};
    static constexpr std::array<double, 8> kE{
        2.01033439929228813265e-7, 2.71155556874348757815e-5, .0012426609473880784386, .026532189526576123093,
        .29656057182850489123,     1.7848265399172913358,     5.4637849111641143699,   6.6579046435011037772};
    static constexpr std::array<double, 8> kF{
        2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
        .0148753612908506148525,    .13692988092273580531,    .59983220655588793769,    1.0};
    const double q = p - 0.5;
    if (std::abs(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * polynomial(kA, r) / polynomial(kB, r);
    }
    const double r = std::sqrt(-deterministic_log(q < 0.0 ? p : 1.0 - p));
    const double z = r <= 5.0 ? polynomial(kC, r - 1.6) / polynomial(kD, r - 1.6)
                              : polynomial(kE, r - 5.0) / polynomial(kF, r - 5.0);
    return q < 0.0 ? -z : z;
}

// The density of t with x = √n tan a is c cosⁿ⁻¹ a: the probability of -t … t is its integral, and for a whole n that
// is a finite series (Abramowitz, Stegun 26.7.3 and 26.7.4). Then halve the interval.
double student_quantile(double p, int freedom) {
    PW_ASSERT(p >= 0.5 && p < 1.0 && freedom >= 1, "a Student quantile needs 0.5 <= p < 1 and a degree of freedom");
    if (p == 0.5) return 0.0;
    const double n = freedom;
    const bool is_odd = freedom % 2 == 1;
    const auto arctan = [](double x) { // halved until the series is short: atan x = 2 atan(x / (1 + √(1 + x²)))
        double factor = 1.0;
        for (; x > 0.1; factor *= 2.0) x = x / (1.0 + std::sqrt(1.0 + x * x));
        double sum = 0.0;
        for (int i = 21; i >= 1; i -= 2) sum = 1.0 / i - x * x * sum;
        return factor * x * sum;
    };
    const auto inside = [&](double t) { // P(|T| <= t)
        const double cos2 = n / (n + t * t);
        const double sin = t / std::sqrt(n + t * t);
        double term = is_odd ? std::sqrt(cos2) : 1.0;
        double sum = freedom == 1 ? 0.0 : term;
        for (int i = is_odd ? 3 : 2; i <= freedom - 2; i += 2) {
            term *= cos2 * (i - 1) / i;
            sum += term;
        }
        return is_odd ? 2.0 / std::numbers::pi * (arctan(t / std::sqrt(n)) + sin * sum) : sin * sum;
    };
    const double wanted = 2.0 * p - 1.0;
    double low = 0.0, high = 1.0;
    while (inside(high) < wanted && high < 1e300) high *= 2.0;
    for (int i = 0; i < 200 && high - low > 1e-14 * high; ++i) {
        const double middle = 0.5 * (low + high);
        (inside(middle) < wanted ? low : high) = middle;
    }
    return 0.5 * (low + high);
}

} // namespace pw::simulation
