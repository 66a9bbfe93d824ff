#pragma once
// SPDX-License-Identifier: Apache-2.0
// The way that items take over a machine: straight lines between points. Items stand upright (+Y of the points' frame)
// and look along it; in a bend they turn as something of 0.3 m does that is guided at both ends. Constant once made.

#include "base/math.h"

#include <cstdint>
#include <vector>

namespace pw::app {

class ItemPath {
  public:
    ItemPath() = default;
    // Lanes lie beside each other, their middle on the line.
    ItemPath(const std::vector<DVec3>& points, std::uint32_t lanes, double lane_pitch_m);

    double length_m() const { return ends_.empty() ? 0.0 : ends_.back(); }
    // Of an item at 0 … 1 of the length, in the frame of the points.
    Affine at(double place, std::uint64_t serial) const;

  private:
    struct Segment {
        DVec3 from{0.0};
        DVec3 direction{0.0};         // unit length
        DVec3 forward{0.0, 0.0, 1.0}; // where an item on it looks: level, unit length
    };
    std::size_t segment_at(double along_m) const;
    DVec3 point_at(double along_m) const; // beyond an end it goes straight on

    std::vector<Segment> segments_;
    std::vector<double> ends_; // of the segments, in metres along the path
    DVec3 only_point_{0.0};    // of a path without length
    std::uint32_t lanes_ = 1;
    double lane_pitch_m_ = 0.0;
};

} // namespace pw::app
