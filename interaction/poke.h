#pragma once
// SPDX-License-Identifier: Apache-2.0
// A fingertip and the faces of panels. A touch begins where the tip goes through a face from the front, however fast,
// and ends a centimetre before it; what comes from behind touches nothing. Frame thread; one Poke for a fingertip.

#include "interaction/panel_target.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace pw::interaction {

struct Touch {
    std::uint32_t panel = 0;
    DVec3 at{0.0};       // in the panel's space, z = 0, on its face
    float depth_m = 0.f; // how far the tip is behind the face
};

class Poke {
  public:
    static constexpr double kLeaves_m = 0.01; // before the face a touch ends, and the next may begin
    static constexpr double kThrough_m = 0.1; // behind it, it ends too: the hand went through
    static constexpr double kBeside_m = 0.02; // beside it, likewise
    static constexpr double kLeap_m = 0.5; // in one frame: the panel or the user was put elsewhere, nothing was touched

    // `origin_tip`: nothing while the hand is not known. `may_begin`: the hand points, and does nothing else.
    void step(std::span<const PanelTarget> panels, const std::optional<DVec3>& origin_tip, bool may_begin);
    const std::optional<Touch>& touch() const { return touch_; }
    // The panel that the tip is about to touch: before its face by `within_m` at most.
    std::optional<Touch> before(std::span<const PanelTarget> panels, const DVec3& origin_tip, double within_m) const;

  private:
    struct Seen { // a panel in the frame before
        std::uint32_t panel = 0;
        DVec3 tip{0.0};     // in its space
        bool ready = false; // the tip was well before its face, and has not been behind it since
        bool now = false;
    };
    bool goes_on(std::span<const PanelTarget> panels, const DVec3& origin_tip);
    void look(std::span<const PanelTarget> panels, const DVec3& origin_tip, bool may_begin);

    std::vector<Seen> seen_;
    std::optional<Touch> touch_;
};

} // namespace pw::interaction
