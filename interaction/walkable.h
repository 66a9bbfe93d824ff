#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where a person may stand and go in the world, found by rays: on floor that is not steep, with room for head and
// shoulders. A jump is refused with the reason; a step of one's own legs is never pushed back, only the view fades.
// Frame thread; everything here is in the world and its metres.

#include "base/math.h"
#include "base/strings.h"
#include "scene/pick.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace pw::interaction {

// What a ray meets first within `max_m`: scene::Picker::pick, or a made-up world. It meets surfaces from both sides.
using MeetWorld = std::function<std::optional<scene::Hit>(const Ray& world_ray, double max_m)>;

enum class Blocked : std::uint8_t {
    No,
    NoFloor,  // there is nothing to stand on, or it ends here
    NotFloor, // what was met is none: a machine, a table
    Steep,    // a wall or a slope
    Low,      // something hangs too low
    Cramped,  // a wall, machine or fence is too near
};
Text words(Blocked why); // for people; of No too, which says that one may stand there

struct StandRules {
    double slope_rad = 0.5235987755982988; // 30°
    double headroom_m = 2.0;
    double radius_m = 0.25;
    double step_m = 0.25;                        // what is lower is stepped over or onto
    std::function<bool(scene::NodeId)> is_floor; // not a machine, say; empty: everything level is
};

struct Footing {
    Blocked blocked = Blocked::NoFloor;
    DVec3 feet{0.0};
    Vec3 normal{0.f, 1.f, 0.f}; // of the floor, or of what blocks
    scene::NodeId node;         // of the floor, or of what blocks
};

// May one stand on the floor that was met? Everything in the way that is at least 4 cm wide across is found, be it a
// post or a rail; the surface of a hull around the whole body is not, so `floor` is to be met by a ray from a free
// place. At most 123 short rays.
Footing footing(const MeetWorld& meet, const scene::Hit& floor, const StandRules& rules = {});
// The same for the floor below a point, at most `depth_m` down.
Footing footing_below(const MeetWorld& meet, const DVec3& point, double depth_m, const StandRules& rules = {});

// The next floor down, through what is none; failing that the lowest level surface: a machine's underside is in its
// floor.
std::optional<DVec3> floor_below(const MeetWorld& meet, const DVec3& point, double depth_m,
                                 const StandRules& rules = {});

// Where the feet are after a step of smooth walking: up and down ramps and stairs (`climb_m` in one step), along what
// is in the way, or not moved at all.
DVec3 walk(const MeetWorld& meet, const DVec3& feet, const DVec3& step, double climb_m = 0.3,
           const StandRules& rules = {});

// Steps of one's own legs and leaning: how much the view fades because the head is in something or beyond a wall.
class HeadGuard {
  public:
    static constexpr double kSoft_m = 0.05; // from so far before a surface to so far behind it the view goes black

    // 0: clear … 1: black. A way around what is between (a post, a machine's corner) counts as having gone it.
    float step(const MeetWorld& meet, const DVec3& world_head);
    // The head is elsewhere by its owner's will: a jump, another scale, another stance.
    void reset() { last_clear_.reset(); }

  private:
    std::optional<DVec3> last_clear_; // where nothing was near the head
};

} // namespace pw::interaction
