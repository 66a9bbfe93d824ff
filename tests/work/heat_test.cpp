// SPDX-License-Identifier: Apache-2.0
#include "work/heat.h"

#include "tests/twin/alarm_support.h"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace pw::work {
namespace {

// Relative luminance of sRGB (IEC 61966-2-1).
double lightness(std::uint32_t abgr) {
    const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
    return 0.2126 * linear((abgr & 255) / 255.0) + 0.7152 * linear((abgr >> 8 & 255) / 255.0) +
           0.0722 * linear((abgr >> 16 & 255) / 255.0);
}

} // namespace

TEST_SUITE("work/heat") {
    TEST_CASE("more is darker, all the way") {
        for (const Heat heat : {Heat::Oee, Heat::Energy}) {
            for (int i = 1; i <= 100; ++i)
                CHECK(lightness(heat_color(heat, i / 100.0)) < lightness(heat_color(heat, (i - 1) / 100.0)));
            CHECK(heat_color(heat, -5.0) == heat_color(heat, 0.0));
        }
        CHECK(heat_color(Heat::Energy, 7.0) == 0xff26'0080u);
        CHECK(heat_color(Heat::Utilisation, 7.0) == 0xff58'1d08u);
    }

    TEST_CASE("scales have round ends, and shares always the same ones") {
        const std::array figures{17.0, 42.5};
        CHECK(heat_scale(Heat::Oee, figures).high == 100.0);
        CHECK(heat_scale(Heat::Energy, figures).high == 50.0);
        CHECK(heat_scale(Heat::Energy, figures).low == 0.0);
        CHECK(heat_scale(Heat::Temperature, figures).low == 10.0);
        CHECK(heat_scale(Heat::Temperature, figures).high == 50.0);
        CHECK(heat_scale(Heat::Temperature, std::array{20.0}).high == 30.0);
        CHECK(heat_scale(Heat::Alarms, std::array{0.0}).high == 1.0);
        CHECK(heat_scale(Heat::Alarms, {}).high == 1.0);
        CHECK(heat_scale(Heat::Energy, std::array{0.09}).high == doctest::Approx(0.1));
    }

    TEST_CASE("a figure that is not known is none: the machine keeps its own colour") {
        const auto plant = test::plant_of(R"({"id": "m", "level": "unit", "tags": [
{"id": "p", "source": "g/n/m/p", "role": "power", "unit": "W"}, {"id": "a", "source": "g/n/m/a", "unit": "Cel"},
{"id": "b", "source": "g/n/m/b", "unit": "Cel"}]})");
        std::map<std::string, twin::TagState> said;
        const FindTag find = [&](std::uint32_t, const plant::Tag& tag) {
            const auto found = said.find(tag.id);
            return found == said.end() ? nullptr : &found->second;
        };
        const ManagementSnapshot nothing;
        for (std::size_t h = 0; h < kHeats; ++h) CHECK_FALSE(heat_of(static_cast<Heat>(h), plant, 0, nothing, find));
        said["p"].value = 1500.0;
        said["a"].value = 30.0;
        said["b"].value = std::int64_t{61};
        CHECK(heat_of(Heat::Energy, plant, 0, nothing, find) == 1.5);
        CHECK(heat_of(Heat::Temperature, plant, 0, nothing, find) == 61.0);
        for (const twin::Value& none : {twin::Value(std::nan("")), twin::Value(HUGE_VAL), twin::Value{}}) {
            said["p"].value = said["a"].value = none;
            CHECK_FALSE(heat_of(Heat::Energy, plant, 0, nothing, find));
            CHECK(heat_of(Heat::Temperature, plant, 0, nothing, find) == 61.0); // of the other tag
        }
        ManagementSnapshot known;
        known.machines.resize(1);
        CHECK_FALSE(heat_of(Heat::Utilisation, plant, 0, known, find));
        CHECK_FALSE(heat_of(Heat::Alarms, plant, 0, known, find)); // it has no alarms to count
        known.machines[0].has_state = true;
        known.machines[0].shares.at(static_cast<std::size_t>(Doing::Executing)) = 0.5f;
        known.machines[0].kpis.at(static_cast<std::size_t>(twin::Kpi::Oee)) = 0.25f;
        CHECK_FALSE(heat_of(Heat::Utilisation, plant, 0, known, find)); // it is not heard now
        known.machines[0].doing = Doing::Executing;
        CHECK(heat_of(Heat::Utilisation, plant, 0, known, find) == 50.0);
        auto& shares = known.machines[0].shares;
        shares.at(static_cast<std::size_t>(Doing::Unknown)) = 0.08f; // of what is known
        shares.at(static_cast<std::size_t>(Doing::Executing)) = 0.46f;
        CHECK(*heat_of(Heat::Utilisation, plant, 0, known, find) == doctest::Approx(50.0));
        shares.at(static_cast<std::size_t>(Doing::Unknown)) = 0.2f; // too much of it is not
        CHECK_FALSE(heat_of(Heat::Utilisation, plant, 0, known, find));
        CHECK(heat_of(Heat::Oee, plant, 0, known, find) == 25.0);
    }

    TEST_CASE("the floor has a machine's figure where it stands, goes over to the next, and fades away from both") {
        const std::vector<HeatSpot> spots{{{0, 0, 0}, {2, 1, 2}, 0.0},
                                          {{4, 0.3, 0}, {6, 1, 2}, 1.0},
                                          {{0, 5, 0}, {90, 6, 2}, 0.5}}; // on the floor above: not on this one
        HeatField field;
        heat_field(spots, field);
        const auto at = [&](double x, double z) {
            const auto c = static_cast<std::size_t>((x - field.x0_m) / field.step_m + 0.5);
            const auto r = static_cast<std::size_t>((z - field.z0_m) / field.step_m + 0.5);
            return r * field.columns + c;
        };
        CHECK(field.floor_m == 0.0);
        CHECK(field.columns * field.step_m < 14.0);
        CHECK(field.share[at(0.5, 1)] == 0.f);
        CHECK(field.strength[at(0.5, 1)] == 1.f);
        CHECK(field.share[at(3, 1)] == doctest::Approx(0.5));
        CHECK(field.share[at(5.5, 1)] == 1.f);
        CHECK(field.strength[at(8.5, 1)] < 0.2f);
        CHECK(field.strength[at(-3, -3)] == 0.f);
        heat_field({}, field);
        CHECK(field.columns == 0);
    }

    TEST_CASE("the field of a plant as large as a town stays small") {
        const std::vector<HeatSpot> spots{{{0, 0, 0}, {2, 1, 2}, 0.0}, {{9000, 0, 5000}, {9001, 1, 5002}, 1.0}};
        HeatField field;
        heat_field(spots, field);
        CHECK(field.columns <= 201);
        CHECK(field.rows <= 201);
        CHECK(field.share.size() == std::size_t{field.columns} * field.rows);
    }
}

} // namespace pw::work
