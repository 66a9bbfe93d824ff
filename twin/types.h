#pragma once
// SPDX-License-Identifier: Apache-2.0
// What machines say: tags, values, quality, time. A tag's name is "group/node/device/metric" as the network has it
// ("group/node//metric" for a metric of the node itself).

#include "base/ids.h"
#include "base/time.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace pw::twin {

using TagId = Id<struct TagTag>;

// What is more than one number or text (a data set, an array, a template's parameters), as valid JSON. Immutable and
// shared: a copy costs no text. Its length is bounded by who made it.
struct Json {
    std::shared_ptr<const std::string> text; // never null
    friend bool operator==(const Json& a, const Json& b) { return a.text == b.text || *a.text == *b.text; }
};
Json make_json(std::string text);

// Empty: the machine said "no value" (is_null). Integers of every width arrive as int64 or uint64.
using Value = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Json>;

// Sparkplug reports by exception: a quiet tag under a live node is Good. Stale: its node or device is dead, the
// connection is lost, or a tag with a declared period missed it. Bad: the source says so (OPC quality 0).
enum class Quality : std::uint8_t { Bad, Stale, Uncertain, Good };
const char* quality_name(Quality q); // "GOOD", "UNCERTAIN", "STALE", "BAD"

// Live: the value now. Transient: so too, and no recording keeps it. Historical: it was so at source_time, and is told
// to whoever remembers, never shown as the value now.
enum class Word : std::uint8_t { Live, Transient, Historical };

using pw::Instant;

struct Sample {
    TagId tag;
    Value value;
    Quality quality = Quality::Good;
    UtcTime source_time; // when the machine says it was
    Time received{};     // when we heard
    Word word = Word::Live;
};

// What the machine says of a tag besides its values, in its birth.
struct TagFacts {
    std::string unit, description; // as the machine spells them; may be empty
    std::optional<double> low, high;
    std::string properties, metadata; // all of them, as JSON objects; may be empty
    friend bool operator==(const TagFacts&, const TagFacts&) = default;
};

double to_number(const Value& v, double otherwise = 0.0); // bool → 0/1; text and JSON → otherwise
std::string to_text(const Value& v);
std::string to_json(const Value& v); // an empty value is null; a 64-bit integer keeps all its digits

} // namespace pw::twin
