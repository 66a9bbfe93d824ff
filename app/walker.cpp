// SPDX-License-Identifier: Apache-2.0
#include "app/walker.h"

#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/trigonometric.hpp>

#include <algorithm>
#include <cmath>

namespace pw::app {

namespace {

bool held(const xr::DesktopState& d, xr::Key key) { return d.down[static_cast<std::size_t>(key)]; }

} // namespace

void Walker::stand(const DVec3& feet, double yaw_rad) {
    stance_ = {.position = feet, .yaw_rad = yaw_rad};
    pitch_rad_ = 0.0;
    eye_height_m_ = kEyeHeight_m;
}

void Walker::look(const DVec3& eye, const DVec3& target) {
    constexpr double kNear_m = 0.2, kLeast = 1e-6;
    const DVec3 d = target - eye;
    const double scale = std::clamp(glm::length(d) / kNear_m, kLeast, 1.0);
    stance_ = {.position = {eye.x, 0.0, eye.z}, .yaw_rad = std::atan2(-d.x, -d.z), .scale = scale};
    eye_height_m_ = eye.y / scale;
    pitch_rad_ = std::atan2(d.y, std::hypot(d.x, d.z));
}

void Walker::step(const xr::DesktopState& desktop, const Settings& settings, Duration dt) {
    if (desktop.button_down[1]) {
        const double turn = glm::radians(settings.mouse_degrees_per_pixel);
        stance_.yaw_rad -= static_cast<double>(desktop.cursor_moved_px.x) * turn;
        pitch_rad_ = std::clamp(pitch_rad_ - static_cast<double>(desktop.cursor_moved_px.y) * turn, -1.55, 1.55);
    }
    const auto axis = [&](xr::Key plus, xr::Key minus) {
        return static_cast<double>(held(desktop, plus)) - static_cast<double>(held(desktop, minus));
    };
    DVec3 direction{axis(xr::Key::D, xr::Key::A), 0.0, axis(xr::Key::S, xr::Key::W)};
    if (const double length = glm::length(direction); length > 1.0) direction /= length;
    const double speed = settings.walk_speed_m_s * (held(desktop, xr::Key::Shift) ? 3.0 : 1.0);
    stance_.position += interaction::turned(stance_.yaw_rad, direction) * (speed * dt.seconds() * stance_.scale);
    eye_height_m_ += axis(xr::Key::E, xr::Key::Q) * speed * dt.seconds();
}

Pose Walker::origin_from_eye() const {
    return {{0.0, eye_height_m_, 0.0}, glm::angleAxis(static_cast<float>(pitch_rad_), Vec3(1.f, 0.f, 0.f))};
}

} // namespace pw::app
