#pragma once
// SPDX-License-Identifier: Apache-2.0
// What people call things: a line of UTF-8 that is shown as it is. Pure.

#include <cstddef>
#include <string_view>

namespace pw {

std::size_t count_utf8(std::string_view text); // its characters, those that stand above others too
// Nothing in it ends a line, steers a terminal or turns round the direction in which what follows is read.
bool is_one_line(std::string_view text);

} // namespace pw
