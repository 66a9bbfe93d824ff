#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to xr: what the runtime says of whoever wears the headset: where the head is, in which space, whether input
// is theirs, whether there is anybody, and whether they asked for another origin.

#include "xr/headset_runtime.h"
#include "xr/input.h"

#include <optional>
#include <vector>

namespace pw::xr {

inline constexpr float kGuessedEyeHeight_m = 1.6f; // where the runtime does not know its floor

class Wearer {
  public:
    static Result<Wearer> make(const Runtime& runtime, XrSession session);

    void enter(XrSessionState state) { state_ = state; }
    void presence_changed(bool present) { present_ = present; }
    // Takes effect with the first frame that is shown at its time or later.
    void origin_changes(const XrEventDataReferenceSpaceChangePending& event);
    // For a frame that is shown at `time`. What has no place now keeps its last one; a head that lost its position
    // still turns.
    void sense(XrTime time, Input& out, Health& health);

    XrSpace origin() const { return origin_.get(); }

  private:
    struct Change {
        XrTime time = 0;
        std::optional<Pose> old_from_new;
    };
    bool worn() const;
    void locate_head(XrTime time, Input& out, Health& health);

    Handle<XrSpace, xrDestroySpace> origin_, head_;
    XrReferenceSpaceType origin_type_ = XR_REFERENCE_SPACE_TYPE_LOCAL;
    Pose reference_from_origin_;
    XrSessionState state_ = XR_SESSION_STATE_UNKNOWN;
    bool tells_presence_ = false, present_ = true;
    std::vector<Change> changes_; // announced and not yet in effect, by time
};

} // namespace pw::xr
