#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: the headset's hands: actions bound to the controllers we know, and bare hands by their joints. What
// is in a hand is found anew in every frame; a press ends when it changes, and when the focus goes.

#include "base/time.h"
#include "xr/headset_hands.h"
#include "xr/headset_models.h"
#include "xr/headset_profiles.h"
#include "xr/headset_runtime.h"
#include "xr/input.h"

#include <array>
#include <string>
#include <vector>

namespace pw::xr {

// What to enable, where it is offered: controllers by their own names, hands, eyes, models.
std::vector<const char*> input_extensions();

class HeadsetInput {
  public:
    // Declares the actions and suggests bindings. A profile that the runtime does not know is left out.
    static Result<HeadsetInput> make(const Runtime& runtime);
    Result<void> attach(const Runtime& runtime, XrSession session); // once per session
    void detach();

    // Hands and gaze at `time`, in `origin`; where the head is stands in `out` already. Without focus hands are
    // inactive.
    void sync(XrSpace origin, XrTime time, Input& out, Health& health);
    void profile_changed() { profiles_known_ = false; }

    void vibrate(std::size_t hand, float amplitude, Duration length, Health& health);
    bool allow_gaze(bool allowed); // false: there is no gaze to be had
    std::vector<std::byte> controller_model(std::size_t hand) { return models_.get(hand); }

  private:
    static constexpr std::size_t kPresses = 5; // of HandState
    // What one hand remembers between frames.
    struct Memory {
        GestureReader gestures;
        std::array<bool, kPresses> free{}; // seen up since the hand took this device: may be pressed
    };
    using Spaces = std::array<Handle<XrSpace, xrDestroySpace>, 2>;

    Result<void> make_actions();
    Result<void> make_gaze(const Runtime& runtime);
    XrResult suggest(const Profile& profile, bool with_poke);
    Result<void> make_space(XrAction action, XrPath hand, Handle<XrSpace, xrDestroySpace>& out);
    bool sync_actions(Health& health);
    void read_profiles(Input& out, Health& health);
    void sync_hand(std::size_t hand, XrSpace origin, XrTime time, const Input& input, HandState& out, Health& health);
    void find_hand(std::size_t hand, XrSpace origin, XrTime time, const Pose& origin_from_head, HandState& out,
                   Health& health); // device, poses and values
    void press(std::size_t hand, HandState& out, Health& health);
    bool read_float(XrAction action, XrPath hand, float& out, Health& health); // false: nothing is bound to it
    Vec2 read_stick(XrPath hand, Health& health);
    bool read_bool(XrAction action, XrPath hand, Health& health);

    XrInstance instance_ = XR_NULL_HANDLE;
    XrSession session_ = XR_NULL_HANDLE;
    // The actions are the sets' children and go with them. Eyes have a set of their own, active only when allowed.
    Handle<XrActionSet, xrDestroyActionSet> set_, gaze_set_;
    XrAction grip_ = XR_NULL_HANDLE, aim_ = XR_NULL_HANDLE, poke_ = XR_NULL_HANDLE, trigger_ = XR_NULL_HANDLE,
             squeeze_ = XR_NULL_HANDLE, stick_ = XR_NULL_HANDLE, menu_ = XR_NULL_HANDLE, primary_ = XR_NULL_HANDLE,
             stick_click_ = XR_NULL_HANDLE, haptic_ = XR_NULL_HANDLE, gaze_ = XR_NULL_HANDLE;
    std::array<XrPath, 2> hands_{};
    Spaces grip_spaces_, aim_spaces_, poke_spaces_;
    Handle<XrSpace, xrDestroySpace> gaze_space_;
    HandTrackers trackers_;
    ControllerModels models_;

    std::array<Memory, 2> memory_{Memory{GestureReader(0)}, Memory{GestureReader(1)}};
    XrTime time_ = 0;   // of the last frame
    double step_s_ = 0; // from it to this one
    bool profiles_known_ = false, gaze_allowed_ = false;
};

} // namespace pw::xr
