// SPDX-License-Identifier: Apache-2.0
// The client's part in management in place: the board, the way to an alarm, whose card shows.
#include "app/client.h"
#include "app/panels/words.h"
#include "base/strings.h"

#include <glm/geometric.hpp>

#include <cmath>
#include <format>

namespace pw::app {

namespace {

constexpr std::uint32_t kBoardWidth = 800, kBoardHeight = 480, kLegendWidth = 250, kLegendHeight = 76;
constexpr float kBoardPixel_m = 0.0015f;
constexpr double kBoardReach_m = 1.3;
const DVec3 kLegendPlace{-0.75, 1.0, -1.0}; // beside the status line
constexpr std::uint32_t kWayBack = 0xe8'08'58'90u, kWayText = 0xff'ff'ff'ffu;
constexpr double kWayLabel_m = 1.5; // ahead of the user, where the way begins

} // namespace

// The selected one's; else of the one that the user stands before.
std::uint32_t Client::card_equipment() const { return state_.selected ? state_.selected_equipment : state_.approached; }

UtcTime Client::shown_time() const {
    const auto view = live_->away() ? live_->memory()->view() : std::nullopt;
    return view ? view->at : system_clock().utc_now();
}

Result<void> Client::show_way(twin::AlarmId alarm) {
    const auto* management = live_->management();
    const std::uint32_t machine = management->names().equipment(alarm);
    const auto roots = live_->roots(machine);
    if (roots.empty() || layers_->box(machine).empty())
        return fail(Errc::NotFound, plant_.equipment[machine].title + " stands nowhere in this plant's model");
    state_.layers.way = alarm;
    return select(roots.front());
}

// Actions on alarms are done on the connection's thread; what was refused is said as any refusal.
void Client::hear_outcomes() {
    auto* management = live_->management();
    while (auto outcome = management != nullptr ? management->next_outcome() : std::nullopt) {
        if (outcome->done) continue;
        refusal_ = {management->names().name(outcome->action.alarm) + ": " + outcome->done.error().what,
                    system_clock().now() + kRefusalShown};
    }
}

void Client::compose_way() {
    const auto& way = layers_->way();
    if (way.points.size() < 2) return;
    const auto& names = live_->management()->names();
    const DVec3 along = way.points[1] - way.points[0];
    const double length = glm::length(along);
    const DVec3 at = way.points[0] + along * std::min(1.0, kWayLabel_m / length);
    if (way_words_of_ != std::pair(state_.layers.way, way.length_m)) {
        way_words_of_ = {state_.layers.way, way.length_m};
        const std::string target =
            plant_.equipment[names.equipment(state_.layers.way)].title + ": " + names.declared(state_.layers.way).title;
        way_words_ = std::vformat(text(Text::WayTo), std::make_format_args(target, way.length_m));
    }
    labels_.push_back({.position = at + DVec3(0.0, 0.35, 0.0),
                       .height_m = 0.07f,
                       .text = way_words_,
                       .color_srgba = kWayText,
                       .back_srgba = kWayBack,
                       .gives_way = true});
}

// In a headset: it stays where it was opened, ahead of the user.
void Client::compose_board(const xr::Input& input, float dt_s) {
    board_.reset();
    if (state_.page == Page::None) {
        board_place_.reset();
    } else {
        board_ui_->begin(kBoardWidth, kBoardHeight, dt_s, board_pointer_, nullptr);
        draw_board(state_.page, *live_, *layers_, state_.layers, shown_time(), CardPlace::WholeSurface, asked_);
        board_ui_->end();
        if (!board_place_) {
            const Pose head = walker_.world_from_origin() * input.origin_from_head;
            Vec3 ahead = head.orientation * Vec3(0.f, 0.f, -1.f);
            ahead.y = 0.f;
            ahead = glm::dot(ahead, ahead) > 1e-6f ? glm::normalize(ahead) : Vec3(0.f, 0.f, -1.f);
            const DVec3 at = head.position + DVec3(ahead) * kBoardReach_m - DVec3(0.0, 0.1, 0.0);
            board_place_ = Pose{at, look_rotation(Vec3(at - head.position))};
        }
        board_ = {*board_place_, Vec2(kBoardWidth, kBoardHeight) * kBoardPixel_m, kBoardWidth, kBoardHeight,
                  board_ui_->overlay()};
        panels_.push_back(*board_);
    }
    if (layers_->legend().heat == work::Heat::None) return;
    legend_ui_->begin(kLegendWidth, kLegendHeight, dt_s, {}, nullptr);
    draw_legend(*layers_, CardPlace::WholeSurface);
    legend_ui_->end();
    const Pose place{kLegendPlace, look_rotation(Vec3(kLegendPlace - DVec3(0.0, Walker::kEyeHeight_m, 0.0)))};
    panels_.push_back({walker_.world_from_origin() * place, Vec2(kLegendWidth, kLegendHeight) * kBoardPixel_m,
                       kLegendWidth, kLegendHeight, legend_ui_->overlay()});
}

} // namespace pw::app
