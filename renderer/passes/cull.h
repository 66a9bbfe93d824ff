#pragma once
// SPDX-License-Identifier: Apache-2.0
// Culling on the GPU: visibility bits per list, sums, draws per bucket, visible instances. No atomics, so the same
// frame gives the same draws in the same order.

#include "renderer/internal/draw_table.h"
#include "renderer/internal/frame.h"

namespace pw::renderer {

// What is drawn of the scene's opaque and masked parts in a frame.
struct Drawn {
    std::uint32_t draws = 0, parts = 0;
    std::uint64_t triangles = 0;
};

struct CullPass {
    Pipeline cull, compact, gather, gather_singles;
    struct Counts { // of a frame slot
        Buffer buffer;
        std::uint32_t levels = 0, kinds = 0; // of the frame; 0: nothing was culled
    };
    std::array<Counts, kFramesInFlight> counts;

    static CullPass make(Gpu& gpu, const Layouts& layouts);
    // `kinds`: a bit per kind of lists (shaders::kKindMain …) that is drawn this frame. `hides`: what was hidden in the
    // frame before is left to OcclusionPass.
    void prepare(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers, std::uint32_t kinds,
                 bool hides);
    // Of those that are drawn one by one, the scene's and `extra` ones.
    void prepare_singles(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                         std::uint32_t extra) const;
    static shaders::CullPush constants(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers,
                                       std::uint32_t kinds, bool hides);
    // From the visibility words of these kinds to their draws.
    void finish(const FrameContext& context, const DrawTable& table, const shaders::CullPush& constants);
    // Outside of rendering, when all lists of a frame are made.
    void count(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers);
    // In the frame that this slot carried before; its fence has signalled.
    Drawn drawn(const FrameSlot& slot) const;
};

// Draws one bucket of a kind, in all levels of detail; pipeline, vertex and index buffers are bound.
void draw_bucket(const FrameContext& context, const DrawTable& table, const DrawBuffers& buffers, std::uint32_t kind,
                 std::uint32_t bucket);

} // namespace pw::renderer
