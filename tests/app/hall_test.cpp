// SPDX-License-Identifier: Apache-2.0
// The bottling hall of assets/plants/hall through an hour and a shift: what it says, its alarms and KPIs, each second
// and word by word, held against a count of the events of a simulation that runs beside it.
#include "app/parts.h"
#include "app/publisher/simulated_plant.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/format.h"
#include "tests/app/recount.h"
#include "tests/support/paths.h"
#include "twin/alarms.h"
#include "twin/kpi.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <compare>
#include <string>
#include <utility>
#include <vector>

using namespace pw;
using namespace pw::app;
using namespace pw::test;
using simulation::Event;
using simulation::EventKind;
using simulation::State;
using twin::AlarmEvent;
using twin::AlarmId;
using twin::AlarmWhy;
using twin::Kpi;

namespace {

constexpr std::int64_t kEpoch_ms = 1'700'000'000'000;
constexpr std::array<std::string_view, 6> kJudged{"depalletiser", "filler", "labeller", "packer", "cell-1", "wrapper"};

const plant::Plant& hall() {
    static const plant::Plant kPlant = [] {
        Reports problems;
        Result<plant::Plant> plant = plant::read_plant(source_dir() / "assets/plants/hall/plant.json", problems);
        REQUIRE_MESSAGE(plant, (plant ? "" : plant.error().what));
        return std::move(*plant);
    }();
    return kPlant;
}

std::uint32_t index_of(std::string_view equipment) { return plant::find_equipment(hall(), equipment); }

SimulatedPlant played_plant(const plant::Plant& plant, std::uint64_t seed) {
    Reports problems;
    auto made = SimulatedPlant::make(plant, seed, problems);
    REQUIRE_MESSAGE(made, (made ? "" : made.error().what));
    return std::move(*made);
}

simulation::Simulation simulation_of(const plant::Plant& plant, std::uint64_t seed) {
    Reports problems;
    const auto model = simulation::compile(plant, problems);
    REQUIRE(model);
    return simulation::Simulation(*model, {.seed = seed, .record_events = true});
}

// An alarm's condition and delays, counted again by full seconds.
struct Condition {
    bool reached = false, there = false;
    std::int64_t since_s = 0; // `reached` is as it is
};

bool is_reached(const plant::AlarmCondition& condition, const twin::Value& value, bool before) {
    const double number = twin::to_number(value, 0.0);
    switch (condition.when) {
    case plant::AlarmWhen::Is:
        return (number != 0.0) == condition.value;
    case plant::AlarmWhen::Equals:
        return twin::to_text(value) == condition.text;
    case plant::AlarmWhen::High:
    case plant::AlarmWhen::HighHigh:
        return number >= condition.limit || (before && number >= condition.limit - condition.deadband);
    case plant::AlarmWhen::Low:
    case plant::AlarmWhen::LowLow:
        return number <= condition.limit || (before && number <= condition.limit + condition.deadband);
    case plant::AlarmWhen::Stale:
        break; // all is heard here
    }
    return false;
}

struct Change { // of an alarm's condition
    std::int64_t second = 0;
    std::uint32_t alarm = 0;
    bool occurred = false;
    auto operator<=>(const Change&) const = default;
};

// What KPIs are computed from, by the states that a machine was in at full seconds.
struct KpiCount {
    State state{};
    bool failed = false;
    double executed_s = 0.0, repaired_s = 0.0, energy_kwh = 0.0;
    double failures = 0.0, repairs = 0.0, produced = 0.0, bad = 0.0;
    double failed_at_s = 0.0;
};

// The hall as a host hears it, each second, and the events of what happened.
struct Shift {
    explicit Shift(std::uint64_t seed, const plant::Plant& plant = hall())
        : bindings(twin::Bindings::make(plant)), board(twin::AlarmBoard::make(plant, bindings)),
          kpis(twin::KpiBoard::make(plant, bindings)), played(played_plant(plant, seed)),
          alone(simulation_of(plant, seed)), recount(plant), conditions(board.size()) {
        for (const Signal& s : played.signals()) {
            const plant::Tag& tag = plant.equipment[s.equipment].tags[s.tag];
            watched.push_back(bindings.find_watched(plant::tag_name(plant, s.equipment, tag)));
            means.push_back(tag.simulated);
        }
        said.resize(watched.size());
        for (std::uint32_t a = 0; a < board.size(); ++a) {
            const std::string& tag = board.declared(AlarmId{a}).condition.tag;
            const std::string& own = plant.equipment[board.equipment(AlarmId{a})].id;
            const std::uint32_t w = bindings.find_watched(tag.contains('.') ? tag : own + "." + tag);
            signal_of.push_back(static_cast<std::size_t>(std::ranges::find(watched, w) - watched.begin()));
        }
    }

    twin::Instant now() const {
        return {Time{played.time().ns}, utc_from_ms(kEpoch_ms + played.time().ns / 1'000'000)};
    }
    std::int64_t second() const { return played.time().ns / simulation::kSecond; }

    void advance(int seconds) {
        for (int s = 0; s < seconds; ++s) {
            REQUIRE(played.advance(from_seconds(1.0)));
            played.refresh(0);
            REQUIRE(alone.advance_to(played.time().ns));
            for (const Event& e : alone.events()) recount.take(e);
            alone.clear_events();
            compare_values();
            hear();
            count_alarms();
            count_kpis();
        }
    }

    void compare_values() {
        for (std::size_t i = 0; i < means.size(); ++i) {
            const auto truth = recount.value(means[i], played.time().ns);
            if (!truth) continue;
            const twin::Value& value = played.values()[i];
            const auto* real = std::get_if<double>(&*truth);
            if (real != nullptr ? std::abs(*real - twin::to_number(value, -1.0)) < 1e-3 : *truth == value) {
                ++compared;
                continue;
            }
            const Signal& s = played.signals()[i];
            const plant::Equipment& e = hall().equipment[s.equipment];
            recount.wrong.push_back(plant::tag_name(hall(), s.equipment, e.tags[s.tag]) + " is " +
                                    twin::to_text(value) + ", and the events say " + twin::to_text(*truth));
        }
    }

    void hear() {
        const twin::Instant t = now();
        for (std::size_t i = 0; i < watched.size(); ++i) {
            const twin::Value& value = played.values()[i];
            if (said[i] == value) continue;
            said[i] = value;
            board.word(watched[i], value, twin::Quality::Good, t.utc, t);
            kpis.word(watched[i], value, twin::Quality::Good, t);
        }
        board.advance(t);
        kpis.advance(t);
        for (const AlarmEvent& e : board.events())
            if (e.why == AlarmWhy::Occurred || e.why == AlarmWhy::Returned)
                changes.push_back({(to_ms(e.time) - kEpoch_ms) / 1000, e.alarm.index, e.why == AlarmWhy::Occurred});
        board.clear_events();
    }

    void count_alarms() {
        for (std::uint32_t a = 0; a < conditions.size(); ++a) {
            const plant::Alarm& alarm = board.declared(AlarmId{a});
            Condition& c = conditions[a];
            const auto delay_over = [&] { // a delay that ends with this second has been without a break
                const auto over_s =
                    c.since_s + static_cast<std::int64_t>(c.reached ? alarm.on_delay_s : alarm.off_delay_s);
                if (c.reached == c.there || second() < over_s) return;
                c.there = c.reached;
                expected.push_back({over_s, a, c.there});
            };
            delay_over();
            const bool reached = is_reached(alarm.condition, played.values()[signal_of[a]], c.reached);
            if (std::exchange(c.reached, reached) != reached) c.since_s = second();
            delay_over();
        }
    }

    void count_kpis() {
        using enum State;
        for (std::size_t k = 0; k < kJudged.size(); ++k) {
            const MachineCount& machine = recount.machine(index_of(kJudged.at(k)));
            KpiCount& c = counted.at(k);
            if (second() > 1) c.executed_s += c.state == Execute ? 1.0 : 0.0; // the board hears from the first on
            const bool failed = std::ranges::contains(std::array{Holding, Held, Aborting, Aborted}, machine.state);
            const auto at_s = static_cast<double>(second());
            if (failed && !c.failed) {
                c.failures += 1.0;
                c.failed_at_s = at_s;
            } else if (c.failed && !failed) {
                c.repairs += 1.0;
                c.repaired_s += at_s - c.failed_at_s;
            }
            c.failed = failed;
            c.state = machine.state;
            const plant::Simulated energy{.quantity = plant::Quantity::EnergyKwh, .of = index_of(kJudged.at(k))};
            const KpiCount now{.energy_kwh = std::get<double>(*recount.value(energy, played.time().ns)),
                               .produced = static_cast<double>(machine.produced),
                               .bad = static_cast<double>(machine.bad)};
            if (second() == 1) first.at(k) = now;
            c.energy_kwh = now.energy_kwh - first.at(k).energy_kwh;
            c.produced = now.produced - first.at(k).produced;
            c.bad = now.bad - first.at(k).bad;
        }
    }

    twin::Bindings bindings;
    twin::AlarmBoard board;
    twin::KpiBoard kpis;
    SimulatedPlant played;
    simulation::Simulation alone;
    Recount recount;
    std::vector<Condition> conditions;   // by alarm
    std::vector<std::size_t> signal_of;  // by alarm
    std::vector<std::uint32_t> watched;  // by signal
    std::vector<plant::Simulated> means; // by signal
    std::vector<twin::Value> said;
    std::vector<Change> changes, expected; // as the board said, and as counted
    std::array<KpiCount, kJudged.size()> counted{}, first{};
    std::uint64_t compared = 0;
};

// Nothing has come from nowhere, nothing has gone unseen, and twelve bottles are in a crate, forty crates on a pallet.
void check_flow(Shift& shift) {
    shift.recount.compare(shift.alone);
    const std::vector<TypeCount> types = shift.recount.types();
    for (std::size_t t = 0; t < types.size(); ++t) {
        const TypeCount& n = types[t];
        CHECK_MESSAGE(n.made + n.turned_in == n.here + n.turned_out + n.used + n.left + n.scrapped,
                      hall().production.items[t].id);
    }
    const auto of = [&](std::string_view id) -> const TypeCount& {
        return types.at(static_cast<std::size_t>(std::ranges::find(hall().production.items, id, &plant::ItemType::id) -
                                                 hall().production.items.begin()));
    };
    const auto born = [](const TypeCount& n) { return n.made + n.turned_in; };
    const auto spent = [](const TypeCount& n) { return n.used + n.turned_out; };
    CHECK(born(of("layer")) == 5 * spent(of("glass_pallet")));
    CHECK(born(of("bottle")) == 150 * spent(of("layer")));
    CHECK(spent(of("bottle_labelled")) == 12 * born(of("crate_full")));
    CHECK(spent(of("crate_full")) == 40 * born(of("pallet_full")));
    CHECK(spent(of("pallet_full")) == born(of("pallet_wrapped")));
    // A bottle that was spoilt is in the hall, was scrapped, or has slipped through into a crate.
    const auto& machine = [&](const char* id) -> const MachineCount& { return shift.recount.machine(index_of(id)); };
    CHECK(of("bottle_labelled").scrapped + of("bottle_labelled").here >= machine("inspector").rejected);
    CHECK(of("bottle_filled").spoilt_here + of("bottle_labelled").spoilt_here <=
          machine("filler").bad + machine("labeller").bad);
    REQUIRE_MESSAGE(shift.recount.wrong.empty(), shift.recount.wrong.front());
}

// The board said of each alarm's condition when it was there, and when no longer.
void check_alarms(Shift& shift) {
    std::ranges::sort(shift.changes);
    std::ranges::sort(shift.expected);
    const auto [said, counted] = std::ranges::mismatch(shift.changes, shift.expected);
    const auto words = [&](const Change& c) {
        return formatted("{} {} at {} s", shift.board.name(AlarmId{c.alarm}), c.occurred ? "occurred" : "returned",
                         c.second);
    };
    CHECK_MESSAGE((said == shift.changes.end() && counted == shift.expected.end()), "the board says that ",
                  said == shift.changes.end() ? "nothing more" : words(*said), ", counted was that ",
                  counted == shift.expected.end() ? "nothing more" : words(*counted));
}

void check_kpis(Shift& shift) {
    const auto hours = static_cast<double>(shift.second() - 1) / 3600.0;
    for (std::size_t k = 0; k < kJudged.size(); ++k) {
        CAPTURE(kJudged.at(k));
        const std::uint32_t e = index_of(kJudged.at(k));
        const KpiCount& c = shift.counted.at(k);
        const auto is = [&](Kpi kpi, double value) {
            const auto said = shift.kpis.number(e, kpi, twin::KpiWindow::SinceStart);
            REQUIRE(said.has_value() == std::isfinite(value));
            if (said) CHECK_MESSAGE(*said == doctest::Approx(value).epsilon(1e-3), twin::definition(kpi).name);
        };
        const double availability = c.executed_s / (hours * 3600.0), quality = (c.produced - c.bad) / c.produced;
        const double performance = shift.alone.statistics(e).ideal_s * c.produced / c.executed_s;
        is(Kpi::Availability, availability);
        is(Kpi::Performance, performance);
        is(Kpi::Quality, quality);
        is(Kpi::Oee, availability * performance * quality);
        is(Kpi::Mtbf, c.executed_s / c.failures);
        is(Kpi::Mttr, c.repaired_s / c.repairs);
        is(Kpi::Throughput, c.produced / hours);
        is(Kpi::EnergyPerPiece, c.energy_kwh * 1000.0 / c.produced);
    }
}

} // namespace

TEST_SUITE("app/hall") {
    TEST_CASE("it has as many machines as its page and the README say, and people are none") {
        const auto machines = std::ranges::count_if(hall().equipment, &is_machine);
        for (const char* page : {"README.md", "docs/hall.md"}) {
            const auto text = read_text(source_dir() / page);
            REQUIRE(text);
            CHECK_MESSAGE(text->contains(formatted(" {} machines", machines)), page);
        }
        CHECK_FALSE(is_machine(hall().equipment[index_of("technician")]));
    }

    TEST_CASE("an hour: items are kept, states go along PackML, and all that is said follows from what happened") {
        Shift shift(1);
        for (int minute = 1; minute <= 60; ++minute) {
            CAPTURE(minute);
            shift.advance(60);
            check_flow(shift);
        }
        CHECK(shift.recount.states_entered() > 500);
        CHECK(shift.compared > 500'000);
        CHECK(shift.recount.machine(index_of("filler")).produced > 12'000);
        check_alarms(shift);
        CHECK(shift.changes.size() > 10);
        check_kpis(shift);
    }

    TEST_CASE("an hour is the same in two runs, in whatever steps it goes, and on every machine") {
        const auto hour = [](std::uint64_t seed, double step_s) {
            SimulatedPlant played = played_plant(hall(), seed);
            std::uint64_t mixed = 0;
            for (int minute = 1; minute <= 60; ++minute) {
                while (played.time() < from_seconds(60.0 * minute))
                    REQUIRE(
                        played.advance(std::min(from_seconds(step_s), from_seconds(60.0 * minute) - played.time())));
                mixed = hash64(as_bytes(to_hex(played.hash())), mixed);
            }
            return std::pair(played.simulation().hash(), mixed);
        };
        const auto [state, values] = hour(1, 60.0);
        CHECK(hour(1, 0.35) == std::pair(state, values));
        CHECK(to_hex(state) == "55abe03ff2175617");
        CHECK(to_hex(values) == "4c827df5a7288bad");
    }
}

TEST_SUITE("app/hall_shift [slow]") {
    TEST_CASE("a shift has alarms that an operator can bear, each as its condition was, and KPIs as counted") {
        for (const std::uint64_t seed : {1u, 2u, 3u, 4u, 5u}) {
            CAPTURE(seed);
            Shift shift(seed);
            shift.advance(8 * 3600);
            check_flow(shift);
            const twin::AlarmMetrics metrics = shift.board.metrics();
            MESSAGE("seed ", seed, ": ", metrics.average_per_10min, " alarms in ten minutes, ", metrics.peak_per_10min,
                    " at most, ", metrics.floods, " floods");
            CHECK(metrics.average_per_10min > 0.5);
            CHECK(metrics.average_per_10min < 1.8);
            CHECK(metrics.chattering == 0);
            check_alarms(shift);
            CHECK(shift.changes.size() > 100);
            check_kpis(shift);
        }
    }

    TEST_CASE("when the filler's drive fails its alarm is the first of its group, and no flood hides it") {
        plant::Plant plant = hall();
        auto& failures = plant.equipment[index_of("filler")].behaviour.failures;
        const auto drive = std::ranges::find(failures, "main_drive", &plant::Failure::id);
        REQUIRE(drive != failures.end());
        drive->clock = plant::FailureClock::Calendar;
        drive->every = {.kind = plant::DistributionKind::Constant, .value = 1800.0};
        Shift shift(1, plant);
        shift.advance(1810);
        const AlarmId first = shift.board.find("filler.main_drive");
        CHECK(shift.board.view(first).state == twin::AlarmState::Unacknowledged);
        CHECK(shift.board.first_out("filler") == first);
        shift.advance(900);
        CHECK(shift.board.first_out("filler") == first);
        CHECK(shift.board.metrics().floods == 0);
        const twin::AlarmView starved = shift.board.view(shift.board.find("labeller.starved"));
        CHECK(starved.condition);
        CHECK(starved.state == twin::AlarmState::Suppressed);
    }
}
