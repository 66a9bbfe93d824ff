#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pictures that tests look at.

#include "scene/image.h"

#include <array>
#include <string>

namespace pw::test {

// The bytes of a pixel.
std::array<int, 4> at(const scene::Pixels& pixels, std::uint32_t x, std::uint32_t y);
// The mean of each channel over a rectangle.
std::array<double, 4> mean(const scene::Pixels& pixels, std::uint32_t x, std::uint32_t y, std::uint32_t width,
                           std::uint32_t height);
// Writes <build>/pictures/<name>.png, for people.
void keep_picture(const scene::Pixels& pixels, const std::string& name);

} // namespace pw::test
