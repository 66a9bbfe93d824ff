// SPDX-License-Identifier: Apache-2.0
// What somebody does with what is on their head and in their hands: Monado's simulated headset, controllers and hands
// move, and the built program is asked what it did. The cell of the demo, without a broker.
#include "interaction/stance.h"
#include "tests/app/headset_places.h"
#include "tests/app/person.h"
#include "tests/app/picture.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <cmath>
#include <limits>
#include <numbers>

using namespace pw;
using namespace pw::test;
using Side = Person::Side;

namespace {

// Takes the settings by their bar, and leaves them 25 cm higher.
void lift_settings(Person& person) {
    const auto shown = panel(person.where(), "settings");
    const auto bar =
        person.on_panel("settings", {shown["pixels"][0].get<float>() / 2.f, shown["pixels"][1].get<float>() + 36.f});
    person.point(Side::Right, *bar);
    REQUIRE(person.until([](const auto& w) { return w["hands"][1]["over"] == "bar"; }));
    person.hand(Side::Right).squeeze = 1.f;
    person.send();
    REQUIRE(person.until([](const auto& w) { return w["hands"][1]["holds"] == true; }));
    person.hand(Side::Right).stage_from_grip.position += DVec3(0.0, 0.25, 0.0);
    person.send();
    person.frames(4);
    person.hand(Side::Right).squeeze = 0.f;
    person.send();
    REQUIRE(person.until([](const auto& w) { return w["hands"][1]["holds"] == false; }));
}

} // namespace

TEST_SUITE("app/headset_moves [xr]") {
    TEST_CASE("a stick pushed forward and let go jumps to where the arc lands, at full size and through black") {
        Person person;
        if (!person.visit(cell())) return;
        const auto before = person.where();
        const DVec3 target = feet_of(before) + DVec3(0.3, 0.0, -1.6);
        person.point(Side::Right, target + DVec3(0.0, 0.9, 0.0)); // an arc falls
        person.stick(Side::Right, {0.f, 1.f});
        REQUIRE(person.until([](const auto& w) { return w["aims"] == true; }));
        CHECK(glm::distance(feet_of(person.where()), feet_of(before)) < 1e-3); // not yet
        person.stick(Side::Right, {0.f, 0.f});
        REQUIRE(person.until([&](const auto& w) { return glm::distance(feet_of(w), feet_of(before)) > 0.5; }));
        REQUIRE(person.until([](const auto& w) { return w["fade"] == 0.0; }));
        const auto after = person.where();
        CHECK(after["stance"]["position"][1].get<double>() == doctest::Approx(0.0).epsilon(0.01));
        CHECK(yaw_of(after) == doctest::Approx(yaw_of(before)));
        CHECK(scale_of(after) == 1.0);
        CHECK(person.ask({"view.back"})["ok"] == true);
        CHECK(person.until([&](const auto& w) { return glm::distance(feet_of(w), feet_of(before)) < 0.01; }));
    }

    TEST_CASE("nobody jumps onto a machine: letting go of an arc that ends on one does nothing") {
        Person person;
        if (!person.visit(cell())) return;
        REQUIRE(person.ask({"move.jump", "feet=-1.2,0,4.3", "yaw_deg=0"})["ok"] == true);
        REQUIRE(person.until([](const auto& w) { return std::abs(feet_of(w).x + 1.2) < 0.05 && w["fade"] == 0.0; }));
        const auto before = person.where();
        person.point(Side::Right, kCabinet);
        person.stick(Side::Right, {0.f, 1.f});
        REQUIRE(person.until([](const auto& w) { return w["aims"] == true; }));
        person.stick(Side::Right, {0.f, 0.f});
        person.frames(6);
        CHECK(glm::distance(feet_of(person.where()), feet_of(before)) < 0.01);
    }

    TEST_CASE("a stick pushed aside turns once, by the angle that was chosen, about the head") {
        Person person;
        if (!person.visit(cell())) return;
        REQUIRE(person.ask({"settings.set", "name=snap_deg", "value=45"})["ok"] == true);
        const auto before = person.where();
        person.stick(Side::Right, {1.f, 0.f});
        REQUIRE(person.until([&](const auto& w) { return std::abs(yaw_of(w) - yaw_of(before)) > 0.1; }));
        person.frames(8); // held: it goes on turning only when somebody chose that
        const auto after = person.where();
        CHECK(yaw_of(before) - yaw_of(after) == doctest::Approx(std::numbers::pi / 4).epsilon(1e-3));
        CHECK(glm::distance(pose_of(after["head"]).position, pose_of(before["head"]).position) < 1e-3);
        person.stick(Side::Right, {0.f, 0.f});
    }
}

TEST_SUITE("app/headset_selects [xr]") {
    TEST_CASE("a machine is selected by pointing at it and pulling the trigger") {
        Person person;
        if (!person.visit(cell())) return;
        person.point(Side::Right, kCabinet);
        REQUIRE(person.until([](const auto& w) { return w["hands"][1]["over"] == "world"; }));
        person.click(Side::Right);
        CHECK(selected(person).contains("cabinet"));
        CHECK(person.until([](const auto& w) { return shows(w, "card"); }));
    }

    TEST_CASE("who looks into their palm gets the menu; its buttons hear a ray and a finger") {
        Person person;
        if (!person.visit(cell())) return;
        open_menu(person, Side::Left);
        CHECK(person.where()["menu_hand"] == "left");
        CHECK(person.where()["tool_hand"] == "right");
        person.frames(20);                                                      // it has come to rest
        person.hand(Side::Right).stage_from_grip.position = {0.3, 1.25, -0.05}; // before the menu, as one holds it
        const auto by_ray = person.on_panel("menu", menu_page(page_row("Panels")));
        REQUIRE(by_ray);
        person.point(Side::Right, *by_ray);
        const bool met = person.until([](const auto& w) { return w["hands"][1]["panel"] == "menu"; }, from_ms(5000));
        REQUIRE_MESSAGE(met, person.where().dump());
        person.click(Side::Right); // the page of panels
        const auto button = person.on_panel("menu", menu_action(0));
        REQUIRE(button);
        person.touch(Side::Right, *button - DVec3(0.0, 0.0, 0.0), -0.06); // before it
        person.touch(Side::Right, *button, 0.015);                        // through it
        person.touch(Side::Right, *button, -0.06);
        CHECK(person.until([](const auto& w) { return shows(w, "tree"); }));
        const auto played = person.where()["sound"]["played"];
        CHECK(played.value("select", 0) >= 1); // by the ray, and by the menu that opened
        CHECK(played.value("touch", 0) == 1);
    }
}

TEST_SUITE("app/headset_panels [xr]") {
    TEST_CASE("a panel is taken by its bar, stays where it was left, and comes along") {
        Person person;
        if (!person.visit(cell())) return;
        REQUIRE(person.ask({"panel.settings"})["ok"] == true);
        REQUIRE(person.until([](const auto& w) { return shows(w, "settings"); }));
        const auto shown = panel(person.where(), "settings");
        lift_settings(person);
        const DVec3 was = pose_of(shown["pose"]).position;
        const DVec3 left = pose_of(panel(person.where(), "settings")["pose"]).position;
        CHECK(left.y - was.y == doctest::Approx(0.25).epsilon(0.05));
        REQUIRE(person.ask({"move.turn", "degrees=90"})["ok"] == true);
        person.frames(4);
        const auto turned = person.where();
        const DVec3 away = pose_of(panel(turned, "settings")["pose"]).position - pose_of(turned["head"]).position;
        CHECK(glm::length(DVec3(away.x, 0.0, away.z)) == doctest::Approx(1.1).epsilon(0.1));
    }

    TEST_CASE("a name is typed on the keyboard that comes when something wants letters") {
        Person person;
        if (!person.visit(cell())) return;
        REQUIRE(person.ask({"settings.set", "name=user", "value=x"})["ok"] == true);
        REQUIRE(person.ask({"panel.settings"})["ok"] == true);
        REQUIRE(person.until([](const auto& w) { return shows(w, "settings"); }));
        const auto at = [&](const std::string& name, Vec2 pixel) {
            const auto place = person.on_panel(name, pixel);
            REQUIRE(place);
            person.point(Side::Right, *place);
            person.click(Side::Right);
        };
        at("settings", Vec2(330.f, 95.f) * kLetters); // the user's name
        REQUIRE(person.until([](const auto& w) { return shows(w, "keyboard"); }));
        at("keyboard", keyboard_key(0.f, 2.f));  // a
        at("keyboard", keyboard_key(4.f, 3.f));  // b
        at("keyboard", keyboard_key(7.6f, 4.f)); // enter
        CHECK(person.ask({"settings.list"})["result"]["user"] == "xab");
    }

    TEST_CASE("the stick scrolls the panel that its hand points at, and turns nobody meanwhile") {
        Person person;
        if (!person.visit(cell())) return;
        REQUIRE(person.ask({"panel.help"})["ok"] == true);
        REQUIRE(person.until([](const auto& w) { return shows(w, "help"); }));
        person.point(Side::Right, *person.on_panel("help", Vec2(300.f, 250.f) * kLetters));
        REQUIRE(person.until([](const auto& w) { return w["hands"][1]["panel"] == "help"; }));
        person.frames(4);
        const auto before = person.where();
        person.stick(Side::Right, {0.f, -1.f});
        CHECK(person.until([&](const auto& w) { return panel(w, "help")["drawn"] != panel(before, "help")["drawn"]; }));
        person.stick(Side::Right, {1.f, 0.f});
        person.frames(4);
        person.stick(Side::Right, {0.f, 0.f});
        CHECK(yaw_of(person.where()) == yaw_of(before));
        CHECK(person.where()["aims"] == false);
    }
}

TEST_SUITE("app/headset_panels_kept [xr]") {
    TEST_CASE("a panel that was moved is there at the next visit, until everything is recentred") {
        const TempFolder folder;
        VisitOptions options;
        options.environment = {{"XDG_STATE_HOME", folder / "state"}};
        const auto settings_at = [](Person& person) {
            REQUIRE(person.ask({"panel.settings"})["ok"] == true);
            REQUIRE(person.until([](const auto& w) { return shows(w, "settings"); }));
            return pose_of(panel(person.where(), "settings")["pose"]);
        };
        const auto leave = [](Person& person) {
            REQUIRE(person.ask({"app.quit"})["ok"] == true);
            CHECK(person.program().process().wait() == 0);
        };
        Pose first, left;
        {
            Person person;
            if (!person.visit(cell(), options)) return;
            first = settings_at(person);
            lift_settings(person);
            left = pose_of(panel(person.where(), "settings")["pose"]);
            leave(person);
        }
        CHECK(left.position.y > first.position.y + 0.2);
        {
            Person person;
            REQUIRE(person.visit(cell(), options));
            const Pose again = settings_at(person);
            CHECK(glm::distance(again.position, left.position) < 1e-3);
            CHECK(std::abs(glm::dot(again.orientation, left.orientation)) > 0.9999f);
            REQUIRE(person.ask({"move.recentre"})["ok"] == true);
            leave(person);
        }
        Person person;
        REQUIRE(person.visit(cell(), options));
        CHECK(glm::distance(settings_at(person).position, first.position) < 1e-3);
    }

    TEST_CASE("a photo shows what the panels say, and no holes") {
        Person person;
        if (!person.visit(cell())) return;
        const auto black = [](const Picture& picture) {
            long count = 0;
            for (std::size_t i = 0; i < picture.rgba.size(); i += 4)
                count += picture.rgba[i] + picture.rgba[i + 1] + picture.rgba[i + 2] == 0;
            return count;
        };
        const long before = black(photo(person.program(), person.folder()));
        REQUIRE(person.ask({"panel.settings"})["ok"] == true);
        REQUIRE(person.until([](const auto& w) { return shows(w, "settings"); }));
        person.frames(4);
        const Picture with = photo(person.program(), person.folder());
        CHECK(black(with) <= before + 50);
        long letters = 0; // lighter than anything between them
        const Picture without = [&] {
            REQUIRE(person.ask({"panel.settings"})["ok"] == true);
            person.frames(4);
            return photo(person.program(), person.folder());
        }();
        const Mask changed = differing(with, without);
        CHECK(size_of(changed) > static_cast<long>(with.width) * with.height / 20);
        for (std::size_t i = 0; i < changed.size(); ++i) letters += changed[i] && with.rgba[i * 4] > 150;
        CHECK(letters > 100);
    }
}

TEST_SUITE("app/headset_put [xr]") {
    TEST_CASE("a pose that is no number, or is out of this world, moves nobody and holds nothing") {
        Person person;
        if (!person.visit(cell())) return;
        const auto before = person.where()["stance"];
        const Pose head = person.state.stage_from_head;
        for (const double bad : {std::numeric_limits<double>::quiet_NaN(), 1e30}) {
            for (const Side side : {Side::Left, Side::Right}) {
                person.hand(side).stage_from_grip.position = DVec3(bad);
                person.hand(side).squeeze = 1.f;
            }
            person.state.stage_from_head.position = DVec3(bad);
            person.send();
            person.stick(Side::Right, {-1.f, 0.f});
            person.stick(Side::Right, {0.f, 0.f});
            person.frames(3);
            person.state.stage_from_head = head;
            for (const Side side : {Side::Left, Side::Right}) {
                person.hand(side).stage_from_grip.position = {side == Side::Left ? -0.3 : 0.3, 1.2, -0.4};
                person.hand(side).squeeze = 0.f;
            }
            person.send();
            person.frames(3);
            person.stick(Side::Right, {1.f, 0.f});
            person.stick(Side::Right, {0.f, 0.f});
        }
        const auto after = person.where();
        CHECK(after["vignette"].is_number());
        for (std::size_t i = 0; i < 3; ++i)
            CHECK(after["stance"]["position"][i].get<double>() ==
                  doctest::Approx(before["position"][i].get<double>()).epsilon(1e-4));
        CHECK(after["stance"]["scale"] == before["scale"]);
    }

    TEST_CASE(
        "who asks to be elsewhere is put there, one jump after the other, whatever hands hold, or is told why not") {
        Person person;
        if (!person.visit(cell())) return;
        for (const char* feet : {"feet=0,100,0", "feet=0,-5,0", "feet=1e300,0,0", "feet=1,0,1e9"})
            CHECK_MESSAGE(person.ask({"move.jump", feet})["ok"] == false, feet);
        const DVec3 there{-1.2, 0.0, 4.3};
        const auto stands = [&](double scale) {
            return person.until([=](const auto& w) { return scale_of(w) == scale && w["fade"] == 0.0; });
        };
        for (const Side side : {Side::Left, Side::Right}) {
            person.hand(side).stage_from_grip.position = {side == Side::Left ? -0.3 : 0.3, 1.2, -0.4};
            person.hand(side).squeeze = 1.f;
        }
        person.send();
        person.frames(3);
        CHECK(person.ask({"move.jump", "feet=-1.2,0,4.3", "yaw_deg=0"})["ok"] == true);
        CHECK(person.ask({"move.table_top"})["ok"] == true);
        REQUIRE(stands(20.0));
        person.frames(3);
        CHECK(person.ask({"move.full_size"})["ok"] == true);
        REQUIRE(stands(1.0));
        person.frames(3);
        CHECK(glm::distance(feet_of(person.where()), there) < 0.01);
    }

    TEST_CASE("the table-top model stands before the user at a table's height, and full size is where they stood") {
        Person person;
        if (!person.visit(cell())) return;
        const auto asked = [&](const char* action, double scale) {
            REQUIRE(person.ask({action})["ok"] == true);
            REQUIRE(person.until([&](const auto& w) { return scale_of(w) == scale && w["fade"] == 0.0; }));
            return person.where()["stance"];
        };
        const DVec3 feet = feet_of(person.where());
        const auto table = asked("move.table_top", 20.0);
        CHECK(table["position"][1].get<double>() == doctest::Approx(-20.0 * interaction::kTable_m));
        CHECK(asked("move.table_top", 20.0) == table);
        asked("move.full_size", 1.0);
        CHECK(glm::distance(feet_of(person.where()), feet) < 1e-3);
    }
}

TEST_SUITE("app/headset_hands [xr]") {
    TEST_CASE("two hands take hold of the world and make a model of it, and full size again") {
        Person person;
        if (!person.visit(cell())) return;
        const auto hold = [&](float squeeze, double apart_m) {
            for (const Side side : {Side::Left, Side::Right}) {
                const double sign = side == Side::Left ? -1.0 : 1.0;
                person.hand(side).stage_from_grip.position = {sign * apart_m / 2.0, 1.2, -0.4};
                person.hand(side).squeeze = squeeze;
            }
            person.send();
            person.frames(3);
        };
        hold(0.f, 0.8);
        hold(1.f, 0.8);
        hold(1.f, 0.4);
        CHECK(scale_of(person.where()) == doctest::Approx(2.0).epsilon(0.01));
        hold(1.f, 0.1);
        CHECK(scale_of(person.where()) == doctest::Approx(8.0).epsilon(0.01));
        hold(1.f, 0.82);
        CHECK(scale_of(person.where()) == 1.0); // exactly: it snaps
        hold(0.f, 0.82);
        REQUIRE(person.until([](const auto& w) { return w["fade"] == 0.0; }));
        CHECK(scale_of(person.where()) == 1.0);
    }

    TEST_CASE("controllers are put down and hands taken up while it runs, and back") {
        Person person;
        if (!person.visit(cell())) return;
        CHECK(person.where()["hands"][1]["device"] == "controller");
        auto& hand = person.hand(Side::Right);
        hand.trigger = 1.f;
        person.send();
        person.frames(3);
        hand.trigger = 0.f;
        hand.active = false;
        hand.hand_tracked = true;
        person.send();
        REQUIRE(person.until([](const auto& w) { return w["hands"][1]["device"] == "hand"; }));
        person.point_bare(Side::Right, kCabinet);
        hand.curls = {0.f, 0.f, 0.f, 1.f, 1.f}; // thumb and index finger
        person.send();
        CHECK(person.until([&](const auto&) { return selected(person).contains("cabinet"); }));
        hand.curls = {};
        hand.active = true;
        hand.hand_tracked = false;
        person.send();
        CHECK(person.until([](const auto& w) { return w["hands"][1]["device"] == "controller"; }));
    }

    TEST_CASE("for the left-handed everything is mirrored") {
        Person person;
        if (!person.visit(cell())) return;
        const auto tool = [&](const char* hand) {
            return person.until([=](const auto& w) { return w["tool_hand"] == hand; });
        };
        CHECK(tool("right"));
        REQUIRE(person.ask({"settings.set", "name=hand", "value=left"})["ok"] == true);
        CHECK(tool("left")); // before it does anything
        REQUIRE(person.ask({"hand.swap"})["ok"] == true);
        CHECK(tool("right"));
        REQUIRE(person.ask({"hand.swap"})["ok"] == true);
        CHECK(tool("left"));
        person.point(Side::Left, kCabinet);
        person.click(Side::Left);
        CHECK(selected(person).contains("cabinet"));
        open_menu(person, Side::Right);
        CHECK(person.where()["menu_hand"] == "right");
        CHECK(person.where()["tool_hand"] == "left");
    }
}
