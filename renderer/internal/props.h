#pragma once
// SPDX-License-Identifier: Apache-2.0
// Models that follow a hand: at rest in themselves, placed anew each frame, drawn one by one behind what the scene has.

#include "renderer/internal/draw_table.h"
#include "renderer/internal/frame.h"

#include <vector>

namespace pw::renderer {

struct Props {
    struct Part {
        Affine prop_from_node;
        std::uint32_t geometry = 0, material = 0;
        BucketKey key;
    };
    std::vector<std::vector<Part>> models;
    std::vector<shaders::GpuTransform> transforms; // of this frame
    std::vector<shaders::GpuInstance> instances;

    void add(const ResidentModel& resident, const Materials& materials);
    // Appends the draws of this frame's props to `singles` and sends where they are.
    void place(const FrameContext& context, const DrawBuffers& buffers, NodeStore& nodes,
               std::vector<SingleDraw>& singles);
};

} // namespace pw::renderer
