// SPDX-License-Identifier: Apache-2.0
#include "base/process.h"
#include "tests/support/skip.h"
#include "tests/vulkan_layer/fault_layer.h"
#include "tests/xr/clear_client.h"
#include "tests/xr/headset_fixture.h"
#include "tests/xr/x_server.h"

#include <doctest/doctest.h>

using namespace pw;
using namespace pw::test;

namespace {

constexpr std::array<std::uint8_t, 3> kRed{203, 0, 0}, kBlue{0, 0, 203};

struct WindowTest {
    std::unique_ptr<XServer> x; // outlives the window
    std::unique_ptr<ClearClient> client;

    explicit WindowTest(bool vsync = true) {
        if (!vulkan_here()) {
            skip("no Vulkan device with validation");
            return;
        }
        auto server = XServer::start();
        if (!server && server.error().code == Errc::NotFound) {
            skip("Xvfb is not installed");
            return;
        }
        REQUIRE_MESSAGE(server, server.error().what);
        x = std::move(*server);
        auto host = xr::make_host(
            {.kind = xr::HostKind::Window, .width = 400, .height = 300, .title = "window test", .vsync = vsync});
        REQUIRE_MESSAGE(host, host.error().what);
        auto made = std::make_unique<ClearClient>(std::move(*host));
        const auto started = made->start();
        REQUIRE_MESSAGE(started, started.error().what);
        client = std::move(made);
    }
    bool ready() const { return client != nullptr; }
    bool shows(int px, int py, std::array<std::uint8_t, 3> color) {
        return client->run_until([&] { return x->pixel("window test", px, py) == color; });
    }
};

} // namespace

TEST_SUITE("xr/window [gpu]") {
    TEST_CASE("what is drawn is shown, in the right colour, without a message of the validation") {
        for (const bool vsync : {true, false}) {
            WindowTest test(vsync);
            if (!test.ready()) return;
            REQUIRE(test.client->run_frames(20));
            CHECK(test.shows(200, 150, kRed));
            CHECK(test.client->image().width == 400);
            CHECK(test.client->time().period.ms() > 1.0);
            test.client->stop();
            CHECK(test.client->validation_messages() == 0);
        }
    }

    TEST_CASE("it follows every size, and old images go once nobody uses them") {
        WindowTest test;
        if (!test.ready()) return;
        REQUIRE(test.client->run_frames(3));
        for (const int size : {500, 220, 700, 64, 400}) {
            REQUIRE(test.x->resize("window test", size, size / 2));
            REQUIRE(test.client->run_until([&] {
                return test.client->image().width == static_cast<std::uint32_t>(size) &&
                       test.client->image().height == static_cast<std::uint32_t>(size) / 2;
            }));
            CHECK(test.client->input().desktop.width == static_cast<std::uint32_t>(size));
            CHECK(test.client->eyes()[0].tan_right == doctest::Approx(2 * test.client->eyes()[0].tan_up));
            CHECK(test.shows(size - 2, size / 2 - 2, kRed));
            REQUIRE(test.client->run_frames(12));
        }
        test.client->stop();
        CHECK(test.client->validation_messages() == 0);
    }

    TEST_CASE("a picture that was not drawn keeps its image for the next frame") {
        WindowTest test;
        if (!test.ready()) return;
        REQUIRE(test.client->run_frames(3));
        test.client->drop_picture = true;
        for (int i = 0; i < 10; ++i) test.client->turn();
        REQUIRE(test.x->resize("window test", 320, 200)); // with an image in hand
        for (int i = 0; i < 10; ++i) test.client->turn();
        test.client->drop_picture = false;
        REQUIRE(test.client->run_frames(20));
        CHECK(test.shows(160, 100, kRed));
        test.client->stop();
        CHECK(test.client->validation_messages() == 0);
    }

    TEST_CASE("minimised it is idle, restored it runs, closed it is finished") {
        WindowTest test;
        if (!test.ready()) return;
        REQUIRE(test.client->run_frames(3));
        REQUIRE(test.x->minimise("window test"));
        REQUIRE(test.client->run_until([&] { return test.client->state() == xr::HostState::Idle; }));
        REQUIRE(test.x->restore("window test"));
        REQUIRE(test.client->run_until([&] { return test.client->state() == xr::HostState::Running; }));
        REQUIRE(test.client->run_frames(3));
        REQUIRE(test.x->close("window test"));
        REQUIRE(test.client->run_until([&] { return test.client->state() == xr::HostState::Finished; }));
    }

    TEST_CASE("keys, text and mouse arrive; a press is told once; lost focus releases all") {
        WindowTest test;
        if (!test.ready()) return;
        if (!find_program("xdotool")) return skip("xdotool is not installed");
        REQUIRE(test.client->run_frames(3));
        REQUIRE(test.x->focus("window test"));
        const xr::DesktopState& desktop = test.client->input().desktop;
        REQUIRE(test.client->run_until([&] { return desktop.focused; }));
        const auto w = static_cast<std::size_t>(xr::Key::W);
        int pressed = 0;
        REQUIRE(test.x->xdotool("keydown w"));
        REQUIRE(test.client->run_until([&] { return pressed += desktop.pressed[w], desktop.down[w]; }));
        CHECK(desktop.typed == "w");
        for (int i = 0; i < 5; ++i) {
            test.client->turn();
            pressed += desktop.pressed[w];
        }
        CHECK(pressed == 1);
        CHECK(desktop.down[w]);

        REQUIRE(test.x->xdotool("mousemove 100 80"));
        REQUIRE(test.client->run_until([&] { return desktop.cursor_px.x > 0.f; }));
        const Vec2 before = desktop.cursor_px;
        REQUIRE(test.x->xdotool("mousemove_relative 30 10"));
        Vec2 moved{0.f};
        REQUIRE(test.client->run_until([&] { return (moved += desktop.cursor_moved_px).x >= 30.f; }));
        CHECK(moved == Vec2(30.f, 10.f));
        CHECK(desktop.cursor_px - before == Vec2(30.f, 10.f));
        REQUIRE(test.x->xdotool("click 1 click 4"));
        int clicks = 0;
        float scrolled = 0.f;
        REQUIRE(test.client->run_until([&] {
            clicks += desktop.button_pressed[0];
            return (scrolled += desktop.scroll.y) > 0.f;
        }));
        CHECK(clicks == 1);

        REQUIRE(test.x->minimise("window test"));
        REQUIRE(test.client->run_until([&] { return test.client->state() == xr::HostState::Idle; }));
        REQUIRE(test.x->restore("window test"));
        REQUIRE(test.client->run_until([&] { return test.client->state() == xr::HostState::Running; }));
        REQUIRE(test.client->run_frames(2));
        CHECK(!desktop.down[w]);
        REQUIRE(test.x->xdotool("keyup w"));
    }

    TEST_CASE("a device lost at acquiring or presenting an image is told by poll, and the window comes back") {
        for (const char* call : {"vkAcquireNextImageKHR", "vkQueuePresentKHR"}) {
            CAPTURE(call);
            FaultLayer faults;
            WindowTest test;
            if (!test.ready()) return;
            REQUIRE(test.client->run_frames(3));
            CHECK(test.client->recoveries() == 0);
            faults.lose(call);
            REQUIRE(test.client->run_until([&] { return test.client->recoveries() == 1; }));
            REQUIRE(test.client->run_frames(3));
            CHECK(test.shows(200, 150, kRed));
        }
    }

    TEST_CASE("without a display there is no window, and the reason is told") {
        unsetenv("DISPLAY");
        unsetenv("WAYLAND_DISPLAY");
        const auto host = xr::make_host({.kind = xr::HostKind::Window});
        REQUIRE(!host);
        CHECK(host.error().code == Errc::Unavailable);
        CHECK(host.error().what.starts_with("no display"));
    }
}

TEST_SUITE("xr/mirror [xr]") {
    TEST_CASE("the left eye is mirrored on the desktop, whose window comes, changes and goes as it likes") {
        if (!vulkan_here()) return skip("no Vulkan device with validation");
        auto x = XServer::start();
        if (!x && x.error().code == Errc::NotFound) return skip("Xvfb is not installed");
        REQUIRE_MESSAGE(x, x.error().what);
        HeadsetTest test({.mirror = true});
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(test.client().run_until([&] { return (*x)->pixel("Plantwalk", 160, 120) == kRed; }));
        REQUIRE((*x)->resize("Plantwalk", 500, 400));
        REQUIRE(test.client().run_until([&] { return (*x)->pixel("Plantwalk", 498, 398) == kRed; }));
        REQUIRE(test.client().run_frames(12));

        REQUIRE((*x)->minimise("Plantwalk"));
        REQUIRE(test.client().run_frames(10));
        int shown = test.client().mirrored();
        REQUIRE(test.client().run_frames(10));
        CHECK(test.client().mirrored() == shown); // the headset's frames go on without it
        REQUIRE((*x)->restore("Plantwalk"));
        REQUIRE(test.client().run_until([&] { return test.client().mirrored() > shown; }));

        REQUIRE((*x)->close("Plantwalk"));
        REQUIRE(test.client().run_frames(10));
        shown = test.client().mirrored();
        REQUIRE(test.client().run_frames(10));
        CHECK(test.client().mirrored() == shown);
        CHECK(test.client().state() == xr::HostState::Running);
        CHECK(test.last_state() == "FOCUSED");
        CHECK(test.finish() == "");
    }

    TEST_CASE("the runtime's own window shows both eyes, each its own picture") {
        if (!vulkan_here()) return skip("no Vulkan device with validation");
        auto x = XServer::start(800, 450);
        if (!x && x.error().code == Errc::NotFound) return skip("Xvfb is not installed");
        REQUIRE_MESSAGE(x, x.error().what);
        HeadsetTest test({.monado = {.display = (*x)->display(), .fill_display = true}});
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(test.client().run_until(
            [&] { return (*x)->pixel("Monado", 200, 225) == kRed && (*x)->pixel("Monado", 600, 225) == kBlue; }));
        CHECK(test.client().image().width == 960 * 40 / 100);
        CHECK(test.finish() == "");
    }
}
