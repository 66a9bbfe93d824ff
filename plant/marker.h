#pragma once
// SPDX-License-Identifier: Apache-2.0
// A printed marker on a machine, by which a camera finds where the real one is (docs/registration.md). Plain data of
// the plant file.

#include "base/math.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace pw::plant {

enum class MarkerFamily : std::uint8_t { Tag36h11, TagStandard41h12 }; // of AprilTag
inline constexpr std::array<std::string_view, 2> kMarkerFamilies{"tag36h11", "tagStandard41h12"};
inline constexpr std::array<std::uint32_t, 2> kMarkerIds{587, 2115}; // how many each has

struct Marker {
    MarkerFamily family = MarkerFamily::Tag36h11;
    std::uint32_t id = 0;
    double size_m = 0.1; // the edge of the square whose corners are found: docs/registration.md
    // Of its middle, in the frame of the equipment. Its x is right and its y up as one looks at it, z out of its face.
    DVec3 position_m{0.0};
    Quat rotation = kNoRotation;
};

} // namespace pw::plant
