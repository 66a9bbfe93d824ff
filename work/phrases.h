#pragma once
// SPDX-License-Identifier: Apache-2.0
// What somebody says, as an action: a phrase of an action's voice front, word by word. The same words always mean the
// same; what could mean two things is refused, with both. Pure.
// A phrase is words in lower case with slots: "hide {part}", "explode {part} {share%}" (a number of percent). A slot
// takes one word or more and is named after the argument. An action's phrases stand in its voice front's `how`, with
// " | " between them.

#include "work/actions.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pw::work {

struct NamedPart {
    std::string part, title; // as an argument takes it; as people call it
};
// All parts that a name could mean.
using FindParts = std::function<std::vector<NamedPart>(std::string_view name)>;

struct Spoken {
    std::string action, arguments; // JSON
};

// "this", "that" and "it" are the selection. Of several phrases that fit, the one with most words of its own counts.
// NotFound: no phrase fits, or there is no such part; Refused: it could mean several things.
Result<Spoken> understand(const ActionRegistry& actions, std::string_view words, const FindParts& find_parts);

std::string_view without_article(std::string_view said); // "the gate" is called "gate", where nothing is "the gate"

std::vector<std::string_view> phrases_of(const Action& action);

} // namespace pw::work
