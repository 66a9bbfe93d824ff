// SPDX-License-Identifier: Apache-2.0
// What a frame shows of the headset's user interface.
#include "app/client.h"
#include "app/headset_ui.h"
#include "app/panels/registration.h"
#include "interaction/panel_place.h"

#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace pw::app {

namespace {

constexpr std::uint32_t kRay = 0xe0'ff'd0'80u, kGood = 0xff'ff'd0'60u, kRefused = 0xff'30'80'ffu; // ABGR
constexpr std::uint32_t kBarRest = 0xb0'd0'c8'c0u, kBarHot = 0xff'ff'ff'ffu;
constexpr std::uint32_t kWordsBack = 0xe0'18'20'50u, kWordsText = 0xff'ff'ff'ffu;
constexpr double kShortRay_m = 3.0; // of a ray that meets nothing
constexpr double kRing_m = 0.28, kArrow_m = 0.5;
constexpr float kRayWidth_m = 0.004f, kDot_m = 0.014f;
constexpr double kHudBelow_m = 0.42;
constexpr double kBesideUser_m = 5.0;      // what was put farther away was left behind: nobody would see that it opens
constexpr double kCaptionsBelow_m = 0.045; // their upper edge, below the middle of the status line
constexpr float kTallestCard = 720.f;

// Level, where somebody looks.
Quat level(const Pose& head) {
    return glm::angleAxis(static_cast<float>(interaction::yaw_of(head.orientation)), Vec3(0.f, 1.f, 0.f));
}

Pose before(const Pose& head, double distance_m, double aside_rad, double below_m) {
    const Quat turn = level(head) * glm::angleAxis(static_cast<float>(-aside_rad), Vec3(0.f, 1.f, 0.f));
    const DVec3 at =
        head.position + DVec3(turn * Vec3(0.f, 0.f, static_cast<float>(-distance_m))) - DVec3(0.0, below_m, 0.0);
    return {at, interaction::facing(at, head.position)};
}

} // namespace

// Where a panel belongs that nobody has moved.
Pose HeadsetUi::first_place(SurfaceId id, const Pose& head) const {
    const double distance = look_of(id).distance_m;
    switch (id) {
    case SurfaceId::Tree:
    case SurfaceId::Statistics:
        return before(head, distance, -0.6, 0.1);
    case SurfaceId::Parts:
    case SurfaceId::Tools:
    case SurfaceId::Registration:
    case SurfaceId::Problems:
        return before(head, distance, 0.6, 0.1);
    case SurfaceId::Keyboard: {
        Pose place = before(head, distance, 0.0, 0.45);
        place.orientation = look_rotation(Vec3(place.position - head.position)); // leaning, as a desk's
        return place;
    }
    default:
        return before(head, distance, 0.0, 0.12);
    }
}

// From where it belongs to where nothing else stands: panels, the card, and a menu whose bar was let go of.
interaction::Aside HeadsetUi::free_place(SurfaceId id, const Pose& own, const Pose& head) const {
    if (id == SurfaceId::Keyboard) return {};
    std::vector<interaction::PlacedPanel> others;
    for (std::size_t s = 0; s < kSurfaces; ++s) {
        const auto other = static_cast<SurfaceId>(s);
        const Surface& surface = surfaces_[s];
        const bool stands = surface.opened_at || other == SurfaceId::Card;
        const bool pinned = other == SurfaceId::Menu && menu_.pinned();
        if (other == id || other == SurfaceId::Keyboard || !surface.shown || !(stands || pinned)) continue;
        others.push_back({surface.origin_from_panel, surface.size_m});
    }
    return interaction::free_place(head, {own, surface(id).size_m}, others);
}

const interaction::PanelPlace* HeadsetUi::moved(SurfaceId id) const {
    const auto found = std::ranges::find(places_, look_of(id).name, &interaction::PanelPlace::name);
    return found == places_.end() ? nullptr : &*found;
}

// Beside the machine's label, between it and the user, facing the user's head.
Pose HeadsetUi::card_place(const Pose& head) const {
    const auto& stance = client_.walker().stance();
    const DVec3 at = to_origin(stance, client_.card_point());
    const DVec3 towards = at - head.position;
    const double distance = std::max(glm::length(towards), 1e-3);
    DVec3 place = head.position + towards / distance * std::min(distance, look_of(SurfaceId::Card).distance_m);
    place.y = std::clamp(place.y, head.position.y - 0.35, head.position.y + 0.15);
    return {place, look_rotation(Vec3(place - head.position))};
}

Pose HeadsetUi::place(SurfaceId id, const Pose& head) {
    Surface& surface = surfaces_[std::to_underlying(id)];
    if (surface.held) return surface.origin_from_panel;
    if (id == SurfaceId::Menu) return menu_.origin_from_menu();
    const auto hud = [&](double down_m) {
        const DVec3 at = hud_at_ - DVec3(0.0, down_m, 0.0);
        return Pose{at, interaction::facing(at, head.position)};
    };
    if (id == SurfaceId::Status) return hud(0.0);
    if (id == SurfaceId::Tutorial) return hud(-0.12);
    if (id == SurfaceId::Captions) return hud(kCaptionsBelow_m + static_cast<double>(surface.size_m.y) / 2.0);
    if (id == SurfaceId::Legend) return before(head, look_of(id).distance_m, -0.45, kHudBelow_m);
    const auto* moved = this->moved(id);
    const auto put = [&] { return interaction::origin_from_panel(*moved, client_.walker().stance()); };
    if (id == SurfaceId::Card) {
        const bool same = std::exchange(card_of_, client_.card_equipment()) == client_.card_equipment();
        if (same && moved != nullptr) return put();
        if (moved != nullptr) places_.erase(places_.begin() + (moved - places_.data())); // another's stands at that one
        const Pose own = card_place(head);
        if (!same || !card_aside_) card_aside_ = free_place(id, own, head);
        return interaction::carried(own, head.position, *card_aside_);
    }
    if (!surface.opened_at) {
        const bool here = moved != nullptr && glm::distance(put().position, head.position) < kBesideUser_m;
        const Pose own = here ? put() : first_place(id, head);
        surface.opened_at = interaction::carried(own, head.position, free_place(id, own, head));
    }
    return *surface.opened_at;
}

void HeadsetUi::draw(SurfaceId id) {
    auto& c = client_;
    constexpr auto kWhole = CardPlace::WholeSurface;
    switch (id) {
    case SurfaceId::Card: {
        const float height =
            draw_card(c.live(), c.scene(), c.state(), c.card_equipment(), c.shown_time(), kWhole, asked_) / font_scale_;
        if (std::exchange(card_height_, height) != height) card_aside_.reset(); // it was placed as another size
        break;
    }
    case SurfaceId::Board:
        draw_board(c.state().page, c.live(), c.layers(), c.state().layers, c.shown_time(), kWhole, asked_);
        break;
    case SurfaceId::Parts:
        draw_parts(c.live(), c.scene(), c.state(), parts_, kWhole, asked_);
        break;
    case SurfaceId::Tools:
        draw_view_tools(c.view(), c.scene(), c.live(), c.state(), tools_, kWhole, asked_);
        break;
    case SurfaceId::Registration:
        draw_registration(c, kWhole, asked_);
        break;
    case SurfaceId::Tree:
        draw_tree(c.live(), c.state(), kWhole, asked_);
        break;
    case SurfaceId::Help: {
        const HeldControls held{c.input().hands, c.settings()};
        draw_help(c.actions(), &held, kWhole, asked_);
        break;
    }
    case SurfaceId::Problems:
        draw_problems(c.problems(), system_clock().utc_now(), kWhole, asked_);
        break;
    case SurfaceId::Statistics: {
        const Relief relief = c.pace().relief();
        draw_statistics(c.stats(), c.render_stats(), c.live(), c.gpu_name(), &relief, kWhole);
        break;
    }
    case SurfaceId::Settings:
        draw_settings(c.settings(), kWhole, asked_);
        break;
    case SurfaceId::Menu:
        draw_hand_menu(c.actions(), menu_state_, asked_);
        break;
    case SurfaceId::Keyboard:
        type(draw_keyboard(keyboard_));
        break;
    case SurfaceId::Tutorial:
        draw_tutorial(tutorial_, asked_);
        break;
    case SurfaceId::Status:
        draw_status_panel(c.live(), c.status(), c.problems());
        break;
    case SurfaceId::Legend:
        draw_legend(c.layers(), kWhole);
        break;
    case SurfaceId::Captions:
        captions_height_ = draw_captions(c.sounds().captions(), c.sounds().captions_shown(), kWhole) / font_scale_;
        break;
    default:
        break;
    }
}

void HeadsetUi::type(const Typed& typed) {
    typed_ = {};
    typed_.typed = typed.text;
    const auto hit = [&](xr::Key key, bool down) { typed_.down[static_cast<std::size_t>(key)] = down; };
    hit(xr::Key::Backspace, typed.back);
    hit(xr::Key::Enter, typed.enter);
    hit(xr::Key::Escape, typed.close);
}

void HeadsetUi::compose_surface(SurfaceId id, const Pose& head, Duration dt, Shown& shown) {
    Surface& surface = surfaces_[std::to_underlying(id)];
    surface.shown = wanted(id);
    if (!surface.shown) {
        surface.opened_at.reset();
        if (id == SurfaceId::Card) {
            card_height_ = 0.f;
            card_aside_.reset();
        }
        return;
    }
    const SurfaceLook& look = look_of(id);
    const float content = id == SurfaceId::Card ? card_height_ : id == SurfaceId::Captions ? captions_height_ : 0.f;
    const float height = content > 0.f ? std::min(std::ceil(content), kTallestCard) : static_cast<float>(look.height);
    surface.width = static_cast<std::uint32_t>(std::lround(static_cast<float>(look.width) * font_scale_));
    surface.height = static_cast<std::uint32_t>(std::lround(height * font_scale_));
    surface.size_m = Vec2(surface.width, surface.height) * pixel_m(look);
    surface.origin_from_panel = place(id, head);
    const bool typed_at = typing_ == id;
    surface.ui->begin(surface.width, surface.height, static_cast<float>(dt.seconds()), surface.pointer,
                      typed_at ? &typed_ : nullptr);
    draw(id);
    surface.ui->end();
    const auto& stance = client_.walker().stance();
    shown.panels.push_back(*panel(id));
    shown.quads.push_back(std::to_underlying(id));
    interaction::PanelTarget target{.id = std::to_underlying(id),
                                    .origin_from_panel = surface.origin_from_panel,
                                    .size_m = surface.size_m,
                                    .bar_m = look.movable ? static_cast<float>(0.03 * look.distance_m) : 0.f};
    if (!look.mute) targets_.push_back(target);
    if (!look.movable) return;
    // Its bar, as a thick line below it.
    const float down = -surface.size_m.y / 2.f - static_cast<float>(interaction::kBarGap_m) - target.bar_m / 2.f;
    const auto end = [&](float side) {
        const Vec3 local(side * surface.size_m.x / 4.f, down, 0.f);
        return to_world(stance,
                        surface.origin_from_panel.position + DVec3(surface.origin_from_panel.orientation * local));
    };
    const bool hot = surface.held || std::ranges::any_of(out_, [&](const auto& out) {
                         return out.over == Over::Bar && out.panel == target.id;
                     });
    shown.lines.push_back(
        {.a = end(-1.f), .b = end(1.f), .color_srgba = hot ? kBarHot : kBarRest, .width_m = target.bar_m * 0.4f});
}

std::optional<renderer::Panel> HeadsetUi::panel(SurfaceId id) const {
    const Surface& surface = this->surface(id);
    if (!surface.shown) return std::nullopt;
    const auto& stance = client_.walker().stance();
    return renderer::Panel{.pose = to_world(stance, surface.origin_from_panel),
                           .size_m = surface.size_m * static_cast<float>(stance.scale),
                           .width = surface.width,
                           .height = surface.height,
                           .overlay = surface.ui->overlay()};
}

void HeadsetUi::compose(const xr::Input& input, Duration dt, Shown shown) {
    const Pose& head = input.origin_from_head;
    const DVec3 ahead = before(head, look_of(SurfaceId::Status).distance_m, 0.0, kHudBelow_m).position;
    if (!std::exchange(hud_placed_, true)) hud_.rest_at(ahead);
    hud_at_ = hud_.step(ahead, from_ms(500), dt);
    targets_.clear();
    asked_.clear();
    for (std::size_t s = 0; s < kSurfaces; ++s) compose_surface(static_cast<SurfaceId>(s), head, dt, shown);
    typing_.reset();
    for (std::size_t s = 0; s < kSurfaces; ++s)
        if (surfaces_[s].shown && surfaces_[s].ui->wants_keys()) typing_ = static_cast<SurfaceId>(s);
    compose_hands(input, shown);
    compose_arc(shown);
    for (const auto& call : asked_)
        if (!client_.ask(call.action, call.arguments)) refuse();
}

void HeadsetUi::compose_hands(const xr::Input& input, Shown& shown) {
    const auto& stance = client_.walker().stance();
    const bool aims = locomotion_.teleport().shown();
    for (std::size_t h = 0; h < 2; ++h) {
        const auto& hand = input.hands[h];
        if (!hand.active) continue;
        const auto& out = out_[h];
        // The tool's hand has a ray, and the other one where it would do something.
        const bool on_panel = out.over == Over::Panel || out.over == Over::Bar;
        if (!aims && !out.near && (h == tool_ || on_panel) && menu_.hand() != h) {
            const Pose& aim = aims_[h];
            const double reach = out.over == Over::Nothing ? kShortRay_m : out.distance_m;
            const DVec3 end = aim.position + DVec3(aim.orientation * Vec3(0.f, 0.f, -1.f)) * reach;
            shown.lines.push_back({.a = to_world(stance, aim.position),
                                   .b = to_world(stance, end),
                                   .color_srgba = kRay,
                                   .width_m = kRayWidth_m});
            if (out.over != Over::Nothing) {
                const DVec3 dot(0.0, static_cast<double>(kDot_m) * 0.5, 0.0);
                shown.lines.push_back({.a = to_world(stance, end - dot),
                                       .b = to_world(stance, end + dot),
                                       .color_srgba = kRay,
                                       .width_m = kDot_m,
                                       .through_walls = true});
            }
        }
        if (hand.has_joints)
            place_hand(hand.joints, stance, bone_prop_, shown.props);
        else if (hand.device == xr::HandDevice::Hand)
            place_hand(plain_joints(hand, h), stance, bone_prop_, shown.props);
        if (const auto model = held_models_.prop(h).value_or(controller_prop_);
            model && hand.device == xr::HandDevice::Controller) {
            Affine place = to_affine(to_world(stance, hand.origin_from_grip));
            place.linear *= static_cast<float>(stance.scale);
            shown.props.push_back({model, place});
        }
    }
}

// The way of a jump, where it lands, and which way one will look.
void HeadsetUi::compose_arc(Shown& shown) {
    const auto& teleport = locomotion_.teleport();
    if (!teleport.shown()) return;
    const auto& stance = client_.walker().stance();
    const auto& arc = teleport.arc();
    const bool good = arc.met && arc.landing.blocked == interaction::Blocked::No;
    const std::uint32_t color = good ? kGood : kRefused;
    for (std::size_t i = 1; i < arc.points.size(); ++i)
        shown.lines.push_back(
            {.a = arc.points[i - 1], .b = arc.points[i], .color_srgba = color, .width_m = kRayWidth_m * 1.5f});
    if (!arc.met) return;
    const DVec3 at = arc.points.back() + DVec3(arc.landing.normal) * (0.02 * stance.scale);
    if (!good) { // in words too
        shown.labels.push_back({.position = at + DVec3(0.0, 0.1 * stance.scale, 0.0),
                                .height_m = 0.05f,
                                .text = text(interaction::words(arc.landing.blocked)),
                                .color_srgba = kWordsText,
                                .back_srgba = kWordsBack,
                                .through_walls = true});
    }
    const auto around = [&](double rad, double radius_m) {
        return at + interaction::turned(rad, DVec3(0.0, 0.0, -radius_m)); // on the world's floor, 1 : 1 after the jump
    };
    constexpr int kSides = 24;
    for (int i = 0; i < kSides; ++i) {
        const double a = 2.0 * std::numbers::pi * i / kSides, b = 2.0 * std::numbers::pi * (i + 1) / kSides;
        shown.lines.push_back(
            {.a = around(a, kRing_m), .b = around(b, kRing_m), .color_srgba = color, .width_m = 0.015f});
    }
    if (!good) return;
    const double yaw = teleport.arrow_yaw_rad();
    const DVec3 tip = around(yaw, kArrow_m);
    for (const double side : {-0.35, 0.35})
        shown.lines.push_back(
            {.a = around(yaw + side, kRing_m * 1.15), .b = tip, .color_srgba = color, .width_m = 0.02f});
}

} // namespace pw::app
