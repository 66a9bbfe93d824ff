// SPDX-License-Identifier: Apache-2.0
#include "base/strings.h"

#include <cstddef>

namespace pw {

const char* text(Text id) {
    static constexpr const char* kEnglish[] = {
#define PW_TEXT(name, english) english,
#include "base/strings.def"
#undef PW_TEXT
    };
    return kEnglish[static_cast<std::size_t>(id)];
}

} // namespace pw
