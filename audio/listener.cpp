// SPDX-License-Identifier: Apache-2.0
#include "audio/listener.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pw::audio {

namespace {

constexpr double kHere_m = 0.5, kBeside_m = 0.25, kSteep = 0.766; // sin 50°
constexpr double kWidth = 0.8;                                    // a head lets 16 dB less around it, and not nothing
constexpr int kSectors = 8;

} // namespace

DVec3 heard_at(const Listener& listener, const DVec3& world) {
    const DVec3 way = (world - listener.world_from_head.position) / listener.world_per_user;
    return glm::conjugate(glm::dquat(listener.world_from_head.orientation)) * way;
}

Ears ears_for(const DVec3& at) {
    const double aside = at.x / std::max(glm::length(at), kBeside_m);
    const double angle = (1.0 + kWidth * aside) * std::numbers::pi / 4.0;
    return {static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle))};
}

Direction direction_of(const DVec3& at) {
    const double distance = glm::length(at);
    if (distance < kHere_m) return Direction::Here;
    if (std::abs(at.y) > kSteep * distance) return at.y > 0.0 ? Direction::Above : Direction::Below;
    const double turn = std::atan2(at.x, -at.z) / (2.0 * std::numbers::pi); // clockwise from above
    const int sector = static_cast<int>(std::lround(turn * kSectors) + kSectors) % kSectors;
    return static_cast<Direction>(static_cast<int>(Direction::Ahead) + sector);
}

} // namespace pw::audio
