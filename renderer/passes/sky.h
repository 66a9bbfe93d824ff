#pragma once
// SPDX-License-Identifier: Apache-2.0
// The environment as the background: everywhere where nothing else was drawn.

#include "renderer/internal/environment.h"
#include "renderer/internal/frame.h"

namespace pw::renderer {

struct SkyPass {
    static SkyPass make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats);
    void record(FrameContext& context, const Environment& environment) const; // after what is opaque

    Pipeline pipeline;
};

} // namespace pw::renderer
