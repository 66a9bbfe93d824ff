#pragma once
// SPDX-License-Identifier: Apache-2.0
// Where a text stops being JSON: for a message only, simdjson is fast and does not say.

#include <cstddef>
#include <optional>
#include <string_view>

namespace pw {

// Bytes from 1 on; nothing where all of it is JSON.
std::optional<std::size_t> broken_json_at(std::string_view text);

} // namespace pw
