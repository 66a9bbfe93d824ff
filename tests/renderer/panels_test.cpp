// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/panels.h"

#include "tests/renderer/overlay_builder.h"
#include "tests/renderer/pass_rig.h"
#include "tests/renderer/pictures.h"
#include "tests/renderer/studio.h"

#include <doctest/doctest.h>
#include <glm/gtc/quaternion.hpp>

#include <cmath>

using namespace pw;
using namespace pw::renderer;

namespace {

const float kRightAngle = 2.f * std::atan(1.f); // a view 2 m high at 1 m

struct PanelsRig {
    std::unique_ptr<test::PassRig> rig;
    PanelPass pass;
    explicit PanelsRig(const test::RigOptions& options) : rig(test::PassRig::make(options)) {
        if (rig) pass = PanelPass::make(rig->gpu(), rig->layouts(), rig->formats(), rig->textures());
    }
    scene::Pixels draw(std::span<const View> views, std::span<const Panel> panels) {
        DrawList list;
        list.views = views;
        list.background = {0, 0, 0, 1};
        list.panels = panels;
        return rig->draw(list, [&](FrameContext& c) { pass.prepare(c); }, [&](FrameContext& c) { pass.record(c); });
    }
};

// Red, green above blue, white.
test::OverlayBuilder quarters(float size) {
    test::OverlayBuilder builder;
    const float half = size / 2;
    builder.rect({0, 0}, {half, half}, 0xff00'00ffu).rect({half, 0}, {size, half}, 0xff00'ff00u);
    builder.rect({0, half}, {half, size}, 0xffff'0000u).rect({half, half}, {size, size}, 0xffff'ffffu);
    return builder;
}

Panel panel_of(const test::OverlayBuilder& builder, std::uint32_t size) {
    return {{}, {1.f, 1.f}, size, size, builder.overlay()};
}

constexpr std::array kRed{255, 0, 0, 255}, kGreen{0, 255, 0, 255}, kBlue{0, 0, 255, 255}, kWhite{255, 255, 255, 255},
    kBlack{0, 0, 0, 255};

} // namespace

TEST_SUITE("renderer/panels [gpu] [golden]") {
    TEST_CASE("a panel stands where its pose says, upright and not mirrored, for both eyes") {
        for (const std::uint32_t views : {1u, 2u}) {
            PanelsRig r({.views = views, .width = 100, .height = 100});
            if (!r.rig) return;
            const std::array eyes{test::look({0, 0, 1}, {0, 0, 0}, kRightAngle, 1.f),
                                  test::look({0.1, 0, 1}, {0.1, 0, 0}, kRightAngle, 1.f)};
            const auto builder = quarters(64);
            const std::array panels{panel_of(builder, 64)};
            const scene::Pixels p = r.draw(std::span(eyes).first(views), panels);
            for (std::uint32_t view = 0; view < views; ++view) {
                const std::uint32_t x = 50 - 5 * view, y = 50 + 100 * view; // 0.1 m are 5 pixels
                CHECK(test::at(p, x - 22, y - 22) == kRed);
                CHECK(test::at(p, x + 21, y - 22) == kGreen);
                CHECK(test::at(p, x - 22, y + 21) == kBlue);
                CHECK(test::at(p, x + 21, y + 21) == kWhite);
                CHECK(test::at(p, x - 28, y) == kBlack);
                CHECK(test::at(p, x, y + 27) == kBlack);
            }
            CHECK(r.rig->validation_messages() == 0);
        }
    }

    TEST_CASE("from behind a panel is a dark plate") {
        PanelsRig r({.width = 100, .height = 100});
        if (!r.rig) return;
        const std::array eyes{test::look({0, 0, -1}, {0, 0, 0}, kRightAngle, 1.f)};
        const auto builder = quarters(64);
        const std::array panels{panel_of(builder, 64)};
        const auto pixel = test::at(r.draw(eyes, panels), 40, 40);
        CHECK(pixel[0] > 20);
        CHECK(pixel[0] < 60);
        CHECK(pixel[0] == pixel[1]);
    }

    TEST_CASE("a panel hides what is behind it, and its clear parts do not") {
        PanelsRig r({.width = 100, .height = 100});
        if (!r.rig) return;
        const std::array eyes{test::look({0, 0, 1}, {0, 0, 0}, kRightAngle, 1.f)};
        test::OverlayBuilder left, full = quarters(64);
        left.rect({0, 0}, {32, 64}, 0xffff'ffffu);
        std::array panels{panel_of(left, 64), panel_of(full, 64)};
        panels[1].pose.position.z = -0.2;
        for (int order = 0; order < 2; ++order) {
            const scene::Pixels p = r.draw(eyes, panels);
            CHECK(test::at(p, 35, 35) == kWhite);
            CHECK(test::at(p, 62, 38) == kGreen);
            std::swap(panels[0], panels[1]);
        }
    }

    TEST_CASE("a panel is drawn anew only when it changed, and its picture may change its size") {
        PanelsRig r({.width = 100, .height = 100});
        if (!r.rig) return;
        const std::array eyes{test::look({0, 0, 1}, {0, 0, 0}, kRightAngle, 1.f)};
        auto builder = quarters(64);
        std::array panels{panel_of(builder, 64)};
        for (int i = 0; i < 5; ++i) r.draw(eyes, panels);
        CHECK(r.pass.redraws() == 1);
        builder.rect({0, 0}, {64, 64}, 0xff00'ff00u);
        panels[0].overlay = builder.overlay();
        CHECK(test::at(r.draw(eyes, panels), 30, 30) == kGreen);
        CHECK(r.pass.redraws() == 2);
        const auto large = quarters(200);
        for (int i = 0; i < 5; ++i) {
            panels[0] = panel_of(large, 200 + static_cast<std::uint32_t>(i % 2));
            CHECK(test::at(r.draw(eyes, panels), 30, 30) == kRed);
        }
        CHECK(r.pass.redraws() == 7);
        panels[0].width = panels[0].height = 0; // nothing to see, nothing to fail
        r.draw(eyes, panels);
        CHECK(r.rig->validation_messages() == 0);
    }

    TEST_CASE("a far panel is filtered and not a choice of its pixels") {
        PanelsRig r({.width = 100, .height = 100});
        if (!r.rig) return;
        test::OverlayBuilder stripes;
        for (int i = 0; i < 256; i += 2) {
            stripes.rect({static_cast<float>(i), 0}, {static_cast<float>(i + 1), 256}, 0xffff'ffffu);
            stripes.rect({static_cast<float>(i + 1), 0}, {static_cast<float>(i + 2), 256}, 0xff00'0000u);
        }
        const std::array eyes{test::look({0, 0, 1}, {0, 0, 0}, kRightAngle, 1.f)};
        const std::array panels{panel_of(stripes, 256)}; // 256 pixels on 50
        const scene::Pixels p = r.draw(eyes, panels);
        for (std::uint32_t x = 30; x < 70; ++x) CHECK(std::abs(test::at(p, x, 50)[0] - 188) < 12); // half the light
    }

    TEST_CASE("panels at angles look like panels") {
        PanelsRig r({.width = 320, .height = 180});
        if (!r.rig) return;
        test::OverlayBuilder builder;
        builder.rect({0, 0}, {512, 384}, 0xf028'2018u).rect({0, 0}, {512, 40}, 0xff80'5020u);
        for (int i = 0; i < 40; ++i) {
            const auto x = static_cast<float>(20 + i * 12);
            const auto y = static_cast<float>(250 - 60 * std::sin(i * 0.3));
            builder.rect({x, y}, {x + 8, 330}, 0xff60'd0a0u + static_cast<std::uint32_t>(i) * 3);
            builder.rect({x, 350}, {x + 1, 360}, 0xffff'ffffu);
        }
        std::array panels{Panel{{}, {0.4f, 0.3f}, 512, 384, builder.overlay()},
                          Panel{{}, {0.4f, 0.3f}, 512, 384, builder.overlay()},
                          Panel{{}, {0.4f, 0.3f}, 512, 384, builder.overlay()}};
        panels[0].pose.position = {-0.45, 0, 0};
        panels[0].pose.orientation = glm::angleAxis(0.9f, Vec3(0, 1, 0));
        panels[2].pose.position = {0.6, 0.2, -1.5};
        panels[2].pose.orientation = glm::angleAxis(-0.5f, Vec3(0, 1, 0));
        const std::array eyes{test::look({0, 0.05, 0.8}, {0, 0, 0}, 0.9f, 16.f / 9.f)};
        CHECK(test::matches_golden(r.draw(eyes, panels), "panels"));
        CHECK(r.rig->validation_messages() == 0);
    }
}
