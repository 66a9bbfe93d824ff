// SPDX-License-Identifier: Apache-2.0
// What is submitted to the compositor, in which order and how it is blended, and what comes out.

#include "base/process.h"
#include "tests/support/skip.h"
#include "tests/xr/headset_fixture.h"
#include "tests/xr/x_server.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace pw;
using namespace pw::test;

namespace {

constexpr LinearColor kClear{0.f, 0.f, 0.f, 0.f}, kGreen{0.f, 0.6f, 0.f, 1.f}, kWhite{0.6f, 0.6f, 0.6f, 1.f},
    kYellow{0.6f, 0.6f, 0.f, 1.f}, kHalfBlue{0.f, 0.f, 0.3f, 0.5f};
using Shown = std::array<std::uint8_t, 3>;
constexpr Shown kRedShown{203, 0, 0}, kGreenShown{0, 203, 0}, kWhiteShown{203, 203, 203}, kYellowShown{203, 203, 0},
    kBlackShown{0, 0, 0};

// For a client that is made later.
class Environment {
  public:
    Environment(const char* name, const char* value) : name_(name) { set_environment(name, value); }
    ~Environment() { set_environment(name_, ""); }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

  private:
    const char* name_;
};

HeadsetTestOptions with_faults() {
    HeadsetTestOptions options;
    options.fault_layer = true;
    return options;
}

// Straight ahead of a standing person, facing them.
TestPanel panel(std::size_t slot, float width_m, const LinearColor& color) {
    TestPanel made;
    made.place = {.slot = slot, .origin_from_quad = {.position = {0.0, 1.7, -1.0}}, .size_m = {width_m, width_m}};
    made.color = color;
    return made;
}

void choose(xr::Host& host, xr::Blend blend) {
    const auto set = host.set_blend(blend);
    REQUIRE_MESSAGE(set, set.error().what);
}

bool near(const std::optional<Shown>& shown, const Shown& wanted) {
    if (!shown) return false;
    for (std::size_t i = 0; i < 3; ++i)
        if (std::abs((*shown)[i] - wanted[i]) > 2) return false;
    return true;
}

// A Monado that shows both eyes in a window of 800x450, the left one in its left half.
struct Screen {
    std::unique_ptr<XServer> x;
    std::optional<HeadsetTest> test;

    bool ready(xr::MonadoOptions monado = {}) {
        if (!vulkan_here()) return skip("no Vulkan device with validation"), false;
        auto server = XServer::start(800, 450);
        if (!server && server.error().code == Errc::NotFound) return skip("Xvfb is not installed"), false;
        REQUIRE_MESSAGE(server, server.error().what);
        x = std::move(*server);
        monado.display = x->display();
        monado.fill_display = true;
        test.emplace(HeadsetTestOptions{.monado = monado});
        return test->ready();
    }
    bool shows(int left, int top, const Shown& color) {
        const bool found = test->client().run_until([&] { return near(x->pixel("Monado", left, top), color); });
        if (const auto is = x->pixel("Monado", left, top); !found && is)
            MESSAGE("at ", left, ", ", top, ": ", int((*is)[0]), " ", int((*is)[1]), " ", int((*is)[2]));
        return found;
    }
};

// What the client called, without the frames.
std::vector<std::string> calls(const HeadsetTest& test) {
    std::vector<std::string> list = test.submitted();
    std::erase_if(list, [](const std::string& line) { return !line.starts_with("xr"); });
    return list;
}

} // namespace

TEST_SUITE("xr/quads [xr]") {
    TEST_CASE("a panel shows through the picture's hole, and what is nearer than it stays in front") {
        Screen screen;
        if (!screen.ready()) return;
        HeadsetTest& test = *screen.test;
        REQUIRE(test.reach("FOCUSED"));
        test.client().patches = {{.left = 0.25f, .top = 0.25f, .right = 0.75f, .bottom = 0.75f, .color = kClear},
                                 {.left = 0.4f, .top = 0.4f, .right = 0.6f, .bottom = 0.45f, .color = kYellow}};
        test.client().panels = {panel(0, 0.8f, kGreen)};
        CHECK(screen.shows(200, 235, kGreenShown)); // the middle of the left eye
        CHECK(screen.shows(200, 191, kYellowShown));
        CHECK(screen.shows(200, 20, kRedShown));
        CHECK(screen.shows(600, 235, kGreenShown));

        test.client().panels.clear(); // the hole is empty
        CHECK(screen.shows(200, 235, kBlackShown));
        CHECK(test.finish() == "");
    }

    TEST_CASE("the nearer of two panels covers the other, and both lie below the picture") {
        Screen screen;
        if (!screen.ready()) return;
        HeadsetTest& test = *screen.test;
        REQUIRE(test.reach("FOCUSED"));
        test.client().view_colors = {kClear, kClear};
        test.client().patches = {{.left = 0.f, .top = 0.f, .right = 1.f, .bottom = 0.5f, .color = kYellow}};
        test.client().panels = {panel(3, 0.9f, kGreen), panel(1, 0.3f, kWhite)};
        CHECK(screen.shows(200, 240, kWhiteShown));
        CHECK(screen.shows(200, 290, kGreenShown));
        CHECK(screen.shows(200, 200, kYellowShown));
        std::swap(test.client().panels[0], test.client().panels[1]);
        CHECK(screen.shows(200, 240, kGreenShown));
        CHECK(test.finish() == "");
    }

    TEST_CASE("a panel's colours are premultiplied: what is half there lets half of the other through") {
        Screen screen;
        if (!screen.ready()) return;
        HeadsetTest& test = *screen.test;
        REQUIRE(test.reach("FOCUSED"));
        test.client().view_colors = {kClear, kClear};
        test.client().panels = {panel(0, 0.9f, kGreen), panel(1, 0.9f, kHalfBlue)};
        CHECK(screen.shows(200, 225, {0, 149, 149})); // 0.6/2 and 0.3, encoded
        CHECK(test.finish() == "");
    }

    TEST_CASE("content stays until there is new one, also while the panel changes its size") {
        Screen screen;
        if (!screen.ready()) return;
        HeadsetTest& test = *screen.test;
        REQUIRE(test.reach("FOCUSED"));
        ClearClient& client = test.client();
        client.view_colors = {kClear, kClear};
        client.panels = {panel(0, 0.8f, kGreen)};
        CHECK(screen.shows(200, 225, kGreenShown));
        client.panels[0].redraw = false;
        client.panels[0].color = kWhite;
        REQUIRE(client.run_frames(20));
        CHECK(near(screen.x->pixel("Monado", 200, 225), kGreenShown));

        for (const std::uint32_t size : {128u, 96u, 128u, 64u, 256u}) {
            TestPanel& panel = client.panels[0];
            panel.redraw = true;
            panel.width = panel.height = size;
            panel.color = size == 96 ? kGreen : kWhite;
            const int before = panel.drawn;
            REQUIRE(client.run_until([&] {
                CHECK(!near(screen.x->pixel("Monado", 200, 225), kBlackShown));
                return panel.drawn > before + 10; // and old images go
            }));
            CHECK(screen.shows(200, 225, size == 96 ? kGreenShown : kWhiteShown));
        }
        CHECK(test.finish() == "");
    }

    TEST_CASE("a frame that is not drawn hands no panel over, and one that has nothing yet is left out") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        ClearClient& client = test.client();
        client.panels = {panel(0, 0.8f, kGreen), panel(1, 0.4f, kWhite)};
        client.panels[1].redraw = false;
        REQUIRE(test.submits("OPAQUE quad:alpha projection:alpha"));
        client.drop_picture = true;
        REQUIRE(test.submits("OPAQUE"));
        client.drop_picture = false;
        REQUIRE(test.submits("OPAQUE quad:alpha projection:alpha"));
        client.panels[1].redraw = true;
        REQUIRE(test.submits("OPAQUE quad:alpha quad:alpha projection:alpha"));
        client.panels.clear();
        REQUIRE(test.submits("OPAQUE projection"));
        CHECK(test.finish() == "");
    }

    TEST_CASE("no more layers than the runtime takes") {
        for (const auto& [most, slots] : {std::pair("4", 2u), std::pair("1", 0u)}) {
            const Environment layers("PW_XR_MAX_LAYERS", most);
            HeadsetTest test(with_faults());
            if (!test.ready()) return;
            CHECK(test.client().host().quad_slots() == slots);
            REQUIRE(test.reach("FOCUSED"));
            REQUIRE(test.client().run_frames(2));
            CHECK(test.finish() == "");
        }
    }

    TEST_CASE("panels are there again after a loss, and one of another runtime's size is refused once") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        CHECK(test.client().host().quad_slots() >= 8);
        CHECK(test.client().host().quad_format() == VK_FORMAT_R8G8B8A8_SRGB);
        test.client().panels = {panel(0, 0.8f, kGreen), panel(1, 0.4f, kWhite)};
        test.client().panels[1].width = 1u << 20; // no runtime has such images
        REQUIRE(test.submits("OPAQUE quad:alpha projection:alpha"));
        test.inject("SESSION_LOST");
        REQUIRE(test.client().run_until([&] { return test.client().recoveries() == 1; }));
        REQUIRE(test.submits("OPAQUE quad:alpha projection:alpha"));
        CHECK(test.client().panels[1].drawn == 0);
        CHECK(test.finish() == "");
    }
}

TEST_SUITE("xr/blend [xr]") {
    TEST_CASE("a headset without a view of the world has only Opaque, and says so") {
        HeadsetTest test;
        if (!test.ready()) return;
        xr::Host& host = test.client().host();
        CHECK(host.blends() == std::vector{xr::Blend::Opaque});
        CHECK(host.blend() == xr::Blend::Opaque);
        for (const auto blend : {xr::Blend::Alpha, xr::Blend::Additive, xr::Blend::Passthrough}) {
            const auto set = host.set_blend(blend);
            REQUIRE(!set);
            CHECK(set.error().code == Errc::Refused);
        }
        CHECK(host.set_blend(xr::Blend::Opaque));
        CHECK(test.finish() == "");
    }

    TEST_CASE("each blend mode is submitted as asked, from the next frame on, and outlives a lost session") {
        const Environment blend("PW_XR_BLEND", "OPAQUE ADDITIVE ALPHA_BLEND"), offer("PW_XR_OFFER", "passthrough");
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        xr::Host& host = test.client().host();
        CHECK(host.blends() ==
              std::vector{xr::Blend::Alpha, xr::Blend::Passthrough, xr::Blend::Additive, xr::Blend::Opaque});
        CHECK(host.blend() == xr::Blend::Opaque);
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(test.client().run_frames(1));
        const struct {
            xr::Blend blend;
            const char* frame;
            const char* with_panel;
        } expected[]{{xr::Blend::Opaque, "OPAQUE projection", "OPAQUE quad:alpha projection:alpha"},
                     {xr::Blend::Alpha, "ALPHA_BLEND projection:alpha", "ALPHA_BLEND quad:alpha projection:alpha"},
                     {xr::Blend::Additive, "ADDITIVE projection", "ADDITIVE quad:alpha projection:alpha"},
                     {xr::Blend::Passthrough, "OPAQUE passthrough:alpha projection:alpha",
                      "OPAQUE passthrough:alpha quad:alpha projection:alpha"},
                     {xr::Blend::Opaque, "OPAQUE projection", "OPAQUE quad:alpha projection:alpha"}};
        for (const auto& step : expected) {
            CAPTURE(step.frame);
            test.client().panels.clear();
            choose(host, step.blend);
            CHECK(host.blend() == step.blend);
            test.client().turn(); // the very next frame
            CHECK(test.submitted().back() == step.frame);
            test.client().panels = {panel(0, 0.5f, kGreen)};
            CHECK(test.submits(step.with_panel));
        }
        test.client().panels.clear();
        choose(host, xr::Blend::Alpha);
        test.inject("SESSION_LOST");
        REQUIRE(test.client().run_until([&] { return test.client().recoveries() == 1; }));
        CHECK(host.blend() == xr::Blend::Alpha);
        CHECK(test.submits("ALPHA_BLEND projection:alpha"));
        CHECK(test.finish() == "");
    }

    TEST_CASE("a headset that always shows the world starts with that") {
        const Environment blend("PW_XR_BLEND", "ADDITIVE");
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        CHECK(test.client().host().blend() == xr::Blend::Additive);
        CHECK(!test.client().host().set_blend(xr::Blend::Opaque));
        REQUIRE(test.reach("FOCUSED"));
        CHECK(test.submits("ADDITIVE projection"));
        CHECK(test.finish() == "");
    }
}

TEST_SUITE("xr/passthrough [xr]") {
    TEST_CASE("its cameras run only while it is shown, and it is made once, when it is first asked for") {
        const Environment offer("PW_XR_OFFER", "passthrough");
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        xr::Host& host = test.client().host();
        CHECK(host.blends() == std::vector{xr::Blend::Passthrough, xr::Blend::Opaque});
        REQUIRE(test.reach("FOCUSED"));
        CHECK(calls(test).empty());
        std::vector<std::string> expected{"xrCreatePassthroughFB", "xrCreatePassthroughLayerFB"};
        for (int i = 0; i < 2; ++i) {
            choose(host, xr::Blend::Passthrough);
            CHECK(test.submits("OPAQUE passthrough:alpha projection:alpha"));
            if (i > 0) expected.insert(expected.end(), {"xrPassthroughStartFB", "xrPassthroughLayerResumeFB"});
            choose(host, xr::Blend::Opaque);
            CHECK(test.submits("OPAQUE projection"));
            expected.insert(expected.end(), {"xrPassthroughLayerPauseFB", "xrPassthroughPauseFB"});
        }
        CHECK(calls(test) == expected);
        CHECK(test.finish() == "");
        expected.insert(expected.end(), {"xrDestroyPassthroughLayerFB", "xrDestroyPassthroughFB"});
        CHECK(calls(test) == expected);
    }

    TEST_CASE("the world around stays when a frame has no picture, and comes back after a loss") {
        const Environment offer("PW_XR_OFFER", "passthrough");
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        choose(test.client().host(), xr::Blend::Passthrough);
        REQUIRE(test.reach("FOCUSED"));
        test.client().drop_picture = true;
        CHECK(test.submits("OPAQUE passthrough:alpha"));
        test.client().drop_picture = false;
        test.inject("SESSION_LOST");
        REQUIRE(test.client().run_until([&] { return test.client().recoveries() == 1; }));
        CHECK(test.client().host().blend() == xr::Blend::Passthrough);
        CHECK(test.submits("OPAQUE passthrough:alpha projection:alpha"));
        CHECK(std::ranges::count(calls(test), "xrCreatePassthroughFB") == 2);
        CHECK(test.finish() == "");
    }

    TEST_CASE("it is made anew when the runtime wants that, and given up when the runtime does") {
        const Environment offer("PW_XR_OFFER", "passthrough");
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        xr::Host& host = test.client().host();
        REQUIRE(test.reach("FOCUSED"));
        choose(host, xr::Blend::Passthrough);
        test.inject("PASSTHROUGH_REINIT");
        REQUIRE(test.client().run_until(
            [&] { return std::ranges::count(calls(test), "xrCreatePassthroughLayerFB") == 2; }));
        CHECK(host.blend() == xr::Blend::Passthrough);
        CHECK(test.submits("OPAQUE passthrough:alpha projection:alpha"));
        test.inject("PASSTHROUGH_GONE");
        CHECK(test.submits("OPAQUE projection"));
        CHECK(host.blend() == xr::Blend::Opaque);
        CHECK(std::ranges::count(calls(test), "xrDestroyPassthroughFB") == 2);
        CHECK(test.finish() == "");
    }
}
