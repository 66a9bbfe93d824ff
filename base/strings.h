#pragma once
// SPDX-License-Identifier: Apache-2.0
// Every fixed word of the panels, in one catalogue (base/strings.def), so that a translation is one file. Not in it:
// what a Result or a Report says, the log and the command line, which are English and stand where they arise.

#include <cstdint>

namespace pw {

enum class Text : std::uint16_t {
#define PW_TEXT(id, english) id,
#include "base/strings.def"
#undef PW_TEXT
};

const char* text(Text id);

} // namespace pw
