#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: the three hosts, and what those without a headset share.

#include "xr/host.h"

namespace pw::xr {

Result<std::unique_ptr<Host>> make_headset(const HostOptions& options);
Result<std::unique_ptr<Host>> make_window(const HostOptions& options);
std::unique_ptr<Host> make_offscreen(const HostOptions& options);

// A symmetric view through a rectangle of that shape.
EyeView eye_view(const Pose& origin_from_eye, double fov_y_deg, std::uint32_t width, std::uint32_t height);

// A standing person, looking ahead: where the eye is until set_eye says otherwise.
inline constexpr Pose kStandingEye{.position = {0.0, 1.7, 0.0}, .orientation = kNoRotation};

} // namespace pw::xr
