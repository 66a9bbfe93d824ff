#pragma once
// SPDX-License-Identifier: Apache-2.0
// A model of two flat bars, and a plant of three of them, for tests of the client.

#include <cstddef>
#include <string>

namespace pw::test {

// Two bars side by side at x = -1 and 1, a metre wide and high, left red and right green; the left one is named.
std::string two_bars(const char* left);
// `count` of the left one, each a metre above the last; a file that is not read at once.
std::string many_bars(std::size_t count);

// "left" at x = -4 with a load of its own three metres above, "right" at x = 4, and "wall", which is scenery, between
// and behind them; all at y = 1.5, seen from z = 5. "left" has the tags speed and state of group/node/left.
std::string bars_plant(const std::string& more = "");

std::string without_start(std::string plant); // the same, where nobody says where a visit begins

} // namespace pw::test
