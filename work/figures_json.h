#pragma once
// SPDX-License-Identifier: Apache-2.0
// A ManagementSnapshot as text in a recording, and back: what was shown then is shown again. Machines and alarms are
// named as the plant file names them, so a recording fits a plant that has changed since, as far as the names do.

#include "base/result.h"
#include "work/management.h"

#include <string>
#include <string_view>

namespace pw::work {

inline constexpr const char* kFiguresTopic = "management"; // of the recording

std::string to_json(const plant::Plant& plant, const twin::AlarmBoard& names, const ManagementSnapshot& snapshot);
// Foreign bytes: Malformed when it is no such text. What this plant does not have is left out.
Result<ManagementSnapshot> figures_from_json(const plant::Plant& plant, const twin::AlarmBoard& names,
                                             std::string_view json);

} // namespace pw::work
