// SPDX-License-Identifier: Apache-2.0
// What somebody in a headset does, on a client of the test's own whose host the test plays: what Monado's simulated
// headset cannot do (two bare hands that differ, a lost space, eyes), and what only the client knows (pulses, words).
#include "interaction/free_place.h"
#include "interaction/panel_target.h"
#include "tests/app/bars.h"
#include "tests/app/visit.h"

#include <doctest/doctest.h>
#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

using namespace pw;
using namespace pw::test;
using app::SurfaceId;
using xr::HandDevice;
using xr::HostKind;

namespace {

const DVec3 kLeftMachine{-5.0, 1.5, 0.0}, kDeck{2.0, 0.5, 2.0}, kFloor{0.5, 0.0, 1.5};
const DVec3 kOverDeck = kDeck + DVec3(0.0, 0.75, 0.0); // an arc that is aimed there falls onto it

// The bars on a floor that reaches 10 m each way, and a machine that lies flat, like a deck.
std::string floored() {
    constexpr const char* kFlat = R"("rotation": [-0.7071068, 0, 0, 0.7071068])";
    std::string plant = bars_plant();
    const auto add = [&](std::string_view list, const std::string& entry) {
        plant.insert(plant.find(list) + list.size(), entry + ", ");
    };
    add(R"("scenery": [)",
        R"({"name": "floor", "model": "bars", "placement": {"position_m": [20, 0, 0], "scale": 20, )" +
            std::string(kFlat) + "}}");
    add(R"("equipment": [)", R"({"id": "deck", "level": "unit", "title": "Deck", "model": "bars",
                                 "placement": {"position_m": [3, 0.5, 2], )" +
                                 std::string(kFlat) + "}}");
    return plant;
}

struct Worn {
    Visit visit{floored()};

    // Somebody of 1.7 m wears it, at the start of the plant.
    bool begin() {
        if (!visit.begin(HostKind::Headset)) return false;
        wear({0.0, 1.7, 0.0});
        return true;
    }
    app::Client& client() { return *visit.client; }
    app::HeadsetUi& ui() { return *client().headset(); }
    xr::Input& input() { return visit.host->played; }
    const interaction::Stance& stance() { return client().walker().stance(); }
    DVec3 feet() { return interaction::feet(stance(), input().origin_from_head); }
    double looking() { return interaction::looking(stance(), input().origin_from_head); }
    void wear(const DVec3& head, double yaw_rad = 0.0) {
        input().head_active = input().head_tracked = true;
        input().origin_from_head = {head, glm::angleAxis(static_cast<float>(yaw_rad), Vec3(0.f, 1.f, 0.f))};
        visit.frames(1);
    }
    void show(std::size_t h, HandDevice device, const DVec3& place) {
        auto& hand = input().hands[h];
        hand.active = hand.tracked = true;
        hand.device = device;
        const DVec3 from = to_world(
            stance(), (input().origin_from_head * Pose{{h == 0 ? -0.25 : 0.25, -0.3, -0.2}, kNoRotation}).position);
        hand.origin_from_aim = hand.origin_from_grip =
            to_origin(stance(), Pose{from, look_rotation(Vec3(place - from))});
        visit.frames(1);
    }
    void press(std::size_t h) {
        input().hands[h].select = {.held = true, .pressed = true};
        visit.frames(1);
        input().hands[h].select.pressed = false;
        visit.frames(1);
    }
    void let_go(std::size_t h) {
        input().hands[h].select = {.released = true};
        visit.frames(1);
        input().hands[h].select = {};
        visit.frames(1);
    }
    // By its bar, a little up.
    void move_panel(SurfaceId id) {
        const auto& surface = ui().surface(id);
        const DVec3 before = panel(id).position;
        const double bar_m = static_cast<double>(surface.size_m.y) / 2.0 + interaction::kBarGap_m + 0.01;
        const Pose bar = to_world(stance(), surface.origin_from_panel * Pose{{0.0, -bar_m, 0.0}, kNoRotation});
        show(1, HandDevice::Controller, bar.position);
        input().hands[1].grab = {.held = true, .pressed = true};
        visit.frames(1);
        input().hands[1].grab.pressed = false;
        show(1, HandDevice::Controller, bar.position + DVec3(0.0, 0.2, 0.0));
        input().hands[1].grab = {};
        visit.frames(2);
        REQUIRE(panel(id).position.y > before.y + 0.1);
    }
    // Both grips, with the hands so far up.
    void grip(bool held, double up_m) {
        for (std::size_t h = 0; h < 2; ++h) {
            auto& hand = input().hands[h];
            hand.active = hand.tracked = true;
            hand.device = HandDevice::Controller;
            hand.origin_from_grip = hand.origin_from_aim = {{h == 0 ? -0.25 : 0.25, up_m, -0.35}, kNoRotation};
            hand.grab = {.held = held, .pressed = held && !hand.grab.held};
        }
        visit.frames(1);
        for (auto& hand : input().hands) hand.grab.pressed = false;
        visit.frames(2);
    }
    interaction::PlacedPanel placed(SurfaceId id) {
        return {ui().surface(id).origin_from_panel, ui().surface(id).size_m};
    }
    bool overlap(SurfaceId a, SurfaceId b) {
        return interaction::overlap(input().origin_from_head.position, placed(a), placed(b));
    }
    void ask(const char* action, const std::string& arguments = "{}") {
        const std::string answer = call(visit, action, arguments);
        REQUIRE_MESSAGE(!answer.starts_with("refused"), answer);
        visit.frames(4);
    }
    void push(std::size_t h, Vec2 stick, int frames = 2) {
        input().hands[h].stick = stick;
        visit.frames(frames);
    }
    void settle() { visit.frames(30); } // a jump is over
    Pose panel(SurfaceId id) {
        const auto panel = ui().panel(id);
        REQUIRE(panel);
        return panel->pose;
    }
    void set(const std::string& name, const std::string& value) {
        REQUIRE_FALSE(call(visit, "settings.set", R"({"name":")" + name + R"(","value":")" + value + R"("})")
                          .contains("refused"));
    }
};

} // namespace

TEST_SUITE("app/headset_by_pinch [gpu]") {
    TEST_CASE("a jump by hand is aimed by whichever hand pinches first, and that pinch selects nothing") {
        for (const std::size_t h : {0u, 1u}) {
            CAPTURE(h);
            Worn worn;
            if (!worn.begin()) return;
            worn.show(1 - h, HandDevice::Hand, kLeftMachine);
            worn.show(h, HandDevice::Hand, kFloor);
            const DVec3 before = worn.feet();
            REQUIRE(call(worn.visit, "move.by_pinch") == "true");
            worn.press(h);
            CHECK(worn.ui().locomotion().teleport().shown());
            worn.press(1 - h); // it has no arc, and chooses nothing meanwhile
            worn.let_go(1 - h);
            CHECK(worn.ui().locomotion().teleport().shown());
            worn.let_go(h);
            CHECK_FALSE(worn.client().state().selected);
            CHECK_FALSE(worn.ui().locomotion().aims_by_pinch());
            worn.settle();
            CHECK(glm::distance(worn.feet(), before) > 1.0);
            worn.show(h, HandDevice::Hand, kLeftMachine);
            worn.press(h);
            CHECK(worn.client().state().selected); // as ever
        }
    }

    TEST_CASE("a pinch on a panel is the panel's, and the next one still aims; asked for twice it is called off") {
        Worn worn;
        if (!worn.begin()) return;
        REQUIRE(call(worn.visit, "panel.help") == "true");
        worn.visit.frames(2);
        worn.show(0, HandDevice::Hand, worn.panel(SurfaceId::Help).position);
        worn.show(1, HandDevice::Hand, kFloor);
        REQUIRE(call(worn.visit, "move.by_pinch") == "true");
        worn.press(0);
        CHECK_FALSE(worn.ui().locomotion().teleport().shown());
        worn.let_go(0);
        CHECK(worn.ui().locomotion().aims_by_pinch());
        worn.press(1);
        CHECK(worn.ui().locomotion().teleport().shown());
        REQUIRE(call(worn.visit, "move.by_pinch") == "true");
        worn.visit.frames(1);
        CHECK_FALSE(worn.ui().locomotion().teleport().shown());
        CHECK_FALSE(worn.ui().locomotion().aims_by_pinch());
    }
}

TEST_SUITE("app/headset_pulses [gpu]") {
    TEST_CASE("the hand whose stick turned, jumped or was refused feels it") {
        for (const std::size_t h : {0u, 1u}) {
            CAPTURE(h);
            Worn worn;
            if (!worn.begin()) return;
            for (const std::size_t both : {0u, 1u}) worn.show(both, HandDevice::Controller, kFloor);
            worn.press(1 - h); // used last: the tool
            worn.let_go(1 - h);
            auto& pulses = worn.visit.host->pulses;
            const auto felt = [&](float amplitude) {
                const auto seen = std::exchange(pulses, {});
                return seen.size() == 1 && seen[0].hand == h && seen[0].amplitude == doctest::Approx(amplitude);
            };
            pulses.clear();
            worn.push(h, {1.f, 0.f});
            worn.push(h, {});
            CHECK(felt(0.3f));
            worn.push(h, {-1.f, 0.f});
            worn.push(h, {});
            CHECK(felt(0.3f));
            worn.show(h, HandDevice::Controller, kOverDeck);
            worn.push(h, {0.f, 1.f});
            worn.push(h, {});
            CHECK(felt(0.9f));
            worn.show(h, HandDevice::Controller, kFloor);
            worn.push(h, {0.f, 1.f});
            worn.push(h, {});
            worn.settle();
            CHECK(felt(0.3f));
            worn.set("haptics", "0");
            worn.push(h, {1.f, 0.f});
            CHECK(pulses.empty());
        }
    }

    TEST_CASE("a hand feels what it comes over and presses on a panel") {
        Worn worn;
        if (!worn.begin()) return;
        REQUIRE(call(worn.visit, "panel.help") == "true");
        worn.visit.frames(2);
        auto& pulses = worn.visit.host->pulses;
        pulses.clear();
        worn.show(0, HandDevice::Controller, worn.panel(SurfaceId::Help).position);
        worn.visit.frames(1);
        worn.press(0);
        REQUIRE(pulses.size() == 2);
        CHECK(pulses[0].hand == 0);
        CHECK(pulses[1].hand == 0);
        CHECK(pulses[1].amplitude > pulses[0].amplitude);
    }
}

TEST_SUITE("app/headset_tools [gpu]") {
    TEST_CASE("the hand that the setting names has the tools at once, until the other one is used") {
        Worn worn;
        worn.visit.options.settings.hand = "left";
        if (!worn.begin()) return;
        for (const std::size_t h : {0u, 1u}) worn.show(h, HandDevice::Controller, kFloor);
        CHECK(worn.ui().tool_hand() == 0);
        REQUIRE(call(worn.visit, "hand.swap") == "true");
        worn.visit.frames(1);
        CHECK(worn.ui().tool_hand() == 1);
        CHECK(worn.client().settings().hand == "right");
        worn.press(0);
        CHECK(worn.ui().tool_hand() == 0);
        worn.let_go(0);
        REQUIRE(call(worn.visit, "hand.swap") == "true"); // the other hand than the one that has them now
        worn.visit.frames(1);
        CHECK(worn.ui().tool_hand() == 1);
        CHECK(worn.client().settings().hand == "right");
        worn.set("hand", "left");
        worn.visit.frames(1);
        REQUIRE(call(worn.visit, "hand.swap") == "true");
        worn.visit.frames(1);
        CHECK(worn.ui().tool_hand() == 1);
    }

    TEST_CASE("a controller is seen in the hand also where joints are told, and a bare hand also where none are") {
        Worn worn;
        worn.visit.options.settings.labels = false;
        if (!worn.begin()) return;
        worn.visit.host->set_eye({{0.0, 1.7, 0.0}, kNoRotation});
        const DVec3 before{0.0, 1.6, 4.5};
        const auto seen = [&](HandDevice device, bool joints) {
            auto& hand = worn.input().hands[1];
            hand = {};
            if (device != HandDevice::None) worn.show(1, device, before);
            hand.origin_from_grip = {{0.1, 1.65, -0.4}, kNoRotation};
            hand.origin_from_aim = {{0.1, 1.65, 2.0}, look_rotation(Vec3(0.f, 0.f, 1.f))}; // no ray is seen
            hand.has_joints = joints;                                                      // all of them far away
            for (auto& joint : hand.joints) joint.origin_from_joint.position = {0.0, -50.0, 0.0};
            worn.visit.frames(2);
            return worn.visit.picture();
        };
        const auto differ = [](const scene::Pixels& a, const scene::Pixels& b) {
            int count = 0;
            for (std::size_t i = 0; i < a.rgba.size(); i += 4)
                count += !std::equal(a.rgba.begin() + static_cast<long>(i), a.rgba.begin() + static_cast<long>(i) + 4,
                                     b.rgba.begin() + static_cast<long>(i));
            return count;
        };
        const auto nothing = seen(HandDevice::None, false);
        const auto controller = seen(HandDevice::Controller, false);
        CHECK(differ(nothing, controller) > 100);
        CHECK(differ(nothing, seen(HandDevice::Controller, true)) > 100);
        CHECK(differ(nothing, seen(HandDevice::Hand, true)) < 50); // it is where its joints are
        CHECK(differ(nothing, seen(HandDevice::Hand, false)) > 100);
    }
}

TEST_SUITE("app/headset_moved [gpu]") {
    TEST_CASE("an arc that ends where nobody stands says why, and letting go does nothing") {
        Worn worn;
        if (!worn.begin()) return;
        for (const auto& [from, place, why] : {std::tuple(0.0, kOverDeck, Text::BlockedNotFloor),
                                               {-4.5, kLeftMachine, Text::BlockedSteep},
                                               {0.0, kFloor, Text::StandHere}}) {
            CAPTURE(std::string(text(why)));
            worn.wear({from, 1.7, std::min(from, 0.0)});
            const DVec3 before = worn.feet();
            worn.show(1, HandDevice::Controller, place);
            worn.push(1, {0.f, 1.f});
            CHECK(std::ranges::contains(worn.client().labels(), std::string_view(text(why)), &renderer::Label::text) ==
                  (why != Text::StandHere)); // a good arc has nothing to say
            worn.push(1, {});
            worn.settle();
            CHECK((glm::distance(worn.feet(), before) < 1e-9) == (why != Text::StandHere));
        }
    }

    TEST_CASE("the way back from a jump leads to where one stood and how one looked, wherever one went meanwhile") {
        Worn worn;
        if (!worn.begin()) return;
        CHECK(call(worn.visit, "view.back").starts_with("refused"));
        const DVec3 feet = worn.feet();
        const double looking = worn.looking();
        REQUIRE(call(worn.visit, "move.jump", R"({"feet":[-1,0,4],"yaw_deg":60})") == "true");
        worn.settle();
        CHECK(glm::distance(worn.feet(), DVec3(-1, 0, 4)) < 1e-6);
        worn.wear({1.5, 1.7, -0.8}, 0.7); // on foot
        const DVec3 walked = worn.feet();
        REQUIRE(call(worn.visit, "view.back") == "true");
        worn.settle();
        CHECK(glm::distance(worn.feet(), feet) < 1e-6);
        CHECK(std::abs(interaction::wrapped(worn.looking() - looking)) < 1e-6);
        REQUIRE(call(worn.visit, "view.back") == "true"); // and there again
        worn.settle();
        CHECK(glm::distance(worn.feet(), walked) < 1e-6);
    }

    TEST_CASE("the way back from a model leads to the size that one came from") {
        Worn worn;
        if (!worn.begin()) return;
        const DVec3 feet = worn.feet();
        REQUIRE(call(worn.visit, "move.scale", R"({"one_to":50})") == "true");
        worn.settle();
        const DVec3 on_table = worn.feet();
        REQUIRE(call(worn.visit, "move.full_size") == "true");
        worn.settle();
        REQUIRE(worn.stance().scale == 1.0);
        worn.wear({0.5, 1.7, 0.5});
        REQUIRE(call(worn.visit, "view.back") == "true");
        worn.settle();
        CHECK(worn.stance().scale == 50.0);
        CHECK(glm::distance(worn.feet(), on_table) < 1e-3); // of the world: 0.02 mm of the model
        CHECK(glm::distance(feet, worn.feet()) > 1.0);
    }

    TEST_CASE("who lifted the world stands on the floor again, whatever was asked meanwhile and whatever leads back") {
        for (const char* action : {"", "move.recentre", "view.home", "move.table_top"}) {
            CAPTURE(action);
            Worn worn;
            if (!worn.begin()) return;
            worn.ask("move.jump", R"({"feet":[-1,0,4]})");
            worn.settle();
            worn.wear({0.3, 1.7, 0.2});
            worn.grip(true, 1.1);
            worn.grip(true, 0.5); // pulled down: the user is up
            REQUIRE(worn.feet().y == doctest::Approx(0.6));
            if (*action != '\0') worn.ask(action);
            worn.settle();
            worn.grip(false, 0.5);
            worn.settle();
            if (worn.stance().scale == 1.0) CHECK(std::abs(worn.feet().y) < 1e-3);
            worn.ask("view.back");
            worn.settle();
            CHECK(worn.stance().scale == 1.0);
            CHECK(std::abs(worn.feet().y) < 1e-3);
        }
    }

    TEST_CASE("who sits down or stands up before a model has it on the same table") {
        Worn worn;
        if (!worn.begin()) return;
        const DVec3 stood = worn.feet();
        worn.ask("move.table_top");
        worn.settle();
        const auto table = [&] { return to_origin(worn.stance(), stood).y; };
        CHECK(table() == doctest::Approx(interaction::kTable_m));
        worn.wear({0.0, 1.2, 0.0});
        worn.ask("move.seated");
        REQUIRE(worn.stance().lift_m > 0.4);
        CHECK(table() == doctest::Approx(interaction::kTable_m));
        worn.set("height_m", "-0.5");
        worn.visit.frames(1);
        CHECK(table() == doctest::Approx(interaction::kTable_m));
        worn.ask("move.full_size");
        worn.settle();
        CHECK(std::abs(worn.feet().y - stood.y) < 1e-3);
        worn.ask("move.seated");
        worn.ask("view.back"); // to the model, which was left sitting
        worn.settle();
        CHECK(table() == doctest::Approx(interaction::kTable_m));
    }

    TEST_CASE("who asked for it is turned and walked smoothly, their view narrows meanwhile, and walls hold them") {
        Worn worn;
        if (!worn.begin()) return;
        for (const std::size_t h : {0u, 1u}) worn.show(h, HandDevice::Controller, kFloor);
        worn.set("turn", "smooth");
        worn.set("move", "walk");
        const double looked = worn.looking();
        CHECK(worn.ui().vignette() == 0.f);
        worn.push(1, {-1.f, 0.f}, 50); // 0.8 s at 60°/s
        CHECK(interaction::wrapped(worn.looking() - looked) ==
              doctest::Approx(0.8 * std::numbers::pi / 3.0).epsilon(0.03));
        CHECK(worn.ui().vignette() > 0.5f);
        worn.push(1, {}, 200);
        CHECK(worn.ui().vignette() == 0.f);
        worn.wear({0.0, 1.7, 0.0}, -worn.stance().yaw_rad); // looking along -Z of the world
        const DVec3 before = worn.feet();
        worn.push(0, {0.f, 1.f}, 50);
        CHECK(glm::distance(worn.feet(), before + DVec3(0.0, 0.0, -0.8 * 1.6)) < 0.1);
        CHECK(worn.feet().y == doctest::Approx(0.0));
        CHECK(worn.ui().vignette() > 0.5f);
        worn.set("vignette", "0");
        worn.visit.frames(200);
        CHECK(worn.ui().vignette() == 0.f);
        CHECK(worn.feet().z > -10.0); // the floor ends there
        CHECK(worn.feet().z < 0.0);
    }

    TEST_CASE("the stick that walks moves a model along under the user") {
        Worn worn;
        if (!worn.begin()) return;
        worn.show(0, HandDevice::Controller, kFloor);
        worn.set("move", "walk");
        REQUIRE(call(worn.visit, "move.table_top") == "true");
        worn.settle();
        const auto before = worn.stance();
        worn.push(0, {0.f, 1.f}, 50);
        const DVec3 moved = worn.stance().position - before.position;
        CHECK(glm::distance(moved, DVec3(0.0, 0.0, -0.8 * 1.6 * 20.0)) < 1.5); // at 1 : 20
        CHECK(worn.stance().scale == before.scale);
    }

    TEST_CASE("who sits is lifted by where their head is once they wear it, and again when they put it on again") {
        Worn worn;
        worn.visit.options.settings.seated = true;
        worn.visit.options.settings.height_m = 0.1;
        if (!worn.visit.begin(HostKind::Headset)) return;
        const auto lift = [&] { return worn.stance().lift_m; };
        CHECK(lift() == doctest::Approx(0.1)); // nobody has been seen yet
        worn.input().worn = false;
        worn.wear({0.0, 0.7, 0.0}); // on a desk
        CHECK(lift() == doctest::Approx(0.1));
        worn.input().worn = true;
        worn.input().head_tracked = false;
        worn.visit.frames(1);
        CHECK(lift() == doctest::Approx(0.1));
        worn.wear({0.0, 1.2, 0.0});
        CHECK(lift() == doctest::Approx(app::Walker::kEyeHeight_m - 1.2 + 0.1));
        worn.wear({0.3, 0.9, 0.0}); // who bends down, bends down
        CHECK(lift() == doctest::Approx(app::Walker::kEyeHeight_m - 1.2 + 0.1));
        worn.input().worn = false;
        worn.wear({0.0, 0.7, 0.0});
        worn.input().worn = true;
        worn.wear({0.0, 1.1, 0.0});
        CHECK(lift() == doctest::Approx(app::Walker::kEyeHeight_m - 1.1 + 0.1));
        worn.set("height_m", "-0.2");
        REQUIRE(call(worn.visit, "move.seated") == "true");
        worn.visit.frames(1);
        CHECK(lift() == doctest::Approx(-0.2));
        CHECK(worn.client().eye().position.y == doctest::Approx(1.1 - 0.2));
        REQUIRE(call(worn.visit, "move.seated") == "true");
        worn.visit.frames(1);
        CHECK(worn.client().eye().position.y == doctest::Approx(app::Walker::kEyeHeight_m - 0.2));
    }

    TEST_CASE(
        "a world that comes to lie on the real one ends a jump that was on its way, and nothing turns black for it") {
        Worn worn;
        if (!worn.begin()) return;
        worn.visit.host->offered = {xr::Blend::Alpha, xr::Blend::Opaque};
        REQUIRE(call(worn.visit, "register.start", R"({"part":"left"})") == "\"left\"");
        for (const char* p : {"[-5.2,1.8,0]", "[-4.8,1.2,0]", "[-3.2,1.75,0]", "[-2.8,1.25,0]"})
            REQUIRE_FALSE(call(worn.visit, "register.point",
                               R"({"model":)" + std::string(p) + R"(,"real":)" + std::string(p) + "}")
                              .contains("refused"));
        REQUIRE(call(worn.visit, "register.finish") == "true");
        REQUIRE(eventually([&] {
            worn.visit.frames(1);
            return worn.client().ar().state(plant::find_equipment(worn.client().plant(), "left")) ==
                   registration::State::Good;
        }));
        REQUIRE(call(worn.visit, "move.table_top") == "true");
        REQUIRE(call(worn.visit, "view.ar") == "\"alpha\"");
        for (int i = 0; i < 30; ++i) {
            worn.visit.frames(1);
            CHECK(worn.ui().fade() <= 0.2f); // the one frame in which it had begun
        }
        CHECK(worn.stance().scale == 1.0);
    }

    TEST_CASE("when AR ends the feet are on the plant's floor, wherever the real one is") {
        Worn worn;
        if (!worn.begin()) return;
        worn.visit.host->offered = {xr::Blend::Alpha, xr::Blend::Opaque};
        REQUIRE(call(worn.visit, "register.start", R"({"part":"left"})") == "\"left\"");
        for (const auto& [model, real] : {std::pair("[-5.2,1.8,0]", "[-5.2,2.2,0]"),
                                          {"[-4.8,1.2,0]", "[-4.8,1.6,0]"},
                                          {"[-3.2,1.75,0]", "[-3.2,2.15,0]"},
                                          {"[-2.8,1.25,0]", "[-2.8,1.65,0]"}})
            REQUIRE_FALSE(
                call(worn.visit, "register.point", R"({"model":)" + std::string(model) + R"(,"real":)" + real + "}")
                    .contains("refused"));
        REQUIRE(call(worn.visit, "register.finish") == "true");
        REQUIRE(call(worn.visit, "view.ar") == "\"alpha\"");
        REQUIRE(eventually([&] {
            worn.visit.frames(1);
            return worn.client().world().fixed;
        }));
        CHECK(worn.feet().y == doctest::Approx(-0.4).epsilon(0.05));
        const DVec3 stood = worn.feet();
        REQUIRE(call(worn.visit, "view.ar") == "\"opaque\"");
        worn.visit.frames(2);
        CHECK(std::abs(worn.feet().y) < 1e-3);
        CHECK(std::hypot(worn.feet().x - stood.x, worn.feet().z - stood.z) < 1e-3);
    }

    TEST_CASE("a runtime that puts the origin elsewhere moves nobody in the plant") {
        Worn worn;
        if (!worn.begin()) return;
        worn.wear({1.0, 1.7, -2.0}, 0.8);
        const DVec3 feet = worn.feet();
        const double looking = worn.looking();
        worn.input().recentred = true;
        worn.wear({0.0, 1.7, 0.0});
        worn.input().recentred = false;
        worn.visit.frames(1);
        CHECK(glm::distance(worn.feet(), feet) < 1e-6);
        CHECK(std::abs(interaction::wrapped(worn.looking() - looking)) < 1e-6);
    }

    TEST_CASE("after a runtime that was lost the user stands where they stood, with their panels where they were") {
        Worn worn;
        if (!worn.begin()) return;
        worn.wear({1.0, 1.7, -2.0}, 0.8);
        REQUIRE(call(worn.visit, "panel.help") == "true");
        REQUIRE(call(worn.visit, "panel.tools") == "true");
        worn.visit.frames(2);
        worn.move_panel(SurfaceId::Tools);
        const DVec3 feet = worn.feet();
        const double looking = worn.looking();
        const Pose help = worn.panel(SurfaceId::Help), tools = worn.panel(SurfaceId::Tools);
        worn.input().hands = {};
        worn.visit.host->lost = true;
        worn.input().head_active = worn.input().head_tracked = false; // of the new session
        worn.input().origin_from_head = {};
        worn.visit.frames(1);
        worn.visit.frames(3);
        worn.wear({-0.4, 1.7, 0.3}, -1.1); // another space
        CHECK(glm::distance(worn.feet(), feet) < 1e-6);
        CHECK(std::abs(interaction::wrapped(worn.looking() - looking)) < 1e-6);
        CHECK(glm::distance(worn.panel(SurfaceId::Help).position, help.position) < 1e-6);
        CHECK(glm::distance(worn.panel(SurfaceId::Tools).position, tools.position) < 1e-6);
        worn.wear({0.6, 1.7, 0.3}, -1.1); // on foot: it is only once
        CHECK(glm::distance(worn.feet(), feet) == doctest::Approx(1.0));
    }
}

TEST_SUITE("app/headset_attended [gpu]") {
    TEST_CASE("looking chooses by the head, or by the eyes where that is allowed") {
        Worn worn;
        if (!worn.begin()) return;
        CHECK_FALSE(worn.visit.host->gaze_allowed);
        worn.set("dwell", "true");
        worn.set("gaze", "true");
        CHECK(worn.visit.host->gaze_allowed);
        const auto look = [&](const DVec3& place) {
            const DVec3 from = to_world(worn.stance(), worn.input().origin_from_head.position);
            return to_origin(worn.stance(), Pose{from, look_rotation(Vec3(place - from))});
        };
        const auto chosen = [&] { return worn.client().state().selected_equipment; };
        const auto of = [&](const char* id) { return plant::find_equipment(worn.client().plant(), id); };
        worn.input().origin_from_gaze = look(kLeftMachine);
        worn.input().origin_from_head = look(kDeck);
        worn.visit.frames(80); // 1.3 s
        CHECK(chosen() == of("left"));
        worn.input().origin_from_gaze.reset();
        worn.visit.frames(80);
        CHECK(chosen() == of("deck"));
        worn.set("gaze", "false");
        CHECK_FALSE(worn.visit.host->gaze_allowed);
    }

    TEST_CASE("while the system's menu has the user the picture is dim, and then as before") {
        Worn worn;
        if (!worn.begin()) return;
        CHECK(worn.ui().fade() == 0.f);
        worn.input().focused = false;
        worn.visit.frames(1);
        CHECK(worn.ui().fade() > 0.2f);
        CHECK(worn.ui().fade() < 0.6f); // and there is still something to be seen
        worn.input().focused = true;
        worn.visit.frames(1);
        CHECK(worn.ui().fade() == 0.f);
    }

    TEST_CASE("frames that come late are drawn on fewer pixels, and on all again when nobody wants that") {
        Worn worn;
        if (!worn.begin()) return;
        CHECK(worn.visit.host->scale == 1.0);
        worn.visit.host->late = true;
        REQUIRE(eventually([&] {
            worn.visit.frames(1);
            return worn.visit.host->scale < 1.0;
        }));
        CHECK(worn.visit.host->scale == app::relief_scale(worn.client().pace().relief()));
        worn.set("pace", "false");
        worn.visit.frames(1);
        CHECK(worn.visit.host->scale == 1.0);
        CHECK(worn.client().pace().relief() == app::Relief::None);
    }
}

TEST_SUITE("app/headset_places [gpu]") {
    TEST_CASE("no panel opens in front of another, and each is heard where it stands") {
        Worn worn;
        if (!worn.begin()) return;
        REQUIRE(call(worn.visit, "register.start", R"({"part":"left"})") == "\"left\"");
        for (const char* action : {"panel.parts", "panel.tools", "panel.problems", "panel.tree", "panel.statistics",
                                   "panel.settings", "panel.help"}) {
            REQUIRE(call(worn.visit, action) == "true");
            worn.visit.frames(2);
        }
        const std::vector<SurfaceId> all{SurfaceId::Registration, SurfaceId::Parts, SurfaceId::Tools,
                                         SurfaceId::Problems,     SurfaceId::Tree,  SurfaceId::Statistics,
                                         SurfaceId::Settings,     SurfaceId::Help};
        for (std::size_t a = 0; a < all.size(); ++a) {
            CAPTURE(std::string(app::look_of(all[a]).name));
            for (std::size_t b = 0; b < a; ++b) {
                CAPTURE(std::string(app::look_of(all[b]).name));
                CHECK_FALSE(worn.overlap(all[a], all[b]));
            }
            worn.show(1, HandDevice::Controller, worn.panel(all[a]).position);
            CHECK(worn.ui().pointing(1).over == interaction::Over::Panel);
            CHECK(worn.ui().pointing(1).panel == static_cast<std::uint32_t>(all[a]));
        }
    }

    TEST_CASE("one that was closed opens where it belongs, when that is free again") {
        Worn worn;
        if (!worn.begin()) return;
        const auto toggle = [&](const char* action) {
            REQUIRE_FALSE(call(worn.visit, action).starts_with("refused"));
            worn.visit.frames(2);
        };
        toggle("panel.tools");
        const DVec3 own = worn.panel(SurfaceId::Tools).position;
        toggle("panel.tools");
        toggle("panel.parts");
        toggle("panel.tools");
        CHECK(glm::distance(worn.panel(SurfaceId::Tools).position, own) > 0.5);
        toggle("panel.parts");
        CHECK(glm::distance(worn.panel(SurfaceId::Tools).position, own) > 0.5); // it does not leap
        toggle("panel.tools");
        toggle("panel.tools");
        CHECK(glm::distance(worn.panel(SurfaceId::Tools).position, own) < 1e-6);
    }

    TEST_CASE("no panel opens over a machine's card, and no card over a panel") {
        for (const char* action : {"panel.settings", "panel.parts", "panel.tree", "panel.statistics", "panel.tools"}) {
            for (const bool card_first : {true, false}) {
                CAPTURE(action);
                CAPTURE(card_first);
                Worn worn;
                if (!worn.begin()) return;
                worn.wear({-4.0, 1.7, 3.0}); // before the left machine
                if (card_first) worn.ask("view.select", R"({"part":"left"})");
                worn.ask(action);
                if (!card_first) worn.ask("view.select", R"({"part":"left"})");
                REQUIRE(worn.ui().surface(SurfaceId::Card).shown);
                for (std::size_t s = 1; s < static_cast<std::size_t>(SurfaceId::Menu); ++s)
                    if (const auto id = static_cast<SurfaceId>(s); worn.ui().surface(id).shown)
                        CHECK_FALSE(worn.overlap(SurfaceId::Card, id));
            }
        }
    }

    TEST_CASE("one that was put where another one opened meanwhile opens beside it, and where it was put when it can") {
        Worn worn;
        if (!worn.begin()) return;
        worn.ask("panel.tools");
        worn.move_panel(SurfaceId::Tools);
        const DVec3 put = worn.panel(SurfaceId::Tools).position;
        worn.ask("panel.tools");
        worn.ask("panel.parts"); // where the tools belong
        worn.ask("panel.tools");
        CHECK_FALSE(worn.overlap(SurfaceId::Tools, SurfaceId::Parts));
        worn.ask("panel.tools");
        worn.ask("panel.parts");
        worn.ask("panel.tools");
        CHECK(glm::distance(worn.panel(SurfaceId::Tools).position, put) < 1e-5);
    }

    TEST_CASE("one that was put far away opens before the user, who would not see it there") {
        Worn worn;
        if (!worn.begin()) return;
        worn.ask("panel.tools");
        worn.move_panel(SurfaceId::Tools);
        const DVec3 put = worn.panel(SurfaceId::Tools).position;
        worn.wear({25.0, 1.7, 0.0});
        worn.visit.frames(2);
        CHECK(glm::distance(worn.panel(SurfaceId::Tools).position, put) < 1e-5); // it is not moved while it is open
        worn.ask("panel.tools");
        worn.ask("panel.tools");
        CHECK(glm::distance(worn.placed(SurfaceId::Tools).origin_from_panel.position,
                            worn.input().origin_from_head.position) < 2.0);
        worn.wear({0.0, 1.7, 0.0});
        worn.ask("panel.tools");
        worn.ask("panel.tools");
        CHECK(glm::distance(worn.panel(SurfaceId::Tools).position, put) < 1e-5);
    }

    TEST_CASE("large panels open around, above and below each other while there is room") {
        Worn worn;
        worn.visit.options.settings.ui_scale = 2.0;
        if (!worn.begin()) return;
        const std::vector<SurfaceId> all{SurfaceId::Parts, SurfaceId::Tools, SurfaceId::Tree, SurfaceId::Settings,
                                         SurfaceId::Problems};
        for (const char* action : {"panel.parts", "panel.tools", "panel.tree", "panel.settings", "panel.problems"})
            worn.ask(action);
        for (std::size_t a = 0; a < all.size(); ++a)
            for (std::size_t b = 0; b < a; ++b) CHECK_FALSE(worn.overlap(all[a], all[b]));
    }
}
