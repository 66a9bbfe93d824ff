// SPDX-License-Identifier: Apache-2.0
// What is heard and the same in words: by exact rules, and from an edge node on a real broker to the caption.
#include "app/sounds.h"

#include "base/file.h"
#include "base/format.h"
#include "tests/app/bars.h"
#include "tests/app/visit.h"
#include "tests/support/allocations.h"
#include "tests/support/paths.h"

#include <doctest/doctest.h>
#include <glm/ext/quaternion_trigonometric.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::test;
using app::AlarmBell;
using plant::AlarmPriority;
using twin::AlarmState;

namespace {

Time at_s(double seconds) { return Time{} + from_seconds(1000.0 + seconds); }

// In the order of the operator's list.
twin::AlarmRow row(std::uint32_t alarm, AlarmPriority priority, std::int64_t since,
                   AlarmState state = AlarmState::Unacknowledged) {
    return {.alarm = {alarm}, .state = state, .priority = priority, .since = {since}};
}

audio::Listener turned(double yaw_rad, double world_per_user = 1.0) {
    return {{DVec3(0.0, 1.7, 0.0), glm::angleAxis(static_cast<float>(yaw_rad), Vec3(0.f, 1.f, 0.f))}, world_per_user};
}

app::Caption caption(const char* what, double until_s, bool tells = true, std::optional<DVec3> at = {}) {
    return {.sound = "touch", .what = what, .tells = tells, .at = at, .until = at_s(until_s)};
}

std::vector<std::string> words(const app::Captions& captions) {
    std::vector<std::string> out;
    for (const auto& one : captions.list()) out.push_back(one.words);
    return out;
}

// "left" is a machine that can jam and be hot; "right" has neither tags nor alarms.
std::string noisy_plant() {
    std::string plant = bars_plant();
    const std::size_t tags = plant.find(R"("tags": [)");
    const std::size_t end = plant.find("]", tags);
    plant.replace(tags, end + 1 - tags, R"("tags": [
{"id": "state", "source": "group/node/left/state", "role": "state"},
{"id": "rate", "source": "group/node/left/rate", "role": "rate", "unit": "/h"},
{"id": "ideal", "source": "group/node/left/ideal", "role": "ideal_rate", "unit": "/h"},
{"id": "jam", "source": "group/node/left/jam"},
{"id": "hot", "source": "group/node/left/hot"}],
"alarms": [{"id": "jam", "title": "Bottle jam", "priority": "high", "condition": {"tag": "jam", "when": "is"}},
{"id": "hot", "title": "Too hot", "priority": "low", "condition": {"tag": "hot", "when": "is"}}])");
    return plant;
}

struct Noisy : LiveVisit {
    Noisy() : LiveVisit(noisy_plant()) {}
    bool begin() {
        return LiveVisit::begin(xr::HostKind::Offscreen, {{"state", std::string("IDLE")},
                                                          {"rate", 24000.0},
                                                          {"ideal", 24000.0},
                                                          {"jam", false},
                                                          {"hot", false}}) &&
               until([&] { return live().quality(left()) == twin::Quality::Good; });
    }
    nlohmann::json sound() { return nlohmann::json::parse(call("app.where"))["sound"]; }
    std::uint64_t played(const char* name) { return sound()["played"].value(name, std::uint64_t{0}); }
    bool says(const std::string& text) {
        const auto list = sound()["captions"];
        return std::ranges::any_of(list, [&](const auto& one) { return one["words"] == text; });
    }
};

} // namespace

TEST_SUITE("app/sounds") {
    TEST_CASE("a new alarm is heard at once, of several the most urgent for all, and the next after its burst") {
        AlarmBell bell;
        CHECK_FALSE(bell.step({}, at_s(0)));
        std::vector rows{row(2, AlarmPriority::High, 5), row(0, AlarmPriority::Medium, 3),
                         row(7, AlarmPriority::Low, 4), row(1, AlarmPriority::Low, 2, AlarmState::Acknowledged)};
        auto stroke = bell.step(rows, at_s(1));
        REQUIRE(stroke);
        CHECK(stroke->alarm == twin::AlarmId{2});
        CHECK(stroke->priority == AlarmPriority::High);
        CHECK(stroke->others == 2);
        CHECK_FALSE(stroke->reminder);
        rows.insert(rows.begin(), row(9, AlarmPriority::Critical, 6));
        CHECK_FALSE(bell.step(rows, at_s(4.9))); // it would sound into the burst
        stroke = bell.step(rows, at_s(5.0));
        REQUIRE(stroke);
        CHECK(stroke->alarm == twin::AlarmId{9});
        CHECK(stroke->others == 0);
        rows[1].since = {8}; // over and here again
        stroke = bell.step(rows, at_s(9.0));
        REQUIRE(stroke);
        CHECK(stroke->alarm == twin::AlarmId{2});
        CHECK_FALSE(stroke->reminder);
    }

    TEST_CASE("while the most urgent waits it is said again, a low one never") {
        AlarmBell bell;
        std::vector rows{row(2, AlarmPriority::High, 5), row(3, AlarmPriority::Low, 5)};
        REQUIRE(bell.step(rows, at_s(0)));
        CHECK_FALSE(bell.step(rows, at_s(14.9)));
        auto stroke = bell.step(rows, at_s(15.0));
        REQUIRE(stroke);
        CHECK(stroke->reminder);
        CHECK(stroke->alarm == twin::AlarmId{2});
        CHECK_FALSE(bell.step(rows, at_s(29.9)));
        CHECK(bell.step(rows, at_s(30.0)));
        rows[0].state = AlarmState::Acknowledged;
        CHECK_FALSE(bell.step(rows, at_s(10'000.0))); // what is left is low
        rows[1].priority = AlarmPriority::Medium;
        CHECK(bell.step(rows, at_s(10'001.0)));
        CHECK_FALSE(bell.step(rows, at_s(10'060.9)));
        CHECK(bell.step(rows, at_s(10'061.0)));
    }

    TEST_CASE("a flood is one burst in four seconds, whatever comes") {
        AlarmBell bell;
        std::vector<twin::AlarmRow> rows;
        std::uint32_t strokes = 0, told = 0;
        for (std::uint32_t i = 0; i < 1000; ++i) { // 50 alarms a second for 20 s
            rows.insert(rows.begin(), row(i, AlarmPriority::High, i + 1));
            if (const auto stroke = bell.step(rows, at_s(0.02 * i))) {
                ++strokes;
                told += 1 + static_cast<std::uint32_t>(stroke->others);
            }
        }
        CHECK(strokes == 5);
        CHECK(told == 801);                                // of the first 16 s and one: none was left out
        CHECK(bell.step(rows, at_s(20.0))->others == 198); // the last
        const long before = allocations();
        for (int i = 0; i < 100; ++i) bell.step(rows, at_s(20.1 + 0.01 * i));
        CHECK(allocations() == before);
    }

    TEST_CASE("what was there already when one came to a moment is not new") {
        AlarmBell bell;
        std::vector rows{row(2, AlarmPriority::High, 5)};
        bell.take_as_heard(rows);
        CHECK_FALSE(bell.step(rows, at_s(0)));
        rows.push_back(row(3, AlarmPriority::Low, 6));
        const auto stroke = bell.step(rows, at_s(0.1));
        REQUIRE(stroke);
        CHECK(stroke->alarm == twin::AlarmId{3});
    }

    TEST_CASE("captions say where, follow the head, and go") {
        app::Captions captions;
        captions.add(caption("Alarm HIGH: Filler, Low", 8.0, true, DVec3(-3.0, 1.0, 3.0)));
        captions.step(turned(0.0), at_s(0.0));
        CHECK(words(captions) == std::vector<std::string>{"Alarm HIGH: Filler, Low — behind, left"});
        captions.step(turned(std::numbers::pi / 2.0), at_s(0.1)); // to the left
        CHECK(words(captions) == std::vector<std::string>{"Alarm HIGH: Filler, Low — ahead, left"});
        captions.step(turned(std::numbers::pi / 2.0, 20.0), at_s(0.2)); // a model before the user
        CHECK(words(captions) == std::vector<std::string>{"Alarm HIGH: Filler, Low — here"});
        const long before = allocations();
        for (int i = 0; i < 100; ++i) captions.step(turned(std::numbers::pi / 2.0, 20.0), at_s(0.3 + 0.001 * i));
        CHECK(allocations() == before);
        captions.step(turned(0.0), at_s(8.0));
        CHECK(captions.list().empty());
    }

    TEST_CASE("three lines at most: an alarm stays while hands are busy, and nothing is said twice") {
        app::Captions captions;
        captions.add(caption("Alarm", 8.0));
        for (const char* what : {"Touch", "Press", "Touch", "Turned"}) captions.add(caption(what, 1.5, false));
        CHECK(words(captions) == std::vector<std::string>{"Alarm", "Touch", "Turned"});
        CHECK(captions.any(app::CaptionsShown::Telling));
        captions.step(turned(0.0), at_s(2.0));
        CHECK(words(captions) == std::vector<std::string>{"Alarm"});
        captions.step(turned(0.0), at_s(9.0));
        captions.add(caption("Touch", 10.0, false));
        CHECK_FALSE(captions.any(app::CaptionsShown::Telling));
        CHECK(captions.any(app::CaptionsShown::All));
        CHECK_FALSE(captions.any(app::CaptionsShown::None));
    }

    TEST_CASE("docs/sound.md says each sound with its level") {
        const auto page = read_text(source_dir() / "docs/sound.md");
        REQUIRE(page);
        const auto says = [&](const audio::SoundLook& look) {
            const double dbfs = 20.0 * std::log10(static_cast<double>(look.level));
            const std::string line = formatted("| `{}` | {:.0f} dBFS | {:g} m | {:g} m |", look.name, dbfs,
                                               look.reference_m, look.farthest_m);
            CHECK_MESSAGE(page->contains(line), line);
        };
        for (std::size_t s = 0; s < audio::kSounds; ++s) says(audio::look_of(static_cast<audio::Sound>(s)));
        for (std::size_t h = 0; h < audio::kHums; ++h) says(audio::look_of(static_cast<audio::Hum>(h)));
    }
}

TEST_SUITE("app/sounds_live [net] [gpu]") {
    TEST_CASE(
        "an alarm of the twin is heard and said once, where its machine is, and its reminder until somebody acts") {
        Noisy n;
        if (!n.begin()) return;
        n.visit.client->set_camera({{-6.0, 1.6, 8.0}, {-6.0, 1.6, 0.0}, 60.0}); // "left" is ahead
        CHECK(n.played("alarm_high") == 0);
        n.say("DDATA/node/left", {{"jam", true}});
        REQUIRE(n.until([&] { return n.played("alarm_high") == 1; }));
        CHECK(n.says("Alarm HIGH: Left, Bottle jam — ahead"));
        n.visit.client->set_camera({{-6.0, 1.6, -8.0}, {-6.0, 1.6, -20.0}, 60.0});
        n.visit.frames(1);
        CHECK(n.says("Alarm HIGH: Left, Bottle jam — behind"));
        n.visit.host->period = from_ms(1000);
        n.visit.frames(10);
        CHECK(n.sound()["captions"].empty()); // 8 s
        CHECK(n.played("reminder") == 0);
        n.visit.frames(6);
        CHECK(n.played("reminder") == 1);
        CHECK(n.says("Not acknowledged: Left, Bottle jam — behind"));
        n.call("alarm.acknowledge", R"({"alarm": "left.jam"})");
        REQUIRE(n.until([&] { return n.layers().alarm(n.left())->state == AlarmState::Acknowledged; }));
        const auto said = n.played("reminder");
        n.visit.frames(40);
        CHECK(n.played("reminder") == said);
        CHECK(n.played("alarm_high") == 1);
    }

    TEST_CASE("what is shelved is silent") {
        Noisy n;
        if (!n.begin()) return;
        n.call("alarm.shelve", R"({"alarm": "left.hot", "minutes": 30, "comment": "a test"})");
        REQUIRE(n.until([&] { return n.live().figures().held_back.size() == 1; }));
        n.say("DDATA/node/left", {{"hot", true}});
        n.say("DDATA/node/left", {{"jam", true}});
        REQUIRE(n.until([&] { return n.played("alarm_high") == 1; }));
        n.visit.host->period = from_ms(1000);
        n.visit.frames(10);
        CHECK(n.played("alarm_low") == 0);
    }

    TEST_CASE("a machine hums while it executes and is heard, higher the faster; who comes near is told") {
        Noisy n;
        if (!n.begin()) return;
        n.visit.client->set_camera({{-4.0, 1.6, 30.0}, {-4.0, 1.6, 0.0}, 60.0});
        const auto hums = [&] {
            const auto list = n.sound()["humming"];
            return list.size() == 1 && list[0] == "left";
        };
        n.visit.frames(3);
        CHECK(n.sound()["humming"].empty());
        n.say("DDATA/node/left", {{"state", std::string("EXECUTE")}});
        REQUIRE(n.until(hums));
        CHECK(n.sound()["captions"].empty());
        app::MachineHums machines(n.visit.client->plant(), n.live(), n.layers());
        CHECK(machines.step()[0].pitch == doctest::Approx(1.f));
        n.say("DDATA/node/left", {{"rate", 12000.0}});
        REQUIRE(n.until([&] { return machines.step()[0].pitch < 0.9f; }));
        CHECK(machines.step()[0].pitch == doctest::Approx(0.85f));
        CHECK(machines.step()[0].gain == doctest::Approx(0.75f));
        n.visit.host->period = from_ms(250);
        n.visit.client->set_camera({{-4.0, 1.6, 3.0}, {-4.0, 1.6, 0.0}, 60.0});
        n.visit.frames(20);
        CHECK(n.says("Left hums — ahead"));
        n.say("DDEATH/node/left", {});
        CHECK(n.until([&] { return n.sound()["humming"].empty(); }));
    }

    TEST_CASE("what is refused is heard, shown where captions are wanted, and nothing is heard when muted") {
        Noisy n;
        n.visit.options.settings.captions = "all";
        n.visit.options.sound = app::SoundOutput::Nobody;
        if (!n.begin()) return;
        CHECK_FALSE(n.visit.client->ask("view.go_to", R"({"viewpoint": "nowhere"})"));
        n.visit.frames(1);
        CHECK(n.played("refusal") == 1);
        CHECK(n.says("Refused"));
        CHECK(n.sound()["captions"][0]["shown"] == true);
        CHECK(n.until([&] { return n.sound()["playing"] == true; }));
        CHECK(n.call("sound.mute") == "true");
        CHECK(n.sound()["muted"] == true);
        CHECK(n.visit.client->status().muted);
        CHECK(n.visit.client->change_setting("captions", "auto"));
        n.visit.frames(1);
        CHECK(n.visit.client->sounds().captions_shown() == app::CaptionsShown::Telling); // it cannot be heard
        CHECK(n.call("sound.mute") == "false");
        n.visit.frames(1);
        CHECK(n.visit.client->sounds().captions_shown() == app::CaptionsShown::None);
    }

    TEST_CASE("hands are heard: what they press, how they turn and jump, and what is refused") {
        Noisy n;
        if (!n.visit.begin(xr::HostKind::Headset)) return;
        n.visit.point_at({-3.0, 1.5, 0.0});
        n.visit.pull_trigger();
        CHECK(n.played("select") == 1);
        auto& hand = n.visit.host->played.hands[1];
        hand.stick = {1.f, 0.f};
        n.visit.frames(3);
        hand.stick = {0.f, 0.f};
        n.visit.frames(3);
        CHECK(n.played("turn") == 1);
        n.call("move.recentre");
        n.visit.frames(40); // through black
        CHECK(n.played("jump") == 1);
        CHECK_FALSE(n.visit.client->ask("view.go_to", R"({"viewpoint": "nowhere"})"));
        CHECK(n.played("refusal") == 1);
        CHECK(n.sound()["device"] == ""); // off
    }

    TEST_CASE("the past is silent while it stands, and sounds as it did while it plays") {
        Noisy n;
        if (!n.begin()) return;
        n.say("DDATA/node/left", {{"state", std::string("EXECUTE")}});
        REQUIRE(n.until([&] { return n.sound()["humming"].size() == 1; }));
        const auto figures_of = [&](auto holds) { return n.until([&] { return holds(n.live().figures()); }); };
        const UtcTime quiet = n.live().figures().time;
        REQUIRE(figures_of([&](const auto& f) { return f.time - quiet > from_ms(2500); }));
        n.say("DDATA/node/left", {{"jam", true}});
        REQUIRE(n.until([&] { return n.played("alarm_high") == 1; }));
        const UtcTime jammed = n.live().figures().time;
        REQUIRE(figures_of([&](const auto& f) { return f.time - jammed > from_ms(2500); }));
        n.call("time.back", R"({"seconds": 4})");
        REQUIRE(n.until([&] { return n.live().away() && n.live().figures().time.known(); }));
        CHECK(n.live().figures().alarms.empty());
        n.visit.frames(3);
        CHECK(n.sound()["humming"].empty());
        CHECK(n.played("alarm_high") == 1);
        n.call("time.play");
        REQUIRE(n.until([&] { return n.sound()["humming"].size() == 1; }));
        REQUIRE(n.until([&] { return n.played("alarm_high") == 2; }));
        CHECK(n.says("In the past: Alarm HIGH: Left, Bottle jam — ahead, left"));
        n.call("time.now");
        n.visit.frames(5);
        CHECK(n.played("alarm_high") == 2); // it was heard already, now
    }
}

TEST_SUITE("app/sound_device [net] [gpu]") {
    TEST_CASE("where there is no sound device the visit goes on, and says so in one line and in words") {
        TempFolder folder;
        REQUIRE(write_text(folder / "bars.gltf", two_bars("bar")));
        REQUIRE(write_text(folder / "plant.json", bars_plant()));
        // A server that is not there, and nothing of ALSA's but a file that names no device.
        REQUIRE(write_text(folder / "asound.conf", ""));
        Program program(
            folder, {"run", folder / "plant.json", "--host", "offscreen", "--sound", "auto"},
            {{"PULSE_SERVER", "unix:" + (folder / "nobody")}, {"ALSA_CONFIG_PATH", folder / "asound.conf"}});
        REQUIRE(program.says("there is no sound device"));
        REQUIRE(program.eventually_status([](const auto& status) { return status["settled"] == true; }));
        const auto frames = program.status()["frames"].template get<std::uint64_t>();
        CHECK(program.eventually_status([&](const auto& status) { return status["frames"] > frames + 5; }));
        CHECK(program.status()["problems"].dump().contains("sound: there is no sound device"));
        CHECK(program.count_said("sound") == 2); // "warning: sound: there is no sound device: …"
        CHECK_FALSE(program.said().contains("ALSA lib"));
    }
}
