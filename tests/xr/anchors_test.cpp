// SPDX-License-Identifier: Apache-2.0
// Anchors of a runtime that has XR_FB_spatial_entity: tests/openxr_layer/anchors.cpp, for Monado has none.

#include "base/file.h"
#include "base/process.h"
#include "tests/xr/headset_fixture.h"

#include <doctest/doctest.h>
#include <glm/gtc/quaternion.hpp>

using namespace pw;
using namespace pw::test;

namespace {

const Pose kPlace{{0.5, 1.0, -1.25}, glm::angleAxis(0.6f, Vec3(0.f, 1.f, 0.f))};

// A room with what its runtime remembers; one headset after the other is put on in it.
struct Room {
    std::string folder = *make_temp_folder("pw-anchors-");
    Room() {
        set_environment("PW_XR_OFFER", "anchors");
        set_environment("PW_XR_ANCHORS_FILE", join_path(folder, "anchors"));
    }
    ~Room() {
        for (const char* name : {"PW_XR_OFFER", "PW_XR_ANCHORS_FILE", "PW_XR_ANCHORS_MOVED"}) set_environment(name, "");
        remove_folder(folder);
    }
    std::string kept() const { return read_text(join_path(folder, "anchors")).value_or(""); }
};

HeadsetTestOptions with_faults() {
    HeadsetTestOptions options;
    options.fault_layer = true;
    return options;
}

xr::Anchors& anchors_of(HeadsetTest& test) {
    REQUIRE(test.reach("FOCUSED"));
    REQUIRE(test.client().host().anchors() != nullptr);
    return *test.client().host().anchors();
}

Result<std::string> made(HeadsetTest& test, xr::Anchors& anchors) {
    std::optional<Result<std::string>> out;
    REQUIRE(test.client().run_until([&] { return (out = anchors.take_made()).has_value(); }));
    CHECK_FALSE(anchors.making());
    return *out;
}

bool found(HeadsetTest& test, const xr::Anchors& anchors, const std::string& uuid, const DVec3& moved) {
    return test.client().run_until([&] {
        const auto at = anchors.origin_from_anchor(uuid);
        return at && glm::length(at->position - kPlace.position - moved) < 1e-3 &&
               std::abs(glm::dot(at->orientation, kPlace.orientation)) > 0.9999f;
    });
}

} // namespace

TEST_SUITE("xr/anchors [xr]") {
    TEST_CASE("a place is found again by its uuid in a later session, wherever its origin is then") {
        const Room room;
        std::string uuid;
        {
            HeadsetTest test(with_faults());
            if (!test.ready()) return;
            xr::Anchors& anchors = anchors_of(test);
            anchors.make(kPlace);
            CHECK(anchors.making());
            uuid = made(test, anchors).value_or("");
            CHECK(uuid.size() == 36);
            CHECK(found(test, anchors, uuid, DVec3(0.0)));
            CHECK(test.finish() == "");
        }
        set_environment("PW_XR_ANCHORS_MOVED", "0.25 0 -1");
        HeadsetTest test(with_faults());
        REQUIRE(test.ready());
        xr::Anchors& anchors = anchors_of(test);
        anchors.look_for("00000000-0000-0000-0000-00000000abcd"); // of another room
        anchors.look_for("nonsense");
        anchors.look_for(uuid);
        anchors.look_for(uuid);
        CHECK(found(test, anchors, uuid, {0.25, 0.0, -1.0}));
        CHECK_FALSE(anchors.origin_from_anchor("00000000-0000-0000-0000-00000000abcd"));
        CHECK_FALSE(anchors.origin_from_anchor("nonsense"));

        anchors.erase(uuid);
        CHECK_FALSE(anchors.origin_from_anchor(uuid));
        CHECK(room.kept().empty());
        CHECK(test.client().run_frames(3));
        CHECK(test.finish() == "");
    }

    TEST_CASE("what the runtime cannot keep is said, and the next one is kept") {
        const Room room;
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        xr::Anchors& anchors = anchors_of(test);
        test.inject("ANCHOR_FAILS");
        REQUIRE(test.client().run_frames(2));
        anchors.make(kPlace);
        const auto failed = made(test, anchors);
        REQUIRE_FALSE(failed);
        CHECK(failed.error().what == "xrCreateSpatialAnchorFB: XR_ERROR_SPACE_MAPPING_INSUFFICIENT_FB");
        anchors.make(kPlace);
        CHECK(made(test, anchors));
        CHECK(test.finish() == "");
    }

    TEST_CASE("after a lost session they are found again when they are looked for") {
        const Room room;
        HeadsetTest test(with_faults());
        if (!test.ready()) return;
        xr::Anchors& before = anchors_of(test);
        before.make(kPlace);
        const std::string uuid = made(test, before).value_or("");
        test.inject("SESSION_LOST");
        REQUIRE(test.client().run_until([&] { return test.client().recoveries() == 1; }));
        xr::Anchors& anchors = anchors_of(test);
        CHECK_FALSE(anchors.origin_from_anchor(uuid));
        anchors.look_for(uuid);
        CHECK(found(test, anchors, uuid, DVec3(0.0)));
        CHECK(test.finish() == "");
    }

    TEST_CASE("a headset without them says so") {
        HeadsetTest test(with_faults()); // the extensions are there, and this headset does not support them
        if (!test.ready()) return;
        REQUIRE(test.reach("FOCUSED"));
        CHECK(test.client().host().anchors() == nullptr);
        CHECK(test.finish() == "");
    }
}
