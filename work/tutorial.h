#pragma once
// SPDX-License-Identifier: Apache-2.0
// The first minute of a visit: a few things to try, each ticked off when it was done, in any order that comes naturally
// but shown one after the other. It watches; it never makes the user wait, and ends by itself. Pure; frame thread.

#include "base/time.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace pw::work {

enum class Lesson : std::uint8_t {
    LookAround, // the head turned by 45° in all
    Point,      // a ray met a machine
    Select,     // a machine's card was opened
    Move,       // a jump, or a walk of a metre
    Turn,       // turned without the head
    Menu,       // the menu was open
    Count
};
inline constexpr std::size_t kLessons = static_cast<std::size_t>(Lesson::Count);

// What the user did in a frame.
struct Deeds {
    double head_turned_rad = 0.0; // magnitude, of the head itself
    double moved_m = 0.0;         // not by steps of one's own
    double turned_rad = 0.0;      // magnitude, not by the head
    bool points = false, selected = false, menu = false;
};

class Tutorial {
  public:
    static constexpr Duration kAtMost = from_ms(60'000); // for all of it: nobody is taught for longer

    void start(Time now);
    void skip() { running_ = false; }
    void step(const Deeds& deeds, Time now); // `now` never goes back
    bool running() const { return running_; }
    bool done(Lesson lesson) const { return done_[static_cast<std::size_t>(lesson)]; }
    // What to try next; nothing: all is done, for three more seconds, so that it can be read.
    std::optional<Lesson> next() const;
    std::size_t learned() const; // lessons that are done

  private:
    std::array<bool, kLessons> done_{};
    bool running_ = false;
    Deeds sum_; // of the magnitudes since the start
    Time started_{}, finished_{};
};

} // namespace pw::work
