// SPDX-License-Identifier: Apache-2.0
// The client's part in management in place: the board, the way to an alarm, whose card shows.
#include "app/client.h"
#include "app/panels/words.h"
#include "base/format.h"
#include "base/strings.h"

#include <glm/geometric.hpp>

#include <cmath>
#include <format>

namespace pw::app {

namespace {

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
        way_words_ = vformatted(text(Text::WayTo), std::make_format_args(target, way.length_m));
    }
    labels_.push_back({.position = at + DVec3(0.0, 0.35, 0.0),
                       .height_m = 0.07f,
                       .text = way_words_,
                       .color_srgba = kWayText,
                       .back_srgba = kWayBack,
                       .gives_way = true});
}

} // namespace pw::app
