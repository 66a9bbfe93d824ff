// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file of panels' places.
#include "app/kept_panels.h"
#include "base/assert.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    pw::Reports problems;
    const auto read = pw::app::parse_panels({reinterpret_cast<const std::byte*>(data), size}, problems);
    if (!read) return 0;
    const auto again = pw::app::parse_panels(pw::as_bytes(pw::app::panels_text(*read)), problems);
    PW_ASSERT(again && again->size() == read->size(), "what is read is written and read back");
    return 0;
}
