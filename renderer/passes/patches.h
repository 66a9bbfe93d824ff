#pragma once
// SPDX-License-Identifier: Apache-2.0
// Filled triangles in the world, blended over what is drawn before them and hidden by it. They follow the panels, which
// write depth: a bar before a panel is before it for both eyes.

#include "renderer/internal/frame.h"

namespace pw::renderer {

struct PatchPass {
    static PatchPass make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats);
    void record(FrameContext& context) const;

    Pipeline pipeline;
};

} // namespace pw::renderer
