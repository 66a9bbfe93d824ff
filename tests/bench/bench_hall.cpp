// SPDX-License-Identifier: Apache-2.0
// What the bottling hall's live state costs a frame of the whole client, as CSV. CPU time of the frame thread and its
// jobs in milliseconds; the connection's, the recorder's and the driver's threads beside it are in process_cpu_ms.
//   rest: connected, and nobody says anything; hall: the simulated hall in real time; hall x100: a hundred times as
//   fast; flood: in real time, and 200,000 metrics/s of machines that the plant file does not know
// One run, the same camera, 320x180.

#include "app/client.h"
#include "base/file.h"
#include "base/process.h"
#include "tests/bench/live_hall.h"
#include "twin/private_broker.h"

#include <cstdio>
#include <cstdlib>
#include <format>
#include <optional>
#include <string>
#include <vector>

using namespace pw;

namespace {

constexpr std::uint64_t kFrames = 200;

Result<std::unique_ptr<app::Client>> visit(const std::string& plant, const std::string& broker) {
    app::ClientOptions options;
    options.plant_file = plant;
    options.broker = broker;
    options.host.kind = xr::HostKind::Offscreen;
    options.host.width = 320;
    options.host.height = 180;
    options.tag_patience = from_ms(5000);
    return app::Client::make(options);
}

void measure(const char* what, app::Client& client) {
    for (std::uint64_t end = client.drawn_frames() + 20; client.drawn_frames() < end && client.frame();) {}
    client.reset_stats();
    const std::uint64_t metrics = client.live().snapshot().metrics;
    const Time begin = system_clock().now();
    for (std::uint64_t end = client.drawn_frames() + kFrames; client.drawn_frames() < end && client.frame();) {}
    const double seconds = (system_clock().now() - begin).seconds();
    const auto cpu = client.stats().cpu_ms(), process = client.stats().process_cpu_ms();
    std::printf("%s,%.0f,%.3f,%.3f,%.1f,%.1f\n", what,
                static_cast<double>(client.live().snapshot().metrics - metrics) / seconds, cpu.median, cpu.p99,
                process.median, client.stats().frame_ms().median);
    std::fflush(stdout);
}

bool settle(app::Client& client) {
    while (!client.settled())
        if (!client.frame()) return false;
    return true;
}

} // namespace

int main() {
    const auto folder = make_temp_folder("pw-bench");
    auto broker = folder ? twin::start_private_broker(*folder) : std::unexpected(folder.error());
    auto client = broker ? visit(bench::hall_plant(), broker->url()) : std::unexpected(broker.error());
    if (!client) return std::fprintf(stderr, "%s\n", client.error().what.c_str()), EXIT_FAILURE;
    std::puts("what,metrics_per_s,cpu_ms,cpu_p99_ms,process_cpu_ms,wall_ms");
    if (!settle(**client)) return EXIT_FAILURE;
    measure("rest", **client);
    const std::string said = join_path(*folder, "said");
    for (const int speed : {1, 100}) {
        const auto plant = bench::run_hall(broker->url(), speed, said);
        if (!plant) return EXIT_FAILURE;
        measure(speed == 1 ? "hall" : "hall x100", **client);
    }
    const auto plant = bench::run_hall(broker->url(), 1, said);
    const auto flood =
        Process::start({PW_BENCH_TWIN, "publish", std::to_string(broker->port()), "500", "400", "600", "1"});
    if (!plant || !flood) return EXIT_FAILURE;
    measure("flood", **client);
    remove_folder(*folder);
    return EXIT_SUCCESS;
}
