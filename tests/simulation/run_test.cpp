// SPDX-License-Identifier: Apache-2.0
// The same luck, the same run: hashes, snapshots, random plants, and KPIs counted again from the events.
#include "base/bytes.h"
#include "base/file.h"
#include "simulation/experiment.h"
#include "simulation/random.h"
#include "tests/simulation/line.h"
#include "tests/simulation/random_plant.h"
#include "tests/support/paths.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::simulation;
using namespace pw::test;

namespace {

__extension__ typedef __int128 Int128;

std::uint64_t hash_after(const std::string& text, SimTime time, const RunOptions& options) {
    Simulation run(compiled(text), options);
    REQUIRE(run.advance_to(time));
    return run.hash();
}

} // namespace

TEST_SUITE("simulation/run") {
    TEST_CASE("the state after an hour is the same on every machine and in every build") {
        CHECK(to_hex(hash_after(long_line(5), 3600 * kSecond, {})) == "515416bf85cb04cc");
        CHECK(to_hex(hash_after(random_plant(1), 3600 * kSecond, {})) == "c484d15ffd36122d");
        CHECK(to_hex(hash_after(random_plant(2), 3600 * kSecond, {.seed = 9, .replication = 3})) == "0a4cf5316ca2a436");
    }

    TEST_CASE("another seed or replication is another run, and steps do not matter") {
        const std::string text = random_plant(3);
        const std::uint64_t base = hash_after(text, 1000 * kSecond, {});
        CHECK(base == hash_after(text, 1000 * kSecond, {.record_events = true}));
        CHECK(base != hash_after(text, 1000 * kSecond, {.seed = 2}));
        CHECK(base != hash_after(text, 1000 * kSecond, {.replication = 1}));
        Simulation steps(compiled(text), {.seed = 5});
        REQUIRE(steps.advance_to(77 * kSecond));
        steps.restart({});
        for (int i = 1; i <= 1000; ++i) REQUIRE(steps.advance_to(i * kSecond));
        CHECK(steps.hash() == base);
    }

    TEST_CASE("a machine that is added changes nobody else's luck") {
        const auto times = [](const std::string& more) {
            std::vector<std::string> units{
                unit(
                    "in",
                    R"("kind": "source", "makes": "part", "to": "a", "every_s": {"distribution": "exponential", "mean": 5})"),
                unit(
                    "a",
                    R"("kind": "station", "queue": "unlimited", "to": "out", "service_s": {"distribution": "exponential", "mean": 4})"),
                unit("out", R"("kind": "sink")")};
            if (!more.empty()) { units.insert(units.begin(), unit("other", more)); }
            Line line(plant_text(units));
            line.to(500);
            return line.times(EventKind::ItemGone, "out");
        };
        CHECK(
            times("") ==
            times(
                R"("kind": "source", "makes": "part", "to": "out2", "every_s": {"distribution": "exponential", "mean": 3}}},
{"id": "out2", "level": "unit", "simulation": {"kind": "sink")"));
    }

    TEST_CASE("restored at B and run to C is the same as run from A to C") {
        for (std::uint64_t seed = 1; seed <= 12; ++seed) {
            CAPTURE(seed);
            const auto model = compiled(random_plant(seed));
            Simulation straight(model, {.seed = seed, .replication = 2});
            REQUIRE(straight.advance_to(500 * kSecond));
            const std::vector<std::byte> bytes = straight.snapshot();
            const std::uint64_t middle = straight.hash();
            REQUIRE(straight.advance_to(1500 * kSecond));
            Simulation other(model, {.seed = 99});
            REQUIRE(other.advance_to(123 * kSecond));
            const auto restored = other.restore(bytes);
            REQUIRE_MESSAGE(restored.has_value(), (restored ? "" : restored.error().what));
            CHECK(other.hash() == middle);
            CHECK(other.now() == 500 * kSecond);
            REQUIRE(other.advance_to(1500 * kSecond));
            CHECK(other.hash() == straight.hash());
        }
    }

    TEST_CASE("a snapshot that is damaged, cut or another plant's is refused, and the run goes on as it was") {
        Simulation run(compiled(long_line(3)), {});
        REQUIRE(run.advance_to(100 * kSecond));
        const std::vector<std::byte> good = run.snapshot();
        const std::uint64_t hash = run.hash();
        for (std::size_t i = 0; i < good.size(); i += 13) {
            std::vector<std::byte> bad = good;
            bad[i] ^= std::byte{0x40};
            REQUIRE_FALSE(run.restore(bad));
        }
        for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{40}, good.size() - 1})
            CHECK(run.restore(Bytes(good).first(size)).error().code == Errc::Malformed);
        Simulation other(compiled(long_line(4)), {});
        CHECK(other.restore(good).error().code == Errc::Refused);
        CHECK(run.hash() == hash);
        CHECK(run.restore(good));
    }

    TEST_CASE("random plants run without a wrong state, and keep their items") {
        for (std::uint64_t seed = 1; seed <= 60; ++seed) {
            CAPTURE(seed);
            Line line(random_plant(seed), /* record= */ true, seed);
            Stream luck = make_stream(seed);
            for (int step = 1; step <= 40; ++step) {
                line.to(step * 25.0);
                const auto equipment = static_cast<std::uint32_t>(luck.next() % line.plant.equipment.size());
                if (!line.simulation.is_machine(equipment)) continue;
                const auto what = luck.next() % 16;
                if (what >= 1 && what <= 10)
                    (void)line.simulation.command(equipment, static_cast<Command>(what));
                else if (what == 11)
                    (void)line.simulation.set_speed(equipment, 0.2 + 2.0 * luck.uniform());
                else if (what == 12)
                    (void)line.simulation.provoke(equipment, 0);
            }
            for (const TypeFlow& type : line.simulation.flow().types) CHECK(type.balanced());
        }
    }

    TEST_CASE("Little's law holds to the last nanosecond, for the plant and for each element") {
        for (std::uint64_t seed = 20; seed < 30; ++seed) {
            CAPTURE(seed);
            Line line(random_plant(seed), /* record= */ true, seed);
            line.to(2000);
            // The area under the number of items, from the events alone.
            std::vector<Int128> area(line.plant.equipment.size(), 0);
            std::vector<std::int64_t> inside(line.plant.equipment.size(), 0);
            const auto change = [&](const Event& e, int by) {
                area[e.equipment] += static_cast<Int128>(by) * (line.simulation.now() - e.time);
                inside[e.equipment] += by;
            };
            for (const Event& e : line.simulation.events()) {
                if (e.kind == EventKind::ItemMade || e.kind == EventKind::ItemIn) change(e, 1);
                if (e.kind == EventKind::ItemOut || e.kind == EventKind::ItemUsed || e.kind == EventKind::ItemGone ||
                    e.kind == EventKind::Lost)
                    change(e, -1);
            }
            for (std::uint32_t i = 0; i < line.plant.equipment.size(); ++i) {
                const ElementStatistics s = line.simulation.statistics(i);
                CHECK(inside[i] == static_cast<std::int64_t>(s.inside_now));
                CHECK(static_cast<double>(area[i]) / static_cast<double>(line.simulation.now()) ==
                      doctest::Approx(s.inside_mean).epsilon(1e-12));
            }
        }
    }

    TEST_CASE("KPIs counted again from the events are those of the statistics") {
        for (std::uint64_t seed = 40; seed < 50; ++seed) {
            CAPTURE(seed);
            Line line(random_plant(seed), /* record= */ true, seed);
            line.to(3000);
            for (std::uint32_t i = 0; i < line.plant.equipment.size(); ++i) {
                if (!line.simulation.is_machine(i)) continue;
                std::map<int, SimTime> in_state;
                int state = static_cast<int>(State::Idle);
                SimTime since = 0;
                std::uint64_t failures = 0, rejected = 0, bad = 0, left = 0;
                for (const Event& e : line.simulation.events()) {
                    if (e.equipment != i) continue;
                    if (e.kind == EventKind::State) {
                        CHECK(state == e.a);
                        in_state[state] += e.time - since;
                        since = e.time;
                        state = e.b;
                    }
                    failures += e.kind == EventKind::FailureBegin ? 1u : 0u;
                    rejected += e.kind == EventKind::Reject ? 1u : 0u;
                    bad += e.kind == EventKind::ItemTurned && e.a == 1 ? 1u : 0u;
                    left += e.kind == EventKind::ItemOut ? 1u : 0u;
                }
                in_state[state] += line.simulation.now() - since;
                const ElementStatistics s = line.simulation.statistics(i);
                for (int k = 1; k < static_cast<int>(kStateCount); ++k)
                    CHECK(static_cast<double>(in_state[k]) * 1e-9 ==
                          doctest::Approx(s.in_state_s.at(static_cast<std::size_t>(k))));
                CHECK(failures == s.failures);
                CHECK(rejected == s.rejected);
                CHECK(bad == s.bad);
                CHECK(left == s.left);
                const double execute = static_cast<double>(in_state[static_cast<int>(State::Execute)]) * 1e-9;
                CHECK(s.availability == doctest::Approx(execute / 3000.0));
                CHECK(s.oee == doctest::Approx(s.ideal_s *
                                               (static_cast<double>(s.produced) - static_cast<double>(bad)) / 3000.0));
            }
        }
    }

    TEST_CASE("the line in the documentation runs, and an operator is seen walking") {
        const Result<std::string> page = read_text((source_dir() / "docs/plant-file.md").string());
        REQUIRE(page);
        const std::size_t section = page->find("## Simulation");
        const std::size_t begin = page->find("```json\n", section) + 8;
        Line line(page->substr(begin, page->find("```", begin) - begin));
        bool walks = false;
        for (int minute = 1; minute <= 240; ++minute) {
            line.to(minute * 60.0);
            for (std::size_t i = 0; i < 2; ++i) walks |= line.simulation.unit(0, i).travelling;
            line.simulation.clear_events();
        }
        CHECK(walks);
        CHECK(line.simulation.statistics(line["warehouse"]).entered > 1000);
        CHECK(line.simulation.statistics(line["rejects"]).entered > 0);
        CHECK(line.simulation.statistics(line["filler"]).changeovers > 0);
    }

    TEST_CASE("a warm-up is not counted, and what was there stays there") {
        Line line(long_line(3));
        line.to(1000);
        const FlowStatistics before = line.simulation.flow();
        line.simulation.reset_statistics();
        line.to(1500);
        const ElementStatistics m = line.simulation.statistics(line["m1"]);
        CHECK(m.span_s == doctest::Approx(500.0));
        double sum = 0.0;
        for (const double s : m.in_state_s) sum += s;
        CHECK(sum == doctest::Approx(500.0));
        CHECK(m.inside_mean <= 1.0);
        CHECK(line.simulation.flow().types[0].made > before.types[0].made);
        CHECK(line.simulation.flow().types[0].balanced());
    }

    TEST_CASE("the interval of replications is Student's") {
        const Estimate e = estimate({10.0, 12.0, 11.0, 13.0, 14.0});
        CHECK(e.mean == doctest::Approx(12.0));
        CHECK(e.half_width == doctest::Approx(2.7764451051977987 * std::sqrt(2.5 / 5.0)));
    }

    TEST_CASE("what one value cannot say is not said") {
        const double none = std::nan("");
        CHECK(estimate({3.0}).mean == 3.0);
        CHECK(std::isnan(estimate({3.0}).half_width));
        CHECK(std::isnan(estimate({none, none}).mean));
        CHECK(estimate({10.0, none, 12.0}).mean == 11.0);
        CHECK(estimate({10.0, none, 12.0}).half_width == estimate({10.0, 12.0}).half_width);
    }

    // A bottle a second; twelve make a crate, which is as old as the first of them. Labels have nothing to do with it.
    TEST_CASE("crates and labels are counted each for itself, and bottles that became crates do not leave") {
        const std::string text = plant_text(
            {unit("in", R"("kind": "source", "makes": "bottle", "every_s": 1, "to": "packer")"),
             unit("packer", R"("kind": "station", "service_s": 0.5, "takes": [{"item": "bottle", "count": 12}],
"makes": [{"item": "crate"}], "to": "out")"),
             unit("out", R"("kind": "sink")"),
             unit("printer", R"("kind": "source", "makes": "label", "every_s": 10, "to": "waste")"),
             unit("waste", R"("kind": "sink")")},
            R"({"items": {"bottle": {}, "crate": {}, "label": {}}})");
        const auto result =
            run_experiment(compiled(text), {.length = 3600 * kSecond, .warmup = 60 * kSecond, .replications = 2});
        REQUIRE(result);
        REQUIRE(result->items.size() == 2);
        const auto check = [&](std::size_t at, const std::string& id, double an_hour, double age_s) {
            const ItemResult& type = result->items[at];
            CHECK(parsed(text).production.items[type.item].id == id);
            REQUIRE(type.figures.size() == 2);
            CHECK(type.figures[0].name == "throughput_per_h");
            CHECK(type.figures[0].value.mean == doctest::Approx(an_hour));
            CHECK(type.figures[0].value.half_width == 0.0);
            CHECK(type.figures[1].name == "time_in_plant_s");
            CHECK(type.figures[1].value.mean == doctest::Approx(age_s));
        };
        check(0, "crate", 300.0, 11.5);
        check(1, "label", 360.0, 0.0);
    }

    TEST_CASE("an ideal time that is longer than what an item takes is warned of") {
        const auto said = [](const std::string& machine, const std::string& production = R"({"items": {"part": {}}})") {
            Reports warnings;
            warn_of_ideal(parsed(plant_text({unit("m", machine), unit("out", R"("kind": "sink")")}, production)),
                          warnings);
            return warnings.empty() ? std::string() : warnings.list()[0].where + ": " + warnings.list()[0].what;
        };
        const std::string layer = R"("kind": "station", "service_s": 15, "servers": 2, "takes": [{"item": "part"}],
"makes": [{"item": "part", "count": 150}], "to": "out", "ideal_s": )";
        CHECK(said(layer + "0.05") == "");
        CHECK(said(layer + "0.051") == "/equipment/0/simulation/ideal_s: 0.051 s an item is longer than the 0.05 s "
                                       "that it takes, so its performance will be over 100 %");
        const std::string belt = R"("kind": "conveyor", "length_m": 6, "speed_m_s": 0.5, "item_m": 0.4, "to": "out")";
        CHECK(said(belt) == "");
        CHECK(said(belt + R"(, "ideal_s": 0.8)") == "");
        CHECK(said(belt + R"(, "ideal_s": 0.9)") != "");
        const std::string products = R"({"items": {"part": {}}, "products": [{"id": "slow", "speeds": {"m": 0.5}},
{"id": "fast", "speeds": {"m": 1.25}}]})";
        CHECK(said(layer + "0.04", products) == "");
        CHECK(said(layer + "0.041", products) != "");
    }

    TEST_CASE("our own plants say no ideal time that is longer than what an item takes") {
        for (const char* name : {"cell", "hall"}) {
            Reports problems, warnings;
            const auto plant =
                plant::read_plant((source_dir() / "assets/plants" / name / "plant.json").string(), problems);
            REQUIRE(plant);
            warn_of_ideal(*plant, warnings);
            for (const Report& w : warnings.list()) FAIL_CHECK(name, w.where, ": ", w.what);
        }
    }
}
