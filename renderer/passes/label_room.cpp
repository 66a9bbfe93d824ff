// SPDX-License-Identifier: Apache-2.0
#include "renderer/passes/label_room.h"

#include <algorithm>
#include <cmath>

namespace pw::renderer {
namespace {

constexpr float kGap = 0.1f;         // of the height, between two
constexpr float kFullLift_em = 0.5f; // overlap of the sides, in heights, from which on the lift is whole

} // namespace

void make_room(std::span<LabelBox> boxes) {
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        LabelBox& box = boxes[i];
        if (!box.gives_way) continue;
        // Each lift may bring it under another one; every pass that lifts puts at least one below for good.
        for (std::size_t pass = 0; pass <= i; ++pass) {
            const float before = box.y;
            for (const LabelBox& other : boxes.first(i)) {
                const float sides = box.half_width + other.half_width - std::abs(box.x - other.x);
                const float top = other.y + other.height + kGap * box.height;
                if (sides <= 0.f || box.y >= top || box.y + box.height <= other.y) continue;
                box.y += (top - box.y) * std::min(1.f, sides / (kFullLift_em * box.height));
            }
            if (box.y == before) break;
        }
    }
}

} // namespace pw::renderer
