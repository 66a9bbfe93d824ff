#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the sticks of two controllers ask for: snap turns, smooth turning, walking, the teleport. As they are set at
// first, nothing turns or moves continuously. Frame thread; one Sticks for a user.

#include "base/time.h"
#include "interaction/teleport.h"
#include "xr/input.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace pw::interaction {

enum class Turning : std::uint8_t { Snap, Smooth };
enum class Hands : std::uint8_t { Left, Right, Both };

struct StickSettings { // for the right-handed; mirrored() for the others
    Turning turning = Turning::Snap;
    double snap_rad = 0.7853981633974483;     // 45°; 30° and 90° are usual too
    double smooth_rad_s = 1.0471975511965976; // 60°/s at a stick pushed home
    bool walking = false;                     // where the head looks
    double walk_m_s = 1.6;                    // of the user
    Hands walks = Hands::Left;                // this stick then neither turns nor teleports
    Hands turns = Hands::Both;
    Hands teleports = Hands::Both;
};

StickSettings mirrored(const StickSettings& settings);

// A stick without its dead zone: 0 within `dead` of its way, 1 at its end, its direction kept.
Vec2 live(const Vec2& stick, float dead = 0.2f);

struct StickAsks {
    double snap_rad = 0.0; // turn by so much at once, in this frame
    double turn_rad = 0.0; // smoothly, in this frame
    DVec3 walk_m{0.0};     // in the user's space, level, in this frame
    std::array<TeleportAsk, 2> teleport{};
    std::optional<std::size_t> by; // whose stick turns, walks or aims in this frame; of two, who turns
};

class Sticks {
  public:
    static constexpr float kTurns = 0.7f, kNeutral = 0.35f; // of the stick's way to a side
    // `taken`: by a panel that the hand points at (PointerOut::stick_taken); such a stick must spring back before it
    // turns, walks or aims again.
    StickAsks step(const xr::Input& input, const StickSettings& settings, const std::array<bool, 2>& taken,
                   Duration dt);

  private:
    struct Hand {
        bool latched = true; // has turned, or was pushed when its hand came: not until it was back
        bool lent = false;   // to a panel
        TeleportStick teleport;
    };
    std::array<Hand, 2> hands_{};
};

} // namespace pw::interaction
