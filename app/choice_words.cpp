// SPDX-License-Identifier: Apache-2.0
#include "app/choice_words.h"

#include "app/panels/words.h"
#include "base/strings.h"

#include <utility>

namespace pw::app {

namespace {

constexpr std::pair<std::string_view, Text> kOthers[] = {
    {"nothing", Text::ChoiceNothing},
    {"ghosts", Text::ChoiceGhosts},
    {"x", Text::ChoiceX},
    {"y", Text::ChoiceY},
    {"z", Text::ChoiceZ},
};

} // namespace

const char* choice_words(std::string_view choice) {
    for (std::size_t e = 0; e < plant::kElements; ++e)
        if (const auto element = static_cast<plant::Element>(e); plant::element_name(element) == choice)
            return element_words(element);
    for (std::size_t h = 0; h < work::kHeats; ++h)
        if (const auto heat = static_cast<work::Heat>(h); work::heat_name(heat) == choice) return heat_words(heat);
    for (const auto& [name, words] : kOthers)
        if (name == choice) return text(words);
    return nullptr;
}

} // namespace pw::app
