#pragma once
// SPDX-License-Identifier: Apache-2.0
// Lines in the world: ribbons that face the eye, with round ends and soft edges. They hide nothing: later lines lie
// over earlier ones.

#include "renderer/internal/frame.h"

namespace pw::renderer {

struct LinePass {
    static LinePass make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats);
    void record(FrameContext& context) const;

    Pipeline hidden_by_walls, through_walls;
};

} // namespace pw::renderer
