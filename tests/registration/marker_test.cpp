// SPDX-License-Identifier: Apache-2.0
// Corners with Gaussian errors, whose covariance must hold strictly; then pictures.
#include "registration/marker.h"

#include "tests/registration/tag_picture.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numbers>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::registration;
using namespace pw::registration::test;

namespace {

constexpr double kCornerSd = 0.2;

Intrinsics wide_camera() {
    return {.width = 1280,
            .height = 960,
            .fx = 900.0,
            .fy = 905.0,
            .cx = 642.0,
            .cy = 476.0,
            .k1 = -0.1,
            .k2 = 0.02,
            .p1 = 0.0005,
            .p2 = -0.0008,
            .k3 = 0.001};
}

Sighting seen(Luck& luck, const Intrinsics& lens, const Marker& marker, const Rigid& camera_from_asset, double sd) {
    Sighting out{.family = marker.family, .id = marker.id};
    const auto exact = corners_of(Scene{.lens = lens, .tags = {}}, {marker.family, marker.id, marker.size_m,
                                                                    camera_from_asset * marker.asset_from_marker});
    for (std::size_t i = 0; i < 4; ++i) {
        const double x = luck.normal(sd);
        out.corners.at(i) = exact.at(i) + glm::dvec2(x, luck.normal(sd));
    }
    return out;
}

bool has(const MarkerSolution& s, DoubtKind kind) { return std::ranges::contains(s.doubts, kind, &Doubt::kind); }

} // namespace

TEST_SUITE("registration/marker") {
    TEST_CASE("one marker: the covariance is as large as the errors are") {
        Luck luck(1);
        constexpr int kRuns = 1000;
        double sum = 0.0, chi2 = 0.0;
        for (int i = 0; i < kRuns;) {
            const Rigid asset_from_marker = luck.rigid(2.0);
            const Marker marker{Family::Tag36h11, 3, 0.16, asset_from_marker};
            const Rigid camera_from_asset =
                facing(luck, luck.between(0.4, 0.7), luck.between(0.5, 0.9)) * inverse(asset_from_marker);
            const Rigid world_from_camera = luck.rigid(20.0);
            const View view{wide_camera(),
                            known(world_from_camera),
                            {seen(luck, wide_camera(), marker, camera_from_asset, kCornerSd)}};
            const auto s = register_markers(std::span(&view, 1), std::span(&marker, 1), {.corner_sd_px = kCornerSd});
            REQUIRE(s);
            if (has(*s, DoubtKind::Spread)) continue; // one in a thousand
            ++i;
            sum += error2(s->estimate, world_from_camera * camera_from_asset);
            chi2 += s->chi2;
            CHECK(s->log_odds > 4.6);
        }
        CAPTURE(sum / kRuns);
        CAPTURE(chi2 / kRuns);
        CHECK(consistent(sum / kRuns, kRuns, 6));
        CHECK(consistent(chi2 / kRuns, kRuns, 2));
    }

    TEST_CASE("several markers in several pictures whose cameras are inexact: so is that") {
        Luck luck(2);
        constexpr int kRuns = 1000;
        const std::vector<Marker> markers{
            {Family::Tag36h11, 3, 0.16, {{0.2, 0.0, 0.0}, turned_by({0.0, 0.4, 0.0})}},
            {Family::TagStandard41h12, 5, 0.1, {{-0.15, 0.1, 0.05}, turned_by({0.3, 0.0, 0.0})}}};
        double sum = 0.0, chi2 = 0.0;
        int degrees = 0;
        for (int i = 0; i < kRuns;) {
            const Rigid world_from_asset = luck.rigid(20.0);
            std::vector<View> views;
            for (int k = 0; k < 3; ++k) {
                const Rigid camera_from_asset = facing(luck, luck.between(0.8, 1.2), luck.between(0.0, 0.5));
                const Rigid truth = world_from_asset * inverse(camera_from_asset);
                Estimate camera = known(truth, 0.002, 0.001);
                camera.place = {truth.translation + luck.normal3(0.002),
                                turned_by(luck.normal3(0.001)) * truth.rotation};
                View& view = views.emplace_back(wide_camera(), camera);
                for (const Marker& m : markers)
                    view.sightings.push_back(seen(luck, view.lens, m, camera_from_asset, kCornerSd));
            }
            const auto s = register_markers(views, markers, {.corner_sd_px = kCornerSd});
            REQUIRE(s);
            if (has(*s, DoubtKind::Spread)) continue;
            ++i;
            CHECK(s->markers == 6);
            CHECK(s->views == 3);
            sum += error2(s->estimate, world_from_asset);
            chi2 += s->chi2;
            degrees = s->degrees;
        }
        CAPTURE(sum / kRuns);
        CAPTURE(chi2 / kRuns);
        CHECK(degrees == 42);
        CHECK(consistent(sum / kRuns, kRuns, 6));
        CHECK(consistent(chi2 / kRuns, kRuns, degrees));
    }

    TEST_CASE("a small marker seen straight is refused, unless something else decides") {
        Luck luck(3);
        const Marker marker{Family::Tag36h11, 3, 0.1, {}};
        int refused = 0, wrong = 0, silent = 0, doubtful = 0;
        constexpr int kRuns = 200;
        for (int i = 0; i < kRuns; ++i) {
            const glm::dquat tilt = turned_by({0.0, luck.between(0.1, 0.35), 0.0});
            const Rigid camera_from_asset{{0.1, -0.1, 4.0}, turned_by({std::numbers::pi, 0.0, 0.0}) * tilt};
            // The camera stands upright: the asset is upright in the world, and of its mirrored pose's tilt one can
            // tell.
            const Rigid world_from_camera{{1.0, 2.0, 3.0}, turned_by({std::numbers::pi, 0.0, 0.0})};
            const Rigid truth = world_from_camera * camera_from_asset;
            const View view{wide_camera(),
                            known(world_from_camera),
                            {seen(luck, wide_camera(), marker, camera_from_asset, kCornerSd)}};
            const auto turn_error = [&](const MarkerSolution& s) {
                return glm::length(rotation_vector(s.estimate.place.rotation * glm::conjugate(truth.rotation)));
            };
            const auto s = register_markers(std::span(&view, 1), std::span(&marker, 1));
            if (!s) {
                CHECK(s.error().code == Errc::Refused);
                CHECK(s.error().what.contains("two poses"));
                ++refused;
            } else {
                const bool said = has(*s, DoubtKind::PlanarPose);
                wrong += error2(s->estimate, truth) > 3.0 * chi2_limit(6) ? 1 : 0;
                silent += !said && error2(s->estimate, truth) > chi2_limit(6) ? 1 : 0;
                doubtful += said ? 1 : 0;
            }
            const auto near =
                register_markers(std::span(&view, 1), std::span(&marker, 1), {.near = known(truth, 0.05, 0.05)});
            REQUIRE(near);
            CHECK(turn_error(*near) < 0.6);
        }
        CAPTURE(refused);
        CHECK(refused > kRuns / 2);
        CHECK(wrong <= kRuns / 100); // what 100 to 1 promises
        CHECK(silent <= kRuns / 100);
        CHECK(doubtful > 0);
    }

    TEST_CASE("what stands upright, another marker, or another picture decides between two poses") {
        Luck luck(4);
        const Marker marker{Family::Tag36h11, 3, 0.1, {}};
        // Seen from a little above: the mirrored pose leans.
        const Rigid world_from_asset{{0.0, 1.0, 0.0}, {1.0, 0.0, 0.0, 0.0}};
        const auto camera_at = [&](const DVec3& eye) {
            const DVec3 z = glm::normalize(world_from_asset.translation - eye),
                        x = glm::normalize(glm::cross(z, DVec3(0, 1, 0)));
            return Rigid{eye, glm::quat_cast(glm::dmat3(x, glm::cross(z, x), z))};
        };
        const auto view_from = [&](const DVec3& eye, std::span<const Marker> markers) {
            const Rigid world_from_camera = camera_at(eye);
            View view{wide_camera(), known(world_from_camera)};
            for (const Marker& m : markers)
                view.sightings.push_back(
                    seen(luck, view.lens, m, inverse(world_from_camera) * world_from_asset, kCornerSd));
            return view;
        };
        const auto right = [&](const Result<MarkerSolution>& s) {
            return s && error2(s->estimate, world_from_asset) < 3.0 * chi2_limit(6);
        };
        int alone = 0, upright = 0, another_marker = 0, another_picture = 0;
        const std::vector<Marker> one{marker},
            two{marker, {Family::Tag36h11, 4, 0.1, {{0.6, 0.1, 0.1}, turned_by({0.0, 0.5, 0.0})}}};
        constexpr int kRuns = 50;
        for (int i = 0; i < kRuns; ++i) {
            const View first = view_from({0.1, 2.0, 3.9}, one), beside = view_from({2.5, 1.8, 3.0}, one),
                       both = view_from({0.1, 2.0, 3.9}, two);
            alone += register_markers(std::span(&first, 1), one) ? 1 : 0;
            upright += right(register_markers(std::span(&first, 1), one, {.upright_sd_rad = 0.02})) ? 1 : 0;
            another_marker += right(register_markers(std::span(&both, 1), two)) ? 1 : 0;
            another_picture += right(register_markers(std::vector{first, beside}, one)) ? 1 : 0;
        }
        CAPTURE(alone);
        CHECK(alone < kRuns / 2);
        CHECK(upright == kRuns);
        CHECK(another_marker >= kRuns - 1);
        CHECK(another_picture >= kRuns * 9 / 10);
    }

    TEST_CASE("a million metres from the origin nothing is lost") {
        Luck luck(5);
        constexpr int kRuns = 300;
        double sum = 0.0;
        for (int i = 0; i < kRuns; ++i) {
            const Marker marker{Family::Tag36h11, 3, 0.16, luck.rigid(1e6)};
            const Rigid camera_from_asset = facing(luck, 0.5, 0.6) * inverse(marker.asset_from_marker);
            const View view{wide_camera(),
                            known(luck.rigid(1e6)),
                            {seen(luck, wide_camera(), marker, camera_from_asset, kCornerSd)}};
            const auto s = register_markers(std::span(&view, 1), std::span(&marker, 1));
            REQUIRE(s);
            sum += std::min(error2(s->estimate, view.world_from_camera.place * camera_from_asset), 40.0);
        }
        CHECK(consistent(sum / kRuns, kRuns, 6));
    }

    TEST_CASE("contradictions are told: a moved marker, another size") {
        Luck luck(6);
        const std::vector<Marker> real{{Family::Tag36h11, 3, 0.16, {{0.2, 0.0, 0.0}, turned_by({0.0, 0.4, 0.0})}},
                                       {Family::Tag36h11, 5, 0.1, {{-0.15, 0.1, 0.05}, turned_by({0.3, 0.0, 0.0})}}};
        const Rigid camera_from_asset = facing(luck, 1.0, 0.4);
        View view{wide_camera(), known({})};
        for (const Marker& m : real) view.sightings.push_back(seen(luck, view.lens, m, camera_from_asset, kCornerSd));
        std::vector<Marker> declared = real;
        CHECK(register_markers(std::span(&view, 1), declared)->doubts.empty());
        declared[0].asset_from_marker.translation.x += 0.002;
        const auto a_little = register_markers(std::span(&view, 1), declared);
        REQUIRE(a_little);
        CHECK(has(*a_little, DoubtKind::Spread));
        declared[0].asset_from_marker.translation.x += 0.1;
        const auto far = register_markers(std::span(&view, 1), declared);
        REQUIRE_FALSE(far);
        CHECK(far.error().what.contains("has a marker moved"));
        declared = real;
        declared[1].size_m = 0.2;
        CHECK_FALSE(register_markers(std::span(&view, 1), declared));
    }

    TEST_CASE("what is not known, seen twice or nowhere is left out or refused") {
        Luck luck(7);
        const std::vector<Marker> markers{{Family::Tag36h11, 3, 0.16, {}}};
        const Rigid camera_from_asset = facing(luck, 0.6, 0.6);
        View view{wide_camera(), known({}), {seen(luck, wide_camera(), markers[0], camera_from_asset, kCornerSd)}};
        const auto why = [&](const MarkerOptions& options = {}) {
            const auto s = register_markers(std::span(&view, 1), markers, options);
            return s ? std::string() : s.error().what;
        };
        CHECK(why().empty());
        view.sightings.push_back(view.sightings[0]);
        CHECK(why().contains("no picture shows a marker"));
        view.sightings[1].family = Family::TagStandard41h12; // another family's 3
        CHECK(why().empty());
        view.sightings[0].corners = {{{1, 1}, {1, 1}, {1, 1}, {1, 1}}};
        CHECK(why().contains("no pose fits"));
        std::swap(view.sightings[0].corners[0], view.sightings[0].corners[2] = {400, 1});
        CHECK(why().contains("no pose fits")); // corners on a line
        view.sightings[0].corners[1] = {NAN, 0.0};
        CHECK(why().contains("picture 1: a corner is nowhere"));
        view.sightings[0].corners[1] = {0.0, 0.0};
        view.lens.fx = 0.0;
        CHECK(why().starts_with("picture 1: a focal length"));
        CHECK_FALSE(register_markers({}, markers));
        CHECK(why({.corner_sd_px = 0.0}).contains("a corner's standard deviation"));
    }

    TEST_CASE("markers are found in pictures with no bias, and their corners are as exact as is assumed") {
        for (const bool distorted : {false, true}) {
            Luck luck(distorted ? 11 : 12);
            const double sd = distorted ? 0.1 : 0.045; // a bent edge is fitted as a straight one
            MarkerDetector detector;
            glm::dvec2 bias(0.0);
            double squares = 0.0, nees = 0.0;
            int found = 0, registered = 0;
            constexpr int kRuns = 16;
            for (int i = 0; i < kRuns; ++i) {
                Scene scene{.lens = small_camera(distorted), .tags = {}, .blur_px = luck.between(0.5, 1.0)};
                const Family family = i % 2 == 0 ? Family::Tag36h11 : Family::TagStandard41h12;
                const Scene::Tag tag{family, static_cast<unsigned>(i * 17), 0.16,
                                     facing(luck, luck.between(0.55, 0.8), luck.between(0.4, 0.8))};
                scene.tags.push_back(tag);
                const std::vector<Sighting> sightings = detector.detect(picture_of(scene, luck));
                if (sightings.empty()) continue;
                REQUIRE(sightings.size() == 1);
                ++found;
                CHECK(sightings[0].family == family);
                CHECK(sightings[0].id == tag.id);
                const auto truth = corners_of(scene, tag);
                for (std::size_t c = 0; c < 4; ++c) {
                    const glm::dvec2 off = sightings[0].corners.at(c) - truth.at(c);
                    bias += off / (4.0 * kRuns);
                    squares += glm::dot(off, off) / 8.0;
                }
                const Marker marker{family, tag.id, tag.size_m, {}};
                const View view{scene.lens, known({}), sightings};
                const auto s = register_markers(std::span(&view, 1), std::span(&marker, 1), {.corner_sd_px = sd});
                if (!s) continue;
                ++registered;
                nees += error2(s->estimate, tag.camera_from_marker);
                CHECK(error_at(s->estimate, {}).bound95_m < 0.02);
            }
            CAPTURE(distorted);
            CAPTURE(registered);
            CAPTURE(nees / registered);
            CAPTURE(std::sqrt(squares / found));
            CAPTURE(bias.x);
            CAPTURE(bias.y);
            CHECK(found >= kRuns - 1);
            CHECK(registered >= kRuns * 8 / 10);
            CHECK(glm::length(bias) < 0.05);
            CHECK(std::sqrt(squares / found) < 0.2); // MarkerOptions::corner_sd_px
            CHECK(std::sqrt(squares / found) == doctest::Approx(sd).epsilon(0.3));
            CHECK(nees / registered < 12.0);
            CHECK(nees / registered > 2.0);
        }
    }

    TEST_CASE("an upright marker before the camera has its axes where the header says") {
        Luck luck(13);
        Scene scene{.lens = small_camera(false), .tags = {}};
        // One looks at it straight on, a little from its right: x right, y up (the camera's y is down), z out.
        scene.tags.push_back({Family::Tag36h11,
                              7,
                              0.2,
                              {{0.0, 0.0, 0.7}, turned_by({0.0, 0.5, 0.0}) * turned_by({std::numbers::pi, 0.0, 0.0})}});
        const auto sightings = MarkerDetector().detect(picture_of(scene, luck));
        REQUIRE(sightings.size() == 1);
        const auto& c = sightings[0].corners;
        CHECK(c[0].x < c[1].x); // lower left, lower right
        CHECK(c[0].y > c[3].y); // upper left is above
        CHECK(c[2].x > c[3].x);
    }

    TEST_CASE("two markers in one picture are both found, none is found where there is none") {
        Luck luck(14);
        MarkerDetector detector;
        Scene scene{.lens = small_camera(true), .tags = {}};
        CHECK(detector.detect(picture_of(scene, luck)).empty());
        const glm::dquat towards = turned_by({std::numbers::pi, 0.0, 0.0});
        scene.tags.push_back({Family::TagStandard41h12, 100, 0.1, {{-0.2, 0.0, 0.8}, towards}});
        scene.tags.push_back({Family::Tag36h11, 200, 0.14, {{0.15, 0.0, 0.8}, towards}});
        const auto both = detector.detect(picture_of(scene, luck));
        REQUIRE(both.size() == 2);
        CHECK(both[0].id == 200); // by family
        CHECK(both[1].id == 100);
        CHECK(detector.detect(GreyImage{8, 8, std::vector<std::uint8_t>(64)}).empty());
        CHECK(family_of("tag36h11") == Family::Tag36h11);
        CHECK_FALSE(family_of("tag16h5"));
    }
}
