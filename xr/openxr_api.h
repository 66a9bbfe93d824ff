#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: OpenXR with its Vulkan and time extensions, and the conversions that every file of the headset needs.

#define XR_USE_GRAPHICS_API_VULKAN
#define XR_USE_TIMESPEC

#include "base/math.h"
#include "base/result.h"

#include <ctime>
// clang-format off: openxr_platform.h wants the types of the others before it
#include <vulkan/vulkan.h>
#include <openxr/openxr.h>
#include <openxr/openxr_platform.h>
// clang-format on

namespace pw::xr {

const char* name_of(XrResult result);      // "XR_ERROR_INSTANCE_LOST"
const char* name_of(XrSessionState state); // "FOCUSED"

Error xr_error(const char* call, XrResult result); // Unavailable: "xrCreateSession: XR_ERROR_…"

// False for what a runtime may give together with a success: zeros as it dies, what is no number, and what is so far
// away that a float has no centimetres left there. Filters and stances remember; such a pose must not get to them.
bool turns(const XrQuaternionf& q);
bool stands(const XrVector3f& position);
inline bool is_pose(const XrPosef& pose) { return turns(pose.orientation) && stands(pose.position); }
Pose to_pose(const XrPosef& pose);
XrPosef to_xr(const Pose& pose);

// An extension's function, or null.
template <class Function> Function xr_function(XrInstance instance, const char* name) {
    PFN_xrVoidFunction found = nullptr;
    if (XR_FAILED(xrGetInstanceProcAddr(instance, name, &found))) return nullptr;
    return reinterpret_cast<Function>(found);
}

// How the calls of the frame fare. A lost session or instance is a state and not an error; whatever else fails is told
// once, and the frame goes on without it.
class Health {
  public:
    bool worked(XrResult result, const char* call);
    // For calls without which no frame can go on: any failure counts as a loss.
    bool vital(XrResult result, const char* call);
    void lose(const char* why);
    bool lost() const { return lost_; }
    void recovered() { *this = {}; }

  private:
    bool lost_ = false;
    const char* told_call_ = nullptr; // the failure told last, so that it does not fill the log at 90 Hz
    XrResult told_result_ = XR_SUCCESS;
};

} // namespace pw::xr
