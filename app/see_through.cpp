// SPDX-License-Identifier: Apache-2.0
#include "app/see_through.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace pw::app {

namespace {

constexpr std::array<std::string_view, 4> kBlends{"opaque", "alpha", "additive", "passthrough"};
static_assert(static_cast<std::size_t>(xr::Blend::Passthrough) + 1 == kBlends.size());

constexpr std::uint32_t kRgb = 0xff'ffffu;

// Of an sRGB colour, R in the lowest byte; weighted as eyes do, not linear: it only compares.
std::uint32_t brightness(std::uint32_t srgba) {
    return 2 * (srgba & 0xffu) + 7 * (srgba >> 8 & 0xffu) + (srgba >> 16 & 0xffu);
}

} // namespace

std::string_view blend_name(xr::Blend blend) { return kBlends[std::to_underlying(blend)]; }

std::optional<xr::Blend> find_blend(std::string_view name) {
    const auto found = std::ranges::find(kBlends, name);
    if (found == kBlends.end()) return std::nullopt;
    return static_cast<xr::Blend>(found - kBlends.begin());
}

void lighten_backs(std::span<renderer::Label> labels) {
    for (renderer::Label& label : labels) {
        if (label.back_srgba >> 24 == 0 || brightness(label.back_srgba) >= brightness(label.color_srgba)) continue;
        const std::uint32_t words = label.color_srgba;
        label.color_srgba = (words & ~kRgb) | (label.back_srgba & kRgb);
        label.back_srgba = (label.back_srgba & ~kRgb) | (words & kRgb);
    }
}

} // namespace pw::app
