#pragma once
// SPDX-License-Identifier: Apache-2.0
// The rules of a plant file that its schema cannot say: what is unique, what refers to what, what fits together.
// Internal to plant/.

#include "plant/plant.h"

namespace pw::plant {

// What the schema has refused already (an empty id) is passed over.
void check_rules(const Plant& plant, Reports& problems);

// Long enough to be made unit, and not so long that its square overflows.
bool is_direction(const DVec3& v);

} // namespace pw::plant
