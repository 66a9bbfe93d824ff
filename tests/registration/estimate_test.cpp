// SPDX-License-Identifier: Apache-2.0
#include "registration/estimate.h"

#include "tests/registration/luck.h"

#include <doctest/doctest.h>

#include <vector>

using namespace pw;
using namespace pw::registration;
using pw::registration::test::consistent;
using pw::registration::test::error2;
using pw::registration::test::Luck;

namespace {

Mat6 some_covariance(Luck& luck, double turn_sd, double shift_sd) {
    Mat6 a;
    for (std::size_t r = 0; r < 6; ++r)
        for (std::size_t c = 0; c < 6; ++c) a(r, c) = luck.normal(r < 3 ? turn_sd : shift_sd);
    return a * transposed(a);
}

Vec6 draw(Luck& luck, const Mat6& covariance) {
    Vec6 white;
    for (double& v : white.values) v = luck.normal();
    return *cholesky(covariance) * white;
}

double distance(const Rigid& a, const Rigid& b) {
    return glm::length(a.translation - b.translation) +
           glm::length(rotation_vector(a.rotation * glm::conjugate(b.rotation)));
}

} // namespace

TEST_SUITE("registration/estimate") {
    TEST_CASE("a small matrix is solved, inverted and taken apart into what multiplies to it again") {
        Luck luck(1);
        for (int i = 0; i < 200; ++i) {
            const Mat6 a = some_covariance(luck, 1.0, 1.0);
            const Eigen<6> e = eigen_of(a);
            Mat6 again;
            for (std::size_t k = 0; k < 6; ++k) {
                if (k > 0) CHECK(e.values[k] >= e.values[k - 1]);
                for (std::size_t r = 0; r < 6; ++r)
                    for (std::size_t c = 0; c < 6; ++c) again(r, c) += e.values[k] * e.vectors(r, k) * e.vectors(c, k);
            }
            const Mat6 one = a * *inverse_of(a);
            for (std::size_t r = 0; r < 6; ++r)
                for (std::size_t c = 0; c < 6; ++c) {
                    CHECK(again(r, c) == doctest::Approx(a(r, c)).epsilon(1e-9));
                    CHECK(std::abs(one(r, c) - (r == c ? 1.0 : 0.0)) < 1e-5);
                }
        }
        Mat6 flat = identity<6>();
        flat(5, 5) = 0.0;
        CHECK_FALSE(cholesky(flat));
        CHECK_FALSE(inverse_of(flat));
    }

    TEST_CASE("difference and moved_by undo each other, also a million metres away") {
        Luck luck(2);
        for (int i = 0; i < 1000; ++i) {
            Estimate e{.place = luck.rigid(1e6), .pivot_m = luck.in_box(1e6)};
            Vec6 x;
            for (double& v : x.values) v = luck.normal(0.3);
            const Vec6 back = difference(e, moved_by(e, x));
            for (std::size_t k = 0; k < 6; ++k) CHECK(std::abs(back(k, 0) - x(k, 0)) < 2e-9);
        }
        CHECK(glm::length(rotation_vector(turned_by({0.0, 3.0, 0.0})) - DVec3(0.0, 3.0, 0.0)) < 1e-12);
        CHECK(glm::length(rotation_vector(turned_by({1e-10, 0.0, 0.0})) - DVec3(1e-10, 0.0, 0.0)) < 1e-20);
        CHECK(rotation_vector(-turned_by({0.0, 1.0, 0.0})).y == doctest::Approx(1.0));
    }

    TEST_CASE("another pivot, a chain and an inverse keep the errors that were drawn") {
        Luck luck(3);
        constexpr int kRuns = 1000;
        double about_sum = 0.0, chain_sum = 0.0, inverse_sum = 0.0;
        for (int i = 0; i < kRuns; ++i) {
            const Estimate a{luck.rigid(5.0), luck.in_box(3.0), some_covariance(luck, 1e-4, 1e-3)};
            const Estimate b{luck.rigid(5.0), luck.in_box(3.0), some_covariance(luck, 1e-4, 1e-3)};
            const Rigid true_a = moved_by(a, draw(luck, a.covariance)), true_b = moved_by(b, draw(luck, b.covariance));
            about_sum += error2(about(a, luck.in_box(3.0)), true_a);
            chain_sum += error2(a * b, true_a * true_b);
            inverse_sum += error2(inverse(a), inverse(true_a));
        }
        CHECK(consistent(about_sum / kRuns, kRuns, 6));
        CHECK(consistent(chain_sum / kRuns, kRuns, 6));
        CHECK(consistent(inverse_sum / kRuns, kRuns, 6));
    }

    TEST_CASE("the error at a point has the size that is told, and 95 of 100 stay within the bound") {
        Luck luck(4);
        for (const double flat : {1.0, 0.3, 0.001}) { // a ball, an egg, a needle
            Estimate e{luck.rigid(5.0), luck.in_box(1.0), {}};
            for (std::size_t k = 0; k < 3; ++k) {
                e.covariance(k, k) = 1e-8;
                e.covariance(k + 3, k + 3) = 1e-6 * (k == 0 ? 1.0 : flat * flat);
            }
            const DVec3 point = e.pivot_m + luck.in_box(2.0);
            const PointError told = error_at(e, point);
            constexpr int kRuns = 20'000;
            double squares = 0.0;
            int within = 0;
            for (int i = 0; i < kRuns; ++i) {
                const double d = glm::distance(moved_by(e, draw(luck, e.covariance)) * point, e.place * point);
                squares += d * d;
                if (d <= told.bound95_m) ++within;
            }
            CHECK(std::sqrt(squares / kRuns) == doctest::Approx(told.rms_m).epsilon(0.02));
            CHECK(within / double{kRuns} == doctest::Approx(0.95).epsilon(0.006));
        }
        CHECK(error_at(known({}), {1.0, 2.0, 3.0}).bound95_m == 0.0);
    }

    TEST_CASE("deviations are those of the worst direction on the floor, of the height, of turning and of tilting") {
        Estimate estimate;
        const double c = std::cos(0.5), s = std::sin(0.5);
        // 5 mm along an axis of the floor, 1 mm across it; 2 mm up; tilted by 0.02 about that axis.
        const double along2 = 25e-6, across2 = 1e-6;
        auto& m = estimate.covariance;
        m(3, 3) = c * c * along2 + s * s * across2;
        m(5, 5) = s * s * along2 + c * c * across2;
        m(3, 5) = m(5, 3) = c * s * (along2 - across2);
        m(4, 4) = 4e-6;
        m(1, 1) = 1e-4;
        m(0, 0) = c * c * 4e-4;
        m(2, 2) = s * s * 4e-4;
        m(0, 2) = m(2, 0) = c * s * 4e-4;
        const Deviations of = deviations_of(estimate);
        CHECK(of.level_m == doctest::Approx(0.005));
        CHECK(of.height_m == doctest::Approx(0.002));
        CHECK(of.turn_rad == doctest::Approx(0.01));
        CHECK(of.tilt_rad == doctest::Approx(0.02));
    }

    TEST_CASE("what is fused is known as well as its parts together, wherever it begins") {
        Luck luck(5);
        constexpr int kRuns = 1000;
        double sum = 0.0, chi2 = 0.0;
        for (int i = 0; i < kRuns; ++i) {
            const Rigid truth = luck.rigid(5.0);
            std::vector<Estimate> parts;
            for (int k = 0; k < 4; ++k) {
                Estimate e{truth, luck.in_box(2.0), some_covariance(luck, 1e-5, 1e-5)};
                e.place = moved_by(e, draw(luck, e.covariance));
                parts.push_back(e);
            }
            const auto fused = fuse(parts);
            REQUIRE(fused);
            sum += error2(fused->estimate, truth);
            chi2 += fused->chi2;
            std::swap(parts[0], parts[3]);
            CHECK(distance(fuse(parts)->estimate.place, fused->estimate.place) < 1e-7);
        }
        CHECK(consistent(sum / kRuns, kRuns, 6));
        CHECK(consistent(chi2 / kRuns, kRuns, 18));
        CHECK_FALSE(fuse(std::vector<Estimate>{known({}, 0.0, 0.0)}));
    }

    TEST_CASE("a pose for drawing is exact where it stands, however far the origin is") {
        const Rigid far{{1e6, 0.0, -1e6}, turned_by({0.1, 2.0, 0.3})};
        const DVec3 here(-1e6, 3.0, 5e5);
        const Pose pose = pose_at(far, here);
        const DVec3 there = pose.position + DVec3(pose.orientation * Vec3(1.f, 2.f, 3.f));
        CHECK(glm::distance(there, far * (here + DVec3(1.0, 2.0, 3.0))) < 2e-6);
    }

    TEST_CASE("one in a thousand exceeds the limit of chi-square") {
        CHECK(chi2_limit(1) == doctest::Approx(10.828).epsilon(0.031));
        CHECK(chi2_limit(3) == doctest::Approx(16.266).epsilon(0.02));
        CHECK(chi2_limit(6) == doctest::Approx(22.458).epsilon(0.01));
        CHECK(chi2_limit(100) == doctest::Approx(149.449).epsilon(0.001));
        for (const int k : {1, 2, 3, 6})
            CHECK(chi2_limit(k) >=
                  std::array{0.0, 10.828, 13.816, 16.266, 0., 0., 22.458}[static_cast<std::size_t>(k)]);
    }
}
