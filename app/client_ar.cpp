// SPDX-License-Identifier: Apache-2.0
// The client's part in AR: the real plant behind the picture.
#include "app/client.h"
#include "base/format.h"
#include "base/log.h"
#include "base/strings.h"

#include <algorithm>
#include <format>
#include <string>
#include <utility>

namespace pw::app {

namespace {

constexpr std::uint32_t kOnModel = 0xff'ff'd0'60u, kOnReal = 0xff'40'c0'ffu, kBetween = 0xa0'ff'ff'ffu; // ABGR
constexpr std::uint32_t kTouchBack = 0xe0'20'18'10u, kTouchText = 0xff'ff'ff'ffu;

} // namespace

Result<void> Client::show_around(xr::Blend blend) {
    if (auto set = host_->set_blend(blend); !set) return set;
    blend_ = blend;
    return {};
}

// A headset may stop showing the real plant by itself.
void Client::follow_blend() {
    const xr::Blend now = host_->blend();
    if (std::exchange(blend_, now) != now && now == xr::Blend::Opaque) say(text(Text::ViewAroundGone));
    words_old_ = words_old_ || world_.real != sees_around();
    world_.real = sees_around();
    view_->see_through(world_.real, ar_->flow() != nullptr ? ar_->flow()->equipment : scene::kNone);
}

void Client::say(std::string words) { refusal_ = {std::move(words), system_clock().now() + kRefusalShown}; }

// In AR the user's space lies in the plant as the registration says; who moves, walks.
void Client::follow_registration() {
    ar_->step(scene_, input_, headset_ != nullptr, host_->anchors());
    if (auto words = ar_->take_words()) {
        log_info(*words);
        say(std::move(*words));
    }
    if (std::exchange(ar_seen_, ar_->revision()) != ar_->revision()) {
        words_old_ = true;
        write_touches();
        if (ar_->flow() == nullptr && view_->tool.held() == Tool::Register) view_->tool.take(Tool::None);
    }
    const auto stance = headset_ && sees_around() ? ar_->stance(scene_) : std::nullopt;
    world_.fixed = stance.has_value();
    if (stance) walker_.set_stance(*stance);
}

Result<void> Client::may_move() const {
    if (world_.fixed) return fail(Errc::Refused, text(Text::WorldIsFixed));
    return {};
}

// What stands before the machine is not drawn in AR, and is not what is meant.
std::optional<scene::Hit> Client::meet_machine(Ray ray, std::uint32_t equipment) const {
    constexpr int kMostBefore = 64;
    constexpr double kBeyond_m = 1e-4, kReach_m = 100.0;
    for (int i = 0; i < kMostBefore; ++i) {
        auto hit = picker_.pick(scene_, ray, kReach_m, cut());
        if (!hit || machine_of(hit->node) == equipment) return hit;
        ray.origin = hit->point + DVec3(ray.direction) * kBeyond_m;
    }
    return std::nullopt;
}

void Client::touch_real(std::size_t hand) {
    const auto& touching = input_.hands[hand];
    if (!touching.tracked) return refuse(text(Text::HandNotSeen));
    const double sd_m = touching.device == xr::HandDevice::Hand ? kFingerTouch_m : kControllerTouch_m;
    const auto call = view_->tool.touch(touching.origin_from_poke.position, sd_m);
    ask(call.action, call.arguments);
}

std::optional<DVec3> Client::pointed_at(std::uint32_t equipment) const {
    if (pointed_equipment_ != equipment) return std::nullopt;
    return pointed_at_;
}

std::string Client::place_words(std::uint32_t equipment) const {
    const auto state = ar_->state(equipment);
    if (state == registration::State::None) return {};
    const double error_mm = 1e3 * ar_->error(scene_, equipment).bound95_m;
    std::string words = vformatted(text(Text::PlaceError), std::make_format_args(error_mm));
    if (state == registration::State::Doubtful) words += std::string(" · ") + text(Text::PlaceDoubtful);
    return words;
}

// What stands at the points that are being touched: their number, and what is wrong with them.
void Client::write_touches() {
    touch_words_.clear();
    const auto* flow = ar_->flow();
    if (flow == nullptr) return;
    for (std::size_t i = 0; i < flow->touches.size(); ++i) {
        std::string words = std::to_string(i + 1);
        if (flow->solution && std::ranges::contains(flow->solution->outliers, i))
            words += std::string(" ! ") + text(Text::LeftOut);
        touch_words_.push_back(std::move(words));
    }
}

// Each point on the model with where it was touched.
void Client::compose_registration() {
    const auto* flow = ar_->flow();
    if (flow == nullptr) return;
    constexpr double kCross_m = 0.012;
    const auto cross = [&](const DVec3& at, std::uint32_t color) {
        for (const DVec3& axis : {DVec3(kCross_m, 0, 0), DVec3(0, kCross_m, 0), DVec3(0, 0, kCross_m)})
            lines_.push_back(
                {.a = at - axis, .b = at + axis, .color_srgba = color, .width_m = 0.002f, .through_walls = true});
    };
    for (std::size_t i = 0; i < std::min(flow->touches.size(), touch_words_.size()); ++i) {
        const Touch& touch = flow->touches[i];
        cross(touch.plant_m, kOnModel);
        if (!headset_) continue; // at a desk there is no space that the real one is in
        const DVec3 real = to_world(walker_.stance(), touch.origin_m);
        cross(real, kOnReal);
        lines_.push_back(
            {.a = touch.plant_m, .b = real, .color_srgba = kBetween, .width_m = 0.001f, .through_walls = true});
        labels_.push_back({.position = real + DVec3(0.0, 0.02, 0.0),
                           .height_m = 0.025f,
                           .text = touch_words_[i],
                           .color_srgba = kTouchText,
                           .back_srgba = kTouchBack,
                           .through_walls = true,
                           .gives_way = true});
    }
}

} // namespace pw::app
