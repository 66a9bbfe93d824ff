#pragma once
// SPDX-License-Identifier: Apache-2.0
// Small matrices whose size is known when we compile: what estimation needs and glm lacks. Plain data, doubles, row by
// row. Nothing here allocates. Internal to registration/ but for Matrix itself.

#include <array>
#include <cmath>
#include <cstddef>
#include <optional>

namespace pw::registration {

template <std::size_t R, std::size_t C> struct Matrix {
    std::array<double, R * C> values{};

    constexpr double& operator()(std::size_t r, std::size_t c) { return values[r * C + c]; }
    constexpr double operator()(std::size_t r, std::size_t c) const { return values[r * C + c]; }
    friend bool operator==(const Matrix&, const Matrix&) = default;

    Matrix& operator+=(const Matrix& b) {
        for (std::size_t i = 0; i < R * C; ++i) values[i] += b.values[i];
        return *this;
    }
    Matrix& operator*=(double s) {
        for (double& v : values) v *= s;
        return *this;
    }
    friend Matrix operator+(Matrix a, const Matrix& b) { return a += b; }
    friend Matrix operator*(Matrix a, double s) { return a *= s; }
};

using Vec6 = Matrix<6, 1>;
using Mat6 = Matrix<6, 6>;

template <std::size_t R, std::size_t K, std::size_t C>
Matrix<R, C> operator*(const Matrix<R, K>& a, const Matrix<K, C>& b) {
    Matrix<R, C> out;
    for (std::size_t r = 0; r < R; ++r)
        for (std::size_t k = 0; k < K; ++k)
            for (std::size_t c = 0; c < C; ++c) out(r, c) += a(r, k) * b(k, c);
    return out;
}

template <std::size_t R, std::size_t C> Matrix<C, R> transposed(const Matrix<R, C>& a) {
    Matrix<C, R> out;
    for (std::size_t r = 0; r < R; ++r)
        for (std::size_t c = 0; c < C; ++c) out(c, r) = a(r, c);
    return out;
}

// L with L·Lᵀ = a (Cholesky). Nothing when `a` is not positive definite as far as doubles can tell.
template <std::size_t N> std::optional<Matrix<N, N>> cholesky(const Matrix<N, N>& a) {
    Matrix<N, N> l;
    for (std::size_t r = 0; r < N; ++r)
        for (std::size_t c = 0; c <= r; ++c) {
            double sum = a(r, c);
            for (std::size_t k = 0; k < c; ++k) sum -= l(r, k) * l(c, k);
            if (r != c) {
                l(r, c) = sum / l(c, c);
                continue;
            }
            if (!(sum > 1e-15 * std::abs(a(r, r)))) return std::nullopt;
            l(r, r) = std::sqrt(sum);
        }
    return l;
}

// x with a·x = b for a symmetric, positive definite `a`; nothing when it is not.
template <std::size_t N, std::size_t C>
std::optional<Matrix<N, C>> solve(const Matrix<N, N>& a, const Matrix<N, C>& b) {
    const std::optional<Matrix<N, N>> l = cholesky(a);
    if (!l) return std::nullopt;
    Matrix<N, C> x = b;
    for (std::size_t c = 0; c < C; ++c) {
        for (std::size_t r = 0; r < N; ++r) {
            for (std::size_t k = 0; k < r; ++k) x(r, c) -= (*l)(r, k) * x(k, c);
            x(r, c) /= (*l)(r, r);
        }
        for (std::size_t r = N; r-- > 0;) {
            for (std::size_t k = r + 1; k < N; ++k) x(r, c) -= (*l)(k, r) * x(k, c);
            x(r, c) /= (*l)(r, r);
        }
    }
    return x;
}

template <std::size_t N> Matrix<N, N> identity() {
    Matrix<N, N> out;
    for (std::size_t i = 0; i < N; ++i) out(i, i) = 1.0;
    return out;
}

template <std::size_t N> std::optional<Matrix<N, N>> inverse_of(const Matrix<N, N>& a) {
    std::optional<Matrix<N, N>> out = solve(a, identity<N>());
    if (!out) return out;
    for (std::size_t r = 0; r < N; ++r)
        for (std::size_t c = 0; c < r; ++c) (*out)(r, c) = (*out)(c, r);
    return out;
}

template <std::size_t N> struct Eigen {
    std::array<double, N> values{}; // ascending
    Matrix<N, N> vectors;           // its columns, of unit length
};

// Of a symmetric matrix, by Jacobi's rotations (Golub & Van Loan, Matrix Computations, 8.5).
template <std::size_t N> Eigen<N> eigen_of(Matrix<N, N> a) {
    Matrix<N, N> v = identity<N>();
    for (int sweep = 0; sweep < 60; ++sweep) {
        double off = 0.0, whole = 0.0;
        for (std::size_t r = 0; r < N; ++r)
            for (std::size_t c = 0; c < N; ++c) (r == c ? whole : off) += a(r, c) * a(r, c);
        if (off <= 1e-34 * whole) break;
        for (std::size_t p = 0; p + 1 < N; ++p)
            for (std::size_t q = p + 1; q < N; ++q) {
                if (a(p, q) == 0.0) continue;
                const double tau = (a(q, q) - a(p, p)) / (2.0 * a(p, q));
                const double t = (tau >= 0.0 ? 1.0 : -1.0) / (std::abs(tau) + std::hypot(1.0, tau));
                const double cosine = 1.0 / std::hypot(1.0, t), sine = t * cosine;
                const auto turn = [&](double& x, double& y) {
                    const double was = x;
                    x = cosine * was - sine * y;
                    y = sine * was + cosine * y;
                };
                for (std::size_t k = 0; k < N; ++k) turn(a(k, p), a(k, q));
                for (std::size_t k = 0; k < N; ++k) turn(a(p, k), a(q, k));
                for (std::size_t k = 0; k < N; ++k) turn(v(k, p), v(k, q));
            }
    }
    Eigen<N> out;
    std::array<std::size_t, N> order;
    for (std::size_t i = 0; i < N; ++i) {
        std::size_t at = i;
        for (; at > 0 && a(order[at - 1], order[at - 1]) > a(i, i); --at) order[at] = order[at - 1];
        order[at] = i;
    }
    for (std::size_t i = 0; i < N; ++i) {
        out.values[i] = a(order[i], order[i]);
        for (std::size_t k = 0; k < N; ++k) out.vectors(k, i) = v(k, order[i]);
    }
    return out;
}

} // namespace pw::registration
