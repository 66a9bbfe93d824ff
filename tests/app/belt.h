#pragma once
// SPDX-License-Identifier: Apache-2.0
// A machine with items on a path, for tests of the client: a plant, its models, and an edge node that says what is on
// it in Sparkplug data sets.

#include "base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace pw::twin {
class Mqtt;
}

namespace pw::test {

// A blue square of 0.4 m that stands 1 m above where it is placed, its face turned left of where it looks; its clip
// "Rise" lifts it by another 1 m for the whole of a second, "Slide" moves it by 1 m along its x within one.
std::string blue_square();

// "belt": the two bars of tests/app/bars.h at y = 1.5, from whose left to whose right (x = -1 and 1) items of type
// "bottle" and "crate" (both blue squares, four slots) pass, smoothed over smooth_s. "walker" is a blue square of its
// own at (0, 2, 0) with a clip binding, hidden by nothing. Seen from z = 5.
std::string belt_plant(double smooth_s = 0.0);

struct BeltItem {
    std::uint64_t serial = 0;
    std::string type;
    double place = 0.0;
};

// group/node with the device "belt", played by a test over a plain connection.
class BeltNode {
  public:
    explicit BeltNode(twin::Mqtt& mqtt) : mqtt_(mqtt) {}
    Result<void> birth(const std::vector<BeltItem>& items, const std::string& clip);
    Result<void> say(const std::vector<BeltItem>& items);
    Result<void> say_clip(const std::string& clip);
    Result<void> die(); // the device

  private:
    Result<void> send(const char* type, bool of_device, const std::vector<std::string>& metrics);
    twin::Mqtt& mqtt_;
    std::uint64_t seq_ = 0;
};

} // namespace pw::test
