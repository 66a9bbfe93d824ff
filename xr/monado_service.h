#pragma once
// SPDX-License-Identifier: Apache-2.0
// An OpenXR runtime of one's own for machines without a headset: monado-service with its `remote` device, in a folder
// of its own, so that it meets no other. Dies with us. Its remote port listens on every interface: run it in a network
// namespace of its own. Not for the frame thread.

#include "base/process.h"
#include "base/result.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace pw::xr {

struct MonadoOptions {
    std::string display;              // X display to show the headset's picture on; empty: it draws nothing, at 20 Hz
    bool fill_display = false;        // its window as large as that display, else half of the simulated panel
    std::uint32_t rate_hz = 20;       // and this, only with a display
    std::uint32_t view_count = 2;     // 1: a device with one eye
    std::uint32_t scale_percent = 40; // of the panel's 960x1080 per eye: the recommended image size
};

class MonadoService {
  public:
    // Returns when it answers. NotFound when Monado is not installed; Unavailable with the end of its log.
    static Result<MonadoService> start(const MonadoOptions& options = {});
    MonadoService() = default;
    MonadoService(MonadoService&&) noexcept = default;
    MonadoService& operator=(MonadoService&&) = delete;
    ~MonadoService();

    // What a client of it needs: set before its xrCreateInstance, or given to its process.
    std::vector<std::pair<std::string, std::string>> client_environment() const;
    std::uint16_t remote_port() const { return port_; } // for MonadoRemote
    bool running() { return process_.running(); }
    std::int64_t pid() const { return process_.pid(); }
    void kill() { process_.kill(); } // at once, as a crash
    Result<void> restart();          // in the same folder, with the same port
    std::string log_tail() const;

  private:
    Result<void> launch();

    MonadoOptions options_;
    std::string folder_;
    std::uint16_t port_ = 0;
    Process process_;
};

} // namespace pw::xr
