// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace pw {

namespace {

template <class T> std::string shortest(T number) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return {digits.data(), end};
}

// The length of the UTF-8 character at the front, or 0: RFC 3629, no overlong forms, no surrogates.
std::size_t character_length(std::string_view s) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(s[i]); };
    const unsigned char c = byte(0);
    if (c < 0x80) return 1;
    const std::size_t length = c >= 0xc2 && c < 0xe0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : c >= 0xf0 && c < 0xf5 ? 4 : 0;
    if (length == 0 || s.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
    }
    const bool outside = (c == 0xe0 && byte(1) < 0xa0) || (c == 0xed && byte(1) > 0x9f) ||
                         (c == 0xf0 && byte(1) < 0x90) || (c == 0xf4 && byte(1) > 0x8f);
    return outside ? 0 : length;
}

} // namespace

std::string to_utf8(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    while (!bytes.empty()) {
        const std::size_t length = character_length(bytes);
        out += length > 0 ? bytes.substr(0, length) : "\uFFFD";
        bytes.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

bool is_guid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !std::string_view("0123456789abcdefABCDEF").contains(text[i])) return false;
    }
    return true;
}

std::string_view cut_utf8(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
    return text.substr(0, end);
}

std::string shortened(std::string_view text, std::size_t most) {
    const std::string_view kept = cut_utf8(text, most);
    return std::string(kept) + (kept.size() < text.size() ? "…" : "");
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        // U+0080 to U+009F are control characters too; terminals obey them.
        const bool long_one =
            c == 0xC2 && i + 1 < text.size() && (static_cast<unsigned char>(text[i + 1]) & 0xE0u) == 0x80;
        if (c >= 0x20 ? c != 0x7F && !long_one : c == '\n' || c == '\t') {
            out += text[i];
            continue;
        }
        const unsigned code = long_one ? static_cast<unsigned char>(text[++i]) : c;
        constexpr std::string_view kDigits = "0123456789abcdef";
        out += {'\\', 'x', kDigits[code >> 4], kDigits[code & 0xF]};
    }
    return out;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const std::string_view digits = text.substr(i + 1, 2);
        unsigned char byte = 0;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (error != std::errc{} || digits.size() < 2 || end != digits.data() + 2) return std::nullopt;
        out += static_cast<char>(byte);
        i += 2;
    }
    return out;
}

std::string number_text(double number) { return shortest(number); }
std::string number_text(std::int64_t number) { return shortest(number); }
std::string number_text(std::uint64_t number) { return shortest(number); }

} // namespace pw
