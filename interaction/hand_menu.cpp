// SPDX-License-Identifier: Apache-2.0
#include "interaction/hand_menu.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>

namespace pw::interaction {

namespace {

constexpr double kAside_m = 0.08; // from the palm's middle to the menu's edge
constexpr double kBelow_m = 0.02; // from the height of the eyes to the menu's upper edge, at least
constexpr double kLowest_m = 0.5; // below the eyes

double angle_between(const Vec3& a, const DVec3& b) {
    const double length = glm::length(b);
    if (length < 1e-6) return 0.0;
    return std::acos(std::clamp(glm::dot(DVec3(a), b) / length, -1.0, 1.0));
}

DVec3 in_front(const Pose& head, Vec2 size_m) {
    const double below = std::max(0.15, static_cast<double>(size_m.y) * 0.5 + kBelow_m);
    const DVec3 ahead = turned(yaw_of(head.orientation), {0.0, 0.0, -1.0});
    return head.position + ahead * std::sqrt(std::max(0.25 - below * below, 0.04)) - DVec3(0.0, below, 0.0);
}

} // namespace

// OpenXR 1.1, 6.3.2.1: a grip's X is normal to the palm, out of the left one and into the right one.
Palm palm_of(const xr::HandState& state, std::size_t hand) {
    if (state.has_joints) {
        const Pose& palm = state.joints[static_cast<std::size_t>(xr::Joint::Palm)].origin_from_joint;
        return {palm.position, palm.orientation * Vec3(0.f, -1.f, 0.f)};
    }
    const Pose& grip = state.origin_from_grip;
    return {grip.position, grip.orientation * Vec3(hand == 0 ? 1.f : -1.f, 0.f, 0.f)};
}

void Follower::rest_at(const DVec3& at) {
    at_ = at;
    speed_ = DVec3(0.0);
}

DVec3 Follower::step(const DVec3& target, Duration lag, Duration dt) {
    const double w = 2.0 / lag.seconds(), t = dt.seconds(), fallen = std::exp(-w * t);
    const DVec3 behind = at_ - target, rate = speed_ + behind * w;
    at_ = target + (behind + rate * t) * fallen;
    speed_ = (speed_ - rate * (w * t)) * fallen;
    return at_;
}

DVec3 beside_palm(const Palm& palm, std::size_t hand, const Pose& origin_from_head, Vec2 size_m) {
    const double yaw = yaw_of(origin_from_head.orientation);
    const DVec3 right = turned(yaw, {hand == 0 ? 1.0 : -1.0, 0.0, 0.0});
    const DVec3 from_head =
        palm.at + right * (static_cast<double>(size_m.x) * 0.5 + kAside_m) - origin_from_head.position;
    const double highest = -(static_cast<double>(size_m.y) * 0.5 + kBelow_m);
    const double y = std::max(std::min(from_head.y, highest), -kLowest_m);
    const auto level_at = [&](double distance) { return std::sqrt(std::max(0.0, distance * distance - y * y)); };
    const double level = std::hypot(from_head.x, from_head.z);
    const DVec3 ahead = level > 1e-3 ? DVec3(from_head.x, 0.0, from_head.z) / level : turned(yaw, {0.0, 0.0, -1.0});
    return origin_from_head.position + DVec3(0.0, y, 0.0) +
           ahead * std::clamp(level, level_at(HandMenu::kNearest_m), level_at(HandMenu::kFarthest_m));
}

void HandMenu::step(const xr::Input& input, Vec2 size_m, const Stance& stance, const std::optional<Pose>& bar,
                    Duration dt) {
    opened_ = closed_ = false;
    if (bar && open()) {
        state_ = State::Held;
        origin_from_menu_ = *bar;
    } else if (state_ == State::Held) {
        state_ = State::Pinned;
        in_front_ = false;
        keep(place_, PlaceIn::World, origin_from_menu_, stance);
    }
    press(input);
    if (state_ != State::Held) look_for_palm(input, dt);
    if (state_ == State::ByPalm) {
        away_ = palm_faces(input, hand_, kCloses_rad) ? Duration{} : away_ + dt;
        if (away_ >= kClosing) close();
    }
    if (state_ == State::Pinned) origin_from_menu_ = origin_from_panel(place_, stance);
    if (state_ == State::ByPalm || state_ == State::ByButton) follow(input, size_m, dt);
}

std::optional<std::size_t> HandMenu::hand() const {
    const bool on_hand = open() && state_ != State::Pinned && !in_front_;
    return on_hand ? std::optional(hand_) : std::nullopt;
}

bool HandMenu::palm_faces(const xr::Input& input, std::size_t hand, double within_rad) const {
    if (!input.hands[hand].active || !input.head_active) return false;
    const Palm palm = palm_of(input.hands[hand], hand);
    return angle_between(palm.normal, input.origin_from_head.position - palm.at) <= within_rad;
}

void HandMenu::look_for_palm(const xr::Input& input, Duration dt) {
    const Vec3 view = input.origin_from_head.orientation * Vec3(0.f, 0.f, -1.f);
    for (std::size_t h = 0; h < facing_.size(); ++h) {
        if (!palm_faces(input, h, kCloses_rad)) spent_[h] = false;
        const DVec3 way = palm_of(input.hands[h], h).at - input.origin_from_head.position;
        const bool looked_at = palm_faces(input, h, kOpens_rad) && angle_between(view, way) <= kGaze_rad;
        facing_[h] = looked_at && input.focused ? facing_[h] + dt : Duration{};
        if (facing_[h] < kOpening || spent_[h]) continue;
        if (state_ == State::Closed || state_ == State::Pinned)
            open_at(h, State::ByPalm, input);
        else if (in_front_)
            close();
    }
}

void HandMenu::press(const xr::Input& input) {
    for (std::size_t h = 0; h < input.hands.size(); ++h) {
        if (!input.hands[h].active || !input.hands[h].menu.pressed) continue;
        if (open())
            close();
        else
            open_at(h, State::ByButton, input);
        return;
    }
}

void HandMenu::open_at(std::size_t hand, State state, const xr::Input& input) {
    in_front_ = !input.hands[1 - hand].active;
    state_ = in_front_ ? State::ByButton : state;
    hand_ = hand;
    fresh_ = opened_ = true;
    spent_ = {true, true};
    away_ = {};
}

void HandMenu::close() {
    state_ = State::Closed;
    in_front_ = false;
    closed_ = true;
    spent_ = {true, true};
}

void HandMenu::follow(const xr::Input& input, Vec2 size_m, Duration dt) {
    const Pose& head = input.origin_from_head;
    if (in_front_) {
        if (fresh_) origin_from_menu_.position = in_front(head, size_m);
    } else if (input.hands[hand_].active) {
        const DVec3 target = beside_palm(palm_of(input.hands[hand_], hand_), hand_, head, size_m);
        if (fresh_) follower_.rest_at(target);
        origin_from_menu_.position = follower_.step(target, kLag, dt);
    }
    if (fresh_ || !in_front_) origin_from_menu_.orientation = facing(origin_from_menu_.position, head.position);
    fresh_ = false;
}

} // namespace pw::interaction
