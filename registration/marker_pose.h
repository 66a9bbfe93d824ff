#pragma once
// SPDX-License-Identifier: Apache-2.0
// Internal to registration/: the pose of an asset before one camera, from corners of markers.

#include "registration/marker.h"

namespace pw::registration {

// A corner as it was seen, and where it is on the asset.
struct Corner {
    DVec3 asset_m{0.0};
    glm::dvec2 pixel{0.0};
};

struct PoseCandidate {
    Estimate camera_from_asset;
    double chi2 = 0.0; // of the corners, each coordinate with `corner_sd_px`
};

// A marker in the picture.
struct SeenMarker {
    Marker marker;
    std::array<glm::dvec2, 4> corners{};
};

// The one or two poses that fit best, better first. The first is a minimum of the squared reprojection errors of all
// corners; so is the second, or it is the mirrored pose of one where that has no minimum. None: no pose was found.
std::vector<PoseCandidate> poses_of(const Intrinsics& lens, std::span<const SeenMarker> seen, double corner_sd_px);

} // namespace pw::registration
