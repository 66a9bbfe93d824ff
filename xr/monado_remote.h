#pragma once
// SPDX-License-Identifier: Apache-2.0
// Moves the head and the hands of Monado's `remote` device: a person's stand-in for scripts and tests. Poses are in the
// runtime's STAGE space; what was sent last holds, also after the connection ends. Not for the frame thread.

#include "base/math.h"
#include "base/result.h"
#include "base/tcp.h"

#include <array>
#include <cstdint>

namespace pw::xr {

struct RemoteHand {
    bool active = false;
    Pose stage_from_grip;
    float trigger = 0.f, squeeze = 0.f; // 0 … 1
    Vec2 stick{0.f};
    bool menu = false;    // the upper button
    bool primary = false; // the lower one, A
    bool stick_click = false;
    // The hand itself, seen without its controller: joints that the driver makes from these and the grip.
    bool hand_tracked = false;
    std::array<float, 5> curls{}; // 0 stretched … 1 closed: little, ring, middle, index finger, thumb
};

struct RemoteState {
    Pose stage_from_head{.position = {0.0, 1.7, 0.0}, .orientation = kNoRotation};
    std::array<RemoteHand, 2> hands; // left, right
};

// The driver's packet, little-endian; layout: Monado 25, src/xrt/drivers/remote/r_interface.h.
inline constexpr std::size_t kRemotePacketSize = 376;
std::array<std::byte, kRemotePacketSize> to_remote_packet(const RemoteState& state);

class MonadoRemote {
  public:
    // One connection at a time. Unavailable when nobody, or somebody else, listens there.
    static Result<MonadoRemote> connect(std::uint16_t port);
    Result<void> send(const RemoteState& state);

  private:
    TcpConnection connection_;
};

} // namespace pw::xr
