// SPDX-License-Identifier: Apache-2.0
#include "twin/kpi.h"

#include "simulation/simulation.h"
#include "tests/support/allocations.h"
#include "tests/support/paths.h"
#include "tests/twin/alarm_support.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace pw::twin {
namespace {

using test::at;

constexpr const char* kMachine = R"({"id": "m", "level": "unit", "tags": [
{"id": "state", "source": "g/n/m/state", "role": "state"}, {"id": "made", "source": "g/n/m/made", "role": "produced"},
{"id": "bad", "source": "g/n/m/bad", "role": "rejected"},
{"id": "power", "source": "g/n/m/power", "role": "energy", "unit": "kW.h"},
{"id": "rate", "source": "g/n/m/rate", "role": "ideal_rate", "unit": "/min"}]})";

struct Meter {
    explicit Meter(const std::string& equipment = kMachine)
        : plant(test::plant_of(equipment)), bindings(Bindings::make(plant)), board(KpiBoard::make(plant, bindings)) {}

    void word(const std::string& tag, const Value& value, double seconds, Quality quality = Quality::Good) {
        board.word(bindings.find_watched("m." + tag), value, quality, at(seconds));
    }
    void state(const char* name, double seconds) { word("state", std::string(name), seconds); }
    double number(Kpi kpi, KpiWindow window = KpiWindow::SinceStart) const {
        return board.number(0, kpi, window).value_or(-1.0);
    }
    std::string why(Kpi kpi, KpiWindow window = KpiWindow::SinceStart) const {
        const KpiValue value = board.value(0, kpi, window);
        CHECK(value.value.has_value() == value.unknown_because.empty());
        CHECK(value.value == board.number(0, kpi, window));
        return value.unknown_because;
    }
    // All inputs are there at time 0.
    void begin(const char* name = "EXECUTE") {
        state(name, 0.0);
        word("made", std::int64_t{1000}, 0.0);
        word("bad", std::int64_t{10}, 0.0);
        word("power", 500.0, 0.0);
        word("rate", 30.0, 0.0);
    }

    plant::Plant plant;
    Bindings bindings;
    KpiBoard board;
};

double input(const KpiValue& value, std::string_view symbol) {
    for (const KpiInput& i : value.inputs)
        if (i.symbol == symbol) return i.value;
    return -1.0;
}

} // namespace

TEST_SUITE("twin/kpi") {
    TEST_CASE("a KPI says so while an input is in doubt, and when one was for more than a tenth of the time") {
        Meter m;
        m.begin();
        for (int i = 1; i <= 20; ++i)
            m.word("made", std::int64_t{1000 + 5 * i}, 5.0 * i); // in steps that are fine enough
        const auto doubts = [&](Kpi kpi) {
            const KpiValue value = m.board.value(0, kpi, KpiWindow::SinceStart);
            REQUIRE(value.value);
            CHECK(m.board.uncertain(0, kpi, KpiWindow::SinceStart) == value.uncertain);
            CHECK(to_text(kpi, value).contains("UNCERTAIN") ==
                  (input(value, "time in doubt") > 0.0 || value.uncertain));
            return value.uncertain;
        };
        CHECK_FALSE(doubts(Kpi::Oee));
        m.word("made", std::int64_t{1100}, 100.0, Quality::Uncertain);
        CHECK(doubts(Kpi::Oee));
        CHECK(doubts(Kpi::Throughput));
        CHECK_FALSE(doubts(Kpi::Availability)); // it is of the state alone
        m.word("made", std::int64_t{1200}, 200.0);
        CHECK(doubts(Kpi::Throughput)); // half of the time
        CHECK(input(m.board.value(0, Kpi::Throughput, KpiWindow::SinceStart), "time in doubt") ==
              doctest::Approx(100.0));
        m.board.advance(at(1100.0));
        CHECK_FALSE(doubts(Kpi::Throughput)); // less than a tenth
        m.word("made", std::int64_t{1200}, 1100.0, Quality::Bad);
        CHECK_FALSE(m.board.uncertain(0, Kpi::Throughput, KpiWindow::SinceStart)); // there is none
    }

    // Eight hours of 480 min: 60 min of failures in three pieces, 30 min starved; 780 items of 30 s each as planned,
    // 39 of them bad; 156 kWh.
    TEST_CASE("a shift worked out by hand") {
        Meter m;
        m.begin();
        m.word("rate", 2.0, 0.0); // a minute: 30 s each
        double now = 0.0;
        std::int64_t made = 1000, bad = 10;
        double power = 500.0;
        const auto run = [&](const char* state, double minutes, int items) {
            m.state(state, now);
            for (int i = 0; i < items; ++i) {
                m.word("made", ++made, now + 60.0 * minutes * (i + 1) / (items + 1));
                if (made % 20 == 0) m.word("bad", ++bad, now + 60.0 * minutes * (i + 1) / (items + 1));
                m.word("power", power += 0.2, now + 60.0 * minutes * (i + 1) / (items + 1));
            }
            now += 60.0 * minutes;
        };
        run("EXECUTE", 100, 200);
        run("HELD", 20, 0);
        run("EXECUTE", 100, 200);
        run("SUSPENDED", 30, 0);
        run("EXECUTE", 90, 200);
        run("ABORTING", 5, 0);
        run("ABORTED", 25, 0);
        run("CLEARING", 0, 0);
        run("EXECUTE", 50, 100);
        run("HOLDING", 1, 0);
        run("HELD", 9, 0);
        run("EXECUTE", 50, 80);
        m.board.advance(at(now));
        REQUIRE(now == 480 * 60.0);
        CHECK(m.number(Kpi::Availability) == doctest::Approx(390.0 / 480.0));
        CHECK(m.number(Kpi::Performance) == doctest::Approx(0.5 * 780 / 390.0));
        CHECK(m.number(Kpi::Quality) == doctest::Approx(741.0 / 780.0));
        CHECK(m.number(Kpi::Oee) == doctest::Approx(390.0 / 480.0 * (0.5 * 780 / 390.0) * (741.0 / 780.0)));
        CHECK(m.number(Kpi::Mtbf) == doctest::Approx(390 * 60.0 / 3));
        CHECK(m.number(Kpi::Mttr) == doctest::Approx(60 * 60.0 / 3));
        CHECK(m.number(Kpi::Throughput) == doctest::Approx(780 / 8.0));
        CHECK(m.number(Kpi::EnergyPerPiece) == doctest::Approx(200.0)); // W.h
        const KpiValue oee = m.board.value(0, Kpi::Oee, KpiWindow::SinceStart);
        CHECK(input(oee, "APT") == doctest::Approx(390 * 60.0));
        CHECK(input(oee, "PBT") == doctest::Approx(480 * 60.0));
        CHECK(input(oee, "PRI") == doctest::Approx(30.0));
        CHECK(input(oee, "PQ") == 780.0);
        CHECK(input(oee, "GQ") == 741.0);
        CHECK(oee.observed.seconds() == doctest::Approx(480 * 60.0));
        CHECK(
            to_text(Kpi::Availability, m.board.value(0, Kpi::Availability, KpiWindow::SinceStart)) ==
            "Availability = APT / PBT = 0.8125\n"
            "Share of the planned busy time (PBT) that is actual production time (APT). APT: EXECUTE. PBT: all time.\n"
            "APT = 23400 s (m.state)\nPBT = 28800 s (the clock)\n"
            "2027-01-15T08:00:00.000Z to 2027-01-15T16:00:00.000Z, inputs known for 28800 s of 28800 s");
    }

    TEST_CASE("the last hour has what happened in it") {
        Meter m;
        m.begin("IDLE");
        for (int minute = 0; minute < 180; ++minute) {
            if (minute == 60) m.state("EXECUTE", 3600.0);
            if (minute == 150) m.state("HELD", 9000.0);
            m.word("made", std::int64_t{1000 + minute}, minute * 60.0 + 30.0);
        }
        m.board.advance(at(10'800.0));
        CHECK(m.number(Kpi::Availability) == doctest::Approx(0.5));
        CHECK(m.number(Kpi::Availability, KpiWindow::Hour) == doctest::Approx(0.5));
        CHECK(m.number(Kpi::Throughput, KpiWindow::Hour) == doctest::Approx(60.0));
        m.board.advance(at(10'800.0 + 30 * 60.0));
        CHECK(m.number(Kpi::Availability, KpiWindow::Hour) == doctest::Approx(0.0));
        const KpiValue hour = m.board.value(0, Kpi::Throughput, KpiWindow::Hour);
        CHECK(hour.from == at(9000.0).utc);
        CHECK(hour.to == at(12'600.0).utc);
        CHECK(hour.value == 30.0);
        m.board.advance(at(12'659.0)); // up to a minute more than an hour
        CHECK(m.board.value(0, Kpi::Throughput, KpiWindow::Hour).window.seconds() == doctest::Approx(3659.0));
        m.board.advance(at(100'000.0)); // after a long sleep nothing is left of the old hours
        CHECK(m.number(Kpi::Throughput, KpiWindow::Hour) == doctest::Approx(0.0));
    }

    // A pallet a minute; the first is finished ten seconds after anybody looks.
    TEST_CASE("a performance of a few cycles is not told") {
        Meter m;
        m.begin();
        m.word("rate", 1.0, 0.0);
        std::int64_t made = 1000;
        for (int n = 0; n < 9; ++n) m.word("made", ++made, 10.0 + 60.0 * n);
        const std::string too_short =
            "the time is too short for how much is counted at once: a cycle more or less would be over a tenth";
        CHECK(m.why(Kpi::Performance) == too_short);
        CHECK(m.why(Kpi::Oee) == too_short);
        CHECK(m.why(Kpi::Throughput) == "");
        m.word("made", ++made, 550.0);
        m.word("made", ++made, 610.0);
        CHECK(m.number(Kpi::Performance) == doctest::Approx(11 * 60.0 / 610.0));
        CHECK(m.number(Kpi::Oee) == doctest::Approx(11 * 60.0 / 610.0));
        m.state("SUSPENDED", 610.0);
        m.board.advance(at(1220.0));
        CHECK(m.number(Kpi::Performance) == doctest::Approx(11 * 60.0 / 610.0));
        CHECK(m.number(Kpi::Oee) == doctest::Approx(11 * 60.0 / 1220.0));
    }

    TEST_CASE("a counter may roll over or begin anew, and when it does neither the number is not known") {
        std::string text = kMachine;
        text.replace(text.find("\"role\": \"produced\""), 18, "\"role\": \"produced\", \"low\": 0, \"high\": 65535");
        Meter m(text);
        m.state("EXECUTE", 0.0);
        m.word("made", std::int64_t{65'530}, 0.0);
        m.word("made", std::int64_t{4}, 1800.0); // 65531 … 65535, 0 … 4: ten
        m.board.advance(at(3600.0));
        CHECK(m.number(Kpi::Throughput) == doctest::Approx(10.0));
        m.word("made", std::int64_t{400}, 3600.0);
        m.word("made", std::int64_t{3}, 3600.0); // reset
        CHECK(m.number(Kpi::Throughput) == doctest::Approx(10.0 + 396.0 + 3.0));
        CHECK(input(m.board.value(0, Kpi::Throughput, KpiWindow::SinceStart), "counter resets") == 1.0);
        m.word("made", std::int64_t{500}, 3600.0);
        m.word("made", std::int64_t{498}, 3600.0); // corrected by hand?
        CHECK(m.why(Kpi::Throughput).starts_with("a counter went back within this time"));
        m.board.advance(at(7320.0)); // an hour later it is forgotten
        m.word("made", std::int64_t{500}, 7320.0);
        CHECK(m.number(Kpi::Throughput, KpiWindow::Hour) == doctest::Approx(2.0));
    }

    TEST_CASE(
        "a counter beyond what is counted exactly makes the number unknown for its hour, and spoils no later one") {
        Meter m;
        m.state("EXECUTE", 0.0);
        m.word("made", std::int64_t{10}, 0.0);
        m.word("made", std::uint64_t{1'000'000'000'000'000'000}, 60.0);
        m.word("made", std::int64_t{11}, 120.0);
        CHECK(m.why(Kpi::Throughput).starts_with("a counter went back within this time"));
        m.board.advance(at(7320.0));
        m.word("made", std::int64_t{13}, 7320.0);
        CHECK(m.number(Kpi::Throughput, KpiWindow::Hour) == doctest::Approx(2.0));
    }

    TEST_CASE("what is missing or stale makes a KPI unknown, and says what") {
        Meter m;
        CHECK(m.why(Kpi::Availability) == "m.state has not been heard yet");
        m.state("EXECUTE", 0.0);
        CHECK(m.why(Kpi::Availability) == "no time has passed since all inputs are known");
        m.board.advance(at(100.0));
        CHECK(m.number(Kpi::Availability) == 1.0);
        CHECK(m.why(Kpi::Mtbf) == "there was no failure within this time");
        CHECK(m.why(Kpi::Mttr) == "no repair was finished within this time");
        m.word("made", std::int64_t{5}, 100.0);
        CHECK(m.why(Kpi::Quality) == "m.bad has not been heard yet");
        m.word("bad", std::int64_t{5}, 100.0);
        m.board.advance(at(110.0));
        CHECK(m.why(Kpi::Quality) == "nothing was produced within this time");
        m.word("bad", std::int64_t{7}, 110.0);
        m.word("made", std::int64_t{6}, 110.0);
        CHECK(m.why(Kpi::Quality) == "more was rejected than produced within this time");
        m.word("rate", 0.0, 110.0);
        CHECK(m.why(Kpi::Performance) == "m.rate is not more than 0");
        m.word("rate", std::string("fast"), 110.0);
        CHECK(m.why(Kpi::Performance) == "m.rate is no number");
        m.word("rate", 1.0, 110.0, Quality::Bad);
        CHECK(m.why(Kpi::Oee) == "m.rate is BAD");
        m.state("Running", 110.0);
        CHECK(m.why(Kpi::Availability) == "m.state is no PackML state: \"Running\"");
        m.word("state", std::string("EXECUTE"), 110.0, Quality::Stale);
        CHECK(m.why(Kpi::Mtbf) == "m.state is STALE");
        Meter other(R"({"id": "m", "level": "unit", "tags": [{"id": "state", "source": "g/n/m/s", "state": true}]})");
        CHECK(other.why(Kpi::Throughput) == "the plant file names no tag with the role \"produced\"");
        CHECK(other.why(Kpi::Performance) == "the plant file names no tag with the role \"produced\"");
        CHECK(other.board.value(5, Kpi::Oee, KpiWindow::Hour).unknown_because ==
              "this equipment has no tag with a role");
        CHECK(other.board.equipment().size() == 1);
    }

    TEST_CASE("what happened while an input was not known is left out above and below the line") {
        Meter m;
        m.begin();
        m.word("made", std::int64_t{1060}, 600.0); // 60 in ten minutes
        m.word("made", std::int64_t{1060}, 600.0, Quality::Stale);
        m.word("made", std::int64_t{1500}, 660.0); // a minute later, after a burst that nobody saw
        m.word("made", std::int64_t{1560}, 1260.0);
        const KpiValue rate = m.board.value(0, Kpi::Throughput, KpiWindow::SinceStart);
        REQUIRE(rate.value);
        CHECK(*rate.value == doctest::Approx(120 * 3600.0 / 1200.0));
        CHECK(rate.observed.seconds() == doctest::Approx(1200.0));
        CHECK(rate.window.seconds() == doctest::Approx(1260.0));
        CHECK(m.number(Kpi::Availability) == doctest::Approx(1.0)); // needs no count
        CHECK(m.board.value(0, Kpi::Availability, KpiWindow::SinceStart).observed.seconds() == doctest::Approx(1260.0));
        // A longer gap, and the number is not given: what was seen is too little of the time.
        m.word("made", std::int64_t{1560}, 1260.0, Quality::Stale);
        m.word("made", std::int64_t{1560}, 1500.0);
        CHECK(m.why(Kpi::Throughput) == "the inputs were known for only 1200 s of 1500 s");
    }

    TEST_CASE("a failure that nobody saw begin is not counted, nor is its repair") {
        Meter m;
        m.state("HELD", 0.0);
        m.state("EXECUTE", 100.0);
        m.word("state", std::string("EXECUTE"), 200.0, Quality::Stale);
        m.state("HELD", 201.0);
        m.state("EXECUTE", 300.0);
        CHECK(m.why(Kpi::Mtbf) == "there was no failure within this time");
        CHECK(m.why(Kpi::Mttr) == "no repair was finished within this time");
        m.state("HELD", 400.0);
        m.board.advance(at(450.0));
        CHECK(m.number(Kpi::Mtbf) == doctest::Approx(200.0));                 // executed, as far as anybody saw
        CHECK(m.why(Kpi::Mttr) == "no repair was finished within this time"); // it is not done yet
        m.state("EXECUTE", 460.0);
        CHECK(m.number(Kpi::Mttr) == doctest::Approx(60.0));
    }

    TEST_CASE("to ask for a number costs no memory") {
        Meter m;
        m.begin();
        for (int i = 1; i <= 100; ++i) m.word("made", std::int64_t{1000 + i}, i * 7.0);
        const std::uint32_t made = m.bindings.find_watched("m.made");
        const long before = test::allocations();
        double sum = 0.0;
        for (int i = 1; i <= 200; ++i) {
            m.board.word(made, std::int64_t{1100 + i}, Quality::Good, at(700.0 + i));
            for (std::size_t k = 0; k < kKpis; ++k)
                sum += m.board.number(0, static_cast<Kpi>(k), KpiWindow::Hour).value_or(-1.0);
        }
        CHECK(test::allocations() == before);
        CHECK(sum != 0.0);
    }
}

namespace {

// What a publisher of the simulation would send: each tag when it changes, at every instant at which something happens.
struct Publisher {
    Publisher(const plant::Plant& p, const simulation::Simulation& s, KpiBoard& b, const Bindings& w)
        : plant(p), sim(s), board(b), bindings(w) {}

    void send(std::uint32_t e, const char* tag, const Value& value, double now) {
        const std::uint32_t watched = bindings.find_watched(plant.equipment[e].id + "." + tag);
        if (watched == 0xffff'ffffu || last[watched] == value) return;
        last[watched] = value;
        board.word(watched, value, Quality::Good, at(now));
    }
    void publish(std::uint32_t e, double now) {
        const simulation::ElementStatistics s = sim.statistics(e);
        send(e, "state", std::string(simulation::state_name(sim.machine(e).state)), now);
        send(e, "rate", 60.0, now);
        send(e, "made", s.produced, now);
        send(e, "bad", s.bad, now);
        send(e, "energy", static_cast<double>(s.energy_mj) / 1e6, now); // kJ
    }

    const plant::Plant& plant;
    const simulation::Simulation& sim;
    KpiBoard& board;
    const Bindings& bindings;
    std::map<std::uint32_t, Value> last;
};

// Counted again from the event list alone.
struct Recount {
    double execute_s = 0.0, repair_s = 0.0;
    int failures = 0, repairs = 0, produced = 0;
};

Recount recount(const std::vector<simulation::Event>& events, std::uint32_t equipment, double end) {
    using simulation::EventKind;
    Recount out;
    double executing_since = -1.0, failing_since = -1.0;
    for (const simulation::Event& e : events) {
        if (e.equipment != equipment) continue;
        const double t = static_cast<double>(e.time) / 1e9;
        const auto is = [&](std::uint8_t s, simulation::State state) { return s == static_cast<std::uint8_t>(state); };
        if (e.kind == EventKind::State) {
            if (is(e.a, simulation::State::Execute) && executing_since >= 0.0) out.execute_s += t - executing_since;
            executing_since = is(e.b, simulation::State::Execute) ? t : -1.0;
        }
        if (e.kind == EventKind::FailureBegin) {
            ++out.failures;
            failing_since = t;
        }
        if (e.kind == EventKind::FailureEnd) {
            ++out.repairs;
            out.repair_s += t - failing_since;
        }
        if (e.kind == EventKind::ItemOut) ++out.produced;
    }
    if (executing_since >= 0.0) out.execute_s += end - executing_since;
    return out;
}

} // namespace

TEST_SUITE("twin/kpi_recount") {
    TEST_CASE("an hour of a simulated line gives the KPIs that its event list gives") {
        Reports problems;
        const auto plant = plant::read_plant((test::source_dir() / "tests/data/twin/filling.json").string(), problems);
        REQUIRE(plant);
        const auto model = simulation::compile(*plant, problems);
        REQUIRE(model);
        simulation::Simulation sim(*model, {.seed = 5, .record_events = true});
        const Bindings bindings = Bindings::make(*plant);
        KpiBoard board = KpiBoard::make(*plant, bindings);
        Publisher publisher(*plant, sim, board, bindings);
        constexpr double kEnd = 3600.0;
        const std::vector<std::uint32_t> machines{plant::find_equipment(*plant, "rinser"),
                                                  plant::find_equipment(*plant, "filler")};
        for (double now = 0.0;;) {
            for (const std::uint32_t e : machines) publisher.publish(e, now);
            const double next = static_cast<double>(sim.next_event_time()) / 1e9;
            if (next > kEnd) break;
            REQUIRE(sim.advance_to(sim.next_event_time()));
            now = next;
        }
        REQUIRE(sim.advance_to(static_cast<simulation::SimTime>(kEnd * 1e9)));
        for (const std::uint32_t e : machines) publisher.publish(e, kEnd);
        board.advance(at(kEnd));

        const std::vector<simulation::Event> events(sim.events().begin(), sim.events().end());
        for (const std::uint32_t e : machines) {
            const Recount again = recount(events, e, kEnd);
            const simulation::ElementStatistics s = sim.statistics(e);
            const auto number = [&](Kpi kpi) { return board.number(e, kpi, KpiWindow::SinceStart).value_or(-1.0); };
            const auto near = [](double value) { return doctest::Approx(value).epsilon(1e-6); };
            REQUIRE(again.failures >= 3);
            CHECK(again.produced == static_cast<int>(s.produced));
            CHECK(number(Kpi::Availability) == near(again.execute_s / kEnd));
            CHECK(number(Kpi::Availability) == near(s.availability));
            CHECK(number(Kpi::Performance) == near(s.performance));
            CHECK(number(Kpi::Quality) == near(s.quality));
            CHECK(number(Kpi::Oee) == near(s.oee));
            CHECK(number(Kpi::Mtbf) == near(again.execute_s / again.failures));
            CHECK(number(Kpi::Mttr) == near(again.repair_s / again.repairs));
            CHECK(number(Kpi::Throughput) == near(again.produced));
            CHECK(number(Kpi::EnergyPerPiece) == near(static_cast<double>(s.energy_mj) / 3.6e6 / again.produced));
        }
    }
}

} // namespace pw::twin
