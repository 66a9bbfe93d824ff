#pragma once
// SPDX-License-Identifier: Apache-2.0
// What registering takes longer over than a frame has. On jobs; pure but for the files that it reads.

#include "plant/marker.h"
#include "registration/marker.h"
#include "scene/model.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace pw::app {

std::uint64_t geometry_hash(const scene::Model& model); // of its vertices' places and its triangles

std::vector<registration::Marker> to_markers(std::span<const plant::Marker> declared);

// Reads a recorded camera to its end, or until it is not `wanted` any more (Refused then). Of a long one pictures that
// are spread over all of it count, at most registration::kMaxViews that show a marker.
Result<registration::MarkerSolution> solve_markers(const std::string& file,
                                                   std::span<const registration::Marker> markers,
                                                   const registration::MarkerOptions& options,
                                                   const std::function<bool()>& wanted);

} // namespace pw::app
