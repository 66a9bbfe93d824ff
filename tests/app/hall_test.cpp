// SPDX-License-Identifier: Apache-2.0
// The bottling hall of assets/plants/hall through a shift: its alarms and KPIs, fed word by word from the simulation,
// held against the simulation's events and sums.
#include "app/publisher/simulated_plant.h"
#include "tests/support/paths.h"
#include "twin/alarms.h"
#include "twin/kpi.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>

using namespace pw;
using namespace pw::app;
using namespace pw::test;
using plant::AlarmPriority;
using simulation::Event;
using simulation::EventKind;
using twin::AlarmEvent;
using twin::AlarmWhy;

namespace {

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

// The hall as a host hears it, each second.
struct Shift {
    explicit Shift(std::uint64_t seed, const plant::Plant& plant = hall())
        : bindings(twin::Bindings::make(plant)), board(twin::AlarmBoard::make(plant, bindings)),
          kpis(twin::KpiBoard::make(plant, bindings)), played([&] {
              Reports problems;
              auto made = SimulatedPlant::make(plant, seed, problems);
              REQUIRE_MESSAGE(made, (made ? "" : made.error().what));
              return std::move(*made);
          }()),
          alone([&] {
              Reports problems;
              const auto model = simulation::compile(plant, problems);
              REQUIRE(model);
              return simulation::Simulation(*model, {.seed = seed, .record_events = true});
          }()) {
        for (const Signal& s : played.signals())
            watched.push_back(
                bindings.find_watched(plant::tag_name(hall(), s.equipment, hall().equipment[s.equipment].tags[s.tag])));
        said.resize(watched.size());
    }

    twin::Instant now() const {
        return {Time{played.time().ns}, utc_from_ms(1'700'000'000'000 + played.time().ns / 1'000'000)};
    }

    void advance(int seconds) {
        for (int s = 0; s < seconds; ++s) {
            REQUIRE(played.advance(from_seconds(1.0)));
            played.refresh(0);
            hear();
        }
        REQUIRE(alone.advance_to(played.time().ns));
        for (const Event& e : alone.events())
            if (e.kind == EventKind::FailureBegin || e.kind == EventKind::FailureEnd) failures.push_back(e);
        alone.clear_events();
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
        for (const AlarmEvent& e : board.events()) events.push_back(e);
        board.clear_events();
    }

    twin::Bindings bindings;
    twin::AlarmBoard board;
    twin::KpiBoard kpis;
    SimulatedPlant played;
    simulation::Simulation alone;
    std::vector<std::uint32_t> watched; // by signal
    std::vector<twin::Value> said;
    std::vector<AlarmEvent> events;
    std::vector<Event> failures;
};

} // namespace

TEST_SUITE("app/hall [slow]") {
    TEST_CASE("a shift has alarms that an operator can bear, each stop one on its machine, and KPIs as its sums say") {
        Shift shift(1);
        for (int hour = 0; hour < 8; ++hour) shift.advance(3600);

        const twin::AlarmMetrics metrics = shift.board.metrics();
        CHECK(metrics.average_per_10min > 0.5);
        CHECK(metrics.average_per_10min < 2.0);
        CHECK(metrics.chattering == 0);

        std::size_t stops = 0;
        for (std::uint32_t a = 0; a < shift.board.size(); ++a) {
            const twin::AlarmId id{a};
            const plant::Equipment& e = hall().equipment[shift.board.equipment(id)];
            const auto tag = std::ranges::find(e.tags, shift.board.declared(id).condition.tag, &plant::Tag::id);
            if (tag == e.tags.end() || tag->simulated.quantity != plant::Quantity::Failing) continue;
            const auto occurred = std::ranges::count_if(shift.events, [&](const AlarmEvent& event) {
                return event.alarm == id && event.why == AlarmWhy::Occurred;
            });
            const auto failed = std::ranges::count_if(shift.failures, [&](const Event& event) {
                return event.kind == EventKind::FailureBegin && event.equipment == tag->simulated.of &&
                       event.a == tag->simulated.failure;
            });
            CHECK_MESSAGE(occurred == failed, shift.board.name(id));
            stops += static_cast<std::size_t>(failed);
        }
        CHECK(stops > 20);

        for (const std::string_view machine : {"filler", "labeller", "packer", "wrapper", "inspector"}) {
            const std::uint32_t e = index_of(machine);
            const auto sums = shift.alone.statistics(e);
            const double shift_s = 8.0 * 3600.0;
            const double executed = sums.in_state_s.at(static_cast<std::size_t>(simulation::State::Execute));
            const auto kpi = [&](twin::Kpi k) {
                return shift.kpis.number(e, k, twin::KpiWindow::SinceStart).value_or(-1.0);
            };
            CHECK_MESSAGE(kpi(twin::Kpi::Availability) == doctest::Approx(executed / shift_s).epsilon(0.01), machine);
            CHECK_MESSAGE(kpi(twin::Kpi::Throughput) * 8.0 ==
                              doctest::Approx(static_cast<double>(sums.produced)).epsilon(0.01),
                          machine);
            CHECK_MESSAGE(kpi(twin::Kpi::Oee) > 0.3, machine);
            CHECK_MESSAGE(kpi(twin::Kpi::EnergyPerPiece) > 0.0, machine);
        }
    }

    TEST_CASE("when the filler's drive fails its alarm is the first of its group, and a flood follows") {
        plant::Plant plant = hall();
        auto& failures = plant.equipment[index_of("filler")].behaviour.failures;
        const auto drive = std::ranges::find(failures, "main_drive", &plant::Failure::id);
        REQUIRE(drive != failures.end());
        drive->clock = plant::FailureClock::Calendar;
        drive->every = {.kind = plant::DistributionKind::Constant, .value = 1800.0};
        Shift shift(1, plant);
        shift.advance(1810);
        const twin::AlarmId first = shift.board.find("filler.main_drive");
        CHECK(shift.board.view(first).state == twin::AlarmState::Unacknowledged);
        CHECK(shift.board.first_out("filler") == first);
        shift.advance(900);
        CHECK(shift.board.first_out("filler") == first);
        CHECK(shift.board.metrics().floods >= 1);
        CHECK(shift.board.view(shift.board.find("labeller.starved")).condition);
    }
}
