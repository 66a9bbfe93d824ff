// SPDX-License-Identifier: Apache-2.0
#include "base/title.h"

#include <algorithm>
#include <array>

namespace pw {

std::size_t count_utf8(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

bool is_one_line(std::string_view text) {
    // Line and paragraph separators; embeddings, overrides and isolates of the bidirectional algorithm.
    constexpr std::array<std::string_view, 11> kOthers{"\u2028", "\u2029", "\u202a", "\u202b", "\u202c", "\u202d",
                                                       "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"};
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c < 0x20 || c == 0x7f) return false;
        const bool second_control = c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
        if (second_control) return false;
    }
    return std::ranges::none_of(kOthers, [&](std::string_view other) { return text.contains(other); });
}

} // namespace pw
