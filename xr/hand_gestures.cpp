// SPDX-License-Identifier: Apache-2.0
#include "xr/hand_gestures.h"

#include "base/assert.h"

#include <glm/ext/quaternion_trigonometric.hpp>
#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>
#include <glm/trigonometric.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pw::xr {
namespace {

// A shoulder, from the eyes: below them, to the side and a little behind. Of an average adult; the ray forgives.
constexpr float kShoulderDown_m = 0.22f, kShoulderAside_m = 0.17f, kShoulderBack_m = 0.08f;
// Where a pinch would be, from the index finger's knuckle, in hands: fixed to the palm, so that pinching moves no ray.
constexpr float kPinchAhead_hands = 0.55f, kPinchBelow_hands = 0.35f;

const Pose& at(const HandJoints& joints, Joint joint) {
    return joints[static_cast<std::size_t>(joint)].origin_from_joint;
}

float distance(const HandJoints& joints, Joint a, Joint b) {
    return static_cast<float>(glm::distance(at(joints, a).position, at(joints, b).position));
}

float turn_deg(const DVec3& from, const DVec3& to) {
    return static_cast<float>(glm::degrees(std::atan2(glm::length(glm::cross(from, to)), glm::dot(from, to))));
}

float between(float value, float zero, float one) { return std::clamp((value - zero) / (one - zero), 0.f, 1.f); }

// The head's turn about the vertical alone: a nod moves no shoulder.
Quat heading(const Quat& orientation) {
    const Vec3 right = orientation * Vec3(1.f, 0.f, 0.f);
    return glm::angleAxis(std::atan2(-right.z, right.x), Vec3(0.f, 1.f, 0.f));
}

} // namespace

float hand_size(const HandJoints& joints) {
    return std::max(distance(joints, Joint::Wrist, Joint::MiddleProximal), 0.01f);
}

float pinch_strength(const HandJoints& joints) {
    const float gap = distance(joints, Joint::ThumbTip, Joint::IndexTip) / hand_size(joints);
    return between(gap, kPinchOpen_hands, kPinchClosed_hands);
}

float finger_bend_deg(const HandJoints& joints, Joint tip) {
    PW_ASSERT(tip == Joint::IndexTip || tip == Joint::MiddleTip || tip == Joint::RingTip || tip == Joint::LittleTip,
              "a finger is told by its tip");
    const auto last = static_cast<std::size_t>(tip);
    const auto bone = [&](std::size_t to) {
        return joints[to].origin_from_joint.position - joints[to - 1].origin_from_joint.position;
    };
    float sum = 0.f;
    for (std::size_t joint = last - 2; joint <= last; ++joint) sum += turn_deg(bone(joint - 1), bone(joint));
    return sum;
}

float fist_strength(const HandJoints& joints) {
    float least = 1.f;
    for (const Joint tip : {Joint::IndexTip, Joint::MiddleTip, Joint::RingTip, Joint::LittleTip})
        least = std::min(least, between(finger_bend_deg(joints, tip), kCurlOpen_deg, kCurlClosed_deg));
    return least;
}

Pose grip_of(const HandJoints& joints, std::size_t hand) {
    // The palm looks along its fingers and has its back above; a grip looks from the little finger to the index one,
    // with the palm's normal to the right for both hands.
    const Quat palm_from_grip = hand == 0 ? Quat(0.5f, 0.5f, -0.5f, -0.5f) : Quat(0.5f, 0.5f, 0.5f, 0.5f);
    const HandJoint& palm = joints[static_cast<std::size_t>(Joint::Palm)];
    // OpenXR's palm joint is inside the hand; what is held lies before it.
    return palm.origin_from_joint *
           Pose{.position = {0.0, -2.0 * static_cast<double>(palm.radius_m), 0.0}, .orientation = palm_from_grip};
}

Pose aim_of(const HandJoints& joints, std::size_t hand, const Pose& origin_from_head) {
    const Quat& palm = at(joints, Joint::Palm).orientation;
    const float size = hand_size(joints);
    const Vec3 ahead = palm * Vec3(0.f, -kPinchBelow_hands * size, -kPinchAhead_hands * size);
    const DVec3 pinch = at(joints, Joint::IndexProximal).position + DVec3(ahead);
    const Vec3 shoulder = heading(origin_from_head.orientation) *
                          Vec3(hand == 0 ? -kShoulderAside_m : kShoulderAside_m, -kShoulderDown_m, kShoulderBack_m);
    const DVec3 away = pinch - (origin_from_head.position + DVec3(shoulder));
    // A hand on its own shoulder points nowhere: along its fingers then.
    const bool far = glm::length(away) > 0.05;
    return {.position = pinch, .orientation = look_rotation(far ? Vec3(away) : palm * Vec3(0.f, 0.f, -1.f))};
}

DVec3 OneEuro::filter(const DVec3& value, double dt_s) {
    constexpr double kSpeedCutoff_hz = 1.0;
    const auto share = [&](double cutoff_hz) {
        const double tau_s = 1.0 / (2.0 * std::numbers::pi * cutoff_hz);
        return 1.0 / (1.0 + tau_s / dt_s);
    };
    if (!value_ || dt_s <= 0.0) {
        if (!value_) speed_ = DVec3(0.0);
        return *(value_ = value_.value_or(value));
    }
    speed_ += ((value - *value_) / dt_s - speed_) * share(kSpeedCutoff_hz);
    const double cutoff_hz = static_cast<double>(min_cutoff_hz_) + static_cast<double>(beta_) * glm::length(speed_);
    *value_ += (value - *value_) * share(cutoff_hz);
    return *value_;
}

Gestures GestureReader::read(const HandJoints& joints, const Pose& origin_from_head, double dt_s) {
    Gestures out;
    out.pinch = pinch_strength(joints);
    out.fist = fist_strength(joints);
    pinching_ =
        !grasping_ && out.pinch > (pinching_ ? kPinchRelease : kPinchPress) && (pinching_ || out.fist < kPinchRelease);
    grasping_ = !pinching_ && out.fist > kPinchRelease;
    if (pinching_) out.fist = 0.f;
    if (grasping_) out.pinch = 0.f;

    const float index = finger_bend_deg(joints, Joint::IndexTip);
    const float others = std::min({finger_bend_deg(joints, Joint::MiddleTip), finger_bend_deg(joints, Joint::RingTip),
                                   finger_bend_deg(joints, Joint::LittleTip)});
    pointing_ = index < (pointing_ ? kPointingEnds_deg : kPointing_deg) &&
                others > (pointing_ ? kPointingOthersEnd_deg : kPointingOthers_deg);
    out.pointing = pointing_;

    out.origin_from_grip = grip_of(joints, hand_);
    out.origin_from_poke = at(joints, Joint::IndexTip);
    const Pose aim = aim_of(joints, hand_, origin_from_head);
    const DVec3 forward = direction_.filter(DVec3(aim.orientation * Vec3(0.f, 0.f, -1.f)), dt_s);
    out.origin_from_aim = {place_.filter(aim.position, dt_s), aim.orientation};
    if (glm::length(forward) > 0.01) out.origin_from_aim.orientation = look_rotation(Vec3(forward));
    return out;
}

} // namespace pw::xr
