// SPDX-License-Identifier: Apache-2.0
// Against what queueing theory says. The runs are long enough that what is accepted is below 3 % of the value: a
// formula that is wrong by that much fails.
#include "simulation/experiment.h"
#include "tests/simulation/plants.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace pw;
using namespace pw::simulation;
using namespace pw::test;

namespace {

Estimate figure(const ExperimentResult& result, const plant::Plant& plant, const std::string& id,
                const std::string& name) {
    for (const ElementResult& element : result.elements)
        if (plant.equipment[element.equipment].id == id)
            for (const Figure& f : element.figures)
                if (f.name == name) return f.value;
    FAIL("there is no figure ", id, ".", name);
    return {};
}

ExperimentResult run(const std::string& text, double hours, std::uint32_t replications) {
    const auto result = run_experiment(compiled(text), {.length = static_cast<SimTime>(hours * 3600.0) * kSecond,
                                                        .warmup = static_cast<SimTime>(hours * 180.0) * kSecond,
                                                        .replications = replications});
    REQUIRE(result);
    return *result;
}

// Inside twice the interval (a 95 % interval misses one time in twenty, and there are a hundred here), which is narrow.
void check(const Estimate& found, double expected, double narrow) {
    CAPTURE(found.mean);
    CAPTURE(found.half_width);
    CAPTURE(expected);
    CHECK(std::abs(found.mean - expected) <= 2.0 * found.half_width);
    CHECK(found.half_width < narrow * expected);
}

// Mean wait in M/M/c: Erlang's C.
double erlang_c_wait(double arrivals, double services, int servers) {
    const double load = arrivals / services;
    double term = 1.0, sum = 0.0;
    for (int k = 0; k < servers; ++k) {
        sum += term;
        term *= load / (k + 1);
    }
    const double waiting = term * servers / (servers - load);
    return waiting / (sum + waiting) / (servers * services - arrivals);
}

constexpr double kQuick = 300.0, kLong = 2000.0;

void mm1(double hours, double narrow) {
    // λ = 1/10, μ = 1/7: ρ = 0.7, W = ρ / (μ - λ), L = ρ / (1 - ρ)
    const std::string text = queue_plant(R"({"distribution": "exponential", "mean": 7})", 10.0, 1);
    const plant::Plant plant = parsed(text);
    const ExperimentResult result = run(text, hours, 20);
    check(figure(result, plant, "server", "wait_s"), 0.7 / (1.0 / 7.0 - 0.1), narrow);
    check(figure(result, plant, "server", "inside"), 0.7 / 0.3, narrow);
    check(figure(result, plant, "server", "busy"), 0.7, narrow);
}

void mmc(double hours, double narrow) {
    const std::string text = queue_plant(R"({"distribution": "exponential", "mean": 21})", 10.0, 3);
    const ExperimentResult result = run(text, hours, 20);
    check(figure(result, parsed(text), "server", "wait_s"), erlang_c_wait(0.1, 1.0 / 21.0, 3), narrow);
}

// Pollaczek and Khinchine: W = λ (σ² + m²) / (2 (1 - λ m)).
void mg1(const std::string& service, double mean, double sd, double hours, double narrow) {
    CAPTURE(service);
    const std::string text = queue_plant(service, 10.0, 1);
    const ExperimentResult result = run(text, hours, 20);
    const double expected = 0.1 * (sd * sd + mean * mean) / (2.0 * (1.0 - 0.1 * mean));
    check(figure(result, parsed(text), "server", "wait_s"), expected, narrow);
}

void mg1_all(double hours, double narrow) {
    mg1("7", 7.0, 0.0, hours, narrow);
    mg1(R"({"distribution": "uniform", "low": 4, "high": 10})", 7.0, 6.0 / std::sqrt(12.0), hours, narrow);
    mg1(R"({"distribution": "erlang", "mean": 7, "shape": 4})", 7.0, 3.5, hours, narrow);
    mg1(R"({"distribution": "lognormal", "mean": 7, "sd": 5})", 7.0, 5.0, hours, narrow);
    mg1(R"({"distribution": "triangular", "low": 2, "mode": 4, "high": 15})", 7.0,
        std::sqrt((4.0 + 16.0 + 225.0 - 8.0 - 30.0 - 60.0) / 18.0), hours, narrow);
    mg1(R"({"distribution": "discrete", "values": [2, 17], "weights": [2, 1]})", 7.0, std::sqrt(50.0), hours, narrow);
}

// Two exponential machines, the first never starved and the second never blocked, `places` between them: the states are
// how many the second one has or can have at once, birth and death.
double two_machine_rate(double mu1, double mu2, int places) {
    // 0 … places + 1 at the second (queue and in hand), and one more where the first is blocked.
    const int top = places + 2;
    double weight = 1.0, sum = 0.0, idle = 0.0;
    for (int n = 0; n <= top; ++n) {
        sum += weight;
        if (n == 0) idle = weight;
        weight *= mu1 / mu2;
    }
    return mu2 * (1.0 - idle / sum);
}

void two_machines(int places, double hours, double narrow) {
    CAPTURE(places);
    const std::string text = plant_text(
        {unit("in", R"("kind": "source", "makes": "part", "every_s": 0, "to": "first")"),
         unit("first", R"("kind": "station", "service_s": {"distribution": "exponential", "mean": 8}, "to": "second")"),
         unit("second", R"("kind": "station", "service_s": {"distribution": "exponential", "mean": 10}, "queue": )" +
                            std::to_string(places) + R"(, "to": "out")"),
         unit("out", R"("kind": "sink")")});
    const ExperimentResult result = run(text, hours, 20);
    const plant::Plant plant = parsed(text);
    const double rate = two_machine_rate(1.0 / 8.0, 1.0 / 10.0, places);
    check(figure(result, plant, "out", "throughput_per_h"), rate * 3600.0, narrow);
    check(figure(result, plant, "second", "busy"), rate * 10.0, narrow);
    check(figure(result, plant, "first", "execute"), rate * 8.0, narrow);
    check(figure(result, plant, "second", "starved"), 1.0 - rate * 10.0, 1.0);
    check(figure(result, plant, "first", "blocked"), 1.0 - rate * 8.0, 1.0);
}

void availability(double hours, double narrow) {
    const std::string text =
        plant_text({unit("in", R"("kind": "source", "makes": "part", "every_s": 0, "to": "press")"),
                    unit("press", R"("kind": "station", "service_s": 3, "to": "out", "failures": [
{"id": "jam", "every_s": {"distribution": "exponential", "mean": 900},
 "repair_s": {"distribution": "lognormal", "mean": 100, "sd": 60}}])"),
                    unit("out", R"("kind": "sink")")});
    const ExperimentResult result = run(text, hours, 20);
    const plant::Plant plant = parsed(text);
    check(figure(result, plant, "press", "availability"), 0.9, narrow);
    check(figure(result, plant, "press", "held"), 0.1, 6.0 * narrow);
    check(figure(result, plant, "out", "throughput_per_h"), 0.9 * 1200.0, narrow);
    check(figure(result, plant, "press", "failures_per_h"), 3.6, 6.0 * narrow);
    check(figure(result, plant, "press", "performance"), 1.0, narrow);
}

} // namespace

// Theory is not about memory: under a sanitizer these would take minutes and find nothing more.
#ifndef __SANITIZE_ADDRESS__
TEST_SUITE("simulation/queueing") {
    TEST_CASE("M/M/1 waits as theory says") { mm1(kQuick, 0.015); }
    TEST_CASE("M/M/c waits as Erlang's C says") { mmc(kQuick, 0.015); }
    TEST_CASE("M/G/1 waits as Pollaczek and Khinchine say") { mg1_all(kQuick, 0.015); }
    TEST_CASE("two machines with a small buffer produce what their Markov chain says") {
        for (const int places : {0, 1, 4}) two_machines(places, kQuick, 0.005);
    }
    TEST_CASE("a machine that fails is available MTBF / (MTBF + MTTR) of the time") { availability(kQuick, 0.005); }
}
#endif

TEST_SUITE("simulation/queueing_long [slow]") {
    TEST_CASE("M/M/1 waits as theory says, to 1.5 %") { mm1(kLong, 0.007); }
    TEST_CASE("M/M/c waits as Erlang's C says, to 1.5 %") { mmc(kLong, 0.007); }
    TEST_CASE("M/G/1 waits as Pollaczek and Khinchine say, to 1.5 %") { mg1_all(kLong, 0.007); }
    TEST_CASE("two machines with a small buffer produce what their Markov chain says, to 0.4 %") {
        for (const int places : {0, 1, 2, 4, 16}) two_machines(places, kLong, 0.002);
    }
    TEST_CASE("a machine that fails is available MTBF / (MTBF + MTTR) of the time, to 0.4 %") {
        availability(kLong, 0.002);
    }
}
