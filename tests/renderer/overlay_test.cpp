// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/overlay.h"

#include "tests/renderer/overlay_builder.h"
#include "tests/renderer/pass_rig.h"
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace pw;
using namespace pw::renderer;

namespace {

struct OverlayRig {
    std::unique_ptr<test::PassRig> rig;
    OverlayPass pass;
    explicit OverlayRig(const test::RigOptions& options) : rig(test::PassRig::make(options)) {
        if (rig) pass = OverlayPass::make(rig->gpu(), rig->layouts(), rig->formats(), "overlay");
    }
    scene::Pixels draw(const Overlay& overlay, const Vec4& background = {0, 0, 0, 1}) {
        DrawList list;
        const std::array views{View{}};
        list.views = views;
        list.background = background;
        return rig->draw(list, {}, [&](FrameContext& c) { pass.record(c, overlay, c.extent); });
    }
};

double linear(double srgb) { return srgb <= 0.04045 ? srgb / 12.92 : std::pow((srgb + 0.055) / 1.055, 2.4); }
double encoded(double c) { return c <= 0.0031308 ? c * 12.92 : 1.055 * std::pow(c, 1 / 2.4) - 0.055; }

} // namespace

TEST_SUITE("renderer/overlay [gpu]") {
    TEST_CASE("colours arrive as the bytes they were given, on both kinds of target") {
        for (const VkFormat format : {VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_R8G8B8A8_UNORM}) {
            OverlayRig r({.width = 64, .height = 64, .format = format});
            if (!r.rig) return;
            test::OverlayBuilder builder;
            builder.rect({8, 8}, {24, 24}, 0xff10'8040u).rect({32, 8}, {48, 24}, 0xffff'fefdu);
            const scene::Pixels p = r.draw(builder.overlay());
            CHECK(test::at(p, 8, 8) == std::array{0x40, 0x80, 0x10, 255});
            CHECK(test::at(p, 23, 23) == std::array{0x40, 0x80, 0x10, 255});
            CHECK(test::at(p, 24, 24) == std::array{0, 0, 0, 255});
            CHECK(test::at(p, 7, 8) == std::array{0, 0, 0, 255});
            CHECK(test::at(p, 40, 16) == std::array{0xfd, 0xfe, 0xff, 255});
            CHECK(r.rig->validation_messages() == 0);
        }
    }

    TEST_CASE("half transparent white over grey is blended as light") {
        OverlayRig r({.width = 32, .height = 32});
        if (!r.rig) return;
        test::OverlayBuilder builder;
        builder.rect({0, 0}, {32, 32}, 0xff60'6060u).rect({8, 8}, {24, 24}, 0x80ff'ffffu);
        const double wanted = encoded(linear(0x60 / 255.0) * (1 - 128 / 255.0) + 128 / 255.0);
        CHECK(test::at(r.draw(builder.overlay()), 16, 16)[0] == doctest::Approx(wanted * 255).epsilon(0.01));
    }

    TEST_CASE("an overlay on a clear picture keeps its alpha, premultiplied") {
        OverlayRig r({.width = 32, .height = 32});
        if (!r.rig) return;
        test::OverlayBuilder builder;
        builder.rect({8, 8}, {24, 24}, 0x8000'00ffu);
        const scene::Pixels p = r.draw(builder.overlay(), {0, 0, 0, 0});
        CHECK(test::at(p, 2, 2) == std::array{0, 0, 0, 0});
        CHECK(test::at(p, 16, 16)[3] == 128);
        CHECK(test::at(p, 16, 16)[0] == doctest::Approx(255 * encoded(128 / 255.0)).epsilon(0.01));
    }

    TEST_CASE("each command is clipped to its rectangle, and one off the picture is harmless") {
        OverlayRig r({.width = 64, .height = 64});
        if (!r.rig) return;
        test::OverlayBuilder builder;
        builder.rect({0, 0}, {64, 64}, 0xff00'00ffu, 0, {10, 20, 30, 40})
            .rect({0, 0}, {64, 64}, 0xff00'ff00u, 0, {-50, 60, 1e9f, 70})
            .rect({0, 0}, {64, 64}, 0xffff'ffffu, 0, {100, 100, 200, 200})
            .rect({0, 0}, {64, 64}, 0xffff'ffffu, 0, {30, 30, 20, 20})
            .rect({62, 0}, {64, 2}, 0xffff'0000u);
        const scene::Pixels p = r.draw(builder.overlay());
        CHECK(test::at(p, 10, 20) == std::array{255, 0, 0, 255});
        CHECK(test::at(p, 29, 39) == std::array{255, 0, 0, 255});
        CHECK(test::at(p, 30, 39) == std::array{0, 0, 0, 255});
        CHECK(test::at(p, 9, 20) == std::array{0, 0, 0, 255});
        CHECK(test::at(p, 0, 63) == std::array{0, 255, 0, 255});
        CHECK(test::at(p, 0, 59) == std::array{0, 0, 0, 255});
        CHECK(test::at(p, 63, 0) == std::array{0, 0, 255, 255});
        CHECK(r.rig->validation_messages() == 0);
    }

    TEST_CASE("a texture is tinted by the vertices' colour") {
        OverlayRig r({.width = 16, .height = 16});
        if (!r.rig) return;
        const std::uint32_t texture = r.rig->add_texture({2, 1, {200, 100, 50, 255, 255, 255, 255, 0}});
        test::OverlayBuilder builder;
        builder.rect({0, 0}, {16, 8}, 0xffff'ffffu, texture).rect({0, 8}, {16, 16}, 0xff00'ffffu, texture);
        const scene::Pixels p = r.draw(builder.overlay());
        CHECK(test::at(p, 0, 0) == std::array{200, 100, 50, 255});
        CHECK(test::at(p, 0, 12) == std::array{200, 100, 0, 255});
        CHECK(test::at(p, 15, 0) == std::array{0, 0, 0, 255});
    }
}
