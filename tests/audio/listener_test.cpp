// SPDX-License-Identifier: Apache-2.0
#include "audio/listener.h"

#include <doctest/doctest.h>
#include <glm/ext/quaternion_trigonometric.hpp>

#include <numbers>
#include <utility>

using namespace pw;
using namespace pw::audio;

namespace {

Listener standing(double yaw_rad, double world_per_user = 1.0) {
    return {{DVec3(10.0, 1.7, -4.0), glm::angleAxis(static_cast<float>(yaw_rad), Vec3(0.f, 1.f, 0.f))}, world_per_user};
}

Direction seen(const Listener& listener, const DVec3& from_head) {
    return direction_of(heard_at(listener, listener.world_from_head.position + from_head));
}

} // namespace

TEST_SUITE("audio/listener") {
    TEST_CASE("where something is, is said as the head is turned") {
        const Listener north = standing(0.0); // along −Z
        for (const auto& [way, direction] : {std::pair(DVec3(0, 0, -5), Direction::Ahead),
                                             {DVec3(5, 0, -5), Direction::AheadRight},
                                             {DVec3(5, 0, 0), Direction::Right},
                                             {DVec3(5, 0, 5), Direction::BehindRight},
                                             {DVec3(0.1, 0, 5), Direction::Behind},
                                             {DVec3(-0.1, 0, 5), Direction::Behind},
                                             {DVec3(-5, 0, 5), Direction::BehindLeft},
                                             {DVec3(-5, 0, 0), Direction::Left},
                                             {DVec3(-5, 0, -5), Direction::AheadLeft},
                                             {DVec3(1, 9, 0), Direction::Above},
                                             {DVec3(1, -9, 0), Direction::Below},
                                             {DVec3(1, 1, 0), Direction::Right}, // 45° up
                                             {DVec3(0.2, 0.1, 0.1), Direction::Here}}) {
            CAPTURE(way.x);
            CAPTURE(way.z);
            CHECK(seen(north, way) == direction);
        }
        const Listener west = standing(std::numbers::pi / 2.0); // counter-clockwise from above
        CHECK(seen(west, {-5, 0, 0}) == Direction::Ahead);
        CHECK(seen(west, {0, 0, -5}) == Direction::Right);
        CHECK(seen(west, {5, 0, 5}) == Direction::BehindLeft);
    }

    TEST_CASE("in a world that is shown as a model, far is near") {
        const DVec3 far(0.0, 0.0, -8.0);
        CHECK(seen(standing(0.0), far) == Direction::Ahead);
        CHECK(seen(standing(0.0, 20.0), far) == Direction::Here);
        const Listener small = standing(0.0, 20.0);
        CHECK(heard_at(small, small.world_from_head.position + far).z == doctest::Approx(-0.4));
    }

    TEST_CASE("the nearer ear hears more, both together always as much") {
        for (double x = -3.0; x <= 3.0; x += 0.25) {
            const Ears ears = ears_for({x, 0.3, -0.5}), mirrored = ears_for({-x, 0.3, -0.5});
            CHECK(ears.left * ears.left + ears.right * ears.right == doctest::Approx(1.f));
            CHECK(ears.left == doctest::Approx(mirrored.right));
            if (x > 0.0) CHECK(ears.right > ears.left);
        }
        const Ears right = ears_for({5.0, 0.0, 0.0});
        CHECK(right.left / right.right == doctest::Approx(0.158f).epsilon(0.01)); // −16 dB: a head lets some around it
        const Ears middle = ears_for({0.0, 0.0, 0.0});
        CHECK(middle.left == doctest::Approx(middle.right));
        const Ears near = ears_for({0.02, 0.0, 0.0}); // who walks through a source hears no leap
        CHECK(near.right / near.left < 1.2f);
    }
}
