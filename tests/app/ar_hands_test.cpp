// SPDX-License-Identifier: Apache-2.0
// Somebody registers a machine with their hands: on a client of the test's own, and on the built program in Monado's
// headset. The real machine is where the test says.
#include "app/panels/registration.h"
#include "base/file.h"
#include "registration/estimate.h"
#include "tests/app/person.h"
#include "tests/app/visit.h"
#include "tests/support/paths.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>
#include <format>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::test;
using registration::Rigid;
using Side = Person::Side;
using xr::Blend;
using xr::HostKind;

namespace {

// The right hand touches a place of the user's space and presses.
void touch(Visit& visit, const DVec3& origin_m) {
    visit.host->played.hands[1].origin_from_poke.position = origin_m;
    visit.pull_trigger();
}

// Where the real plant is, in the user's space: a little elsewhere and turned.
const Rigid kOriginFromPlant{{0.35, 0.06, -5.2}, glm::angleAxis(0.2, DVec3(0, 1, 0))};

// Touches these places of the left machine, each pointed at before; false when that was refused.
void register_left(Visit& visit, const std::vector<DVec3>& places) {
    app::Client& client = *visit.client;
    REQUIRE(call(visit, "register.start", R"({"part":"left"})") == "\"left\"");
    for (const DVec3& place : places) {
        visit.point_at(place);
        visit.pull_trigger();
        REQUIRE(client.view().tool.wants_touch());
        touch(visit, kOriginFromPlant * client.view().tool.begun_at()->point);
    }
    REQUIRE(client.ar().flow()->touches.size() == places.size());
}

// On the four quadrants of both bars, away from corners and edges.
const std::vector<DVec3> kPlaces{{-5.2, 1.8, 0}, {-4.8, 1.2, 0}, {-3.2, 1.75, 0}, {-2.8, 1.25, 0}, {-2.9, 1.7, 0}};

double off(app::Client& client) {
    double worst = 0.0;
    for (const DVec3& p : kPlaces)
        worst = std::max(worst, glm::distance(to_origin(client.walker().stance(), p), kOriginFromPlant * p));
    return worst;
}

std::string label_of(const app::Client& client, const std::string& begin) {
    for (const auto& label : client.labels())
        if (label.text.starts_with(begin)) return std::string(label.text);
    return {};
}

} // namespace

TEST_SUITE("app/ar_hands [gpu]") {
    TEST_CASE("a machine is registered by hand: the world lies on it, says how well, and is not moved any more") {
        Visit visit;
        visit.options.registrations_folder = visit.folder / "registrations";
        if (!visit.begin(HostKind::Headset)) return;
        app::Client& client = *visit.client;
        visit.host->offered = {Blend::Alpha, Blend::Opaque};
        visit.host->played.head_active = visit.host->played.head_tracked = true;
        visit.host->played.origin_from_head.position = {0.0, 1.65, 0.0};
        REQUIRE(call(visit, "view.ar") == "\"alpha\"");
        visit.frames(2);
        CHECK((visit.flags("left") & scene::kGhost) == 0);
        register_left(visit, kPlaces);
        CHECK((visit.flags("left") & scene::kGhost) != 0); // there is something to point at
        CHECK(client.headset()->panel(app::SurfaceId::Registration));
        CHECK(!label_of(client, "5").empty());
        CHECK(call(visit, "register.finish") == "true");
        REQUIRE(eventually([&] {
            visit.frames(1);
            return client.ar().state(plant::find_equipment(client.plant(), "left")) == registration::State::Good;
        }));
        visit.frames(2);
        CHECK(client.view().tool.held() == app::Tool::None);
        CHECK(off(client) < 1e-5); // floats of the hand's pose
        CHECK(label_of(client, "Left").contains("± "));
        CHECK(std::string(app::deviation_words(registration::known({}, 0.0042, 0.01)).c_str()) ==
              "Standard deviations: 4.2 mm level, 4.2 mm in height, turned 0.57°, tilted 0.57°");
        const auto told = nlohmann::json::parse(call(visit, "register.tell"))["machines"]["left"];
        REQUIRE(told["covariance"].size() == 21);
        const auto& estimate = client.ar().last(client.ar().active())->estimate;
        CHECK(told["covariance"][0] == estimate.covariance(0, 0));
        CHECK(told["covariance"][20] == estimate.covariance(5, 5));
        CHECK(told["pivot_m"][1] == estimate.pivot_m.y);
        CHECK(call(visit, "register.allows", R"({"part":"left","needed_mm":20})").contains("bound95_mm"));
        CHECK(call(visit, "register.allows", R"({"part":"left","needed_mm":0.5})").contains("0.5 mm are needed"));
        CHECK(call(visit, "register.allows", R"({"part":"right","needed_mm":20})").contains("is not registered"));

        // Nobody moves the real world.
        const auto stance = client.walker().stance();
        const std::string fixed = "refused: the model lies on the real machine";
        for (const auto& [id, arguments] :
             {std::pair("move.turn", R"({"degrees":90})"), std::pair("move.jump", R"({"feet":[0,0,0]})"),
              std::pair("view.home", "{}"), std::pair("move.table_top", "{}"), std::pair("move.recentre", "{}"),
              std::pair("view.focus", R"({"part":"right"})"), std::pair("view.back", "{}")})
            CHECK_MESSAGE(call(visit, id, arguments).starts_with(fixed), id);
        visit.host->played.hands[1].stick = {1.f, 0.f};
        visit.frames(3);
        visit.host->played.hands[1].stick = {};
        visit.frames(1);
        REQUIRE(client.status().refusal != nullptr);
        CHECK(std::string(client.status().refusal).contains("the model lies on the real machine"));
        CHECK(client.walker().stance().position == stance.position);
        CHECK(client.walker().stance().yaw_rad == stance.yaw_rad);

        visit.host->played.head_tracked = false;
        visit.frames(1);
        CHECK(label_of(client, "Left").contains("placement doubtful"));
        CHECK(call(visit, "register.allows", R"({"part":"left","needed_mm":20})").contains("lost its tracking"));
        visit.host->played.head_tracked = true;
        visit.frames(1);
        CHECK_FALSE(label_of(client, "Left").contains("doubtful"));
        CHECK(client.walker().stance().position == stance.position);

        // In VR one moves again, on a level floor.
        CHECK(call(visit, "view.ar") == "\"opaque\"");
        visit.frames(1);
        CHECK_FALSE(tilted(client.walker().stance()));
        CHECK(call(visit, "move.turn", R"({"degrees":90})") == "true");
        CHECK(call(visit, "view.ar") == "\"alpha\"");
        visit.frames(1);
        CHECK(client.walker().stance().position == stance.position);
        CHECK(off(client) < 1e-5);
    }

    TEST_CASE("what is pointed at beside the machine is no point of it, and a hand that is not seen touches nothing") {
        Visit visit;
        if (!visit.begin(HostKind::Headset)) return;
        app::Client& client = *visit.client;
        REQUIRE(call(visit, "register.start", R"({"part":"left"})") == "\"left\"");
        visit.point_at({-4.0, 1.5, 0.0}); // the gap between its bars
        visit.pull_trigger();
        CHECK_FALSE(client.view().tool.wants_touch());
        REQUIRE(client.status().refusal != nullptr);
        CHECK(std::string(client.status().refusal).contains("point at the machine"));
        visit.point_at(kPlaces[0]);
        visit.pull_trigger();
        CHECK(client.view().tool.wants_touch());
        visit.host->played.hands[1].tracked = false;
        touch(visit, {0.0, 1.0, -0.5});
        CHECK(client.ar().flow()->touches.empty());
        CHECK(std::string(client.status().refusal).contains("The hand is not seen"));
        visit.host->played.hands[1].tracked = true;
        touch(visit, {0.0, 1.0, -0.5});
        CHECK(client.ar().flow()->touches.size() == 1);
        CHECK(call(visit, "register.cancel") == "true");
        visit.frames(1);
        CHECK(client.view().tool.held() == app::Tool::None);
    }

    TEST_CASE("taking a point back drops the point that waits to be touched, and only then the last touch") {
        Visit visit;
        if (!visit.begin(HostKind::Headset)) return;
        app::Client& client = *visit.client;
        register_left(visit, {kPlaces[0], kPlaces[1]});
        visit.point_at(kPlaces[2]);
        visit.pull_trigger();
        REQUIRE(client.view().tool.wants_touch());
        CHECK(call(visit, "register.undo_point") == "true");
        CHECK_FALSE(client.view().tool.wants_touch());
        CHECK(client.view().tool.held() == app::Tool::Register);
        CHECK(client.ar().flow()->touches.size() == 2);
        CHECK(call(visit, "register.undo_point") == "true");
        CHECK(client.ar().flow()->touches.size() == 1);
    }

    TEST_CASE("how exact the place is stands at the machine in AR only") {
        Visit visit;
        if (!visit.begin(HostKind::Headset)) return;
        visit.host->offered = {Blend::Alpha, Blend::Opaque};
        visit.host->played.head_active = visit.host->played.head_tracked = true;
        const auto labels = [&] { return label_of(*visit.client, "Left"); };
        register_left(visit, kPlaces);
        CHECK(call(visit, "register.finish") == "true");
        visit.frames(3);
        CHECK_FALSE(labels().contains("± ")); // in VR nothing lies on anything
        CHECK(call(visit, "view.ar") == "\"alpha\"");
        visit.frames(2);
        CHECK(labels().contains("± "));
    }
}

TEST_SUITE("app/ar_person [xr]") {
    TEST_CASE("a person touches four places of a real machine, and its model lies on it") {
        const TempFolder folder;
        Person person;
        const Environment around{{"XR_API_LAYER_PATH", (build_dir() / "tests/openxr_layer").string()},
                                 {"XR_ENABLE_API_LAYERS", "XR_APILAYER_PW_faults"},
                                 {"PW_XR_BLEND", "ALPHA_BLEND OPAQUE"},
                                 {"PW_XR_VIEW_SIZE", "320x240"},
                                 {"PW_XR_FAULT_FILE", folder / "fault"}};
        const std::vector<std::string> cell{"run", (source_dir() / "assets/plants/cell/plant.json").string()};
        if (!person.visit(cell, {.environment = around})) return;
        REQUIRE(person.ask({"view.ar"})["result"] == "alpha");
        REQUIRE(person.ask({"settings.set", "name=labels", "value=false"})["ok"] == true);
        REQUIRE(person.ask({"register.start", "part=cabinet"})["ok"] == true);
        // The real cabinet stands 80 cm before the person, turned by 15°.
        const DVec3 cabinet{-1.2, 1.3, 3.3};
        const glm::dquat turn = glm::angleAxis(0.26, DVec3(0, 1, 0));
        const Rigid origin_from_plant{DVec3(-0.1, 1.25, -0.8) - turn * cabinet, turn};
        std::vector<DVec3> touched;
        for (const DVec3& beside :
             {DVec3(-0.2, 0.3, 0), DVec3(0.2, 0.25, 0), DVec3(0.15, -0.3, 0), DVec3(-0.25, -0.35, 0)}) {
            person.point(Side::Right, cabinet + beside);
            person.click(Side::Right);
            nlohmann::json told;
            REQUIRE(person.until([&](const auto&) {
                told = person.ask({"register.tell"})["result"];
                return told.contains("to_touch");
            }));
            touched.push_back(place_of(told["to_touch"]));
            person.reach(Side::Right, origin_from_plant * touched.back());
            person.click(Side::Right);
            REQUIRE(person.until([&](const auto&) {
                return person.ask({"register.tell"})["result"]["registering"]["points"] == touched.size();
            }));
        }
        REQUIRE(person.ask({"register.finish"})["ok"] == true);
        REQUIRE(person.until(
            [&](const auto&) { return person.ask({"register.tell"})["result"]["machines"].contains("cabinet"); }));
        const auto told = person.ask({"register.tell"})["result"]["machines"]["cabinet"];
        CHECK(told["state"] == "good");
        const double bound_m = told["at_its_middle"]["bound95_mm"].get<double>() * 1e-3;
        CHECK(bound_m < 0.02);
        person.frames(2);
        const auto stance = person.where()["stance"];
        for (const DVec3& p : touched) { // where the model shows it, in the user's space
            const DVec3 away = p - place_of(stance["position"]);
            const DVec3 shown = glm::angleAxis(-stance["yaw"].get<double>(), DVec3(0, 1, 0)) * away;
            CHECK(glm::distance(shown, origin_from_plant * p) < bound_m);
        }
        CHECK(person.ask({"register.allows", "needed_mm=25", "part=cabinet"})["ok"] == true);
        CHECK(person.ask({"register.allows", "needed_mm=0.1", "part=cabinet"})["ok"] == false);
        CHECK(person.ask({"move.turn", "degrees=30"})["ok"] == false);
        REQUIRE(write_text(folder / "fault", "UNTRACKED"));
        CHECK(person.until([&](const auto&) {
            return person.ask({"register.tell"})["result"]["machines"]["cabinet"]["state"] == "doubtful";
        }));
        REQUIRE(write_text(folder / "fault", "TRACKED"));
        CHECK(person.until([&](const auto&) {
            return person.ask({"register.tell"})["result"]["machines"]["cabinet"]["state"] == "good";
        }));
        CHECK(person.where()["stance"] == stance);
    }
}
