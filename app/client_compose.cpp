// SPDX-License-Identifier: Apache-2.0
// What a frame shows besides the scene: labels, rays, controllers, panels.
#include "app/client.h"
#include "app/panels/panels.h"
#include "app/panels/words.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>

namespace pw::app {

namespace {

constexpr std::uint32_t kLabelBack = 0xc8'1c'16'12u, kLabelText = 0xff'f4'f2'f0u, kStaleText = 0xff'b8'b4'b0u; // ABGR
constexpr std::uint32_t kScreenBack = 0xf0'38'1c'0cu;
constexpr float kScreenLine_m = 0.042f;
constexpr std::uint32_t kRay = 0xe0'ff'd0'80u;
constexpr std::uint32_t kCardWidth = 520, kCardHeight = 460;
constexpr Vec2 kCardSize_m{0.78f, 0.69f}; // a line of text is 1.2° high at 1.2 m

} // namespace

void Client::compose(const xr::Input& input, Duration dt) {
    labels_.clear();
    lines_.clear();
    panels_.clear();
    props_.clear();
    compose_labels();
    if (host_->kind() == xr::HostKind::Headset) compose_hands(input);
    if (options_.panels) compose_panels(input, dt);
    list_.sun = {plant_.environment.to_sun,
                 plant_.environment.sun_color * static_cast<float>(plant_.environment.sun_lux),
                 /* shadows= */ true};
    list_.environment_intensity = static_cast<float>(plant_.environment.intensity);
    list_.show_environment =
        !options_.background.has_value() && !options_.model_file.empty() && environment_ != nullptr;
    if (options_.background) list_.background = *options_.background;
    list_.labels = labels_;
    list_.lines = lines_;
    list_.panels = panels_;
    list_.props = props_;
}

void Client::compose_labels() {
    if (!options_.settings.labels) return;
    label_texts_.resize(plant_.equipment.size());
    for (std::uint32_t e = 0; e < plant_.equipment.size(); ++e) {
        if (std::isnan(label_places_[e].x)) continue;
        std::string& words = label_texts_[e];
        words = plant_.equipment[e].title;
        for (const auto& tag : plant_.equipment[e].tags) {
            const auto* state = tag.state ? live_->find(e, tag) : nullptr;
            if (state == nullptr || !live_->has_broker()) continue;
            words += " · ";
            words += value_words(*state, tag);
        }
        const auto quality = live_->quality(e);
        const bool stale = live_->has_broker() && quality <= twin::Quality::Stale;
        if (stale) {
            words += " · ";
            words += quality_words(quality);
        }
        labels_.push_back(
            {.position = label_places_[e],
             .height_m = 0.085f,
             .text = words,
             .color_srgba = stale ? kStaleText : kLabelText,
             .back_srgba = kLabelBack,
             .through_walls = host_->kind() != xr::HostKind::Headset}); // depth that disagrees hurts two eyes
    }
    for (const auto& text : live_->texts()) {
        const Affine& world = scene_.world(text.node);
        const Vec3 out = glm::normalize(world.linear[2]), up = glm::normalize(world.linear[1]);
        // On the middle of the screen: a label stands on its lower edge.
        const float lines = 1.f + static_cast<float>(std::ranges::count(text.text, '\n'));
        labels_.push_back({.position = world.translation + DVec3(out * 0.006f - up * (lines * 0.5f * kScreenLine_m)),
                           .orientation = look_rotation(-out, up),
                           .billboard = false,
                           .height_m = kScreenLine_m,
                           .text = text.text,
                           .color_srgba = text.quality <= twin::Quality::Stale ? kStaleText : kLabelText,
                           .back_srgba = kScreenBack});
    }
}

void Client::compose_hands(const xr::Input& input) {
    const Pose world_from_origin = walker_.world_from_origin();
    for (const auto& hand : input.hands) {
        if (!hand.active) continue;
        const Pose aim = world_from_origin * hand.origin_from_aim;
        const Vec3 direction = aim.orientation * Vec3(0.f, 0.f, -1.f);
        const auto hit = picker_.pick(scene_, {aim.position, direction}, 50.0);
        const double reach = hit ? hit->distance_m : 3.0;
        lines_.push_back(
            {.a = aim.position, .b = aim.position + DVec3(direction) * reach, .color_srgba = kRay, .width_m = 0.004f});
        if (controller_prop_ != 0)
            props_.push_back({controller_prop_, to_affine(world_from_origin * hand.origin_from_grip)});
    }
}

void Client::compose_panels(const xr::Input& input, Duration dt) {
    ActionCalls asked;
    const UtcTime now = system_clock().utc_now();
    const auto dt_s = static_cast<float>(dt.seconds());
    if (host_->kind() == xr::HostKind::Headset) {
        if (!state_.selected) return;
        card_ui_->begin(kCardWidth, kCardHeight, dt_s, {}, nullptr);
        draw_card(*live_, scene_, state_, now, /* whole_surface= */ true, asked);
        card_ui_->end();
        // Beside the machine's label, between it and the user, facing the user's head.
        const Pose head = walker_.world_from_origin() * input.origin_from_head;
        const bool machine =
            state_.selected_equipment != scene::kNone && !std::isnan(label_places_[state_.selected_equipment].x);
        const DVec3 at = machine ? label_places_[state_.selected_equipment] : scene_.world(state_.selected).translation;
        const DVec3 towards = at - head.position;
        const double distance = std::max(glm::length(towards), 1e-3);
        const DVec3 place = head.position + towards / distance * std::min(distance, 1.2);
        const Pose pose{{place.x, std::clamp(place.y, head.position.y - 0.35, head.position.y + 0.15), place.z},
                        look_rotation(Vec3(place - head.position))};
        panels_.push_back({pose, kCardSize_m, kCardWidth, kCardHeight, card_ui_->overlay()});
        return;
    }
    const auto& desktop = input.desktop;
    if (desktop.width == 0) {
        list_.overlay = {};
        return;
    }
    desktop_ui_->begin(desktop.width, desktop.height, dt_s, {desktop.cursor_px, desktop.button_down[0]}, &desktop);
    const Reports all = problems();
    if (state_.show_tree && !plant_.equipment.empty()) draw_tree(*live_, state_, now, asked);
    if (state_.show_card) draw_card(*live_, scene_, state_, now, /* whole_surface= */ false, asked);
    if (state_.show_statistics) draw_statistics(stats_, render_stats(), *live_, gpu_name());
    if (state_.show_help) draw_help(actions_, asked);
    if (state_.show_problems) draw_problems(all, asked);
    draw_status_bar(*live_, all, !stage_.complete(), asked);
    desktop_ui_->end();
    list_.overlay = desktop_ui_->overlay();
    for (const auto& call : asked) (void)actions_.call(call.action, call.arguments);
}

} // namespace pw::app
