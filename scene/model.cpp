// SPDX-License-Identifier: Apache-2.0
#include "scene/model.h"

#include <glm/common.hpp>
#include <glm/geometric.hpp>

#include <algorithm>
#include <cmath>

namespace pw::scene {
namespace {

float sign_not_zero(float v) { return v < 0.f ? -1.f : 1.f; }

// The unit sphere onto the square [-1, 1]²; what has no direction (zero, NaN, infinite) becomes +Z.
Vec2 octahedral(const Vec3& n) {
    const float l1 = std::abs(n.x) + std::abs(n.y) + std::abs(n.z);
    if (!(l1 > 0.f) || !std::isfinite(l1)) return Vec2(0.f);
    const Vec3 p = n / l1;
    if (p.z >= 0.f) return {p.x, p.y};
    return {(1.f - std::abs(p.y)) * sign_not_zero(p.x), (1.f - std::abs(p.x)) * sign_not_zero(p.y)};
}

Vec3 from_octahedral(const Vec2& e) {
    Vec3 n(e.x, e.y, 1.f - std::abs(e.x) - std::abs(e.y));
    const float fold = glm::max(-n.z, 0.f);
    n.x -= fold * sign_not_zero(n.x);
    n.y -= fold * sign_not_zero(n.y);
    return glm::normalize(n);
}

std::uint32_t to_snorm16(float v) {
    return static_cast<std::uint16_t>(static_cast<std::int16_t>(std::lround(v * 32767.f)));
}

float from_snorm16(std::uint32_t bits) {
    return glm::max(static_cast<float>(static_cast<std::int16_t>(bits & 0xffffu)) / 32767.f, -1.f);
}

} // namespace

std::uint32_t Primitive::material_of(std::uint32_t variant) const {
    const auto own = std::ranges::lower_bound(variants, variant, {}, &VariantMaterial::variant);
    return own != variants.end() && own->variant == variant ? own->material : material;
}

std::uint32_t Model::morph_count(std::uint32_t mesh) const {
    std::size_t count = 0;
    for (const Primitive& p : meshes[mesh].primitives) count = std::max(count, geometries[p.geometry].morphs.size());
    return static_cast<std::uint32_t>(count);
}

std::uint32_t pack_normal(const Vec3& unit) {
    const Vec2 e = octahedral(unit);
    return to_snorm16(e.x) | to_snorm16(e.y) << 16;
}

Vec3 unpack_normal(std::uint32_t packed) { return from_octahedral({from_snorm16(packed), from_snorm16(packed >> 16)}); }

std::uint32_t pack_tangent(const Vec4& unit_and_sign) {
    const std::uint32_t direction = pack_normal(Vec3(unit_and_sign));
    return (direction & ~0x1'0000u) | (unit_and_sign.w < 0.f ? 0x1'0000u : 0u);
}

Vec4 unpack_tangent(std::uint32_t packed) {
    const float sign = (packed & 0x1'0000u) != 0 ? -1.f : 1.f;
    return {unpack_normal(packed & ~0x1'0000u), sign};
}

} // namespace pw::scene
