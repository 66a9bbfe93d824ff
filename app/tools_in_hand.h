#pragma once
// SPDX-License-Identifier: Apache-2.0
// What pointing and clicking does while a tool is held: a mouse or a hand's ray brings a point (work/snap.h), and the
// tool says what is asked for with it. Knows neither mouse nor hand. Pure but for which tool is held.

#include "app/panels/panels.h"
#include "base/strings.h"
#include "work/snap.h"

#include <cstdint>
#include <optional>

namespace pw::app {

// Register takes two points in turn: one on the model, pointed at, and one on the real machine, touched.
enum class Tool : std::uint8_t { None, Measure, Section, Register };

class ToolInHand {
  public:
    void take(Tool tool); // None puts it away; what was begun is forgotten
    Tool held() const { return tool_; }
    std::optional<Text> hint() const; // what the next point is for
    // The action that the point asks for; nothing when the tool needs another one.
    std::optional<ActionCall> use(const work::SnappedPoint& point);
    // The next point is touched, with what is in a hand: not pointed at.
    bool wants_touch() const { return tool_ == Tool::Register && first_.has_value(); }
    // Touched there, in the user's space, by what is so exact.
    ActionCall touch(const DVec3& origin_m, double sd_m);
    const std::optional<work::SnappedPoint>& begun_at() const { return first_; } // a first point of two

  private:
    Tool tool_ = Tool::None;
    std::optional<work::SnappedPoint> first_;
};

} // namespace pw::app
