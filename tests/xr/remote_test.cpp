// SPDX-License-Identifier: Apache-2.0
#include "base/process.h"
#include "xr/monado_remote.h"

#include <doctest/doctest.h>

#include <cstring>

using namespace pw;

TEST_SUITE("xr/remote") {
    TEST_CASE("the packet has every value where Monado's driver reads it") {
        xr::RemoteState state;
        state.stage_from_head = {.position = {1.0, 2.0, 3.0}, .orientation = Quat(0.5f, 0.1f, 0.2f, 0.3f)};
        state.hands[1] = {.active = true, .trigger = 0.75f, .squeeze = 0.9f, .stick = {0.5f, -0.5f}, .menu = true};
        state.hands[0] = {
            .primary = true, .stick_click = true, .hand_tracked = true, .curls = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f}};
        const auto packet = xr::to_remote_packet(state);
        const auto number = [&](std::size_t offset) {
            float value = 0.f;
            std::memcpy(&value, &packet[offset], sizeof(value));
            return value;
        };
        CHECK(std::memcmp(packet.data(), "mndrmt3", 8) == 0);
        CHECK(number(104) == 0.1f); // x first, w last
        CHECK(number(116) == 0.5f);
        CHECK(number(120) == 1.f);
        CHECK(number(128) == 3.f);
        CHECK(number(256 + 72) == 0.75f);
        CHECK(number(256 + 76) == 0.9f);
        CHECK(number(256 + 88) == -0.5f);
        CHECK(packet[256 + 105] == std::byte{1});
        CHECK(packet[256 + 110] == std::byte{1});
        CHECK(packet[136 + 105] == std::byte{0});
        CHECK(number(136 + 52) == 0.1f);
        CHECK(number(136 + 68) == 0.5f);
        for (const std::size_t flag : {104u, 108u, 114u}) {
            CHECK(packet[136 + flag] == std::byte{1});
            CHECK(packet[256 + flag] == std::byte{0});
        }
    }

    TEST_CASE("where nobody listens, the remote is unavailable") {
        const auto port = free_tcp_port();
        REQUIRE(port);
        const auto remote = xr::MonadoRemote::connect(*port);
        REQUIRE(!remote);
        CHECK(remote.error().code == Errc::Unavailable);
    }
}
