// SPDX-License-Identifier: Apache-2.0
#include "interaction/walkable.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace pw::interaction {

namespace {

constexpr double kFound_m = 0.04; // the narrowest thing that footing() promises to find

std::optional<scene::Hit> between(const MeetWorld& meet, const DVec3& from, const DVec3& to) {
    const DVec3 way = to - from;
    const double length = glm::length(way);
    if (length < 1e-9) return std::nullopt;
    return meet({from, Vec3(way / length)}, length);
}

// Lines across the body at some heights, by turns along x and z: no post stands between two of them.
std::optional<scene::Hit> across(const MeetWorld& meet, const DVec3& feet, const StandRules& rules) {
    constexpr int kHeights = 6;
    const int lines = static_cast<int>(std::ceil(2.0 * rules.radius_m / kFound_m));
    for (int h = 0; h < kHeights; ++h) {
        const double up = rules.step_m + (rules.headroom_m - rules.step_m) * (h + 0.5) / kHeights;
        for (int i = 0; i < lines; ++i) {
            const double aside = rules.radius_m * ((2.0 * i + 1.0) / lines - 1.0);
            const double half = std::sqrt(std::max(0.0, rules.radius_m * rules.radius_m - aside * aside));
            const DVec3 middle = feet + DVec3(0.0, up, 0.0);
            const DVec3 a = h % 2 == 0 ? DVec3(-half, 0.0, aside) : DVec3(aside, 0.0, -half);
            const DVec3 b = h % 2 == 0 ? DVec3(half, 0.0, aside) : DVec3(aside, 0.0, half);
            if (const auto hit = between(meet, middle + a, middle + b)) return hit;
        }
    }
    return std::nullopt;
}

Blocked no_floor(const scene::Hit& hit, const StandRules& rules) {
    if (static_cast<double>(hit.normal.y) < std::cos(rules.slope_rad)) return Blocked::Steep;
    return rules.is_floor && !rules.is_floor(hit.node) ? Blocked::NotFloor : Blocked::No;
}

// Is there floor under both feet, and not a rail's or a wall's top, or an edge?
bool carries(const MeetWorld& meet, const DVec3& feet, const StandRules& rules) {
    const double aside = rules.radius_m * 0.5;
    for (const DVec3& by : {DVec3(aside, 0, 0), DVec3(-aside, 0, 0), DVec3(0, 0, aside), DVec3(0, 0, -aside)})
        if (!meet({feet + by + DVec3(0.0, rules.step_m, 0.0), {0.f, -1.f, 0.f}}, 2.0 * rules.step_m)) return false;
    return true;
}

// Lines up the body's rim, so near to each other that no rail passes between them, and one in its middle.
std::optional<scene::Hit> upwards(const MeetWorld& meet, const DVec3& feet, const StandRules& rules) {
    const int lines = static_cast<int>(std::ceil(2.0 * std::numbers::pi * rules.radius_m / kFound_m));
    for (int i = -1; i < lines; ++i) {
        const double a = 2.0 * std::numbers::pi * i / lines, r = i < 0 ? 0.0 : rules.radius_m;
        const DVec3 foot = feet + DVec3(r * std::cos(a), rules.step_m, r * std::sin(a));
        if (const auto hit = meet({foot, {0.f, 1.f, 0.f}}, rules.headroom_m - rules.step_m)) return hit;
    }
    return std::nullopt;
}

} // namespace

Text words(Blocked why) {
    switch (why) {
    case Blocked::No:
        return Text::StandHere;
    case Blocked::NoFloor:
        return Text::BlockedNoFloor;
    case Blocked::NotFloor:
        return Text::BlockedNotFloor;
    case Blocked::Steep:
        return Text::BlockedSteep;
    case Blocked::Low:
        return Text::BlockedLow;
    case Blocked::Cramped:
        return Text::BlockedCramped;
    }
    std::unreachable();
}

Footing footing(const MeetWorld& meet, const scene::Hit& floor, const StandRules& rules) {
    Footing out{Blocked::No, floor.point, floor.normal, floor.node};
    out.blocked = no_floor(floor, rules);
    if (out.blocked != Blocked::No) return out;
    if (!carries(meet, floor.point, rules)) {
        out.blocked = Blocked::NoFloor;
        return out;
    }
    // On a slope the floor itself rises within the rules.
    StandRules above = rules;
    above.step_m += rules.radius_m * std::tan(std::acos(std::min(1.0, static_cast<double>(floor.normal.y))));
    const auto block = [&](Blocked why, const scene::Hit& hit) {
        out.blocked = why;
        out.normal = hit.normal;
        out.node = hit.node;
        return out;
    };
    if (const auto hit = across(meet, floor.point, above)) return block(Blocked::Cramped, *hit);
    if (const auto hit = upwards(meet, floor.point, above))
        return block(hit->point.y - floor.point.y > 1.0 ? Blocked::Low : Blocked::Cramped, *hit);
    return out;
}

Footing footing_below(const MeetWorld& meet, const DVec3& point, double depth_m, const StandRules& rules) {
    const auto floor = meet({point, {0.f, -1.f, 0.f}}, depth_m);
    return floor ? footing(meet, *floor, rules) : Footing{.blocked = Blocked::NoFloor, .feet = point};
}

std::optional<DVec3> floor_below(const MeetWorld& meet, const DVec3& point, double depth_m, const StandRules& rules) {
    constexpr double kBeyond_m = 1e-3; // so far below a surface the next one is looked for
    std::optional<DVec3> lowest;
    DVec3 from = point;
    for (int surfaces = 0; surfaces < 32; ++surfaces) {
        const auto hit = meet({from, {0.f, -1.f, 0.f}}, depth_m - (point.y - from.y));
        if (!hit) break;
        const Blocked why = no_floor(*hit, rules);
        if (why == Blocked::No) return hit->point;
        if (why == Blocked::NotFloor) lowest = hit->point;
        from = hit->point - DVec3(0.0, kBeyond_m, 0.0);
    }
    return lowest;
}

namespace {

DVec3 stride(const MeetWorld& meet, const DVec3& feet, const DVec3& level, double climb_m, const StandRules& rules) {
    const auto place = [&](const DVec3& by) {
        const DVec3 chest = feet + DVec3(0.0, 1.0, 0.0);
        if (const auto hit = between(meet, chest, chest + by))
            return Footing{Blocked::Cramped, feet, hit->normal, hit->node};
        return footing_below(meet, feet + by + DVec3(0.0, climb_m, 0.0), 2.0 * climb_m, rules);
    };
    const Footing there = place(level);
    if (there.blocked == Blocked::No) return there.feet;
    const DVec3 wall(there.normal.x, 0.0, there.normal.z);
    const double upright = glm::length(wall);
    if (upright < 0.1) return feet;
    const DVec3 along = level - wall * (glm::dot(level, wall) / (upright * upright));
    if (glm::length(along) < 1e-9) return feet;
    const Footing beside = place(along);
    return beside.blocked == Blocked::No ? beside.feet : feet;
}

} // namespace

DVec3 walk(const MeetWorld& meet, const DVec3& feet, const DVec3& step, double climb_m, const StandRules& rules) {
    constexpr double kStride_m = 0.2; // no stair's tread is passed over, however long a frame was
    const DVec3 level(step.x, 0.0, step.z);
    const double strides = std::max(1.0, std::ceil(glm::length(level) / kStride_m));
    DVec3 at = feet;
    for (double done = 0.0; done < strides; ++done) {
        const DVec3 next = stride(meet, at, level / strides, climb_m, rules);
        if (next == at) break;
        at = next;
    }
    return at;
}

float HeadGuard::step(const MeetWorld& meet, const DVec3& world_head) {
    constexpr double kClear_m = 2.0 * kSoft_m;
    const auto free_around = [&](const DVec3& p) {
        for (int x = -1; x <= 1; ++x)
            for (int y = -1; y <= 1; ++y)
                for (int z = -1; z <= 1; ++z)
                    if (x != 0 || y != 0 || z != 0)
                        if (meet({p, glm::normalize(Vec3(x, y, z))}, kClear_m)) return false;
        return true;
    };
    const auto clear = [&] {
        if (free_around(world_head)) last_clear_ = world_head;
        return 0.f;
    };
    if (!last_clear_) last_clear_ = world_head; // where one came to by one's own will
    const DVec3 way = world_head - *last_clear_;
    const double length = glm::length(way);
    if (length < 1e-6) return 0.f;
    const DVec3 end = world_head + way * (kSoft_m / length);
    const auto hit = between(meet, *last_clear_, end);
    if (!hit) return clear();

    const DVec3 aside = glm::normalize(DVec3(-way.z, 1e-12, way.x));
    for (const double by_m : {0.3, -0.3, 0.6, -0.6}) {
        const DVec3 around = *last_clear_ + way * 0.5 + aside * by_m;
        if (!between(meet, *last_clear_, around) && !between(meet, around, end)) return clear();
    }
    const double behind_m = glm::dot(world_head - hit->point, -DVec3(hit->normal));
    return static_cast<float>(std::clamp(0.5 + behind_m / (2.0 * kSoft_m), 0.0, 1.0));
}

} // namespace pw::interaction
