// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/radiance.h"

#include "base/assert.h"

#include <glm/ext/vector_double4.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace pw::renderer {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr float kMaxHalf = 65'504.f;

bool whole(const scene::HdrPixels& map) {
    return map.width > 0 && map.height > 0 && map.rgb.size() == std::size_t{map.width} * map.height * 3;
}

DVec3 direction_at(const scene::HdrPixels& map, std::uint32_t x, std::uint32_t y) {
    const double phi = ((x + 0.5) / map.width - 0.5) * 2.0 * kPi;
    const double theta = (y + 0.5) / map.height * kPi;
    return {std::sin(theta) * std::cos(phi), std::cos(theta), std::sin(theta) * std::sin(phi)};
}

// Rounds to nearest; values below 2^-14 become zero, which no eye can tell.
std::uint16_t half_of(float value) {
    const float clamped = value > 0.f ? std::min(value, kMaxHalf) : 0.f; // also what is not a number
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(clamped) + 0x1000u;
    constexpr std::uint32_t kSmallest = 113u << 23;
    return bits < kSmallest ? std::uint16_t{0} : static_cast<std::uint16_t>((bits - (112u << 23)) >> 13);
}

} // namespace

std::array<Vec4, 9> irradiance_of(const scene::HdrPixels& map) {
    PW_ASSERT(whole(map), "an environment map has three floats per texel");
    std::array<DVec3, 9> sums{};
    for (std::uint32_t y = 0; y < map.height; ++y) {
        // The exact solid angle of a texel of this row.
        const double area =
            2.0 * kPi / map.width * (std::cos(kPi * y / map.height) - std::cos(kPi * (y + 1) / map.height));
        const float* texel = &map.rgb[std::size_t{y} * map.width * 3];
        for (std::uint32_t x = 0; x < map.width; ++x, texel += 3) {
            const DVec3 d = direction_at(map, x, y);
            const DVec3 light = DVec3(texel[0], texel[1], texel[2]) * area;
            const std::array basis{
                1.0, d.y, d.z, d.x, d.x * d.y, d.y * d.z, 3.0 * d.z * d.z - 1.0, d.x * d.z, d.x * d.x - d.y * d.y};
            for (std::size_t i = 0; i < 9; ++i) sums[i] += light * basis[i];
        }
    }
    // Squared normalisations of the real harmonics, times the cosine lobe's π, 2π/3, π/4 over π (Ramamoorthi 2001).
    constexpr double kBand0 = 1.0 / (4.0 * kPi), kBand1 = 3.0 / (4.0 * kPi) * 2.0 / 3.0;
    constexpr double kBand2 = 15.0 / (4.0 * kPi) / 4.0;
    constexpr std::array kScale{kBand0, kBand1, kBand1, kBand1, kBand2, kBand2, kBand2 / 12.0, kBand2, kBand2 / 4.0};
    std::array<Vec4, 9> out{};
    for (std::size_t i = 0; i < 9; ++i) out[i] = Vec4(Vec3(sums[i] * kScale[i]), 0.f);
    return out;
}

scene::HdrPixels without_fireflies(const scene::HdrPixels& map) {
    PW_ASSERT(whole(map), "an environment map has three floats per texel");
    constexpr float kIsolated = 16.f;
    scene::HdrPixels out = map;
    for (float& value : out.rgb) value = value > 0.f ? std::min(value, kMaxHalf) : 0.f;
    const auto brightness = [&](std::uint32_t x, std::uint32_t y) {
        const float* t = &out.rgb[(std::size_t{y} * map.width + x) * 3];
        return std::max({t[0], t[1], t[2]});
    };
    for (std::uint32_t y = 0; y < map.height; ++y) {
        for (std::uint32_t x = 0; x < map.width; ++x) {
            const float own = brightness(x, y);
            float around = 0.f;
            for (std::uint32_t i = 0; i < 9 && around * kIsolated < own; ++i) {
                if (i == 4) continue;
                const std::uint32_t row = std::clamp(y + i / 3, 1u, map.height) - 1;
                around = std::max(around, brightness((x + i % 3 + map.width - 1) % map.width, row));
            }
            if (own <= around * kIsolated || around == 0.f) continue;
            for (std::size_t c = 0; c < 3; ++c) { out.rgb[(std::size_t{y} * map.width + x) * 3 + c] *= around / own; }
        }
    }
    return out;
}

std::vector<std::uint16_t> half_rgba_of(const scene::HdrPixels& map) {
    PW_ASSERT(whole(map), "an environment map has three floats per texel");
    std::vector<std::uint16_t> out(map.rgb.size() / 3 * 4);
    for (std::size_t i = 0; i < map.rgb.size() / 3; ++i) {
        for (std::size_t c = 0; c < 3; ++c) out[i * 4 + c] = half_of(map.rgb[i * 3 + c]);
        out[i * 4 + 3] = 0x3c00;
    }
    return out;
}

scene::HdrPixels studio_environment() {
    struct Lamp { // a soft box: a round patch of the sky
        DVec3 to;
        double cos_inner, cos_outer;
        DVec3 radiance;
    };
    const std::array lamps{
        Lamp{glm::normalize(DVec3(-0.55, 0.75, 0.65)), 0.96, 0.86, {5.6, 5.5, 5.3}}, // key: left, in front
        Lamp{glm::normalize(DVec3(0.9, 0.35, 0.35)), 0.98, 0.86, {1.6, 1.65, 1.75}}, // fill: right
        Lamp{glm::normalize(DVec3(0.35, 0.85, -0.75)), 0.97, 0.80, {1.9, 2.0, 2.1}}, // rim: high behind
        Lamp{DVec3(0.0, 1.0, 0.0), 0.95, 0.70, {1.0, 1.0, 1.0}},                     // overhead
    };
    const auto smooth = [](double from, double to, double x) {
        const double t = std::clamp((x - from) / (to - from), 0.0, 1.0);
        return t * t * (3.0 - 2.0 * t);
    };
    scene::HdrPixels map{256, 128, {}};
    map.rgb.reserve(std::size_t{map.width} * map.height * 3);
    for (std::uint32_t y = 0; y < map.height; ++y) {
        for (std::uint32_t x = 0; x < map.width; ++x) {
            const DVec3 d = direction_at(map, x, y);
            const DVec3 floor = glm::mix(DVec3(0.30, 0.29, 0.28), DVec3(0.16, 0.155, 0.15), smooth(0.0, -0.7, d.y));
            const DVec3 wall = glm::mix(DVec3(0.42, 0.43, 0.45), DVec3(0.75, 0.78, 0.82), smooth(0.0, 0.9, d.y));
            DVec3 light = glm::mix(floor, wall, smooth(-0.06, 0.06, d.y));
            for (const Lamp& lamp : lamps) {
                light += lamp.radiance * smooth(lamp.cos_outer, lamp.cos_inner, glm::dot(d, lamp.to));
            }
            for (int c = 0; c < 3; ++c) map.rgb.push_back(static_cast<float>(light[c]));
        }
    }
    return map;
}

} // namespace pw::renderer
