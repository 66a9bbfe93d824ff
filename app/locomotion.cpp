// SPDX-License-Identifier: Apache-2.0
#include "app/locomotion.h"

#include "app/walker.h"

#include <glm/geometric.hpp>
#include <glm/trigonometric.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace pw::app {

using interaction::Stance;

namespace {

constexpr double kFloorDepth_m = 60.0; // below the head: where one falls to when a stretched world is let go of
constexpr double kClimb_m = 0.3;       // in one step: stairs
constexpr float kUnfocused = 0.35f;    // the system's menu is before the picture

} // namespace

interaction::StickSettings stick_settings(const Settings& settings) {
    using namespace interaction;
    StickSettings out;
    out.turning = settings.turn == "smooth" ? Turning::Smooth : Turning::Snap;
    out.snap_rad = glm::radians(std::stod(settings.snap_deg)); // one of three that settings allow
    out.smooth_rad_s = glm::radians(settings.turn_speed_deg_s);
    out.walking = settings.move == "walk";
    out.walk_m_s = settings.walk_speed_m_s;
    return settings.hand == "left" ? mirrored(out) : out;
}

void Locomotion::jump(Change change) {
    changes_.push_back(std::move(change));
    jump_fade_.begin();
}

// Who sits is lifted to a standing person's height, once, by where the head is when they say so.
void Locomotion::lift(const xr::Input& input, const Settings& settings, Stance& stance) {
    if (seated_ != settings.seated || input.recentred) {
        seated_ = settings.seated;
        lift_m_ = settings.seated ? interaction::lift_to(input.origin_from_head, Walker::kEyeHeight_m) : 0.0;
    }
    stance.lift_m = lift_m_ + settings.height_m;
}

void Locomotion::aim(const interaction::StickAsks& asks, const xr::Input& input, const World& world,
                     const Stance& stance) {
    std::array<interaction::TeleportAsk, 2> wanted = asks.teleport;
    for (std::size_t h = 0; h < 2; ++h) {
        if (!pinch_ || input.hands[h].device != xr::HandDevice::Hand) continue;
        if (h != aiming_hand_ && input.hands[aiming_hand_].device == xr::HandDevice::Hand) continue;
        wanted[h] = pinching_.step(input.hands[h]);
        if (wanted[h].go || wanted[h].cancel) pinch_ = false;
    }
    for (std::size_t h = 0; h < 2; ++h)
        if (wanted[h].aiming && !wanted[aiming_hand_].aiming && !wanted[aiming_hand_].go) aiming_hand_ = h;
    const auto jump = teleport_.step(wanted[aiming_hand_], world.meet, stance, input.origin_from_head,
                                     input.hands[aiming_hand_].origin_from_aim, world.rules);
    deeds_.refused = teleport_.refused();
    if (jump) {
        this->jump([to = *jump](const Stance& from, const Pose& head, const World&) { return land(from, head, to); });
    }
}

void Locomotion::hold(const xr::Input& input, const Taken& taken, Stance& stance) {
    std::array<interaction::Hold, 2> hands{};
    for (std::size_t h = 0; h < 2; ++h) {
        const auto& hand = input.hands[h];
        if (hand.grab.pressed) holds_[h] = !taken.grab[h];
        if (!hand.grab.held || !hand.active) holds_[h] = false;
        hands[h] = {holds_[h], hand.origin_from_grip.position};
    }
    // It begins with both hands: a grip that is pulled by the way moves nobody.
    both_ = (holds_[0] && holds_[1]) || (both_ && (holds_[0] || holds_[1]));
    if (!both_) hands = {};
    stance = grab_.step(stance, hands);
    deeds_.stretched = grab_.holding();
    if (grab_.let_go()) {
        jump([](const Stance& from, const Pose& head, const World& world) {
            const DVec3 eye = to_world(from, head).position;
            const auto floor = interaction::floor_below(world.meet, eye, kFloorDepth_m, world.rules);
            return floor ? interaction::move_feet(from, head, *floor) : from;
        });
    }
}

// Nothing moves; who asks is refused, once for each time.
void Locomotion::hold_fast(const xr::Input& input, const Taken& taken, const Settings& settings, Duration dt) {
    const auto asks = sticks_.step(input, stick_settings(settings), taken.stick, dt);
    bool asked = asks.snap_rad != 0.0 || asks.turn_rad != 0.0 || asks.walk_m != DVec3(0.0);
    bool grips = true;
    for (std::size_t h = 0; h < 2; ++h) {
        asked = asked || asks.teleport[h].aiming || (pinch_ && input.hands[h].select.pressed);
        grips = grips && input.hands[h].grab.held && !taken.grab[h];
    }
    asked = asked || grips;
    const bool new_one = asked && !asked_;
    asked_ = asked;
    deeds_.refused = deeds_.held_fast = new_one;
    pinch_ = false;
    changes_.clear();
    teleport_ = {};
    seated_.reset(); // the lift is found anew afterwards
    holds_ = {};
    both_ = false;
    guard_.reset();
    vignette_now_ = 0.f;
    fade_ = std::max(jump_fade_.step(dt).fade, input.focused ? 0.f : kUnfocused);
}

Stance Locomotion::step(const xr::Input& input, const Taken& taken, const World& world, const Settings& settings,
                        const Stance& before, Duration dt) {
    deeds_ = {};
    Stance stance = before;
    const Pose& head = input.origin_from_head;
    if (world.fixed) {
        last_head_ = head;
        hold_fast(input, taken, settings, dt);
        return stance;
    }
    asked_ = false;
    if (input.recentred && last_head_) stance = interaction::keep_head(stance, *last_head_, head);
    last_head_ = head;
    lift(input, settings, stance);
    const Stance rested = stance;
    const auto asks = sticks_.step(input, stick_settings(settings), taken.stick, dt);
    aim(asks, input, world, stance);
    if (asks.snap_rad != 0.0) {
        stance = interaction::turn(stance, head, asks.snap_rad);
        deeds_.snapped = true;
        deeds_.turned_rad = std::abs(asks.snap_rad);
    }
    const Stance snapped = stance;
    if (asks.turn_rad != 0.0) stance = interaction::turn(stance, head, asks.turn_rad);
    if (asks.walk_m != DVec3(0.0)) {
        const DVec3 from = interaction::feet(stance, head);
        const DVec3 step = interaction::turned(stance.yaw_rad, asks.walk_m) * stance.scale;
        stance = interaction::move_feet(stance, head, interaction::walk(world.meet, from, step, kClimb_m, world.rules));
    }
    hold(input, taken, stance);
    const auto motion = interaction::motion(snapped, stance, head, dt);
    deeds_.moved_m = motion.linear_m_s * dt.seconds();
    deeds_.turned_rad += motion.angular_rad_s * dt.seconds();
    vignette_now_ = vignette_.step(motion, settings.vignette, dt);

    const auto fade = jump_fade_.step(dt);
    if (fade.black_now && !changes_.empty()) {
        const Stance from = stance;
        for (const Change& change : std::exchange(changes_, {})) stance = change(stance, head, world);
        holds_ = {}; // hands that hold the world would pull it back
        both_ = false;
        grab_ = {};
        deeds_.jumped = true;
        deeds_.moved_m += glm::distance(interaction::feet(from, head), interaction::feet(stance, head)) / from.scale;
        guard_.reset();
    } else if (rested.scale != stance.scale) {
        guard_.reset();
    }
    fade_ = fade.fade;
    if (stance.scale == 1.0 && input.head_active && !world.real)
        fade_ = std::max(fade_, guard_.step(world.meet, to_world(stance, head).position));
    if (!input.focused) fade_ = std::max(fade_, kUnfocused);
    return stance;
}

} // namespace pw::app
