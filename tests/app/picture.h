#pragma once
// SPDX-License-Identifier: Apache-2.0
// Photos that the running program takes of what it shows, compared pixel by pixel.

#include "scene/image.h"
#include "tests/app/program.h"

#include <cstdint>
#include <string>
#include <vector>

namespace pw::test {

using Picture = scene::Pixels;
using Mask = std::vector<bool>; // by pixel

Picture photo(Program& program, const TempFolder& folder);
Picture without_status_bar(Picture picture); // which tells of a death as well

Mask differing(const Picture& a, const Picture& b);
Mask either(Mask a, const Mask& b);
Mask both(Mask a, const Mask& b);
Mask neither(Mask a, const Mask& b);
long size_of(const Mask& mask);
long outside(const Mask& what, const Mask& of);            // how many pixels of the one are not in the other
std::string box_of(const Mask& mask, std::uint32_t width); // where it is, for messages
// How colourful a picture is where the mask says: 0 grey.
double saturation(const Picture& picture, const Mask& mask);

} // namespace pw::test
