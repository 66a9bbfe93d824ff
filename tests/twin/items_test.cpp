// SPDX-License-Identifier: Apache-2.0
#include "twin/items.h"

#include "base/format.h"
#include "tests/support/allocations.h"
#include "twin/binding.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace pw;
using namespace pw::twin;

namespace {

Time at(double seconds) { return Time{} + from_seconds(100.0 + seconds); }

// Bottles and crates; "full" looks like a bottle too.
plant::ItemsOnPath bottles(std::uint32_t count = 4) {
    plant::ItemsOnPath out;
    out.models = {{"bottle", "glass"}, {"crate", "box"}, {"full", "glass"}};
    out.count = count;
    return out;
}

std::string data_set(const std::string& rows) {
    return R"({"columns":["serial","type","place"],"types":["UInt64","String","Double"],"rows":[)" + rows + "]}";
}

std::vector<ItemRow> read(const std::string& json) {
    ItemsReader reader;
    const auto rows = reader.read(json, bottles());
    REQUIRE_MESSAGE(rows, rows.error().what);
    return {rows->begin(), rows->end()};
}

std::string flaw(const std::string& json) {
    ItemsReader reader;
    const auto rows = reader.read(json, bottles());
    return rows ? "" : rows.error().what;
}

// What stands where: "serial@place/model" of all that is shown, by slot.
std::string shown(const ItemSlots& slots, std::uint32_t count = 4) {
    std::string out;
    for (std::size_t i = 0; i < slots.slots().size(); ++i) {
        const ItemSlot& s = slots.slots()[i];
        if (s.shown) out += formatted("{}@{:.3g}/{} ", s.serial, s.place, i / count);
    }
    return out;
}

struct Belt {
    ItemSlots slots;
    double now = 0.0;
    explicit Belt(double smooth_s = 0.5, std::uint32_t count = 4) : slots(bottles(count), smooth_s) {}
    void say(const std::vector<ItemRow>& rows, double when) {
        slots.begin_frame();
        slots.word(rows, at(when), at(when));
        slots.step(at(when));
    }
    std::string frame(double when) {
        slots.begin_frame();
        slots.step(at(when));
        return shown(slots);
    }
};

} // namespace

TEST_SUITE("twin/items") {
    TEST_CASE("rows come by serial, with the model of their type") {
        const auto rows = read(data_set(R"([7,"crate",0.25],[3,"bottle",1],[5,"full",0])"));
        REQUIRE(rows.size() == 3);
        CHECK(rows[0] == ItemRow{3, 0, 1.0});
        CHECK(rows[1] == ItemRow{5, 0, 0.0});
        CHECK(rows[2] == ItemRow{7, 1, 0.25});
        CHECK(read(data_set("")).empty());
    }

    TEST_CASE("columns stand in any order, with others between") {
        const auto rows = read(
            R"({"rows":[[0.5,null,"bottle","x",18446744073709551615]],"columns":["place","a","type","b","serial"]})");
        REQUIRE(rows.size() == 1);
        CHECK(rows[0] == ItemRow{18446744073709551615u, 0, 0.5});
    }

    TEST_CASE("what cannot be shown is left out, and the rest is not") {
        const auto rows = read(data_set(
            R"([1,"bottle",null],[2,"bottle","x"],[null,"bottle",0.1],[-4,"bottle",0.1],[5.5,"bottle",0.1],)"
            R"([6,"dragon",0.1],[7,null,0.1],[8],[],[9,"bottle",-3],[10,"bottle",1e300],[11,"bottle",0.5,"more"],)"
            R"([11,"bottle",0.9])"));
        REQUIRE(rows.size() == 3);
        CHECK(rows[0] == ItemRow{9, 0, 0.0});
        CHECK(rows[1] == ItemRow{10, 0, 1.0});
        CHECK(rows[2] == ItemRow{11, 0, 0.5}); // the first of twins
    }

    TEST_CASE("what is no data set is refused with a reason") {
        CHECK(flaw("").contains("no JSON"));
        CHECK(flaw("[1,2").contains("no JSON"));
        CHECK(flaw(R"({"columns":["serial"],"rows":[[1e999]]})").contains("no JSON"));
        CHECK(flaw("\xff").contains("no JSON"));
        CHECK(flaw("3").contains("no data set"));
        CHECK(flaw("[]").contains("no data set"));
        CHECK(flaw(R"({"columns":["serial","type","place"],"rows":{}})").contains("no data set"));
        CHECK(flaw(R"({"columns":"serial","rows":[]})").contains("no data set"));
        CHECK(flaw(R"({"columns":["serial","type",3],"rows":[]})").contains("no columns"));
        CHECK(flaw(R"({"columns":["serial","type","place"],"rows":[3]})").contains("no list"));
        CHECK(flaw(std::string(100'000, '[')).contains("no JSON"));
    }

    TEST_CASE("a million rows cost no more than what is allowed") {
        std::string rows;
        for (int i = 0; i < 6000; ++i) rows += formatted("{}[{},\"full\",0.1]", i == 0 ? "" : ",", i);
        CHECK(read(data_set(rows)).size() == kMaxItemRows);
        while (rows.size() < kMaxItemsJson) rows += rows.empty() ? "" : "," + rows;
        CHECK(flaw(data_set(rows)).contains("too long"));
    }

    TEST_CASE("an item moves evenly from word to word, and keeps its slot") {
        Belt belt;
        belt.say({{1, 0, 0.1}, {2, 0, 0.5}}, 0.0);
        CHECK(shown(belt.slots) == "1@0.1/0 2@0.5/0 ");
        belt.say({{1, 0, 0.2}, {2, 0, 0.5}}, 0.5);
        CHECK(shown(belt.slots) == "1@0.1/0 2@0.5/0 "); // it lags, and does not leap
        CHECK(belt.frame(0.75) == "1@0.15/0 2@0.5/0 ");
        CHECK(belt.slots.changed().size() == 1); // the other one stands
        CHECK(belt.frame(1.0) == "1@0.2/0 2@0.5/0 ");
        CHECK(belt.frame(5.0) == "1@0.2/0 2@0.5/0 ");
        CHECK_FALSE(belt.slots.moving());
        CHECK(belt.frame(5.1) == "1@0.2/0 2@0.5/0 ");
        CHECK(belt.slots.changed().empty());
    }

    TEST_CASE("what is gone vanishes, what is new appears at its place, and slots are used again") {
        Belt belt;
        belt.say({{1, 0, 0.8}, {2, 0, 0.6}, {3, 0, 0.3}, {4, 0, 0.0}}, 0.0);
        belt.say({{2, 0, 0.7}, {3, 0, 0.4}, {4, 0, 0.1}, {5, 0, 0.25}}, 0.5);
        CHECK(shown(belt.slots) == "5@0.25/0 2@0.6/0 3@0.3/0 4@0/0 ");
        CHECK(belt.slots.left_out() == 0);
        const std::set<std::uint32_t> changed(belt.slots.changed().begin(), belt.slots.changed().end());
        CHECK(changed == std::set<std::uint32_t>{0});
        belt.say({}, 1.0);
        CHECK(shown(belt.slots).empty());
        CHECK(belt.slots.changed().size() == 4);
    }

    TEST_CASE("an item passes from belt to belt without a leap, a halt or a twin") {
        Belt first(0.5, 16),
            second(0.5, 16); // of one length, at 0.2 of it a second; a word each half second, shown half a second late
        const auto at_time = [](double t, std::uint64_t serial, double shift) { // of ten on the way
            return 0.2 * t - 0.1 * static_cast<double>(serial) - shift;
        };
        double seen = 0.0;
        for (int frame = 0; frame < 500; ++frame) {
            const double t = 0.02 * frame;
            for (Belt* belt : {&first, &second}) {
                const double shift = belt == &first ? 0.0 : 1.0;
                std::vector<ItemRow> rows;
                for (std::uint64_t serial = 0; serial < 10; ++serial)
                    if (const double place = at_time(t, serial, shift); place >= 0.0 && place < 1.0)
                        rows.push_back({serial, 0, place});
                if (frame % 25 == 0)
                    belt->say(rows, t);
                else
                    (void)belt->frame(t);
            }
            double place = -1.0;
            int times = 0;
            for (const Belt* belt : {&first, &second})
                for (const ItemSlot& slot : belt->slots.slots())
                    if (slot.shown && slot.serial == 3) ++times, place = slot.place + (belt == &first ? 0.0 : 1.0);
            CHECK(times <= 1);
            if (t < 3.0) continue; // the first words know no speed
            CHECK(times == 1);
            CHECK_MESSAGE(place == doctest::Approx(at_time(t - 0.5, 3, 0.0)).epsilon(0.02), t);
            seen = place;
        }
        CHECK(seen > 1.1);
    }

    TEST_CASE("a type that turns into something on the way looks so from there on") {
        plant::ItemsOnPath turning = bottles();
        turning.models.push_back({.type = "bottle", .model = "box", .from = 0.5});
        ItemsReader reader;
        const auto rows = reader.read(data_set(R"([1,"bottle",0.49],[2,"bottle",0.5],[3,"full",0.9])"), turning);
        REQUIRE(rows);
        CHECK((*rows)[0].model == 0);
        CHECK((*rows)[1].model == 1);
        CHECK((*rows)[2].model == 0);
    }

    TEST_CASE("an item that becomes another thing goes on from where it is") {
        Belt belt;
        belt.say({{1, 0, 0.4}}, 0.0);
        belt.say({{1, 1, 0.6}}, 0.5);
        CHECK(shown(belt.slots) == "1@0.4/1 ");
        CHECK(belt.frame(0.75) == "1@0.5/1 ");
    }

    TEST_CASE("what finds no slot is counted and comes when there is one") {
        Belt belt(0.5, 2);
        belt.say({{1, 0, 0.9}, {2, 0, 0.6}, {3, 0, 0.3}, {4, 1, 0.1}}, 0.0);
        CHECK(shown(belt.slots, 2) == "1@0.9/0 2@0.6/0 4@0.1/1 ");
        CHECK(belt.slots.left_out() == 1);
        belt.say({{2, 0, 0.6}, {3, 0, 0.3}, {4, 0, 0.1}}, 0.5); // and one that turns into what has no slot left
        CHECK(shown(belt.slots, 2) == "3@0.3/0 2@0.6/0 ");
        CHECK(belt.slots.left_out() == 1);
        belt.say({{3, 0, 0.3}, {4, 0, 0.1}}, 1.0);
        CHECK(shown(belt.slots, 2) == "3@0.3/0 4@0.1/0 ");
        CHECK(belt.slots.left_out() == 0);
    }

    TEST_CASE("an item that is extrapolated stays on its path") {
        Belt belt(0.35);
        for (int i = 0; i < 4; ++i) belt.say({{1, 0, 0.7 + 0.1 * i}}, 0.5 * i);
        for (double t = 1.5; t < 3.0; t += 0.01) {
            (void)belt.frame(t);
            CHECK(belt.slots.slots()[0].place <= 1.0);
        }
    }

    TEST_CASE("whatever words follow each other, each item is shown once and slots are neither lost nor doubled") {
        std::uint64_t seed = 7;
        const auto next = [&seed](std::uint64_t below) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            return (seed >> 33) % below;
        };
        Belt belt(0.5, 8);
        for (int word = 0; word < 2000; ++word) {
            std::vector<ItemRow> rows;
            for (std::uint64_t serial = 0; serial < 24; ++serial)
                if (next(3) == 0)
                    rows.push_back(
                        {serial, static_cast<std::uint32_t>(next(2)), 0.01 * static_cast<double>(next(100))});
            belt.say(rows, 0.3 * word);
            (void)belt.frame(0.3 * word + 0.29); // who was on the way in is in
            std::set<std::uint64_t> serials;
            for (const ItemSlot& slot : belt.slots.slots()) {
                if (!slot.shown) continue;
                CHECK(serials.insert(slot.serial).second);
                CHECK(slot.place >= 0.0);
            }
            CHECK(belt.slots.left_out() <= rows.size());
        }
        belt.say({}, 700.0);
        CHECK(belt.frame(702.0).empty());
        std::vector<ItemRow> all;
        for (std::uint32_t serial = 0; serial < 16; ++serial) all.push_back({serial, serial / 8, 0.5});
        belt.say(all, 710.0);
        CHECK(belt.slots.left_out() == 0);
    }
}

namespace {

// A conveyor whose tag "items" drives the binding `b`.
struct Conveyor {
    plant::Plant plant;
    std::optional<Bindings> bindings;
    TwinSnapshot snapshot;

    explicit Conveyor(plant::Binding b) {
        plant::Equipment& conveyor = plant.equipment.emplace_back();
        conveyor.id = "conveyor";
        conveyor.tags = {
            {.id = "items", .title = {}, .source = "g/n/d/items", .unit = {}, .low = {}, .high = {}, .period_s = {}}};
        b.tag = "items";
        conveyor.bindings = {std::move(b)};
        bindings = Bindings::make(plant);
        snapshot.tags.resize(1);
    }
    void say(Value value, double when, Quality quality = Quality::Good) {
        TagState& tag = snapshot.tags[0];
        tag.value = std::move(value);
        tag.quality = quality;
        tag.received = at(when);
        ++tag.change;
    }
    std::span<const BoundValue> frame(double when) { return bindings->evaluate(snapshot, at(when)); }
};

plant::Binding items_binding(std::uint32_t count = 4) {
    plant::Binding b;
    b.property = plant::Property::Items;
    b.items = bottles(count);
    b.smooth_s = 0.5;
    return b;
}

plant::Binding phase_binding() {
    plant::Binding b;
    b.property = plant::Property::Translation;
    b.wrap_in = 1.0;
    b.map = plant::MapKind::Linear;
    b.points = {{0.0, 0.0, {}, {}}, {0.25, 2.0, {}, {}}, {0.5, 0.0, {}, {}}};
    return b;
}

} // namespace

TEST_SUITE("twin/items_binding") {
    TEST_CASE("a data set moves items; a stale tag leaves them standing") {
        Conveyor c(items_binding());
        CHECK(c.frame(0.0).empty());
        c.say(make_json(data_set(R"([1,"bottle",0.2])")), 0.0);
        auto changed = c.frame(0.0);
        REQUIRE(changed.size() == 1);
        CHECK(changed[0].has_value);
        CHECK(changed[0].quality == Quality::Good);
        CHECK(c.bindings->items(0).slots[0].place == 0.2);
        c.say(data_set(R"([1,"bottle",0.4])"), 0.5); // as text too
        (void)c.frame(0.5);
        (void)c.frame(0.75);
        CHECK(c.bindings->items(0).slots[0].place == doctest::Approx(0.3));
        CHECK(c.bindings->items(0).changed.size() == 1);
        c.snapshot.tags[0].quality = Quality::Stale;
        ++c.snapshot.tags[0].change;
        changed = c.frame(3.0);
        REQUIRE(changed.size() == 1);
        CHECK(changed[0].quality == Quality::Stale);
        CHECK(c.bindings->items(0).slots[0].shown);
        CHECK(c.bindings->items(0).slots[0].place == doctest::Approx(0.4));
        (void)c.frame(3.1);
        CHECK(c.frame(3.2).empty());
    }

    TEST_CASE("a word that is no data set leaves the items and looks bad, until a good one comes") {
        Conveyor c(items_binding());
        c.say(make_json(data_set(R"([1,"bottle",0.2])")), 0.0);
        (void)c.frame(0.0);
        for (const Value& odd : {Value(), Value(3.0), Value(true), Value(std::string("x")), Value(make_json("[]"))}) {
            c.say(odd, 1.0);
            const auto changed = c.frame(1.0);
            REQUIRE(changed.size() == 1);
            CHECK(changed[0].quality == Quality::Bad);
            CHECK(c.bindings->items(0).slots[0].shown);
        }
        c.say(make_json(data_set("")), 2.0);
        CHECK(c.frame(2.0)[0].quality == Quality::Good);
        CHECK_FALSE(c.bindings->items(0).slots[0].shown);
    }

    TEST_CASE("a frame without a word allocates nothing, however many items move") {
        Conveyor c(items_binding(1000));
        for (const double place : {0.1, 0.9}) {
            std::string rows;
            for (int i = 0; i < 1000; ++i) rows += formatted("{}[{},\"bottle\",{}]", i == 0 ? "" : ",", i, place);
            c.say(make_json(data_set(rows)), place);
            (void)c.frame(place);
        }
        const long before = test::allocations();
        std::size_t moved = 0;
        for (int i = 1; i <= 20; ++i) {
            (void)c.frame(0.9 + 0.02 * i);
            moved += c.bindings->items(0).changed.size();
        }
        CHECK(moved == 20'000);
        CHECK(test::allocations() == before);
    }

    TEST_CASE("wrap_in makes of a count the phase of one cycle") {
        Conveyor c(phase_binding());
        const auto shows = [&](double count) {
            static double clock = 0.0;
            c.say(count, clock += 100.0);
            return c.frame(clock)[0].number;
        };
        CHECK(shows(0.125) == doctest::Approx(1.0));
        CHECK(shows(1234.25) == doctest::Approx(2.0));
        CHECK(shows(1234.9) == 0.0);
        CHECK(shows(-0.75) == doctest::Approx(2.0));
        c.say(std::nan(""), 1e6);
        CHECK(c.frame(1e6)[0].quality == Quality::Bad);
    }

    TEST_CASE("a part is there in some phases of a cycle only") {
        auto load = phase_binding();
        load.property = plant::Property::Visible;
        load.smooth_s = 1.0;
        Conveyor c(load);
        c.say(7.0, 0.0);
        CHECK(c.frame(0.0)[0].number == 0.0);
        c.say(8.0, 1.0);
        (void)c.frame(1.0);
        CHECK(c.frame(1.25)[0].number == 1.0);
        CHECK(c.frame(1.9)[0].number == 0.0);
    }

    TEST_CASE("the count is smoothed before it is wrapped; one that starts anew is taken at once") {
        auto slow = phase_binding();
        slow.smooth_s = 1.0;
        Conveyor c(slow);
        c.say(10.0, 0.0);
        (void)c.frame(0.0);
        c.say(11.125, 1.0);
        (void)c.frame(1.0);
        CHECK(c.frame(1.0 + 0.25 / 1.125)[0].number == doctest::Approx(2.0)); // 10.25, on its way
        CHECK(c.frame(2.0)[0].number == doctest::Approx(1.0));
        c.say(0.25, 3.0);
        CHECK(c.frame(3.0)[0].number == doctest::Approx(2.0));
    }

    TEST_CASE("a clip's name is a text, or from a table") {
        plant::Binding b;
        b.property = plant::Property::Clip;
        Conveyor plain(b);
        plain.say(std::string("Walk"), 0.0);
        CHECK(plain.frame(0.0)[0].text == "Walk");
        b.map = plant::MapKind::Table;
        b.points = {{1.0, 0.0, {}, "Walk"}};
        b.otherwise = plant::MapPoint{0.0, 0.0, {}, "Idle"};
        Conveyor table(b);
        table.say(true, 0.0);
        CHECK(table.frame(0.0)[0].text == "Walk");
        table.say(false, 1.0);
        CHECK(table.frame(1.0)[0].text == "Idle");
    }
}
