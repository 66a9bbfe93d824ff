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

enum class Tool : std::uint8_t { None, Measure, Section };

class ToolInHand {
  public:
    void take(Tool tool); // None puts it away; what was begun is forgotten
    Tool held() const { return tool_; }
    std::optional<Text> hint() const; // what the next point is for
    // The action that the point asks for; nothing when the tool needs another one.
    std::optional<ActionCall> use(const work::SnappedPoint& point);
    const std::optional<work::SnappedPoint>& begun_at() const { return first_; } // a measure's first point

  private:
    Tool tool_ = Tool::None;
    std::optional<work::SnappedPoint> first_;
};

} // namespace pw::app
