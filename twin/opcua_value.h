#pragma once
// SPDX-License-Identifier: Apache-2.0
// OPC UA values in our words, and back. Pure functions. Whatever a server sends comes out bounded: a text or an array
// that is too long is cut or told only by its length.

#include "base/result.h"
#include "twin/types.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pw::twin {

// open62541's UA_Variant and UA_DataValue, whose header stays in .cpp files: cast there.
namespace ua {
struct Variant;
struct DataValue;
} // namespace ua

// A UA_String or UA_ByteString; valid as long as it is.
template <class UaString> std::string_view ua_text(const UaString& s) {
    return {reinterpret_cast<const char*>(s.data), s.length};
}

inline constexpr std::size_t kOpcUaMaxText = 64u << 10;  // bytes of one text value
inline constexpr std::size_t kOpcUaMaxElements = 10'000; // of one array
inline constexpr std::size_t kOpcUaMaxJson = 1u << 20;   // bytes of one array or structure as text

// Numbers, truths and texts as themselves; times, ids and GUIDs as text; bytes in hexadecimal digits; arrays, matrices
// and structures as JSON. Empty: there is no value.
Value value_of(const ua::Variant& variant);

Quality quality_of(std::uint32_t status);      // by the severity in its two highest bits
UtcTime utc_of(std::int64_t ua_time);          // 100 ns since 1601; 0 and what nanoseconds cannot say: unknown
std::string status_text(std::uint32_t status); // "BadNodeIdUnknown"

// The number of a value's built-in type (OPC 10000-6, 5.1.2: Boolean 1 … Variant 24); 0: none, an array or a structure.
std::uint8_t scalar_type(const ua::Variant& variant);
// Makes `out` (empty before) a scalar of that type. Malformed: the value does not fit into it without loss.
// Unsupported: not a type that is written. The caller clears `out`.
Result<void> to_variant(const Value& value, std::uint8_t scalar_type, ua::Variant& out);

} // namespace pw::twin
