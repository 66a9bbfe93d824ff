// SPDX-License-Identifier: Apache-2.0
#include "app/kept_panels.h"

#include "base/file.h"
#include "tests/app/program.h"

#include <doctest/doctest.h>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

using namespace pw;
using interaction::PanelPlace;
using interaction::PlaceIn;

namespace {

std::string entry(const std::string& name, const std::string& position, const std::string& orientation) {
    return R"({"name":")" + name + R"(","position":)" + position + R"(,"orientation":)" + orientation + "}";
}

struct Read {
    Reports problems;
    std::vector<PanelPlace> places;
    explicit Read(const std::string& panels) {
        const std::string text = R"({"format":"plantwalk-panels","version":1,"panels":[)" + panels + "]}";
        auto read = app::parse_panels(as_bytes(text), problems);
        REQUIRE(read);
        places = std::move(*read);
    }
};

constexpr const char* kAt = "[0.5,1.25,-1]";
constexpr const char* kTurned = "[0,0.6,0,0.8]";

} // namespace

TEST_SUITE("app/kept_panels") {
    TEST_CASE("where panels are is written and read back; what stands in the world, and the card, are not kept") {
        const Pose pose{{0.5, 1.25, -1.0}, Quat(0.8f, 0.f, 0.6f, 0.f)};
        const std::vector<PanelPlace> places{
            {"settings", PlaceIn::User, pose}, {"tree", PlaceIn::World, pose}, {"card", PlaceIn::User, pose}};
        Reports problems;
        const auto read = app::parse_panels(as_bytes(app::panels_text(places)), problems);
        REQUIRE(read);
        CHECK(problems.list().empty());
        REQUIRE(read->size() == 1);
        CHECK(read->front().name == "settings");
        CHECK(read->front().in == PlaceIn::User);
        CHECK(glm::distance(read->front().pose.position, pose.position) < 1e-9);
        CHECK(std::abs(glm::dot(read->front().pose.orientation, pose.orientation)) > 0.999999f);
    }

    TEST_CASE("whatever is written is read back, however far somebody walked") {
        std::vector<PanelPlace> places;
        for (const auto& [name, z] : {std::pair("settings", -25.0), {"tree", 999.0}, {"parts", 5e4}})
            places.push_back({name, PlaceIn::User, {{0.5, 1.25, z}, kNoRotation}});
        Reports problems;
        const auto read = app::parse_panels(as_bytes(app::panels_text(places)), problems);
        REQUIRE(read);
        CHECK(problems.list().empty());
        CHECK(read->size() == 2);
    }

    TEST_CASE("one wrong entry is named, and the others count") {
        struct {
            const char *wrong, *says;
        } const cases[] = {
            {"7", "name"},
            {R"({"position":[0,1,-1]})", "name"},
            {R"({"name":"menu2","position":[0,1,-1],"orientation":[0,0,0,1]})", "name"},
            {R"({"name":"status","position":[0,1,-1],"orientation":[0,0,0,1]})", "name"}, // cannot be moved
            {R"({"name":"help","position":[0,1],"orientation":[0,0,0,1]})", "position"},
            {R"({"name":"help","position":[0,1,-1001],"orientation":[0,0,0,1]})", "position"},
            {R"({"name":"help","position":[0,1,"a"],"orientation":[0,0,0,1]})", "position"},
            {R"({"name":"help","position":[0,1,-1],"orientation":[0,0,1]})", "orientation"},
            {R"({"name":"help","position":[0,1,-1],"orientation":[0,0,0,0]})", "orientation"},
            {R"({"name":"tree","position":[0,1,-1],"orientation":[0,0,0,1]})", "twice"},
        };
        for (const auto& c : cases) {
            CAPTURE(c.wrong);
            const Read read(entry("tree", kAt, kTurned) + "," + c.wrong + "," + entry("settings", kAt, kTurned));
            REQUIRE(read.problems.list().size() == 1);
            CHECK(read.problems.list()[0].where == "/panels/1");
            CHECK(read.problems.list()[0].what.contains(c.says));
            CHECK(read.places.size() == 2);
        }
    }

    TEST_CASE("what is no such file is refused, and a missing one has no places") {
        Reports problems;
        for (const char* text : {"", "[]", "{", R"({"format":"plantwalk-panels"})", R"({"format":"x","panels":[]})",
                                 R"({"format":"plantwalk-panels","version":99,"panels":[]})",
                                 R"({"format":"plantwalk-panels","panels":[[[[[[[[[[[[1]]]]]]]]]]]]})"})
            CHECK_FALSE(app::parse_panels(as_bytes(text), problems));
        const test::TempFolder folder;
        CHECK(app::read_panels(folder / "none.json", problems).value().empty());
        CHECK(problems.list().empty());
        REQUIRE(write_text(folder / "bad.json", "nonsense"));
        CHECK_FALSE(app::read_panels(folder / "bad.json", problems));
        REQUIRE(problems.list().size() == 1);
        CHECK(problems.list()[0].where.contains("bad.json"));
    }
}
