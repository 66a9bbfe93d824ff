#pragma once
// SPDX-License-Identifier: Apache-2.0
// Whether two ways to write a unit mean the same one: plant files write UCUM codes, machines what they please. Pure.

#include <cstdint>
#include <string_view>

namespace pw::twin {

// Unknown: one of the two is in no table, and they differ in more than case and spaces.
enum class SameUnit : std::uint8_t { Yes, No, Unknown };
SameUnit same_unit(std::string_view declared, std::string_view told);

} // namespace pw::twin
