#pragma once
// SPDX-License-Identifier: Apache-2.0
// What zlib or gzip packed, unpacked within a limit. Pure, any thread.

#include "base/bytes.h"
#include "base/result.h"

#include <string>

namespace pw::twin {

// RFC 1950 or RFC 1952; the bytes say which. Malformed: neither, or cut. Exhausted: more than max_bytes come out; no
// more than that is ever held.
Result<std::string> inflate(Bytes packed, std::size_t max_bytes);

} // namespace pw::twin
