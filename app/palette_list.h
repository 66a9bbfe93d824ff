#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the palette lists for what was typed, and how a line of arguments falls into words. Pure.

#include "work/actions.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pw::app {

// The actions that the palette offers and the query fits (work/fuzzy.h: title, id and help), best first; of equal ones,
// and without a query, those that were used last come first.
std::vector<const work::Action*> palette_list(const work::ActionRegistry& actions, std::string_view query,
                                              std::span<const std::string> recent);

// `part=robot share=0.5 title="By the door"`: words with spaces between them, or in quotation marks.
std::vector<std::string> split_words(std::string_view line);

// "part=… share=… (title=…)": what is typed after an action's title.
std::string arguments_hint(const work::Action& action);

} // namespace pw::app
