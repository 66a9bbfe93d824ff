// SPDX-License-Identifier: Apache-2.0
#include "app/headset_walk.h"

#include "base/jobs.h"
#include "base/log.h"
#include "base/process.h"
#include "base/time.h"

#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <cmath>
#include <cstdlib>

namespace pw::app {

xr::RemoteState scripted_person(double s) {
    const auto turn = [](double yaw, double pitch) {
        return glm::angleAxis(static_cast<float>(yaw), Vec3(0.f, 1.f, 0.f)) *
               glm::angleAxis(static_cast<float>(pitch), Vec3(1.f, 0.f, 0.f));
    };
    xr::RemoteState state;
    const double yaw = 0.45 * std::sin(s * 0.35);
    state.stage_from_head = {{0.25 * std::sin(s * 0.25), 1.68, -0.4 + 0.3 * std::cos(s * 0.2)}, turn(yaw, -0.06)};
    auto& right = state.hands[1];
    right.active = true;
    right.stage_from_grip = {state.stage_from_head.position +
                                 glm::dquat(state.stage_from_head.orientation) * DVec3(0.2, -0.4, -0.35),
                             turn(yaw * 1.4, 0.05)};
    right.trigger = std::fmod(s, 5.0) > 4.0 ? 1.f : 0.f; // a click every five seconds
    auto& left = state.hands[0];
    left.active = true;
    left.stage_from_grip = {state.stage_from_head.position +
                                glm::dquat(state.stage_from_head.orientation) * DVec3(-0.22, -0.5, -0.25),
                            turn(yaw, -0.3)};
    return state;
}

Result<void> HeadsetWalk::start() {
    xr::MonadoOptions options;
    if (const char* display = std::getenv("DISPLAY"); display != nullptr) options.display = display;
    auto service = xr::MonadoService::start(options);
    if (!service) return std::unexpected(service.error());
    service_.emplace(std::move(*service));
    for (const auto& [name, value] : service_->client_environment()) set_environment(name.c_str(), value);
    auto remote = xr::MonadoRemote::connect(service_->remote_port());
    if (!remote) return std::unexpected(remote.error());
    remote_.emplace(std::move(*remote));
    thread_ = std::jthread([this](const std::stop_token& stop) {
        name_this_thread("headset walk");
        const Time begin = system_clock().now();
        while (!stop.stop_requested()) {
            if (auto sent = remote_->send(scripted_person((system_clock().now() - begin).seconds())); !sent) {
                log_warn("the simulated headset stands still: " + sent.error().what);
                return;
            }
            pause_for(from_ms(33));
        }
    });
    return {};
}

} // namespace pw::app
