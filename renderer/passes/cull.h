#pragma once
// SPDX-License-Identifier: Apache-2.0
// Culling on the GPU: visibility bits per list, sums, draws per bucket, visible instances. No atomics, so the same
// frame gives the same draws in the same order.

#include "renderer/internal/draw_table.h"
#include "renderer/internal/frame.h"

namespace pw::renderer {

struct CullPass {
    Pipeline cull, compact, gather;

    static CullPass make(Gpu& gpu, const Layouts& layouts);
    // `lists`: a bit per list that is drawn this frame.
    void prepare(const FrameContext& context, const DrawTable& table, std::uint32_t lists) const;
};

// Draws one bucket of a list; pipeline, vertex and index buffers are bound.
void draw_bucket(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers, std::uint32_t list,
                 std::uint32_t bucket);

} // namespace pw::renderer
