// SPDX-License-Identifier: Apache-2.0
// Panels by themselves: a pointer and keys go in, calls of actions come out.
#include "app/panels/panels.h"

#include "app/panels/view_tools.h"
#include "app/ui.h"
#include "base/file.h"
#include "tests/app/bars.h"
#include "tests/app/visit.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace pw;
using namespace pw::test;
using namespace pw::app;

namespace {

// One panel on its surface, and what is done to it.
struct PressedPanel {
    static constexpr std::uint32_t kWidth = 460, kHeight = 520;
    UiFont font{find_font("Inter-Regular.otf"), 1.f};
    Ui ui{font};
    std::function<void(ActionCalls&)> draw;
    ActionCalls asked{};

    void frame(const UiPointer& pointer, const xr::DesktopState& keys = {}) {
        ui.begin(kWidth, kHeight, 0.016f, pointer, &keys);
        draw(asked);
        ui.end();
    }
    void press(const Vec2& at) {
        for (const bool down : {false, true, false}) frame({at, down});
    }
    void type(const std::string& letters) {
        frame({});
        xr::DesktopState keys;
        keys.typed = letters;
        frame({}, keys);
        keys = {};
        keys.down[static_cast<std::size_t>(xr::Key::Enter)] = true;
        frame({}, keys);
        frame({});
    }
    // Presses here and there until it holds.
    bool search(const std::function<bool()>& holds) {
        for (float y = 6.f; y < static_cast<float>(kHeight); y += 12.f)
            for (float x = 6.f; x < static_cast<float>(kWidth); x += 20.f) {
                press({x, y});
                if (holds()) return true;
            }
        return false;
    }
};

} // namespace

TEST_SUITE("app/panels_live [net] [gpu]") {
    TEST_CASE("a machine that a fault stopped is not green, and its word has a sign") {
        LiveVisit plant(bars_plant());
        if (!plant.begin(xr::HostKind::Offscreen, {{"speed", 1.0}, {"state", std::string("EXECUTE")}})) return;
        auto& client = *plant.visit.client;
        PressedPanel panel{.draw = [&](ActionCalls& asked) {
            draw_tree(plant.live(), client.state(), CardPlace::WholeSurface, asked);
        }};
        constexpr std::uint32_t kGood = 0xff9e'e68cu, kAttention = 0xff42'9effu, kStale = 0xffbf'b8b3u; // ABGR
        const auto letters = [&](std::uint32_t color) {  // four corners each
            for (int i = 0; i < 3; ++i) panel.frame({}); // columns take the width of what stands in them
            return std::ranges::count(panel.ui.overlay().vertices, color, &renderer::OverlayVertex::color_srgba) / 4;
        };
        const auto is = [&](const char* state) {
            const auto& tags = client.plant().equipment[plant.left()].tags;
            const auto* known = plant.live().find(plant.left(), tags.back());
            return known != nullptr && twin::to_text(known->value) == state;
        };
        REQUIRE(plant.until([&] { return is("EXECUTE"); }));
        CHECK(letters(kGood) == 7); // of EXECUTE
        CHECK(letters(kAttention) == 0);
        for (const auto& [state, count] : {std::pair("HELD", 5), {"ABORTED", 8}}) { // and the sign
            plant.say("DDATA/node/left", {{"state", std::string(state)}});
            REQUIRE(plant.until([&] { return is(state); }));
            CHECK(letters(kAttention) == count);
            CHECK(letters(kGood) == 0);
        }
        plant.say("NDEATH/node", {{"bdSeq", std::int64_t{0}}});
        REQUIRE(plant.until([&] { return plant.live().quality(plant.left()) == twin::Quality::Stale; }));
        CHECK(letters(kAttention) == 0); // it is not known any more
        CHECK(letters(kStale) > 7);
    }
}

TEST_SUITE("app/panels [gpu]") {
    TEST_CASE("the setting ui_scale makes a headset's panels larger, with all that is on them") {
        std::vector<renderer::Panel> panels;
        for (const double scale : {1.0, 2.0}) {
            Visit visit;
            visit.options.settings.ui_scale = scale;
            if (!visit.begin(xr::HostKind::Headset)) return;
            call(visit, "panel.settings");
            visit.frames(2);
            const auto panel = visit.client->headset()->panel(SurfaceId::Settings);
            REQUIRE(panel);
            panels.push_back(*panel);
        }
        CHECK(panels[1].width == 2 * panels[0].width); // so many pixels in the same letters
        CHECK(panels[1].size_m.x == doctest::Approx(2.f * panels[0].size_m.x));
        CHECK(panels[1].size_m.y == doctest::Approx(2.f * panels[0].size_m.y));
    }

    TEST_CASE("a viewpoint's row has a button that renames it: its title is there to be typed over") {
        Visit visit;
        if (!visit.begin(xr::HostKind::Offscreen)) return;
        REQUIRE(call(visit, "viewpoint.save", R"({"title":"Mine"})") == "\"own-1\"");
        auto& client = *visit.client;
        ViewToolsState tools;
        PressedPanel panel{.draw = [&](ActionCalls& asked) {
            draw_view_tools(client.view(), client.scene(), client.live(), client.state(), tools,
                            CardPlace::WholeSurface, asked);
        }};
        REQUIRE(panel.search([&] { return !tools.renaming.empty(); }));
        CHECK(tools.renaming == "own-1");
        CHECK(std::string(tools.new_title.data()) == "Mine");
        for (int i = 0; i < 3; ++i) panel.frame({});
        CHECK(panel.ui.wants_keys()); // in a headset the keyboard comes
        panel.asked.clear();
        panel.type("Door");
        REQUIRE(panel.asked.size() == 1);
        CHECK(client.ask(panel.asked[0].action, panel.asked[0].arguments));
        CHECK(client.view().viewpoints()[0].title == "Door");
        CHECK(tools.renaming.empty());
    }
}
