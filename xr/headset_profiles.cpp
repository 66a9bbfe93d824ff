// SPDX-License-Identifier: Apache-2.0
#include "xr/headset_profiles.h"

#include <openxr/openxr.h>

namespace pw::xr {
namespace {

using Sides = std::array<const char*, 2>;
constexpr Sides kMenuOrB{"menu/click", "b/click"}, kMenu{"menu/click", "menu/click"}, kXorA{"x/click", "a/click"};

// Meta's, and what is like it.
constexpr Profile touch(const char* path, const char* extension = nullptr) {
    return {.path = path,
            .trigger = "trigger/value",
            .squeeze = "squeeze/value",
            .stick = "thumbstick",
            .stick_click = "thumbstick/click",
            .menu = kMenuOrB,
            .primary = kXorA,
            .extension = extension};
}

constexpr Profile with_squeeze(Profile profile, const char* squeeze) {
    profile.squeeze = squeeze;
    return profile;
}

constexpr Profile with_menu(Profile profile, const Sides& menu) {
    profile.menu = menu;
    return profile;
}

// Windows Mixed Reality's: beside the stick a touchpad, and no lettered buttons.
constexpr Profile motion(const char* path, const char* extension = nullptr) {
    return {.path = path,
            .trigger = "trigger/value",
            .squeeze = "squeeze/click",
            .stick = "thumbstick",
            .stick_click = "thumbstick/click",
            .menu = kMenu,
            .primary = {"trackpad/click", "trackpad/click"},
            .extension = extension};
}

// A button serves where there is no axis: the runtime turns it into 0 or 1.
constexpr Profile kProfiles[]{
    {.path = "khr/simple_controller", .trigger = "select/click", .menu = kMenu},
    touch("oculus/touch_controller"),
    // OpenXR 1.1 took these in, and gave the first two other names than their extensions had.
    touch("meta/touch_plus_controller"),
    touch("meta/touch_controller_plus", XR_META_TOUCH_CONTROLLER_PLUS_EXTENSION_NAME),
    touch("meta/touch_pro_controller"),
    touch("facebook/touch_controller_pro", XR_FB_TOUCH_CONTROLLER_PRO_EXTENSION_NAME),
    touch("meta/touch_controller_quest_2"),
    touch("meta/touch_controller_quest_1_rift_s"),
    touch("meta/touch_controller_rift_cv1"),
    {.path = "valve/index_controller",
     .trigger = "trigger/value",
     .squeeze = "squeeze/value",
     .stick = "thumbstick",
     .stick_click = "thumbstick/click",
     .menu = {"b/click", "b/click"},
     .primary = {"a/click", "a/click"}},
    motion("microsoft/motion_controller"),
    with_menu(touch("hp/mixed_reality_controller", XR_EXT_HP_MIXED_REALITY_CONTROLLER_EXTENSION_NAME), kMenu),
    motion("samsung/odyssey_controller", XR_EXT_SAMSUNG_ODYSSEY_CONTROLLER_EXTENSION_NAME),
    {.path = "htc/vive_controller",
     .trigger = "trigger/value",
     .squeeze = "squeeze/click",
     .stick = "trackpad",
     .stick_click = "trackpad/click",
     .menu = kMenu},
    with_squeeze(touch("htc/vive_cosmos_controller", XR_HTC_VIVE_COSMOS_CONTROLLER_INTERACTION_EXTENSION_NAME),
                 "squeeze/click"),
    // squeeze/value came with the extension's second revision, and an unknown path costs the whole profile.
    with_squeeze(touch("htc/vive_focus3_controller", XR_HTC_VIVE_FOCUS3_CONTROLLER_INTERACTION_EXTENSION_NAME),
                 "squeeze/click"),
    touch("bytedance/pico4_controller", XR_BD_CONTROLLER_INTERACTION_EXTENSION_NAME),
    with_menu(touch("bytedance/pico_neo3_controller", XR_BD_CONTROLLER_INTERACTION_EXTENSION_NAME), kMenu),
    {.path = "ml/ml2_controller",
     .trigger = "trigger/value",
     .squeeze = "shoulder/click",
     .stick = "trackpad",
     .stick_click = "trackpad/click",
     .menu = kMenu,
     .extension = XR_ML_ML2_CONTROLLER_INTERACTION_EXTENSION_NAME},
    // A pinch selects near and far: where a runtime knows another gesture for the far, that one does too.
    {.path = kHandProfile,
     .trigger = "pinch_ext/value",
     .squeeze = "grasp_ext/value",
     .haptic = false,
     .extension = XR_EXT_HAND_INTERACTION_EXTENSION_NAME,
     .trigger_too = "aim_activate_ext/value"},
};

} // namespace

std::span<const Profile> profiles() { return kProfiles; }

} // namespace pw::xr
