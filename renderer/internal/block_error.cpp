// SPDX-License-Identifier: Apache-2.0
#include "renderer/internal/block_error.h"

#include "base/math.h"

#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace pw::renderer {
namespace {

constexpr float kStep = 2.f / 255.f; // of a byte, in the normal that it says

Vec3 normal_of(const std::array<std::uint8_t, 4>& texel) { return Vec3(texel[0], texel[1], texel[2]) * kStep - 1.f; }

// As normal_slopes in shaders/pbr.glsl.
float slopes_of(float length) {
    const float shorter = std::max(1.f - length - 0.0068f, 0.f);
    return shorter / std::max(1.f - shorter, 0.1f);
}

// Of colours as much as there is of them.
double covering_squares(const Bc7Texels& wanted, const Bc7Texels& shown) {
    int sum = 0; // in 255ths
    for (std::size_t t = 0; t < wanted.size(); ++t)
        for (std::size_t c = 0; c < 4; ++c) {
            const int off = int{wanted[t][c]} - int{shown[t][c]};
            sum += off * off * (c == 3 ? 255 : std::max(wanted[t][3], shown[t][3]));
        }
    return static_cast<double>(sum) / 255.0;
}

} // namespace

BlockError& BlockError::operator+=(const BlockError& other) {
    texels += other.texels;
    squares += other.squares;
    turned += other.turned;
    dulled += other.dulled;
    return *this;
}

BlockError block_error(TextureKind kind, const Bc7Texels& wanted, const Bc7Texels& shown, std::uint32_t squares) {
    BlockError out{static_cast<double>(wanted.size()), static_cast<double>(squares)};
    if (kind == TextureKind::Covering && squares != 0) out.squares = covering_squares(wanted, shown);
    if (kind != TextureKind::Normal || squares == 0) return out;
    constexpr float kPolished = 1e-4f; // the variance of slopes of roughness 0.1: its fourth power
    float turned = 0.f, dulled = 0.f;
    for (std::size_t t = 0; t < wanted.size(); ++t) {
        if (wanted[t] == shown[t]) continue;
        const Vec3 a = normal_of(wanted[t]), b = normal_of(shown[t]);
        const float of_a = glm::length(a), of_b = glm::length(b);
        const Vec3 sine = glm::cross(a, b) / std::max(of_a * of_b, 1e-3f);
        turned += glm::dot(sine, sine);
        const float before = kPolished + 2.f * slopes_of(of_a), after = kPolished + 2.f * slopes_of(of_b);
        dulled += std::abs(after - before) / before;
    }
    out.turned = static_cast<double>(turned);
    out.dulled = static_cast<double>(dulled);
    return out;
}

bool shows(const BlockError& error, TextureKind kind, BlockPart part) {
    if (kind == TextureKind::Normal) {
        const double steps = part == BlockPart::All ? 0.5 : 0.8, most = steps * static_cast<double>(kStep);
        const bool elsewhere = error.turned > most * most * 2.0 * error.texels; // two ways across
        return elsewhere || error.dulled > (part == BlockPart::All ? 0.25 : 0.5) * error.texels;
    }
    const double most = part == BlockPart::All ? 3.0 : part == BlockPart::Tile ? 6.0 : 9.0;
    return error.squares > most * most * 3.0 * error.texels; // three channels, those of an opaque texel
}

} // namespace pw::renderer
