// SPDX-License-Identifier: Apache-2.0
// What the runtime is asked for besides poses: bindings, pulses, gaze, models, and each of them missing.

#include "base/file.h"
#include "base/process.h"
#include "tests/support/paths.h"
#include "tests/xr/headset_fixture.h"
#include "xr/headset_input.h"

#include <doctest/doctest.h>

#include <cstring>
#include <set>
#include <span>
#include <string>
#include <utility>

using namespace pw;
using namespace pw::test;

namespace {

std::string as_text(const std::vector<std::byte>& bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

std::size_t count_of(const std::string& text, const std::string& what) {
    std::size_t count = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
    return count;
}

const xr::RemoteHand kHeld{.active = true, .stage_from_grip = {.position = {0.2, 1.2, -0.4}}};

// The rows of the table in docs/headset.md, from the table in the code.
std::string row(const xr::Profile& profile) {
    const auto cell = [](const char* left, const char* right) {
        if (left == nullptr) return std::string("–");
        return '`' + std::string(left) + (std::strcmp(left, right) == 0 ? "`" : "`, `" + std::string(right) + '`');
    };
    const auto one = [&](const char* component) { return cell(component, component); };
    std::string trigger = one(profile.trigger);
    if (profile.trigger_too != nullptr) trigger += " or " + one(profile.trigger_too);
    return "| `" + std::string(profile.path) + "` | " + trigger + " | " + one(profile.squeeze) + " | " +
           one(profile.stick) + " | " + one(profile.stick_click) + " | " + cell(profile.menu[0], profile.menu[1]) +
           " | " + cell(profile.primary[0], profile.primary[1]) + " | " + (profile.haptic ? "yes" : "–") + " | " +
           (profile.extension != nullptr ? '`' + std::string(profile.extension) + '`' : "–") + " |\n";
}

} // namespace

TEST_SUITE("xr/controllers") {
    TEST_CASE("the page about headsets shows the table of controllers that the code has") {
        const auto page = read_text((source_dir() / "docs/headset.md").string());
        REQUIRE(page);
        std::string rows;
        for (const xr::Profile& profile : xr::profiles()) rows += row(profile);
        INFO("what belongs there:\n", rows);
        CHECK(page->contains(rows));
    }

    TEST_CASE("a glTF binary is told by its head and its length") {
        const std::uint32_t head[5]{0x46546c67, 2, 20, 0, 0x4e4f534a};
        const auto bytes = std::as_bytes(std::span(head));
        CHECK(xr::is_gltf_binary(bytes));
        CHECK(!xr::is_gltf_binary(bytes.first(19)));
        CHECK(!xr::is_gltf_binary(bytes.first(8)));
        CHECK(!xr::is_gltf_binary({}));
        const std::uint32_t older[3]{0x46546c67, 1, 12};
        CHECK(!xr::is_gltf_binary(std::as_bytes(std::span(older))));
    }
}

TEST_SUITE("xr/bindings [xr]") {
    TEST_CASE("each profile takes all that we suggest for it, and a poke with it: Monado knows them all") {
        HeadsetTest test({.stand_in = true});
        if (!test.ready()) return;
        const std::string heard = test.heard();
        for (const xr::Profile& profile : xr::profiles()) {
            CAPTURE(profile.path);
            const std::string line = "bound /interaction_profiles/" + std::string(profile.path) + ' ';
            for (const std::string side : {"left", "right"}) {
                CHECK(heard.contains(line + "grip /user/hand/" + side + "/input/grip/pose\n"));
                CHECK(heard.contains(line + "poke /user/hand/" + side + "/input/poke_ext/pose\n"));
                CHECK(heard.contains(line + "haptic /user/hand/" + side + "/output/haptic\n") == profile.haptic);
            }
        }
        CHECK(test.finish() == "");
    }

    TEST_CASE("without any one of the extensions the others work, and the hands") {
        HeadsetTest test({.fault_layer = true, .stand_in = true});
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        test.remote.hands[1] = kHeld;
        test.remote.hands[1].hand_tracked = true;
        const xr::HandState& hand = test.client().input().hands[1];
        std::set<std::string> extensions;
        for (const char* extension : xr::input_extensions()) extensions.insert(extension);
        int losses = 0;
        for (const std::string& hidden : extensions) {
            CAPTURE(hidden);
            const std::size_t pokes = count_of(test.heard(), "poke_ext/pose");
            set_environment("PW_XR_HIDE", hidden);
            test.inject("SESSION_LOST"); // all is made anew, with what is offered now
            REQUIRE(test.client().run_until([&] { return test.client().recoveries() == losses + 1; }));
            ++losses;
            REQUIRE(test.reach("FOCUSED"));
            for (const float pull : {0.f, 1.f}) {
                test.remote.hands[1].trigger = pull;
                test.send_remote();
                REQUIRE(test.client().run_until([&] { return hand.active && hand.trigger == pull; }));
            }
            CHECK(hand.select.held);
            CHECK(hand.device == xr::HandDevice::Controller);
            CHECK(hand.has_joints == (hidden != "XR_EXT_hand_tracking"));
            CHECK(!test.enabled_extensions().contains(hidden + '\n'));
            CHECK((count_of(test.heard(), "poke_ext/pose") == pokes) == (hidden == "XR_EXT_hand_interaction"));
        }
        CHECK(test.finish() == "");
    }

    TEST_CASE("a pulse goes to the hand that it is for, as strong and long as asked") {
        HeadsetTest test({.stand_in = true});
        if (!test.ready()) return;
        xr::Host& host = test.client().host();
        REQUIRE(test.reach("FOCUSED"));
        host.vibrate(1, 0.5f, from_ms(20));
        host.vibrate(0, 7.f, {}); // too strong, and as short as can be
        CHECK(test.heard().contains("pulse /user/hand/right 0.500000 20000000\n"));
        CHECK(test.heard().contains("pulse /user/hand/left 1.000000 -1\n"));
        test.client().stop();
        host.vibrate(1, 0.5f, from_ms(20)); // there is no session: nothing, and no crash
        CHECK(count_of(test.heard(), "pulse") == 2);
        CHECK(test.finish() == "");
    }
}

TEST_SUITE("xr/gaze [xr]") {
    TEST_CASE("a headset without eye tracking says so") {
        HeadsetTest test;
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        CHECK(!test.client().host().allow_gaze(true));
        REQUIRE(test.client().run_frames(2));
        CHECK(!test.client().input().origin_from_gaze);
        CHECK(test.finish() == "");
    }

    TEST_CASE("eyes are not asked for until it is allowed, then they are, also after a loss, and then no more") {
        HeadsetTest test({.fault_layer = true, .stand_in = true, .offer = "gaze"});
        if (!test.ready()) return;
        ClearClient& client = test.client();
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(client.run_frames(3));
        CHECK(!client.input().origin_from_gaze);
        CHECK(!test.heard().contains("eyes "));
        CHECK(!test.heard().contains("sets 2\n"));

        CHECK(client.host().allow_gaze(true));
        REQUIRE(client.run_until([&] { return client.input().origin_from_gaze.has_value(); }));
        const Vec3 look = client.input().origin_from_gaze->orientation * Vec3(0.f, 0.f, -1.f);
        CHECK(look.x == doctest::Approx(1.0)); // to the right
        test.inject("SESSION_LOST");
        REQUIRE(client.run_until([&] { return client.recoveries() == 1; }));
        REQUIRE(test.reach("FOCUSED"));
        REQUIRE(client.run_until([&] { return client.input().origin_from_gaze.has_value(); }));

        CHECK(client.host().allow_gaze(false));
        REQUIRE(client.run_frames(1));
        const std::size_t asked = count_of(test.heard(), "eyes ");
        REQUIRE(client.run_frames(3));
        CHECK(!client.input().origin_from_gaze);
        CHECK(count_of(test.heard(), "eyes ") == asked);
        CHECK(test.heard().rfind("sets 1\n") > test.heard().rfind("sets 2\n"));
        CHECK(test.finish() == "");
    }
}

TEST_SUITE("xr/models [xr]") {
    TEST_CASE("the runtime's models of the controllers are had, each loaded once, and anew with another controller") {
        for (const auto& [offer, giver] : {std::pair{"XR_MSFT_controller_model", "MSFT"},
                                           {"XR_FB_render_model", "FB"},
                                           {"XR_MSFT_controller_model XR_FB_render_model", "MSFT"}}) {
            CAPTURE(offer);
            set_environment("PW_XR_PROFILE", "");
            HeadsetTest test({.stand_in = true, .offer = offer});
            if (!test.ready()) return;
            REQUIRE(test.reach("FOCUSED"));
            xr::Host& host = test.client().host();
            std::vector<std::byte> left, right;
            REQUIRE(test.client().run_until([&] {
                left = host.controller_model(0);
                right = host.controller_model(1);
                return !left.empty() && !right.empty();
            }));
            CHECK(as_text(left).contains(giver + std::string(" 0")));
            CHECK(as_text(right).contains(giver + std::string(" 1")));
            CHECK(xr::is_gltf_binary(right));
            for (int i = 0; i < 3; ++i) CHECK(host.controller_model(1) == right);
            CHECK(count_of(test.heard(), "model ") == 2);

            set_environment("PW_XR_PROFILE", "/interaction_profiles/oculus/touch_controller");
            REQUIRE(test.client().run_until([&] { return test.client().input().hands[1].profile.contains("touch"); }));
            REQUIRE(test.client().run_until([&] { return !host.controller_model(1).empty(); }));
            CHECK(count_of(test.heard(), "model ") == 3);
            CHECK(test.finish() == "");
        }
        set_environment("PW_XR_PROFILE", "");
    }

    TEST_CASE(
        "a model that is cut off is not handed on, nor asked for again, and where there are none there is nothing") {
        for (const std::string offer : {"XR_MSFT_controller_model torn", ""}) {
            CAPTURE(offer);
            HeadsetTest test({.stand_in = true, .offer = offer});
            if (!test.ready()) return;
            REQUIRE(test.reach("FOCUSED"));
            for (int i = 0; i < 30; ++i) { // at 20 Hz
                REQUIRE(test.client().run_frames(1));
                CHECK(test.client().host().controller_model(1).empty());
            }
            CHECK(count_of(test.heard(), "model MSFT 1") == (offer.empty() ? 0 : 1));
            CHECK(test.finish() == "");
        }
    }
}
