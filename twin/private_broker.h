#pragma once
// SPDX-License-Identifier: Apache-2.0
// A Mosquitto of our own, for the demo and for tests: loopback only, a free port, nothing kept on disk. It ends with
// the PrivateBroker, and with the thread that started it. Not for the frame thread.

#include "base/process.h"
#include "base/result.h"

#include <cstdint>
#include <string>

namespace pw::twin {

class PrivateBroker {
  public:
    const std::string& url() const { return url_; }             // mqtt://127.0.0.1:PORT
    const std::string& local_url() const { return local_url_; } // unix:///PATH; empty without a socket
    std::uint16_t port() const { return port_; }
    bool running() { return process_.running(); }
    void kill() { process_.kill(); }
    Result<void> restart(); // on the same port; running() before or not

  private:
    friend Result<PrivateBroker> start_private_broker(const std::string& folder, const std::string& socket);
    Result<void> launch();
    Process process_;
    std::string folder_, url_, local_url_;
    std::uint16_t port_ = 0;
};

// `folder` exists and takes mosquitto.conf and mosquitto.log. It listens at the Unix socket `socket` too, where it can
// be reached from outside of our network namespace; not when that is empty, too long, or another broker's that runs.
// Returns when the broker accepts connections. NotFound when Mosquitto is not installed.
Result<PrivateBroker> start_private_broker(const std::string& folder, const std::string& socket = {});

} // namespace pw::twin
