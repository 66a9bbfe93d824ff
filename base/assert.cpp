// SPDX-License-Identifier: Apache-2.0
#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace pw {

void assert_failed(const char* condition, const char* why, const char* file, int line) {
    std::fprintf(stderr, "assertion failed: %s (%s), %s:%d\n", why, condition, file, line);
    std::fflush(stderr);
    std::abort();
}

} // namespace pw
