#pragma once
// SPDX-License-Identifier: Apache-2.0
// How well does what somebody types fit a title? Words in any order, each as the start of a word, as initials, as a
// part of a word, or as letters that stand there in that order. ASCII letters in either case. Pure.

#include <optional>
#include <string_view>

namespace pw::work {

// Higher is better; nothing when some word of the query is not in the text. An empty query fits everything equally.
std::optional<int> fuzzy_score(std::string_view query, std::string_view text);

} // namespace pw::work
