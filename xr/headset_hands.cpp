// SPDX-License-Identifier: Apache-2.0
#include "xr/headset_hands.h"

#include "base/log.h"

#include <glm/geometric.hpp>
#include <glm/gtc/quaternion.hpp>

#include <algorithm>
#include <cmath>

namespace pw::xr {
namespace {

static_assert(kJoints == XR_HAND_JOINT_COUNT_EXT);
static_assert(static_cast<int>(Joint::Wrist) == XR_HAND_JOINT_WRIST_EXT);
static_assert(static_cast<int>(Joint::LittleTip) == XR_HAND_JOINT_LITTLE_TIP_EXT);

constexpr XrSpaceLocationFlags kPlaced = XR_SPACE_LOCATION_POSITION_VALID_BIT | XR_SPACE_LOCATION_ORIENTATION_VALID_BIT;

bool placed(const XrHandJointLocationEXT& joint) {
    return (joint.locationFlags & kPlaced) == kPlaced && is_pose(joint.pose);
}

bool offers_hands(const Runtime& runtime) {
    XrSystemHandTrackingPropertiesEXT hands{.type = XR_TYPE_SYSTEM_HAND_TRACKING_PROPERTIES_EXT};
    XrSystemProperties properties{.type = XR_TYPE_SYSTEM_PROPERTIES, .next = &hands};
    return XR_SUCCEEDED(xrGetSystemProperties(runtime.instance.get(), runtime.system, &properties)) &&
           hands.supportsHandTracking == XR_TRUE;
}

} // namespace

void HandTrackers::attach(const Runtime& runtime, XrSession session) {
    *this = {};
    if (!runtime.enabled(XR_EXT_HAND_TRACKING_EXTENSION_NAME) || !offers_hands(runtime)) return;
    const auto create = xr_function<PFN_xrCreateHandTrackerEXT>(runtime.instance.get(), "xrCreateHandTrackerEXT");
    locate_ = xr_function<PFN_xrLocateHandJointsEXT>(runtime.instance.get(), "xrLocateHandJointsEXT");
    if (create == nullptr || locate_ == nullptr) return;

    tells_source_ = runtime.enabled(XR_EXT_HAND_TRACKING_DATA_SOURCE_EXTENSION_NAME);
    XrHandTrackingDataSourceEXT wanted[]{XR_HAND_TRACKING_DATA_SOURCE_UNOBSTRUCTED_EXT,
                                         XR_HAND_TRACKING_DATA_SOURCE_CONTROLLER_EXT};
    const XrHandTrackingDataSourceInfoEXT sources{.type = XR_TYPE_HAND_TRACKING_DATA_SOURCE_INFO_EXT,
                                                  .requestedDataSourceCount = 2,
                                                  .requestedDataSources = wanted};
    for (std::size_t hand = 0; hand < 2; ++hand) {
        const XrHandTrackerCreateInfoEXT info{.type = XR_TYPE_HAND_TRACKER_CREATE_INFO_EXT,
                                              .next = tells_source_ ? &sources : nullptr,
                                              .hand = hand == 0 ? XR_HAND_LEFT_EXT : XR_HAND_RIGHT_EXT,
                                              .handJointSet = XR_HAND_JOINT_SET_DEFAULT_EXT};
        const XrResult result = create(session, &info, &trackers_[hand]);
        if (XR_FAILED(result)) log_debug(xr_error("xrCreateHandTrackerEXT", result).what);
    }
}

void HandTrackers::detach() { *this = {}; }

SeenHand HandTrackers::locate(std::size_t hand, XrSpace origin, XrTime time, Health& health) const {
    SeenHand seen;
    if (trackers_[hand] == XR_NULL_HANDLE) return seen;
    std::array<XrHandJointLocationEXT, kJoints> found{};
    XrHandTrackingDataSourceStateEXT source{.type = XR_TYPE_HAND_TRACKING_DATA_SOURCE_STATE_EXT,
                                            .dataSource = XR_HAND_TRACKING_DATA_SOURCE_UNOBSTRUCTED_EXT};
    XrHandJointLocationsEXT locations{.type = XR_TYPE_HAND_JOINT_LOCATIONS_EXT,
                                      .next = tells_source_ ? &source : nullptr,
                                      .jointCount = kJoints,
                                      .jointLocations = found.data()};
    const XrHandJointsLocateInfoEXT info{
        .type = XR_TYPE_HAND_JOINTS_LOCATE_INFO_EXT, .baseSpace = origin, .time = time};
    if (!health.worked(locate_(trackers_[hand], &info, &locations), "xrLocateHandJointsEXT")) return seen;
    if (locations.isActive != XR_TRUE || !std::ranges::all_of(found, placed)) return seen;

    seen.active = true;
    seen.tracked = (found[XR_HAND_JOINT_PALM_EXT].locationFlags & XR_SPACE_LOCATION_POSITION_TRACKED_BIT) != 0;
    seen.by_controller =
        tells_source_ && source.isActive == XR_TRUE && source.dataSource == XR_HAND_TRACKING_DATA_SOURCE_CONTROLLER_EXT;
    std::ranges::transform(found, seen.joints.begin(), [](const XrHandJointLocationEXT& joint) {
        return HandJoint{.origin_from_joint = to_pose(joint.pose), .radius_m = joint.radius};
    });
    return seen;
}

} // namespace pw::xr
