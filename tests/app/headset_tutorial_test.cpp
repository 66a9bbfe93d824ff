// SPDX-License-Identifier: Apache-2.0
// The first minute of a first visit: each lesson is done by doing it, or all are skipped; never again after that.
#include "base/file.h"
#include "tests/app/headset_places.h"
#include "tests/app/person.h"
#include "tests/twin/net.h"

#include <doctest/doctest.h>

using namespace pw;
using namespace pw::test;
using Side = Person::Side;

namespace {

constexpr const char* kFirstVisit = R"({"validation": true})";

std::size_t learned(const Person& person) { return person.where()["tutorial"]["learned"].get<std::size_t>(); }

std::string settings_of(const Person& person) {
    return read_text(person.folder() / "config/plantwalk/settings.json").value_or("");
}

} // namespace

TEST_SUITE("app/headset_tutorial [xr]") {
    TEST_CASE("each lesson is learned by doing it, and the next visit has none") {
        std::string settings;
        {
            Person person;
            if (!person.visit(cell(), {.settings = kFirstVisit})) return;
            REQUIRE(shows(person.where(), "tutorial"));
            CHECK(learned(person) == 0);
            const auto learns = [&](std::size_t count) {
                CAPTURE(count);
                CHECK(person.until([&](const auto& w) { return w["tutorial"]["learned"] == count; }));
            };
            const Quat ahead = person.state.stage_from_head.orientation;
            for (const Vec3 way : {Vec3(-1.f, 0.f, -1.f), Vec3(1.f, 0.f, -1.f)}) {
                person.state.stage_from_head.orientation = look_rotation(way);
                person.send();
                person.frames(2);
            }
            person.state.stage_from_head.orientation = ahead;
            person.send();
            learns(1);
            person.point(Side::Right, kCabinet);
            learns(2);
            person.click(Side::Right);
            learns(3);
            person.point(Side::Right, feet_of(person.where()) + DVec3(0.3, 0.9, -1.6));
            person.stick(Side::Right, {0.f, 1.f});
            person.stick(Side::Right, {0.f, 0.f});
            learns(4);
            person.stick(Side::Left, {1.f, 0.f});
            person.stick(Side::Left, {0.f, 0.f});
            learns(5);
            CHECK(shows(person.where(), "tutorial"));
            open_menu(person, Side::Left);
            learns(6);
            CHECK(person.until([](const auto& w) { return !shows(w, "tutorial"); }));
            CHECK(eventually([&] { return settings_of(person).contains(R"("tutorial_done": true)"); }));
            settings = settings_of(person);
        }
        Person person;
        REQUIRE(person.visit(cell(), {.settings = settings}));
        CHECK_FALSE(shows(person.where(), "tutorial"));
        REQUIRE(person.ask({"tutorial.start"})["ok"] == true); // again, when it is asked for
        CHECK(person.until([](const auto& w) { return shows(w, "tutorial"); }));
        CHECK(learned(person) == 0);
    }

    TEST_CASE("a ray skips all of it, for good") {
        Person person;
        if (!person.visit(cell(), {.settings = kFirstVisit})) return;
        REQUIRE(person.until([](const auto& w) { return shows(w, "tutorial"); }));
        REQUIRE(person.rests());
        const auto skip = person.on_panel("tutorial", Vec2(40.f, 72.f) * kLetters);
        REQUIRE(skip);
        person.point(Side::Right, *skip);
        REQUIRE(person.until([](const auto& w) { return w["hands"][1]["panel"] == "tutorial"; }));
        person.click(Side::Right);
        CHECK(person.until([](const auto& w) { return !shows(w, "tutorial"); }));
        CHECK(eventually([&] { return settings_of(person).contains(R"("tutorial_done": true)"); }));
    }
}
