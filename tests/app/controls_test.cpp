// SPDX-License-Identifier: Apache-2.0
// What the help of a headset says of what is in the hands.
#include "app/panels/controls.h"

#include "app/panels/panels.h"
#include "app/ui.h"
#include "base/file.h"
#include "base/strings.h"
#include "tests/renderer/golden.h"
#include "tests/renderer/offscreen.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "xr/headset_profiles.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

using namespace pw;
using namespace pw::app;

namespace {

xr::HandState holds(const std::string& profile) {
    xr::HandState hand;
    hand.active = true;
    hand.device = xr::HandDevice::Controller;
    hand.profile = "/interaction_profiles/" + profile;
    return hand;
}

xr::HandState bare() {
    xr::HandState hand;
    hand.active = true;
    hand.device = xr::HandDevice::Hand;
    return hand;
}

// The help as a panel in the world shows it, without the list of actions.
scene::Pixels help(test::Offscreen& place, const std::array<xr::HandState, 2>& hands, const Settings& settings) {
    renderer::Renderer& renderer = *place.renderer;
    UiFont font(find_font("Inter-Regular.otf"), 1.f);
    font.set_texture(renderer.add_texture(font.picture()));
    Ui ui(font);
    const work::ActionRegistry nothing_to_do;
    ActionCalls asked;
    const HeldControls held{hands, settings};
    for (int i = 0; i < 2; ++i) { // a window's first frame is hidden
        ui.begin(place.options.width, place.options.height, 0.1f, {}, nullptr);
        draw_help(nothing_to_do, &held, CardPlace::WholeSurface, asked);
        ui.end();
    }
    renderer::DrawList list;
    const renderer::View view;
    list.views = std::span(&view, 1);
    list.overlay = ui.overlay();
    scene::Scene nothing;
    std::optional<scene::Pixels> picture;
    do {
        renderer.begin_frame();
        renderer.sync(nothing, nothing.update());
        REQUIRE(renderer.draw(list, place.target(/* read_back= */ true)) == renderer::DrawResult::Done);
        picture = renderer.take_picture(/* wait= */ true);
    } while (!renderer.settled());
    REQUIRE(picture);
    return std::move(*picture);
}

} // namespace

TEST_SUITE("app/controls") {
    TEST_CASE("every controller that we know has a drawing, by what it has") {
        std::map<Family, int> families;
        for (const auto& profile : xr::profiles()) ++families[family_of(holds(profile.path))];
        CHECK(families[Family::Wand] == 2); // Vive, Magic Leap 2
        CHECK(families[Family::Pads] == 2); // Windows Mixed Reality, Odyssey
        CHECK(families[Family::Simple] == 1);
        CHECK(families[Family::Hand] == 1);
        CHECK(family_of(holds("valve/index_controller")) == Family::Sticks);
        CHECK(family_of(holds("never/heard_of")) == Family::Sticks);
        CHECK(family_of(bare()) == Family::Hand);
    }

    TEST_CASE("buttons are called as is printed on them, in each hand") {
        const auto touch = holds("oculus/touch_controller");
        CHECK(letter_on(ControlPart::Menu, touch, 0) == "≡");
        CHECK(letter_on(ControlPart::Menu, touch, 1) == "B");
        CHECK(letter_on(ControlPart::Primary, touch, 0) == "X");
        CHECK(letter_on(ControlPart::Primary, touch, 1) == "A");
        CHECK(letter_on(ControlPart::Menu, holds("valve/index_controller"), 0) == "B");
        CHECK(letter_on(ControlPart::Primary, holds("microsoft/motion_controller"), 0) == "");
        CHECK(letter_on(ControlPart::Trigger, touch, 0) == "");
        CHECK(letter_on(ControlPart::Menu, bare(), 0) == "");
    }

    TEST_CASE("the sticks do what the settings say, for either hand") {
        Settings settings;
        const auto stick = [&](std::size_t hand) {
            return std::string(control_does(ControlPart::Stick, Family::Sticks, hand, settings));
        };
        CHECK(stick(0) == text(Text::DoesJumpSnap));
        CHECK(stick(1) == text(Text::DoesJumpSnap));
        settings.move = "walk";
        CHECK(stick(0) == text(Text::DoesWalk));
        CHECK(stick(1) == text(Text::DoesJumpSnap));
        settings.hand = "left";
        CHECK(stick(0) == text(Text::DoesJumpSnap));
        CHECK(stick(1) == text(Text::DoesWalk));
        settings.turn = "smooth";
        CHECK(stick(0) == text(Text::DoesJumpTurn));
        CHECK(control_does(ControlPart::Primary, Family::Sticks, 0, settings) == nullptr);
        CHECK(std::string(control_does(ControlPart::Grip, Family::Hand, 0, settings)) == text(Text::DoesFist));
    }
}

TEST_SUITE("app/controls_drawn [gpu] [golden]") {
    TEST_CASE("controllers with what is pressed lit, bare hands, and the others") {
        const auto jobs = make_jobs_inline();
        const auto place = test::Offscreen::make({.width = 720,
                                                  .height = 270,
                                                  .validation = true,
                                                  .cache_folder = (test::build_dir() / "test_cache").string()},
                                                 *jobs);
        if (!place) return test::skip(place.error().what);
        auto& offscreen = **place;
        const auto picture = [&](const xr::HandState& left, const xr::HandState& right, const Settings& settings = {}) {
            return help(offscreen, {left, right}, settings);
        };
        auto touch = holds("oculus/touch_controller");
        auto pulled = touch;
        pulled.select.held = pulled.menu.held = true;
        CHECK(test::matches_golden(picture(touch, pulled), "controls_touch", 1000));
        Settings settings;
        settings.hand = "left";
        settings.move = "walk";
        CHECK(test::matches_golden(picture(bare(), bare(), settings), "controls_hands", 1000));
        const auto others = picture(holds("htc/vive_controller"), holds("microsoft/motion_controller"), settings);
        CHECK(test::matches_golden(others, "controls_others", 1000));
        CHECK(offscreen.device->validation_messages() == 0);
    }
}
