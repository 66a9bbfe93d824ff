#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a PackML state (ISA-TR88.00.02) says of a machine, in one place for whoever adds up time. Pure.

#include <cstdint>
#include <string_view>

namespace pw::twin {

enum class Packml : std::uint8_t {
    Unknown,   // no word of PackML
    Execute,   // EXECUTE
    Suspended, // for a cause outside it: SUSPENDED and the ways there and back
    Failed,    // for a cause within it: HELD, its worst ABORTED, and the ways there
    Other,     // nobody asked it to work, or it is being prepared
};
Packml packml_of(std::string_view state); // "EXECUTE"

} // namespace pw::twin
