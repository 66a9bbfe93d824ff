// SPDX-License-Identifier: Apache-2.0
// A machine's model is laid on the real one: by points and by markers, and what becomes of that as the headset's space
// moves. Everything is exact in these tests that is not said to be otherwise.
#include "app/ar_solve.h"
#include "base/file.h"
#include "base/format.h"
#include "base/json.h"
#include "tests/app/plantroom.h"
#include "tests/registration/tag_picture.h"

#include <array>
#include <bit>
#include <cmath>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::test;
using namespace pw::registration;

namespace {

bool same_bits(const interaction::Stance& a, const interaction::Stance& b) {
    const auto bits = [](const interaction::Stance& s) {
        return std::bit_cast<std::array<std::uint64_t, 10>>(std::array{s.position.x, s.position.y, s.position.z,
                                                                       s.yaw_rad, s.scale, s.lift_m, s.tilt.w, s.tilt.x,
                                                                       s.tilt.y, s.tilt.z});
    };
    return bits(a) == bits(b);
}

// A camera walks past the machine: pictures of its two markers, and the file that names them.
std::string write_sequence(const Plantroom& room, const std::string& name, unsigned first_id) {
    pw::registration::test::Luck luck(5);
    const Intrinsics lens = pw::registration::test::small_camera(false);
    const auto declared = app::to_markers(room.plant.equipment[0].markers);
    JsonWriter w;
    w.begin_object().member("format", "plantwalk-camera").member("version", 1);
    w.key("lens").begin_object().member("width", lens.width).member("height", lens.height);
    w.member("fx", lens.fx).member("fy", lens.fy).member("cx", lens.cx).member("cy", lens.cy).end_object();
    w.key("frames").begin_array();
    for (int i = 0; i < 3; ++i) {
        // Before the markers' middle, looking at it with y down, from a little left to a little right.
        const double aside = 0.5 * (i - 1);
        const Rigid asset_from_camera{{-0.1 + aside, 1.1, 2.0},
                                      glm::normalize(glm::angleAxis(std::atan2(aside, 1.5), DVec3(0, 1, 0)) *
                                                     glm::angleAxis(std::numbers::pi, DVec3(1, 0, 0)))};
        const Rigid origin_from_camera = room.origin_from_press * asset_from_camera;
        pw::registration::test::Scene picture{.lens = lens, .tags = {}};
        for (std::size_t m = 0; m < declared.size(); ++m)
            picture.tags.push_back({declared[m].family, m == 0 ? first_id : declared[m].id, declared[m].size_m,
                                    inverse(asset_from_camera) * declared[m].asset_from_marker});
        const GreyImage image = picture_of(picture, luck);
        const std::string file = formatted("{}-{}.pgm", name, i);
        std::string pgm = formatted("P5\n{} {}\n255\n", image.width, image.height);
        pgm.append(reinterpret_cast<const char*>(image.pixels.data()), image.pixels.size());
        REQUIRE(write_text(room.folder / file, pgm));
        const DVec3& p = origin_from_camera.translation;
        const glm::dquat& q = origin_from_camera.rotation;
        w.begin_object().member("time_s", 0.1 * i).member("image", file).key("world_from_camera").begin_object();
        w.key("position_m").begin_array().value(p.x).value(p.y).value(p.z).end_array();
        w.key("rotation").begin_array().value(q.x).value(q.y).value(q.z).value(q.w).end_array().end_object();
        w.member("position_sd_m", 0.001).member("rotation_sd_rad", 0.0005).end_object();
    }
    const std::string file = room.folder / (name + ".json");
    REQUIRE(write_text(file, w.end_array().end_object().take()));
    return file;
}

} // namespace

TEST_SUITE("app/ar_registration") {
    TEST_CASE("the model comes to lie where the points were touched, tilt and all, and no content moves") {
        for (const double tilt_deg : {0.0, 0.3}) {
            CAPTURE(tilt_deg);
            Plantroom room;
            room.origin_from_press.rotation = turn(140.0, tilt_deg);
            const Affine before = room.scene.world({0});
            CHECK_FALSE(room.ar->stance(room.scene));
            room.register_press();
            // Half a degree of tilt is assumed to be likely: a third of one is believed to all but a little.
            CHECK(room.off() < (tilt_deg == 0.0 ? 1e-6 : 2e-3));
            CHECK(room.ar->active() == 0);
            CHECK(room.words().starts_with("Press is registered, to "));
            const auto error = room.ar->error(room.scene, 0);
            CHECK(error.bound95_m > 0.001);
            CHECK(error.bound95_m < 0.01);
            const auto far = room.ar->error(room.scene, 0, room.plant_from_press() * DVec3(5.0, 1.0, 0.0));
            CHECK(far.bound95_m > 2.0 * error.bound95_m);

            room.origin_from_press.translation += DVec3(0.02, 0.0, 0.01); // anew
            room.register_press();
            CHECK(room.off() < (tilt_deg == 0.0 ? 1e-6 : 2e-3));
            CHECK(room.scene.world({0}).translation == before.translation);
            CHECK(room.scene.world({0}).linear == before.linear);
        }
    }

    TEST_CASE("touches that are as inexact as they say leave an error as large as is said") {
        Plantroom room;
        pw::registration::test::Luck luck(11);
        int within = 0;
        constexpr int kRuns = 60;
        const DVec3 at(0.3, 1.0, 0.5);
        for (int i = 0; i < kRuns; ++i) {
            REQUIRE(room.ar->start(room.scene, 0));
            for (const DVec3& p : kPoints) room.touch(p, luck.normal3(0.003));
            REQUIRE(room.ar->finish(room.scene));
            const DVec3 shown = to_origin(*room.ar->stance(room.scene), room.plant_from_press() * at);
            const double off = glm::distance(shown, room.origin_from_press * at);
            within += off <= room.ar->error(room.scene, 0, room.plant_from_press() * at).bound95_m;
        }
        CHECK(within >= 51); // of 57 expected: fewer happen once in 200
    }

    TEST_CASE("a point that was touched elsewhere is found, told and left out") {
        Plantroom room;
        REQUIRE(room.ar->start(room.scene, 0));
        for (std::size_t i = 0; i < kPoints.size(); ++i)
            room.touch(kPoints[i], i == 2 ? DVec3(0.12, 0, 0) : DVec3(0.0));
        REQUIRE(room.ar->flow()->solution);
        CHECK(room.ar->flow()->solution->outliers == std::vector<std::size_t>{2});
        CHECK(room.ar->flow()->solution->residuals_m[2] == doctest::Approx(0.12).epsilon(0.01));
        REQUIRE(room.ar->finish(room.scene));
        CHECK(room.off() < 1e-6);
        REQUIRE(!room.ar->last(0)->doubts.empty());
        CHECK(room.ar->last(0)->made_of.front() == "4 of 5 points");
    }

    TEST_CASE("places that fit as well are not chosen from by the program") {
        Plantroom room;
        REQUIRE(room.ar->start(room.scene, 0));
        for (const DVec3& p :
             {DVec3(0.5, 0.2, 0.5), DVec3(0.5, 0.2, -0.5), DVec3(-0.5, 0.2, -0.5), DVec3(-0.5, 0.2, 0.5)})
            room.touch(p);
        const auto finished = room.ar->finish(room.scene);
        REQUIRE(!finished);
        CHECK(finished.error().what.contains("places fit as well"));
        CHECK(room.ar->flow()->choosing);
        CHECK(room.ar->state(0) == State::None);
        REQUIRE(room.ar->flow()->solution->alternatives.size() == 3);
        const Rigid other = room.ar->flow()->solution->alternatives[1];
        CHECK(!room.ar->choose(room.scene, 4));
        REQUIRE(room.ar->choose(room.scene, 2));
        CHECK(room.ar->last(0)->estimate.place.translation == other.translation);
        CHECK(room.ar->flow() == nullptr);
    }

    TEST_CASE("too few points, and points that say nothing, are refused in words; a point is taken back") {
        Plantroom room;
        CHECK(!room.ar->touch({}));
        CHECK(!room.ar->finish(room.scene));
        CHECK(!room.ar->cancel());
        CHECK(!room.ar->undo_touch());
        CHECK(!room.ar->choose(room.scene, 0));
        CHECK(!room.ar->start(room.scene, 2)); // an office has no model
        REQUIRE(room.ar->start(room.scene, 0));
        CHECK(room.ar->finish(room.scene).error().what == "touch more points: at least two, better four");
        room.touch(kPoints[0]);
        room.touch(kPoints[0] + DVec3(0.0, 0.4, 0.0)); // above each other: nothing tells the turn
        CHECK(!room.ar->flow()->refused.empty());
        CHECK(room.ar->finish(room.scene).error().what == room.ar->flow()->refused);
        REQUIRE(room.ar->undo_touch());
        room.step();
        room.touch(kPoints[1]);
        REQUIRE(room.ar->finish(room.scene)); // two will do where the vertical is known, with a doubt
        CHECK(room.off() < 1e-6);
        CHECK(!room.ar->last(0)->doubts.empty());
    }

    TEST_CASE("who finishes while it is being worked out gets what came of it") {
        Plantroom room;
        REQUIRE(room.ar->start(room.scene, 0));
        for (const DVec3& p : kPoints)
            REQUIRE(room.ar->touch({room.plant_from_press() * p, room.origin_from_press * p, 0.003, false}));
        REQUIRE(room.ar->finish(room.scene));
        CHECK(room.ar->flow()->finishing);
        room.step();
        room.step();
        CHECK(room.ar->state(0) == State::Good);
        CHECK(room.off() < 1e-6);
    }

    TEST_CASE("points far away from the machine do not register it") {
        Plantroom room;
        REQUIRE(room.ar->start(room.scene, 0));
        const DVec3 far_m(5000.0, 0.0, 0.0);
        for (const DVec3& p : kPoints) {
            REQUIRE(room.ar->touch({room.plant_from_press() * (p + far_m), room.origin_from_press * p, 0.003, false}));
            room.step();
            room.step();
        }
        const auto done = room.ar->finish(room.scene);
        REQUIRE_FALSE(done);
        CHECK(done.error().what.contains("on it"));
        CHECK(room.ar->state(0) == State::None);
        REQUIRE(room.ar->flow());
    }

    TEST_CASE("what was worked out before another point was touched, or taken back, is no answer") {
        Plantroom room;
        REQUIRE(room.ar->start(room.scene, 0));
        for (std::size_t i = 0; i < 3; ++i) room.touch(kPoints[i]);
        const auto touch_only = [&](const DVec3& p) {
            REQUIRE(room.ar->touch({room.plant_from_press() * p, room.origin_from_press * p, 0.003, false}));
        };
        touch_only(kPoints[3]);
        room.step(); // its answer waits
        touch_only(kPoints[4]);
        REQUIRE(room.ar->finish(room.scene));
        room.step();
        room.step();
        REQUIRE(room.ar->state(0) == State::Good);
        CHECK(room.ar->last(0)->residuals_m.size() == 5);
        CHECK(room.words().contains("Press"));
        CHECK(room.ar->said().contains("Press"));

        REQUIRE(room.ar->start(room.scene, 0));
        for (std::size_t i = 0; i < 4; ++i) room.touch(kPoints[i]);
        touch_only(kPoints[4] + DVec3(0.02, 0.0, 0.0));
        room.step();
        REQUIRE(room.ar->undo_touch());
        REQUIRE(room.ar->finish(room.scene));
        for (int i = 0; i < 3; ++i) room.step();
        CHECK(room.ar->last(0)->residuals_m.size() == 4);
    }

    TEST_CASE("lost tracking is said and shuts the gate; with it the same registration returns, to the bit") {
        Plantroom room;
        room.register_press();
        room.words();
        const auto before = *room.ar->stance(room.scene);
        const auto open = room.ar->allows(room.scene, 0, {}, 0.02);
        REQUIRE(open);
        const auto narrow = room.ar->allows(room.scene, 0, {}, 0.0001);
        REQUIRE(!narrow);
        CHECK(narrow.error().what.contains("0.1 mm are needed"));
        room.input.head_tracked = false;
        room.step();
        CHECK(room.ar->state(0) == State::Doubtful);
        CHECK(room.words().contains("Tracking is lost"));
        CHECK(!room.ar->allows(room.scene, 0, {}, 0.02));
        CHECK(same_bits(*room.ar->stance(room.scene), before));
        room.input.head_tracked = true;
        room.step();
        CHECK(room.ar->state(0) == State::Good);
        CHECK(same_bits(*room.ar->stance(room.scene), before));
        CHECK(room.ar->allows(room.scene, 0, {}, 0.02)->bound95_m == open->bound95_m);
        CHECK(!room.ar->allows(room.scene, 1, {}, 0.02));
    }

    TEST_CASE(
        "when the runtime moves its origin the model stays on the machine; when nobody knows how, it is forgotten") {
        Plantroom room;
        room.register_press();
        REQUIRE(room.ar->start(room.scene, 1));
        REQUIRE(room.ar->touch({DVec3(0.0), DVec3(1.0, 0.0, 0.0), 0.003, false}));
        const Pose old_from_new{{0.3, 0.0, -0.7}, Quat(turn(80.0))};
        room.input.recentred = true;
        room.input.old_origin_from_origin = old_from_new;
        room.step();
        room.origin_from_press = inverse(to_rigid(old_from_new)) * room.origin_from_press;
        CHECK(room.off() < 1e-5); // a pose is in floats
        CHECK(glm::distance(room.ar->flow()->touches[0].origin_m, inverse(to_rigid(old_from_new)) * DVec3(1, 0, 0)) <
              1e-6);
        room.input.recentred = false;
        room.step();
        CHECK(room.off() < 1e-5);
        room.input = {.head_active = true, .head_tracked = true, .recentred = true};
        room.words();
        room.step();
        CHECK(room.ar->state(0) == State::None);
        CHECK_FALSE(room.ar->stance(room.scene));
        CHECK(room.ar->flow() == nullptr);
        CHECK(room.words().contains("new space"));
    }

    TEST_CASE("the machine registered last counts, and the one before it when that is forgotten") {
        Plantroom room;
        room.register_press();
        CHECK(!room.ar->forget(1));
        REQUIRE(room.ar->start(room.scene, 1));
        const Rigid plant_from_stand = app::plant_from_asset(room.scene, room.scene.find_placed("stand"));
        for (const DVec3& p : kPoints) {
            REQUIRE(room.ar->touch({plant_from_stand * p, p + DVec3(2.0, 0.0, 0.0), 0.003, false}));
            room.step();
            room.step();
        }
        REQUIRE(room.ar->finish(room.scene));
        CHECK(room.ar->active() == 1);
        CHECK(glm::distance(to_world(*room.ar->stance(room.scene), DVec3(2.0, 0.0, 0.0)),
                            plant_from_stand.translation) < 1e-6);
        REQUIRE(room.ar->forget(1));
        CHECK(room.ar->active() == 0);
        CHECK(room.off() < 1e-6);
        CHECK_FALSE(file_exists(room.folder / "registrations/stand.json"));
        CHECK(file_exists(room.folder / "registrations/press.json"));
    }

    TEST_CASE("what was said last is said no more when it is no longer so") {
        Plantroom room;
        room.register_press();
        CHECK(room.words().starts_with("Press is registered"));
        CHECK(room.ar->said().starts_with("Press is registered"));
        REQUIRE(room.ar->forget(0));
        CHECK(room.ar->said().empty());
        for (const bool cancels : {false, true}) {
            room.register_press();
            room.words();
            REQUIRE(room.ar->start(room.scene, 0));
            CHECK(room.ar->said().empty());
            if (cancels) REQUIRE(room.ar->cancel());
        }
    }

    TEST_CASE("a registration is kept for the next visit, which says that it was in another space") {
        Plantroom room;
        room.register_press();
        const auto before = *room.ar->last(0);
        room.begin();
        CHECK(room.ar->state(0) == State::None);
        CHECK_FALSE(room.ar->stance(room.scene));
        REQUIRE(room.ar->kept(0) != nullptr);
        CHECK(to_json(*room.ar->kept(0)) == to_json(before));
        room.register_press();
        CHECK(room.ar->kept(0) == nullptr);
        REQUIRE(write_text(room.folder / "registrations/press.json", "{}"));
        REQUIRE(write_text(room.folder / "registrations/press.json.210-8.part", "{")); // of a program that was killed
        room.begin();
        CHECK(room.ar->kept(0) == nullptr);
        app::Problems told;
        room.problems->drain(told);
        REQUIRE(told.list().size() == 1);
        CHECK(told.list()[0].what.contains("press.json"));
    }

    TEST_CASE("another shape of the machine is another asset") {
        ModelBuilder a, b;
        a.object("Body", box_geometry({0.6f, 0.9f, 0.5f}), plain(Vec4(1.f)));
        b.object("Body", box_geometry({0.6f, 0.9f, 0.51f}), plain(Vec4(1.f)));
        const auto first = a.take(), second = b.take();
        CHECK(app::geometry_hash(*first) == app::geometry_hash(*first));
        CHECK(app::geometry_hash(*first) != app::geometry_hash(*second));
    }

    TEST_CASE("a recorded camera that sees the machine's markers registers it") {
        Plantroom room;
        CHECK(room.ar->reading() == plant::kNoEquipment);
        REQUIRE(room.ar->read_markers(room.scene, 0, write_sequence(room, "walk", 3)));
        CHECK(room.ar->reading() == 0);
        room.step();
        CHECK(room.ar->reading() == plant::kNoEquipment);
        REQUIRE_MESSAGE(room.ar->state(0) == State::Good, room.words());
        const auto error = room.ar->error(room.scene, 0);
        CHECK(error.bound95_m < 0.02);
        CHECK(room.off() < 2.0 * error.bound95_m);
        CHECK(room.ar->last(0)->made_of.front() == "markers seen 6 times in 3 pictures");

        CHECK(!room.ar->read_markers(room.scene, 1, "walk.json")); // no markers are declared for it
        REQUIRE(room.ar->forget(0));
        room.words();
        REQUIRE(room.ar->read_markers(room.scene, 0, room.folder / "nothing.json"));
        room.step();
        CHECK(room.words().contains("nothing.json"));
        CHECK(room.ar->state(0) == State::None);
    }

    TEST_CASE("markers that are being read when the space is lost register nothing; a known move carries them along") {
        Plantroom room;
        REQUIRE(room.ar->read_markers(room.scene, 0, write_sequence(room, "walk", 3)));
        room.input.recentred = true;
        room.step();
        CHECK(room.ar->reading() == plant::kNoEquipment);
        CHECK(room.ar->state(0) == State::None);
        CHECK(room.words().contains("new space"));

        room.input.recentred = false;
        REQUIRE(room.ar->read_markers(room.scene, 0, room.folder / "walk.json"));
        const Pose old_from_new{{0.3, 0.0, -0.7}, Quat(turn(80.0))};
        room.input.recentred = true;
        room.input.old_origin_from_origin = old_from_new;
        room.step();
        room.origin_from_press = inverse(to_rigid(old_from_new)) * room.origin_from_press;
        REQUIRE_MESSAGE(room.ar->state(0) == State::Good, room.words());
        CHECK(room.off() < 2.0 * room.ar->error(room.scene, 0).bound95_m);
    }

    TEST_CASE("a marker that the plant file does not know says nothing") {
        Plantroom room;
        const std::string file = write_sequence(room, "other", 30);
        REQUIRE(room.ar->read_markers(room.scene, 0, file));
        room.step();
        REQUIRE_MESSAGE(room.ar->state(0) == State::Good, room.words()); // by the other marker alone
        CHECK(room.ar->last(0)->made_of.front() == "markers seen 3 times in 3 pictures");
    }
}
