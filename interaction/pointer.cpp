// SPDX-License-Identifier: Apache-2.0
#include "interaction/pointer.h"

#include "interaction/sticks.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace pw::interaction {

namespace {

Ray ray_of(const Pose& aim) { return {aim.position, glm::normalize(aim.orientation * Vec3(0.f, 0.f, -1.f))}; }

void put_on(const PanelTarget& panel, const DVec3& panel_point, PointerOut& out) {
    out.over = Over::Panel;
    out.panel = panel.id;
    out.node = {};
    out.at = fraction(panel, panel_point);
    out.point = (panel.origin_from_panel * Pose{panel_point, kNoRotation}).position;
}

bool is_panel(Over over) { return over == Over::Panel || over == Over::Bar; }

} // namespace

PointerIn pointer_of(const xr::HandState& hand) {
    return {.active = hand.active,
            .origin_from_aim = hand.origin_from_aim,
            .origin_from_grip = hand.origin_from_grip,
            .tip = hand.origin_from_poke.position,
            .may_touch = hand.pointing,
            .select = hand.select,
            .grab = hand.grab,
            .stick = hand.stick};
}

PointerIn pointer_of_gaze(const Pose& origin_from_gaze) {
    return {.active = true, .origin_from_aim = origin_from_gaze, .dwells = true};
}

PointerOut Pointer::step(const PointerIn& in, std::span<const PanelTarget> panels, const MeetWorld& meet,
                         const Stance& stance, Duration dt) {
    PointerOut out;
    poke_.step(panels, in.active ? in.tip : std::nullopt, in.may_touch && doing_ == Doing::Pointing);
    if (!in.active) {
        lose(out);
        return out;
    }
    look(in, panels, meet, stance, out);
    const bool dwelt = dwell(in, panels, dt, out);
    const PanelTarget* panel = is_panel(began_.over) ? find(panels, began_.panel) : nullptr;
    switch (doing_) {
    case Doing::Pointing:
        begin(in, panels, dwelt, out);
        break;
    case Doing::Selecting:
        select_on(in, panel, out);
        break;
    case Doing::Touching:
        touch_on(panel, out);
        break;
    case Doing::Grabbing:
        grab_on(in, panel, out);
        break;
    }
    scroll(in, dt, out);
    const At now = at(out);
    out.left = now != before_ && before_.over != Over::Nothing;
    out.entered = now != before_ && now.over != Over::Nothing;
    before_ = now;
    return out;
}

// The fingertip is nearer to the user's mind than the ray.
void Pointer::look(const PointerIn& in, std::span<const PanelTarget> panels, const MeetWorld& meet,
                   const Stance& stance, PointerOut& out) const {
    auto touch = poke_.touch();
    if (!touch && in.tip && in.may_touch) touch = poke_.before(panels, *in.tip, kNear_m);
    if (touch) {
        put_on(*find(panels, touch->panel), touch->at, out);
        out.near = true;
        out.depth_m = touch->depth_m;
        out.distance_m = glm::length(out.point - in.origin_from_aim.position);
        return;
    }
    const Ray ray = ray_of(in.origin_from_aim);
    out.distance_m = kReach_m;
    if (const auto hit = meet(to_world(stance, ray), kReach_m * stance.scale)) {
        out.over = Over::World;
        out.node = hit->node;
        out.distance_m = hit->distance_m / stance.scale;
    }
    out.point = ray.origin + DVec3(ray.direction) * out.distance_m;
    for (const PanelTarget& panel : panels) {
        const auto hit = meet_plane(panel, ray);
        if (!hit || hit->distance_m >= out.distance_m) continue;
        const bool bar = on_bar(panel, hit->at);
        if (!bar && !on_face(panel, hit->at)) continue;
        put_on(panel, hit->at, out);
        if (bar) out.over = Over::Bar;
        out.distance_m = hit->distance_m;
    }
}

void Pointer::lose(PointerOut& out) {
    const At was = doing_ == Doing::Pointing ? before_ : began_;
    out.over = was.over;
    out.panel = was.panel;
    out.node = was.node;
    out.at = last_at_;
    out.released = doing_ == Doing::Selecting || doing_ == Doing::Touching;
    out.grab_ended = doing_ == Doing::Grabbing;
    out.left = before_.over != Over::Nothing;
    *this = {};
}

void Pointer::begin(const PointerIn& in, std::span<const PanelTarget> panels, bool dwelt, PointerOut& out) {
    if (poke_.touch()) {
        doing_ = Doing::Touching;
    } else if (begin_grab(in, panels, out)) {
        doing_ = Doing::Grabbing;
        out.grab_began = out.grabbing = true;
        if (is_panel(began_.over)) out.origin_from_grabbed = find(panels, began_.panel)->origin_from_panel;
        out.over = began_.over;
        out.panel = began_.panel;
        out.near = by_grip_;
        return;
    } else if ((in.select.pressed || dwelt) && out.over != Over::Bar) {
        doing_ = Doing::Selecting;
        by_dwelling_ = dwelt;
    } else {
        return;
    }
    out.pressed = out.held = true;
    began_ = at(out);
    last_at_ = out.at;
}

bool Pointer::begin_grab(const PointerIn& in, std::span<const PanelTarget> panels, const PointerOut& out) {
    by_select_ = in.select.pressed && out.over == Over::Bar && !in.grab.pressed;
    if (!in.grab.pressed && !by_select_) return false;
    const PanelTarget* held = out.over == Over::Bar ? find(panels, out.panel) : nullptr;
    by_grip_ = false;
    double nearest_m = kGrip_m;
    for (const PanelTarget& panel : panels) {
        if (by_select_ || !in.origin_from_grip || panel.bar_m <= 0.f) continue;
        const double distance_m = distance_to_rim(panel, in.origin_from_grip->position);
        if (distance_m > nearest_m) continue;
        nearest_m = distance_m;
        held = &panel;
        by_grip_ = true;
    }
    if (held == nullptr) {
        began_ = at(out);
        return out.over != Over::Panel;
    }
    began_ = {Over::Bar, held->id, {}};
    hand_from_panel_ = inverse(by_grip_ ? *in.origin_from_grip : in.origin_from_aim) * held->origin_from_panel;
    return true;
}

void Pointer::select_on(const PointerIn& in, const PanelTarget* panel, PointerOut& out) {
    const bool same = at(out) == began_;
    const bool gone = is_panel(began_.over) && panel == nullptr;
    if (!same) {
        out.over = began_.over;
        out.panel = began_.panel;
        out.node = began_.node;
        out.near = false;
        if (panel != nullptr) {
            if (const auto hit = meet_plane(*panel, ray_of(in.origin_from_aim))) {
                last_at_ = fraction(*panel, hit->at);
                out.distance_m = hit->distance_m;
            }
            put_on(*panel,
                   {(static_cast<double>(last_at_.x) - 0.5) * static_cast<double>(panel->size_m.x),
                    (0.5 - static_cast<double>(last_at_.y)) * static_cast<double>(panel->size_m.y), 0.0},
                   out);
        }
    } else {
        last_at_ = out.at;
    }
    out.at = last_at_;
    out.held = in.select.held && !gone && !by_dwelling_;
    if (out.held) return;
    out.released = true;
    out.clicked = (same || by_dwelling_) && !gone;
    doing_ = Doing::Pointing;
}

void Pointer::touch_on(const PanelTarget* panel, PointerOut& out) {
    if (poke_.touch()) {
        last_at_ = out.at;
        out.held = true;
        return;
    }
    out.over = Over::Panel;
    out.panel = began_.panel;
    out.node = {};
    out.at = last_at_;
    out.near = out.released = true;
    out.clicked = panel != nullptr;
    doing_ = Doing::Pointing;
}

void Pointer::grab_on(const PointerIn& in, const PanelTarget* panel, PointerOut& out) {
    out.over = began_.over;
    out.panel = began_.panel;
    out.node = began_.node;
    out.near = by_grip_ && panel != nullptr;
    if (panel != nullptr) {
        const bool grip = by_grip_ && in.origin_from_grip;
        out.origin_from_grabbed = (grip ? *in.origin_from_grip : in.origin_from_aim) * hand_from_panel_;
    }
    out.grabbing = (by_select_ ? in.select.held : in.grab.held) && (panel != nullptr || !is_panel(began_.over));
    if (out.grabbing) return;
    out.grab_ended = true;
    doing_ = Doing::Pointing;
}

bool Pointer::dwell(const PointerIn& in, std::span<const PanelTarget> panels, Duration dt, PointerOut& out) {
    if (!in.dwells || out.over == Over::Nothing || out.over == Over::Bar || doing_ != Doing::Pointing) {
        if (doing_ == Doing::Pointing) dwelt_ = {};
        return false;
    }
    const PanelTarget* panel = is_panel(out.over) ? find(panels, out.panel) : nullptr;
    const DVec3 place = panel == nullptr ? DVec3(0.0) : to_panel(*panel, out.point);
    if (at(out) != dwelt_ || glm::length(place - dwelt_at_) > kDwellSlack_rad * out.distance_m) {
        dwelt_ = at(out);
        dwelt_at_ = place;
        dwelt_s_ = 0.0;
        dwelt_done_ = false;
        return false;
    }
    if (dwelt_done_) return false;
    dwelt_at_ += (place - dwelt_at_) * -std::expm1(-dt.seconds() / kDwellSettles_s);
    dwelt_s_ += dt.seconds();
    dwelt_done_ = dwelt_s_ >= kDwell_s - 1e-9;
    out.dwell = static_cast<float>(std::min(dwelt_s_ / kDwell_s, 1.0));
    return dwelt_done_;
}

void Pointer::scroll(const PointerIn& in, Duration dt, PointerOut& out) {
    const bool over_panel = is_panel(out.over);
    const Vec2 stick = live(in.stick);
    if (stick == Vec2(0.f))
        stick_pushed_ = false;
    else if (!std::exchange(stick_pushed_, true))
        stick_panels_ = over_panel;
    out.stick_taken = stick_pushed_ ? stick_panels_ : over_panel;
    if (!over_panel) return;
    if (out.stick_taken) out.scroll = stick * (kScroll_per_s * static_cast<float>(dt.seconds()));
}

} // namespace pw::interaction
