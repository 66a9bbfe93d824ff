// SPDX-License-Identifier: Apache-2.0
// JaamSim's "Factory Example" as a plant file. Nobody publishes its results, so a second simulation, twenty lines long
// and of another make, is the reference, beside what queueing theory says for certain.
#include "base/file.h"
#include "simulation/experiment.h"
#include "tests/simulation/line.h"
#include "tests/support/paths.h"
#include "tests/support/skip.h"

#include <doctest/doctest.h>

#include <cmath>
#include <deque>
#include <limits>
#include <random>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::simulation;
using namespace pw::test;

namespace {

std::string factory_text() {
    const Result<std::string> text = read_text((source_dir() / "tests/data/simulation/factory.json").string());
    REQUIRE(text);
    return *text;
}

struct Reference {
    double time_in_plant_min = 0.0, machining_min = 0.0, inspection_min = 0.0; // per finished part
};

// Three clocks: the next part, the end of machining, the end of inspection; all in minutes.
Reference reference(unsigned seed, double end) {
    struct Part {
        double born = 0.0, since = 0.0, machining = 0.0, inspection = 0.0;
    };
    std::mt19937_64 random(seed);
    std::exponential_distribution<double> interval(1.0);
    std::uniform_real_distribution<double> machining(0.65, 0.70), inspecting(0.75, 0.80), chance(0.0, 1.0);
    constexpr double kNo = std::numeric_limits<double>::infinity();
    std::deque<Part> first, second; // the one in front is in hand while its clock goes
    double arrival = interval(random), machined = kNo, inspected = kNo;
    Reference sum;
    double finished = 0.0;
    while (true) {
        const double now = std::min({arrival, machined, inspected});
        if (now > end) break;
        if (now == arrival) {
            first.push_back({now, now});
            arrival = now + interval(random);
        } else if (now == machined) {
            Part part = first.front();
            first.pop_front();
            part.since = now;
            second.push_back(part);
            machined = kNo;
        } else {
            Part part = second.front();
            second.pop_front();
            inspected = kNo;
            if (chance(random) < 0.9) {
                sum.time_in_plant_min += now - part.born;
                sum.machining_min += part.machining;
                sum.inspection_min += part.inspection;
                finished += 1.0;
            } else {
                part.since = now;
                first.push_back(part);
            }
        }
        if (machined == kNo && !first.empty()) {
            first.front().machining += now - first.front().since;
            machined = now + machining(random);
        }
        if (inspected == kNo && !second.empty()) {
            second.front().inspection += now - second.front().since;
            inspected = now + inspecting(random);
        }
    }
    return {sum.time_in_plant_min / finished, sum.machining_min / finished, sum.inspection_min / finished};
}

// The same mean in both, as far as their intervals can tell.
void check_same(const std::vector<double>& ours, const std::vector<double>& theirs) {
    const Estimate a = estimate(ours), b = estimate(theirs);
    CAPTURE(a.mean);
    CAPTURE(a.half_width);
    CAPTURE(b.mean);
    CAPTURE(b.half_width);
    CHECK(std::abs(a.mean - b.mean) < 1.5 * std::hypot(a.half_width, b.half_width));
    CHECK(a.half_width < 0.06 * a.mean);
}

void check_factory(double minutes, unsigned replications) {
    const std::string text = factory_text();
    const plant::Plant plant = parsed(text);
    const auto model = compiled(text);
    std::vector<double> time, machining, inspection, their_time, their_machining, their_inspection, load1, load2;
    for (unsigned r = 0; r < replications; ++r) {
        Simulation run(model, {.replication = r});
        REQUIRE(run.advance_to(static_cast<SimTime>(minutes) * 60 * kSecond));
        const auto gone = static_cast<double>(run.statistics(index_of(plant, "finished")).entered);
        const ElementStatistics first = run.statistics(index_of(plant, "machining"));
        const ElementStatistics second = run.statistics(index_of(plant, "inspection"));
        time.push_back(run.flow().types[0].sojourn_mean_s / 60.0);
        machining.push_back(first.wait_mean_s * static_cast<double>(first.waits) / gone / 60.0);
        inspection.push_back(second.wait_mean_s * static_cast<double>(second.waits) / gone / 60.0);
        load1.push_back(first.busy_mean);
        load2.push_back(second.busy_mean);
        const Reference other = reference(1000 + r, minutes);
        their_time.push_back(other.time_in_plant_min);
        their_machining.push_back(other.machining_min);
        their_inspection.push_back(other.inspection_min);
    }
    check_same(time, their_time);
    check_same(machining, their_machining);
    check_same(inspection, their_inspection);
    // Each part is machined and inspected 1 / 0.9 times.
    CHECK(std::abs(estimate(load1).mean - 0.675 / 0.9) < 1.5 * estimate(load1).half_width);
    CHECK(std::abs(estimate(load2).mean - 0.775 / 0.9) < 1.5 * estimate(load2).half_width);
}

} // namespace

TEST_SUITE("simulation/factory") {
    TEST_CASE("the Factory Example gives what another simulation of it gives") { check_factory(20'000, 10); }

    TEST_CASE("the plant file says what the model of JaamSim says") {
        const auto data = foreign_data();
        if (!data) return skip("no shared data", Missing::ForeignData);
        const Result<std::string> model = read_text((*data / "des/Factory Example.cfg").string());
        if (!model) return skip("no Factory Example in the shared data", Missing::ForeignData);
        for (const char* line :
             {"PassedDistribution ProbabilityList { 0.90  0.10 }", "GenerateDistribution Mean { 1  min }",
              "InspectDistribution MinValue { 0.75  min }", "InspectDistribution MaxValue { 0.80  min }",
              "MachineDistribution MinValue { 0.65  min }", "MachineDistribution MaxValue { 0.70  min }",
              "Simulation RunDuration { 100000  min }", "Simulation NumberOfReplications { 10 }"})
            CHECK_MESSAGE(model->contains(line), line);
        const plant::Plant plant = parsed(factory_text());
        const auto& machining = plant.equipment[index_of(plant, "machining")].behaviour;
        const auto& inspection = plant.equipment[index_of(plant, "inspection")].behaviour;
        CHECK(plant.equipment[index_of(plant, "deliveries")].behaviour.every_s.mean == 60.0);
        CHECK(machining.service_s.low == doctest::Approx(0.65 * 60.0));
        CHECK(machining.service_s.high == doctest::Approx(0.70 * 60.0));
        CHECK(inspection.service_s.low == doctest::Approx(0.75 * 60.0));
        CHECK(inspection.service_s.high == doctest::Approx(0.80 * 60.0));
        CHECK(inspection.to[0].share == 0.9);
    }
}

TEST_SUITE("simulation/factory_long [slow]") {
    TEST_CASE("the Factory Example at its full length gives what another simulation of it gives") {
        check_factory(100'000, 10);
    }
}
