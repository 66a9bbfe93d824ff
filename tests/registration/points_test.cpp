// SPDX-License-Identifier: Apache-2.0
#include "registration/points.h"

#include "tests/registration/luck.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numbers>
#include <set>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::registration;
using pw::registration::test::consistent;
using pw::registration::test::error2;
using pw::registration::test::Luck;

namespace {

// Touches of these points of the asset where the truth has them, each with an error of its own standard deviation.
std::vector<PointPair> touched(Luck& luck, const std::vector<DVec3>& asset, const Rigid& truth, double sd) {
    std::vector<PointPair> out;
    for (const DVec3& a : asset) out.push_back({a, truth * a + luck.normal3(sd), sd});
    return out;
}

std::vector<DVec3> scattered(Luck& luck, std::size_t count, double half, const DVec3& middle = DVec3(0.0)) {
    std::vector<DVec3> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back(middle + luck.in_box(half));
    return out;
}

Rigid upright(Luck& luck, double half, double tilt_sd) {
    const DVec3 at = luck.in_box(half);
    const glm::dquat yaw = turned_by({0.0, luck.between(-3.1, 3.1), 0.0});
    const double x = luck.normal(tilt_sd);
    return {at, turned_by({x, 0.0, luck.normal(tilt_sd)}) * yaw};
}

bool has(const PointSolution& s, DoubtKind kind) { return std::ranges::contains(s.doubts, kind, &Doubt::kind); }

const std::vector<DVec3> kCorners{{1.0, 0.0, 0.5}, {1.0, 0.0, -0.5}, {-1.0, 0.0, -0.5}, {-1.0, 0.0, 0.5}};

// Fitzpatrick, West & Maurer 1998, (46): ⟨TRE²(r)⟩ = ⟨FLE²⟩/N · (1 + ⅓ Σ dₖ²/fₖ²), with dₖ and fₖ² the distance of r,
// and the mean square of the points', from the principal axis k.
double fitzpatrick_rms(const std::vector<DVec3>& points, const DVec3& at, double sd) {
    DVec3 middle(0.0);
    for (const DVec3& p : points) middle += p / static_cast<double>(points.size());
    Matrix<3, 3> spread;
    for (const DVec3& p : points)
        for (int r = 0; r < 3; ++r)
            for (int c = 0; c < 3; ++c)
                spread(static_cast<std::size_t>(r), static_cast<std::size_t>(c)) += (p - middle)[r] * (p - middle)[c];
    const Eigen<3> axes = eigen_of(spread);
    double sum = 0.0;
    for (std::size_t k = 0; k < 3; ++k) {
        const DVec3 axis(axes.vectors(0, k), axes.vectors(1, k), axes.vectors(2, k));
        const auto from_axis2 = [&](const DVec3& p) {
            const DVec3 beside = glm::cross(axis, p - middle);
            return glm::dot(beside, beside);
        };
        double f2 = 0.0;
        for (const DVec3& p : points) f2 += from_axis2(p) / static_cast<double>(points.size());
        sum += from_axis2(at) / f2;
    }
    return std::sqrt(3.0 * sd * sd / static_cast<double>(points.size()) * (1.0 + sum / 3.0));
}

} // namespace

TEST_SUITE("registration/points") {
    TEST_CASE("exact points give the exact place") {
        Luck luck(1);
        for (std::size_t i = 0; i < 2000; ++i) {
            const Rigid truth = luck.rigid(20.0);
            const auto s = register_points(touched(luck, scattered(luck, 3 + i % 6, 2.0), truth, 1e-6));
            if (!s) continue; // three of them nearly on a line
            CHECK(glm::length(s->estimate.place * s->estimate.pivot_m - truth * s->estimate.pivot_m) < 1e-5);
            CHECK(s->rms_m < 1e-5);
        }
    }

    TEST_CASE("the covariance is as large as the errors are: 3 to 12 points, weighted") {
        for (const std::size_t count : {3u, 4u, 6u, 12u}) {
            Luck luck(10 + count);
            constexpr int kRuns = 1000;
            double sum = 0.0, chi2 = 0.0;
            int runs = 0, degrees = 0;
            while (runs < kRuns) {
                const Rigid truth = luck.rigid(20.0);
                std::vector<PointPair> pairs;
                for (const DVec3& a : scattered(luck, count, 1.5)) {
                    const double sd = luck.between(0.001, 0.006);
                    pairs.push_back({a, truth * a + luck.normal3(sd), sd});
                }
                const auto s = register_points(pairs);
                // Nearly collinear points, where first order is not enough, are what the next test is about.
                if (!s || eigen_of(s->estimate.covariance).values[5] > 0.01 * 0.01) continue;
                if (!s->outliers.empty()) continue;
                ++runs;
                sum += error2(s->estimate, truth);
                chi2 += s->chi2;
                degrees = s->degrees;
            }
            CAPTURE(count);
            CAPTURE(sum / kRuns);
            CAPTURE(chi2 / kRuns);
            CHECK(consistent(sum / kRuns, kRuns, 6));
            CHECK(consistent(chi2 / kRuns, kRuns, degrees));
        }
    }

    TEST_CASE("with the vertical known the covariance is as large as the errors are: from 2 points on") {
        for (const std::size_t count : {2u, 3u, 6u}) {
            Luck luck(300 + count);
            constexpr int kRuns = 1000;
            double sum = 0.0, chi2 = 0.0;
            int degrees = 0, runs = 0;
            while (runs < kRuns) {
                const Rigid truth = upright(luck, 20.0, 0.004);
                const auto s = register_points(touched(luck, scattered(luck, count, 1.5), truth, 0.003),
                                               {.vertical_sd_rad = 0.004});
                if (!s || eigen_of(s->estimate.covariance).values[5] > 0.01 * 0.01 || !s->outliers.empty()) continue;
                ++runs;
                sum += error2(s->estimate, truth);
                chi2 += s->chi2;
                degrees = s->degrees;
            }
            CAPTURE(count);
            CAPTURE(sum / kRuns);
            CAPTURE(chi2 / kRuns);
            CHECK(consistent(sum / kRuns, kRuns, 6));
            CHECK(consistent(chi2 / kRuns, kRuns, degrees));
        }
    }

    TEST_CASE("the target registration error is Fitzpatrick's, and what targets really show") {
        Luck luck(31);
        for (std::size_t i = 0; i < 20; ++i) {
            const std::vector<DVec3> asset = scattered(luck, 4 + i % 5, 1.0);
            const DVec3 target = luck.in_box(4.0);
            const double sd = 0.002, told = fitzpatrick_rms(asset, target, sd);
            double squares = 0.0;
            int runs = 0, within = 0;
            for (int k = 0; k < 500; ++k) {
                const Rigid truth = luck.rigid(5.0);
                const auto s = register_points(touched(luck, asset, truth, sd));
                if (!s || has(*s, DoubtKind::Spread) || !s->outliers.empty()) continue;
                const PointError error = error_at(s->estimate, target);
                CHECK(error.rms_m == doctest::Approx(told).epsilon(0.02));
                const double d = glm::distance(s->estimate.place * target, truth * target);
                squares += d * d;
                within += d <= error.bound95_m ? 1 : 0;
                ++runs;
            }
            REQUIRE(runs > 450);
            CHECK(std::sqrt(squares / runs) == doctest::Approx(told).epsilon(0.12));
            CHECK(within >= runs * 0.91);
        }
    }

    TEST_CASE("up to two in five wrong points are found, named and left out") {
        Luck luck(41);
        constexpr int kRuns = 100;
        int right = 0, refused = 0, counted = 0;
        double sum = 0.0;
        for (int i = 0; i < kRuns; ++i) {
            const std::size_t count = 5 + static_cast<std::size_t>(i % 4) * 5; // 5, 10, 15, 20
            const std::size_t wrong = 1 + static_cast<std::size_t>(luck.between(0.0, 0.4 * static_cast<double>(count)));
            if (5 * wrong > 2 * count) continue;
            ++counted;
            const Rigid truth = luck.rigid(20.0);
            std::vector<PointPair> pairs = touched(luck, scattered(luck, count, 1.5), truth, 0.004);
            std::vector<std::size_t> expected;
            for (std::size_t k = 0; k < wrong; ++k) {
                const std::size_t at = k * count / wrong;
                pairs[at].world_m += (0.08 + luck.between(0.0, 1.0)) * glm::normalize(luck.normal3(1.0));
                expected.push_back(at);
            }
            const auto s = register_points(pairs);
            if (!s) {
                ++refused;
                continue;
            }
            if (s->outliers != expected) continue;
            ++right;
            CHECK(has(*s, DoubtKind::Outliers));
            sum += std::min(error2(s->estimate, truth), 50.0);
        }
        CAPTURE(right);
        CAPTURE(refused);
        CAPTURE(counted);
        CHECK(right >= counted * 95 / 100);
        CHECK(sum / right < 7.5);
    }

    TEST_CASE("of many points the wrong ones are found by drawing") {
        Luck luck(42);
        for (int i = 0; i < 5; ++i) {
            const Rigid truth = luck.rigid(20.0);
            std::vector<PointPair> pairs = touched(luck, scattered(luck, 100, 2.0), truth, 0.003);
            for (std::size_t k = 0; k < 40; ++k) pairs[2 * k].world_m += glm::normalize(luck.normal3(1.0)) * 0.3;
            const auto s = register_points(pairs);
            REQUIRE(s);
            CHECK(s->outliers.size() >= 40);
            CHECK(s->outliers.size() <= 42); // one good pick in a thousand looks wrong
            for (std::size_t k = 0; k < 40; ++k) CHECK(std::ranges::contains(s->outliers, 2 * k));
            CHECK(error2(s->estimate, truth) < chi2_limit(6));
        }
    }

    TEST_CASE("with three points it is said that a wrong one cannot be found") {
        Luck luck(43);
        std::vector<PointPair> pairs =
            touched(luck, {{0.0, 0.0, 0.0}, {1.3, 0.2, 0.0}, {0.1, 0.9, 0.4}}, luck.rigid(5.0), 0.004);
        auto s = register_points(pairs);
        REQUIRE(s);
        CHECK(has(*s, DoubtKind::OutliersUnseen));
        CHECK_FALSE(has(*s, DoubtKind::Spread));
        pairs[1].world_m += 0.05 * glm::normalize(pairs[1].world_m - pairs[0].world_m);
        const double before = error_at(s->estimate, pairs[1].asset_m).rms_m;
        s = register_points(pairs);
        REQUIRE(s);
        CHECK(has(*s, DoubtKind::OutliersUnseen));
        CHECK(has(*s, DoubtKind::Spread));
        CHECK(error_at(s->estimate, pairs[1].asset_m).rms_m > 2.0 * before);
        pairs[1].world_m += 0.8 * glm::normalize(pairs[1].world_m - pairs[0].world_m);
        s = register_points(pairs);
        REQUIRE_FALSE(s);
        CHECK(s.error().what.contains("touch them again"));
    }

    TEST_CASE("two sets that tell two places are refused: which one is wrong cannot be told") {
        // Five points of one plane, and one to each side of it that is right only in one of two places.
        Luck luck(44);
        const std::vector<DVec3> asset{{0, 0, 0}, {2, 0.1, 0}, {0.3, 1.7, 0.2}, {1.4, 1.1, -0.4}, {-0.6, 0.8, 0.5}};
        std::vector<PointPair> pairs = touched(luck, asset, {}, 0.002);
        const Rigid other{{0.5, 0.2, 0.1}, turned_by({0.0, 0.4, 0.0})};
        for (std::size_t k : {3u, 4u}) pairs[k].world_m = other * asset[k];
        // The first point is a fixed point of both, so each place has three of five.
        pairs[0].asset_m = pairs[0].world_m = {};
        const glm::dquat turn = turned_by({0.0, 0.4, 0.0});
        pairs[1] = {{0.0, 1.0, 0.0}, {0.0, 1.0, 0.0}, 0.002}; // on the axis: as well
        pairs[2].world_m = pairs[2].asset_m;
        pairs[3].world_m = turn * pairs[3].asset_m;
        pairs.pop_back();
        const auto s = register_points(pairs);
        REQUIRE_FALSE(s);
        CHECK(s.error().code == Errc::Refused);
        CHECK(s.error().what.contains("tell two places"));
    }

    TEST_CASE("too few, coincident, collinear and mirrored points are refused in words") {
        Luck luck(45);
        const Rigid truth = luck.rigid(5.0);
        const auto why = [&](const std::vector<DVec3>& asset, const PointOptions& options = {}) {
            const auto s = register_points(touched(luck, asset, truth, 0.003), options);
            return s ? std::string("accepted") : s.error().what;
        };
        CHECK(why({{0, 0, 0}, {1, 0, 0}}).contains("2 of the 3 points"));
        CHECK(why({{0, 0, 0}, {0.001, 0, 0}, {0, 0.001, 0}}).contains("no farther apart"));
        CHECK(why({{0, 0, 0}, {1, 0, 0}, {2, 0, 0}, {3, 0, 0}}).contains("on a line"));
        CHECK(why({{0, 0, 0}, {1, 0, 0}, {2, 0.003, 0}}).contains("on a line")); // as far as one can touch
        CHECK(why({{0, 0, 0}, {0, 1, 0}}, {.vertical_sd_rad = 0.003}).contains("above each other"));
        CHECK(why({{0, 0, 0}}, {.vertical_sd_rad = 0.003}).contains("1 of the 2 points"));
        CHECK(why({{0, 0, 0}, {1, 0, 0}, {2, 0.3, 0}}) == "accepted");

        std::vector<PointPair> pairs = touched(luck, scattered(luck, 6, 1.0), truth, 0.003);
        for (PointPair& p : pairs) p.world_m.x = -p.world_m.x;
        const auto mirrored = register_points(pairs);
        REQUIRE_FALSE(mirrored);
        CHECK(mirrored.error().what.contains("mirror image"));

        // The model's points are fine, the touches are not.
        pairs = touched(luck, scattered(luck, 4, 1.0), truth, 0.003);
        for (PointPair& p : pairs) p.world_m = {p.asset_m.x, 0.0, 0.0};
        const auto line = register_points(pairs);
        REQUIRE_FALSE(line);
        CHECK(line.error().what.contains("the touched points lie on a line"));
    }

    TEST_CASE("numbers that are none are refused with the point that has them") {
        const std::vector<PointPair> good{{{0, 0, 0}, {0, 0, 0}}, {{1, 0, 0}, {1, 0, 0}}, {{0, 1, 0}, {0, 1, 0}}};
        const auto why = [&](auto change) {
            std::vector<PointPair> pairs = good;
            change(pairs[1]);
            const auto s = register_points(pairs);
            return s ? std::string() : s.error().what;
        };
        CHECK(why([](PointPair&) {}).empty());
        CHECK(why([](PointPair& p) { p.world_m.y = NAN; }).starts_with("point 2: not a place"));
        CHECK(why([](PointPair& p) { p.asset_m.z = INFINITY; }).starts_with("point 2: not a place"));
        CHECK(why([](PointPair& p) { p.sd_m = 0.0; }).starts_with("point 2: a standard deviation"));
        CHECK(why([](PointPair& p) { p.sd_m = NAN; }).starts_with("point 2: a standard deviation"));
        CHECK_FALSE(register_points(std::vector<PointPair>(kMaxPairs + 1)));
        CHECK_FALSE(register_points(good, {.vertical_sd_rad = 0.0}));
        CHECK_FALSE(register_points(good, {.symmetry = Symmetry{.axis = DVec3(0.0)}}));
    }

    TEST_CASE("another scale is a doubt, and one of another unit a refusal") {
        Luck luck(51);
        const Rigid truth = luck.rigid(5.0);
        const std::vector<DVec3> asset = scattered(luck, 8, 1.5);
        const auto scaled = [&](double by) {
            std::vector<PointPair> pairs;
            for (const DVec3& a : asset) pairs.push_back({a, truth * (by * a) + luck.normal3(0.002), 0.002});
            return register_points(pairs);
        };
        const auto right = scaled(1.0);
        REQUIRE(right);
        CHECK_FALSE(has(*right, DoubtKind::Scale));
        CHECK(std::abs(right->scale_error) < 4.0 * right->scale_sd);
        const auto off = scaled(1.03);
        REQUIRE(off);
        CHECK(has(*off, DoubtKind::Scale));
        CHECK(off->outliers.empty());
        CHECK(off->scale_error == doctest::Approx(0.03).epsilon(0.1));
        CHECK(error_at(off->estimate, asset[0]).rms_m > 3.0 * error_at(right->estimate, asset[0]).rms_m);
        const auto inches = scaled(25.4);
        REQUIRE_FALSE(inches);
        CHECK(inches.error().what.contains("another unit"));
    }

    TEST_CASE("a scale's own error is as large as is told") {
        Luck luck(52);
        constexpr int kRuns = 1000;
        double sum = 0.0;
        for (int i = 0; i < kRuns; ++i) {
            const auto s = register_points(touched(luck, scattered(luck, 8, 1.5), luck.rigid(5.0), 0.002));
            REQUIRE(s);
            sum += s->scale_error * s->scale_error / (s->scale_sd * s->scale_sd);
        }
        CHECK(consistent(sum / kRuns, kRuns, 1));
    }

    TEST_CASE("points that match themselves are ambiguous until one of them cannot be mistaken") {
        Luck luck(61);
        const Rigid truth = luck.rigid(5.0);
        std::vector<PointPair> pairs = touched(luck, kCorners, truth, 0.003);
        const auto all = register_points(pairs); // a rectangle: half turns about three axes
        REQUIRE(all);
        CHECK(all->alternatives.size() == 3);
        CHECK(has(*all, DoubtKind::Ambiguous));
        for (const Rigid& r : all->alternatives)
            for (const DVec3& corner : kCorners) { // each corner comes to lie on a corner
                const auto near = [&](const DVec3& c) { return glm::distance(r * corner, truth * c) < 0.02; };
                CHECK(std::ranges::any_of(kCorners, near));
            }

        pairs[0].unique = true;
        const auto told = register_points(pairs);
        REQUIRE(told);
        CHECK_FALSE(told->ambiguous());
        CHECK_FALSE(has(*told, DoubtKind::Ambiguous));
    }

    TEST_CASE("with the vertical known a rectangle on the floor has two ways to stand") {
        Luck luck(62);
        const auto s =
            register_points(touched(luck, kCorners, upright(luck, 5.0, 0.002), 0.003), {.vertical_sd_rad = 0.002});
        REQUIRE(s);
        CHECK(s->alternatives.size() == 1);
    }

    TEST_CASE("scattered points are not ambiguous") {
        Luck luck(63);
        for (int i = 0; i < 200; ++i) {
            const auto s = register_points(touched(luck, scattered(luck, 6, 1.5), luck.rigid(5.0), 0.003));
            REQUIRE(s);
            CHECK_FALSE(s->ambiguous());
        }
    }

    TEST_CASE(
        "a machine that is declared symmetric is ambiguous whatever was touched, but for what cannot be mistaken") {
        Luck luck(64);
        const Rigid truth = luck.rigid(5.0);
        std::vector<PointPair> pairs = touched(luck, scattered(luck, 5, 1.5), truth, 0.003);
        const Symmetry four{.point_m = {0.5, 0.0, 0.2}, .axis = {0.0, 2.0, 0.0}, .fold = 4};
        auto s = register_points(pairs, {.symmetry = four});
        REQUIRE(s);
        REQUIRE(s->alternatives.size() == 3);
        const DVec3 on_axis(0.5, 3.0, 0.2);
        for (const Rigid& r : s->alternatives) CHECK(glm::distance(r * on_axis, s->estimate.place * on_axis) < 1e-9);
        const DVec3 beside = on_axis + DVec3(1.0, 0.0, 0.0);
        std::set<long> seen;
        for (const Rigid& r : s->alternatives)
            seen.insert(std::lround(1000.0 * glm::distance(r * beside, s->estimate.place * beside)));
        CHECK(seen == std::set<long>{1414, 2000});

        s = register_points(pairs, {.symmetry = Symmetry{.fold = 0}});
        REQUIRE(s);
        CHECK(s->turns_freely);
        CHECK(has(*s, DoubtKind::Ambiguous));

        pairs[2].unique = true;
        for (const unsigned fold : {0u, 2u, 4u, 60u}) {
            s = register_points(pairs, {.symmetry = Symmetry{.point_m = four.point_m, .fold = fold}});
            REQUIRE(s);
            CHECK_FALSE(s->ambiguous());
        }
    }

    TEST_CASE("a million metres from the origin nothing is lost") {
        Luck luck(71);
        constexpr int kRuns = 1000;
        double sum = 0.0;
        for (int i = 0; i < kRuns; ++i) {
            const Rigid truth = luck.rigid(1e6);
            const auto s = register_points(touched(luck, scattered(luck, 8, 1.5, luck.in_box(1e6)), truth, 0.001));
            REQUIRE(s);
            sum += error2(s->estimate, truth);
        }
        CHECK(consistent(sum / kRuns, kRuns, 6));
    }

    TEST_CASE("the order of the points changes nothing, to the bit") {
        Luck luck(72);
        for (const std::size_t count : {4u, 9u, 40u}) {
            std::vector<PointPair> pairs = touched(luck, scattered(luck, count, 1.5), luck.rigid(20.0), 0.003);
            pairs[1].world_m += DVec3(0.3, 0.1, 0.0);
            const auto first = register_points(pairs);
            REQUIRE(first);
            for (int i = 0; i < 5; ++i) {
                std::vector<std::size_t> order(count);
                for (std::size_t k = 0; k < count; ++k) order[k] = k;
                std::ranges::shuffle(order, luck.engine());
                std::vector<PointPair> shuffled;
                for (const std::size_t k : order) shuffled.push_back(pairs[k]);
                const auto again = register_points(shuffled);
                REQUIRE(again);
                CHECK(again->estimate.place.translation == first->estimate.place.translation);
                CHECK(again->estimate.place.rotation == first->estimate.place.rotation);
                CHECK(again->estimate.covariance == first->estimate.covariance);
                for (std::size_t k = 0; k < count; ++k) CHECK(again->residuals_m[k] == first->residuals_m[order[k]]);
                REQUIRE(again->outliers.size() == 1);
                CHECK(order[again->outliers[0]] == 1);
            }
        }
    }

    TEST_CASE("near a line the error is told large before it is refused") {
        Luck luck(73);
        int told = 0, refused = 0, within = 0;
        for (int i = 0; i < 1000; ++i) {
            const double off = luck.between(0.0, 0.3);
            const Rigid truth = luck.rigid(5.0);
            const auto s = register_points(touched(luck, {{0, 0, 0}, {1, 0, 0}, {2, off, 0}}, truth, 0.005));
            if (!s) {
                ++refused;
                continue;
            }
            ++told;
            const DVec3 beside(1.0, 1.0, 0.0);
            within +=
                glm::distance(s->estimate.place * beside, truth * beside) <= error_at(s->estimate, beside).bound95_m
                    ? 1
                    : 0;
        }
        CHECK(refused > 100);
        CHECK(told > 500);
        CHECK(within > told * 90 / 100);
    }
}
