// SPDX-License-Identifier: Apache-2.0
#include "xr/headset_input.h"

#include "base/log.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pw::xr {
namespace {

// The trigger, or the grip, pulled: pressed above the one, released below the other, so that a trembling finger is one
// press. A bare hand has thresholds of its own (xr/hand_gestures.h).
constexpr float kSelectPress = 0.6f, kSelectRelease = 0.4f;

constexpr XrSpaceLocationFlags kPoseValid =
    XR_SPACE_LOCATION_POSITION_VALID_BIT | XR_SPACE_LOCATION_ORIENTATION_VALID_BIT;

constexpr const char* kHandPaths[2]{"/user/hand/left", "/user/hand/right"};
constexpr std::string_view kProfiles = "/interaction_profiles/";

XrPath to_path(XrInstance instance, const std::string& text) {
    XrPath path = XR_NULL_PATH;
    xrStringToPath(instance, text.c_str(), &path);
    return path;
}

bool is_hand(std::string_view profile) {
    return profile.starts_with(kProfiles) && profile.substr(kProfiles.size()) == kHandProfile;
}

// False when it has no place now; `out` then keeps its last one.
bool locate(XrSpace space, XrSpace origin, XrTime time, Pose& out, bool& tracked, Health& health) {
    XrSpaceLocation found{.type = XR_TYPE_SPACE_LOCATION};
    tracked = false;
    if (!health.worked(xrLocateSpace(space, origin, time, &found), "xrLocateSpace")) return false;
    if ((found.locationFlags & kPoseValid) != kPoseValid || !is_pose(found.pose)) return false;
    tracked = (found.locationFlags & XR_SPACE_LOCATION_POSITION_TRACKED_BIT) != 0;
    out = to_pose(found.pose);
    return true;
}

Result<void> make_set(XrInstance instance, const char* name, const char* title,
                      Handle<XrActionSet, xrDestroyActionSet>& out) {
    XrActionSetCreateInfo set{.type = XR_TYPE_ACTION_SET_CREATE_INFO};
    std::strcpy(set.actionSetName, name);
    std::strcpy(set.localizedActionSetName, title);
    const XrResult result = xrCreateActionSet(instance, &set, out.put());
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrCreateActionSet", result));
    return {};
}

// `title`: a runtime's own menu shows it, where the user can bind it anew.
Result<void> make_action(XrActionSet set, XrActionType type, const char* name, const char* title,
                         std::span<const XrPath> hands, XrAction& out) {
    XrActionCreateInfo info{.type = XR_TYPE_ACTION_CREATE_INFO};
    std::strcpy(info.actionName, name);
    std::strcpy(info.localizedActionName, title);
    info.actionType = type;
    info.countSubactionPaths = static_cast<std::uint32_t>(hands.size());
    info.subactionPaths = hands.data();
    const XrResult result = xrCreateAction(set, &info, &out);
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrCreateAction", result));
    return {};
}

XrResult suggest_bindings(XrInstance instance, const std::string& profile,
                          std::span<const XrActionSuggestedBinding> bindings) {
    XrInteractionProfileSuggestedBinding suggestion{.type = XR_TYPE_INTERACTION_PROFILE_SUGGESTED_BINDING};
    suggestion.interactionProfile = to_path(instance, std::string(kProfiles) + profile);
    suggestion.countSuggestedBindings = static_cast<std::uint32_t>(bindings.size());
    suggestion.suggestedBindings = bindings.data();
    return xrSuggestInteractionProfileBindings(instance, &suggestion);
}

bool offers_gaze(const Runtime& runtime) {
    if (!runtime.enabled(XR_EXT_EYE_GAZE_INTERACTION_EXTENSION_NAME)) return false;
    XrSystemEyeGazeInteractionPropertiesEXT gaze{.type = XR_TYPE_SYSTEM_EYE_GAZE_INTERACTION_PROPERTIES_EXT};
    XrSystemProperties properties{.type = XR_TYPE_SYSTEM_PROPERTIES, .next = &gaze};
    return XR_SUCCEEDED(xrGetSystemProperties(runtime.instance.get(), runtime.system, &properties)) &&
           gaze.supportsEyeGazeInteraction == XR_TRUE;
}

} // namespace

std::vector<const char*> input_extensions() {
    std::vector<const char*> names{XR_EXT_HAND_TRACKING_EXTENSION_NAME, XR_EXT_HAND_TRACKING_DATA_SOURCE_EXTENSION_NAME,
                                   XR_EXT_EYE_GAZE_INTERACTION_EXTENSION_NAME, XR_MSFT_CONTROLLER_MODEL_EXTENSION_NAME,
                                   XR_FB_RENDER_MODEL_EXTENSION_NAME};
    for (const Profile& profile : profiles())
        if (profile.extension != nullptr) names.push_back(profile.extension);
    return names;
}

Result<HeadsetInput> HeadsetInput::make(const Runtime& runtime) {
    HeadsetInput made;
    made.instance_ = runtime.instance.get();
    for (std::size_t i = 0; i < 2; ++i) made.hands_[i] = to_path(made.instance_, kHandPaths[i]);
    if (auto done = made.make_actions(); !done) return std::unexpected(done.error());
    if (auto done = made.make_gaze(runtime); !done) return std::unexpected(done.error());
    // XR_EXT_hand_interaction gives every controller a place to poke with; not every runtime keeps to that.
    const bool poke = runtime.enabled(XR_EXT_HAND_INTERACTION_EXTENSION_NAME);
    for (const Profile& profile : profiles()) {
        XrResult result = made.suggest(profile, poke);
        if (poke && result == XR_ERROR_PATH_UNSUPPORTED) result = made.suggest(profile, false);
        if (XR_FAILED(result)) log_debug(std::string(profile.path) + " is not used: " + name_of(result));
    }
    return made;
}

Result<void> HeadsetInput::make_actions() {
    if (auto done = make_set(instance_, "plantwalk", "Plantwalk", set_); !done) return done;
    struct Wanted {
        XrAction* action;
        XrActionType type;
        const char *name, *title;
    };
    const Wanted wanted[]{{&grip_, XR_ACTION_TYPE_POSE_INPUT, "grip", "Hand"},
                          {&aim_, XR_ACTION_TYPE_POSE_INPUT, "aim", "Pointer"},
                          {&poke_, XR_ACTION_TYPE_POSE_INPUT, "poke", "Fingertip"},
                          {&trigger_, XR_ACTION_TYPE_FLOAT_INPUT, "trigger", "Select"},
                          {&squeeze_, XR_ACTION_TYPE_FLOAT_INPUT, "squeeze", "Grab"},
                          {&stick_, XR_ACTION_TYPE_VECTOR2F_INPUT, "stick", "Move and turn"},
                          {&menu_, XR_ACTION_TYPE_BOOLEAN_INPUT, "menu", "Menu"},
                          {&primary_, XR_ACTION_TYPE_BOOLEAN_INPUT, "primary", "First button"},
                          {&stick_click_, XR_ACTION_TYPE_BOOLEAN_INPUT, "stick_click", "Stick pressed in"},
                          {&haptic_, XR_ACTION_TYPE_VIBRATION_OUTPUT, "haptic", "Touch felt"}};
    for (const Wanted& w : wanted)
        if (auto done = make_action(set_.get(), w.type, w.name, w.title, hands_, *w.action); !done) return done;
    return {};
}

Result<void> HeadsetInput::make_gaze(const Runtime& runtime) {
    if (!offers_gaze(runtime)) return {};
    if (auto done = make_set(instance_, "gaze", "Eyes", gaze_set_); !done) return done;
    if (auto done = make_action(gaze_set_.get(), XR_ACTION_TYPE_POSE_INPUT, "gaze", "Look", {}, gaze_); !done)
        return done;
    const XrActionSuggestedBinding binding{gaze_, to_path(instance_, "/user/eyes_ext/input/gaze_ext/pose")};
    const XrResult result = suggest_bindings(instance_, "ext/eye_gaze_interaction", std::span(&binding, 1));
    if (XR_FAILED(result)) log_debug(xr_error("no gaze: xrSuggestInteractionProfileBindings", result).what);
    return {};
}

XrResult HeadsetInput::suggest(const Profile& profile, bool with_poke) {
    std::vector<XrActionSuggestedBinding> bindings;
    for (std::size_t hand = 0; hand < 2; ++hand) {
        const std::string base = kHandPaths[hand];
        const auto bind = [&](XrAction action, const char* component) {
            if (component != nullptr) bindings.push_back({action, to_path(instance_, base + "/input/" + component)});
        };
        bind(grip_, "grip/pose");
        bind(aim_, "aim/pose");
        bind(poke_, with_poke ? "poke_ext/pose" : nullptr);
        bind(trigger_, profile.trigger);
        bind(trigger_, profile.trigger_too);
        bind(squeeze_, profile.squeeze);
        bind(stick_, profile.stick);
        bind(stick_click_, profile.stick_click);
        bind(menu_, profile.menu[hand]);
        bind(primary_, profile.primary[hand]);
        if (profile.haptic) bindings.push_back({haptic_, to_path(instance_, base + "/output/haptic")});
    }
    return suggest_bindings(instance_, profile.path, bindings);
}

Result<void> HeadsetInput::make_space(XrAction action, XrPath hand, Handle<XrSpace, xrDestroySpace>& out) {
    XrActionSpaceCreateInfo space{.type = XR_TYPE_ACTION_SPACE_CREATE_INFO, .action = action, .subactionPath = hand};
    space.poseInActionSpace.orientation.w = 1.f;
    const XrResult result = xrCreateActionSpace(session_, &space, out.put());
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrCreateActionSpace", result));
    return {};
}

Result<void> HeadsetInput::attach(const Runtime& runtime, XrSession session) {
    session_ = session;
    const XrActionSet sets[]{set_.get(), gaze_set_.get()};
    XrSessionActionSetsAttachInfo info{.type = XR_TYPE_SESSION_ACTION_SETS_ATTACH_INFO};
    info.countActionSets = gaze_set_ ? 2 : 1;
    info.actionSets = sets;
    const XrResult result = xrAttachSessionActionSets(session, &info);
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrAttachSessionActionSets", result));

    for (std::size_t i = 0; i < 2; ++i)
        for (const auto& [action, spaces] :
             {std::pair{grip_, &grip_spaces_}, {aim_, &aim_spaces_}, {poke_, &poke_spaces_}})
            if (auto done = make_space(action, hands_[i], (*spaces)[i]); !done) return done;
    if (gaze_set_)
        if (auto done = make_space(gaze_, XR_NULL_PATH, gaze_space_); !done) return done;
    trackers_.attach(runtime, session);
    models_.attach(runtime, session);
    profiles_known_ = false;
    return {};
}

void HeadsetInput::detach() {
    models_.detach();
    trackers_.detach();
    for (Spaces* spaces : {&grip_spaces_, &aim_spaces_, &poke_spaces_})
        for (auto& space : *spaces) space.reset();
    gaze_space_.reset();
    session_ = XR_NULL_HANDLE;
}

void HeadsetInput::sync(XrSpace origin, XrTime time, Input& out, Health& health) {
    step_s_ = std::clamp(static_cast<double>(time - std::exchange(time_, time)) * 1e-9, 0.0, 0.1);
    const bool heard = sync_actions(health);
    out.focused = out.focused && heard;
    if (!profiles_known_) read_profiles(out, health);
    for (std::size_t hand = 0; hand < 2; ++hand) sync_hand(hand, origin, time, out, out.hands[hand], health);

    Pose gaze;
    bool tracked = false;
    out.origin_from_gaze.reset();
    if (gaze_allowed_ && out.focused && locate(gaze_space_.get(), origin, time, gaze, tracked, health))
        out.origin_from_gaze = gaze;
}

bool HeadsetInput::sync_actions(Health& health) {
    const XrActiveActionSet active[]{{set_.get(), XR_NULL_PATH}, {gaze_set_.get(), XR_NULL_PATH}};
    XrActionsSyncInfo info{.type = XR_TYPE_ACTIONS_SYNC_INFO};
    info.countActiveActionSets = gaze_allowed_ ? 2 : 1;
    info.activeActionSets = active;
    const XrResult result = xrSyncActions(session_, &info);
    return health.worked(result, "xrSyncActions") && result != XR_SESSION_NOT_FOCUSED; // the system's menu is open
}

void HeadsetInput::sync_hand(std::size_t hand, XrSpace origin, XrTime time, const Input& input, HandState& out,
                             Health& health) {
    const HandDevice before = out.device;
    out.device = HandDevice::None;
    out.active = out.tracked = out.pointing = out.has_joints = false;
    out.trigger = out.squeeze = 0.f;
    out.stick = Vec2(0.f);
    if (input.focused) find_hand(hand, origin, time, input.origin_from_head, out, health);
    if (out.device != HandDevice::Hand || !out.has_joints) memory_[hand].gestures.reset();
    if (out.device != before) memory_[hand].free = {};
    press(hand, out, health);
}

void HeadsetInput::find_hand(std::size_t hand, XrSpace origin, XrTime time, const Pose& origin_from_head,
                             HandState& out, Health& health) {
    const SeenHand seen = trackers_.locate(hand, origin, time, health);
    out.has_joints = seen.active && !seen.by_controller;
    out.joints = seen.joints;
    bool tracked = false, pokes = false;
    const bool held = locate(grip_spaces_[hand].get(), origin, time, out.origin_from_grip, out.tracked, health);
    if (held) {
        out.device = is_hand(out.profile) ? HandDevice::Hand : HandDevice::Controller;
        if (!locate(aim_spaces_[hand].get(), origin, time, out.origin_from_aim, tracked, health))
            out.origin_from_aim = out.origin_from_grip;
        pokes = locate(poke_spaces_[hand].get(), origin, time, out.origin_from_poke, tracked, health);
        if (!pokes) out.origin_from_poke = out.origin_from_aim; // the front of a controller is where it points from
    } else if (out.has_joints) {
        out.device = HandDevice::Hand;
        out.tracked = seen.tracked;
    }
    out.active = out.device != HandDevice::None;
    out.pointing = out.active;
    const bool pulls = held && read_float(trigger_, hands_[hand], out.trigger, health);
    const bool grips = held && read_float(squeeze_, hands_[hand], out.squeeze, health);
    if (held) out.stick = read_stick(hands_[hand], health);
    if (out.device != HandDevice::Hand || !out.has_joints) return;

    const Gestures now = memory_[hand].gestures.read(seen.joints, origin_from_head, step_s_);
    out.pointing = now.pointing;
    if (!pulls) out.trigger = now.pinch;
    if (!grips) out.squeeze = now.fist;
    if (!pokes) out.origin_from_poke = now.origin_from_poke;
    if (held) return;
    out.origin_from_grip = now.origin_from_grip;
    out.origin_from_aim = now.origin_from_aim;
}

void HeadsetInput::press(std::size_t hand, HandState& out, Health& health) {
    const XrPath path = hands_[hand];
    const bool buttons = out.device == HandDevice::Controller;
    const auto pulled = [&](float value, bool held) {
        if (out.device == HandDevice::Hand) return value > (held ? kPinchRelease : kPinchPress);
        return value > (held ? kSelectRelease : kSelectPress);
    };
    const struct {
        Press& press;
        bool down;
    } presses[kPresses]{{out.select, pulled(out.trigger, out.select.held)},
                        {out.grab, pulled(out.squeeze, out.grab.held)},
                        {out.menu, buttons && read_bool(menu_, path, health)},
                        {out.primary, buttons && read_bool(primary_, path, health)},
                        {out.stick_click, buttons && read_bool(stick_click_, path, health)}};
    for (std::size_t i = 0; i < kPresses; ++i) {
        const auto& [press, down] = presses[i];
        bool& free = memory_[hand].free[i];
        free |= !down;
        const bool held = down && free;
        press = {held, held && !press.held, !held && press.held};
    }
}

bool HeadsetInput::read_float(XrAction action, XrPath hand, float& out, Health& health) {
    const XrActionStateGetInfo get{.type = XR_TYPE_ACTION_STATE_GET_INFO, .action = action, .subactionPath = hand};
    XrActionStateFloat state{.type = XR_TYPE_ACTION_STATE_FLOAT};
    const bool bound = health.worked(xrGetActionStateFloat(session_, &get, &state), "xrGetActionStateFloat") &&
                       state.isActive == XR_TRUE;
    out = bound ? std::clamp(state.currentState, 0.f, 1.f) : 0.f;
    return bound;
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

void HeadsetInput::read_profiles(Input& out, Health& health) {
    profiles_known_ = true;
    for (std::size_t hand = 0; hand < 2; ++hand) {
        XrInteractionProfileState state{.type = XR_TYPE_INTERACTION_PROFILE_STATE};
        std::string& profile = out.hands[hand].profile;
        profile.clear();
        models_.forget(hand);
        if (!health.worked(xrGetCurrentInteractionProfile(session_, hands_[hand], &state),
                           "xrGetCurrentInteractionProfile") ||
            state.interactionProfile == XR_NULL_PATH)
            continue;
        char name[XR_MAX_PATH_LENGTH]{};
        std::uint32_t length = 0;
        if (XR_SUCCEEDED(xrPathToString(instance_, state.interactionProfile, sizeof(name), &length, name)))
            profile = name;
    }
}

void HeadsetInput::vibrate(std::size_t hand, float amplitude, Duration length, Health& health) {
    const XrHapticActionInfo where{
        .type = XR_TYPE_HAPTIC_ACTION_INFO, .action = haptic_, .subactionPath = hands_[hand]};
    const XrHapticVibration pulse{.type = XR_TYPE_HAPTIC_VIBRATION,
                                  .duration = length.ns > 0 ? length.ns : XR_MIN_HAPTIC_DURATION,
                                  .frequency = XR_FREQUENCY_UNSPECIFIED,
                                  .amplitude = std::clamp(amplitude, 0.f, 1.f)};
    health.worked(xrApplyHapticFeedback(session_, &where, reinterpret_cast<const XrHapticBaseHeader*>(&pulse)),
                  "xrApplyHapticFeedback"); // without focus: XR_SESSION_NOT_FOCUSED, a success
}

bool HeadsetInput::allow_gaze(bool allowed) {
    gaze_allowed_ = allowed && gaze_set_;
    return static_cast<bool>(gaze_set_);
}

} // namespace pw::xr
