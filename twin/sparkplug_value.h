#pragma once
// SPDX-License-Identifier: Apache-2.0
// What a decoded Sparkplug metric means (3.0.0, section 6.4): values under their data types, property sets and
// metadata, and what is wrong with them. Pure functions, any thread.

#include "twin/sparkplug.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pw::twin {

const char* data_type_name(DataType type); // "Int32"; nullptr: not one of table 6.4.16

// A metric's value under a data type: two's complement for the signed types, which travel unsigned (6.4.16). A field
// that does not fit the type, or type Unknown, counts as what it is. Arrays become JSON arrays, a data set becomes
// {"columns":[…],"types":[…],"rows":[[…],…]}, Bytes and File hexadecimal text. Empty: null, a template, or what cannot
// be read; flaw_of says which.
Value value_of(const Metric& metric, DataType type, const DecodeLimits& limits = {});

// The property "Quality" among a metric's properties: 0 bad, 192 good, 500 stale.
std::optional<std::int32_t> quality_in(std::string_view properties);

// Properties engUnit, engLow, engHigh, Documentation and metadata by name, and all of them as JSON.
TagFacts facts_of(const Metric& metric, const DecodeLimits& limits = {});

// What a birth's metric (or a template's parameter) breaks of the specification, as half a sentence; nullptr: nothing.
// What does no harm and is common among edge nodes is not told: a metric without a timestamp.
const char* flaw_of(const Metric& metric, const DecodeLimits& limits = {});

} // namespace pw::twin
