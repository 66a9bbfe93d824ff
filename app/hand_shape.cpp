// SPDX-License-Identifier: Apache-2.0
#include "app/hand_shape.h"

#include <glm/geometric.hpp>

#include <cmath>
#include <numbers>
#include <utility>

namespace pw::app {

using xr::Joint;

namespace {

constexpr float kRadius = 0.25f;
constexpr std::uint32_t kAround = 12, kCap = 4; // faces around, rings of each round end

// From the wrist to the tips, and across the palm so that it is closed.
constexpr std::pair<Joint, Joint> kBones[] = {
    {Joint::Wrist, Joint::ThumbMetacarpal},
    {Joint::ThumbMetacarpal, Joint::ThumbProximal},
    {Joint::ThumbProximal, Joint::ThumbDistal},
    {Joint::ThumbDistal, Joint::ThumbTip},
    {Joint::Wrist, Joint::IndexProximal},
    {Joint::IndexProximal, Joint::IndexIntermediate},
    {Joint::IndexIntermediate, Joint::IndexDistal},
    {Joint::IndexDistal, Joint::IndexTip},
    {Joint::Wrist, Joint::MiddleProximal},
    {Joint::MiddleProximal, Joint::MiddleIntermediate},
    {Joint::MiddleIntermediate, Joint::MiddleDistal},
    {Joint::MiddleDistal, Joint::MiddleTip},
    {Joint::Wrist, Joint::RingProximal},
    {Joint::RingProximal, Joint::RingIntermediate},
    {Joint::RingIntermediate, Joint::RingDistal},
    {Joint::RingDistal, Joint::RingTip},
    {Joint::Wrist, Joint::LittleProximal},
    {Joint::LittleProximal, Joint::LittleIntermediate},
    {Joint::LittleIntermediate, Joint::LittleDistal},
    {Joint::LittleDistal, Joint::LittleTip},
    {Joint::ThumbProximal, Joint::IndexProximal},
    {Joint::IndexProximal, Joint::MiddleProximal},
    {Joint::MiddleProximal, Joint::RingProximal},
    {Joint::RingProximal, Joint::LittleProximal},
};

// Rings from one pole to the other: the first half of them around the origin, the second around (0, 0, −1).
scene::Geometry rod() {
    scene::Geometry out;
    constexpr std::uint32_t kRings = 2 * (kCap + 1);
    for (std::uint32_t ring = 0; ring < kRings; ++ring) {
        const bool far = ring > kCap;
        const float part = static_cast<float>(far ? ring - 1 : ring) / static_cast<float>(2 * kCap);
        const float polar = part * std::numbers::pi_v<float>; // 0 at +Z
        for (std::uint32_t i = 0; i <= kAround; ++i) {
            const float around = static_cast<float>(i) / kAround * 2.f * std::numbers::pi_v<float>;
            const Vec3 normal(std::sin(polar) * std::cos(around), std::sin(polar) * std::sin(around), std::cos(polar));
            const Vec3 position = normal * kRadius - Vec3(0.f, 0.f, far ? 1.f : 0.f);
            out.vertices.push_back({.position = position, .normal = scene::pack_normal(normal)});
            grow(out.bounds, position);
        }
    }
    constexpr std::uint32_t kRow = kAround + 1;
    for (std::uint32_t ring = 0; ring + 1 < kRings; ++ring) {
        for (std::uint32_t i = 0; i < kAround; ++i) {
            const std::uint32_t a = ring * kRow + i, b = a + kRow;
            for (const std::uint32_t index : {a, b, a + 1, a + 1, b, b + 1}) out.indices.push_back(index);
        }
    }
    return out;
}

} // namespace

std::shared_ptr<const scene::Model> make_bone() {
    auto model = std::make_shared<scene::Model>();
    model->name = "bone";
    model->geometries.push_back(rod());
    model->materials.push_back(
        {.name = "glove", .base_color = {0.19f, 0.23f, 0.29f, 1.f}, .metallic = 0.f, .roughness = 0.55f});
    model->meshes.push_back({.name = "bone", .primitives = {{.geometry = 0, .material = 0}}, .weights = {}});
    model->nodes.push_back({.name = "bone", .subtree_end = 1, .mesh = 0});
    return model;
}

void place_hand(const xr::HandState& hand, const interaction::Stance& stance, renderer::PropId bone,
                std::vector<renderer::Prop>& props) {
    if (!hand.has_joints) return;
    const auto joint = [&](Joint j) -> const xr::HandJoint& { return hand.joints[static_cast<std::size_t>(j)]; };
    for (const auto& [from, to] : kBones) {
        const DVec3 a = joint(from).origin_from_joint.position, b = joint(to).origin_from_joint.position;
        const Vec3 along(b - a);
        const float length = glm::length(along);
        if (length < 1e-4f) continue; // a runtime that does not know it
        const float radius = std::min(joint(from).radius_m, joint(to).radius_m);
        const Pose place = to_world(stance, Pose{a, look_rotation(along)});
        Affine affine = to_affine(place);
        const auto scale = static_cast<float>(stance.scale);
        affine.linear[0] *= radius / kRadius * scale;
        affine.linear[1] *= radius / kRadius * scale;
        affine.linear[2] *= length * scale;
        props.push_back({bone, affine});
    }
}

} // namespace pw::app
