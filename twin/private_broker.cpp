// SPDX-License-Identifier: Apache-2.0
#include "twin/private_broker.h"

#include "base/file.h"
#include "base/format.h"
#include "twin/mqtt.h"

#include <mosquitto.h>

#include <memory>
#include <utility>

namespace pw::twin {

namespace {

constexpr int kAttempts = 3; // another program may take the port that was free
constexpr Duration kPatience = from_ms(5000), kStep = from_ms(10);
constexpr const char* kUnixScheme = "unix://";

bool accepts(const BrokerAddress& at) {
    const std::unique_ptr<mosquitto, decltype(&mosquitto_destroy)> probe(mosquitto_new(nullptr, true, nullptr),
                                                                         &mosquitto_destroy);
    return probe && mosquitto_connect(probe.get(), at.host.c_str(), at.port, /* keepalive_s= */ 10) == MOSQ_ERR_SUCCESS;
}

// Mosquitto would take the socket of one that runs away from it, and splits its configuration at spaces.
bool may_listen_at(const std::string& socket) {
    if (socket.empty() || socket.find_first_of(" \t\n") != std::string::npos) return false;
    const auto address = parse_broker(kUnixScheme + socket);
    return address && !accepts(*address);
}

// As root Mosquitto would become another user, and with that lose the order to end with its parent.
std::string config(std::uint16_t port, const std::string& socket) {
    return formatted("listener {} 127.0.0.1\n"
                     "{}"
                     "allow_anonymous true\n"
                     "persistence false\n"
                     "set_tcp_nodelay true\n"
                     "user root\n",
                     port, socket.empty() ? "" : formatted("listener 0 {}\n", socket));
}

std::string last_words(const std::string& log_file) {
    const auto log = read_text(log_file);
    if (!log || log->empty()) return "it says nothing";
    const std::string text = log->substr(0, log->find_last_not_of('\n') + 1);
    return text.substr(text.rfind('\n') + 1);
}

} // namespace

Result<void> PrivateBroker::launch() {
    const std::string file = join_path(folder_, "mosquitto.conf"), log_file = join_path(folder_, "mosquitto.log");
    const std::string socket = local_url_.empty() ? "" : parse_broker(local_url_)->host;
    if (auto written = write_text(file, config(port_, socket)); !written) return written;
    ProcessOptions options;
    options.output_file = log_file;
    auto process = Process::start({"mosquitto", "-c", file}, options);
    if (!process) {
        if (process.error().code != Errc::NotFound) return std::unexpected(process.error());
        return fail(Errc::NotFound, "the MQTT broker Mosquitto is not installed (Debian: apt install mosquitto)");
    }
    process_ = std::move(*process);
    mosquitto_lib_init();
    bool ready = false;
    for (Duration waited{}; waited < kPatience && process_.running() && !stop_requested(); waited = waited + kStep) {
        pause_for(kStep);
        if ((ready = accepts({"127.0.0.1", port_}))) break;
    }
    mosquitto_lib_cleanup();
    if (ready && process_.running()) return {};
    process_.kill();
    return fail(Errc::Unavailable, formatted("the private broker did not start: {}", last_words(log_file)));
}

Result<void> PrivateBroker::restart() {
    process_.stop();
    return launch();
}

Result<PrivateBroker> start_private_broker(const std::string& folder, const std::string& socket) {
    mosquitto_lib_init();
    const std::string local_url = may_listen_at(socket) ? kUnixScheme + socket : "";
    mosquitto_lib_cleanup();
    Result<void> launched;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        const auto port = free_tcp_port();
        if (!port) return std::unexpected(port.error());
        PrivateBroker broker;
        broker.folder_ = folder;
        broker.port_ = *port;
        broker.url_ = formatted("mqtt://127.0.0.1:{}", *port);
        broker.local_url_ = local_url;
        launched = broker.launch();
        if (launched) return broker;
        if (launched.error().code == Errc::NotFound) break;
    }
    return std::unexpected(launched.error());
}

} // namespace pw::twin
