// SPDX-License-Identifier: Apache-2.0
#include "xr/headset_input.h"

#include "base/log.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace pw::xr {

// Where a controller has what we use, below /user/hand/…/input/; null where it has no such thing. Grip and aim poses
// are in all of them.
struct Profile {
    const char* path;
    const char* trigger;
    const char* squeeze;
    const char* stick;
    const char* menu_left;
    const char* menu_right;
    const char* extension = nullptr; // that has the profile; null: OpenXR itself, 1.0 or 1.1
};

namespace {

// A button serves where there is no axis: the runtime turns it into 0 or 1.
constexpr Profile kProfiles[]{
    {"khr/simple_controller", "select/click", nullptr, nullptr, "menu/click", "menu/click"},
    {"oculus/touch_controller", "trigger/value", "squeeze/value", "thumbstick", "menu/click", "b/click"},
    {"meta/touch_plus_controller", "trigger/value", "squeeze/value", "thumbstick", "menu/click", "b/click"},
    {"meta/touch_controller_plus", "trigger/value", "squeeze/value", "thumbstick", "menu/click", "b/click",
     XR_META_TOUCH_CONTROLLER_PLUS_EXTENSION_NAME}, // 1.1 gave it and the next another name
    {"meta/touch_pro_controller", "trigger/value", "squeeze/value", "thumbstick", "menu/click", "b/click"},
    {"facebook/touch_controller_pro", "trigger/value", "squeeze/value", "thumbstick", "menu/click", "b/click",
     XR_FB_TOUCH_CONTROLLER_PRO_EXTENSION_NAME},
    {"valve/index_controller", "trigger/value", "squeeze/value", "thumbstick", "b/click", "b/click"},
    {"microsoft/motion_controller", "trigger/value", "squeeze/click", "thumbstick", "menu/click", "menu/click"},
    {"hp/mixed_reality_controller", "trigger/value", "squeeze/value", "thumbstick", "menu/click", "menu/click",
     XR_EXT_HP_MIXED_REALITY_CONTROLLER_EXTENSION_NAME},
    {"samsung/odyssey_controller", "trigger/value", "squeeze/click", "thumbstick", "menu/click", "menu/click",
     XR_EXT_SAMSUNG_ODYSSEY_CONTROLLER_EXTENSION_NAME},
    {"htc/vive_controller", "trigger/value", "squeeze/click", "trackpad", "menu/click", "menu/click"},
    {"htc/vive_cosmos_controller", "trigger/value", "squeeze/click", "thumbstick", "menu/click", "b/click",
     XR_HTC_VIVE_COSMOS_CONTROLLER_INTERACTION_EXTENSION_NAME},
    {"htc/vive_focus3_controller", "trigger/value", "squeeze/click", "thumbstick", "menu/click", "b/click",
     XR_HTC_VIVE_FOCUS3_CONTROLLER_INTERACTION_EXTENSION_NAME},
    {"bytedance/pico4_controller", "trigger/value", "squeeze/value", "thumbstick", "menu/click", "b/click",
     XR_BD_CONTROLLER_INTERACTION_EXTENSION_NAME},
    {"bytedance/pico_neo3_controller", "trigger/value", "squeeze/value", "thumbstick", "menu/click", "menu/click",
     XR_BD_CONTROLLER_INTERACTION_EXTENSION_NAME},
    {"ml/ml2_controller", "trigger/value", "shoulder/click", "trackpad", "menu/click", "menu/click",
     XR_ML_ML2_CONTROLLER_INTERACTION_EXTENSION_NAME},
    {"ext/hand_interaction_ext", "pinch_ext/value", "grasp_ext/value", nullptr, nullptr, nullptr,
     XR_EXT_HAND_INTERACTION_EXTENSION_NAME},
};

// The trigger, or the grip, pulled: pressed above the one, released below the other, so that a trembling finger is one
// press.
constexpr float kSelectPress = 0.6f, kSelectRelease = 0.4f;

constexpr XrSpaceLocationFlags kPoseValid =
    XR_SPACE_LOCATION_POSITION_VALID_BIT | XR_SPACE_LOCATION_ORIENTATION_VALID_BIT;

constexpr const char* kHandPaths[2]{"/user/hand/left", "/user/hand/right"};

XrPath to_path(XrInstance instance, const std::string& text) {
    XrPath path = XR_NULL_PATH;
    xrStringToPath(instance, text.c_str(), &path);
    return path;
}

void press(Press& out, bool held) { out = {held, held && !out.held, !held && out.held}; }

// False when it has no place now; `out` then keeps its last one.
bool locate(XrSpace space, XrSpace origin, XrTime time, Pose& out, XrSpaceLocationFlags& flags, Health& health) {
    XrSpaceLocation found{.type = XR_TYPE_SPACE_LOCATION};
    flags = 0;
    if (!health.worked(xrLocateSpace(space, origin, time, &found), "xrLocateSpace")) return false;
    flags = found.locationFlags;
    if ((flags & kPoseValid) != kPoseValid) return false;
    out = to_pose(found.pose);
    return true;
}

} // namespace

std::vector<const char*> profile_extensions() {
    std::vector<const char*> names;
    for (const Profile& profile : kProfiles)
        if (profile.extension != nullptr) names.push_back(profile.extension);
    return names;
}

Result<HeadsetInput> HeadsetInput::make(XrInstance instance) {
    HeadsetInput made;
    made.instance_ = instance;
    for (std::size_t i = 0; i < 2; ++i) made.hands_[i] = to_path(instance, kHandPaths[i]);
    if (auto done = made.make_actions(); !done) return std::unexpected(done.error());
    for (const Profile& profile : kProfiles) made.suggest(profile);
    return made;
}

Result<void> HeadsetInput::make_actions() {
    XrActionSetCreateInfo set{.type = XR_TYPE_ACTION_SET_CREATE_INFO};
    std::strcpy(set.actionSetName, "plantwalk");
    std::strcpy(set.localizedActionSetName, "Plantwalk");
    XrResult result = xrCreateActionSet(instance_, &set, set_.put());
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrCreateActionSet", result));

    struct Wanted {
        XrAction* action;
        XrActionType type;
        const char* name;
        const char* title; // a runtime's own menu shows it, where the user can bind it anew
    };
    const Wanted wanted[]{{&grip_, XR_ACTION_TYPE_POSE_INPUT, "grip", "Hand"},
                          {&aim_, XR_ACTION_TYPE_POSE_INPUT, "aim", "Pointer"},
                          {&trigger_, XR_ACTION_TYPE_FLOAT_INPUT, "trigger", "Select"},
                          {&squeeze_, XR_ACTION_TYPE_FLOAT_INPUT, "squeeze", "Grab"},
                          {&stick_, XR_ACTION_TYPE_VECTOR2F_INPUT, "stick", "Move and turn"},
                          {&menu_, XR_ACTION_TYPE_BOOLEAN_INPUT, "menu", "Menu"}};
    for (const Wanted& w : wanted) {
        XrActionCreateInfo info{.type = XR_TYPE_ACTION_CREATE_INFO};
        std::strcpy(info.actionName, w.name);
        std::strcpy(info.localizedActionName, w.title);
        info.actionType = w.type;
        info.countSubactionPaths = 2;
        info.subactionPaths = hands_.data();
        result = xrCreateAction(set_.get(), &info, w.action);
        if (XR_FAILED(result)) return std::unexpected(xr_error("xrCreateAction", result));
    }
    return {};
}

void HeadsetInput::suggest(const Profile& profile) {
    std::vector<XrActionSuggestedBinding> bindings;
    for (std::size_t hand = 0; hand < 2; ++hand) {
        const std::string base = kHandPaths[hand];
        const auto bind = [&](XrAction action, const char* component) {
            if (component != nullptr) bindings.push_back({action, to_path(instance_, base + "/input/" + component)});
        };
        bind(grip_, "grip/pose");
        bind(aim_, "aim/pose");
        bind(trigger_, profile.trigger);
        bind(squeeze_, profile.squeeze);
        bind(stick_, profile.stick);
        bind(menu_, hand == 0 ? profile.menu_left : profile.menu_right);
    }
    XrInteractionProfileSuggestedBinding suggestion{.type = XR_TYPE_INTERACTION_PROFILE_SUGGESTED_BINDING};
    suggestion.interactionProfile = to_path(instance_, std::string("/interaction_profiles/") + profile.path);
    suggestion.countSuggestedBindings = static_cast<std::uint32_t>(bindings.size());
    suggestion.suggestedBindings = bindings.data();
    const XrResult result = xrSuggestInteractionProfileBindings(instance_, &suggestion);
    if (XR_FAILED(result)) log_debug(std::string(profile.path) + " is not used: " + name_of(result));
}

Result<void> HeadsetInput::attach(XrSession session) {
    session_ = session;
    const XrActionSet set = set_.get();
    XrSessionActionSetsAttachInfo info{.type = XR_TYPE_SESSION_ACTION_SETS_ATTACH_INFO};
    info.countActionSets = 1;
    info.actionSets = &set;
    XrResult result = xrAttachSessionActionSets(session, &info);
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrAttachSessionActionSets", result));

    XrActionSpaceCreateInfo space{.type = XR_TYPE_ACTION_SPACE_CREATE_INFO};
    space.poseInActionSpace.orientation.w = 1.f;
    for (std::size_t i = 0; i < 2; ++i) {
        space.subactionPath = hands_[i];
        space.action = grip_;
        result = xrCreateActionSpace(session, &space, grip_spaces_[i].put());
        space.action = aim_;
        if (XR_SUCCEEDED(result)) result = xrCreateActionSpace(session, &space, aim_spaces_[i].put());
        if (XR_FAILED(result)) return std::unexpected(xr_error("xrCreateActionSpace", result));
    }
    return {};
}

void HeadsetInput::detach() {
    for (std::size_t i = 0; i < 2; ++i) {
        grip_spaces_[i].reset();
        aim_spaces_[i].reset();
    }
    session_ = XR_NULL_HANDLE;
}

void HeadsetInput::sync(XrSpace origin, XrTime time, Input& out, Health& health) {
    const XrActiveActionSet active{set_.get(), XR_NULL_PATH};
    XrActionsSyncInfo info{.type = XR_TYPE_ACTIONS_SYNC_INFO};
    info.countActiveActionSets = 1;
    info.activeActionSets = &active;
    const XrResult result = xrSyncActions(session_, &info);
    const bool focused = health.worked(result, "xrSyncActions") && result != XR_SESSION_NOT_FOCUSED;
    for (std::size_t hand = 0; hand < 2; ++hand) {
        if (focused) {
            sync_hand(hand, origin, time, out.hands[hand], health);
        } else { // the system's menu is open: nothing is held any more
            out.hands[hand] = {.profile = std::move(out.hands[hand].profile)};
        }
    }
}

void HeadsetInput::sync_hand(std::size_t hand, XrSpace origin, XrTime time, HandState& out, Health& health) {
    const XrPath path = hands_[hand];
    XrSpaceLocationFlags flags = 0, aim_flags = 0;
    out.active = locate(grip_spaces_[hand].get(), origin, time, out.origin_from_grip, flags, health);
    out.tracked = out.active && (flags & XR_SPACE_LOCATION_POSITION_TRACKED_BIT) != 0;
    if (!locate(aim_spaces_[hand].get(), origin, time, out.origin_from_aim, aim_flags, health))
        out.origin_from_aim = out.origin_from_grip;

    out.trigger = read_float(trigger_, path, health);
    out.squeeze = read_float(squeeze_, path, health);
    out.stick = read_stick(path, health);
    press(out.select, out.trigger > (out.select.held ? kSelectRelease : kSelectPress));
    press(out.grab, out.squeeze > (out.grab.held ? kSelectRelease : kSelectPress));
    press(out.menu, read_bool(menu_, path, health));
}

float HeadsetInput::read_float(XrAction action, XrPath hand, Health& health) {
    const XrActionStateGetInfo get{.type = XR_TYPE_ACTION_STATE_GET_INFO, .action = action, .subactionPath = hand};
    XrActionStateFloat state{.type = XR_TYPE_ACTION_STATE_FLOAT};
    if (!health.worked(xrGetActionStateFloat(session_, &get, &state), "xrGetActionStateFloat")) return 0.f;
    return state.isActive == XR_TRUE ? std::clamp(state.currentState, 0.f, 1.f) : 0.f;
}

Vec2 HeadsetInput::read_stick(XrPath hand, Health& health) {
    const XrActionStateGetInfo get{.type = XR_TYPE_ACTION_STATE_GET_INFO, .action = stick_, .subactionPath = hand};
    XrActionStateVector2f state{.type = XR_TYPE_ACTION_STATE_VECTOR2F};
    if (!health.worked(xrGetActionStateVector2f(session_, &get, &state), "xrGetActionStateVector2f")) return {};
    return state.isActive == XR_TRUE ? Vec2(state.currentState.x, state.currentState.y) : Vec2(0.f);
}

bool HeadsetInput::read_bool(XrAction action, XrPath hand, Health& health) {
    const XrActionStateGetInfo get{.type = XR_TYPE_ACTION_STATE_GET_INFO, .action = action, .subactionPath = hand};
    XrActionStateBoolean state{.type = XR_TYPE_ACTION_STATE_BOOLEAN};
    return health.worked(xrGetActionStateBoolean(session_, &get, &state), "xrGetActionStateBoolean") &&
           state.isActive == XR_TRUE && state.currentState == XR_TRUE;
}

void HeadsetInput::profile_changed(Input& out, Health& health) {
    for (std::size_t hand = 0; hand < 2; ++hand) {
        XrInteractionProfileState state{.type = XR_TYPE_INTERACTION_PROFILE_STATE};
        out.hands[hand].profile.clear();
        if (!health.worked(xrGetCurrentInteractionProfile(session_, hands_[hand], &state),
                           "xrGetCurrentInteractionProfile") ||
            state.interactionProfile == XR_NULL_PATH)
            continue;
        char name[XR_MAX_PATH_LENGTH]{};
        std::uint32_t length = 0;
        if (XR_SUCCEEDED(xrPathToString(instance_, state.interactionProfile, sizeof(name), &length, name)))
            out.hands[hand].profile = name;
    }
}

} // namespace pw::xr
