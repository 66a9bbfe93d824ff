// SPDX-License-Identifier: Apache-2.0
#include "base/format.h"

namespace pw {

std::string vformatted(std::string_view pattern, std::format_args args) { return std::vformat(pattern, args); }

} // namespace pw
