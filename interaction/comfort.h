#pragma once
// SPDX-License-Identifier: Apache-2.0
// What keeps people well: a vignette while something else than their own head moves them, and darkness around a jump.
// Both depend on nothing but what is handed in and the time that passes.

#include "base/time.h"
#include "interaction/stance.h"

namespace pw::interaction {

// How fast the user is moved through the world, in metres of the user.
struct Motion {
    double linear_m_s = 0.0, angular_rad_s = 0.0;
};
// Of the head, by the change of the stance alone; what the head does itself is not in it. Not for jumps and snap turns:
// those are no motion.
Motion motion(const Stance& before, const Stance& after, const Pose& origin_from_head, Duration dt);

class Vignette {
  public:
    static constexpr double kFull_m_s = 2.0, kFull_rad_s = 1.5707963267948966; // 90°/s: closed as far as it gets
    static constexpr double kAttack_s = 0.1, kRelease_s = 0.4;                 // time constants
    // 0 (open) … `strength`. Towards the faster of both speeds; independent of how dt is cut.
    float step(const Motion& motion, double strength, Duration dt);

  private:
    double closed_ = 0.0;
};

// Out in kOut, one frame of black in which the jump is made, in again in kIn.
class JumpFade {
  public:
    static constexpr Duration kOut = from_ms(80), kIn = from_ms(160);
    struct Step {
        float fade = 0.f;       // 0 clear … 1 black, for this frame's picture
        bool black_now = false; // once after begin(): make the jump now
    };
    void begin();  // in the midst of another fade: from the darkness there is
    void cancel(); // before it was black: back to clear, no jump
    Step step(Duration dt);
    bool running() const { return phase_ != Phase::Clear; }

  private:
    enum class Phase : unsigned char { Clear, Out, In };
    Phase phase_ = Phase::Clear;
    double dark_ = 0.0;
};

} // namespace pw::interaction
