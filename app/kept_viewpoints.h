#pragma once
// SPDX-License-Identifier: Apache-2.0
// The viewpoints that a user saved, a file for each plant in the user's data folder (viewpoints/NAME-HASH.json; the
// hash is of where the plant file stands). As view records they are written and undone; here they are text, kept by a
// KeptFile.

#include "base/bytes.h"
#include "base/reports.h"
#include "base/result.h"
#include "plant/plant.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::app {

bool can_be_kept(const DVec3& point_m); // it is within 10,000 km
// The value of a viewpoint's record, and back. Malformed: names the member.
std::string to_record(const plant::Viewpoint& viewpoint);
Result<plant::Viewpoint> viewpoint_from_record(std::string_view id, std::string_view value);

std::string viewpoints_file(const std::string& data_folder, std::string_view plant_name, const std::string& plant_file);
std::string viewpoints_text(std::span<const plant::Viewpoint> viewpoints);
// What is wrong with a viewpoint goes to `problems`, and the others count. Malformed: it is no such file.
Result<std::vector<plant::Viewpoint>> parse_viewpoints(Bytes bytes, Reports& problems);
// A missing file has none. What cannot be read is told and stays as it is: nothing is to be written over it then.
Result<std::vector<plant::Viewpoint>> read_viewpoints(const std::string& file, Reports& problems);

} // namespace pw::app
