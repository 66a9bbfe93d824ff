#pragma once
// SPDX-License-Identifier: Apache-2.0
// What spares the eyes and the stomach: the picture darkens outside of a soft circle around the straight ahead of both
// eyes, and as a whole. The real world, which is seen where nothing is drawn, does not: there what is drawn goes away.

#include "renderer/internal/frame.h"

namespace pw::renderer {

struct ComfortPass {
    static ComfortPass make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats);
    void record(const FrameContext& context) const; // after everything else of the world

    Pipeline darken, take_away;
};

} // namespace pw::renderer
