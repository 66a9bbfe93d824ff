#pragma once
// SPDX-License-Identifier: Apache-2.0
// Small things done to text, each in one way only. Pure functions.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pw {

// The beginning of UTF-8 text in at most `most` bytes that ends between two characters.
std::string_view cut_utf8(std::string_view text, std::size_t most);
// The text with every byte that is not UTF-8 replaced by U+FFFD.
std::string to_utf8(std::string_view bytes);
// For messages: the text, or its beginning with "…" after it; at most `most` bytes, the ellipsis not counted.
std::string shortened(std::string_view text, std::size_t most);

// For a terminal: control characters, with which a file or a machine could steer it, as "\x1b"; only line ends and tabs
// stay.
std::string printable(std::string_view text);

// "%2F" → "/" (RFC 3986, 2.1); nothing when a '%' is without two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text);

// "72962B91-FA75-4AE6-8D28-B404DC7DAF63", in large or small letters.
bool is_guid(std::string_view text);

// The shortest decimal digits that read back equal.
std::string number_text(double number);
std::string number_text(std::int64_t number);
std::string number_text(std::uint64_t number);

} // namespace pw
