#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: the headset's hands: one action set, bound to the controllers we know.

#include "base/time.h"
#include "xr/headset_runtime.h"
#include "xr/input.h"

#include <array>
#include <vector>

namespace pw::xr {

// What to enable, where it is offered, so that controllers are known by their own names.
std::vector<const char*> profile_extensions();

class HeadsetInput {
  public:
    // Declares the actions and suggests bindings. A profile that the runtime does not know is left out.
    static Result<HeadsetInput> make(XrInstance instance);
    Result<void> attach(XrSession session); // once per session
    void detach();

    // Hands at `time`, in `origin`. Without focus they are inactive.
    void sync(XrSpace origin, XrTime time, Input& out, Health& health);
    void profile_changed(Input& out, Health& health);

  private:
    Result<void> make_actions();
    void suggest(const struct Profile& profile);
    void sync_hand(std::size_t hand, XrSpace origin, XrTime time, HandState& out, Health& health);
    float read_float(XrAction action, XrPath hand, Health& health);
    Vec2 read_stick(XrPath hand, Health& health);
    bool read_bool(XrAction action, XrPath hand, Health& health);

    XrInstance instance_ = XR_NULL_HANDLE;
    XrSession session_ = XR_NULL_HANDLE;
    Handle<XrActionSet, xrDestroyActionSet> set_; // the actions are its children and go with it
    XrAction grip_ = XR_NULL_HANDLE, aim_ = XR_NULL_HANDLE, trigger_ = XR_NULL_HANDLE, squeeze_ = XR_NULL_HANDLE,
             stick_ = XR_NULL_HANDLE, menu_ = XR_NULL_HANDLE;
    std::array<XrPath, 2> hands_{};
    std::array<Handle<XrSpace, xrDestroySpace>, 2> grip_spaces_, aim_spaces_;
};

} // namespace pw::xr
