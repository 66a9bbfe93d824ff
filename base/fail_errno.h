#pragma once
// SPDX-License-Identifier: Apache-2.0
// What errno says of a file, as an Error. Internal to base/.

#include "base/result.h"

#include <string>

namespace pw {

std::unexpected<Error> fail_errno(const char* doing, const std::string& path);

} // namespace pw
