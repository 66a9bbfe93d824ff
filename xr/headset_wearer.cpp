// SPDX-License-Identifier: Apache-2.0
#include "xr/headset_wearer.h"

#include "base/log.h"

#include <algorithm>
#include <span>

namespace pw::xr {
Result<Wearer> Wearer::make(const Runtime& runtime, XrSession session) {
    XrReferenceSpaceType offered[16]{};
    std::uint32_t count = 0;
    XrResult result = xrEnumerateReferenceSpaces(session, 16, &count, offered);
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrEnumerateReferenceSpaces", result));
    const auto has = [&](XrReferenceSpaceType type) { return std::ranges::contains(std::span(offered, count), type); };

    Wearer made;
    made.tells_presence_ = runtime.user_presence;
    XrReferenceSpaceCreateInfo info{.type = XR_TYPE_REFERENCE_SPACE_CREATE_INFO};
    info.poseInReferenceSpace.orientation.w = 1.f;
    if (runtime.local_floor && has(XR_REFERENCE_SPACE_TYPE_LOCAL_FLOOR)) {
        info.referenceSpaceType = XR_REFERENCE_SPACE_TYPE_LOCAL_FLOOR;
    } else if (has(XR_REFERENCE_SPACE_TYPE_STAGE)) {
        info.referenceSpaceType = XR_REFERENCE_SPACE_TYPE_STAGE;
    } else {
        info.referenceSpaceType = XR_REFERENCE_SPACE_TYPE_LOCAL;
        info.poseInReferenceSpace.position.y = -kGuessedEyeHeight_m;
        log_warn("the headset does not know its floor: taken to be 1.6 m below the eyes");
    }
    made.origin_type_ = info.referenceSpaceType;
    made.reference_from_origin_ = to_pose(info.poseInReferenceSpace);
    result = xrCreateReferenceSpace(session, &info, made.origin_.put());
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrCreateReferenceSpace", result));

    info.referenceSpaceType = XR_REFERENCE_SPACE_TYPE_VIEW;
    info.poseInReferenceSpace.position.y = 0.f;
    result = xrCreateReferenceSpace(session, &info, made.head_.put());
    if (XR_FAILED(result)) return std::unexpected(xr_error("xrCreateReferenceSpace", result));
    return made;
}

void Wearer::origin_changes(const XrEventDataReferenceSpaceChangePending& event) {
    if (event.referenceSpaceType != origin_type_) return;
    Change change{.time = event.changeTime, .old_from_new = {}};
    if (event.poseValid == XR_TRUE && is_pose(event.poseInPreviousSpace))
        change.old_from_new =
            inverse(reference_from_origin_) * to_pose(event.poseInPreviousSpace) * reference_from_origin_;
    changes_.push_back(change);
}

void Wearer::sense(XrTime time, Input& out, Health& health) {
    out.focused = state_ == XR_SESSION_STATE_FOCUSED;
    out.worn = worn();
    out.recentred = false;
    out.old_origin_from_origin.reset();
    std::erase_if(changes_, [&](const Change& change) {
        if (change.time > time) return false;
        const std::optional<Pose> before = out.recentred ? out.old_origin_from_origin : Pose{};
        out.recentred = true;
        out.old_origin_from_origin =
            before && change.old_from_new ? std::optional(*before * *change.old_from_new) : std::nullopt;
        return true;
    });
    locate_head(time, out, health);
}

// A runtime without XR_EXT_user_presence takes the picture from a session that nobody looks at.
bool Wearer::worn() const {
    if (tells_presence_) return present_;
    return state_ == XR_SESSION_STATE_VISIBLE || state_ == XR_SESSION_STATE_FOCUSED;
}

void Wearer::locate_head(XrTime time, Input& out, Health& health) {
    XrSpaceLocation found{.type = XR_TYPE_SPACE_LOCATION};
    const bool worked = health.worked(xrLocateSpace(head_.get(), origin_.get(), time, &found), "xrLocateSpace");
    const XrSpaceLocationFlags flags = worked ? found.locationFlags : 0;
    const Pose pose = to_pose(found.pose);
    out.head_active = (flags & XR_SPACE_LOCATION_ORIENTATION_VALID_BIT) != 0 && turns(found.pose.orientation);
    if (out.head_active) out.origin_from_head.orientation = pose.orientation;
    const bool placed =
        out.head_active && (flags & XR_SPACE_LOCATION_POSITION_VALID_BIT) != 0 && stands(found.pose.position);
    if (placed) out.origin_from_head.position = pose.position;
    out.head_tracked = placed && (flags & XR_SPACE_LOCATION_POSITION_TRACKED_BIT) != 0;
}

} // namespace pw::xr
