// SPDX-License-Identifier: Apache-2.0
// How fast a plant is simulated, on one core. CSV on stdout.
//   what: queue | factory | line
//     queue: an M/M/1 queue at 80 %; factory: JaamSim's "Factory Example" (tests/data/simulation/factory.json), 10
//     replications of 100,000 minutes as there; line: 40 machines with failures and conveyors between them
//   events_per_s and cpu_s: CPU time, so that others on this machine do not count; hash: of the last state, the same on
//   every machine

#include "base/bytes.h"
#include "base/file.h"
#include "base/time.h"
#include "plant/plant.h"
#include "simulation/simulation.h"
#include "tests/simulation/plants.h"
#include "tests/support/paths.h"

#include <cstdio>
#include <cstdlib>
#include <string>

using namespace pw;
using namespace pw::simulation;

namespace {

void run(const char* what, const std::string& json, SimTime length, std::uint32_t replications) {
    Reports problems;
    const auto plant = plant::parse_plant(json, what, problems);
    const auto model = plant ? compile(*plant, problems) : std::unexpected(plant.error());
    if (!model) {
        std::fprintf(stderr, "%s\n", model.error().what.c_str());
        std::exit(1);
    }
    double best = 1e18;
    std::uint64_t events = 0, hash = 0;
    for (int round = 0; round < 3; ++round) {
        Simulation simulation(*model, {});
        events = 0;
        const Duration begin = thread_cpu_time();
        for (std::uint32_t r = 0; r < replications; ++r) {
            simulation.restart({.replication = r});
            if (const auto done = simulation.advance_to(length); !done) {
                std::fprintf(stderr, "%s\n", done.error().what.c_str());
                std::exit(1);
            }
            events += simulation.events_handled();
        }
        best = std::min(best, (thread_cpu_time() - begin).seconds());
        hash = simulation.hash();
    }
    std::printf("%s,%.0f,%.3f,%s\n", what, static_cast<double>(events) / best, best, to_hex(hash).c_str());
    std::fflush(stdout);
}

} // namespace

int main() {
    const auto factory = read_text((test::source_dir() / "tests/data/simulation/factory.json").string());
    if (!factory) {
        std::fprintf(stderr, "%s\n", factory.error().what.c_str());
        return 1;
    }
    std::printf("what,events_per_s,cpu_s,hash\n");
    run("queue", test::queue_plant(R"({"distribution": "exponential", "mean": 8})", 10.0, 1), 10'000'000 * kSecond, 1);
    run("factory", *factory, 100'000 * 60 * kSecond, 10);
    run("line", test::long_line(40), 8 * 3600 * kSecond, 1);
    return 0;
}
