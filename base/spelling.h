#pragma once
// SPDX-License-Identifier: Apache-2.0
// What somebody meant who misspelt a name. Pure; ASCII letters count the same in either case.

#include <span>
#include <string>
#include <string_view>

namespace pw {

// The one of `known` that takes the fewest letters left out, put in, changed or swapped with their neighbour (optimal
// string alignment: Damerau 1964 with each letter touched once), the first of several. Empty: none is as near as one
// mistake, and one more for each four letters that were written.
std::string_view nearest_name(std::string_view wanted, std::span<const std::string_view> known);

// For the end of a message: "; did you mean \"filler\"?", or nothing.
std::string did_you_mean(std::string_view wanted, std::span<const std::string_view> known);

} // namespace pw
