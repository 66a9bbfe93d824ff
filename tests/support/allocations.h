#pragma once
// SPDX-License-Identifier: Apache-2.0
// How often this program's threads have called operator new so far, for "a steady frame allocates nothing".
// Always 0 under a sanitizer.

namespace pw::test {
long allocations();
}
