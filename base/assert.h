#pragma once
// SPDX-License-Identifier: Apache-2.0
// PW_ASSERT states what only our own mistake could break. It is on in every build type: it logs the place and aborts.

namespace pw {
[[noreturn]] void assert_failed(const char* condition, const char* why, const char* file, int line);
}

#define PW_ASSERT(condition, why)                                                                                      \
    do {                                                                                                               \
        if (!(condition)) [[unlikely]]                                                                                 \
            ::pw::assert_failed(#condition, why, __FILE__, __LINE__);                                                  \
    } while (false)
