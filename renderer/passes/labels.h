#pragma once
// SPDX-License-Identifier: Apache-2.0
// Labels: text from an atlas of distances, with a plate behind it, standing in the world. Far ones are drawn first;
// they hide nothing. A billboard of which a line would be lower than kLegible_px grows, to at most kMaxGrowth times its
// size; what stands on a thing keeps its size.

#include "renderer/internal/font.h"
#include "renderer/internal/frame.h"
#include "renderer/internal/texture_table.h"
#include "renderer/passes/label_room.h"

#include <string>

namespace pw::renderer {

inline constexpr float kLegible_px = 12.f;
inline constexpr float kMaxGrowth = 3.f;

struct LabelPass {
    // Without a font there are no labels; the first one that should be drawn says so, once.
    static LabelPass make(Gpu& gpu, const Layouts& layouts, const TargetFormats& formats, TextureTable& textures,
                          const std::string& font_file, const std::string& cache_folder);
    void record(FrameContext& context);

    struct Place {
        std::uint32_t label = 0; // in DrawList::labels
        float distance = 0.f;
        float lift_m = 0.f; // along the eye's up
    };
    Font font;           // its atlas is dropped when it is on the GPU
    std::string no_font; // why; empty when there is one
    Image atlas;
    Sampler sampler;
    std::uint32_t slot = 0;
    Pipeline hidden_by_walls, through_walls;
    std::vector<Place> places; // of this frame, as are the boxes on the picture
    std::vector<LabelBox> boxes;
};

} // namespace pw::renderer
