// SPDX-License-Identifier: Apache-2.0
#include "xr/monado_remote.h"

#include <cstring>

namespace pw::xr {
namespace {

constexpr char kMagic[8] = {'m', 'n', 'd', 'r', 'm', 't', '3', '\0'};
constexpr std::size_t kHead = 104, kLeft = 136, kRight = 256;

using Packet = std::array<std::byte, kRemotePacketSize>;

void put(Packet& packet, std::size_t offset, float value) { std::memcpy(&packet[offset], &value, sizeof(value)); }
void put(Packet& packet, std::size_t offset, bool value) { packet[offset] = std::byte{value}; }

void put(Packet& packet, std::size_t offset, const Pose& pose) {
    const Quat& q = pose.orientation;
    const Vec3 p(pose.position);
    const float values[7]{q.x, q.y, q.z, q.w, p.x, p.y, p.z};
    std::memcpy(&packet[offset], values, sizeof(values));
}

void put(Packet& packet, std::size_t at, const RemoteHand& hand) {
    put(packet, at, hand.stage_from_grip);
    for (std::size_t i = 0; i < hand.curls.size(); ++i) put(packet, at + 52 + 4 * i, hand.curls[i]);
    put(packet, at + 72, hand.trigger);
    put(packet, at + 76, hand.squeeze);
    put(packet, at + 80, hand.squeeze);
    put(packet, at + 84, hand.stick.x);
    put(packet, at + 88, hand.stick.y);
    put(packet, at + 104, hand.hand_tracked);
    put(packet, at + 105, hand.active);
    put(packet, at + 108, hand.primary);        // A
    put(packet, at + 110, hand.menu);           // B
    put(packet, at + 112, hand.trigger > 0.9f); // clicks at the end of its way
    put(packet, at + 113, hand.trigger > 0.f);  // touched
    put(packet, at + 114, hand.stick_click);
    put(packet, at + 115, hand.stick != Vec2(0.f)); // touched
}

} // namespace

Packet to_remote_packet(const RemoteState& state) {
    Packet packet{};
    std::memcpy(packet.data(), kMagic, sizeof(kMagic));
    put(packet, kHead, state.stage_from_head);
    put(packet, kLeft, state.hands[0]);
    put(packet, kRight, state.hands[1]);
    return packet;
}

Result<MonadoRemote> MonadoRemote::connect(std::uint16_t port) {
    auto connection = TcpConnection::open(port);
    if (!connection) return std::unexpected(connection.error());
    // It greets with two packets: what a reset is, and its state. Left unread, closing would take back what we sent.
    std::array<std::byte, 2 * kRemotePacketSize> greeting;
    if (auto got = connection->receive(greeting, from_ms(3000)); !got)
        return fail(Errc::Unavailable,
                    "what listens on port " + std::to_string(port) + " is not Monado's remote driver");
    MonadoRemote made;
    made.connection_ = std::move(*connection);
    return made;
}

Result<void> MonadoRemote::send(const RemoteState& state) { return connection_.send(to_remote_packet(state)); }

} // namespace pw::xr
