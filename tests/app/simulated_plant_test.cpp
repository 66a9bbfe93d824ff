// SPDX-License-Identifier: Apache-2.0
// What the simulated plant says, held against a simulation that runs beside it and against its events.
#include "app/publisher/simulated_plant.h"

#include "base/bytes.h"
#include "tests/app/cell_plant.h"
#include "twin/sparkplug_value.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string>

using namespace pw;
using namespace pw::app;
using namespace pw::test;
using simulation::Event;
using simulation::EventKind;
using twin::Value;

namespace {

SimulatedPlant line_model(std::uint64_t seed) {
    Reports problems;
    auto made = SimulatedPlant::make(line_plant(), seed, problems);
    REQUIRE_MESSAGE(made, (made ? "" : made.error().what));
    return std::move(*made);
}

simulation::Simulation line_simulation(std::uint64_t seed) {
    Reports problems;
    const auto model = simulation::compile(line_plant(), problems);
    REQUIRE(model);
    return simulation::Simulation(*model, {.seed = seed, .record_events = true});
}

std::uint32_t index_of(std::string_view equipment) { return plant::find_equipment(line_plant(), equipment); }

// The line as the publisher plays it, and its simulation alone.
struct Both {
    explicit Both(std::uint64_t seed = 1) : played(line_model(seed)), alone(line_simulation(seed)) {}

    void advance(double seconds) {
        REQUIRE(played.advance(from_seconds(seconds)));
        played.refresh(0);
        REQUIRE(alone.advance_to(played.time().ns));
    }

    std::size_t signal(std::string_view tag) const {
        for (std::size_t i = 0; i < played.signals().size(); ++i) {
            const Signal& s = played.signals()[i];
            if (plant::tag_name(line_plant(), s.equipment, line_plant().equipment[s.equipment].tags[s.tag]) == tag)
                return i;
        }
        FAIL("there is no tag ", std::string(tag));
        return 0;
    }
    Value operator[](std::string_view tag) const { return played.values()[signal(tag)]; }
    double number(std::string_view tag) const { return twin::to_number((*this)[tag], -1e9); }
    std::string text(std::string_view tag) const { return twin::to_text((*this)[tag]); }
    Result<void> write(std::string_view tag, const Value& value) {
        const Result<void> done = played.write(signal(tag), value);
        played.refresh(0);
        return done;
    }

    std::uint64_t events(EventKind kind, std::string_view equipment, int last_s = 1'000'000) const {
        const auto since = played.time().ns - last_s * simulation::kSecond;
        return static_cast<std::uint64_t>(std::ranges::count_if(alone.events(), [&](const Event& e) {
            return e.kind == kind && e.equipment == index_of(equipment) && e.time > since && e.a == 0;
        }));
    }

    // Whether more people have begun to work there than have ended.
    bool works_on(std::string_view equipment) const {
        int people = 0;
        for (const Event& e : alone.events())
            if (e.kind == EventKind::Work && e.equipment == index_of(equipment)) people += e.b == 1 ? 1 : -1;
        return people > 0;
    }

    SimulatedPlant played;
    simulation::Simulation alone;
};

nlohmann::json decoded(const Value& data_set) {
    const twin::OutMetric out{"items", {}, twin::DataType::DataSet, data_set, true};
    const std::string message = twin::encode_payload({&out, 1}, {}, utc_from_ms(1));
    twin::Payload payload;
    REQUIRE(twin::decode_payload(as_bytes(message), payload));
    return nlohmann::json::parse(twin::to_text(twin::value_of(payload.metrics.at(0), twin::DataType::DataSet)));
}

// Hashes of each minute of an hour, mixed; time goes in steps of this length.
std::uint64_t hour_hash(std::uint64_t seed, double step_s) {
    SimulatedPlant played = line_model(seed);
    std::uint64_t mixed = 0;
    for (int minute = 1; minute <= 60; ++minute) {
        while (played.time() < from_seconds(60.0 * minute))
            REQUIRE(played.advance(std::min(from_seconds(step_s), from_seconds(60.0 * minute) - played.time())));
        mixed = mixed * 31 + played.hash();
    }
    return mixed;
}

} // namespace

TEST_SUITE("app/simulated_plant") {
    TEST_CASE("every tag that names a quantity has a value from the beginning") {
        const Both line;
        std::size_t named = 0;
        for (const plant::Equipment& e : line_plant().equipment) named += e.tags.size();
        CHECK(line.played.signals().size() == named);
        for (const Value& value : line.played.values()) CHECK_FALSE(std::holds_alternative<std::monostate>(value));
        CHECK(std::holds_alternative<std::uint64_t>(line["filler.produced"]));
        CHECK(std::holds_alternative<bool>(line["filler.jam"]));
        CHECK(line.number("filler.command") == 0.0);
        CHECK(line.number("filler.set_mode") == 1.0);
    }

    TEST_CASE("an hour of values agrees with what the events say happened") {
        Both line;
        bool jammed = false, drive = false, juice = false, attended = false;
        for (int step = 0; step < 720; ++step) {
            line.advance(5.0);
            const std::string state(simulation::state_name(line.alone.machine(index_of("filler")).state));
            REQUIRE(line.text("filler.state") == state);
            REQUIRE(line.text("lamp.state") == state);
            REQUIRE(line["filler.produced"] == Value(line.events(EventKind::ItemTurned, "filler")));
            REQUIRE(line["bottles.fed"] == Value(line.events(EventKind::ItemOut, "bottles")));
            REQUIRE(line["rejects.got"] == Value(line.events(EventKind::ItemGone, "rejects")));
            REQUIRE(line["inspection.rejected"] == Value(line.events(EventKind::Reject, "inspection")));
            REQUIRE(line["warehouse.got"] == Value(line.events(EventKind::ItemGone, "warehouse")));
            REQUIRE(line["table.count"] ==
                    Value(line.events(EventKind::ItemIn, "table") - line.events(EventKind::ItemOut, "table")));
            REQUIRE(line.number("filler.rate") ==
                    (state == "EXECUTE" ? 60.0 * static_cast<double>(line.events(EventKind::ItemTurned, "filler", 60))
                                        : 0.0));
            REQUIRE(line.number("warehouse.rate") ==
                    60.0 * static_cast<double>(line.events(EventKind::ItemGone, "warehouse", 60)));
            REQUIRE(line.number("filler.power") == (state == "EXECUTE" ? 7500.0 : 900.0));
            REQUIRE(line.number("filler.cabinet") == (state == "HELD" ? 30.0 : 20.0));
            REQUIRE(line.number("filler.torque") == (line.text("filler.jam") == "true"      ? 120.0
                                                     : line["filler.moving"] == Value(true) ? 50.0
                                                                                            : 0.0));
            REQUIRE((line.text("filler.attended") == "true") == line.works_on("filler"));
            attended |= line["filler.attended"] == Value(true);
            REQUIRE((line.text("filler.jam") == "true") == (line.text("filler.failure") == "Bottle jam"));
            REQUIRE((line.text("filler.drive") == "true") == (line.text("filler.failure") == "Drive fault"));
            jammed |= state == "HELD" && line.text("filler.reason") == "failure" && line.text("filler.jam") == "true";
            drive |= state == "ABORTED" && line.text("filler.drive") == "true";
            juice |= line.text("filler.product") == "Apple juice";
        }
        CHECK(jammed);
        CHECK(drive);
        CHECK(juice);
        CHECK(attended);
        const auto sums = line.alone.statistics(index_of("filler"));
        CHECK(line["filler.bad"] == Value(sums.bad));
        CHECK(sums.bad > 0);
        CHECK(line.number("filler.energy") ==
              doctest::Approx(static_cast<double>(sums.energy_mj) / 3.6e9).epsilon(1e-3));
    }

    TEST_CASE("a position never falls, and is that of the belt, the carousel or the cycle") {
        Both line;
        double packer = 0.0, filler = 0.0;
        for (int step = 0; step < 6000; ++step) {
            line.advance(0.1);
            REQUIRE(line.number("packer.position") >= packer);
            REQUIRE(line.number("filler.position") >= filler);
            packer = line.number("packer.position");
            filler = line.number("filler.position");
        }
        const auto view = line.alone.machine(index_of("filler"));
        CHECK(filler == doctest::Approx(view.run_s / 0.5));
        CHECK(line.number("infeed.run_m") == doctest::Approx(line.alone.machine(index_of("infeed")).run_s * 0.5));
        CHECK(std::floor(packer) == static_cast<double>(line.alone.machine(index_of("packer")).cycles));
    }

    TEST_CASE("items go out with serial, type and place, the first in front") {
        Both line;
        line.advance(100.0);
        const auto told = decoded(line["infeed.items"]);
        CHECK(told["columns"] == nlohmann::json({"serial", "type", "place"}));
        CHECK(told["types"] == nlohmann::json({"Int64", "String", "Double"}));
        std::vector<simulation::ItemView> items;
        line.alone.items(index_of("infeed"), items);
        REQUIRE(told["rows"].size() == items.size());
        REQUIRE(items.size() > 10);
        for (std::size_t i = 0; i < items.size(); ++i) {
            CHECK(told["rows"][i][0] == items[i].serial);
            CHECK(told["rows"][i][1] == "bottle");
            CHECK(told["rows"][i][2].get<double>() ==
                  doctest::Approx(static_cast<double>(items[i].place)).epsilon(1e-3));
        }
    }

    TEST_CASE("a vehicle looks where it drives, and turns without a jump") {
        Both line;
        double before = line.number("shuttle.heading");
        bool there = false, back = false;
        for (int step = 0; step < 36000; ++step) {
            const double x = line.number("shuttle.x");
            line.advance(0.1);
            const double heading = line.number("shuttle.heading");
            REQUIRE(std::abs(heading - before) <= 18.05);
            before = heading;
            const double moved = line.number("shuttle.x") - x;
            if (line.text("shuttle.travelling") != "true" || std::abs(moved) < 0.1) continue;
            const double off = std::remainder(heading - (moved < 0.0 ? -90.0 : 90.0), 360.0);
            if (std::abs(off) > 0.1) continue; // it still turns
            there |= moved < 0.0;
            back |= moved > 0.0;
        }
        CHECK(there);
        CHECK(back);
        CHECK(line.number("shuttle.z") == 8.0);
    }

    TEST_CASE("a vehicle is loaded from where it fetches to where it brings, and what it carries waits no longer") {
        Both line;
        bool loaded = false, waited = false;
        for (int step = 0; step < 36000; ++step) {
            const double x = line.number("shuttle.x");
            line.advance(0.1);
            const bool loads = line.text("shuttle.loaded") == "true";
            const double moved = line.number("shuttle.x") - x;
            if (moved != 0.0) REQUIRE(loads == (moved < 0.0));
            REQUIRE(line.number("shuttle.count") == line.number("shuttle.waiting") + (loads ? 6.0 : 0.0));
            loaded |= loads;
            waited |= line.number("shuttle.waiting") > 0.0;
        }
        CHECK(loaded);
        CHECK(waited);
        CHECK(line.number("shuttle.battery") < 80.0);
        CHECK(line.number("shuttle.battery") > 20.0);
    }

    TEST_CASE("people look where they were placed, and again when they have come home") {
        Both line;
        CHECK(line.number("shuttle.crew_heading") == 135.0);
        bool turned = false, back = false;
        for (int step = 0; step < 36000; ++step) {
            line.advance(0.1);
            const bool as_placed = std::abs(std::remainder(line.number("shuttle.crew_heading") - 135.0, 360.0)) < 0.1;
            back |= turned && as_placed;
            turned |= !as_placed;
        }
        CHECK(back);
    }

    TEST_CASE("a sensor follows its machine with its lag, and is never further off than its noise") {
        Both line;
        CHECK(line.number("filler.motor") == 24.0);
        line.advance(60.0);
        const double warm = line.number("filler.motor");
        CHECK(warm > 30.0);
        CHECK(warm < 52.0);
        double least = 1e9, most = -1e9;
        for (int s = 0; s < 3600; ++s) {
            line.advance(1.0);
            least = std::min(least, line.number("filler.motor"));
            most = std::max(most, line.number("filler.motor"));
        }
        CHECK(least > 23.8);
        CHECK(most < 61.2);
        CHECK(most > 50.0);
    }

    TEST_CASE("a command is carried out, or refused in words") {
        Both line;
        line.advance(30.0);
        REQUIRE(line.text("filler.state") == "EXECUTE");
        const Result<void> early = line.write("filler.command", std::int64_t{2}); // Start
        REQUIRE_FALSE(early);
        CHECK(early.error().code == Errc::Refused);
        CHECK(line.text("filler.refusal") == early.error().what);
        CHECK(line.number("filler.command") == 0.0);

        REQUIRE(line.write("filler.command", std::int64_t{3})); // Stop
        CHECK(line.text("filler.state") == "STOPPING");
        CHECK(line.text("filler.refusal").empty());
        CHECK(line.number("filler.command") == 3.0);
        REQUIRE(line.played.advance(from_seconds(1.05)));
        line.played.refresh(0);
        CHECK(line.text("filler.state") == "STOPPED");
        const std::string produced = line.text("filler.produced");
        REQUIRE(line.played.advance(from_seconds(60.0)));
        line.played.refresh(0);
        CHECK(line.text("filler.produced") == produced);

        REQUIRE(line.write("filler.set_mode", std::int64_t{2}));
        CHECK(line.text("filler.mode") == "Maintenance");
        CHECK(line.number("filler.set_mode") == 2.0);
        REQUIRE(line.write("filler.set_mode", std::uint64_t{1}));
        REQUIRE(line.write("filler.set_speed", 50.0));
        CHECK(line.number("filler.speed") == 50.0);
        REQUIRE(line.write("filler.command", 1.0)); // Reset, from a peer that has doubles only
        REQUIRE(line.played.advance(from_seconds(1.05)));
        line.played.refresh(0);
        REQUIRE(line.text("filler.state") == "IDLE");
        REQUIRE(line.write("filler.command", std::int64_t{2}));
        REQUIRE(line.played.advance(from_seconds(10.0)));
        line.played.refresh(0);
        CHECK(line.text("filler.state") == "EXECUTE");
        CHECK(line.text("filler.produced") != produced);
    }

    TEST_CASE("what is no command changes nothing") {
        Both line;
        line.advance(30.0);
        for (const Value& value : {Value(std::int64_t{0}), Value(std::int64_t{11}), Value(std::int64_t{-1}), Value(2.5),
                                   Value(1e300), Value(std::string("Stop")), Value(), Value(UINT64_MAX)}) {
            const Result<void> done = line.write("filler.command", value);
            REQUIRE_FALSE(done);
            CHECK(done.error().code == Errc::Malformed);
            CHECK(line.text("filler.refusal") == done.error().what);
        }
        CHECK_FALSE(line.write("filler.set_mode", std::int64_t{4}));
        CHECK_FALSE(line.write("filler.set_mode", std::int64_t{2})); // not while it executes
        CHECK_FALSE(line.write("filler.set_speed", 5000.0));
        CHECK_FALSE(line.write("filler.set_speed", -1.0));
        CHECK_FALSE(line.write("filler.set_speed", std::string("fast")));
        const std::string refusal = line.text("filler.refusal");
        CHECK_FALSE(line.write("filler.state", std::string("STOPPED")));
        CHECK(line.text("filler.refusal") == refusal);
        CHECK(line.played.simulation().hash() == [&] {
            Both untouched;
            untouched.advance(30.0);
            return untouched.played.simulation().hash();
        }());
    }

    TEST_CASE("the same seed gives the same values, in whatever steps the time goes") {
        const std::uint64_t hash = hour_hash(7, 60.0);
        CHECK(hour_hash(7, 0.35) == hash);
        CHECK(hour_hash(8, 60.0) != hash);
        CHECK(to_hex(hash) == "5e996616ea4e5274");
    }

    TEST_CASE("a plant that cannot be simulated is refused with the place") {
        plant::Plant plant = line_plant();
        plant.equipment[index_of("packer")].behaviour.to.clear();
        Reports problems;
        CHECK_FALSE(SimulatedPlant::make(plant, 1, problems));
        CHECK_FALSE(problems.empty());
    }
}
