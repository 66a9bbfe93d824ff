// SPDX-License-Identifier: Apache-2.0
// Management in place, from the words of an edge node on a real broker to what stands in the hall.
#include "app/layers.h"

#include "base/format.h"
#include "tests/app/bars.h"
#include "tests/app/visit.h"
#include "tests/support/allocations.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>

using namespace pw;
using namespace pw::test;
using xr::HostKind;

namespace {

// The bars as machines of a line: "left" has all that layers show, "right" can only be hot.
std::string managed_plant() {
    std::string plant = bars_plant();
    const std::size_t tags = plant.find(R"("tags": [)");
    const std::size_t end = plant.find("]", tags);
    plant.replace(tags, end + 1 - tags, R"("tags": [
{"id": "state", "source": "group/node/left/state", "role": "state"},
{"id": "why", "source": "group/node/left/why", "role": "reason"},
{"id": "rate", "source": "group/node/left/rate", "role": "rate", "unit": "/h"},
{"id": "count", "source": "group/node/left/count", "role": "fill", "high": 40},
{"id": "product", "source": "group/node/left/product", "role": "product"},
{"id": "power", "source": "group/node/left/power", "role": "power", "unit": "W"},
{"id": "jam", "source": "group/node/left/jam"}],
"alarms": [{"id": "jam", "title": "Bottle jam", "priority": "high", "condition": {"tag": "jam", "when": "is"}}])");
    return plant;
}

struct Managed : LiveVisit {
    Managed() : LiveVisit(managed_plant()) {}
    bool begin(HostKind kind = HostKind::Offscreen) {
        return LiveVisit::begin(kind, {{"state", std::string("EXECUTE")},
                                       {"why", std::string("none")},
                                       {"rate", 24000.0},
                                       {"count", std::int64_t{30}},
                                       {"product", std::string("Still")},
                                       {"power", 1500.0},
                                       {"jam", false}}) &&
               figures([](const auto& f) { return f.doing == work::Doing::Executing; });
    }
    bool figures(const auto& are) {
        return until([&] { return are(layers().figures(left())); });
    }
    app::LayerChoice& choice() { return visit.client->state().layers; }
    std::string below() {
        std::string words;
        layers().lines_below(left(), choice(), words);
        return words;
    }
    std::uint32_t wash() const { return visit.client->scene().effective_style(visit.root("left")).wash_srgba; }
};

// "left" is a vehicle: it goes along x as it says.
struct Moving : LiveVisit {
    static std::string plant_file() {
        std::string plant = bars_plant();
        const std::size_t tags = plant.find(R"("tags": [)"), end = plant.find("]", tags);
        plant.replace(tags, end + 1 - tags,
                      R"("tags": [{"id": "x", "source": "group/node/left/x"}],
"bindings": [{"tag": "x", "node": "bar", "property": "translation", "axis": [1, 0, 0]}])");
        return plant;
    }
    Moving() : LiveVisit(plant_file()) {}
    bool begin() { return LiveVisit::begin(HostKind::Offscreen, {{"x", 0.0}}); }
};

} // namespace

TEST_SUITE("app/layers [net] [gpu]") {
    TEST_CASE("over a machine stands what the layers say that are on, and its alarm in words") {
        Managed m;
        if (!m.begin()) return;
        CHECK(m.above().empty());
        CHECK(m.below() == "\n24000 /h");
        for (const char* layer : {"people", "machines", "materials", "methods", "environment", "quality"})
            m.call("layer.show", formatted(R"({{"layer": "{}", "on": false}})", layer));
        CHECK(m.below().empty());
        CHECK_FALSE(m.layers().is_named(m.left(), 1.0, m.choice()));
        m.call("layer.show", R"({"layer": "materials"})");
        CHECK(m.below() == "\n30 / 40");
        m.call("layer.show", R"({"layer": "methods"})");
        m.call("layer.show", R"({"layer": "environment"})");
        m.call("layer.show", R"({"layer": "materials", "on": false})");
        CHECK(m.below() == "\nStill · 1.5 kW");
        m.say("DDATA/node/left", {{"jam", true}, {"state", std::string("SUSPENDED")}, {"why", std::string("starved")}});
        REQUIRE(m.figures([](const auto& f) { return f.alarms_listed == 1; }));
        CHECK(m.above() == "HIGH · Bottle jam\n");
        CHECK(m.layers().is_named(m.left(), 500.0, m.choice())); // whatever layers are off
        m.call("layer.show", R"({"layer": "machines"})");
        CHECK(m.below().starts_with("\nstarved · 24000 /h"));
        m.say("DDEATH/node/left", {});
        CHECK(eventually([&] {
            m.visit.frames(1);
            return m.above() == "HIGH · Bottle jam · Stale\n" && m.below().empty();
        }));
    }

    TEST_CASE("what is UNCERTAIN says so behind its number, over the machine and in the legend") {
        Managed m;
        if (!m.begin()) return;
        for (const char* layer : {"materials", "environment"})
            m.call("layer.show", formatted(R"({{"layer": "{}"}})", layer));
        m.call("heat.show", R"({"figure": "energy"})");
        m.visit.frames(2);
        CHECK(m.below() == "\n24000 /h · 30 / 40 · 1.5 kW · 1.5 kW");
        CHECK(m.layers().legend().uncertain == 0);
        ++m.seq; // a message is lost: after two seconds nothing is sure any more
        m.say("DDATA/node/left", {{"product", std::string("Still")}});
        CHECK(m.until([&] {
            return m.below() ==
                   "\n24000 /h (Uncertain) · 30 / 40 (Uncertain) · 1.5 kW (Uncertain) · 1.5 kW (Uncertain)";
        }));
        CHECK(m.until([&] { return m.layers().legend().uncertain == 1; }));
    }

    TEST_CASE("the figure of a heat map is read across a hall, and goes with it") {
        Managed m;
        if (!m.begin()) return;
        m.visit.client->set_camera({{-4.0, 1.6, 60.0}, {-4.0, 1.5, 0.0}, 60.0});
        const auto label = [&] {
            m.visit.frames(2);
            for (const auto& one : m.visit.client->labels())
                if (one.text.contains("Left")) return std::string(one.text);
            return std::string();
        };
        CHECK(m.until([&] { return label() == "Left · EXECUTE"; }));
        m.call("heat.show", R"({"figure": "energy"})");
        CHECK(m.until([&] { return label() == "Left · EXECUTE\n1.5 kW"; }));
        m.call("heat.show", R"({"figure": "none"})");
        CHECK(m.until([&] { return label() == "Left · EXECUTE"; }));
    }

    TEST_CASE(
        "a heat map colours the machines that have the figure, and the floor round them, and takes it away again") {
        Managed m;
        if (!m.begin()) return;
        const auto bare = m.layers().patches().vertices.size();
        CHECK(m.wash() == 0);
        CHECK(m.call("heat.show", R"({"figure": "energy"})") == "\"energy\"");
        m.visit.frames(2);
        CHECK((m.wash() & 0xff'ffffu) == (work::heat_color(work::Heat::Energy, 0.75) & 0xff'ffffu)); // 1.5 of 2 kW
        CHECK(m.layers().legend().scale.high == 2.0);
        CHECK(m.layers().legend().machines == 1);
        CHECK(m.layers().patches().vertices.size() > bare + 100);
        CHECK(m.visit.client->scene().effective_style(m.visit.root("right")).wash_srgba == 0);
        m.say("DDATA/node/left", {{"power", 1000.0}});
        CHECK(eventually([&] {
            m.visit.frames(1);
            return m.layers().legend().scale.high == 1.0;
        }));
        m.call("heat.show", R"({"figure": "none"})");
        m.visit.frames(2);
        CHECK(m.wash() == 0);
        CHECK(m.layers().patches().vertices.size() == bare);
        CHECK(m.call("heat.show", R"({"figure": "beauty"})").starts_with("refused"));
    }

    TEST_CASE("a buffer's bar is as long as it is full") {
        Managed m;
        if (!m.begin()) return;
        m.call("line.show");
        const auto length = [&](std::uint32_t color) { // along x; the machine is wider than deep
            m.visit.frames(2);
            double low = 1e9, high = -1e9;
            for (const auto& vertex : m.layers().patches().vertices) {
                if (vertex.color_srgba != color) continue;
                low = std::min(low, vertex.position.x);
                high = std::max(high, vertex.position.x);
            }
            return std::max(high - low, 0.0);
        };
        constexpr std::uint32_t kBack = 0xc0'30'28'22u, kFill = 0xf0'e0'b0'50u, kFull = 0xf0'30'80'ffu;
        const double whole = length(kBack);
        CHECK(whole == doctest::Approx(3.0));                  // of two bars
        CHECK(length(kFill) == doctest::Approx(0.75 * whole)); // 30 of 40
        m.say("DDATA/node/left", {{"count", std::int64_t{38}}});
        CHECK(m.until([&] { return length(kFull) == doctest::Approx(0.95 * whole); }));
        CHECK(length(kFill) == 0.0);
        m.call("line.show");
        CHECK(length(kBack) == 0.0);
    }

    TEST_CASE("traffic shows where a vehicle has gone, the newest strongest, and what stands has no trail") {
        Moving m;
        if (!m.begin()) return;
        m.visit.host->period = from_ms(1100); // a step of a trail is a second
        m.call("traffic.show");
        m.visit.frames(3);
        const auto trail = [&] {
            std::vector<renderer::PatchVertex> out;
            for (const auto& vertex : m.layers().patches().vertices)
                if ((vertex.color_srgba & 0xff'ffffu) == 0x30'90'ffu) out.push_back(vertex);
            return out;
        };
        CHECK(trail().empty());
        const auto root = m.visit.root("left");
        for (int step = 1; step <= 4; ++step) {
            m.say("DDATA/node/left", {{"x", 1.0 * step}});
            const auto there = [&] { return m.visit.client->scene().world(root).translation.x; };
            REQUIRE_MESSAGE(m.until([&] { return there() > -5.01 + step; }), there());
            m.visit.frames(2);
        }
        const auto vertices = trail();
        REQUIRE(vertices.size() == 4 * 6);
        const auto by_x = [](const auto& vertex) { return vertex.position.x; };
        const auto first = std::ranges::min_element(vertices, {}, by_x),
                   last = std::ranges::max_element(vertices, {}, by_x);
        CHECK(first->position.x == doctest::Approx(-5.0));
        CHECK(last->position.x == doctest::Approx(-1.0));
        CHECK((last->color_srgba >> 24) > (first->color_srgba >> 24));
        const auto z = std::ranges::minmax(vertices, {}, [](const auto& v) { return v.position.z; });
        CHECK(z.max.position.z - z.min.position.z == doctest::Approx(0.48)); // a vehicle's
        m.call("traffic.show");
        m.visit.frames(2);
        CHECK(trail().empty());
    }

    TEST_CASE("beside the bar of a machine's hour stands what it did most") {
        work::DoingShares shares{};
        CHECK(app::largest_share(shares).empty());
        shares.at(static_cast<std::size_t>(work::Doing::Executing)) = 0.4f;
        shares.at(static_cast<std::size_t>(work::Doing::Stopped)) = 0.3f;
        shares.at(static_cast<std::size_t>(work::Doing::Waiting)) = 0.3f; // shown as one
        CHECK(app::largest_share(shares) == "stopped 60 %");
        shares.at(static_cast<std::size_t>(work::Doing::Executing)) = 0.7f;
        CHECK(app::largest_share(shares) == "works 70 %");
    }

    TEST_CASE("an alarm is found: its machine is selected, the way is on the floor until it is taken away") {
        Managed m;
        if (!m.begin()) return;
        CHECK(m.call("alarm.find", R"({"alarm": "left.none"})") == "refused: there is no alarm \"left.none\"");
        m.say("DDATA/node/left", {{"jam", true}});
        REQUIRE(m.figures([](const auto& f) { return f.alarms_listed == 1; }));
        CHECK(m.call("alarm.list").contains(R"("alarm":"left.jam","title":"Bottle jam","priority":"high")"));
        const auto before = m.layers().patches().vertices.size();
        CHECK(m.call("alarm.find", R"({"alarm": "left.jam"})") == "true");
        m.visit.frames(2);
        CHECK(m.visit.client->state().selected_equipment == m.left());
        CHECK(m.layers().way().length_m > 1.0);
        CHECK(m.layers().patches().vertices.size() > before);
        m.call("alarm.end_way");
        m.visit.frames(2);
        CHECK(m.layers().way().points.empty());
        CHECK(m.layers().patches().vertices.size() == before);
    }

    TEST_CASE("a frame with a heat map, bars, trails and a way on the floor allocates the legend's words at most") {
        Managed m;
        m.visit.options.panels = false;
        m.visit.options.settings.validation = false; // it allocates
        if (!m.begin()) return;
        m.say("DDATA/node/left", {{"jam", true}});
        REQUIRE(m.figures([](const auto& f) { return f.alarms_listed == 1; }));
        for (const auto& [action, arguments] : {std::pair("heat.show", R"({"figure": "energy"})"),
                                                {"line.show", "{}"},
                                                {"traffic.show", "{}"},
                                                {"alarm.find", R"({"alarm": "left.jam"})"}})
            REQUIRE_FALSE(m.call(action, arguments).starts_with("refused"));
        m.visit.frames(60);
        long least = 1'000'000; // the connection's thread does what it does
        for (int i = 0; i < 20; ++i) {
            const long before = allocations();
            m.visit.frames(1);
            least = std::min(least, allocations() - before);
        }
        CHECK(least <= 1);
    }

    TEST_CASE("an alarm is acknowledged and shelved by name, and what is refused says why") {
        Managed m;
        if (!m.begin()) return;
        m.say("DDATA/node/left", {{"jam", true}});
        REQUIRE(m.figures([](const auto& f) { return f.alarms_listed == 1; }));
        m.call("alarm.acknowledge", R"({"alarm": "left.jam"})");
        CHECK(m.figures([](const auto& f) { return f.alarm.state == twin::AlarmState::Acknowledged; }));
        CHECK(m.call("twin.rebirth", R"({"node": "nope"})") ==
              "refused: no tag of this plant is of an edge node \"nope\"");
        CHECK(m.call("twin.rebirth", R"({"node": "group/node"})") == "true");
        CHECK(m.call("alarm.shelve", R"({"alarm": "left.jam", "minutes": 0, "comment": "x"})").starts_with("refused"));
        m.call("alarm.shelve", R"({"alarm": "left.jam", "minutes": 5, "comment": "a part is on its way"})");
        CHECK(m.figures([](const auto& f) { return f.alarms_listed == 0; }));
        CHECK(m.figures([](const auto& f) { return f.alarms_an_hour == 1; }));
        m.call("alarm.unshelve", R"({"alarm": "left.jam"})");
        CHECK(m.figures([](const auto& f) { return f.alarms_listed == 1; }));
    }

    TEST_CASE("who stands before a machine sees its card, and who turns away does not") {
        Managed m;
        if (!m.begin()) return;
        auto& client = *m.visit.client;
        m.visit.frames(1);
        CHECK(client.state().approached == scene::kNone); // five metres away
        client.set_camera({{-4.0, 1.6, 1.5}, {-4.0, 1.5, 0.0}, 60.0});
        m.visit.frames(1);
        CHECK(client.state().approached == m.left());
        client.set_camera({{-4.0, 1.6, 2.8}, {-4.0, 1.5, 0.0}, 60.0}); // a step back: it stays
        m.visit.frames(1);
        CHECK(client.state().approached == m.left());
        client.set_camera({{-4.0, 1.6, 1.5}, {-4.0, 1.5, 9.0}, 60.0});
        m.visit.frames(1);
        CHECK(client.state().approached == scene::kNone);
    }

    TEST_CASE("the board opens and closes at a desk and in a headset, and every page of it draws") {
        for (const auto kind : {HostKind::Window, HostKind::Headset}) {
            Managed m;
            if (!m.begin(kind)) return;
            m.say("DDATA/node/left", {{"jam", true}});
            REQUIRE(m.figures([](const auto& f) { return f.alarms_listed == 1; }));
            for (const char* page : {"panel.alarms", "panel.line", "panel.layers"}) {
                CHECK(m.call(page) == "true");
                m.visit.frames(3);
            }
            CHECK(m.call("panel.layers") == "false");
            CHECK(m.visit.client->state().page == app::Page::None);
            m.call("heat.show", R"({"figure": "energy"})");
            m.visit.frames(2);
            if (kind != HostKind::Headset) continue;
            auto& hand = m.visit.host->played.hands[0];
            hand.active = hand.tracked = true;
            hand.device = xr::HandDevice::Controller;
            hand.menu = {.held = true, .pressed = true};
            m.visit.frames(1);
            hand.menu = {};
            m.visit.frames(2);
            CHECK(m.visit.client->headset()->panel(app::SurfaceId::Menu));
        }
    }
}
