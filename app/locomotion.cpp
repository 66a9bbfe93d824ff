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

// Who stands in a model, on a table, has it there whatever they are lifted by.
Stance lifted(Stance stance, double before_m, double now_m) {
    if (stance.scale != 1.0) stance.position.y -= (now_m - before_m) * stance.scale;
    stance.lift_m = now_m;
    return stance;
}

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

bool Locomotion::go_back() {
    if (!before_jump_) return false;
    jump([to = *before_jump_](Stance from, const Pose& head, const World&) {
        from.scale = to.scale;
        const Stance back = interaction::stand(from, head, to.feet, to.yaw_rad);
        return lifted(back, to.lift_m, back.lift_m);
    });
    return true;
}

void Locomotion::space_lost() { lost_ = true; }

void Locomotion::aim_by_pinch(bool wanted) {
    pinch_ = wanted;
    pinching_hand_.reset();
    pinching_ = {};
}

// Who sits is lifted to a standing person's height: once, by where the head is when they say so, or put it on.
void Locomotion::lift(const xr::Input& input, const Settings& settings, Stance& stance) {
    if (!settings.seated || !input.worn || input.recentred) lifted_ = false;
    if (!settings.seated) {
        lift_m_ = 0.0;
    } else if (!lifted_ && input.worn && input.head_tracked) {
        lift_m_ = interaction::lift_to(input.origin_from_head, Walker::kEyeHeight_m);
        lifted_ = true;
    }
    stance = lifted(stance, stance.lift_m, lift_m_ + settings.height_m);
}

// The bare hand that pinches first has the arc.
void Locomotion::pinch(const xr::Input& input, const Taken& taken, std::array<interaction::TeleportAsk, 2>& wanted) {
    for (std::size_t h = 0; h < 2; ++h) {
        const auto& hand = input.hands[h];
        const bool pinches = hand.device == xr::HandDevice::Hand && hand.select.pressed && !taken.select[h];
        if (pinch_ && pinches && !pinching_hand_) pinching_hand_ = h;
    }
    if (!pinching_hand_) return;
    wanted[*pinching_hand_] = pinching_.step(input.hands[*pinching_hand_]);
    if (!wanted[*pinching_hand_].aiming) aim_by_pinch(false);
}

void Locomotion::aim(const interaction::StickAsks& asks, const xr::Input& input, const Taken& taken, const World& world,
                     const Stance& stance) {
    std::array<interaction::TeleportAsk, 2> wanted = asks.teleport;
    pinch(input, taken, wanted);
    for (std::size_t h = 0; h < 2; ++h)
        if (wanted[h].aiming && !wanted[aiming_hand_].aiming && !wanted[aiming_hand_].go) aiming_hand_ = h;
    if (wanted[aiming_hand_].go) deeds_.hand = aiming_hand_;
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
    pulled_ = pulled_ || grab_.holding();
    if (grab_.let_go()) jump_fade_.begin();
}

// Hands that hold the world let go of it, at 1 : 1 with the feet on the floor, before anything else moves the user:
// what they lead back to is no place in the air.
void Locomotion::let_go(const xr::Input& input, const World& world, Stance& stance) {
    if (std::exchange(pulled_, false) && stance.scale == 1.0)
        stance = interaction::on_floor(world.meet, stance, input.origin_from_head, world.rules, kFloorDepth_m);
    holds_ = {}; // or they would pull it back
    both_ = false;
    grab_ = {};
}

// A model is not walked in: it comes along under the user, who is far above its floor.
Stance Locomotion::walk(const DVec3& by_m, const xr::Input& input, const World& world, const Stance& stance) const {
    const Pose& head = input.origin_from_head;
    const DVec3 from = interaction::feet(stance, head), step = interaction::turned(stance.yaw_rad, by_m) * stance.scale;
    const bool model = stance.scale != 1.0;
    return interaction::move_feet(
        stance, head, model ? from + step : interaction::walk(world.meet, from, step, kClimb_m, world.rules));
}

// Nothing moves; who asks is refused, once for each time.
void Locomotion::hold_fast(const xr::Input& input, const Taken& taken, const Settings& settings, Duration dt) {
    const auto asks = sticks_.step(input, stick_settings(settings), taken.stick, dt);
    std::optional<std::size_t> by = asks.by;
    bool grips = true;
    for (std::size_t h = 0; h < 2; ++h) {
        if (pinch_ && input.hands[h].select.pressed) by = h;
        grips = grips && input.hands[h].grab.held && !taken.grab[h];
    }
    if (grips && !by) by = input.hands[0].grab.pressed ? 0 : 1; // who came last
    deeds_.refused = deeds_.held_fast = by && !asked_;
    if (deeds_.refused) deeds_.hand = by;
    asked_ = by.has_value();
    aim_by_pinch(false);
    changes_.clear();
    jump_fade_.cancel();
    teleport_ = {};
    lifted_ = false; // the lift is found anew afterwards
    laid_ = true;
    holds_ = {};
    both_ = pulled_ = false;
    guard_.reset();
    vignette_now_ = 0.f;
    fade_ = std::max(jump_fade_.step(dt).fade, input.focused ? 0.f : kUnfocused);
}

Stance Locomotion::step(const xr::Input& input, const Taken& taken, const World& world, const Settings& settings,
                        const Stance& before, Duration dt) {
    deeds_ = {};
    Stance stance = before;
    const Pose& head = input.origin_from_head;
    const bool found = lost_ && input.head_tracked, moved = found || input.recentred;
    const std::optional<Pose> last_head = last_head_;
    if (moved) lost_ = false;
    if (!lost_) last_head_ = head;
    if (found) deeds_.lost_head = last_head;
    if (world.fixed) {
        hold_fast(input, taken, settings, dt);
        return stance;
    }
    asked_ = false;
    if (moved && last_head) stance = interaction::keep_head(stance, *last_head, head);
    if (!lost_ && std::exchange(laid_, false)) // the real floor need not be where the plant has its own
        stance = interaction::on_floor(world.meet, levelled(stance, head), head, world.rules, kFloorDepth_m);
    lift(input, settings, stance);
    const Stance rested = stance;
    const auto asks = sticks_.step(input, stick_settings(settings), taken.stick, dt);
    aim(asks, input, taken, world, stance);
    if (asks.snap_rad != 0.0) {
        stance = interaction::turn(stance, head, asks.snap_rad);
        deeds_.snapped = true;
        deeds_.hand = asks.by;
        deeds_.turned_rad = std::abs(asks.snap_rad);
    }
    const Stance snapped = stance;
    if (asks.turn_rad != 0.0) stance = interaction::turn(stance, head, asks.turn_rad);
    if (asks.walk_m != DVec3(0.0)) stance = walk(asks.walk_m, input, world, stance);
    hold(input, taken, stance);
    const auto motion = interaction::motion(snapped, stance, head, dt);
    deeds_.moved_m = motion.linear_m_s * dt.seconds();
    deeds_.turned_rad += motion.angular_rad_s * dt.seconds();
    vignette_now_ = vignette_.step(motion, settings.vignette, dt);

    const auto fade = jump_fade_.step(dt);
    if (fade.black_now && (pulled_ || !changes_.empty())) {
        const Stance from = stance;
        let_go(input, world, stance);
        if (!changes_.empty())
            before_jump_ = {interaction::feet(stance, head), interaction::looking(stance, head), stance.scale,
                            stance.lift_m};
        for (const Change& change : std::exchange(changes_, {})) stance = change(stance, head, world);
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
