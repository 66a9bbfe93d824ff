#pragma once
// SPDX-License-Identifier: Apache-2.0
// Checks a document against a JSON Schema (2020-12), as far as docs/plant.schema.json uses the language: what the
// schema says is said once, there, for editors and for us. A keyword it does not know stops the program. Internal to
// plant/.

#include "base/reports.h"
#include "plant/document.h"

#include <cstddef>

namespace pw::plant {

inline constexpr std::size_t kMaxProblems = 1000;

// Adds every violation to `problems` with its JSON pointer, until kMaxProblems are there.
void check_against_schema(const Json& schema, const Json& document, Reports& problems);

// "#/$defs/id" in the schema. Asserts that it is there.
const Json& resolve_ref(const Json& schema, std::string_view ref);

// A pattern of the schema, matched without a regular expression. Asserts that the pattern is a known one.
bool matches_pattern(std::string_view pattern, std::string_view text);

// How a value is quoted in a message: cut when it is long.
std::string shown(const Json& value);
std::string shown(std::string_view text);

} // namespace pw::plant
