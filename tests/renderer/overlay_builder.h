#pragma once
// SPDX-License-Identifier: Apache-2.0
// Overlays for tests: rectangles, as a user interface makes them.

#include "renderer/draw_list.h"

#include <cstdint>
#include <vector>

namespace pw::test {

class OverlayBuilder {
  public:
    // Each rectangle is a command of its own, clipped to `clip` (left, top, right, bottom).
    OverlayBuilder& rect(const Vec2& from, const Vec2& to, std::uint32_t color_srgba, std::uint32_t texture = 0,
                         const Vec4& clip = {0, 0, 1e6f, 1e6f}) {
        const auto first = static_cast<std::uint32_t>(vertices_.size());
        for (int i = 0; i < 4; ++i) {
            const Vec2 t(static_cast<float>(i & 1), static_cast<float>(i >> 1));
            vertices_.push_back({from + (to - from) * t, t, color_srgba});
        }
        const auto first_index = static_cast<std::uint32_t>(indices_.size());
        for (const std::uint16_t i : std::initializer_list<std::uint16_t>{0, 1, 2, 2, 1, 3}) indices_.push_back(i);
        commands_.push_back({first_index, 6, first, clip.x, clip.y, clip.z, clip.w, texture});
        return *this;
    }
    renderer::Overlay overlay() const { return {vertices_, indices_, commands_}; }

  private:
    std::vector<renderer::OverlayVertex> vertices_;
    std::vector<std::uint16_t> indices_;
    std::vector<renderer::OverlayCommand> commands_;
};

} // namespace pw::test
