// SPDX-License-Identifier: Apache-2.0
// Any text as a plant file, and as a part id.
#include "base/assert.h"
#include "plant/part_id.h"
#include "plant/plant.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    pw::Reports problems;
    const auto plant = pw::plant::parse_plant(text, "fuzz/plant.json", problems);
    PW_ASSERT(plant.has_value() == problems.empty(), "a plant is given when there is no problem, and only then");

    if (const auto part = pw::plant::parse_part_id(text)) {
        const auto again = pw::plant::parse_part_id(pw::plant::to_text(*part));
        PW_ASSERT(again && *again == *part, "a part id is read back equal");
    }
    return 0;
}
