// SPDX-License-Identifier: Apache-2.0
#include "interaction/stance.h"

#include "tests/interaction/lucky.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

namespace pw::interaction {
namespace {

bool near(const DVec3& a, const DVec3& b, double within) { return glm::length(a - b) <= within; }

TEST_SUITE("interaction/stance") {
    TEST_CASE("a point of the user is lifted, scaled, turned and moved, in this order") {
        const Stance s{{100.0, 2.0, -50.0}, deg(90.0), 10.0, 0.5};
        // Forward (−Z) turned left by 90° is −X.
        CHECK(near(to_world(s, DVec3(0.0, 1.0, -2.0)), {80.0, 17.0, -50.0}, 1e-12));
        CHECK(near(to_origin(s, DVec3(80.0, 17.0, -50.0)), {0.0, 1.0, -2.0}, 1e-12));
        const Pose p = to_world(s, Pose{{1.0, 0.0, 0.0}, yawed(deg(-90.0))});
        CHECK(near(p.position, {100.0, 7.0, -60.0}, 1e-12));
        CHECK(near(DVec3(p.orientation * Vec3(0, 0, -1)), {0.0, 0.0, -1.0}, 1e-6));
        const Ray r = to_world(s, Ray{{0.0, 0.0, 0.0}, {0.f, 0.f, -1.f}});
        CHECK(near(DVec3(r.direction), {-1.0, 0.0, 0.0}, 1e-7));
        CHECK(near(r.origin, {100.0, 7.0, -50.0}, 1e-12));
    }

    TEST_CASE("both ways is the same place, anywhere and at any scale") {
        Lucky luck(1);
        for (int i = 0; i < 1000; ++i) {
            Stance s = luck.stance();
            s.position *= 100.0; // 100 km
            const DVec3 p = luck.within(3.0);
            CHECK(near(to_origin(s, to_world(s, p)), p, 1e-9));
            const Pose pose{p, luck.rotation()};
            const Pose back = to_origin(s, to_world(s, pose));
            CHECK(std::abs(glm::dot(back.orientation, pose.orientation)) > 0.999999f);
            const Ray ray{p, pose.orientation * Vec3(0, 0, -1)};
            CHECK(near(DVec3(to_origin(s, to_world(s, ray)).direction), DVec3(ray.direction), 1e-6));
        }
    }

    TEST_CASE(
        "the user's space may lie anyhow in the world: there, back, and level again with the feet where they are") {
        Lucky luck(7);
        for (int i = 0; i < 300; ++i) {
            const Quat turn = yawed(luck.between(-3.1, 3.1)) * glm::slerp(kNoRotation, luck.rotation(), 0.03f);
            const glm::dquat rotation = glm::normalize(glm::dquat(turn));
            const DVec3 position = luck.within(1e5);
            const Stance s = stance_at(position, rotation);
            CHECK(tilted(s));
            CHECK(s.scale == 1.0);
            const DVec3 p = luck.within(3.0);
            CHECK(near(to_world(s, p), position + rotation * p, 1e-9));
            CHECK(near(to_origin(s, to_world(s, p)), p, 1e-9));
            const Pose pose{p, luck.rotation()};
            CHECK(std::abs(glm::dot(to_world(s, pose).orientation, turn * pose.orientation)) > 0.999999f);
            CHECK(std::abs(glm::dot(to_origin(s, to_world(s, pose)).orientation, pose.orientation)) > 0.999999f);
            const Vec3 ahead = pose.orientation * Vec3(0, 0, -1);
            CHECK(near(DVec3(to_world(s, Ray{p, ahead}).direction), rotation * DVec3(ahead), 1e-6));
            CHECK(near(DVec3(to_origin(s, to_world(s, Ray{p, ahead})).direction), DVec3(ahead), 1e-6));
            const Pose head = luck.head();
            const Stance level = levelled(s, head);
            CHECK_FALSE(tilted(level));
            CHECK(near(feet(level, head), feet(s, head), 1e-9));
            CHECK(near(DVec3(to_world(level, Pose{}).orientation * Vec3(0, 1, 0)), {0.0, 1.0, 0.0}, 1e-6));
        }
        const Stance turned_only = stance_at({1.0, 2.0, 3.0}, {std::cos(0.4), 0.0, std::sin(0.4), 0.0});
        CHECK(turned_only.yaw_rad == doctest::Approx(0.8));
        CHECK_FALSE(tilted(turned_only));
    }

    TEST_CASE("the yaw of a head is known whatever it looks at, and tilting the head is no turning") {
        for (double yaw : {0.0, 30.0, -120.0, 179.0})
            for (double pitch : {0.0, 40.0, -60.0, 89.9, -89.9, 90.0, -90.0})
                CHECK(std::abs(wrapped(yaw_of(yawed(deg(yaw)) * pitched(deg(pitch))) - deg(yaw))) < 1e-3);
        const Quat tilted = yawed(deg(20.0)) * pitched(deg(-40.0)) * glm::angleAxis(0.4f, Vec3(0, 0, 1));
        CHECK(yaw_of(tilted) == doctest::Approx(deg(20.0)).epsilon(1e-5));
        CHECK(wrapped(deg(540.0)) == doctest::Approx(deg(180.0)));
        CHECK(wrapped(deg(-181.0)) == doctest::Approx(deg(179.0)));
    }

    TEST_CASE("one stands on the feet and looks along the yaw that were asked for, wherever one is in one's room") {
        Lucky luck(2);
        for (int i = 0; i < 500; ++i) {
            const Stance s = luck.stance();
            const Pose head = luck.head();
            const DVec3 target = luck.within(500.0);
            const double yaw = luck.between(-3.1, 3.1);
            const Stance there = stand(s, head, target, yaw);
            CHECK(near(feet(there, head), target, 1e-9));
            CHECK(std::abs(wrapped(looking(there, head) - yaw)) < 1e-6);
            CHECK(there.scale == s.scale);
            CHECK(there.lift_m == s.lift_m);
            const DVec3 above = to_world(there, head.position);
            CHECK(near({above.x, target.y, above.z}, target, 1e-9));
            CHECK(above.y == doctest::Approx(target.y + (head.position.y + s.lift_m) * s.scale));
        }
    }

    TEST_CASE("turning is about the head: the eye stays where it is") {
        Lucky luck(3);
        for (int i = 0; i < 500; ++i) {
            const Stance s = luck.stance();
            const Pose head = luck.head();
            const double by = luck.between(-3.0, 3.0);
            const Stance t = turn(s, head, by);
            CHECK(near(to_world(t, head.position), to_world(s, head.position), 1e-9));
            CHECK(std::abs(wrapped(looking(t, head) - looking(s, head) - by)) < 1e-6);
        }
    }

    TEST_CASE("a model stands on a table: what was below the feet is before the head, and below the feet again") {
        Lucky luck(7);
        for (int i = 0; i < 200; ++i) {
            Stance s = luck.stance();
            s.scale = 1.0;
            const Pose head = luck.head();
            const Stance model = rescale(s, head, 20.0), smaller = rescale(model, head, 50.0);
            for (const Stance& m : {model, smaller}) {
                CHECK(m.yaw_rad == s.yaw_rad);
                const DVec3 subject = to_origin(m, feet(s, head)), away = subject - head.position;
                CHECK(subject.y == doctest::Approx(kTable_m));
                CHECK(std::hypot(away.x, away.z) == doctest::Approx(kTableAhead_m));
                CHECK(std::abs(wrapped(std::atan2(-away.x, -away.z) - yaw_of(head.orientation))) < 1e-6);
            }
            CHECK(smaller.scale == 50.0);
            CHECK(near(feet(rescale(smaller, head, 1.0), head), feet(s, head), 1e-8));
        }
    }

    TEST_CASE("moving the feet keeps the direction of the look") {
        Lucky luck(4);
        for (int i = 0; i < 200; ++i) {
            const Stance s = luck.stance();
            const Pose head = luck.head();
            const DVec3 target = luck.within(50.0);
            CHECK(near(feet(move_feet(s, head, target), head), target, 1e-9));
            CHECK(move_feet(s, head, target).yaw_rad == s.yaw_rad);
        }
    }

    TEST_CASE("recentring puts the head over the middle, looking forward") {
        const Stance s{{10.0, 0.0, 20.0}, deg(45.0), 1.0, 0.0};
        const Pose head{{1.0, 1.7, -0.5}, yawed(deg(-70.0))};
        const Stance r = recentre(s, head);
        CHECK(near(feet(r, head), s.position, 1e-9));
        CHECK(looking(r, head) == doctest::Approx(deg(45.0)).epsilon(1e-6));
    }

    TEST_CASE("an origin that the runtime moved moves nobody in the world") {
        Lucky luck(5);
        for (int i = 0; i < 200; ++i) {
            const Stance s = luck.stance();
            const Pose before = luck.head();
            const Pose new_from_old{{luck.between(-2, 2), 0.0, luck.between(-2, 2)}, yawed(luck.between(-3, 3))};
            const Pose after = new_from_old * before;
            const Stance kept = keep_head(s, before, after);
            CHECK(near(to_world(kept, after.position), to_world(s, before.position), 1e-8));
            CHECK(std::abs(wrapped(looking(kept, after) - looking(s, before))) < 2e-3);
        }
    }

    TEST_CASE("the seated are lifted to a standing height") {
        const Pose head{{0.0, 1.2, 0.0}, kNoRotation};
        Stance s{{0.0, 5.0, 0.0}, 0.0, 1.0, 0.0};
        s.lift_m = lift_to(head, 1.65);
        CHECK(to_world(s, head.position).y == doctest::Approx(6.65));
        CHECK(feet(s, head).y == 5.0);
    }
}

} // namespace
} // namespace pw::interaction
