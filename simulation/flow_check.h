#pragma once
// SPDX-License-Identifier: Apache-2.0
// Can every item go on? Follows item types and grades from the sources along the routes. Internal to simulation/.

#include "base/reports.h"
#include "simulation/model.h"

namespace pw::simulation {

void check_flow(const Model& model, const plant::Plant& plant, Reports& problems);

} // namespace pw::simulation
