// SPDX-License-Identifier: Apache-2.0
#include "base/tcp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace pw {

Result<TcpConnection> TcpConnection::open(std::uint16_t port) {
    TcpConnection made;
    made.socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (made.socket_ < 0 || connect(made.socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
        return fail(Errc::Unavailable, "port " + std::to_string(port) + ": " + std::strerror(errno));
    const int at_once = 1; // a packet is one small message that somebody waits for
    setsockopt(made.socket_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once));
    return made;
}

TcpConnection::TcpConnection(TcpConnection&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

TcpConnection& TcpConnection::operator=(TcpConnection&& other) noexcept {
    std::swap(socket_, other.socket_);
    return *this;
}

TcpConnection::~TcpConnection() {
    if (socket_ >= 0) close(socket_);
}

Result<void> TcpConnection::send(Bytes bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return fail(Errc::Unavailable, std::string("send: ") + std::strerror(errno));
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return {};
}

Result<void> TcpConnection::receive(std::span<std::byte> out, Duration patience) {
    const Time end = system_clock().now() + patience;
    while (!out.empty()) {
        const std::int64_t left_ms = (end - system_clock().now()).ns / 1'000'000;
        pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
        const int ready = left_ms > 0 ? poll(&waiting, 1, static_cast<int>(left_ms)) : 0;
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) return fail(Errc::Unavailable, "no answer in time");
        const ssize_t got = recv(socket_, out.data(), out.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got == 0) return fail(Errc::Unavailable, "the connection was closed");
        if (got < 0) return fail(Errc::Unavailable, std::string("receive: ") + std::strerror(errno));
        out = out.subspan(static_cast<std::size_t>(got));
    }
    return {};
}

} // namespace pw
