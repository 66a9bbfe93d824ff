// SPDX-License-Identifier: Apache-2.0
#include "tests/xr/made_up_hand.h"

#include <doctest/doctest.h>
#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/trigonometric.hpp>

#include <algorithm>
#include <numbers>
#include <utility>

using namespace pw;
using namespace pw::test;
using xr::Joint;

namespace {

constexpr double kStep_s = 1.0 / 90.0;
constexpr Pose kHead{.position = {0.0, 1.7, 0.0}, .orientation = kNoRotation};
const Pose kAhead{.position = {0.2, 1.4, -0.5}, .orientation = kNoRotation}; // a right hand before the body, palm down

constexpr HandShape kRelaxed{.bend_deg = {75.f, 80.f, 85.f, 85.f}, .gap_m = 0.055f};
constexpr HandShape kPinch{.bend_deg = {100.f, 80.f, 80.f, 80.f}, .gap_m = 0.011f};
constexpr HandShape kFist{.bend_deg = {240.f, 250.f, 250.f, 240.f}, .gap_m = 0.012f};
constexpr HandShape kPoint{.bend_deg = {15.f, 210.f, 210.f, 200.f}, .gap_m = 0.09f};

xr::Gestures read(xr::GestureReader& reader, const HandShape& shape) {
    return reader.read(make_hand(shape, 1, kAhead), kHead, kStep_s);
}

Vec3 forward(const Pose& pose) { return pose.orientation * Vec3(0.f, 0.f, -1.f); }
float apart_deg(const Vec3& a, const Vec3& b) {
    return glm::degrees(std::atan2(glm::length(glm::cross(a, b)), glm::dot(a, b)));
}

bool near(const Vec3& a, const Vec3& b) { return glm::distance(a, b) < 1e-4f; }

} // namespace

TEST_SUITE("xr/gestures") {
    TEST_CASE("a pinch grows evenly from the open threshold to the closed one, in hands of every size") {
        for (const float scale : {0.7f, 1.f, 1.2f}) {
            CAPTURE(scale);
            const auto at = [&](float hands) {
                return xr::pinch_strength(make_hand({.gap_m = hands * 0.095f, .scale = scale}));
            };
            CHECK(xr::hand_size(make_hand({.scale = scale})) == doctest::Approx(0.095f * scale).epsilon(0.01));
            CHECK(at(xr::kPinchOpen_hands + 0.01f) == 0.f);
            CHECK(at((xr::kPinchOpen_hands + xr::kPinchClosed_hands) / 2) == doctest::Approx(0.5).epsilon(0.02));
            CHECK(at(xr::kPinchClosed_hands - 0.01f) == 1.f);
        }
    }

    TEST_CASE("a finger's bend is the sum over its joints") {
        const auto hand = make_hand({.bend_deg = {0.f, 90.f, 180.f, 250.f}});
        CHECK(xr::finger_bend_deg(hand, Joint::IndexTip) == doctest::Approx(0.0).epsilon(0.1));
        CHECK(xr::finger_bend_deg(hand, Joint::MiddleTip) == doctest::Approx(90.0));
        CHECK(xr::finger_bend_deg(hand, Joint::RingTip) == doctest::Approx(180.0));
        CHECK(xr::finger_bend_deg(hand, Joint::LittleTip) == doctest::Approx(250.0));
        CHECK(xr::fist_strength(hand) == 0.f); // the least curled counts
        CHECK(xr::fist_strength(make_hand(kFist)) == 1.f);
    }

    TEST_CASE("a relaxed hand says nothing") {
        xr::GestureReader reader(1);
        const auto now = read(reader, kRelaxed);
        CHECK(now.pinch == 0.f);
        CHECK(now.fist == 0.f);
        CHECK(!now.pointing);
    }

    TEST_CASE("a fist is no pinch, though thumb and index finger touch, and a pinch with curled fingers is no fist") {
        xr::GestureReader fist(1);
        CHECK(read(fist, kFist).pinch == 0.f);
        CHECK(read(fist, kFist).fist == 1.f);
        xr::GestureReader pinch(1);
        const HandShape curled{.bend_deg = {140.f, 230.f, 230.f, 230.f}, .gap_m = 0.011f};
        CHECK(read(pinch, curled).pinch > 0.95f);
        CHECK(read(pinch, curled).fist == 0.f);
    }

    TEST_CASE("what began first keeps the hand until it ends") {
        xr::GestureReader reader(1);
        CHECK(read(reader, kPinch).pinch > 0.95f);
        CHECK(read(reader, kFist).pinch > 0.95f); // the others follow while it pinches
        CHECK(read(reader, kFist).fist == 0.f);
        read(reader, kRelaxed);
        CHECK(read(reader, kFist).fist == 1.f);
        CHECK(read(reader, kPinch).fist < 0.5f); // it opened: the fist has ended
        CHECK(read(reader, kPinch).pinch > 0.95f);
        reader.reset();
        CHECK(read(reader, kFist).pinch == 0.f);
    }

    TEST_CASE("pointing is the index finger alone, and holds through a tremble") {
        xr::GestureReader reader(1);
        const auto points = [&](float index, float others) {
            return read(reader, {.bend_deg = {index, others, others, others}}).pointing;
        };
        CHECK(!points(70.f, 200.f)); // between the thresholds: not yet
        CHECK(points(15.f, 200.f));
        CHECK(points(70.f, 110.f));
        CHECK(!points(95.f, 200.f));
        CHECK(points(15.f, 200.f));
        CHECK(!points(15.f, 80.f)); // an open hand
        CHECK(read(reader, kPoint).pointing);
    }

    TEST_CASE("what touches is the tip of the index finger, looking along its last bone") {
        xr::GestureReader reader(1);
        const auto hand = make_hand(kPoint, 1, kAhead);
        const Pose poke = reader.read(hand, kHead, kStep_s).origin_from_poke;
        const auto& bone = hand[static_cast<std::size_t>(Joint::IndexDistal)].origin_from_joint.position;
        CHECK(near(glm::normalize(Vec3(poke.position - bone)), forward(poke)));
    }

    TEST_CASE("the grip is OpenXR's: palms facing each other, it points up and has +X to the right, of both hands") {
        const float quarter = std::numbers::pi_v<float> / 2.f;
        for (const std::size_t hand : {std::size_t{0}, std::size_t{1}}) {
            CAPTURE(hand);
            // From palm down to palm inwards: the right hand turns its back to the right.
            const Quat inwards = glm::angleAxis(hand == 0 ? quarter : -quarter, Vec3(0.f, 0.f, 1.f));
            const Pose palm{.position = {0.0, 1.0, -0.4}, .orientation = inwards};
            const Pose grip = xr::grip_of(make_hand(kFist, hand, palm), hand);
            CHECK(near(forward(grip), {0.f, 1.f, 0.f}));
            CHECK(near(grip.orientation * Vec3(1.f, 0.f, 0.f), {1.f, 0.f, 0.f}));
            CHECK(grip.position.x * (hand == 0 ? 1.0 : -1.0) > 0.005); // before the palm, which faces the other hand
        }
    }

    TEST_CASE("the ray goes from the shoulder through the hand, and no pinch and no nod moves it") {
        const Pose aim = xr::aim_of(make_hand(kRelaxed, 1, kAhead), 1, kHead);
        CHECK(aim.position.z < kAhead.position.z - 0.05);
        CHECK(apart_deg(forward(aim), {0.f, 0.f, -1.f}) < 15.f);
        const Pose pinching = xr::aim_of(make_hand(kPinch, 1, kAhead), 1, kHead);
        CHECK(near(forward(aim), forward(pinching)));
        CHECK(glm::distance(aim.position, pinching.position) < 1e-6);
        const Pose nod{kHead.position, glm::angleAxis(-0.6f, Vec3(1.f, 0.f, 0.f))};
        CHECK(near(forward(xr::aim_of(make_hand(kRelaxed, 1, kAhead), 1, nod)), forward(aim)));

        Pose aside = kAhead;
        aside.position.x += 0.3;
        CHECK(forward(xr::aim_of(make_hand(kRelaxed, 1, aside), 1, kHead)).x > forward(aim).x + 0.3f);
        // The user turned about: so does the shoulder.
        const Quat about = glm::angleAxis(std::numbers::pi_v<float>, Vec3(0.f, 1.f, 0.f));
        const Pose behind{{-0.2, 1.4, 0.5}, about};
        CHECK(near(forward(xr::aim_of(make_hand(kRelaxed, 1, behind), 1, {kHead.position, about})),
                   about * forward(aim)));
        CHECK(forward(xr::aim_of(make_hand(kRelaxed, 0, kAhead), 0, kHead)).x > forward(aim).x); // the left shoulder
    }

    TEST_CASE("the ray is still while the hand trembles, and with it when it moves") {
        xr::GestureReader reader(1);
        float raw_deg = 0.f, ray_deg = 0.f;
        Vec3 settled;
        std::uint32_t noise = 1;
        const auto tremble = [&] { // ± 2 mm, an even spread
            noise = noise * 1664525u + 1013904223u;
            return (static_cast<double>(noise >> 8) / (1 << 24) - 0.5) * 0.004;
        };
        for (int frame = 0; frame < 270; ++frame) {
            Pose palm = kAhead;
            palm.position += DVec3(tremble(), tremble(), tremble());
            const auto hand = make_hand(kRelaxed, 1, palm);
            const Vec3 ray = forward(reader.read(hand, kHead, kStep_s).origin_from_aim);
            if (frame == 90) settled = ray;
            if (frame <= 90) continue;
            raw_deg = std::max(raw_deg, apart_deg(forward(xr::aim_of(hand, 1, kHead)), settled));
            ray_deg = std::max(ray_deg, apart_deg(ray, settled));
        }
        CHECK(ray_deg < raw_deg / 2.f);

        Pose palm = kAhead;
        palm.position.x += 0.3;
        const auto moved = make_hand(kRelaxed, 1, palm);
        Pose ray;
        for (int frame = 0; frame < 27; ++frame) ray = reader.read(moved, kHead, kStep_s).origin_from_aim; // 0.3 s
        const Pose aim = xr::aim_of(moved, 1, kHead);
        CHECK(apart_deg(forward(ray), forward(aim)) < 2.f);
        CHECK(glm::distance(ray.position, aim.position) < 0.01);
        MESSAGE("trembling: ", raw_deg, " degrees raw, ", ray_deg,
                " filtered; moved: ", apart_deg(forward(ray), forward(aim)), " degrees behind");
    }

    TEST_CASE("a hand at its own shoulder, and frames without time between them, give a ray nevertheless") {
        xr::GestureReader reader(1);
        const Pose at_shoulder{{0.17, 1.48, 0.1}, kNoRotation};
        for (int i = 0; i < 3; ++i) {
            const Pose ray = reader.read(make_hand(kRelaxed, 1, at_shoulder), kHead, 0.0).origin_from_aim;
            CHECK(glm::length(ray.orientation) == doctest::Approx(1.0));
        }
    }
}
