#pragma once
// SPDX-License-Identifier: Apache-2.0
// Keeps a headset's pace: when frames take longer than the display gives them, the picture gets coarser in a declared
// order (docs/headset.md), and finer again when there is room. It never lets frames queue up: a frame that is late is
// late, the next one aims at the next display time. Pure; frame thread.

#include "base/time.h"

#include <cstdint>

namespace pw::app {

enum class Relief : std::uint8_t { // what is taken away, each step with those before
    None,
    Shadows,  // the sun casts none
    Pixels80, // so many percent of the pixels each way
    Pixels65,
    Pixels50,
};
inline constexpr std::uint8_t kReliefs = 5;
const char* relief_name(Relief relief); // "shadows"
double relief_scale(Relief relief);     // 1, 0.8, 0.65, 0.5

class Pace {
  public:
    // One frame: what it took from wait_frame's return to end_frame, what the display gives, and whether it came late.
    void frame(Duration work, Duration period, bool late, Time now);
    Relief relief() const { return relief_; }
    std::uint64_t late() const { return late_; } // frames, since the start
    void reset() { *this = {}; }                 // a new session

  private:
    void change(int by, Time now);

    Relief relief_ = Relief::None;
    std::uint64_t late_ = 0;
    int over_ = 0; // of the frames since the last change, those over minus those that were not
    Time changed_{}, easy_since_{};
    bool gave_back_ = false;            // by the last change
    Duration patience_{from_ms(5'000)}; // of ease before a step back; doubles when that step did not hold
};

} // namespace pw::app
