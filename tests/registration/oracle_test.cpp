// SPDX-License-Identifier: Apache-2.0
// What OpenCV and SciPy found for the same measurements: tests/data/registration/make_vectors.py.
#include "base/file.h"
#include "registration/marker.h"
#include "registration/marker_pose.h"
#include "registration/points.h"
#include "tests/support/paths.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <numbers>

using namespace pw;
using namespace pw::registration;
using nlohmann::json;

namespace {

std::string data_file(const char* name) { return test::source_dir() / "tests/data/registration" / name; }

const json& vectors() {
    static const json kVectors = json::parse(*read_text(data_file("opencv.json")));
    return kVectors;
}

Intrinsics lens_of(const json& j) {
    const json& k = j["distortion"];
    return {j["width"], j["height"], j["fx"], j["fy"], j["cx"], j["cy"], k[0], k[1], k[2], k[3], k[4]};
}

DVec3 point_of(const json& j) { return {j[0], j[1], j[2]}; }

Rigid pose_of(const json& j) {
    const json& q = j["rotation"];
    return {point_of(j["position_m"]),
            glm::dquat(q[3].get<double>(), q[0].get<double>(), q[1].get<double>(), q[2].get<double>())};
}

double turn_between(const Rigid& a, const Rigid& b) {
    return glm::length(rotation_vector(a.rotation * glm::conjugate(b.rotation)));
}

} // namespace

TEST_SUITE("registration/oracle") {
    TEST_CASE("points are projected to where OpenCV projects them") {
        for (const json& j : vectors()["projections"]) {
            const auto pixel = project(lens_of(j["lens"]), point_of(j["point_m"]));
            REQUIRE(pixel);
            CHECK(std::abs(pixel->x - j["pixel"][0].get<double>()) < 1e-9);
            CHECK(std::abs(pixel->y - j["pixel"][1].get<double>()) < 1e-9);
        }
    }

    TEST_CASE("both poses of a square are those of OpenCV's IPPE, refined") {
        int twins = 0;
        for (const json& j : vectors()["squares"]) {
            SeenMarker seen{.marker = {.size_m = j["size_m"]}};
            for (std::size_t c = 0; c < 4; ++c) seen.corners.at(c) = {j["corners"][c][0], j["corners"][c][1]};
            const auto poses = poses_of(lens_of(j["lens"]), std::span(&seen, 1), 1.0);
            REQUIRE_FALSE(poses.empty());
            const Rigid expected = pose_of(j["poses"][0]);
            CHECK(poses[0].chi2 == doctest::Approx(j["poses"][0]["squares_px2"].get<double>()).epsilon(1e-5));
            CHECK(glm::distance(poses[0].camera_from_asset.place.translation, expected.translation) < 1e-5);
            CHECK(turn_between(poses[0].camera_from_asset.place, expected) < 1e-4);
            if (poses.size() < 2 || turn_between(pose_of(j["poses"][1]), expected) < 1e-3) continue;
            ++twins;
            CHECK(poses[1].chi2 == doctest::Approx(j["poses"][1]["squares_px2"].get<double>()).epsilon(1e-4));
            CHECK(turn_between(poses[1].camera_from_asset.place, pose_of(j["poses"][1])) < 1e-3);
        }
        CHECK(twins >= 18);
    }

    TEST_CASE("weighted points are laid where SciPy's align_vectors lays them") {
        for (const json& j : vectors()["alignments"]) {
            std::vector<PointPair> pairs;
            for (std::size_t i = 0; i < j["asset_m"].size(); ++i)
                pairs.push_back({point_of(j["asset_m"][i]), point_of(j["world_m"][i]), j["sd_m"][i]});
            const auto s = register_points(pairs);
            REQUIRE(s);
            REQUIRE(s->outliers.empty());
            CHECK(glm::distance(s->estimate.place.translation, pose_of(j["place"]).translation) < 1e-9);
            CHECK(turn_between(s->estimate.place, pose_of(j["place"])) < 1e-9);
        }
    }

    TEST_CASE("a marker that OpenCV drew is found with its number, its corners and its pose") {
        const json& j = vectors()["picture"];
        const auto image = parse_pgm(*read_file(data_file("opencv_tag.pgm")));
        REQUIRE(image);
        const auto sightings = MarkerDetector().detect(*image);
        REQUIRE(sightings.size() == 1);
        CHECK(sightings[0].id == j["id"].get<unsigned>());
        CHECK(sightings[0].family == Family::Tag36h11);
        // OpenCV draws the family turned by half a turn from how the AprilTag library and its pictures have it.
        for (std::size_t c = 0; c < 4; ++c) {
            const auto near = [&](const json& p, double within) {
                const json& other = p[(c + 2) % 4];
                return glm::distance(sightings[0].corners.at(c), glm::dvec2(other[0], other[1])) < within;
            };
            CHECK(near(j["true_corners"], 0.3));
            CHECK(near(j["corners_of_opencv"], 0.6));
        }
        const Marker marker{.id = j["id"], .size_m = j["size_m"]};
        const View view{lens_of(j["lens"]), known({}), sightings};
        const auto s = register_markers(std::span(&view, 1), std::span(&marker, 1));
        REQUIRE(s);
        const Rigid truth = pose_of(j["truth"]) * Rigid{{}, turned_by({0.0, 0.0, std::numbers::pi})};
        CHECK(glm::distance(s->estimate.place.translation, truth.translation) < 0.004);
        CHECK(turn_between(s->estimate.place, truth) < 0.02);
        CHECK(mahalanobis2(difference(s->estimate, truth), s->estimate.covariance) < 2.0 * chi2_limit(6));
    }
}
