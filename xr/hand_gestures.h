#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a bare hand says with its joints, where no interaction profile tells. Pure: the same joints and times give the
// same answer. Lengths are measured in hands (from the wrist to the middle finger's knuckle, 9.5 cm of an adult), so
// that a child's hand pinches as a large one does. Poses in metres, in the space of the joints.

#include "xr/input.h"

#include <optional>

namespace pw::xr {

using HandJoints = std::array<HandJoint, kJoints>;

// Thresholds. A pinch goes linearly from 0 to 1 as the tips of thumb and index finger come together; the joints of two
// tips that touch are still about a centimetre apart. A relaxed hand gives 0.
inline constexpr float kPinchOpen_hands = 0.50f, kPinchClosed_hands = 0.12f; // 48 mm, 11 mm
// A finger's bend is the sum of the angles of its three joints: 0 stretched, some 260 degrees in a fist, 90 relaxed.
inline constexpr float kCurlOpen_deg = 90.f, kCurlClosed_deg = 200.f;
// Pointing: the index finger is bent less than the first, and the other three more than the second; the last two end
// it.
inline constexpr float kPointing_deg = 60.f, kPointingOthers_deg = 120.f;
inline constexpr float kPointingEnds_deg = 85.f, kPointingOthersEnd_deg = 95.f;
// A press of a bare hand: begins above the one, ends below the other.
inline constexpr float kPinchPress = 0.8f, kPinchRelease = 0.5f;

float hand_size(const HandJoints& joints);                  // in metres
float pinch_strength(const HandJoints& joints);             // 0 … 1
float finger_bend_deg(const HandJoints& joints, Joint tip); // of the finger that ends there; not of the thumb
float fist_strength(const HandJoints& joints);              // 0 … 1: the least curled of the four fingers
Pose grip_of(const HandJoints& joints, std::size_t hand);   // OpenXR 6.3.2 "grip", hand 0: left
Pose aim_of(const HandJoints& joints, std::size_t hand, const Pose& origin_from_head); // unfiltered

// One Euro filter (Casiez, Roussel and Vogel, CHI 2012): still when the hand is, prompt when it moves.
class OneEuro {
  public:
    OneEuro(float min_cutoff_hz, float beta) : min_cutoff_hz_(min_cutoff_hz), beta_(beta) {}
    DVec3 filter(const DVec3& value, double dt_s);
    void reset() { value_.reset(); }

  private:
    float min_cutoff_hz_, beta_;
    std::optional<DVec3> value_;
    DVec3 speed_{0.0};
};

struct Gestures {
    float pinch = 0.f, fist = 0.f; // 0 … 1; never both: what began first keeps the hand until it ends
    bool pointing = false;
    Pose origin_from_grip;
    Pose origin_from_aim;  // from where a pinch would be, away from the shoulder; filtered
    Pose origin_from_poke; // the index finger's tip
};

// The gestures of one hand: remembers what hysteresis and filters need.
class GestureReader {
  public:
    explicit GestureReader(std::size_t hand) : hand_(hand) {}
    Gestures read(const HandJoints& joints, const Pose& origin_from_head, double dt_s);
    void reset() { *this = GestureReader(hand_); } // the hand was out of sight

  private:
    std::size_t hand_;
    bool pinching_ = false, grasping_ = false, pointing_ = false;
    OneEuro place_{2.0f, 20.f}, direction_{1.0f, 2.f}; // of metres and of unit vectors
};

} // namespace pw::xr
