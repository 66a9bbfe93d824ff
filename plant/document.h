#pragma once
// SPDX-License-Identifier: Apache-2.0
// A JSON text as a tree with the order of its keys, bounded in size and depth, without duplicate keys. Internal to
// plant/, and to registration/, whose files are read as strictly.

#include "base/reports.h"
#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pw::plant {

inline constexpr std::size_t kMaxDocumentBytes = 16u << 20;
inline constexpr std::size_t kMaxDocumentValues = 1'000'000;
inline constexpr std::size_t kMaxDocumentDepth = 64;

enum class JsonKind : std::uint8_t { Null, Bool, Number, Text, Array, Object };

struct Json {
    JsonKind kind = JsonKind::Null;
    bool truth = false;
    double number = 0.0;
    std::string text{};
    std::vector<std::string> keys{}; // Object: keys[i] names items[i]
    std::vector<Json> items{};       // Array and Object

    bool is(JsonKind k) const { return kind == k; }
    const Json* find(std::string_view key) const; // a member, or nothing; also when this is no object
};

// Malformed with `where` = "file:line:column" in front when the text is no JSON. A key given twice is a problem that
// goes to `problems` with its pointer; the first value counts.
Result<Json> parse_json(std::string_view text, const std::string& file, Reports& problems);

std::string to_text(const Json& value); // compact JSON

// RFC 6901: `pointer` extended by a key ('~' and '/' escaped) or an index.
std::string pointer_to(const std::string& pointer, std::string_view key);
std::string pointer_to(const std::string& pointer, std::size_t index);

} // namespace pw::plant
