// SPDX-License-Identifier: Apache-2.0
// The sun's shadow stands still: where its map is aimed follows the head in whole texels, so that the edge of a shadow
// meets the same texels from everywhere.
#include "renderer/passes/shadow.h"

#include "tests/renderer/pass_rig.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>
#include <glm/vec2.hpp>

#include <cmath>
#include <random>

using namespace pw;
using namespace pw::test;

TEST_SUITE("renderer/shadow") {
    TEST_CASE("wherever the head is, a point of the world lies at the same place between texels") {
        for (const double world_per_user : {1.0, 20.0}) {
            renderer::ShadowPass pass;
            pass.side = 2048;
            pass.radius_m = 25.f;
            const renderer::Sun sun{.to_sun = {0.4f, 0.8f, 0.3f}, .illuminance = Vec3(20'000.f)};
            const double half = 200.0 * world_per_user;
            const DAabb hall{{-half, 0.0, -half}, {half, 8.0, half}};
            const DVec3 point(3.1, 0.2, -7.7);
            std::mt19937 random(3);
            const auto within = [&](double r) { return r * (static_cast<double>(random()) / 2147483648.0 - 1.0); };
            glm::dvec2 first(0.0), low(1e9), high(-1e9);
            for (int i = 0; i < 500; ++i) {
                const DVec3 eye(within(15.0), 1.7 + within(0.3), within(15.0));
                renderer::View view = look(eye, eye + DVec3(within(1.0), within(0.5), within(1.0)), 1.f, 1.f);
                renderer::DrawList list;
                list.views = {&view, 1};
                list.world_per_user = static_cast<float>(world_per_user);
                shaders::FrameUniforms uniforms{};
                pass.aim(sun, list, hall, uniforms, eye);
                REQUIRE(uniforms.to_sun.w == 1.f);
                const Vec4 at = uniforms.shadow_from_rel * Vec4(Vec3(point - eye), 1.f);
                const glm::dvec2 texel = glm::dvec2(at.x, at.y) * 2048.0;
                if (i == 0) first = texel;
                const glm::dvec2 moved = texel - first, between = moved - glm::round(moved);
                CHECK(std::abs(between.x) < 0.05);
                CHECK(std::abs(between.y) < 0.05);
                low = glm::min(low, moved);
                high = glm::max(high, moved);
            }
            CHECK(high.x - low.x > 100.0 / world_per_user); // the map did follow
        }
    }
}
