// SPDX-License-Identifier: Apache-2.0
#include "scene/model.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <cmath>
#include <random>

using namespace pw;
using namespace pw::scene;

TEST_SUITE("scene/model") {
    TEST_CASE("a packed normal comes back within a hundredth of a degree") {
        std::mt19937 random(1);
        std::normal_distribution<float> normal;
        float worst = 0.f;
        for (int i = 0; i < 100'000; ++i) {
            const Vec3 n = glm::normalize(Vec3(normal(random), normal(random), normal(random)));
            worst = std::max(worst, glm::length(unpack_normal(pack_normal(n)) - n));
        }
        CHECK(worst < 1.7e-4f);
    }

    TEST_CASE("the axes survive packing exactly") {
        for (const Vec3 axis :
             {Vec3(1, 0, 0), Vec3(-1, 0, 0), Vec3(0, 1, 0), Vec3(0, -1, 0), Vec3(0, 0, 1), Vec3(0, 0, -1)}) {
            CHECK(unpack_normal(pack_normal(axis)) == axis);
            CHECK(glm::length(Vec3(unpack_tangent(pack_tangent(Vec4(axis, -1.f)))) - axis) < 1e-4f);
        }
    }

    TEST_CASE("a packed tangent keeps the side of its bitangent") {
        std::mt19937 random(2);
        std::normal_distribution<float> normal;
        for (int i = 0; i < 10'000; ++i) {
            const Vec3 n = glm::normalize(Vec3(normal(random), normal(random), normal(random)));
            for (const float side : {1.f, -1.f}) {
                const Vec4 back = unpack_tangent(pack_tangent(Vec4(n, side)));
                REQUIRE(back.w == side);
                REQUIRE(glm::length(Vec3(back) - n) < 3e-4f);
            }
        }
    }

    TEST_CASE("what has no direction packs to +Z instead of to nonsense") {
        for (const Vec3 v : {Vec3(0.f), Vec3(NAN, 0, 0), Vec3(INFINITY, 0, 0)})
            CHECK(unpack_normal(pack_normal(v)) == Vec3(0, 0, 1));
    }
}
