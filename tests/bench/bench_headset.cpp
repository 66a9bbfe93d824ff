// SPDX-License-Identifier: Apache-2.0
// What passes from the making of a headset's host until somebody sees something, as CSV in milliseconds, a line a run:
// against a Monado of its own, whose start is not counted.
//     bench_headset [--runs N]

#include "base/log.h"
#include "base/process.h"
#include "tests/xr/clear_client.h"
#include "xr/monado_remote.h"
#include "xr/monado_service.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace pw;

namespace {

struct Moments {
    Time begin, made, attached, begun, focused, first, tracked;
};

void note_state(LogLevel, std::string_view message, void* user) {
    auto& moments = *static_cast<Moments*>(user);
    if (message == "session state READY") moments.begun = system_clock().now();
    if (message == "session state FOCUSED") moments.focused = system_clock().now();
}

bool run(Moments& at) {
    at.begin = system_clock().now();
    auto host = xr::make_host({.kind = xr::HostKind::Headset, .mirror = false});
    if (!host) return log_error(host.error().what), false;
    at.made = system_clock().now();
    test::ClearClient client(std::move(*host), test::ClearClient::Validation::Off);
    if (const auto started = client.start(); !started) return log_error(started.error().what), false;
    at.attached = system_clock().now();
    return client.run_until([&] {
        const bool drawn = client.drawn() > 0;
        if (drawn && at.first == Time{}) at.first = system_clock().now();
        if (!drawn || !client.input().head_tracked || at.focused == Time{}) return false;
        at.tracked = system_clock().now();
        return true;
    });
}

} // namespace

int main(int argc, char** argv) {
    const int runs = argc == 3 && std::string_view(argv[1]) == "--runs" ? std::atoi(argv[2]) : 3;
    auto monado = xr::MonadoService::start();
    if (!monado) return log_error(monado.error().what), 1;
    auto remote = xr::MonadoRemote::connect(monado->remote_port());
    if (!remote || !remote->send({})) return log_error("Monado's remote does not answer"), 1;
    for (const auto& [name, value] : monado->client_environment()) set_environment(name.c_str(), value);

    std::puts("run,make_host_ms,device_and_session_ms,ready_ms,focused_ms,first_frame_ms,first_tracked_frame_ms");
    for (int i = 0; i < runs; ++i) {
        Moments at;
        add_log_sink(note_state, &at);
        const bool done = run(at);
        remove_log_sink(note_state, &at);
        if (!done) return 1;
        const auto ms = [&](Time moment) { return (moment - at.begin).ms(); };
        std::printf("%d,%.0f,%.0f,%.0f,%.0f,%.0f,%.0f\n", i, ms(at.made), (at.attached - at.made).ms(), ms(at.begun),
                    ms(at.focused), ms(at.first), ms(at.tracked));
    }
    return 0;
}
