// SPDX-License-Identifier: Apache-2.0
#include "twin/binding.h"

#include "tests/support/allocations.h"
#include "twin/smoothing.h"
#include "twin/text_pattern.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

using namespace pw;
using namespace pw::twin;
using plant::MapKind;
using plant::Property;

namespace {

constexpr std::uint32_t kNone = 0xffff'ffffu;

Time at(double seconds) { return Time{} + from_seconds(100.0 + seconds); }

// One equipment "robot" whose tag "t" drives what the test says.
struct Stage {
    plant::Plant plant;
    std::optional<Bindings> bindings;
    TwinSnapshot snapshot;

    explicit Stage(std::vector<plant::Binding> list) {
        plant::Equipment robot;
        robot.id = "robot";
        robot.tags = {
            {.id = "t", .title = {}, .source = "g/n/d/t", .unit = {}, .low = {}, .high = {}, .period_s = 0.5},
            {.id = "card", .title = {}, .source = "g/n/d/card", .unit = {}, .low = {}, .high = {}, .period_s = {}}};
        for (plant::Binding& binding : list) {
            if (binding.tag.empty()) binding.tag = "t";
            robot.bindings.push_back(binding);
        }
        plant.equipment.push_back(robot);
        bindings = Bindings::make(plant);
        snapshot.tags.resize(bindings->watched().size());
    }
    void say(Value value, double when, Quality quality = Quality::Good) {
        snapshot.tags[0].value = std::move(value);
        snapshot.tags[0].quality = quality;
        snapshot.tags[0].received = at(when);
        ++snapshot.tags[0].change;
    }
    void degrade(Quality quality) {
        snapshot.tags[0].quality = quality;
        ++snapshot.tags[0].change;
    }
    std::span<const BoundValue> frame(double when) { return bindings->evaluate(snapshot, at(when)); }
    // What the only binding shows after a word.
    BoundValue shows(Value value) {
        static double clock = 0.0;
        say(std::move(value), clock += 1000.0);
        const auto changed = frame(clock);
        REQUIRE(changed.size() == 1);
        return changed[0];
    }
};

plant::Binding binding(Property property) {
    plant::Binding b;
    b.property = property;
    return b;
}
plant::MapPoint point(double in, double out) { return {in, out, {}, {}}; }
plant::MapPoint words(std::string in, std::string out) { return {0.0, 0.0, std::move(in), std::move(out)}; }
plant::MapPoint words(double in, std::string out) { return {in, 0.0, {}, std::move(out)}; }
Value text(const char* s) { return std::string(s); }

std::string written(const char* pattern, const Value& value) {
    const TextPattern made(pattern);
    std::string out = "what was there";
    made.write(value, out);
    return out;
}

} // namespace

TEST_SUITE("twin/binding") {
    TEST_CASE("every tag of the plant is watched, also one that only a card shows") {
        Stage stage({});
        REQUIRE(stage.bindings->watched().size() == 2);
        CHECK(stage.bindings->watched()[0].source == "g/n/d/t");
        CHECK(stage.bindings->watched()[0].period_s == 0.5);
        CHECK(stage.bindings->find_watched("robot.card") == 1);
        CHECK(stage.bindings->find_watched("robot.none") == kNone);
        CHECK(stage.frame(0.0).empty());
    }

    TEST_CASE("a binding follows another equipment's tag, whatever its own is called") {
        Stage other({binding(Property::Rotation)});
        plant::Plant plant = other.plant;
        plant::Equipment line; // "line" + "robot.t" is also the name of the tag t of "line.robot"
        line.id = "line";
        plant::Binding far = binding(Property::Rotation);
        far.tag = "robot.t";
        line.bindings = {far};
        plant::Equipment twin_name = plant.equipment[0];
        twin_name.id = "line.robot";
        plant.equipment.push_back(line);
        plant.equipment.push_back(twin_name);
        const Bindings made = Bindings::make(plant);
        REQUIRE(made.list().size() == 3);
        CHECK(made.list()[1].equipment == 1);
        CHECK(made.list()[1].watched == 0);
    }

    TEST_CASE("before the first word nothing is said; then only what changes") {
        Stage stage({binding(Property::Rotation)});
        CHECK(stage.frame(0.0).empty());
        stage.say(30.0, 1.0);
        const auto first = stage.frame(1.0);
        REQUIRE(first.size() == 1);
        CHECK(first[0].has_value);
        CHECK(first[0].number == 30.0);
        CHECK(first[0].quality == Quality::Good);
        CHECK(stage.frame(1.1).empty());
        stage.degrade(Quality::Stale);
        const auto stale = stage.frame(1.2);
        REQUIRE(stale.size() == 1);
        CHECK(stale[0].quality == Quality::Stale);
        CHECK(stale[0].number == 30.0);
    }

    TEST_CASE("a linear map interpolates between its points and stays at its ends") {
        auto b = binding(Property::Translation);
        b.map = MapKind::Linear;
        b.points = {point(0, 0), point(10, 1), point(20, -1)};
        Stage stage({b});
        CHECK(stage.shows(5.0).number == doctest::Approx(0.5));
        CHECK(stage.shows(std::int64_t{15}).number == doctest::Approx(0.0));
        CHECK(stage.shows(-100.0).number == 0.0);
        CHECK(stage.shows(1e9).number == -1.0);
        CHECK(stage.shows(10.0).number == 1.0);
    }

    TEST_CASE("a table matches text, numbers and truth exactly; else `otherwise`, else nothing") {
        auto b = binding(Property::Color);
        b.map = MapKind::Table;
        b.points = {words("EXECUTE", "#00ff00"), words("HELD", "#FFcc00"), words(3.0, "#0000ff")};
        b.otherwise = words("", "#808080");
        Stage stage({b});
        CHECK(stage.shows(text("EXECUTE")).color_srgba == 0xff00ff00u);
        CHECK(stage.shows(text("HELD")).color_srgba == 0xff00ccffu);
        CHECK(stage.shows(std::uint64_t{3}).color_srgba == 0xffff0000u);
        CHECK(stage.shows(text("execute")).color_srgba == 0xff808080u);
        CHECK(stage.shows(4.0).color_srgba == 0xff808080u);
        auto visible = binding(Property::Visible);
        visible.map = MapKind::Table;
        visible.points = {point(1, 1), point(0, 0)};
        Stage door({visible});
        CHECK(door.shows(true).number == 1.0);
        CHECK(door.shows(false).number == 0.0);
        const BoundValue unmapped = door.shows(7.0);
        CHECK(unmapped.number == 0.0); // the last one
        CHECK(unmapped.quality == Quality::Bad);
    }

    TEST_CASE("colours mix in a linear map, and are taken as they are by identity") {
        auto b = binding(Property::Color);
        b.map = MapKind::Linear;
        b.points = {words(0.0, "#000000"), words(100.0, "#ff8000")};
        Stage stage({b});
        CHECK(stage.shows(50.0).color_srgba == 0xff004080u);
        CHECK(stage.shows(0.0).color_srgba == 0xff000000u);
        Stage plain({binding(Property::Color)});
        CHECK(plain.shows(text("#123456")).color_srgba == 0xff563412u);
        CHECK(plain.shows(text("red")).quality == Quality::Bad);
    }

    TEST_CASE("visibility is any number but zero, a lamp's factor is the number") {
        Stage visible({binding(Property::Visible)});
        CHECK(visible.shows(true).number == 1.0);
        CHECK(visible.shows(0.0).number == 0.0);
        CHECK(visible.shows(-3.0).number == 1.0);
        Stage lamp({binding(Property::Lamp)});
        CHECK(lamp.shows(0.25).number == 0.25);
    }

    TEST_CASE("what is no number keeps the last one and looks bad") {
        Stage stage({binding(Property::Rotation)});
        CHECK(stage.shows(12.0).number == 12.0);
        for (const Value& odd : {Value(), text("x"), Value(std::nan("")), Value(INFINITY)}) {
            const BoundValue shown = stage.shows(odd);
            CHECK(shown.number == 12.0);
            CHECK(shown.quality == Quality::Bad);
        }
        CHECK(stage.shows(13.0).quality == Quality::Good);
        Stage never({binding(Property::Rotation)});
        CHECK(!never.shows(text("x")).has_value);
    }

    TEST_CASE("a steady frame allocates nothing, and neither does a moving one") {
        auto slow = binding(Property::Rotation), label = binding(Property::Text);
        slow.smooth_s = 1e6;
        label.format = "{:.3f} millimetres per second";
        Stage stage({slow, label, binding(Property::Lamp)});
        for (int i = 0; i < 4; ++i) {
            stage.say(i * 1.25, i);
            (void)stage.frame(i);
        }
        const long before = test::allocations();
        std::size_t said = 0;
        for (int i = 0; i < 100; ++i) said += stage.frame(4.0 + i).size();
        CHECK(said == 100); // the slow one moves
        CHECK(test::allocations() == before);
    }

    TEST_CASE("text is the value, in the pattern where there is one, and never endless") {
        Stage plain({binding(Property::Text)});
        CHECK(plain.shows(21.5).text == "21.5");
        CHECK(plain.shows(text("HELD")).text == "HELD");
        CHECK(plain.shows(std::string(5000, 'x')).text.size() == 1024);
        std::string umlauts;
        for (int i = 0; i < 1000; ++i) umlauts += i == 0 ? "x" : "ü";
        CHECK(plain.shows(umlauts).text.size() == 1023); // not half a character
        auto b = binding(Property::Text);
        b.format = "{:.1f} °C";
        b.map = MapKind::Table;
        b.points = {words(0.0, "off"), words("IDLE", "")};
        b.otherwise = plant::MapPoint{};
        Stage formatted({b});
        CHECK(formatted.shows(21.26).text == "21.3 °C");
        CHECK(formatted.shows(0.0).text == "off");
        CHECK(formatted.shows(text("IDLE")).text.empty());
        CHECK(formatted.shows(text("")).text == " °C"); // an empty text is no 0
    }
}

TEST_SUITE("twin/text_pattern") {
    TEST_CASE("patterns show numbers and text") {
        CHECK(written("{:.1f} °C", 21.26) == "21.3 °C");
        CHECK(written("{:.0f}", std::int64_t{7}) == "7");
        CHECK(written("{} pcs", std::uint64_t{12}) == "12 pcs");
        CHECK(written("{}", 0.5) == "0.5");
        CHECK(written("{}", true) == "true");
        CHECK(written("[{:>6}]", text("ab")) == "[    ab]");
        CHECK(written("{:d}", 3.0) == "3");
        CHECK(written("{:04d}", std::int64_t{42}) == "0042");
        CHECK(written("{:^5}!", text("a")) == "  a  !");
    }

    TEST_CASE("what a field cannot show is shown as it is") {
        CHECK(written("{:.1f} °C", text("broken wire")) == "broken wire °C");
        CHECK(written("{:.1f} °C", Value()) == " °C");
        CHECK(written("{:.3}", std::int64_t{5}) == "5");
        CHECK(written("{:d}", 1e30) == "1e+30");
        CHECK(written("{:.1f}", std::nan("")) == "nan");
    }

    TEST_CASE("every format that a plant file may have can be written") {
        int formats = 0;
        for (const char* align : {"", "<", "^", ">"})
            for (const char* sign : {"", "+"})
                for (const char* zero : {"", "0"})
                    for (const char* width : {"", "1", "99", "0", "100"})
                        for (const char* precision : {"", ".", ".0", ".9", ".10"})
                            for (const char* type : {"", "d", "f", "e", "g", "s", "x", "q"}) {
                                const std::string field =
                                    std::string("{:") + align + sign + zero + width + precision + type + "}";
                                if (!plant::is_text_format(field)) continue;
                                ++formats;
                                for (const Value& value : {Value(-2.5), Value(std::int64_t{7}), text("x"), Value(true)})
                                    CHECK_MESSAGE(written(field.c_str(), value) != "what was there", field);
                            }
        CHECK(formats > 400);
    }

    TEST_CASE("what is no format is refused") {
        for (const char* bad : {"{", "}", "{:.1f", "{:.1q}", "{} {}", "{0}", "{:{}}", "{:.{}f}", "a } b", "{:100}",
                                "{:00}", "{:.10f}", "{:999999999999}", "{x}", "{:.1f}}", "{:.2d}", "{{}}", "words"}) {
            CHECK_MESSAGE(!plant::is_text_format(bad), bad);
        }
    }
}

TEST_SUITE("twin/smoothing") {
    // A machine says x(t) every `period` for 4 s and then no more; the greatest speed and where it ends.
    struct Run {
        double fastest = 0.0, end = 0.0, furthest = -1e9;
        double steadiest = 1e9; // the slowest, once under way and while it speaks
    };
    template <class F> Run run(F x, double period, double smooth_s, double jitter = 0.0) {
        Smoothing smoothing;
        Run out;
        double next = 0.0, before = x(0.0);
        int words = 0;
        for (int frame = 0; frame <= 900; ++frame) { // 90 Hz
            const double t = frame / 90.0;
            if (t >= next && t <= 4.0) {
                smoothing.word(x(t), at(t), at(t), smooth_s);
                next += period + (++words % 2 == 0 ? jitter : -jitter);
            }
            out.end = smoothing.at(at(t));
            const double speed = (out.end - before) * 90.0;
            if (frame > 0) out.fastest = std::max(out.fastest, std::abs(speed));
            if (t > 2.0 && t < 4.0) out.steadiest = std::min(out.steadiest, std::abs(speed));
            out.furthest = std::max(out.furthest, out.end);
            before = out.end;
        }
        return out;
    }
    const auto kSteady = [](double t) { return 10.0 * t; };

    TEST_CASE("an even movement is shown evenly, though words come seldom") {
        const Run r = run(kSteady, 0.5, 0.5);
        CHECK(r.fastest < 10.5);
        CHECK(r.steadiest > 9.5);
        CHECK(r.end == doctest::Approx(40.0));
    }

    TEST_CASE("words that come early and late make no halt and no leap") {
        const Run r = run(kSteady, 0.5, 0.6, 0.15);
        CHECK(r.fastest < 16.0);
        CHECK(r.steadiest > 5.0);
    }

    TEST_CASE("where words come more seldom than smooth_s it goes on, and slower, instead of halting") {
        const Run r = run(kSteady, 0.5, 0.35);
        CHECK(r.fastest < 10.0 / 0.35 * 0.5 + 0.5);
        CHECK(r.end == doctest::Approx(40.0));
        Smoothing s;
        for (int i = 0; i < 5; ++i) s.word(i, at(i * 0.5), at(i * 0.5), 0.35);
        CHECK(s.at(at(2.4)) > 4.0);
        CHECK(s.moving(at(2.5)));
    }

    TEST_CASE("it goes on by a bounded way for a bounded time, and then stands at the word") {
        for (const double smooth_s : {0.1, 0.3, 0.5, 0.8}) {
            const Run r = run(kSteady, 0.5, smooth_s);
            CHECK(r.furthest <= 40.0 + 4.0 / 27.0 * 10.0 / smooth_s * 0.5 * smooth_s + 1e-6);
            Smoothing s;
            for (int i = 0; i < 9; ++i) s.word(5.0 * i, at(i * 0.5), at(i * 0.5), smooth_s);
            CHECK(!s.moving(at(4.0 + 2.0 * smooth_s)));
            CHECK(s.at(at(4.0 + 2.0 * smooth_s)) == 40.0);
        }
    }

    TEST_CASE("a machine that stops and speaks often is not carried beyond its stop") {
        const Run r = run(kSteady, 0.1, 0.2);
        CHECK(r.furthest <= 40.0 + 1e-9);
        CHECK(r.end == r.furthest);
    }

    TEST_CASE("one step from rest arrives without going beyond") {
        const Run r = run([](double t) { return t < 2.0 ? 0.0 : 90.0; }, 1.0, 0.5);
        CHECK(r.furthest == 90.0);
        CHECK(r.fastest <= 180.5);
    }

    TEST_CASE("position never leaps, whatever the words") {
        Smoothing s;
        double before = 0.0;
        unsigned seed = 7;
        s.word(0.0, at(0), at(0), 0.25);
        for (int frame = 1; frame < 5000; ++frame) {
            const double t = frame / 1000.0;
            seed = seed * 1664525u + 1013904223u;
            if (seed >> 27 == 0) s.word((seed >> 8) % 100, at(t), at(t), 0.25);
            const double x = s.at(at(t));
            CHECK(std::abs(x - before) < 120.0 / 0.25 / 1000.0 + 1e-9);
            before = x;
        }
    }

    TEST_CASE("modulo wraps after smoothing: the machine's own wrap is no way back") {
        auto b = binding(Property::Rotation);
        b.modulo = 360.0;
        b.smooth_s = 1.0;
        Stage stage({b});
        stage.say(350.0, 0.0);
        (void)stage.frame(0.0);
        stage.say(10.0, 1.0);
        (void)stage.frame(1.0);
        CHECK(stage.frame(1.25)[0].number == doctest::Approx(355.0));
        CHECK(stage.frame(1.75)[0].number == doctest::Approx(5.0));
        CHECK(stage.frame(2.0)[0].number == doctest::Approx(10.0));
        CHECK(stage.frame(2.5).empty());
        stage.say(700.0, 3.0); // counts on: the way is as long as it says
        (void)stage.frame(3.0);
        CHECK(stage.frame(3.5)[0].number == doctest::Approx(std::fmod(10.0 + 360.0 + (700.0 - 370.0) / 2, 360.0)));
        stage.say(-30.0, 10.0);
        CHECK(stage.frame(20.0)[0].number >= 0.0);
    }
}
