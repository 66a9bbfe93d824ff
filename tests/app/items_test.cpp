// SPDX-License-Identifier: Apache-2.0
// Items on a machine and clips, from the words of an edge node on a real broker to the picture.
#include "app/item_path.h"
#include "app/live_items.h"
#include "base/file.h"
#include "tests/app/belt.h"
#include "tests/app/visit.h"
#include "tests/support/allocations.h"
#include "tests/twin/net.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace pw;
using namespace pw::test;
using xr::HostKind;

namespace {

struct Rgb {
    int r = 0, g = 0, b = 0;
};

Rgb at(const scene::Pixels& p, int x, int y) {
    const auto i = (static_cast<std::size_t>(y) * p.width + static_cast<std::size_t>(x)) * 4;
    const auto channel = [&](std::size_t c) { return int{p.rgba[i + c]}; };
    return {channel(0), channel(1), channel(2)};
}

constexpr int kRow = 53; // of pixels, of what stands on the belt

bool is_blue(Rgb c) { return c.b > 150 && c.r < 80 && c.g < 80; }

struct Square { // what is blue and lies together, as its middle in metres at z = 0
    double x = 0.0, y = 0.0;
};

// The blue squares from left to right. The eye looks along −Z from 5 m, 60° high; y counts from its height.
std::vector<Square> squares(const scene::Pixels& p) {
    const auto width = static_cast<int>(p.width), height = static_cast<int>(p.height);
    const double metre_px = 0.5 * height / std::tan(std::numbers::pi / 6.0) / 5.0;
    std::vector<Square> out;
    double sum_x = 0.0, sum_y = 0.0, count = 0.0;
    for (int x = 0; x <= width; ++x) {
        double column = 0.0;
        for (int y = 0; x < width && y < height; ++y) {
            if (!is_blue(at(p, x, y))) continue;
            ++column;
            sum_x += x + 0.5;
            sum_y += y + 0.5;
        }
        count += column;
        if (column > 0.0 || count == 0.0) continue;
        out.push_back({(sum_x / count - 0.5 * width) / metre_px, (0.5 * height - sum_y / count) / metre_px});
        sum_x = sum_y = count = 0.0;
    }
    return out;
}

// A visit to the belt, whose node is born with these items.
struct BeltVisit {
    std::unique_ptr<TestBroker> broker = TestBroker::start();
    Visit visit;
    std::unique_ptr<MqttListener> plant;
    std::optional<BeltNode> node;
    explicit BeltVisit(double smooth_s = 0.0) : visit(belt_plant(smooth_s)) {}

    bool begin(const std::vector<BeltItem>& items, HostKind kind = HostKind::Offscreen) {
        if (!broker) return false;
        REQUIRE(write_text(visit.folder / "square.gltf", blue_square()));
        visit.options.broker = broker->broker->url();
        visit.options.tag_patience = from_ms(10);
        visit.options.settings.labels = false;
        visit.options.panels = false;
        if (!visit.begin(kind)) return false;
        plant = std::make_unique<MqttListener>(broker->broker->url(), "#");
        REQUIRE(eventually([&] { return plant->mqtt().connected(); }));
        node.emplace(plant->mqtt());
        REQUIRE(eventually([&] { return online(); }));
        REQUIRE(node->birth(items, ""));
        return true;
    }
    bool online() {
        REQUIRE(visit.client->frame());
        return visit.client->live().snapshot().connection == twin::Connection::Online;
    }
    // How many things are said to be wrong with the machine.
    std::ptrdiff_t problem() {
        return std::ranges::count_if(visit.client->problems().list(),
                                     [](const auto& p) { return p.where.starts_with("belt: "); });
    }
    DVec3 item() const { return visit.client->scene().world(visit.root("belt/0.0")).translation; }
    // Whether the squares on the belt come to stand at these x; the walker stands left of it.
    bool shows(std::vector<double> wanted) {
        return eventually([&] {
            auto seen = squares(visit.picture());
            std::erase_if(seen, [](const Square& s) { return s.x < -1.5; });
            return std::ranges::equal(seen, wanted, [](const Square& s, double x) { return std::abs(s.x - x) < 0.05; });
        });
    }
};

DVec3 forward(const Affine& place) { return DVec3(place.linear[2]); }

bool near(const DVec3& a, const DVec3& b) {
    return std::abs(a.x - b.x) < 1e-5 && std::abs(a.y - b.y) < 1e-5 && std::abs(a.z - b.z) < 1e-5;
}

} // namespace

TEST_SUITE("app/item_path") {
    TEST_CASE("a place is a share of the length, on straight lines between the points") {
        const app::ItemPath path({{0, 1, 0}, {3, 1, 0}, {3, 1, -1}}, 1, 0.0);
        CHECK(path.length_m() == 4.0);
        CHECK(near(path.at(0.0, 7).translation, {0, 1, 0}));
        CHECK(near(path.at(0.5, 7).translation, {2, 1, 0}));
        CHECK(near(path.at(0.75, 7).translation, {3, 1, 0}));
        CHECK(near(path.at(0.875, 7).translation, {3, 1, -0.5}));
        CHECK(near(path.at(1.0, 7).translation, {3, 1, -1}));
    }

    TEST_CASE("items look along the path and turn within a bend, never at once") {
        const app::ItemPath path({{0, 0, 0}, {2, 0, 0}, {2, 0, -2}}, 1, 0.0);
        CHECK(near(forward(path.at(0.25, 0)), {1, 0, 0}));
        CHECK(near(forward(path.at(0.5, 0)), DVec3(1, 0, -1) / std::numbers::sqrt2));
        CHECK(near(forward(path.at(1.0, 0)), {0, 0, -1}));
        double turned = 0.0;
        for (double place = 0.0; place < 1.0; place += 0.001) {
            const DVec3 now = forward(path.at(place, 0)), next = forward(path.at(place + 0.001, 0));
            turned = std::max(turned, std::abs(now.x * next.z - now.z * next.x));
        }
        CHECK(turned < 0.03);
    }

    TEST_CASE("items stand upright where the path climbs or rises straight up") {
        const app::ItemPath path({{0, 0, 0}, {2, 1, 0}, {2, 4, 0}}, 1, 0.0);
        for (const double place : {0.1, 0.4, 0.7, 0.95}) {
            const Affine a = path.at(place, 0);
            CHECK(near(DVec3(a.linear[1]), {0, 1, 0}));
            CHECK(near(forward(a), {1, 0, 0}));
        }
    }

    TEST_CASE("lanes lie beside each other, their middle on the path, and a serial keeps its lane") {
        const app::ItemPath path({{0, 0, 0}, {1, 0, 0}}, 3, 0.1); // looks along +X: left is −Z
        CHECK(near(path.at(0.5, 0).translation, {0.5, 0, 0.1}));
        CHECK(near(path.at(0.5, 1).translation, {0.5, 0, 0}));
        CHECK(near(path.at(0.5, 2).translation, {0.5, 0, -0.1}));
        CHECK(near(path.at(0.5, 18446744073709551615u).translation, {0.5, 0, 0.1}));
    }

    TEST_CASE("points that are one make no direction of their own, and a path without length is its point") {
        const app::ItemPath path({{0, 0, 0}, {0, 0, 0}, {0, 0, 2}, {0, 0, 2}}, 1, 0.0);
        CHECK(path.length_m() == 2.0);
        CHECK(near(forward(path.at(0.0, 0)), {0, 0, 1}));
        const app::ItemPath point({{1, 2, 3}, {1, 2, 3}}, 4, 0.1);
        CHECK(near(point.at(0.7, 2).translation, {1, 2, 3}));
        CHECK(near(app::ItemPath().at(0.5, 1).translation, {0, 0, 0}));
    }

    TEST_CASE("slots have names that items have not") {
        plant::Equipment belt;
        belt.id = "line.belt";
        CHECK(app::is_slot_name(app::slot_name(belt, 2, 17)));
        CHECK_FALSE(app::is_slot_name("line.belt"));
        CHECK_FALSE(app::is_slot_name("line.belt/crate_1"));
    }
}

TEST_SUITE("app/items [net] [gpu]") {
    TEST_CASE("items stand where the machine says, move, vanish, and look stale with it") {
        BeltVisit belt;
        if (!belt.begin({{1, "bottle", 0.0}, {2, "crate", 0.75}})) return;
        CHECK(belt.shows({-1.0, 0.5}));
        REQUIRE(belt.node->say({{1, "bottle", 0.25}, {2, "crate", 1.0}}));
        CHECK(belt.shows({-0.5, 1.0}));
        REQUIRE(belt.node->say({{1, "bottle", 0.5}, {9, "dragon", 0.1}}));
        CHECK(belt.shows({0.0}));
        REQUIRE(belt.node->die());
        CHECK(belt.shows({})); // not blue any more, but there
        const auto stale = belt.visit.picture();
        const Rgb middle = at(stale, 80, kRow), beside = at(stale, 120, kRow);
        CHECK(std::abs(middle.r - beside.r) + std::abs(middle.g - beside.g) + std::abs(middle.b - beside.b) > 30);
        REQUIRE(belt.node->birth({{1, "bottle", 0.5}}, ""));
        CHECK(belt.shows({0.0}));
    }

    TEST_CASE("what finds no slot is told while it is so") {
        BeltVisit belt;
        if (!belt.begin({})) return;
        std::vector<BeltItem> many;
        for (std::uint64_t i = 0; i < 6; ++i) many.push_back({i, "bottle", 0.1 * static_cast<double>(i)});
        REQUIRE(belt.node->say(many));
        CHECK(eventually([&] { return belt.visit.client->frame() && belt.problem() == 1; }));
        REQUIRE(belt.node->say({}));
        CHECK(eventually([&] { return belt.visit.client->frame() && belt.problem() == 0; }));
    }

    TEST_CASE("picking an item selects the machine that it is on") {
        BeltVisit belt;
        if (!belt.begin({{1, "bottle", 0.5}}, HostKind::Headset)) return;
        REQUIRE(belt.shows({0.0}));
        belt.visit.point_at({0.0, 2.0, 0.0});
        belt.visit.pull_trigger();
        CHECK(belt.visit.client->state().selected_equipment == 0);
        REQUIRE(belt.node->say({}));
        CHECK(belt.shows({}));
        belt.visit.client->clear_selection(); // its card stands before it
        belt.visit.pull_trigger();            // through where it was
        CHECK(belt.visit.client->state().selected_equipment == scene::kNone);
    }

    TEST_CASE("a clip plays by its name and is not seen when its machine is stale") {
        BeltVisit belt;
        if (!belt.begin({})) return;
        const auto walker = [&] {
            const auto seen = squares(belt.visit.picture());
            return seen.size() == 1 ? seen[0].y : -100.0;
        };
        REQUIRE(eventually([&] { return walker() > -100.0; })); // born: not stale any more
        const double rest = walker();
        REQUIRE(belt.node->say_clip("Rise"));
        CHECK(eventually([&] { return std::abs(walker() - rest - 1.0) < 0.05; }));
        REQUIRE(belt.node->say_clip("Dance"));
        CHECK(eventually([&] { return std::abs(walker() - rest) < 0.05 && belt.problem() == 1; }));
        REQUIRE(belt.node->say_clip("Rise"));
        CHECK(eventually([&] { return std::abs(walker() - rest - 1.0) < 0.05 && belt.problem() == 0; }));
        REQUIRE(belt.node->die());
        CHECK(eventually([&] { return walker() == -100.0; })); // not blue any more
    }

    TEST_CASE("a clip that moves halts when its machine is stale, and goes on when it is heard again") {
        BeltVisit belt;
        if (!belt.begin({})) return;
        const scene::NodeId square{belt.visit.root("belt/walker").index + 1};
        const auto moves = [&] {
            const DVec3 before = belt.visit.client->scene().world(square).translation;
            belt.visit.frames(2);
            return belt.visit.client->scene().world(square).translation != before;
        };
        CHECK_FALSE(moves());
        REQUIRE(belt.node->say_clip("Slide"));
        REQUIRE(eventually(moves));
        CHECK(moves());
        REQUIRE(belt.node->die());
        REQUIRE(eventually([&] { return !moves(); }));
        for (int i = 0; i < 20; ++i) CHECK_FALSE(moves());
        REQUIRE(belt.node->birth({}, "Slide"));
        CHECK(eventually(moves));
    }

    TEST_CASE("a frame in which items move allocates nothing") {
        BeltVisit belt(3600.0);
        belt.visit.options.settings.validation = false; // it allocates
        if (!belt.begin({{1, "bottle", 0.0}})) return;
        REQUIRE(belt.shows({-1.0}));
        REQUIRE(belt.node->say({{1, "bottle", 1.0}}));
        REQUIRE(belt.node->say_clip("Rise"));
        belt.visit.frames(60);
        const DVec3 before_them = belt.item();
        long least = 1'000'000;
        for (int i = 0; i < 20; ++i) {
            const long before = allocations();
            belt.visit.frames(1);
            least = std::min(least, allocations() - before);
        }
        CHECK(least == 0);
        CHECK(belt.item().x > before_them.x);
    }
}
