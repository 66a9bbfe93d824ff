// SPDX-License-Identifier: Apache-2.0
// Machines that come back by the anchors of a headset, in later visits and in other spaces.
#include "base/file.h"
#include "base/format.h"
#include "tests/app/plantroom.h"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>

using namespace pw;
using namespace pw::test;
using namespace pw::registration;

namespace {

// Anchors of a room whose runtime knows them all at once; in each session its origin may be another one.
class PlayedAnchors final : public xr::Anchors {
  public:
    Rigid origin_from_room;
    std::string fails;                   // the next one is not kept
    bool seen = true;                    // they are
    std::map<std::string, Rigid> places; // in the room, by uuid
    std::vector<std::string> wanted;     // in this session

    void make(const Pose& origin_from_anchor) override {
        CHECK_FALSE(making());
        made_ = fails.empty() ? Result<std::string>(next_uuid()) : fail(Errc::Unavailable, fails);
        if (*made_) places[**made_] = inverse(origin_from_room) * to_rigid(origin_from_anchor);
        if (*made_) wanted.push_back(**made_);
    }
    std::optional<Result<std::string>> take_made() override { return std::exchange(made_, std::nullopt); }
    bool making() const override { return made_.has_value(); }
    void look_for(const std::string& uuid) override {
        if (!std::ranges::contains(wanted, uuid)) wanted.push_back(uuid);
    }
    std::optional<Pose> origin_from_anchor(const std::string& uuid) const override {
        const auto at = places.find(uuid);
        if (!seen || at == places.end() || !std::ranges::contains(wanted, uuid)) return {};
        return pose_at(origin_from_room * at->second, DVec3(0.0));
    }
    void erase(const std::string& uuid) override { places.erase(uuid); }

  private:
    std::string next_uuid() { return formatted("00000000-0000-0000-0000-{:012}", ++count_); }
    int count_ = 0;
    std::optional<Result<std::string>> made_;
};

// The press is registered and its anchor is kept.
void register_anchored(Plantroom& room) {
    room.register_press();
    for (int i = 0; i < 3; ++i) room.step();
    REQUIRE(room.ar->comes_back(0));
}

// Another visit, or session, in the same room, whose origin is elsewhere.
void move_origin(Plantroom& room, PlayedAnchors& anchors) {
    const Rigid now_from_before{{0.7, -0.05, 2.5}, turn(140.0)};
    anchors.origin_from_room = now_from_before * anchors.origin_from_room;
    anchors.wanted.clear();
    room.origin_from_press = now_from_before * room.origin_from_press;
}

} // namespace

TEST_SUITE("app/ar_anchors") {
    TEST_CASE("a machine comes back by its anchor in the next visit, known less well") {
        Plantroom room;
        PlayedAnchors anchors;
        room.anchors = &anchors;
        register_anchored(room);
        const double before_m = room.ar->error(room.scene, 0).bound95_m;
        CHECK(anchors.places.size() == 1);
        move_origin(room, anchors);
        room.begin();
        for (int i = 0; i < 3; ++i) room.step();
        REQUIRE_MESSAGE(room.ar->state(0) == State::Good, room.words());
        CHECK(room.words().contains("Press is found again"));
        CHECK(room.off() < 1e-4);
        CHECK(room.ar->active() == 0);
        CHECK(room.ar->last(0)->method == Method::Anchor);
        CHECK(room.ar->kept(0) == nullptr);
        CHECK(room.ar->error(room.scene, 0).bound95_m > before_m + 0.01);
        CHECK(room.ar->allows(room.scene, 0, {}, 0.1));
        CHECK_FALSE(room.ar->allows(room.scene, 0, {}, before_m));
    }

    TEST_CASE("a new space that nobody knows brings it back too, and without an anchor it does not") {
        Plantroom room;
        PlayedAnchors anchors;
        room.anchors = &anchors;
        register_anchored(room);
        move_origin(room, anchors);
        room.ar->space_lost();
        CHECK(room.ar->state(0) == State::None);
        for (int i = 0; i < 3; ++i) room.step();
        REQUIRE(room.ar->state(0) == State::Good);
        CHECK(room.off() < 1e-4);
        room.ar->space_lost();
        anchors.places.clear(); // the runtime has lost it
        for (int i = 0; i < 3; ++i) room.step();
        CHECK(room.ar->state(0) == State::None);
    }

    TEST_CASE("registered anew it has a new anchor, and one that is forgotten has none") {
        Plantroom room;
        PlayedAnchors anchors;
        room.anchors = &anchors;
        register_anchored(room);
        const std::string first = anchors.places.begin()->first;
        register_anchored(room);
        room.step();
        REQUIRE(anchors.places.size() == 1);
        CHECK(anchors.places.begin()->first != first);
        room.begin();
        for (int i = 0; i < 3; ++i) room.step();
        REQUIRE(room.ar->state(0) == State::Good);
        REQUIRE(room.ar->forget(0));
        room.step();
        CHECK(anchors.places.empty());
        CHECK_FALSE(room.ar->comes_back(0));
    }

    TEST_CASE("what is registered, forgotten and registered again while an anchor is made ends with one") {
        Plantroom room;
        PlayedAnchors anchors;
        room.anchors = &anchors;
        room.register_press(); // its anchor is asked for
        REQUIRE(room.ar->forget(0));
        register_anchored(room);
        for (int i = 0; i < 4; ++i) room.step();
        CHECK(anchors.places.size() == 1);
        CHECK(room.ar->comes_back(0));
        REQUIRE(room.ar->forget(0));
        for (int i = 0; i < 2; ++i) room.step();
        CHECK(anchors.places.empty());
    }

    TEST_CASE("an anchor that was being made when the space was lost is given up") {
        Plantroom room;
        PlayedAnchors anchors;
        room.anchors = &anchors;
        room.register_press();
        REQUIRE(anchors.making());
        room.ar->space_lost();
        for (int i = 0; i < 3; ++i) room.step();
        CHECK(anchors.places.empty());
        CHECK(room.ar->state(0) == State::None);
    }

    TEST_CASE("an anchor that cannot be kept is said, and the registration holds for this visit") {
        Plantroom room;
        PlayedAnchors anchors;
        anchors.fails = "the room is too dark";
        room.anchors = &anchors;
        room.register_press();
        for (int i = 0; i < 2; ++i) room.step();
        CHECK(room.words() == "Press must be registered again at the next visit: the room is too dark");
        CHECK(room.ar->state(0) == State::Good);
        CHECK_FALSE(room.ar->comes_back(0));
        room.begin();
        for (int i = 0; i < 3; ++i) room.step();
        CHECK(room.ar->state(0) == State::None);
    }

    TEST_CASE("a machine that has another shape by now does not come back") {
        Plantroom room;
        PlayedAnchors anchors;
        room.anchors = &anchors;
        register_anchored(room);
        std::string kept = *read_text(room.folder / "registrations/press.json");
        const auto at = kept.find("\"geometry\":\"") + 12;
        REQUIRE(at > 12);
        kept[at] = kept[at] == '0' ? '1' : '0';
        REQUIRE(write_text(room.folder / "registrations/press.json", kept));
        room.begin();
        for (int i = 0; i < 3; ++i) room.step();
        CHECK(room.words().contains("another shape"));
        CHECK(room.ar->state(0) == State::None);
        CHECK(room.ar->kept(0) != nullptr);
    }

    TEST_CASE("while the headset is lost no anchor is made") {
        Plantroom room;
        PlayedAnchors anchors;
        room.anchors = &anchors;
        REQUIRE(room.ar->start(room.scene, 0));
        for (const DVec3& p : kPoints) room.touch(p);
        room.input.head_tracked = false;
        room.step();
        REQUIRE(room.ar->finish(room.scene));
        for (int i = 0; i < 3; ++i) room.step();
        CHECK(anchors.places.empty());
        room.input.head_tracked = true;
        room.step();
        CHECK(anchors.places.size() == 1);
    }

    TEST_CASE("its anchor is at the machine's middle, wherever its model has its origin") {
        Plantroom room;
        PlayedAnchors anchors;
        room.anchors = &anchors;
        register_anchored(room);
        REQUIRE(anchors.places.size() == 1);
        const DVec3 middle = app::middle_of(room.scene, room.scene.find_placed("press"));
        REQUIRE(glm::length(middle) > 0.5);
        CHECK(glm::distance(anchors.places.begin()->second.translation, room.origin_from_press * middle) < 1e-3);
    }

    TEST_CASE("what would be known to metres only does not come back, says so, and can be registered again") {
        Plantroom room;
        PlayedAnchors anchors;
        room.anchors = &anchors;
        register_anchored(room);
        auto kept = nlohmann::json::parse(*read_text(room.folder / "registrations/press.json"));
        kept["covariance"][15] = kept["covariance"][18] = kept["covariance"][20] = 1e6; // of the shift
        REQUIRE(write_text(room.folder / "registrations/press.json", kept.dump()));
        room.begin();
        for (int i = 0; i < 3; ++i) room.step();
        CHECK(room.words().starts_with("Press would be known to "));
        CHECK(room.ar->state(0) == State::None);
        CHECK_FALSE(room.ar->stance(room.scene));
        CHECK_FALSE(room.ar->comes_back(0));
        room.step();
        CHECK(room.words().empty()); // it is said once
        register_anchored(room);
        room.step();
        CHECK(anchors.places.size() == 1);
    }

    TEST_CASE("a kept place that no space is large enough for is refused, and the file named") {
        Plantroom room;
        PlayedAnchors anchors;
        room.anchors = &anchors;
        register_anchored(room);
        auto kept = nlohmann::json::parse(*read_text(room.folder / "registrations/press.json"));
        kept["place"]["position_m"][0] = 1e9;
        REQUIRE(write_text(room.folder / "registrations/press.json", kept.dump()));
        room.begin();
        for (int i = 0; i < 3; ++i) room.step();
        CHECK(room.ar->state(0) == State::None);
        CHECK(room.ar->kept(0) == nullptr);
        app::Problems told;
        room.problems->drain(told);
        REQUIRE(told.list().size() == 1);
        CHECK(told.list()[0].what.contains("no space is so large"));
        CHECK(told.list()[0].what.contains("press.json"));
    }

    TEST_CASE("where the new registration cannot be written, the kept one and its anchor stay") {
        Plantroom room;
        PlayedAnchors anchors;
        room.anchors = &anchors;
        register_anchored(room);
        const std::string file = room.folder / "registrations/press.json", before = *read_text(file);
        remove_file(file);
        REQUIRE(make_folders(file + "/in_the_way"));
        room.register_press();
        for (int i = 0; i < 3; ++i) room.step();
        CHECK(anchors.places.size() == 1);
        CHECK(room.ar->state(0) == State::Good);
        CHECK_FALSE(room.ar->comes_back(0));
        app::Problems told;
        room.problems->drain(told);
        CHECK(told.list().size() == 1);
        room.ar.reset(); // it tries once more
        remove_folder(file);
        REQUIRE(write_text(file, before));
        room.begin();
        for (int i = 0; i < 3; ++i) room.step();
        CHECK(room.ar->state(0) == State::Good);
        CHECK(room.ar->comes_back(0));
    }

    TEST_CASE("an anchor that two machines have stays while one of them has it") {
        Plantroom room;
        PlayedAnchors anchors;
        room.anchors = &anchors;
        register_anchored(room);
        auto kept = nlohmann::json::parse(*read_text(room.folder / "registrations/press.json"));
        kept["asset"] = "stand";
        REQUIRE(write_text(room.folder / "registrations/stand.json", kept.dump()));
        room.begin();
        for (int i = 0; i < 3; ++i) room.step();
        REQUIRE(room.ar->state(1) == State::Good);
        REQUIRE(room.ar->forget(1));
        for (int i = 0; i < 2; ++i) room.step();
        CHECK(anchors.places.size() == 1);
        REQUIRE(room.ar->forget(0));
        for (int i = 0; i < 2; ++i) room.step();
        CHECK(anchors.places.empty());
    }

    TEST_CASE("an anchor that was not found yet when its machine was registered anew is erased when it is") {
        Plantroom room;
        PlayedAnchors anchors;
        room.anchors = &anchors;
        register_anchored(room);
        const auto first = *anchors.places.begin();
        anchors.places.clear(); // it is in another corner of the room
        anchors.wanted.clear();
        room.begin();
        register_anchored(room);
        REQUIRE(anchors.places.size() == 1);
        anchors.places.insert(first);
        for (int i = 0; i < 2; ++i) room.step();
        CHECK(anchors.places.size() == 1);
        CHECK(anchors.places.begin()->first != first.first);
    }

    TEST_CASE("a program that is killed while anchors are made and erased leaves none behind") {
        for (const bool had_one : {false, true}) {
            CAPTURE(had_one);
            Plantroom room;
            PlayedAnchors anchors;
            room.anchors = &anchors;
            if (had_one) register_anchored(room);
            anchors.seen = false;
            room.register_press();
            for (int i = 0; i < 3; ++i) room.step();
            CHECK(anchors.places.size() == (had_one ? 2 : 1));
            CHECK_FALSE(room.ar->comes_back(0));
            room.begin(); // as after a kill: nothing but the file knows of them
            anchors.wanted.clear();
            anchors.seen = true;
            for (int i = 0; i < 3; ++i) room.step();
            CHECK(anchors.places.empty());
            CHECK_FALSE(read_text(room.folder / "registrations/press.json")->contains("old_anchors"));
            CHECK(room.ar->kept(0) != nullptr);
        }
    }
}
