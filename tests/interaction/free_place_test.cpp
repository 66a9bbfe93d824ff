// SPDX-License-Identifier: Apache-2.0
#include "interaction/free_place.h"

#include "interaction/panel_place.h"
#include "tests/interaction/lucky.h"

#include <doctest/doctest.h>

#include <vector>

using namespace pw;
using namespace pw::interaction;

namespace {

const Pose kHead{{0.3, 1.6, -0.2}, kNoRotation};

// So far to the right and up, seen from the head, facing it.
PlacedPanel panel_at(double right_rad, double up_rad, Vec2 size_m, double distance_m = 1.0) {
    const DVec3 way(std::sin(right_rad) * std::cos(up_rad), std::sin(up_rad), -std::cos(right_rad) * std::cos(up_rad));
    const DVec3 at = kHead.position + way * distance_m;
    return {{at, facing(at, kHead.position)}, size_m};
}

PlacedPanel moved(const PlacedPanel& panel, const Aside& by) {
    return {carried(panel.origin_from_panel, kHead.position, by), panel.size_m};
}

std::vector<PlacedPanel> ring(double from_rad, double to_rad, Vec2 size_m) {
    std::vector<PlacedPanel> out;
    for (double at = from_rad; at < to_rad; at += 0.2) out.push_back(panel_at(at, 0.0, size_m));
    return out;
}

} // namespace

TEST_SUITE("interaction/free_place") {
    TEST_CASE("two panels overlap where a line of sight meets both, however far away each is") {
        const Vec2 size(0.6f, 0.4f); // half as wide as atan 0.3 = 0.2915 rad
        const auto a = panel_at(0.0, 0.0, size);
        const double half = std::atan(0.3);
        CHECK(overlap(kHead.position, a, panel_at(2.0 * half - 0.01, 0.0, size)));
        CHECK_FALSE(overlap(kHead.position, a, panel_at(2.0 * half + 0.01, 0.0, size)));
        const double high = std::atan(0.2);
        CHECK(overlap(kHead.position, a, panel_at(0.0, 2.0 * high - 0.01, size)));
        CHECK_FALSE(overlap(kHead.position, a, panel_at(0.0, 2.0 * high + 0.01, size)));
        CHECK(overlap(kHead.position, a, panel_at(0.1, 0.0, Vec2(0.01f), 3.0))); // all of it is hidden
        CHECK(overlap(kHead.position, panel_at(0.1, 0.0, Vec2(0.01f), 3.0), a));
        CHECK_FALSE(overlap(kHead.position, a, panel_at(std::numbers::pi, 0.0, size))); // behind the user
        // High up a panel takes more of the way around.
        CHECK(overlap(kHead.position, panel_at(0.0, 1.0, size), panel_at(2.0 * half + 0.2, 1.0, size)));
    }

    TEST_CASE("a panel goes where it belongs when that is free, and else to its own side, as near as it can") {
        const Vec2 size(0.6f, 0.4f);
        for (const double at : {0.4, -0.4}) {
            const auto own = panel_at(at, 0.0, size);
            const auto alone = free_place(kHead, own, {});
            CHECK((alone.right_rad == 0.0 && alone.up_rad == 0.0 && alone.distance == 1.0));
            const auto there = moved(own, alone).origin_from_panel;
            CHECK(glm::distance(there.position, own.origin_from_panel.position) < 1e-6);
            const auto beside = free_place(kHead, own, std::vector{own});
            CHECK(beside.right_rad == doctest::Approx(at < 0.0 ? -0.6 : 0.6)); // 0.583 rad are needed
            CHECK(beside.up_rad == 0.0);
        }
    }

    TEST_CASE("where all around is taken it goes higher or lower") {
        const Vec2 size(0.6f, 0.38f);
        const auto others = ring(-std::numbers::pi, std::numbers::pi, size);
        const auto own = panel_at(0.0, 0.0, size);
        const auto by = free_place(kHead, own, others);
        CHECK(by.up_rad == doctest::Approx(0.4)); // 0.38 rad are needed
        CHECK(by.right_rad == 0.0);
        CHECK(by.distance == 1.0);
        for (const auto& other : others) CHECK_FALSE(overlap(kHead.position, moved(own, by), other));
        // Not into the floor.
        Pose low = kHead;
        low.position.y = 0.3;
        for (const auto& other : ring(-std::numbers::pi, std::numbers::pi, {0.6f, 3.f}))
            CHECK(free_place(low, {{{0.3, 0.3, -1.2}, kNoRotation}, size}, std::vector{other}).up_rad >= 0.0);
    }

    TEST_CASE("where nothing is free it stands before the others, where it hides least of itself") {
        const Vec2 size(0.6f, 0.4f);
        auto others = ring(-std::numbers::pi, std::numbers::pi, {0.6f, 9.f}); // from far below to far above
        others.erase(others.begin() + 18, others.begin() + 21);               // a gap from 0.55 to 0.77 rad, too narrow
        const auto own = panel_at(0.0, 0.0, size);
        const auto by = free_place(kHead, own, others);
        const auto there = moved(own, by);
        CHECK(by.right_rad == doctest::Approx(0.5)); // the first that has all of it
        CHECK(by.up_rad == 0.0);
        CHECK(by.distance < 1.0);
        CHECK(by.distance >= 0.5);
        const double corner_m = std::hypot(0.3, 0.2);           // from its middle
        CHECK(std::hypot(by.distance, corner_m) <= 1.0 + 1e-6); // so it cuts through none
        CHECK(glm::distance(there.origin_from_panel.position, kHead.position) == doctest::Approx(by.distance));
    }

    TEST_CASE("a panel that is carried around the head keeps its distance and how it faces") {
        Lucky lucky(3);
        for (int i = 0; i < 100; ++i) {
            const double right = lucky.between(-3.0, 3.0), up = lucky.between(-1.0, 1.0);
            const auto by = moved(panel_at(0.2, 0.0, {}), {right, up, 0.7}).origin_from_panel;
            const auto wanted = panel_at(0.2 + right, up, {}, 0.7).origin_from_panel;
            CHECK(glm::distance(by.position, wanted.position) < 1e-5);
            CHECK(std::abs(glm::dot(by.orientation, wanted.orientation)) > 0.99999f);
        }
    }
}
