#pragma once
// SPDX-License-Identifier: Apache-2.0
// Room for labels on the picture: where a farther one would lie under a nearer one, it is lifted above it.

#include <span>

namespace pw::renderer {

struct LabelBox {           // on the picture, in any unit, up is positive
    float x = 0.f, y = 0.f; // middle of the lower edge
    float half_width = 0.f, height = 0.f;
    bool gives_way = false;
};

// `boxes` are near to far. Those that give way get another y, never a lower one. A small overlap of the sides lifts
// little, so that labels do not jump while the eye moves.
void make_room(std::span<LabelBox> boxes);

} // namespace pw::renderer
