// SPDX-License-Identifier: Apache-2.0
// A foreign edge node moves a machine on the picture, dies and is born again; the program is asked from outside, as a
// user asks it. The pictures are compared pixel by pixel.
#include "base/file.h"
#include "base/format.h"
#include "tests/app/picture.h"
#include "tests/app/program.h"
#include "tests/support/paths.h"
#include "tests/twin/net.h"

#include <doctest/doctest.h>

#include <filesystem>

using namespace pw;
using namespace pw::test;

namespace {

// Two robots side by side, each of an edge node of its own. No sun: a shadow would change pixels beside its part.
std::string two_robots() {
    const auto robot = [](const char* id, double x) {
        return formatted(R"({{"id": "{0}", "title": "{0}", "level": "unit", "model": "robot",
            "placement": {{"position_m": [{1}, 0, 0]}},
            "tags": [{{"id": "j1", "title": "Axis", "source": "plant/{0}/robot/J1", "unit": "deg"}},
                     {{"id": "state", "title": "State", "source": "plant/{0}/robot/State", "state": true}}],
            "bindings": [{{"tag": "j1", "node": "Joint3", "property": "rotation", "axis": [1, 0, 0]}}]}})",
                         id, x);
    };
    return formatted(R"({{"format": "plantwalk-plant", "version": 1, "name": "Two robots",
        "models": {{"robot": "palletizer.glb"}}, "equipment": [{}, {}],
        "viewpoints": [{{"id": "front", "title": "Front", "eye_m": [0, 1.8, 6], "target_m": [0, 1.2, 0], "fov_y_deg": 50}}],
        "environment": {{"sun_lux": 0}}}})",
                     robot("left", -1.6), robot("right", 1.6));
}

struct Plant {
    TempFolder folder;
    std::unique_ptr<TestBroker> broker = TestBroker::start();
    std::optional<ForeignNode> left, right;
    std::optional<Program> program;

    bool start() {
        if (!broker) return false;
        left = ForeignNode::start(*broker, "plant", "left");
        right = ForeignNode::start(*broker, "plant", "right");
        if (!left || !right) return false;
        REQUIRE(write_text(folder / "plant.json", two_robots()));
        std::filesystem::copy_file(source_dir() / "assets/models/palletizer.glb", folder / "palletizer.glb");
        REQUIRE(make_folders(folder / "config/plantwalk"));
        REQUIRE(write_text(folder / "config/plantwalk/settings.json", R"({"labels": false, "validation": true})"));
        program.emplace(folder, std::vector<std::string>{"run", folder / "plant.json", "--host", "offscreen",
                                                         "--broker", broker->broker->url()});
        REQUIRE(program->eventually_status([](const auto& s) { return s["settled"] == true; }));
        REQUIRE(ask({"view.go_to", "viewpoint=front"}));
        REQUIRE(ask({"panel.tree"})); // it tells of a machine's state too
        return true;
    }
    bool ask(const std::vector<std::string>& words) { return program->ask(words)["ok"] == true; }
    Picture picture() { return without_status_bar(photo(*program, folder)); }
    // The pixels that this part, and nothing else, is drawn to.
    Mask drawn(const std::string& part, const Picture& with) {
        REQUIRE(ask({"view.hide", "part=" + part}));
        const Mask mask = differing(with, picture());
        REQUIRE(ask({"view.show_all"}));
        return mask;
    }
    nlohmann::json value(const std::string& tag) { return program->ask({"twin.values"})["result"][tag]; }
    bool reaches(const std::string& tag, double number, const char* quality) {
        return eventually([&] {
            const auto state = value(tag);
            return state.is_object() && state["value"] == number && state["quality"] == quality;
        });
    }
};

} // namespace

TEST_SUITE("app/foreign_picture [net] [gpu]") {
    TEST_CASE("a foreign node's data turns a joint, and exactly those pixels change") {
        Plant plant;
        if (!plant.start()) return;
        const std::string arm = "left:palletizer.glb/Palletizer/Joint1/Joint2/Joint3";
        const Picture before = plant.picture();
        CHECK(size_of(differing(before, plant.picture())) == 0); // nothing else moves
        const Mask drawn_before = plant.drawn(arm, before);
        plant.left->say("ddata 10 35");
        REQUIRE(plant.reaches("left.j1", 35.0, "GOOD"));
        const Picture after = plant.picture();
        const Mask drawn_after = plant.drawn(arm, after);
        const Mask changed = differing(before, after), arm_pixels = either(drawn_before, drawn_after);
        MESSAGE(size_of(changed), " pixels changed; the arm covers ", size_of(drawn_before), " before and ",
                size_of(drawn_after), " after, of ", changed.size());
        CHECK(outside(changed, arm_pixels) == 0);
        CHECK(size_of(changed) > size_of(drawn_before) / 2);
        CHECK(size_of(arm_pixels) < static_cast<long>(changed.size()) / 4);
        // Nothing to the right of the middle, where the other robot stands.
        for (std::size_t i = 0; i < changed.size(); ++i)
            if (i % before.width > before.width / 2 && changed[i]) FAIL("the other robot changed");
    }

    TEST_CASE("a killed node's machine looks stale and the other's does not change; each birth restores it") {
        Plant plant;
        if (!plant.start()) return;
        const Picture good = plant.picture();
        const Mask left = plant.drawn("left", good), right = plant.drawn("right", good);
        for (int death = 1; death <= 2; ++death) { // the foreign node's bdSeq is the same in every life
            CAPTURE(death);
            plant.left->process.kill();
            REQUIRE(plant.reaches("left.j1", 0.0, "STALE"));
            CHECK(plant.value("right.j1")["quality"] == "GOOD");
            const auto machines = plant.program->status()["machines"];
            CHECK(machines["left"] == "STALE");
            CHECK(machines["right"] == "GOOD");
            const Picture stale = plant.picture();
            const Mask changed = differing(good, stale);
            MESSAGE(size_of(changed), " of the machine's ", size_of(left), " pixels changed, colourfulness ",
                    saturation(good, left), " to ", saturation(stale, left));
            CHECK(outside(changed, left) == 0);
            CHECK(size_of(changed) > size_of(left) / 2);
            CHECK(saturation(stale, left) < saturation(good, left) / 2);
            CHECK(saturation(stale, right) == saturation(good, right));
            plant.left = ForeignNode::start(*plant.broker, "plant", "left");
            REQUIRE(plant.reaches("left.j1", 0.0, "GOOD"));
            CHECK(size_of(differing(good, plant.picture())) == 0);
        }
    }
}
