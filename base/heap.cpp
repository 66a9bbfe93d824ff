// SPDX-License-Identifier: Apache-2.0
#include "base/heap.h"

#include <cstdlib> // names the C library

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace pw {

void keep_freed_memory() {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 32 << 20); // the most that glibc takes: half of a heap of a thread's arena
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
    mallopt(M_TOP_PAD, 64 << 20); // a heap that is all free stays
#endif
}

void give_back_freed_memory() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

} // namespace pw
