#pragma once
// SPDX-License-Identifier: Apache-2.0
// A plant of one line of text for tests of alarms and KPIs, and time that the test says.

#include "base/format.h"
#include "plant/plant.h"
#include "twin/alarms.h"

#include <doctest/doctest.h>

#include <string>

namespace pw::test {

inline twin::Instant at(double seconds) {
    const Duration since = from_seconds(seconds); // rounded once: the two clocks go alike
    return {Time{1'000'000'000'000} + since, utc_from_ms(1'800'000'000'000) + since};
}

inline plant::Plant plant_of(const std::string& equipment) {
    Reports problems;
    auto plant = plant::parse_plant(R"({"format": "plantwalk-plant", "version": 1, "name": "Test", "equipment": [)" +
                                        equipment + "]}",
                                    "test.json", problems);
    for (const Report& p : problems.list()) MESSAGE(p.where << ": " << p.what);
    REQUIRE(plant);
    return std::move(*plant);
}

// {"id": id, tags "t0" … with sources, "s" the state}, and `alarms`.
inline std::string machine(const std::string& id, int tags, const std::string& alarms) {
    std::string list = formatted(R"({{"id": "s", "source": "g/n/{}/s", "state": true}})", id);
    for (int t = 0; t < tags; ++t) list += formatted(R"(, {{"id": "t{}", "source": "g/n/{}/t{}"}})", t, id, t);
    return formatted(R"({{"id": "{}", "level": "unit", "tags": [{}], "alarms": [{}]}})", id, list, alarms);
}

// A board with hands.
struct Panel {
    explicit Panel(const std::string& equipment, const twin::AlarmOptions& options = {})
        : plant(plant_of(equipment)), bindings(twin::Bindings::make(plant)),
          board(twin::AlarmBoard::make(plant, bindings, options)) {}

    void word(const std::string& tag, const twin::Value& value, double seconds,
              twin::Quality quality = twin::Quality::Good) {
        const std::uint32_t watched = bindings.find_watched(tag);
        REQUIRE(watched != 0xffff'ffffu);
        board.word(watched, value, quality, at(seconds).utc, at(seconds));
    }
    Result<void> act(twin::AlarmDo what, const std::string& alarm, double seconds, double shelve_s = 60.0) {
        return board.act({what, board.find(alarm), "Ada", "because", from_seconds(shelve_s)}, at(seconds));
    }
    twin::AlarmView view(const std::string& alarm) const { return board.view(board.find(alarm)); }
    char state(const std::string& alarm) const { return twin::alarm_letter(view(alarm).state); }

    // "m.hot A>B occurred, …" since the last call.
    std::string happened() {
        std::string out;
        for (const twin::AlarmEvent& e : board.events())
            out += formatted("{}{} {}>{} {}", out.empty() ? "" : ", ", board.name(e.alarm), alarm_letter(e.from),
                             alarm_letter(e.to), alarm_why_name(e.why));
        board.clear_events();
        return out;
    }
    // "m.hot B, …" as the operator sees it.
    std::string listed() {
        std::string out;
        for (const twin::AlarmRow& row : board.list())
            out += formatted("{}{} {}{}", out.empty() ? "" : ", ", board.name(row.alarm), alarm_letter(row.state),
                             row.first_out ? " first" : "");
        return out;
    }

    plant::Plant plant;
    twin::Bindings bindings;
    twin::AlarmBoard board;
};

} // namespace pw::test
