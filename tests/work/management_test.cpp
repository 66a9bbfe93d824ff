// SPDX-License-Identifier: Apache-2.0
#include "work/management.h"

#include "tests/twin/alarm_support.h"
#include "work/figures_json.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace pw::work {
namespace {

constexpr const char* kLine = R"({"id": "line", "level": "line", "children": [
{"id": "m", "level": "unit", "tags": [
  {"id": "s", "source": "g/n/m/s", "role": "state"}, {"id": "made", "source": "g/n/m/made", "role": "produced"},
  {"id": "jam", "source": "g/n/m/jam"}, {"id": "hot", "source": "g/n/m/hot", "unit": "Cel"}],
 "alarms": [
  {"id": "jam", "title": "Jam", "priority": "high", "condition": {"tag": "jam", "when": "is"}},
  {"id": "hot", "title": "Hot", "priority": "low", "condition": {"tag": "hot", "when": "high", "limit": 80}}]},
{"id": "belt", "level": "unit", "tags": [{"id": "s", "source": "g/n/belt/s", "role": "state"}]}]})";

struct Shift {
    Shift()
        : plant(test::plant_of(kLine)), bindings(twin::Bindings::make(plant)),
          management(plant, bindings, [this](const std::string& topic, const std::string& json, twin::Instant) {
              (topic == "alarms" ? told : figures).push_back(json);
          }) {}

    void say(const std::string& tag, const twin::Value& value, double s, twin::Word word = twin::Word::Live,
             const std::string& machine = "m") {
        const std::uint32_t place = bindings.find_watched(machine + "." + tag);
        const std::string name = "g/n/" + machine + "/" + tag;
        management.word({{place}, name, {&place, 1}, value, twin::Quality::Good, test::at(s).utc, word}, test::at(s));
    }
    const ManagementSnapshot& look(double s) {
        management.tick(test::at(s));
        management.take();
        return management.snapshot();
    }
    twin::AlarmId alarm(const char* name) const { return management.names().find(name); }

    plant::Plant plant;
    twin::Bindings bindings;
    std::vector<std::string> told, figures;
    Management management;
};

} // namespace

TEST_SUITE("work/management") {
    TEST_CASE("a pulse between two frames is an alarm, and the most urgent one stands at its machine") {
        Shift shift;
        shift.say("hot", 90.0, 1.0);
        shift.say("jam", true, 1.01);
        shift.say("jam", false, 1.02);
        const auto& now = shift.look(1.1);
        REQUIRE(now.alarms.size() == 2);
        CHECK(now.alarms[0].alarm == shift.alarm("m.jam"));
        CHECK(now.alarms[0].state == twin::AlarmState::ReturnedUnacknowledged);
        CHECK(now.machines[1].alarm.alarm == shift.alarm("m.jam"));
        CHECK(now.machines[1].alarms_listed == 2);
        CHECK_FALSE(now.machines[0].alarm.alarm.valid());
        CHECK(shift.told.size() == 3);
        CHECK(shift.told[1].contains(R"("alarm":"m.jam")"));
    }

    TEST_CASE("what people do with an alarm has an outcome, and a refusal says why") {
        Shift shift;
        shift.say("hot", 90.0, 1.0);
        shift.look(1.1);
        REQUIRE(shift.management.act({twin::AlarmDo::Acknowledge, shift.alarm("m.hot"), "Ada", {}, {}}));
        REQUIRE(shift.management.act({twin::AlarmDo::Acknowledge, shift.alarm("m.jam"), "Ada", {}, {}}));
        CHECK_FALSE(shift.management.next_outcome());
        CHECK(shift.look(1.3).alarms[0].state == twin::AlarmState::Acknowledged);
        CHECK(shift.management.next_outcome()->done);
        const auto refused = shift.management.next_outcome();
        REQUIRE(refused);
        CHECK(refused->done.error().code == Errc::Refused);
        CHECK_FALSE(shift.management.next_outcome());
        CHECK(shift.told.back().contains(R"("who":"Ada")"));
    }

    TEST_CASE("more actions than can be taken are refused, and none is forgotten") {
        Shift shift;
        int taken = 0;
        while (taken < 1000 && shift.management.act({twin::AlarmDo::Acknowledge, shift.alarm("m.hot"), "Ada", {}, {}}))
            ++taken;
        CHECK(taken == 64);
        shift.look(1.0);
        int outcomes = 0;
        while (shift.management.next_outcome()) ++outcomes;
        CHECK(outcomes == 64);
        CHECK(shift.management.act({twin::AlarmDo::Acknowledge, shift.alarm("m.hot"), "Ada", {}, {}}));
    }

    TEST_CASE("figures come once a second, from the same words as the boards, and with their inputs for who asks") {
        Shift shift;
        shift.say("s", std::string("EXECUTE"), 0.0);
        shift.say("made", std::int64_t{0}, 0.0);
        shift.look(0.0);
        shift.management.ask_detail(1);
        shift.say("made", std::int64_t{50}, 90.0);
        shift.say("made", std::int64_t{999}, 95.0, twin::Word::Historical); // it was so once: not now
        shift.say("s", std::string("ABORTED"), 90.0);
        const auto& now = shift.look(120.0);
        const auto kpi = [&](twin::Kpi k) { return now.machines[1].kpis.at(static_cast<std::size_t>(k)); };
        CHECK(kpi(twin::Kpi::Availability) == doctest::Approx(0.75));
        CHECK(kpi(twin::Kpi::Throughput) == doctest::Approx(1500.0));
        CHECK_FALSE(kpi(twin::Kpi::Oee)); // the file does not say how fast it could be
        CHECK(now.machines[1].doing == Doing::Failed);
        CHECK(now.machines[1].shares.at(static_cast<std::size_t>(Doing::Executing)) == doctest::Approx(0.75));
        CHECK(now.detail.equipment == 1);
        CHECK_FALSE(now.detail.hour.at(0).inputs.empty());
        CHECK_FALSE(now.machines[0].has_state);
    }

    TEST_CASE("a belt has a state and what it did, but no KPIs: it makes nothing that is counted") {
        Shift shift;
        shift.management.ask_detail(2);
        for (const char* machine : {"m", "belt"})
            shift.say("s", std::string("EXECUTE"), 0.0, twin::Word::Live, machine);
        shift.look(0.0);
        const auto& now = shift.look(60.0);
        const auto availability = static_cast<std::size_t>(twin::Kpi::Availability);
        CHECK(now.machines[1].kpis.at(availability) == doctest::Approx(1.0));
        CHECK_FALSE(now.machines[2].kpis.at(availability));
        CHECK(now.machines[2].shares.at(static_cast<std::size_t>(Doing::Executing)) == doctest::Approx(1.0));
        CHECK(now.detail.equipment == plant::kNoEquipment);
    }

    TEST_CASE("what is told for the recording reads back as what was shown") {
        Shift shift;
        shift.say("s", std::string("EXECUTE"), 0.0);
        shift.say("made", std::int64_t{0}, 0.0);
        shift.say("jam", true, 1.0);
        shift.say("hot", 90.0, 2.0);
        shift.look(2.0);
        shift.say("made", std::int64_t{70}, 100.0);
        shift.management.ask_detail(1);
        REQUIRE(
            shift.management.act({twin::AlarmDo::Shelve, shift.alarm("m.hot"), "Ada", "known", from_seconds(600.0)}));
        auto shown = shift.look(120.0);
        CHECK(shown.alarms.size() == 1);
        REQUIRE(shown.held_back.size() == 1);
        CHECK(shown.held_back[0].who == "Ada");
        CHECK(shown.held_back[0].until == test::at(720.0).utc);
        const FigureNames names(shift.plant, shift.management);
        const auto read = figures_from_json(names, shift.figures.back());
        REQUIRE(read);
        REQUIRE(read->details.size() == 1);
        for (std::size_t k = 0; k < twin::kKpis; ++k) {
            const auto& was = shown.detail.hour.at(k);
            if (was.value || !was.inputs.empty()) CHECK(read->details[0].hour.at(k) == was);
        }
        CHECK_FALSE(read->details[0].hour.at(0).inputs.empty());
        shown.detail = {};
        CHECK(read->snapshot.machines == shown.machines);
        CHECK(read->snapshot.alarms == shown.alarms);
        CHECK(read->snapshot.counts == shown.counts);
        CHECK(read->snapshot.metrics == shown.metrics);
        CHECK(read->snapshot == shown);
    }

    // The connection's thread speaks and ticks while the frame thread looks, acts and asks.
    TEST_CASE("two threads at once: every action has its outcome, and every snapshot is of one moment") {
        Shift shift;
        shift.say("s", std::string("EXECUTE"), 0.0);
        shift.say("made", std::int64_t{0}, 0.0);
        std::atomic<bool> over{false};
        std::thread connection([&] {
            for (int n = 1; !over.load(); ++n) {
                const double now = 0.1 * n;
                shift.say("jam", n % 2 == 0, now);
                shift.say("made", std::int64_t{n}, now);
                shift.management.tick(test::at(now));
            }
        });
        int acted = 0, outcomes = 0, snapshots = 0;
        UtcTime last;
        while (outcomes < 2000 || snapshots < 10) {
            const auto what = acted % 2 == 0 ? twin::AlarmDo::Acknowledge : twin::AlarmDo::Reset;
            if (acted < 2000 && shift.management.act({what, shift.alarm("m.jam"), "Ada", {}, {}})) ++acted;
            shift.management.ask_detail(acted % 3 == 0 ? plant::kNoEquipment : 1);
            if (shift.management.take()) {
                const ManagementSnapshot& now = shift.management.snapshot();
                ++snapshots;
                CHECK(now.time >= last);
                last = now.time;
                CHECK(now.counts.listed == now.alarms.size());
                if (now.detail.equipment == 1) CHECK(now.detail.hour.at(0).to <= now.time);
            }
            while (shift.management.next_outcome()) ++outcomes;
        }
        over.store(true);
        connection.join();
        CHECK(acted == outcomes);
        CHECK_FALSE(shift.management.next_outcome());
    }

    TEST_CASE(
        "what happens to alarms is told for the next time: at once what people do, the rest within half a second") {
        Shift shift;
        std::vector<std::string> kept;
        shift.management.keep_alarms([&](std::string saved) { kept.push_back(std::move(saved)); });
        shift.say("hot", 90.0, 1.0);
        shift.look(1.0);
        CHECK(kept.size() == 1);
        shift.say("jam", true, 1.1);
        shift.look(1.1);
        CHECK(kept.size() == 1);
        REQUIRE(shift.management.act({twin::AlarmDo::TakeOutOfService, shift.alarm("m.hot"), "Ada", "broken", {}}));
        shift.look(1.2);
        REQUIRE(kept.size() == 2);
        shift.say("jam", false, 1.3);
        shift.look(1.3);
        CHECK(kept.size() == 2);
        shift.look(1.7);
        CHECK(kept.size() == 3);
        shift.look(9.0);
        CHECK(kept.size() == 3); // nothing has happened
        Shift next;
        Reports problems;
        REQUIRE(next.management.restore_alarms(kept.back(), test::at(20.0), problems));
        const auto& now = next.look(20.0);
        REQUIRE(now.held_back.size() == 1);
        CHECK(now.held_back[0].alarm == next.alarm("m.hot"));
        CHECK(now.held_back[0].state == twin::AlarmState::OutOfService);
        CHECK(now.held_back[0].condition);
        CHECK(now.held_back[0].comment == "broken");
    }

    TEST_CASE("what is left of a shelf is told again when the clock was set, and at the begin of a visit") {
        const auto saved_with = [](double ahead) {
            return [ahead](double seconds) {
                return twin::Instant{test::at(seconds).time, test::at(seconds + ahead).utc};
            };
        };
        const auto ahead = saved_with(3600.0);
        std::vector<std::string> kept;
        Shift shift;
        shift.management.keep_alarms([&](std::string saved) { kept.push_back(std::move(saved)); });
        shift.say("hot", 90.0, 0.0);
        REQUIRE(
            shift.management.act({twin::AlarmDo::Shelve, shift.alarm("m.hot"), "Ada", "known", from_seconds(60.0)}));
        shift.management.tick(ahead(1.0));
        shift.management.tick(ahead(20.0));
        REQUIRE(kept.size() == 1);
        shift.management.tick(test::at(21.0)); // put right
        shift.management.tick(test::at(40.0));
        REQUIRE(kept.size() == 2);
        const auto until = [](const std::string& saved, double seconds, std::vector<std::string>& again) {
            Shift next;
            Reports problems;
            REQUIRE(next.management.restore_alarms(saved, test::at(seconds), problems));
            next.management.keep_alarms([&](std::string text) { again.push_back(std::move(text)); });
            const auto& now = next.look(seconds + 1.0);
            REQUIRE(now.held_back.size() == 1);
            return now.held_back[0].until;
        };
        std::vector<std::string> again;
        CHECK(until(kept[1], 41.0, again) == test::at(61.0).utc);
        CHECK(until(kept[0], 41.0, again) == test::at(101.0).utc); // of a process that was killed before
        REQUIRE(again.size() == 2);
        CHECK(until(again[1], 91.0, again) == test::at(101.0).utc); // and no longer, however often it starts
    }

    TEST_CASE("figures from elsewhere are refused or read as far as they are right") {
        Shift shift;
        const auto read = [&](const std::string& json) {
            auto past = figures_from_json(FigureNames(shift.plant, shift.management), json);
            return past ? Result<ManagementSnapshot>(std::move(past->snapshot)) : std::unexpected(past.error());
        };
        for (const char* json : {"", "[]", "3", "{", "null"}) CHECK_FALSE(read(json));
        CHECK_FALSE(read(R"({"machines":)" + std::string(100, '[') + std::string(100, ']') + "}"));
        const auto odd = read(R"({"machines": {"m": {"doing": 4, "shares": [], "alarms_an_hour": -5, "OEE": "x"},
            "stranger": {}}, "alarms": [7, {}, {"alarm": "no.such"}, {"alarm": "m.jam", "state": "FINE"}],
            "counts": {"listed": 1e99, "by_priority_and_state": [7, [-1, "x"], [[]]]}, "metrics": {"span_ns": [], "by_priority": 3},
            "kpis": {"m": {"OEE": 3, "Availability": {"inputs": {"APT": "x"}, "value": []}}, "stranger": []},
            "time_ns": "now"})");
        REQUIRE(odd);
        CHECK(odd->machines[1].doing == Doing::Unknown);
        CHECK(odd->machines[1].alarms_an_hour == 0);
        REQUIRE(odd->alarms.size() == 1);
        CHECK(odd->alarms[0].state == twin::AlarmState::Unacknowledged);
    }
}

} // namespace pw::work
