// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/lines.h"

#include "tests/renderer/pass_rig.h"
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace pw;
using namespace pw::renderer;

namespace {

constexpr std::uint32_t kRed = 0xff'0000'ffu, kGreen = 0xff'00ff'00u, kWhite = 0xffff'ffffu;

struct LinesRig {
    std::unique_ptr<test::PassRig> rig;
    LinePass pass;
    explicit LinesRig(const test::RigOptions& options) : rig(test::PassRig::make(options)) {
        if (rig) pass = LinePass::make(rig->gpu(), rig->layouts(), rig->formats());
    }
    scene::Pixels draw(std::span<const View> views, std::span<const Line> lines) {
        DrawList list;
        list.views = views;
        list.background = {0.f, 0.f, 0.f, 1.f};
        list.lines = lines;
        return rig->draw(list, {}, [&](FrameContext& c) { pass.record(c); });
    }
};

// How many pixels of a column have more than half of the red.
int thickness(const scene::Pixels& p, std::uint32_t x) {
    int n = 0;
    for (std::uint32_t y = 0; y < p.height; ++y) n += test::at(p, x, y)[0] > 187;
    return n;
}

} // namespace

TEST_SUITE("renderer/lines [gpu] [golden]") {
    TEST_CASE("a line is as wide as it says, and never thinner than about a pixel") {
        LinesRig r({.width = 200, .height = 200});
        if (!r.rig) return;
        // 2 m high at 1 m distance: a pixel is a centimetre.
        const std::array views{test::look({0, 0, 1}, {0, 0, 0}, 2.f * std::atan(1.f), 1.f)};
        const std::array thick{Line{{-5, 0, 0}, {5, 0, 0}, kRed, 0.2f}};
        CHECK(thickness(r.draw(views, thick), 100) == 20);
        const std::array thin{Line{{-5, 0.005, 0}, {5, 0.005, 0}, kRed, 0.0001f}};
        const scene::Pixels picture = r.draw(views, thin);
        CHECK(thickness(picture, 100) == 1);
        CHECK(thickness(picture, 3) == 1);
        const std::array far{Line{{-500, 0, -300}, {500, 0, -300}, kRed, 0.0001f}};
        int light = 0;
        const scene::Pixels distant = r.draw(views, far);
        for (std::uint32_t y = 95; y < 105; ++y) light += test::at(distant, 50, y)[0] > 100;
        CHECK(light >= 1);
        CHECK(r.rig->validation_messages() == 0);
    }

    TEST_CASE("a line that begins behind the eye keeps its width") {
        LinesRig r({.width = 200, .height = 200});
        if (!r.rig) return;
        const std::array views{test::look({0, 0, 1}, {0, 0, 0}, 2.f * std::atan(1.f), 1.f)};
        const std::array lines{Line{{0, -0.5, 500}, {0, -0.5, -500}, kRed, 0.0001f}};
        const scene::Pixels picture = r.draw(views, lines);
        for (const std::uint32_t y : {110u, 150u, 190u}) {
            int n = 0;
            for (std::uint32_t x = 0; x < 200; ++x) n += test::at(picture, x, y)[0] > 100;
            CHECK(n >= 1);
            CHECK(n <= 3);
        }
    }

    TEST_CASE("lines lie over each other in their order, those through walls last, in both eyes") {
        LinesRig r({.views = 2, .width = 160, .height = 120});
        if (!r.rig) return;
        const std::array views{test::look({-0.03, 0, 1}, {-0.03, 0, 0}, 1.2f, 4.f / 3.f),
                               test::look({0.03, 0, 1}, {0.03, 0, 0}, 1.2f, 4.f / 3.f)};
        std::array lines{Line{{-1, 0, 0}, {1, 0, 0}, kWhite, 0.1f, true}, Line{{0, -1, 0}, {0, 1, 0}, kGreen, 0.1f},
                         Line{{0, -1, 0}, {0, 1, 0}, kRed, 0.1f}};
        const scene::Pixels picture = r.draw(views, lines);
        for (const std::uint32_t top : {0u, 120u}) {
            CHECK(test::at(picture, 80, top + 60) == std::array{255, 255, 255, 255});
            CHECK(test::at(picture, 80, top + 10) == std::array{255, 0, 0, 255});
        }
        // The eyes see the upright line shifted against each other.
        const auto middle = [&](std::uint32_t y) {
            double sum = 0, n = 0;
            for (std::uint32_t x = 0; x < 160; ++x) {
                if (test::at(picture, x, y)[0] > 128) sum += x, n += 1;
            }
            return sum / n;
        };
        CHECK(middle(10) - middle(130) == doctest::Approx(0.06 / (2.0 * std::tan(0.6)) * 120).epsilon(0.15));
        CHECK(r.rig->validation_messages() == 0);
    }

    TEST_CASE("lines far from the world's origin stand as still as those near it") {
        LinesRig r({.width = 120, .height = 120});
        if (!r.rig) return;
        scene::Pixels pictures[2];
        for (int i = 0; i < 2; ++i) {
            const DVec3 at(i * 4.0e6, 0.0, i * -3.0e6);
            const std::array views{test::look(at + DVec3(0.4, 0.3, 1), at, 1.f, 1.f)};
            const std::array lines{Line{at + DVec3(-0.2, 0, 0), at + DVec3(0.3, 0.2, 0), kWhite, 0.004f}};
            pictures[i] = r.draw(views, lines);
        }
        int differing = 0;
        for (std::size_t b = 0; b < pictures[0].rgba.size(); ++b) {
            differing += std::abs(pictures[0].rgba[b] - pictures[1].rgba[b]) > 2;
        }
        CHECK(differing == 0);
    }

    TEST_CASE("a star of lines looks like one") {
        LinesRig r({.width = 240, .height = 240, .samples = VK_SAMPLE_COUNT_4_BIT});
        if (!r.rig) return;
        const std::array views{test::look({0, 0, 1.5}, {0, 0, 0}, 1.f, 1.f)};
        std::vector<Line> lines;
        for (int i = 0; i < 24; ++i) {
            const double a = i * 0.2618;
            lines.push_back({DVec3(std::cos(a), std::sin(a), 0) * 0.15, DVec3(std::cos(a), std::sin(a), 0.3) * 0.7,
                             0xff00'0000u | std::uint32_t(i * 10) << 8 | 0xff, static_cast<float>(i) * 0.0015f});
        }
        CHECK(test::matches_golden(r.draw(views, lines), "lines"));
        CHECK(r.rig->validation_messages() == 0);
    }
}
