#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: where the controllers that we know have what we use. Constant; docs/headset.md shows it.

#include <array>
#include <span>

namespace pw::xr {

// Component paths of OpenXR's interaction profiles, below /user/hand/…/input/; null where there is no such thing. Grip
// and aim poses are in all of them. Source: OpenXR 1.1, 6.4 "Interaction Profile Paths", and the extensions' texts.
struct Profile {
    const char* path; // below /interaction_profiles/
    const char* trigger = nullptr;
    const char* squeeze = nullptr;
    const char* stick = nullptr;
    const char* stick_click = nullptr;
    std::array<const char*, 2> menu{}, primary{}; // left, right
    bool haptic = true;
    const char* extension = nullptr; // that has the profile; null: OpenXR itself, 1.0 or 1.1
    const char* trigger_too = nullptr;
};

std::span<const Profile> profiles();

inline constexpr const char* kHandProfile = "ext/hand_interaction_ext"; // nothing is held: pinches and fists

} // namespace pw::xr
