// SPDX-License-Identifier: Apache-2.0
#include "plant/plant.h"

#include "base/file.h"
#include "tests/plant/plant_support.h"
#include "tests/support/paths.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pw::plant {
namespace {

using test::documented_example;
using test::problems_of;
using test::replaced;

constexpr const char* kSmallest = R"({"format": "plantwalk-plant", "version": 1, "name": "Empty"})";

Plant example() {
    Reports problems;
    Result<Plant> plant = parse_plant(documented_example(), "folder/plant.json", problems);
    REQUIRE_MESSAGE(plant, (plant ? "" : plant.error().what));
    return std::move(*plant);
}

// What the reader says about the example with one place changed.
std::string after(const std::string& from, const std::string& to) {
    return problems_of(replaced(documented_example(), from, to));
}

} // namespace

TEST_SUITE("plant/reader") {
    TEST_CASE("the documented example is read as it is written") {
        const Plant plant = example();
        CHECK(plant.name == "A small bottling plant");
        REQUIRE(plant.models.size() == 5);
        CHECK(plant.models[0].id == "arm");
        CHECK(plant.models[0].file == "folder/models/arm.glb");
        REQUIRE(plant.scenery.size() == 1);
        REQUIRE(plant.scenery[0].placement.rotation);
        CHECK(plant.scenery[0].placement.rotation->w == doctest::Approx(0.7071068));
        CHECK(plant.scenery[0].placement.rotation->y == doctest::Approx(0.7071068));

        REQUIRE(plant.equipment.size() == 3);
        const Equipment& line = plant.equipment[0];
        CHECK(line.level == Level::Line);
        CHECK(line.parent == kNoEquipment);
        CHECK(line.placement.position_m == DVec3(4, 0, -2));
        CHECK(line.placement.yaw_deg == 90.0);
        const Equipment& robot = plant.equipment[1];
        CHECK(robot.parent == 0);
        CHECK(robot.title == "Palletising robot");
        CHECK(robot.simulation == R"({"plays":"arm","cycle_s":7.5})");
        REQUIRE(robot.items.size() == 1);
        CHECK(robot.items[0].attach == "Gripper");

        REQUIRE(robot.markers.size() == 1);
        CHECK(robot.markers[0].family == MarkerFamily::Tag36h11);
        CHECK(robot.markers[0].id == 7);
        CHECK(robot.markers[0].size_m == 0.12);
        CHECK(robot.markers[0].position_m == DVec3(0.3, 0.6, 0));
        CHECK(robot.markers[0].rotation.y == doctest::Approx(0.7071068));

        REQUIRE(robot.tags.size() == 7);
        CHECK(robot.tags[0].role == TagRole::State);
        CHECK(robot.tags[1].low == -180.0);
        CHECK(robot.tags[2].title == "speed"); // none given: the id
        CHECK(robot.tags[4].source == "Packing/Robot//Heartbeat");
        CHECK(robot.tags[4].period_s == 5.0);

        const Tag& speed = plant.equipment[2].tags.back();
        CHECK(speed.source == "mqtt:packing/belt/drive#/speed");
        CHECK(speed.set == "packing/belt/drive/set#/speed");
        REQUIRE(plant.topics.size() == 1);
        const TopicRule& rule = plant.topics[0];
        CHECK(rule.filter == "packing/+/#");
        CHECK(rule.value == "v");
        CHECK(rule.time == "meta/at");
        CHECK(rule.quality == "q");
        CHECK(rule.alive == "packing/+/status#/online");

        CHECK(plant.viewpoints.at(0).fov_y_deg == 55.0);
        CHECK(plant.environment.file == "folder/environments/hall.hdr");
        CHECK(plant.environment.sun_lux == 40000.0);
        CHECK(plant.start_m == DVec3(8, 0, 6));
        CHECK(plant.start_yaw_deg == 30.0);
    }

    TEST_CASE("bindings keep their map, axis and text") {
        const std::vector<Binding> b = example().equipment[1].bindings;
        REQUIRE(b.size() == 5);
        CHECK(b[0].property == Property::Rotation);
        CHECK(b[0].map == MapKind::Identity);
        CHECK(b[0].smooth_s == 0.1);
        CHECK(b[1].map == MapKind::Linear);
        CHECK(b[1].axis == Vec3(0, 1, 0));
        CHECK(b[1].points.at(1).out == 9e7);
        CHECK(b[1].modulo == 360.0);
        CHECK(b[2].map == MapKind::Table);
        CHECK(b[2].points.at(1).in_text == "HELD");
        CHECK(b[2].points.at(1).out_text == "#f0a000");
        CHECK(b[2].otherwise->out_text == "#606060");
        CHECK(b[3].node == "load:");
        CHECK(b[4].tag == "robot.speed");
        CHECK(b[4].format == "{:.0f} %");
    }

    TEST_CASE("items on a path keep their nodes, models and lanes") {
        const Equipment belt = example().equipment.at(2);
        const Binding& items = belt.bindings.at(0);
        CHECK(items.property == Property::Items);
        CHECK(items.node == "Top");
        CHECK(items.items.path == std::vector<std::string>{"Path_00", "Path_01", "Path_02"});
        REQUIRE(items.items.models.size() == 3);
        CHECK(items.items.models[1].type == "full");
        CHECK(items.items.models[2].type == "crate");
        CHECK(items.items.models[2].from == 0.6);
        CHECK(item_models(items.items) == std::vector<std::string_view>{"crate", "arm"});
        CHECK(items.items.count == 30);
        CHECK(items.items.lanes == 2);
        CHECK(items.items.lane_pitch_m == 0.5);
        CHECK(items.smooth_s == 0.5);
        CHECK(belt.bindings.at(1).wrap_in == 1.0);
        CHECK(belt.bindings.at(2).property == Property::Clip);
        CHECK(belt.bindings.at(2).otherwise->out_text == "Idle");

        Reports problems;
        const std::string json = replaced(documented_example(), R"("path": ["Path_00", "Path_01", "Path_02"],)", "");
        const Result<Plant> plant = parse_plant(json, "plant.json", problems);
        REQUIRE(plant);
        CHECK(plant->equipment[2].bindings[0].items.path == std::vector<std::string>{"Infeed", "Outfeed"});
    }

    TEST_CASE("an axis gets unit length, and a scale without one is the same on all axes") {
        std::string json = replaced(documented_example(), R"("axis": [0, 1, 0])", R"("axis": [0, 0, -25])");
        json = replaced(json, R"("property": "visible")", R"("property": "scale")");
        Reports problems;
        const Result<Plant> plant = parse_plant(json, "plant.json", problems);
        REQUIRE(plant);
        CHECK(plant->equipment[1].bindings[0].axis == Vec3(0, 0, -1));
        CHECK(plant->equipment[1].bindings[3].axis == Vec3(1, 1, 1));
    }

    TEST_CASE("the smallest plant is one with a name") {
        Reports problems;
        const Result<Plant> plant = parse_plant(kSmallest, "plant.json", problems);
        REQUIRE(plant);
        CHECK(plant->equipment.empty());
        CHECK(plant->environment.file.empty());
        CHECK(std::isnan(plant->start_m.x));
        std::string turned(kSmallest);
        turned.insert(turned.rfind('}'), R"(, "start": {"yaw_deg": 30})");
        const Result<Plant> nowhere = parse_plant(turned, "plant.json", problems);
        REQUIRE(nowhere);
        CHECK(std::isnan(nowhere->start_m.x)); // a direction is no place
    }

    TEST_CASE("a placement turns counter-clockwise seen from above") {
        const Affine a = to_affine(Placement{.position_m = {1, 2, 3}, .yaw_deg = 90.0, .rotation = {}, .scale = 2.0});
        const DVec3 p = transform_point(a, {1, 0, 0}); // +X goes to −Z
        CHECK(p.x == doctest::Approx(1.0));
        CHECK(p.y == doctest::Approx(2.0));
        CHECK(p.z == doctest::Approx(1.0));
    }

    TEST_CASE("equipment is found by its id and tags are named by both") {
        const Plant plant = example();
        CHECK(find_equipment(plant, "robot") == 1);
        CHECK(find_equipment(plant, "Robot") == kNoEquipment);
        CHECK(tag_name(plant, 1, plant.equipment[1].tags[1]) == "robot.j1");
    }
}

TEST_SUITE("plant/problems") {
    TEST_CASE("what is no JSON is told with its line and column") {
        CHECK(problems_of("{\n  \"format\": plant\n}").starts_with(": folder/plant.json:2:13: not JSON: "));
        CHECK(problems_of("").starts_with(": folder/plant.json:1:1: not JSON: "));
        CHECK(problems_of(std::string(kSmallest) + " x").contains("plant.json:1:62: not JSON"));
        CHECK(problems_of("{\"name\": 1e999}").contains("plant.json:1:"));
        CHECK(problems_of("{\"name\": \"\xff\"}").contains("plant.json:1:11: not JSON"));
    }

    TEST_CASE("a file of another format or a newer version gets one sentence") {
        CHECK(problems_of("{}") ==
              ": folder/plant.json: this is no plant file: it does not begin with \"format\": \"plantwalk-plant\"\n");
        CHECK(problems_of("[]").contains("this is no plant file"));
        CHECK(problems_of(R"({"format": "plantwalk-plant", "version": 2, "surprise": 1})") ==
              ": folder/plant.json: made for a newer Plantwalk: its version is 2, this program reads version 1\n");
        CHECK(problems_of(R"({"format": "plantwalk-plant", "version": "1", "name": "n"})").starts_with("/version: "));
    }

    TEST_CASE("an unknown key is refused with what was probably meant") {
        CHECK(after("\"scenery\"", "\"scenry\"") == "/scenry: this key is not known; did you mean \"scenery\"?\n");
        CHECK(after("\"title\": \"State\"", "\"colour\": 1")
                  .starts_with("/equipment/0/children/0/tags/0/colour: this key is not known; known here: id, title,"));
        CHECK(after("\"$schema\"", "\"a/b~c\"").starts_with("/a~1b~0c: this key is not known"));
    }

    TEST_CASE("a key given twice is told") {
        CHECK(after("\"scale\": 1", "\"scale\": 1, \"scale\": 2") ==
              "/scenery/0/placement/scale: this key stands here twice\n");
        CHECK(after("\"version\": 1,", "\"version\": 1, \"start\": {\"a\": [{\"b\": 1}]},")
                  .contains("/start: this key stands here twice"));
    }

    TEST_CASE("a value of the wrong type, out of range or missing is told in words") {
        CHECK(after("\"yaw_deg\": 90", "\"yaw_deg\": \"90\"") ==
              "/equipment/0/placement/yaw_deg: must be a number, not \"90\" (degrees about +Y, counter-clockwise seen "
              "from above)\n");
        CHECK(after("\"fov_y_deg\": 55", "\"fov_y_deg\": 180") ==
              "/viewpoints/0/fov_y_deg: must be at most 170, is 180 (vertical field of view in degrees)\n");
        CHECK(after("[4, 0, -2]", "[4, 0]")
                  .contains("/equipment/0/placement/position_m: must have at least 3 entries, has 2"));
        CHECK(after("[4, 0, -2]", "[4, 0, null]")
                  .contains("/equipment/0/placement/position_m/2: must be a number, not null"));
        CHECK(
            after("\"level\": \"line\"", "\"level\": \"factory\"") ==
            "/equipment/0/level: must be one of \"site\", \"area\", \"line\", \"cell\", \"unit\", not \"factory\" (its "
            "level in ISA-95)\n");
        CHECK(after(", \"source\": \"Packing/Robot/Arm/Holds\"", "") ==
              "/equipment/0/children/0/tags/3: \"source\" is missing (group/node/device/metric as Sparkplug has it; "
              "group/node//metric for a metric of the node itself; opcua:/Names/On/The/Way (32 at most) or "
              "opcua:nsu=URI;s=ID for "
              "OPC UA; mqtt:TOPIC or mqtt:TOPIC#/MEMBER for a topic with a value or JSON)\n");
        CHECK(after("packing/belt/drive/set#/speed", "packing/+/set")
                  .contains("/equipment/0/children/1/tags/3/set: \"packing/+/set\" is not of the form asked for"));
        for (const char* place : {"mqtt:packing/belt/drive#/speed", "packing/belt/drive/set#/speed", "packing/+/#"})
            CHECK(after(place, std::string(place).insert(8, "\\u0000")).contains("is not of the form asked for"));
        CHECK(after("mqtt:packing/belt/drive#/speed", "Packing/Robot/Belt/Speed")
                  .starts_with("/equipment/0/children/1/tags/3/set: is for a tag with an mqtt: source"));
        CHECK(after("packing/+/status#/online", "+/+/status")
                  .starts_with("/topics/0/alive: has more '+' than the filter"));
        CHECK(after("Packing/Robot/Arm/Speed", "mqtt:speed")
                  .starts_with("/equipment/0/children/0/tags/2/simulated: a simulated tag is published as Sparkplug"));
        CHECK(after("\"period_s\": 5", "\"period_s\": 0").contains("period_s: must be more than 0, is 0"));
        CHECK(after("\"state\": true", "\"state\": 1").contains("tags/0/state: must be true or false, not 1"));
        CHECK(after("\"name\": \"A small bottling plant\"", "\"name\": \"\"").contains("/name: must not be empty"));
        CHECK(after("Packing/Robot/Arm/J1", "Packing/Robot/J1")
                  .contains("tags/1/source: \"Packing/Robot/J1\" is not of the form"));
        CHECK(after("\"id\": \"robot\"", "\"id\": \"the robot\"")
                  .contains("/children/0/id: \"the robot\" is not of the form"));
    }

    TEST_CASE("a rotation is given once and is one") {
        CHECK(after("\"scale\": 1", "\"yaw_deg\": 3")
                  .contains("/scenery/0/placement: give yaw_deg or rotation, not both"));
        CHECK(after("0.7071068]", "0.5]").contains("/scenery/0/placement/rotation: is no unit quaternion"));
        CHECK(after("\"placement\": {\"position_m\": [4, 0, -2], \"yaw_deg\": 90}", "\"placement\": 3") ==
              "/equipment/0/placement: must be an object, not 3\n");
    }

    TEST_CASE("a marker is one of its family, on one machine, and as large as it is") {
        const std::string at = "/equipment/0/children/0/markers/0";
        CHECK(after("\"id\": 7,", "\"id\": 587,") == at + "/id: tag36h11 has the markers 0 to 586\n");
        CHECK(after("\"tag36h11\", \"id\": 7,", "\"tagStandard41h12\", \"id\": 587,").empty());
        CHECK(after("tag36h11", "tag25h9").starts_with(at + "/family: must be one of"));
        CHECK(after("\"size_m\": 0.12", "\"size_m\": 0").starts_with(at + "/size_m: "));
        CHECK(after("[0.3, 0.6, 0], \"yaw_deg\": 90", "[0.3, 0.6, 0], \"scale\": 2")
                  .starts_with(at + "/placement/scale: this key is not known"));
        CHECK(after("[0.3, 0.6, 0], \"yaw_deg\": 90", "[0.3, 0.6, 0], \"rotation\": [0, 0, 0, 0.5]")
                  .starts_with(at + "/placement/rotation: is no unit quaternion"));
        const std::string marker = R"({"family": "tag36h11", "id": 7, "size_m": 0.1, "placement": {}})";
        CHECK(after("\"markers\": [", "\"markers\": [" + marker + ", ") ==
              "/equipment/0/children/0/markers/1/id: this marker is on another machine, or elsewhere on this one\n");
        CHECK(after("\"level\": \"line\",", "\"level\": \"line\", \"markers\": [" + marker + "],").contains(at));
    }

    TEST_CASE("names are unique where they must be") {
        CHECK(after("\"name\": \"hall\"", "\"name\": \"robot\"")
                  .contains("/children/0/id: there is another scenery or equipment called \"robot\""));
        CHECK(after("\"id\": \"speed\"", "\"id\": \"j1\"")
                  .contains("tags/2/id: there is another tag of this equipment called \"j1\""));
        CHECK(after("\"state\": true}", "\"state\": true}, {\"id\": \"s2\", \"source\": \"a/b/c/d\", \"state\": true}")
                  .contains("tags/1: a machine has one state tag only"));
    }

    TEST_CASE("a reference leads somewhere") {
        CHECK(after("\"model\": \"arm\"", "\"model\": \"leg\"")
                  .contains("/children/0/model: there is no model \"leg\" in \"models\""));
        CHECK(after("\"tag\": \"j1\"", "\"tag\": \"j7\"").contains("bindings/0/tag: this equipment has no tag \"j7\""));
        CHECK(after("\"tag\": \"robot.speed\"", "\"tag\": \"packing.speed\"")
                  .contains("bindings/4/tag: there is no tag \"packing.speed\""));
        CHECK(after("\"node\": \"load:\"", "\"node\": \"lod:\"")
                  .contains("bindings/3/node: this equipment has no item \"lod\""));
        const std::string no_model = after("\"model\": \"arm\",", "");
        CHECK(no_model.contains("bindings/0/node: this equipment has no model"));
        CHECK(no_model.contains("items/0/attach: this equipment has no model"));
        CHECK_FALSE(no_model.contains("bindings/3/node")); // an item has its own
    }

    TEST_CASE("the hierarchy goes downwards") {
        CHECK(after("\"level\": \"unit\"", "\"level\": \"line\"")
                  .contains("/children/0/level: a line cannot be part of a line"));
        CHECK(after("\"level\": \"line\"", "\"level\": \"unit\"").empty()); // units may be made of units
        CHECK(after("\"level\": \"unit\"", "\"level\": \"site\"").contains("a site cannot be part of a line"));
    }

    TEST_CASE("a binding's map fits its property") {
        CHECK(after("{\"in\": 1000000, \"out\": 90000000}", "{\"in\": 0, \"out\": 90000000}")
                  .contains("points/1/in: must be more than the point before has"));
        CHECK(
            after("{\"in\": 0, \"out\": 0}, ", "").contains("bindings/1/points: must have at least 2 entries, has 1"));
        CHECK(after("{\"in\": 1000000, \"out\": 90000000}", "{\"in\": \"full\", \"out\": 90000000}")
                  .contains("points/1/in: must be a number"));
        CHECK(after("{\"in\": \"HELD\"", "{\"in\": \"EXECUTE\"")
                  .contains("bindings/2/points/1/in: stands in this table twice"));
        CHECK(after("#f0a000", "amber").contains("bindings/2/points/1/out: \"amber\" is not of the form"));
        CHECK(after("\"otherwise\": {\"out\": \"#606060\"}", "\"otherwise\": {\"out\": 3}")
                  .contains("bindings/2/otherwise/out: must be text, not 3"));
        CHECK(after("\"property\": \"text\"", "\"property\": \"text\", \"map\": \"linear\", \"points\": [{\"in\": 0, "
                                              "\"out\": 1}, {\"in\": 1, \"out\": 2}]")
                  .contains("bindings/4/map: must be one of \"identity\", \"table\", not \"linear\""));
        CHECK(after("\"map\": \"linear\"", "\"map\": \"identity\"")
                  .contains("bindings/1: \"points\" belong to a map that is linear or a table"));
        CHECK(after("\"property\": \"visible\"", "\"property\": \"visible\", \"axis\": [0, 1, 0]")
                  .contains("bindings/3/axis: an axis belongs to rotation, translation or scale"));
        CHECK(after("\"property\": \"visible\"", "\"property\": \"visible\", \"format\": \"{}\"")
                  .contains("format: a format belongs to text"));
        for (const char* axis : {"0, 0, 0", "1e-200, 0, 0", "0, 9e-7, 0", "1e200, 0, 0"})
            CHECK(after("\"axis\": [0, 1, 0]", "\"axis\": [" + std::string(axis) + "]")
                      .contains("bindings/0/axis: is too short for a direction, or too long"));
        CHECK(after("{:.0f} %", "{:.0f} of {}").contains("bindings/4/format: must have one {} or {:.2f}"));
        for (const char* bad : {"{:x}", "{", "}{", "{{}}", "{0}", "{:.f}", "{:123}", "{:00}", "{:.2d}", "none"})
            CHECK_MESSAGE(after("{:.0f} %", bad).contains("bindings/4/format: must have one"), bad);
        for (const char* good : {"{}", "a {:d} b", "{:+.1f}", "{:05.2f}", "{:8}"})
            CHECK_MESSAGE(after("{:.0f} %", good).empty(), good);
    }

    TEST_CASE("what belongs to items or a clip fits it") {
        const char* const items = "\"property\": \"items\",";
        const auto with = [&](const std::string& more) { return after(items, items + more); };
        CHECK(after("\"crate\": \"crate\", \"full\": \"crate\"", "\"full\": \"crade\"")
                  .contains("/bindings/0/models/full: there is no model \"crade\""));
        CHECK(after(R"("models": {"crate": "crate", "full": "crate"}, )", "").contains("\"models\" is missing"));
        CHECK(with("\"map\": \"identity\",").contains("bindings/0/map: items come as they are"));
        CHECK(with("\"wrap_in\": 2,").contains("bindings/0/wrap_in: wrap_in belongs to rotation"));
        CHECK(with("\"axis\": [1, 0, 0],").contains("bindings/0/axis: an axis belongs to"));
        CHECK(after("\"turns\": {\"crate\"", "\"turns\": {\"crade\"")
                  .contains("bindings/0/turns/crade: \"models\" does not say what it looks like before"));
        CHECK(after("\"from\": 0.6, \"model\": \"arm\"", "\"from\": 0.6, \"model\": \"leg\"")
                  .contains("bindings/0/turns/crate: there is no model \"leg\""));
        CHECK(after("\"from\": 0.6", "\"from\": 0").contains("turns/crate/from: must be more than 0"));
        CHECK(after("\"count\": 30", "\"count\": 2.5").contains("bindings/0/count: must be a multiple of 1, is 2.5"));
        CHECK(after("\"count\": 30", "\"count\": 1e9").contains("bindings/0/count: must be at most 2000"));
        CHECK(after("\"lanes\": 2", "\"lanes\": 0").contains("bindings/0/lanes: must be at least 1"));
        CHECK(after("\"lane_pitch_m\": 0.5, ", "").contains("bindings/0: lanes lie apart"));
        CHECK(after("\"Path_00\", \"Path_01\", \"Path_02\"", "\"Path_00\"").contains("path: must have at least 2"));
        CHECK(after("\"Path_00\"", "\"helper:A\"").empty());
        CHECK(
            after("\"Path_00\"", "\"halper:A\"").contains("bindings/0/path/0: this equipment has no item \"halper\""));
        CHECK(problems_of(replaced(replaced(documented_example(), "\"Path_00\"", "\"helper:A\""),
                                   "\"helper\", \"model\": \"worker\",",
                                   "\"helper\", \"model\": \"worker\", \"attach\": \"Top\","))
                  .contains("bindings/0/path/0: this item moves with what it is attached to"));
        CHECK(after("\"node\": \"Top\"", "\"node\": \"helper:\"").contains("bindings/0/node: items hang on a node"));
        CHECK(after("\"node\": \"Top\", ", "").empty());

        CHECK(after("\"node\": \"Pusher\", ", "").contains("bindings/1: \"node\" is missing (a node of the"));
        CHECK(after("\"wrap_in\": 1", "\"wrap_in\": 0").contains("bindings/1/wrap_in: must be more than 0"));
        CHECK(after("\"wrap_in\": 1", "\"count\": 1").contains("bindings/1/count: a count belongs to items"));

        CHECK(after("\"node\": \"helper:\", ", "").empty());
        CHECK(after("\"helper:\"", "\"helper:Arm\"").contains("bindings/2/node: a clip moves a whole model"));
        CHECK(after("\"Walk\"", "7").contains("bindings/2/points/0/out: must be text, not 7"));
        CHECK(after("\"clip\",", "\"clip\", \"smooth_s\": 1,").contains("bindings/2/smooth_s: only rotation"));
        const std::string no_model = after("\"model\": \"belt\",", "");
        CHECK(no_model.contains("bindings/0/path/1: this equipment has no model that could have a path"));
    }

    TEST_CASE("a plant has a bounded number of slots for items") {
        std::string binding = R"({"tag": "t", "property": "items", "models": {"a": "m"}, "count": 2000})";
        std::string bindings = binding;
        for (int i = 1; i < 10; ++i) bindings += ", " + binding;
        const auto plant = [](const std::string& list) {
            return R"({"format": "plantwalk-plant", "version": 1, "name": "p", "models": {"m": "m.glb"}, "equipment": [
                {"id": "e", "level": "unit", "model": "m", "tags": [{"id": "t", "source": "a/b/c/d"}], "bindings": [)" +
                   list + "]}]}";
        };
        CHECK(problems_of(plant(bindings)).empty());
        CHECK(problems_of(plant(bindings + ", " + binding + ", " + binding)) ==
              "/equipment/0/bindings/10/count: makes more than 20000 slots for items in this plant: one for each model "
              "times \"count\"\n");
    }

    TEST_CASE("all problems are told at once, once each") {
        std::string json = documented_example();
        json = replaced(json, "\"level\": \"line\"", "\"level\": 3");
        json = replaced(json, "\"tag\": \"j1\"", "\"tag\": \"j7\"");
        json = replaced(json, "\"out\": 90000000", "\"out\": \"fast\"");
        const std::string told = problems_of(json);
        CHECK(std::count(told.begin(), told.end(), '\n') == 3);
        Reports problems;
        const Result<Plant> plant = parse_plant(json, "plant.json", problems);
        REQUIRE_FALSE(plant);
        CHECK(plant.error().code == Errc::Malformed);
        CHECK(
            plant.error().what.starts_with("plant.json: 3 problems; the first at /equipment/0/level: must be one of"));
    }

    TEST_CASE("a model's file stays relative and is looked for") {
        CHECK(after("models/arm.glb", "/etc/passwd").contains("/models/arm: \"/etc/passwd\" is not of the form"));
        CHECK(after("models/arm.glb", "http://host/arm.glb").contains("/models/arm: "));
        const Result<std::string> folder = make_temp_folder("pw-plant");
        REQUIRE(folder);
        const std::string file = join_path(*folder, "plant.json");
        REQUIRE(write_text(
            file,
            R"({"format": "plantwalk-plant", "version": 1, "name": "n", "models": {"a/": "a.glb", "b": "b.glb"}})"));
        Reports problems;
        CHECK_FALSE(read_plant(file, problems));
        REQUIRE(write_text(
            file,
            R"({"format": "plantwalk-plant", "version": 1, "name": "n", "models": {"a": "a.glb", "b": "b.glb"}})"));
        REQUIRE(write_text(join_path(*folder, "a.glb"), "glTF"));
        problems = {};
        CHECK(read_plant(file, problems)); // the rest of the plant can be drawn
        REQUIRE(problems.list().size() == 1);
        CHECK(problems.list()[0].where == "/models/b");
        remove_folder(*folder);
        problems = {};
        const Result<Plant> gone = read_plant(file, problems);
        REQUIRE_FALSE(gone);
        CHECK(gone.error().code == Errc::NotFound);
        CHECK(problems.list().size() == 1);
    }
}

TEST_SUITE("plant/hostile") {
    TEST_CASE("a file nested too deep is refused") {
        Reports problems;
        for (const char* open : {"[", "{\"a\":"}) {
            std::string deep;
            for (int i = 0; i < 1'000'000; ++i) deep += open;
            const Result<Plant> plant = parse_plant(deep, "deep.json", problems);
            REQUIRE_FALSE(plant);
            CHECK(plant.error().code == Errc::Exhausted);
        }
    }

    TEST_CASE("a file with too many values or bytes is refused") {
        std::string many = "[0";
        for (int i = 0; i < 1'200'000; ++i) many += ",0";
        Reports problems;
        Result<Plant> plant = parse_plant(many + "]", "many.json", problems);
        REQUIRE_FALSE(plant);
        CHECK(plant.error().code == Errc::Exhausted);
        plant = parse_plant(std::string((16u << 20) + 1, ' '), "big.json", problems);
        REQUIRE_FALSE(plant);
        CHECK(plant.error().code == Errc::Exhausted);
    }

    TEST_CASE("of very many problems the first thousand are told") {
        std::string json = R"({"format": "plantwalk-plant", "version": 1, "name": "n", "scenery": [{})";
        for (int i = 0; i < 200'000; ++i) json += ",{}";
        Reports problems;
        CHECK_FALSE(parse_plant(json + "]}", "plant.json", problems));
        CHECK(problems.list().size() == 1000);
    }

    TEST_CASE("every truncation and every changed byte of the example is answered") {
        const std::string whole = documented_example();
        const std::size_t last_brace = whole.rfind('}'); // what follows is empty
        for (std::size_t size = 0; size <= last_brace; size += 7)
            CHECK_FALSE(problems_of(whole.substr(0, size)).empty());
        for (std::size_t i = 0; i < whole.size(); i += 3) {
            std::string changed = whole;
            changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ 0x15u);
            problems_of(changed);
        }
    }
}

} // namespace pw::plant
