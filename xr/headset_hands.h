#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: the joints of both hands, where the runtime sees them (XR_EXT_hand_tracking).

#include "xr/hand_gestures.h"
#include "xr/headset_runtime.h"

#include <array>

namespace pw::xr {

struct SeenHand {
    bool active = false;        // every joint has a place
    bool tracked = false;       // measured now, not guessed
    bool by_controller = false; // made up from the controller that it holds (XR_EXT_hand_tracking_data_source)
    HandJoints joints{};
};

class HandTrackers {
  public:
    void attach(const Runtime& runtime, XrSession session); // without the extension, or a tracker: no hand is seen
    void detach();
    SeenHand locate(std::size_t hand, XrSpace origin, XrTime time, Health& health) const;

  private:
    std::array<XrHandTrackerEXT, 2> trackers_{}; // children of the session, and go with it
    PFN_xrLocateHandJointsEXT locate_ = nullptr;
    bool tells_source_ = false;
};

} // namespace pw::xr
