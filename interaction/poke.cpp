// SPDX-License-Identifier: Apache-2.0
#include "interaction/poke.h"

#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include <algorithm>

namespace pw::interaction {

namespace {

DVec3 onto_face(const PanelTarget& panel, const DVec3& p) {
    const DVec3 half = DVec3(panel.size_m.x, panel.size_m.y, 0.f) * 0.5;
    return glm::clamp(p, -half, half);
}

} // namespace

void Poke::step(std::span<const PanelTarget> panels, const std::optional<DVec3>& origin_tip, bool may_begin) {
    if (!origin_tip) {
        touch_.reset();
        seen_.clear();
        return;
    }
    const bool touching = touch_.has_value();
    if (touching && !goes_on(panels, *origin_tip)) touch_.reset();
    look(panels, *origin_tip, may_begin && !touching);
}

bool Poke::goes_on(std::span<const PanelTarget> panels, const DVec3& origin_tip) {
    const PanelTarget* panel = find(panels, touch_->panel);
    if (panel == nullptr) return false;
    const DVec3 tip = to_panel(*panel, origin_tip);
    if (tip.z > kLeaves_m || tip.z < -kThrough_m || !on_face(*panel, tip, kBeside_m)) return false;
    touch_->at = onto_face(*panel, tip);
    touch_->depth_m = static_cast<float>(std::max(0.0, -tip.z));
    return true;
}

void Poke::look(std::span<const PanelTarget> panels, const DVec3& origin_tip, bool may_begin) {
    double soonest = 2.0;
    for (const PanelTarget& panel : panels) {
        const DVec3 tip = to_panel(panel, origin_tip);
        auto seen = std::ranges::find(seen_, panel.id, &Seen::panel);
        if (seen == seen_.end()) {
            seen_.push_back({panel.id, tip, tip.z >= kLeaves_m, true});
            continue;
        }
        if (glm::length(tip - seen->tip) > kLeap_m) *seen = {panel.id, tip, tip.z >= kLeaves_m, true};
        if (may_begin && seen->ready && tip.z <= 0.0 && seen->tip.z > 0.0) {
            const double t = seen->tip.z / (seen->tip.z - tip.z);
            const DVec3 through = seen->tip + (tip - seen->tip) * t;
            if (t < soonest && on_face(panel, through)) {
                soonest = t;
                touch_ = Touch{panel.id, onto_face(panel, through), static_cast<float>(-tip.z)};
            }
        }
        *seen = {panel.id, tip, tip.z >= kLeaves_m || (tip.z > 0.0 && seen->ready), true};
    }
    std::erase_if(seen_, [](const Seen& s) { return !s.now; });
    for (Seen& s : seen_) s.now = false;
}

std::optional<Touch> Poke::before(std::span<const PanelTarget> panels, const DVec3& origin_tip, double within_m) const {
    std::optional<Touch> nearest;
    for (const PanelTarget& panel : panels) {
        const DVec3 tip = to_panel(panel, origin_tip);
        if (tip.z <= 0.0 || tip.z > within_m || !on_face(panel, tip)) continue;
        within_m = tip.z;
        nearest = Touch{panel.id, {tip.x, tip.y, 0.0}, 0.f};
    }
    return nearest;
}

} // namespace pw::interaction
