// SPDX-License-Identifier: Apache-2.0
// A headset that is taken off and put on again, while the built program shows a plant.
#include "base/file.h"
#include "tests/app/headset_places.h"
#include "tests/app/person.h"
#include "tests/support/paths.h"

#include <doctest/doctest.h>

using namespace pw;
using namespace pw::test;
using Side = Person::Side;

TEST_SUITE("app/headset_wearer [xr]") {
    TEST_CASE("hands beside a headset that was taken off do nothing, and go on when somebody wears it") {
        const TempFolder folder;
        Person person;
        // Looking at something for a second selects it: also of a headset on a table, if nobody minded.
        VisitOptions options{.settings = R"({"validation": true, "tutorial_done": true, "dwell": true})"};
        options.environment = {{"XR_API_LAYER_PATH", (build_dir() / "tests/openxr_layer").string()},
                               {"XR_ENABLE_API_LAYERS", "XR_APILAYER_PW_faults"},
                               {"PW_XR_OFFER", "presence"},
                               {"PW_XR_FAULT_FILE", folder / "fault"}};
        if (!person.visit(cell(), options)) return;
        CHECK(person.where()["worn"] == true);
        open_menu(person, Side::Left);
        REQUIRE(write_text(folder / "fault", "ABSENT"));
        REQUIRE(person.until([](const auto& w) { return w["worn"] == false; }));
        CHECK(person.program().says("the headset was taken off"));
        CHECK(person.where()["hands"][0]["active"] == false);
        CHECK(person.where()["fade"] == 0.0); // it is only the hands that wait
        CHECK(person.until([](const auto& w) { return !shows(w, "menu"); }));
        REQUIRE(person.ask({"view.clear_selection"})["ok"] == true);
        person.look_at(kCabinet);
        person.point(Side::Right, kCabinet);
        person.click(Side::Right);
        const auto before = person.where();
        person.stick(Side::Right, {1.f, 0.f});
        for (int i = 0; i < 3; ++i) person.frames(10); // more than a second at 20 Hz
        CHECK(selected(person) == "");
        CHECK(yaw_of(person.where()) == yaw_of(before));
        person.stick(Side::Right, {0.f, 0.f});

        REQUIRE(write_text(folder / "fault", "PRESENT"));
        REQUIRE(person.until([](const auto& w) { return w["worn"] == true && w["hands"][1]["active"] == true; }));
        CHECK(person.until([&](const auto&) { return selected(person).contains("cabinet"); })); // by looking at it
        CHECK(person.program().count_said("the headset is worn") == 2);
    }
}
