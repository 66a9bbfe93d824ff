// SPDX-License-Identifier: Apache-2.0
#include "tests/renderer/pictures.h"

#include "tests/renderer/studio.h"
#include "tests/support/paths.h"

#include <cstddef>

namespace pw::test {

std::array<int, 4> at(const scene::Pixels& pixels, std::uint32_t x, std::uint32_t y) {
    const std::uint8_t* p = &pixels.rgba[(std::size_t{y} * pixels.width + x) * 4];
    return {p[0], p[1], p[2], p[3]};
}

std::array<double, 4> mean(const scene::Pixels& pixels, std::uint32_t x, std::uint32_t y, std::uint32_t width,
                           std::uint32_t height) {
    std::array<double, 4> sum{};
    for (std::uint32_t j = y; j < y + height; ++j) {
        for (std::uint32_t i = x; i < x + width; ++i) {
            const auto p = at(pixels, i, j);
            for (std::size_t c = 0; c < 4; ++c) sum[c] += p[c];
        }
    }
    for (double& s : sum) s /= double(width) * height;
    return sum;
}

void keep_picture(const scene::Pixels& pixels, const std::string& name) {
    save_png(pixels, (build_dir() / "pictures" / (name + ".png")).string());
}

} // namespace pw::test
