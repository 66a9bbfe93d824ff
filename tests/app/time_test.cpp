// SPDX-License-Identifier: Apache-2.0
// The past: what a visit has recorded is shown again, in the scene and in the figures, and is told from the present.
#include "app/trend_lines.h"
#include "base/file.h"
#include "base/format.h"
#include "tests/app/bars.h"
#include "tests/app/visit.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>
#include <string>

using namespace pw;
using namespace pw::test;
using xr::HostKind;

namespace {

// "left" moves up by its tag `lift`, and has an alarm.
std::string moving_plant() {
    std::string plant = bars_plant();
    const std::size_t tags = plant.find(R"("tags": [)");
    plant.replace(tags, plant.find("]", tags) + 1 - tags, R"("tags": [
{"id": "lift", "source": "group/node/left/lift"}, {"id": "jam", "source": "group/node/left/jam"},
{"id": "hot", "source": "group/node/left/hot"}, {"id": "s", "source": "group/node/left/s", "role": "state"},
{"id": "made", "source": "group/node/left/made", "role": "produced"}],
"alarms": [{"id": "jam", "title": "Jam", "priority": "low", "condition": {"tag": "jam", "when": "is"}},
{"id": "hot", "title": "Hot", "priority": "high", "condition": {"tag": "hot", "when": "is"}}],
"bindings": [{"tag": "lift", "node": "still", "property": "translation", "axis": [0, 1, 0]}])");
    return plant;
}

struct Recorded : LiveVisit {
    Recorded() : LiveVisit(moving_plant()) {}
    bool begin() {
        visit.options.recording = visit.folder / "visit.mcap";
        return LiveVisit::begin(HostKind::Offscreen, {{"lift", 0.5},
                                                      {"jam", false},
                                                      {"hot", false},
                                                      {"s", std::string("EXECUTE")},
                                                      {"made", std::int64_t{0}}}) &&
               until([&] { return height() == doctest::Approx(0.5); });
    }
    // What was said until now is in the recording once something later is.
    bool until_recorded() {
        const UtcTime now = system_clock().utc_now();
        return until([&] {
            const auto view = live().memory()->view();
            return view && view->last > now + from_seconds(1.2);
        });
    }
    std::string go(UtcTime at) {
        return call("time.go", formatted(R"({{"utc": {:.3f}}})", static_cast<double>(at.ns) / 1e9));
    }
    bool arrives() {
        return until([&] { return live().memory()->snapshot() != nullptr; });
    }
    double height() const {
        const auto& scene = visit.client->scene();
        return scene.world(scene.find_path(scene.find_placed("left"), "still")).translation.y - 1.5;
    }
};

} // namespace

TEST_SUITE("app/time [net] [gpu]") {
    TEST_CASE("the hall stands as it stood, with its alarms, while the machines go on; coming back it is now") {
        Recorded r;
        if (!r.begin()) return;
        r.say("DDATA/node/left", {{"lift", 1.0}, {"jam", true}});
        REQUIRE(r.until([&] { return r.height() == doctest::Approx(1.0) && r.live().figures().alarms.size() == 1; }));
        const UtcTime then = system_clock().utc_now();
        REQUIRE(r.until_recorded());
        r.say("DDATA/node/left", {{"lift", 2.0}, {"jam", false}});
        REQUIRE(r.until([&] { return r.height() == doctest::Approx(2.0); }));
        r.call("alarm.acknowledge", R"({"alarm": "left.jam"})");
        REQUIRE(r.until([&] { return r.live().figures().alarms.empty(); }));

        CHECK(r.call("time.play") == "refused: what is shown is now; go back first");
        CHECK(r.go(then + from_seconds(1.1)) == "true");
        CHECK(r.live().away());
        REQUIRE(r.arrives());
        CHECK(r.until([&] { return r.height() == doctest::Approx(1.0); }));
        CHECK(r.live().figures().alarms.size() == 1);
        CHECK(r.call("alarm.acknowledge", R"({"alarm": "left.jam"})").starts_with("refused: you look at the past"));
        CHECK(r.call("twin.rebirth", R"({"node": "group/node"})").starts_with("refused: you look at the past"));
        r.say("DDATA/node/left", {{"lift", 3.0}}); // meanwhile: nobody sees it
        REQUIRE(r.until([&] { return twin::to_number(r.live().twin()->snapshot().tags[0].value) == 3.0; }));
        for (int i = 0; i < 40; ++i) {
            r.visit.frames(1);
            CHECK(r.height() == doctest::Approx(1.0));
        }
        CHECK(r.call("time.tell").contains(R"("past":true)"));
        r.call("time.now");
        CHECK_FALSE(r.live().away());
        CHECK(r.until([&] { return r.height() == doctest::Approx(3.0) && r.live().figures().alarms.empty(); }));

        CHECK(r.above().empty());

        REQUIRE(r.until_recorded());
        r.call("time.back", R"({"seconds": 0})"); // a second time: nothing of the first one is left
        CHECK(r.live().figures().alarms.empty());
        REQUIRE(r.arrives());
        CHECK(r.until([&] { return r.height() > 1.5; }));
        CHECK(r.above().empty());
        r.go(then + from_seconds(1.1)); // and from there to the first moment again
        CHECK(r.until([&] { return r.height() == doctest::Approx(1.0) && r.above() == "LOW · Jam\n"; }));
        r.call("time.now");
        CHECK(r.until([&] { return r.height() == doctest::Approx(3.0) && r.above().empty(); }));
    }

    TEST_CASE("ages are those of the moment shown, and after coming back those of now") {
        Recorded r;
        if (!r.begin()) return;
        r.say("DDATA/node/left", {{"jam", true}});
        REQUIRE(r.until([&] { return r.live().figures().alarms.size() == 1; }));
        const UtcTime then = system_clock().utc_now();
        REQUIRE(r.until_recorded());
        r.go(then + from_seconds(1.1));
        REQUIRE(r.arrives());
        REQUIRE(r.until([&] { return r.live().figures().alarms.size() == 1; }));
        CHECK(r.visit.client->shown_time() - r.live().figures().alarms[0].since < from_seconds(3.0));
        CHECK(r.visit.client->shown_time() < then + from_seconds(1.2));
        CHECK(r.live().figures().time <= r.visit.client->shown_time());
        r.call("time.now");
        CHECK(r.visit.client->shown_time() >= then + from_seconds(1.2));
        CHECK(r.until([&] { return r.live().figures().time > then + from_seconds(1.2); }));
        const auto age = [&] { return system_clock().now() - r.live().snapshot().tags[0].received; };
        CHECK(age().ns > 0); // on the clock of now again
        r.say("DDATA/node/left", {{"lift", 2.0}});
        CHECK(r.until([&] { return r.height() == doctest::Approx(2.0) && age() < from_seconds(5.0); }));
    }

    TEST_CASE("the board of a moment is the one that was live then, with all counts, rows and inputs") {
        Recorded r;
        if (!r.begin()) return;
        REQUIRE(r.visit.client->select(r.visit.root("left")));
        r.say("DDATA/node/left", {{"jam", true}, {"hot", true}});
        REQUIRE(r.until([&] { return r.live().figures().alarms.size() == 2; }));
        r.call("alarm.shelve", R"({"alarm": "left.hot", "comment": "known", "minutes": 10})");
        std::vector<work::ManagementSnapshot> lived; // each second one that is recorded too
        REQUIRE(r.until([&] {
            const auto& now = r.live().figures();
            const bool news = lived.empty() || lived.back().time != now.time;
            if (news && now.alarms.size() == 1 && now.detail.equipment == r.left()) lived.push_back(now);
            return lived.size() >= 3;
        }));
        REQUIRE(r.until_recorded());
        const auto& then = lived[1];
        const auto shelved = [](const work::ManagementSnapshot& s) {
            std::uint32_t sum = 0;
            for (const auto& of : s.counts.of) sum += of.at(static_cast<std::size_t>(twin::AlarmState::Shelved));
            return sum;
        };
        CHECK(shelved(then) == 1);
        r.live().go_to(then.time + from_ms(1));
        REQUIRE(r.arrives());
        work::ManagementSnapshot shown = r.live().figures();
        CHECK(shown.time == then.time);
        const auto* detail = r.live().kpis_of(r.left());
        REQUIRE(detail != nullptr);
        for (std::size_t k = 0; k < twin::kKpis; ++k) {
            const auto& was = then.detail.hour.at(k);
            if (was.value || !was.inputs.empty()) CHECK(detail->hour.at(k) == was); // else the card leaves it out
        }
        CHECK_FALSE(detail->hour.at(0).inputs.empty());
        shown.detail = then.detail;
        CHECK(shown == then);
    }

    TEST_CASE("a trend is lines from ten minutes ago until now, with breaks where nothing was known") {
        using twin::Quality;
        const double none = std::nan("");
        const UtcTime to = utc_from_ms(1'800'000'000'000), from{to.ns - from_seconds(600.0).ns};
        const auto at = [&](double s) { return from + from_seconds(s); };
        app::Memory::Trend trend;
        CHECK(app::trend_lines(trend, to).empty());
        trend.until = to + from_seconds(-1.0);
        trend.points = {{at(-60), 1, 1, 1, Quality::Good, Quality::Good},            // holds into the window
                        {at(150), 3, 3, 3, Quality::Good, Quality::Good},            // a step
                        {at(300), none, none, none, Quality::Stale, Quality::Stale}, // a break
                        {at(450), 2, 2, 2, Quality::Good, Quality::Good}};
        const auto lines = app::trend_lines(trend, to);
        const auto is = [](const app::TrendLine& l, float x0, float y0, float x1, float y1) {
            return std::abs(l.x0 - x0) + std::abs(l.y0 - y0) + std::abs(l.x1 - x1) + std::abs(l.y1 - y1) < 1e-4f;
        };
        REQUIRE(lines.size() == 4);
        CHECK(is(lines[0], 0.f, 0.f, 0.25f, 0.f));
        CHECK(is(lines[1], 0.25f, 0.f, 0.25f, 1.f));
        CHECK(is(lines[2], 0.25f, 1.f, 0.5f, 1.f));
        CHECK(is(lines[3], 0.75f, 0.5f, 1.f, 0.5f)); // held to now
        trend.until = at(500);                       // it is recorded no more
        CHECK(app::trend_lines(trend, to).back().x1 == doctest::Approx(500.0 / 600.0));
    }

    TEST_CASE("the past goes on when it is played, and back again by seconds") {
        Recorded r;
        if (!r.begin()) return;
        for (int i = 0; i < 30; ++i) {
            r.say("DDATA/node/left", {{"lift", 1.0 + i}});
            REQUIRE(r.until([&] { return r.height() == doctest::Approx(1.0 + i); }));
            sleep_for(from_ms(60)); // the recording needs time to go by
        }
        REQUIRE(r.until([&] { return r.live().memory()->view().has_value(); }));
        REQUIRE(r.until([&] { return r.live().memory()->view()->last.ns > r.live().memory()->view()->first.ns; }));
        r.call("time.back", R"({"seconds": 1})");
        REQUIRE(r.until([&] { return r.live().memory()->snapshot() != nullptr; }));
        REQUIRE(r.until([&] { return r.height() < 30.0; }));
        const double stood = r.height();
        r.call("time.play");
        CHECK(r.until([&] { return r.height() > stood; }));
        r.live().memory()->pause();
        r.call("time.back", R"({"seconds": 1000})"); // before the first word: as far as there is something
        CHECK(r.until([&] { return r.live().memory()->view()->at <= r.live().memory()->view()->first; }));
    }

    TEST_CASE("a visit that is killed leaves nothing of what it has recorded") {
        const auto broker = TestBroker::start();
        if (!broker) return;
        const TempFolder folder;
        REQUIRE(write_text(folder / "bars.gltf", two_bars("bar")));
        REQUIRE(write_text(folder / "plant.json", moving_plant()));
        REQUIRE(make_folders(folder / "tmp"));
        Program program(folder,
                        {"run", folder / "plant.json", "--host", "offscreen", "--broker", broker->broker->url()},
                        {{"XDG_CACHE_HOME", folder / "cache"}, {"TMPDIR", folder / "tmp"}});
        // It writes into that folder, by a descriptor alone.
        const auto records = [&] {
            const std::string cache = std::filesystem::canonical(folder.path).string() + "/cache/plantwalk";
            std::error_code gone;
            for (const auto& open : std::filesystem::directory_iterator(
                     "/proc/" + std::to_string(program.process().pid()) + "/fd", gone)) {
                const auto file = std::filesystem::read_symlink(open.path(), gone).string();
                if (file.starts_with(cache) && file.ends_with("(deleted)")) return true;
            }
            return false;
        };
        REQUIRE(eventually([&] { return records() || !program.process().running(); }, kPatience));
        REQUIRE_MESSAGE(records(), program.said());
        REQUIRE(eventually([&] { return program.ask({"time.tell"})["ok"] == true; }, kPatience));
        program.process().kill();
        program.process().wait();
        std::vector<std::string> left;
        for (const auto& file : std::filesystem::recursive_directory_iterator(folder.path)) {
            const auto name = file.path().filename().string();
            if (name.ends_with(".mcap") || name.starts_with("recording")) left.push_back(name);
        }
        CHECK(left.empty());
        CHECK(list_folder(folder / "tmp").value().empty());
    }

    TEST_CASE("a machine's trend comes out of the recording") {
        Recorded r;
        if (!r.begin()) return;
        for (int i = 0; i < 10; ++i) {
            r.say("DDATA/node/left", {{"lift", 1.0 + i}});
            REQUIRE(r.until([&] { return r.height() == doctest::Approx(1.0 + i); }));
        }
        CHECK(r.until([&] {
            const auto& trend = r.live().memory()->trend(0, system_clock().now()).points;
            return !trend.empty() && trend.back().last == 10.0 && trend.front().min <= 1.0;
        }));
        // What is asked for later is only what is new, and fits.
        r.say("DDATA/node/left", {{"lift", -7.0}});
        CHECK(r.until([&] {
            const auto& trend = r.live().memory()->trend(0, system_clock().now()).points;
            return !trend.empty() && trend.back().last == -7.0 && trend.front().min <= 1.0;
        }));
        const auto& points = r.live().memory()->trend(0, system_clock().now()).points;
        for (std::size_t p = 1; p < points.size(); ++p) CHECK(points[p - 1].time < points[p].time);
    }
}
