// SPDX-License-Identifier: Apache-2.0
#include "app/headset_surfaces.h"

#include <utility>

namespace pw::app {

const SurfaceLook& look_of(SurfaceId id) {
    static constexpr std::array<SurfaceLook, kSurfaces> kLooks{{
        {"card", 520, 460, 1.2},
        {"board", 800, 480, 1.3},
        {"parts", 460, 520, 1.1},
        {"tools", 460, 520, 1.1},
        {"registration", 460, 420, 1.1},
        {"tree", 420, 520, 1.1},
        {"settings", 560, 520, 1.1},
        {"help", 720, 560, 1.1},
        {"problems", 560, 300, 1.1},
        {"statistics", 480, 420, 1.1},
        {"menu", 400, 330, 0.45},
        {"keyboard", 460, 210, 0.55},
        {"tutorial", 460, 96, 1.1, /* movable= */ false},
        {"status", 520, 44, 1.1, /* movable= */ false, /* mute= */ true},
        {"legend", 250, 76, 1.1, /* movable= */ false, /* mute= */ true},
        {"captions", 560, 44, 1.1, /* movable= */ false, /* mute= */ true},
    }};
    return kLooks[std::to_underlying(id)];
}

float pixel_m(const SurfaceLook& look) {
    return static_cast<float>(look.distance_m * kLetter_rad) / (kLetter_px * kHeadsetLetters);
}

} // namespace pw::app
