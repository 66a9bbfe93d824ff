// SPDX-License-Identifier: Apache-2.0
#include "xr/monado_service.h"

#include "base/file.h"

#include <cstdio>
#include <fstream>
#include <utility>

namespace pw::xr {
namespace {

constexpr const char* kManifest = "/usr/share/openxr/1/openxr_monado.json"; // of Debian's libopenxr1-monado
constexpr Duration kStartPatience = from_ms(20'000);                        // a cold shader cache on a busy machine
constexpr std::size_t kTailSize = 2000;

std::string configuration(std::uint16_t port, std::uint32_t view_count) {
    return R"({"active":"remote","remote":{"version":0,"port":)" + std::to_string(port) + R"(,"view_count":)" +
           std::to_string(view_count) + "}}";
}

// A socket's file is there a moment before anybody listens: proc_net_unix tells that by a flag, 0x10000.
bool listens(const std::string& socket) {
    std::ifstream sockets("/proc/net/unix");
    for (std::string line; std::getline(sockets, line);)
        if (line.ends_with(' ' + socket) && line.contains(" 00010000 ")) return true;
    return false;
}

} // namespace

Result<MonadoService> MonadoService::start(const MonadoOptions& options) {
    MonadoService made;
    made.options_ = options;
    const auto port = free_tcp_port();
    if (!port) return std::unexpected(port.error());
    made.port_ = *port;
    auto folder = make_temp_folder("pw-xr-"); // short: a socket's path has 108 characters at most
    if (!folder) return std::unexpected(folder.error());
    made.folder_ = *folder;

    const std::string config = join_path(made.folder_, "cfg/monado");
    return make_folders(config)
        .and_then([&] {
            return write_text(join_path(config, "config_v0.json"), configuration(made.port_, options.view_count));
        })
        .and_then([&] { return made.launch(); })
        .transform([&] { return std::move(made); });
}

MonadoService::~MonadoService() {
    process_.stop();
    if (!folder_.empty()) remove_folder(folder_);
}

Result<void> MonadoService::restart() {
    process_.stop();
    return launch();
}

Result<void> MonadoService::launch() {
    // A service that was killed leaves its socket, which would look ready.
    const std::string socket = join_path(folder_, "monado_comp_ipc");
    std::remove(socket.c_str());
    std::remove(join_path(folder_, "monado.pid").c_str());

    ProcessOptions how;
    how.output_file = join_path(folder_, "monado.log");
    how.environment = {
        {"XDG_RUNTIME_DIR", folder_}, {"XDG_CONFIG_HOME", join_path(folder_, "cfg")}, {"XRT_NO_STDIN", "1"}};
    if (options_.display.empty()) {
        how.environment.emplace_back("XRT_COMPOSITOR_NULL", "1");
    } else {
        how.environment.emplace_back("DISPLAY", options_.display);
        how.environment.emplace_back("XRT_COMPOSITOR_FORCE_XCB", "1");
        how.environment.emplace_back("XRT_COMPOSITOR_SCALE_PERCENTAGE", std::to_string(options_.scale_percent));
        how.environment.emplace_back("XRT_COMPOSITOR_DEFAULT_FRAMERATE", std::to_string(options_.rate_hz));
        if (options_.fill_display) how.environment.emplace_back("XRT_COMPOSITOR_XCB_FULLSCREEN", "1");
    }
    auto process = Process::start({"monado-service"}, how);
    if (!process) return std::unexpected(process.error());
    process_ = std::move(*process);

    for (const Time end = system_clock().now() + kStartPatience; system_clock().now() < end && !stop_requested();) {
        if (listens(socket)) return {};
        if (!process_.running()) break;
        pause_for(from_ms(20));
    }
    return fail(Errc::Unavailable, "monado-service did not start:\n" + log_tail());
}

std::vector<std::pair<std::string, std::string>> MonadoService::client_environment() const {
    // Whatever runtime the user has chosen; and the latter two: without its chatter.
    return {
        {"XR_RUNTIME_JSON", kManifest}, {"XDG_RUNTIME_DIR", folder_}, {"OXR_NO_PRINTING", "1"}, {"IPC_LOG", "error"}};
}

std::string MonadoService::log_tail() const {
    std::string text = read_text(join_path(folder_, "monado.log")).value_or("(it wrote no log)");
    if (text.size() > kTailSize) text.erase(0, text.size() - kTailSize);
    return text;
}

} // namespace pw::xr
