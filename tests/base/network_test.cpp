// SPDX-License-Identifier: Apache-2.0
#include "base/process.h"
#include "tests/support/skip.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

using namespace pw;

namespace {

// Every interface is loopback, and what listens on it can be reached.
int look_around() {
    ifaddrs* all = nullptr;
    if (::getifaddrs(&all) != 0) return 1;
    for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next)
        if ((one->ifa_flags & IFF_LOOPBACK) == 0) return 2;
    const auto port = free_tcp_port();
    if (!port) return 3;
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0), caller = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(*port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* address = reinterpret_cast<const sockaddr*>(&at);
    if (::bind(listener, address, sizeof at) != 0 || ::listen(listener, 1) != 0) return 4;
    return ::connect(caller, address, sizeof at) == 0 ? 0 : 5;
}

} // namespace

TEST_SUITE("base/network") {
    TEST_CASE("a network of its own has nothing but a loopback that works") {
        const pid_t child = ::fork(); // what it does cannot be undone
        if (child == 0) {
            const auto entered = enter_private_network();
            ::_exit(entered ? look_around() : entered.error().what.contains("unshare") ? 77 : 6);
        }
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        REQUIRE(WIFEXITED(status));
        if (WEXITSTATUS(status) == 77) return test::skip("namespaces are not allowed here");
        CHECK(WEXITSTATUS(status) == 0);
    }
}
