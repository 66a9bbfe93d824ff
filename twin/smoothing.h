#pragma once
// SPDX-License-Identifier: Apache-2.0
// The movement of a slow tag between two words of its machine. From each word on the shown value moves evenly to it
// over `smooth_s`, so it lags by that time and is continuous. Where it arrives while the next word is still due
// (within 1.5 of the last intervals, and at most smooth_s more), it goes on with the common speed of the last two
// movements, ever slower, and returns to the word: a late word makes no halt, and what stands, stands at the word.

#include "base/time.h"

namespace pw::twin {

class Smoothing {
  public:
    // A new word: it was received at `received` and is seen now. The first one, or any with smooth_s 0, is taken at
    // once.
    void word(double target, Time received, Time now, double smooth_s);
    double at(Time now) const;
    bool moving(Time now) const { return now < end_; }

  private:
    double from_ = 0.0, target_ = 0.0;
    double speed_ = 0.0, extra_speed_ = 0.0; // per second
    double extra_s_ = 0.0;                   // how long it goes on beyond the arrival
    double interval_s_ = 0.0;                // between the last two words
    Time start_{}, arrival_{}, end_{}, received_{};
    bool has_word_ = false;
};

} // namespace pw::twin
