#pragma once
// SPDX-License-Identifier: Apache-2.0
// A panel as something to point at, touch and take hold of. Pure; in the user's space, so that a hand's reach is the
// same at every scale.

#include "base/math.h"

#include <cstdint>
#include <optional>
#include <span>

namespace pw::interaction {

struct PanelTarget {
    std::uint32_t id = 0;   // the app's own, unique among the targets
    Pose origin_from_panel; // its middle; faces +Z
    Vec2 size_m{0.4f, 0.3f};
    float bar_m = 0.f; // height of the bar below it that it is grabbed by; 0: it stays where it is
};
inline constexpr double kBarGap_m = 0.01; // between a panel and its bar, which is half as wide

DVec3 to_panel(const PanelTarget& panel,
               const DVec3& origin_point); // x right, y up, z out of its face, from its middle
bool on_face(const PanelTarget& panel, const DVec3& panel_point, double margin_m = 0.0); // seen from its front
bool on_bar(const PanelTarget& panel, const DVec3& panel_point);
// 0 … 1 from the upper left corner; beyond, beside it.
Vec2 fraction(const PanelTarget& panel, const DVec3& panel_point);

struct PlaneHit {
    DVec3 at{0.0}; // in the panel's space, z = 0
    double distance_m = 0.0;
};
// Where a ray from its front meets the panel's plane, on the panel or beside it.
std::optional<PlaneHit> meet_plane(const PanelTarget& panel, const Ray& origin_ray);

// From a point to the panel's rim or its bar, whichever is nearer.
double distance_to_rim(const PanelTarget& panel, const DVec3& origin_point);
const PanelTarget* find(std::span<const PanelTarget> panels, std::uint32_t id); // null: it is gone

} // namespace pw::interaction
