#pragma once
// SPDX-License-Identifier: Apache-2.0
// A plant of as many parts as wanted, each with a geometry of its own: pipes with bends, flanges, shafts, gears, beams,
// tanks and guards, 60 to 1,500 triangles, about 200 on average, on machines in lines. The same arguments give the same
// bytes.

#include "base/result.h"

#include <cstdint>
#include <string>

namespace pw::test {

// Writes `file` (.glb): parts / 10 machines of ten parts, nodes Line<l>/Machine<m>/Part<p>.
Result<void> write_big_plant(const std::string& file, std::uint32_t parts);

} // namespace pw::test
