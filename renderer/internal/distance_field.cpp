// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/distance_field.h"

#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>

namespace pw::renderer {
namespace {

float distance2(const Vec2& p, const Segment& s) {
    const Vec2 along = s.b - s.a, to = p - s.a;
    const float length2 = glm::dot(along, along);
    const float t = length2 > 0.f ? glm::clamp(glm::dot(to, along) / length2, 0.f, 1.f) : 0.f;
    const Vec2 off = to - along * t;
    return glm::dot(off, off);
}

struct Crossing {
    float x;
    int turn;
};

} // namespace

std::vector<std::uint8_t> distance_field(std::span<const Segment> outline, const Vec2& low, std::uint32_t width,
                                         std::uint32_t height, float spread) {
    std::vector<float> nearest(std::size_t{width} * height, spread * spread);
    const auto first_texel = [&](float v, std::uint32_t count) {
        return static_cast<std::uint32_t>(glm::clamp(std::floor(v - spread), 0.f, static_cast<float>(count)));
    };
    const auto end_texel = [&](float v, std::uint32_t count) {
        return static_cast<std::uint32_t>(glm::clamp(std::ceil(v + spread), 0.f, static_cast<float>(count)));
    };
    const auto center = [&](std::uint32_t x, std::uint32_t y) { // y from below
        return low + Vec2(static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f);
    };
    for (const Segment& s : outline) {
        const Vec2 from = glm::min(s.a, s.b) - low, to = glm::max(s.a, s.b) - low;
        const std::uint32_t end_x = end_texel(to.x, width), end_y = end_texel(to.y, height);
        for (std::uint32_t y = first_texel(from.y, height); y < end_y; ++y) {
            for (std::uint32_t x = first_texel(from.x, width); x < end_x; ++x) {
                float& d = nearest[std::size_t{y} * width + x];
                d = std::min(d, distance2(center(x, y), s));
            }
        }
    }
    std::vector<std::uint8_t> out(nearest.size());
    std::vector<Crossing> crossings;
    for (std::uint32_t y = 0; y < height; ++y) {
        crossings.clear();
        const float level = center(0, y).y;
        for (const Segment& s : outline) {
            if ((s.a.y <= level) == (s.b.y <= level)) continue;
            const float t = (level - s.a.y) / (s.b.y - s.a.y);
            crossings.push_back({s.a.x + (s.b.x - s.a.x) * t, s.b.y > s.a.y ? 1 : -1});
        }
        std::ranges::sort(crossings, {}, &Crossing::x);
        std::size_t passed = 0;
        int winding = 0;
        for (std::uint32_t x = 0; x < width; ++x) {
            while (passed < crossings.size() && crossings[passed].x < center(x, y).x) {
                winding += crossings[passed++].turn;
            }
            const float d = std::sqrt(nearest[std::size_t{y} * width + x]) * (winding != 0 ? 1.f : -1.f);
            out[std::size_t{height - 1 - y} * width + x] =
                static_cast<std::uint8_t>(std::lround(255.f * glm::clamp(0.5f + d / (2.f * spread), 0.f, 1.f)));
        }
    }
    return out;
}

} // namespace pw::renderer
