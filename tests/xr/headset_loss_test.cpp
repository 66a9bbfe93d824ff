// SPDX-License-Identifier: Apache-2.0
// The runtime dies, stops, hangs, or gives the user to somebody else: the program goes on and comes back.

#include "base/process.h"
#include "tests/xr/headset_fixture.h"
#include "xr/headset_input.h"

#include <doctest/doctest.h>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>

using namespace pw;
using namespace pw::test;

namespace {

HeadsetTestOptions with_faults() {
    HeadsetTestOptions options;
    options.fault_layer = true;
    return options;
}

struct Hidden { // from the client, by the fault layer
    explicit Hidden(const char* what) { set_environment("PW_XR_HIDE", what); }
    ~Hidden() { set_environment("PW_XR_HIDE", ""); }
};

std::size_t open_files() {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) count += !entry.path().empty();
    return count;
}

double resident_mib() {
    std::size_t pages = 0, resident = 0;
    std::FILE* file = std::fopen("/proc/self/statm", "r");
    const int read = std::fscanf(file, "%zu %zu", &pages, &resident);
    std::fclose(file);
    return read == 2 ? static_cast<double>(resident) * 4096.0 / (1 << 20) : 0.0;
}

bool back_in_focus(HeadsetTest& test, int recoveries) {
    return test.client().run_until(
        [&] { return test.client().recoveries() == recoveries && test.last_state() == "FOCUSED"; });
}

} // namespace

TEST_SUITE("xr/loss [xr]") {
    TEST_CASE("a killed runtime that comes back is used again, and nothing is left behind") {
        HeadsetTest test;
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        const auto cycle = [&](int n) {
            test.monado().kill();
            REQUIRE(test.client().run_until([&] { return test.client().state() == xr::HostState::Lost; }));
            for (int i = 0; i < 3; ++i) test.client().turn(); // it looks, and does not find it
            CHECK(test.client().recoveries() == n - 1);
            const auto restarted = test.monado().restart();
            REQUIRE_MESSAGE(restarted, restarted.error().what);
            REQUIRE(back_in_focus(test, n));
            REQUIRE(test.client().run_frames(3));
            CHECK(test.client().pixels() == std::vector{kViewPixels[0], kViewPixels[1]});
        };
        cycle(1); // the first one loads libraries
        const std::size_t files = open_files();
        const double memory = resident_mib();
        for (int n = 2; n <= 4; ++n) cycle(n);
        CHECK(open_files() <= files);
#ifndef __SANITIZE_ADDRESS__ // which keeps what is freed
        CHECK(resident_mib() < memory + 30.0);
#endif
        MESSAGE("3 cycles: ", open_files(), " files open before ", files, ", ", resident_mib() - memory, " MiB more");
        CHECK(test.finish() == "");
    }

    TEST_CASE("a runtime that hangs holds the frame and nothing else, and goes on when it does") {
        HeadsetTest test;
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        ::kill(static_cast<pid_t>(test.monado().pid()), SIGSTOP);
        auto waker = Process::start({"sh", "-c", "sleep 1; kill -CONT " + std::to_string(test.monado().pid())});
        REQUIRE(waker);
        REQUIRE(test.client().run_frames(5));
        CHECK(test.client().recoveries() == 0);
        CHECK(test.last_state() == "FOCUSED");
        CHECK(test.finish() == "");
    }
}

TEST_SUITE("xr/faults [xr]") {
    TEST_CASE("every way of losing a session or an instance leads to a new one") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        int recoveries = 0;
        for (const char* fault : {"LOSS_PENDING", "SESSION_LOST", "INSTANCE_LOSS_PENDING", "INSTANCE_LOST"}) {
            CAPTURE(fault);
            test.inject(fault);
            REQUIRE(back_in_focus(test, ++recoveries));
            REQUIRE(test.client().run_frames(2));
            CHECK(test.client().pixels() == std::vector{kViewPixels[0], kViewPixels[1]});
        }
        CHECK(test.finish() == "");
    }

    TEST_CASE("views of nothing, as a dying runtime gives them, are not believed") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        test.inject("ZERO_VIEWS");
        for (int i = 0; i < 4; ++i) {
            REQUIRE(test.client().run_frames(1));
            for (const auto& eye : test.client().eyes()) {
                CHECK(eye.tan_left < eye.tan_right);
                CHECK(eye.tan_down < eye.tan_up);
                CHECK(glm::length(eye.origin_from_eye.orientation) == doctest::Approx(1.f));
            }
        }
        CHECK(test.client().recoveries() == 0);
        CHECK(test.finish() == "");
    }

    TEST_CASE("a headset that is taken off makes the host idle, and put on again, running") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        test.inject("STOPPING");
        REQUIRE(test.client().run_until([&] { return test.client().state() == xr::HostState::Idle; }));
        test.inject("IDLE");
        REQUIRE(test.reach("IDLE"));
        test.client().turn();
        CHECK(test.client().state() == xr::HostState::Idle);
        test.inject("READY");
        REQUIRE(test.client().run_until([&] { return test.client().state() == xr::HostState::Running; }));
        REQUIRE(test.client().run_frames(3));
        CHECK(test.client().recoveries() == 0);
        CHECK(test.finish() == "");
    }

    TEST_CASE("a session that the user ends in the runtime's menu finishes the host") {
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        for (const char* state : {"STOPPING", "IDLE", "EXITING"}) {
            test.inject(state);
            REQUIRE(test.reach(state));
        }
        CHECK(test.client().turn() == xr::HostState::Finished);
        CHECK(test.finish() == "");
    }
}

TEST_SUITE("xr/lesser_runtimes [xr]") {
    TEST_CASE("OpenXR 1.0, and a runtime with fewer spaces and no clock, serve as well") {
        for (const char* what : {"1.1", "LOCAL_FLOOR", "LOCAL_FLOOR STAGE", "timespec"}) {
            CAPTURE(what);
            const Hidden hidden(what);
            HeadsetTest test(with_faults());
            if (!test.ready()) return;
            test.remote.stage_from_head.position = {0.5, 1.75, -0.25};
            test.send_remote();
            REQUIRE(test.reach("FOCUSED"));
            REQUIRE(test.client().run_frames(3));
            CHECK(test.client().input().origin_from_head.position.y == doctest::Approx(1.75)); // above the floor
            const double ahead_s = (test.client().time().display - system_clock().now()).seconds();
            CHECK(std::abs(ahead_s) < 1.0);
            CHECK(test.finish() == "");
        }
    }
}

TEST_SUITE("xr/profiles [xr]") {
    TEST_CASE("on OpenXR 1.0 every controller that the runtime can name by an extension is asked for") {
        const Hidden hidden("1.1");
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        const std::string enabled = test.enabled_extensions();
        std::uint32_t count = 0;
        REQUIRE(xrEnumerateInstanceExtensionProperties(nullptr, 0, &count, nullptr) == XR_SUCCESS);
        std::vector<XrExtensionProperties> offered(count, {.type = XR_TYPE_EXTENSION_PROPERTIES});
        REQUIRE(xrEnumerateInstanceExtensionProperties(nullptr, count, &count, offered.data()) == XR_SUCCESS);
        int named = 0;
        for (const std::string wanted : xr::input_extensions()) {
            if (std::ranges::none_of(offered, [&](const auto& o) { return wanted == o.extensionName; })) continue;
            ++named;
            CAPTURE(wanted);
            CHECK(enabled.contains(wanted + "\n"));
        }
        CHECK(named > 3);
        CHECK(test.finish() == "");
    }
}

TEST_SUITE("xr/focus [xr]") {
    // Run by the test below in a process of its own.
    TEST_CASE("as the second client: draws, and ends" * doctest::skip()) {
        auto host = xr::make_host({.kind = xr::HostKind::Headset});
        REQUIRE(host);
        ClearClient client(std::move(*host));
        REQUIRE(client.start());
        client.run_frames(20);
    }

    TEST_CASE("a second program takes the focus, and gives it back when it ends") {
        for (int attempt = 0; attempt < 2; ++attempt) {
            HeadsetTest test;
            if (!test.ready()) return;
            REQUIRE(test.reach("FOCUSED"));
            test.remote.hands[1] = {.active = true, .stage_from_grip = {.position = {0.2, 1.2, -0.4}}};
            test.send_remote();
            const xr::HandState& hand = test.client().input().hands[1];
            REQUIRE(test.client().run_until([&] { return hand.active; }));
            test.remote.hands[1].trigger = 1.f;
            test.send_remote();
            REQUIRE(test.client().run_until([&] { return hand.select.held; }));
            CHECK(test.client().input().focused);
            int released = 0, pressed = 0;
            const std::string self = std::filesystem::read_symlink("/proc/self/exe");
            auto other = Process::start({self, "--no-skip", "--test-case=as the second client*"},
                                        {.environment = {{"XR_ENABLE_API_LAYERS", ""}}, .output_file = "/dev/null"});
            REQUIRE(other);
            const bool taken = test.client().run_until([&] {
                released += hand.select.released;
                return (test.last_state() == "SYNCHRONIZED" && !hand.active) || !test.monado().running();
            });
            // A known assertion of Monado's, seen once in 14 runs: its end is no fault of ours. Once more.
            if (!test.monado().running() && attempt == 0) continue;
            REQUIRE(taken);
            CHECK(!test.client().time().render);
            CHECK(!test.client().input().focused);
            CHECK(hand.device == xr::HandDevice::None);
            CHECK(released == 1); // the press ended with the focus
            other->wait();
            REQUIRE(test.reach("FOCUSED"));
            // The trigger is still pulled: that is no new press.
            REQUIRE(test.client().run_until([&] { return hand.active; }));
            for (int i = 0; i < 3; ++i) {
                pressed += hand.select.held;
                test.client().turn();
            }
            CHECK(pressed == 0);
            REQUIRE(test.client().run_frames(2));
            CHECK(test.finish() == "");
            return;
        }
    }
}
