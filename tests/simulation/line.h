#pragma once
// SPDX-License-Identifier: Apache-2.0
// A plant that runs in a test, with what its events say as text.

#include "base/format.h"
#include "simulation/simulation.h"
#include "tests/simulation/plants.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace pw::test {

using simulation::Event;
using simulation::EventKind;

inline std::string text(const std::vector<double>& numbers) {
    std::string out;
    for (const double n : numbers) out += (out.empty() ? "" : " ") + formatted("{}", n);
    return out;
}

struct Line {
    explicit Line(const std::string& text, bool record = true, std::uint64_t seed = 1)
        : plant(parsed(text)), simulation(compiled(text), {.seed = seed, .record_events = record}) {}

    void to(double seconds) {
        const auto done = simulation.advance_to(static_cast<simulation::SimTime>(std::llround(seconds * 1e9)));
        REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().what));
        const auto sound = simulation.check();
        CHECK_MESSAGE(sound.has_value(), (sound ? "" : sound.error().what));
    }

    std::uint32_t operator[](const std::string& id) const { return index_of(plant, id); }

    // Seconds at which something of this kind happened at this equipment.
    std::string times(EventKind kind, const std::string& id) const {
        std::vector<double> out;
        for (const Event& e : simulation.events())
            if (e.kind == kind && e.equipment == (*this)[id]) out.push_back(static_cast<double>(e.time) / 1e9);
        return text(out);
    }

    std::size_t count(EventKind kind, const std::string& id) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            simulation.events(), [&](const Event& e) { return e.kind == kind && e.equipment == (*this)[id]; }));
    }

    // "EXECUTE 0, SUSPENDED starved 3, …" of a machine, without states in which no time passed.
    std::string states(const std::string& id) const {
        std::vector<std::string> out;
        simulation::SimTime last = -1;
        for (const Event& e : simulation.events()) {
            if (e.kind != EventKind::State || e.equipment != (*this)[id]) continue;
            if (e.time == last) out.pop_back();
            last = e.time;
            std::string word(simulation::state_name(static_cast<simulation::State>(e.b)));
            if (e.c != 0) word += " " + std::string(simulation::reason_name(static_cast<simulation::Reason>(e.c)));
            out.push_back(word + " " + std::to_string(e.time / simulation::kSecond));
        }
        std::string all;
        for (const std::string& word : out) all += (all.empty() ? "" : ", ") + word;
        return all;
    }

    std::string places(const std::string& id) {
        std::vector<simulation::ItemView> items;
        simulation.items((*this)[id], items);
        std::vector<double> out;
        for (const simulation::ItemView& item : items)
            out.push_back(std::round(static_cast<double>(item.place) * 1e4) / 1e4);
        return text(out);
    }

    plant::Plant plant;
    simulation::Simulation simulation;
};

} // namespace pw::test
