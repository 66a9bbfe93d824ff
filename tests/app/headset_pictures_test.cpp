// SPDX-License-Identifier: Apache-2.0
// What somebody sees: the window in which Monado's compositor shows both eyes, at the moments that the other headset
// tests are about. The cell of the demo without a broker: nothing moves but the person, who holds still for a picture.
#include "tests/app/headset_places.h"
#include "tests/app/person.h"
#include "tests/app/picture.h"
#include "tests/renderer/golden.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"
#include "tests/xr/x_server.h"

#include <doctest/doctest.h>

#include <cmath>

using namespace pw;
using namespace pw::test;
using Side = Person::Side;

namespace {

// An eye's picture of 384 × 432, shown as it is: no pixel is scaled.
constexpr int kWidth = 768, kHeight = 432;
// The picture gets no coarser on a busy machine.
constexpr const char* kSettings = R"({"validation": true, "tutorial_done": true, "pace": false, "mirror": false})";

class Seen {
  public:
    bool begin(const std::string& settings = kSettings) {
        auto screen = XServer::start(kWidth, kHeight);
        if (!screen && screen.error().code == Errc::NotFound) return skip(screen.error().what), false;
        REQUIRE_MESSAGE(screen, screen.error().what);
        screen_ = std::move(*screen);
        VisitOptions options{.settings = settings};
        options.monado.display = screen_->display();
        options.monado.fill_display = true;
        options.monado.rate_hz = 10; // two cores draw the picture, and show it
        return person.visit(cell(), options);
    }

    // Once nothing changes any more.
    Picture picture() const {
        REQUIRE(person.rests());
        Picture last = shot();
        for (int same = 0, tries = 0; same < 2; ++tries) {
            REQUIRE_MESSAGE(tries < 60, "the picture does not come to rest");
            person.frames(2);
            Picture next = shot();
            same = next.rgba == last.rgba ? same + 1 : 0;
            last = std::move(next);
        }
        return last;
    }

    // The same as tests/golden/headset_<name>.png, which is half as large.
    bool shows(const std::string& name) const {
        const Picture whole = picture();
        save_png(whole, (build_dir() / "pictures" / ("headset_" + name + ".png")).string());
        return matches_golden(halved(whole), "headset_" + name, /* far_pixels= */ 400);
    }

  private:
    std::unique_ptr<XServer> screen_; // outlives the person, whose runtime shows its window there

  public:
    Person person;

  private:
    Picture shot() const {
        const auto shown = screen_->picture("Monado");
        REQUIRE(shown);
        return {shown->width, shown->height, shown->rgba};
    }

    static Picture halved(const Picture& whole) {
        Picture half{whole.width / 2, whole.height / 2, {}};
        for (std::uint32_t y = 0; y < half.height; ++y)
            for (std::uint32_t x = 0; x < half.width; ++x)
                for (std::uint32_t c = 0; c < 4; ++c) {
                    const auto at = [&](std::uint32_t dx, std::uint32_t dy) {
                        return whole.rgba[(std::size_t{2 * y + dy} * whole.width + 2 * x + dx) * 4 + c];
                    };
                    half.rgba.push_back(static_cast<std::uint8_t>((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1) + 2) / 4));
                }
        return half;
    }
};

} // namespace

TEST_SUITE("app/headset_seen_moving [xr] [golden] [slow]") {
    TEST_CASE("a jump's arc, where it is refused, a turn, and the plant as a model on a table") {
        Seen seen;
        if (!seen.begin()) return;
        Person& person = seen.person;
        const DVec3 feet = feet_of(person.where());
        CHECK(seen.shows("start"));
        person.point(Side::Right, feet + DVec3(0.3, 0.9, -1.6));
        person.stick(Side::Right, {0.f, 1.f});
        REQUIRE(person.until([](const auto& w) { return w["aims"] == true; }));
        CHECK(seen.shows("teleport"));
        person.point(Side::Right, kCabinet);
        CHECK(seen.shows("teleport_refused"));
        person.stick(Side::Right, {0.f, 0.f});
        person.stick(Side::Right, {-1.f, 0.f});
        person.stick(Side::Right, {0.f, 0.f});
        CHECK(seen.shows("turned"));
        person.stick(Side::Right, {1.f, 0.f});
        person.stick(Side::Right, {0.f, 0.f});
        const auto hold = [&](float squeeze, double apart_m) {
            for (const Side side : {Side::Left, Side::Right}) {
                person.hand(side).stage_from_grip = {{(side == Side::Left ? -0.5 : 0.5) * apart_m, 1.2, -0.4},
                                                     kNoRotation};
                person.hand(side).squeeze = squeeze;
            }
            person.send();
            person.frames(3);
        };
        hold(0.f, 0.8);
        hold(1.f, 0.8);
        hold(1.f, 0.08);
        hold(0.f, 0.08);
        hold(0.f, 0.6);
        REQUIRE(scale_of(person.where()) > 8.0);
        person.state.stage_from_head.orientation = look_rotation(Vec3(0.f, -0.5f, -1.f));
        person.send();
        CHECK(seen.shows("table_top"));
    }

    TEST_CASE("two visits on one machine are equal to the pixel") {
        std::vector<Picture> pictures;
        for (int visit = 0; visit < 2; ++visit) {
            Seen seen;
            if (!seen.begin()) return;
            seen.person.point(Side::Right, kCabinet);
            REQUIRE(seen.person.until([](const auto& w) { return w["hands"][1]["over"] == "world"; }));
            seen.person.click(Side::Right);
            REQUIRE(seen.person.until([](const auto& w) { return shows(w, "card"); }));
            pictures.push_back(seen.picture());
        }
        CHECK(size_of(differing(pictures[0], pictures[1])) == 0);
    }
}

TEST_SUITE("app/headset_seen_panels [xr] [golden] [slow]") {
    TEST_CASE("a machine's card, the hand menu under a ray and a finger, and what its buttons open") {
        Seen seen;
        if (!seen.begin()) return;
        Person& person = seen.person;
        person.point(Side::Right, kCabinet);
        person.click(Side::Right);
        REQUIRE(person.until([](const auto& w) { return shows(w, "card"); }));
        CHECK(seen.shows("selected"));
        REQUIRE(person.ask({"view.clear_selection"})["ok"] == true);
        open_menu(person, Side::Left);
        CHECK(seen.shows("menu"));
        person.hand(Side::Right).stage_from_grip.position = {0.3, 1.25, -0.05};
        const auto page = person.on_panel("menu", menu_page(page_row("Panels")));
        REQUIRE(page);
        person.point(Side::Right, *page);
        CHECK(seen.shows("menu_ray"));
        person.click(Side::Right);
        const auto button = person.on_panel("menu", menu_action(0));
        REQUIRE(button);
        person.touch(Side::Right, *button, -0.06);
        person.touch(Side::Right, *button, 0.015);
        CHECK(seen.shows("menu_poke"));
        person.touch(Side::Right, *button, -0.06);
        REQUIRE(person.until([](const auto& w) { return shows(w, "tree"); }));
    }

    TEST_CASE("a panel scrolled, one taken and left elsewhere, and a keyboard typed on") {
        Seen seen;
        if (!seen.begin()) return;
        Person& person = seen.person;
        REQUIRE(person.ask({"panel.help"})["ok"] == true);
        REQUIRE(person.until([](const auto& w) { return shows(w, "help"); }));
        CHECK(seen.shows("help"));
        person.point(Side::Right, *person.on_panel("help", Vec2(300.f, 250.f) * kLetters));
        REQUIRE(person.until([](const auto& w) { return w["hands"][1]["panel"] == "help"; }));
        person.stick(Side::Right, {0.f, -1.f});
        for (int i = 0; i < 4; ++i) person.frames(10); // to its end
        person.stick(Side::Right, {0.f, 0.f});
        CHECK(seen.shows("scrolled"));
        REQUIRE(person.ask({"panel.help"})["ok"] == true);

        REQUIRE(person.ask({"settings.set", "name=user", "value=x"})["ok"] == true);
        REQUIRE(person.ask({"panel.settings"})["ok"] == true);
        REQUIRE(person.until([](const auto& w) { return shows(w, "settings"); }));
        const auto take = [&](float squeeze) {
            person.hand(Side::Right).squeeze = squeeze;
            person.send();
            REQUIRE(person.until([&](const auto& w) { return w["hands"][1]["holds"] == (squeeze > 0.5f); }));
        };
        const float width = panel(person.where(), "settings")["pixels"][0];
        const float height = panel(person.where(), "settings")["pixels"][1];
        person.point(Side::Right, *person.on_panel("settings", {width / 2.f, height + 36.f}));
        take(1.f);
        person.hand(Side::Right).stage_from_grip.position += DVec3(-0.2, 0.25, 0.0);
        person.send();
        person.frames(4);
        take(0.f);
        CHECK(seen.shows("moved"));
        const auto at = [&](const std::string& name, Vec2 pixel) {
            const auto place = person.on_panel(name, pixel);
            REQUIRE(place);
            person.point(Side::Right, *place);
            person.click(Side::Right);
        };
        at("settings", Vec2(330.f, 95.f) * kLetters);
        REQUIRE(person.until([](const auto& w) { return shows(w, "keyboard"); }));
        at("keyboard", keyboard_key(0.f, 2.f));
        CHECK(seen.shows("typing"));
    }
}

TEST_SUITE("app/headset_seen_hands [xr] [golden] [slow]") {
    TEST_CASE("the first lesson of a first visit") {
        Seen seen;
        if (!seen.begin(R"({"validation": true, "pace": false, "mirror": false})")) return;
        CHECK(seen.shows("tutorial"));
    }

    TEST_CASE("controllers and bare hands, and everything mirrored for the left-handed") {
        Seen seen;
        if (!seen.begin()) return;
        Person& person = seen.person;
        for (const Side side : {Side::Left, Side::Right}) {
            const double sign = side == Side::Left ? -1.0 : 1.0;
            person.hand(side).stage_from_grip = {{sign * 0.16, 1.5, -0.45}, kNoRotation};
        }
        person.send();
        CHECK(seen.shows("controllers"));
        for (const Side side : {Side::Left, Side::Right}) {
            person.hand(side).active = false;
            person.hand(side).hand_tracked = true;
        }
        person.send();
        REQUIRE(person.until([](const auto& w) { return w["hands"][1]["device"] == "hand"; }));
        CHECK(seen.shows("bare_hands"));
        person.hand(Side::Right).curls = {0.f, 0.f, 0.f, 1.f, 1.f};
        person.send();
        CHECK(seen.shows("pinch"));
        for (const Side side : {Side::Left, Side::Right}) {
            person.hand(side).curls = {};
            person.hand(side).active = true;
            person.hand(side).hand_tracked = false;
        }
        person.send();
        REQUIRE(person.until([](const auto& w) { return w["hands"][1]["device"] == "controller"; }));
        REQUIRE(person.ask({"view.clear_selection"})["ok"] == true);
        REQUIRE(person.ask({"settings.set", "name=hand", "value=left"})["ok"] == true);
        open_menu(person, Side::Right);
        person.hand(Side::Left).stage_from_grip.position = {-0.3, 1.25, -0.05};
        REQUIRE(person.rests()); // the menu follows the palm
        const auto page = person.on_panel("menu", menu_page(page_row("Panels")));
        REQUIRE(page);
        person.point(Side::Left, *page);
        CHECK(seen.shows("left_handed"));
    }
}
