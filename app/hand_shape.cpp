// SPDX-License-Identifier: Apache-2.0
#include "app/hand_shape.h"

#include <glm/common.hpp>
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

// In the palm's frame, which looks along the fingers with the back of the hand above; an adult's.
xr::HandJoints plain_joints(const xr::HandState& state, std::size_t hand) {
    constexpr float kRelaxed_rad = 0.3f, kFist_rad = 1.35f; // of each joint of a finger
    constexpr double kOpen_m = 0.05, kPinched_m = 0.012;    // between the tips of thumb and index finger
    constexpr std::array kBones_m{0.042, 0.026, 0.02};
    const double side = hand == 0 ? -1.0 : 1.0; // the right hand has its little finger at +X
    // OpenXR 1.1, 6.3.2.1: the palm's normal to the right for both hands, the grip looks from little finger to index.
    const Quat palm_from_grip = hand == 0 ? Quat(0.5f, 0.5f, -0.5f, -0.5f) : Quat(0.5f, 0.5f, 0.5f, 0.5f);
    const Pose origin_from_palm = state.origin_from_grip * inverse(Pose{{0.0, -0.02, 0.0}, palm_from_grip});
    xr::HandJoints joints;
    const auto put = [&](std::size_t joint, const DVec3& at) {
        joints[joint] = {{(origin_from_palm * Pose{at, kNoRotation}).position, origin_from_palm.orientation}, 0.009f};
    };
    put(std::to_underlying(Joint::Palm), DVec3(0.0));
    put(std::to_underlying(Joint::Wrist), {0.0, 0.0, 0.05});
    DVec3 index_tip{0.0};
    for (std::size_t finger = 0; finger < 4; ++finger) {
        auto joint = std::to_underlying(Joint::IndexMetacarpal) + 5 * finger;
        DVec3 at{side * (-0.03 + 0.02 * static_cast<double>(finger)), 0.0, -0.045};
        put(joint++, {at.x, 0.0, 0.03});
        put(joint++, at);
        float bent_rad = 0.f;
        for (const double bone_m : kBones_m) {
            bent_rad += kRelaxed_rad + (kFist_rad - kRelaxed_rad) * state.squeeze;
            at -= DVec3(0.0, std::sin(bent_rad), std::cos(bent_rad)) * bone_m;
            put(joint++, at);
        }
        if (finger == 0) index_tip = at;
    }
    const double gap_m = kOpen_m + (kPinched_m - kOpen_m) * static_cast<double>(state.trigger);
    const DVec3 thumb_root{-side * 0.025, -0.01, 0.035}, thumb_tip = index_tip - DVec3(side * gap_m, 0.0, 0.0);
    for (std::size_t i = 0; i < 4; ++i)
        put(std::to_underlying(Joint::ThumbMetacarpal) + i,
            glm::mix(thumb_root, thumb_tip, static_cast<double>(i) / 3.0));
    return joints;
}

void place_hand(const xr::HandJoints& joints, const interaction::Stance& stance, renderer::PropId bone,
                std::vector<renderer::Prop>& props) {
    const auto joint = [&](Joint j) -> const xr::HandJoint& { return joints[static_cast<std::size_t>(j)]; };
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
