#pragma once
// SPDX-License-Identifier: Apache-2.0
// Pictures that are kept in tests/golden, and what is drawn now compared with them.

#include "scene/image.h"

#include <cstddef>
#include <string>

namespace pw::test {

// Compares with tests/golden/<name>.png: at most `far_pixels` may differ by more than 8 of 255 in a channel. Missing or
// different: writes <build>/golden/<name>.actual.png; with UPDATE_GOLDEN=1 writes the golden file instead.
bool matches_golden(const scene::Pixels& picture, const std::string& name, std::size_t far_pixels = 150);
void save_png(const scene::Pixels& picture, const std::string& path);

} // namespace pw::test
