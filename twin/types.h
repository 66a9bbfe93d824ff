#pragma once
// SPDX-License-Identifier: Apache-2.0
// What machines say: tags, values, quality, time. A tag's name is "group/node/device/metric" as the network has it
// ("group/node//metric" for a metric of the node itself).

#include "base/ids.h"
#include "base/time.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace pw::twin {

using TagId = Id<struct TagTag>;

// Empty: the machine said "no value" (is_null). Integers of every width arrive as int64 or uint64.
using Value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string>;

// Sparkplug reports by exception: a quiet tag under a live node is Good. Stale: its node or device is dead, the
// connection is lost, or a tag with a declared period missed it. Bad: the source says so (OPC quality 0).
enum class Quality : std::uint8_t { Bad, Stale, Uncertain, Good };
const char* quality_name(Quality q); // "GOOD", "UNCERTAIN", "STALE", "BAD"

struct Sample {
    TagId tag;
    Value value;
    Quality quality = Quality::Good;
    UtcTime source_time; // when the machine says it was
    Time received;       // when we heard
};

double to_number(const Value& v, double otherwise = 0.0); // bool → 0/1; text → otherwise
std::string to_text(const Value& v);
std::string to_json(const Value& v); // an empty value is null; a 64-bit integer keeps all its digits

} // namespace pw::twin
