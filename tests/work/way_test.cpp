// SPDX-License-Identifier: Apache-2.0
#include "work/way.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

namespace pw::work {
namespace {

// An aisle in the form of an H: 0-1-2 on the left, 3-4-5 on the right, 1-4 across; 6-7 lies apart.
plant::Production floor() {
    plant::Production out;
    for (const DVec3& p : {DVec3(0, 0, 0), DVec3(0, 0, 10), DVec3(0, 0, 20), DVec3(10, 0, 0), DVec3(10, 0, 10),
                           DVec3(10, 0, 20), DVec3(50, 0, 0), DVec3(60, 0, 0)})
        out.points.push_back({"", p});
    for (const auto& [a, b] : {std::pair(0u, 1u), {1u, 2u}, {3u, 4u}, {4u, 5u}, {1u, 4u}, {6u, 7u}})
        out.paths.push_back({a, b, glm::length(out.points[a].position_m - out.points[b].position_m)});
    return out;
}

} // namespace

TEST_SUITE("work/way") {
    TEST_CASE("the way follows the aisles, from the nearest place on one to the nearest place on another") {
        const auto way = find_way(floor(), {-1, 0, 2}, {11, 1.5, 3});
        REQUIRE(way.size() == 6);
        CHECK(way[1] == DVec3(0, 0, 2));
        CHECK(way[2] == DVec3(0, 0, 10));
        CHECK(way[3] == DVec3(10, 0, 10));
        CHECK(way[4] == DVec3(10, 0, 3));
        CHECK(way[5] == DVec3(11, 1.5, 3)); // to the thing itself
        CHECK(length_of({DVec3(0, 0, 0), DVec3(3, 4, 0), DVec3(3, 4, 2)}) == 7.0);
    }

    TEST_CASE("the shorter of two ways is taken") {
        auto around = floor();
        around.paths.push_back({0, 3, 10.0});
        const auto way = find_way(around, {-1, 0, 2}, {11, 0, 3});
        REQUIRE(way.size() == 6);
        CHECK(way[2] == DVec3(0, 0, 0));
        around.paths.back().length_m = 100.0; // a detour that the plan does not show
        CHECK(find_way(around, {-1, 0, 2}, {11, 0, 3})[2] == DVec3(0, 0, 10));
    }

    TEST_CASE("what is near is walked to straight, and so is what no path leads to") {
        CHECK(find_way(floor(), {5, 0, 5}, {6, 0, 5}).size() == 2);
        CHECK(find_way(floor(), {0, 0, 0}, {55, 0, 0.1}).size() == 2);
        CHECK(find_way({}, {0, 0, 0}, {9, 0, 0}).size() == 2);
        CHECK(find_way({}, {1, 0, 0}, {1, 0, 0}).size() == 1);
    }

    TEST_CASE("along one aisle it does not go back and forth") {
        CHECK(find_way(floor(), {0.5, 0, 1}, {0.5, 0, 9}).size() == 4);
    }
}

} // namespace pw::work
