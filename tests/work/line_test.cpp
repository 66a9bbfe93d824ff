// SPDX-License-Identifier: Apache-2.0
#include "work/line.h"

#include "base/format.h"
#include "tests/twin/alarm_support.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace pw::work {
namespace {

std::string machine(const char* id) {
    return formatted(R"({{"id": "{0}", "level": "unit", "tags": [
{{"id": "s", "source": "g/n/{0}/s", "role": "state"}}, {{"id": "made", "source": "g/n/{0}/made", "role": "produced"}}]}})",
                     id);
}

plant::Plant two_lines() {
    return test::plant_of(R"({"id": "hall", "level": "area", "children": [
{"id": "line", "level": "line", "children": [)" +
                          machine("filler") + R"(, {"id": "group", "level": "cell", "children": [)" +
                          machine("packer") + R"(]}, {"id": "belt", "level": "unit"}]}, )" + machine("robot") + "]}");
}

MachineFigures doing(float available, float performance) {
    MachineFigures out;
    out.kpis.at(static_cast<std::size_t>(twin::Kpi::Availability)) = available;
    out.kpis.at(static_cast<std::size_t>(twin::Kpi::Performance)) = performance;
    return out;
}

} // namespace

TEST_SUITE("work/line") {
    TEST_CASE("a machine is of the line that it is somewhere in, and one that is in none of what it stands in") {
        const plant::Plant plant = two_lines();
        const auto index = [&](const char* id) { return plant::find_equipment(plant, id); };
        const auto lines = lines_of(plant);
        REQUIRE(lines.size() == 2);
        CHECK(lines[0].equipment == index("line"));
        CHECK(lines[0].machines == std::vector{index("filler"), index("packer")});
        CHECK(lines[1].equipment == index("hall"));
        CHECK(lines[1].machines == std::vector{index("robot")});
    }

    TEST_CASE("the machine that the flow keeps busy longest sets the pace, unless one is not known") {
        const plant::Plant plant = two_lines();
        const Line line = lines_of(plant).front();
        std::vector<MachineFigures> machines(plant.equipment.size());
        const std::uint32_t filler = line.machines[0], packer = line.machines[1];
        CHECK(pacemaker(line, {}) == plant::kNoEquipment);
        machines[filler] = doing(0.8f, 0.95f); // 24,000 bottles an hour at most
        CHECK(pacemaker(line, machines) == plant::kNoEquipment);
        machines[packer] = doing(0.9f, 0.7f); // faster than it need be: it waits, or has slack
        CHECK(pacemaker(line, machines) == filler);
        machines[packer] = doing(0.9f, 0.9f);
        CHECK(pacemaker(line, machines) == packer);
    }
}

} // namespace pw::work
