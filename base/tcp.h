#pragma once
// SPDX-License-Identifier: Apache-2.0
// A TCP connection to a program on this machine that takes or gives packets of a fixed size. Blocking: not for the
// frame thread.

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace pw {

class TcpConnection {
  public:
    // Unavailable when nobody listens on that port of the loopback.
    static Result<TcpConnection> open(std::uint16_t port);
    TcpConnection() = default;
    TcpConnection(TcpConnection&& other) noexcept;
    TcpConnection& operator=(TcpConnection&& other) noexcept;
    ~TcpConnection();

    Result<void> send(Bytes bytes);                                    // all of them
    Result<void> receive(std::span<std::byte> out, Duration patience); // all of it; Unavailable when that takes longer

  private:
    int socket_ = -1;
};

} // namespace pw
