// SPDX-License-Identifier: Apache-2.0
// What a user chooses to see, on the scene and in the picture; and the pure parts behind it.
#include "app/user_view.h"

#include "app/keys.h"
#include "app/palette_list.h"
#include "app/part_facts.h"
#include "app/part_rows.h"
#include "app/parts.h"
#include "base/file.h"
#include "tests/app/bars.h"
#include "tests/app/visit.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>

#include <initializer_list>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

using namespace pw;
using namespace pw::test;
using xr::HostKind;

namespace {

scene::NodeId part(Visit& visit, const char* id) {
    const auto roots = app::roots_of(visit.client->scene(), visit.client->live(), id);
    REQUIRE(roots.size() == 1);
    return roots.front();
}

std::uint8_t flags(Visit& visit, const char* id) { return visit.client->scene().style(part(visit, id)).flags; }

xr::DesktopState pressing(std::initializer_list<xr::Key> held, xr::Key key) {
    xr::DesktopState out;
    for (const auto k : held) out.down[static_cast<std::size_t>(k)] = true;
    out.down[static_cast<std::size_t>(key)] = out.pressed[static_cast<std::size_t>(key)] = true;
    return out;
}

plant::Viewpoint some_viewpoint() { return {"own-1", "By the \"door\"", {1.0, 2.5, -3.0}, {0.0, 1.0, 0.0}, 45.0}; }

Result<std::vector<plant::Viewpoint>> parse(std::string_view text, Reports& problems) {
    return app::parse_viewpoints(as_bytes(text), problems);
}

} // namespace

TEST_SUITE("app/keys") {
    TEST_CASE("a key goes with the modifiers that it names") {
        using xr::Key;
        CHECK(app::is_pressed("H", pressing({}, Key::H)));
        CHECK(app::is_pressed("H", pressing({Key::Shift}, Key::H))); // who runs hides too
        CHECK_FALSE(app::is_pressed("H", pressing({Key::Control}, Key::H)));
        CHECK(app::is_pressed("Ctrl+Z", pressing({Key::Control}, Key::Z)));
        CHECK_FALSE(app::is_pressed("Ctrl+Z", pressing({Key::Control, Key::Shift}, Key::Z)));
        CHECK_FALSE(app::is_pressed("Ctrl+Z", pressing({}, Key::Z)));
        for (const auto& state : {pressing({Key::Control}, Key::Y), pressing({Key::Control, Key::Shift}, Key::Z)})
            CHECK(app::is_pressed("Ctrl+Y, Ctrl+Shift+Z", state));
        CHECK(app::is_pressed("Esc (a tool is held)", pressing({}, Key::Escape)));
        xr::DesktopState held = pressing({}, Key::H);
        held.pressed = {};
        CHECK_FALSE(app::is_pressed("H", held));
        CHECK_FALSE(app::any_pressed(held));
        CHECK_FALSE(app::are_keys("Ctrl+Nothing"));
        CHECK_FALSE(app::are_keys(""));
    }
}

TEST_SUITE("app/palette_list") {
    TEST_CASE("what is called so comes before what is told so, and what was used last before the rest") {
        work::ActionRegistry registry;
        for (const auto& [id, title, help] : {std::tuple("a.hide", "Hide", "Hides a part."),
                                              {"a.show", "Show all", "Shows what was hidden; never hide it."},
                                              {"a.ghost", "Ghost", "Draws a part see-through."}}) {
            work::Action action;
            action.id = id;
            action.title = title;
            action.help = help;
            action.undo = "none: a test";
            for (auto& front : action.fronts) front.reason = "a test";
            action.fronts[static_cast<std::size_t>(work::Front::Palette)] = {.offered = true, .how = {}, .reason = {}};
            action.run = [](const work::Args&) -> Result<std::string> { return "true"; };
            registry.add(std::move(action));
        }
        const auto ids = [&](std::string_view query, std::vector<std::string> recent = {}) {
            std::string out;
            for (const auto* action : app::palette_list(registry, query, recent)) out += action->id + " ";
            return out;
        };
        CHECK(ids("hide") == "a.hide a.show ");
        CHECK(ids("") == "a.hide a.show a.ghost ");
        CHECK(ids("", {"a.ghost", "a.show"}) == "a.ghost a.show a.hide ");
        CHECK(ids("part", {"a.ghost"}) == "a.ghost a.hide ");
        CHECK(ids("nothing").empty());
    }

    TEST_CASE("a line falls into words, and quotation marks keep them together") {
        using Words = std::vector<std::string>;
        CHECK(app::split_words("part=robot  share=0.5 ") == Words{"part=robot", "share=0.5"});
        CHECK(app::split_words(R"(title="By the door" x)") == Words{"title=By the door", "x"});
        CHECK(app::split_words(R"("")") == Words{""});
        CHECK(app::split_words("   ").empty());
        CHECK(app::split_words(R"("open end)") == Words{"open end"});
    }
}

TEST_SUITE("app/kept_viewpoints") {
    TEST_CASE("the longest title that can be given is read back") {
        auto viewpoint = some_viewpoint();
        viewpoint.title.clear();
        for (int i = 0; i < 80; ++i) viewpoint.title += "\U0001f600";
        Reports problems;
        const auto again = parse(app::viewpoints_text({{viewpoint}}), problems);
        REQUIRE(again);
        CHECK(problems.list().empty());
        REQUIRE(again->size() == 1);
        CHECK(again->front().title == viewpoint.title);
    }

    TEST_CASE("a viewpoint is read back as it was written") {
        Reports problems;
        const auto again = parse(app::viewpoints_text({{some_viewpoint()}}), problems);
        REQUIRE(again);
        REQUIRE(again->size() == 1);
        CHECK(problems.empty());
        const auto& v = again->front();
        CHECK((v.id == "own-1" && v.title == "By the \"door\"" && v.eye_m == some_viewpoint().eye_m &&
               v.target_m == some_viewpoint().target_m && v.fov_y_deg == 45.0));
        const auto record = app::viewpoint_from_record("own-1", app::to_record(v));
        REQUIRE(record);
        CHECK(record->eye_m == v.eye_m);
    }

    TEST_CASE("what is wrong in the file is told with its place, and the rest counts") {
        const auto with = [](const std::string& more) {
            std::string text = app::viewpoints_text({{some_viewpoint()}});
            return text.insert(text.rfind(']'), "," + more);
        };
        for (const auto& [more, what] :
             {std::pair("7", "/viewpoints/1: id must be a short text of its own"),
              {R"({"id":"own-1"})", "/viewpoints/1: id must be a short text of its own"},
              {R"({"id":"b"})", "/viewpoints/1: title must be a short text"},
              {R"({"id":"b","title":"B","fov_y_deg":0})", "/viewpoints/1: fov_y_deg must be a number from 1 to 170"},
              {R"({"id":"b","title":"B","fov_y_deg":60,"eye_m":[1,2]})", "/viewpoints/1: eye_m must be three numbers"},
              {R"({"id":"b","title":"B","fov_y_deg":60,"eye_m":[1,2,1e99],"target_m":[0,0,0]})",
               "/viewpoints/1: eye_m must be three numbers, in metres"},
              {R"({"id":"b","title":"B","fov_y_deg":60,"eye_m":[1,2,3],"target_m":[1,2,3]})",
               "/viewpoints/1: eye_m and target_m are one point"}}) {
            CAPTURE(more);
            Reports problems;
            const auto read = parse(with(more), problems);
            REQUIRE(read);
            CHECK(read->size() == 1);
            REQUIRE(problems.list().size() == 1);
            CHECK(problems.list()[0].where + ": " + problems.list()[0].what == what);
        }
        for (const char* text : {"", "[]", "{}", R"({"format":"plantwalk-viewpoints","viewpoints":7})",
                                 R"({"format":"plantwalk-viewpoints","version":99,"viewpoints":[]})",
                                 R"({"format":"other","viewpoints":[]})"}) {
            Reports problems;
            CHECK_FALSE_MESSAGE(parse(text, problems), text);
        }
        Reports problems;
        CHECK_FALSE(parse(std::string(100'000, '['), problems));
    }

    TEST_CASE("each plant has a file of its own") {
        const auto file = [](const char* name, const char* plant) { return app::viewpoints_file("/d", name, plant); };
        CHECK(file("Hall 5/ü", "/a/plant.json").starts_with("/d/viewpoints/Hall-5"));
        CHECK(file("Hall", "/a/plant.json") == file("Hall", "/a/plant.json"));
        CHECK(file("Hall", "/a/plant.json") != file("Hall", "/b/plant.json"));
    }
}

TEST_SUITE("app/tools_in_hand") {
    TEST_CASE("a measure takes two points, a section one, and each asks for its action") {
        app::ToolInHand hand;
        const work::SnappedPoint a{{1, 2, 3}, {0.f, 0.f, 1.f}, work::Snap::Face},
            b{{1, 2, 5}, {0.f, 1.f, 0.f}, work::Snap::Edge};
        CHECK_FALSE(hand.use(a));
        CHECK_FALSE(hand.hint());
        hand.take(app::Tool::Measure);
        CHECK(hand.hint() == Text::HintMeasureFrom);
        CHECK_FALSE(hand.use(a));
        CHECK(hand.hint() == Text::HintMeasureTo);
        CHECK(hand.begun_at()->point == a.point);
        const auto measure = hand.use(b);
        REQUIRE(measure);
        CHECK(measure->action == "measure.between");
        CHECK(measure->arguments == R"({"from":[1,2,3],"to":[1,2,5]})");
        CHECK(hand.held() == app::Tool::Measure); // the next measure
        CHECK_FALSE(hand.begun_at());
        CHECK_FALSE(hand.use(a));
        hand.take(app::Tool::Section);
        CHECK_FALSE(hand.begun_at());
        const auto section = hand.use(b);
        REQUIRE(section);
        CHECK(section->action == "section.through");
        CHECK(section->arguments == R"({"point":[1,2,5],"normal":[0,1,0]})");
        CHECK(hand.held() == app::Tool::None);
    }
}

TEST_SUITE("app/user_view [gpu]") {
    TEST_CASE("who misspells a part is told which one is meant") {
        Visit visit;
        if (!visit.begin(HostKind::Offscreen)) return;
        CHECK(call(visit, "view.select", R"({"part":"rihgt"})") ==
              "refused: there is no part \"rihgt\"; did you mean \"right\"?");
        CHECK(call(visit, "view.select", R"({"part":"left/lod"})") ==
              "refused: there is no part \"left/lod\"; did you mean \"left/load\"?");
        CHECK(call(visit, "view.select", R"({"part":"robot"})") == "refused: there is no part \"robot\"");
    }

    TEST_CASE("a file of viewpoints that cannot be read is told and stays as it is") {
        Visit visit;
        const std::string file = app::viewpoints_file(visit.options.data_folder, "Bars", visit.options.plant_file);
        const std::string torn = R"({"format":"plantwalk-viewpoints","version":1,"viewpoints":[{"id")";
        REQUIRE(make_folders(folder_of(file)));
        REQUIRE(write_text(file, torn));
        if (!visit.begin(HostKind::Offscreen)) return;
        REQUIRE(visit.client->problems().list().size() == 1);
        CHECK(visit.client->problems().list()[0].what.contains("not kept"));
        CHECK(call(visit, "viewpoint.save", R"({"title":"new"})") != "");
        CHECK(visit.client->view().viewpoints().size() == 1);
        visit.client.reset();
        CHECK(read_text(file).value() == torn);
    }

    TEST_CASE("a part alone is hidden, isolated and shown again, and the machine around it is not") {
        Visit visit;
        if (!visit.begin(HostKind::Offscreen)) return;
        CHECK(call(visit, "view.select", R"({"part":"left:bars.gltf/still","alone":true})") ==
              R"("left:bars.gltf/still")");
        CHECK(flags(visit, "left:bars.gltf/still") == scene::kHighlight);
        CHECK(flags(visit, "left:bars.gltf/bar") == 0);
        call(visit, "view.hide");
        CHECK((flags(visit, "left:bars.gltf/still") & scene::kHidden) != 0);
        CHECK(flags(visit, "left:bars.gltf/bar") == 0);
        call(visit, "view.show", R"({"part":"left"})"); // all of it, with its parts
        CHECK((flags(visit, "left:bars.gltf/still") & scene::kHidden) == 0);
        call(visit, "view.isolate");
        CHECK(flags(visit, "left:bars.gltf/bar") == scene::kGhost); // of the same machine
        CHECK(flags(visit, "right:bars.gltf/still") == scene::kGhost);
        call(visit, "view.show", R"({"part":"right"})");
        CHECK(flags(visit, "right:bars.gltf/still") == 0);
        CHECK(visit.client->view().records().all().empty());
    }

    TEST_CASE("what a file hides is shown by who wants to see it, and hidden again") {
        Visit visit;
        if (!visit.begin(HostKind::Offscreen)) return;
        auto& scene = visit.client->scene();
        const auto still = part(visit, "left:bars.gltf/still"), root = part(visit, "left:bars.gltf/bar");
        scene.set_visible(still, false);
        visit.frames(2);
        const auto seen = [&] {
            visit.frames(2);
            return (scene.effective_style(still).flags & scene::kHiddenFlags) == 0;
        };
        CHECK_FALSE(seen());
        call(visit, "view.show_all"); // of what the user hid
        call(visit, "view.show", R"({"part":"left:bars.gltf/bar"})");
        CHECK_FALSE(seen());
        CHECK(visit.client->view().records().all().empty());
        call(visit, "view.show", R"({"part":"left:bars.gltf/still"})");
        CHECK(seen());
        call(visit, "view.hide", R"({"part":"left:bars.gltf/still"})");
        CHECK_FALSE(seen());
        call(visit, "app.undo");
        CHECK(seen());
        call(visit, "app.undo");
        CHECK_FALSE(seen());
        CHECK((scene.effective_style(root).flags & scene::kHiddenFlags) == 0);
    }

    TEST_CASE("a record of a part that comes later takes effect when it comes") {
        Visit visit;
        if (!visit.begin(HostKind::Offscreen)) return;
        auto& client = *visit.client;
        client.view().change("Test", {{"hidden/late", "true"}, {"explode/late", "0.5"}, {"variant/late", "red"}});
        visit.frames(2);
        const auto& model = client.scene().placed()[0].model;
        client.scene().place(model, to_affine(Transform{.translation = {0, 0, 9}}), "late");
        visit.frames(3);
        const auto roots = app::roots_of(client.scene(), client.live(), "late");
        REQUIRE(roots.size() == 2);
        CHECK(client.scene().style(roots[0]).flags == scene::kHidden);
        CHECK(glm::length(client.scene().offset(roots[0]) - Vec3(-0.5f, 0.f, 0.f)) < 1e-5f);
        CHECK(glm::length(client.scene().offset(roots[1]) - Vec3(0.5f, 0.f, 0.f)) < 1e-5f);
    }

    TEST_CASE("what is exploded goes out and comes back, also while models arrive") {
        Visit visit;
        if (!visit.begin(HostKind::Offscreen)) return;
        auto& client = *visit.client;
        const auto at = [&](const char* id) {
            client.scene().update();
            return client.scene().world(part(visit, id)).translation;
        };
        const DVec3 bar = at("right:bars.gltf/bar"), still = at("right:bars.gltf/still");
        CHECK(call(visit, "explode.set", R"({"part":"right","share":1})") == "true");
        CHECK(glm::length(at("right:bars.gltf/bar") - (bar + DVec3(-1, 0, 0))) < 1e-5);
        client.scene().place(client.scene().placed()[0].model, {}, "late");
        visit.frames(4);
        CHECK(glm::length(at("right:bars.gltf/bar") - (bar + DVec3(-1, 0, 0))) < 1e-5);
        CHECK(call(visit, "explode.set", R"({"part":"right","share":0.25})") == "true");
        CHECK(glm::length(at("right:bars.gltf/still") - (still + DVec3(0.25, 0, 0))) < 1e-5);
        CHECK(call(visit, "explode.set", R"({"part":"right","share":0})") == "true");
        CHECK(glm::length(at("right:bars.gltf/still") - still) < 1e-9);
        CHECK(client.view().records().all().empty());
    }

    TEST_CASE("saved viewpoints are there at the next visit of that plant, and undone ones are not") {
        Visit visit;
        if (!visit.begin(HostKind::Offscreen)) return;
        visit.client->set_camera({{1.0, 2.0, 7.0}, {0.0, 1.0, 0.0}, 50.0});
        visit.frames(1);
        CHECK(call(visit, "viewpoint.save", R"({"title":"Mine"})") == R"("own-1")");
        visit.client->set_camera({{9'999'999.0, 2.0, 0.0}, {10'000'009.0, 2.0, 0.0}, 50.0});
        visit.frames(1);
        CHECK(call(visit, "viewpoint.save").starts_with("refused: this is too far"));
        visit.client->set_camera({{1.0, 2.0, 7.0}, {0.0, 1.0, 0.0}, 50.0});
        visit.frames(1);
        CHECK(call(visit, "viewpoint.save") == R"("own-2")");
        CHECK(call(visit, "app.undo") == R"("Save this viewpoint")");
        CHECK(call(visit, "view.list_viewpoints") == R"([{"id":"own-1","title":"Mine","own":true}])");
        visit.client.reset();
        REQUIRE(visit.begin(HostKind::Offscreen));
        CHECK(call(visit, "view.go_to", R"({"viewpoint":"mine"})") == "true");
        CHECK(glm::length(visit.client->walker().world_from_eye().position - DVec3(1, 2, 7)) < 1e-6);
        CHECK(visit.client->state().zoom_fov_y_deg == 50.0);
        CHECK(call(visit, "viewpoint.rename", R"({"viewpoint":"own-9","title":"x"})") ==
              "refused: there is no viewpoint \"own-9\"");
    }

    TEST_CASE("a section is refused what it cannot do, comes back where it was, and a ray does not meet what it cuts") {
        Visit visit;
        if (!visit.begin(HostKind::Window)) return;
        CHECK(call(visit, "section.move", R"({"share":0.5})") == "refused: there is no section to move");
        CHECK(call(visit, "section.flip") == "refused: there is no section to flip");
        CHECK(call(visit, "section.through", R"({"point":[0,0,0],"normal":[0,0,0]})") ==
              "refused: a normal has a length");
        CHECK(call(visit, "section.through", R"({"point":[0,0,1e9]})") == "refused: \"point\" is no point of a plant");
        CHECK(call(visit, "section.through", R"({"point":[0,2,0],"normal":[0,0,5]})") == "true");
        CHECK(visit.client->view().section()->normal == Vec3(0.f, 0.f, 1.f));
        call(visit, "section.show", R"({"on":false})");
        CHECK_FALSE(visit.client->view().section());
        call(visit, "section.show", R"({"on":true})");
        CHECK(visit.client->view().section()->point == DVec3(0, 2, 0));
        call(visit, "section.move", R"({"share":0})"); // to the wall at z = -3
        CHECK(visit.client->view().section()->point.z == doctest::Approx(-3.0));
        call(visit, "section.flip"); // and nothing but the wall is cut away
        CHECK(visit.client->view().section()->normal == Vec3(0.f, 0.f, -1.f));
    }

    TEST_CASE("with a tool in the hand a click gives a point, and Esc puts the tool away before anything else") {
        Visit visit;
        visit.options.panels = false;
        if (!visit.begin(HostKind::Window)) return;
        auto& desktop = visit.host->played.desktop;
        const auto click = [&](const DVec3& at) {
            visit.client->set_camera({at + DVec3(0, 0, 4), at, 60.0});
            desktop.width = 160;
            desktop.height = 120;
            desktop.cursor_px = {80.f, 60.f};
            desktop.button_pressed[0] = true;
            visit.frames(1);
            desktop.button_pressed[0] = false;
            visit.frames(1);
        };
        const auto press_escape = [&] {
            desktop.pressed[static_cast<std::size_t>(xr::Key::Escape)] = true;
            visit.frames(1);
            desktop.pressed = {};
        };
        click({-5.0, 1.5, 0.0}); // the left machine's left bar
        REQUIRE(visit.client->state().selected_equipment == 0);
        CHECK(call(visit, "tool.measure") == "true");
        click({-5.0, 1.5, 0.0});
        CHECK(visit.client->view().tool.begun_at());
        click({5.0, 1.5, 0.0});
        REQUIRE(visit.client->view().measures().size() == 1);
        CHECK(visit.client->view().measures()[0].words == "10.000 m\nx 10.000  y 0.000  z 0.000");
        CHECK(visit.client->state().selected_equipment == 0); // nothing else was chosen
        press_escape();
        CHECK(visit.client->view().tool.held() == app::Tool::None);
        CHECK(visit.client->state().selected_equipment == 0);
        press_escape();
        CHECK_FALSE(visit.client->state().selected);
        desktop.down[static_cast<std::size_t>(xr::Key::Control)] = true;
        desktop.pressed[static_cast<std::size_t>(xr::Key::Z)] = true;
        visit.frames(1);
        CHECK(visit.client->view().measures().empty());
    }

    TEST_CASE("parts are found by name, walked through, and told") {
        Visit visit;
        if (!visit.begin(HostKind::Offscreen)) return;
        const std::string found = call(visit, "part.find", R"({"words":"STI"})");
        CHECK_MESSAGE(found.starts_with(R"({"found":4,"parts":["wall:bars.gltf/still","left:bars.gltf/still")"), found);
        CHECK(call(visit, "part.find", R"({"words":"bar still"})") == R"({"found":0,"parts":[]})");
        CHECK(call(visit, "select.next") == "refused: nothing is selected");
        call(visit, "view.select", R"({"part":"left"})");
        CHECK(call(visit, "select.next") == R"("left:bars.gltf/still")");
        CHECK(call(visit, "select.next") == R"("left:bars.gltf/bar")"); // and round
        CHECK(call(visit, "select.previous") == R"("left:bars.gltf/still")");
        CHECK(call(visit, "select.parent") == "refused: it is the whole model: it belongs to no other part");
        CHECK(call(visit, "select.child") == "refused: it has no parts");
        CHECK(call(visit, "select.same_model") == R"("left%2Fload:bars.gltf/still")");
        const std::string told = call(visit, "part.properties", R"({"part":"right:bars.gltf/bar"})");
        CHECK(told.contains(R"("part":"right:bars.gltf/bar","name":"bar","size_m":[1,1,0],"triangles":2)"));
        CHECK(told.contains(R"("equipment":{"id":"right","title":"Right")"));
        CHECK(call(visit, "voice.say", R"({"words":"hide the moon"})") ==
              "refused: nothing here is called \"the moon\"");
        CHECK(call(visit, "voice.say", R"({"words":"Hide right."})") ==
              R"({"action":"view.hide","arguments":{"part":"right"},"result":true})");
        CHECK((visit.flags("right") & scene::kHidden) != 0);
    }

    TEST_CASE("a part's properties are its row of a table and its metadata, an instance's those of what it is") {
        Visit visit;
        if (!visit.begin(HostKind::Offscreen)) return;
        scene::Model model = *visit.client->scene().placed()[0].model;
        auto& table = model.property_tables.emplace_back();
        table.rows = 2;
        table.properties.push_back(
            {.id = "material", .name = "Material", .semantic = {}, .absent = "steel", .stored = false});
        table.properties.push_back({.id = "year", .name = "Year", .component = scene::PropertyComponent::U8});
        table.properties.back().no_data = "0";
        table.properties.back().values = {std::byte{0}, std::byte{7}};
        model.packets = {R"({"dc:rights":"all"})", R"({"dc:rights":"none"})"};
        model.packet = 0;
        for (const std::uint32_t n : {0u, 1u}) {
            model.nodes[n].property_table = 0;
            model.nodes[n].property_row = n;
        }
        model.nodes[1].packet = 1;
        model.nodes[1].instances.resize(2);
        visit.client->scene().place(std::make_shared<scene::Model>(model), Affine{}, "told");
        visit.frames(2);
        const auto told = [&](const char* part) {
            return call(visit, "part.properties", R"({"part":"told:bars.gltf/)" + std::string(part) + "\"}");
        };
        const std::string bar = told("bar"), one = told("still/still[1]");
        CHECK_MESSAGE(bar.contains(R"("properties":{"Material":"steel"},"metadata":{"dc:rights":"all"})"), bar);
        CHECK_MESSAGE(one.contains(R"("properties":{"Material":"steel","Year":"7"},"metadata":{"dc:rights":"none"})"),
                      one);
    }

    TEST_CASE("the tree of parts has the rows that are open, or what is searched for") {
        Visit visit;
        if (!visit.begin(HostKind::Offscreen)) return;
        const auto& scene = visit.client->scene();
        const auto& live = visit.client->live();
        app::PartRows rows;
        rows.update(scene, live, scene::kNone, "");
        REQUIRE(rows.list().size() == 4); // left, its load, right, wall
        rows.turn(rows.list()[0]);
        rows.update(scene, live, scene::kNone, "");
        REQUIRE(rows.list().size() == 6);
        CHECK((rows.list()[0].open && rows.list()[1].depth == 1 && !rows.list()[1].has_parts));
        rows.update(scene, live, 1, "");
        REQUIRE(rows.list().size() == 1); // of the right machine
        rows.open_to(scene, visit.root("right"));
        rows.update(scene, live, 1, "");
        CHECK(rows.list().size() == 3);
        rows.update(scene, live, scene::kNone, "still");
        CHECK(rows.list().size() == 4);
        rows.update(scene, live, scene::kNone, " ");
        CHECK(rows.list().size() == 8);
    }

    TEST_CASE("all panels of views draw, and the palette finds and does by keys alone") {
        Visit visit;
        visit.options.host.width = 640;
        if (!visit.begin(HostKind::Window)) return;
        auto& desktop = visit.host->played.desktop;
        desktop.width = 640;
        desktop.height = 480;
        desktop.focused = true;
        for (const char* id : {"panel.parts", "panel.tools"}) call(visit, id);
        call(visit, "view.select", R"({"part":"left"})");
        const auto press = [&](xr::Key key) {
            desktop.down[static_cast<std::size_t>(key)] = desktop.pressed[static_cast<std::size_t>(key)] = true;
            visit.frames(1);
            desktop.down = {};
            desktop.pressed = {};
            visit.frames(2);
        };
        desktop.down[static_cast<std::size_t>(xr::Key::Control)] = true;
        desktop.pressed[static_cast<std::size_t>(xr::Key::K)] = true;
        visit.frames(1);
        desktop.down = {};
        desktop.pressed = {};
        visit.frames(3);
        REQUIRE(visit.client->state().show_palette);
        desktop.typed = "hide";
        visit.frames(1);
        desktop.typed.clear();
        visit.frames(1);
        CHECK(visit.flags("left") == scene::kHighlight); // nothing of it went to the keys of the scene
        press(xr::Key::Enter);
        CHECK((visit.flags("left") & scene::kHidden) != 0);
        CHECK_FALSE(visit.client->state().show_palette);
    }

    TEST_CASE("who may not operate machines is told so, and looks as before") {
        Visit visit;
        visit.options.settings.rights = "none";
        if (!visit.begin(HostKind::Offscreen)) return;
        CHECK(call(visit, "alarm.acknowledge", R"({"alarm":"a"})") ==
              "refused: alarm.acknowledge: it needs the right \"operate\", which you do not have here");
        CHECK(call(visit, "view.hide", R"({"part":"left"})") == "true");
    }
}
