// SPDX-License-Identifier: Apache-2.0
// The past: what a visit has recorded is shown again, in the scene and in the figures, and is told from the present.
#include "base/file.h"
#include "tests/app/bars.h"
#include "tests/app/visit.h"
#include "tests/twin/net.h"
#include "twin/sparkplug.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <format>
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
{"id": "lift", "source": "group/node/left/lift"}, {"id": "jam", "source": "group/node/left/jam"}],
"alarms": [{"id": "jam", "title": "Jam", "priority": "low", "condition": {"tag": "jam", "when": "is"}}],
"bindings": [{"tag": "lift", "node": "still", "property": "translation", "axis": [0, 1, 0]}])");
    return plant;
}

struct Recorded {
    std::unique_ptr<TestBroker> broker = TestBroker::start();
    Visit visit{moving_plant()};
    std::unique_ptr<MqttListener> plant;
    std::uint8_t seq = 0;

    bool begin() {
        if (!broker) return false;
        visit.options.broker = broker->broker->url();
        visit.options.tag_patience = from_ms(10);
        visit.options.recording = visit.folder / "visit.mcap";
        if (!visit.begin(HostKind::Offscreen)) return false;
        plant = std::make_unique<MqttListener>(broker->broker->url(), "#");
        REQUIRE(eventually([&] { return plant->mqtt().connected(); }));
        REQUIRE(until([&] { return live().snapshot().connection == twin::Connection::Online; }));
        say("NBIRTH/node", {{"bdSeq", std::int64_t{0}}});
        say("DBIRTH/node/left", {{"lift", 0.5}, {"jam", false}});
        return until([&] { return height() == doctest::Approx(0.5); });
    }
    void say(const std::string& topic, const std::vector<std::pair<const char*, twin::Value>>& values) {
        std::vector<twin::OutMetric> metrics;
        for (const auto& [name, value] : values) {
            const auto type = std::holds_alternative<bool>(value)     ? twin::DataType::Boolean
                              : std::holds_alternative<double>(value) ? twin::DataType::Double
                                                                      : twin::DataType::Int64;
            metrics.push_back({.name = name, .alias = {}, .type = type, .value = value, .with_type = true});
        }
        REQUIRE(plant->mqtt().publish(
            {"spBv1.0/group/" + topic, twin::encode_payload(metrics, seq++, system_clock().utc_now()), 0, false}));
    }
    template <class Condition> bool until(Condition condition) {
        return eventually([&] {
            visit.frames(1);
            return condition();
        });
    }
    app::Live& live() { return visit.client->live(); }
    double height() const {
        const auto& scene = visit.client->scene();
        return scene.world(scene.find_path(scene.find_placed("left"), "still")).translation.y - 1.5;
    }
    std::string call(const std::string& action, const std::string& arguments = "{}") {
        const auto done = visit.client->actions().call(action, arguments);
        return done ? *done : "refused: " + done.error().what;
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
        // Both are in the recording once something later is.
        REQUIRE(r.until([&] {
            const auto view = r.live().memory()->view();
            return view && view->last > UtcTime{then.ns + from_seconds(1.2).ns};
        }));
        r.say("DDATA/node/left", {{"lift", 2.0}, {"jam", false}});
        REQUIRE(r.until([&] { return r.height() == doctest::Approx(2.0); }));
        r.call("alarm.acknowledge", R"({"alarm": "left.jam"})");
        REQUIRE(r.until([&] { return r.live().figures().alarms.empty(); }));

        CHECK(r.call("time.play") == "refused: what is shown is now; go back first");
        CHECK(r.call("time.go", std::format(R"({{"utc": {:.3f}}})", static_cast<double>(then.ns) / 1e9 + 1.1)) ==
              "true");
        CHECK(r.live().away());
        REQUIRE(r.until([&] { return r.live().memory()->snapshot() != nullptr; }));
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

        r.call("time.back", R"({"seconds": 0})"); // a second time: nothing of the first one is left
        CHECK(r.live().figures().alarms.empty());
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
            const auto& trend = r.live().memory()->trend(0, system_clock().now());
            return !trend.empty() && trend.back().last == 10.0 && trend.front().min <= 1.0;
        }));
    }
}
