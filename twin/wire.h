#pragma once
// SPDX-License-Identifier: Apache-2.0
// What the files that read protobuf share; only for them. A field is read only with the wire type it must have:
// protozero asserts what a hostile sender can break.

#include "twin/sparkplug.h"

#include <cstdint>
#include <string_view>

namespace pw::twin::wire {

// A field's number with its wire type, as pbf_reader::tag_and_type() gives it.
constexpr std::uint32_t varint(std::uint32_t field) { return field << 3 | 0; }
constexpr std::uint32_t fixed64(std::uint32_t field) { return field << 3 | 1; }
constexpr std::uint32_t bytes(std::uint32_t field) { return field << 3 | 2; }
constexpr std::uint32_t fixed32(std::uint32_t field) { return field << 3 | 5; }

template <class View> std::string_view view_of(View v) { return {v.data(), v.size()}; }

// The value in a DataSetValue (its fields begin at 1), a PropertyValue or a Parameter (at 3): int, long, float, double,
// boolean and string, in this order. Other fields are passed over. Lets protozero's exceptions through.
Metric read_scalar(std::string_view message, std::uint32_t first_field);

} // namespace pw::twin::wire
