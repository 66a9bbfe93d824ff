// SPDX-License-Identifier: Apache-2.0
#include "xr/openxr_api.h"

#include "base/log.h"

#include <openxr/openxr_reflection.h>

#include <cmath>
#include <string>

namespace pw::xr {

const char* name_of(XrResult result) {
    switch (result) {
#define PW_CASE(name, value)                                                                                           \
    case name:                                                                                                         \
        return #name;
        XR_LIST_ENUM_XrResult(PW_CASE)
#undef PW_CASE
            default : return "an unknown result";
    }
}

const char* name_of(XrSessionState state) {
    switch (state) {
    case XR_SESSION_STATE_IDLE:
        return "IDLE";
    case XR_SESSION_STATE_READY:
        return "READY";
    case XR_SESSION_STATE_SYNCHRONIZED:
        return "SYNCHRONIZED";
    case XR_SESSION_STATE_VISIBLE:
        return "VISIBLE";
    case XR_SESSION_STATE_FOCUSED:
        return "FOCUSED";
    case XR_SESSION_STATE_STOPPING:
        return "STOPPING";
    case XR_SESSION_STATE_LOSS_PENDING:
        return "LOSS_PENDING";
    case XR_SESSION_STATE_EXITING:
        return "EXITING";
    default:
        return "UNKNOWN";
    }
}

Error xr_error(const char* call, XrResult result) {
    const char* words = result == XR_ERROR_RUNTIME_UNAVAILABLE       ? "no OpenXR runtime is set up"
                        : result == XR_ERROR_RUNTIME_FAILURE         ? "the OpenXR runtime does not answer"
                        : result == XR_ERROR_FORM_FACTOR_UNAVAILABLE ? "the OpenXR runtime has no headset now"
                                                                     : nullptr;
    const std::string code = std::string(call) + ": " + name_of(result);
    return {Errc::Unavailable, words != nullptr ? std::string(words) + ", " + code : code};
}

bool turns(const XrQuaternionf& q) {
    const float squared = q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w;
    return squared > 0.5f && squared < 2.f;
}

bool stands(const XrVector3f& position) {
    constexpr float kFarthest_m = 1e5f;
    return std::abs(position.x) < kFarthest_m && std::abs(position.y) < kFarthest_m &&
           std::abs(position.z) < kFarthest_m;
}

Pose to_pose(const XrPosef& pose) {
    const XrQuaternionf& q = pose.orientation;
    return {{pose.position.x, pose.position.y, pose.position.z}, Quat(q.w, q.x, q.y, q.z)};
}

XrPosef to_xr(const Pose& pose) {
    const Quat& q = pose.orientation;
    const Vec3 p(pose.position);
    return {{q.x, q.y, q.z, q.w}, {p.x, p.y, p.z}};
}

bool Health::worked(XrResult result, const char* call) {
    if (XR_SUCCEEDED(result)) return true;
    if (result == XR_ERROR_SESSION_LOST || result == XR_ERROR_INSTANCE_LOST) {
        lose(name_of(result));
        return false;
    }
    if (call != told_call_ || result != told_result_) log_warn(xr_error(call, result).what);
    told_call_ = call;
    told_result_ = result;
    return false;
}

bool Health::vital(XrResult result, const char* call) {
    if (worked(result, call)) return true;
    lose(call);
    return false;
}

void Health::lose(const char* why) {
    if (!lost_) log_warn(std::string("the headset is lost: ") + why);
    lost_ = true;
}

} // namespace pw::xr
