// SPDX-License-Identifier: Apache-2.0
// AR: the real plant behind the picture, on a client of the test's own and on the built program in Monado's headset.
#include "app/see_through.h"
#include "base/file.h"
#include "base/format.h"
#include "tests/app/person.h"
#include "tests/app/visit.h"
#include "tests/support/paths.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::test;
using xr::Blend;
using xr::HostKind;

namespace {

// The share of the picture with this alpha.
double share(const scene::Pixels& picture, int alpha) {
    std::size_t count = 0;
    for (std::size_t i = 3; i < picture.rgba.size(); i += 4) count += picture.rgba[i] == alpha;
    return static_cast<double>(count) / (static_cast<double>(picture.rgba.size()) / 4.0);
}

double any_share(const scene::Pixels& picture) { return 1.0 - share(picture, 0); }

// With the layer of tests/openxr_layer, which offers blend modes and writes down what is submitted.
struct Around {
    TempFolder folder;
    Environment environment(const std::string& blends, const std::string& offer = "") const {
        return {{"XR_API_LAYER_PATH", (build_dir() / "tests/openxr_layer").string()},
                {"XR_ENABLE_API_LAYERS", "XR_APILAYER_PW_faults"},
                {"PW_XR_BLEND", blends},
                {"PW_XR_OFFER", offer},
                {"PW_XR_VIEW_SIZE", "320x240"},
                {"PW_XR_FAULT_FILE", folder / "fault"},
                {"PW_XR_SUBMITTED_FILE", folder / "submitted"}};
    }
    std::string last() const { // of the frames submitted
        std::istringstream text(read_text(folder / "submitted").value_or(""));
        std::string last;
        for (std::string line; std::getline(text, line);)
            if (!line.starts_with("xr") && line.contains("projection")) last = line;
        return last;
    }
};

std::vector<std::string> cell() { return {"run", (source_dir() / "assets/plants/cell/plant.json").string()}; }

scene::Pixels photo(Person& person, const Around& around, const std::string& name) {
    const std::string file = around.folder / (name + ".png");
    REQUIRE(person.ask({"view.photo", "file=" + file})["ok"] == true);
    REQUIRE(person.until([&](const auto&) { return file_exists(file); }));
    return picture_of(file);
}

} // namespace

TEST_SUITE("app/see_through") {
    TEST_CASE("blend modes have names, each its own") {
        for (const Blend blend : {Blend::Opaque, Blend::Alpha, Blend::Additive, Blend::Passthrough})
            CHECK(app::find_blend(app::blend_name(blend)) == blend);
        CHECK_FALSE(app::find_blend("on"));
    }

    TEST_CASE("where light is added dark plates turn light and their words dark; opacities stay, and light plates") {
        std::vector<renderer::Label> labels{{.color_srgba = 0xe0f2'f4f0u, .back_srgba = 0xc81c'1612u},
                                            {.color_srgba = 0xff10'1010u, .back_srgba = 0xc0ff'ffffu},
                                            {.color_srgba = 0xffff'ffffu, .back_srgba = 0}};
        const auto before = labels;
        app::lighten_backs(labels);
        CHECK(labels[0].color_srgba == 0xe01c'1612u);
        CHECK(labels[0].back_srgba == 0xc8f2'f4f0u);
        for (const std::size_t same : {1u, 2u}) {
            CHECK(labels[same].color_srgba == before[same].color_srgba);
            CHECK(labels[same].back_srgba == before[same].back_srgba);
        }
    }
}

TEST_SUITE("app/ar [gpu]") {
    TEST_CASE("in AR nothing of the plant is drawn but what is asked for, and it is picked all the same") {
        Visit visit;
        visit.options.settings.labels = false;
        visit.options.panels = false;
        if (!visit.begin(HostKind::Offscreen)) return;
        app::Client& client = *visit.client;
        client.set_camera({{0, 1.5, 8}, {0, 1.5, 0}, 70.0});
        visit.frames(2);
        CHECK(share(visit.picture(), 255) == 1.0);
        CHECK(call(visit, "view.ar") == "\"alpha\"");
        CHECK(share(visit.picture(), 0) == 1.0);
        CHECK((visit.flags("wall") & scene::kReal) != 0);
        client.point_at({{-5.0, 1.5, 8.0}, {0.f, 0.f, -1.f}}); // the left bar of the left machine
        CHECK(client.state().selected_equipment == plant::find_equipment(client.plant(), "left"));
        const double lit = any_share(visit.picture());
        CHECK(lit > 0.001);
        CHECK(share(visit.picture(), 255) == 0.0); // one sees through what is lit up
        call(visit, "view.clear_selection");
        CHECK(share(visit.picture(), 0) == 1.0);
        CHECK(call(visit, "view.ghost", R"({"part":"right"})") == "true");
        CHECK(any_share(visit.picture()) > 0.001);
        CHECK(call(visit, "view.show_all") == "true");
        CHECK(call(visit, "ar.show", R"({"what":"ghosts"})") == "true");
        const double ghosts = any_share(visit.picture());
        CHECK(ghosts > lit);
        CHECK(share(visit.picture(), 255) == 0.0);
        CHECK((visit.flags("wall") & scene::kGhost) == 0);
        CHECK(call(visit, "ar.show", R"({"what":"machines"})") == "true");
        CHECK(share(visit.picture(), 255) == doctest::Approx(ghosts).epsilon(0.05));
        CHECK(visit.flags("left") == 0);
        CHECK((visit.flags("wall") & scene::kReal) != 0); // the building never is
        CHECK(call(visit, "app.undo") == "\"Show over the real plant\"");
        CHECK(any_share(visit.picture()) == doctest::Approx(ghosts));
        CHECK(call(visit, "view.ar", R"({"mode":"off"})") == "\"opaque\"");
        CHECK(share(visit.picture(), 255) == 1.0);
        CHECK(visit.flags("wall") == 0);
        CHECK(visit.flags("left") == 0);
    }

    TEST_CASE("the best way that is offered is taken, another by its name, and none that is not offered") {
        Visit visit;
        if (!visit.begin(HostKind::Headset)) return;
        visit.host->offered = {Blend::Opaque};
        CHECK(call(visit, "view.ar") == "refused: nothing here shows the real plant behind the picture");
        CHECK(call(visit, "view.ar", R"({"mode":"passthrough"})") == "refused: played does not show the world around");
        CHECK(call(visit, "view.ar", R"({"mode":"off"})") == "\"opaque\"");
        visit.host->offered = {Blend::Passthrough, Blend::Additive, Blend::Opaque};
        CHECK(call(visit, "view.ar", R"({"mode":"on"})") == "\"passthrough\"");
        CHECK(call(visit, "view.ar", R"({"mode":"additive"})") == "\"additive\"");
        CHECK(call(visit, "view.ar", R"({"mode":"on"})") == "\"additive\""); // it is on
        visit.frames(1);
        CHECK(visit.client->sees_around());
        visit.host->blended = Blend::Opaque; // the headset gives it up
        visit.frames(1);
        CHECK_FALSE(visit.client->sees_around());
        REQUIRE(visit.client->status().refusal != nullptr);
        CHECK(std::string(visit.client->status().refusal) == "The headset no longer shows the real plant");
        CHECK((visit.flags("wall") & scene::kReal) == 0);
    }

    TEST_CASE("where light is added, plates of labels are light") {
        Visit visit;
        if (!visit.begin(HostKind::Headset)) return;
        visit.host->offered = {Blend::Additive, Blend::Opaque};
        visit.frames(2);
        REQUIRE(!visit.client->labels().empty());
        const auto dark = visit.client->labels()[0];
        CHECK(call(visit, "view.ar") == "\"additive\"");
        visit.frames(1);
        CHECK((visit.client->labels()[0].back_srgba & 0xff'ffffu) == (dark.color_srgba & 0xff'ffffu));
        CHECK((visit.client->labels()[0].color_srgba & 0xff'ffffu) == (dark.back_srgba & 0xff'ffffu));
    }

    TEST_CASE("a head within a wall of the plant sees what is drawn in AR, and black without") {
        Visit visit;
        if (!visit.begin(HostKind::Headset)) return;
        const auto into_wall = [&] {
            auto& head = visit.host->played.origin_from_head;
            for (const double z : {-3.0, -7.8, -7.95, -8.02}) { // the wall is 3 m behind the machines: 8 m ahead
                head.position = {-1.0, 1.5, z};
                visit.frames(3);
            }
            return visit.client->headset()->fade();
        };
        visit.host->played.head_active = true;
        CHECK(into_wall() > 0.5f);
        CHECK(call(visit, "view.ar") == "\"alpha\"");
        visit.frames(40);
        CHECK(into_wall() == 0.f);
    }
}

TEST_SUITE("app/ar_headset [xr]") {
    TEST_CASE("in AR the submitted picture is clear where nothing is drawn, premultiplied, and whole again in VR") {
        Person person;
        const Around around;
        if (!person.visit(cell(), {.environment = around.environment("OPAQUE ADDITIVE ALPHA_BLEND", "passthrough")}))
            return;
        REQUIRE(person.until([&](const auto&) { return around.last() == "OPAQUE projection"; }));
        CHECK(share(photo(person, around, "vr"), 255) > 0.99);
        CHECK(person.ask({"view.ar"})["result"] == "alpha");
        REQUIRE(person.until([&](const auto&) { return around.last() == "ALPHA_BLEND projection:alpha"; }));
        const auto real = photo(person, around, "ar");
        CHECK(share(real, 0) > 0.7); // all but names and hands
        CHECK(any_share(real) > 0.001);
        REQUIRE(person.ask({"settings.set", "name=labels", "value=false"})["ok"] == true);
        REQUIRE(person.ask({"ar.show", "machines"})["ok"] == true);
        person.frames(3);
        CHECK(share(photo(person, around, "machines"), 255) > 0.02);
        for (const auto& [mode, frame] :
             {std::pair("passthrough", "OPAQUE passthrough:alpha projection:alpha"),
              std::pair("additive", "ADDITIVE projection"), std::pair("off", "OPAQUE projection")}) {
            CHECK(person.ask({"view.ar", std::string("mode=") + mode})["ok"] == true);
            CHECK(person.until([&](const auto&) { return around.last() == frame; }));
        }
        person.frames(2);
        CHECK(share(photo(person, around, "back"), 255) > 0.99);
        CHECK(person.program().status()["around"] == "opaque");
    }

    TEST_CASE("AR outlives a lost session") {
        Person person;
        const Around around;
        if (!person.visit(cell(), {.environment = around.environment("ALPHA_BLEND OPAQUE")})) return;
        CHECK(person.ask({"view.ar"})["result"] == "alpha");
        REQUIRE(write_text(around.folder / "fault", "SESSION_LOST"));
        REQUIRE(person.program().says("session state FOCUSED", 2));
        person.frames(3);
        CHECK(around.last() == "ALPHA_BLEND projection:alpha");
        CHECK(person.program().status()["around"] == "alpha");
        CHECK(share(photo(person, around, "again"), 0) > 0.7);
    }

    TEST_CASE("a machine that was registered comes back by its anchor in the next visit") {
        const Around around;
        const auto visit = [&](Person& person, const char* moved) {
            Environment environment = around.environment("ALPHA_BLEND OPAQUE", "anchors");
            environment.emplace_back("PW_XR_ANCHORS_FILE", around.folder / "anchors");
            environment.emplace_back("PW_XR_ANCHORS_MOVED", moved);
            environment.emplace_back("XDG_STATE_HOME", around.folder / "state");
            return person.visit(cell(), {.environment = environment});
        };
        const auto registered = [](Person& person) {
            REQUIRE(person.until([&](const auto&) {
                const auto told = person.ask({"register.tell"})["result"]["machines"];
                return told.contains("palletiser") && told["palletiser"].value("comes_back", false) &&
                       told["palletiser"].value("state", "") == "good";
            }));
            REQUIRE(person.ask({"view.ar"})["ok"] == true);
            person.frames(2);
            return place_of(person.where()["head"]["position"]);
        };
        DVec3 head_before(0.0);
        {
            Person person;
            if (!visit(person, "0 0 0")) return;
            REQUIRE(person.ask({"register.start", "part=palletiser"})["ok"] == true);
            const DVec3 plant_from_user{3.0, 0.0, -2.0};
            for (const DVec3& p : {DVec3(0, 0.5, 0), DVec3(1, 0.7, 0.2), DVec3(0.1, 2.0, 0.4), DVec3(-0.3, 1.1, 1.2)}) {
                const DVec3 real = p - plant_from_user;
                REQUIRE(person.ask({"register.point", formatted("model={},{},{}", p.x, p.y, p.z),
                                    formatted("real={},{},{}", real.x, real.y, real.z), "unique=true"})["ok"] == true);
            }
            REQUIRE(person.ask({"register.finish"})["ok"] == true);
            head_before = registered(person);
        }
        Person later;
        REQUIRE(visit(later, "0.5 0 -1"));
        const DVec3 moved = registered(later) - head_before;
        CHECK(glm::length(moved - DVec3(-0.5, 0.0, 1.0)) < 0.01);
    }
}
