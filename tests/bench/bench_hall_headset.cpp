// SPDX-License-Identifier: Apache-2.0
// A visit to the live bottling hall in a headset, as CSV in milliseconds, a line a visit: what passes from the start of
// the client to the first frame whose pose is tracked and until all of the hall is there, and then, over 200 frames,
// medians of the time from frame to frame, from the begin of a frame to its end, of the CPU time of the frame thread
// and its jobs, and of the age of the pose when the frame is handed over. Against a Monado of its own that runs
// already; the driver draws on the same cores.
//     bench_hall_headset [--runs N]

#include "app/client.h"
#include "base/file.h"
#include "base/log.h"
#include "tests/bench/live_hall.h"
#include "twin/private_broker.h"
#include "xr/monado_remote.h"
#include "xr/monado_service.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace pw;

namespace {

constexpr std::uint64_t kFrames = 200;

Result<void> visit(int run, const std::string& broker) {
    const Time begin = system_clock().now();
    app::ClientOptions options;
    options.plant_file = bench::hall_plant();
    options.broker = broker;
    options.host = {.kind = xr::HostKind::Headset, .mirror = false};
    auto made = app::Client::make(options);
    if (!made) return std::unexpected(made.error());
    app::Client& client = **made;
    const auto until = [&](const auto& done) -> Result<double> {
        while (!done())
            if (!client.frame()) return fail(Errc::Unavailable, "the visit ended early");
        return (system_clock().now() - begin).ms();
    };
    const auto tracked = until([&] { return client.drawn_frames() > 0 && client.input().head_tracked; });
    const auto settled = tracked.and_then([&](double) { return until([&] { return client.settled(); }); });
    if (!settled) return std::unexpected(settled.error());
    client.reset_stats();
    const std::uint64_t end = client.drawn_frames() + kFrames;
    if (const auto done = until([&] { return client.drawn_frames() >= end; }); !done)
        return std::unexpected(done.error());
    const app::FrameStats& stats = client.stats();
    std::printf("%d,%.0f,%.0f,%.1f,%.1f,%.1f,%.2f,%.2f,%.1f\n", run, *tracked, *settled, stats.frame_ms().median,
                stats.span_ms().median, stats.span_ms().p99, stats.cpu_ms().median, stats.cpu_ms().p99,
                stats.pose_age_ms().median);
    std::fflush(stdout);
    return {};
}

Result<void> measure(int runs) {
    const auto folder = make_temp_folder("pw-bench");
    if (!folder) return std::unexpected(folder.error());
    auto monado = xr::MonadoService::start();
    if (!monado) return std::unexpected(monado.error());
    auto remote = xr::MonadoRemote::connect(monado->remote_port());
    if (!remote || !remote->send({})) return fail(Errc::Unavailable, "Monado's remote does not answer");
    for (const auto& [name, value] : monado->client_environment()) set_environment(name.c_str(), value);
    auto broker = twin::start_private_broker(*folder);
    if (!broker) return std::unexpected(broker.error());
    const auto hall = bench::run_hall(broker->url(), 1, join_path(*folder, "said"));
    if (!hall) return std::unexpected(hall.error());

    std::puts("run,first_tracked_ms,settled_ms,frame_ms,span_ms,span_p99_ms,cpu_ms,cpu_p99_ms,pose_age_ms");
    Result<void> done;
    for (int run = 0; done && run < runs; ++run) done = visit(run, broker->url());
    remove_folder(*folder);
    return done;
}

} // namespace

int main(int argc, char** argv) {
    const int runs = argc == 3 && std::string_view(argv[1]) == "--runs" ? std::atoi(argv[2]) : 3;
    const auto done = measure(runs);
    if (!done) log_error(done.error().what);
    return done ? EXIT_SUCCESS : EXIT_FAILURE;
}
