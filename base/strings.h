#pragma once
// SPDX-License-Identifier: Apache-2.0
// Every sentence a user can read, in one catalogue (base/strings.def), so that a translation is one file.

#include <cstdint>

namespace pw {

enum class Text : std::uint16_t {
#define PW_TEXT(id, english) id,
#include "base/strings.def"
#undef PW_TEXT
};

const char* text(Text id);

} // namespace pw
