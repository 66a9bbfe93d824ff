#pragma once
// SPDX-License-Identifier: Apache-2.0
// Requests to a running program: one line in, one line out, over a Unix socket that only its user may open (mode 0600).

#include "base/result.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace pw {

class LocalServer {
  public:
    // Called on the server's own thread for each line; returns the answer, without a line end. Lines over 1 MiB end the
    // connection.
    using Handler = std::function<std::string(std::string_view line)>;

    // Replaces a socket that nobody listens on; Refused when somebody does.
    static Result<std::unique_ptr<LocalServer>> start(const std::string& path, Handler handler);
    virtual ~LocalServer() = default; // stops, removes the socket
};

// Sends one line of at most 1 MiB to the program that listens at `path` and waits for its answer.
Result<std::string> local_request(const std::string& path, std::string_view line, int timeout_ms = 5000);

} // namespace pw
