// SPDX-License-Identifier: Apache-2.0
#include "base/tcp.h"

#include "base/quiet.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

using namespace pw;

namespace {

struct Listener { // on a free port of the loopback
    int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    std::uint16_t port = 0;
    Listener() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        auto* generic = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(::bind(socket, generic, size) == 0);
        REQUIRE(::listen(socket, 1) == 0);
        REQUIRE(::getsockname(socket, generic, &size) == 0);
        port = ntohs(address.sin_port);
    }
    ~Listener() { ::close(socket); }
};

} // namespace

TEST_SUITE("base/tcp") {
    TEST_CASE("what is sent arrives whole, and so does the answer, in however many pieces") {
        const Listener listener;
        auto connection = TcpConnection::open(listener.port);
        REQUIRE(connection);
        const int peer = ::accept(listener.socket, nullptr, nullptr);
        REQUIRE(connection->send(as_bytes("hello")));
        std::array<char, 5> got{};
        CHECK(::recv(peer, got.data(), got.size(), MSG_WAITALL) == 5);
        CHECK(std::string(got.data(), got.size()) == "hello");

        std::array<std::byte, 6> answer{};
        CHECK(::send(peer, "abc", 3, 0) == 3);
        CHECK(connection->receive(answer, from_ms(50)).error().code == Errc::Unavailable); // only half of it yet
        CHECK(::send(peer, "defghi", 6, 0) == 6);
        REQUIRE(connection->receive(answer, from_ms(5000)));
        CHECK(as_text(answer) == "defghi");
        ::close(peer);
        CHECK(!connection->receive(answer, from_ms(5000)));
        for (int i = 0; i < 100 && connection->send(as_bytes("anybody?")); ++i) ::usleep(1000);
        CHECK(!connection->send(as_bytes("anybody?"))); // and no SIGPIPE
    }

    TEST_CASE("where nobody listens there is no connection") {
        std::uint16_t port = 0;
        {
            const Listener listener;
            port = listener.port;
        }
        const auto connection = TcpConnection::open(port);
        REQUIRE(!connection);
        CHECK(connection.error().code == Errc::Unavailable);
    }
}

TEST_SUITE("base/quiet") {
    TEST_CASE("stderr is silent while it lives, and back afterwards") {
        int ends[2]{};
        REQUIRE(::pipe(ends) == 0);
        const int before = ::dup(STDERR_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        {
            const QuietStderr quiet;
            std::fputs("unheard", stderr);
        }
        std::fputs("heard", stderr);
        std::fflush(stderr);
        ::dup2(before, STDERR_FILENO);
        std::array<char, 64> got{};
        const auto size = ::read(ends[0], got.data(), got.size());
        CHECK(std::string(got.data(), static_cast<std::size_t>(size)) == "heard");
        for (const int fd : {ends[0], ends[1], before}) ::close(fd);
    }
}
