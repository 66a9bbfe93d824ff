#pragma once
// SPDX-License-Identifier: Apache-2.0
// What must be the same before and after packing.

#include "tests/scene/pack_support.h"

#include <cstdint>

namespace pw::test {

void check_same_document(const scene::Model& a, const scene::Model& b); // everything but geometry and pictures
// Every triangle, bit for bit; without normals and tangents where these may have been made by the reader.
void check_exact(const Both& both, bool made_ones = true);
void check_near(const Both& both, double most_m); // as many triangles, in the same box
// Of `count` rays through the model nearly all meet the same node, as near as that.
void check_picks(const Both& both, std::uint32_t count, double most_m);

} // namespace pw::test
